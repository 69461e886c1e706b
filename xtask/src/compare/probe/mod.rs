//! Runs the clients: each decodes every documented response in every [`Scenario`], and makes the same requests to a service on
//! loopback. A client whose language is not installed is skipped, and the page reports it.

mod environment;
pub(crate) mod service;

use std::collections::BTreeMap;
use std::fs::File;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Tools;
use super::description::Description;
use super::scenario::Scenario;
use super::sdk::Sdk;
use super::signature::Signatures;
use super::verdict::Verdict;
use service::{Seen, Service};

const SECRET: &str = "secret-9b1d7f3a5c1e";

/// What a client did, or why it was not run.
pub(crate) type Run = std::result::Result<Ran, String>;

pub(crate) struct Ran {
    /// The version of the language.
    pub(crate) version: String,
    /// The verdicts on the responses: by operation and scenario, the worst of all examples.
    pub(crate) responses: BTreeMap<String, BTreeMap<Scenario, Verdict>>,
    pub(crate) steps: BTreeMap<String, Step>,
    pub(crate) seen: Vec<Seen>,
    /// Packages that were installed with the client, if they can be counted.
    pub(crate) packages: Option<usize>,
    /// The repair that the generated code needed to compile.
    pub(crate) repair: Option<String>,
}

/// One call to the service on loopback, as the probe reports it.
#[derive(Deserialize)]
pub(crate) struct Step {
    /// Growth of the peak memory in KiB.
    pub(crate) memory: Option<i64>,
    pub(crate) value: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) body: Option<Value>,
    pub(crate) shows: Option<bool>,
}

#[derive(Serialize)]
struct Case<'a> {
    #[serde(rename = "case")]
    id: String,
    #[serde(rename = "type")]
    kind: &'a str,
    body: String,
    #[serde(skip)]
    operation: &'a str,
    #[serde(skip)]
    scenario: Scenario,
    #[serde(skip)]
    sent: Value,
}

/// Runs a client with the responses that its methods decode.
pub(crate) fn run(
    sdk: Sdk,
    description: &Description,
    signatures: &Signatures,
    tools: &Tools,
) -> Result<Run> {
    let environment = match environment::prepare(sdk, signatures, tools)? {
        Ok(environment) => environment,
        Err(reason) => return Ok(Err(reason)),
    };
    let cases = cases(description, signatures)?;
    let folder = tools.work.join("probe");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("cases.json");
    std::fs::write(&file, serde_json::to_string(&cases)?)?;
    let large = folder.join("large.jpg");
    File::create(&large)?.set_len(service::LARGE)?;
    let service = Service::start(image(description)?, SECRET)?;
    let mut command = environment.command;
    command
        .arg(&file)
        .arg(service.base())
        .arg(&large)
        .arg(SECRET)
        // Reveals clients that read a date without an offset as local time.
        .env("TZ", "Asia/Tokyo")
        .env("NO_PROXY", "127.0.0.1,localhost");
    let lines = crate::command::output(&mut command)
        .with_context(|| format!("the probe of {} failed", sdk.label()))?;
    let secrets = secrets(description);
    let (responses, steps) = parse(&lines, &cases, &secrets)?;
    std::fs::remove_file(&large)?;
    Ok(Ok(Ran {
        version: environment.version,
        responses,
        steps,
        seen: service.take(),
        packages: environment.packages,
        repair: environment.repair,
    }))
}

fn cases<'a>(description: &'a Description, signatures: &'a Signatures) -> Result<Vec<Case<'a>>> {
    let mut cases = Vec::new();
    for operation in &description.operations {
        let Some(kind) = signatures
            .get(&operation.id)
            .and_then(|signature| signature.decodes.as_deref())
        else {
            continue;
        };
        for success in &operation.successes {
            let Some(schema) = &success.schema else {
                continue;
            };
            for (name, example) in &success.examples {
                for scenario in Scenario::ALL {
                    let Some(sent) = scenario.apply(description, schema, example)? else {
                        continue;
                    };
                    cases.push(Case {
                        id: format!(
                            "{}/{}/{name}/{}",
                            operation.id,
                            success.status,
                            scenario.label()
                        ),
                        kind,
                        body: sent.to_string(),
                        operation: &operation.id,
                        scenario,
                        sent,
                    });
                }
            }
        }
    }
    Ok(cases)
}

/// The documented example of a source image.
fn image(description: &Description) -> Result<Value> {
    let found = description
        .operations
        .iter()
        .find(|one| one.id == "getSourceImage");
    let example = found
        .and_then(|operation| operation.successes.first())
        .and_then(|success| success.examples.first());
    let (_, image) = example.context("getSourceImage has no example of its response")?;
    Ok(image.clone())
}

