//! A download and an upload of 16 MiB over loopback, with and without verification, and the hash alone.

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use sha1::{Digest, Sha1};
use tokio::runtime::Builder;

use super::case::{BY_HAND, Case, ROKKA};

const LENGTH: usize = 16 * 1024 * 1024;
const HASH: &str = "3f9a21c6b0d4e8f7a1b2c3d4e5f60718293a4b5c";

pub(crate) fn cases() -> Vec<Case> {
    let content: Vec<u8> = (0..LENGTH).map(|at| (at * 7 % 251) as u8).collect();
    let content: Arc<[u8]> = content.into();
    let hashed = |content: &[u8]| {
        let mut hasher = rokka::BinaryHasher::new();
        hasher.update(black_box(content));
        hasher.finish()
    };
    let binary_hash = hashed(&content);
    let by_hand = |content: &[u8]| Sha1::digest(black_box(content));
    let digits = by_hand(&content)
        .iter()
        .fold(String::new(), |mut digits, byte| {
            write!(digits, "{byte:02x}").unwrap();
            digits
        });
    assert_eq!(digits, binary_hash);

    let runtime = Arc::new(Builder::new_current_thread().enable_all().build().unwrap());
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let client = rokka::Client::builder().api_host(start(content.clone(), &binary_hash));
    let client = client.api_key("bench").build().unwrap();
    let images = client.source_images("acme").unwrap();
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let download = |binary_hash: Option<String>| {
        let (runtime, images, folder) = (runtime.clone(), images.clone(), folder.clone());
        move || {
            let call = images.download(HASH);
            let call = match &binary_hash {
                Some(binary_hash) => call.verify(binary_hash),
                None => call,
            };
            let call = call.to_file(folder.path().join("file")).overwrite();
            let size = runtime.block_on(call.into_future()).unwrap();
            assert_eq!(size, LENGTH as u64);
        }
    };
    std::fs::write(folder.path().join("source"), &content).unwrap();
    let upload = |verify: bool| {
        let (runtime, images, folder) = (runtime.clone(), images.clone(), folder.clone());
        move || {
            let source = rokka::Source::path(folder.path().join("source"));
            let call = images.upload(source).verify(verify);
            let image = runtime.block_on(call.into_future()).unwrap();
            assert_eq!(image.size, LENGTH as u64);
        }
    };
    let (one, two) = (content.clone(), content);
    vec![
        Case::new("hash 16 MiB", ROKKA, 10, move || hashed(&one)),
        Case::new("hash 16 MiB", BY_HAND, 10, move || by_hand(&two)),
        Case::new(
            "download 16 MiB to a file",
            "not verified",
            10,
            download(None),
        ),
        Case::new(
            "download 16 MiB to a file",
            "verified",
            10,
            download(Some(binary_hash)),
        ),
        Case::new(
            "upload 16 MiB from a file",
            "not verified",
            10,
            upload(false),
        ),
        Case::new("upload 16 MiB from a file", "verified", 10, upload(true)),
    ]
}

/// Starts a server that responds to every GET with these bytes and to every POST as if they had been uploaded. Its threads end with
/// the process.
fn start(content: Arc<[u8]>, binary_hash: &str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let stored: Arc<str> = serde_json::json!({
        "total": 1,
        "items": [{
            "hash": HASH,
            "short_hash": "3f9a21",
            "binary_hash": binary_hash,
            "created": "2026-11-20T10:00:00+00:00",
            "name": "source",
            "mimetype": "image/jpeg",
            "format": "jpg",
            "size": content.len(),
            "width": 640,
            "height": 480,
            "organization": "acme",
            "link": format!("/sourceimages/acme/{HASH}"),
        }],
    })
    .to_string()
    .into();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let (content, stored) = (content.clone(), stored.clone());
            thread::spawn(move || serve(&connection, &content, &stored).ok());
        }
    });
    format!("http://{address}")
}

fn serve(mut connection: &TcpStream, content: &[u8], stored: &str) -> std::io::Result<()> {
    let head = |kind: &str, length: usize| {
        format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n")
    };
    let mut lines = BufReader::with_capacity(256 * 1024, connection);
    let (mut line, mut is_upload, mut length) = (String::new(), false, 0);
    while lines.read_line(&mut line)? > 0 {
        if line.starts_with("POST ") {
            is_upload = true;
        } else if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        } else if line == "\r\n" {
            if is_upload {
                std::io::copy(&mut (&mut lines).take(length), &mut std::io::sink())?;
                let response = head("application/json", stored.len()) + stored;
                connection.write_all(response.as_bytes())?;
            } else {
                connection.write_all(head("image/jpeg", content.len()).as_bytes())?;
                connection.write_all(content)?;
            }
            (is_upload, length) = (false, 0);
        }
        line.clear();
    }
    Ok(())
}
