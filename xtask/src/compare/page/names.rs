//! The part of the page that comes from the map of names, the description and the bindings.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::markdown::{Table, code, codes};
use crate::compare::description::Description;
use crate::compare::names::{CLIENTS, Names, Row};
use crate::compare::signature::Signatures;

const BEGIN: &str =
    "<!-- names: from docs/names.json, openapi/rokka.json and generated/rokka.rs -->\n";
const END: &str = "<!-- names: end -->\n";

/// Replaces this part of the page.
pub(crate) fn replaced(page: &str, part: &str) -> Result<String> {
    let missing = || {
        format!(
            "the page has no part between `{}` and `{}`",
            BEGIN.trim(),
            END.trim()
        )
    };
    let (before, rest) = page.split_once(BEGIN).with_context(missing)?;
    let (_, after) = rest.split_once(END).with_context(missing)?;
    Ok(format!("{before}{part}{after}"))
}

/// Returns the part with its marks.
pub(crate) fn part(
    description: &Description,
    names: &Names,
    api: &Signatures,
    left_out: &[String],
) -> String {
    let mut text = format!("{BEGIN}\n");
    text.push_str(&coverage(description, names, api));
    text.push_str(&map(description, names, api, left_out));
    text.push_str(&beyond(names));
    text.push_str(END);
    text
}

fn tags(description: &Description) -> Vec<&str> {
    let mut tags: Vec<&str> = Vec::new();
    for operation in &description.operations {
        if tags.last() != Some(&operation.tag.as_str()) {
            tags.push(&operation.tag);
        }
    }
    tags
}

fn coverage(description: &Description, names: &Names, api: &Signatures) -> String {
    let mut text = format!(
        "## Operations of the published clients\n\n\
         Of the {} operations of the description, by tag. The map below is maintained by hand, from the clients' code and \
         documentation, some of it in versions of 2026. There is also a C# client, which only uploads.\n\n",
        description.operations.len()
    );
    let headings = ["operations", "all"]
        .into_iter()
        .chain(CLIENTS.map(|(_, name)| name));
    let mut table = Table::new(headings.chain(["`rokka::api`", "facade"]));
    let mut count = |title: &str, tag: Option<&str>| {
        let ids: Vec<&str> = description
            .operations
            .iter()
            .filter(|operation| tag.is_none_or(|tag| operation.tag == tag))
            .map(|operation| operation.id.as_str())
            .collect();
        let having = |has: &dyn Fn(&Row) -> bool| {
            let rows = ids.iter().filter_map(|id| names.row(id));
            rows.filter(|row| has(row)).count().to_string()
        };
        let mut cells = vec![title.to_owned(), ids.len().to_string()];
        cells.extend(CLIENTS.map(|(client, _)| having(&|row| !row.of(client).is_empty())));
        cells.push(
            ids.iter()
                .filter(|id| api.contains_key(**id))
                .count()
                .to_string(),
        );
        cells.push(having(&|row| !row.facade().is_empty()));
        table.row(cells);
    };
    for tag in tags(description) {
        count(tag, Some(tag));
    }
    count("**total**", None);
    text.push_str(&table.end());
    text.push('\n');
    text
}

fn map(description: &Description, names: &Names, api: &Signatures, left_out: &[String]) -> String {
    let mut text = String::from("## Names of the operations\n\n");
    if !left_out.is_empty() {
        let _ = writeln!(
            text,
            "`rokka::api` has no methods for {}: the facade implements multipart uploads and operations of the render \
             host ([`codegen/profile.rs`](../codegen/profile.rs)).\n",
            codes(left_out)
        );
    }
    for tag in tags(description) {
        let _ = writeln!(text, "### {tag}\n");
        let headings = ["operation"]
            .into_iter()
            .chain(CLIENTS.map(|(_, name)| name));
        let mut table = Table::new(headings.chain(["`rokka::api`", "facade"]));
        let mut remarks = Vec::new();
        for operation in description
            .operations
            .iter()
            .filter(|operation| operation.tag == tag)
        {
            let Some(row) = names.row(&operation.id) else {
                continue;
            };
            let own = api
                .get(&operation.id)
                .map(|signature| signature.method.clone());
            let mut cells = vec![code(&operation.id)];
            cells.extend(CLIENTS.map(|(client, _)| codes(row.of(client))));
            cells.push(codes(own.as_slice()));
            cells.push(codes(row.facade()));
            table.row(cells);
            remarks.extend(remarks_of(&code(&operation.id), row));
        }
        text.push_str(&table.end());
        text.push('\n');
        push_remarks(&mut text, &remarks);
    }
    text
}

