//! One request and its response: sent, received within the limits of the call, and checked.

use std::borrow::Cow;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryFutureExt;
use futures_util::future::Either;
use http::StatusCode;
use tokio::time::Instant;

use super::auth::AuthHeader;
use super::deadline::{Passed, until};
use super::failure::{Failure, carried, stalled_error};
use super::idle::{Activity, within_idle_timeout};
use super::policy::{Expected, Outcome, RequestPolicy, is_retryable};
use super::received_json::ReceivedJson;
use super::response::{ResponseContext, rejoined, unreadable, whole};
use super::session::Session;
use super::{body, early_response, gzip, mismatch, trace};
use crate::error::{Error, ErrorKind};
use crate::json::without_bom;

/// The longest body that is read of a response other than success, in bytes.
const FAILURE_LIMIT: usize = 1024 * 1024;

/// How long receiving such a body may take.
const FAILURE_TIME: Duration = Duration::from_secs(10);

/// How long it may take where a retry is likely to follow, which does not wait for it.
const RETRIED_TIME: Duration = Duration::from_secs(1);

/// The time that is kept before the deadline for making an error of the part of the body that was received.
const REPORTING_TIME: Duration = Duration::from_millis(5);

impl Session {
    /// Starts to send a request, unless the deadline has passed. Also returns how many the call has sent by now, and the span
    /// of the attempt. `resends` counts the requests that it repeats or was redirected from. This is no `async fn`, because
    /// a request is large and would be part of every future on the way.
    pub(super) fn start(
        &self,
        mut request: reqwest::Request,
        policy: &RequestPolicy,
        auth_header: &AuthHeader,
        resends: u32,
    ) -> Result<(impl Future<Output = Outcome> + use<>, u32, trace::Span), Failure> {
        let span = |request: &reqwest::Request| {
            let (method, url) = (request.method(), request.url());
            trace::attempt(&policy.operation, method, url, resends, self.credentials())
        };
        if !self.connection.middleware.is_empty() {
            // The credentials are added behind the last middleware.
            self.add_headers(&mut request, policy, &AuthHeader::None);
            let span = span(&request);
            let response = self.through_middleware(request, policy, auth_header);
            return Ok((Either::Right(response), self.attempts(), span));
        }
        self.add_headers(&mut request, policy, auth_header);
        self.limit(&mut request, policy)?;
        let requests = self.record_request();
        let span = span(&request);
        let response = self.connection.http.execute(request);
        Ok((
            Either::Left(response.map_err(Failure::Http)),
            requests,
            span,
        ))
    }

    /// Sends a request that has all its headers and has passed all middleware, unless the deadline has passed.
    pub(super) fn dispatch(
        &self,
        mut request: reqwest::Request,
        policy: &RequestPolicy,
    ) -> Result<impl Future<Output = reqwest::Result<reqwest::Response>> + use<>, Failure> {
        self.limit(&mut request, policy)?;
        self.record_request();
        Ok(self.connection.http.execute(request))
    }

