//! How a client works by tokens.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::manager::TokenManager;
use super::store::TokenStore;
use super::valid_from::ValidFrom;
use crate::auth::Credentials;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// How a client works by tokens; given to [`ClientBuilder::tokens`](crate::ClientBuilder::tokens).
///
/// The client gets a token by its key, or has been given one, or finds one in the [store](Self::store). It renews the
/// token before it ends, once however many calls wait for it: by the token itself if that is renewable, else by the
/// key. A token that the service refuses is dropped, here and in the store, and with a key the refused call is sent
/// once more with a new token. While no token can be had because the service does not answer, the key itself is sent.
///
/// Without a key, a renewal that fails fails the calls that wait for it; the token that was to be renewed is not sent
/// with them. A token that cannot be renewed is used until it ends.
///
/// The clock of this computer need not be right: what the service says about the time when it gives a token is taken
/// into account, and a token that is not replaceable is not given up before it has ended for a minute.
///
/// ```
/// use std::time::Duration;
/// use rokka::{Client, Tokens, ValidFrom};
///
/// let tokens = Tokens::new(ValidFrom::caller())
///     .lifetime(Duration::from_secs(3600))
///     .renew_before(Duration::from_secs(300));
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
    pub(super) renew_before: Duration,
    pub(super) store: Option<Arc<dyn TokenStore>>,
}

impl Tokens {
    /// Tokens that may be used from these addresses.
    pub fn new(valid_from: ValidFrom) -> Self {
        Self {
            valid_from,
            lifetime: None,
            renew_before: Duration::from_secs(3600),
            store: None,
        }
    }

    /// How long a token lives, in whole seconds (default: as the service does, a day). That of a renewed one cannot be
    /// longer than what the first one had.
    #[doc(alias = "apiTokenExpires")]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// How long before its end a token is renewed (default an hour, but never more than half of its lifetime). Zero
    /// switches renewal ahead off: a new token is got by the key when the old one has ended or was refused.
    #[doc(alias = "apiTokenRefreshTime")]
    pub fn renew_before(mut self, time: Duration) -> Self {
        self.renew_before = time;
        self
    }

    /// Keeps tokens here too (default: in memory only).
    pub fn store(mut self, store: impl TokenStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// What a client of such tokens sends.
    pub(crate) fn credentials(
        self,
        key: Option<&Secret>,
        token: Option<&Secret>,
    ) -> Result<Credentials> {
        if key.is_none() && token.is_none() && self.store.is_none() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "there is nothing to get tokens with: no key, no token and no store",
            ));
        }
        self.valid_from
            .query()
            .and_then(|_| super::create::seconds(self.lifetime))
            .map_err(|error| Error::new(ErrorKind::Configuration, error.message().into_owned()))?;
        let key = key.map(Credentials::api_key).transpose()?;
        Ok(Credentials::Tokens(Box::new(TokenManager::new(
            self, key, token,
        )?)))
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("valid_from", &self.valid_from)
            .field("lifetime", &self.lifetime)
            .field("renew_before", &self.renew_before)
            .field("store", &self.store.is_some())
            .finish()
    }
}
