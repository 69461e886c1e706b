//! Repairs generated code that does not compile.

use std::path::Path;

use anyhow::Result;

/// OpenAPI Generator repeats the module for a model in a multipart form.
const DOUBLED: &str = "models::models::";

/// Repairs the generated Rust client, and describes the repair; `None` if there is nothing to repair.
pub(crate) fn rust(folder: &Path) -> Result<Option<String>> {
    let mut times = 0;
    for (path, text) in super::read::files(&folder.join("src/apis"), ".rs")? {
        let found = text.matches(DOUBLED).count();
        if found > 0 {
            times += found;
            std::fs::write(&path, text.replace(DOUBLED, "models::"))?;
        }
    }
    Ok((times > 0).then(|| format!("replaced `{DOUBLED}` by `models::` {times} times")))
}
