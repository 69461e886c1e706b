//! `cargo xtask compare`: clients that OpenAPI Generator makes from the description, beside this crate.
//!
//! It generates them, reads their methods, runs them, counts and times, and writes `docs/sdk-comparison.md`. What the
//! page says of the names alone needs none of that: `--names` renews it, and a test holds it against its sources.

mod build_time;
mod dependencies;
mod description;
mod generator;
mod names;
mod page;
mod probe;
mod read;
mod repair;
mod scenario;
mod sdk;
mod signature;
mod size;
mod verdict;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use build_time::Timing;
use dependencies::Dependencies;
use description::Description;
use names::Names;
use probe::Run;
use read::field::{self, FieldType};
use sdk::Sdk;
use signature::{Signature, Signatures};

use crate::command;
use crate::document::Document;
use crate::openapi_generator::OpenApiGenerator;

const DESCRIPTION: &str = "openapi/rokka.json";
const NAMES: &str = "docs/names.json";
const PAGE: &str = "docs/sdk-comparison.md";
const BINDINGS: &str = "generated/rokka.rs";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    generator: OpenApiGenerator,
    /// Runs the Python client; left out if it is not there.
    #[arg(long, default_value = "python3", value_name = "COMMAND")]
    python: String,
    /// Runs the Ruby client, with the gem typhoeus; left out if it is not there.
    #[arg(long, default_value = "ruby", value_name = "COMMAND")]
    ruby: String,
    /// Runs the TypeScript client; left out if it is not there.
    #[arg(long, default_value = "node", value_name = "COMMAND")]
    node: String,
    /// Time cold builds of the Rust clients, which takes minutes and wants a machine that does nothing else.
    #[arg(long)]
    build: bool,
    /// Where the page goes, seen from the folder of the crate.
    #[arg(long, default_value = PAGE, value_name = "FILE")]
    output: PathBuf,
    /// Where clients and programs are made, seen from the folder of the crate.
    #[arg(long, default_value = "target/compare", value_name = "FOLDER")]
    work: PathBuf,
    /// Renew only what comes from the map of names and the description; needs no generator.
    #[arg(long, conflicts_with_all = ["build", "check"])]
    names: bool,
    /// Only check that what comes from the map of names and the description is current; needs no generator.
    #[arg(long, conflicts_with = "build")]
    check: bool,
}

/// The programs and folders that a comparison works with.
pub(crate) struct Tools {
    pub(crate) root: PathBuf,
    pub(crate) work: PathBuf,
    pub(crate) python: String,
    pub(crate) ruby: String,
    pub(crate) node: String,
    pub(crate) npm: String,
    pub(crate) cargo: String,
}

impl Tools {
    /// Where the generated client of another language is.
    pub(crate) fn generated(&self, sdk: Sdk) -> PathBuf {
        self.work
            .join("generated")
            .join(sdk.generator().unwrap_or("rokka"))
    }
}

/// All that a comparison found.
pub(crate) struct Findings {
    pub(crate) description: Description,
    pub(crate) names: Names,
    pub(crate) left_out: Vec<String>,
    /// The version of this crate.
    pub(crate) rokka: String,
    pub(crate) rustc: String,
    pub(crate) date: String,
    pub(crate) cores: usize,
    pub(crate) signatures: BTreeMap<Sdk, Signatures>,
    pub(crate) runs: BTreeMap<Sdk, Run>,
    /// The types of [`read::field::FIELDS`].
    pub(crate) fields: BTreeMap<Sdk, Vec<FieldType>>,
    pub(crate) sizes: Vec<(String, usize)>,
    pub(crate) dependencies: Vec<(String, Dependencies)>,
    pub(crate) timings: Vec<Timing>,
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

impl Arguments {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let root = root();
        let document = Document::read(&root.join(DESCRIPTION), &self.generator)?;
        let description = Description::new(document)?;
        let names = Names::read(&root.join(NAMES), &description)?;
        let page = root.join(&self.output);
        if self.names || self.check {
            let text = std::fs::read_to_string(&page)
                .with_context(|| format!("{} cannot be read", page.display()))?;
            let (api, left_out) = api(&root, &description)?;
            let current = page::with_names(&text, &description, &names, &api, &left_out)
                .with_context(|| format!("{} is no page of this command", page.display()))?;
            if self.names {
                std::fs::write(&page, current)
                    .with_context(|| format!("{} cannot be written", page.display()))?;
            } else if text != current {
                bail!(
                    "{} is behind {NAMES} or {DESCRIPTION}: renew it by `cargo xtask compare --names`",
                    page.display()
                );
            }
            return Ok(ExitCode::SUCCESS);
        }
        // Rather than after minutes of work.
        if !page.parent().is_some_and(Path::is_dir) {
            bail!("{} is in no folder that is there", page.display());
        }
        // Build times are kept until they are measured again.
        let earlier = std::fs::read_to_string(root.join(PAGE)).unwrap_or_default();
        let findings = self.findings(root, description, names)?;
        std::fs::write(&page, page::render(&findings, &earlier))
            .with_context(|| format!("{} cannot be written", page.display()))?;
        eprintln!("{} is written", page.display());
        Ok(ExitCode::SUCCESS)
    }

