//! One method of a client, as its generated code or reference declares it.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::description::Description;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) optional: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Signature {
    pub(crate) method: String,
    pub(crate) parameters: Vec<Parameter>,
    /// The return type, for readers; empty if there is none.
    pub(crate) returns: String,
    /// The type that decodes a JSON response, as code; `None` if there is none.
    pub(crate) decodes: Option<String>,
}

/// The methods of a client by operation.
pub(crate) type Signatures = BTreeMap<String, Signature>;

/// Assigns the methods to operations. The generators only change case and separators of a name.
pub(crate) fn by_operation(
    description: &Description,
    found: Vec<Signature>,
    client: &str,
    left_out: &[String],
) -> Result<Signatures> {
    let mut methods: BTreeMap<String, Signature> = BTreeMap::new();
    for signature in found {
        let key = letters(&signature.method);
        if let Some(other) = methods.insert(key, signature) {
            bail!("{client}: the method {} is defined twice", other.method);
        }
    }
    let mut signatures = Signatures::new();
    for operation in &description.operations {
        match methods.remove(&letters(&operation.id)) {
            Some(signature) => {
                signatures.insert(operation.id.clone(), signature);
            }
            None if left_out.contains(&operation.id) => {}
            None => bail!("{client}: no method for the operation {}", operation.id),
        }
    }
    if let Some(method) = methods.values().next() {
        bail!(
            "{client}: the method {} matches no operation",
            method.method
        );
    }
    Ok(signatures)
}

fn letters(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}
