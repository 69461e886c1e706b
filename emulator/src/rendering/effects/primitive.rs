//! `primitive`: redraws the picture from half transparent shapes.
//!
//! As the program of that name does it: of many random shapes, each in its best color, one is taken that brings the drawing
//! closest to the picture, and it is changed while that helps. The search happens in a small copy of the picture, and takes
//! the same number of tries for each shape, so its time is bounded.

use fastrand::Rng;
use image::{Rgba, RgbaImage};

use super::Context;
use super::options::Options;
use super::rounding::{narrow, to_byte, to_f32, to_u32};
use super::shape::{Kind, Points, Shape, cross, rows};
use crate::rendering::pixels::canvas::Canvas;
use crate::rendering::pixels::failure::Failure;
use crate::rendering::pixels::limits::Deadline;
use crate::rendering::pixels::stop::Stop;

/// The longer side of the copy.
const COPY: u32 = 128;
const RANDOM_TRIES: u32 = 80;
const CHANGES: u32 = 120;
/// Shapes cover half of what is below them.
const OPACITY: f64 = 0.5;

pub(super) fn apply(
    canvas: &mut Canvas,
    options: &Options,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let count = to_u32(options.number("count")?);
    let mode = usize::try_from(to_u32(options.number("mode")?)).unwrap_or_default();
    let kind = mode
        .checked_sub(1)
        .and_then(|kind| Kind::ALL.get(kind..mode));
    // As the program of that name: a number without a kind, 0 or 9, draws any of them.
    let kinds = kind.unwrap_or(&Kind::ALL);
    let deadline = context.deadline;
    canvas.change(deadline, |picture| {
        let random = Rng::with_seed(context.seed);
        redrawn(&picture, count, kinds, random, deadline).map_err(Stop::from)
    })
}

fn redrawn(
    picture: &RgbaImage,
    count: u32,
    kinds: &[Kind],
    mut random: Rng,
    deadline: Deadline,
) -> Result<RgbaImage, Failure> {
    let (width, height) = picture.dimensions();
    let longest = width.max(height).max(COPY);
    let side = |length: u32| {
        let side = u64::from(length) * u64::from(COPY) / u64::from(longest);
        u32::try_from(side).unwrap_or(COPY).max(1)
    };
    let small = if longest == COPY {
        picture.clone()
    } else {
        image::imageops::thumbnail(picture, side(width), side(height))
    };
    let mut drawing = Drawing::new(&small);
    let mut result = RgbaImage::from_pixel(width, height, drawing.background);
    for _ in 0..count {
        deadline.check()?;
        let kind = kinds.get(random.usize(0..kinds.len())).copied();
        let Some((shape, color)) = kind.and_then(|kind| drawing.best(kind, &mut random)) else {
            continue;
        };
        drawing.add(&shape.points(drawing.width, drawing.height), color);
        draw(&mut result, &shape.points(width, height), color);
    }
    for (pixel, source) in result.pixels_mut().zip(picture.pixels()) {
        pixel.0[3] = source.0[3];
    }
    Ok(result)
}

/// What a part of a row says of each channel: sums of what the drawing has, how much is missing, and products of both.
#[derive(Clone, Copy, Default)]
struct Sums {
    pixels: f64,
    drawn: [f64; 3],
    missing: [f64; 3],
    squares: [f64; 3],
    products: [f64; 3],
}

impl Sums {
    /// Adds a sum, or takes it away with a factor of -1.
    fn add(&mut self, other: &Self, factor: f64) {
        self.pixels += factor * other.pixels;
        for (to, from) in [
            (&mut self.drawn, &other.drawn),
            (&mut self.missing, &other.missing),
            (&mut self.squares, &other.squares),
            (&mut self.products, &other.products),
        ] {
            for (to, from) in to.iter_mut().zip(from) {
                *to += factor * from;
            }
        }
    }

    /// Returns the best color, and how much the squared error changes with it.
    fn color(&self) -> ([u8; 3], f64) {
        let mut color = [0; 3];
        let mut change = 0.0;
        let channels = self.drawn.iter().zip(&self.missing);
        let products = self.squares.iter().zip(&self.products);
        for (to, ((drawn, missing), (squares, products))) in
            color.iter_mut().zip(channels.zip(products))
        {
            let best = (missing / OPACITY + drawn) / self.pixels;
            *to = to_byte(narrow(best));
            let value = f64::from(*to);
            let towards = value * missing - products;
            let apart = self.pixels * value * value - 2.0 * value * drawn + squares;
            change += OPACITY * OPACITY * apart - 2.0 * OPACITY * towards;
        }
        (color, change)
    }
}

/// The small copy and the drawing of it.
struct Drawing {
    width: u32,
    height: u32,
    background: Rgba<u8>,
    target: Vec<[f64; 3]>,
    drawn: Vec<[f64; 3]>,
    /// The sums of each row up to each column.
    sums: Vec<Vec<Sums>>,
}

impl Drawing {
    fn new(picture: &RgbaImage) -> Self {
        let target: Vec<[f64; 3]> = picture
            .pixels()
            .map(|pixel| {
                let [red, green, blue, _] = pixel.0;
                [red, green, blue].map(f64::from)
            })
            .collect();
        let mut all = Sums::default();
        for color in &target {
            all.pixels += 1.0;
            for (sum, value) in all.drawn.iter_mut().zip(color) {
                *sum += value;
            }
        }
        let average = all.drawn.map(|sum| to_byte(narrow(sum / all.pixels)));
        let [red, green, blue] = average;
        let mut drawing = Self {
            width: picture.width(),
            height: picture.height(),
            background: Rgba([red, green, blue, 255]),
            drawn: vec![average.map(f64::from); target.len()],
            target,
            sums: Vec::new(),
        };
        drawing.sum();
        drawing
    }

