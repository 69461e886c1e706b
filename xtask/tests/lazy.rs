//! Holds that a program compiles only the calls that it makes.
//!
//! The compiler generates code for a function that is neither generic nor `#[inline]` in the crate that defines it. A method that
//! makes a call would take along everything that sends it: half of what the crate takes to build, for every program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use syn::{FnArg, GenericParam, Generics, ImplItem, Item, ReturnType, Type, Visibility};

/// What a method returns that makes a call without sending it.
const CALLS: &[&str] = &["Call", "BulkCall", "Pages", "Items", "Images"];

#[test]
fn a_method_that_makes_a_call_is_compiled_where_it_is_used() {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../src"),
        &mut files,
    );
    let (mut seen, mut eager) = (0, Vec::new());
    for file in &files {
        let source = syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap();
        for item in &source.items {
            let Item::Impl(block) = item else { continue };
            if block.trait_.is_some() || is_generic(&block.generics) {
                continue;
            }
            for item in &block.items {
                let ImplItem::Fn(method) = item else { continue };
                let sig = &method.sig;
                let takes_impl = |arg: &FnArg| matches!(arg, FnArg::Typed(arg) if matches!(*arg.ty, Type::ImplTrait(_)));
                if !matches!(method.vis, Visibility::Public(_))
                    || is_generic(&sig.generics)
                    || sig.inputs.iter().any(takes_impl)
                    || !makes_call(&sig.output)
                {
                    continue;
                }
                seen += 1;
                if !method.attrs.iter().any(|it| it.path().is_ident("inline")) {
                    eager.push(format!("{}: {}", file.display(), sig.ident));
                }
            }
        }
    }
    assert!(seen > 10, "found {seen} methods only");
    assert!(
        eager.is_empty(),
        "add #[inline] to these methods, so that only the programs that use them compile what they send:\n{}",
        eager.join("\n")
    );
}

/// Lines of LLVM IR that the crate may take by itself. It takes 275,000 with rustc 1.95, mostly for what every call needs.
const LINES: usize = 330_000;

#[test]
fn the_crate_itself_is_little_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let code = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lazy.ll");
    // The features of `.ci/run lean`, so that the dependencies are compiled once.
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["rustc", "--quiet", "--package", "rokka", "--lib"])
        .args(["--no-default-features", "--features", "rustls", "--"])
        .args(["-C", "debuginfo=0", "-C", "codegen-units=1"])
        .arg(format!("--emit=llvm-ir={}", code.display()))
        .status()
        .expect("cargo starts");
    assert!(status.success(), "the crate does not compile: {status}");
    let mut inside = false;
    let mut lines = 0;
    for line in fs::read_to_string(code).unwrap().lines() {
        match line {
            "}" => inside = false,
            _ if line.starts_with("define ") => inside = true,
            _ => lines += usize::from(inside),
        }
    }
    assert!(lines > 100_000, "the code has {lines} lines only");
    assert!(
        lines < LINES,
        "the crate takes {lines} lines of LLVM IR by itself: add #[inline] to functions that not every program uses"
    );
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
}

fn is_generic(generics: &Generics) -> bool {
    let of_type = |param: &GenericParam| matches!(param, GenericParam::Type(_));
    generics.params.iter().any(of_type)
}

fn makes_call(output: &ReturnType) -> bool {
    let ReturnType::Type(_, output) = output else {
        return false;
    };
    let Type::Path(path) = &**output else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|last| CALLS.iter().any(|call| last.ident == call))
}
