//! The token of a client: requested, refreshed, stored and dropped, once for however many calls.
//!
//! A refresh runs in a task of its own, so that no caller's deadline or cancellation ends it. While the current token, or
//! the key, is still good, calls use that; otherwise they wait for the refresh, each within its own deadline. The store
//! is called by another task, see [`StoreQueue`].

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};

use super::background::{Running, heartbeat};
use super::create::token_query;
use super::held::{ALLOWANCE, Held};
use super::policy::Tokens;
use super::store_queue::StoreQueue;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::transport::auth::{AuthHeader, BoxFuture, Caller, Credentials, ManagedCredentials};

/// The longest wait of a call for a token while it could use the key.
const GRACE: Duration = Duration::from_secs(5);

/// The limit of the wait after the first failed refresh; it doubles with every further one.
const FIRST_BACKOFF: Duration = Duration::from_secs(10);

/// The limit of the wait after any failed refresh, unless the service asks for a longer one.
const LONGEST_BACKOFF: Duration = Duration::from_secs(300);

/// The longest wait that the service may ask for.
const LONGEST_REQUESTED_WAIT: Duration = Duration::from_secs(3600);

/// How long a refresh waits for the store if there is something else to obtain a token with.
const STORE_LIMIT: Duration = Duration::from_secs(2);

/// How long a refresh waits for the store if nothing else has a token.
const ONLY_STORE_LIMIT: Duration = Duration::from_secs(30);

/// Refreshes without an outcome that a call waits for before it fails.
const LOST_REFRESHES: u32 = 3;

/// Tokens that are remembered after their time, because a late response may repeat them.
const REMEMBERED: usize = 16;

/// Keeps a token ready for every call.
#[derive(Clone)]
pub(super) struct TokenManager(Arc<Inner>);

struct Inner {
    key: Option<Key>,
    tokens: Tokens,
    store: Option<StoreQueue>,
    state: Mutex<State>,
}

struct Key {
    secret: Secret,
    header: AuthHeader,
}

#[derive(Default)]
struct State {
    held: Option<Arc<Held>>,
    /// The refresh that runs. It may have been lost with its runtime.
    refresh: Option<Refresh>,
    /// Counts the refreshes that were started.
    refreshes: u64,
    /// Whether the service refused the key itself the last time, so that it does not stand in for a token.
    key_refused: bool,
    /// Refreshes that failed in a row.
    failures: u32,
    /// No refresh runs in the background before this.
    not_before: Option<Instant>,
    /// Seconds by which the clock of the service is ahead of ours, as far as is known.
    ahead: i64,
    /// The last tokens before this one.
    former: VecDeque<Former>,
}

struct Refresh {
    number: u64,
    started: Instant,
    task: Running,
    /// What it fails with.
    failure: Arc<OnceLock<Error>>,
}

struct Failure {
    error: Error,
    key_refused: bool,
}

/// A token that was replaced or refused.
struct Former {
    token: Secret,
    header: HeaderValue,
    refused: bool,
}

/// How a call is authenticated.
enum Plan {
    /// Uses this header.
    Use(AuthHeader),
    /// Uses this header, while a refresh runs in the background if it is due.
    UseAndRefresh(AuthHeader),
    /// Waits for a refresh, and uses this header if that takes too long.
    Wait(Option<AuthHeader>),
}

impl State {
    /// Unix time at the service, in seconds.
    fn now(&self) -> i64 {
        chrono::Utc::now().timestamp().saturating_add(self.ahead)
    }

    fn replace(&mut self, held: Held) {
        self.retire(false);
        self.held = Some(Arc::new(held));
    }

    fn retire(&mut self, refused: bool) {
        if let Some(held) = self.held.take() {
            self.former.push_front(Former {
                token: held.token.clone(),
                header: held.header.clone(),
                refused,
            });
            self.former.truncate(REMEMBERED);
        }
    }

