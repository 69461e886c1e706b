//! Connects from inside a company network: through its proxy, with its own certificate authority, with a certificate that the
//! gateway demands, and with a trace context in every request.
//!
//! `cargo run --example company_network` uses an in-memory emulator and needs no account. With `ROKKA_API_KEY` and
//! `ROKKA_ORGANIZATION` set, it uses the real service. `COMPANY_PROXY` is the URL of the proxy; `COMPANY_CA`,
//! `COMPANY_CERTIFICATE` and `COMPANY_KEY` are paths of PEM files. All of them are optional.

use std::error::Error;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rokka::reqwest::Request;
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, ClientBuilder, Middleware, MiddlewareFuture, Next};

/// What the network of the company requires.
#[derive(Default)]
pub(crate) struct Company {
    pub(crate) proxy: Option<String>,
    /// Its certificate authority, as PEM.
    pub(crate) authority: Option<Vec<u8>>,
    /// A certificate for this program and its key, as PEM.
    pub(crate) certificate: Option<(Vec<u8>, Vec<u8>)>,
}

impl Company {
    fn from_env() -> Result<Self, Box<dyn Error>> {
        let variable = |name: &str| std::env::var(name).ok();
        let file = |name: &str| variable(name).map(std::fs::read).transpose();
        Ok(Self {
            proxy: variable("COMPANY_PROXY"),
            authority: file("COMPANY_CA")?,
            certificate: file("COMPANY_CERTIFICATE")?.zip(file("COMPANY_KEY")?),
        })
    }

    fn apply(self, mut settings: ClientBuilder) -> ClientBuilder {
        if let Some(url) = self.proxy {
            settings = settings.proxy(url);
        }
        if let Some(pem) = self.authority {
            settings = settings.root_certificate_pem(pem);
        }
        if let Some((certificate, key)) = self.certificate {
            settings = settings.client_certificate(certificate, key);
        }
        settings
    }
}

/// Adds a trace context to every request, and counts them.
#[derive(Default)]
struct Tracing {
    ids: RandomState,
    requests: AtomicU64,
}

impl Middleware for Tracing {
    fn handle<'a>(&'a self, mut request: Request, next: Next<'a>) -> MiddlewareFuture<'a> {
        Box::pin(async move {
            let number = self.requests.fetch_add(1, Ordering::Relaxed);
            let id = |part: &str| self.ids.hash_one((number, part));
            // https://www.w3.org/TR/trace-context/; a program with a tracer takes the ids of the current span.
            let context = format!("00-{:016x}{:016x}-{:016x}-01", id("a"), id("b"), id("c"));
            request
                .headers_mut()
                .insert("traceparent", context.parse()?);

            let (operation, attempt) = (next.operation(), next.attempt());
            let outcome = next.run(request).await;
            match &outcome {
                Ok(response) => println!("{operation}, request {attempt}: {}", response.status()),
                Err(error) => println!("{operation}, request {attempt}: {error}"),
            }
            outcome
        })
    }
}

/// Returns how many requests it has sent.
pub(crate) async fn run(
    settings: ClientBuilder,
    organization: &str,
    company: Company,
) -> rokka::Result<u64> {
    let tracing = Arc::new(Tracing::default());
    let settings = company.apply(settings).middleware(tracing.clone());
    let rokka: Client = settings.build()?;

    // While the program does other things at its start.
    rokka.connect().deadline(Duration::from_secs(5)).await?;

    let images = rokka.source_images(organization)?;
    println!("{} images", images.search().limit(0).await?.total);
    Ok(tracing.requests.load(Ordering::Relaxed))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let company = Company::from_env()?;
    if let (Ok(_), Ok(organization)) = (
        std::env::var("ROKKA_API_KEY"),
        std::env::var("ROKKA_ORGANIZATION"),
    ) {
        run(ClientBuilder::from_env()?, &organization, company).await?;
    } else {
        println!(
            "Using the emulator; set ROKKA_API_KEY and ROKKA_ORGANIZATION to use the real service."
        );
        let emulator = Emulator::start().await;
        run(emulator.client_builder(), emulator.organization(), company).await?;
    }
    Ok(())
}
