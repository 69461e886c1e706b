//! `cargo xtask compare`: compares this crate with clients that OpenAPI Generator creates from the description.
//!
//! The command generates the clients, reads their methods, runs and measures them, and writes `docs/sdk-comparison.md`. The part
//! of the page about names needs none of that: `--names` updates it, and a test compares it with its sources.

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
    /// Runs the Python client; skipped if missing.
    #[arg(long, default_value = "python3", value_name = "COMMAND")]
    python: String,
    /// Runs the Ruby client, with the gem typhoeus; skipped if missing.
    #[arg(long, default_value = "ruby", value_name = "COMMAND")]
    ruby: String,
    /// Runs the TypeScript client; skipped if missing.
    #[arg(long, default_value = "node", value_name = "COMMAND")]
    node: String,
    /// Time cold builds of the Rust clients, which takes minutes on an otherwise idle machine.
    #[arg(long)]
    build: bool,
    /// Output file, relative to the repository.
    #[arg(long, default_value = PAGE, value_name = "FILE")]
    output: PathBuf,
    /// Folder for clients and programs, relative to the repository.
    #[arg(long, default_value = "target/compare", value_name = "FOLDER")]
    work: PathBuf,
    /// Update only the part from the map of names and the description; needs no generator.
    #[arg(long, conflicts_with_all = ["build", "check"])]
    names: bool,
    /// Only check the part from the map of names and the description; needs no generator.
    #[arg(long, conflicts_with = "build")]
    check: bool,
}

/// The programs and folders of a comparison.
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
    /// Returns the folder of a generated client.
    pub(crate) fn generated(&self, sdk: Sdk) -> PathBuf {
        self.work
            .join("generated")
            .join(sdk.generator().unwrap_or("rokka"))
    }
}

/// All results of a comparison.
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

/// Returns the folder of the workspace.
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
                .with_context(|| format!("cannot read {}", page.display()))?;
            let (api, left_out) = api(&root, &description)?;
            let current = page::with_names(&text, &description, &names, &api, &left_out)
                .with_context(|| format!("{} was not written by this command", page.display()))?;
            if self.names {
                std::fs::write(&page, current)
                    .with_context(|| format!("cannot write {}", page.display()))?;
            } else if text != current {
                bail!(
                    "{} is out of date with {NAMES} or {DESCRIPTION}: run `cargo xtask compare --names`",
                    page.display()
                );
            }
            return Ok(ExitCode::SUCCESS);
        }
        // Check this before minutes of work.
        if !page.parent().is_some_and(Path::is_dir) {
            bail!("the folder of {} does not exist", page.display());
        }
        // Build times stay until they are measured again.
        let earlier = std::fs::read_to_string(root.join(PAGE)).unwrap_or_default();
        let findings = self.findings(root, description, names)?;
        std::fs::write(&page, page::render(&findings, &earlier))
            .with_context(|| format!("cannot write {}", page.display()))?;
        eprintln!("wrote {}", page.display());
        Ok(ExitCode::SUCCESS)
    }

    fn findings(self, root: PathBuf, description: Description, names: Names) -> Result<Findings> {
        self.generator.check()?;
        let work = root.join(&self.work);
        std::fs::create_dir_all(&work)
            .with_context(|| format!("cannot create the folder {}", work.display()))?;
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
        // Before the runs, which build other code into these folders.
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

/// Returns the version of this crate.
fn version(root: &Path) -> Result<String> {
    let manifest = root.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest)
        .with_context(|| format!("cannot read {}", manifest.display()))?;
    let found = text
        .lines()
        .find_map(|line| line.strip_prefix("version = "));
    let version = found.with_context(|| format!("{} has no version", manifest.display()))?;
    Ok(version.trim_matches('"').to_owned())
}

/// Returns the methods of `rokka::api`, and the operations without one.
fn api(root: &Path, description: &Description) -> Result<(Signatures, Vec<String>)> {
    let path = root.join(BINDINGS);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let left_out = left_out(&text)?;
    let found = read::rust::methods(&text, BINDINGS)?;
    let signatures = signature::by_operation(description, found, Sdk::Api.label(), &left_out)?;
    Ok((signatures, left_out))
}

/// Returns the operations that are not generated, from the head of the bindings.
fn left_out(bindings: &str) -> Result<Vec<String>> {
    const MARK: &str = "// Not generated: ";
    let line = bindings
        .lines()
        .find_map(|line| line.strip_prefix(MARK))
        .with_context(|| format!("{BINDINGS} has no line that starts with `{MARK}`"))?;
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
        ("`rokka-render`", "render/src"),
        ("`rokka-emulator`", "emulator/src"),
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

    /// Checks the part of the checked-in page that needs no generator.
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
            "run `cargo xtask compare --names` to update {PAGE}"
        );
    }

    #[test]
    fn the_bindings_list_what_they_leave_out() {
        let read = left_out("// a\n// Not generated: getAlbum, createSourceImage.\n").unwrap();
        assert_eq!(read, ["getAlbum", "createSourceImage"]);
        assert!(left_out("// a\n").is_err());
    }
}
