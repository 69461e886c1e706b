//! Generates the bindings from `openapi/rokka.json` (feature `codegen`). Without the feature, the crate compiles the
//! bindings in `generated/`.
//!
//! With `ROKKA_UPDATE_GENERATED` set, the build also updates `generated/`. The drift test cannot do that: it needs a facade
//! that compiles, and adapting the facade to a new description needs the new bindings first.

// A build that cannot read its own description may panic.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice
)]

#[cfg(feature = "codegen")]
#[path = "codegen/calls.rs"]
mod calls;
#[cfg(feature = "codegen")]
#[path = "codegen/choice.rs"]
mod choice;
#[cfg(feature = "codegen")]
#[path = "codegen/generate.rs"]
mod generate;
#[cfg(feature = "codegen")]
#[path = "codegen/operations.rs"]
mod operations;
#[cfg(feature = "codegen")]
#[path = "codegen/pattern.rs"]
mod pattern;
#[cfg(feature = "codegen")]
#[path = "codegen/patterns.rs"]
mod patterns;
#[cfg(feature = "codegen")]
#[path = "codegen/profile.rs"]
mod profile;
#[cfg(feature = "codegen")]
#[path = "codegen/schemas.rs"]
mod schemas;

#[cfg(feature = "codegen")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use choice::Choice;
    use std::fs;

    const DESCRIPTION: &str = "openapi/rokka.json";
    const CHECKED_IN: &str = "generated/rokka.rs";
    const UPDATE: &str = "ROKKA_UPDATE_GENERATED";
    for path in [DESCRIPTION, CHECKED_IN, "codegen", "build.rs"] {
        println!("cargo:rerun-if-changed={path}");
    }
    println!("cargo:rerun-if-env-changed={UPDATE}");
    let update = std::env::var_os(UPDATE).is_some();

    let mut sources = vec![std::path::PathBuf::from(DESCRIPTION)];
    let mut code = fs::read_dir("codegen")?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    code.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    code.sort();
    sources.extend(code);
    let texts = sources.iter().map(fs::read_to_string);
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    let fingerprint = choice::fingerprint(&texts);

    // Generators may panic on descriptions that they do not support.
    let emitted = std::panic::catch_unwind(|| -> Result<String, String> {
        let description = serde_json::from_str(&texts[0]).map_err(|error| error.to_string())?;
        let table = operations::table(&description);
        let profile = profile::apply(description);
        generate::bindings(&profile, &table, &fingerprint).map_err(|error| error.to_string())
    });
    let emitted = emitted.unwrap_or_else(|_| Err("the code generation panicked".to_owned()));
    let emitted = emitted.as_deref().map_err(String::as_str);
    let checked_in = fs::read_to_string(CHECKED_IN).ok();
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR")?);
    // The drift test compares this with the checked-in file, whichever of them is compiled.
    fs::write(
        out.join("emitted.rs"),
        emitted.unwrap_or_else(|error| error),
    )?;
    let choice = choice::choose(emitted, checked_in.as_deref(), &fingerprint, update);
    let compiled = match (&choice, emitted) {
        (Choice::Current | Choice::CheckedIn, _) | (_, Err(_)) => checked_in.unwrap_or_default(),
        (_, Ok(emitted)) => emitted.to_owned(),
    };
    match choice {
        Choice::Current => {}
        Choice::Fail(error) => return Err(error.into()),
        Choice::CheckedIn => println!(
            "cargo:warning=the generator's output differs from {CHECKED_IN}, so its version was not tested; compiling {CHECKED_IN} instead"
        ),
        Choice::Emitted if update => fs::write(CHECKED_IN, &compiled)?,
        Choice::Emitted => println!(
            "cargo:warning={CHECKED_IN} is out of date with {DESCRIPTION}; update it with: {UPDATE}=1 cargo test --test generated"
        ),
    }
    fs::write(out.join("rokka.rs"), compiled)?;
    Ok(())
}

#[cfg(not(feature = "codegen"))]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
}