    /// Whether a refresh may start in the background now.
    fn is_refresh_due(&self) -> bool {
        match &self.refresh {
            Some(refresh) => !refresh.task.is_alive(),
            None => self
                .not_before
                .is_none_or(|moment| Instant::now() >= moment),
        }
    }

    /// Counts a failed refresh, and sets when the next one may start in the background.
    fn back_off(&mut self, requested: Option<Duration>) {
        self.failures = self.failures.saturating_add(1);
        let doubled = 2u32.saturating_pow(self.failures.saturating_sub(1));
        let limit = FIRST_BACKOFF.saturating_mul(doubled).min(LONGEST_BACKOFF);
        let wait = limit.mul_f64(0.5 + fastrand::f64() / 2.0);
        let requested = requested.unwrap_or_default().min(LONGEST_REQUESTED_WAIT);
        self.not_before = Instant::now().checked_add(wait.max(requested));
    }

    /// Notes the end of a refresh that ended without saying so.
    fn settle(&mut self) {
        if self.refresh.take_if(|it| !it.task.is_alive()).is_some() {
            self.back_off(None);
        }
    }
}

impl TokenManager {
    pub(super) fn new(
        tokens: Tokens,
        key: Option<Credentials>,
        token: Option<&Secret>,
    ) -> Result<Self> {
        let held = token.map(Held::given).transpose()?;
        let key = match key {
            Some(Credentials::ApiKey(secret, value)) => Some(Key {
                secret,
                header: AuthHeader::ApiKey(value),
            }),
            _ => None,
        };
        let store = tokens.store.clone().map(StoreQueue::new);
        Ok(Self(Arc::new(Inner {
            key,
            tokens,
            store,
            state: Mutex::new(State {
                held: held.map(Arc::new),
                ..State::default()
            }),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The credentials of a request for a token.
    fn requester(&self, header: AuthHeader) -> Arc<Credentials> {
        Arc::new(Credentials::Managed(Box::new(Requester {
            header,
            manager: self.clone(),
        })))
    }

    fn refreshes_ahead(&self) -> bool {
        !self.0.tokens.refresh_before.is_zero()
    }

    fn plan(&self, state: &State) -> Plan {
        let key = || {
            let key = self.0.key.as_ref().filter(|_| !state.key_refused);
            key.map(|key| key.header.clone())
        };
        let wait = |fallback: Option<AuthHeader>| match fallback {
            // Earlier calls have waited in vain.
            Some(fallback) if state.failures > 0 => Plan::UseAndRefresh(fallback),
            fallback => Plan::Wait(fallback),
        };
        let Some(held) = &state.held else {
            return wait(key());
        };
        let now = state.now();
        let requested = i64::try_from(self.0.tokens.refresh_before.as_secs()).unwrap_or(i64::MAX);
        let Some(left) = held
            .left(now)
            .filter(|left| *left <= held.refresh_before(requested))
        else {
            return Plan::Use(held.auth_header());
        };
        let renewable = self.refreshes_ahead() && held.is_renewable(now);
        if left > 0 {
            return if self.0.key.is_some() || renewable {
                Plan::UseAndRefresh(held.auth_header())
            } else {
                Plan::Use(held.auth_header())
            };
        }
        // It has ended, as far as the clocks agree. One that nothing can replace is used for a while.
        let late = || (left > -ALLOWANCE && !renewable).then(|| held.auth_header());
        match self.0.key {
            Some(_) => wait(key()),
            None if self.0.store.is_some() => wait(late()),
            None => late().map_or(Plan::Wait(None), Plan::Use),
        }
    }

    /// Starts a refresh, unless one runs. `None` if there is no runtime for it.
    #[inline]
    fn start<'a>(&self, state: &'a mut State, caller: &dyn Caller) -> Option<&'a Refresh> {
        state.settle();
        if state.refresh.is_none() {
            let runtime = Handle::try_current().ok()?;
            let (heartbeat, task) = heartbeat();
            state.refreshes += 1;
            let number = state.refreshes;
            let failure = Arc::default();
            let (manager, caller) = (self.clone(), caller.detached());
            let shared = Arc::clone(&failure);
            runtime.spawn(async move {
                heartbeat
                    .run(manager.refresh(number, &*caller, &shared))
                    .await;
            });
            state.refresh = Some(Refresh {
                number,
                started: Instant::now(),
                task,
                failure,
            });
        }
        state.refresh.as_ref()
    }

    /// The header of a call. One refresh serves all that wait, and its failure is theirs.
    async fn header(&self, caller: &dyn Caller) -> Result<AuthHeader> {
        if let Some(store) = &self.0.store {
            store.resume();
        }
        let mut awaited: Option<(u64, Arc<OnceLock<Error>>)> = None;
        let mut awaited_refreshes = 0;
        loop {
            let (mut task, refresh, limit, fallback) = {
                let mut state = self.state();
                if let Some((number, failure)) = &awaited {
                    if let Some(error) = failure.get() {
                        // The key may do in place of the token.
                        return match self.plan(&state) {
                            Plan::Use(header) | Plan::UseAndRefresh(header) => Ok(header),
                            Plan::Wait(_) => Err(error.repeat()),
                        };
                    }
                    // A new token is used, however short it lives.
                    if let Some(held) = state.held.as_ref().filter(|it| it.refresh >= *number) {
                        return Ok(held.auth_header());
                    }
                }
                if awaited_refreshes == LOST_REFRESHES {
                    let text = "the token refresh was lost: its runtime has ended or does not run";
                    return Err(Error::new(ErrorKind::Interrupted, text));
                }
                let fallback = match self.plan(&state) {
                    Plan::Use(header) => return Ok(header),
                    Plan::UseAndRefresh(header) => {
                        state.settle();
                        if state.is_refresh_due() {
                            self.start(&mut state, caller);
                        }
                        return Ok(header);
                    }
                    Plan::Wait(fallback) => fallback,
                };
                let Some(refresh) = self.start(&mut state, caller) else {
                    let text = "a token refresh needs a Tokio runtime: await the call on one";
                    return Err(Error::new(ErrorKind::Configuration, text));
                };
                // With a fallback, half of a call's time is left for the call itself.
                let half = caller.time_left().map_or(GRACE, |left| left / 2);
                let limit = refresh
                    .started
                    .checked_add(GRACE)
                    .into_iter()
                    .chain(Instant::now().checked_add(half))
                    .min();
                let shared = (refresh.number, Arc::clone(&refresh.failure));
                (refresh.task.clone(), shared, limit, fallback)
            };
            match (fallback, limit) {
                (Some(fallback), Some(limit)) => {
                    if timeout_at(limit, task.ended()).await.is_err() {
                        return Ok(fallback);
                    }
                }
                _ => task.ended().await,
            }
            awaited = Some(refresh);
            awaited_refreshes += 1;
        }
    }

    async fn refresh(&self, number: u64, caller: &dyn Caller, failure: &OnceLock<Error>) {
        let outcome = self.try_refresh(number, caller).await;
        let mut state = self.state();
        // One that had stalled may end after those that took its place.
        let replaced = state.refreshes != number;
        match outcome {
            Ok(()) if !replaced => {
                state.failures = 0;
                state.key_refused = false;
                state.not_before = None;
            }
            Err(failed) => {
                if !replaced {
                    state.back_off(failed.error.retry_after());
                    state.key_refused = failed.key_refused;
                }
                // Nobody else sets it.
                drop(failure.set(failed.error));
            }
            Ok(()) => {}
        }
        if !replaced {
            state.refresh = None;
        }
    }

    async fn try_refresh(&self, number: u64, caller: &dyn Caller) -> Result<(), Failure> {
        let failed = |error: Error, key_refused: bool| Failure { error, key_refused };
        let alternative = self.0.key.is_some() || self.renewable().is_some();
        match self.load(alternative).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) => return Err(failed(error, false)),
        }
        let mut refusal = None;
        if let Some(held) = self.renewable() {
            match self.request(number, caller, held.auth_header(), true).await {
                Ok(()) => return Ok(()),
                Err(error) if error.is_unauthorized() => {
                    self.drop_token(&held.header);
                    refusal = Some(error);
                }
                // The token is not renewed, but stays valid until it expires.
                Err(error) if error.is_forbidden() => {
                    let mut state = self.state();
                    let current = state.held.take_if(|current| current.header == held.header);
                    if current.is_some() {
                        state.held = Some(Arc::new(held.not_renewable()));
                    }
                    refusal = Some(error);
                }
                // The key would be sent to the same endpoint.
                Err(error) if !rejects_request(&error) => return Err(failed(error, false)),
                Err(error) => refusal = Some(error),
            }
        }
        let Some(key) = &self.0.key else {
            let error = refusal.unwrap_or_else(|| {
                let text = "no valid token, and no API key to request one with: set `ClientBuilder::api_key`";
                Error::new(ErrorKind::Configuration, text)
            });
            return Err(failed(error, false));
        };
        let requested = self.request(number, caller, key.header.clone(), false);
        requested.await.map_err(|error| {
            let key_refused = rejects_request(&error);
            failed(error, key_refused)
        })
    }

    /// The token in memory, if it can be exchanged for a new one.
    fn renewable(&self) -> Option<Arc<Held>> {
        let state = self.state();
        let held = state.held.clone();
        held.filter(|held| self.refreshes_ahead() && held.is_renewable(state.now()))
    }

    /// Takes the token of the store if it is better than the one in memory. Returns whether no other one is needed then.
    async fn load(&self, alternative: bool) -> Result<bool> {
        let Some(store) = &self.0.store else {
            return Ok(false);
        };
        let found = if alternative {
            // One that still saves has nothing new, and one that hangs never will.
            if store.is_busy() {
                return Ok(false);
            }
            store.load(STORE_LIMIT).await.ok().flatten()
        } else {
            store.load(ONLY_STORE_LIMIT).await.map_err(|_| {
                let limit = ONLY_STORE_LIMIT.as_secs();
                let text = format!("the token store has not responded for {limit} s");
                Error::new(ErrorKind::Timeout, text)
            })?
        };
        // A token that does not fit into a header is ignored.
        let Some(found) = found.and_then(|token| Held::given(&token).ok()) else {
            return Ok(false);
        };
        let mut state = self.state();
        let now = state.now();
        let refused = |former: &Former| former.refused && former.header == found.header;
        if state.former.iter().any(refused) {
            return Ok(false);
        }
        match &state.held {
            Some(held) if !found.outlasts(held, now) => return Ok(false),
            _ => state.replace(found),
        }
        Ok(matches!(self.plan(&state), Plan::Use(_)))
    }

    /// Requests a token, and keeps it.
    async fn request(
        &self,
        number: u64,
        caller: &dyn Caller,
        header: AuthHeader,
        renewable: bool,
    ) -> Result<()> {
        let tokens = &self.0.tokens;
        let query = token_query(&tokens.valid_from, tokens.lifetime, Some(renewable))?;
        let issued = caller.request_token(self.requester(header), query).await?;
        let here = chrono::Utc::now().timestamp();
        let ahead = issued.date.map_or(0, |date| date.saturating_sub(here));
        let there = here.saturating_add(ahead);
        let held = Held::issued(&issued, there, number)?;
        let mut state = self.state();
        if state.refreshes != number {
            return Ok(());
        }
        // In this order under one lock, so that the store hears of tokens as they come.
        if let Some(store) = &self.0.store {
            store.save(held.token.clone());
        }
        state.ahead = ahead;
        state.replace(held);
        Ok(())
    }

    /// Drops a token that the service refused, unless there is another one by now.
    fn drop_token(&self, header: &HeaderValue) {
        let mut state = self.state();
        match &state.held {
            Some(held) if held.header == *header => {
                if let Some(store) = &self.0.store {
                    store.remove(held.token.clone());
                }
                state.retire(true);
            }
            _ => {
                let former = state.former.iter_mut();
                for former in former.filter(|former| former.header == *header) {
                    former.refused = true;
                }
            }
        }
    }
}

impl ManagedCredentials for TokenManager {
    fn ready(&self) -> Option<AuthHeader> {
        if self.0.store.as_ref().is_some_and(StoreQueue::is_abandoned) {
            return None;
        }
        let state = self.state();
        match self.plan(&state) {
            Plan::Use(header) => Some(header),
            Plan::UseAndRefresh(header) if !state.is_refresh_due() => Some(header),
            Plan::UseAndRefresh(_) | Plan::Wait(_) => None,
        }
    }

