//! The token of a client: got, renewed and dropped, once for however many calls.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use http::header::DATE;
use tokio::time::Instant;

use super::create::CreateToken;
use super::policy::Tokens;
use crate::api::types::TokenPayload;
use crate::auth::{AuthHeader, Credentials};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::transport::Session;

/// As many seconds as two clocks may differ before a token is given up for its age alone.
const ALLOWANCE: i64 = 60;

/// How long the key goes in the place of a token before a token is asked for again.
const REST: Duration = Duration::from_secs(10);

/// Has a token ready for every call.
pub(crate) struct TokenManager {
    key: Option<Arc<Credentials>>,
    tokens: Tokens,
    /// Held by the one who gets a token.
    flight: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Arc<Held>>,
    /// Counts the attempts to get a token, so that who has waited for one does not repeat it.
    flights: u64,
    /// What the last one failed with.
    failure: Option<Error>,
    /// Until when the key goes in the place of a token.
    key_until: Option<Instant>,
    /// By how many seconds the clock of the service is ahead of ours, as far as is known.
    ahead: i64,
    /// The last token that was refused: a store may still have it.
    refused: Option<Secret>,
}

/// A token and what it says about itself.
struct Held {
    token: Secret,
    header: HeaderValue,
    credentials: Arc<Credentials>,
    /// `None` for what is no JSON Web Token, such as a key in the place of one.
    payload: Option<TokenPayload>,
    /// In seconds, as far as is known.
    lifetime: Option<i64>,
}

/// What to do about a call.
enum Plan {
    Send(AuthHeader),
    /// Get a token first.
    Get,
}

impl Held {
    fn new(token: &Secret, payload: Option<TokenPayload>, lifetime: Option<i64>) -> Result<Self> {
        let credentials = Credentials::bearer(token)?;
        let Credentials::Bearer(token, header) = &credentials else {
            return Err(Error::new(ErrorKind::Configuration, "this is no token"));
        };
        let made_for = payload.as_ref().and_then(|payload| payload.expt);
        let made_for = made_for.and_then(|seconds| i64::try_from(seconds).ok());
        Ok(Self {
            token: token.clone(),
            header: header.clone(),
            payload,
            lifetime: lifetime.into_iter().chain(made_for).min(),
            credentials: Arc::new(credentials),
        })
    }

    /// A token that somebody else got.
    fn given(token: &Secret) -> Result<Self> {
        Self::new(token, TokenPayload::decode_unverified(token).ok(), None)
    }

    fn is_renewable(&self) -> bool {
        self.payload
            .as_ref()
            .is_some_and(TokenPayload::is_renewable)
    }

    /// Seconds to its end, when it is `now` at the service.
    fn left(&self, now: i64) -> Option<i64> {
        let ends = i64::try_from(self.payload.as_ref()?.exp).unwrap_or(i64::MAX);
        Some(ends.saturating_sub(now))
    }
}

fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

