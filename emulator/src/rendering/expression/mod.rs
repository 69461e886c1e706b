//! Expressions of stacks and URLs: Symfony's expression language, in which `$name` reads a variable.
//!
//! An own evaluator, because libraries for other languages have other operators and precedences. It has no loops, reads each
//! part once, and limits how long an expression, a text and a list can be. A [budget](Scope::spend) limits all expressions of
//! a URL together.

mod operators;
mod tree;

use serde_json::{Map, Value};

pub(crate) use self::operators::{is_true, matches_pattern};
use self::tree::Node;

/// The most parts of a list or a map, counted with the parts of its parts.
const MAX_PARTS: usize = 2_000;

/// How deep lists and maps can be nested.
const MAX_LEVELS: usize = 16;

/// What expressions can read.
pub(crate) trait Scope {
    /// Returns the value of a name, such as `image`.
    fn name(&self, name: &str) -> Option<Value>;

    /// Returns the value of a member of a name. By default, that is the member of its value.
    fn member(&self, name: &str, member: &str) -> Option<Value> {
        self.name(name).map(|value| member_of(&value, member))
    }

    /// Returns the value of a variable.
    fn variable(&self, name: &str) -> Option<Value>;

    /// Takes the cost of a computation off the budget, and returns whether there was enough. A unit is about 100 ns.
    fn spend(&self, cost: usize) -> bool;
}

/// Evaluates an expression, or says why that cannot be done.
pub(crate) fn evaluate(text: &str, scope: &dyn Scope) -> Result<Value, String> {
    value_of(&tree::parse(text)?, scope)
}

/// Evaluates operators that follow one another in a loop, because there can be hundreds; only brackets and conditions recurse.
fn value_of(node: &Node, scope: &dyn Scope) -> Result<Value, String> {
    pay(scope, 1)?;
    let mut chain = Vec::new();
    let mut first = node;
    loop {
        let inner = match first {
            Node::Binary(_, left, _) => left,
            Node::Index(value, _) => value,
            Node::Member(value, _) if !matches!(**value, Node::Name(_)) => value,
            _ => break,
        };
        chain.push(first);
        first = inner;
    }
    let mut value = single(first, scope)?;
    for node in chain.into_iter().rev() {
        value = applied(node, value, scope)?;
    }
    Ok(value)
}

/// How long a pattern with repetitions counts as.
const REPEATED: usize = 2_000;

/// What it costs to read a name, which may have many members.
const NAME: usize = 100;

fn pay(scope: &dyn Scope, cost: usize) -> Result<(), String> {
    if scope.spend(cost) {
        return Ok(());
    }
    Err("the expressions take too long".to_owned())
}

/// What it costs to copy a value.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() / 100,
        Value::Array(list) => list.len(),
        Value::Object(map) => map.len(),
        _ => 0,
    }
}

/// Returns the value of a node whose left side has this value.
fn applied(node: &Node, left: Value, scope: &dyn Scope) -> Result<Value, String> {
    match node {
        Node::Binary("and" | "&&", _, right) => Ok(Value::Bool(
            is_true(&left) && is_true(&value_of(right, scope)?),
        )),
        Node::Binary("or" | "||", _, right) => Ok(Value::Bool(
            is_true(&left) || is_true(&value_of(right, scope)?),
        )),
        Node::Binary(operator, _, right) => {
            let right = value_of(right, scope)?;
            if let ("matches", Value::String(text), Value::String(pattern)) =
                (*operator, &left, &right)
            {
                // A pattern is tried at every letter, and repetitions make it longer.
                let states = if pattern.contains('{') {
                    REPEATED
                } else {
                    pattern.len()
                };
                pay(scope, text.len().saturating_mul(states) / 8)?;
            }
            let value = operators::binary(operator, &left, &right)?;
            pay(scope, size(&value))?;
            Ok(value)
        }
        Node::Index(_, key) => {
            let key = value_of(key, scope)?;
            match (&left, key.as_u64()) {
                (Value::Array(list), Some(index)) => Ok(usize::try_from(index)
                    .ok()
                    .and_then(|index| list.get(index))
                    .cloned()
                    .unwrap_or_default()),
                _ => Ok(member_of(&left, &operators::text(&key)?)),
            }
        }
        Node::Member(_, member) => Ok(member_of(&left, member)),
        _ => Ok(left),
    }
}

