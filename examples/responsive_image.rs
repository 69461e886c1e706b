//! Uploads an image and prints responsive HTML for it: `srcset`, `sizes` and `<picture>`.
//!
//! `cargo run --example responsive_image` uses an in-memory emulator and needs no account. With `ROKKA_API_KEY` and
//! `ROKKA_ORGANIZATION` set, it uses the real service and deletes what it uploads.

use std::error::Error;

use rokka::render::{Loading, Picture, Sizes};
use rokka::stacks::operations::{Crop, Resize, ResizeMode};
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, Source};

const IMAGE: &[u8] = include_bytes!("assets/sailing-boat.jpg");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Keeps the emulator running.
    let emulator;
    let organization = std::env::var("ROKKA_ORGANIZATION").ok();
    let key = std::env::var("ROKKA_API_KEY").ok();
    let (rokka, organization) = if let (Some(_), Some(organization)) = (key, organization) {
        (Client::from_env()?, organization)
    } else {
        emulator = Emulator::start().await;
        (emulator.client()?, emulator.organization().to_owned())
    };
    let images = rokka.source_images(&organization)?;
    let image = images
        .upload(Source::bytes("sailing-boat.jpg", IMAGE))
        .await?;

    // Each candidate gets its own width. Add `.sign(&key)` here for protected images.
    let url = rokka
        .render(&organization, &image)?
        .operation(Resize::to_width(800))
        .filename("sailing-boat");

    println!("An <img> for screens of different pixel densities:");
    let dense = url.clone().srcset().density(1).density(2);
    println!("{}\n", dense.img()?.html("A sailing boat"));

    println!("An <img> as wide as the viewport, up to 800 pixels:");
    let sizes = Sizes::new("800px").when("(max-width: 800px)", "100vw");
    let fluid = url.clone().srcset().width(400).width(800).width(1600);
    let fluid = fluid.sizes(sizes);
    println!("{}\n", fluid.img()?.html("A sailing boat"));

    println!("A <picture> with modern formats, and a square on small screens:");
    let square = rokka
        .render(&organization, &image)?
        .operation(Resize::new(400, 400).mode(ResizeMode::Fill))
        .operation(Crop::new(400, 400));
    let picture = Picture::new(fluid)
        .source_when("(max-width: 400px)", square.srcset().density(1).density(2))
        .formats(["avif", "webp"])
        .size(800, 600)
        .loading(Loading::Lazy)
        .class("boat");
    println!("{}\n", picture.html("A sailing boat")?);

    println!("The URL of the BlurHash, for a placeholder:");
    println!("{}", url.blurhash().url()?);

    images.delete(&image.hash).await?;
    Ok(())
}
