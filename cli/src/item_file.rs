//! Files with one item a line: hashes, or paths. What fails is written to such a file, and `--from` reads it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Reads the items of a file; `-` is standard input. Blank lines are left out.
pub(crate) fn read(path: &Path) -> Result<Vec<OsString>, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.map_err(|error| {
        Failure::from(error)
            .with_exit(crate::Exit::Usage)
            .about(path.display())
    })?;
    let lines = bytes.split(|byte| *byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines
        .filter(|line| !line.is_empty())
        .map(|line| item(line).map_err(|failure| failure.about(path.display())))
        .collect()
}

/// Reads the items of a file that are text, such as hashes.
pub(crate) fn read_text(path: &Path) -> Result<Vec<String>, Failure> {
    let items = read(path)?.into_iter();
    items
        .map(|item| {
            item.into_string().map_err(|item| {
                let item = item.display();
                Failure::usage(format!("{}: {item} is not valid Unicode", path.display()))
            })
        })
        .collect()
}

/// A line; in quotes, it is JSON text.
fn item(line: &[u8]) -> Result<OsString, Failure> {
    if line.starts_with(b"\"") {
        let text: String = serde_json::from_slice(line)?;
        return Ok(text.into());
    }
    of_bytes(line)
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "as elsewhere")]
fn of_bytes(line: &[u8]) -> Result<OsString, Failure> {
    use std::os::unix::ffi::OsStrExt;

    Ok(OsStr::from_bytes(line).to_owned())
}

#[cfg(not(unix))]
fn of_bytes(line: &[u8]) -> Result<OsString, Failure> {
    let text = std::str::from_utf8(line);
    text.map(OsString::from)
        .map_err(|_| Failure::usage("a line is not valid UTF-8"))
}

/// Returns the line of an item.
fn line(item: &OsStr) -> Vec<u8> {
    let mut line = match item.to_str() {
        // What would not come back as one line.
        Some(text) if text.starts_with('"') || text.contains(['\n', '\r']) => {
            serde_json::to_vec(text).unwrap_or_default()
        }
        _ => item.as_encoded_bytes().to_vec(),
    };
    line.push(b'\n');
    line
}

/// The file that what fails is written to, as it fails.
#[derive(Debug)]
pub(crate) struct FailedItems {
    path: PathBuf,
    file: File,
    written: usize,
}

impl FailedItems {
    /// Creates the file, before anything is sent.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let file = File::create(path).map_err(|error| {
            Failure::from(error)
                .with_exit(crate::Exit::Usage)
                .about(path.display())
        })?;
        Ok(Self {
            path: path.to_owned(),
            file,
            written: 0,
        })
    }

    pub(crate) fn add(&mut self, item: &OsStr) -> Result<(), Failure> {
        self.written += 1;
        let written = self.file.write_all(&line(item));
        written.map_err(|error| Failure::from(error).about(self.path.display()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for FailedItems {
    /// A file without items would read as if something had failed.
    fn drop(&mut self) {
        if self.written == 0 {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_item_comes_back_from_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("failed");
        let items = [
            "a.jpg",
            "with space",
            "\"quoted\"",
            "two\nlines",
            "é",
            "# no comment",
        ];
        let mut failed = FailedItems::create(&path).unwrap();
        for item in items {
            failed.add(OsStr::new(item)).unwrap();
        }
        drop(failed);
        assert_eq!(read_text(&path).unwrap(), items);
    }

    #[test]
    fn blank_lines_are_left_out_and_windows_line_ends_are_understood() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("items");
        fs::write(&path, "a\r\n\nb").unwrap();
        assert_eq!(read_text(&path).unwrap(), ["a", "b"]);
        let missing = read(&folder.path().join("none")).unwrap_err();
        assert_eq!(missing.exit, crate::Exit::Usage);
    }

    #[cfg(unix)]
    #[test]
    fn a_path_need_not_be_text() {
        use std::os::unix::ffi::OsStrExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("items");
        let item = OsStr::from_bytes(b"caf\xe9.jpg");
        FailedItems::create(&path).unwrap().add(item).unwrap();
        assert_eq!(read(&path).unwrap(), [item]);
        assert!(read_text(&path).is_err());
    }

    #[test]
    fn nothing_is_left_when_nothing_failed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("failed");
        drop(FailedItems::create(&path).unwrap());
        assert!(!path.exists());
    }
}