impl TokenManager {
    pub(super) fn new(
        tokens: Tokens,
        key: Option<Credentials>,
        token: Option<&Secret>,
    ) -> Result<Self> {
        let held = token.map(Held::given).transpose()?;
        Ok(Self {
            key: key.map(Arc::new),
            tokens,
            flight: tokio::sync::Mutex::default(),
            state: Mutex::new(State {
                held: held.map(Arc::new),
                ..State::default()
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Texts that must not show in an error.
    pub(crate) fn texts(&self) -> Vec<Secret> {
        let state = self.state();
        let mut texts: Vec<Secret> = state.held.iter().map(|held| held.token.clone()).collect();
        texts.extend(state.refused.clone());
        drop(state);
        texts.extend(self.key.iter().flat_map(|key| key.texts()));
        texts
    }

    /// Who asks for a token, without one being got for it.
    pub(crate) fn for_tokens(&self) -> Arc<Credentials> {
        let held = || {
            self.state()
                .held
                .as_ref()
                .map(|held| held.credentials.clone())
        };
        let who = self.key.clone().or_else(held);
        who.unwrap_or_else(|| Arc::new(Credentials::None))
    }

    /// How many seconds before its end a token is renewed.
    fn renew_before(&self, held: &Held) -> i64 {
        let asked = i64::try_from(self.tokens.renew_before.as_secs()).unwrap_or(i64::MAX);
        // A short-lived token would else be renewed for every call.
        held.lifetime
            .map_or(asked, |lifetime| asked.min(lifetime / 2))
    }

    /// Whether a token can be exchanged for a new one now.
    fn renews(&self, held: &Held, ahead: i64) -> bool {
        !self.tokens.renew_before.is_zero()
            && held.is_renewable()
            && held
                .left(now().saturating_add(ahead))
                .is_some_and(|left| left > -ALLOWANCE)
    }

    fn plan(&self, state: &State) -> Plan {
        let by_key = || {
            let until = state.key_until?;
            let key = self.key.as_ref()?;
            (until > Instant::now()).then(|| key.proof_at_hand())?
        };
        let Some(held) = &state.held else {
            return by_key().map_or(Plan::Get, Plan::Send);
        };
        let token = || Plan::Send(AuthHeader::Bearer(held.header.clone()));
        let Some(left) = held.left(now().saturating_add(state.ahead)) else {
            return token();
        };
        if left > self.renew_before(held) {
            return token();
        }
        if self.key.is_some() || self.renews(held, state.ahead) {
            return by_key().map_or(Plan::Get, Plan::Send);
        }
        if left > -ALLOWANCE {
            token()
        } else {
            Plan::Get
        }
    }

    /// What goes with a call, if no token has to be got for it.
    pub(crate) fn proof_at_hand(&self) -> Option<AuthHeader> {
        match self.plan(&self.state()) {
            Plan::Send(proof) => Some(proof),
            Plan::Get => None,
        }
    }

    /// What goes with a call. One of those that wait gets a token for all of them, and its failure is theirs.
    pub(crate) async fn proof(&self, session: &Session) -> Result<AuthHeader> {
        let flights = {
            let state = self.state();
            if let Plan::Send(proof) = self.plan(&state) {
                return Ok(proof);
            }
            state.flights
        };
        let _flight = self.flight.lock().await;
        {
            let state = self.state();
            if let Plan::Send(proof) = self.plan(&state) {
                return Ok(proof);
            }
            if let Some(failure) = state.failure.as_ref().filter(|_| state.flights != flights) {
                return Err(failure.repeat());
            }
        }
        let outcome = self.get(session).await;
        let mut state = self.state();
        state.flights += 1;
        state.failure = outcome.as_ref().err().map(Error::repeat);
        outcome
    }

    async fn get(&self, session: &Session) -> Result<AuthHeader> {
        if let Some(proof) = self.load().await {
            return Ok(proof);
        }
        let (held, ahead) = {
            let state = self.state();
            (state.held.clone(), state.ahead)
        };
        let mut failure = None;
        if let Some(held) = held.filter(|held| self.renews(held, ahead)) {
            match self.ask(session, &held.credentials, true).await {
                Ok(proof) => return Ok(proof),
                Err(error) => {
                    if is_refused(&error) {
                        self.drop_token(&held.header).await;
                    }
                    failure = Some(error);
                }
            }
        }
        let Some(key) = &self.key else {
            self.drop_ended();
            return Err(failure.unwrap_or_else(|| {
                let text = "there is no valid token, and no key to get one with";
                Error::new(ErrorKind::Configuration, text)
            }));
        };
        match self.ask(session, key, false).await {
            Err(error) if error.is_retryable() => {
                self.state().key_until = Instant::now().checked_add(REST);
                key.proof_at_hand().ok_or(error)
            }
            Err(error) => {
                // A token that nobody has refused may be renewable the next time, where the key alone is not enough.
                if let Some(failure) = failure.filter(|failure| !is_refused(failure)) {
                    return Err(failure);
                }
                let held = self.state().held.clone();
                if let Some(held) = held.filter(|_| is_refused(&error)) {
                    self.drop_token(&held.header).await;
                }
                Err(error)
            }
            proof => proof,
        }
    }

    /// Takes the token of the store if there is none in memory. What goes with a call then, if it is good for one.
    async fn load(&self) -> Option<AuthHeader> {
        let store = self.tokens.store.as_ref()?;
        {
            let state = self.state();
            let ended = |held: &Arc<Held>| {
                let left = held.left(now().saturating_add(state.ahead));
                left.is_some_and(|left| left <= 0)
            };
            // Another process may have renewed one that has ended.
            if !state.held.as_ref().is_none_or(ended) {
                return None;
            }
        }
        let token = store.load().await?;
        let mut state = self.state();
        let is = |known: &Option<Secret>| {
            let known = known.as_ref();
            known.is_some_and(|known| known.expose() == token.expose().trim())
        };
        if is(&state.refused) {
            return None;
        }
        // What no header can hold is as good as none.
        state.held = Some(Arc::new(Held::given(&token).ok()?));
        match self.plan(&state) {
            Plan::Send(proof) => Some(proof),
            Plan::Get => None,
        }
    }

    /// Asks for a token, and keeps it.
    async fn ask(
        &self,
        session: &Session,
        who: &Arc<Credentials>,
        renewable: bool,
    ) -> Result<AuthHeader> {
        let mut call = CreateToken::new(self.tokens.valid_from.clone());
        call.lifetime = self.tokens.lifetime;
        call.renewable = Some(renewable);
        let answer = call.ask(&session.for_all(who.clone())).await?;
        let date = answer.headers().get(DATE);
        let date = date.and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok());
        let token = answer.into_inner();
        let ends = i64::try_from(token.payload.exp).unwrap_or(i64::MAX);
        let ahead = date.map_or(0, |date| date.timestamp().saturating_sub(now()));
        let lifetime = ends.saturating_sub(now().saturating_add(ahead)).max(0);
        let held = Held::new(&token.token, Some(token.payload), Some(lifetime))?;
        let (proof, token) = (AuthHeader::Bearer(held.header.clone()), held.token.clone());
        {
            let mut state = self.state();
            state.held = Some(Arc::new(held));
            state.ahead = ahead;
            state.key_until = None;
        }
        if let Some(store) = &self.tokens.store {
            store.save(Some(token)).await;
        }
        Ok(proof)
    }

    /// The service refused this token: it is dropped, unless there is another one by now. Whether there is one, or a
    /// key to get one with.
    pub(crate) async fn refused(&self, header: &HeaderValue) -> bool {
        let _flight = self.flight.lock().await;
        self.drop_token(header).await;
        self.key.is_some() || self.state().held.is_some()
    }

    async fn drop_token(&self, header: &HeaderValue) {
        {
            let mut state = self.state();
            match state.held.take_if(|held| held.header == *header) {
                Some(held) => state.refused = Some(held.token.clone()),
                None => return,
            }
        }
        if let Some(store) = &self.tokens.store {
            store.save(None).await;
        }
    }

    /// Forgets a token that has ended, so that the store is asked for a better one.
    fn drop_ended(&self) {
        let mut state = self.state();
        let now = now().saturating_add(state.ahead);
        state
            .held
            .take_if(|held| held.left(now).is_some_and(|left| left <= -ALLOWANCE));
    }
}

fn is_refused(error: &Error) -> bool {
    error.is_unauthorized() || error.is_forbidden()
}
