//! What keeps the page to those that it is for.
//!
//! The page has the API key, so no other site may read it, embed it, or run a script in it.

use super::super::own_host::address;
use super::super::request::Request;
use super::super::response::Response;
use super::PATH;

/// Whether the page may contain the API key: the connection comes from this machine, straight and to its own name.
pub(super) fn may_have_key(request: &Request, is_local: bool) -> bool {
    let host = request.host().unwrap_or_default();
    let is_loopback_name = host.eq_ignore_ascii_case("localhost")
        || address(host).is_some_and(|address| address.is_loopback());
    let is_forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "via"]
        .into_iter()
        .any(|name| request.header(name).is_some());
    is_local && is_loopback_name && !is_forwarded
}

/// Adds the headers that keep other sites, and markup that slipped in, from doing anything.
pub(super) fn protect(response: Response, request: &Request) -> Response {
    // Anything that was uploaded is on this origin too: only the page's own script may run.
    let host = request.header("host").unwrap_or_default();
    // A policy cannot name an IPv6 address.
    let own = |file: &str| {
        if host.starts_with('[') {
            "'self'".to_owned()
        } else {
            format!("http://{host}{PATH}/_assets/{file}")
        }
    };
    let (script, style) = (own("page.js"), own("page.css"));
    let policy = format!(
        "default-src 'none'; script-src {script}; style-src {style}; \
         img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    response
        .header("content-security-policy", policy)
        .header("x-content-type-options", "nosniff")
        .header("x-frame-options", "DENY")
        // The journal tells the page's own requests by their referrer.
        .header("referrer-policy", "same-origin")
        .header("cross-origin-opener-policy", "same-origin")
        .header("cross-origin-resource-policy", "same-origin")
        .header("cache-control", "no-store")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::super::own_host::tests::request;
    use super::*;

    #[test]
    fn the_key_stays_on_this_machine() {
        let may = |host: &str, is_local: bool| may_have_key(&request(&[("host", host)]), is_local);
        for host in [
            "localhost:8787",
            "127.0.0.1:8787",
            "127.9.9.9",
            "[::1]:8787",
        ] {
            assert!(may(host, true), "{host}");
            assert!(!may(host, false), "{host}");
        }
        for host in ["192.168.0.7:8787", "rokka:8787", "evil.example"] {
            assert!(!may(host, true), "{host}");
        }
        let forwarded = request(&[("host", "localhost:8787"), ("x-forwarded-for", "192.0.2.1")]);
        assert!(!may_have_key(&forwarded, true));
    }
}
