//! Files on this machine: folders, patterns, and which of their files are pictures.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};

use clap::Args;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use walkdir::{DirEntry, WalkDir};

use crate::failure::Failure;

/// The extensions of what the service takes from everybody.
const PICTURES: &[&str] = &[
    "avif", "eps", "gif", "heic", "heif", "jpe", "jpeg", "jpg", "jxl", "m4v", "mov", "mp4", "pdf",
    "png", "psd", "svg", "tif", "tiff", "ttf", "webp",
];

/// Which files of a folder to take.
#[derive(Args, Clone, Debug, Default)]
pub struct FileFilter {
    /// Take only the files of a folder that match, such as '*.jpg' or 'cats/**'; can be repeated
    #[arg(long, value_name = "PATTERN")]
    pub include: Vec<String>,

    /// Leave out the files of a folder that match; can be repeated
    #[arg(long, value_name = "PATTERN")]
    pub exclude: Vec<String>,

    /// Take files of all types and hidden ones, not only those of pictures, videos, fonts and PDF
    #[arg(long)]
    pub all_files: bool,
}

/// A file in a folder.
#[derive(Debug)]
pub(crate) struct LocalFile {
    pub(crate) path: PathBuf,
    pub(crate) metadata: Metadata,
}

/// What a folder has.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In the order of their names.
    pub(crate) files: Vec<LocalFile>,
    /// What could not be read, so that there may be more files.
    pub(crate) unreadable: Vec<String>,
    /// The number of files that are no pictures.
    pub(crate) skipped: usize,
}

/// The patterns of a filter.
struct Patterns {
    include: Option<GlobSet>,
    exclude: GlobSet,
    all_files: bool,
}

impl FileFilter {
    fn patterns(&self) -> Result<Patterns, Failure> {
        Ok(Patterns {
            include: (!self.include.is_empty())
                .then(|| glob_set(&self.include))
                .transpose()?,
            exclude: glob_set(&self.exclude)?,
            all_files: self.all_files,
        })
    }

    /// Returns the files of a folder and of those in it. `deepest` limits how deep.
    pub(crate) fn files_in(&self, folder: &Path, deepest: usize) -> Result<Found, Failure> {
        let patterns = self.patterns()?;
        walk(folder, deepest, |entry| {
            let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            patterns.takes(relative)
        })
    }

    /// Returns the files that a pattern such as `photos/**/*.jpg` matches.
    pub(crate) fn files_matching(&self, pattern: &str) -> Result<Found, Failure> {
        let set = glob_set(&[pattern.to_owned()])?;
        let patterns = Patterns {
            // A pattern says by itself which files it means.
            all_files: true,
            ..self.patterns()?
        };
        let base = base_of(pattern);
        let start = if base.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &base
        };
        walk(start, usize::MAX, |entry| {
            let path = entry.path();
            let path = if base.as_os_str().is_empty() {
                path.strip_prefix(".").unwrap_or(path)
            } else {
                path
            };
            if set.is_match(path) {
                patterns.takes(path)
            } else {
                Take::Never
            }
        })
    }
}

/// Whether a file is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Take {
    Yes,
    /// It is no picture.
    Skip,
    /// It is not meant.
    Never,
}

impl Patterns {
    fn takes(&self, relative: &Path) -> Take {
        if self
            .include
            .as_ref()
            .is_some_and(|set| !set.is_match(relative))
            || self.exclude.is_match(relative)
        {
            return Take::Never;
        }
        if self.all_files || (is_picture(relative) && !is_hidden(relative)) {
            Take::Yes
        } else {
            Take::Skip
        }
    }
}

fn walk(
    folder: &Path,
    deepest: usize,
    takes: impl Fn(&DirEntry) -> Take,
) -> Result<Found, Failure> {
    let mut found = Found::default();
    let entries = WalkDir::new(folder)
        .follow_links(true)
        .sort_by_file_name()
        .max_depth(deepest);
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == 0 => return Err(of_walk(error)),
            Err(error) => {
                found.unreadable.push(error.to_string());
                continue;
            }
        };
        if !entry.file_type().is_file() {
            continue;
        }
        match takes(&entry) {
            Take::Yes => match entry.metadata() {
                Ok(metadata) => found.files.push(LocalFile {
                    path: entry.into_path(),
                    metadata,
                }),
                Err(error) => found.unreadable.push(error.to_string()),
            },
            Take::Skip => found.skipped += 1,
            Take::Never => {}
        }
    }
    Ok(found)
}

fn of_walk(error: walkdir::Error) -> Failure {
    let path = error.path().map(Path::to_owned).unwrap_or_default();
    let text = error.to_string();
    match error.into_io_error() {
        Some(error) => Failure::from(error)
            .with_exit(crate::Exit::Usage)
            .about(path.display()),
        None => Failure::usage(text),
    }
}

