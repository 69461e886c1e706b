//! The outcome of work on many items: which failed, the exit status, and the file that can be fed back in.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::item_file::FailedItems;

/// Where to write what fails.
#[derive(Args, Clone, Debug, Default)]
pub struct FailedFile {
    /// Write what failed to this file, which --from reads
    #[arg(long, value_name = "FILE")]
    pub failed: Option<PathBuf>,
}

/// Counts what is done and what failed.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    context: &'a Context,
    file: Option<FailedItems>,
    done: usize,
    failed: usize,
    first: Option<Failure>,
    all_unauthorized: bool,
}

impl<'a> Report<'a> {
    pub(crate) fn new(context: &'a Context, failed: Option<&Path>) -> Result<Self, Failure> {
        Ok(Self {
            context,
            file: failed.map(FailedItems::create).transpose()?,
            done: 0,
            failed: 0,
            first: None,
            all_unauthorized: true,
        })
    }

    /// Counts an item that is done.
    pub(crate) fn done(&mut self) {
        self.done += 1;
    }

    /// Takes back an item that was counted as done.
    pub(crate) fn undone(&mut self) {
        self.done = self.done.saturating_sub(1);
    }

    /// Reports an item that failed, on standard error and in the file.
    pub(crate) fn failed(
        &mut self,
        item: impl AsRef<OsStr>,
        failure: impl Into<Failure>,
    ) -> Result<(), Failure> {
        let (item, failure) = (item.as_ref(), failure.into());
        let shown = item.to_string_lossy();
        self.context.output.item_failure(&shown, &failure);
        self.failed += 1;
        self.all_unauthorized &= failure.exit == Exit::NotAuthorized;
        self.first.get_or_insert(failure);
        match &mut self.file {
            Some(file) => file.add(item),
            None => Ok(()),
        }
    }

    /// The number of items that are done.
    pub(crate) fn count(&self) -> usize {
        self.done
    }

    /// The number of items that failed.
    pub(crate) fn failures(&self) -> usize {
        self.failed
    }

    /// Returns the result of the command.
    ///
    /// # Errors
    /// Exit status 3 if a part failed; if everything did, 4 if it was for the credentials, else 1.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Some(first) = self.first else {
            return Ok(());
        };
        let (failed, all) = (self.failed, self.failed + self.done);
        let exit = match self.done {
            0 if self.all_unauthorized => Exit::NotAuthorized,
            0 => Exit::Failure,
            _ => Exit::Partial,
        };
        let failure = Failure {
            exit,
            message: format!("{failed} of {all} failed"),
            ..first
        };
        let again = self.file.as_ref().map(FailedItems::path);
        Err(match again {
            Some(path) => failure.with_hint(format!(
                "the same command with `--from {}` repeats what failed",
                path.display()
            )),
            None => failure,
        })
    }
}
