//! Measures whole calls over loopback, from the facade to the decoded response, and a hand-written client.
//!
//! `cargo bench --bench call`.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod cases {
    pub(crate) mod call;
    pub(crate) mod case;
    pub(crate) mod image;
    pub(crate) mod loopback;
    pub(crate) mod wall_time;
}

use criterion::{Criterion, criterion_group, criterion_main};

fn call(criterion: &mut Criterion) {
    let server = cases::loopback::start();
    cases::wall_time::measure(criterion, cases::call::cases(&server));
}

criterion_group!(benches, call);
criterion_main!(benches);
