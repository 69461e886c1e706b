//! A script without an async runtime: uploads the pictures of a folder, and writes a page that shows them.
//!
//! `cargo run --example sync_script FOLDER PAGE` (default: `examples/assets` and `gallery.html` in the folder for temporary
//! files) uses an in-memory emulator and needs no account. With `ROKKA_API_KEY` and `ROKKA_ORGANIZATION` set, it uses the real
//! service. In a program of your own, enable the feature `blocking`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use rokka::blocking::block_on;
use rokka::stacks::operations::Resize;
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, Source, field};

fn main() -> Result<(), Box<dyn Error>> {
    // The emulator has no calls; `block_on` runs its futures.
    let emulator = block_on(Emulator::start())?;
    let (rokka, organization) = match std::env::var("ROKKA_ORGANIZATION") {
        Ok(organization) => (Client::from_env()?, organization),
        Err(_) => (emulator.client()?, emulator.organization().to_owned()),
    };
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let folder = arguments.next().unwrap_or_else(|| "examples/assets".into());
    let page = arguments.next();
    let page = page.unwrap_or_else(|| std::env::temp_dir().join("gallery.html"));
    let shown = publish(&rokka, &organization, &folder, &page)?;
    println!("{} shows {shown} pictures", page.display());
    Ok(())
}

/// Uploads the files of a folder and writes the page; returns the number of pictures on it.
fn publish(
    rokka: &Client,
    organization: &str,
    folder: &Path,
    page: &Path,
) -> Result<usize, Box<dyn Error>> {
    let images = rokka.source_images(organization)?;
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.metadata()?.is_file() {
            files.push(Source::path(entry.path()).user_metadata("gallery", "sync_script"));
        }
    }

    // Four uploads at a time, while this thread waits for the next result.
    for item in images.bulk().upload(files).concurrency(4).iter() {
        match item.result {
            Ok(image) => println!("{}: {} x {}", item.id, image.width, image.height),
            Err(error) => eprintln!("{}: {error}", item.id),
        }
    }

    let mut html = String::from("<!doctype html>\n<title>Gallery</title>\n");
    let gallery = field::user_str("gallery").equals("sync_script");
    let mut found = images.search().filter(gallery).stream().iter();
    let mut shown = 0;
    while let Some(image) = found.next().transpose()? {
        let url = rokka.render(organization, &image.hash)?;
        let url = url.dynamic([Resize::to_width(300)]);
        let srcset = url.srcset().density(1).density(2);
        html.push_str(&srcset.img()?.html(&image.name));
        html.push('\n');
        shown += 1;
    }
    fs::write(page, html)?;
    Ok(shown)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_of_the_folder_is_on_the_page() {
        let emulator = block_on(Emulator::start()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.png", "b<.png"] {
            let picture = format!(
                "<svg width='2' height='1'><title>{}</title></svg>",
                name.len()
            );
            fs::write(folder.path().join(name), picture).unwrap();
        }
        // Not part of the gallery.
        emulator.seed_images("acme", 3);
        let page = folder.path().join("page.html");
        let rokka = emulator.client().unwrap();
        let shown = publish(&rokka, "acme", folder.path(), &page).unwrap();
        assert_eq!(shown, 2);
        let html = fs::read_to_string(&page).unwrap();
        assert_eq!(html.matches("<img ").count(), 2, "{html}");
        assert_eq!(html.matches("/dynamic/resize-width-300").count(), 6);
        assert!(html.contains("b&lt;.png"), "{html}");
    }
}
