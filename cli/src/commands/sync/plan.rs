//! What a run does, as it is printed.

use std::path::Path;

use serde::Serialize;

use super::listing::Stored;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::cell;

/// A step of a run.
#[derive(Debug, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub(super) enum Step<'a> {
    /// A file is uploaded. The hash is that of its image, once it has one.
    Upload {
        file: &'a Path,
        #[serde(skip_serializing_if = "Option::is_none")]
        hash: Option<&'a str>,
    },
    /// An image is downloaded.
    Download { file: &'a Path, hash: &'a str },
    /// An image is deleted.
    DeleteImage { hash: &'a str, name: &'a str },
    /// A file is deleted.
    DeleteFile { file: &'a Path },
}

impl Step<'_> {
    /// Prints the step: a line of JSON, or the step with its file and its hash.
    pub(super) fn print(&self, context: &Context) -> Result<(), Failure> {
        context.output.object(self, |step| {
            let path = |file: &Path| cell(&file.to_string_lossy());
            match step {
                Step::Upload { file, hash: None } => format!("upload\t{}", path(file)),
                Step::Upload {
                    file,
                    hash: Some(hash),
                } => format!("upload\t{}\t{hash}", path(file)),
                Step::Download { file, hash } => format!("download\t{}\t{hash}", path(file)),
                Step::DeleteImage { hash, name } => format!("delete\t{}\t{hash}", cell(name)),
                Step::DeleteFile { file } => format!("delete\t{}", path(file)),
            }
        })
    }
}

/// Returns the images that are deleted, in a question or a note.
pub(super) fn first_names(images: &[&Stored]) -> String {
    let names: Vec<&str> = images
        .iter()
        .take(3)
        .map(|image| image.name.as_str())
        .collect();
    let more = if images.len() > names.len() {
        ", …"
    } else {
        ""
    };
    format!("{}{more}", names.join(", "))
}
