//! What one emulator knows, and how it takes a request.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use httpmock::HttpMockRequest;

use super::account_routes;
use super::accounts::Accounts;
use super::answer::{Answer, Reply};
use super::call::Call;
use super::journal::RecordedRequest;
use super::organization::Organization;
use super::{rendering, routes, seed, users};

pub(crate) struct Service {
    api_key: String,
    signing_key: String,
    state: Mutex<State>,
}

struct State {
    organizations: BTreeMap<String, Organization>,
    accounts: Accounts,
    planned: VecDeque<Answer>,
    journal: Vec<RecordedRequest>,
}

impl State {
    /// Makes room for the images of a new organization.
    fn add_missing(&mut self, organization: Option<&str>) {
        if let Some(name) = organization {
            let new = || Organization::new(name);
            self.organizations
                .entry(name.to_owned())
                .or_insert_with(new);
        }
    }
}

impl Service {
    pub(crate) fn new(api_key: String, signing_key: String, organizations: &[String]) -> Self {
        let accounts = Accounts::new(api_key.clone(), organizations);
        let organizations = organizations
            .iter()
            .map(|name| (name.clone(), Organization::new(name)))
            .collect();
        Self {
            api_key,
            signing_key,
            state: Mutex::new(State {
                organizations,
                accounts,
                planned: VecDeque::new(),
                journal: Vec::new(),
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn api_key(&self) -> &str {
        &self.api_key
    }

    pub(crate) fn signing_key(&self) -> &str {
        &self.signing_key
    }

    /// Answers a call of the API.
    pub(crate) fn answer(&self, request: &HttpMockRequest) -> Answer {
        self.answer_call(Call::read(request))
    }

    /// The same, once it is read; `None` if it could not be.
    pub(crate) fn answer_call(&self, call: Option<Call>) -> Answer {
        self.reply(call, |state, call| {
            if let Some(planned) = state.planned.pop_front() {
                return Err(planned);
            }
            if let Some(answer) = routes::public(call) {
                return Ok(answer);
            }
            let path: Vec<&str> = call.segments.iter().map(String::as_str).collect();
            if let ("POST", ["users"]) = (call.method.as_str(), path.as_slice()) {
                let (answer, organization) = users::create(&mut state.accounts, call)?;
                state.add_missing(organization.as_deref());
                return Ok(answer);
            }
            let caller = state.accounts.identify(call)?;
            let accounts = &mut state.accounts;
            if let Some(reply) = account_routes::answer(accounts, &caller, call, &self.signing_key)
            {
                if let ["organizations", name] = path.as_slice()
                    && reply.is_ok()
                {
                    state.add_missing(Some(*name));
                }
                return reply;
            }
            account_routes::authorize(accounts, &caller, call)?;
            routes::answer(&mut state.organizations, call, &self.signing_key)
        })
    }

    /// Answers a request to the render host.
    pub(crate) fn render(&self, request: &HttpMockRequest) -> Answer {
        self.reply(Call::read(request), |state, call| {
            rendering::render(&state.organizations, call, &self.signing_key)
        })
    }

    fn reply(&self, call: Option<Call>, reply: impl FnOnce(&mut State, &Call) -> Reply) -> Answer {
        let Some(call) = call else {
            return Answer::bad_request("The URL cannot be read");
        };
        let mut state = self.state();
        state.journal.push(RecordedRequest::of(&call));
        reply(&mut state, &call).unwrap_or_else(|refusal| refusal)
    }

    /// Puts the clock forward.
    pub(crate) fn advance(&self, time: std::time::Duration) {
        let mut state = self.state();
        let time = chrono::TimeDelta::from_std(time).unwrap_or_default();
        state.accounts.ahead = state.accounts.ahead.checked_add(&time).unwrap_or_default();
    }

    pub(crate) fn plan(&self, count: usize, answer: &Answer) {
        let mut state = self.state();
        state
            .planned
            .extend(std::iter::repeat_n(answer.clone(), count));
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.state().journal.clone()
    }

    pub(crate) fn seed_images(&self, organization: &str, count: usize) -> Vec<String> {
        let mut state = self.state();
        state.accounts.ensure_organization(organization);
        let organization = state
            .organizations
            .entry(organization.to_owned())
            .or_insert_with_key(|name| Organization::new(name));
        seed::seed(organization, count)
    }
}