    fn findings(self, root: PathBuf, description: Description, names: Names) -> Result<Findings> {
        self.generator.check()?;
        let work = root.join(&self.work);
        std::fs::create_dir_all(&work)
            .with_context(|| format!("the folder {} cannot be made", work.display()))?;
        let tools = Tools {
            work: work.canonicalize()?,
            python: self.python,
            ruby: self.ruby,
            node: self.node,
            npm: "npm".to_owned(),
            cargo: std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()),
            root,
        };
        let (api, left_out) = api(&tools.root, &description)?;
        let mut signatures = BTreeMap::from([(Sdk::Api, api)]);
        for sdk in Sdk::FOREIGN {
            eprintln!("generating {}", sdk.label());
            let folder = tools.generated(sdk);
            generator::generate(&self.generator, sdk, &tools.root.join(DESCRIPTION), &folder)?;
            signatures.insert(sdk, read_foreign(sdk, &folder, &description)?);
        }
        let fields = fields(&tools)?;
        // Before the clients are run, since what is built for that is no code of theirs.
        let sizes = sizes(&tools)?;
        let mut runs = BTreeMap::new();
        for (sdk, signatures) in &signatures {
            eprintln!("running {}", sdk.label());
            runs.insert(*sdk, probe::run(*sdk, &description, signatures, &tools)?);
        }
        let dependencies = dependencies(&tools, &runs)?;
        let timings = if self.build {
            eprintln!("building the Rust clients");
            build_time::measure(&tools)?
        } else {
            Vec::new()
        };
        Ok(Findings {
            description,
            names,
            left_out,
            rokka: version(&tools.root)?,
            rustc: command::version("rustc", "--version").unwrap_or_default(),
            date: chrono::Utc::now().format("%Y-%m-%d").to_string(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            signatures,
            runs,
            fields,
            sizes,
            dependencies,
            timings,
        })
    }
}

/// The version of this crate.
fn version(root: &Path) -> Result<String> {
    let manifest = root.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest)
        .with_context(|| format!("{} cannot be read", manifest.display()))?;
    let found = text
        .lines()
        .find_map(|line| line.strip_prefix("version = "));
    let version = found.with_context(|| format!("{} has no version", manifest.display()))?;
    Ok(version.trim_matches('"').to_owned())
}

/// The methods of `rokka::api`, and the operations that it has none for.
fn api(root: &Path, description: &Description) -> Result<(Signatures, Vec<String>)> {
    let path = root.join(BINDINGS);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let left_out = left_out(&text)?;
    let found = read::rust::methods(&text, BINDINGS)?;
    let signatures = signature::by_operation(description, found, Sdk::Api.label(), &left_out)?;
    Ok((signatures, left_out))
}

/// The operations that the head of the bindings says are not generated.
fn left_out(bindings: &str) -> Result<Vec<String>> {
    const MARK: &str = "// Not generated: ";
    let line = bindings
        .lines()
        .find_map(|line| line.strip_prefix(MARK))
        .with_context(|| format!("{BINDINGS} has no line that begins with `{MARK}`"))?;
    Ok(line
        .trim_end_matches('.')
        .split(", ")
        .map(str::to_owned)
        .collect())
}

