//! ZIP archives without compression, as small as the format allows.

use std::collections::HashSet;

use super::image::Image;

/// What 16 bits of the end record can count.
const MOST_ENTRIES: usize = 0xffff;

/// An archive of the images' files; `None` when it would need the format's 64-bit form.
pub(crate) fn zip<'a>(images: impl IntoIterator<Item = &'a Image>) -> Option<Vec<u8>> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    let mut names = HashSet::new();
    for image in images {
        let name = entry_name(image, &mut names);
        let offset = u32::try_from(archive.len()).ok()?;
        let mut entry = Vec::new();
        push16(&mut entry, 20); // version needed
        push16(&mut entry, 0x0800); // names are UTF-8
        push16(&mut entry, 0); // stored
        push32(&mut entry, 0x0021_0000); // 1980-01-01, the first day of the format
        push32(&mut entry, crc32(&image.bytes));
        let size = u32::try_from(image.bytes.len()).ok()?;
        push32(&mut entry, size);
        push32(&mut entry, size);
        push16(&mut entry, u16::try_from(name.len()).ok()?);
        push16(&mut entry, 0); // no extra field

        push32(&mut archive, 0x0403_4b50);
        archive.extend_from_slice(&entry);
        archive.extend_from_slice(name.as_bytes());
        archive.extend_from_slice(&image.bytes);

        push32(&mut directory, 0x0201_4b50);
        push16(&mut directory, 20); // version made by
        directory.extend_from_slice(&entry);
        push16(&mut directory, 0); // no comment
        push16(&mut directory, 0); // disk
        push16(&mut directory, 0); // internal attributes
        push32(&mut directory, 0); // external attributes
        push32(&mut directory, offset);
        directory.extend_from_slice(name.as_bytes());
    }
    let count = u16::try_from(names.len())
        .ok()
        .filter(|_| names.len() < MOST_ENTRIES)?;
    let start = u32::try_from(archive.len()).ok()?;
    let size = u32::try_from(directory.len()).ok()?;
    archive.append(&mut directory);
    push32(&mut archive, 0x0605_4b50);
    push32(&mut archive, 0); // disks
    push16(&mut archive, count);
    push16(&mut archive, count);
    push32(&mut archive, size);
    push32(&mut archive, start);
    push16(&mut archive, 0); // no comment
    Some(archive)
}

/// The image's name without directories, with its hash before it when another file has the same.
fn entry_name(image: &Image, taken: &mut HashSet<String>) -> String {
    let name = image.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = if matches!(name, "" | "." | "..") || taken.contains(name) {
        format!("{}-{name}", image.hash)
    } else {
        name.to_owned()
    };
    taken.insert(name.clone());
    name
}

fn push16(into: &mut Vec<u8>, number: u16) {
    into.extend_from_slice(&number.to_le_bytes());
}

fn push32(into: &mut Vec<u8>, number: u32) {
    into.extend_from_slice(&number.to_le_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    let table: [u32; 256] = std::array::from_fn(|index| {
        (0..8).fold(u32::try_from(index).unwrap_or_default(), |sum, _| {
            (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    });
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        let [low, ..] = sum.to_le_bytes();
        (sum >> 8) ^ table.get(usize::from(low ^ byte)).unwrap_or(&0)
    })
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
