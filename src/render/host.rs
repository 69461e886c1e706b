//! The scheme and host that a render URL starts with.

use crate::{Error, Result};

/// `https://{organization}.rokka.io`.
pub(super) fn of_organization(name: &str) -> Result<String> {
    if !is_organization(name) {
        return Err(Error::invalid(format!(
            "organization `{name}`: the name must be lower-case letters, digits and `-`, at most 63 of them"
        )));
    }
    let base = ["https://", name, ".rokka.io"].concat();
    // Such a name stands for another one, if it is a valid one.
    if name.starts_with(PUNYCODE) {
        return of_base(base);
    }
    Ok(base)
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

/// A render host of the caller's as clients write it: in lower case, without the slash at its end, and without the port
/// that its scheme has anyway.
pub(super) fn of_base(base: String) -> Result<String> {
    let text = base.strip_suffix('/').unwrap_or(&base);
    if is_plain_base(text) {
        let length = text.len();
        let mut base = base;
        base.truncate(length);
        return Ok(base);
    }
    canonical(text).ok_or_else(|| {
        Error::invalid(format!(
            "render host `{base}`: it must be `https://` or `http://`, a host and perhaps a port, and no path, \
             because a signature covers the whole path"
        ))
    })
}

/// Whose render host it is, which only the hosts of rokka itself tell.
pub(super) fn organization(base: &str) -> Option<&str> {
    let host = base
        .strip_prefix("https://")
        .or_else(|| base.strip_prefix("http://"))?;
    host.strip_suffix(".rokka.io")
        .filter(|name| is_organization(name))
}

/// What the labels of a host start with that stand for names in other letters.
const PUNYCODE: &str = "xn--";

/// `https://` and a name in lower case with a top-level domain of letters: nearly every one, and quick to tell.
fn is_plain_base(base: &str) -> bool {
    base.strip_prefix("https://").is_some_and(is_plain_host)
}

fn is_plain_host(host: &str) -> bool {
    let mut label = 0_usize;
    let mut letters = true;
    let mut dash = false;
    for byte in host.bytes() {
        match byte {
            b'a'..=b'z' => label += 1,
            // Two dashes are a part of `xn--`, which is looked at more closely.
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

pub(super) fn is_base(base: &str) -> bool {
    is_plain_base(base) || canonical(base).is_some()
}

/// The scheme, host and port as URL parsers write them, if it is nothing but these.
fn canonical(base: &str) -> Option<String> {
    if !is_strict(base) {
        return None;
    }
    Some(url::Url::parse(base).ok()?.origin().ascii_serialization())
}

/// Whether it has one spelling only, apart from its case, zeros and a port that can be left out.
fn is_strict(base: &str) -> bool {
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
        let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
        let digits = hexadecimal.unwrap_or(last);
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
