//! `docs/sdk-comparison.md`.

mod criteria;
mod figures;
mod markdown;
mod names;
mod operations;
mod summary;

use std::fmt::Write as _;

use anyhow::Result;

use super::description::Description;
use super::names::Names;
use super::signature::Signatures;
use super::{Findings, NAMES};
use crate::openapi_generator;

/// The name of the hand-written code in the table of sizes.
pub(crate) const BY_HAND: &str = "`rokka`, written by hand";

/// Returns the whole page. `earlier` is the previous page; its build times stay if there are no new ones.
pub(crate) fn render(findings: &Findings, earlier: &str) -> String {
    let mut text = String::from("# Comparison with other SDKs\n\n");
    let _ = writeln!(
        text,
        "This page compares `rokka` {} with clients that OpenAPI Generator creates from [`openapi/rokka.json`](../openapi/rokka.json), by \
         their code and by measurements, and with the published rokka clients, by their operations and names.\n",
        findings.rokka
    );
    let _ = writeln!(
        text,
        "Written by `cargo xtask compare` on {}: OpenAPI Generator {} (ruby, python, typescript-fetch, and rust with reqwest, all with their defaults), \
         description {}, {}{}. `--names` updates the tables of names, which come from [`{NAMES}`](names.json).\n",
        findings.date,
        openapi_generator::VERSION,
        findings.description.version(),
        findings.rustc,
        versions(findings),
    );
    let build_times = figures::build_times(findings, earlier);
    text.push_str(&summary::text(findings, &build_times));
    text.push_str(&figures::text(findings, &build_times));
    let api = findings.signatures.get(&super::Sdk::Api);
    text.push_str(&names::part(
        &findings.description,
        &findings.names,
        api.unwrap_or(&Signatures::new()),
        &findings.left_out,
    ));
    text.push('\n');
    text.push_str(&operations::text(findings));
    let _ = writeln!(
        text,
        "## Update this page\n\nRun `cargo xtask compare --build` on an idle machine. It needs OpenAPI Generator \
         (`{}`), and for the runs `python3`, `node` with `npm`, and `ruby` \
         with the gem typhoeus; the page reports missing languages. `--help` lists the options to set these programs. \
         Memory and times vary slightly from run to run.",
        openapi_generator::installation()
    );
    text
}

/// Replaces the part of a page that comes from the map of names.
pub(crate) fn with_names(
    page: &str,
    description: &Description,
    map: &Names,
    api: &Signatures,
    left_out: &[String],
) -> Result<String> {
    names::replaced(page, &names::part(description, map, api, left_out))
}

fn versions(findings: &Findings) -> String {
    let mut text = String::new();
    for sdk in [super::Sdk::Ruby, super::Sdk::Python, super::Sdk::TypeScript] {
        if let Some(Ok(ran)) = findings.runs.get(&sdk) {
            let _ = write!(text, ", {}", ran.version);
        }
    }
    text
}
