//! What a role allows.

use crate::api::types::Role;

impl Role {
    /// Whether who has this role may do what the other one stands for. A role that this version does not know allows
    /// itself, and only `admin` allows it too.
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

    /// Whether a user who has this role anywhere counts as public, so that only a trusted key may manage it.
    pub fn is_public(&self) -> bool {
        matches!(self, Self::Read | Self::Upload | Self::SourceimagesRead)
    }
}
