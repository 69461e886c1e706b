//! The data folder: everything that an emulator keeps, as files that a person can read.
//!
//! ```text
//! rokka-emulator.json         the version of the format
//! accounts.json               users, keys, tokens, organizations, memberships
//! organizations/acme.jsonl    a line for each change of an image, an alias or a stack; the last one counts
//! originals/c1/c1b110….jpg    the files, by their SHA-1
//! ```
//!
//! An original is written under another name and renamed, then comes the line, then the response. So a line without its
//! end was never acknowledged, and an original without a line is of no use: the former is cut off, the latter is deleted
//! when a file of lines is next rewritten.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::accounts::Accounts;
use super::blob::Blob;
use super::clock::Clock;
use super::image::Image;
use super::organization::{Changes, Organization};
use super::organizations::is_name;
use super::start_error::StartError;

/// The version of the format.
const FORMAT: u64 = 1;

const MARKER: &str = "rokka-emulator.json";
const ACCOUNTS: &str = "accounts.json";
const LOCK: &str = "lock";

/// Lines beyond this many, and beyond twice the lines that count, make a start rewrite the file.
const SPARE_LINES: usize = 1000;

/// The data folder of a running emulator, which alone writes to it.
pub(crate) struct DataFolder {
    path: PathBuf,
    logs: HashMap<String, Log>,
    originals: Originals,
    _lock: File,
}

/// The state that a data folder has.
pub(crate) struct Loaded {
    pub(crate) organizations: BTreeMap<String, Organization>,
    /// `None` in a new folder.
    pub(crate) accounts: Option<Accounts>,
    /// What a person should know, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// A line of an organization's file.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Line<T> {
    Image(T),
    /// The number of an image that is gone.
    Gone(u64),
    Alias {
        name: String,
        hash: Option<String>,
    },
    Stack {
        name: String,
        definition: Option<Value>,
    },
}

struct Log {
    file: File,
    length: u64,
}

/// The folder of original files. Many requests may write to it at once.
#[derive(Clone)]
pub(crate) struct Originals {
    folder: Arc<Path>,
    last_part: Arc<AtomicU64>,
}

impl DataFolder {
    /// Opens a folder, or makes a new one.
    pub(crate) fn open(path: &Path, clock: &Clock) -> Result<(Self, Loaded), StartError> {
        fs::create_dir_all(path).map_err(|error| unusable(path, &error))?;
        let lock = lock(path)?;
        let is_new = check_format(path)?;
        for folder in ["organizations", "originals"] {
            let folder = path.join(folder);
            fs::create_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
        }
        let originals = Originals {
            folder: path.join("originals").into(),
            last_part: Arc::default(),
        };
        let mut data = Self {
            path: path.to_owned(),
            logs: HashMap::new(),
            originals,
            _lock: lock,
        };
        let loaded = data.load(clock)?;
        if is_new {
            let marker = serde_json::json!({"format": FORMAT}).to_string();
            write_whole(&path.join(MARKER), marker.as_bytes())
                .map_err(|error| unusable(&path.join(MARKER), &error))?;
        }
        Ok((data, loaded))
    }

    pub(crate) fn originals(&self) -> &Originals {
        &self.originals
    }

    fn log_path(&self, organization: &str) -> PathBuf {
        self.path
            .join("organizations")
            .join(format!("{organization}.jsonl"))
    }

    fn load(&mut self, clock: &Clock) -> Result<Loaded, StartError> {
        let mut notes = Vec::new();
        let accounts = self.path.join(ACCOUNTS);
        let accounts = match fs::read(&accounts) {
            Ok(text) => Some(
                serde_json::from_slice::<Accounts>(&text)
                    .map_err(|error| damaged(&accounts, &error.to_string()))?,
            ),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(unusable(&accounts, &error)),
        };
        let mut organizations = BTreeMap::new();
        let mut has_spare = false;
        for name in self.names()? {
            let (organization, lines) = self.load_organization(&name, clock, &mut notes)?;
            let counted = organization.newest_first().count()
                + organization.aliases().len()
                + organization.stacks().len();
            if lines > SPARE_LINES + 2 * counted {
                has_spare = true;
                self.rewrite(&organization)
                    .map_err(|error| unusable(&self.log_path(&name), &error))?;
            }
            organizations.insert(name, organization);
        }
        if has_spare {
            self.originals
                .keep_only(&organizations)
                .map_err(|error| unusable(&self.originals.folder, &error))?;
        }
        Ok(Loaded {
            organizations,
            accounts,
            notes,
        })
    }

