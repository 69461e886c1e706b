//! Turns a stack and what a URL says about it into a plan.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rokka_render::Components;
use rokka_render::rules::{OPERATIONS, OperationRules, OptionRule, Rule, STACK_OPTIONS};
use serde_json::{Map, Value};

use super::Layer;
use super::definition::{Definition, Operation, Setting};
use super::expression::is_true;
use super::facts::{Facts, Names};
use super::plan::Step;
use crate::blob::Blob;
use crate::image::Image;
use crate::organization::Organization;
use crate::request::Request;
use crate::response::Response;

/// The most steps of a rendering, variables of a stack, and options in a URL.
const MAX_STEPS: usize = 100;
const MAX_VARIABLES: usize = 200;

/// How many stacks can use one another, as in the service.
const MAX_NESTING: usize = 5;

/// Options of the documentation that the recorded catalogue does not have.
const DOCUMENTED: &[(&str, OptionRule)] =
    &[("crop", shift("movearea_x")), ("crop", shift("movearea_y"))];

const fn shift(name: &'static str) -> OptionRule {
    OptionRule {
        name,
        rule: Rule::Number(-100.0, 100.0),
        default: "0",
    }
}

/// The file that is rendered, with what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) blob: &'a Blob,
    pub(super) binary_hash: &'a str,
}

/// What a stack and a URL come to.
#[derive(Default)]
pub(super) struct Resolved {
    pub(super) steps: Vec<Step>,
    pub(super) layers: BTreeMap<String, Layer>,
    /// The stack options in effect.
    pub(super) options: Map<String, Value>,
    pub(super) unsupported: Vec<String>,
    /// Whether the plan depends on headers of the request.
    pub(super) reads_request: bool,
}

/// Resolves the stack of a URL.
pub(super) fn resolve(
    url: &Components<'_>,
    organization: &Organization,
    subject: Subject<'_>,
    request: &Request,
) -> Result<Resolved, Response> {
    let sizes = [
        url.operations.len() + url.overrides.len(),
        url.variables.len(),
        url.options.len(),
    ];
    if sizes.into_iter().any(|size| size > MAX_VARIABLES) {
        return Err(Response::bad_request(format!(
            "A URL can have at most {MAX_VARIABLES} operations, variables and options each"
        )));
    }
    let mut definition = match url.stack {
        "dynamic" => Definition::of_url(url),
        name => Definition::of_stored(stack(organization, name, "Stack")?),
    };
    definition.change(url);
    let mut resolver = Resolver {
        organization,
        subject,
        names: Names::new(subject.facts, request),
        resolved: Resolved::default(),
        stacks: 0,
    };
    let (steps, options) = resolver.stack(definition, url.stack, 0)?;
    if options.contains_key("dpr") && dpr(&options) > 1.0 && !has_resize(&steps) {
        return Err(Response::bad_request(
            "The option `dpr` needs a resize operation in the stack",
        ));
    }
    resolver.resolved.steps = resolver.with_base(steps, &options, 0)?;
    if resolver.resolved.steps.len() > MAX_STEPS {
        return Err(too_many_steps());
    }
    resolver.resolved.reads_request = resolver.names.read_request();
    if resolver.names.read_entropy() {
        let entropy = "image.entropy in an expression".to_owned();
        resolver.resolved.unsupported.push(entropy);
    }
    resolver.resolved.options = options;
    Ok(resolver.resolved)
}

fn has_resize(steps: &[Step]) -> bool {
    steps.iter().any(|step| step.name == "resize")
}

pub(super) fn dpr(options: &Map<String, Value>) -> f64 {
    let number = match options.get("dpr") {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    number.map_or(1.0, |number: f64| number.clamp(1.0, 10.0))
}

fn too_many_steps() -> Response {
    Response::bad_request(format!(
        "A rendering can have at most {MAX_STEPS} operations"
    ))
}

fn stack<'a>(
    organization: &'a Organization,
    name: &str,
    what: &str,
) -> Result<&'a Value, Response> {
    organization
        .stacks()
        .get(name)
        .ok_or_else(|| Response::not_found(what))
}

struct Resolver<'a> {
    organization: &'a Organization,
    subject: Subject<'a>,
    names: Names<'a>,
    resolved: Resolved,
    /// How many stacks were resolved.
    stacks: usize,
}

