//! Signed render URLs: made here, checked here, and made by the service.
//!
//! `cargo run --example signed_urls --features testing` needs no account: it talks to an in-memory rokka. With
//! `ROKKA_API_KEY`, `ROKKA_ORGANIZATION` and `ROKKA_SIGNING_KEY` set it uses those.

use std::error::Error;
use std::time::{Duration, SystemTime};

use rokka::Client;
use rokka::render::SigningKey;
use rokka::stacks::operations::Resize;
use rokka::testing::{Emulator, EmulatorExt};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Stays alive as long as it is needed.
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

    // Written and signed at once; nothing is sent.
    let url = rokka
        .render(&organization, "3f9a21")?
        .dynamic([Resize::to_width(400)])
        .format("webp")
        .sign(&key)
        .url()?;
    println!("for ever:  {url}");

    // A finished URL, for an hour. Times are rounded up, so that caches see few different URLs.
    let plain = format!("https://{organization}.rokka.io/card/3f9a21.jpg");
    let ends = SystemTime::now() + Duration::from_secs(60 * 60);
    let hour = rokka::render::Signer::new(&key).until(ends).sign(&plain)?;
    println!("an hour:   {hour}");

    // Whoever stands in front of the render host can check.
    let now = SystemTime::now();
    println!("checked:   {:?}", key.verify(&hour, now));
    println!(
        "tomorrow:  {:?}",
        key.verify(&hour, now + Duration::from_secs(24 * 60 * 60))
    );
    println!(
        "tampered:  {:?}",
        key.verify(&hour.replace("card", "large"), now)
    );

    // The service signs too, for those who do not have the key. Not meant for production.
    let signed = rokka.sign_url(&organization, plain)?.await?;
    println!("by rokka:  {}", signed.signed_url);
    Ok(())
}
