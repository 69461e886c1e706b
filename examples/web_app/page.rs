//! The HTML. All that comes from somebody else is escaped.

use rokka::render::Picture;
use rokka::stacks::operations::Resize;
use rokka::{SourceImage, SourceImageList};

use super::Gallery;

const FORM: &str = r#"<form method="post" action="/images" enctype="multipart/form-data">
<label>Title <input name="title" maxlength="200"></label>
<label>Picture <input type="file" name="picture" accept="image/*" required></label>
<button>Upload</button>
</form>
"#;

/// Returns the page with the upload form and the pictures.
pub(super) fn gallery(gallery: &Gallery, found: &SourceImageList) -> rokka::Result<String> {
    let mut body = format!("<h1>Gallery</h1>\n{FORM}<p>Pictures: {}</p>\n", found.total);
    for image in &found.items {
        body.push_str(&figure(gallery, image)?);
    }
    Ok(document("Gallery", &body))
}

/// Returns a page that says what is wrong.
pub(super) fn failure(message: &str) -> String {
    let body = format!(
        "<p>{}</p>\n<p><a href=\"/\">Back</a></p>\n",
        escape(message)
    );
    document("Something is wrong", &body)
}

fn figure(gallery: &Gallery, image: &SourceImage) -> rokka::Result<String> {
    let title = image.user_metadata.get_str("title").unwrap_or_default();
    let title = if title.is_empty() { &image.name } else { title };
    let url = gallery
        .rokka
        .render(gallery.images.organization(), &image.hash)?
        .dynamic([Resize::to_width(400)])
        .sign(&gallery.signing_key);
    let picture = Picture::new(url.srcset().density(1).density(2)).formats(["avif", "webp"]);
    // `html` escapes the title itself.
    let (picture, title, hash) = (picture.html(title)?, escape(title), escape(&image.hash));
    Ok(format!(
        "<figure>\n{picture}\n<figcaption>{title}</figcaption>\n\
         <form method=\"post\" action=\"/images/{hash}/delete\"><button>Delete</button></form>\n\
         </figure>\n"
    ))
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>body {{ font: 1em sans-serif; max-width: 60em; margin: auto }} img {{ max-width: 100% }}</style>\n\
         {body}</html>\n"
    )
}

/// Escapes text for content and for quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}
