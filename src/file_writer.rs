//! Writing a stream to a file that appears only when it is complete.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::error::{Error, ErrorKind, Result};

/// What is waited for elsewhere, and for how long.
#[derive(Clone, Copy)]
struct Patience {
    /// A write that takes longer waits for a disk, and the runtime does not wait for the next one.
    ///
    /// As long as the system takes what is written into its memory, a write takes as long as it took to read the piece
    /// from the connection, some 0.1 ms. To hand each piece to another thread instead makes a download a third slower.
    slow: Duration,
    /// Writes in a row that take no longer, with no piece waiting, after which the disk is taken to have caught up.
    /// Doubled each time that it turns out not to have.
    calm: u32,
}

const PATIENCE: Patience = Patience {
    slow: Duration::from_millis(2),
    calm: 16,
};

/// Pieces that wait for a slow disk at most; a piece is what the connection gave, some 10 to 500 KB.
const WAITING: usize = 4;

/// Writes all of `chunks` to `path` and gives the number of bytes. If anything fails, or the future is dropped, nothing
/// stays behind.
pub(crate) async fn write(
    path: PathBuf,
    overwrite: bool,
    mut chunks: impl Stream<Item = Result<Bytes>> + Unpin,
) -> Result<u64> {
    let shown = path.display().to_string();
    let failed = |error: io::Error| {
        let text = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                format!("{shown} exists; it is replaced only with `overwrite`")
            }
            _ => format!("{shown} cannot be written"),
        };
        Error::new(ErrorKind::Io, text).with_source(error)
    };
    let target = path.clone();
    let partial = on_worker(spawn_blocking(move || Partial::create(&target)));
    let mut writer = Writer::Here(partial.await.map_err(failed)?, PATIENCE);
    let mut written = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        written += chunk.len() as u64;
        writer = writer.write(chunk).await.map_err(failed)?;
    }
    let mut partial = writer.into_partial().await.map_err(failed)?;
    let finished = on_worker(spawn_blocking(move || partial.finish(&path, overwrite)));
    finished.await.map_err(failed)?;
    Ok(written)
}

async fn on_worker<T>(task: JoinHandle<io::Result<T>>) -> io::Result<T> {
    task.await.map_err(io::Error::other)?
}

/// Who writes.
enum Writer {
    /// The runtime.
    Here(Partial, Patience),
    /// A thread that may wait for the disk. It gives the file back when the disk has caught up or there is nothing more to
    /// write, and drops it when nobody takes it back.
    Worker {
        pieces: mpsc::Sender<Bytes>,
        partial: JoinHandle<io::Result<Partial>>,
        patience: Patience,
    },
}

impl Writer {
    /// Writes a piece, and says who writes the next one.
    async fn write(self, mut piece: Bytes) -> io::Result<Self> {
        let (mut partial, patience) = match self {
            Self::Here(partial, patience) => (partial, patience),
            Self::Worker {
                pieces,
                partial,
                patience,
            } => match pieces.send(piece).await {
                Ok(()) => {
                    return Ok(Self::Worker {
                        pieces,
                        partial,
                        patience,
                    });
                }
                // It has stopped: it is done, or says why it cannot go on.
                Err(error) => {
                    piece = error.0;
                    (on_worker(partial).await?, patience)
                }
            },
        };
        let started = Instant::now();
        partial.file.write_all(&piece)?;
        Ok(if started.elapsed() > patience.slow {
            Self::worker(partial, patience)
        } else {
            Self::Here(partial, patience)
        })
    }

    fn worker(mut partial: Partial, patience: Patience) -> Self {
        let (pieces, mut received) = mpsc::channel::<Bytes>(WAITING);
        let partial = spawn_blocking(move || {
            let mut calm = 0;
            while let Some(piece) = received.blocking_recv() {
                let started = Instant::now();
                partial.file.write_all(&piece)?;
                let caught_up = started.elapsed() <= patience.slow && received.is_empty();
                calm = if caught_up { calm + 1 } else { 0 };
                if calm >= patience.calm {
                    // What is on its way still comes.
                    received.close();
                }
            }
            Ok(partial)
        });
        Self::Worker {
            pieces,
            partial,
            patience: Patience {
                calm: patience.calm.saturating_mul(2),
                ..patience
            },
        }
    }

