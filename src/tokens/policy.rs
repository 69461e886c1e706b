//! How a client obtains, refreshes and stores tokens.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::manager::TokenManager;
use super::store::TokenStore;
use super::valid_from::ValidFrom;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::transport::auth::Credentials;

/// Authenticates a client with short-lived tokens; passed to [`ClientBuilder::tokens`](crate::ClientBuilder::tokens).
///
/// The client requests a token with its key, or starts with one that the caller or the [store](Self::store) has. It
/// refreshes the token before it expires: with the token itself if that is renewable, else with the key.
///
/// **One refresh serves all calls.** It runs in a task of its own, which no call's deadline or cancellation ends. While
/// the current token is valid, calls use it and the refresh runs in the background. Without a valid token a call waits
/// for the refresh, within its own deadline. With a key it waits for 5 s at most, or for half of the time that is
/// left to it, and then uses the key itself; it does so at once while refreshes fail because the endpoint does not
/// respond.
///
/// **Failures.** A failed background refresh is repeated at the earliest after a random wait of 5 to 10 s, which doubles
/// with every further failure up to 5 minutes, or after the wait that `Retry-After` requests. A refresh that calls wait for, because
/// there is neither a valid token nor a key, is started by every call that finds none running, and its failure is theirs.
/// An expired token is not sent instead. A token that the service refuses is dropped, here and in the store, and with a
/// key the refused call is retried once with a new token. A token that the service does not refresh, or that is not
/// renewable, is used until it expires.
///
/// **Clocks.** The clock of this computer need not be right: the `Date` of the response with the token is taken into
/// account, and a token that is not replaceable is given up a minute after it has expired, not earlier.
///
/// ```
/// use std::time::Duration;
/// use rokka::{Client, Tokens, ValidFrom};
///
/// let tokens = Tokens::new(ValidFrom::caller())
///     .lifetime(Duration::from_secs(3600))
///     .refresh_before(Duration::from_secs(300));
/// let rokka = Client::builder().api_key("your key").tokens(tokens).build()?;
/// # Ok::<(), rokka::Error>(())
/// ```
///
/// [Reference](https://rokka.io/documentation/guides/authentication.html).
#[derive(Clone)]
#[must_use]
pub struct Tokens {
    pub(super) valid_from: ValidFrom,
    pub(super) lifetime: Option<Duration>,
    pub(super) refresh_before: Duration,
    pub(super) store: Option<Arc<dyn TokenStore>>,
}

impl Tokens {
    /// Returns the default configuration, with tokens that are valid from these addresses.
    pub fn new(valid_from: ValidFrom) -> Self {
        Self {
            valid_from,
            lifetime: None,
            refresh_before: Duration::from_secs(3600),
            store: None,
        }
    }

    /// Sets the lifetime of a token, in whole seconds (default: that of the service, a day). A token refreshed with another
    /// one cannot have a longer lifetime than the first.
    #[doc(alias = "apiTokenExpires")]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Sets how long before its expiry a token is refreshed (default: an hour, but at most half of its lifetime). Each token
    /// is refreshed up to a hundredth of that time later, so that many clients do not refresh at once. Zero disables
    /// refreshing ahead: the client requests a new token with the key when the current one has expired or was refused.
    #[doc(alias = "apiTokenRefreshTime")]
    pub fn refresh_before(mut self, time: Duration) -> Self {
        self.refresh_before = time;
        self
    }

    /// Stores tokens in this [`TokenStore`] too (default: in memory only).
    pub fn store(mut self, store: impl TokenStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Returns the credentials of a client with such tokens.
    #[inline]
    pub(crate) fn credentials(
        self,
        key: Option<&Secret>,
        token: Option<&Secret>,
    ) -> Result<Credentials> {
        if key.is_none() && token.is_none() && self.store.is_none() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "cannot obtain tokens: set an API key, a token or a token store",
            ));
        }
        super::create::token_query(&self.valid_from, self.lifetime, None)
            .map_err(|error| Error::new(ErrorKind::Configuration, error.message().into_owned()))?;
        let key = key.map(Credentials::api_key).transpose()?;
        let manager = TokenManager::new(self, key, token)?;
        Ok(Credentials::Managed(Box::new(manager)))
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("valid_from", &self.valid_from)
            .field("lifetime", &self.lifetime)
            .field("refresh_before", &self.refresh_before)
            .field("store", &self.store.is_some())
            .finish()
    }
}
