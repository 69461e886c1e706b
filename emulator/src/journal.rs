//! What a test can ask about the requests that were made.

use super::call::Call;

/// Headers that hold credentials.
const SECRET_HEADERS: [&str; 4] = ["api-key", "authorization", "cookie", "proxy-authorization"];

/// A request that an [`Emulator`](super::Emulator) was sent, without its credentials and its body.
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
    /// The path as it was sent, still percent-encoded, without the query.
    pub path: String,
    /// The pairs of the query, decoded, in the order in which they were sent.
    pub query: Vec<(String, String)>,
    /// The headers with lower-case names; a credential's value is `[redacted]`.
    pub headers: Vec<(String, String)>,
    /// How many bytes the body had.
    pub body_length: usize,
}

impl RecordedRequest {
    pub(crate) fn of(call: &Call) -> Self {
        let headers = call
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
            method: call.method.clone(),
            path: call.path.clone(),
            query: call.parameters.clone(),
            headers,
            body_length: call.body.len(),
        }
    }

    /// The value of a header, whatever the case of the name.
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

    /// The first value of a query parameter.
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