    /// The file, when everything is written.
    async fn into_partial(self) -> io::Result<Partial> {
        match self {
            Self::Here(partial, _) => Ok(partial),
            Self::Worker {
                pieces, partial, ..
            } => {
                drop(pieces);
                on_worker(partial).await
            }
        }
    }
}

/// A file beside the wanted one, removed unless it is finished.
struct Partial {
    file: File,
    path: PathBuf,
}

impl Partial {
    fn create(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "the path has no file name")
        })?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{:016x}.part", fastrand::u64(..)));
        let path = path.with_file_name(hidden);
        let file = File::options().write(true).create_new(true).open(&path)?;
        Ok(Self { file, path })
    }

    fn finish(&mut self, path: &Path, overwrite: bool) -> io::Result<()> {
        self.file.flush()?;
        if overwrite {
            return fs::rename(&self.path, path);
        }
        // A link fails if the name is taken, which a rename does not. Not every file system has links.
        match fs::hard_link(&self.path, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
                fs::rename(&self.path, path)
            }
            linked => linked,
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Gone already if it was renamed.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Writes that take longer than this are never, or always, waited for elsewhere.
    const NEVER: Duration = Duration::MAX;
    const ALWAYS: Duration = Duration::ZERO;

    fn here(folder: &Path, slow: Duration, calm: u32) -> Writer {
        let partial = Partial::create(&folder.join("file")).unwrap();
        Writer::Here(partial, Patience { slow, calm })
    }

    fn is_here(writer: &Writer) -> bool {
        matches!(writer, Writer::Here(..))
    }

    /// What is in the file, and in the folder nothing else.
    async fn finished(writer: Writer, folder: &Path) -> String {
        let mut partial = writer.into_partial().await.unwrap();
        let path = folder.join("file");
        partial.finish(&path, false).unwrap();
        drop(partial);
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
        fs::read_to_string(path).unwrap()
    }

    #[tokio::test]
    async fn a_slow_disk_is_waited_for_elsewhere() {
        for (slow, elsewhere) in [(ALWAYS, true), (NEVER, false)] {
            let folder = tempfile::tempdir().unwrap();
            let mut writer = here(folder.path(), slow, 16);
            for piece in ["abc", "def"] {
                writer = writer.write(piece.into()).await.unwrap();
            }
            assert_eq!(is_here(&writer), !elsewhere);
            assert_eq!(finished(writer, folder.path()).await, "abcdef");
        }
    }

    #[tokio::test]
    async fn a_disk_that_has_caught_up_is_written_to_here_again() {
        let folder = tempfile::tempdir().unwrap();
        let Writer::Here(partial, patience) = here(folder.path(), NEVER, 3) else {
            unreachable!()
        };
        let mut writer = Writer::worker(partial, patience);
        let mut expected = String::new();
        for number in 0..1000 {
            if is_here(&writer) {
                break;
            }
            let piece = format!("{number} ");
            expected.push_str(&piece);
            writer = writer.write(piece.into()).await.unwrap();
            // So that no piece waits for the one before.
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let calm = match &writer {
            Writer::Here(_, patience) => Some(patience.calm),
            Writer::Worker { .. } => None,
        };
        assert_eq!(calm, Some(6));
        assert_eq!(finished(writer, folder.path()).await, expected);
    }

    #[tokio::test]
    async fn no_piece_is_lost_between_the_two() {
        let folder = tempfile::tempdir().unwrap();
        let mut expected = String::new();
        let mut writer = here(folder.path(), Duration::from_nanos(1500), 0);
        for number in 0..5000 {
            let piece = format!("{number} ");
            expected.push_str(&piece);
            writer = writer.write(piece.into()).await.unwrap();
        }
        assert_eq!(finished(writer, folder.path()).await, expected);
    }

    #[tokio::test]
    async fn nothing_stays_behind_of_what_is_given_up() {
        for slow in [ALWAYS, NEVER] {
            let folder = tempfile::tempdir().unwrap();
            let writer = here(folder.path(), slow, 16);
            drop(writer.write("abc".into()).await.unwrap());
            let gone = || fs::read_dir(folder.path()).unwrap().count() == 0;
            for _ in 0..500 {
                if gone() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert!(gone());
        }
    }
}
