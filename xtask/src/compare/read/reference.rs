//! Reads `docs/*Api.md`, the reference of the Ruby and Python generators: a heading for each method, a table of its
//! parameters, and its return type.

use anyhow::{Context, Result, bail};

use crate::compare::signature::{Parameter, Signature};

#[derive(PartialEq)]
enum Section {
    Other,
    Parameters,
    ReturnType,
}

/// Returns the methods of one file.
pub(crate) fn methods(text: &str, file: &str) -> Result<Vec<Signature>> {
    let mut found: Vec<Signature> = Vec::new();
    let mut section = Section::Other;
    let mut returned = true;
    for (number, line) in text.lines().enumerate() {
        let place = || format!("{file}:{}", number + 1);
        if let Some(method) = method_heading(line) {
            if !returned {
                bail!("{}: the method before this one has no return type", place());
            }
            found.push(Signature {
                method: method.to_owned(),
                parameters: Vec::new(),
                returns: String::new(),
                decodes: None,
            });
            section = Section::Other;
            returned = false;
        } else if line.starts_with("### ") {
            section = match line {
                "### Parameters" => Section::Parameters,
                "### Return type" => Section::ReturnType,
                _ => Section::Other,
            };
        } else if let Some(signature) = found.last_mut() {
            let line = line.trim();
            if section == Section::Parameters && line.contains('|') {
                let row = row(line).with_context(place)?;
                signature.parameters.extend(row);
            } else if section == Section::ReturnType && !line.is_empty() {
                let kind = return_type(line).with_context(place)?;
                signature.decodes = kind.clone().filter(|kind| !is_file(kind));
                signature.returns = kind.unwrap_or_default();
                returned = true;
                section = Section::Other;
            }
        }
    }
    if found.is_empty() {
        bail!("{file}: there is no method");
    }
    if !returned {
        bail!("{file}: the last method has no return type");
    }
    Ok(found)
}

/// `## name` in Ruby's reference, `# **name**` in Python's.
fn method_heading(line: &str) -> Option<&str> {
    let name = line
        .strip_prefix("## ")
        .or_else(|| line.strip_prefix("# **")?.strip_suffix("**"))?;
    let word =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    (!name.is_empty() && name.chars().all(word)).then_some(name)
}

/// Parses a row of the table of parameters; `None` for its head and its rule.
fn row(line: &str) -> Result<Option<Parameter>> {
    let inner = line.strip_prefix('|').unwrap_or(line);
    let mut cells = inner.split('|').map(str::trim);
    let (Some(name), Some(kind)) = (cells.next(), cells.next()) else {
        bail!("a row of parameters has less than two cells: {line}");
    };
    let Some(name) = bold(name) else {
        if name == "Name" || name.starts_with("---") {
            return Ok(None);
        }
        bail!("no name of a parameter: {line}");
    };
    let kind = bold(kind).with_context(|| format!("no type of a parameter: {line}"))?;
    let notes = inner.rsplit('|').find(|cell| !cell.trim().is_empty());
    Ok(Some(Parameter {
        name: unescaped(name),
        kind: unescaped(kind),
        optional: notes.is_some_and(|notes| notes.contains("[optional]")),
    }))
}

fn return_type(line: &str) -> Result<Option<String>> {
    if line.ends_with("(empty response body)") {
        return Ok(None);
    }
    let kind = bold(line).with_context(|| format!("no return type: {line}"))?;
    Ok(Some(unescaped(kind)))
}

pub(super) fn bold(cell: &str) -> Option<&str> {
    let (_, rest) = cell.split_once("**")?;
    rest.split_once("**").map(|(text, _)| text)
}

fn is_file(kind: &str) -> bool {
    ["File", "bytes", "bytearray"].contains(&kind)
}

pub(super) fn unescaped(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#39;", "'"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (escaped, plain)| {
        text.replace(escaped, plain)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::compare::read::expected::{parameter, signature};

    const RUBY: &str = "\
# OpenapiClient::StacksApi

## list_stacks

> <StackList> list_stacks(organization, opts)

### Parameters

| Name | Type | Description | Notes |
| ---- | ---- | ----------- | ----- |
| **organization** | **String** | Name `a|b` of it. |  |
| **filters** | [**Hash&lt;String, String&gt;**](String.md) | Filters. | [optional] |

### Return type

[**StackList**](StackList.md)

## delete_stack

### Parameters

This endpoint does not need any parameter.

### Return type

nil (empty response body)
";

    const PYTHON: &str = "\
# **download_stack**
> bytearray download_stack(name)

### Parameters


Name | Type | Description  | Notes
------------- | ------------- | ------------- | -------------
 **name** | **str**| Its name. | [optional] [default to &#39;x&#39;]

### Return type

**bytearray**
";

    #[test]
    fn reads_rubys_reference() {
        let found = methods(RUBY, "StacksApi.md").unwrap();
        let parameters = [
            parameter("organization", "String", false),
            parameter("filters", "Hash<String, String>", true),
        ];
        let expected = [
            signature("list_stacks", &parameters, "StackList", Some("StackList")),
            signature("delete_stack", &[], "", None),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn reads_pythons_reference() {
        let found = methods(PYTHON, "StacksApi.md").unwrap();
        let parameters = [parameter("name", "str", true)];
        let expected = [signature("download_stack", &parameters, "bytearray", None)];
        assert_eq!(found, expected);
    }

    #[test]
    fn names_the_place_that_it_cannot_parse() {
        for (text, wanted) in [
            (
                RUBY.replace("[**StackList**](StackList.md)", "StackList"),
                "x.md:16: no return type: StackList",
            ),
            (
                RUBY.replace(
                    "### Return type\n\n[**StackList**]",
                    "### Returns\n\n[**StackList**]",
                ),
                "x.md:18: the method before this one has no return type",
            ),
            (
                RUBY.replace("| **String** |", "| String |"),
                "x.md:11: no type of a parameter",
            ),
            (
                RUBY.replace("| **organization** |", "| organization |"),
                "x.md:11: no name of a parameter",
            ),
            (String::new(), "x.md: there is no method"),
        ] {
            let error = format!("{:#}", methods(&text, "x.md").unwrap_err());
            assert!(error.starts_with(wanted), "{error}");
        }
    }
}
