//! File types: detects the format and the size of a picture from the file's header.

use imagesize::{Compression, ImageType};

#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub(crate) struct FileType {
    pub(crate) mimetype: String,
    pub(crate) format: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) opaque: bool,
    pub(crate) animated: bool,
}

impl FileType {
    /// Detects the type from the bytes, or from the extension of the name when the bytes are of no known format. Returns why
    /// there is none: the name promises a format that the bytes do not have.
    pub(crate) fn detect(bytes: &[u8], name: &str) -> Result<Self, String> {
        if let Some(found) = Self::of_picture(bytes).or_else(|| other(bytes)) {
            return Ok(found);
        }
        let named = by_name(name);
        if matches!(named.format.as_str(), "bin" | "txt") {
            return Ok(named);
        }
        Err(format!(
            "The file `{name}` is not a valid {} file",
            named.format.to_uppercase()
        ))
    }

    /// Detects the type of a picture from its bytes alone. A picture without pixels is none.
    pub(crate) fn of_picture(bytes: &[u8]) -> Option<Self> {
        let found = jpeg(bytes).or_else(|| raster(bytes)).or_else(|| svg(bytes));
        found.filter(|found| found.width > 0 && found.height > 0)
    }

    /// Whether a file with this name should be a picture that the emulator knows.
    pub(crate) fn is_picture_name(name: &str) -> bool {
        by_name(name).mimetype.starts_with("image/")
    }

    fn new(mimetype: &str, format: &str, width: u32, height: u32) -> Self {
        Self {
            mimetype: mimetype.to_owned(),
            format: format.to_owned(),
            width,
            height,
            opaque: true,
            animated: false,
        }
    }

