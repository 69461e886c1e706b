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

    println!("from {from} to {to}: {:?}", copy(&rokka, &from, &to).await?);
    Ok(())
}

/// Copies all images with their metadata; returns the numbers of outcomes.
async fn copy(rokka: &Client, from: &str, to: &str) -> rokka::Result<BTreeMap<String, u64>> {
    let images = rokka.source_images(from)?;
    let mut copies = images.bulk().copy(images.search(), to).concurrency(4);
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
    Ok(counts)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rokka::{Source, SubjectArea};

    use super::*;

    #[tokio::test]
    async fn images_arrive_with_their_metadata() {
        let builder = Emulator::builder().organization("acme");
        let emulator = builder.organization("backup").start().await;
        emulator.seed_images("acme", 249);
        let rokka = emulator.client().unwrap();
        let images = rokka.source_images("acme").unwrap();
        let source = Source::bytes("cat.txt", "a cat").user_metadata("int:sku", 42);
        let cat = images.upload(source).await.unwrap();
        let area = SubjectArea::new(1, 2, 3, 4);
        let cat = images
            .set_subject_area(cat.hash, area)
            .delete_previous()
            .await
            .unwrap();

        let counts = copy(&rokka, "acme", "backup").await.unwrap();
        assert_eq!(counts, BTreeMap::from([("Created".to_owned(), 250)]));
        let copies = rokka.source_images("backup").unwrap();
        let copy_of_cat = copies.get(&cat.hash).await.unwrap();
        assert_eq!(copy_of_cat.name, "cat.txt");
        assert_eq!(copy_of_cat.user_metadata.get_int("sku"), Some(42));
        let area = copy_of_cat.dynamic_metadata.subject_area().unwrap();
        assert_eq!((area.x, area.width), (1, 3));
        assert_eq!(copies.search().limit(0).await.unwrap().total, 250);
        // A second run changes nothing.
        let again = copy(&rokka, "acme", "backup").await.unwrap();
        assert_eq!(again.values().sum::<u64>(), 250);
        assert_eq!(copies.search().limit(0).await.unwrap().total, 250);
    }
}
