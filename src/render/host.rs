//! The scheme and host that a render URL starts with.

use crate::{Error, Result};

/// `https://{organization}.rokka.io`.
pub(super) fn of_organization(name: &str) -> Result<String> {
    if !is_organization(name) {
        return Err(Error::invalid(format!(
            "organization `{name}`: the name must be lower-case letters, digits and `-`, at most 63 of them"
        )));
    }
    Ok(["https://", name, ".rokka.io"].concat())
}

/// A render host with `{organization}` in the place of the name.
pub(super) fn of_template(template: &str, name: &str) -> Result<String> {
    if !is_organization(name) {
        return of_organization(name);
    }
    of_base(match template.split_once("{organization}") {
        Some((before, after)) => [before, name, after].concat(),
        None => template.to_owned(),
    })
}

/// A render host of the caller's, without the slash at its end.
pub(super) fn of_base(mut base: String) -> Result<String> {
    if !is_base(base.strip_suffix('/').unwrap_or(&base)) {
        return Err(Error::invalid(format!(
            "render host `{base}`: it must be `https://` or `http://`, a host and perhaps a port, and no path, \
             because a signature covers the whole path"
        )));
    }
    if base.ends_with('/') {
        base.pop();
    }
    base.make_ascii_lowercase();
    Ok(base)
}

/// Whose render host it is, which only the hosts of rokka itself tell.
pub(super) fn organization(base: &str) -> Option<&str> {
    let host = base
        .strip_prefix("https://")
        .or_else(|| base.strip_prefix("http://"))?;
    host.strip_suffix(".rokka.io")
        .filter(|name| is_organization(name))
}

/// A name in lower case with a top-level domain of letters: nearly every host, and quick to tell.
fn is_plain_host(host: &str) -> bool {
    let mut label = 0_usize;
    let mut letters = true;
    for byte in host.bytes() {
        match byte {
            b'a'..=b'z' => label += 1,
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
    }
    label > 0 && letters
}

fn is_organization(name: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (1..=63).contains(&name.len()) && name.bytes().all(allowed)
}

pub(super) fn is_base(base: &str) -> bool {
    if base.strip_prefix("https://").is_some_and(is_plain_host) {
        return true;
    }
    let Some((scheme, authority)) = base.split_once("://") else {
        return false;
    };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return false;
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, rest)) => {
                if address.parse::<std::net::Ipv6Addr>().is_err() {
                    return false;
                }
                match rest.strip_prefix(':') {
                    Some(port) => (None, Some(port)),
                    None if rest.is_empty() => (None, None),
                    None => return false,
                }
            }
            None => return false,
        },
        None => match authority.split_once(':') {
            Some((host, port)) => (Some(host), Some(port)),
            None => (Some(authority), None),
        },
    };
    let host_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let label = |label: &str| !label.is_empty() && label.bytes().all(host_byte);
    // A number at the end makes it an address, for which URL parsers know more spellings than one.
    let last = host.and_then(|host| host.rsplit('.').next());
    let is_number = last.is_some_and(|last| {
        let digits = last.strip_prefix("0x").unwrap_or(last);
        last.bytes().all(|byte| byte.is_ascii_digit()) || digits.len() < last.len()
    });
    if is_number && host.is_none_or(|host| host.parse::<std::net::Ipv4Addr>().is_err()) {
        return false;
    }
    host.is_none_or(|host| host.split('.').all(label))
        && port.is_none_or(|port| {
            port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok()
        })
}