/// Returns the names of fields with secrets. A client may refuse to encode them.
fn secrets(description: &Description) -> Vec<String> {
    fn collect(schema: &Value, names: &mut Vec<String>) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if property["format"] == "password" {
                names.push(name.clone());
            }
        }
        match schema {
            Value::Object(fields) => fields.values().for_each(|value| collect(value, names)),
            Value::Array(items) => items.iter().for_each(|value| collect(value, names)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    if let Some(schemas) = description.document.root.pointer("/components/schemas") {
        collect(schemas, &mut names);
    }
    names
}

type Told = (
    BTreeMap<String, BTreeMap<Scenario, Verdict>>,
    BTreeMap<String, Step>,
);

/// Parses the lines of a probe.
fn parse(lines: &str, cases: &[Case<'_>], secrets: &[String]) -> Result<Told> {
    #[derive(Deserialize)]
    struct Decoded {
        value: Option<Value>,
        error: Option<String>,
    }
    let mut responses: BTreeMap<&str, Decoded> = BTreeMap::new();
    let mut steps = BTreeMap::new();
    for line in lines.lines() {
        let read: Value = serde_json::from_str(line)
            .with_context(|| format!("the probe printed invalid JSON: {line}"))?;
        let text = |key: &str| read.get(key).and_then(Value::as_str);
        if let Some(step) = text("step") {
            steps.insert(step.to_owned(), serde_json::from_value(read.clone())?);
        } else if let Some(case) = cases
            .iter()
            .find(|case| text("case") == Some(case.id.as_str()))
        {
            responses.insert(&case.id, serde_json::from_value(read.clone())?);
        } else {
            bail!("the probe printed an unexpected line: {line}");
        }
    }
    let mut verdicts: BTreeMap<String, BTreeMap<Scenario, Verdict>> = BTreeMap::new();
    for case in cases {
        let decoded = responses
            .get(case.id.as_str())
            .with_context(|| format!("the probe printed nothing about {}", case.id))?;
        let null = Value::Null;
        let verdict = match &decoded.error {
            Some(error) => Verdict::Fails(error.clone()),
            None => Verdict::of(&case.sent, decoded.value.as_ref().unwrap_or(&null), secrets),
        };
        let scenarios = verdicts.entry(case.operation.to_owned()).or_default();
        match scenarios.get_mut(&case.scenario) {
            Some(worst) => worst.worsen(verdict),
            None => {
                scenarios.insert(case.scenario, verdict);
            }
        }
    }
    Ok((verdicts, steps))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::compare::signature::Signature;

    fn description() -> Description {
        let thing = json!({"type": "object", "properties": {
            "at": {"type": "string", "format": "date-time"},
            "key": {"type": "string", "format": "password"}
        }});
        let example = |at: &str| json!({"value": {"at": at, "key": "k"}});
        Description::of(
            json!({"paths": {"/x": {"get": {"operationId": "getX", "responses": {"200": {"content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}, "examples": {
                "one": example("2026-01-02T03:04:05Z"), "two": example("2027-01-02T03:04:05Z")
            }}
        }}}}}}, "components": {"schemas": {"Thing": thing}}}),
        )
    }

    fn signatures() -> Signatures {
        let signature = Signature {
            method: "get_x".into(),
            parameters: Vec::new(),
            returns: "Thing".into(),
            decodes: Some("Thing".into()),
        };
        [("getX".to_owned(), signature)].into()
    }

    #[test]
    fn the_worst_example_counts_and_secrets_do_not() {
        let (description, signatures) = (description(), signatures());
        let cases = cases(&description, &signatures).unwrap();
        let mut lines = String::new();
        for case in &cases {
            let mut value = case.sent.clone();
            if let Some(fields) = value.as_object_mut() {
                fields.remove("key");
            }
            let line = match (case.id.contains("/two/"), case.scenario) {
                (true, Scenario::OddDate) => json!({"case": case.id, "error": "odd"}),
                (true, Scenario::NoOffset) => json!({"case": case.id, "value": {}}),
                _ => json!({"case": case.id, "value": value}),
            };
            lines.extend([line.to_string(), "\n".to_owned()]);
        }
        lines.push_str("{\"step\": \"busy\", \"memory\": 7, \"value\": \"Thing\"}\n");
        let (responses, steps) = parse(&lines, &cases, &secrets(&description)).unwrap();
        let right = || Verdict::Differs([].into());
        let verdicts = responses.get("getX").unwrap();
        assert_eq!(verdicts.get(&Scenario::Documented), Some(&right()));
        assert_eq!(
            verdicts.get(&Scenario::OddDate),
            Some(&Verdict::Fails("odd".into()))
        );
        let lost = Verdict::Differs(["at".to_owned()].into());
        assert_eq!(verdicts.get(&Scenario::NoOffset), Some(&lost));
        assert_eq!(steps.get("busy").and_then(|step| step.memory), Some(7));
    }

    #[test]
    fn a_probe_that_prints_too_little_or_too_much_is_an_error() {
        let (description, signatures) = (description(), signatures());
        let cases = cases(&description, &signatures).unwrap();
        for (lines, wanted) in [
            (
                "",
                "the probe printed nothing about getX/200/one/documented",
            ),
            ("oops", "the probe printed invalid JSON: oops"),
            (
                "{\"case\":\"other\"}",
                "the probe printed an unexpected line: {\"case\":\"other\"}",
            ),
        ] {
            let error = parse(lines, &cases, &[]).map(|_| ()).unwrap_err();
            assert_eq!(error.to_string(), wanted);
        }
    }
}
