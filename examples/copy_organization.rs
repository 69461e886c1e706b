//! Copies every image of an organization to another one, 100 images in a request.
//!
//! `cargo run --example copy_organization` copies 250 images between two organizations of an in-memory emulator. With
//! `ROKKA_API_KEY` set, `cargo run --example copy_organization FROM TO` uses the real service; the key needs read access to the
//! first organization and write access to the second.

use std::collections::BTreeMap;
use std::error::Error;

use futures_util::StreamExt;
use rokka::Client;
use rokka::testing::{Emulator, EmulatorExt};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let builder = Emulator::builder();
    let emulator = builder
        .organization("acme")
        .organization("backup")
        .start()
        .await;
    let mut names = std::env::args().skip(1);
    let (rokka, from, to) = match (names.next(), names.next()) {
        (Some(from), Some(to)) => (Client::from_env()?, from, to),
        _ => {
            emulator.seed_images("acme", 250);
            (emulator.client()?, "acme".to_owned(), "backup".to_owned())
        }
    };

    let images = rokka.source_images(&from)?;
    let mut copies = images.bulk().copy(images.search(), &to).concurrency(4);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(item) = copies.next().await {
        match item.result {
            Ok(outcome) => *counts.entry(format!("{outcome:?}")).or_default() += 1,
            Err(error) => {
                eprintln!("{}: {error}", item.id);
                *counts.entry("Failed".to_owned()).or_default() += 1;
            }
        }
    }
    println!("from {from} to {to}: {counts:?}");
    Ok(())
}
