//! Generates the bindings from `openapi/rokka.json` (feature `codegen`); without the feature the crate takes
//! them from `generated/`.

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
fn main() -> Result<(), Box<dyn std::error::Error>> {
    const DESCRIPTION: &str = "openapi/rokka.json";
    for path in [DESCRIPTION, "codegen", "build.rs"] {
        println!("cargo:rerun-if-changed={path}");
    }
    let description = serde_json::from_str(&std::fs::read_to_string(DESCRIPTION)?)?;
    let bindings = generate::bindings(&profile::apply(description))?;
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR")?).join("rokka.rs");
    std::fs::write(out, bindings)?;
    Ok(())
}

#[cfg(not(feature = "codegen"))]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
}
