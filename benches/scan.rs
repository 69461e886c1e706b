//! Measures a search of a million images over loopback: one cursor, and ranges of `created` read side by side.
//!
//! `cargo bench --bench scan [-- IMAGES MILLISECONDS CONCURRENCY]`. The program serves the pages from memory, each after a
//! delay of 50 ms, and runs itself once for each way of reading, so that the peak of the memory is that of the client. Most
//! images are stored in a half-hour of each day, as imports are.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use rokka::DateTime;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Flag of a process that reads the list; the server's base URL and the concurrency follow.
const RUN: &str = "--run";

/// The newest image: 2026-07-22T19:30:40Z.
const NEWEST: i64 = 1_784_748_640;
const DAY: i64 = 86_400;
/// Images a day, one a second.
const A_DAY: i64 = 2_000;

/// The largest sum of an offset and a limit.
const WINDOW: i64 = 10_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let outcome = match *arguments.iter().map(String::as_str).collect::<Vec<_>>() {
        [RUN, root, concurrency] => run(root, concurrency),
        _ => measure(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &[String]) -> Result<()> {
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let mut numbers = arguments
        .iter()
        .filter_map(|argument| argument.parse().ok());
    // Like criterion, run every case once without measuring in `cargo test --benches`.
    let (images, delay) = if !has("--bench") || has("--test") {
        (12_000, 0)
    } else {
        (1_000_000, 50)
    };
    let images = numbers.next().unwrap_or(images);
    let delay = Duration::from_millis(numbers.next().unwrap_or(delay));
    let concurrency = numbers.next().unwrap_or(8);
    let server = Arc::new(Server {
        images: images.try_into()?,
        delay,
        requests: AtomicU64::new(0),
    });
    let root = server.start()?;
    println!("| reading | images | requests | time | peak memory |");
    println!("|---|--:|--:|--:|--:|");
    for concurrency in [1, concurrency] {
        let before = server.requests.load(Ordering::Relaxed);
        let output = Command::new(env::current_exe()?)
            .args([RUN, &root, &concurrency.to_string()])
            .output()?;
        let report = String::from_utf8(output.stdout)?;
        let report = report.trim();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let requests = server.requests.load(Ordering::Relaxed) - before;
        let (found, rest) = report.split_once(' ').ok_or("no report")?;
        let (seconds, memory) = rest.split_once(' ').ok_or("no report")?;
        if found.parse() != Ok(images) {
            return Err(format!("{found} of {images} images were found").into());
        }
        println!("| {concurrency} at once | {found} | {requests} | {seconds} s | {memory} MiB |");
    }
    Ok(())
}

/// Reads the list and prints the number of images, the seconds, and the peak of the memory.
fn run(root: &str, concurrency: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // Builds without a TLS provider need one, even without encryption. It may already be installed.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let client = rokka::Client::builder().api_host(root).api_key("bench");
    let search = client.build()?.source_images("acme")?.search();
    let mut images = search.concurrency(concurrency.parse()?).stream();
    let started = Instant::now();
    let (mut found, mut last) = (0_u64, None::<DateTime>);
    runtime.block_on(async {
        while let Some(image) = images.try_next().await? {
            found += 1;
            if last.is_some_and(|last| last <= image.created) {
                return Err("the images are not in order, or one came twice".into());
            }
            last = Some(image.created);
        }
        Ok::<_, Box<dyn Error>>(())
    })?;
    let seconds = started.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = peak.and_then(|peak| peak.trim().strip_suffix("kB"));
    let kibibytes: f64 = kibibytes
        .and_then(|peak| peak.trim().parse().ok())
        .unwrap_or(0.0);
    println!("{found} {seconds:.2} {:.1}", kibibytes / 1024.0);
    Ok(())
}

/// A list of images, newest first, in imports of one image a second.
struct Server {
    images: i64,
    delay: Duration,
    requests: AtomicU64,
}

/// The time of an image.
fn time(number: i64) -> i64 {
    NEWEST - number / A_DAY * DAY - number % A_DAY
}

/// The number of images at or after a time, which is the number of the first one before it.
fn before(time_limit: i64, images: i64) -> i64 {
    let (mut low, mut high) = (0, images);
    while low < high {
        let middle = low.midpoint(high);
        if time(middle) >= time_limit {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

impl Server {
    /// Starts the server on its own threads, which end with the process. Returns its base URL.
    fn start(self: &Arc<Self>) -> Result<String> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let server = Arc::clone(self);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let server = Arc::clone(&server);
                // The client reports broken connections.
                thread::spawn(move || server.serve(&connection).ok());
            }
        });
        Ok(format!("http://{address}"))
    }

    fn serve(&self, mut connection: &TcpStream) -> std::io::Result<()> {
        connection.set_nodelay(true)?;
        let mut lines = BufReader::new(connection);
        let (mut line, mut target) = (String::new(), String::new());
        while lines.read_line(&mut line)? > 0 {
            if line.starts_with("GET ") {
                target.clear();
                target.push_str(line.split(' ').nth(1).unwrap_or_default());
            } else if line == "\r\n" {
                self.requests.fetch_add(1, Ordering::Relaxed);
                let json = self.page(&target);
                thread::sleep(self.delay);
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                    json.len()
                );
                connection.write_all(head.as_bytes())?;
                connection.write_all(json.as_bytes())?;
            }
            line.clear();
        }
        Ok(())
    }

    fn page(&self, target: &str) -> String {
        let (_, query) = target.split_once('?').unwrap_or_default();
        let (mut first, mut past) = (0, self.images);
        let (mut limit, mut offset, mut oldest) = (100, None, false);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "limit" => limit = value.parse().unwrap(),
                "offset" => offset = Some(value.into_owned()),
                "sort" => oldest = value == "created asc",
                "created" => {
                    // Only the edges `[` and `}` are sent.
                    let (low, high) = value.trim_end_matches('}').split_once(',').unwrap();
                    let second = |text: &str| {
                        let time = DateTime::from(text.trim_matches('\''));
                        time.to_utc().map(|time| time.timestamp())
                    };
                    first = second(high).map_or(0, |high| before(high, self.images));
                    past = low
                        .strip_prefix('[')
                        .and_then(second)
                        .map_or(past, |low| before(low, self.images));
                }
                _ => {}
            }
        }
        let total = past - first;
        let (start, by_cursor) = match offset.as_deref() {
            None if oldest => (past - limit, false),
            None => (first, total > WINDOW),
            Some(cursor) => match cursor.strip_prefix("after-") {
                Some(number) => (number.parse().unwrap(), true),
                None => (first + cursor.parse::<i64>().unwrap(), false),
            },
        };
        let end = past.min(start + limit);
        let mut json = format!(r#"{{"total":{total},"links":{{}},"#);
        if by_cursor {
            write!(json, r#""cursor":"after-{end}","#).unwrap();
        }
        json.push_str(r#""items":["#);
        for number in start..end {
            if number > start {
                json.push(',');
            }
            write_image(&mut json, number);
        }
        json.push_str("]}");
        json
    }
}

fn write_image(json: &mut String, number: i64) {
    let created = chrono::DateTime::from_timestamp(time(number), 0).unwrap_or_default();
    write!(
        json,
        r#"{{"hash":"{number:040x}","short_hash":"{number:06x}","binary_hash":"{number:040x}","created":"{:?}Z","#,
        created.naive_utc(),
    )
    .unwrap();
    write!(
        json,
        r#""name":"image-{number}.jpg","mimetype":"image/jpeg","format":"jpg","size":123456,"width":3000,"height":2000,"#,
    )
    .unwrap();
    json.push_str(
        r#""organization":"acme","opaque":true,"protected":false,"locked":false,"user_metadata":{"copyright":"Acme","int:camera_id":7,"array:labels":["outdoor","shoe"]},"dynamic_metadata":{"subject_area":{"x":100,"y":80,"width":50,"height":40}}}"#,
    );
}