impl Resolver<'_> {
    /// Returns the steps and the options of a stack, without those of its base stack.
    fn stack(
        &mut self,
        mut definition: Definition,
        name: &str,
        depth: usize,
    ) -> Result<(Vec<Step>, Map<String, Value>), Response> {
        let refused =
            |reason: String| Response::bad_request(format!("The stack `{name}`: {reason}"));
        self.stacks += 1;
        let sizes = [
            definition.operations.len(),
            definition.rules.len(),
            // Stacks that use one another can multiply.
            self.stacks,
        ];
        if sizes.into_iter().any(|size| size > MAX_STEPS) {
            return Err(too_many_steps());
        }
        if definition.variables.len() > MAX_VARIABLES {
            return Err(refused(format!(
                "it can have at most {MAX_VARIABLES} variables"
            )));
        }
        let mut options = std::mem::take(&mut definition.options);
        let rules = std::mem::take(&mut definition.rules);
        let mut variables = self.variables(&definition, &options).map_err(refused)?;
        for rule in rules {
            let condition = Setting::Expression(rule.expression);
            let scope = self.names.with(&options, &variables);
            if !is_true(&condition.value(&scope).map_err(refused)?) {
                continue;
            }
            options.extend(rule.options);
            for (name, value) in &rule.variables {
                definition.set_variable(name, Setting::of_variable(value));
            }
            variables = self.variables(&definition, &options).map_err(refused)?;
        }
        options.retain(|_, value| !value.is_null());
        check_options(&options).map_err(Response::bad_request)?;
        let mut steps = Vec::new();
        for operation in definition.operations {
            let evaluated = self.operation(operation, &options, &variables);
            if let Some(step) = evaluated.map_err(Response::bad_request)? {
                steps.push(step);
            }
        }
        for step in &mut steps {
            self.add_layer(step, depth)?;
        }
        Ok((steps, options))
    }

    /// Computes the variables in their order.
    fn variables(
        &self,
        definition: &Definition,
        options: &Map<String, Value>,
    ) -> Result<Map<String, Value>, String> {
        let mut variables = Map::new();
        for (name, setting) in &definition.variables {
            let value = setting
                .value(&self.names.with(options, &variables))
                .map_err(|reason| format!("the variable `{name}`: {reason}"))?;
            variables.insert(name.clone(), value);
        }
        Ok(variables)
    }

    /// Returns an operation as a step; `None` for one that is not enabled.
    fn operation(
        &self,
        operation: Operation,
        options: &Map<String, Value>,
        variables: &Map<String, Value>,
    ) -> Result<Option<Step>, String> {
        let Operation {
            name,
            options: settings,
        } = operation;
        let rules = OPERATIONS.iter().find(|rules| rules.name == name);
        let rules = rules.ok_or_else(|| format!("The operation `{name}` is unknown"))?;
        let scope = self.names.with(options, variables);
        let mut step = Step {
            name,
            options: Map::new(),
        };
        let refused = |option: &str, reason: &str| {
            format!("The operation `{}`: `{option}`: {reason}", rules.name)
        };
        // What is not enabled may have options that cannot be computed.
        let is_enabled = settings.iter().find(|(option, _)| option == "enabled");
        if let Some((option, setting)) = is_enabled {
            let enabled = setting.value(&scope);
            let enabled = enabled.map_err(|reason| refused(option, &reason))?;
            let is_off = match &enabled {
                Value::Null => false,
                Value::String(text) if text == "false" => true,
                value => !is_true(value),
            };
            if is_off {
                return Ok(None);
            }
        }
        for (option, setting) in settings.iter().filter(|(option, _)| option != "enabled") {
            let rule =
                rule_of(rules, option).ok_or_else(|| refused(option, "there is no such option"))?;
            let value = setting.value(&scope);
            let mut value = value.map_err(|reason| refused(option, &reason))?;
            if matches!(setting, Setting::Expression(_)) {
                value = fitted(rule, value);
            }
            if value.is_null() {
                continue;
            }
            let is_variables = option == "secondary_stack_variables" && value.is_object();
            if let Some(fault) = rule.fault(&value).filter(|_| !is_variables) {
                return Err(refused(option, &format!("it cannot be `{value}`: {fault}")));
            }
            step.options.insert(option.clone(), value);
        }
        check_required(rules, &step)?;
        Ok(Some(step))
    }

    /// Puts the steps of the base stack before those of a stack.
    fn with_base(
        &mut self,
        steps: Vec<Step>,
        options: &Map<String, Value>,
        depth: usize,
    ) -> Result<Vec<Step>, Response> {
        let Some(name) = options.get("basestack").and_then(Value::as_str) else {
            return Ok(steps);
        };
        if depth >= MAX_NESTING {
            return Err(nested_too_deep());
        }
        let definition = Definition::of_stored(stack(self.organization, name, "Base stack")?);
        let (base, options) = self.stack(definition, name, depth + 1)?;
        let mut all = self.with_base(base, &options, depth + 1)?;
        for step in all.iter_mut().filter(|step| step.name == "resize") {
            step.options
                .insert(Step::BASE.to_owned(), Value::Bool(true));
        }
        all.extend(steps);
        Ok(all)
    }

    /// Finds the files that a step needs.
    fn add_layer(&mut self, step: &mut Step, depth: usize) -> Result<(), Response> {
        // A hash of digits alone is a number in a URL.
        let text = |option: &str| step.text(option).ok().flatten().map(Cow::into_owned);
        if let Some(hash) = text("font") {
            let font = self.organization.live(&hash);
            let font = font.map_err(|_| Response::not_found("Font"))?;
            self.resolved.layers.insert(hash, file_of(font));
        }
        if step.name == "addframes" {
            for hash in step.frames().unwrap_or_default() {
                // The step is left out if one does not exist.
                if let Ok(frame) = self.organization.live(&hash) {
                    self.resolved.layers.insert(hash, file_of(frame));
                }
            }
        }
        let (image, name) = (text("secondary_image"), text("secondary_stack"));
        if image.is_none() && name.is_none() {
            return Ok(());
        }
        let secondary = match &image {
            Some(hash) => {
                let image = self.organization.live(hash);
                let image = image.map_err(|_| Response::not_found("Secondary image"))?;
                Subject {
                    facts: image.facts(),
                    blob: &image.blob,
                    binary_hash: &image.binary_hash,
                }
            }
            None => self.subject,
        };
        let mut steps = Vec::new();
        let mut key = image.unwrap_or_default();
        if let Some(name) = name {
            if depth >= MAX_NESTING {
                return Err(nested_too_deep());
            }
            let stored = stack(self.organization, &name, "Secondary stack")?;
            let mut definition = Definition::of_stored(stored);
            for (name, value) in variables_of(step.options.get("secondary_stack_variables"))? {
                definition.set_variable(&name, Setting::Plain(value));
            }
            let another = self.names.of_another(secondary.facts);
            let outer = std::mem::replace(&mut self.names, another);
            let resolved = self.stack(definition, &name, depth + 1);
            self.names = self.names.back_to(outer);
            let (own, options) = resolved?;
            steps = self.with_base(own, &options, depth + 1)?;
            key = format!("layer:{}", self.resolved.layers.len());
            step.options
                .insert("secondary_image".to_owned(), key.clone().into());
        }
        let layer = Layer {
            original: secondary.blob.clone(),
            mimetype: secondary.facts.file_type.mimetype.clone(),
            binary_hash: secondary.binary_hash.to_owned(),
            steps,
            subject: secondary.facts.subject(),
        };
        self.resolved.layers.insert(key, layer);
        Ok(())
    }
}

