//! Redirects, which the transport follows itself: on the same origin, with the same method.

use http::Method;
use http::header::LOCATION;
use url::Url;

use super::auth::Credentials;

/// The redirects that one request follows.
pub(super) const MAX_REDIRECTS: u32 = 10;

/// The URL that a response redirects to, or why it is not followed. `None` if it is not a redirect.
pub(super) fn target(
    response: &reqwest::Response,
    method: &Method,
    credentials: &Credentials,
) -> Option<Result<Url, String>> {
    let changes_method = match response.status().as_u16() {
        301 | 302 => *method == Method::POST,
        303 => *method != Method::GET && *method != Method::HEAD,
        307 | 308 => false,
        _ => return None,
    };
    let location = response.headers().get(LOCATION)?;
    let target = location
        .to_str()
        .ok()
        .and_then(|target| response.url().join(target).ok());
    let Some(mut target) = target.filter(|target| matches!(target.scheme(), "http" | "https"))
    else {
        return Some(Err(
            "the redirect was not followed: its `Location` is not an HTTP URL".to_owned(),
        ));
    };
    // The origin of its own request: a render host must not make the client send its key to the API.
    if !is_same_origin(&target, response.url()) {
        let shown = target.origin().ascii_serialization();
        // A host name is in lower case, whatever the secret in it was.
        let mut secrets = credentials.secrets().into_iter();
        let shown = if secrets.any(|secret| shown.contains(&secret.expose().to_ascii_lowercase())) {
            "another one"
        } else {
            &shown
        };
        let text = format!("redirects are followed on the same origin only, not to {shown}");
        return Some(Err(text));
    }
    if changes_method {
        return Some(Err(format!(
            "the redirect was not followed: it would turn the {method} into a GET"
        )));
    }
    // A redirect does not set credentials. An HTTP URL can do without both, so neither fails.
    target.set_username("").ok();
    target.set_password(None).ok();
    Some(Ok(target))
}

/// Whether scheme, host and port are the same.
pub(super) fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}
