//! The HTML to copy, as `rokka-render` writes it.

use rokka_render::{Loading, Picture, RenderUrl};

use super::super::response::Response;
use super::renderings::{Renderings, refused};

/// What the candidates of a `srcset` differ in.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Candidates {
    Density,
    Width,
}

/// Returns a `<picture>` with newer formats before that of the URL.
pub(super) fn picture(
    renderings: &Renderings,
    url: RenderUrl,
    candidates: Candidates,
    alt: &str,
    is_protected: bool,
) -> Result<String, Response> {
    let url = if is_protected {
        url.sign(renderings.signing_key())
    } else {
        url
    };
    let srcset = match candidates {
        Candidates::Density => url.srcset().density(1).density(2),
        Candidates::Width => {
            let srcset = url.srcset().width(400).width(800).width(1600);
            srcset.sizes("100vw")
        }
    };
    let html = Picture::new(srcset)
        .formats(["avif", "webp"])
        .loading(Loading::Lazy)
        .html(alt)
        .map_err(|error| refused(&error))?;
    Ok(renderings.published(&html))
}
