//! Stores tokens between runs, or between processes.

use std::future::Future;
use std::pin::Pin;

use crate::secret::Secret;

/// What a [`TokenStore`] returns.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Stores a client's token where the caller wants it: in a file, a database, a session. Passed to
/// [`Tokens::store`](crate::Tokens::store).
///
/// The client loads a token when it has none, and before each refresh, because another process that shares the store may
/// have refreshed it. It saves every token that it obtains, in their order, and clears the store when the token in it was
/// refused.
///
/// A background task of its own calls the store, one method at a time, so a slow store delays no call. Nothing waits for
/// `save`. A refresh waits 2 s at most for `load`, or 30 s where neither a key nor a renewable token can help, and does not
/// load from a store that is still busy with something else; a `load` that takes longer is cancelled. The methods must not block their thread; use
/// [`tokio::task::spawn_blocking`] for blocking I/O. The client goes on without a store that fails or panics; to report
/// the failure is up to the store.
///
/// At shutdown a token that was just obtained may not be saved yet: await
/// [`Client::flush_token_store`](crate::Client::flush_token_store) before the runtime ends. What a runtime that ended has
/// left behind is saved when the client is used on another one.
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
    /// Returns the stored token, if there is one. The client ignores one that was refused before.
    fn load(&self) -> StoreFuture<'_, Option<Secret>>;

    /// Stores a token in place of the one before; `None` clears the store, because the token in it was refused.
    fn save(&self, token: Option<Secret>) -> StoreFuture<'_, ()>;
}
