//! Calls: required values first, options as setters, `.await` or `.send()` at the end.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use http::{HeaderName, HeaderValue};

use crate::error::{Error, Result};
use crate::transport::options::CallOptions;
use crate::transport::{Connection, Session, trace};

/// A call with the common options only; returns a `T`. It sends nothing before it is awaited.
///
/// A call with more options is a type of its own, such as [`Upload`](crate::source_images::Upload) and
/// [`Search`](crate::Search), whose page lists all of them.
///
/// ```no_run
/// # async fn f(images: rokka::SourceImages) -> rokka::Result<()> {
/// use std::time::Duration;
///
/// let image = images.restore("3f9a21").deadline(Duration::from_secs(5)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is sent when it is awaited"]
pub struct Call<T> {
    call: CallParts,
    operation: Box<dyn Operation<T>>,
}

/// Any call: a [`Call`], or a type with more options. Sealed: only this crate implements it.
///
/// `.await` sends the call, through [`IntoFuture`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a call of this crate",
    label = "expected a call, as it is before `.await`",
    note = "pass what a method of a handle returns, such as `images.delete(hash)`"
)]
pub trait ApiCall:
    IntoFuture<
        Output = Result<Self::Returns>,
        IntoFuture = BoxFuture<'static, Result<Self::Returns>>,
    > + sealed::Parts
    + Send
    + 'static
{
    /// What the call returns.
    type Returns: Send + 'static;
}

/// The state that all calls share: the connection, the common options, and the first validation error.
#[derive(Clone)]
pub struct CallParts {
    connection: Connection,
    pub(crate) options: CallOptions,
    /// The first validation error, returned when the call is sent.
    refused: Option<String>,
}

pub(crate) mod sealed {
    use super::CallParts;

    pub trait Parts {
        #[doc(hidden)]
        fn parts(&mut self) -> &mut CallParts;
    }
}

/// The operation of a [`Call`], which a session sends.
pub(crate) trait Run: fmt::Debug + Send + 'static {
    type Output: Send;

    fn run(self, session: Session) -> impl Future<Output = Result<Self::Output>> + Send;
}

/// The object-safe form of [`Run`], known by its output alone.
trait Operation<T>: fmt::Debug + Send {
    fn run(self: Box<Self>, session: Session) -> BoxFuture<'static, Result<T>>;
}

impl<O: Run> Operation<O::Output> for O {
    fn run(self: Box<Self>, session: Session) -> BoxFuture<'static, Result<O::Output>> {
        Box::pin(Run::run(*self, session))
    }
}

impl CallParts {
    pub(crate) fn new(connection: Connection) -> Self {
        Self {
            connection,
            options: CallOptions::default(),
            refused: None,
        }
    }

    /// Returns the base URL of the API, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        &self.connection.base
    }

    /// Fails the call with this error when it is sent. The first error wins.
    pub(crate) fn refuse(&mut self, error: &Error) {
        self.refused
            .get_or_insert_with(|| error.message().into_owned());
    }

    /// Reuses one receive buffer for the responses of this call and of its clones.
    pub(crate) fn pool_buffers(&mut self) {
        self.options.buffer_pool = Some(Arc::default());
    }

    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        match checked_header(name, value) {
            Ok((name, value)) => {
                self.options.headers.insert(name, value);
            }
            Err(error) => self.refuse(&error),
        }
    }

    /// Returns the session that sends the call, or the first validation error.
    pub(crate) fn session(&self) -> Result<Session> {
        match &self.refused {
            Some(rule) => Err(Error::invalid(rule.clone())),
            None => Ok(self.connection.session(self.options.clone())),
        }
    }
}

/// Runs a call: in a span of its own, and within its deadline. It is boxed, so that the compiler checks what is around it once and
/// not for each call.
pub(crate) async fn run<'a, T: Send>(
    session: Session,
    run: impl FnOnce(Session) -> BoxFuture<'a, Result<T>>,
) -> Result<T> {
    let span = trace::call();
    let session = session.with_span(&span);
    let limited = session.has_deadline().then(|| session.clone());
    trace::within_call(span, within_deadline(limited, run(session))).await
}

async fn within_deadline<T: Send>(
    limited: Option<Session>,
    mut call: BoxFuture<'_, Result<T>>,
) -> Result<T> {
    match limited {
        Some(session) => session.within_deadline(Pin::new(&mut call)).await,
        None => call.await,
    }
}

/// Sends a call, if its input is valid.
pub(crate) fn send<C, T>(
    mut call: C,
    operation: fn(C, Session) -> BoxFuture<'static, Result<T>>,
) -> BoxFuture<'static, Result<T>>
where
    C: sealed::Parts + Send + 'static,
    T: Send + 'static,
{
    Box::pin(async move {
        let session = call.parts().session()?;
        run(session, |session| operation(call, session)).await
    })
}

