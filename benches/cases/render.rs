//! Render URLs: built, parsed, signed and verified. The hand-written version validates nothing, so it is a lower bound.

use std::fmt::Write as _;
use std::hint::black_box;

use chrono::Utc;
use rokka::render::{Operation, RenderUrl, SigningKey};
use sha2::{Digest, Sha256};

use super::case::{BY_HAND, Case, ROKKA};

const HASH: &str = "3f9a21c6b0d4e8f7a1b2c3d4e5f60718293a4b5c";
const KEY: &str = "EXAMPLEsigningKey0123456789abcd";
const URL: &str = "https://acme.rokka.io/dynamic/resize-width-300-height-200--crop-width-100-height-100/\
                   o-dpr-2-jpg.quality-60/v-w-300/3f9a21c6b0d4e8f7a1b2c3d4e5f60718293a4b5c/red-shoe.webp";
const ROUNDS: u64 = 2000;

pub(crate) fn cases() -> Vec<Case> {
    let key = SigningKey::from(KEY);
    let signed = key.sign(URL).unwrap();
    let (path, by_hand_path) = (path_of(&signed), path_of(&signed));
    let verifier = key.clone();
    assert_eq!(build(), URL);
    assert_eq!(build_by_hand(), URL);
    assert_eq!(sign_by_hand(), signed);
    assert!(verify_by_hand(&path));
    assert!(key.verify(&path, Utc::now()).is_valid());
    vec![
        Case::new("build a URL", ROKKA, ROUNDS, build),
        Case::new("build a URL", BY_HAND, ROUNDS, build_by_hand),
        Case::new("parse a URL", ROKKA, ROUNDS, || {
            RenderUrl::parse(black_box(URL)).unwrap()
        }),
        Case::new("parse a URL", BY_HAND, ROUNDS, parse_by_hand),
        Case::new("sign a URL", ROKKA, ROUNDS, move || {
            key.sign(black_box(URL)).unwrap()
        }),
        Case::new("sign a URL", BY_HAND, ROUNDS, sign_by_hand),
        Case::new("verify a URL", ROKKA, ROUNDS, move || {
            verifier.verify(black_box(&path), Utc::now())
        }),
        Case::new("verify a URL", BY_HAND, ROUNDS, move || {
            verify_by_hand(&by_hand_path)
        }),
    ]
}

/// Returns the part of a URL that a server receives.
fn path_of(url: &str) -> String {
    url.replace("https://acme.rokka.io", "")
}

fn build() -> String {
    RenderUrl::new(black_box("acme"), black_box(HASH))
        .unwrap()
        .dynamic([
            Operation::new("resize")
                .option("width", black_box(300))
                .option("height", black_box(200)),
            Operation::new("crop")
                .option("width", black_box(100))
                .option("height", black_box(100)),
        ])
        .option("dpr", black_box(2))
        .option("jpg.quality", black_box(60))
        .variable("w", black_box(300))
        .filename(black_box("red-shoe"))
        .format(black_box("webp"))
        .url()
        .unwrap()
}

fn build_by_hand() -> String {
    let (organization, hash) = (black_box("acme"), black_box(HASH));
    let mut url = String::with_capacity(256);
    write!(
        url,
        "https://{organization}.rokka.io/dynamic/resize-width-{}-height-{}--crop-width-{}-height-{}/\
         o-dpr-{}-jpg.quality-{}/v-w-{}/{hash}/{}.{}",
        black_box(300),
        black_box(200),
        black_box(100),
        black_box(100),
        black_box(2),
        black_box(60),
        black_box(300),
        black_box("red-shoe"),
        black_box("webp"),
    )
    .unwrap();
    url
}

/// Splits the URL without interpreting its parts.
fn parse_by_hand() -> (String, Vec<Vec<String>>) {
    let rest = black_box(URL).strip_prefix("https://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let parts = path.split('/').flat_map(|segment| segment.split("--"));
    let words = parts.map(|part| part.split('-').map(str::to_owned).collect());
    (host.to_owned(), words.collect())
}

fn sign_by_hand() -> String {
    let url = black_box(URL);
    // Without the file name, like the library.
    let (before, last) = url.rsplit_once('/').unwrap();
    let (_, format) = last.rsplit_once('.').unwrap();
    let path = before.strip_prefix("https://acme.rokka.io").unwrap();
    let signature = signature_by_hand(&format!("{path}.{format}:{KEY}"));
    format!("{before}.{format}?sig={signature}")
}

fn verify_by_hand(path: &str) -> bool {
    let (path, signature) = black_box(path).split_once("?sig=").unwrap();
    signature_by_hand(&format!("{path}:{KEY}")) == signature
}

fn signature_by_hand(text: &str) -> String {
    let digest = Sha256::digest(text);
    let first = digest.first_chunk().unwrap();
    format!("{:016x}", u64::from_be_bytes(*first))
}
