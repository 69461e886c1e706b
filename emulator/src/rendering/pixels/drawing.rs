//! The steps of one rendering, and of the layers that it is composed of.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use bytes::Bytes;
use image::RgbaImage;
use image::metadata::Orientation;

use super::canvas::Canvas;
use super::decode::{Need, Source};
use super::failure::Failure;
use super::geometry::{self, Target};
use super::limits::Deadline;
use super::stop::Stop;
use super::{color, entropy};
use crate::rendering::effects::{self, Context, Images};
use crate::rendering::plan::{Step, Subject, Unsupported};
use crate::rendering::{Job, Layer, MIRROR};

/// The deepest nesting of compositions, as on the service.
const MAX_DEPTH: u32 = 5;
/// From this entropy on, a picture is a photograph, which `resize` sharpens.
const PHOTOGRAPH: f64 = 5.0;

/// What holds for every step of a file.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) dpr: f64,
    /// Whether the result can have several frames.
    pub(crate) animation: bool,
}

pub(crate) struct Drawing<'a> {
    layers: &'a BTreeMap<String, Layer>,
    deadline: Deadline,
    seed: u64,
    depth: Cell<u32>,
    unsupported: RefCell<Vec<String>>,
}

impl<'a> Drawing<'a> {
    pub(crate) fn new(job: &'a Job, deadline: Deadline) -> Self {
        let seed = job.binary_hash.get(..16).unwrap_or_default();
        Self {
            layers: &job.layers,
            deadline,
            seed: u64::from_str_radix(seed, 16).unwrap_or_default(),
            depth: Cell::new(0),
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
        bytes: Bytes,
        steps: &[Step],
        given: Given<'_>,
    ) -> Result<Canvas, Failure> {
        let (bytes, steps) = self.change_svg(bytes, steps)?;
        let source = Source::open(&bytes, self.deadline)?;
        // A decoder draws or scales to the size of the first resize itself.
        let target = match steps.first() {
            Some(step) if step.name == "resize" => {
                geometry::target(step, source.size(), given.dpr).ok()
            }
            _ => None,
        };
        let mut canvas = source.load(Need {
            size: target.map(|target| target.size),
            animation: given.animation,
        })?;
        for (number, step) in steps.iter().enumerate() {
            self.deadline.check()?;
            let target = target.filter(|_| number == 0);
            let done = self.carry_out(&mut canvas, step, given, target);
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

    /// Carries out the steps that change an SVG before it is drawn.
    #[cfg(feature = "svg")]
    pub(super) fn change_svg<'s>(
        &self,
        mut bytes: Bytes,
        mut steps: &'s [Step],
    ) -> Result<(Bytes, &'s [Step]), Failure> {
        while let Some((first, rest)) = steps.split_first()
            && first.name == "svgdynamic"
        {
            let changed = effects::svg_dynamic::change(&bytes, first);
            self.note(changed.map(|changed| bytes = changed.into()))?;
            steps = rest;
        }
        Ok((bytes, steps))
    }

    #[cfg(not(feature = "svg"))]
    #[allow(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "with the feature, it can fail"
    )]
    pub(super) fn change_svg<'s>(
        &self,
        bytes: Bytes,
        steps: &'s [Step],
    ) -> Result<(Bytes, &'s [Step]), Failure> {
        Ok((bytes, steps))
    }

    fn carry_out(
        &self,
        canvas: &mut Canvas,
        step: &Step,
        given: Given<'_>,
        target: Option<Target>,
    ) -> Result<(), Stop> {
        let deadline = self.deadline;
        match step.name.as_str() {
            "resize" => {
                let target = match target {
                    Some(target) => target,
                    None => geometry::target(step, canvas.size(), given.dpr)?,
                };
                self.resize(canvas, step, given, target)
            }
            "crop" => geometry::crop(canvas, step, given.subject, deadline),
            "rotate" => geometry::rotate(canvas, step, deadline),
            "autorotate" => geometry::autorotate(canvas, step, deadline),
            "trim" => geometry::trim(canvas, step, deadline),
            MIRROR => Ok(geometry::turn(
                canvas,
                Orientation::FlipHorizontal,
                deadline,
            )?),
            _ => self.effect(canvas, step, given),
        }
    }

    fn resize(
        &self,
        canvas: &mut Canvas,
        step: &Step,
        given: Given<'_>,
        target: Target,
    ) -> Result<(), Stop> {
        let smaller = target.size.0 < canvas.size().0;
        geometry::resize(canvas, target, self.deadline)?;
        if smaller && step.flag("sharpen")? == Some(true) && entropy::entropy(canvas) > PHOTOGRAPH {
            let sharpen = Step {
                name: "sharpen".to_owned(),
                options: serde_json::Map::new(),
            };
            self.effect(canvas, &sharpen, given)?;
        }
        Ok(())
    }

    fn effect(&self, canvas: &mut Canvas, step: &Step, given: Given<'_>) -> Result<(), Stop> {
        color::to_srgb(canvas, self.deadline)?;
        let context = Context {
            images: self,
            subject: given.subject,
            animation: given.animation,
            seed: self.seed,
            deadline: self.deadline,
        };
        effects::apply(canvas, step, &context)
    }

    fn layer(&self, key: &str) -> Result<&Layer, Unsupported> {
        let missing = || Unsupported(format!("the image {key} does not exist"));
        self.layers.get(key).ok_or_else(missing)
    }

    fn draw_layer(&self, layer: &Layer) -> Result<RgbaImage, Failure> {
        let bytes = layer.original.read().map_err(Failure::broken)?;
        let given = Given {
            subject: &layer.subject,
            dpr: 1.0,
            animation: false,
        };
        let mut canvas = self.draw(bytes, &layer.steps, given)?;
        color::to_srgb(&mut canvas, self.deadline)?;
        let frame = canvas.frames.into_iter().next();
        frame
            .map(|frame| frame.picture)
            .ok_or_else(|| Failure::broken("no frame"))
    }
}

impl Images for Drawing<'_> {
    fn picture(&self, key: &str) -> Result<RgbaImage, Stop> {
        let layer = self.layer(key)?;
        if self.depth.get() >= MAX_DEPTH {
            return Err(Failure::Invalid("Composition nesting too deep".to_owned()).into());
        }
        self.depth.set(self.depth.get() + 1);
        let drawn = self.draw_layer(layer);
        self.depth.set(self.depth.get() - 1);
        drawn.map_err(|failure| match failure {
            Failure::Unknown(format) => Unsupported(format!("decoding {format}")).into(),
            failure => failure.into(),
        })
    }

    fn file(&self, hash: &str) -> Result<Bytes, Stop> {
        let file = self.layer(hash)?.original.read();
        let reason = |error| Unsupported(format!("the file {hash} cannot be read: {error}"));
        Ok(file.map_err(reason)?)
    }
}
