//! Render URLs: built, parsed and signed, with the same written by hand beside it.
//!
//! `cargo bench --bench render`. What is written by hand checks nothing, so it is as fast as it can get.

#![allow(missing_docs, clippy::unwrap_used, clippy::write_literal)]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rokka::render::{Operation, RenderUrl, SigningKey};
use sha2::{Digest, Sha256};

const HASH: &str = "3f9a21c6b0d4e8f7a1b2c3d4e5f60718293a4b5c";
const KEY: &str = "EXAMPLEsigningKey0123456789abcd";
const URL: &str = "https://acme.rokka.io/dynamic/resize-width-300-height-200--crop-width-100-height-100/\
                   o-dpr-2-jpg.quality-60/v-w-300/3f9a21c6b0d4e8f7a1b2c3d4e5f60718293a4b5c/red-shoe.webp";

fn build(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("build");
    group.bench_function("rokka", |bencher| {
        bencher.iter(|| {
            RenderUrl::new(black_box("acme"), black_box(HASH))
                .unwrap()
                .dynamic([
                    Operation::new("resize")
                        .option("width", black_box(300))
                        .option("height", 200),
                    Operation::new("crop")
                        .option("width", 100)
                        .option("height", 100),
                ])
                .option("dpr", 2)
                .option("jpg.quality", 60)
                .variable("w", black_box(300))
                .filename("red-shoe")
                .format("webp")
                .url()
                .unwrap()
        });
    });
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| {
            let (organization, hash) = (black_box("acme"), black_box(HASH));
            let mut url = String::with_capacity(256);
            write!(
                url,
                "https://{organization}.rokka.io/dynamic/resize-width-{}-height-{}--crop-width-{}-height-{}/\
                 o-dpr-{}-jpg.quality-{}/v-w-{}/{hash}/{}.{}",
                black_box(300),
                200,
                100,
                100,
                2,
                60,
                black_box(300),
                black_box("red-shoe"),
                black_box("webp"),
            )
            .unwrap();
            url
        });
    });
    group.finish();
}

fn parse(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("parse");
    group.bench_function("rokka", |bencher| {
        bencher.iter(|| RenderUrl::parse(black_box(URL)).unwrap());
    });
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| {
            let rest = black_box(URL).strip_prefix("https://").unwrap();
            let (host, path) = rest.split_once('/').unwrap();
            let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
            let parts: Vec<Vec<String>> = segments
                .iter()
                .flat_map(|segment| segment.split("--"))
                .map(|part| part.split('-').map(str::to_owned).collect())
                .collect();
            (host.to_owned(), parts)
        });
    });
    group.finish();
}

fn sign(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("sign");
    let key = SigningKey::from(KEY);
    group.bench_function("rokka", |bencher| {
        bencher.iter(|| key.sign(black_box(URL)).unwrap());
    });
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| {
            let url = black_box(URL);
            // Without the file name, as the library does.
            let (before, last) = url.rsplit_once('/').unwrap();
            let (_, format) = last.rsplit_once('.').unwrap();
            let path = before.strip_prefix("https://acme.rokka.io").unwrap();
            let digest = Sha256::digest(format!("{path}.{format}:{KEY}"));
            let mut signed = format!("{before}.{format}?sig=");
            for byte in digest.iter().take(8) {
                write!(signed, "{byte:02x}").unwrap();
            }
            signed
        });
    });
    group.finish();
}

criterion_group!(benches, build, parse, sign);
criterion_main!(benches);
