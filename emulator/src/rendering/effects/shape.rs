//! Shapes that a picture is redrawn from: random, changed a little, and as polygons.

use fastrand::Rng;

use super::rounding::{to_f32, to_i32};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Triangle,
    Rectangle,
    Ellipse,
    Circle,
    TurnedRectangle,
    Curve,
    TurnedEllipse,
    Polygon,
}

impl Kind {
    pub(super) const ALL: [Self; 8] = [
        Self::Triangle,
        Self::Rectangle,
        Self::Ellipse,
        Self::Circle,
        Self::TurnedRectangle,
        Self::Curve,
        Self::TurnedEllipse,
        Self::Polygon,
    ];
}

/// A shape by its numbers, which are parts of the picture: positions, half sizes, an angle as a part of a turn.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    kind: Kind,
    center: [f32; 2],
    /// How far it reaches, or where the corners are, from the center.
    extent: [f32; 8],
}

/// The points of a polygon, in pixels.
pub(super) type Points = Vec<(f32, f32)>;

impl Shape {
    pub(super) fn random(kind: Kind, random: &mut Rng) -> Self {
        let center = [random.f32(), random.f32()];
        let mut extent = [0.0; 8];
        for part in &mut extent {
            *part = random.f32() - 0.5;
        }
        Self {
            kind,
            center,
            extent,
        }
    }

    /// Returns a shape that differs in one or two numbers.
    pub(super) fn changed(&self, random: &mut Rng) -> Self {
        let mut shape = self.clone();
        let step = 0.2 * (random.f32() - 0.5);
        if random.u8(0..3) == 0 {
            let [x, y] = shape.center;
            let other = 0.2 * (random.f32() - 0.5);
            shape.center = [(x + step).clamp(0.0, 1.0), (y + other).clamp(0.0, 1.0)];
        } else if let Some(part) = shape.extent.get_mut(random.usize(0..8)) {
            *part = (*part + step).clamp(-0.7, 0.7);
        }
        shape
    }

    /// Returns the corners in a picture of this size. Round shapes have many.
    pub(super) fn points(&self, width: u32, height: u32) -> Points {
        let (width, height) = (to_f32(width), to_f32(height));
        let center = (self.center[0] * width, self.center[1] * height);
        // Half sizes, of at least half a pixel.
        let half = |part: usize, length: f32| (self.part(part).abs() * length * 0.6).max(0.5);
        let (across, down) = (half(0, width), half(1, height));
        let corner = |number: usize| {
            (
                center.0 + self.part(2 * number) * width,
                center.1 + self.part(2 * number + 1) * height,
            )
        };
        let angle = self.part(2) * std::f32::consts::TAU;
        match self.kind {
            Kind::Triangle => (0..3).map(corner).collect(),
            Kind::Polygon => (0..4).map(corner).collect(),
            Kind::Rectangle => rectangle(center, (across, down), 0.0),
            Kind::TurnedRectangle => rectangle(center, (across, down), angle),
            Kind::Ellipse => ellipse(center, (across, down), 0.0),
            Kind::TurnedEllipse => ellipse(center, (across, down), angle),
            Kind::Circle => {
                let radius = half(0, width.min(height));
                ellipse(center, (radius, radius), 0.0)
            }
            Kind::Curve => {
                let share = self.part(6).abs() + self.part(7).abs();
                let thickness = 0.5 + share * 0.02 * width.min(height);
                curve([corner(0), corner(1), corner(2)], thickness)
            }
        }
    }

    fn part(&self, number: usize) -> f32 {
        self.extent.get(number).copied().unwrap_or_default()
    }
}

/// Turns points around the origin, and moves them to a center.
fn placed(points: impl IntoIterator<Item = (f32, f32)>, center: (f32, f32), angle: f32) -> Points {
    let (sine, cosine) = angle.sin_cos();
    let turned = |(x, y): (f32, f32)| {
        (
            center.0 + x * cosine - y * sine,
            center.1 + x * sine + y * cosine,
        )
    };
    points.into_iter().map(turned).collect()
}

fn rectangle(center: (f32, f32), (across, down): (f32, f32), angle: f32) -> Points {
    let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
    let corners = corners.map(|(right, below): (f32, f32)| (right * across, below * down));
    placed(corners, center, angle)
}

fn ellipse(center: (f32, f32), (across, down): (f32, f32), angle: f32) -> Points {
    let turns = (0u8..32).map(|step| f32::from(step) / 32.0 * std::f32::consts::TAU);
    let edge = turns.map(|turn| (turn.cos() * across, turn.sin() * down));
    placed(edge, center, angle)
}

/// Returns the outline of a quadratic curve that is drawn with a pen.
fn curve([from, over, to]: [(f32, f32); 3], thickness: f32) -> Points {
    let mut left = Points::new();
    let mut right = Points::new();
    for step in 0u8..=12 {
        let part = f32::from(step) / 12.0;
        let rest = 1.0 - part;
        let mix = |from: f32, over: f32, to: f32| {
            (
                rest * rest * from + 2.0 * rest * part * over + part * part * to,
                rest * (over - from) + part * (to - over),
            )
        };
        let (x, dx) = mix(from.0, over.0, to.0);
        let (y, dy) = mix(from.1, over.1, to.1);
        let length = dx.hypot(dy).max(0.001);
        let (aside, below) = (-dy / length * thickness, dx / length * thickness);
        left.push((x + aside, y + below));
        right.push((x - aside, y - below));
    }
    left.extend(right.into_iter().rev());
    left
}

/// Returns the rows from the highest to the lowest point of a polygon.
pub(super) fn rows(points: &Points, height: u32) -> std::ops::Range<u32> {
    let top = points.iter().fold(f32::MAX, |top, (_, y)| top.min(*y));
    let bottom = points
        .iter()
        .fold(f32::MIN, |bottom, (_, y)| bottom.max(*y));
    let whole = |y: f32| {
        u32::try_from(to_i32(f64::from(y)))
            .unwrap_or_default()
            .min(height)
    };
    whole(top.floor())..whole(bottom.ceil())
}

/// Sets `crossings` to where a polygon begins and ends along a horizontal line, in pairs.
pub(super) fn cross(points: &Points, y: f32, crossings: &mut Vec<f32>) {
    crossings.clear();
    let Some(mut from) = points.last().copied() else {
        return;
    };
    for to in points.iter().copied() {
        if (from.1 <= y) != (to.1 <= y) {
            crossings.push(from.0 + (y - from.1) / (to.1 - from.1) * (to.0 - from.0));
        }
        from = to;
    }
    crossings.sort_by(f32::total_cmp);
}
