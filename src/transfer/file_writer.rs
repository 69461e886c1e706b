//! Writes a stream to a file that appears when it is complete.

use std::fs::{self, File, Metadata};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;
use tempfile::NamedTempFile;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::error::{Error, ErrorKind, Result};
use crate::transfer::resume::Piece;

/// How to treat an existing file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Existing {
    /// Keeps it and fails.
    #[default]
    Refuse,
    /// Replaces it.
    Overwrite,
    /// Keeps it and writes nothing.
    Skip,
}

/// A file to write.
#[derive(Debug)]
pub(crate) struct Target {
    path: PathBuf,
    existing: Existing,
    partial: Partial,
    /// Whether the file is synced to the disk before it appears.
    sync: bool,
}

impl Target {
    /// Sets whether the file is synced to the disk before it appears.
    pub(crate) fn sync(self, sync: bool) -> Self {
        Self { sync, ..self }
    }

    /// Prepares a file, as far as that can be done before its content is there. Returns `None` if it exists and is skipped.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] if it exists and is to stay; [`ErrorKind::InvalidInput`] if it is no regular file;
    /// [`ErrorKind::Io`] if it cannot be written.
    pub(crate) async fn prepare(path: PathBuf, existing: Existing) -> Result<Option<Self>> {
        let shown = path.clone();
        let prepared = on_worker(spawn_blocking(move || {
            if is_kept(&path, existing)? {
                return Ok(None);
            }
            let partial = Partial::create(&path, existing)?;
            Ok(Some(Self {
                path,
                existing,
                partial,
                sync: true,
            }))
        }));
        prepared.await.map_err(|error| failed(&shown, error))
    }
}

/// Returns whether an existing file is kept.
fn is_kept(path: &Path, existing: Existing) -> io::Result<bool> {
    let about = match fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match existing {
        Existing::Refuse => Err(io::ErrorKind::AlreadyExists.into()),
        Existing::Skip if fs::metadata(path)?.is_file() => Ok(true),
        Existing::Overwrite if about.is_file() || about.is_symlink() => Ok(false),
        // Such as a directory or a device.
        Existing::Skip | Existing::Overwrite => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file",
        )),
    }
}

fn failed(path: &Path, error: io::Error) -> Error {
    let path = path.display();
    let text = match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let text = format!(
                "{path} exists: set `overwrite` to replace it or `skip_existing` to keep it"
            );
            return Error::new(ErrorKind::AlreadyExists, text).with_source(error);
        }
        io::ErrorKind::InvalidInput => {
            return Error::invalid(format!("{path} cannot be written: {error}"));
        }
        _ => format!("{path} cannot be written"),
    };
    Error::new(ErrorKind::Io, text).with_source(error)
}

/// When the writing moves to a worker thread and back.
#[derive(Clone, Copy)]
struct Patience {
    /// After a write that takes longer, a worker thread takes over.
    ///
    /// While the system buffers writes in memory, a write takes as long as reading the piece from the connection, about
    /// 0.1 ms. Passing each piece to another thread makes a download a third slower.
    slow: Duration,
    /// Consecutive fast writes, with no piece waiting, after which the runtime takes over again. Doubled each time.
    calm: u32,
}

const PATIENCE: Patience = Patience {
    slow: Duration::from_millis(2),
    calm: 16,
};

/// The maximum number of pieces that wait for a slow disk; a piece is one read of the connection, about 10 to 500 KB.
const WAITING: usize = 4;

/// Writes all of `pieces` to a file, syncs it to the disk if wanted, and returns the number of bytes, or 0 if another file has
/// appeared that is to stay. If anything fails, or the future is dropped, nothing stays behind.
pub(crate) async fn write(
    target: Target,
    pieces: impl Stream<Item = Result<Piece>> + Unpin,
) -> Result<u64> {
    write_with(PATIENCE, target, pieces).await
}

async fn write_with(
    patience: Patience,
    target: Target,
    mut pieces: impl Stream<Item = Result<Piece>> + Unpin,
) -> Result<u64> {
    let Target {
        path,
        existing,
        partial,
        sync,
    } = target;
    let failed = |error| failed(&path, error);
    let mut writer = Writer::Here(partial, patience);
    let mut written = 0;
    while let Some(piece) = pieces.next().await {
        match piece {
            // A worker may still have the file, and removes it when it ends.
            Err(error) => {
                drop(writer.into_partial().await);
                return Err(error);
            }
            Ok(Piece::Bytes(chunk)) => {
                written += chunk.len() as u64;
                writer = writer.write(chunk).await.map_err(failed)?;
            }
            Ok(Piece::Restarted) => {
                written = 0;
                writer = writer.restart().await.map_err(failed)?;
            }
        }
    }
    let partial = writer.into_partial().await.map_err(failed)?;
    // Dropped with this future, so that the worker, which outlives it, can tell.
    let wanted = Arc::new(());
    let (to, wanted_still) = (path.clone(), Arc::downgrade(&wanted));
    let finished = spawn_blocking(move || partial.finish(&to, existing, sync, &wanted_still));
    let kept = on_worker(finished).await.map_err(failed)?;
    drop(wanted);
    Ok(if kept { 0 } else { written })
}

