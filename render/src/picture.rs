//! The HTML elements `<img>` and `<picture>`.

use std::borrow::Cow;

use crate::{Error, Result};

use super::srcset::Srcset;

impl Srcset {
    /// Builds the attributes of an `<img>`: `src`, `srcset` and `sizes`.
    ///
    /// # Errors
    ///
    /// See [`attribute`](Self::attribute).
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let img = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().width(400).width(800).img()?;
    /// assert_eq!(img.src, "https://acme.rokka.io/thumb/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn img(&self) -> Result<Img> {
        Ok(Img {
            src: self.url.url()?,
            srcset: self.attribute()?,
            sizes: self.sizes.as_ref().map(ToString::to_string),
            attributes: Attributes::default(),
        })
    }
}

/// The attributes of an `<img>`, not escaped for HTML.
///
/// ```
/// use rokka_render::RenderUrl;
///
/// let img = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().density(2).img()?;
/// assert_eq!(img.srcset, "https://acme.rokka.io/thumb/o-dpr-2/3f9a21.jpg 2x");
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Img {
    /// The image for browsers without support for `srcset`.
    pub src: String,
    /// The candidates.
    pub srcset: String,
    /// The displayed width of the image.
    pub sizes: Option<String>,
    attributes: Attributes,
}

/// When a browser loads an image.
///
/// ```
/// assert_eq!(rokka_render::Loading::Lazy.as_str(), "lazy");
/// ```
///
/// Reference: [loading](https://html.spec.whatwg.org/multipage/urls-and-fetching.html#lazy-loading-attributes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Loading {
    /// With the page.
    Eager,
    /// When it is about to become visible. For images below the first screen; set their [size](Img::size) too, so that the
    /// text does not move.
    Lazy,
}

impl Loading {
    /// Returns the keyword of the attribute.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eager => "eager",
            Self::Lazy => "lazy",
        }
    }
}

/// The attributes of an `<img>` that do not depend on its URLs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Attributes {
    size: Option<(u32, u32)>,
    loading: Option<Loading>,
    class: Option<String>,
    others: Vec<(String, String)>,
}

impl Attributes {
    fn set(&mut self, name: String, value: String) -> Result<()> {
        check_attribute_name(&name)?;
        let mut known = self.others.iter_mut();
        match known.find(|(known, _)| known.eq_ignore_ascii_case(&name)) {
            Some((_, slot)) => *slot = value,
            None => self.others.push((name, value)),
        }
        Ok(())
    }

    fn push(&self, out: &mut String) {
        if let Some((width, height)) = self.size {
            push_attribute(out, "width", &width.to_string());
            push_attribute(out, "height", &height.to_string());
        }
        if let Some(loading) = self.loading {
            push_attribute(out, "loading", loading.as_str());
        }
        if let Some(class) = &self.class {
            push_attribute(out, "class", class);
        }
        for (name, value) in &self.others {
            push_attribute(out, name, value);
        }
    }
}

/// Rejects names that HTML would read as something else, and attributes that are set in another way.
fn check_attribute_name(name: &str) -> Result<()> {
    let instead = match name.to_ascii_lowercase().as_str() {
        "src" | "srcset" => Some("it is built from the URL"),
        "sizes" => Some("use `Srcset::sizes`"),
        "alt" => Some("it is the argument of `html`"),
        "width" | "height" => Some("use `size`"),
        "loading" => Some("use `loading`"),
        "class" => Some("use `class`"),
        _ => None,
    };
    if let Some(instead) = instead {
        return Err(Error::invalid(format!("attribute `{name}`: {instead}")));
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_:.@".contains(letter);
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(Error::invalid(format!(
            "attribute `{name}`: the name must be letters, digits, `-`, `_`, `:`, `.` and `@`"
        )));
    }
    Ok(())
}

