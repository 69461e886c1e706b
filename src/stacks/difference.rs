//! What differs between two definitions.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use crate::api::types::{OperationExpressions, StackDefinition, StackExpression, StackOperation};
use crate::render::expressions;

use super::definition::STORED;
use super::variables::StackVariableValues;

/// A value that differs between a stored stack and its definition; see [`PlannedStack`](super::PlannedStack).
///
/// Numbers are equal if their values are, `null` equals a missing value, and an empty part equals none. The order of
/// variables matters only if a stored one is read before it is set.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StackDifference {
    /// The path of the value in the JSON of the definition, such as `operations[0].options.width`.
    pub place: String,
    /// The name of the operation that the value belongs to.
    pub operation: Option<String>,
    /// The value in the stored stack.
    pub before: Option<Value>,
    /// The value in the definition.
    pub after: Option<Value>,
}

/// Writes a line such as `~ operations[0].options.width (resize): 300 → 400`, which starts with `+` for a new value and
/// with `-` for a removed one.
impl fmt::Display for StackDifference {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match (&self.before, &self.after) {
            (None, _) => '+',
            (_, None) => '-',
            _ => '~',
        };
        let mut line = format!("{sign} {}", self.place);
        if let Some(operation) = &self.operation {
            line.extend([" (", operation, ")"]);
        }
        let mut separator = ": ";
        for value in [&self.before, &self.after].into_iter().flatten() {
            line.push_str(separator);
            line.push_str(&value.to_string());
            separator = " → ";
        }
        f.write_str(&one_line(&line))
    }
}

/// Replaces line breaks and terminal control codes, which a stored stack may have.
pub(super) fn one_line(text: &str) -> String {
    let odd = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    text.replace(odd, " ")
}

/// Returns the differences, in the order of a definition.
#[inline]
pub(super) fn differences(
    before: &StackDefinition,
    after: &StackDefinition,
) -> Vec<StackDifference> {
    let mut found = Found(Vec::new());
    let description = |definition: &StackDefinition| {
        let text = definition.description.as_deref();
        text.filter(|text| !text.is_empty()).map(Value::from)
    };
    found.value(
        "description".to_owned(),
        None,
        description(before).as_ref(),
        description(after).as_ref(),
    );
    found.operations(&before.operations, &after.operations);
    found.map(
        "options",
        None,
        before.options.as_ref().map(|options| &options.0),
        after.options.as_ref().map(|options| &options.0),
    );
    found.expressions(&before.expressions, &after.expressions);
    found.variables(
        "variables",
        before.variables.as_ref(),
        after.variables.as_ref(),
    );
    // What else a stored stack has, such as its update time, is not part of a definition.
    for (key, value) in after.extra.iter() {
        if !STORED.contains(&key.as_str()) {
            found.value(key.clone(), None, before.extra.get(key), Some(value));
        }
    }
    found.0
}

struct Found(Vec<StackDifference>);

/// An item of a list with its index.
type Indexed<'a, T> = Option<(usize, &'a T)>;

impl Found {
    fn value(
        &mut self,
        place: String,
        operation: Option<&str>,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        let before = before.filter(|value| !value.is_null());
        let after = after.filter(|value| !value.is_null());
        let equal = match (before, after) {
            (None, None) => true,
            (Some(before), Some(after)) => same(before, after),
            _ => false,
        };
        if !equal {
            self.0.push(StackDifference {
                place,
                operation: operation.map(str::to_owned),
                before: before.cloned(),
                after: after.cloned(),
            });
        }
    }