fn beyond(names: &Names) -> String {
    let mut text = String::from("### Features without an operation\n\n");
    let used = |client: &str| {
        names
            .beyond
            .iter()
            .any(|row| !row.row.of(client).is_empty())
    };
    let clients: Vec<(&str, &str)> = CLIENTS
        .into_iter()
        .filter(|(client, _)| used(client))
        .collect();
    let headings = ["feature"]
        .into_iter()
        .chain(clients.iter().map(|(_, name)| *name));
    let mut table = Table::new(headings.chain(["facade"]));
    let mut remarks = Vec::new();
    for row in &names.beyond {
        let mut cells = vec![row.what.clone()];
        cells.extend(clients.iter().map(|(client, _)| codes(row.row.of(client))));
        cells.push(codes(row.row.facade()));
        table.row(cells);
        remarks.extend(remarks_of(&row.what, &row.row));
    }
    text.push_str(&table.end());
    text.push('\n');
    push_remarks(&mut text, &remarks);
    text
}

fn remarks_of(what: &str, row: &Row) -> Vec<String> {
    let name = |client: &str| {
        let found = CLIENTS.into_iter().find(|(key, _)| *key == client);
        found.map_or("facade", |(_, name)| name)
    };
    let remark = |(client, note): (&String, &String)| format!("{what}, {}: {note}.", name(client));
    row.notes.iter().map(remark).collect()
}

fn push_remarks(text: &mut String, remarks: &[String]) {
    for remark in remarks {
        let _ = writeln!(text, "- {remark}");
    }
    if !remarks.is_empty() {
        text.push('\n');
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::compare::signature::Signature;

    fn description() -> Description {
        let operation =
            |id: &str, tag: &str| json!({"operationId": id, "tags": [tag], "responses": {}});
        Description::of(json!({
            "tags": [{"name": "stacks"}, {"name": "admin"}],
            "paths": {
                "/a": {"get": operation("getUser", "admin")},
                "/b": {"get": operation("listStacks", "stacks"), "delete": operation("deleteStack", "stacks")}
            }
        }))
    }

    const MAP: &str = r#"{"about": "", "rows": [
        {"operation": "getUser", "php": ["getCurrentUser"], "facade": ["User::get"], "notes": {"php": "since 2026"}},
        {"operation": "listStacks", "ruby": ["list_stacks"], "facade": ["Stacks::list", "Stacks::stream"]},
        {"operation": "deleteStack"}
    ], "beyond": [{"what": "render URL", "php": ["a|b"], "facade": ["Client::render"]}]}"#;

    fn made() -> String {
        let signature = Signature {
            method: "list_stacks".into(),
            parameters: Vec::new(),
            returns: String::new(),
            decodes: None,
        };
        let api = BTreeMap::from([("listStacks".to_owned(), signature)]);
        let names = Names::parse(MAP, &description()).unwrap();
        part(&description(), &names, &api, &["getUser".into()])
    }

    #[test]
    fn counts_the_operations_of_each_client() {
        let text = made();
        for line in [
            "| stacks | 2 | 1 | 0 | 0 | 0 | 0 | 0 | 1 | 1 |",
            "| admin | 1 | 0 | 0 | 0 | 0 | 1 | 0 | 0 | 1 |",
            "| **total** | 3 | 1 | 0 | 0 | 0 | 1 | 0 | 1 | 2 |",
            "| `listStacks` | `list_stacks` | – | – | – | – | – | `list_stacks` | `Stacks::list`, `Stacks::stream` |",
            "| `deleteStack` | – | – | – | – | – | – | – | – |",
            "| render URL | `a\\|b` | `Client::render` |",
            "- `getUser`, PHP: since 2026.",
        ] {
            assert!(
                text.lines().any(|one| one == line),
                "{line}\nis not in\n{text}"
            );
        }
        assert!(text.contains("has no methods for `getUser`:"), "{text}");
    }

    #[test]
    fn replaces_its_part_of_a_page_and_nothing_else() {
        let part = made();
        let page = format!("before\n{BEGIN}old\n{END}after\n");
        assert_eq!(
            replaced(&page, &part).unwrap(),
            format!("before\n{part}after\n")
        );
        assert!(replaced("no marks", &part).is_err());
    }

    #[test]
    fn a_map_that_does_not_match_the_description_is_an_error() {
        for (change, to, wanted) in [
            (
                "deleteStack",
                "dropStack",
                "dropStack is not an operation of the description",
            ),
            ("\"deleteStack\"", "\"getUser\"", "getUser has two rows"),
            (
                ",\n        {\"operation\": \"deleteStack\"}",
                "",
                "the operation deleteStack has no row",
            ),
            (
                "\"ruby\"",
                "\"rubi\"",
                "listStacks: the page has no column for the client rubi",
            ),
        ] {
            let Err(error) = Names::parse(&MAP.replace(change, to), &description()) else {
                unreachable!("{wanted} was not said");
            };
            assert_eq!(error.to_string(), wanted);
        }
    }
}
