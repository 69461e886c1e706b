//! What one emulator knows, and how it takes a request.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use httpmock::HttpMockRequest;

use super::answer::{Answer, Reply};
use super::call::Call;
use super::journal::RecordedRequest;
use super::organization::Organization;
use super::{rendering, routes, seed};

pub(super) struct Service {
    api_key: String,
    signing_key: String,
    state: Mutex<State>,
}

struct State {
    organizations: BTreeMap<String, Organization>,
    planned: VecDeque<Answer>,
    journal: Vec<RecordedRequest>,
}

impl Service {
    pub(super) fn new(api_key: String, signing_key: String, organizations: &[String]) -> Self {
        let organizations = organizations
            .iter()
            .map(|name| (name.clone(), Organization::new(name)))
            .collect();
        Self {
            api_key,
            signing_key,
            state: Mutex::new(State {
                organizations,
                planned: VecDeque::new(),
                journal: Vec::new(),
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn api_key(&self) -> &str {
        &self.api_key
    }

    pub(super) fn signing_key(&self) -> &str {
        &self.signing_key
    }

    /// Answers a call of the API.
    pub(super) fn answer(&self, request: &HttpMockRequest) -> Answer {
        self.reply(request, |state, call| {
            if let Some(planned) = state.planned.pop_front() {
                return Err(planned);
            }
            if let Some(answer) = routes::public(call) {
                return Ok(answer);
            }
            self.check_credentials(call)?;
            routes::answer(&mut state.organizations, call, &self.signing_key)
        })
    }

    /// Answers a request to the render host.
    pub(super) fn render(&self, request: &HttpMockRequest) -> Answer {
        self.reply(request, |state, call| {
            rendering::render(&state.organizations, call, &self.signing_key)
        })
    }

    fn reply(
        &self,
        request: &HttpMockRequest,
        reply: impl FnOnce(&mut State, &Call) -> Reply,
    ) -> Answer {
        let Some(call) = Call::read(request) else {
            return Answer::bad_request("The URL cannot be read");
        };
        let mut state = self.state();
        state.journal.push(RecordedRequest::of(&call));
        reply(&mut state, &call).unwrap_or_else(|refusal| refusal)
    }

    fn check_credentials(&self, call: &Call) -> Result<(), Answer> {
        // With both, the Api-Key counts.
        let (given, status) = match (call.header("api-key"), call.header("authorization")) {
            (Some(key), _) => (Some(key), 403),
            (None, Some(header)) => {
                let token = header.strip_prefix("Bearer ");
                // A JWT has two dots, a key none.
                let is_jwt = token.is_some_and(|token| token.matches('.').count() == 2);
                (token, if is_jwt { 401 } else { 403 })
            }
            (None, None) => (None, 403),
        };
        if given == Some(&self.api_key) {
            Ok(())
        } else {
            Err(Answer::invalid_authentication(status))
        }
    }

    pub(super) fn plan(&self, count: usize, answer: &Answer) {
        let mut state = self.state();
        state
            .planned
            .extend(std::iter::repeat_n(answer.clone(), count));
    }

    pub(super) fn requests(&self) -> Vec<RecordedRequest> {
        self.state().journal.clone()
    }

    pub(super) fn seed_images(&self, organization: &str, count: usize) -> Vec<String> {
        let mut state = self.state();
        let organization = state
            .organizations
            .entry(organization.to_owned())
            .or_insert_with_key(|name| Organization::new(name));
        seed::seed(organization, count)
    }
}
