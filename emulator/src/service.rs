//! The state of an emulator, and the way of a request through it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use httpmock::HttpMockRequest;

use super::account_routes;
use super::accounts::Accounts;
use super::organization::Organization;
use super::recorded_request::RecordedRequest;
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::{rendering, routes, seed, users};

pub(crate) struct Service {
    api_key: String,
    signing_key: String,
    state: Mutex<State>,
}

struct State {
    organizations: BTreeMap<String, Organization>,
    accounts: Accounts,
    /// Responses to the next requests, instead of those of the handlers.
    queued: VecDeque<Response>,
    requests: Vec<RecordedRequest>,
}

impl State {
    /// Adds the image store of a new organization.
    fn ensure_organization(&mut self, organization: Option<&str>) {
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
                queued: VecDeque::new(),
                requests: Vec::new(),
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

    /// Handles a request to the API.
    pub(crate) fn handle(&self, request: &HttpMockRequest) -> Response {
        self.handle_request(Request::read(request))
    }

    /// Handles a decoded request to the API; `None` stands for one that cannot be decoded.
    pub(crate) fn handle_request(&self, request: Option<Request>) -> Response {
        self.respond(request, |state, request| {
            if let Some(queued) = state.queued.pop_front() {
                return Ok(queued);
            }
            if let Some(response) = routes::public(request) {
                return Ok(response);
            }
            let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
            if let ("POST", ["users"]) = (request.method.as_str(), path.as_slice()) {
                let (response, organization) = users::create(&mut state.accounts, request)?;
                state.ensure_organization(organization.as_deref());
                return Ok(response);
            }
            let caller = state.accounts.authenticate(request)?;
            let accounts = &mut state.accounts;
            if let Some(result) =
                account_routes::handle(accounts, &caller, request, &self.signing_key)
            {
                if let ["organizations", name] = path.as_slice()
                    && result.is_ok()
                {
                    state.ensure_organization(Some(*name));
                }
                return result;
            }
            account_routes::authorize(accounts, &caller, request)?;
            routes::handle(&mut state.organizations, request, &self.signing_key)
        })
    }

    /// Handles a request to the render host.
    pub(crate) fn render(&self, request: &HttpMockRequest) -> Response {
        self.respond(Request::read(request), |state, request| {
            rendering::render(&state.organizations, request, &self.signing_key)
        })
    }

    fn respond(
        &self,
        request: Option<Request>,
        handler: impl FnOnce(&mut State, &Request) -> HandlerResult,
    ) -> Response {
        let Some(request) = request else {
            return Response::bad_request("The URL is invalid or not UTF-8");
        };
        let mut state = self.state();
        state.requests.push(RecordedRequest::of(&request));
        handler(&mut state, &request).unwrap_or_else(|error| error)
    }

    /// Advances the clock.
    pub(crate) fn advance(&self, time: std::time::Duration) {
        let mut state = self.state();
        let time = chrono::TimeDelta::from_std(time).unwrap_or_default();
        state.accounts.clock_offset = state
            .accounts
            .clock_offset
            .checked_add(&time)
            .unwrap_or_default();
    }

    pub(crate) fn queue_responses(&self, count: usize, response: &Response) {
        let mut state = self.state();
        state
            .queued
            .extend(std::iter::repeat_n(response.clone(), count));
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.state().requests.clone()
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
