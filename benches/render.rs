//! Measures building, parsing, signing and verifying render URLs, and the same written by hand.
//!
//! `cargo bench --bench render`.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod cases {
    pub(crate) mod case;
    pub(crate) mod render;
    pub(crate) mod wall_time;
}

use criterion::{Criterion, criterion_group, criterion_main};

fn render(criterion: &mut Criterion) {
    cases::wall_time::measure(criterion, cases::render::cases());
}

criterion_group!(benches, render);
criterion_main!(benches);
