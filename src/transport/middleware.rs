//! The seam for code of the caller's around every attempt.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use url::Url;

use super::auth::AuthHeader;
use super::failure::Failure;
use super::policy::{Outcome, RequestPolicy};
use super::redirect::is_same_origin;
use super::response::at;
use super::session::Session;
use crate::error::{Error, ErrorKind};

/// Code around every attempt to send a request: it may change the request, pass it on, and change the response, or respond
/// without passing it on. [`ClientBuilder::middleware`](crate::ClientBuilder::middleware) adds one.
///
/// An attempt is one request: a call that is retried, redirected, split into pages or preceded by the request for a token
/// has several, and each goes through all middleware. What the client decides about a response (retry, redirect, token
/// refresh, decoding, errors), it decides about the one that the middleware returns.
///
/// # What it sees
///
/// - Of the request: method, URL, headers and body. The body of an upload is a stream, which can be read once.
/// - Of the response: status, headers, and the body, which is not read yet. With feature `gzip` it may be compressed; a
///   middleware that reads bodies sets `Accept-Encoding: identity` first.
/// - **Not the credentials of the client.** They are added behind the last middleware, and only for the origin of
///   [`ClientBuilder::api_host`](crate::ClientBuilder::api_host): a middleware that sends the request elsewhere sends it
///   without them.
/// - Other secrets, where a call has them: one-time codes and passwords in bodies and headers, and the keys and tokens in
///   the responses that issue them. A middleware that records bodies records these too.
///
/// # Time and errors
///
/// The deadline and the idle timeout of a call go on while a middleware works. An error of [`Next::run`] that it returns as
/// it is counts as before: a failed connection is retried. Any other error ends the call with
/// [`ErrorKind::Middleware`](crate::ErrorKind::Middleware), and is its source; a [`rokka::Error`](crate::Error) ends the call as
/// it is.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use rokka::reqwest::Request;
/// use rokka::{Middleware, MiddlewareFuture, Next};
///
/// /// Counts responses by whether they succeed.
/// #[derive(Default)]
/// struct Metrics {
///     successes: AtomicU64,
///     failures: AtomicU64,
/// }
///
/// impl Middleware for Metrics {
///     fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> MiddlewareFuture<'a> {
///         Box::pin(async move {
///             let outcome = next.run(request).await;
///             let success = outcome.as_ref().is_ok_and(|response| response.status().is_success());
///             let counter = if success { &self.successes } else { &self.failures };
///             counter.fetch_add(1, Ordering::Relaxed);
///             outcome
///         })
///     }
/// }
///
/// # fn f() -> rokka::Result<()> {
/// let metrics = std::sync::Arc::new(Metrics::default());
/// let rokka = rokka::Client::builder().api_key("your key").middleware(metrics.clone()).build()?;
/// # Ok(())
/// # }
/// # f().unwrap();
/// ```
///
/// One that responds by itself makes a response from an [`http::Response`]:
///
/// ```
/// use rokka::reqwest::{Request, Response};
/// use rokka::{Middleware, MiddlewareFuture, Next};
///
/// /// Sends nothing but reads.
/// struct ReadOnly;
///
/// impl Middleware for ReadOnly {
///     fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> MiddlewareFuture<'a> {
///         Box::pin(async move {
///             if request.method().is_safe() {
///                 return next.run(request).await;
///             }
///             let refusal = rokka::http::Response::builder().status(403).body("read only")?;
///             Ok(Response::from(refusal))
///         })
///     }
/// }
/// ```
pub trait Middleware: Send + Sync + 'static {
    /// Handles one attempt: `next.run(request)` passes the request on to the next middleware, and in the end to the service.
    fn handle<'a>(&'a self, request: reqwest::Request, next: Next<'a>) -> MiddlewareFuture<'a>;
}

impl<M: Middleware + ?Sized> Middleware for Arc<M> {
    fn handle<'a>(&'a self, request: reqwest::Request, next: Next<'a>) -> MiddlewareFuture<'a> {
        (**self).handle(request, next)
    }
}

/// What [`Middleware::handle`] returns.
pub type MiddlewareFuture<'a> = Pin<
    Box<
        dyn Future<Output = Result<reqwest::Response, Box<dyn StdError + Send + Sync>>> + Send + 'a,
    >,
>;

/// What is behind a [`Middleware`]: the further ones, and the service.
pub struct Next<'a> {
    rest: &'a [Box<dyn Middleware>],
    attempt: &'a Attempt,
}

/// The end of the way: what sends a request that has passed all middleware.
struct Attempt {
    session: Session,
    policy: RequestPolicy,
    auth_header: AuthHeader,
    number: u32,
    /// Where the request was sent.
    sent: OnceLock<Url>,
}

impl<'a> Next<'a> {
    /// Passes a request on; returns the response, with a body that is not read yet.
    pub fn run(self, request: reqwest::Request) -> MiddlewareFuture<'a> {
        match self.rest.split_first() {
            Some((first, rest)) => {
                let attempt = self.attempt;
                first.handle(request, Next { rest, attempt })
            }
            None => Box::pin(self.attempt.send(request)),
        }
    }

    /// The operation of the call: an operation id of the API such as `getSourceImage`, or a method and a path.
    pub fn operation(&self) -> &'a str {
        &self.attempt.policy.operation
    }

    /// The number of the request within its call, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt.number
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next")
            .field("operation", &self.operation())
            .field("attempt", &self.attempt())
            .finish_non_exhaustive()
    }
}

impl Attempt {
    /// Sends a request, with the credentials if it goes to their origin.
    async fn send(
        &self,
        mut request: reqwest::Request,
    ) -> Result<reqwest::Response, Box<dyn StdError + Send + Sync>> {
        self.sent.set(request.url().clone()).ok();
        if is_same_origin(request.url(), &self.session.connection.root) {
            self.auth_header.insert_into(request.headers_mut());
        }
        match self.session.dispatch(request, &self.policy) {
            Ok(response) => Ok(response.await?),
            Err(Failure::Http(error)) => Err(error.into()),
            Err(Failure::Ours(error)) => Err(error.into()),
        }
    }
}

impl Session {
    /// Sends a request through all middleware. Boxed, so that it costs nothing where there is none.
    pub(super) fn through_middleware(
        &self,
        request: reqwest::Request,
        policy: &RequestPolicy,
        auth_header: &AuthHeader,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
        let connection = self.connection.clone();
        let attempt = Attempt {
            session: self.clone(),
            policy: policy.clone(),
            auth_header: auth_header.clone(),
            number: self.attempts().saturating_add(1),
            sent: OnceLock::new(),
        };
        Box::pin(async move {
            let url = request.url().clone();
            let next = Next {
                rest: &connection.middleware,
                attempt: &attempt,
            };
            match next.run(request).await {
                // A response that a middleware made has no URL, which redirects are relative to.
                Ok(response) => Ok(at(attempt.sent.get().unwrap_or(&url), response)),
                Err(error) => Err(failure_of(error)),
            }
        })
    }
}

/// Why an attempt through middleware has no response.
fn failure_of(error: Box<dyn StdError + Send + Sync>) -> Failure {
    let error = match error.downcast::<reqwest::Error>() {
        Ok(error) => return Failure::Http(*error),
        Err(error) => error,
    };
    Failure::Ours(match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(error) => Error::new(ErrorKind::Middleware, "a middleware failed").with_source(error),
    })
}
