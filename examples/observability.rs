//! Shows what a call does while it lasts: retries as a line for the person who waits, and as spans in a log.
//!
//! `cargo run --example observability --features tracing` uses an in-memory emulator and needs no account.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{ErrorKind, Retry};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing::subscriber::set_global_default(log(std::io::stderr))?;
    let emulator = Emulator::start().await;
    run(&emulator, &mut std::io::stdout()).await
}

/// Writes a line for each span that ends, with its fields and its time, and one for each event.
///
/// A program that exports to OpenTelemetry adds the layer of `tracing-opentelemetry` here; the names of the fields fit.
pub(crate) fn log<W>(writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(writer)
        .finish()
}

pub(crate) async fn run(
    emulator: &Emulator,
    screen: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    // Retries by operation and reason, as a metric; and a line for the person who waits.
    let retries: Arc<Mutex<BTreeMap<String, u32>>> = Arc::default();
    let counted = retries.clone();
    let rokka = emulator
        .client_builder()
        .retry(Retry::interactive())
        .deadline(Duration::from_secs(10))
        .on_retry(move |event| {
            let error = event.error();
            let reason = match error.status() {
                Some(status) => status.as_str().to_owned(),
                None => format!("{:?}", error.kind()),
            };
            let key = format!("{} {reason}", event.operation());
            if let Ok(mut counted) = counted.lock() {
                *counted.entry(key).or_default() += 1;
            }
            eprintln!("one moment, please: {event}");
        })
        .build()?;
    let images = rokka.source_images(emulator.organization())?;

    // The service fails twice, and then responds.
    let hashes = emulator.seed_images(emulator.organization(), 20);
    emulator.fail_next(2, 503, r#"{"code":503,"message":"Maintenance."}"#);
    let image = images
        .get(hashes.first().map_or("", String::as_str))
        .await?;
    writeln!(screen, "found {}", image.name)?;

    // The service is down for longer, so a bulk call gives up instead of trying every image.
    emulator.fail_next(1000, 500, r#"{"code":500,"message":"Out of order."}"#);
    let mut deleted = images.bulk().delete(hashes).concurrency(2).stop_after(3);
    let (mut failed, mut left) = (0, 0);
    while let Some(item) = deleted.next().await {
        match item.result {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Stopped => left += 1,
            Err(_) => failed += 1,
        }
    }
    writeln!(screen, "{failed} deletions failed, {left} were not tried")?;

    for (reason, count) in retries.lock().map_err(|_| "a counter panicked")?.iter() {
        writeln!(screen, "{count} retries of {reason}")?;
    }
    Ok(())
}
