//! Snapshots of an emulator's images and accounts.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::accounts::Accounts;
use super::organization::Organization;

/// The images, aliases, stacks and accounts of an [`Emulator`](super::Emulator) at one moment.
///
/// A snapshot shares the bytes of the files with the emulator, so it takes little memory.
///
/// ```
/// # fn f(emulator: rokka_emulator::Emulator) {
/// let before = emulator.snapshot();
/// emulator.seed_images("acme", 10);
/// emulator.restore(&before);
/// # }
/// ```
#[derive(Clone)]
pub struct Snapshot(Arc<(BTreeMap<String, Organization>, Accounts)>);

impl Snapshot {
    pub(crate) fn new(organizations: BTreeMap<String, Organization>, accounts: Accounts) -> Self {
        Self(Arc::new((organizations, accounts)))
    }

    pub(crate) fn state(&self) -> (BTreeMap<String, Organization>, Accounts) {
        (*self.0).clone()
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.0.keys().collect();
        formatter
            .debug_struct("Snapshot")
            .field("organizations", &names)
            .finish_non_exhaustive()
    }
}
