//! The loop that every request goes through, attempt after attempt.

use std::borrow::Cow;
use std::pin::pin;
use std::time::Duration;

use futures_core::future::BoxFuture;
use tokio::time::Instant;
use url::Url;

use super::deadline::until;
use super::failure::{Failure, as_reqwest_error};
use super::idle::{Activity, within_idle_timeout};
use super::policy::{Expected, NextStep, Outcome, Remaining, RequestPolicy, next_step};
use super::replay::{MakeRequest, Template};
use super::response::note_on;
use super::session::Session;
use super::trace;
use crate::error::Result;

impl Session {
    /// Sends the request of a generated call. The future is boxed, so that the compiler need not prove anew for every
    /// operation that the whole transport is `Send`. This is no `async fn`, because a request is large and would be part of
    /// the future.
    pub(crate) fn execute(
        &self,
        request: reqwest::Request,
        operation: &'static str,
    ) -> BoxFuture<'_, reqwest::Result<reqwest::Response>> {
        let operations = self.connection.operations;
        let expected = if operations.is_binary(operation) {
            Expected::File
        } else {
            Expected::Json
        };
        let policy = RequestPolicy {
            operation: Cow::Borrowed(operation),
            idempotent: operations.is_idempotent(operation, request.method()),
            expected,
        };
        let template = Template::Ready(Box::new(request));
        Box::pin(async move {
            let outcome = if self.is_shared() {
                self.send_alone(template, policy).await
            } else {
                self.send(template, policy).await
            };
            match outcome {
                Ok(response) => Ok(response),
                Err(Failure::Http(error)) => Err(error),
                Err(Failure::Ours(error)) => Err(as_reqwest_error(error).await),
            }
        })
    }

    /// Sends a request as a call of its own, with a deadline and a span.
    fn send_alone(&self, template: Template, policy: RequestPolicy) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let span = trace::call();
            let session = self.for_one_call(&span);
            let outcome = trace::within(&span, session.send(template, policy)).await;
            trace::ended(span, &outcome);
            outcome
        })
    }

    /// Sends a request, with as many attempts as its policy and the limits of the call allow. Returns the last response,
    /// whatever its status.
    pub(crate) async fn send(&self, mut template: Template, policy: RequestPolicy) -> Outcome {
        let started = Instant::now();
        let (mut attempts, mut redirects, mut token_refreshed) = (1, 0, false);
        let mut announced = false;
        let mut location: Option<Url> = None;
        self.record_operation(policy.operation.clone());
        loop {
            let gate = self.options.gate.as_deref();
            let round = match gate {
                Some(gate) => {
                    let (operation, sent) = (&policy.operation, attempts - 1);
                    let announced = std::mem::take(&mut announced);
                    Box::pin(self.pass(gate, started, operation, sent, announced)).await?
                }
                None => 0,
            };
            let auth_header = match self.credentials().ready() {
                Some(auth_header) => auth_header,
                None => Box::pin(self.auth_header()).await.map_err(Failure::Ours)?,
            };
            let activity = Activity::new();
            let mut request = match &mut template {
                Template::Made(maker) => {
                    let made = self.make_request(&mut **maker, &activity).await;
                    made.map_err(Failure::Ours)?
                }
                ready => ready.take().map_err(Failure::Ours)?,
            };
            if let Some(location) = &location {
                request.url_mut().clone_from(location);
            }
            let method = request.method().clone();
            let resends = attempts - 1 + redirects;
            let (response, requests, span) = self.start(request, &policy, &auth_header, resends)?;
            let exchange = self.exchange(response, &policy, &activity, requests, &span);
            let outcome = trace::within(&span, exchange).await;
            // Its time is that of the attempt, without the wait that may follow.
            trace::ended(span, &outcome);

            let remaining = Remaining {
                retry: self.retry(),
                started,
                ends: self.ends,
                attempts,
                redirects,
                replayable: template.is_replayable(),
                credentials: self.credentials(),
                auth_header: &auth_header,
                token_refreshed,
                gate,
                round,
            };
            match next_step(&outcome, &method, &policy, &remaining) {
                NextStep::Done { note: None } => return outcome,
                NextStep::Done { note: Some(note) } => return self.with_note(outcome, note),
                NextStep::Redirect(target) => {
                    location = Some(target);
                    redirects += 1;
                }
                NextStep::RefreshToken => {
                    self.report_retry(outcome, &policy.operation, attempts, Duration::ZERO);
                    token_refreshed = true;
                    attempts += 1;
                }
                NextStep::Retry { wait, at_gate } => {
                    self.report_retry(outcome, &policy.operation, attempts, wait);
                    announced = at_gate;
                    if !at_gate {
                        tokio::time::sleep(wait).await;
                    }
                    attempts += 1;
                }
            }
        }
    }

    /// Makes the request of an attempt within the limits of the call: a file system may take any time to open a file.
    async fn make_request(
        &self,
        maker: &mut dyn MakeRequest,
        activity: &Activity,
    ) -> Result<reqwest::Request> {
        let made = pin!(maker.make(&self.connection.http, activity.clone()));
        let made = pin!(within_idle_timeout(self.idle(), activity, made));
        match until(self.ends, made).await? {
            Ok(made) => made,
            Err(stalled) => Err(self.stalled(&stalled)),
        }
    }

    /// Adds to an outcome why the call ends with it.
    fn with_note(&self, outcome: Outcome, note: Cow<'static, str>) -> Outcome {
        match outcome {
            Ok(mut response) => {
                note_on(&mut response, note);
                Ok(response)
            }
            Err(failure) => {
                let error = self.error_of_failure(failure);
                Err(Failure::Ours(error.with_note(&note)))
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::TcpListener;
    use std::pin::Pin;

    use http::Method;

    use super::super::options::CallOptions;
    use super::*;

    /// Makes a request, or something else.
    struct Making(Option<Duration>, Url);

    impl MakeRequest for Making {
        fn make(
            &mut self,
            _: &reqwest::Client,
            _: Activity,
        ) -> Pin<Box<dyn Future<Output = Result<reqwest::Request>> + Send + '_>> {
            Box::pin(async {
                match self.0 {
                    // As a file of a slow disk does.
                    Some(blocking) => std::thread::sleep(blocking),
                    None => std::future::pending().await,
                }
                Ok(reqwest::Request::new(Method::POST, self.1.clone()))
            })
        }

        fn is_replayable(&self) -> bool {
            true
        }
    }

    #[tokio::test]
    async fn to_make_a_request_counts_and_nothing_is_sent_after_the_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let host = format!("http://{}", listener.local_addr().unwrap());
        let client = crate::Client::builder()
            .api_host(&host)
            .api_key("key")
            .build()
            .unwrap();
        let deadline = Duration::from_millis(30);
        for blocking in [None, Some(2 * deadline)] {
            let mut options = CallOptions::default();
            options.deadline = Some(deadline);
            let session = client.session(options);
            let policy = RequestPolicy {
                operation: "test".into(),
                idempotent: true,
                expected: Expected::Any,
            };
            let making = Making(blocking, session.url("/x"));
            let outcome = session.send(Template::Made(Box::new(making)), policy).await;
            let error = session.success(outcome).unwrap_err();
            assert!(error.is_timeout(), "{error:?}");
            assert_eq!(
                (error.operation(), error.attempts()),
                (Some("test"), 0),
                "{error:?}"
            );
        }
        assert!(listener.accept().is_err(), "something was sent");
    }
}
