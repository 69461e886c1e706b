//! How long a case takes, by criterion.

use criterion::Criterion;

use super::case::Case;

/// Measures cases; those of a group follow each other.
pub(crate) fn measure(criterion: &mut Criterion, cases: Vec<Case>) {
    for mut case in cases {
        criterion
            .benchmark_group(case.group)
            .bench_function(case.version, |bencher| bencher.iter(|| case.run()));
    }
}