/// Returns the value of a node without a left side.
fn single(node: &Node, scope: &dyn Scope) -> Result<Value, String> {
    match node {
        Node::Literal(value) => {
            pay(scope, size(value))?;
            Ok(value.clone())
        }
        Node::Name(name) => {
            pay(scope, NAME)?;
            scope
                .name(name)
                .ok_or_else(|| format!("`{name}` is not known"))
        }
        Node::Variable(name) => {
            let value = scope.variable(name);
            let value = value.ok_or_else(|| format!("the variable `{name}` is not set"))?;
            pay(scope, size(&value))?;
            Ok(value)
        }
        Node::Member(node, member) => match node.as_ref() {
            Node::Name(name) => {
                pay(scope, NAME)?;
                scope
                    .member(name, member)
                    .ok_or_else(|| format!("`{name}` is not known"))
            }
            node => Ok(member_of(&value_of(node, scope)?, member)),
        },
        Node::Call(name, arguments) => call(name, &values(arguments, scope)?),
        Node::List(nodes) => checked(Value::Array(values(nodes, scope)?)),
        Node::Map(pairs) => map(pairs, scope),
        Node::Not(node) => Ok(Value::Bool(!is_true(&value_of(node, scope)?))),
        Node::Negative(node) => operators::negative(&value_of(node, scope)?),
        Node::Positive(node) => operators::positive(&value_of(node, scope)?),
        Node::Complement(node) => operators::complement(&value_of(node, scope)?),
        Node::Condition(condition, then, otherwise) => {
            let is_met = is_true(&value_of(condition, scope)?);
            value_of(if is_met { then } else { otherwise }, scope)
        }
        Node::Otherwise(node, otherwise) => match value_of(node, scope)? {
            value if is_true(&value) => Ok(value),
            _ => value_of(otherwise, scope),
        },
        // The left side may read what is not set.
        Node::Coalesce(node, otherwise) => match value_of(node, scope) {
            Ok(value) if !value.is_null() => Ok(value),
            _ => value_of(otherwise, scope),
        },
        Node::Binary(..) | Node::Index(..) => value_of(node, scope),
    }
}

fn map(pairs: &[(Node, Node)], scope: &dyn Scope) -> Result<Value, String> {
    let mut map = Map::new();
    for (key, value) in pairs {
        let key = operators::text(&value_of(key, scope)?)?;
        map.insert(key, value_of(value, scope)?);
    }
    checked(Value::Object(map))
}

fn values(nodes: &[Node], scope: &dyn Scope) -> Result<Vec<Value>, String> {
    nodes.iter().map(|node| value_of(node, scope)).collect()
}

/// Returns a member of a map. What does not exist is null.
pub(crate) fn member_of(value: &Value, member: &str) -> Value {
    value.get(member).cloned().unwrap_or_default()
}

/// Calls one of the functions that the language has by itself.
fn call(name: &str, arguments: &[Value]) -> Result<Value, String> {
    let wanted = match name {
        "min" => "<",
        "max" => ">",
        _ => return Err(format!("the function `{name}` is not known")),
    };
    let values = match arguments {
        [Value::Array(list)] => list.as_slice(),
        several => several,
    };
    let mut values = values.iter();
    let mut best = values
        .next()
        .ok_or_else(|| format!("`{name}` needs a value"))?;
    for value in values {
        if operators::binary(wanted, value, best)? == Value::Bool(true) {
            best = value;
        }
    }
    Ok(best.clone())
}