/// Returns the file of an image, as it is.
fn file_of(image: &Image) -> Layer {
    Layer {
        original: image.blob.clone(),
        mimetype: image.file_type.mimetype.clone(),
        binary_hash: image.binary_hash.clone(),
        steps: Vec::new(),
        subject: super::plan::Subject::default(),
    }
}

fn nested_too_deep() -> Response {
    Response::bad_request(format!(
        "Stacks can use one another at most {MAX_NESTING} deep"
    ))
}

/// Returns the variables for another stack: an object, or its JSON.
fn variables_of(value: Option<&Value>) -> Result<Map<String, Value>, Response> {
    let parsed = match value {
        None => return Ok(Map::new()),
        Some(Value::Object(variables)) => return Ok(variables.clone()),
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        Some(_) => None,
    };
    parsed.ok_or_else(|| Response::bad_request("`secondary_stack_variables` must be a JSON object"))
}

fn rule_of(rules: &OperationRules, option: &str) -> Option<Rule> {
    let known = rules.options.iter().find(|rule| rule.name == option);
    let documented = DOCUMENTED
        .iter()
        .find(|(operation, rule)| *operation == rules.name && rule.name == option);
    known
        .or(documented.map(|(_, rule)| rule))
        .map(|rule| rule.rule)
}

/// Fits what an expression results in to what an option takes: whole numbers, and anything as a boolean.
fn fitted(rule: Rule, value: Value) -> Value {
    match (rule, &value) {
        (Rule::Integer(..), Value::Number(number)) => match number.as_f64() {
            #[allow(clippy::cast_possible_truncation)] // Saturating.
            Some(number) if number.fract() != 0.0 => Value::from(number.round() as i64),
            _ => value,
        },
        (Rule::Bool, Value::String(text)) if text == "false" => Value::Bool(false),
        (Rule::Bool, Value::Null) => value,
        (Rule::Bool, _) => Value::Bool(is_true(&value)),
        _ => value,
    }
}

fn check_required(rules: &OperationRules, step: &Step) -> Result<(), String> {
    let is_set = |option: &&&str| step.options.contains_key(**option);
    if let Some(missing) = rules.required.iter().find(|option| !is_set(option)) {
        return Err(format!(
            "The operation `{}` needs the option `{missing}`",
            rules.name
        ));
    }
    if !rules.one_of.is_empty() && !rules.one_of.iter().any(|option| is_set(&option)) {
        return Err(format!(
            "The operation `{}` needs one of the options {}",
            rules.name,
            rules.one_of.join(", ")
        ));
    }
    Ok(())
}

fn check_options(options: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in options {
        let Some(known) = STACK_OPTIONS.iter().find(|rule| rule.name == name) else {
            return Err(format!("There is no stack option `{name}`"));
        };
        if let Some(fault) = known.rule.fault(value) {
            return Err(format!(
                "The stack option `{name}` cannot be `{value}`: {fault}"
            ));
        }
    }
    Ok(())
}
