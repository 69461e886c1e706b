//! `rokka operations` and `rokka stackoptions`: what stacks can do.

use clap::Args;
use rokka::stacks::StackOptionProperty;
use serde_json::{Value, json};

use crate::context::Context;
use crate::failure::Failure;
use crate::nearest::did_you_mean;
use crate::output::{Model, Output};

pub(super) const EXAMPLES: &str = "\
Examples:
  rokka operations
  rokka operations resize
  rokka operations --json | jq -r .name";

pub(super) const OPTIONS_EXAMPLES: &str = "\
Examples:
  rokka stackoptions
  rokka stackoptions jpg.quality --json";

/// The arguments of `rokka operations` and `rokka stackoptions`.
#[derive(Args, Debug)]
pub struct CatalogueArgs {
    /// Show this one only
    pub name: Option<String>,
}

/// Runs `rokka operations`.
///
/// # Errors
/// If the service refuses it, or has no operation of the name.
pub async fn run(args: CatalogueArgs, context: &Context) -> Result<(), Failure> {
    let all = context.public_client()?.operations().await?;
    let output = &context.output;
    let sent = sent(&all, output)?;
    let Some(name) = args.name.as_deref().filter(|name| *name != "list") else {
        let mut table = output.table(&["OPERATION", "OPTIONS"]);
        for (name, operation) in &all.0 {
            if output.json {
                output.json_line(&named(name, &sent))?;
                continue;
            }
            let options: Vec<&str> = operation.properties.0.keys().map(String::as_str).collect();
            table.row([name.as_str(), &options.join(", ")])?;
        }
        return table.finish();
    };
    let Some(operation) = all.0.get(name) else {
        return Err(unknown("operation", name, all.0.keys()));
    };
    if output.json {
        return output.json_line(&named(name, &sent));
    }
    let mut table = output.table(&["OPTION", "TYPE", "RANGE", "DEFAULT", "REQUIRED"]);
    for (option, property) in &operation.properties.0 {
        let facts = Facts::of(property)?;
        let required = if operation.required.contains(option) {
            "yes"
        } else {
            ""
        };
        table.row([option, &facts.kind, &facts.range, &facts.default, required])?;
    }
    table.finish()
}

/// Runs `rokka stackoptions`.
///
/// # Errors
/// If the service refuses it, or has no option of the name.
pub async fn run_options(args: CatalogueArgs, context: &Context) -> Result<(), Failure> {
    let all = context.public_client()?.stack_options().await?;
    let output = &context.output;
    let name = args.name.as_deref().filter(|name| *name != "list");
    if let Some(name) = name
        && !all.properties.contains_key(name)
    {
        return Err(unknown("stack option", name, all.properties.keys()));
    }
    let mut table = output.table(&["OPTION", "TYPE", "RANGE", "DEFAULT"]);
    let sent = sent(&all, output)?;
    let sent = sent.get("properties").unwrap_or(&Value::Null);
    let wanted = |option: &str| name.is_none_or(|name| name == option);
    for (option, property) in all.properties.iter().filter(|(option, _)| wanted(option)) {
        if output.json {
            output.json_line(&named(option, sent))?;
            continue;
        }
        let property: &StackOptionProperty = property;
        let facts = Facts::of(property)?;
        table.row([option, &facts.kind, &facts.range, &facts.default])?;
    }
    table.finish()
}

/// Returns a catalogue as the service sent it, if that is printed.
fn sent(catalogue: &impl Model, output: &Output) -> Result<Value, Failure> {
    if output.json {
        output.service_value(catalogue)
    } else {
        Ok(Value::Null)
    }
}

/// Returns an entry of a catalogue with its name, which the service has as a key.
fn named(name: &str, catalogue: &Value) -> Value {
    let mut line = json!({"name": name});
    let entry = catalogue.get(name).and_then(Value::as_object);
    if let (Value::Object(line), Some(entry)) = (&mut line, entry) {
        line.extend(entry.clone());
    }
    line
}

fn unknown<'a>(what: &str, name: &str, names: impl Iterator<Item = &'a String>) -> Failure {
    let failure = Failure::new(format!("the service has no {what} `{name}`"));
    match did_you_mean(name, names.map(String::as_str)) {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

/// What a table shows of an option.
#[derive(Default)]
struct Facts {
    kind: String,
    range: String,
    default: String,
}

impl Facts {
    /// Reads what operations and stack options have in common.
    fn of(property: &impl serde::Serialize) -> Result<Self, Failure> {
        let value = serde_json::to_value(property)?;
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            Value::Array(words) => {
                let words = words.iter().map(|word| {
                    word.as_str()
                        .map_or_else(|| word.to_string(), str::to_owned)
                });
                words.collect::<Vec<_>>().join("|")
            }
            // The catalogue has whole numbers as numbers with a point.
            Value::Number(number) => match number.as_f64() {
                Some(number) if number.fract() == 0.0 => format!("{number:.0}"),
                _ => number.to_string(),
            },
            other => other.to_string(),
        };
        let field = |name: &str| value.get(name).map(text).unwrap_or_default();
        let range = match (
            value.get("values"),
            value.get("minimum"),
            value.get("maximum"),
        ) {
            (Some(values), ..) => text(values),
            (None, None, None) => String::new(),
            (None, least, most) => {
                let end = |end: Option<&Value>| end.map(text).unwrap_or_default();
                format!("{}…{}", end(least), end(most))
            }
        };
        Ok(Self {
            kind: field("type"),
            range,
            default: field("default"),
        })
    }
}
