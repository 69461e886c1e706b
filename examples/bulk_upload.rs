//! Uploads all files of a folder, four at a time, with a progress bar.
//!
//! `cargo run --example bulk_upload FOLDER` (default: `examples/assets`) uses an in-memory emulator and needs no account. With
//! `ROKKA_API_KEY` and `ROKKA_ORGANIZATION` set, it uses the real service.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use futures_util::StreamExt;
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, Progress, Source};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::start().await;
    let images = match std::env::var("ROKKA_ORGANIZATION") {
        Ok(organization) => Client::from_env()?.source_images(organization)?,
        Err(_) => emulator.source_images()?,
    };
    let folder = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "examples/assets".to_owned());

    let mut files: Vec<PathBuf> = Vec::new();
    let mut total = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.metadata()?.is_file() {
            total += entry.metadata()?.len();
            files.push(entry.path());
        }
    }
    let count = files.len();

    // Redraws the bar in the background until the last transfer ends.
    let progress = Progress::new();
    let mut updates = progress.clone();
    let bar = tokio::spawn(async move {
        while let Some(now) = updates.changed().await {
            let percent = now.bytes.saturating_mul(100) / total.max(1);
            let filled = usize::try_from(percent / 4).unwrap_or(25).min(25);
            print!(
                "\r[{:<25}] {percent:>3} % of {total} bytes",
                "#".repeat(filled)
            );
            let _ = std::io::stdout().flush();
        }
        println!();
    });

    let mut uploads = images
        .bulk()
        .upload(files.into_iter().map(Source::path))
        .concurrency(4)
        .progress(&progress);
    let (mut stored, mut failed) = (0, Vec::new());
    while let Some(item) = uploads.next().await {
        match item.result {
            Ok(_) => stored += 1,
            Err(error) => failed.push(format!("{}: {error}", item.id)),
        }
    }
    drop(uploads);
    bar.await?;
    println!("{stored} of {count} files stored");
    for failure in failed {
        println!("failed: {failure}");
    }
    Ok(())
}
