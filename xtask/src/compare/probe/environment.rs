//! Prepares the run of a client: its language, its packages, and the probe.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{output, version};
use crate::compare::sdk::Sdk;
use crate::compare::signature::Signatures;
use crate::compare::{Tools, repair};

/// The TypeScript compiler, from npm.
const TYPESCRIPT: &str = "typescript@5.9.3";

pub(super) struct Environment {
    /// The command that runs the probe, without its arguments.
    pub(super) command: Command,
    pub(super) version: String,
    pub(super) packages: Option<usize>,
    pub(super) repair: Option<String>,
}

/// Returns the environment of a client, or why there is none.
pub(super) fn prepare(
    sdk: Sdk,
    signatures: &Signatures,
    tools: &Tools,
) -> Result<std::result::Result<Environment, String>> {
    let language = match sdk {
        Sdk::Ruby => &tools.ruby,
        Sdk::Python => &tools.python,
        Sdk::TypeScript => &tools.node,
        Sdk::Rust | Sdk::Api => "rustc",
    };
    let Some(version) = version(language, "--version") else {
        return Ok(Err(format!("`{language}` is not installed")));
    };
    match sdk {
        Sdk::Ruby => ruby(tools, &version),
        Sdk::Python => python(tools, version).map(Ok),
        Sdk::TypeScript => typescript(tools, &version).map(Ok),
        Sdk::Rust | Sdk::Api => rust(sdk, signatures, tools, version).map(Ok),
    }
}

fn ruby(tools: &Tools, version: &str) -> Result<std::result::Result<Environment, String>> {
    let mut test = Command::new(&tools.ruby);
    if output(test.args(["-e", "require 'typhoeus'"])).is_err() {
        return Ok(Err(format!("`{}` has no gem typhoeus", tools.ruby)));
    }
    let script = written(tools, "probe.rb", include_str!("probe.rb"))?;
    let mut command = Command::new(&tools.ruby);
    command
        .arg("-I")
        .arg(tools.generated(Sdk::Ruby).join("lib"))
        .arg(script);
    let words: Vec<&str> = version.split_whitespace().take(2).collect();
    Ok(Ok(Environment {
        command,
        version: words.join(" "),
        packages: None,
        repair: None,
    }))
}

fn python(tools: &Tools, version: String) -> Result<Environment> {
    let folder = tools.work.join("python");
    let python = folder.join("bin/python");
    if !python.exists() {
        output(
            Command::new(&tools.python)
                .args(["-m", "venv"])
                .arg(&folder),
        )?;
    }
    let pip = |arguments: &[&str]| {
        let mut command = Command::new(&python);
        command
            .args(["-m", "pip", "--disable-pip-version-check"])
            .args(arguments);
        command
    };
    output(
        pip(&["install", "--quiet", "--force-reinstall", "--no-deps"])
            .arg(tools.generated(Sdk::Python)),
    )?;
    output(pip(&["install", "--quiet"]).arg(tools.generated(Sdk::Python)))?;
    let installed = output(&mut pip(&["list", "--format=freeze"]))?;
    let own = ["openapi", "pip=", "setuptools="];
    let packages = installed
        .lines()
        .filter(|line| !own.iter().any(|own| line.starts_with(own)));
    let script = written(tools, "probe.py", include_str!("probe.py"))?;
    let mut command = Command::new(&python);
    command.arg(script);
    Ok(Environment {
        command,
        version,
        packages: Some(packages.count()),
        repair: None,
    })
}

