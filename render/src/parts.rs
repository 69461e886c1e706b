//! The parts of a render URL, and building the URL from them.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::{Error, Result};

use super::format::push_format;
use super::named::NamedValues;
use super::operation::{Operation, push_operations, push_pairs};
use super::overrides::Overrides;
use super::ranges::Refusals;
use super::sign::{SignOptions, SigningKey};
use super::source::ImageSource;
use super::variables;
use crate::escape;

pub(crate) const DYNAMIC: &str = "dynamic";

#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) base: String,
    pub(crate) image: ImageSource,
    pub(crate) stack: Cow<'static, str>,
    /// The operations of a dynamic stack; empty for a named one.
    pub(crate) operations: Vec<Operation>,
    pub(crate) overrides: Overrides,
    pub(crate) options: NamedValues,
    pub(crate) variables: NamedValues,
    pub(crate) filename: Option<String>,
    pub(crate) format: Cow<'static, str>,
    pub(crate) query: Vec<Parameter>,
    pub(crate) fragment: Option<String>,
    /// The parsed URL, if it is signed and unchanged.
    pub(crate) signed: Option<Box<Signed>>,
    /// What `url()` refuses, if there is anything.
    pub(crate) refusals: Option<Box<Refusals>>,
    pub(crate) key: Option<SigningKey>,
    pub(crate) sign_options: SignOptions,
}

/// A query parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Parameter {
    /// The position of `v`.
    Variables,
    /// Any other parameter, encoded.
    Other(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Signed {
    pub(crate) url: String,
    pub(crate) signature: Option<String>,
    pub(crate) until: Option<DateTime<Utc>>,
}

impl Parts {
    #[inline]
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
            refusals: None,
            key: None,
            sign_options: SignOptions::default(),
        }
    }

    pub(crate) fn url(&self) -> Result<String> {
        if let Some(signed) = &self.signed {
            return Ok(signed.url.clone());
        }
        if let Some(refusals) = &self.refusals {
            self.check_refusals(refusals)?;
        }
        let mut out = String::with_capacity(256);
        out.push_str(&self.base);
        let start = out.len();
        self.push_path(&mut out)?;
        let has_query = self.push_query(&mut out)?;
        match &self.key {
            Some(key) => self
                .sign_options
                .append_signature(&mut out, start, has_query, key)?,
            None => self.sign_options.check_unsigned()?,
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
        if let Some(refusals) = &self.refusals {
            self.check_refusals(refusals)?;
        }
        for (name, _) in self.options.iter() {
            if matches!(name.as_ref(), "basestack" | "source_file") {
                return Err(Error::invalid(format!(
                    "stack option `{name}`: only a stored image can have it"
                )));
            }
        }
        if matches!(self.format.as_ref(), "mp4" | "webm" | "m3u" | "m3u8" | "ts") {
            return Err(Error::invalid(format!(
                "format `{}`: only a stored file can be rendered as a video",
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
        // The first segment of a dynamic stack contains its operations, so overrides must not come first.
        let overrides_last = self.operations.is_empty() && self.is_dynamic();
        if !overrides_last {
            self.overrides.push_path(out)?;
        }
        self.push_options(out)?;
        let in_path = variables::push_path(out, &self.variables)?;
        if overrides_last && !self.overrides.is_empty() {
            if self.options.is_empty() && !in_path {
                return Err(Error::invalid(
                    "overrides of a dynamic stack without operations: rokka would read them as its operations",
                ));
            }
            self.overrides.push_path(out)?;
        }
        out.push('/');
        self.image.push(out);
        if let Some(filename) = &self.filename {
            check_filename(filename, &self.image)?;
            if self.key.is_none() || self.sign_options.keep_filename {
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
            "stack `{name}`: the name must be letters, digits, `-` and `_`; use the setters for operations, options and \
             variables"
        )));
    }
    if name.starts_with('_') && !name.starts_with("_preview") {
        return Err(Error::invalid(format!(
            "stack `{name}`: names starting with `_` are reserved, except `_preview…`"
        )));
    }
    Ok(())
}

fn check_filename(filename: &str, image: &ImageSource) -> Result<()> {
    let reason = if escape::is_plain_text(filename) && !filename.starts_with('-') {
        return Ok(());
    } else if filename.contains('/') {
        "it must not contain a slash"
    } else if filename.chars().any(char::is_control) {
        "it must not contain control characters"
    } else if image.as_hash().is_some() && filename.starts_with('-') && filename.ends_with('-') {
        "rokka would read a name between dashes as a remote image"
    } else {
        return Ok(());
    };
    Err(Error::invalid(format!("filename `{filename}`: {reason}")))
}