fn read_foreign(sdk: Sdk, folder: &Path, description: &Description) -> Result<Signatures> {
    type Reader = fn(&str, &str) -> Result<Vec<Signature>>;
    let (place, end, reader): (_, _, Reader) = match sdk {
        Sdk::Ruby | Sdk::Python => ("docs", "Api.md", read::reference::methods),
        Sdk::TypeScript => ("apis", "Api.ts", read::typescript::methods),
        Sdk::Rust | Sdk::Api => ("src/apis", "_api.rs", read::rust::methods),
    };
    let mut found = Vec::new();
    for (path, text) in read::files(&folder.join(place), end)? {
        found.extend(reader(&text, &path.to_string_lossy())?);
    }
    signature::by_operation(description, found, sdk.label(), &[])
}

fn fields(tools: &Tools) -> Result<BTreeMap<Sdk, Vec<FieldType>>> {
    let mut fields = BTreeMap::new();
    for sdk in Sdk::ALL {
        let folder = if sdk == Sdk::Api {
            tools.root.clone()
        } else {
            tools.generated(sdk)
        };
        let read = field::FIELDS.map(|(model, name, _)| field::of(sdk, &folder, model, name));
        fields.insert(sdk, read.into_iter().collect::<Result<_>>()?);
    }
    Ok(fields)
}

fn sizes(tools: &Tools) -> Result<Vec<(String, usize)>> {
    let mut sizes = Vec::new();
    for (sdk, place) in [
        (Sdk::Ruby, "lib"),
        (Sdk::Python, "openapi_client"),
        (Sdk::TypeScript, ""),
        (Sdk::Rust, "src"),
    ] {
        let lines = size::lines(&tools.generated(sdk).join(place))?;
        sizes.push((sdk.label().to_owned(), lines));
    }
    for (name, place) in [
        ("`rokka::api`, generated", BINDINGS),
        (page::BY_HAND, "src"),
        ("of these the in-memory service for tests", "src/testing"),
    ] {
        sizes.push((name.to_owned(), size::lines(&tools.root.join(place))?));
    }
    Ok(sizes)
}

fn dependencies(tools: &Tools, runs: &BTreeMap<Sdk, Run>) -> Result<Vec<(String, Dependencies)>> {
    let mut found = Vec::new();
    for sdk in [Sdk::Ruby, Sdk::Python, Sdk::TypeScript] {
        let installed = runs.get(&sdk).and_then(|run| run.as_ref().ok()?.packages);
        found.push((
            sdk.label().to_owned(),
            dependencies::foreign(sdk, tools, installed)?,
        ));
    }
    let generated = tools.generated(Sdk::Rust).join("Cargo.toml");
    let own = tools.root.join("Cargo.toml");
    let lean: &[&str] = &["--no-default-features", "--features", "rustls"];
    let native: &[&str] = &["--no-default-features", "--features", "native-tls"];
    let http2: &[&str] = &["--no-default-features", "--features", "rustls,http2"];
    for (name, manifest, features) in [
        (
            "Rust (OpenAPI Generator), its default: native-tls",
            &generated,
            &[][..],
        ),
        (
            "`rokka`, its default: rustls (ring), codegen",
            &own,
            &[][..],
        ),
        ("`rokka` without codegen: rustls (ring)", &own, lean),
        ("`rokka` without codegen: native-tls", &own, native),
        (
            "`rokka` without codegen: rustls (ring), HTTP/2",
            &own,
            http2,
        ),
    ] {
        found.push((
            name.to_owned(),
            dependencies::of_crate(tools, manifest, features)?,
        ));
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The page that is checked in, as far as it needs no generator.
    #[test]
    fn the_page_has_the_names_of_the_map() {
        let root = root();
        let text = std::fs::read_to_string(root.join(DESCRIPTION)).unwrap();
        let description = Description::of(serde_json::from_str(&text).unwrap());
        let names = Names::read(&root.join(NAMES), &description).unwrap();
        let (api, left_out) = api(&root, &description).unwrap();
        let text = std::fs::read_to_string(root.join(PAGE)).unwrap();
        let current = page::with_names(&text, &description, &names, &api, &left_out).unwrap();
        assert!(
            text == current,
            "renew {PAGE} by `cargo xtask compare --names`"
        );
    }

    #[test]
    fn the_bindings_say_what_they_leave_out() {
        let read = left_out("// a\n// Not generated: getAlbum, createSourceImage.\n").unwrap();
        assert_eq!(read, ["getAlbum", "createSourceImage"]);
        assert!(left_out("// a\n").is_err());
    }
}
