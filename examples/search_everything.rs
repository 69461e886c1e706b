//! Goes through every image of an organization, however many there are, and adds their sizes up by format.
//!
//! It talks to an in-memory rokka with 12,000 images, or to the real service when `ROKKA_API_KEY` and
//! `ROKKA_ORGANIZATION` are set.

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

    // One page is in work while the next one comes in; there are never more than these two.
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
            // Keep this to go on from here another day, with `search().cursor(..)`.
            println!("  next: {cursor}");
        }
    }
    for (format, (count, bytes)) in formats {
        println!("{format}: {count} images, {bytes} bytes");
    }
    Ok(())
}