/// Refuses a value that is too large. Variables can repeat one another.
fn checked(value: Value) -> Result<Value, String> {
    fn count(value: &Value, level: usize) -> Option<usize> {
        if level > MAX_LEVELS {
            return None;
        }
        let parts: Box<dyn Iterator<Item = &Value>> = match value {
            Value::Array(list) => Box::new(list.iter()),
            Value::Object(map) => Box::new(map.values()),
            _ => return Some(1),
        };
        let mut total: usize = 1;
        for part in parts {
            total += count(part, level + 1)?;
            if total > MAX_PARTS {
                return None;
            }
        }
        Some(total)
    }
    match count(&value, 0) {
        Some(_) => Ok(value),
        None => Err("a list is too large".to_owned()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// With a budget.
    struct Values(Cell<usize>);

    impl Values {
        fn new() -> Self {
            Self(Cell::new(1_000_000))
        }
    }

    impl Scope for Values {
        fn name(&self, name: &str) -> Option<Value> {
            match name {
                "image" => Some(json!({
                    "width": 801, "height": 600, "format": "jpg", "meta_user": {"tags": ["a", "b"], "in": 5}
                })),
                "options" => Some(json!({"dpr": 2, "jpg.quality": 80})),
                _ => None,
            }
        }

        fn spend(&self, cost: usize) -> bool {
            self.0.set(self.0.get().saturating_sub(cost));
            self.0.get() > 0
        }

        fn variable(&self, name: &str) -> Option<Value> {
            match name {
                "w" => Some(json!(300)),
                "text" => Some(json!("Hello")),
                "digits" => Some(json!("12")),
                _ => None,
            }
        }
    }

    fn value(text: &str) -> Value {
        match evaluate(text, &Values::new()) {
            Ok(value) => value,
            Err(error) => panic!("{text}: {error}"),
        }
    }

    #[test]
    fn operators_bind_and_convert_as_in_symfony() {
        for (text, expected) in [
            ("1 + 2 * 3", json!(7)),
            ("(1 + 2) * 3", json!(9)),
            ("10 - 3 - 2", json!(5)),
            ("2 ** 3 ** 2", json!(512)),
            ("2 * 3 ** 2", json!(18)),
            ("-2 ** 2", json!(4)),
            ("7 / 2", json!(3.5)),
            ("6 / 2", json!(3)),
            ("7 % 4", json!(3)),
            ("-7 % 4", json!(-3)),
            ("2 ** -1", json!(0.5)),
            (
                "9223372036854775807 + 1",
                json!(9_223_372_036_854_775_808.0),
            ),
            ("1.5e2", json!(150.0)),
            ("1_000", json!(1000)),
            (".5 + .5", json!(1.0)),
            ("'a' ~ 1 ~ true ~ null ~ 2.0", json!("a112")),
            ("1 ~ 2 + 3", json!(15)),
            ("$digits + 1", json!(13)),
            ("$digits == 12", json!(true)),
            ("$digits === 12", json!(false)),
            ("12 === 12.0", json!(true)),
            ("'abc' == 0", json!(false)),
            ("null == false", json!(true)),
            ("null == ''", json!(true)),
            ("'a' < 'b'", json!(true)),
            ("'10' < '9'", json!(false)),
            ("true && false || true", json!(true)),
            ("true and not false", json!(true)),
            ("not 1 in [1]", json!(false)),
            ("true xor true", json!(false)),
            ("6 & 3", json!(2)),
            ("6 | 1", json!(7)),
            ("6 ^ 3", json!(5)),
            ("1 << 4 >> 2", json!(4)),
            ("~5", json!(-6)),
            ("3 in 1..5", json!(true)),
            ("3 not in [1, 2]", json!(true)),
            ("'b' in image.meta_user.tags", json!(true)),
            ("image.meta_user.in", json!(5)),
            ("$text matches '/^h/i'", json!(true)),
            ("$text matches '#^h#'", json!(false)),
            ("$text contains 'ell'", json!(true)),
            (
                "$text starts with 'He' and $text ends with 'lo'",
                json!(true),
            ),
            (
                "image.width > image.height ? 'wide' : 'high'",
                json!("wide"),
            ),
            ("null ?: 2", json!(2)),
            ("null ? : 2", json!(2)),
            ("{true: 1, in: 2}", json!({"true": 1, "in": 2})),
            ("1. + .5", json!(1.5)),
            ("0 ? 1", json!(null)),
            ("true ? false ? 1 : 2 : 3", json!(2)),
            ("image.meta_user.none ?? 'x'", json!("x")),
            ("$none ?? 3", json!(3)),
            ("image.none.more", json!(null)),
            ("image?.width", json!(801)),
            ("options['jpg.quality']", json!(80)),
            ("image.meta_user.tags[1]", json!("b")),
            ("{a: 1, 'b': [2,], (1 + 1): 3}['2']", json!(3)),
            ("max(1, $w, 2)", json!(300)),
            ("min([4, 3.5])", json!(3.5)),
            ("3..1", json!([3, 2, 1])),
            ("/* why */ 1", json!(1)),
            ("\"a\\\"b\\n\"", json!("a\"b\n")),
            ("image.width/2", json!(400.5)),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn a_broken_expression_says_what_is_wrong() {
        for (text, expected) in [
            ("", "it is empty"),
            ("1 +", "ends where a value"),
            ("(1", "its `(` is not closed"),
            ("1 2", "an operator has to follow at character 3"),
            ("1.foo", "an operator has to follow at character 3"),
            ("1e999", "is not a finite number"),
            ("$", "the name of a variable"),
            ("'a", "not closed"),
            ("#", "means nothing"),
            ("1 / 0", "divides by 0"),
            ("1 % 0", "divides by 0"),
            ("-9223372036854775807 - 1 % -1", ""),
            ("'abc' + 1", "is not a number"),
            ("foo", "`foo` is not known"),
            ("foo.bar", "`foo` is not known"),
            ("$none", "`none` is not set"),
            ("system('ls')", "`system` is not known"),
            ("image.width()", "cannot be called"),
            ("1 in 2", "is not a list"),
            ("1..1000000", "more than 1000 numbers"),
            ("10 ** 400", "not a finite number"),
            ("'a' matches 'a'", "is no pattern"),
            ("'a' matches '/(/'", "cannot be compiled"),
            ("1 << -1", "less than 0"),
        ] {
            match evaluate(text, &Values::new()) {
                Err(error) => assert!(error.contains(expected), "{text}: {error}"),
                Ok(value) => assert!(expected.is_empty(), "{text}: {value}"),
            }
        }
    }

    #[test]
    fn long_and_deep_expressions_are_refused() {
        for (text, expected) in [
            ("(".repeat(5_000), "too"),
            ("-".repeat(200) + "1", "nested too deep"),
            ("!".repeat(200) + "1", "nested too deep"),
            ("[".repeat(200) + &"]".repeat(200), "nested too deep"),
            ("1?".repeat(100) + "1", "nested too deep"),
            ("1**".repeat(100) + "1", "nested too deep"),
            ("1+".repeat(2_000), "too long"),
            (" ".repeat(20_000), "too long"),
            ("a.".repeat(900), "too long"),
        ] {
            let error = evaluate(&text, &Values::new()).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        // As deep as a tree can be.
        assert_eq!(value(&format!("1{}", "+1".repeat(249))), json!(250));
        let every_strength = "1 or 0 xor 1 and 1 | 0 ^ 1 & 1 == 1 << 0 + 1 ~ 1 * 1 ** (";
        let nested = format!("{}1{}", every_strength.repeat(14), ")".repeat(14));
        assert_eq!(value(&nested), json!(true));
        let nested = format!("{}1{}", "-(!(".repeat(7), "))".repeat(7));
        assert_eq!(value(&nested), json!(0));
        let long = format!("'{}' ~ '{}'", "a".repeat(4_000), "b".repeat(4_000));
        assert_eq!(value(&long).as_str().map(str::len), Some(8_000));
        assert!(evaluate("[1..900, 1..900, 1..900]", &Values::new()).is_err());
    }

    #[test]
    fn what_takes_too_long_is_given_up() {
        let evaluated = |text: &str, budget: usize| {
            let values = Values(Cell::new(budget));
            evaluate(text, &values).map(|_| budget - values.0.get())
        };
        let cost = |text: &str| evaluated(text, 10_000_000).unwrap();
        assert!(cost("1 + 1") < 10);
        assert!(cost("1..900") > 900);
        let pattern = format!("'{}' matches '/{}/'", "a".repeat(4_000), "a?".repeat(500));
        assert!(cost(&pattern) > 400_000);
        let error = evaluated(&pattern, 400_000).unwrap_err();
        assert!(error.contains("take too long"), "{error}");
        let repeated = format!("'{}' matches '/a{{30}}/'", "a".repeat(4_000));
        assert!(cost(&repeated) > 400_000);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = evaluate(&text, &Values::new());
        }

        #[test]
        fn no_sequence_of_parts_makes_it_panic(parts in prop::collection::vec(
            prop::sample::select(vec![
                "1", "0", "-1", "9223372036854775807", "1e308", "'a'", "'12'", "true", "null", "$w", "$text", "image",
                "image.width", "[", "]", "(", ")", "{", "}", "a", ":", ",", "?", "?:", "??", "?.", ".", "+", "-", "*", "/",
                "%", "**", "~", "..", "<<", ">>", "&", "|", "^", "==", "===", "<", "in", "not in", "not", "and", "matches",
                "'/a/'", "contains", "starts with", "max", "min",
            ]),
            0..30,
        )) {
            let _ = evaluate(&parts.join(" "), &Values::new());
            let _ = evaluate(&parts.concat(), &Values::new());
        }
    }
}
