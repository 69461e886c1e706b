//! Requests to endpoints that this crate does not model.

use std::borrow::Cow;
use std::fmt;
use std::future::{self, Future};
use std::pin::Pin;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::call::{CallParts, call};
use crate::error::{Error, Result, mark_sensitive};
use crate::secret::Secret;
use crate::transport::{
    Activity, Expected, MakeRequest, RequestPolicy, Session, Template, trace, watched,
};

/// Sends a request to any endpoint; returns an [`AnyResponse`]. Returned by [`Client::request`](crate::Client::request).
#[must_use = "a call is sent when it is awaited"]
pub struct AnyRequest {
    call: CallParts,
    request: RawRequest,
}

/// A request without the options of its call.
pub(crate) struct RawRequest {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Result<(HeaderValue, Bytes)>>,
    idempotent: bool,
    operation: Option<&'static str>,
}

/// A successful response of any endpoint, with its body in memory.
#[derive(Clone)]
#[non_exhaustive]
pub struct AnyResponse {
    /// The status, 200 to 299.
    pub status: StatusCode,
    /// The headers. `Debug` redacts cookies and other credentials.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    session: Session,
}

impl RawRequest {
    fn new(method: Method, path: String) -> Self {
        let idempotent = method.is_idempotent();
        Self {
            method,
            path,
            query: Vec::new(),
            body: None,
            idempotent,
            operation: None,
        }
    }

    /// Returns a request for an operation that the generated bindings cannot express, with its operation id.
    pub(crate) fn named(
        operation: &'static str,
        method: Method,
        path: String,
        body: &impl Serialize,
    ) -> Self {
        let body = serde_json::to_vec(body).map_err(|error| {
            Error::invalid("the body cannot be serialized as JSON").with_source(error)
        });
        Self {
            idempotent: true,
            operation: Some(operation),
            body: Some(
                body.map(|json| (HeaderValue::from_static("application/json"), json.into())),
            ),
            ..Self::new(method, path)
        }
    }
}

