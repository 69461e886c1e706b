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

/// A write that takes longer waits for a disk, and is the last one that the runtime waits for.
///
/// As long as the system takes what is written into its memory, a write takes as long as it took to read the piece from
/// the connection, some 0.1 ms. To hand each piece to another thread instead makes a download a third slower.
const SLOW: Duration = Duration::from_millis(2);

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
    let mut writer = Writer::Here(partial.await.map_err(failed)?);
    let mut written = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        written += chunk.len() as u64;
        writer = writer.write(chunk, SLOW).await.map_err(failed)?;
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
    Here(Partial),
    /// A thread that may wait for the disk. It gives the file back when there is nothing more to write, and drops it when
    /// nobody takes it back.
    Worker {
        pieces: mpsc::Sender<Bytes>,
        partial: JoinHandle<io::Result<Partial>>,
    },
}

impl Writer {
    /// Writes a piece, and says who writes the next one.
    async fn write(self, piece: Bytes, slow: Duration) -> io::Result<Self> {
        match self {
            Self::Here(mut partial) => {
                let started = Instant::now();
                partial.file.write_all(&piece)?;
                Ok(if started.elapsed() > slow {
                    Self::worker(partial)
                } else {
                    Self::Here(partial)
                })
            }
            Self::Worker { pieces, partial } => match pieces.send(piece).await {
                Ok(()) => Ok(Self::Worker { pieces, partial }),
                // It has stopped, and says why.
                Err(_) => match on_worker(partial).await {
                    Err(error) => Err(error),
                    Ok(_) => Err(io::ErrorKind::Interrupted.into()),
                },
            },
        }
    }

    fn worker(mut partial: Partial) -> Self {
        let (pieces, mut received) = mpsc::channel::<Bytes>(WAITING);
        let partial = spawn_blocking(move || {
            while let Some(piece) = received.blocking_recv() {
                partial.file.write_all(&piece)?;
            }
            Ok(partial)
        });
        Self::Worker { pieces, partial }
    }

    /// The file, when everything is written.
    async fn into_partial(self) -> io::Result<Partial> {
        match self {
            Self::Here(partial) => Ok(partial),
            Self::Worker { pieces, partial } => {
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

    /// Two pieces, each by whom a write of this length makes write.
    async fn written(folder: &Path, slow: Duration) -> Writer {
        let mut writer = Writer::Here(Partial::create(&folder.join("file")).unwrap());
        for piece in ["abc", "def"] {
            writer = writer.write(piece.into(), slow).await.unwrap();
        }
        writer
    }

    #[tokio::test]
    async fn a_slow_disk_is_waited_for_elsewhere() {
        for (slow, elsewhere) in [(Duration::ZERO, true), (Duration::MAX, false)] {
            let folder = tempfile::tempdir().unwrap();
            let writer = written(folder.path(), slow).await;
            assert_eq!(matches!(writer, Writer::Worker { .. }), elsewhere);
            let mut partial = writer.into_partial().await.unwrap();
            let path = folder.path().join("file");
            partial.finish(&path, false).unwrap();
            drop(partial);
            assert_eq!(fs::read_to_string(path).unwrap(), "abcdef");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }

    #[tokio::test]
    async fn nothing_stays_behind_of_what_is_given_up() {
        for slow in [Duration::ZERO, Duration::MAX] {
            let folder = tempfile::tempdir().unwrap();
            drop(written(folder.path(), slow).await);
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
