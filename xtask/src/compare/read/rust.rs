//! Reads the public async functions of a Rust file: methods in `rokka::api`, functions in the client of OpenAPI Generator.

use anyhow::{Context, Result, bail};
use syn::visit_mut::VisitMut;
use syn::{FnArg, GenericArgument, ImplItem, Item, PathArguments, ReturnType, Type, Visibility};

use crate::compare::signature::{Parameter, Signature};

/// Types of responses that are returned undecoded.
const UNREAD: [&str; 2] = ["ByteStream", "reqwest::Response"];

/// Returns the methods of one file.
pub(crate) fn methods(text: &str, file: &str) -> Result<Vec<Signature>> {
    let parsed = syn::parse_file(text).with_context(|| format!("{file} is no Rust"))?;
    let mut found = Vec::new();
    for item in &parsed.items {
        match item {
            Item::Fn(function) => found.extend(method(&function.vis, &function.sig, file)?),
            Item::Impl(block) if block.trait_.is_none() => {
                for item in &block.items {
                    if let ImplItem::Fn(function) = item {
                        found.extend(method(&function.vis, &function.sig, file)?);
                    }
                }
            }
            _ => {}
        }
    }
    if found.is_empty() {
        bail!("{file}: there is no public async function");
    }
    Ok(found)
}

fn method(
    visibility: &Visibility,
    signature: &syn::Signature,
    file: &str,
) -> Result<Option<Signature>> {
    if signature.asyncness.is_none() || !matches!(visibility, Visibility::Public(_)) {
        return Ok(None);
    }
    let name = signature.ident.to_string();
    let mut parameters = Vec::new();
    for input in &signature.inputs {
        let FnArg::Typed(input) = input else { continue };
        let syn::Pat::Ident(pattern) = &*input.pat else {
            bail!("{file}: {name} has a parameter without a name");
        };
        let parameter = pattern.ident.to_string();
        if parameter == "configuration" {
            continue;
        }
        let (kind, optional) = match argument(&input.ty, "Option") {
            Some(inner) => (inner, true),
            None => (&*input.ty, false),
        };
        parameters.push(Parameter {
            name: parameter,
            kind: short(kind),
            optional,
        });
    }
    let ReturnType::Type(_, returned) = &signature.output else {
        bail!("{file}: {name} returns nothing");
    };
    let success = argument(returned, "Result")
        .with_context(|| format!("{file}: {name} returns no Result"))?;
    let success = argument(success, "ResponseValue").unwrap_or(success);
    let code = code(success);
    let unit = code == "()";
    Ok(Some(Signature {
        method: name,
        parameters,
        returns: if unit { String::new() } else { short(success) },
        decodes: (!unit && !UNREAD.contains(&code.as_str())).then_some(code),
    }))
}

/// Returns the first argument of a generic type of this name.
fn argument<'a>(kind: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = kind else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(kind) => Some(kind),
        _ => None,
    })
}

/// Returns a type without lifetimes and module paths.
fn short(kind: &Type) -> String {
    struct Shorten;
    impl VisitMut for Shorten {
        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            if let Some(last) = path.segments.pop() {
                path.segments.clear();
                path.leading_colon = None;
                path.segments.push(last);
            }
            syn::visit_mut::visit_path_mut(self, path);
        }

        fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
            reference.lifetime = None;
            syn::visit_mut::visit_type_reference_mut(self, reference);
        }
    }
    let mut kind = kind.clone();
    Shorten.visit_type_mut(&mut kind);
    code(&kind)
}

/// Parses and shortens a type; `None` if it is not one.
pub(super) fn shortened(kind: &str) -> Option<String> {
    syn::parse_str(kind).ok().map(|kind| short(&kind))
}

fn code(kind: &Type) -> String {
    let file: syn::File = syn::parse_quote!(type T = #kind;);
    let text = prettyplease::unparse(&file);
    let inner = text
        .trim()
        .trim_start_matches("type T =")
        .trim_end_matches(';');
    let words: Vec<&str> = inner.split_whitespace().collect();
    words
        .join(" ")
        .replace("< ", "<")
        .replace(", >", ">")
        .replace(" >", ">")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::compare::read::expected::{parameter, signature};

    #[test]
    fn reads_methods_of_progenitor() {
        let code = "impl Client {
            pub async fn list_stacks<'a>(&'a self, organization: &'a types::OrganizationName,
                filters: Option<&'a ::std::collections::BTreeMap<::std::string::String, ::std::string::String>>,
            ) -> Result<ResponseValue<::std::vec::Vec<types::Stack>>, Error<()>> {}
            pub async fn download(&self) -> Result<ResponseValue<ByteStream>, Error<()>> {}
            pub async fn delete_stack(&self) -> Result<ResponseValue<()>, Error<()>> {}
            fn inner(&self) {}
        }
        impl Other for Client { async fn hidden(&self) {} }";
        let found = methods(code, "rokka.rs").unwrap();
        let parameters = [
            parameter("organization", "&OrganizationName", false),
            parameter("filters", "&BTreeMap<String, String>", true),
        ];
        let expected = [
            signature(
                "list_stacks",
                &parameters,
                "Vec<Stack>",
                Some("::std::vec::Vec<types::Stack>"),
            ),
            signature("download", &[], "ByteStream", None),
            signature("delete_stack", &[], "", None),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn reads_functions_of_openapi_generator() {
        let code = "pub async fn get_stack(configuration: &configuration::Configuration, limit: Option<i32>)
            -> Result<models::Stack, Error<GetStackError>> {}
            pub async fn download(configuration: &configuration::Configuration) -> Result<reqwest::Response, Error<E>> {}";
        let found = methods(code, "stacks_api.rs").unwrap();
        let parameters = [parameter("limit", "i32", true)];
        let expected = [
            signature("get_stack", &parameters, "Stack", Some("models::Stack")),
            signature("download", &[], "Response", None),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn names_the_place_that_it_cannot_parse() {
        for (text, wanted) in [
            ("pub async fn get(", "x.rs is no Rust: "),
            ("pub async fn get() {}", "x.rs: get returns nothing"),
            ("pub async fn get() -> u8 {}", "x.rs: get returns no Result"),
            (
                "pub async fn get((a, b): (u8, u8)) -> Result<(), E> {}",
                "x.rs: get has a parameter without a name",
            ),
            ("fn get() {}", "x.rs: there is no public async function"),
        ] {
            let error = format!("{:#}", methods(text, "x.rs").unwrap_err());
            assert!(error.starts_with(wanted), "{error}");
        }
    }
}