    pub(crate) fn gif(width: u16, height: u16) -> Self {
        Self::new("image/gif", "gif", u32::from(width), u32::from(height))
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// The raster formats that `imagesize` reads.
fn raster(bytes: &[u8]) -> Option<FileType> {
    let image_type = imagesize::image_type(bytes).ok()?;
    let format = match image_type {
        ImageType::Png => "png",
        ImageType::Gif => "gif",
        ImageType::Webp => "webp",
        ImageType::Heif(Compression::Av1) => "avif",
        ImageType::Heif(_) => "heic",
        ImageType::Jxl => "jxl",
        ImageType::Tiff => "tiff",
        ImageType::Psd => "psd",
        _ => return None,
    };
    let size = imagesize::blob_size(bytes).ok()?;
    let mut file_type = by_name(&format!(".{format}"));
    file_type.width = u32::try_from(size.width).ok()?;
    file_type.height = u32::try_from(size.height).ok()?;
    match image_type {
        // The colour types 4 and 6 have an alpha channel.
        ImageType::Png => {
            let [colour_type] = array(bytes, 25)?;
            file_type.opaque = !matches!(colour_type, 4 | 6);
        }
        ImageType::Gif => {
            let head = bytes.get(..1024).unwrap_or(bytes);
            file_type.animated = head.windows(11).any(|window| window == b"NETSCAPE2.0");
        }
        ImageType::Webp => match (&array(bytes, 12)?, array(bytes, 20)?) {
            (b"VP8X", [flags]) => {
                file_type.opaque = flags & 0x10 == 0;
                file_type.animated = flags & 0x02 != 0;
            }
            (b"VP8L", _) => {
                let [bits] = array(bytes, 24)?;
                file_type.opaque = bits & 0x10 == 0;
            }
            // The upper two bits are a scale.
            _ => {
                file_type.width &= 0x3fff;
                file_type.height &= 0x3fff;
            }
        },
        _ => {}
    }
    Some(file_type)
}

/// `imagesize` rejects a JPEG with fill bytes between its segments, so this reads the segments itself.
fn jpeg(bytes: &[u8]) -> Option<FileType> {
    if !bytes.starts_with(b"\xff\xd8\xff") {
        return None;
    }
    let mut at = 2;
    loop {
        let [fill, marker] = array(bytes, at)?;
        match (fill, marker) {
            // Markers may be padded with 0xff.
            (0xff, 0xff) => at += 1,
            // PageStart of frame, except for the tables that share its number range.
            (0xff, 0xc0..=0xcf) if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let height = u16::from_be_bytes(array(bytes, at + 5)?);
                let width = u16::from_be_bytes(array(bytes, at + 7)?);
                return Some(FileType::new(
                    "image/jpeg",
                    "jpg",
                    u32::from(width),
                    u32::from(height),
                ));
            }
            // Markers without a segment.
            (0xff, 0x01 | 0xd0..=0xd7) => at += 2,
            (0xff, _) => at += 2 + usize::from(u16::from_be_bytes(array(bytes, at + 2)?)),
            _ => return None,
        }
    }
}

/// Formats whose size in pixels is not read.
fn other(bytes: &[u8]) -> Option<FileType> {
    let name = match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => ".pdf",
        [b'%', b'!', b'P', b'S', ..] | [0xc5, 0xd0, 0xd3, 0xc6, ..] => ".eps",
        [0, 1, 0, 0, ..] => ".ttf",
        _ if bytes.get(4..12) == Some(b"ftypqt  ".as_slice()) => ".mov",
        [_, _, _, _, b'm', b'o', b'o', b'v', ..] | [_, _, _, _, b'm', b'd', b'a', b't', ..] => {
            ".mov"
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => ".mp4",
        // A transport stream repeats its mark every 188 bytes.
        [0x47, ..] if bytes.get(188) == Some(&0x47) => ".mp4",
        _ => return None,
    };
    Some(by_name(name))
}

fn svg(bytes: &[u8]) -> Option<FileType> {
    // A declaration, a document type and a licence may precede the element.
    let head = String::from_utf8_lossy(bytes.get(..8192).unwrap_or(bytes));
    let head = head.trim_start_matches('\u{feff}').trim_start();
    if !head.starts_with('<') {
        return None;
    }
    let (_, rest) = head.split_once("<svg")?;
    let (tag, _) = rest.split_once('>')?;
    let mut view_box = attribute(tag, "viewBox")
        .unwrap_or_default()
        .split([' ', ','])
        .filter(|part| !part.is_empty())
        .skip(2)
        .map(length);
    let (box_width, box_height) = (view_box.next().flatten(), view_box.next().flatten());
    // CSS sizes an SVG without a size as 300 by 150.
    let width = attribute(tag, "width").and_then(length).or(box_width);
    let height = attribute(tag, "height").and_then(length).or(box_height);
    let mut file_type = FileType::new(
        "image/svg+xml",
        "svg",
        width.unwrap_or(300),
        height.unwrap_or(150),
    );
    file_type.opaque = false;
    Some(file_type)
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        let (before, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, next) = after.get(1..)?.split_once(quote)?;
        if before.split_whitespace().next_back() == Some(name) {
            return Some(value);
        }
        rest = next;
    }
}

/// Parses a number of pixels; `None` for other units, such as a percentage.
fn length(text: &str) -> Option<u32> {
    let text = text.trim();
    let number: f64 = text.strip_suffix("px").unwrap_or(text).parse().ok()?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Saturating, and checked.
    (number.is_finite() && number >= 0.0).then(|| number.round() as u32)
}