/// Implements the common options, `.send()` and `.await` for a call type. Its field `call`, or the one named, holds the
/// [`CallParts`]; its method `run` sends it. What sends it is `#[inline]`, so that a program compiles only the calls that it
/// makes: without that, the crate itself takes twice as much code.
macro_rules! call {
    (@options $($field:ident).+) => {
        /// Limits the whole call: all attempts, the backoff between them, and reading the response (default: that of the
        /// client, which is [no limit](crate::ClientBuilder::deadline) unless it is set).
        #[inline]
        pub fn deadline(mut self, limit: std::time::Duration) -> Self {
            self.$($field).+.options.deadline = Some(limit);
            self
        }

        /// Limits how long a request may make no progress (default: the client's idle timeout).
        #[inline]
        pub fn idle_timeout(mut self, limit: std::time::Duration) -> Self {
            self.$($field).+.options.idle = Some(limit);
            self
        }

        /// Sets when and how often the request is retried (default: the client's policy).
        #[inline]
        pub fn retry(mut self, retry: crate::Retry) -> Self {
            self.$($field).+.options.retry = Some(retry);
            self
        }

        /// Calls this before each retry of the call, after that of the
        /// [client](crate::ClientBuilder::on_retry).
        pub fn on_retry(mut self, report: impl Fn(&crate::RetryEvent) + Send + Sync + 'static) -> Self {
            self.$($field).+.options.on_retry = Some(std::sync::Arc::new(report));
            self
        }

        /// Adds a header. The call fails with [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for a
        /// header that the client sets: credentials, `Api-Version`, `Host`, and those of the body.
        pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
            self.$($field).+.set_header(name.as_ref(), value.as_ref());
            self
        }
    };
    (@blocking $returns:ty) => {
        /// Sends the call and blocks the thread until the result is there; returns what `.await` returns. See
        /// [`blocking`](crate::blocking).
        ///
        /// # Errors
        /// Those of `.await`, and [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) in async code.
        #[cfg(feature = "blocking")]
        #[inline]
        pub fn call(self) -> crate::Result<$returns> {
            crate::blocking::block_on(self.send())?
        }
    };
    ($name:ident => $returns:ty) => {
        $crate::call::call!($name => $returns, call);
    };
    ($name:ident => $returns:ty, $($field:ident).+) => {
        impl $name {
            $crate::call::call!(@options $($field).+);
            $crate::call::call!(@blocking $returns);

            /// Sends the call and returns a boxed `'static` future, for `tokio::spawn`, `block_on` and `try_join_all`.
            /// `.await` on the call does the same.
            #[inline]
            pub fn send(self) -> futures_core::future::BoxFuture<'static, crate::Result<$returns>> {
                $crate::call::send(self, |call, session| Box::pin(call.run(session)))
            }
        }

        impl std::future::IntoFuture for $name {
            type Output = crate::Result<$returns>;
            type IntoFuture = futures_core::future::BoxFuture<'static, Self::Output>;

            #[inline]
            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }

        impl $crate::call::ApiCall for $name {
            type Returns = $returns;
        }

        impl $crate::call::sealed::Parts for $name {
            fn parts(&mut self) -> &mut $crate::call::CallParts {
                &mut self.$($field).+
            }
        }
    };
}

pub(crate) use call;

impl<T: Send + 'static> Call<T> {
    pub(crate) fn new(call: CallParts, operation: impl Run<Output = T>) -> Self {
        Self {
            call,
            operation: Box::new(operation),
        }
    }

    call!(@options call);
    call!(@blocking T);

    /// Sends the call and returns a boxed `'static` future, for `tokio::spawn`, `block_on` and `try_join_all`. `.await` on
    /// the call does the same.
    pub fn send(self) -> BoxFuture<'static, Result<T>> {
        send(self, |call, session| call.operation.run(session))
    }
}

impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<T>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl<T: Send + 'static> ApiCall for Call<T> {
    type Returns = T;
}

impl<T> sealed::Parts for Call<T> {
    fn parts(&mut self) -> &mut CallParts {
        &mut self.call
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.operation).finish()
    }
}

/// Shows nothing, because a header may be a secret.
impl fmt::Debug for CallParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
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
    let name: HeaderName = name.parse().map_err(|_| {
        Error::invalid(format!(
            "{name:?} is not a valid header name: use letters, digits and `-`"
        ))
    })?;
    if RESERVED.contains(&name.as_str()) {
        return Err(Error::invalid(format!(
            "the header `{name}` cannot be set: the client sets it"
        )));
    }
    let value = HeaderValue::from_str(value).map_err(|_| {
        Error::invalid(format!(
            "the value of the header `{name}` is invalid: use visible ASCII characters"
        ))
    })?;
    Ok((name, value))
}
