//! Measures what a connection costs over TLS: the first call of a client, with and without `connect()`, and the calls after
//! it, against a server on loopback with a certificate of an authority of its own.
//!
//! `cargo bench --bench tls`. Every figure is a median of some rounds, each with a new client.

#![allow(missing_docs, dead_code, clippy::unwrap_used, clippy::print_stdout)]

mod cases {
    pub(crate) mod image;
    pub(crate) mod loopback;
}
#[path = "../tests/it/support/tls.rs"]
mod tls;

use std::env;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rokka::{Client, SourceImages};
use tls::{Authority, TlsFront};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

/// Half a round trip of a network.
const DISTANCE: Duration = Duration::from_millis(10);

/// Calls of a client whose handshakes are counted.
const CALLS: usize = 100;

fn main() {
    // Like criterion, run every case once without measuring in `cargo test --benches`.
    let rounds = if env::args().any(|argument| argument == "--bench") {
        31
    } else {
        1
    };
    let behind = cases::loopback::start();
    let behind = behind.trim_start_matches("http://").parse().unwrap();
    let authority = Authority::new("Bench CA");
    let front = TlsFront::start(behind, &authority.server(), None);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();

    let build = |pem: Option<&str>| {
        let settings = Client::builder().api_key("bench").no_proxy();
        let settings = match pem {
            Some(pem) => settings.root_certificates_only(pem),
            None => settings,
        };
        let started = Instant::now();
        settings.build().unwrap();
        started.elapsed()
    };
    let system = median((0..rounds).map(|_| build(None)));
    let own = median((0..rounds).map(|_| build(Some(&authority.pem))));
    println!("| `build()` | time |\n|---|--:|");
    println!(
        "| with the root certificates of the system | {} |",
        ms(system)
    );
    println!("| with `root_certificates_only` of one | {} |\n", ms(own));

    println!(
        "| call | loopback | with a round trip of {:?} |",
        2 * DISTANCE
    );
    println!("|---|--:|--:|");
    let far = runtime.block_on(distant(front.address()));
    let columns = [front.address(), far].map(|address| {
        let rounds = (0..rounds).map(|_| runtime.block_on(round(address, &authority)));
        rounds.collect::<Vec<Round>>()
    });
    for (row, name) in ROWS.iter().enumerate() {
        let times = columns
            .each_ref()
            .map(|rounds| median(rounds.iter().filter_map(|round| round.get(row).copied())));
        let [near, far] = times.map(ms);
        println!("| {name} | {near} | {far} |");
    }

    let before = front.handshakes();
    runtime.block_on(async {
        let images = images(front.address(), &authority);
        for _ in 0..CALLS {
            images.get(cases::image::hash(0)).await.unwrap();
        }
    });
    println!(
        "\n{CALLS} calls: {} handshake(s)",
        front.handshakes() - before
    );
}

/// The times of one round, in the order of [`ROWS`].
type Round = [Duration; ROWS.len()];

const ROWS: [&str; 4] = [
    "first call of a client",
    "`connect()` of a client",
    "first call after it",
    "every further call",
];

fn client(address: SocketAddr, authority: &Authority) -> Client {
    let settings = Client::builder().api_key("bench").no_proxy();
    let settings = settings.api_host(format!("https://{address}"));
    settings
        .root_certificates_only(&authority.pem)
        .build()
        .unwrap()
}

fn images(address: SocketAddr, authority: &Authority) -> SourceImages {
    client(address, authority).source_images("acme").unwrap()
}

async fn round(address: SocketAddr, authority: &Authority) -> Round {
    let cold = images(address, authority);
    let first = timed(cold.get(cases::image::hash(0))).await;
    let further = timed(cold.get(cases::image::hash(0))).await;
    let warm = client(address, authority);
    let connect = timed(warm.connect()).await;
    let images = warm.source_images("acme").unwrap();
    let first_after_connect = timed(images.get(cases::image::hash(0))).await;
    [first, connect, first_after_connect, further]
}

async fn timed<T>(call: impl IntoFuture<Output = rokka::Result<T>>) -> Duration {
    let started = Instant::now();
    call.await.unwrap();
    started.elapsed()
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// A relay to an address whose bytes are under way for a while, in both directions. Its connections open at once, so the
/// round trip of the TCP handshake is missing.
async fn distant(to: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = listener.into_std().and_then(TcpListener::from_std).unwrap();
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(to).await.unwrap();
                near.set_nodelay(true).unwrap();
                far.set_nodelay(true).unwrap();
                let ((near_in, near_out), (far_in, far_out)) =
                    (near.into_split(), far.into_split());
                tokio::spawn(delayed(near_in, far_out));
                tokio::spawn(delayed(far_in, near_out));
            }
        });
    });
    address
}

async fn delayed(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> io::Result<()> {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut bytes).await?;
        tokio::time::sleep(DISTANCE).await;
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(bytes.get(..read).unwrap_or_default()).await?;
    }
}
