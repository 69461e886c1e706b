//! Opens a connection before the first call needs it.

use std::borrow::Cow;
use std::sync::Arc;

use http::Method;

use crate::call::Run;
use crate::error::Result;
use crate::request::MakeAny;
use crate::transport::auth::Credentials;
use crate::transport::{Expected, RequestPolicy, Session, Template};

/// A request whose response does not matter.
#[derive(Debug)]
pub(crate) struct Connect;

impl Run for Connect {
    type Output = ();

    async fn run(self, session: Session) -> Result<()> {
        let session = session.acting_as(Arc::new(Credentials::None));
        let policy = RequestPolicy {
            operation: Cow::Borrowed("HEAD /"),
            idempotent: true,
            expected: Expected::Nothing,
        };
        let request = MakeAny::new(Method::HEAD, session.url("/"));
        let outcome = session
            .send(Template::Made(Box::new(request)), policy)
            .await;
        match outcome {
            Ok(_) => Ok(()),
            Err(failure) => Err(session.error_of_failure(failure)),
        }
    }
}
