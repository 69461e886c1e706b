//! A measured case: one version of an operation.

use std::hint::black_box;

/// One version of an operation. The versions of a group do the same; the library's version is [`ROKKA`].
pub(crate) struct Case {
    pub(crate) group: &'static str,
    pub(crate) version: &'static str,
    /// Rounds that spread occasional work, such as growing a table, evenly.
    #[allow(dead_code, reason = "criterion determines it by itself")]
    pub(crate) rounds: u64,
    work: Box<dyn FnMut()>,
}

pub(crate) const ROKKA: &str = "rokka";
pub(crate) const BY_HAND: &str = "by hand";

impl Case {
    pub(crate) fn new<T>(
        group: &'static str,
        version: &'static str,
        rounds: u64,
        mut work: impl FnMut() -> T + 'static,
    ) -> Self {
        Self {
            group,
            version,
            rounds,
            work: Box::new(move || drop(black_box(work()))),
        }
    }

    /// Runs the operation once and drops the result.
    pub(crate) fn run(&mut self) {
        (self.work)();
    }
}
