//! Writing a stream to a file that appears only when it is complete.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use crate::error::{Error, ErrorKind, Result};

/// Pieces that wait for the disk at most; a piece is what the connection gave, some 10 to 100 KB.
const WAITING: usize = 4;

enum Step {
    Write(Bytes),
    Finish,
}

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
    let (steps, received) = mpsc::channel(WAITING);
    // Blocking writes on a worker cost a fifth less time than asynchronous ones.
    let writer = tokio::task::spawn_blocking(move || write_all(&path, overwrite, received));
    let mut broken = None;
    loop {
        let step = match chunks.next().await {
            Some(Ok(chunk)) => Step::Write(chunk),
            Some(Err(error)) => {
                broken = Some(error);
                break;
            }
            None => Step::Finish,
        };
        let last = matches!(step, Step::Finish);
        // The writer has stopped, and says why below.
        if steps.send(step).await.is_err() || last {
            break;
        }
    }
    drop(steps);
    let written = writer
        .await
        .map_err(|error| failed(io::Error::other(error)))?;
    match broken {
        Some(error) => Err(error),
        None => written.map_err(failed),
    }
}

fn write_all(path: &Path, overwrite: bool, mut steps: mpsc::Receiver<Step>) -> io::Result<u64> {
    let mut partial = Partial::create(path)?;
    let mut written = 0;
    while let Some(step) = steps.blocking_recv() {
        match step {
            Step::Write(bytes) => {
                partial.file.write_all(&bytes)?;
                written += bytes.len() as u64;
            }
            Step::Finish => {
                partial.finish(path, overwrite)?;
                return Ok(written);
            }
        }
    }
    Err(io::ErrorKind::Interrupted.into())
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
