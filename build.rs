//! Generates the bindings from `openapi/rokka.json` (feature `codegen`); without the feature the crate takes
//! them from `generated/`.
//!
//! With `ROKKA_UPDATE_GENERATED` set it renews `generated/` too. That cannot wait for the drift test, which needs the facade:
//! after a change that the facade does not fit there is none until somebody mends it by what the new bindings are.

// A build that cannot read its own description may stop in any way.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

#[cfg(feature = "codegen")]
#[path = "codegen/calls.rs"]
mod calls;
#[cfg(feature = "codegen")]
#[path = "codegen/generate.rs"]
mod generate;
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
    const DESCRIPTION: &str = "openapi/rokka.json";
    const CHECKED_IN: &str = "generated/rokka.rs";
    const UPDATE: &str = "ROKKA_UPDATE_GENERATED";
    for path in [DESCRIPTION, CHECKED_IN, "codegen", "build.rs"] {
        println!("cargo:rerun-if-changed={path}");
    }
    println!("cargo:rerun-if-env-changed={UPDATE}");
    let description = serde_json::from_str(&std::fs::read_to_string(DESCRIPTION)?)?;
    let bindings = generate::bindings(&profile::apply(description))?;
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR")?).join("rokka.rs");
    let current = std::fs::read_to_string(CHECKED_IN).is_ok_and(|text| text == bindings);
    if !current && std::env::var_os(UPDATE).is_some() {
        std::fs::write(CHECKED_IN, &bindings)?;
    } else if !current {
        println!(
            "cargo:warning={CHECKED_IN} is not what {DESCRIPTION} gives; renew it with: {UPDATE}=1 cargo test --test generated"
        );
    }
    std::fs::write(out, bindings)?;
    Ok(())
}

#[cfg(not(feature = "codegen"))]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
}
