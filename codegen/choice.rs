//! Chooses which bindings to compile: the ones that the build has just emitted, or the checked-in ones.
//!
//! The checked-in file starts with a fingerprint of its inputs. If the inputs are unchanged but the build emits something
//! else, the generator or one of its dependencies has another version. This can happen where the crate is a dependency; the
//! build then compiles the checked-in file, which was tested. The drift test fails in any case. If the description or the
//! code generation has changed, the build compiles what it emits.

/// Which bindings to compile.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Either: emitted and checked-in bindings are the same.
    Current,
    /// The emitted bindings, because their inputs differ from those of the checked-in file.
    Emitted,
    /// The checked-in bindings, because only the generator differs.
    CheckedIn,
    /// None: the build fails with this error.
    Fail(String),
}

/// Returns the fingerprint line of the inputs. Line endings do not count.
pub(crate) fn fingerprint(texts: &[String]) -> String {
    // FNV-1a: the hash detects changes and need not resist attacks.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for text in texts {
        for byte in text.bytes().filter(|byte| *byte != b'\r').chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("// Fingerprint of the inputs: {hash:016x}.")
}

/// Compares the emitted bindings with the checked-in file. `fingerprint` is the fingerprint line of the current inputs. With
/// `update`, the build is about to replace the checked-in file, so it is no fallback.
pub(crate) fn choose(
    emitted: Result<&str, &str>,
    checked_in: Option<&str>,
    fingerprint: &str,
    update: bool,
) -> Choice {
    let same_inputs = checked_in.is_some_and(|text| text.lines().next() == Some(fingerprint));
    match emitted {
        Ok(emitted) if checked_in.is_some_and(|text| text.lines().eq(emitted.lines())) => {
            Choice::Current
        }
        _ if same_inputs && !update => Choice::CheckedIn,
        Ok(_) => Choice::Emitted,
        Err(error) => Choice::Fail(error.to_owned()),
    }
}
