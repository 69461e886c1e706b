//! The operations and options that the service supports.

use crate::api::types::{OperationCatalogue, StackOptionCatalogue};
use crate::call::Run;
use crate::error::Result;
use crate::transport::Session;

#[derive(Clone, Copy, Debug)]
pub(crate) struct ListOperations(pub(crate) ());

impl Run for ListOperations {
    type Output = OperationCatalogue;

    async fn run(self, session: Session) -> Result<OperationCatalogue> {
        let response = session.api().list_operations().await;
        Ok(session.value(response)?.into_inner())
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ListStackOptions(pub(crate) ());

impl Run for ListStackOptions {
    type Output = StackOptionCatalogue;

    async fn run(self, session: Session) -> Result<StackOptionCatalogue> {
        let response = session.api().list_stack_options().await;
        Ok(session.value(response)?.into_inner())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use crate::render::rules::{OPERATIONS, OptionRule, Rule, STACK_OPTIONS};

    /// A rule in the format of a catalogue.
    fn said(option: &OptionRule) -> BTreeMap<&'static str, Value> {
        let mut said = BTreeMap::new();
        let kind = match option.rule {
            Rule::Integer(least, most) => {
                said.insert("minimum", least.into());
                said.insert("maximum", most.into());
                "integer"
            }
            Rule::Number(least, most) => {
                if least > f64::MIN {
                    said.insert("minimum", least.into());
                    said.insert("maximum", most.into());
                }
                "number"
            }
            Rule::Bool => "boolean",
            Rule::Words(words) => {
                said.insert("values", words.to_vec().into());
                "string"
            }
            Rule::Strings | Rule::Objects => "array",
            _ => "string",
        };
        said.insert("type", kind.into());
        let default = Some(option.default).filter(|default| !matches!(*default, "" | "null"));
        if let Some(default) = default {
            said.insert("default", serde_json::from_str(default).unwrap());
        }
        said
    }

    /// The properties of an option in a catalogue that rules can express.
    fn recorded(option: &Value) -> BTreeMap<&'static str, Value> {
        let mut said = BTreeMap::new();
        for key in ["type", "minimum", "maximum", "values", "default"] {
            let value = match &option[key] {
                Value::Null => continue,
                // `["string", "null"]` means that null is the default.
                Value::Array(types) if key == "type" => types[0].clone(),
                value => value.clone(),
            };
            said.insert(key, value);
        }
        said
    }

    /// Compares 1 and 1.0 as equal.
    fn alike(ours: &BTreeMap<&str, Value>, theirs: &BTreeMap<&str, Value>) -> Vec<String> {
        let keys: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
        let mut differences = Vec::new();
        for key in keys {
            let (ours, theirs) = (ours.get(*key), theirs.get(*key));
            let same = match (ours.and_then(Value::as_f64), theirs.and_then(Value::as_f64)) {
                (Some(ours), Some(theirs)) => (ours - theirs).abs() < f64::EPSILON,
                _ => ours == theirs,
            };
            if !same {
                let text = |value: Option<&Value>| value.map_or("-".into(), Value::to_string);
                differences.push(format!(
                    "{key} is {} there, {} here",
                    text(theirs),
                    text(ours)
                ));
            }
        }
        differences
    }

    fn compare(what: &str, ours: &[OptionRule], theirs: &Value, found: &mut Vec<String>) {
        let names = ours.iter().map(|option| option.name);
        let theirs = theirs.as_object().unwrap();
        let names: BTreeSet<_> = names.chain(theirs.keys().map(String::as_str)).collect();
        for name in names {
            let option = ours.iter().find(|option| option.name == name);
            match (option, theirs.get(name)) {
                (Some(_), None) => found.push(format!("{what}{name}: not there")),
                (None, Some(_)) => found.push(format!("{what}{name}: not here")),
                (Some(ours), Some(theirs)) => {
                    for difference in alike(&said(ours), &recorded(theirs)) {
                        found.push(format!("{what}{name}: {difference}"));
                    }
                }
                (None, None) => {}
            }
        }
    }

    #[test]
    fn the_operations_differ_from_the_recorded_catalogue_as_is_known() {
        let catalogue: Value =
            serde_json::from_str(include_str!("../../emulator/src/catalogue/operations.json"))
                .unwrap();
        let catalogue = catalogue.as_object().unwrap();
        let mut found = Vec::new();
        for name in catalogue.keys() {
            if !OPERATIONS.iter().any(|ours| ours.name == name) {
                found.push(format!("{name}: not here"));
            }
        }
        for ours in OPERATIONS {
            let name = ours.name;
            let Some(theirs) = catalogue.get(name) else {
                found.push(format!("{name}: not there"));
                continue;
            };
            compare(
                &format!("{name}."),
                ours.options,
                &theirs["properties"],
                &mut found,
            );
            for (key, list) in [("required", ours.required), ("oneOf", ours.one_of)] {
                let theirs = theirs[key].as_array().cloned().unwrap_or_default();
                if theirs != list {
                    let theirs = Value::from(theirs);
                    found.push(format!("{name}: {key} is {theirs} there, {list:?} here"));
                }
            }
        }
        found.sort();
        assert_eq!(found, KNOWN_OF_OPERATIONS, "{found:#?}");
    }

    #[test]
    fn the_stack_options_differ_from_the_recorded_catalogue_as_is_known() {
        let catalogue: Value = serde_json::from_str(include_str!(
            "../../emulator/src/catalogue/stack_options.json"
        ))
        .unwrap();
        let mut found = Vec::new();
        compare("", STACK_OPTIONS, &catalogue["properties"], &mut found);
        found.sort();
        assert_eq!(found, KNOWN_OF_OPTIONS, "{found:#?}");
    }

    #[test]
    fn there_are_23_operations() {
        let names: BTreeSet<_> = OPERATIONS.iter().map(|ours| ours.name).collect();
        assert_eq!((names.len(), OPERATIONS.len()), (23, 23));
    }

    /// The recorded catalogue is some years old; where it differs, this crate follows the newer documentation.
    const KNOWN_OF_OPERATIONS: &[&str] = &[
        "blur.radius: not there",
        "blur: required is [\"sigma\"] there, [] here",
        "circlemask: not there",
        "composition.angle: not there",
        "composition.secondary_stack: not there",
        "composition.secondary_stack_variables: not there",
        "crop.height: maximum is 10000 there, 99999 here",
        "crop.mode: values is [\"absolute\",\"ratio\"] there, [\"absolute\",\"ratio\",\"box\",\"area\"] here",
        "crop.movearea_x: not there",
        "crop.movearea_y: not there",
        "crop.width: maximum is 10000 there, 99999 here",
        "face: not there",
        "grayscale.levels: not there",
        "multiply: not there",
        "resize.sharpen: not there",
        "rotate.angle: minimum is 0 there, -360.0 here",
        "sharpen: not there",
        "svg2bitmap: not there",
        "svgdynamic: not there",
        "text: not there",
    ];

    /// The same for stack options.
    const KNOWN_OF_OPTIONS: &[&str] = &[
        "autoformat.include: not there",
        "av1.quality: default is 50 there, 70 here",
        "avif.quality: not there",
        "dpi: not there",
        "gif.quality: default is 60 there, 70 here",
        "jxl.quality: not there",
        "min_video_height: not there",
        "min_video_width: not there",
        "optim.quality: default is 4 there, 5 here",
        "pdf.dpi: not there",
        "pdf.page: not there",
        "pdf.pages: not there",
        "protected: not there",
        "transparency.color: not there",
    ];
}
