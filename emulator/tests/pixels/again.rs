//! How long a rendering takes that is in memory already: a measurement, for a release build on a machine without other work.
//!
//! `cargo test --release -p rokka-emulator --test pixels -- --ignored --nocapture a_rendering_that_is_in_memory`

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Server;

const PHOTOGRAPH: &[u8] = include_bytes!("../photographs/cat.jpg");
const REQUESTS: usize = 20_000;

/// A connection that stays open, without the work of an HTTP client.
struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl Client {
    fn new(address: SocketAddr, path: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            request: format!("GET {path} HTTP/1.1\r\nhost: acme.localhost\r\n\r\n").into_bytes(),
            buffer: vec![0; 1 << 20],
        }
    }

    /// Sends the request, and returns how long the response took, and its bytes.
    fn send(&mut self) -> (Duration, usize) {
        let start = Instant::now();
        self.stream.write_all(&self.request).unwrap();
        let mut read = 0;
        let mut length = None;
        while length.is_none_or(|length| read < length) {
            let more = self.stream.read(&mut self.buffer[read..]).unwrap();
            assert_ne!(more, 0, "the connection ended");
            read += more;
            if length.is_none() {
                length = whole_length(&self.buffer[..read]);
            }
        }
        (start.elapsed(), read)
    }
}

/// Returns the length of a response with its headers, once they are there.
fn whole_length(start: &[u8]) -> Option<usize> {
    let end = start.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let headers = String::from_utf8_lossy(&start[..end]).to_lowercase();
    assert!(headers.starts_with("http/1.1 200"), "{headers}");
    let length = headers.split_once("content-length: ")?.1;
    let length: usize = length.split("\r\n").next()?.parse().ok()?;
    Some(end + length)
}

fn report(name: &str, mut times: Vec<Duration>, bytes: usize) {
    times.sort();
    let part = |thousandths: usize| times[(times.len() - 1) * thousandths / 1000];
    println!(
        "{name}, {bytes} bytes, {} requests: p50 {:?}, p99 {:?}, p99.9 {:?}, the longest {:?}",
        times.len(),
        part(500),
        part(990),
        part(999),
        part(1000)
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures; needs a release build and a machine without other work"]
async fn a_rendering_that_is_in_memory() {
    let server = Server::start().await;
    let hash = server.upload("cat.jpg", PHOTOGRAPH.to_vec()).await;
    let address = server.emulator.render_host();
    let address: SocketAddr = address.trim_start_matches("http://").parse().unwrap();
    for operations in [
        "resize-width-200",
        "resize-width-40--crop-width-20-height-20",
    ] {
        let path = format!("/dynamic/{operations}/{hash}.jpg");
        let mut first = Client::new(address, &path);
        let (rendered, bytes) = first.send();
        println!("{operations}: rendered in {rendered:?}");
        for _ in 0..REQUESTS / 10 {
            first.send();
        }
        let times = (0..REQUESTS).map(|_| first.send().0).collect();
        report("one connection", times, bytes);
        let clients = (0..4).map(|_| {
            let path = path.clone();
            thread::spawn(move || {
                let mut client = Client::new(address, &path);
                let times = (0..REQUESTS / 4).map(|_| client.send().0);
                times.collect::<Vec<_>>()
            })
        });
        let clients: Vec<_> = clients.collect();
        let times = clients
            .into_iter()
            .flat_map(|client| client.join().unwrap());
        report("four connections", times.collect(), bytes);
    }
}
