//! What is reported of a response before it is decoded, and to whom.

use std::fmt;
use std::sync::Arc;

/// The JSON of a response, as the service sent it; passed to [`ClientBuilder::on_json`](crate::ClientBuilder::on_json).
///
/// `Debug` shows the operation and the length: the body can be a secret.
#[derive(Clone, Copy)]
pub struct ReceivedJson<'a> {
    operation: &'a str,
    body: &'a [u8],
}

/// What the caller wants to do with a response.
pub(crate) type OnJson = Arc<dyn Fn(&ReceivedJson<'_>) + Send + Sync>;

impl<'a> ReceivedJson<'a> {
    pub(super) fn new(operation: &'a str, body: &'a [u8]) -> Self {
        Self { operation, body }
    }

    /// The operation: an operation id of the API such as `getSourceImage`, or a method and a path.
    pub fn operation(&self) -> &'a str {
        self.operation
    }

    /// The body, decompressed and without a byte order mark. Empty if the service returns no content.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }
}

impl fmt::Debug for ReceivedJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedJson")
            .field("operation", &self.operation)
            .field("bytes", &self.body.len())
            .finish()
    }
}
