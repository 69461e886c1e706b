//! Measures the wall time of cases with criterion.

use criterion::Criterion;

use super::case::Case;

/// Measures the cases, group by group.
pub(crate) fn measure(criterion: &mut Criterion, cases: Vec<Case>) {
    for mut case in cases {
        criterion
            .benchmark_group(case.group)
            .bench_function(case.version, |bencher| bencher.iter(|| case.run()));
    }
}