    #[inline]
    fn map(
        &mut self,
        place: &str,
        operation: Option<&str>,
        before: Option<&Map<String, Value>>,
        after: Option<&Map<String, Value>>,
    ) {
        let keys = |map: Option<&'_ Map<String, Value>>| -> Vec<String> {
            map.into_iter().flat_map(Map::keys).cloned().collect()
        };
        let all: BTreeSet<String> = keys(before).into_iter().chain(keys(after)).collect();
        for key in all {
            let (before, after) = (
                before.and_then(|map| map.get(&key)),
                after.and_then(|map| map.get(&key)),
            );
            self.value(format!("{place}.{key}"), operation, before, after);
        }
    }

    #[inline]
    fn operations(&mut self, before: &[StackOperation], after: &[StackOperation]) {
        let equal = |a: &StackOperation, b: &StackOperation| a.name == b.name;
        for (before, after) in aligned(before, after, equal) {
            let (index, name) = match (before, after) {
                (_, Some((index, operation))) | (Some((index, operation)), None) => {
                    (index, operation.name.as_str())
                }
                (None, None) => continue,
            };
            let place = format!("operations[{index}]");
            let (Some((_, before)), Some((_, after))) = (before, after) else {
                let without_name = |operation: Indexed<'_, StackOperation>| {
                    let mut json = serde_json::to_value(operation?.1).ok()?;
                    json.as_object_mut()?.remove("name");
                    Some(json)
                };
                let (before, after) = (without_name(before), without_name(after));
                self.value(place, Some(name), before.as_ref(), after.as_ref());
                continue;
            };
            self.map(
                &format!("{place}.options"),
                Some(name),
                before.options.as_ref().map(|options| &options.0),
                after.options.as_ref().map(|options| &options.0),
            );
            self.computed(
                &format!("{place}.expressions"),
                name,
                before.expressions.as_ref(),
                after.expressions.as_ref(),
            );
            self.map(&place, Some(name), Some(&before.extra), Some(&after.extra));
        }
    }

    /// Compares the expressions of an operation: usually maps, but a list for some.
    #[inline]
    fn computed(
        &mut self,
        place: &str,
        operation: &str,
        before: Option<&OperationExpressions>,
        after: Option<&OperationExpressions>,
    ) {
        let list = |expressions: Option<&OperationExpressions>| match expressions {
            Some(OperationExpressions::Array(list)) if !list.is_empty() => {
                Some(Value::Array(list.clone()))
            }
            _ => None,
        };
        let map = |expressions: Option<&OperationExpressions>| match expressions {
            Some(OperationExpressions::Object(map)) => Some(map.clone()),
            _ => None,
        };
        let (before_list, after_list) = (list(before), list(after));
        self.value(
            place.to_owned(),
            Some(operation),
            before_list.as_ref(),
            after_list.as_ref(),
        );
        let (before, after) = (map(before), map(after));
        self.map(place, Some(operation), before.as_ref(), after.as_ref());
    }

    #[inline]
    fn expressions(&mut self, before: &[StackExpression], after: &[StackExpression]) {
        let equal =
            |a: &StackExpression, b: &StackExpression| a.expression.trim() == b.expression.trim();
        for (before, after) in aligned(before, after, equal) {
            let (Some((_, before)), Some((index, after))) = (before, after) else {
                let json = |expression: Indexed<'_, StackExpression>| {
                    serde_json::to_value(expression?.1).ok()
                };
                let index = after.or(before).map_or(0, |(index, _)| index);
                let place = format!("expressions[{index}]");
                self.value(place, None, json(before).as_ref(), json(after).as_ref());
                continue;
            };
            let place = format!("expressions[{index}]");
            self.map(&place, None, Some(&before.extra), Some(&after.extra));
            let place = format!("{place}.overrides");
            let (before, after) = (&before.overrides, &after.overrides);
            self.map(&place, None, Some(&before.extra), Some(&after.extra));
            self.map(
                &format!("{place}.options"),
                None,
                before.options.as_ref().map(|options| &options.0),
                after.options.as_ref().map(|options| &options.0),
            );
            self.variables(
                &format!("{place}.variables"),
                before.variables.as_ref(),
                after.variables.as_ref(),
            );
        }
    }

    #[inline]
    fn variables(
        &mut self,
        place: &str,
        before: Option<&StackVariableValues>,
        after: Option<&StackVariableValues>,
    ) {
        let list = |variables: Option<&StackVariableValues>| variables.cloned().unwrap_or_default();
        let (before, after) = (list(before), list(after));
        for (name, value) in after.iter() {
            self.value(
                format!("{place}.{name}"),
                None,
                before.get(name),
                Some(value),
            );
        }
        for (name, value) in before.iter() {
            if after.get(name).is_none() {
                self.value(format!("{place}.{name}"), None, Some(value), None);
            }
        }
        if place == "variables" && is_ordered(&after) && !is_ordered(&before) {
            let names = |variables: &StackVariableValues| {
                Value::from(variables.iter().map(|(name, _)| name).collect::<Vec<_>>())
            };
            let (before, after) = (names(&before), names(&after));
            self.value(place.to_owned(), None, Some(&before), Some(&after));
        }
    }
}

/// Whether no variable is read before it is set.
#[inline]
fn is_ordered(variables: &StackVariableValues) -> bool {
    let mut later: BTreeSet<&str> = variables.iter().map(|(name, _)| name).collect();
    variables.iter().all(|(name, value)| {
        let read = value
            .as_str()
            .and_then(|text| expressions::variables(text).ok());
        let fine = read.into_iter().flatten().all(|read| !later.contains(read));
        later.remove(name);
        fine
    })
}