    /// Returns the organizations that have a file.
    fn names(&self) -> Result<Vec<String>, StartError> {
        let folder = self.path.join("organizations");
        let entries = fs::read_dir(&folder).map_err(|error| unusable(&folder, &error))?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| unusable(&folder, &error))?;
            let file = entry.file_name();
            let name = file.to_str().and_then(|name| name.strip_suffix(".jsonl"));
            names.extend(name.filter(|name| is_name(name)).map(str::to_owned));
        }
        Ok(names)
    }

    /// Reads the file of an organization, and returns the number of its lines.
    fn load_organization(
        &mut self,
        name: &str,
        clock: &Clock,
        notes: &mut Vec<String>,
    ) -> Result<(Organization, usize), StartError> {
        let path = self.log_path(name);
        let text = fs::read(&path).map_err(|error| unusable(&path, &error))?;
        let whole = text.iter().rposition(|byte| *byte == b'\n');
        let whole = whole.map_or(0, |end| end + 1);
        let log = Log::open(&path).map_err(|error| unusable(&path, &error))?;
        if whole < text.len() {
            log.file
                .set_len(whole as u64)
                .map_err(|error| unusable(&path, &error))?;
            notes.push(format!(
                "{}: the last line was cut off in the middle, so its request was never acknowledged; it is removed",
                path.display()
            ));
        }
        self.logs.insert(
            name.to_owned(),
            Log {
                length: whole as u64,
                ..log
            },
        );
        let mut organization = Organization::new(name, clock.clone());
        let mut images: BTreeMap<u64, Image> = BTreeMap::new();
        let mut lines = 0;
        let text = text.get(..whole).unwrap_or_default();
        for line in text
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            lines += 1;
            let line = serde_json::from_slice(line)
                .map_err(|error| damaged(&path, &format!("line {lines}: {error}")))?;
            match line {
                Line::Image(image) => {
                    let image: Image = image;
                    images.insert(image.sequence, image);
                }
                Line::Gone(sequence) => {
                    images.remove(&sequence);
                    organization.skip_sequence(sequence);
                }
                Line::Alias { name, hash } => drop(organization.set_alias(&name, hash)),
                Line::Stack { name, definition } => {
                    drop(organization.set_stack(&name, definition));
                }
            }
        }
        for (_, mut image) in images {
            let original = self.originals.path_of(&image);
            let length = fs::metadata(&original).map(|found| found.len());
            match length {
                Ok(length) if length == image.size() => {}
                Ok(length) => {
                    let reason = format!(
                        "it has {length} bytes instead of the {} of the image {}",
                        image.size(),
                        image.hash
                    );
                    return Err(damaged(&original, &reason));
                }
                Err(error) => {
                    let reason = format!("it belongs to the image {}: {error}", image.hash);
                    return Err(damaged(&original, &reason));
                }
            }
            image.blob = Blob::in_file(&original, image.size());
            organization.add(image);
        }
        organization.changes = Changes::default();
        Ok((organization, lines))
    }

    /// Writes what has changed in an organization.
    pub(crate) fn save(&mut self, organization: &mut Organization) -> io::Result<()> {
        let changes = &organization.changes;
        let missing: Vec<Image> = changes
            .images
            .iter()
            .filter_map(|sequence| organization.image(*sequence))
            .filter(|image| image.blob.memory().is_some())
            .cloned()
            .collect();
        for mut image in missing {
            self.originals.keep(&mut image)?;
            organization.set_blob(image.sequence, image.blob);
        }
        let mut text = Vec::new();
        for sequence in &organization.changes.images {
            let line = match organization.image(*sequence) {
                Some(image) => Line::Image(image),
                None => Line::Gone(*sequence),
            };
            push_line(&mut text, &line)?;
        }
        for name in &organization.changes.aliases {
            let hash = organization.aliases().get(name).cloned();
            let name = name.clone();
            push_line(&mut text, &Line::<&Image>::Alias { name, hash })?;
        }
        for name in &organization.changes.stacks {
            let definition = organization.stacks().get(name).cloned();
            let name = name.clone();
            push_line(&mut text, &Line::<&Image>::Stack { name, definition })?;
        }
        let path = self.log_path(organization.name());
        let log = match self.logs.entry(organization.name().to_owned()) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => entry.insert(Log::open(&path)?),
        };
        log.append(&text)?;
        organization.changes = Changes::default();
        Ok(())
    }

    pub(crate) fn save_accounts(&self, accounts: &Accounts) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(accounts).map_err(io::Error::other)?;
        write_whole(&self.path.join(ACCOUNTS), &text)
    }

    /// Writes an organization anew, without the lines that do not count any more.
    fn rewrite(&mut self, organization: &Organization) -> io::Result<()> {
        let mut text = Vec::new();
        for image in organization.newest_first() {
            push_line(&mut text, &Line::Image(image))?;
        }
        for (name, hash) in organization.aliases() {
            let (name, hash) = (name.clone(), Some(hash.clone()));
            push_line(&mut text, &Line::<&Image>::Alias { name, hash })?;
        }
        for (name, stack) in organization.stacks() {
            let (name, definition) = (name.clone(), Some(stack.clone()));
            push_line(&mut text, &Line::<&Image>::Stack { name, definition })?;
        }
        let path = self.log_path(organization.name());
        // The open file is that of the former path.
        self.logs.remove(organization.name());
        write_whole(&path, &text)?;
        let log = Log::open(&path)?;
        self.logs.insert(organization.name().to_owned(), log);
        Ok(())
    }

    /// Replaces everything in the folder, except for originals.
    pub(crate) fn replace(
        &mut self,
        organizations: &mut BTreeMap<String, Organization>,
        accounts: &Accounts,
    ) -> io::Result<()> {
        for organization in organizations.values_mut() {
            let images: Vec<Image> = organization
                .newest_first()
                .filter(|image| image.blob.memory().is_some())
                .cloned()
                .collect();
            for mut image in images {
                self.originals.keep(&mut image)?;
                organization.set_blob(image.sequence, image.blob);
            }
            self.rewrite(organization)?;
            organization.changes = Changes::default();
        }
        let former: Vec<String> = self
            .logs
            .keys()
            .filter(|name| !organizations.contains_key(*name))
            .cloned()
            .collect();
        for name in former {
            self.logs.remove(&name);
            fs::remove_file(self.log_path(&name))?;
        }
        self.save_accounts(accounts)
    }
}

