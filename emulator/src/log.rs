//! What the program says while it runs.

use std::collections::HashSet;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use super::request::Request;

/// How many different lines are remembered.
const MAX_LINES: usize = 1_000;

/// Lines on the standard error. The same is said once.
#[derive(Default)]
pub(crate) struct Log {
    said: Mutex<HashSet<String>>,
}

impl Log {
    /// Says what a rendering lacks.
    pub(crate) fn unsupported(&self, request: &Request, unsupported: &str) {
        let stack = request.segments.first().map_or("", String::as_str);
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() >= MAX_LINES || !said.insert(format!("{stack} {unsupported}")) {
            return;
        }
        drop(said);
        // Nobody may be reading, which is no reason to fail.
        let _ = writeln!(
            std::io::stderr(),
            "rokka-emulator: {} {}: rendered without {unsupported}",
            request.method,
            request.path
        );
    }
}
