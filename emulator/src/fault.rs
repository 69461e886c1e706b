//! The handle of a fault.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::response::Response;
use super::service::Service;

/// A fault of an [`Emulator`](super::Emulator), from [`Emulator::on`](super::Emulator::on).
///
/// The fault exists from [`on`](super::Emulator::on) to [`remove`](Self::remove),
/// [`Emulator::clear_faults`](super::Emulator::clear_faults) or [`Emulator::reset`](super::Emulator::reset); dropping
/// this value leaves it in place. It applies to the first matching request, unless [`nth`](Self::nth),
/// [`times`](Self::times) or [`always`](Self::always) says otherwise. Without an effect it counts requests only. Of
/// several faults that apply to a request, the oldest wins; all of them count the request.
///
/// ```
/// use std::time::Duration;
///
/// # fn f(emulator: rokka_emulator::Emulator) {
/// emulator.on("POST", "/sourceimages/*").nth(2).respond(503);
/// emulator.on("GET", "/sourceimages/*/*/download").truncate(1000);
/// emulator.on("*", "/stacks/**").always().delay(Duration::from_millis(300));
/// # }
/// ```
#[derive(Clone)]
pub struct Fault {
    pub(crate) service: Arc<Service>,
    pub(crate) id: u64,
}

impl Fault {
    fn edit(self, edit: impl FnOnce(&mut super::faults::Rule)) -> Self {
        self.service.faults.edit(self.id, edit);
        self
    }

    /// Applies the fault from the `n`-th matching request on; 1 is the first.
    ///
    /// ```
    /// # fn f(emulator: rokka_emulator::Emulator) {
    /// // The second and the third upload fail.
    /// emulator.on("POST", "/sourceimages/*").nth(2).times(2).respond(502);
    /// # }
    /// ```
    #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // Called for its effect.
    pub fn nth(self, n: usize) -> Self {
        self.edit(|rule| rule.from = n)
    }

    /// Applies the fault to one request, the default.
    ///
    /// ```
    /// # fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.on("DELETE", "/sourceimages/*/*").once().respond(500);
    /// # }
    /// ```
    #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // Called for its effect.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Applies the fault to so many requests.
    ///
    /// ```
    /// # fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.on("GET", "/user").times(3).respond(503);
    /// # }
    /// ```
    #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // Called for its effect.
    pub fn times(self, count: usize) -> Self {
        self.edit(|rule| rule.limit = Some(count))
    }

    /// Applies the fault to every matching request.
    ///
    /// ```
    /// # fn f(emulator: rokka_emulator::Emulator) {
    /// let broken = emulator.on("*", "/stacks/**").always().respond(500);
    /// // ...
    /// broken.remove();
    /// # }
    /// ```
    #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // Called for its effect.
    pub fn always(self) -> Self {
        self.edit(|rule| rule.limit = None)
    }

    /// Responds with this status and an empty body instead of handling the request.
    ///
    /// ```
    /// # fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.on("POST", "/sourceimages/*").respond(503);
    /// # }
    /// ```
    #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // Called for its effect.
    pub fn respond(self, status: u16) -> Self {
        self.respond_with(status, [], "")
    }

    /// Responds with this status, these headers and this body instead of handling the request.
    ///
    /// A body that starts with `{` gets the content type of JSON unless the headers set one.
    ///
    /// ```
    /// # fn f(emulator: rokka_emulator::Emulator) {
    /// emulator
    ///     .on("GET", "/sourceimages/**")
    ///     .respond_with(429, [("Retry-After", "1")], r#"{"code":429,"message":"Slow down."}"#);
    /// # }
    /// ```
    #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // Called for its effect.
    pub fn respond_with<'a>(
        self,
        status: u16,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        let response = response(status, headers, body.into());
        self.edit(|rule| rule.effect.response = Some(response))
    }

    /// Waits before the response. The request is handled first, so its effect stays if the client gives up.
    ///
    /// ```
    /// # fn f(emulator: rokka_emulator::Emulator) {
    /// use std::time::Duration;
    ///
    /// emulator.on("POST", "/sourceimages/*").delay(Duration::from_secs(2));
    /// # }
    /// ```
    #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // Called for its effect.
    pub fn delay(self, time: Duration) -> Self {
        self.edit(|rule| rule.effect.delay = time)
    }

    /// Closes the connection after the first `bytes` bytes of the response's body. The headers announce all of it.
    ///
    /// With 0 the request is handled, and the client receives the headers only. A response whose body is not longer
    /// than `bytes` arrives whole.
    ///
    /// ```
    /// # fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.on("GET", "/sourceimages/*/*/download").truncate(1000);
    /// # }
    /// ```
    #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // Called for its effect.
    pub fn truncate(self, bytes: u64) -> Self {
        self.edit(|rule| rule.effect.truncate = Some(bytes))
    }

    /// Resets the connection when it has received the request, without handling it.
    ///
    /// ```
    /// # fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.on("POST", "/sourceimages/*").reset();
    /// # }
    /// ```
    #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // Called for its effect.
    pub fn reset(self) -> Self {
        self.edit(|rule| rule.effect.reset = true)
    }

    /// Returns how many requests have matched, with and without the fault.
    ///
    /// ```
    /// # fn f(emulator: rokka_emulator::Emulator) {
    /// let uploads = emulator.on("POST", "/sourceimages/*");
    /// assert_eq!(uploads.matched(), 0);
    /// # }
    /// ```
    #[must_use]
    pub fn matched(&self) -> usize {
        self.service.faults.counts(self.id).0
    }

    /// Returns how many requests got the fault.
    ///
    /// ```
    /// # fn f(emulator: rokka_emulator::Emulator) {
    /// let fault = emulator.on("POST", "/sourceimages/*").respond(503);
    /// assert_eq!(fault.hits(), 0);
    /// # }
    /// ```
    #[must_use]
    pub fn hits(&self) -> usize {
        self.service.faults.counts(self.id).1
    }

    /// Removes the fault.
    ///
    /// ```
    /// # fn f(emulator: rokka_emulator::Emulator) {
    /// emulator.on("*", "/**").always().respond(503).remove();
    /// # }
    /// ```
    pub fn remove(self) {
        self.service.faults.remove(self.id);
    }
}

/// Returns the response of a fault.
pub(crate) fn response<'a>(
    status: u16,
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    body: Vec<u8>,
) -> Response {
    let is_json = body.starts_with(b"{");
    let mut response = Response::raw(status, Bytes::from(body));
    for (name, value) in headers {
        response = response.header(name, value);
    }
    if is_json && response.get("content-type").is_none() {
        response = response.header("content-type", "application/json");
    }
    response
}

impl fmt::Debug for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Fault")
            .field("matched", &self.matched())
            .field("hits", &self.hits())
            .finish_non_exhaustive()
    }
}
