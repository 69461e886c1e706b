//! Runs progenitor on the adapted description, rewrites the emitted types, and formats the bindings.

use std::fmt::Write as _;

use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use serde_json::json;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, ExprLit, FieldValue, Fields, FnArg, GenericArgument, ImplItem, Item, ItemImpl,
    ItemMod, ItemStruct, Lit, LitStr, Meta, PathArguments, Type, parse_quote,
};

use crate::calls;
use crate::patterns;
use crate::profile::{self, Profile};
use crate::schemas;

/// The first lines of the emitted file.
const HEADER: &str = "\
// Generated from openapi/rokka.json by build.rs; do not edit.
// openapi/README.md describes how to update it.
";

/// Hand-written maps that replace generated ones, because their order matters: later variables can use earlier ones.
const HAND_WRITTEN: &[&str] = &["StackVariableValues"];

type Error = Box<dyn std::error::Error>;

/// Returns the formatted bindings for the profile's description, with the table of operations. `fingerprint` is the first line.
pub(crate) fn bindings(profile: &Profile, table: &str, fingerprint: &str) -> Result<String, Error> {
    let description: openapiv3::OpenAPI = serde_json::from_value(profile.description.clone())?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_hooks(HooksMode::Expected)
        .with_inner_type("crate::transport::Session".parse()?)
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq")
        .with_conversion(
            serde_json::from_value(json!({"type": "string", "format": "date-time"}))?,
            "crate::DateTime",
            [TypeImpl::Display].into_iter(),
        )
        .with_conversion(
            serde_json::from_value(json!({"type": "string", "format": "password"}))?,
            "crate::Secret",
            [].into_iter(),
        );
    for (name, _, _) in &profile.open_enums {
        let path = format!("crate::api::types::{name}");
        let impls = [TypeImpl::Display, TypeImpl::FromStr];
        settings.with_replacement(name, path, impls.into_iter());
    }
    for name in HAND_WRITTEN {
        let path = format!("crate::api::types::{name}");
        settings.with_replacement(*name, path, [].into_iter());
    }
    let tokens = Generator::new(&settings).generate_tokens(&description)?;
    let mut file: syn::File = syn::parse2(tokens)?;
    let mut types = Types {
        profile,
        response_only: false,
        decoders: Vec::new(),
        error: None,
    };
    types.visit_file_mut(&mut file);
    if let Some(error) = types.error {
        return Err(error);
    }
    let lists: Vec<&str> = profile::LISTS.iter().map(|(name, _)| *name).collect();
    calls::adapt(&mut file, &profile.methods, &lists)?;
    patterns::adapt(&mut file)?;
    file.items
        .retain(|item| !matches!(item, Item::Mod(module) if module.ident == "prelude"));
    let lists = [
        (
            "BINARY_OPERATIONS",
            "Operations whose response is a file, which the transport streams instead of reading it into memory.",
            &profile.binary,
        ),
        (
            "IDEMPOTENT",
            "Operations that are idempotent although their HTTP method is not.",
            &profile.idempotent,
        ),
        (
            "NON_IDEMPOTENT",
            "Operations that create something new every time or use up a one-time code, whatever their HTTP method.",
            &profile.non_idempotent,
        ),
        (
            "SECRET_RESPONSES",
            "Operations whose response can contain a secret; errors redact its body.",
            &profile.secret,
        ),
    ];
    for (name, text, ids) in lists {
        file.items.push(operation_list(name, text, ids)?);
    }
    file.items.push(syn::parse_str(table)?);
    let left_out = profile.left_out.join(", ");
    let code = prettyplease::unparse(&file);
    Ok(format!(
        "{fingerprint}\n{HEADER}// Not generated: {left_out}.\n\n{code}"
    ))
}

/// Returns a constant with operation ids.
fn operation_list(name: &str, text: &str, ids: &[String]) -> Result<Item, Error> {
    Ok(syn::parse_str(&format!(
        "/// {text}\npub(crate) const {name}: &[&str] = &{ids:?};"
    ))?)
}

