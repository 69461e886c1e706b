//! The parts of a render URL, and writing them.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::{Error, Result};

use super::format::push_format;
use super::named::NamedValues;
use super::operation::{Operation, push_operations, push_pairs};
use super::overrides::Overrides;
use super::sign::{SigningKey, Terms};
use super::source::ImageSource;
use super::variables;
use crate::escape;

pub(crate) const DYNAMIC: &str = "dynamic";

#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) base: String,
    pub(crate) image: ImageSource,
    pub(crate) stack: Cow<'static, str>,
    /// What a dynamic stack does; empty for a named one.
    pub(crate) operations: Vec<Operation>,
    /// What changes the options of the stack's operations.
    pub(crate) overrides: Overrides,
    pub(crate) options: NamedValues,
    pub(crate) variables: NamedValues,
    pub(crate) filename: Option<String>,
    pub(crate) format: Cow<'static, str>,
    pub(crate) query: Vec<Parameter>,
    pub(crate) fragment: Option<String>,
    /// The URL as it was parsed, if it was signed and nothing has changed since.
    pub(crate) signed: Option<Box<Signed>>,
    /// A refusal that a setter found and `url()` reports.
    pub(crate) refused: Option<String>,
    pub(crate) key: Option<SigningKey>,
    pub(crate) terms: Terms,
}

/// A parameter of the query, in the order it came in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Parameter {
    /// Where `v` stood.
    Variables,
    /// Any other, as it is written.
    Other(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Signed {
    pub(crate) url: String,
    pub(crate) signature: Option<String>,
    pub(crate) until: Option<DateTime<Utc>>,
}

impl Parts {
    pub(crate) fn new(base: String, image: ImageSource) -> Self {
        Self {
            base,
            image,
            stack: Cow::Borrowed(DYNAMIC),
            operations: Vec::new(),
            overrides: Overrides::default(),
            options: NamedValues::new(),
            variables: NamedValues::new(),
            filename: None,
            format: Cow::Borrowed("jpg"),
            query: Vec::new(),
            fragment: None,
            signed: None,
            refused: None,
            key: None,
            terms: Terms::default(),
        }
    }

    pub(crate) fn url(&self) -> Result<String> {
        if let Some(signed) = &self.signed {
            return Ok(signed.url.clone());
        }
        if let Some(refused) = &self.refused {
            return Err(Error::invalid(refused.clone()));
        }
        let mut out = String::with_capacity(256);
        out.push_str(&self.base);
        let start = out.len();
        self.push_path(&mut out)?;
        let has_query = self.push_query(&mut out)?;
        match &self.key {
            Some(key) => self.terms.seal(&mut out, start, has_query, key)?,
            None => self.terms.refuse_without_key()?,
        }
        if let Some(fragment) = &self.fragment {
            out.push('#');
            escape::push_url_part(&mut out, fragment);
        }
        Ok(out)
    }

    pub(crate) fn is_dynamic(&self) -> bool {
        self.stack == DYNAMIC
    }

    pub(crate) fn upload_path(&self) -> Result<String> {
        if let Some(refused) = &self.refused {
            return Err(Error::invalid(refused.clone()));
        }
        for (name, _) in self.options.iter() {
            if matches!(name.as_ref(), "basestack" | "source_file") {
                return Err(Error::invalid(format!(
                    "the stack option `{name}` is of no use for a file that is not stored"
                )));
            }
        }
        if matches!(self.format.as_ref(), "mp4" | "webm" | "m3u" | "m3u8" | "ts") {
            return Err(Error::invalid(format!(
                "format `{}`: videos are made of stored files only",
                self.format
            )));
        }
        let mut out = String::with_capacity(128);
        check_stack(&self.stack)?;
        out.push_str(&self.stack);
        push_operations(&mut out, &self.operations)?;
        self.overrides.push_path(&mut out)?;
        self.push_options(&mut out)?;
        out.push('.');
        push_format(&mut out, &self.format)?;
        if !self.variables.is_empty() {
            out.push('?');
            variables::push_json(&mut out, self.variables.iter())?;
        }
        Ok(out)
    }

    fn push_options(&self, out: &mut String) -> Result<()> {
        if self.options.is_empty() {
            return Ok(());
        }
        out.push_str("/o");
        push_pairs(
            out,
            &self.options,
            "stack options",
            "set it in the stack itself",
        )
    }

    fn push_path(&self, out: &mut String) -> Result<()> {
        check_stack(&self.stack)?;
        out.push('/');
        out.push_str(&self.stack);
        push_operations(out, &self.operations)?;
        // Without operations in the first segment these would become the operations of a dynamic stack.
        let late = self.operations.is_empty() && self.is_dynamic();
        if !late {
            self.overrides.push_path(out)?;
        }
        self.push_options(out)?;
        let in_path = variables::push_path(out, &self.variables)?;
        if late && !self.overrides.is_empty() {
            if self.options.is_empty() && !in_path {
                return Err(Error::invalid(
                    "overrides of a dynamic stack without operations would be read as its operations",
                ));
            }
            self.overrides.push_path(out)?;
        }
        out.push('/');
        self.image.push(out);
        if let Some(filename) = &self.filename {
            check_filename(filename, &self.image)?;
            if self.key.is_none() || self.terms.keep_filename {
                out.push('/');
                escape::push_text(out, filename);
            }
        }
        out.push('.');
        push_format(out, &self.format)
    }

    fn push_query(&self, out: &mut String) -> Result<bool> {
        let mut separator = '?';
        let mut variables = self
            .variables
            .iter()
            .any(|(name, value)| !variables::is_in_path(name, value));
        for parameter in &self.query {
            match parameter {
                Parameter::Other(text) => {
                    out.push(separator);
                    out.push_str(text);
                    separator = '&';
                }
                Parameter::Variables if variables => {
                    out.push(separator);
                    variables::push_query(out, &self.variables)?;
                    separator = '&';
                    variables = false;
                }
                Parameter::Variables => {}
            }
        }
        if variables {
            out.push(separator);
            variables::push_query(out, &self.variables)?;
            separator = '&';
        }
        Ok(separator == '&')
    }
}

fn check_stack(name: &str) -> Result<()> {
    if name.is_empty() || name.contains('.') || !escape::is_plain_text(name) {
        return Err(Error::invalid(format!(
            "stack `{name}`: the name must be letters, digits, `-` and `_`; operations, options and variables have \
             setters of their own"
        )));
    }
    if name.starts_with('_') && !name.starts_with("_preview") {
        return Err(Error::invalid(format!(
            "stack `{name}`: names starting with `_` are reserved, but for `_preview…`"
        )));
    }
    Ok(())
}

fn check_filename(filename: &str, image: &ImageSource) -> Result<()> {
    let fault = if escape::is_plain_text(filename) && !filename.starts_with('-') {
        return Ok(());
    } else if filename.contains('/') {
        "it cannot hold a slash"
    } else if filename.chars().any(char::is_control) {
        "it cannot hold control characters"
    } else if image.as_hash().is_some() && filename.starts_with('-') && filename.ends_with('-') {
        "between dashes it would be read as a remote image"
    } else {
        return Ok(());
    };
    Err(Error::invalid(format!("filename `{filename}`: {fault}")))
}
