//! Measures the cost of verifying downloads and uploads by their binary hash.
//!
//! `cargo bench --bench transfer`.

#![allow(missing_docs, clippy::unwrap_used, clippy::cast_possible_truncation)]

mod cases {
    pub(crate) mod case;
    pub(crate) mod transfer;
    pub(crate) mod wall_time;
}

use criterion::{Criterion, criterion_group, criterion_main};

fn transfer(criterion: &mut Criterion) {
    cases::wall_time::measure(criterion, cases::transfer::cases());
}

criterion_group!(benches, transfer);
criterion_main!(benches);
