//! The addresses from which a token, or a key, is valid.

use std::net::IpAddr;

use crate::error::{Error, Result};

/// The most entries that the service accepts.
const MAX_ENTRIES: usize = 10;

/// Stands for the address that requests the token.
const CALLER: &str = "request_ip";

/// The addresses from which a token is valid. There is no default: that of the service is not documented, and a token that is
/// valid from everywhere should be a decision.
///
/// ```
/// use rokka::ValidFrom;
///
/// let office = ValidFrom::addresses(["192.0.2.0/24", "2001:db8::1"]);
/// let here = ValidFrom::caller();
/// let everywhere = ValidFrom::AnyAddress;
/// ```
///
/// [Reference](https://rokka.io/documentation/guides/authentication.html).
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "no_ip_protection")]
#[doc(alias = "ips")]
pub enum ValidFrom {
    /// From every address: anyone who obtains the token can use it.
    AnyAddress,
    /// From these addresses and IPv4 networks only: 1 to 10 entries, 10,000 addresses at most, IPv6 as single addresses.
    /// `request_ip` is the address that requests the token.
    Addresses(Vec<String>),
}

impl ValidFrom {
    /// From the address that requests the token.
    #[doc(alias = "request_ip")]
    pub fn caller() -> Self {
        Self::addresses([CALLER])
    }

    /// From these addresses and networks; see [`ValidFrom::Addresses`].
    pub fn addresses(entries: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Addresses(entries.into_iter().map(Into::into).collect())
    }

    /// The values of the query: the list, or that there is none.
    #[inline]
    pub(super) fn query(&self) -> Result<(Option<String>, Option<bool>)> {
        match self {
            Self::AnyAddress => Ok((None, Some(true))),
            Self::Addresses(entries) => {
                if entries.is_empty() {
                    return Err(Error::invalid(
                        "no address: name at least one, or use `ValidFrom::AnyAddress`",
                    ));
                }
                let entries: Vec<&str> = entries.iter().map(|entry| entry.trim()).collect();
                let others = entries.iter().copied().filter(|entry| *entry != CALLER);
                check_addresses(others, entries.len())?;
                Ok((Some(entries.join(",")), None))
            }
        }
    }
}

/// Rejects what the service would, as far as the client can know: too many entries, and text that is neither an address nor a
/// network.
pub(crate) fn check_addresses<'a>(
    entries: impl IntoIterator<Item = &'a str>,
    count: usize,
) -> Result<()> {
    if count > MAX_ENTRIES {
        return Err(Error::invalid(format!(
            "{count} addresses: at most {MAX_ENTRIES} entries are allowed"
        )));
    }
    for entry in entries {
        let (address, bits) = match entry.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (entry, None),
        };
        let fits = match (address.parse::<IpAddr>(), bits) {
            (Ok(_), None) => true,
            (Ok(IpAddr::V4(_)), Some(bits)) => bits.parse::<u8>().is_ok_and(|bits| bits <= 32),
            // A network of one address is no more than that address.
            (Ok(IpAddr::V6(_)), Some(bits)) => bits == "128",
            (Err(_), _) => false,
        };
        if !fits {
            return Err(Error::invalid(format!(
                "{entry:?} is neither an address nor an IPv4 network such as 192.0.2.0/24"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn addresses_are_checked() {
        let query = |entries: &[&str]| ValidFrom::addresses(entries.iter().copied()).query();
        assert_eq!(ValidFrom::AnyAddress.query().unwrap(), (None, Some(true)));
        assert_eq!(
            query(&["192.0.2.0/24", " request_ip", "2001:db8::1"]).unwrap(),
            (Some("192.0.2.0/24,request_ip,2001:db8::1".to_owned()), None)
        );
        for refused in [
            "",
            "localhost",
            "192.0.2.0/33",
            "2001:db8::/64",
            "1.2.3",
            "1.2.3.4,5.6.7.8",
        ] {
            assert!(
                query(&[refused]).unwrap_err().is_invalid_input(),
                "{refused}"
            );
        }
        assert!(query(&[]).is_err());
        assert!(query(&["192.0.2.1"; 10]).is_ok());
        assert!(query(&["192.0.2.1"; 11]).is_err());
    }
}
