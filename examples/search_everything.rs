//! Reads every image of an organization, page by page, and sums up their sizes by format.
//!
//! `cargo run --example search_everything` uses an in-memory emulator with 12,000 images. With `ROKKA_API_KEY` and
//! `ROKKA_ORGANIZATION` set, it uses the real service.

use std::collections::BTreeMap;
use std::error::Error;

use futures_util::TryStreamExt;
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, field};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::start().await;
    let images = match std::env::var("ROKKA_ORGANIZATION") {
        Ok(organization) => Client::from_env()?.source_images(organization)?,
        Err(_) => {
            emulator.seed_images("acme", 12_000);
            emulator.source_images()?
        }
    };

    // Fetches the next page while this loop processes the current one; memory never holds more than these two.
    let mut pages = images.search().sort(field::CREATED.descending()).pages();
    let mut formats: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut seen = 0;
    while let Some(page) = pages.try_next().await? {
        seen += page.items.len();
        for image in page.items {
            let (count, bytes) = formats.entry(image.format).or_default();
            *count += 1;
            *bytes += image.size;
        }
        println!("{seen} of {}", page.total);
        if let Some(cursor) = pages.cursor() {
            // Store the cursor to continue later with `search().cursor(..)`.
            println!("  next: {cursor}");
        }
    }
    for (format, (count, bytes)) in formats {
        println!("{format}: {count} images, {bytes} bytes");
    }
    Ok(())
}
