//! Times cold builds of the Rust clients.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Tools;
use super::sdk::Sdk;
use crate::command::output;

/// A crate to build: its name on the page, and how another crate depends on it.
pub(crate) struct Subject {
    pub(crate) name: String,
    dependency: String,
}

pub(crate) struct Timing {
    pub(crate) name: String,
    pub(crate) time: Duration,
}

/// Returns the crates to build, in this order.
pub(crate) fn subjects(tools: &Tools) -> Vec<Subject> {
    let rokka = tools.root.to_string_lossy().into_owned();
    let generated = tools.generated(Sdk::Rust).to_string_lossy().into_owned();
    let reqwest = "version = \"0.13\", default-features = false, features = [\"json\", \"multipart\", \"query\", \"stream\"";
    [
        ("reqwest alone, native-tls", format!("reqwest = {{ {reqwest}, \"native-tls\"] }}")),
        ("reqwest alone, rustls (aws-lc)", format!("reqwest = {{ {reqwest}, \"rustls\"] }}")),
        ("Rust (OpenAPI Generator), its default: native-tls", format!("openapi = {{ path = {generated:?} }}")),
        ("`rokka`, its default: rustls (ring), codegen", format!("rokka = {{ path = {rokka:?} }}")),
        (
            "`rokka` without codegen: rustls (ring)",
            format!("rokka = {{ path = {rokka:?}, default-features = false, features = [\"rustls\"] }}"),
        ),
        (
            "`rokka` without codegen: native-tls",
            format!("rokka = {{ path = {rokka:?}, default-features = false, features = [\"native-tls\"] }}"),
        ),
        (
            "`rokka` without codegen: rustls (ring), HTTP/2",
            format!("rokka = {{ path = {rokka:?}, default-features = false, features = [\"rustls\", \"http2\"] }}"),
        ),
    ]
    .map(|(name, dependency)| Subject {
        name: name.to_owned(),
        dependency,
    })
    .into()
}

/// Builds each in the dev profile with an empty target directory, after downloading its dependencies.
pub(crate) fn measure(tools: &Tools) -> Result<Vec<Timing>> {
    let folder = tools.work.join("build-time");
    let target = folder.join("target");
    let mut timings = Vec::new();
    for subject in subjects(tools) {
        std::fs::create_dir_all(folder.join("src"))?;
        std::fs::write(folder.join("src/lib.rs"), "")?;
        let manifest = format!(
            "[workspace]\n\n[package]\nname = \"build-time\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{}\n",
            subject.dependency
        );
        std::fs::write(folder.join("Cargo.toml"), manifest)?;
        let cargo = |arguments: &[&str]| {
            let mut command = Command::new(&tools.cargo);
            command
                .args(arguments)
                .current_dir(&folder)
                .env("CARGO_TARGET_DIR", &target);
            output(&mut command)
        };
        if target.exists() {
            std::fs::remove_dir_all(&target)?;
        }
        cargo(&["fetch", "--quiet"])?;
        let start = Instant::now();
        cargo(&["build", "--quiet", "--offline"])
            .with_context(|| format!("cannot build {}", subject.name))?;
        timings.push(Timing {
            name: subject.name,
            time: start.elapsed(),
        });
    }
    std::fs::remove_dir_all(&target)?;
    Ok(timings)
}