/// Returns the URL, which must be below the base. Refuses characters that the URL parser silently drops, trims or
/// replaces.
pub(crate) fn checked_url(base: &str, path: &str, query: &[(String, String)]) -> Result<Url> {
    // The query may contain a secret, and no rule concerns it alone.
    let shown = path.split('?').next().unwrap_or_default();
    let refused = |rule: &str| Error::invalid(format!("invalid path {shown:?}: it {rule}"));
    if !path.starts_with('/') || path.starts_with("//") {
        return Err(refused("must start with one slash"));
    }
    if path.contains(|letter: char| letter.is_control() || letter == '#') || path.ends_with(' ') {
        return Err(refused(
            "must not contain control characters or `#`, nor end with a space",
        ));
    }
    let plain = path.split('?').next().unwrap_or_default();
    if plain.contains('\\') {
        return Err(refused("must not contain a backslash"));
    }
    let walks = |part: &str| {
        let part = part.to_ascii_lowercase().replace("%2e", ".");
        part == "." || part == ".."
    };
    if plain.split('/').any(walks) {
        return Err(refused("must not have the segments `.` and `..`"));
    }
    let mut url = Url::parse(&format!("{base}{path}"))
        .map_err(|error| refused("must form a valid URL: percent-encode it").with_source(error))?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

impl AnyRequest {
    pub(crate) fn new(call: CallParts, method: Method, path: String) -> Self {
        Self {
            call,
            request: RawRequest::new(method, path),
        }
    }

    /// Adds a query parameter and percent-encodes it.
    pub fn query(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        let value = format!("{value}");
        self.request.query.push((name.into(), value));
        self
    }

    /// Sets the body to a value serialized as JSON.
    pub fn json(mut self, value: &impl Serialize) -> Self {
        self.request.body = Some(match serde_json::to_vec(value) {
            Ok(json) => Ok((HeaderValue::from_static("application/json"), json.into())),
            Err(error) => {
                Err(Error::invalid("the body cannot be serialized as JSON").with_source(error))
            }
        });
        self
    }

    /// Sets the body to bytes of this media type.
    pub fn body(mut self, media_type: &str, bytes: impl Into<Bytes>) -> Self {
        self.request.body = Some(match HeaderValue::from_str(media_type) {
            Ok(media_type) => Ok((media_type, bytes.into())),
            Err(_) => Err(Error::invalid(format!(
                "invalid media type {media_type:?}: it must consist of printable ASCII characters"
            ))),
        });
        self
    }

    /// Declares that the request is idempotent, so that it is retried even if the service may have processed it: after a
    /// connection broke midway, and after 502 and 504 (default: as HTTP defines for the method).
    pub fn idempotent(mut self) -> Self {
        self.request.idempotent = true;
        self
    }

    async fn run(self, session: Session) -> Result<AnyResponse> {
        self.request.run(session).await
    }
}

call!(AnyRequest => AnyResponse);

impl RawRequest {
    pub(crate) async fn run(self, session: Session) -> Result<AnyResponse> {
        let url = checked_url(session.base(), &self.path, &self.query)?;
        let path = self.path.split('?').next().unwrap_or_default();
        let (operation, expected) = match self.operation {
            Some(operation) => (Cow::Borrowed(operation), Expected::Json),
            None => (Cow::Owned(format!("{} {path}", self.method)), Expected::Any),
        };
        let maker = MakeAny {
            method: self.method,
            url,
            body: self.body.transpose()?,
        };
        let policy = RequestPolicy {
            operation,
            idempotent: self.idempotent,
            expected,
        };
        let outcome = session.send(Template::Made(Box::new(maker)), policy).await;
        let response = session.success(outcome)?;
        AnyResponse::receive(session, response).await
    }
}

/// Creates a request for each attempt.
pub(crate) struct MakeAny {
    method: Method,
    url: Url,
    body: Option<(HeaderValue, Bytes)>,
}

impl MakeAny {
    /// Returns a template of requests without a body.
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self::with_body(method, url, None)
    }

    /// Returns a template of requests with a body, if there is one, and its media type.
    pub(crate) fn with_body(method: Method, url: Url, body: Option<(HeaderValue, Bytes)>) -> Self {
        Self { method, url, body }
    }
}

impl MakeRequest for MakeAny {
    fn make(
        &mut self,
        _: &reqwest::Client,
        activity: Activity,
    ) -> Pin<Box<dyn Future<Output = Result<reqwest::Request>> + Send + '_>> {
        let mut request = reqwest::Request::new(self.method.clone(), self.url.clone());
        if let Some((media_type, bytes)) = &self.body {
            request
                .headers_mut()
                .insert(CONTENT_TYPE, media_type.clone());
            request
                .headers_mut()
                .insert(CONTENT_LENGTH, bytes.len().into());
            *request.body_mut() = Some(watched(bytes.clone(), activity));
        }
        Box::pin(future::ready(Ok(request)))
    }

    fn is_replayable(&self) -> bool {
        true
    }
}

impl AnyResponse {
    /// Reads the body of a success.
    pub(crate) async fn receive(session: Session, mut response: reqwest::Response) -> Result<Self> {
        let mut headers = std::mem::take(response.headers_mut());
        let secrets = session.credentials().secrets();
        let secrets: Vec<&str> = secrets.iter().map(Secret::expose).collect();
        mark_sensitive(&mut headers, &secrets);
        Ok(Self {
            status: response.status(),
            headers,
            body: session.body(response).await?,
            // The span of the call ends with it, however long the response is held.
            session: session.with_span(&trace::none()),
        })
    }

    /// Deserializes the body as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the body is not JSON, or does not match `T`; the error
    /// keeps the body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        self.session.decode(self.status, &self.headers, &self.body)
    }
}

impl fmt::Debug for AnyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.request.query.iter().map(|(name, _)| name).collect();
        f.debug_struct("AnyRequest")
            .field("method", &self.request.method)
            .field(
                "path",
                &self.request.path.split('?').next().unwrap_or_default(),
            )
            .field("query", &names)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AnyResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyResponse")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}