    #[inline]
    fn obtain<'a>(&'a self, caller: &'a dyn Caller) -> BoxFuture<'a, Result<AuthHeader>> {
        Box::pin(self.header(caller))
    }

    fn refused(&self, header: &HeaderValue) -> bool {
        self.drop_token(header);
        let state = self.state();
        let refreshing = || {
            let refresh = state.refresh.as_ref();
            refresh.is_some_and(|refresh| refresh.task.is_alive())
        };
        self.0.key.is_some() || state.held.is_some() || refreshing()
    }

    #[inline]
    fn secrets(&self) -> Vec<Secret> {
        let state = self.state();
        let held = state.held.iter().map(|held| held.token.clone());
        let former = state.former.iter().map(|former| former.token.clone());
        let key = self.0.key.iter().map(|key| key.secret.clone());
        held.chain(former).chain(key).collect()
    }

    fn for_tokens(&self) -> Option<Arc<Credentials>> {
        let key = self.0.key.as_ref().map(|key| key.header.clone());
        let held = || self.state().held.as_ref().map(|held| held.auth_header());
        Some(match key.or_else(held) {
            Some(header) => self.requester(header),
            None => Arc::new(Credentials::None),
        })
    }

    fn flush(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if let Some(store) = &self.0.store {
                store.flush().await;
            }
        })
    }
}