async fn on_worker<T>(task: JoinHandle<io::Result<T>>) -> io::Result<T> {
    task.await.map_err(io::Error::other)?
}

/// The writing thread.
enum Writer {
    /// A thread of the runtime.
    Here(Partial, Patience),
    /// A blocking thread. It returns the file when the disk has caught up or everything is written, and drops it if the
    /// download is cancelled.
    Worker {
        pieces: mpsc::Sender<Bytes>,
        partial: JoinHandle<io::Result<Partial>>,
        patience: Patience,
    },
}

impl Writer {
    /// Writes a piece; returns the writer of the next one.
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
                // The worker has stopped: the disk has caught up, or a write failed.
                Err(error) => {
                    piece = error.0;
                    (on_worker(partial).await?, patience)
                }
            },
        };
        let started = Instant::now();
        partial.file.as_file_mut().write_all(&piece)?;
        Ok(if started.elapsed() > patience.slow {
            Self::worker(partial, patience)
        } else {
            Self::Here(partial, patience)
        })
    }

    #[inline]
    fn worker(mut partial: Partial, patience: Patience) -> Self {
        let (pieces, mut received) = mpsc::channel::<Bytes>(WAITING);
        let partial = spawn_blocking(move || {
            let mut calm = 0;
            while let Some(piece) = received.blocking_recv() {
                let started = Instant::now();
                partial.file.as_file_mut().write_all(&piece)?;
                let caught_up = started.elapsed() <= patience.slow && received.is_empty();
                calm = if caught_up { calm + 1 } else { 0 };
                if calm >= patience.calm {
                    // Pieces in the channel are still received.
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

    /// Truncates the file and returns to its start.
    async fn restart(self) -> io::Result<Self> {
        let patience = match &self {
            Self::Here(_, patience) | Self::Worker { patience, .. } => *patience,
        };
        let mut partial = self.into_partial().await?;
        let file = partial.file.as_file_mut();
        file.set_len(0)?;
        file.rewind()?;
        Ok(Self::Here(partial, patience))
    }

    /// Returns the file once everything is written.
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

/// A temporary file beside the target, removed unless it is finished.
#[derive(Debug)]
struct Partial {
    file: NamedTempFile,
}

impl Partial {
    #[inline]
    fn create(path: &Path, existing: Existing) -> io::Result<Self> {
        let name = path.file_name();
        name.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "the path has no file name")
        })?;
        let mut builder = tempfile::Builder::new();
        // Independent of the file's name, which may have the maximum length.
        builder.prefix(".rokka-").suffix(".part").rand_bytes(12);
        #[cfg(not(unix))]
        let _ = existing;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // The process's umask applies, as for any new file, but within the permissions of a replaced file.
            let mode = match replaced(path, existing) {
                Some(replaced) => replaced.permissions().mode() & 0o777,
                None => 0o666,
            };
            builder.permissions(fs::Permissions::from_mode(mode));
        }
        let file = builder.tempfile_in(directory_of(path))?;
        Ok(Self { file })
    }

    /// Gives the file its name. Returns whether another one stays instead.
    #[inline]
    fn finish(
        self,
        path: &Path,
        existing: Existing,
        sync: bool,
        wanted: &Weak<()>,
    ) -> io::Result<bool> {
        let file = self.file.as_file();
        if let Some(replaced) = replaced(path, existing) {
            keep_permissions(file, &replaced)?;
        }
        let synced = if sync { file.sync_all() } else { Ok(()) };
        match synced {
            // Not every file system can.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {}
            synced => synced?,
        }
        if wanted.strong_count() == 0 {
            return Err(io::Error::other("the download is cancelled"));
        }
        if is_kept(path, existing)? {
            return Ok(true);
        }
        if existing == Existing::Overwrite {
            self.file.persist(path)?;
        } else if let Err(error) = self.file.persist_noclobber(path) {
            let taken = error.error.kind() == io::ErrorKind::AlreadyExists;
            if taken && existing == Existing::Skip {
                return Ok(true);
            }
            // Some file systems do not support renaming without replacing.
            if taken || fs::symlink_metadata(path).is_ok() {
                return Err(error.error);
            }
            error.file.persist(path)?;
        }
        #[cfg(unix)]
        if sync && let Ok(directory) = File::open(directory_of(path)) {
            // So that the name survives a crash too, where directories can be synced.
            let _ = directory.sync_all();
        }
        Ok(false)
    }
}

/// Returns the metadata of an existing file that is replaced.
fn replaced(path: &Path, existing: Existing) -> Option<Metadata> {
    let about = fs::symlink_metadata(path).ok()?;
    (existing == Existing::Overwrite && about.is_file()).then_some(about)
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(directory) if directory != Path::new("") => directory,
        _ => Path::new("."),
    }
}

