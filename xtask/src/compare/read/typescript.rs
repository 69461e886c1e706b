//! Reads `apis/*.ts` of the generator typescript-fetch: an interface with the parameters of each method, and an async method
//! that takes it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use crate::compare::signature::{Parameter, Signature};

/// Returns the methods of one file.
pub(crate) fn methods(text: &str, file: &str) -> Result<Vec<Signature>> {
    let mut interfaces: BTreeMap<&str, Vec<Parameter>> = BTreeMap::new();
    let mut open: Option<&str> = None;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let place = || format!("{file}:{}", number + 1);
        if let Some(name) = line
            .strip_prefix("export interface ")
            .and_then(|rest| rest.strip_suffix(" {"))
        {
            interfaces.insert(name, Vec::new());
            open = Some(name);
        } else if line == "}" {
            open = None;
        } else if let Some(name) = open {
            if ["/**", "*"]
                .iter()
                .any(|mark| line.trim_start().starts_with(mark))
            {
                continue;
            }
            let member = member(line).with_context(place)?;
            interfaces.entry(name).or_default().push(member);
        } else if let Some(rest) = line.strip_prefix("    async ") {
            found.extend(method(rest, &interfaces).with_context(place)?);
        }
    }
    if found.is_empty() {
        bail!("{file}: there is no method");
    }
    Ok(found)
}

/// `name?: type;`
fn member(line: &str) -> Result<Parameter> {
    let (name, kind) = line
        .trim()
        .strip_suffix(';')
        .and_then(|member| member.split_once(": "))
        .with_context(|| format!("no parameter: {line}"))?;
    let (name, optional) = match name.strip_suffix('?') {
        Some(name) => (name, true),
        None => (name, false),
    };
    Ok(Parameter {
        name: name.to_owned(),
        kind: kind.to_owned(),
        optional,
    })
}

/// `name(requestParameters: Interface = {}, …): Promise<type> {`; `None` for the two variants of each method.
fn method(rest: &str, interfaces: &BTreeMap<&str, Vec<Parameter>>) -> Result<Option<Signature>> {
    let (name, rest) = rest
        .split_once('(')
        .with_context(|| format!("no method: {rest}"))?;
    if name.ends_with("Raw") || name.ends_with("RequestOpts") {
        return Ok(None);
    }
    let (arguments, returns) = rest
        .rsplit_once("): Promise<")
        .with_context(|| format!("no return type: {rest}"))?;
    let returns = returns
        .strip_suffix("> {")
        .with_context(|| format!("no return type: {returns}"))?;
    let parameters = match arguments.strip_prefix("requestParameters: ") {
        Some(interface) => {
            let end = interface.find([',', ' ', ')']).unwrap_or(interface.len());
            let interface = interface.get(..end).unwrap_or_default();
            interfaces
                .get(interface)
                .with_context(|| format!("no interface {interface} before the method {name}"))?
                .clone()
        }
        None => Vec::new(),
    };
    let (returns, decodes) = match returns {
        "void" => ("", None),
        "Blob" => (returns, None),
        other => {
            let plain = other.split(" | null").next().unwrap_or(other);
            (other, Some(plain.to_owned()))
        }
    };
    Ok(Some(Signature {
        method: name.to_owned(),
        parameters,
        returns: returns.to_owned(),
        decodes,
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::compare::read::expected::{parameter, signature};

    const CODE: &str = "\
export interface ListStacksRequest {
    /**
     * Its name: any.
     */
    organization: string;
    filters?: { [key: string]: string; };
}

export class StacksApi extends runtime.BaseAPI {
    /**
     * List them
     */
    async listStacksRequestOpts(requestParameters: ListStacksRequest): Promise<runtime.RequestOpts> {
    async listStacksRaw(requestParameters: ListStacksRequest, initOverrides?: RequestInit): Promise<runtime.ApiResponse<StackList>> {
    async listStacks(requestParameters: ListStacksRequest, initOverrides?: RequestInit): Promise<StackList> {
    async deleteStack(initOverrides?: RequestInit): Promise<void> {
    async protect(requestParameters: ListStacksRequest = {}, initOverrides?: RequestInit): Promise<Stack | null | undefined > {
}
";

    #[test]
    fn reads_methods_and_their_parameters() {
        let found = methods(CODE, "StacksApi.ts").unwrap();
        let parameters = [
            parameter("organization", "string", false),
            parameter("filters", "{ [key: string]: string; }", true),
        ];
        let expected = [
            signature("listStacks", &parameters, "StackList", Some("StackList")),
            signature("deleteStack", &[], "", None),
            signature(
                "protect",
                &parameters,
                "Stack | null | undefined ",
                Some("Stack"),
            ),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn names_the_place_that_it_cannot_parse() {
        for (text, wanted) in [
            (
                CODE.replace("organization: string;", "organization string;"),
                "x.ts:5: no parameter",
            ),
            (
                CODE.replace("Promise<void> {", "void {"),
                "x.ts:16: no return type",
            ),
            (
                CODE.replace(
                    "export interface ListStacksRequest {",
                    "export interface Other {",
                ),
                "x.ts:15: no interface ListStacksRequest",
            ),
            (String::new(), "x.ts: there is no method"),
        ] {
            let error = format!("{:#}", methods(&text, "x.ts").unwrap_err());
            assert!(error.starts_with(wanted), "{error}");
        }
    }
}