    /// Lets the response of a request be read while its body is sent, and limits it by the deadline, unless that has passed.
    fn limit(&self, request: &mut reqwest::Request, policy: &RequestPolicy) -> Result<(), Failure> {
        early_response::make_readable(request);
        if let Some(ends) = self.ends {
            let left = ends.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failure::Ours(Passed.into()));
            }
            // What is handed out unread is received within the deadline too.
            if policy.expected == Expected::File {
                *request.timeout_mut() = Some(left);
            }
        }
        Ok(())
    }

    /// Waits for the response to a request, and reads it.
    pub(super) async fn exchange(
        &self,
        response: impl Future<Output = Outcome>,
        policy: &RequestPolicy,
        activity: &Activity,
        mut requests: u32,
        span: &trace::Span,
    ) -> Outcome {
        let idle = self.idle();
        activity.mark();
        let response = {
            let response = pin!(response);
            let response = pin!(within_idle_timeout(idle, activity, response));
            until(self.ends, response).await
        };
        let mut response = match response {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(failure))) => return Err(failure.or_of_body(activity)),
            Ok(Err(stalled)) => return Err(Failure::Http(Box::pin(stalled_error(stalled)).await)),
            Err(passed) => return Err(Failure::Ours(passed.into())),
        };
        if !self.connection.middleware.is_empty() {
            // Middleware may have sent nothing.
            requests = self.attempts();
        }
        trace::status(span, response.status());
        let success = response.status().is_success();
        if success && policy.expected == Expected::File {
            let file = self.receive_file(response, policy, activity, requests);
            return Box::pin(file).await;
        }
        let limit = self.connection.response_limit;
        let exceeds = |length: u64| usize::try_from(length).map_or(true, |length| length > limit);
        let too_long = success && response.content_length().is_some_and(exceeds);
        let limits = if success {
            body::Limits {
                idle,
                ends: self.ends,
                // As much of it as an error keeps.
                bytes: if too_long {
                    limit.min(mismatch::LONGEST_ERROR)
                } else {
                    limit
                },
            }
        } else {
            self.limits_of_failure(response.status())
        };
        let buffer_pool = self.options.buffer_pool.as_ref();
        let gzip =
            gzip::is_gzip(response.headers()) && response.status() != StatusCode::PARTIAL_CONTENT;
        let buffer = buffer_pool.map(Arc::as_ref).filter(|_| !gzip);
        let (mut body, mut broken) = body::receive(&mut response, activity, &limits, buffer).await;
        let too_long = too_long || success && body.len() > limit;
        let mut corrupt = None;
        if gzip && !too_long {
            let buffer = buffer_pool.map(|pool| pool.take()).unwrap_or_default();
            let outcome;
            (body, outcome) = gzip::decoded(&mut response, &body, limits.bytes, buffer);
            match outcome {
                _ if broken.is_some() => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    broken = Some(Failure::Http(Box::pin(carried(error)).await));
                }
                Err(error) => corrupt = Some(error),
                Ok(()) => {}
            }
        }
        if success {
            if too_long || body.len() > limit {
                let why = format!(
                    "the response is longer than {limit} bytes, the limit that `ClientBuilder::response_limit` sets"
                );
                return Err(self.mismatch(why.into(), response, &body, policy, requests));
            }
            // A response other than success is used however much of its body came.
            if let Some(failure) = broken {
                return Err(activity.take_failure().map_or(failure, Failure::Ours));
            }
            if let Some(error) = corrupt {
                let why = format!("the response cannot be decompressed: {error}");
                return Err(self.mismatch(why.into(), response, &body, policy, requests));
            }
            if policy.expected == Expected::Json {
                if let Some(why) = mismatch::of_body(&policy.operation, response.headers(), &body) {
                    return Err(self.mismatch(why, response, &body, policy, requests));
                }
                if let Some(report) = &self.connection.on_json {
                    report(&ReceivedJson::new(&policy.operation, without_bom(&body)));
                }
            }
        }
        response.extensions_mut().insert(ResponseContext {
            operation: policy.operation.clone(),
            attempts: requests,
            body,
            note: Cow::Borrowed(""),
            unreadable: None,
            buffer_pool: buffer_pool.cloned(),
            credentials: self.credentials().clone(),
            operations: self.connection.operations,
        });
        // The body of a success is taken out of the context; that of any other response may be read from the response itself.
        Ok(if success { response } else { whole(response) })
    }

    /// Checks a success that a file is expected of, which stays unread unless it may be something else.
    async fn receive_file(
        &self,
        mut response: reqwest::Response,
        policy: &RequestPolicy,
        activity: &Activity,
        requests: u32,
    ) -> Outcome {
        let head = mismatch::of_head(response.status(), response.headers());
        if matches!(head, mismatch::Head::Fits) {
            return Ok(response);
        }
        let limits = body::Limits {
            idle: self.idle(),
            ends: self.ends,
            bytes: mismatch::LONGEST_ERROR,
        };
        let (body, broken) = body::receive(&mut response, activity, &limits, None).await;
        let why = match head {
            mismatch::Head::Wrong(why) => Some(why),
            _ => match broken {
                Some(failure) => return Err(failure),
                None => mismatch::of_json_file(&policy.operation, &body),
            },
        };
        match why {
            Some(why) => Err(self.mismatch(why, response, &body, policy, requests)),
            None => Ok(rejoined(body, response)),
        }
    }

    /// The failure of a success that does not belong to the call, with the response.
    fn mismatch(
        &self,
        why: Cow<'static, str>,
        mut response: reqwest::Response,
        body: &Bytes,
        policy: &RequestPolicy,
        requests: u32,
    ) -> Failure {
        let error = Error::new(ErrorKind::Decode, why);
        let error = error.with_call(policy.operation.clone(), requests);
        let headers = std::mem::take(response.headers_mut());
        let status = response.status();
        Failure::Ours(unreadable(
            error,
            status,
            headers,
            body,
            self.credentials(),
            self.connection.operations,
        ))
    }

    /// Limits of the body of a response other than success.
    fn limits_of_failure(&self, status: StatusCode) -> body::Limits {
        let time = if is_retryable(status) || status == StatusCode::REQUEST_TIMEOUT {
            RETRIED_TIME
        } else {
            FAILURE_TIME
        };
        let call = self.ends.and_then(|ends| ends.checked_sub(REPORTING_TIME));
        let own = Instant::now().checked_add(time);
        body::Limits {
            idle: self.idle(),
            ends: own.into_iter().chain(call).min(),
            bytes: FAILURE_LIMIT,
        }
    }
}