/// Copies the permissions of the replaced file, and its owner if the process may.
fn keep_permissions(file: &File, replaced: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
        let _ = fchown(file, Some(replaced.uid()), Some(replaced.gid()));
        // No setuid or setgid bits for downloaded content.
        let mode = replaced.permissions().mode() & 0o777;
        file.set_permissions(fs::Permissions::from_mode(mode))
    }
    #[cfg(not(unix))]
    file.set_permissions(replaced.permissions())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Writes that take longer than this are never, or always, waited for elsewhere.
    const NEVER: Duration = Duration::MAX;
    const ALWAYS: Duration = Duration::ZERO;

    fn here(folder: &Path, slow: Duration, calm: u32) -> Writer {
        let partial = Partial::create(&folder.join("file"), Existing::Refuse).unwrap();
        Writer::Here(partial, Patience { slow, calm })
    }

    fn is_here(writer: &Writer) -> bool {
        matches!(writer, Writer::Here(..))
    }

    /// What is in the file, and in the folder nothing else.
    async fn finished(writer: Writer, folder: &Path) -> String {
        let partial = writer.into_partial().await.unwrap();
        let path = folder.join("file");
        let wanted = Arc::new(());
        partial
            .finish(&path, Existing::Refuse, true, &Arc::downgrade(&wanted))
            .unwrap();
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
        fs::read_to_string(path).unwrap()
    }

    #[tokio::test]
    async fn a_failure_is_returned_when_the_file_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        // Often, because a worker that nobody waits for may be fast.
        for _ in 0..100 {
            let path = folder.path().join("file");
            let target = Target::prepare(path, Existing::Refuse).await.unwrap();
            let pieces = [
                Ok(Piece::Bytes("abc".into())),
                Err(Error::new(ErrorKind::Interrupted, "broken")),
            ];
            let patience = Patience {
                slow: ALWAYS,
                calm: 16,
            };
            let written = write_with(
                patience,
                target.unwrap(),
                futures_util::stream::iter(pieces),
            );
            assert_eq!(written.await.unwrap_err().kind(), ErrorKind::Interrupted);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        }
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
    async fn a_file_can_begin_anew_wherever_it_is_written() {
        for slow in [ALWAYS, NEVER] {
            let folder = tempfile::tempdir().unwrap();
            let mut writer = here(folder.path(), slow, 16);
            for piece in ["an older ", "version"] {
                writer = writer.write(piece.into()).await.unwrap();
            }
            assert_eq!(is_here(&writer), slow == NEVER);
            let writer = writer.restart().await.unwrap();
            let writer = writer.write("abc".into()).await.unwrap();
            assert_eq!(finished(writer, folder.path()).await, "abc");
        }
    }

    #[tokio::test]
    async fn a_file_that_nobody_waits_for_does_not_appear() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let writer = here(folder.path(), NEVER, 16);
        let writer = writer.write("abc".into()).await.unwrap();
        let partial = writer.into_partial().await.unwrap();
        assert!(
            partial
                .finish(&path, Existing::Refuse, true, &Weak::new())
                .is_err()
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_file_that_appears_meanwhile_is_not_lost() {
        for (existing, content) in [
            (Existing::Refuse, "theirs"),
            (Existing::Skip, "theirs"),
            (Existing::Overwrite, "abc"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            let target = Target::prepare(path.clone(), existing).await;
            let target = target.unwrap().unwrap();
            fs::write(&path, "theirs").unwrap();
            let pieces = futures_util::stream::iter([Ok(Piece::Bytes("abc".into()))]);
            let written = write(target, pieces).await;
            match existing {
                Existing::Refuse => assert!(written.unwrap_err().is_already_exists()),
                Existing::Skip => assert_eq!(written.unwrap(), 0),
                Existing::Overwrite => assert_eq!(written.unwrap(), 3),
            }
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }

    #[tokio::test]
    async fn nothing_stays_behind_of_what_is_given_up() {
        for slow in [ALWAYS, NEVER] {
            let folder = tempfile::tempdir().unwrap();
            let writer = here(folder.path(), slow, 16);
            drop(writer.write("abc".into()).await.unwrap());
            let gone = || fs::read_dir(folder.path()).unwrap().count() == 0;
            for _ in 0..6_000 {
                if gone() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert!(gone());
        }
    }
}
