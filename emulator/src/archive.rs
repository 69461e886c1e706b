//! ZIP archives of original files, without compression and without the 64-bit extensions.

use std::collections::HashSet;

use bytes::Bytes;

use super::image::Image;
use super::response::Response;

/// The most entries that the 16 bits of the end record count without the 64-bit extensions.
const MAX_ENTRIES: usize = 0xfffe;

/// Returns an archive of the images' files, or a 400 when it needs the 64-bit extensions.
pub(crate) fn zip<'a>(images: impl IntoIterator<Item = &'a Image>) -> Result<Vec<u8>, Response> {
    let mut writer = Writer::default();
    for image in images {
        let file = image.blob.read().map_err(|error| {
            Response::broken(
                &format!("The file of `{}` cannot be read", image.hash),
                &error,
            )
        })?;
        writer.add(image, &file).ok_or_else(too_large)?;
    }
    writer.finish().ok_or_else(too_large)
}

fn too_large() -> Response {
    Response::bad_request("The archive is too large: request at most 4 GiB and 65,534 images")
}

#[derive(Default)]
struct Writer {
    archive: Vec<u8>,
    directory: Vec<u8>,
    names: HashSet<String>,
}

impl Writer {
    fn add(&mut self, image: &Image, file: &Bytes) -> Option<()> {
        let Self {
            archive,
            directory,
            names,
        } = self;
        let name = entry_name(image, names);
        let offset = u32::try_from(archive.len()).ok()?;
        let mut header = Vec::new();
        push16(&mut header, 20); // version needed
        push16(&mut header, 0x0800); // UTF-8 names
        push16(&mut header, 0); // method: stored
        push32(&mut header, 0x0021_0000); // time: 1980-01-01, the first day of the format
        push32(&mut header, crc32fast::hash(file));
        let size = u32::try_from(file.len()).ok()?;
        push32(&mut header, size); // compressed
        push32(&mut header, size); // uncompressed
        push16(&mut header, u16::try_from(name.len()).ok()?);
        push16(&mut header, 0); // length of the extra field

        push32(archive, 0x0403_4b50);
        archive.extend_from_slice(&header);
        archive.extend_from_slice(name.as_bytes());
        archive.extend_from_slice(file);

        push32(directory, 0x0201_4b50);
        push16(directory, 20); // version made by
        directory.extend_from_slice(&header);
        push16(directory, 0); // length of the comment
        push16(directory, 0); // disk number
        push16(directory, 0); // internal attributes
        push32(directory, 0); // external attributes
        push32(directory, offset);
        directory.extend_from_slice(name.as_bytes());
        Some(())
    }

    fn finish(mut self) -> Option<Vec<u8>> {
        let count = Some(self.names.len()).filter(|count| *count <= MAX_ENTRIES)?;
        let count = u16::try_from(count).ok()?;
        let mut archive = self.archive;
        let start = u32::try_from(archive.len()).ok()?;
        let size = u32::try_from(self.directory.len()).ok()?;
        archive.append(&mut self.directory);
        push32(&mut archive, 0x0605_4b50);
        push32(&mut archive, 0); // disk numbers
        push16(&mut archive, count); // entries on this disk
        push16(&mut archive, count); // entries
        push32(&mut archive, size);
        push32(&mut archive, start);
        push16(&mut archive, 0); // length of the comment
        Some(archive)
    }
}

/// Returns the image's name without directories, prefixed with its hash while another entry has the same name.
fn entry_name(image: &Image, taken: &mut HashSet<String>) -> String {
    let name = image.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name = name.to_owned();
    while matches!(name.as_str(), "" | "." | "..") || taken.contains(&name) {
        name = format!("{}-{name}", image.hash);
    }
    taken.insert(name.clone());
    name
}

fn push16(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn push32(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file_type::FileType;

    /// The checksum is compared with a published value, as readers reject an archive with a wrong one.
    #[test]
    fn entries_have_their_checksum() {
        let image = Image::new("123456789".into(), "a".into(), FileType::gif(1, 1));
        let archive = zip([&image]).unwrap_or_else(|_| Vec::new());
        assert_eq!(
            archive.get(14..18),
            Some(&0xcbf4_3926_u32.to_le_bytes()[..])
        );
    }
}