impl Img {
    /// Sets the attributes `width` and `height`, so that browsers reserve the space before the image arrives.
    ///
    /// The unit is CSS pixels, but only the proportions matter if CSS sets the width.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let img = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().density(2).img()?;
    /// assert!(img.size(400, 300).html("A cat").ends_with(" width=\"400\" height=\"300\" alt=\"A cat\">"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        self.attributes.size = Some((width, height));
        self
    }

    /// Sets the attribute `loading` (default: none, which means [`Loading::Eager`]).
    ///
    /// ```
    /// use rokka_render::{Loading, RenderUrl};
    ///
    /// let img = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().density(2).img()?;
    /// assert!(img.loading(Loading::Lazy).html("A cat").contains(" loading=\"lazy\" "));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    #[must_use]
    pub fn loading(mut self, loading: Loading) -> Self {
        self.attributes.loading = Some(loading);
        self
    }

    /// Sets the attribute `class`: names separated by spaces.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let img = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().density(2).img()?;
    /// assert!(img.class("card round").html("A cat").contains(" class=\"card round\" "));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    #[must_use]
    pub fn class(mut self, class: impl Into<String>) -> Self {
        self.attributes.class = Some(class.into());
        self
    }

    /// Sets or replaces any other attribute, such as `id`, `decoding`, `fetchpriority` or `data-…`. The value is escaped.
    ///
    /// # Errors
    ///
    /// The name has characters other than letters, digits, `-`, `_`, `:`, `.` and `@`, or has a setter of its own.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let img = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().density(2).img()?;
    /// let img = img.attr("decoding", "async")?.attr("data-title", "\"Cat\"")?;
    /// assert!(img.html("").ends_with(" decoding=\"async\" data-title=\"&quot;Cat&quot;\" alt=\"\">"));
    /// assert!(img.attr("x onerror", "alert(1)").is_err());
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    #[doc(alias = "attribute")]
    pub fn attr(mut self, name: impl Into<String>, value: impl Into<String>) -> Result<Self> {
        self.attributes.set(name.into(), value.into())?;
        Ok(self)
    }

    /// Returns the element, escaped for HTML, with this alternative text.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let img = RenderUrl::new("acme", "3f9a21")?.stack("thumb").srcset().density(2).img()?;
    /// assert!(img.html("Salt & pepper").ends_with("alt=\"Salt &amp; pepper\">"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    #[must_use]
    pub fn html(&self, alt: &str) -> String {
        let mut out = String::from("<img");
        push_attribute(&mut out, "src", &self.src);
        push_attribute(&mut out, "srcset", &self.srcset);
        if let Some(sizes) = &self.sizes {
            push_attribute(&mut out, "sizes", sizes);
        }
        self.attributes.push(&mut out);
        push_attribute(&mut out, "alt", alt);
        out.push('>');
        out
    }
}

/// Builds a `<picture>`: sources for some formats or screens, and an image for all others.
///
/// With the stack option `autoformat`, rokka chooses the format by the request and needs no sources for it.
///
/// ```
/// use rokka_render::{Picture, RenderUrl};
///
/// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
/// let narrow = RenderUrl::new("acme", "3f9a21")?.stack("portrait");
/// let picture = Picture::new(url.srcset().density(2))
///     .source_when("(max-width: 600px)", narrow.srcset().density(2))
///     .formats(["avif", "webp"]);
/// assert_eq!(
///     picture.html("A cat")?,
///     "<picture>\
///      <source media=\"(max-width: 600px)\" type=\"image/jpeg\" \
///      srcset=\"https://acme.rokka.io/portrait/o-dpr-2/3f9a21.jpg 2x\">\
///      <source type=\"image/avif\" srcset=\"https://acme.rokka.io/thumb/o-dpr-2/3f9a21.avif 2x\">\
///      <source type=\"image/webp\" srcset=\"https://acme.rokka.io/thumb/o-dpr-2/3f9a21.webp 2x\">\
///      <img src=\"https://acme.rokka.io/thumb/3f9a21.jpg\" \
///      srcset=\"https://acme.rokka.io/thumb/o-dpr-2/3f9a21.jpg 2x\" alt=\"A cat\">\
///      </picture>",
/// );
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
#[derive(Clone, Debug)]
#[must_use = "call `html` or `parts` to build the picture"]
pub struct Picture {
    sources: Vec<(Option<String>, Srcset)>,
    fallback: Srcset,
    attributes: Attributes,
}