/// Returns an enum with a variant for unknown values.
fn open_enum((name, text, values): &(String, String, Vec<String>)) -> Result<Vec<Item>, Error> {
    let (mut variants, mut pairs) = (String::new(), String::new());
    for value in values {
        let variant = pascal(value);
        write!(variants, "#[doc = \" `{value}`.\"] {variant},")?;
        write!(pairs, "{variant} = {value:?},")?;
    }
    let text = format!(" {}", text.replace('\n', "\n "));
    Ok(vec![
        syn::parse_str(&format!(
            "#[doc = {text:?}]
             #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
             #[non_exhaustive]
             pub enum {name} {{
                 {variants}
                 #[doc = \" A value that this version does not know.\"] Other(::std::string::String),
             }}"
        ))?,
        syn::parse_str(&format!(
            "crate::open_enum::open_enum!({name} {{ {pairs} }});"
        ))?,
    ])
}

/// Rewrites the emitted types.
struct Types<'a> {
    profile: &'a Profile,
    /// Whether only responses contain the current struct.
    response_only: bool,
    /// The decoders of the structs that keep unknown fields.
    decoders: Vec<Item>,
    error: Option<Error>,
}

impl VisitMut for Types<'_> {
    /// Removes the generated constructors: they panic without a TLS provider and end every transfer after 15 seconds.
    /// `rokka::Client::api` creates the client instead.
    fn visit_item_impl_mut(&mut self, item: &mut ItemImpl) {
        if item.trait_.is_none() && last_segment(&item.self_ty).as_deref() == Some("Client") {
            item.items.retain(|one| {
                !matches!(one, ImplItem::Fn(function)
                    if function.sig.ident == "new" || function.sig.ident == "new_with_client")
            });
        }
        visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_item_mod_mut(&mut self, module: &mut ItemMod) {
        if module.ident == "defaults" {
            // Only the JSON Schemas need those of models with a decoder of their own.
            module.attrs.push(parse_quote!(#[allow(dead_code)]));
        }
        if module.ident == "types"
            && let Some((_, items)) = &mut module.content
        {
            let mut added = Vec::new();
            for open in &self.profile.open_enums {
                match open_enum(open) {
                    Ok(items) => added.extend(items),
                    Err(error) => self.error = Some(error),
                }
            }
            for name in HAND_WRITTEN {
                let name: syn::Ident = match syn::parse_str(name) {
                    Ok(name) => name,
                    Err(error) => {
                        self.error = Some(error.into());
                        continue;
                    }
                };
                added.push(parse_quote!(
                    pub use crate::stacks::#name;
                ));
            }
            for item in items.iter_mut() {
                if let Item::Struct(item) = item {
                    added.extend(self.lenient_map(item));
                    added.extend(Self::with_undecodable(item));
                    added.extend(self.sample(item));
                }
            }
            added.extend(self.near(items));
            items.extend(added);
            schemas::derive(items, &self.profile.description);
        }
        visit_mut::visit_item_mod_mut(self, module);
        if module.ident == "types"
            && let Some((_, items)) = &mut module.content
        {
            items.append(&mut self.decoders);
        }
    }

    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        let named = matches!(item.fields, Fields::Named(_));
        self.response_only = named && self.profile.response_only.contains(&item.ident.to_string());
        if self.response_only {
            // New fields in responses must not break code that matches on the struct.
            item.attrs.push(parse_quote!(#[non_exhaustive]));
        }
        if named && self.is_lenient(&item.ident.to_string()) && !derives(&item.attrs, "Default") {
            item.attrs.insert(0, parse_quote!(#[derive(Default)]));
        }
        if named {
            let model = item.ident.to_string();
            let fields = item.fields.iter_mut();
            let decoders: Vec<FieldValue> = fields
                .filter_map(|field| self.lenient_field(&model, field))
                .collect();
            if self.is_open(item) {
                self.open(item, &decoders);
            }
        }
        visit_mut::visit_item_struct_mut(self, item);
    }

    /// Documents a field without a description by a link to its type.
    fn visit_field_mut(&mut self, field: &mut syn::Field) {
        let documented = field.attrs.iter().any(|one| one.path().is_ident("doc"));
        if field.ident.is_some() && !documented {
            let ty = option_of(&field.ty).unwrap_or(&field.ty);
            if let Some(name) = last_segment(ty) {
                let text = format!(" See [`{name}`].");
                field.attrs.insert(0, parse_quote!(#[doc = #text]));
            }
        }
        visit_mut::visit_field_mut(self, field);
    }

    fn visit_variant_mut(&mut self, variant: &mut syn::Variant) {
        if !variant.attrs.iter().any(|one| one.path().is_ident("doc")) {
            let text = format!(" `{}`.", variant.ident);
            variant.attrs.insert(0, parse_quote!(#[doc = #text]));
        }
        visit_mut::visit_variant_mut(self, variant);
    }

    /// Removes the JSON schema that the generator repeats in the docs of each type.
    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        if !attribute.path().is_ident("doc") {
            return;
        }
        if let Meta::NameValue(pair) = &mut attribute.meta
            && let Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) = &mut pair.value
        {
            let value = text.value();
            let kept = value.split("<details>").next().unwrap_or_default().trim();
            *text = LitStr::new(&format!(" {}", kept.replace('\n', "\n ")), text.span());
        }
    }
}

impl Types<'_> {
    fn is_lenient(&self, name: &str) -> bool {
        self.profile.lenient.contains(name)
    }

    /// Replaces the derived decoder of a map that may arrive as `[]`.
    fn lenient_map(&self, item: &mut ItemStruct) -> Option<Item> {
        let name = item.ident.clone();
        let map = matches!(item.fields, Fields::Unnamed(_));
        if !map || !self.is_lenient(&name.to_string()) {
            return None;
        }
        item.attrs.retain(|one| !one.path().is_ident("derive"));
        // First, because the helper attributes of a derive must follow it.
        item.attrs.insert(
            0,
            parse_quote!(#[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]),
        );
        Some(parse_quote! {
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
                where
                    D: ::serde::Deserializer<'de>,
                {
                    crate::lenient::or_default(deserializer).map(Self)
                }
            }
        })
    }

    /// Makes the decoder of a field accept what the service sends in its place; see `crate::lenient` for the rules. Returns
    /// the decoder for `crate::model`, if the struct keeps unknown fields.
    fn lenient_field(&self, model: &str, field: &mut syn::Field) -> Option<FieldValue> {
        if field.attrs.iter().any(is_skipped) {
            return None;
        }
        let inner = option_of(&field.ty).cloned();
        let is_secret = |ty: &Type| last_segment(ty).as_deref() == Some("Secret");
        if is_secret(inner.as_ref().unwrap_or(&field.ty)) {
            // Secrets from responses are never written; secrets in requests must be.
            field.attrs.push(if self.response_only {
                parse_quote!(#[serde(skip_serializing)])
            } else {
                parse_quote!(#[serde(serialize_with = "crate::secret::reveal")])
            });
        }
        let ident = field.ident.clone()?;
        let name = ident.to_string();
        let plain_default = has_plain_default(&field.attrs);
        let is_bool = last_segment(&field.ty).as_deref() == Some("bool");
        if plain_default && is_bool && !self.response_only {
            // The service derives the hash of an image from the request, and other clients do not send `false`.
            field.attrs.push(parse_quote!(
                #[serde(skip_serializing_if = "crate::lenient::is_false")]
            ));
        }
        let is_object = |ty: &Type| last_segment(ty).is_some_and(|name| self.is_lenient(&name));
        let open = self.profile.decoded.contains(model);
        if !open && !plain_default && !inner.iter().any(is_object) {
            return None;
        }
        let required = profile::REQUIRED_FIELDS
            .iter()
            .any(|(of, fields)| *of == model && fields.contains(&name.as_str()));
        let (rule, decoder, default) = match &inner {
            // In a response, a missing object means an empty one.
            Some(object) if self.response_only && is_object(object) => {
                field.ty = object.clone();
                field.attrs.retain(|one| !one.path().is_ident("serde"));
                ("OrDefault", "crate::lenient::or_default", true)
            }
            Some(_) => ("Optional", "crate::lenient::optional", true),
            None if has_default_of_one(&field.attrs) => ("OrOne", "crate::lenient::or_one", false),
            None if required && (is_list_or_map(&field.ty) || is_object(&field.ty)) => {
                ("Present", "crate::lenient::or_default", false)
            }
            None if required => ("Required", "crate::lenient::required", false),
            None => ("OrDefault", "crate::lenient::or_default", true),
        };
        let default = default && !has_plain_default(&field.attrs);
        if open {
            if default {
                // For the JSON Schema.
                field.attrs.push(parse_quote!(#[serde(default)]));
            }
            let rule = syn::Ident::new(rule, ident.span());
            let aliases = profile::ALIASES
                .iter()
                .filter(|(of, known, _)| *of == model && *known == name)
                .map(|(_, _, alias)| alias);
            let key = renamed(&field.attrs).unwrap_or_else(|| name.clone());
            return Some(parse_quote!(#ident: #rule(#key #(| #aliases)*)));
        }
        field.attrs.push(if default {
            parse_quote!(#[serde(default, deserialize_with = #decoder)])
        } else {
            parse_quote!(#[serde(deserialize_with = #decoder)])
        });
        None
    }

    /// Whether a struct keeps unknown fields.
    fn is_open(&self, item: &ItemStruct) -> bool {
        matches!(item.fields, Fields::Named(_))
            && self.profile.decoded.contains(&item.ident.to_string())
    }

    /// Adds the field for unknown fields, and replaces the derived decoder by one that fills it.
    fn open(&mut self, item: &mut ItemStruct, fields: &[FieldValue]) {
        let name = item.ident.clone();
        for derive in item
            .attrs
            .iter_mut()
            .filter(|one| one.path().is_ident("derive"))
        {
            let Ok(mut traits) = derive.parse_args_with(
                syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated,
            ) else {
                continue;
            };
            traits = traits
                .into_iter()
                .filter(|one| {
                    one.segments
                        .last()
                        .is_none_or(|last| last.ident != "Deserialize")
                })
                .collect();
            *derive = parse_quote!(#[derive(#traits)]);
        }
        let mut names = item.fields.iter().filter_map(|field| field.ident.as_ref());
        let list = names.any(|field| field == "undecodable");
        if let Fields::Named(fields) = &mut item.fields {
            fields.named.push(parse_quote!(
                /// Fields that this version does not know.
                #[serde(flatten)]
                pub extra: crate::Extra
            ));
        }
        let secret = self.profile.beside_secrets.contains(&name.to_string());
        let kind = syn::Ident::new(if secret { "secret" } else { "open" }, name.span());
        self.decoders.push(if list {
            parse_quote!(crate::model::model!(#name(#kind) { #(#fields),* } and undecodable);)
        } else {
            parse_quote!(crate::model::model!(#name(#kind) { #(#fields),* });)
        });
    }

    /// Returns a constructor for tests of a struct that only responses contain, from the fields that a response must have.
    fn sample(&self, item: &ItemStruct) -> Option<Item> {
        let name = &item.ident;
        let text = name.to_string();
        let named = matches!(item.fields, Fields::Named(_));
        if !named || !self.profile.response_only.contains(&text) {
            return None;
        }
        let required = profile::REQUIRED_FIELDS.iter().find(|(of, _)| text == *of);
        let required = required.map(|(_, fields)| *fields).unwrap_or_default();
        let (mut parameters, mut values) = (Vec::<FnArg>::new(), Vec::<FieldValue>::new());
        let mut empty = Vec::new();
        for field in &item.fields {
            let (Some(ident), ty) = (&field.ident, &field.ty) else {
                continue;
            };
            if !required.contains(&ident.to_string().as_str()) {
                empty.push(ident);
                continue;
            }
            let converted = matches!(last_segment(ty).as_deref(), Some("String" | "Secret"));
            if converted {
                parameters.push(parse_quote!(#ident: impl ::std::convert::Into<#ty>));
                values.push(parse_quote!(#ident: #ident.into()));
            } else {
                parameters.push(parse_quote!(#ident: #ty));
                values.push(parse_quote!(#ident: #ident));
            }
        }
        let article = if text.starts_with(['A', 'E', 'I', 'O']) {
            "an"
        } else {
            "a"
        };
        let doc = format!(
            " Returns {article} [`{text}`] for tests, as decoded from a response with nothing else: the other fields are empty, and can be set."
        );
        Some(parse_quote!(
            #[cfg(feature = "testing")]
            #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
            impl #name {
                #[doc = #doc]
                pub fn sample(#(#parameters),*) -> Self {
                    crate::model::sample!(#(#values),*; #(#empty),*)
                }
            }
        ))
    }

    /// Lets the types of this module decode from near types.
    fn near(&self, items: &[Item]) -> Vec<Item> {
        let (mut objects, mut values) = (Vec::new(), Vec::new());
        for item in items {
            match item {
                // Their decoder says so itself.
                Item::Struct(item) if self.is_open(item) => {}
                Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => {
                    objects.push(item.ident.clone());
                }
                Item::Struct(item) if item.fields.iter().all(|one| is_list_or_map(&one.ty)) => {
                    objects.push(item.ident.clone());
                }
                Item::Enum(item) if item.attrs.iter().any(is_untagged) => {
                    values.push(item.ident.clone());
                }
                _ => {}
            }
        }
        vec![
            parse_quote!(crate::lenient::near_objects!(#(#objects),*);),
            parse_quote!(crate::lenient::near_values!(#(#values),*);),
        ]
    }

    /// Adds a field to a list for the items that cannot be decoded, so that the other items are still returned.
    fn with_undecodable(item: &mut ItemStruct) -> Option<Item> {
        let name = item.ident.clone();
        let keys = profile::LISTS
            .iter()
            .find(|(list, _)| name == *list)
            .map(|(_, keys)| *keys)?;
        let Fields::Named(fields) = &mut item.fields else {
            return None;
        };
        fields.named.push(parse_quote!(
            /// Items that cannot be decoded, with their JSON. The other lists do not contain them.
            #[serde(skip)]
            pub undecodable: ::std::vec::Vec<crate::Undecodable>
        ));
        let fields = keys.iter().map(|key| syn::Ident::new(key, name.span()));
        Some(parse_quote!(
            impl crate::undecodable::List for #name {
                const KEYS: &'static [&'static str] = &[#(#keys),*];

                #[inline]
                fn read(&mut self, key: &str, json: &str) -> ::serde_json::Result<()> {
                    match key {
                        #(#keys => self.#fields.push(::serde_json::from_str(json)?),)*
                        _ => {}
                    }
                    Ok(())
                }

                fn undecodable(&mut self) -> &mut ::std::vec::Vec<crate::Undecodable> {
                    &mut self.undecodable
                }
            }
        ))
    }
}

fn is_list_or_map(ty: &Type) -> bool {
    matches!(
        last_segment(ty).as_deref(),
        Some("Vec" | "Map" | "BTreeMap")
    )
}

fn serde_arguments(attribute: &Attribute) -> String {
    match &attribute.meta {
        Meta::List(list) if attribute.path().is_ident("serde") => list.tokens.to_string(),
        _ => String::new(),
    }
}

fn is_skipped(attribute: &Attribute) -> bool {
    serde_arguments(attribute) == "skip"
}

/// Returns the name of a field in JSON, if the field has another one.
fn renamed(attributes: &[Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes.iter().filter(|one| one.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            let renames = meta.path.is_ident("rename");
            if let Ok(value) = meta.value() {
                let value: Expr = value.parse()?;
                if let (
                    true,
                    Expr::Lit(ExprLit {
                        lit: Lit::Str(text),
                        ..
                    }),
                ) = (renames, value)
                {
                    name = Some(text.value());
                }
            }
            Ok(())
        });
    }
    name
}

fn is_untagged(attribute: &Attribute) -> bool {
    serde_arguments(attribute) == "untagged"
}

/// Whether a field has the explicit default 1.
fn has_default_of_one(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|one| serde_arguments(one).contains("default_u64::<u64, 1>"))
}

/// Returns the `T` of an `Option<T>`.
fn option_of(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last()?;
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) if segment.ident == "Option" => {
            match arguments.args.first()? {
                GenericArgument::Type(inner) => Some(inner),
                _ => None,
            }
        }
        _ => None,
    }
}

fn last_segment(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

fn derives(attributes: &[Attribute], name: &str) -> bool {
    let mut found = false;
    for attribute in attributes
        .iter()
        .filter(|one| one.path().is_ident("derive"))
    {
        let _ = attribute.parse_nested_meta(|meta| {
            found |= meta
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == name);
            Ok(())
        });
    }
    found
}

/// Whether a field has `#[serde(default)]` rather than an explicit default.
fn has_plain_default(attributes: &[Attribute]) -> bool {
    let mut plain = false;
    for attribute in attributes.iter().filter(|one| one.path().is_ident("serde")) {
        // Other keys are skipped: an error only means that no more keys follow.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("default") {
                plain = meta.value().is_err();
            }
            if let Ok(value) = meta.value() {
                value.parse::<Expr>()?;
            }
            Ok(())
        });
    }
    plain
}

/// Returns the value in Pascal case, as the name of a variant.
fn pascal(value: &str) -> String {
    value
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter_map(|part| {
            let (first, rest) = part.split_at_checked(1)?;
            Some(first.to_ascii_uppercase() + rest)
        })
        .collect()
}
