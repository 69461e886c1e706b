//! The steps of one rendering, and of the layers that it is composed of.

use std::cell::RefCell;

use super::canvas::Canvas;
use super::decode::{Need, Source};
use super::entropy;
use super::failure::Failure;
use super::geometry::{self, Target};
use super::limits::Deadline;
use super::stop::Stop;
use crate::rendering::plan::{Step, Subject, Unsupported};

/// From this entropy on, a picture is a photograph, which `resize` sharpens.
const PHOTOGRAPH: f64 = 5.0;

pub(crate) struct Drawing {
    deadline: Deadline,
    unsupported: RefCell<Vec<String>>,
}

impl Drawing {
    pub(crate) fn new(deadline: Deadline) -> Self {
        Self {
            deadline,
            unsupported: RefCell::default(),
        }
    }

    /// Returns what was left out.
    pub(crate) fn into_unsupported(self) -> Vec<String> {
        self.unsupported.into_inner()
    }

    /// Decodes a file, and carries out steps on it.
    pub(crate) fn draw(
        &self,
        bytes: &[u8],
        steps: &[Step],
        subject: &Subject,
        dpr: f64,
        animation: bool,
    ) -> Result<Canvas, Failure> {
        let source = Source::open(bytes, self.deadline)?;
        // A decoder draws or scales to the size of the first resize itself.
        let target = match steps.first() {
            Some(step) if step.name == "resize" => geometry::target(step, source.size(), dpr).ok(),
            _ => None,
        };
        let mut canvas = source.load(Need {
            size: target.map(|target| target.size),
            animation,
        })?;
        for (number, step) in steps.iter().enumerate() {
            self.deadline.check()?;
            let target = target.filter(|_| number == 0);
            let done = self.carry_out(&mut canvas, step, subject, dpr, target);
            self.note(done)?;
        }
        Ok(canvas)
    }

    /// Notes a step that is left out.
    fn note(&self, done: Result<(), Stop>) -> Result<(), Failure> {
        match done {
            Ok(()) => Ok(()),
            Err(Stop::Unsupported(Unsupported(reason))) => {
                self.unsupported.borrow_mut().push(reason);
                Ok(())
            }
            Err(Stop::Failure(failure)) => Err(failure),
        }
    }

    fn carry_out(
        &self,
        canvas: &mut Canvas,
        step: &Step,
        subject: &Subject,
        dpr: f64,
        target: Option<Target>,
    ) -> Result<(), Stop> {
        let deadline = self.deadline;
        match step.name.as_str() {
            "resize" => {
                let target = match target {
                    Some(target) => target,
                    None => geometry::target(step, canvas.size(), dpr)?,
                };
                self.resize(canvas, step, target)
            }
            "crop" => geometry::crop(canvas, step, subject, deadline),
            "rotate" => geometry::rotate(canvas, step, deadline),
            "autorotate" => geometry::autorotate(canvas, step, deadline),
            "trim" => geometry::trim(canvas, step, deadline),
            _ => self.effect(canvas, step),
        }
    }

    fn resize(&self, canvas: &mut Canvas, step: &Step, target: Target) -> Result<(), Stop> {
        let smaller = target.size.0 < canvas.size().0;
        geometry::resize(canvas, target, self.deadline)?;
        if smaller && step.flag("sharpen")? == Some(true) && entropy::entropy(canvas) > PHOTOGRAPH {
            let sharpen = Step {
                name: "sharpen".to_owned(),
                options: serde_json::Map::new(),
            };
            self.effect(canvas, &sharpen)?;
        }
        Ok(())
    }

    #[allow(clippy::unused_self, reason = "effects use the layers")]
    fn effect(&self, _canvas: &mut Canvas, step: &Step) -> Result<(), Stop> {
        match step.name.as_str() {
            "noop" => Ok(()),
            name => Err(Unsupported(name.to_owned()).into()),
        }
    }
}
