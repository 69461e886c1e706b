//! What is measured: one version of doing something.

use std::hint::black_box;

/// One version of doing something. The versions of a group do the same, and the library's own is called [`ROKKA`].
pub(crate) struct Case {
    pub(crate) group: &'static str,
    pub(crate) version: &'static str,
    /// How often it has to run until what it does now and then, such as growing a table, is spread evenly.
    #[allow(dead_code, reason = "criterion finds out by itself")]
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

    /// Does it once, and throws away what came of it.
    pub(crate) fn run(&mut self) {
        (self.work)();
    }
}
