//! The roles of members, and the roles that each includes.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A role of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Admin,
    AdminRead,
    BillingRead,
    Read,
    SourceimagesDownloadProtected,
    SourceimagesRead,
    SourceimagesUnlock,
    SourceimagesWrite,
    Upload,
    Write,
}

const NAMES: &[(Role, &str)] = &[
    (Role::Admin, "admin"),
    (Role::AdminRead, "admin:read"),
    (Role::BillingRead, "billing:read"),
    (Role::Read, "read"),
    (
        Role::SourceimagesDownloadProtected,
        "sourceimages:download:protected",
    ),
    (Role::SourceimagesRead, "sourceimages:read"),
    (Role::SourceimagesUnlock, "sourceimages:unlock"),
    (Role::SourceimagesWrite, "sourceimages:write"),
    (Role::Upload, "upload"),
    (Role::Write, "write"),
];

impl Role {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let found = NAMES.iter().find(|(_, known)| *known == name);
        found.map(|(role, _)| *role)
    }

    pub(crate) fn name(self) -> &'static str {
        let found = NAMES.iter().find(|(role, _)| *role == self);
        found.map_or("", |(_, name)| name)
    }

    /// Whether this role includes the other one.
    pub(crate) fn allows(self, other: Self) -> bool {
        use Role::{
            AdminRead, BillingRead, Read, SourceimagesDownloadProtected, SourceimagesRead,
            SourceimagesWrite, Upload,
        };
        self == other
            || match self {
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

    /// Whether a user with this role needs a trusted key to manage itself.
    pub(crate) fn is_public(self) -> bool {
        matches!(self, Self::Read | Self::Upload | Self::SourceimagesRead)
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| D::Error::custom(format!("unknown role `{name}`")))
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