fn by_name(name: &str) -> FileType {
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default();
    let (mimetype, format) = match extension.as_str() {
        "jpg" | "jpeg" => ("image/jpeg", "jpg"),
        "png" => ("image/png", "png"),
        "gif" => ("image/gif", "gif"),
        "webp" => ("image/webp", "webp"),
        "avif" => ("image/avif", "avif"),
        "heic" | "heif" => ("image/heic", "heic"),
        "jxl" => ("image/jxl", "jxl"),
        "tif" | "tiff" => ("image/tiff", "tiff"),
        "psd" => ("image/vnd.adobe.photoshop", "psd"),
        "eps" => ("application/postscript", "eps"),
        "pdf" => ("application/pdf", "pdf"),
        "svg" => ("image/svg+xml", "svg"),
        "mp4" => ("video/mp4", "mp4"),
        "mov" => ("video/quicktime", "mov"),
        "ttf" => ("font/ttf", "ttf"),
        "txt" => ("text/plain", "txt"),
        _ => ("application/octet-stream", "bin"),
    };
    FileType::new(mimetype, format, 0, 0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn size(bytes: &[u8]) -> (String, u32, u32) {
        let found = FileType::detect(bytes, "x.bin").unwrap();
        (found.format, found.width, found.height)
    }

    #[test]
    fn detects_the_size_of_a_jpeg_behind_other_segments_and_fill_bytes() {
        let bytes = b"\xff\xd8\xff\xe0\x00\x04JF\xff\xff\xc4\x00\x03x\xff\xc0\x00\x11\x08\x00\x20\x01\x02\x03";
        assert_eq!(size(bytes), ("jpg".into(), 258, 32));
    }

    #[test]
    fn detects_the_size_of_an_svg_by_its_attributes_then_by_its_view_box() {
        assert_eq!(
            size(b"<?xml version='1.0'?>\n<svg stroke-width=\"9\" width='12px' height=\"7.6\"/>"),
            ("svg".into(), 12, 8)
        );
        assert_eq!(
            size(b"<svg width=\"100%\" viewBox='0 0 40,20'>"),
            ("svg".into(), 40, 20)
        );
    }

    #[test]
    fn detects_the_size_of_a_psd_and_of_a_tiff() {
        let psd = b"8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x09\0\0\0\x0c";
        assert_eq!(size(psd), ("psd".into(), 12, 9));
        let tiff = b"II*\0\x08\0\0\0\x02\0\
            \0\x01\x03\0\x01\0\0\0\x0c\0\0\0\x01\x01\x03\0\x01\0\0\0\x09\0\0\0\0\0\0\0";
        assert_eq!(size(tiff), ("tiff".into(), 12, 9));
    }

    #[test]
    fn detects_the_size_of_each_webp_encoding() {
        let mut lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a".to_vec();
        lossy.extend([0x40, 0x01, 0xf0, 0x00]);
        assert_eq!(size(&lossy), ("webp".into(), 320, 240));
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x03\x40\x00\x00";
        assert_eq!(size(lossless), ("webp".into(), 4, 2));
        let extended = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\x10\0\0\0\x09\0\0\x04\0\0";
        let found = FileType::detect(extended, "x").unwrap();
        assert_eq!((found.width, found.height, found.opaque), (10, 5, false));
    }

    #[test]
    fn detects_what_is_no_picture() {
        for (bytes, format) in [
            (&b"%PDF-1.7"[..], "pdf"),
            (b"%!PS-Adobe-3.0 EPSF-3.0", "eps"),
            (b"\0\x01\0\0\0\x0c", "ttf"),
            (b"\0\0\0\x18ftypmp42", "mp4"),
            (b"\0\0\0\x14ftypqt  ", "mov"),
            (b"any bytes", "bin"),
        ] {
            assert_eq!(size(bytes), (format.to_owned(), 0, 0));
        }
        assert_eq!(FileType::detect(b"words", "a.TXT").unwrap().format, "txt");
    }

    #[test]
    fn bytes_that_contradict_the_name_are_of_no_type() {
        for bytes in [
            &b"\x89PNG\r\n\x1a\n"[..],
            b"\xff\xd8\xff\xe0\xff",
            b"GIF89a\x01",
            b"RIFF\0\0\0\0WEBPVP8X",
            b"<svg",
            b"<svg width='0' height='3'>",
            b"a text",
        ] {
            let error = FileType::detect(bytes, "a.TIF").unwrap_err();
            assert_eq!(error, "The file `a.TIF` is not a valid TIFF file");
            assert_eq!(FileType::detect(bytes, "a").unwrap().format, "bin");
        }
        // The bytes count, whatever picture the name promises.
        let gif = b"GIF89a\x02\0\x01\0\0\0\0";
        assert_eq!(FileType::detect(gif, "a.jpg").unwrap().format, "gif");
    }
}
