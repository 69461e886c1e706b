//! Lines of code, dependencies and build times.

use super::markdown::Table;
use crate::compare::Findings;

/// Returns the part with the figures. `build_times` is the table of build times.
pub(super) fn text(findings: &Findings, build_times: &str) -> String {
    let mut text = String::from(
        "## Size\n\nLines of code without empty lines, comments, tests and documentation.\n\n",
    );
    let mut table = Table::new(["code", "lines"]);
    for (name, lines) in &findings.sizes {
        table.row([name.clone(), lines.to_string()]);
    }
    text.push_str(&table.end());
    text.push_str(
        "\nDependencies: those that the client declares for its users, the whole tree, and those of the build only (Rust only). All are \
         for this machine's platform.\n\n",
    );
    let mut table = Table::new(["client", "declared", "all", "build only"]);
    let shown =
        |count: Option<usize>| count.map_or("not counted".to_owned(), |count| count.to_string());
    for (name, count) in &findings.dependencies {
        let build = count
            .build
            .map_or("–".to_owned(), |count| count.to_string());
        table.row([
            name.clone(),
            count.declared.to_string(),
            shown(count.all),
            build,
        ]);
    }
    text.push_str(&table.end());
    text.push_str("\n## Build time\n\n");
    text.push_str(build_times);
    text
}

const BEGIN: &str = "<!-- build times -->\n";
const END: &str = "<!-- build times: end -->\n";

/// Returns the new build times, or the earlier ones.
pub(super) fn build_times(findings: &Findings, earlier: &str) -> String {
    if findings.timings.is_empty() {
        let kept = earlier
            .split_once(BEGIN)
            .and_then(|(_, rest)| rest.split_once(END))
            .map(|(kept, _)| kept);
        let none = "\nNot measured yet (`--build`).\n\n";
        return format!("{BEGIN}{}{END}\n", kept.unwrap_or(none));
    }
    let mut table = Table::new(["crate", "seconds"]);
    for timing in &findings.timings {
        table.row([
            timing.name.clone(),
            format!("{:.1}", timing.time.as_secs_f64()),
        ]);
    }
    format!(
        "{BEGIN}\nCold `cargo build` in the dev profile, with the crates already downloaded, one after the other; {}, {} \
         cores, {}.\n\n{}\n{END}\n",
        findings.date,
        findings.cores,
        findings.rustc,
        table.end()
    )
}

/// Returns the rows of a table with two columns, without its head.
pub(super) fn rows(text: &str) -> Vec<(&str, &str)> {
    text.lines()
        .skip_while(|line| !line.starts_with("|---"))
        .filter_map(|line| {
            let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
            inner.split_once(" | ")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_rows_that_it_writes() {
        let mut table = Table::new(["crate", "seconds"]);
        table.row(["`rokka`: lean", "1.5"]);
        table.row(["reqwest", "1.0"]);
        let text = format!("{BEGIN}\nFrom nothing.\n\n{}\n{END}\n", table.end());
        assert_eq!(rows(&text), [("`rokka`: lean", "1.5"), ("reqwest", "1.0")]);
        assert_eq!(rows("Not measured yet.\n"), []);
    }
}