/// Pairs the items of two lists: equal ones at the beginning and at the end, then what is between, removed and added.
fn aligned<'a, T>(
    before: &'a [T],
    after: &'a [T],
    equal: impl Fn(&T, &T) -> bool,
) -> Vec<(Indexed<'a, T>, Indexed<'a, T>)> {
    let pairs = before.iter().zip(after);
    let start = pairs
        .take_while(|(before, after)| equal(before, after))
        .count();
    let rest = before.len().min(after.len()) - start;
    let pairs = before.iter().rev().zip(after.iter().rev()).take(rest);
    let end = pairs
        .take_while(|(before, after)| equal(before, after))
        .count();
    let (before_end, after_end) = (before.len() - end, after.len() - end);
    let (before, after) = (before.iter().enumerate(), after.iter().enumerate());
    let both = |(before, after)| (Some(before), Some(after));
    let mut all: Vec<_> = before
        .clone()
        .zip(after.clone())
        .take(start)
        .map(both)
        .collect();
    let removed = before.clone().take(before_end).skip(start);
    all.extend(removed.map(|item| (Some(item), None)));
    let added = after.clone().take(after_end).skip(start);
    all.extend(added.map(|item| (None, Some(item))));
    all.extend(before.skip(before_end).zip(after.skip(after_end)).map(both));
    all
}

/// Whether two values are equal, where 2 and 2.0 are.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let float = one.is_f64() || other.is_f64();
            one == other || (float && one.as_f64() == other.as_f64())
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let equal = |(key, one): (&String, &Value)| {
                other.get(key).is_some_and(|other| same(one, other))
            };
            one.len() == other.len() && one.iter().all(equal)
        }
        _ => one == other,
    }
}

