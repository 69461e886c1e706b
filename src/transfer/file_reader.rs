//! Reads a file to send: exactly the bytes that it has when it is opened, or an error.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::future::Future;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::error::{Error, ErrorKind, Result};
use crate::transfer::binary_hasher::BinaryHasher;
use crate::transport::CHUNK;

/// A file as a stream of pieces; it reads the next piece while one is sent.
///
/// Blocking threads read the file. A file system that does not respond blocks such a thread, but dropping the stream does
/// not wait for it.
pub(crate) struct FileReader {
    length: u64,
    next: Next,
    binary_hash: Option<String>,
}

enum Next {
    Ready(Piece),
    Reading(JoinHandle<Result<Piece>>),
    End,
}

/// A piece of a file.
struct Piece {
    bytes: Bytes,
    rest: Rest,
}

/// What comes after a piece.
enum Rest {
    More(Box<Reading>),
    /// The end, with the hash of the whole file.
    End(Option<String>),
}

/// A file that is not read completely.
struct Reading {
    path: PathBuf,
    file: File,
    opened: Version,
    remaining: u64,
    /// The two last pieces. The next piece reuses the memory of the older one, unless it is still being sent.
    last: Bytes,
    last_but_one: Bytes,
    hasher: Option<BinaryHasher>,
}

/// The properties that change with a write to the file.
#[derive(PartialEq)]
struct Version {
    length: u64,
    modified: Option<SystemTime>,
}

impl Version {
    fn of(metadata: &Metadata) -> Self {
        Self {
            length: metadata.len(),
            // Without a time, only the length is compared.
            modified: metadata.modified().ok(),
        }
    }
}

impl FileReader {
    /// Opens a file and reads its first piece in one blocking task, because a task costs more than reading a small file.
    /// Hashes the bytes if `hash` is set.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if it is not a regular file; [`ErrorKind::Io`] if it cannot be read.
    pub(crate) async fn open(path: PathBuf, hash: bool) -> Result<Self> {
        let opened = spawn_blocking(move || {
            let file = open_regular(&path)?;
            start(path, file, hash.then(BinaryHasher::new))
        });
        let (length, piece) = opened.await.map_err(interrupted)??;
        Ok(Self {
            length,
            next: Next::Ready(piece),
            binary_hash: None,
        })
    }

    /// Returns the number of bytes of the whole stream.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Returns the hash of all bytes, if it is requested and all are read.
    pub(crate) fn into_binary_hash(self) -> Option<String> {
        self.binary_hash
    }
}

impl Stream for FileReader {
    type Item = Result<Bytes>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = match std::mem::replace(&mut self.next, Next::End) {
            Next::End => return Poll::Ready(None),
            Next::Ready(piece) => piece,
            Next::Reading(mut task) => match Pin::new(&mut task).poll(context) {
                Poll::Ready(piece) => match piece.map_err(interrupted).and_then(|piece| piece) {
                    Ok(piece) => piece,
                    Err(error) => return Poll::Ready(Some(Err(error))),
                },
                Poll::Pending => {
                    self.next = Next::Reading(task);
                    return Poll::Pending;
                }
            },
        };
        match piece.rest {
            Rest::More(rest) => self.next = Next::Reading(spawn_blocking(move || rest.read())),
            Rest::End(hash) => self.binary_hash = hash,
        }
        Poll::Ready(Some(Ok(piece.bytes)))
    }
}

fn interrupted(error: tokio::task::JoinError) -> Error {
    Error::new(ErrorKind::Io, "the runtime cancelled reading the file").with_source(error)
}

fn cannot_be_read(path: &Path, error: io::Error) -> Error {
    let text = format!("{} cannot be read", path.display());
    Error::new(ErrorKind::Io, text).with_source(error)
}

/// Opens a regular file only: opening a named pipe would block until another process writes to it.
pub(crate) fn open_regular(path: &Path) -> Result<File> {
    let failed = |error| cannot_be_read(path, error);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    check_regular(path, metadata.file_type())?;
    open_checked(path)
}

/// Opens a file that was checked, and checks the opened file again.
fn open_checked(path: &Path) -> Result<File> {
    let failed = |error| cannot_be_read(path, error);
    let file = match open_at_once(path) {
        // Another process holds a lease, which this open breaks.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => File::open(path),
        opened => opened,
    };
    let file = file.map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    check_regular(path, metadata.file_type())?;
    Ok(file)
}

/// Opens a file without blocking. Reading a regular file is not affected.
fn open_at_once(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    options.open(path)
}

