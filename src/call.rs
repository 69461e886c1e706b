//! One call: required values first, options as setters, `.await` at the end.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use crate::client::Client;
use crate::error::{Error, Result};
use crate::transport::Session;
use crate::transport::options::CallOptions;
use crate::transport::retry::Retry;

/// A call that is not sent yet. Set its options, then `.await` it.
///
/// Every call takes the options here; those of a particular call stand with it, for example
/// [`Call::<ChangeDynamicMetadata>::delete_previous`](struct.Call.html#method.delete_previous).
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// use std::time::Duration;
///
/// let image = images.get("3f9a21").deadline(Duration::from_secs(5)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is sent when it is awaited"]
pub struct Call<O> {
    client: Client,
    options: CallOptions,
    refused: Option<String>,
    pub(crate) operation: O,
}

/// What a [`Call`] does. Implemented by this crate only.
pub trait Action: sealed::Run {}

impl<O: sealed::Run> Action for O {}

pub(crate) mod sealed {
    use super::{Future, Result, Session};

    pub trait Run: Send + 'static {
        /// What the call gives.
        type Output: Send;

        #[doc(hidden)]
        fn run(self, session: Session) -> impl Future<Output = Result<Self::Output>> + Send;
    }
}

impl<O> Call<O> {
    pub(crate) fn new(client: Client, operation: O) -> Self {
        Self {
            client,
            options: CallOptions::default(),
            refused: None,
            operation,
        }
    }

    /// The call with another operation made of its own.
    pub(crate) fn map<P>(self, change: impl FnOnce(O) -> P) -> Call<P> {
        Call {
            client: self.client,
            options: self.options,
            refused: self.refused,
            operation: change(self.operation),
        }
    }

    /// The call with these options in the place of its own.
    pub(crate) fn under(self, options: CallOptions) -> Self {
        Self { options, ..self }
    }

    /// The call, refused for a reason before anything is sent.
    pub(crate) fn refuse(mut self, rule: &str) -> Self {
        self.refused.get_or_insert_with(|| rule.to_owned());
        self
    }

    /// The call with memory that it and those made of it receive their answers into, one after the other.
    pub(crate) fn with_buffer_pool(mut self) -> Self {
        self.options.buffer_pool = Some(Arc::default());
        self
    }

    /// Another operation with the options of this call.
    pub(crate) fn with<P>(&self, operation: P) -> Call<P> {
        Call {
            client: self.client.clone(),
            options: self.options.clone(),
            refused: self.refused.clone(),
            operation,
        }
    }

    /// Limits the call as a whole, with all its tries and waits and the reading of its answer (default: none).
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.options.deadline = Some(limit);
        self
    }

    /// How long nothing may move before the call is given up (default: as the client's).
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.options.idle = Some(limit);
        self
    }

    /// When and how often the request is sent again (default: as the client's).
    pub fn retry(mut self, retry: Retry) -> Self {
        self.options.retry = Some(retry);
        self
    }

    /// Sends another header. Credentials, `Api-Version`, `Host` and the headers of the body are not yours to set: the
    /// call is refused.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        match checked_header(name.as_ref(), value.as_ref()) {
            Ok((name, value)) => {
                self.options.headers.insert(name, value);
            }
            Err(error) => self.refused = self.refused.or(Some(error.message().into_owned())),
        }
        self
    }
}

const RESERVED: &[&str] = &[
    "api-key",
    "api-version",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
];

fn checked_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue)> {
    let name: HeaderName = name
        .parse()
        .map_err(|_| Error::invalid(format!("{name:?} is not a header name")))?;
    if RESERVED.contains(&name.as_str()) {
        return Err(Error::invalid(format!(
            "the header `{name}` is set by the client"
        )));
    }
    let value = HeaderValue::from_str(value).map_err(|_| {
        Error::invalid(format!(
            "the value of `{name}` has characters that a header cannot hold"
        ))
    })?;
    Ok((name, value))
}

impl<O: Action> IntoFuture for Call<O> {
    type Output = Result<O::Output>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match self.refused {
                Some(rule) => Err(Error::invalid(rule)),
                None => {
                    let session = self.client.session(self.options);
                    if session.has_deadline() {
                        let call = self.operation.run(session.clone());
                        session.within_deadline(call).await
                    } else {
                        self.operation.run(session).await
                    }
                }
            }
        })
    }
}

impl<O: fmt::Debug> fmt::Debug for Call<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.operation).finish()
    }
}