impl Originals {
    fn path_of(&self, image: &Image) -> PathBuf {
        let start = image.binary_hash.get(..2).unwrap_or("00");
        let name = format!("{}.{}", image.binary_hash, image.file_type.format);
        self.folder.join(start).join(name)
    }

    /// Moves the file of an image from memory to the folder.
    pub(crate) fn keep(&self, image: &mut Image) -> io::Result<()> {
        let Some(bytes) = image.blob.memory() else {
            return Ok(());
        };
        let path = self.path_of(image);
        let is_there = fs::metadata(&path).is_ok_and(|found| found.len() == image.size());
        if !is_there {
            self.write(&path, bytes)?;
        }
        image.blob = Blob::in_file(&path, image.size());
        Ok(())
    }

    fn write(&self, path: &Path, bytes: &Bytes) -> io::Result<()> {
        let number = self.last_part.fetch_add(1, Ordering::Relaxed);
        let part = self
            .folder
            .join(format!("{}-{number}.part", std::process::id()));
        let mut file = match File::create(&part) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&self.folder)?;
                File::create(&part)?
            }
            result => result?,
        };
        let written = file.write_all(bytes);
        drop(file);
        let renamed = written.and_then(|()| match fs::rename(&part, path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
                fs::rename(&part, path)
            }
            result => result,
        });
        if renamed.is_err() {
            // The cause is what the caller needs to know.
            let _ = fs::remove_file(&part);
        }
        renamed
    }

    /// Deletes the originals that no image has, and what a killed process left.
    fn keep_only(&self, organizations: &BTreeMap<String, Organization>) -> io::Result<()> {
        let images = organizations.values().flat_map(Organization::newest_first);
        let used: HashSet<PathBuf> = images.map(|image| self.path_of(image)).collect();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.is_dir() {
                for entry in fs::read_dir(&path)? {
                    let path = entry?.path();
                    if !used.contains(&path) {
                        fs::remove_file(path)?;
                    }
                }
            } else if path
                .extension()
                .is_some_and(|extension| extension == "part")
            {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

impl Log {
    fn open(path: &Path) -> io::Result<Self> {
        let file = private(OpenOptions::new().create(true).append(true)).open(path)?;
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }

    /// Appends lines, or nothing when that fails.
    fn append(&mut self, text: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(text);
        match written {
            Ok(()) => self.length += text.len() as u64,
            // A part of a line must not precede the next one.
            Err(_) => self.file.set_len(self.length)?,
        }
        written
    }
}

fn push_line(text: &mut Vec<u8>, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *text, line).map_err(io::Error::other)?;
    text.push(b'\n');
    Ok(())
}

/// Makes files that others cannot read: accounts have keys.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Writes a file that appears when it is whole.
fn write_whole(path: &Path, text: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut options = OpenOptions::new();
    let mut file = private(options.create(true).write(true).truncate(true)).open(&part)?;
    file.write_all(text)?;
    drop(file);
    fs::rename(part, path)
}

/// Returns whether the folder is new, or an error when its files are not of this format.
fn check_format(path: &Path) -> Result<bool, StartError> {
    let marker = path.join(MARKER);
    let text = match fs::read(&marker) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let entries = fs::read_dir(path).map_err(|error| unusable(path, &error))?;
            let known = ["organizations", "originals", LOCK, ACCOUNTS];
            let stranger = entries
                .flatten()
                .map(|entry| entry.file_name())
                .find(|name| !known.iter().any(|known| name == known));
            return match stranger {
                None => Ok(true),
                Some(stranger) => Err(StartError::new(format!(
                    "the folder {} is not a data folder of rokka-emulator: it has `{}` and no `{MARKER}`; pass an empty or a new folder",
                    path.display(),
                    stranger.to_string_lossy(),
                ))),
            };
        }
        Err(error) => return Err(unusable(&marker, &error)),
    };
    let content: Value =
        serde_json::from_slice(&text).map_err(|error| damaged(&marker, &error.to_string()))?;
    match content.get("format").and_then(Value::as_u64) {
        Some(FORMAT) => Ok(false),
        Some(other) => Err(StartError::new(format!(
            "the data folder {} has the format {other}, and this version of rokka-emulator reads format {FORMAT}; use the version that wrote it, or pass another folder",
            path.display(),
        ))),
        None => Err(damaged(&marker, "it has no number `format`")),
    }
}

/// Locks the folder until the file is dropped.
fn lock(folder: &Path) -> Result<File, StartError> {
    let path = folder.join(LOCK);
    let mut options = OpenOptions::new();
    private(options.create(true).truncate(false).write(true));
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0);
    let file = options
        .open(&path)
        .map_err(|error| unusable(&path, &error))?;
    #[cfg(unix)]
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).map_err(
        |error| {
            if error == rustix::io::Errno::WOULDBLOCK {
                StartError::new(format!(
                    "another rokka-emulator uses the data folder {}; stop it, or pass another folder",
                    folder.display()
                ))
            } else {
                unusable(&path, &error.into())
            }
        },
    )?;
    Ok(file)
}

fn unusable(path: &Path, error: &io::Error) -> StartError {
    StartError::new(format!("cannot use {}: {error}", path.display()))
}

fn damaged(path: &Path, reason: &str) -> StartError {
    StartError::new(format!(
        "{} is damaged: {reason}; nothing was changed, so repair it, or restore it from a copy",
        path.display()
    ))
}
