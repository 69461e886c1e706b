//! Replaces an API key by a new one: makes it, checks it, and deletes the old one.
//!
//! `cargo run --example rotate_api_key --features testing` needs no account: it talks to an in-memory rokka. With
//! `ROKKA_API_KEY` set it uses the real service; it then makes a key, checks it, and deletes only that new one again.

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
    println!("In use: key {}", old.id);

    let made = rokka
        .user()
        .create_api_key()
        .comment("made by the example rotate_api_key")
        .await?;
    let Some(secret) = made.api_key.clone() else {
        return Err("the service did not tell the new key".into());
    };
    println!(
        "Made:   key {} ({} characters)",
        made.id,
        secret.expose().len()
    );

    let renewed = base()?.api_key(secret).build()?;
    if !renewed.check_credentials().await?.is_valid() {
        return Err("the new key does not work; the old one was kept".into());
    }
    println!("Checked: the new key works");

    // Here a program would put the new key where it keeps the old one, before it deletes that one.
    if real {
        rokka.user().delete_api_key(&made.id).await?;
        println!("Deleted the new key again, because nobody has kept it");
    } else {
        renewed.user().delete_api_key(&old.id).await?;
        println!("Deleted the old key");
        println!("Keys now: {}", renewed.user().api_keys().await?.len());
        let refused = rokka.user().get().await;
        println!(
            "The old one: {}",
            refused
                .err()
                .map_or_else(String::new, |error| error.to_string())
        );
    }
    Ok(())
}
