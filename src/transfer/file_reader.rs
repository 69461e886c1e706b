//! Reading a file to send it: exactly the bytes that it has when it is opened, or an error.

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

/// A file as a stream of pieces, of which the next one is read while one is sent.
///
/// What reads runs on threads that may block. A file system that does not respond holds such a thread until it does, but
/// nobody waits for it: who drops the stream goes on.
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
    /// Nothing, and what the whole file hashes to.
    Nothing(Option<String>),
}

/// A file of which some is not read yet.
struct Reading {
    path: PathBuf,
    file: File,
    opened: Version,
    left: u64,
    /// The two pieces handed out last. The memory of the older one takes the next, unless it is still being sent.
    last: Bytes,
    last_but_one: Bytes,
    hasher: Option<BinaryHasher>,
}

/// What changes when somebody writes to a file.
#[derive(PartialEq)]
struct Version {
    length: u64,
    modified: Option<SystemTime>,
}

impl Version {
    fn of(metadata: &Metadata) -> Self {
        Self {
            length: metadata.len(),
            // Without a time, the length has to do.
            modified: metadata.modified().ok(),
        }
    }
}

impl FileReader {
    /// Opens a file and reads its first piece, all in one go: each visit to another thread costs more than the reading of a
    /// small file. Hashes what is read, if `hash` says so.
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

    /// How many bytes the whole stream has.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// What all bytes hash to, when they were read and if that was asked for.
    pub(crate) fn into_binary_hash(self) -> Option<String> {
        self.binary_hash
    }
}

impl Stream for FileReader {
    type Item = Result<Bytes>;

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
            Rest::Nothing(hash) => self.binary_hash = hash,
        }
        Poll::Ready(Some(Ok(piece.bytes)))
    }
}

fn interrupted(error: tokio::task::JoinError) -> Error {
    Error::new(ErrorKind::Io, "the reading of the file was interrupted").with_source(error)
}

fn cannot_be_read(path: &Path, error: io::Error) -> Error {
    let text = format!("{} cannot be read", path.display());
    Error::new(ErrorKind::Io, text).with_source(error)
}

/// Opens a file that is one: to open a named pipe waits for somebody who writes to it, for ever if nobody does.
pub(crate) fn open_regular(path: &Path) -> Result<File> {
    let failed = |error| cannot_be_read(path, error);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    check_regular(path, metadata.file_type())?;
    open_checked(path)
}

/// Opens what was a regular file a moment ago, and looks whether it still is one.
fn open_checked(path: &Path) -> Result<File> {
    let failed = |error| cannot_be_read(path, error);
    let file = match open_at_once(path) {
        // Somebody else holds a lease on it, and is asked for it now.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => File::open(path),
        opened => opened,
    };
    let file = file.map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    check_regular(path, metadata.file_type())?;
    Ok(file)
}

/// Opens a file without waiting. Reading a regular one is not affected.
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
        format!(
            "{path} is not a file: it is {found}; to send what comes out of it, read it yourself and use `Source::stream`"
        )
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

/// How many bytes will be sent, and the first piece of them.
fn start(path: PathBuf, file: File, hasher: Option<BinaryHasher>) -> Result<(u64, Piece)> {
    let metadata = file.metadata();
    let opened = Version::of(&metadata.map_err(|error| cannot_be_read(&path, error))?);
    let length = opened.length;
    let reading = Reading {
        path,
        file,
        opened,
        left: length,
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
    /// All of a small file. Files that the system makes up, such as those in `/proc`, say that they have no or other bytes.
    fn whole(mut self) -> Result<Piece> {
        let expected = match usize::try_from(self.left) {
            Ok(0) | Err(_) => CHUNK,
            Ok(length) => length,
        };
        // With room for one more, so that it shows if there is more.
        let mut bytes = BytesMut::zeroed(expected + 1);
        let mut filled = 0;
        while let Some(room) = bytes.get_mut(filled..).filter(|room| !room.is_empty()) {
            match self.file.read(room) {
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
                "{path} does not say how long it is; read it yourself and use `Source::stream`"
            )));
        }
        bytes.truncate(filled);
        self.hash(&bytes);
        Ok(Piece {
            bytes: bytes.freeze(),
            rest: self.end(),
        })
    }

    /// The next piece of a file that has at least one byte more.
    fn read(mut self: Box<Self>) -> Result<Piece> {
        let length = usize::try_from(self.left).map_or(CHUNK, |left| left.min(CHUNK));
        let last_but_one = std::mem::take(&mut self.last_but_one).try_into_mut();
        let mut bytes = match last_but_one {
            Ok(mut room) if room.len() >= length => {
                room.truncate(length);
                room
            }
            _ => BytesMut::zeroed(length),
        };
        match self.file.read_exact(&mut bytes) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                // It is shorter now, unless the file system contradicts itself.
                self.check_unchanged()?;
                return Err(cannot_be_read(&self.path, error));
            }
            Err(error) => return Err(cannot_be_read(&self.path, error)),
        }
        self.left -= length as u64;
        self.hash(&bytes);
        let bytes = bytes.freeze();
        let rest = if self.left == 0 {
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

    fn end(&mut self) -> Rest {
        Rest::Nothing(self.hasher.take().map(BinaryHasher::finish))
    }

    /// Whether all that was read is of one version. What somebody is still writing to would be stored incomplete, or as a
    /// mixture of old and new bytes.
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