/// The credentials of a request for a token: fixed, but with all secrets of the manager hidden in what it fails with.
struct Requester {
    header: AuthHeader,
    manager: TokenManager,
}

impl ManagedCredentials for Requester {
    fn ready(&self) -> Option<AuthHeader> {
        Some(self.header.clone())
    }

    fn obtain<'a>(&'a self, _: &'a dyn Caller) -> BoxFuture<'a, Result<AuthHeader>> {
        Box::pin(std::future::ready(Ok(self.header.clone())))
    }

    fn refused(&self, _: &HeaderValue) -> bool {
        false
    }

    fn secrets(&self) -> Vec<Secret> {
        self.manager.secrets()
    }

    fn for_tokens(&self) -> Option<Arc<Credentials>> {
        None
    }

    fn flush(&self) -> BoxFuture<'_, ()> {
        self.manager.flush()
    }
}

/// Whether the service rejected the request itself, so that its credentials do not help. Any other error is a failure of the
/// endpoint.
fn rejects_request(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Status => error
            .status()
            .is_some_and(|status| status.is_client_error() && !error.is_retryable()),
        ErrorKind::InvalidInput | ErrorKind::Configuration => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn failed_refreshes_back_off() {
        let mut state = State::default();
        assert!(state.is_refresh_due());
        for limit in [10, 20, 40, 80, 160, 300, 300] {
            let now = Instant::now();
            state.back_off(None);
            let wait = state.not_before.map(|moment| moment - now);
            let within = Duration::from_secs(limit / 2)..Duration::from_secs(limit + 1);
            assert!(wait.is_some_and(|wait| within.contains(&wait)), "{wait:?}");
            assert!(!state.is_refresh_due());
        }
        let now = Instant::now();
        state.back_off(Some(Duration::from_secs(1000)));
        let wait = state.not_before.map(|moment| moment - now);
        assert!(wait.is_some_and(|wait| wait >= Duration::from_secs(1000)));
        state.back_off(Some(Duration::MAX));
        let wait = state.not_before.map(|moment| moment - now);
        assert!(wait.is_some_and(|wait| wait < Duration::from_secs(3700)));
    }
}
