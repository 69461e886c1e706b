//! The scheme and host that a render URL starts with.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::{Error, Result};

/// Checks the name of an organization: 1 to 63 lower-case letters, digits and `-`, because it is part of a host name.
///
/// # Errors
/// If it is anything else.
///
/// ```
/// assert!(rokka_render::check_organization("acme").is_ok());
/// assert!(rokka_render::check_organization("Acme").is_err());
/// ```
pub fn check_organization(name: &str) -> Result<()> {
    if is_organization(name) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "organization `{name}`: the name must be lower-case letters, digits and `-`, at most 63 of them"
    )))
}

/// Returns `https://{organization}.rokka.io`.
pub(crate) fn base_for_organization(name: &str) -> Result<String> {
    check_organization(name)?;
    let base = ["https://", name, ".rokka.io"].concat();
    // Punycode, which must be valid.
    if name.starts_with(PUNYCODE) {
        return canonical_base(base);
    }
    Ok(base)
}

/// Returns the base for an organization from a template with the placeholder `{organization}`.
pub(crate) fn base_from_template(template: &str, name: &str) -> Result<String> {
    if !is_organization(name) {
        return base_for_organization(name);
    }
    canonical_base(match template.split_once("{organization}") {
        Some((before, after)) => [before, name, after].concat(),
        None => template.to_owned(),
    })
}

/// Returns a base as URL parsers write it: in lower case, without a trailing slash and without the scheme's default
/// port.
pub(crate) fn canonical_base(base: String) -> Result<String> {
    let text = base.strip_suffix('/').unwrap_or(&base);
    if is_canonical_base(text) {
        let length = text.len();
        let mut base = base;
        base.truncate(length);
        return Ok(base);
    }
    canonical(text).ok_or_else(|| {
        let idn = if cfg!(not(feature = "idn")) && base.contains(PUNYCODE) {
            "; enable the feature `idn` for names that start with `xn--`"
        } else {
            ""
        };
        Error::invalid(format!(
            "render host `{base}`: it must be `https://` or `http://`, a host and an optional port, without a path, \
             because a signature covers the whole path{idn}"
        ))
    })
}

/// Returns the organization of one of rokka's render hosts; `None` for a custom host.
pub(crate) fn organization(base: &str) -> Option<&str> {
    let host = base
        .strip_prefix("https://")
        .or_else(|| base.strip_prefix("http://"))?;
    host.strip_suffix(".rokka.io")
        .filter(|name| is_organization(name))
}

/// The prefix of a host label that encodes non-ASCII letters.
const PUNYCODE: &str = "xn--";

/// A fast check for nearly every base: `https://`, a host in lower case and a top-level domain of letters.
fn is_canonical_base(base: &str) -> bool {
    base.strip_prefix("https://").is_some_and(is_canonical_host)
}

fn is_canonical_host(host: &str) -> bool {
    let mut label = 0_usize;
    let mut letters = true;
    let mut dash = false;
    for byte in host.bytes() {
        match byte {
            b'a'..=b'z' => label += 1,
            // Two dashes may be part of `xn--`, which needs the full check.
            b'-' if dash => return false,
            b'0'..=b'9' | b'-' => {
                label += 1;
                letters = false;
            }
            b'.' if label > 0 => {
                label = 0;
                letters = true;
            }
            _ => return false,
        }
        dash = byte == b'-';
    }
    label > 0 && letters
}

fn is_organization(name: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (1..=63).contains(&name.len()) && name.bytes().all(allowed)
}

pub(crate) fn is_base(base: &str) -> bool {
    is_canonical_base(base) || canonical(base).is_some()
}

/// Returns the scheme, host and port as URL parsers write them, or `None` if there is anything else.
fn canonical(base: &str) -> Option<String> {
    let (scheme, authority) = base.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let (host, port) = split_port(authority)?;
    let port = match port {
        None => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse::<u16>().ok()?).filter(|port| *port != default_port)
        }
        Some(_) => return None,
    };
    let host = canonical_host(host)?;
    Some(match port {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

/// Splits an authority into the host, including the brackets of an IPv6 address, and the port as text.
fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let after_host = match authority.rfind(']') {
        Some(bracket) => bracket + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at_checked(after_host)?;
    match rest.strip_prefix(':') {
        Some(port) => Some((host, Some(port))),
        None => rest.is_empty().then_some((host, None)),
    }
}

fn canonical_host(host: &str) -> Option<String> {
    if let Some(address) = host.strip_prefix('[') {
        let address: Ipv6Addr = address.strip_suffix(']')?.parse().ok()?;
        return Some(format!("[{}]", ipv6(address)));
    }
    let host = host.to_ascii_lowercase();
    let host_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(host_byte);
    if !host.split('.').all(is_label) {
        return None;
    }
    // URL parsers read a host with a numeric last label as an IPv4 address, and accept several notations of one.
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if is_number && host.parse::<Ipv4Addr>().is_err() {
        return None;
    }
    if host.split('.').any(|label| label.starts_with(PUNYCODE)) {
        return canonical_idn(host);
    }
    Some(host)
}

/// Formats an address as URL parsers do: without the notation that ends in an IPv4 address.
fn ipv6(address: Ipv6Addr) -> String {
    match address.to_ipv4_mapped() {
        Some(_) => {
            let [.., high, low] = address.segments();
            format!("::ffff:{high:x}:{low:x}")
        }
        None => address.to_string(),
    }
}

/// Returns a host with non-ASCII labels if they are valid; browsers reject others.
#[cfg(feature = "idn")]
fn canonical_idn(host: String) -> Option<String> {
    url::Host::parse(&host).is_ok().then_some(host)
}

#[cfg(not(feature = "idn"))]
fn canonical_idn(_: String) -> Option<String> {
    None
}