fn check_regular(path: &Path, found: FileType) -> Result<()> {
    if found.is_file() {
        return Ok(());
    }
    let path = path.display();
    Err(Error::invalid(if found.is_dir() {
        format!("{path} is not a file: it is a directory")
    } else {
        let found = special(found);
        format!("{path} is not a file: it is {found}; read it yourself and use `Source::reader`")
    }))
}

#[cfg(unix)]
fn special(found: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if found.is_fifo() {
        "a named pipe"
    } else if found.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "something else"
}

/// Returns the number of bytes to send and the first piece.
#[inline]
fn start(path: PathBuf, file: File, hasher: Option<BinaryHasher>) -> Result<(u64, Piece)> {
    let metadata = file.metadata();
    let opened = Version::of(&metadata.map_err(|error| cannot_be_read(&path, error))?);
    let length = opened.length;
    let reading = Reading {
        path,
        file,
        opened,
        remaining: length,
        last: Bytes::new(),
        last_but_one: Bytes::new(),
        hasher,
    };
    if length > CHUNK as u64 {
        return Ok((length, Box::new(reading).read()?));
    }
    let piece = reading.whole()?;
    Ok((piece.bytes.len() as u64, piece))
}

impl Reading {
    /// Reads a small file as a whole. Virtual files, such as those in `/proc`, report no length or a wrong one.
    #[inline]
    fn whole(mut self) -> Result<Piece> {
        let expected = match usize::try_from(self.remaining) {
            Ok(0) | Err(_) => CHUNK,
            Ok(length) => length,
        };
        // One extra byte detects a longer file.
        let mut bytes = BytesMut::zeroed(expected + 1);
        let mut filled = 0;
        while let Some(free) = bytes.get_mut(filled..).filter(|free| !free.is_empty()) {
            match self.file.read(free) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(cannot_be_read(&self.path, error)),
            }
        }
        self.check_unchanged()?;
        if filled > expected {
            let path = self.path.display();
            return Err(Error::invalid(format!(
                "{path} does not report its length: read it yourself and use `Source::reader`"
            )));
        }
        bytes.truncate(filled);
        self.hash(&bytes);
        Ok(Piece {
            bytes: bytes.freeze(),
            rest: self.end(),
        })
    }

    /// Reads the next piece of a file that has at least one more byte.
    #[inline]
    fn read(mut self: Box<Self>) -> Result<Piece> {
        let length = usize::try_from(self.remaining).map_or(CHUNK, |left| left.min(CHUNK));
        let last_but_one = std::mem::take(&mut self.last_but_one).try_into_mut();
        let mut bytes = match last_but_one {
            Ok(mut buffer) if buffer.len() >= length => {
                buffer.truncate(length);
                buffer
            }
            _ => BytesMut::zeroed(length),
        };
        match self.file.read_exact(&mut bytes) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                // The file is shorter now, unless the file system is inconsistent.
                self.check_unchanged()?;
                return Err(cannot_be_read(&self.path, error));
            }
            Err(error) => return Err(cannot_be_read(&self.path, error)),
        }
        self.remaining -= length as u64;
        self.hash(&bytes);
        let bytes = bytes.freeze();
        let rest = if self.remaining == 0 {
            self.check_unchanged()?;
            self.end()
        } else {
            self.last_but_one = std::mem::replace(&mut self.last, bytes.clone());
            Rest::More(self)
        };
        Ok(Piece { bytes, rest })
    }

    fn hash(&mut self, bytes: &[u8]) {
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
    }

    #[inline]
    fn end(&mut self) -> Rest {
        Rest::End(self.hasher.take().map(BinaryHasher::finish))
    }

    /// Fails if the file has changed since it was opened: the upload would be incomplete, or a mixture of old and new bytes.
    fn check_unchanged(&self) -> Result<()> {
        let metadata = self.file.metadata();
        let now = Version::of(&metadata.map_err(|error| cannot_be_read(&self.path, error))?);
        if now == self.opened {
            return Ok(());
        }
        let (path, before, after) = (self.path.display(), self.opened.length, now.length);
        let what = if before == after {
            "it was written to".to_owned()
        } else {
            format!("it had {before} bytes and has {after} now")
        };
        Err(Error::new(
            ErrorKind::Io,
            format!("{path} changed while it was sent: {what}"),
        ))
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_named_pipe_that_takes_the_place_of_a_file_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let (sender, ended) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(open_checked(&pipe)));
        let outcome = ended.recv_timeout(std::time::Duration::from_secs(30));
        let error = outcome.unwrap().unwrap_err();
        assert!(error.to_string().contains("it is a named pipe"), "{error}");
    }
}