fn typescript(tools: &Tools, version: &str) -> Result<Environment> {
    let folder = tools.work.join("node");
    std::fs::create_dir_all(&folder)?;
    let compiler = folder.join("node_modules/typescript/bin/tsc");
    if !compiler.exists() {
        output(
            Command::new(&tools.npm)
                .args(["install", "--silent", "--no-save", "--prefix"])
                .arg(&folder)
                .arg(TYPESCRIPT),
        )?;
    }
    let source = tools.generated(Sdk::TypeScript);
    std::fs::write(source.join("probe.ts"), include_str!("probe.ts"))?;
    let folder_of_code = tools.work.join("typescript-compiled");
    output(
        Command::new(&tools.node)
            .arg(&compiler)
            .args([
                "--strict",
                "--target",
                "es2022",
                "--lib",
                "es2022,dom",
                "--module",
                "commonjs",
            ])
            .args(["--moduleResolution", "node10", "--outDir"])
            .arg(&folder_of_code)
            .arg(source.join("probe.ts")),
    )?;
    // The probe is not part of the client.
    std::fs::remove_file(source.join("probe.ts"))?;
    let mut command = Command::new(&tools.node);
    command.arg(folder_of_code.join("probe.js"));
    Ok(Environment {
        command,
        version: format!("Node.js {version}"),
        packages: Some(0),
        repair: None,
    })
}

fn rust(sdk: Sdk, signatures: &Signatures, tools: &Tools, version: String) -> Result<Environment> {
    let (name, library, path, wire) = match sdk {
        Sdk::Rust => (
            "probe-openapi",
            "openapi",
            tools.generated(sdk),
            include_str!("wire_openapi.rs"),
        ),
        _ => (
            "probe-rokka",
            "rokka",
            tools.root.clone(),
            include_str!("wire_rokka.rs"),
        ),
    };
    let folder = tools.work.join(name);
    let manifest = format!(
        "[workspace]\n\n[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         {library} = {{ path = {:?} }}\nserde = \"1\"\nserde_json = \"1\"\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n",
        path.to_string_lossy(),
    );
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    std::fs::write(folder.join("src/main.rs"), include_str!("probe.rs"))?;
    std::fs::write(folder.join("src/wire.rs"), wire)?;
    std::fs::write(folder.join("src/decode.rs"), decoder(library, signatures))?;
    let target = tools.work.join("rust-target");
    let build = || {
        output(
            Command::new(&tools.cargo)
                .args(["build", "--quiet"])
                .current_dir(&folder)
                .env("CARGO_TARGET_DIR", &target),
        )
        .with_context(|| format!("cannot compile {}", folder.display()))
    };
    let mut repaired = None;
    if let Err(error) = build() {
        if sdk == Sdk::Rust {
            repaired = repair::rust(&tools.generated(sdk))?;
        }
        if repaired.is_none() {
            return Err(error);
        }
        build()?;
    }
    Ok(Environment {
        command: Command::new(target.join("debug").join(name)),
        version,
        packages: None,
        repair: repaired,
    })
}

/// Returns the code of a function that decodes each type of the signatures.
fn decoder(library: &str, signatures: &Signatures) -> String {
    let types = if library == "rokka" {
        "rokka::api::types"
    } else {
        "openapi::models"
    };
    let mut kinds: Vec<&str> = signatures
        .values()
        .filter_map(|one| one.decodes.as_deref())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut arms = String::new();
    for kind in kinds {
        let _ = writeln!(arms, "        {kind:?} => round_trip::<{kind}>(body),");
    }
    let short = types.rsplit("::").next().unwrap_or_default();
    format!(
        "//! Decodes the responses by their types.\n\nuse {types} as {short};\n\nuse crate::round_trip;\n\n\
         pub fn decode(kind: &str, body: &str) -> Result<serde_json::Value, serde_json::Error> {{\n    \
         match kind {{\n{arms}        _ => panic!(\"no type {{kind}}\"),\n    }}\n}}\n"
    )
}

fn written(tools: &Tools, name: &str, text: &str) -> Result<PathBuf> {
    let folder: &Path = &tools.work.join("probe");
    std::fs::create_dir_all(folder)?;
    let path = folder.join(name);
    std::fs::write(&path, text)?;
    Ok(path)
}
