//! The headers that every request has.

use http::header::{ACCEPT, ACCEPT_ENCODING, RANGE, USER_AGENT};
use http::{HeaderName, HeaderValue};

use super::auth::AuthHeader;
use super::policy::{Expected, RequestPolicy};
use super::redirect::is_same_origin;
use super::session::Session;

impl Session {
    /// Adds the headers of the call and those of every request. Credentials go to the configured origin only.
    pub(super) fn add_headers(
        &self,
        request: &mut reqwest::Request,
        policy: &RequestPolicy,
        auth_header: &AuthHeader,
    ) {
        let to_api = is_same_origin(request.url(), &self.connection.root);
        let headers = request.headers_mut();
        if let Some(agent) = &self.connection.user_agent {
            headers.insert(USER_AGENT, agent.clone());
        }
        for (name, value) in &self.options.headers {
            headers.insert(name, value.clone());
        }
        if to_api {
            headers.insert(
                HeaderName::from_static("api-version"),
                HeaderValue::from_static("1"),
            );
            auth_header.insert_into(headers);
        }
        // Ranges count the bytes of the file, and compressing a picture saves nothing.
        if policy.expected == Expected::File || headers.contains_key(RANGE) {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        } else if self.connection.gzip && !headers.contains_key(ACCEPT_ENCODING) {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if policy.expected == Expected::Json && !headers.contains_key(ACCEPT) {
            headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        }
    }
}
