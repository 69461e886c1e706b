//! Where tokens are kept between runs, or between processes.

use std::future::Future;
use std::pin::Pin;

use crate::secret::Secret;

/// What a [`TokenStore`] answers with.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Keeps a client's token where the caller wants it: in a file, a database, a session. Given to
/// [`Tokens::store`](crate::Tokens::store).
///
/// It is asked for a token when the client has none, and told of every new one and of every one that was refused. One
/// of its methods runs at a time. What fails in a store is the store's to tell: the client goes on without it.
///
/// ```
/// use rokka::{Secret, StoreFuture, TokenStore};
/// use tokio::sync::Mutex;
///
/// #[derive(Default)]
/// struct InMemory(Mutex<Option<Secret>>);
///
/// impl TokenStore for InMemory {
///     fn load(&self) -> StoreFuture<'_, Option<Secret>> {
///         Box::pin(async move { self.0.lock().await.clone() })
///     }
///
///     fn save(&self, token: Option<Secret>) -> StoreFuture<'_, ()> {
///         Box::pin(async move { *self.0.lock().await = token })
///     }
/// }
/// ```
#[doc(alias = "apiTokenGetCallback")]
#[doc(alias = "apiTokenSetCallback")]
pub trait TokenStore: Send + Sync + 'static {
    /// The token that is kept, if there is one. One that was refused before is not used.
    fn load(&self) -> StoreFuture<'_, Option<Secret>>;

    /// Keeps a token in the place of the one before; `None` means that the one before is of no use any more.
    fn save(&self, token: Option<Secret>) -> StoreFuture<'_, ()>;
}
