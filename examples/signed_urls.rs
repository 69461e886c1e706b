//! Signs render URLs locally, verifies them, and lets the service sign one.
//!
//! `cargo run --example signed_urls` uses an in-memory emulator and needs no account. With `ROKKA_API_KEY`, `ROKKA_ORGANIZATION`
//! and `ROKKA_SIGNING_KEY` set, it uses the real service.

use std::error::Error;
use std::time::{Duration, SystemTime};

use rokka::Client;
use rokka::render::SigningKey;
use rokka::stacks::operations::Resize;
use rokka::testing::{Emulator, EmulatorExt};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Keeps the emulator running.
    let emulator;
    let variable = |name: &str| std::env::var(name).ok();
    let real = (
        variable("ROKKA_API_KEY"),
        variable("ROKKA_ORGANIZATION"),
        variable("ROKKA_SIGNING_KEY"),
    );
    let (rokka, organization, key) = if let (Some(_), Some(organization), Some(key)) = real {
        (Client::from_env()?, organization, SigningKey::from(key))
    } else {
        emulator = Emulator::start().await;
        let key = SigningKey::from(emulator.signing_key());
        let organization = emulator.organization().to_owned();
        (emulator.client()?, organization, key)
    };

    // Build and sign a URL; this sends nothing.
    let url = rokka
        .render(&organization, "3f9a21")?
        .dynamic([Resize::to_width(400)])
        .format("webp")
        .sign(&key)
        .url()?;
    println!("unlimited: {url}");

    // Sign an existing URL for an hour. The expiry is rounded up, so that caches see fewer different URLs.
    let plain = format!("https://{organization}.rokka.io/card/3f9a21.jpg");
    let expiry = SystemTime::now() + Duration::from_secs(60 * 60);
    let hour = rokka::render::Signer::new(&key)
        .until(expiry)
        .sign(&plain)?;
    println!("one hour:  {hour}");

    // A proxy in front of the render host can verify signatures.
    let now = SystemTime::now();
    println!("now:       {:?}", key.verify(&hour, now));
    println!(
        "tomorrow:  {:?}",
        key.verify(&hour, now + Duration::from_secs(24 * 60 * 60))
    );
    println!(
        "tampered:  {:?}",
        key.verify(&hour.replace("card", "large"), now)
    );

    // The service signs URLs too, without the key on this side. Not meant for production.
    let signed = rokka.sign_url(&organization, plain).await?;
    println!("by rokka:  {}", signed.signed_url);
    Ok(())
}
