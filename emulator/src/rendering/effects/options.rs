//! The options of a step with the defaults and ranges of the catalogue.

use std::borrow::Cow;

use rokka_render::rules::{OPERATIONS, OptionRule, Rule};

use super::refuse;
use super::rounding::{narrow, to_u32};
use crate::rendering::pixels::stop::Stop;
use crate::rendering::plan::Step;

pub(super) struct Options {
    /// The step with the defaults of the options that it does not set.
    step: Step,
    rules: &'static [OptionRule],
    units: (f64, f64),
}

impl Options {
    /// Returns the options of a step for a canvas of these [units](crate::rendering::pixels::canvas::Canvas::units).
    pub(super) fn of(step: &Step, units: (f64, f64)) -> Self {
        let known = OPERATIONS.iter().find(|rules| rules.name == step.name);
        let rules = known.map_or(&[] as &[OptionRule], |rules| rules.options);
        let mut step = step.clone();
        for rule in rules {
            let is_set = |value: &serde_json::Value| !value.is_null();
            if let Ok(default) = serde_json::from_str(rule.default)
                && !step.options.get(rule.name).is_some_and(is_set)
            {
                step.options.insert(rule.name.to_owned(), default);
            }
        }
        Self { step, rules, units }
    }

    /// Returns the step with its defaults.
    pub(super) fn step(&self) -> &Step {
        &self.step
    }

    pub(super) fn units(&self) -> (f64, f64) {
        self.units
    }

    /// Returns whether an option has a value.
    pub(super) fn has(&self, name: &str) -> bool {
        let value = self.step.options.get(name);
        value.is_some_and(|value| !value.is_null() && value != "")
    }

    /// Returns a number within its range; 0 if there is none.
    pub(super) fn number(&self, name: &str) -> Result<f64, Stop> {
        let number = self.step.number(name)?.unwrap_or_default();
        let rule = self.rules.iter().find(|rule| rule.name == name);
        Ok(match rule.map(|rule| rule.rule) {
            #[allow(clippy::cast_precision_loss, reason = "limits are small")]
            Some(Rule::Integer(least, most)) => number.clamp(least as f64, most as f64),
            Some(Rule::Number(least, most)) => number.clamp(least, most),
            _ => number,
        })
    }

    /// Returns a horizontal length in pixels of the canvas.
    pub(super) fn across(&self, name: &str) -> Result<f64, Stop> {
        Ok(self.number(name)? * self.units.0)
    }

    /// Returns a vertical length in pixels of the canvas.
    pub(super) fn down(&self, name: &str) -> Result<f64, Stop> {
        Ok(self.number(name)? * self.units.1)
    }

    /// Returns a length without a direction in pixels of the canvas.
    pub(super) fn length(&self, name: &str) -> Result<f64, Stop> {
        Ok(self.number(name)? * (self.units.0 * self.units.1).sqrt())
    }

    /// Returns a width and a height in pixels of the canvas, of at least one, where they are given.
    pub(super) fn size(&self) -> Result<(Option<u32>, Option<u32>), Stop> {
        let side = |name: &str, length: f64| {
            let side = Some(to_u32(length).max(1));
            side.filter(|_| self.has(name) && length > 0.0)
        };
        Ok((
            side("width", self.across("width")?),
            side("height", self.down("height")?),
        ))
    }

    /// Returns a percentage as a factor.
    pub(super) fn percent(&self, name: &str) -> Result<f32, Stop> {
        Ok(narrow(self.number(name)? / 100.0))
    }

    /// Returns a text, empty if there is none.
    pub(super) fn text(&self, name: &str) -> Result<Cow<'_, str>, Stop> {
        Ok(self.step.text(name)?.unwrap_or_default())
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Stop> {
        Ok(self.step.flag(name)?.unwrap_or_default())
    }

    pub(super) fn color(&self, name: &str) -> Result<Option<[u8; 3]>, Stop> {
        Ok(self.step.color(name)?)
    }

    /// Returns what one of the words means that the option accepts.
    pub(super) fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<T, Stop> {
        let text = self.text(name)?;
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, meaning)) => Ok(*meaning),
            None => refuse(format!("{}: `{name}` cannot be `{text}`", self.step.name)),
        }
    }
}
