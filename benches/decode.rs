//! Measures decoding of pages, dates and user metadata with the library's types and with plain ones.
//!
//! `cargo bench --bench decode`.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod cases {
    pub(crate) mod case;
    pub(crate) mod date;
    pub(crate) mod decode;
    pub(crate) mod image;
    pub(crate) mod metadata;
    pub(crate) mod wall_time;
}

use criterion::{Criterion, criterion_group, criterion_main};

fn decode(criterion: &mut Criterion) {
    cases::wall_time::measure(criterion, cases::decode::cases());
    cases::wall_time::measure(criterion, cases::date::cases());
    cases::wall_time::measure(criterion, cases::metadata::cases());
}

criterion_group!(benches, decode);
criterion_main!(benches);
