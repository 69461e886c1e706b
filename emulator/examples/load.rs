//! Measures an emulator under load: `cargo run --release --example load -- http://127.0.0.1:8787 KEY`.
//!
//! 64 connections send for some seconds each: uploads of 20 KB, reads of one image, lists of 100, lists of 2,000. The
//! figures are in `emulator/README.md`. It uses nothing but sockets, so that it takes little of the machine.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 64;
const TIME: Duration = Duration::from_secs(4);

/// Numbers the uploads, so that each file is another one.
static NUMBER: AtomicU64 = AtomicU64::new(0);

struct Client {
    stream: BufReader<TcpStream>,
    key: String,
}

impl Client {
    fn connect(address: &str, key: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: BufReader::new(stream),
            key: key.to_owned(),
        }
    }

    /// Sends a request and returns the body of its response.
    fn send(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Vec<u8> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nApi-Key: {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        let request = [head.as_bytes(), body].concat();
        self.stream.get_mut().write_all(&request).unwrap();
        let (mut line, mut length) = (String::new(), 0);
        self.stream.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 20"), "{method} {path}: {line}");
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            let (name, value) = line.split_once(':').unwrap();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        body
    }

    fn upload(&mut self) -> Vec<u8> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"filedata\"; filename=\"{number}.bin\"\r\n\r\n{number}-"
        )
        .into_bytes();
        body.resize(body.len() + 20_000, b'x');
        body.extend_from_slice(b"\r\n--b--\r\n");
        self.send(
            "POST",
            "/sourceimages/acme",
            "multipart/form-data; boundary=b",
            &body,
        )
    }

    fn get(&mut self, path: &str) -> Vec<u8> {
        self.send("GET", path, "text/plain", b"")
    }
}

fn measure(what: &str, address: &str, key: &str, send: impl Fn(&mut Client) + Sync) {
    let begin = Instant::now();
    let mut times: Vec<Duration> = thread::scope(|scope| {
        let workers: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    let mut client = Client::connect(address, key);
                    let mut times = Vec::new();
                    while begin.elapsed() < TIME {
                        let start = Instant::now();
                        send(&mut client);
                        times.push(start.elapsed());
                    }
                    times
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    let count = u32::try_from(times.len()).unwrap();
    let rate = f64::from(count) / begin.elapsed().as_secs_f64();
    times.sort_unstable();
    println!(
        "{what}: {rate:.0}/s, p50 {:.1?}, p99 {:.1?}",
        times[times.len() / 2],
        times[times.len() * 99 / 100]
    );
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(key)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: load http://127.0.0.1:8787 KEY");
        std::process::exit(2);
    };
    let address = url.trim_start_matches("http://");
    measure("uploads of 20 KB", address, &key, |client| {
        client.upload();
    });
    let mut client = Client::connect(address, &key);
    while NUMBER.load(Ordering::Relaxed) < 2000 {
        client.upload();
    }
    let list = client.get("/sourceimages/acme?limit=1");
    let list = String::from_utf8(list).unwrap();
    let (_, hash) = list.split_once("\"hash\":\"").unwrap();
    let image = format!("/sourceimages/acme/{}", hash.split('"').next().unwrap());
    for (what, path) in [
        ("reads of an image", image.as_str()),
        ("lists of 100", "/sourceimages/acme?limit=100"),
        ("lists of 2,000", "/sourceimages/acme?limit=2000"),
    ] {
        measure(what, address, &key, |client| {
            client.get(path);
        });
    }
}
