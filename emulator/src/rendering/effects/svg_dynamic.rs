//! `svgdynamic`: changes attributes of the elements of an SVG, before it is drawn.

use resvg::usvg::roxmltree::{Document, ParsingOptions};
use serde_json::Value;

use super::refuse;
use crate::rendering::pixels::stop::Stop;
use crate::rendering::plan::Step;

/// The most changes: the file is read again after each.
const MOST: usize = 100;

/// Returns the file with the changes of a step.
pub(crate) fn change(svg: &[u8], step: &Step) -> Result<Vec<u8>, Stop> {
    let Ok(svg) = str::from_utf8(svg) else {
        return refuse("svgdynamic: the image is no SVG in UTF-8");
    };
    let changes = match step.options.get("changes") {
        Some(Value::Array(changes)) => changes.clone(),
        // As it comes from an expression or a variable.
        Some(Value::String(text)) => match serde_json::from_str(text) {
            Ok(Value::Array(changes)) => changes,
            _ => return refuse("svgdynamic: `changes` is not a list"),
        },
        _ => return refuse("svgdynamic: `changes` is not a list"),
    };
    if changes.len() > MOST {
        return refuse(format!("svgdynamic: {MOST} changes are the most"));
    }
    let mut svg = svg.to_owned();
    for change in &changes {
        let text = |key: &str| match change.get(key) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string()),
            _ => None,
        };
        let (Some(id), Some(attribute), Some(value)) = (text("id"), text("attr"), text("value"))
        else {
            return refuse("svgdynamic: a change needs `id`, `attr` and `value`");
        };
        svg = set(&svg, &id, &attribute, &value)?;
    }
    Ok(svg.into_bytes())
}

/// Sets an attribute of the first element with an id.
fn set(svg: &str, id: &str, attribute: &str, value: &str) -> Result<String, Stop> {
    let is_name =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
    if attribute.is_empty() || !attribute.bytes().all(is_name) {
        return refuse(format!(
            "svgdynamic: `{attribute}` is no name of an attribute"
        ));
    }
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = match Document::parse_with_options(svg, options) {
        Ok(document) => document,
        Err(error) => return refuse(format!("svgdynamic: the image is no SVG: {error}")),
    };
    let has_id = |node: &resvg::usvg::roxmltree::Node<'_, '_>| node.attribute("id") == Some(id);
    let Some(element) = document.descendants().find(has_id) else {
        return refuse(format!("svgdynamic: no element has the id `{id}`"));
    };
    let known = element
        .attributes()
        .find(|known| svg.get(known.range_qname()) == Some(attribute));
    let value = escaped(value);
    let (range, text) = match known {
        Some(known) => (known.range_value(), value),
        None => {
            // Behind the name of the element.
            let start = element.range().start + 1;
            let tag = svg.get(start..).unwrap_or_default();
            let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '>');
            let end = start + tag.find(ends).unwrap_or(tag.len());
            (end..end, format!(" {attribute}=\"{value}\""))
        }
    };
    let (Some(before), Some(after)) = (svg.get(..range.start), svg.get(range.end..)) else {
        return refuse("svgdynamic: the image is no SVG");
    };
    Ok(format!("{before}{text}{after}"))
}

/// Escapes a value for either kind of quotes.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&apos;"),
            _ => text.push(character),
        }
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::needless_pass_by_value)]
mod tests {
    use serde_json::json;

    use super::*;

    const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg' id=\"root\"><line id='line' stroke='#FF6840'/></svg>";

    fn changed(svg: &str, changes: Value) -> Result<String, Stop> {
        let Value::Object(options) = json!({"changes": changes}) else {
            panic!("an object");
        };
        let step = Step {
            name: "svgdynamic".to_owned(),
            options,
        };
        change(svg.as_bytes(), &step).map(|svg| String::from_utf8(svg).unwrap())
    }

    #[test]
    fn attributes_are_replaced_or_added() {
        let changes = json!([
            {"id": "line", "attr": "stroke", "value": "#ff00ff"},
            {"id": "line", "attr": "stroke-width", "value": 5},
            {"id": "root", "attr": "width", "value": "20"},
        ]);
        assert_eq!(
            changed(SVG, changes.clone()).unwrap(),
            "<svg width=\"20\" xmlns='http://www.w3.org/2000/svg' id=\"root\">\
             <line stroke-width=\"5\" id='line' stroke='#ff00ff'/></svg>",
        );
        let text = Value::String(changes.to_string());
        assert_eq!(changed(SVG, text), changed(SVG, changes));
    }

    #[test]
    fn a_value_stays_a_value() {
        let changes = json!([{"id": "line", "attr": "stroke", "value": "'/><script a=\"&"}]);
        let svg = changed(SVG, changes).unwrap();
        assert!(
            svg.contains("stroke='&apos;/>&lt;script a=&quot;&amp;'/>"),
            "{svg}"
        );
    }

    #[test]
    fn what_cannot_be_changed_is_refused() {
        let line = |attribute: &str| json!([{"id": "line", "attr": attribute, "value": "1"}]);
        for (svg, changes) in [
            (SVG, json!([{"id": "circle", "attr": "r", "value": "1"}])),
            (SVG, json!([{"id": "line", "attr": "r"}])),
            (SVG, json!("line")),
            (SVG, line("a b")),
            (SVG, line("")),
            ("<svg", line("r")),
            ("", line("r")),
            // A prefix that nothing declares.
            (&changed(SVG, line("x:y")).unwrap(), line("r")),
        ] {
            assert!(changed(svg, changes.clone()).is_err(), "{svg} {changes}");
        }
    }
}
