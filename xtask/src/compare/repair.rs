//! What has to be changed in generated code before it can be compiled.

use std::path::Path;

use anyhow::Result;

/// OpenAPI Generator writes the module twice for a model in a form that is sent in parts.
const DOUBLED: &str = "models::models::";

/// Repairs the generated Rust client, and says how; `None` if there is nothing to repair.
pub(crate) fn rust(folder: &Path) -> Result<Option<String>> {
    let mut times = 0;
    for (path, text) in super::read::files(&folder.join("src/apis"), ".rs")? {
        let found = text.matches(DOUBLED).count();
        if found > 0 {
            times += found;
            std::fs::write(&path, text.replace(DOUBLED, "models::"))?;
        }
    }
    Ok((times > 0).then(|| format!("`{DOUBLED}` had to become `models::` {times} times")))
}
