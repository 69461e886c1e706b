//! Adds many small images at once, for tests of long lists.

use bytes::Bytes;
use serde_json::json;

use super::file_type::FileType;
use super::image::Image;
use super::organization::Organization;

/// Adds `count` images; number `i` has the name `{i}.gif` and the user metadata `int:number` = `i`.
pub(crate) fn seed(organization: &mut Organization, count: usize) -> Vec<String> {
    (0..count)
        .map(|number| {
            // Different sizes, so that filters on them select some images.
            let width = 100 + u16::try_from(number % 900).unwrap_or_default();
            let height = 100 + u16::try_from(number % 700).unwrap_or_default();
            let mut image = Image::new(
                picture(number, width, height),
                format!("{number}.gif"),
                FileType::gif(width, height),
            );
            image
                .user_metadata
                .insert("int:number".to_owned(), json!(number));
            organization.insert(image).hash.clone()
        })
        .collect()
}

/// Returns a GIF with one grey dot and the number in a comment, so that every file has another hash.
fn picture(number: usize, width: u16, height: u16) -> Bytes {
    let comment = number.to_string();
    let mut gif = b"GIF89a".to_vec();
    gif.extend(width.to_le_bytes());
    gif.extend(height.to_le_bytes());
    gif.extend([0x80, 0, 0, 0x80, 0x80, 0x80, 0, 0, 0]);
    gif.extend([0x21, 0xfe, u8::try_from(comment.len()).unwrap_or_default()]);
    gif.extend(comment.bytes());
    gif.push(0);
    gif.extend([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0]);
    gif.extend([2, 2, 0x44, 0x01, 0, 0x3b]);
    gif.into()
}
