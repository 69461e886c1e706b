//! The effects on small pictures.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::needless_pass_by_value
)]

mod any_options;
mod colors;
mod faces;
// The tests over the wire have it too.
#[path = "../../../../tests/pixels/font.rs"]
mod font;
mod frames;
mod layers;
mod random;
mod texts;
mod transparency;

use std::collections::BTreeMap;

use bytes::Bytes;
use image::{Rgba, RgbaImage};
use serde_json::Value;

use super::{Context, Images, apply, refuse};
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::limits::{Deadline, TIME};
use crate::rendering::pixels::stop::Stop;
use crate::rendering::plan::{Step, Subject, Unsupported};

const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const CLEAR: [u8; 4] = [0; 4];

/// The images of an organization: pictures and files by their names.
#[derive(Default)]
struct Known {
    pictures: BTreeMap<&'static str, RgbaImage>,
    files: BTreeMap<&'static str, Vec<u8>>,
    /// What is known of the picture that is changed.
    subject: Subject,
}

impl Images for Known {
    fn picture(&self, name: &str) -> Result<RgbaImage, Stop> {
        match self.pictures.get(name) {
            Some(picture) => Ok(picture.clone()),
            None => refuse(format!("there is no image `{name}`")),
        }
    }

    fn file(&self, hash: &str) -> Result<Bytes, Stop> {
        match self.files.get(hash) {
            Some(file) => Ok(file.clone().into()),
            None => refuse(format!("text: there is no image `{hash}`")),
        }
    }
}

fn step(name: &str, options: Value) -> Step {
    let Value::Object(options) = options else {
        panic!("options are an object");
    };
    Step {
        name: name.to_owned(),
        options,
    }
}

/// Carries out a step on a canvas.
fn change(canvas: &mut Canvas, step: &Step, images: &Known, seed: u64) -> Result<(), Stop> {
    let deadline = Deadline::after(TIME);
    let context = Context {
        images,
        subject: &images.subject,
        animation: true,
        seed,
        deadline,
    };
    apply(canvas, step, &context)
}

/// Returns a picture after a step, in an organization without images.
fn after(picture: RgbaImage, name: &str, options: Value) -> RgbaImage {
    let mut canvas = Canvas::new(picture, false);
    change(&mut canvas, &step(name, options), &Known::default(), 7).unwrap();
    canvas.frames.remove(0).picture
}

/// Returns why a step is left out.
fn refusal(name: &str, options: Value) -> String {
    let mut canvas = Canvas::new(plain(3, 3, RED), true);
    match change(&mut canvas, &step(name, options), &Known::default(), 7) {
        Err(Stop::Unsupported(Unsupported(reason))) => reason,
        other => panic!("{other:?}"),
    }
}

fn plain(width: u32, height: u32, color: [u8; 4]) -> RgbaImage {
    RgbaImage::from_pixel(width, height, Rgba(color))
}

/// Returns a picture with many colors.
fn colorful(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let mix = |factor: u32| ((x * factor + y * y * 7 + x * y) % 256) as u8;
        Rgba([mix(31), mix(17), mix(53), 255])
    })
}

fn pixel(picture: &RgbaImage, x: u32, y: u32) -> [u8; 4] {
    picture.get_pixel(x, y).0
}

/// Returns the largest difference of a channel.
fn difference(one: &RgbaImage, other: &RgbaImage) -> u8 {
    assert_eq!(one.dimensions(), other.dimensions());
    let channels = one.as_raw().iter().zip(other.as_raw());
    channels
        .map(|(a, b)| a.abs_diff(*b))
        .max()
        .unwrap_or_default()
}
