//! The options of an organization.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::names::organization_name;

/// An option of an organization and its value; set by [`Organizations::set_option`](crate::Organizations::set_option), read
/// as [`OrganizationOptions`](crate::OrganizationOptions).
///
/// ```
/// use rokka::OrganizationOption;
///
/// let option = OrganizationOption::other("brand_new", 42);
/// assert_eq!(option.name(), "brand_new");
/// ```
///
/// [Reference](https://rokka.io/documentation/references/organizations.html).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OrganizationOption {
    /// `protect_dynamic_stack`: whether the stack `dynamic`, and IIIF, need signed URLs.
    ProtectDynamicStack(bool),
    /// `remote_basepath`: the prefix of the URLs of remote images; starts with `http://` or `https://`.
    RemoteBasepath(String),
    /// `remote_fullurl_allow`: whether render URLs may contain the full URL of a remote image.
    RemoteFullurlAllow(bool),
    /// `remote_fullurl_whitelist`: regular expressions, one of which a remote URL must match; `None` for no restriction.
    RemoteFullurlWhitelist(Option<Vec<String>>),
    /// `render_org_fallback`: the organization whose image is rendered if this one has no image with that hash. Requires
    /// role `admin` in both.
    RenderOrgFallback(String),
    /// An option that this version does not know: its name and its value as JSON; returned by [`other`](Self::other).
    Other(String, Value),
}

impl OrganizationOption {
    /// Returns an option that this version does not know.
    pub fn other(name: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::Other(name.into(), value.into())
    }

    /// Returns the name that the service uses.
    pub fn name(&self) -> &str {
        match self {
            Self::ProtectDynamicStack(_) => "protect_dynamic_stack",
            Self::RemoteBasepath(_) => "remote_basepath",
            Self::RemoteFullurlAllow(_) => "remote_fullurl_allow",
            Self::RemoteFullurlWhitelist(_) => "remote_fullurl_whitelist",
            Self::RenderOrgFallback(_) => "render_org_fallback",
            Self::Other(name, _) => name,
        }
    }

    /// Returns the value for the request body, if it is valid.
    pub(crate) fn into_value(self) -> Result<Value> {
        Ok(match self {
            Self::ProtectDynamicStack(flag) | Self::RemoteFullurlAllow(flag) => flag.into(),
            Self::RemoteBasepath(url) => {
                if !url.starts_with("http://") && !url.starts_with("https://") {
                    return Err(Error::invalid(format!(
                        "invalid remote base path {url:?}: it must start with `http://` or `https://`"
                    )));
                }
                url.into()
            }
            Self::RemoteFullurlWhitelist(list) => list.into(),
            Self::RenderOrgFallback(name) => {
                organization_name(&name)?;
                name.into()
            }
            Self::Other(_, value) => value,
        })
    }
}
