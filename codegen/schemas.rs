//! Derives JSON Schemas of the emitted types, for the feature `schemars`.
//!
//! The schemas come from the types themselves, so that they describe what the code reads and writes. Two things that a Rust
//! type does not show are added: the pattern that its parser checks, and keywords of the description that only the service
//! checks.

use std::collections::HashMap;

use serde_json::{Map, Value};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprCall, ExprLit, Fields, Item, Lit, LitStr, Type, parse_quote};

/// Keywords of the description that only the service checks.
const BY_THE_SERVICE: &[&str] = &["maxItems", "minItems", "minProperties"];

/// Formats of strings that stay plain strings.
const PLAIN_FORMATS: &[&str] = &["email"];

/// Derives the schema of every type that is read or written.
pub(crate) fn derive(types: &mut [Item], description: &Value) {
    let patterns = patterns(types);
    for item in types {
        let (name, attributes) = match item {
            Item::Struct(item) => (item.ident.to_string(), &mut item.attrs),
            Item::Enum(item) => (item.ident.to_string(), &mut item.attrs),
            _ => continue,
        };
        let Some(position) = attributes.iter().rposition(derives_serde) else {
            continue;
        };
        attributes.insert(
            position + 1,
            parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]),
        );
        if let Some(pattern) = patterns.get(&name) {
            attributes.push(parse_quote!(
                #[cfg_attr(feature = "schemars", schemars(extend("pattern" = #pattern)))]
            ));
        }
        let Some(schema) = description["components"]["schemas"][&name].as_object() else {
            continue;
        };
        attributes.extend(keywords(schema));
        if let Item::Struct(item) = item
            && let Fields::Named(fields) = &mut item.fields
        {
            for field in &mut fields.named {
                let name = field.ident.as_ref().map(ToString::to_string);
                let property = name.and_then(|name| schema.get("properties")?.get(name));
                if let Some(property) = property.and_then(Value::as_object) {
                    field.attrs.extend(keywords(property));
                }
            }
        }
    }
}

fn derives_serde(attribute: &Attribute) -> bool {
    let mut found = false;
    if attribute.path().is_ident("derive") {
        let _ = attribute.parse_nested_meta(|meta| {
            let last = meta.path.segments.last();
            found |=
                last.is_some_and(|last| last.ident == "Deserialize" || last.ident == "Serialize");
            Ok(())
        });
    }
    found
}

/// Returns the keywords to repeat in the schema, as attributes.
fn keywords(schema: &Map<String, Value>) -> impl Iterator<Item = Attribute> {
    let repeated = schema.iter().filter(|(keyword, value)| {
        BY_THE_SERVICE.contains(&keyword.as_str())
            || (*keyword == "format"
                && value
                    .as_str()
                    .is_some_and(|one| PLAIN_FORMATS.contains(&one)))
    });
    repeated.filter_map(|(keyword, value)| {
        let value: Expr = syn::parse_str(&value.to_string()).ok()?;
        Some(parse_quote!(
            #[cfg_attr(feature = "schemars", schemars(extend(#keyword = #value)))]
        ))
    })
}

/// Returns the patterns that the parsers check, by type.
fn patterns(types: &[Item]) -> HashMap<String, LitStr> {
    let mut found = HashMap::new();
    for item in types {
        let Item::Impl(item) = item else { continue };
        let (Some((of, _)), Type::Path(this)) = (&item.trait_, item.self_ty.as_ref()) else {
            continue;
        };
        let parser = of
            .segments
            .last()
            .is_some_and(|last| last.ident == "FromStr");
        if let (true, Some(name)) = (parser, this.path.get_ident()) {
            let mut pattern = Pattern(None);
            pattern.visit_item_impl(item);
            found.extend(pattern.0.map(|pattern| (name.to_string(), pattern)));
        }
    }
    found
}

/// Finds the text of a `Regex::new("…")`.
struct Pattern(Option<LitStr>);

impl Visit<'_> for Pattern {
    fn visit_expr_call(&mut self, call: &ExprCall) {
        if let Expr::Path(function) = call.func.as_ref()
            && function
                .path
                .segments
                .iter()
                .any(|one| one.ident == "Regex")
            && let Some(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })) = call.args.first()
        {
            self.0 = Some(text.clone());
        }
        visit::visit_expr_call(self, call);
    }
}
