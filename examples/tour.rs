//! Uploads an image, sets its subject area, protects it, finds it, downloads it, signs a render URL, and saves a rendering.
//!
//! `cargo run --example tour` uses an in-memory emulator and needs no account. With `ROKKA_API_KEY` and `ROKKA_ORGANIZATION`
//! set, it uses the real service and deletes what it uploads.

use std::error::Error;
use std::time::{Duration, SystemTime};

use futures_util::TryStreamExt;
use rokka::render::{Operation, SigningKey};
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, Source, SourceImages, SubjectArea, field};

const IMAGE: &[u8] = include_bytes!("assets/sailing-boat.jpg");
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The service to use, and the credentials for it.
struct Service {
    rokka: Client,
    organization: String,
    signing_key: Option<SigningKey>,
    /// Keeps the emulator running.
    emulator: Option<Emulator>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = service().await?;
    let images = service.rokka.source_images(&service.organization)?;

    step("1. Upload an image with two fields of user metadata");
    let uploaded = images
        .upload(Source::bytes("sailing-boat.jpg", IMAGE))
        .user_metadata("title", "A sailing boat")
        .user_metadata("int:tour", 1)
        .await?;
    println!(
        "   {} is {} x {} pixels, {} bytes",
        uploaded.name, uploaded.width, uploaded.height, uploaded.size
    );
    println!("   hash {}", uploaded.hash);

    step("2. Set the subject area: the boat");
    let boat = SubjectArea::new(165, 210, 75, 90);
    let image = images
        .set_subject_area(&uploaded.hash, boat)
        .delete_previous()
        .await?;
    println!(
        "   hash {}  (identifies the bytes with the subject area)",
        image.hash
    );

    step("3. Protect the image: renderings now require a signed URL");
    let image = images
        .set_protected(&image.hash, true)
        .delete_previous()
        .await?;
    println!("   hash {}  (protected: {})", image.hash, image.protected);

    step("4. Search, page by page");
    if service.emulator.is_none() {
        println!("   waiting 10 s for the search index");
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    find(&images).await?;

    step("5. Download the original");
    let bytes = images.download(&image.hash).bytes().await?;
    println!(
        "   {} bytes, {}",
        bytes.len(),
        if bytes == IMAGE {
            "the same as uploaded"
        } else {
            "NOT the same"
        }
    );

    step("6. Sign a render URL that expires tomorrow");
    let url = service.rokka.render(&service.organization, &image.hash)?;
    let url = url.dynamic(square()).format("jpg");
    match &service.signing_key {
        Some(key) => println!("   {}", url.sign(key).until(SystemTime::now() + DAY).url()?),
        None => println!("   {}  (set ROKKA_SIGNING_KEY to sign it)", url.url()?),
    }

    step("7. Render a picture, and save it");
    let path = std::env::temp_dir().join("rokka-tour.jpg");
    let rendering = service
        .rokka
        .render_upload(&service.organization, Source::bytes("boat.jpg", IMAGE))
        .dynamic(square())
        .format("jpg");
    let length = rendering.to_file(&path).overwrite().await?;
    let size = imagesize::size(&path)?;
    println!(
        "   {} is {} x {} pixels, {length} bytes",
        path.display(),
        size.width,
        size.height
    );

    step("8. Delete the image (it can be restored for 30 days)");
    images.delete(&image.hash).await?;
    let gone = images.get(&image.hash).await;
    println!(
        "   {}",
        gone.err()
            .map_or("not deleted".to_owned(), |error| error.to_string())
    );
    Ok(())
}

/// Operations that make a square of the middle of a picture.
fn square() -> [Operation; 2] {
    [
        Operation::new("resize").option("width", 300),
        Operation::new("crop")
            .option("width", 200)
            .option("height", 200),
    ]
}

/// Prints the matching images, two a page.
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
        println!("   page {number}, {} images in total", page.total);
        for image in &page.items {
            println!("     {}  {}", image.short_hash, image.name);
        }
    }
    Ok(())
}

async fn service() -> Result<Service, Box<dyn Error>> {
    let key = std::env::var("ROKKA_API_KEY").ok();
    let organization = std::env::var("ROKKA_ORGANIZATION").ok();
    if let (Some(_), Some(organization)) = (key, organization) {
        println!("Using the organization {organization} of the real service.");
        return Ok(Service {
            rokka: Client::from_env()?,
            organization,
            signing_key: std::env::var("ROKKA_SIGNING_KEY")
                .ok()
                .map(SigningKey::from),
            emulator: None,
        });
    }
    println!(
        "Using the emulator; set ROKKA_API_KEY and ROKKA_ORGANIZATION to use the real service."
    );
    let emulator = Emulator::start().await;
    let rokka = emulator.client()?;
    let images = emulator.source_images()?;
    // More images to search through.
    for number in 1..=4u8 {
        let name = format!("harbour-{number}.jpg");
        let mut bytes = IMAGE.to_vec();
        bytes.push(number);
        images
            .upload(Source::bytes(name, bytes))
            .user_metadata("int:tour", number % 2)
            .await?;
    }
    Ok(Service {
        rokka,
        organization: emulator.organization().to_owned(),
        signing_key: Some(SigningKey::from(emulator.signing_key())),
        emulator: Some(emulator),
    })
}

fn step(text: &str) {
    println!("\n{text}");
}
