//! Runs one workload against a server and prints one line of JSON, to measure the crate beside other clients.
//!
//! ```sh
//! cargo build --release --example bench_client
//! target/release/examples/bench_client WORKLOAD BASE_URL [NAME=VALUE ...]
//! ```
//!
//! Workloads: `get`, `list`, `upload`, `download`, `sign` and `render`. An unknown workload exits with status 3.

use std::collections::HashMap;
use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::{StreamExt, TryStreamExt};
use rokka::render::{Operation, RenderUrl, SigningKey};
use rokka::{Client, Source, SourceImage, SourceImages};
use serde_json::json;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

struct Args {
    base: String,
    named: HashMap<String, String>,
}

#[derive(Default)]
struct Report {
    count: u64,
    check: u64,
    first_unix_s: Option<f64>,
    note: String,
}

impl Args {
    fn text<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.named.get(name).map_or(default, String::as_str)
    }

    fn number(&self, name: &str, default: u64) -> u64 {
        let number = self.named.get(name).and_then(|text| text.parse().ok());
        number.unwrap_or(default)
    }

    fn images(&self) -> Result<SourceImages> {
        let rokka = Client::builder()
            .api_host(&self.base)
            .api_key("bench")
            .build()?;
        Ok(rokka.source_images(self.text("org", "bench"))?)
    }
}

impl Report {
    fn add(&mut self, image: &SourceImage) {
        self.count += 1;
        self.check += image.size + image.width + image.height + image.user_metadata.len() as u64;
    }
}

fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let (Some(workload), Some(base)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bench_client WORKLOAD BASE_URL [NAME=VALUE ...]".into());
    };
    let named = arguments.filter_map(|argument| {
        let (name, value) = argument.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    });
    let args = Args {
        base,
        named: named.collect(),
    };
    let started = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(async {
        Ok::<_, Box<dyn Error>>(Some(match workload.as_str() {
            "get" => get(&args).await?,
            "list" => list(&args).await?,
            "upload" => upload(&args).await?,
            "download" => download(&args).await?,
            "sign" => sign(&args)?,
            "render" => render(&args)?,
            _ => return Ok(None),
        }))
    })?;
    let Some(report) = report else {
        println!("{}", json!({"unsupported": true}));
        return Ok(ExitCode::from(3));
    };
    let work_s = started.elapsed().as_secs_f64();
    println!(
        "{}",
        json!({
            "count": report.count,
            "check": report.check,
            "first_unix_s": report.first_unix_s,
            "note": report.note,
            "work_s": work_s,
        })
    );
    Ok(ExitCode::SUCCESS)
}

/// Returns the hash that the server gives image `number`.
fn hash(number: u64) -> String {
    let mixed = number.wrapping_mul(0x9E37_79B1) & 0xFFFF_FFFF;
    format!("{mixed:08x}").repeat(5)
}

async fn get(args: &Args) -> Result<Report> {
    let images = args.images()?;
    let mut report = Report::default();
    for number in 0..args.number("n", 1) {
        report.add(&images.get(hash(number)).await?);
        if number == 0 {
            let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
            report.first_unix_s = Some(now.as_secs_f64());
        }
    }
    Ok(report)
}

async fn list(args: &Args) -> Result<Report> {
    let work = Duration::from_millis(args.number("work_ms", 0));
    let spin = args.text("work_kind", "sleep") == "spin";
    let mut pages = args
        .images()?
        .search()
        .limit(args.number("limit", 1000))
        .concurrency(usize::try_from(args.number("concurrency", 1))?)
        .pages();
    let mut report = Report::default();
    while let Some(page) = pages.try_next().await? {
        page.items.iter().for_each(|image| report.add(image));
        if spin {
            let started = Instant::now();
            while started.elapsed() < work {
                std::hint::spin_loop();
            }
        } else if !work.is_zero() {
            tokio::time::sleep(work).await;
        }
    }
    Ok(report)
}

async fn upload(args: &Args) -> Result<Report> {
    let path = args.text("file", "").to_owned();
    let sources = (0..args.number("n", 1))
        .map(move |number| Source::path(&path).name(format!("image-{number}.jpg")));
    let concurrency = usize::try_from(args.number("concurrency", 1))?;
    let mut stored = args
        .images()?
        .bulk()
        .upload(sources)
        .concurrency(concurrency);
    let mut report = Report::default();
    while let Some(item) = stored.next().await {
        let image = item.result?;
        report.count += 1;
        report.check += image.size;
        report.note = image.binary_hash;
    }
    Ok(report)
}

async fn download(args: &Args) -> Result<Report> {
    let out = args.text("out", "");
    let bytes = args
        .images()?
        .download(hash(0))
        .to_file(out)
        .overwrite()
        // To the page cache, as the others write it.
        .sync(args.number("sync", 0) == 1)
        .await?;
    Ok(Report {
        count: 1,
        check: bytes,
        ..Report::default()
    })
}

fn sign(args: &Args) -> Result<Report> {
    let (organization, key) = (
        args.text("org", "bench"),
        SigningKey::from(args.text("key", "k")),
    );
    let mut report = Report::default();
    for number in 0..args.number("n", 1) {
        let url = format!(
            "https://{organization}.rokka.io/mystack/{}/image-{number}.jpg",
            hash(number)
        );
        let signed = key.sign(&url)?;
        let (_, signature) = signed.split_once("sig=").ok_or("no signature")?;
        report.count += 1;
        report.check += u64::from_str_radix(signature.get(..8).ok_or("a short signature")?, 16)?;
        report.note = signed;
    }
    Ok(report)
}

fn render(args: &Args) -> Result<Report> {
    let organization = args.text("org", "bench");
    let mut report = Report::default();
    for number in 0..args.number("n", 1) {
        let operations = [
            Operation::new("resize")
                .option("width", number % 2000 + 1)
                .option("height", 600),
            Operation::new("crop")
                .option("width", 300)
                .option("height", 200)
                .option("anchor", "auto"),
        ];
        let url = RenderUrl::new(organization, hash(number))?
            .dynamic(operations)
            .option("jpg.quality", 80)
            .filename(format!("image-{number}"))
            .format("jpg")
            .url()?;
        let length = url.len() as u64;
        let at = usize::try_from(number % length)?;
        report.count += 1;
        report.check += length + url.as_bytes().get(at).map_or(0, |byte| u64::from(*byte));
        report.note = url;
    }
    Ok(report)
}
