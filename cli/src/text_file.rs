//! Text that an argument names: a file, or standard input.

use std::io::Read;
use std::path::Path;

use crate::failure::{Exit, Failure};

/// Returns whether a path means standard input or standard output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads a text file, or standard input for `-`.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    if is_standard(path) {
        std::io::stdin().read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text))
    }
    .map_err(|error| {
        let failure = Failure::from(error).with_exit(Exit::Usage);
        failure.about(path.display())
    })?;
    Ok(text)
}