/// Returns whether the name of a file says that the service takes it from everybody.
pub(crate) fn is_picture(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    extension.is_some_and(|extension| {
        PICTURES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(extension))
    })
}

fn is_hidden(relative: &Path) -> bool {
    relative.components().any(|part| match part {
        Component::Normal(name) => name.as_encoded_bytes().starts_with(b"."),
        _ => false,
    })
}

/// Returns whether a path that does not exist is a pattern.
pub(crate) fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '[', '{'])
}

/// The folders of a pattern before the first one with a wildcard.
fn base_of(pattern: &str) -> PathBuf {
    let parts: Vec<_> = Path::new(pattern).components().collect();
    let fixed = parts
        .iter()
        .take(parts.len().saturating_sub(1))
        .take_while(|part| !part.as_os_str().to_str().is_some_and(is_pattern));
    fixed.collect()
}

fn glob_set(patterns: &[String]) -> Result<GlobSet, Failure> {
    let invalid =
        |error: globset::Error| Failure::usage(format!("the pattern is invalid: {error}"));
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        // A pattern without a folder means files in all of them.
        let anywhere = (!pattern.contains('/')).then(|| format!("**/{pattern}"));
        let pattern = anywhere.as_deref().unwrap_or(pattern);
        let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
        set.add(
            GlobBuilder::new(pattern)
                .literal_separator(true)
                .build()
                .map_err(invalid)?,
        );
    }
    set.build().map_err(invalid)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, name).unwrap();
        }
        folder
    }

    fn names(found: &Found, folder: &tempfile::TempDir) -> Vec<String> {
        let relative = |file: &LocalFile| {
            let path = file.path.strip_prefix(folder.path()).unwrap();
            path.to_str().unwrap().to_owned()
        };
        found.files.iter().map(relative).collect()
    }

    const NAMES: &[&str] = &[
        "a.JPG",
        "b/c.png",
        "b/.hidden.jpg",
        "b/notes.txt",
        ".git/d.png",
        "e.jpg",
    ];

    #[test]
    fn a_folder_has_its_pictures_in_order() {
        let folder = folder(NAMES);
        let found = FileFilter::default()
            .files_in(folder.path(), usize::MAX)
            .unwrap();
        assert_eq!(names(&found, &folder), ["a.JPG", "b/c.png", "e.jpg"]);
        assert_eq!((found.skipped, found.unreadable.len()), (3, 0));
        let all = FileFilter {
            all_files: true,
            ..FileFilter::default()
        };
        let found = all.files_in(folder.path(), usize::MAX).unwrap();
        assert_eq!(found.files.len(), NAMES.len());
    }

    #[test]
    fn patterns_include_and_exclude() {
        let folder = folder(NAMES);
        let filter = |include: &[&str], exclude: &[&str]| FileFilter {
            include: include.iter().map(|&text| text.to_owned()).collect(),
            exclude: exclude.iter().map(|&text| text.to_owned()).collect(),
            all_files: false,
        };
        let find = |filter: FileFilter| {
            let found = filter.files_in(folder.path(), usize::MAX).unwrap();
            names(&found, &folder)
        };
        assert_eq!(find(filter(&["*.png"], &[])), ["b/c.png"]);
        assert_eq!(find(filter(&["b/**"], &[])), ["b/c.png"]);
        assert_eq!(find(filter(&[], &["b/**", "e.*"])), ["a.JPG"]);
        assert!(filter(&["["], &[]).files_in(folder.path(), 1).is_err());
    }

    #[test]
    fn a_pattern_finds_files_below_its_folder() {
        let folder = folder(NAMES);
        let find = |pattern: &str| {
            let pattern = folder.path().join(pattern);
            let found = FileFilter::default()
                .files_matching(pattern.to_str().unwrap())
                .unwrap();
            names(&found, &folder)
        };
        assert_eq!(find("*.jpg"), ["e.jpg"]);
        assert_eq!(find("**/*.png"), [".git/d.png", "b/c.png"]);
        assert_eq!(find("b/n*.txt"), ["b/notes.txt"]);
        assert_eq!(base_of("a/b*/c.jpg"), Path::new("a"));
        assert_eq!(base_of("*.jpg"), Path::new(""));
    }

    #[test]
    fn a_missing_folder_is_wrong_usage() {
        let failure = FileFilter::default()
            .files_in(Path::new("/no/such/folder"), 1)
            .unwrap_err();
        assert_eq!(failure.exit, crate::Exit::Usage);
        assert!(
            failure.message.starts_with("/no/such/folder: "),
            "{failure}"
        );
    }
}
