//! The permissions of roles.

use crate::api::types::Role;

impl Role {
    /// Returns whether this role includes the permissions of the other one. Only `admin` and the role itself include a
    /// role that this version does not know.
    ///
    /// ```
    /// use rokka::Role;
    ///
    /// assert!(Role::Admin.allows(&Role::Upload));
    /// assert!(Role::Write.allows(&Role::SourceimagesDownloadProtected));
    /// assert!(!Role::Upload.allows(&Role::SourceimagesRead));
    /// ```
    ///
    /// [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    pub fn allows(&self, other: &Self) -> bool {
        use Role::{
            AdminRead, BillingRead, Read, SourceimagesDownloadProtected, SourceimagesRead,
            SourceimagesWrite, Upload,
        };
        if self == other {
            return true;
        }
        match self {
            Self::Admin => true,
            Self::Write => matches!(
                other,
                Read | Upload
                    | SourceimagesRead
                    | SourceimagesWrite
                    | SourceimagesDownloadProtected
                    | BillingRead
            ),
            AdminRead => matches!(
                other,
                Read | SourceimagesRead | SourceimagesDownloadProtected
            ),
            Read => matches!(other, SourceimagesRead | SourceimagesDownloadProtected),
            SourceimagesWrite => matches!(other, Upload | SourceimagesRead),
            _ => false,
        }
    }

    /// Returns whether a user with this role in any organization counts as public, so that only trusted keys may manage it.
    pub fn is_public(&self) -> bool {
        matches!(self, Self::Read | Self::Upload | Self::SourceimagesRead)
    }
}