impl Picture {
    /// Starts a picture with its fallback image.
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// assert!(Picture::new(url.srcset().density(2)).html("")?.starts_with("<picture><img "));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn new(fallback: Srcset) -> Self {
        Self {
            sources: Vec::new(),
            fallback,
            attributes: Attributes::default(),
        }
    }

    /// Adds the fallback image in other formats, in order of preference.
    ///
    /// The formats are `avif`, `webp`, `jxl`, `heic`, `heif`, `jp2`, `jpg`, `png`, `gif` and `svg`.
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let picture = Picture::new(url.srcset().width(400).width(800)).formats(["avif", "webp"]);
    /// assert_eq!(picture.parts()?.sources[0].media_type, "image/avif");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    pub fn formats<F: Into<Cow<'static, str>>>(
        mut self,
        formats: impl IntoIterator<Item = F>,
    ) -> Self {
        for format in formats {
            let mut source = self.fallback.clone();
            source.url = source.url.format(format);
            self.sources.push((None, source));
        }
        self
    }

    /// Adds a source for browsers that support its format.
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let webp = url.clone().format("webp").srcset().density(2);
    /// let picture = Picture::new(url.srcset().density(2)).source(webp);
    /// assert_eq!(picture.parts()?.sources[0].media_type, "image/webp");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn source(mut self, source: Srcset) -> Self {
        self.sources.push((None, source));
        self
    }

    /// Adds a source for screens that match a media condition, such as `(max-width: 600px)`.
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?;
    /// let narrow = url.clone().stack("portrait").srcset().density(2);
    /// let picture = Picture::new(url.stack("thumb").srcset().density(2));
    /// let picture = picture.source_when("(max-width: 600px)", narrow);
    /// assert_eq!(picture.parts()?.sources[0].media.as_deref(), Some("(max-width: 600px)"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn source_when(mut self, media: impl Into<String>, source: Srcset) -> Self {
        self.sources.push((Some(media.into()), source));
        self
    }

    /// Sets the attributes `width` and `height` of the `<img>`, see [`Img::size`].
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let picture = Picture::new(url.srcset().density(2)).formats(["avif"]).size(400, 300);
    /// assert!(picture.html("A cat")?.contains(" width=\"400\" height=\"300\" "));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn size(mut self, width: u32, height: u32) -> Self {
        self.attributes.size = Some((width, height));
        self
    }

    /// Sets the attribute `loading` of the `<img>`, which applies to the sources too, see [`Img::loading`].
    ///
    /// ```
    /// use rokka_render::{Loading, Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let picture = Picture::new(url.srcset().density(2)).loading(Loading::Lazy);
    /// assert!(picture.html("A cat")?.contains(" loading=\"lazy\" "));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn loading(mut self, loading: Loading) -> Self {
        self.attributes.loading = Some(loading);
        self
    }

    /// Sets the attribute `class` of the `<img>`, see [`Img::class`].
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let picture = Picture::new(url.srcset().density(2)).class("card");
    /// assert!(picture.html("A cat")?.contains(" class=\"card\" "));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn class(mut self, class: impl Into<String>) -> Self {
        self.attributes.class = Some(class.into());
        self
    }

    /// Sets any other attribute of the `<img>`, see [`Img::attr`].
    ///
    /// # Errors
    ///
    /// As for [`Img::attr`].
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let picture = Picture::new(url.srcset().density(2)).attr("decoding", "async")?;
    /// assert!(picture.html("A cat")?.contains(" decoding=\"async\" "));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    #[doc(alias = "attribute")]
    pub fn attr(mut self, name: impl Into<String>, value: impl Into<String>) -> Result<Self> {
        self.attributes.set(name.into(), value.into())?;
        Ok(self)
    }

    /// Builds the attributes of the sources and of the image.
    ///
    /// # Errors
    ///
    /// See [`Srcset::attribute`]; or the format of a source is not one of those of [`formats`](Self::formats).
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let parts = Picture::new(url.srcset().density(2)).formats(["webp"]).parts()?;
    /// assert_eq!(parts.sources[0].srcset, "https://acme.rokka.io/thumb/o-dpr-2/3f9a21.webp 2x");
    /// assert_eq!(parts.img.src, "https://acme.rokka.io/thumb/3f9a21.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn parts(&self) -> Result<PictureParts> {
        let sources = self.sources.iter().map(|(media, source)| {
            let format = source.url.parts.format.as_ref();
            let media_type = media_type(format).ok_or_else(|| {
                Error::invalid(format!(
                    "picture source: the format `{format}` is not a known image format"
                ))
            })?;
            Ok(PictureSource {
                media: media.clone(),
                media_type,
                srcset: source.attribute()?,
                sizes: source.sizes.as_ref().map(ToString::to_string),
            })
        });
        let img = self.fallback.img()?;
        Ok(PictureParts {
            sources: sources.collect::<Result<_>>()?,
            img: Img {
                attributes: self.attributes.clone(),
                ..img
            },
        })
    }

    /// Builds the element, escaped for HTML, with this alternative text.
    ///
    /// # Errors
    ///
    /// See [`parts`](Self::parts).
    ///
    /// ```
    /// use rokka_render::{Picture, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb");
    /// let html = Picture::new(url.srcset().density(2)).formats(["webp"]).html("A cat")?;
    /// assert!(html.starts_with("<picture><source type=\"image/webp\" srcset="));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
    pub fn html(&self, alt: &str) -> Result<String> {
        let parts = self.parts()?;
        let mut out = String::from("<picture>");
        for source in &parts.sources {
            out.push_str("<source");
            if let Some(media) = &source.media {
                push_attribute(&mut out, "media", media);
            }
            push_attribute(&mut out, "type", source.media_type);
            push_attribute(&mut out, "srcset", &source.srcset);
            if let Some(sizes) = &source.sizes {
                push_attribute(&mut out, "sizes", sizes);
            }
            out.push('>');
        }
        out.push_str(&parts.img.html(alt));
        out.push_str("</picture>");
        Ok(out)
    }
}

/// The parts of a [`Picture`], not escaped for HTML.
///
/// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PictureParts {
    /// The sources, in order of preference.
    pub sources: Vec<PictureSource>,
    /// The image for browsers that choose none of the sources.
    pub img: Img,
}

/// The attributes of a `<source>`, not escaped for HTML.
///
/// Reference: [responsive images](https://rokka.io/documentation/guides/best-practices-for-stack-configurations.html).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PictureSource {
    /// The media condition.
    pub media: Option<String>,
    /// The media type, for the attribute `type`.
    pub media_type: &'static str,
    /// The candidates.
    pub srcset: String,
    /// The displayed width of the image.
    pub sizes: Option<String>,
}

fn media_type(format: &str) -> Option<&'static str> {
    Some(match format {
        "avif" => "image/avif",
        "webp" => "image/webp",
        "jxl" => "image/jxl",
        "heic" => "image/heic",
        "heif" => "image/heif",
        "jp2" => "image/jp2",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}

fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    for character in value.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
    out.push('"');
}
