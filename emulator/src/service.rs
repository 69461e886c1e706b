//! The state of an emulator, and the way of a request through it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::accounts::{Accounts, Caller};
use super::clock::Clock;
use super::data_folder::{DataFolder, Originals};
use super::faults::Faults;
use super::journal::{Entry, Journal};
use super::log::Log;
use super::organization::Organization;
use super::recorded_request::RecordedRequest;
use super::rendering::{self, Engine, Prepared, Remote, RemoteFile, Rendering, World};
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::seed_folder::SeedFolder;
use super::settings::Settings;
use super::snapshot::Snapshot;
use super::start_error::StartError;
use super::{account_routes, mfa, routes, seed, upload, users};

pub(crate) struct Service {
    pub(crate) settings: Settings,
    pub(crate) faults: Faults,
    pub(crate) clock: Clock,
    pub(crate) engine: Arc<Engine>,
    pub(crate) remote: Remote,
    log: Option<Log>,
    originals: Option<Originals>,
    seed: Option<SeedFolder>,
    /// What a person should know about the start, a sentence each.
    pub(crate) notes: Vec<String>,
    state: Mutex<State>,
}

struct State {
    organizations: BTreeMap<String, Organization>,
    accounts: Accounts,
    /// Whether the accounts differ from those of the data folder.
    accounts_changed: bool,
    data: Option<DataFolder>,
    journal: Journal,
    snapshots: BTreeMap<String, Snapshot>,
}

/// Which host a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Api,
    /// The render host of an organization; without a name, of all.
    Render(Option<String>),
}

impl State {
    /// Adds the image store of a new organization.
    fn ensure_organization(&mut self, name: &str, clock: &Clock) -> &mut Organization {
        self.organizations
            .entry(name.to_owned())
            .or_insert_with(|| Organization::new(name, clock.clone()))
    }

    /// Writes what has changed to the data folder.
    fn save(&mut self) -> Result<(), Response> {
        let mut result = Ok(());
        for organization in self.organizations.values_mut() {
            if organization.changes.is_empty() {
                continue;
            }
            match &mut self.data {
                Some(data) if result.is_ok() => result = data.save(organization),
                Some(_) => {}
                None => organization.changes = super::organization::Changes::default(),
            }
        }
        if let Some(data) = &self.data
            && self.accounts_changed
            && result.is_ok()
        {
            result = data.save_accounts(&self.accounts);
        }
        match result {
            Ok(()) => {
                self.accounts_changed = false;
                Ok(())
            }
            Err(error) => Err(Response::broken(
                "The change could not be written to the data folder",
                &error,
            )),
        }
    }
}

impl Service {
    pub(crate) fn new(settings: Settings) -> Result<Self, StartError> {
        settings.check()?;
        let clock = Clock::default();
        let seed = match &settings.seed_folder {
            Some(folder) => Some(SeedFolder::read(folder)?),
            None => None,
        };
        let (data, loaded) = match &settings.data_folder {
            Some(folder) => {
                let (data, loaded) = DataFolder::open(folder, &clock)?;
                (Some(data), Some(loaded))
            }
            None => (None, None),
        };
        let mut notes = Vec::new();
        let mut organizations = BTreeMap::new();
        let mut accounts = None;
        if let Some(loaded) = loaded {
            organizations = loaded.organizations;
            accounts = loaded.accounts;
            notes = loaded.notes;
        }
        let mut accounts =
            accounts.unwrap_or_else(|| Accounts::new(&settings.api_key, clock.clone()));
        accounts.clock = clock.clone();
        let service = Self {
            originals: data.as_ref().map(|data| data.originals().clone()),
            engine: Arc::new(Engine::new(rendering::renderer())),
            remote: Remote::new(settings.fetches_anywhere),
            log: settings.logs.then(Log::default),
            settings,
            faults: Faults::default(),
            clock,
            seed,
            notes,
            state: Mutex::new(State {
                organizations,
                accounts,
                accounts_changed: true,
                data,
                journal: Journal::default(),
                snapshots: BTreeMap::new(),
            }),
        };
        {
            let mut state = service.state();
            service.set_up(&mut state);
            state
                .save()
                .map_err(|_| StartError::new("the data folder cannot be written"))?;
        }
        Ok(service)
    }

