//! Rotates an API key: creates a new one, checks it, and deletes the old one.
//!
//! `cargo run --example rotate_api_key` uses an in-memory emulator and needs no account. With `ROKKA_API_KEY` set, it uses the
//! real service, and deletes the new key instead of the old one.

use std::error::Error;

use rokka::testing::Emulator;
use rokka::{Client, ClientBuilder};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let real = std::env::var_os("ROKKA_API_KEY").is_some();
    let emulator = Emulator::start().await;
    let base = || -> rokka::Result<ClientBuilder> {
        if real {
            ClientBuilder::from_env()
        } else {
            let builder = Client::builder().api_host(emulator.url());
            Ok(builder.api_key(emulator.api_key()))
        }
    };
    let rokka = base()?.build()?;
    let old = rokka.user().current_api_key().await?;
    println!("In use:  key {}", old.id);

    let created = rokka
        .user()
        .create_api_key()
        .comment("created by the example rotate_api_key")
        .await?;
    let Some(secret) = created.api_key.clone() else {
        return Err("the response does not contain the new key".into());
    };
    println!(
        "Created: key {} ({} characters)",
        created.id,
        secret.expose().len()
    );

    let rotated = base()?.api_key(secret).build()?;
    if !rotated.check_credentials().await?.is_valid() {
        return Err("the new key does not work; keeping the old one".into());
    }
    println!("Checked: the new key works");

    // A real program stores the new key here, before it deletes the old one.
    if real {
        rokka.user().delete_api_key(&created.id).await?;
        println!("Deleted the new key, because nothing has stored it");
    } else {
        rotated.user().delete_api_key(&old.id).await?;
        println!("Deleted the old key");
        println!("Keys left: {}", rotated.user().api_keys().await?.len());
        let refused = rokka.user().get().await;
        println!(
            "A call with the old key: {}",
            refused
                .err()
                .map_or_else(String::new, |error| error.to_string())
        );
    }
    Ok(())
}