    fn sum(&mut self) {
        let width = usize::try_from(self.width).unwrap_or(1);
        let rows = self.target.chunks_exact(width);
        let rows = rows.zip(self.drawn.chunks_exact(width));
        self.sums = rows
            .map(|(targets, drawn)| {
                let mut sum = Sums::default();
                let mut row = vec![sum];
                for (target, drawn) in targets.iter().zip(drawn) {
                    let missing = difference(*target, *drawn);
                    sum.add(
                        &Sums {
                            pixels: 1.0,
                            drawn: *drawn,
                            missing,
                            squares: product(*drawn, *drawn),
                            products: product(*drawn, missing),
                        },
                        1.0,
                    );
                    row.push(sum);
                }
                row
            })
            .collect();
    }

    /// Returns the shape that helps most of those that were tried, if one does.
    fn best(&self, kind: Kind, random: &mut Rng) -> Option<(Shape, [u8; 3])> {
        let mut best: Option<(Shape, [u8; 3], f64)> = None;
        for attempt in 0..RANDOM_TRIES + CHANGES {
            let shape = match &best {
                Some((shape, ..)) if attempt >= RANDOM_TRIES => shape.changed(random),
                _ => Shape::random(kind, random),
            };
            let (color, change) = self.sums_of(&shape).color();
            if change < best.as_ref().map_or(0.0, |(.., change)| *change) {
                best = Some((shape, color, change));
            }
        }
        best.map(|(shape, color, _)| (shape, color))
    }

    fn sums_of(&self, shape: &Shape) -> Sums {
        let mut sums = Sums::default();
        let points = shape.points(self.width, self.height);
        for_each_run(&points, self.width, self.height, |y, from, to| {
            let row = self.sums.get(y);
            if let (Some(before), Some(after)) = (
                row.and_then(|row| row.get(from)),
                row.and_then(|row| row.get(to)),
            ) {
                sums.add(after, 1.0);
                sums.add(before, -1.0);
            }
        });
        sums
    }

    fn add(&mut self, points: &Points, color: [u8; 3]) {
        let color = color.map(f64::from);
        let width = usize::try_from(self.width).unwrap_or(1);
        let drawn = &mut self.drawn;
        for_each_run(points, self.width, self.height, |y, from, to| {
            let run = drawn.get_mut(y * width + from..y * width + to);
            for pixel in run.into_iter().flatten() {
                for (value, color) in pixel.iter_mut().zip(color) {
                    *value += OPACITY * (color - *value);
                }
            }
        });
        self.sum();
    }
}

fn difference(one: [f64; 3], other: [f64; 3]) -> [f64; 3] {
    [one[0] - other[0], one[1] - other[1], one[2] - other[2]]
}

fn product(one: [f64; 3], other: [f64; 3]) -> [f64; 3] {
    [one[0] * other[0], one[1] * other[1], one[2] * other[2]]
}

/// Calls `run` with the row and the columns of the pixels whose middle is inside of a polygon.
fn for_each_run(
    points: &Points,
    width: u32,
    height: u32,
    mut run: impl FnMut(usize, usize, usize),
) {
    let mut crossings = Vec::new();
    let column = |x: f32| {
        let column = to_u32(f64::from((x - 0.5).ceil())).min(width);
        usize::try_from(column).unwrap_or_default()
    };
    for y in rows(points, height) {
        cross(points, to_f32(y) + 0.5, &mut crossings);
        for pair in crossings.chunks_exact(2) {
            if let [from, to] = pair {
                let (from, to) = (column(*from), column(*to));
                if from < to {
                    run(usize::try_from(y).unwrap_or_default(), from, to);
                }
            }
        }
    }
}

/// Draws a polygon with smooth edges over the result.
fn draw(picture: &mut RgbaImage, points: &Points, [red, green, blue]: [u8; 3]) {
    const LINES: u8 = 4;
    let (width, height) = picture.dimensions();
    let right = to_f32(width);
    let mut crossings = Vec::new();
    let mut covered = vec![0.0f32; usize::try_from(width).unwrap_or_default()];
    let length = covered.len() * 4;
    let rows = rows(points, height);
    let first = usize::try_from(rows.start).unwrap_or_default();
    let bytes = picture.as_mut().chunks_exact_mut(length.max(4)).skip(first);
    for (y, row) in rows.zip(bytes) {
        covered.fill(0.0);
        for line in 0..LINES {
            let middle = (f32::from(line) + 0.5) / f32::from(LINES);
            cross(points, to_f32(y) + middle, &mut crossings);
            for pair in crossings.chunks_exact(2) {
                if let [from, to] = pair {
                    cover(&mut covered, from.clamp(0.0, right), to.clamp(0.0, right));
                }
            }
        }
        for (pixel, covered) in row.chunks_exact_mut(4).zip(&covered) {
            if *covered > 0.0 {
                let share = narrow(OPACITY) * covered / f32::from(LINES);
                for (value, color) in pixel.iter_mut().zip([red, green, blue]) {
                    let before = f32::from(*value);
                    *value = to_byte(before + share * (f32::from(color) - before));
                }
            }
        }
    }
}

/// Adds 1 to the columns between two positions, and a part where one begins or ends.
fn cover(covered: &mut [f32], from: f32, to: f32) {
    let start = to_u32(f64::from(from.floor()));
    let skip = usize::try_from(start).unwrap_or_default();
    for (x, value) in (start..).zip(covered.iter_mut().skip(skip)) {
        let left = to_f32(x);
        if left >= to {
            break;
        }
        *value += (to.min(left + 1.0) - from.max(left)).max(0.0);
    }
}
