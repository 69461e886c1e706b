//! Why a step is not carried out.

use super::failure::Failure;
use crate::rendering::plan::Unsupported;

/// What a step ends with when it does not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The picture is served without the step, and the response says so.
    Unsupported(Unsupported),
    /// There is no picture.
    Failure(Failure),
}

impl From<Unsupported> for Stop {
    fn from(unsupported: Unsupported) -> Self {
        Self::Unsupported(unsupported)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}
