//! Recorded requests, for the assertions of tests.

use super::request::Request;

/// Headers with credentials.
const SECRET_HEADERS: [&str; 4] = ["api-key", "authorization", "cookie", "proxy-authorization"];

/// A request that an [`Emulator`](super::Emulator) received, with redacted credentials and without its body.
///
/// ```
/// # async fn f(emulator: rokka_emulator::Emulator) {
/// for request in emulator.requests() {
///     println!("{} {} ({} bytes)", request.method, request.path, request.body_length);
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method, in upper case.
    pub method: String,
    /// The path as sent, percent-encoded, without the query.
    pub path: String,
    /// The query parameters, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers, with lower-case names; the value of a credential is `[redacted]`.
    pub headers: Vec<(String, String)>,
    /// The length of the body in bytes.
    pub body_length: usize,
}

impl RecordedRequest {
    pub(crate) fn of(request: &Request) -> Self {
        let headers = request
            .headers
            .iter()
            .map(|(name, value)| {
                let name = name.to_ascii_lowercase();
                let value = if SECRET_HEADERS.contains(&name.as_str()) {
                    "[redacted]".to_owned()
                } else {
                    value.clone()
                };
                (name, value)
            })
            .collect();
        Self {
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.parameters.clone(),
            headers,
            body_length: request.body.len(),
        }
    }

    /// Returns the first value of a header; the name is case-insensitive.
    ///
    /// ```
    /// # fn f(request: rokka_emulator::RecordedRequest) {
    /// assert_eq!(request.header("Api-Version"), Some("1"));
    /// # }
    /// ```
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Returns the first value of a query parameter.
    ///
    /// ```
    /// # fn f(request: rokka_emulator::RecordedRequest) {
    /// assert_eq!(request.parameter("limit"), Some("100"));
    /// # }
    /// ```
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}
