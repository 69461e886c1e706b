//! Values of operations and stack options that are out of range.
//!
//! Setters compare the values that they are given with the rules, so that what was parsed stays as it is. A value that is
//! replaced or removed before the URL is built does no harm: the names are noted, and the values they have in the end count.

use crate::{Error, Result, Value};

use super::named::Named;
use super::operation::Operation;
use super::operations::{self, OPERATIONS};
use super::parts::Parts;
use super::stack_options::{self, STACK_OPTIONS};

/// What prevents a URL from being built, apart from what its path cannot carry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Refusals {
    /// Why the operations do not fit the stack.
    pub(crate) operations: Option<String>,
    /// The options that had an invalid value, with the operation, or without one for stack options.
    doubts: Vec<(Option<String>, String)>,
    /// Whether ranges do not matter.
    unchecked: bool,
}

/// Notes the options of operations with values that are out of range.
#[inline(never)]
pub(crate) fn check_operations(refusals: &mut Option<Box<Refusals>>, operations: &[Operation]) {
    for operation in operations {
        check_operation(refusals, operation);
    }
}

/// Notes the options of an operation with values that are out of range.
#[inline]
pub(crate) fn check_operation(refusals: &mut Option<Box<Refusals>>, operation: &Operation) {
    if !operations::admit(operation.name(), &operation.options) {
        doubt_operation(refusals, operation);
    }
}

/// Notes a stack option with a value that is out of range.
#[inline]
pub(crate) fn check_option(refusals: &mut Option<Box<Refusals>>, option: &str, value: &Value) {
    if !stack_options::admit(option, value) {
        doubt(refusals, None, option);
    }
}

#[cold]
fn doubt_operation(refusals: &mut Option<Box<Refusals>>, operation: &Operation) {
    for (option, value) in operation.options.iter() {
        if fault(Some(operation.name()), option, value).is_some() {
            doubt(refusals, Some(operation.name()), option);
        }
    }
}

/// Returns why a value is out of range.
fn fault(operation: Option<&str>, option: &str, value: &Value) -> Option<String> {
    let rules = match operation {
        Some(name) => OPERATIONS.iter().find(|rules| rules.name == name)?.options,
        None => STACK_OPTIONS,
    };
    let known = rules.iter().find(|known| known.name == option)?;
    known.rule.fault_of(value)
}

#[cold]
fn doubt(refusals: &mut Option<Box<Refusals>>, operation: Option<&str>, option: &str) {
    let doubt = (operation.map(str::to_owned), option.to_owned());
    let doubts = &mut refusals.get_or_insert_default().doubts;
    // There are only as many as there are known options.
    if !doubts.contains(&doubt) {
        doubts.push(doubt);
    }
}

impl Parts {
    /// Remembers why the operations do not fit the stack.
    #[cold]
    pub(crate) fn refuse_operations(&mut self, error: String) {
        self.refusals.get_or_insert_default().operations = Some(error);
    }

    /// Accepts every value that a path can carry.
    pub(crate) fn set_unchecked(&mut self) {
        self.refusals.get_or_insert_default().unchecked = true;
    }

    /// Returns the first reason not to build the URL.
    #[cold]
    pub(crate) fn check_refusals(&self, refusals: &Refusals) -> Result<()> {
        if let Some(error) = &refusals.operations {
            return Err(Error::invalid(error.clone()));
        }
        if refusals.unchecked {
            return Ok(());
        }
        for (operation, option) in &refusals.doubts {
            let Some(name) = operation else {
                if let Some((value, fault)) = first_fault(&self.options, None, option) {
                    return Err(Error::invalid(format!(
                        "stack option `{option}` cannot be `{value}`: {fault}"
                    )));
                }
                continue;
            };
            let all = self.operations.iter().chain(self.overrides.as_slice());
            for operation in all.filter(|operation| operation.name() == name) {
                if let Some((value, fault)) = first_fault(&operation.options, Some(name), option) {
                    return Err(Error::invalid(format!(
                        "operation `{name}`: `{option}` cannot be `{value}`: {fault}"
                    )));
                }
            }
        }
        Ok(())
    }
}

fn first_fault<'a>(
    options: &'a [Named],
    operation: Option<&str>,
    option: &str,
) -> Option<(&'a Value, String)> {
    let mut named = options.iter().filter(|(known, _)| known == option);
    named.find_map(|(_, value)| Some((value, fault(operation, option, value)?)))
}
