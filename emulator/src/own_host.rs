//! Names that only this machine and its network can have.
//!
//! A site can point a name of its own to this machine, and then it is of the same origin as what it finds there (DNS
//! rebinding): the page and the control interface answer to names alone that nobody else can own.

use std::net::IpAddr;

use super::request::Request;
use super::response::Response;

/// Refuses a host name that another site could own, for `what`, which is at `path`.
pub(crate) fn check(request: &Request, what: &str, path: &str) -> Result<(), Response> {
    let host = request.host().unwrap_or_default();
    if address(host).is_some() || is_single_label(host) {
        return Ok(());
    }
    Err(Response::error(
        421,
        format!(
            "{what} answers to `localhost`, to IP addresses and to names without a dot alone, because any site could point \
             its name here; use http://localhost{}{path}",
            port(request)
        ),
    ))
}

/// Returns the IP address that a host is.
pub(crate) fn address(host: &str) -> Option<IpAddr> {
    let inner = host
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'));
    inner.unwrap_or(host).parse().ok()
}

/// Whether this is a name of the local network, as `localhost` and the names of containers.
fn is_single_label(host: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !host.is_empty() && host.bytes().all(is_letter)
}

/// Returns the port of the `Host` header with its colon, or nothing.
pub(crate) fn port(request: &Request) -> String {
    let host = request.header("host").unwrap_or_default();
    match host.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_ok() => format!(":{port}"),
        _ => String::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests {
    use bytes::Bytes;

    use super::*;

    /// A request with these headers.
    pub(crate) fn request(headers: &[(&str, &str)]) -> Request {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Request::new("GET", "/", headers.collect(), Bytes::new()).unwrap()
    }

    fn check(request: &Request) -> Result<(), Response> {
        super::check(request, "The page", "/")
    }

    #[test]
    fn names_that_a_site_could_own_are_refused() {
        for host in [
            "localhost:8787",
            "127.0.0.1:1",
            "[::1]:8787",
            "192.168.0.7",
            "rokka:8787",
        ] {
            assert!(check(&request(&[("host", host)])).is_ok(), "{host}");
        }
        for host in [
            "evil.example:8787",
            "acme.localhost:8787",
            "127.0.0.1.evil.example",
            "",
            "a b",
        ] {
            assert!(check(&request(&[("host", host)])).is_err(), "{host}");
        }
        assert!(check(&request(&[])).is_err());
    }
}
