//! Which bindings the crate is compiled with: those that the build has just emitted, or the checked-in ones.
//!
//! The checked-in file begins with a line about what it was made of. If that is what lies here too, and the build emits
//! something else nevertheless, then the generator or a crate below it is another one. That happens where the crate is a
//! dependency, and what was tested is in the checked-in file, so this is compiled; the drift test fails all the same. If
//! the description or the code generation was changed, what is emitted is compiled, as whoever changed it expects.

/// What to do with what a build emitted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Both are the same.
    Current,
    /// Compile what was emitted, because it was made of something else than the checked-in file.
    Emitted,
    /// Compile the checked-in file, because only the generator differs.
    CheckedIn,
    /// Fail with this.
    Fail(String),
}

/// The line about what bindings are made of: these texts, whatever their line ends are.
pub(crate) fn inputs(texts: &[String]) -> String {
    // FNV-1a: it has to tell changes apart, not to withstand an attack.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for text in texts {
        for byte in text.bytes().filter(|byte| *byte != b'\r').chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("// Made of: {hash:016x}.")
}

/// Chooses by what was emitted, the checked-in file, and the line about the inputs. With `update` the checked-in file is
/// about to be renewed, so that nothing can stand in for what was emitted.
pub(crate) fn choose(
    emitted: Result<&str, &str>,
    checked_in: Option<&str>,
    inputs: &str,
    update: bool,
) -> Choice {
    let made_of_the_same = checked_in.is_some_and(|text| text.lines().next() == Some(inputs));
    match emitted {
        Ok(emitted) if checked_in.is_some_and(|text| text.lines().eq(emitted.lines())) => {
            Choice::Current
        }
        _ if made_of_the_same && !update => Choice::CheckedIn,
        Ok(_) => Choice::Emitted,
        Err(error) => Choice::Fail(error.to_owned()),
    }
}
