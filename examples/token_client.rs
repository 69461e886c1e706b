//! Authenticates with short-lived tokens, which the client requests, refreshes and stores.
//!
//! `cargo run --example token_client` uses an in-memory emulator and needs no account. With `ROKKA_API_KEY` set, it uses the real
//! service.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rokka::testing::Emulator;
use rokka::{
    Client, ClientBuilder, Secret, StoreFuture, TokenPayload, TokenStore, Tokens, ValidFrom,
};

/// Stores the token in memory; a real program uses a file or a database.
#[derive(Clone, Default)]
struct Store(Arc<Mutex<Option<Secret>>>);

impl Store {
    fn get(&self) -> Option<Secret> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl TokenStore for Store {
    fn load(&self) -> StoreFuture<'_, Option<Secret>> {
        Box::pin(async move { self.get() })
    }

    fn save(&self, token: Option<Secret>) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            match &token {
                Some(_) => println!("   (stored a new token)"),
                None => println!("   (removed the refused token)"),
            }
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = token;
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = Store::default();
    let tokens = Tokens::new(ValidFrom::caller())
        .lifetime(Duration::from_secs(3600))
        .refresh_before(Duration::from_secs(300))
        .store(store.clone());
    let emulator = if std::env::var_os("ROKKA_API_KEY").is_some() {
        None
    } else {
        println!("Using the emulator; set ROKKA_API_KEY to use the real service.");
        Some(Emulator::start().await)
    };
    let builder = match &emulator {
        Some(emulator) => Client::builder()
            .api_host(emulator.url())
            .api_key(emulator.api_key()),
        None => ClientBuilder::from_env()?,
    };
    let rokka = builder.tokens(tokens).build()?;

    println!("1. The first call requests a token with the API key");
    println!("   user {}", rokka.user().get().await?.user_id);
    rokka.flush_token_store().await;
    if let Some(token) = store.get() {
        let payload = TokenPayload::decode_unverified(&token)?;
        println!(
            "   the token expires in {} s",
            payload.time_left().as_secs()
        );
    }

    println!("2. The next call uses the token");
    println!("   {} memberships", rokka.user().memberships().await?.total);

    if let Some(emulator) = &emulator {
        println!("3. Two hours later the token has expired; the call requests a new one");
        emulator.advance_clock(Duration::from_secs(7200));
        println!("   user {}", rokka.user().get().await?.user_id);
        let requests = emulator.requests();
        let token_requests = requests
            .iter()
            .filter(|request| request.path.ends_with("/token"));
        println!(
            "   {} requests, {} of them for tokens",
            requests.len(),
            token_requests.count()
        );
    }
    Ok(())
}