#[cfg(test)]
#[allow(clippy::too_many_lines, clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::differences;
    use crate::StackDefinition;

    fn found(before: Value, after: Value) -> Vec<String> {
        let read = |json: Value| serde_json::from_value::<StackDefinition>(json).unwrap();
        let (before, after) = (read(before), read(after));
        for same in [&before, &after] {
            assert_eq!(differences(same, same), []);
        }
        // The other way, the same places differ.
        let back = differences(&after, &before);
        let forth = differences(&before, &after);
        if after.extra.is_empty() && before.extra.is_empty() {
            assert_eq!(back.is_empty(), forth.is_empty());
        }
        forth.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn equal_definitions_differ_in_nothing() {
        for (before, after) in [
            (
                json!({"operations": [{"name": "resize", "options": {"width": 2, "a": null}}], "options": {"dpr": 2.0}}),
                json!({"operations": [{"name": "resize", "options": {"width": 2.0}, "expressions": []}], "options": {"dpr": 2, "b": null}}),
            ),
            (
                json!({"operations": [], "options": [], "expressions": [], "variables": [], "description": ""}),
                json!({"operations": []}),
            ),
            (
                json!({"operations": [{"name": "a", "options": []}], "variables": {"b": 1, "a": [1.0, {"x": 2}]}}),
                json!({"operations": [{"name": "a", "expressions": {}}], "variables": {"a": [1, {"x": 2.0}], "b": 1}}),
            ),
            (
                json!({"operations": [], "expressions": [{"expression": " x ", "overrides": []}], "created": "a"}),
                json!({"operations": [], "expressions": [{"expression": "x", "overrides": {"options": {}}}], "name": "b"}),
            ),
        ] {
            assert_eq!(
                found(before.clone(), after.clone()),
                [""; 0],
                "{before} {after}"
            );
        }
    }

    #[test]
    fn every_part_is_compared() {
        let operation = |name: &str, options: Value| json!({"name": name, "options": options});
        for (before, after, expected) in [
            (
                json!({"operations": [], "description": "a"}),
                json!({"operations": [], "description": "b"}),
                vec!["~ description: \"a\" → \"b\""],
            ),
            (
                json!({"operations": [operation("resize", json!({"width": 1, "height": 2})), operation("blur", json!({}))]}),
                json!({"operations": [operation("resize", json!({"width": "1", "mode": "fill"})), operation("blur", json!({}))]}),
                vec![
                    "- operations[0].options.height (resize): 2",
                    "+ operations[0].options.mode (resize): \"fill\"",
                    "~ operations[0].options.width (resize): 1 → \"1\"",
                ],
            ),
            // Operations are paired from both ends.
            (
                json!({"operations": [operation("a", json!({})), operation("b", json!({"x": 1})), operation("c", json!({"y": 1}))]}),
                json!({"operations": [operation("a", json!({})), operation("c", json!({"y": 2}))]}),
                vec![
                    "- operations[1] (b): {\"options\":{\"x\":1}}",
                    "~ operations[1].options.y (c): 1 → 2",
                ],
            ),
            (
                json!({"operations": [{"name": "a"}, {"name": "a"}]}),
                json!({"operations": [{"name": "a"}, {"name": "b"}, {"name": "a"}]}),
                vec!["+ operations[1] (b): {}"],
            ),
            (
                json!({"operations": [{"name": "a"}, {"name": "b"}]}),
                json!({"operations": [{"name": "b"}, {"name": "a"}]}),
                vec![
                    "- operations[0] (a): {}",
                    "- operations[1] (b): {}",
                    "+ operations[0] (b): {}",
                    "+ operations[1] (a): {}",
                ],
            ),
            (
                json!({"operations": [{"name": "a", "expressions": {"w": "$w"}, "new": 1}]}),
                json!({"operations": [{"name": "a", "expressions": {"w": "$x", "h": "1"}, "new": 2}]}),
                vec![
                    "+ operations[0].expressions.h (a): \"1\"",
                    "~ operations[0].expressions.w (a): \"$w\" → \"$x\"",
                    "~ operations[0].new (a): 1 → 2",
                ],
            ),
            (
                json!({"operations": [{"name": "a", "expressions": [1]}]}),
                json!({"operations": [{"name": "a", "expressions": {"w": "$x"}}]}),
                vec![
                    "- operations[0].expressions (a): [1]",
                    "+ operations[0].expressions.w (a): \"$x\"",
                ],
            ),
            (
                json!({"operations": [], "options": {"jpg.quality": 80, "dpr": 1}}),
                json!({"operations": [], "options": {"jpg.quality": 60, "autoformat": true}}),
                vec![
                    "+ options.autoformat: true",
                    "- options.dpr: 1",
                    "~ options.jpg.quality: 80 → 60",
                ],
            ),
            (
                json!({"operations": [], "expressions": [
                    {"expression": "a", "overrides": {"options": {"dpr": 1}, "variables": {"w": 1}}},
                    {"expression": "b", "overrides": {}},
                ]}),
                json!({"operations": [], "expressions": [
                    {"expression": "a", "overrides": {"options": {"dpr": 2}, "variables": {"w": 2}, "k": 1}, "l": 2},
                    {"expression": "c", "overrides": {}},
                ]}),
                vec![
                    "+ expressions[0].l: 2",
                    "+ expressions[0].overrides.k: 1",
                    "~ expressions[0].overrides.options.dpr: 1 → 2",
                    "~ expressions[0].overrides.variables.w: 1 → 2",
                    "- expressions[1]: {\"expression\":\"b\",\"overrides\":{}}",
                    "+ expressions[1]: {\"expression\":\"c\",\"overrides\":{}}",
                ],
            ),
            (
                json!({"operations": [], "variables": {"w": 1, "x": true}}),
                json!({"operations": [], "variables": {"w": 2, "y": "$w"}}),
                vec![
                    "~ variables.w: 1 → 2",
                    "+ variables.y: \"$w\"",
                    "- variables.x: true",
                ],
            ),
            (
                json!({"operations": [], "future": 1, "other": 1}),
                json!({"operations": [], "future": 2}),
                vec!["~ future: 1 → 2"],
            ),
            (
                json!({"operations": [{"name": "a\u{1b}[2J\nb", "options": {"x\u{7f}": "\u{2028}\n"}}]}),
                json!({"operations": []}),
                vec!["- operations[0] (a [2J b): {\"options\":{\"x \":\" \\n\"}}"],
            ),
        ] {
            assert_eq!(
                found(before.clone(), after.clone()),
                expected,
                "{before} {after}"
            );
        }
    }

    #[test]
    fn the_order_of_variables_matters_only_if_it_is_wrong() {
        let right = StackDefinition::new()
            .variable("w", 1)
            .variable("h", "$w / 2")
            .variable("x", 1);
        let other = StackDefinition::new()
            .variable("x", 1)
            .variable("w", 1)
            .variable("h", "$w / 2");
        let wrong = StackDefinition::new()
            .variable("h", "$w / 2")
            .variable("w", 1)
            .variable("x", 1);
        assert_eq!(differences(&other, &right), []);
        assert_eq!(differences(&right, &wrong), []);
        let found = differences(&wrong, &right);
        assert_eq!(
            found.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["~ variables: [\"h\",\"w\",\"x\"] → [\"w\",\"h\",\"x\"]"]
        );
    }
}
