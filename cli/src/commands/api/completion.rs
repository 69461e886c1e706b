//! What a shell can complete: the ids of operations, and the names of their parameters.

use std::ffi::OsStr;

use clap_complete::CompletionCandidate;
use rokka::api::{self, ApiOperation, ParameterKind};

/// Returns the ids of all operations.
pub(super) fn operations() -> Vec<CompletionCandidate> {
    let candidate = |operation: &ApiOperation| {
        CompletionCandidate::new(operation.id).help(Some(operation.summary.into()))
    };
    api::operations().iter().map(candidate).collect()
}

/// Returns the parameters of the operation on the command line, with the values that are known.
pub(super) fn parameters(current: &OsStr) -> Vec<CompletionCandidate> {
    let words = std::env::args().skip_while(|word| word != "api");
    let operation = words
        .skip(1)
        .find_map(|word| ApiOperation::find(&word).ok());
    let current = current.to_string_lossy();
    operation
        .map(|operation| of(operation, &current))
        .unwrap_or_default()
}

fn of(operation: &ApiOperation, current: &str) -> Vec<CompletionCandidate> {
    let mut candidates = Vec::new();
    for parameter in operation.parameters {
        if parameter.kind == ParameterKind::Fields {
            continue;
        }
        let name = parameter.name;
        let mut texts = vec![format!("{name}=")];
        let values = match parameter.kind {
            ParameterKind::Boolean => &["true", "false"],
            _ => parameter.values,
        };
        if current.starts_with(&format!("{name}=")) && !values.is_empty() {
            texts = values
                .iter()
                .map(|value| format!("{name}={value}"))
                .collect();
        }
        let help = parameter.description.lines().next().unwrap_or_default();
        for text in texts.into_iter().filter(|text| text.starts_with(current)) {
            candidates.push(CompletionCandidate::new(text).help(Some(help.to_owned().into())));
        }
    }
    candidates
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_and_known_values_are_completed() {
        let texts = |id: &str, current: &str| -> Vec<String> {
            let operation = ApiOperation::find(id).unwrap();
            let candidates = of(operation, current).into_iter();
            candidates
                .map(|candidate| candidate.get_value().to_string_lossy().into_owned())
                .collect()
        };
        assert_eq!(
            texts("getSourceImage", ""),
            ["organization=", "hash=", "deleted="]
        );
        assert_eq!(texts("getSourceImage", "h"), ["hash="]);
        assert_eq!(
            texts("getSourceImage", "deleted="),
            ["deleted=true", "deleted=false"]
        );
        assert_eq!(texts("getAlbum", "selection=f"), ["selection=favorites"]);
        assert_eq!(operations().len(), 70);
    }
}