    /// Adds the organizations of the settings and the images of the seed folder.
    fn set_up(&self, state: &mut State) {
        state.accounts.set_owner_key(&self.settings.api_key);
        for name in &self.settings.organizations {
            state.accounts.ensure_organization(name);
            state.ensure_organization(name, &self.clock);
        }
        // Organizations can exist without images.
        let names: Vec<String> = state.accounts.organizations.keys().cloned().collect();
        for name in names {
            state.ensure_organization(&name, &self.clock);
        }
        let names: Vec<String> = state.organizations.keys().cloned().collect();
        for name in names {
            state.accounts.ensure_organization(&name);
        }
        let first = self.settings.first_organization();
        if let Ok(record) = state.accounts.organization_mut(first) {
            record.signing_key.clone_from(&self.settings.signing_key);
        }
        if let Some(seed) = &self.seed {
            seed.fill(state.ensure_organization(first, &self.clock));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn signing_key(&self, organization: &str) -> Option<String> {
        let state = self.state();
        let record = state.accounts.organization(organization).ok()?;
        Some(record.signing_key.clone())
    }

    /// Returns a code of the second factor that no user has used.
    pub(crate) fn totp_code(&self) -> String {
        mfa::unused_code(&self.state().accounts)
    }

    pub(crate) fn organizations(&self) -> Vec<String> {
        self.state().organizations.keys().cloned().collect()
    }

    pub(crate) fn has_organization(&self, name: &str) -> bool {
        self.state().organizations.contains_key(name)
    }

    /// Records a request, and returns its number for [`record_response`](Self::record_response).
    pub(crate) fn record(&self, request: &Request, host: &Host) -> u64 {
        self.state().journal.record(request, host)
    }

    /// Records the response to a request, and says what a rendering lacks.
    pub(crate) fn record_response(
        &self,
        number: u64,
        request: &Request,
        response: &Response,
        by_fault: bool,
    ) {
        self.state()
            .journal
            .set_response(number, response, by_fault);
        if let (Some(log), Some(unsupported)) = (&self.log, response.get(rendering::UNSUPPORTED)) {
            log.unsupported(request, unsupported);
        }
    }

    /// Handles a request to the API. Takes its time for a large upload.
    pub(crate) fn handle(&self, request: &Request) -> Response {
        self.handle_api(request).unwrap_or_else(|error| error)
    }

    fn handle_api(&self, request: &Request) -> HandlerResult {
        if let Some(response) = routes::public(request) {
            return Ok(response);
        }
        let mut state = self.state();
        let (is_upload, caller) = match self.begin(&mut state, request)? {
            Begun::Done(response) => return Ok(response),
            Begun::Upload(caller) => (true, caller),
            Begun::Other(caller) => (false, caller),
        };
        if is_upload {
            // Reading a form and hashing its files takes time, in which other requests go on.
            drop(state);
            let mut prepared = upload::prepare(request)?;
            if let Some(originals) = &self.originals {
                for image in prepared.images_mut() {
                    originals.keep(image).map_err(|error| {
                        Response::broken("The file could not be written", &error)
                    })?;
                }
            }
            state = self.state();
            let name = request.segments.get(1).map(String::as_str);
            let organization = name.and_then(|name| state.organizations.get_mut(name));
            let organization = organization.ok_or_else(|| Response::not_found("Organization"))?;
            let result = upload::store(organization, prepared);
            state.save()?;
            return result;
        }
        let State {
            organizations,
            accounts,
            ..
        } = &mut *state;
        let result = routes::handle(organizations, accounts, &caller, request);
        state.save()?;
        result
    }

    /// Handles requests on accounts, and checks the rights of the others.
    fn begin(&self, state: &mut State, request: &Request) -> Result<Begun, Response> {
        let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
        if let ("POST", ["users"]) = (request.method.as_str(), path.as_slice()) {
            let (response, organization) = users::create(&mut state.accounts, request)?;
            if let Some(name) = organization {
                state.ensure_organization(&name, &self.clock);
            }
            state.accounts_changed = true;
            state.save()?;
            return Ok(Begun::Done(response));
        }
        let caller = state.accounts.authenticate(request)?;
        if let Some(result) = account_routes::handle(&mut state.accounts, &caller, request) {
            if let ["organizations", name] = path.as_slice()
                && result.is_ok()
            {
                state.ensure_organization(name, &self.clock);
            }
            let changes = !matches!(request.method.as_str(), "GET" | "HEAD")
                || path == ["user", "apikeys", "token"];
            state.accounts_changed |= changes;
            state.save()?;
            return result.map(Begun::Done);
        }
        account_routes::authorize(&state.accounts, &caller, request)?;
        let is_upload = request.method == "POST" && matches!(path.as_slice(), ["sourceimages", _]);
        Ok(if is_upload {
            Begun::Upload(caller)
        } else {
            Begun::Other(caller)
        })
    }

    /// Plans the rendering of a request to the render host.
    pub(crate) fn prepare_rendering(
        &self,
        organization: Option<&str>,
        request: &Request,
        file: Option<&RemoteFile>,
    ) -> Result<Prepared, Response> {
        let state = self.state();
        let world = World {
            organizations: &state.organizations,
            accounts: &state.accounts,
            now: self.clock.now(),
        };
        world.prepare(organization, request, file)
    }

    /// Checks the rights of a request for the rendering of its file, and plans it.
    pub(crate) fn prepare_upload_rendering(
        &self,
        request: &Request,
    ) -> Result<Box<Rendering>, Response> {
        // Before the file is read.
        self.authorize(request)?;
        let file = rendering::upload_file(request)?;
        let state = self.state();
        rendering::prepare_upload(&state.organizations, request, &file)
    }

    fn authorize(&self, request: &Request) -> Result<(), Response> {
        let mut state = self.state();
        let caller = state.accounts.authenticate(request)?;
        account_routes::authorize(&state.accounts, &caller, request)
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        let state = self.state();
        let entries = state.journal.entries();
        entries.map(|entry| entry.request.clone()).collect()
    }

    /// Returns the journal from the oldest request to the latest.
    pub(crate) fn journal(&self) -> Vec<Entry> {
        self.state().journal.entries().cloned().collect()
    }

    /// Returns the latest requests that a condition accepts, the latest first.
    #[cfg(feature = "page")]
    pub(crate) fn latest_requests(
        &self,
        limit: usize,
        accepts: impl Fn(&Entry) -> bool,
    ) -> Vec<Entry> {
        let state = self.state();
        let latest = state.journal.entries().rev();
        latest
            .filter(|entry| accepts(entry))
            .take(limit)
            .cloned()
            .collect()
    }

    /// Handles a read of the API as its owner may do it, without recording it.
    #[cfg(feature = "page")]
    pub(crate) fn look(&self, target: &str) -> HandlerResult {
        let key = ("api-key".to_owned(), self.settings.api_key.clone());
        let request = Request::new("GET", target, vec![key], bytes::Bytes::new())
            .ok_or_else(|| Response::bad_request("The URL is invalid"))?;
        self.handle_api(&request)
    }

    /// Returns the aliases of an image.
    #[cfg(feature = "page")]
    pub(crate) fn aliases_of(&self, organization: &str, hash: &str) -> Vec<String> {
        let state = self.state();
        let aliases = state
            .organizations
            .get(organization)
            .map(Organization::aliases);
        aliases
            .into_iter()
            .flatten()
            .filter(|(_, known)| *known == hash)
            .map(|(alias, _)| alias.clone())
            .collect()
    }

    #[cfg(feature = "page")]
    pub(crate) fn protects_dynamic_stack(&self, organization: &str) -> bool {
        let state = self.state();
        state
            .accounts
            .organization(organization)
            .is_ok_and(|record| {
                record.options.get("protect_dynamic_stack") == Some(&serde_json::Value::Bool(true))
            })
    }

    pub(crate) fn clear_requests(&self) {
        self.state().journal.clear();
    }

    pub(crate) fn seed_images(
        &self,
        organization: &str,
        count: usize,
    ) -> Result<Vec<String>, Response> {
        let mut state = self.state();
        state.accounts.ensure_organization(organization);
        state.accounts_changed = true;
        let organization = state.ensure_organization(organization, &self.clock);
        let hashes = seed::seed(organization, count);
        state.save()?;
        Ok(hashes)
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let state = self.state();
        Snapshot::new(state.organizations.clone(), state.accounts.clone())
    }

    /// Returns to a snapshot. Requests, faults and the clock stay.
    pub(crate) fn restore(&self, snapshot: &Snapshot) -> Result<(), Response> {
        let (organizations, accounts) = snapshot.state();
        self.replace(organizations, accounts, |_| {})
    }

    /// Returns to the state after the start, without requests, faults, and snapshots, and with the real time.
    pub(crate) fn reset(&self) -> Result<(), Response> {
        self.faults.clear();
        self.engine.clear();
        self.remote.clear();
        self.clock.reset();
        let accounts = Accounts::new(&self.settings.api_key, self.clock.clone());
        self.replace(BTreeMap::new(), accounts, |state| {
            self.set_up(state);
            state.journal.clear();
            state.snapshots.clear();
        })
    }

    fn replace(
        &self,
        organizations: BTreeMap<String, Organization>,
        mut accounts: Accounts,
        set_up: impl FnOnce(&mut State),
    ) -> Result<(), Response> {
        // Clocks are shared, also those of a snapshot of another emulator.
        accounts.clock = self.clock.clone();
        let mut state = self.state();
        state.organizations = organizations;
        for organization in state.organizations.values_mut() {
            organization.set_clock(self.clock.clone());
        }
        state.accounts = accounts;
        set_up(&mut state);
        let State {
            organizations,
            accounts,
            data,
            ..
        } = &mut *state;
        if let Some(data) = data {
            data.replace(organizations, accounts).map_err(|error| {
                Response::broken("The state could not be written to the data folder", &error)
            })?;
        }
        state.save()
    }

    pub(crate) fn keep_snapshot(&self, name: &str) {
        let snapshot = self.snapshot();
        self.state().snapshots.insert(name.to_owned(), snapshot);
    }

    pub(crate) fn kept_snapshot(&self, name: &str) -> Option<Snapshot> {
        self.state().snapshots.get(name).cloned()
    }

    pub(crate) fn drop_snapshot(&self, name: &str) -> bool {
        self.state().snapshots.remove(name).is_some()
    }

    pub(crate) fn snapshot_names(&self) -> Vec<String> {
        self.state().snapshots.keys().cloned().collect()
    }
}

/// A request after the check of its rights.
enum Begun {
    Done(Response),
    Upload(Caller),
    Other(Caller),
}
