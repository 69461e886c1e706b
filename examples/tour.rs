//! The main job from start to end: upload, subject area, protection, search, download, signed render URL.
//!
//! `cargo run --example tour --features testing` needs no account: it talks to an in-memory rokka. With
//! `ROKKA_API_KEY` and `ROKKA_ORGANIZATION` set it uses the real service, and deletes what it has uploaded.

use std::error::Error;
use std::time::{Duration, SystemTime};

use futures_util::TryStreamExt;
use rokka::render::{Operation, SigningKey};
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, Source, SourceImages, SubjectArea, field};

const PICTURE: &[u8] = include_bytes!("assets/sailing-boat.jpg");
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Who is talked to, and as whom.
struct Place {
    rokka: Client,
    organization: String,
    signing_key: Option<SigningKey>,
    /// Stays alive as long as it is needed.
    emulator: Option<Emulator>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let place = place().await?;
    let images = place.rokka.source_images(&place.organization)?;

    step("1. Upload a picture, with a name and two fields of metadata");
    let uploaded = images
        .upload(Source::bytes("sailing-boat.jpg", PICTURE))
        .user_metadata("title", "A sailing boat")
        .user_metadata("int:tour", 1)
        .await?;
    println!(
        "   {} is {} x {} pixels, {} bytes",
        uploaded.name, uploaded.width, uploaded.height, uploaded.size
    );
    println!("   hash {}", uploaded.hash);

    step("2. Say what matters in it: the boat");
    let boat = SubjectArea::new(165, 210, 75, 90);
    let image = images
        .set_subject_area(&uploaded.hash, boat)
        .delete_previous()
        .await?;
    println!(
        "   hash {}  (it stands for the bytes and the subject area)",
        image.hash
    );

    step("3. Protect it: renderings now need a signed URL");
    let image = images
        .set_protected(&image.hash, true)
        .delete_previous()
        .await?;
    println!("   hash {}  (protected: {})", image.hash, image.protected);

    step("4. Find it again, page by page");
    if place.emulator.is_none() {
        println!("   waiting 10 s for the search index of the service");
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    find(&images).await?;

    step("5. Download the original");
    let bytes = images.download(&image.hash).bytes().await?;
    println!(
        "   {} bytes, {}",
        bytes.len(),
        if bytes == PICTURE {
            "the same as uploaded"
        } else {
            "NOT the same"
        }
    );

    step("6. Render it: a URL that works until tomorrow");
    let url = place.rokka.render(&place.organization, &image.hash)?;
    let square = [
        Operation::new("resize").option("width", 300),
        Operation::new("crop")
            .option("width", 200)
            .option("height", 200),
    ];
    let url = url.dynamic(square).format("jpg");
    match &place.signing_key {
        Some(key) => println!("   {}", url.sign(key).until(SystemTime::now() + DAY).url()?),
        None => println!(
            "   {}  (sign it with the key that the organization lists)",
            url.url()?
        ),
    }

    step("7. Delete it (it can be restored for 30 days)");
    images.delete(&image.hash).await?;
    let gone = images.get(&image.hash).await;
    println!(
        "   {}",
        gone.err()
            .map_or("still there".to_owned(), |error| error.to_string())
    );
    Ok(())
}

/// Pages of two images each, so that there is more than one.
async fn find(images: &SourceImages) -> rokka::Result<()> {
    let search = images
        .search()
        .filter(field::user_int("tour").equals(1))
        .filter(field::WIDTH.at_least(400))
        .sort(field::CREATED.descending())
        .limit(2);
    let mut pages = search.pages();
    let mut number = 0;
    while let Some(page) = pages.try_next().await? {
        number += 1;
        println!("   page {number} of {} images", page.total);
        for image in &page.items {
            println!("     {}  {}", image.short_hash, image.name);
        }
    }
    Ok(())
}

async fn place() -> Result<Place, Box<dyn Error>> {
    let key = std::env::var("ROKKA_API_KEY").ok();
    let organization = std::env::var("ROKKA_ORGANIZATION").ok();
    if let (Some(_), Some(organization)) = (key, organization) {
        println!("Using the organization {organization} of the real service.");
        return Ok(Place {
            rokka: Client::from_env()?,
            organization,
            signing_key: std::env::var("ROKKA_SIGNING_KEY")
                .ok()
                .map(SigningKey::from),
            emulator: None,
        });
    }
    println!(
        "Using an in-memory rokka; set ROKKA_API_KEY and ROKKA_ORGANIZATION for the real one."
    );
    let emulator = Emulator::start().await;
    let rokka = emulator.client()?;
    let images = emulator.source_images()?;
    // Some company, so that there is something to search through.
    for number in 1..=4u8 {
        let name = format!("harbour-{number}.jpg");
        let mut picture = PICTURE.to_vec();
        picture.push(number);
        images
            .upload(Source::bytes(name, picture))
            .user_metadata("int:tour", number % 2)
            .await?;
    }
    Ok(Place {
        rokka,
        organization: emulator.organization().to_owned(),
        signing_key: Some(SigningKey::from(emulator.signing_key())),
        emulator: Some(emulator),
    })
}

fn step(text: &str) {
    println!("\n{text}");
}
