//! The binary hash of a file: the SHA-1 of its bytes, which identifies an original in the service.

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use sha1::{Digest, Sha1};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::error::{Error, ErrorKind, Result};
use crate::transfer::file_reader::open_regular;
use crate::transport::{Activity, within_idle_timeout};

/// Bytes per read of a file.
const PIECE: usize = 256 * 1024;

/// Computes the binary hash of bytes that come in pieces: the SHA-1, which the service reports as
/// [`SourceImage::binary_hash`](crate::SourceImage::binary_hash).
///
/// [`binary_hash`] hashes a file.
///
/// ```
/// let mut hasher = rokka::BinaryHasher::new();
/// hasher.update(b"ab");
/// hasher.update(b"c");
/// assert_eq!(hasher.finish(), "a9993e364706816aba3e25717850c26c9cd0d89d");
/// ```
#[derive(Clone, Default)]
pub struct BinaryHasher(Sha1);

impl BinaryHasher {
    /// Returns a hasher that has seen no bytes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next bytes.
    pub fn update(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.update(bytes);
    }

    /// Returns the hash of all bytes: 40 lower-case hexadecimal digits.
    #[inline]
    pub fn finish(self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or(b'0');
        let digest = self.0.finalize();
        digest
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
            .map(char::from)
            .collect()
    }
}

impl fmt::Debug for BinaryHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BinaryHasher").finish_non_exhaustive()
    }
}

/// Returns the binary hash of a file: its SHA-1 as 40 lower-case hexadecimal digits, as the service reports it in
/// [`SourceImage::binary_hash`](crate::SourceImage::binary_hash).
///
/// Reads the file in pieces of 256 KiB on a blocking thread of tokio. Dropping the future stops it. Call it within a tokio
/// runtime.
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// // Is the file stored already?
/// let hash = rokka::binary_hash("cat.jpg").await?;
/// let stored = images.get_by_binary_hash(&hash).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidInput`] if the path is not a regular file, such as a directory or a named pipe;
/// [`ErrorKind::Io`] if it cannot be read.
pub async fn binary_hash(path: impl AsRef<Path>) -> Result<String> {
    let path = path.as_ref().to_owned();
    on_worker(None, move |is_cancelled| hash_file(&path, is_cancelled)).await
}

/// What can be hashed before it is sent.
pub(crate) enum Hashable {
    File(PathBuf),
    Bytes(Bytes),
}

impl Hashable {
    /// Returns the binary hash, or an error if reading makes no progress for the idle timeout.
    pub(crate) async fn binary_hash(self, idle: Duration) -> Result<String> {
        match self {
            Self::Bytes(bytes) => binary_hash_of_bytes(bytes).await,
            Self::File(path) => {
                let activity = Activity::new();
                let shown = path.clone();
                let hash = on_worker(Some(activity.clone()), move |is_cancelled| {
                    hash_file(&path, is_cancelled)
                });
                let hash = within_idle_timeout(idle, &activity, pin!(hash)).await;
                hash.unwrap_or_else(|_| {
                    let text = format!("nothing was read of {} for {idle:?}", shown.display());
                    Err(Error::new(ErrorKind::Timeout, text))
                })
            }
        }
    }
}

async fn binary_hash_of_bytes(bytes: Bytes) -> Result<String> {
    let mut hasher = BinaryHasher::new();
    // A task costs more than hashing a piece.
    if bytes.len() <= PIECE {
        hasher.update(&bytes);
        return Ok(hasher.finish());
    }
    on_worker(None, move |is_cancelled| {
        for piece in bytes.chunks(PIECE) {
            if is_cancelled() {
                return None;
            }
            hasher.update(piece);
        }
        Some(Ok(hasher.finish()))
    })
    .await
}

/// Hashes on a blocking thread, until the future is dropped.
async fn on_worker<H>(activity: Option<Activity>, hash: H) -> Result<String>
where
    H: FnOnce(&dyn Fn() -> bool) -> Option<Result<String>> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    spawn_blocking(move || {
        // Asked before each piece.
        let is_cancelled = || {
            if let Some(activity) = &activity {
                activity.mark();
            }
            sender.is_closed()
        };
        if let Some(outcome) = hash(&is_cancelled) {
            // The receiver may be dropped.
            let _ = sender.send(outcome);
        }
    });
    receiver.await.unwrap_or_else(|_| {
        Err(Error::new(
            ErrorKind::Io,
            "the runtime cancelled hashing the file",
        ))
    })
}

/// Returns the hash of a file, or `None` if it is cancelled.
#[inline]
fn hash_file(path: &Path, is_cancelled: &dyn Fn() -> bool) -> Option<Result<String>> {
    let failed = |error: io::Error| {
        let text = format!("{} cannot be read", path.display());
        Error::new(ErrorKind::Io, text).with_source(error)
    };
    let mut file = match open_regular(path) {
        Ok(file) => file,
        Err(error) => return Some(Err(error)),
    };
    let mut hasher = BinaryHasher::new();
    let mut piece = vec![0; PIECE];
    loop {
        if is_cancelled() {
            return None;
        }
        match file.read(&mut piece) {
            Ok(0) => return Some(Ok(hasher.finish())),
            Ok(read) => hasher.update(piece.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Some(Err(failed(error))),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_the_standard_says() {
        // FIPS 180-4, and nothing at all.
        for (text, expected) in [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ] {
            let mut hasher = BinaryHasher::new();
            text.bytes().for_each(|byte| hasher.update([byte]));
            assert_eq!(hasher.finish(), expected);
        }
    }

    #[tokio::test]
    async fn a_file_of_several_pieces_is_hashed_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "a".repeat(1_000_000)).unwrap();
        // The third example of FIPS 180-4.
        let expected = "34aa973cd4c4daa4f61eeb2bdbad27316534016f";
        assert_eq!(binary_hash(&path).await.unwrap(), expected);
    }

    #[tokio::test]
    async fn only_files_are_hashed() {
        let folder = tempfile::tempdir().unwrap();
        let error = binary_hash(folder.path()).await.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        let missing = binary_hash(folder.path().join("missing")).await;
        let error = missing.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("missing"), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_named_pipe_is_refused_without_opening_it() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let error = binary_hash(&pipe).await.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
    }

    #[test]
    fn hashing_ends_when_nobody_waits_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "abc").unwrap();
        assert!(hash_file(&path, &|| true).is_none());
    }
}
