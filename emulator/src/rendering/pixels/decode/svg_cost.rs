//! What it costs to draw an SVG, estimated before that: nothing interrupts the library that draws, and a few elements can keep
//! it busy for hours, or take all memory.

use resvg::tiny_skia::Transform;
use resvg::usvg::filter::{Filter, Kind, Primitive};
use resvg::usvg::{ClipPath, Group, Image, Mask, Node, Paint, Path, Pattern, Rect, Tree};

use crate::rendering::pixels::limits::PIXELS;

/// The most that a drawing may cost, in nanoseconds of a common processor: the time of a whole rendering.
const BUDGET: f64 = 30e9;
/// The most pixels of layers, patterns and results of filters that exist at the same time.
#[allow(clippy::cast_precision_loss)] // A power of two.
const SURFACES: f64 = 2.0 * PIXELS as f64;
/// What an element costs, however small it is. Also limits how long the estimate takes, because elements can be repeated.
const ELEMENT: f64 = 2_000.0;
/// What a pixel of a layer costs: it is cleared, and drawn onto another one.
const LAYER: f64 = 6.0;
/// The library makes a layer at most this many times as long and as high as the picture.
const BEYOND: f64 = 5.0;
/// The most dashes that the library makes of a line.
const DASHES: f64 = 1e6;

/// Whether a drawing in a size is within the limits.
pub(super) fn is_affordable(tree: &Tree, scale: Transform, (width, height): (u32, u32)) -> bool {
    let whole = Size {
        width: width.into(),
        height: height.into(),
    };
    let mut estimate = Estimate {
        whole,
        left: BUDGET,
    };
    let at = At {
        transform: scale,
        surface: whole,
        held: 0.0,
    };
    estimate.group(tree.root(), at).is_some()
}

#[derive(Clone, Copy)]
struct Size {
    width: f64,
    height: f64,
}

impl Size {
    fn pixels(self) -> f64 {
        self.width * self.height
    }

    fn within(self, limit: Self) -> Self {
        Self {
            width: self.width.min(limit.width),
            height: self.height.min(limit.height),
        }
    }

    /// Returns the size of a box after a transformation, without the rotation.
    fn of(bounds: Rect, transform: Transform) -> Self {
        let (x, y) = scale_of(transform);
        Self {
            width: f64::from(bounds.width()) * x + 2.0,
            height: f64::from(bounds.height()) * y + 2.0,
        }
    }
}

fn scale_of(transform: Transform) -> (f64, f64) {
    let (x, y) = transform.get_scale();
    (x.into(), y.into())
}

/// What is around an element.
#[derive(Clone, Copy)]
struct At {
    transform: Transform,
    /// What is drawn onto.
    surface: Size,
    /// The pixels of the surfaces that exist beside the picture.
    held: f64,
}

impl At {
    /// Returns the same with another surface, or `None` if that is too much.
    fn on(self, surface: Size, surfaces: f64) -> Option<Self> {
        let held = self.held + surface.pixels() * surfaces;
        let at = Self {
            surface,
            held,
            ..self
        };
        (held <= SURFACES).then_some(at)
    }

    fn moved(self, transform: Transform) -> Self {
        Self {
            transform: self.transform.pre_concat(transform),
            ..self
        }
    }
}

/// Adds up costs. `None` is too much.
struct Estimate {
    whole: Size,
    left: f64,
}

impl Estimate {
    fn spend(&mut self, cost: f64) -> Option<()> {
        // Not a number is too much.
        let affordable = cost <= self.left;
        self.left -= cost;
        affordable.then_some(())
    }

    fn group(&mut self, group: &Group, at: At) -> Option<()> {
        self.spend(ELEMENT)?;
        let at = at.moved(group.transform());
        if !group.should_isolate() {
            return self.children(group, at);
        }
        let layer = Size::of(group.layer_bounding_box().to_rect(), at.transform);
        let layer = layer.within(self.largest_layer(at.transform));
        self.spend(layer.pixels() * LAYER)?;
        let at = at.on(layer, 1.0)?;
        self.children(group, at)?;
        for filter in group.filters() {
            self.filter(filter, at)?;
        }
        if let Some(clip) = group.clip_path() {
            self.clip(clip, at)?;
        }
        if let Some(mask) = group.mask() {
            self.mask(mask, at)?;
        }
        Some(())
    }

    fn largest_layer(&self, transform: Transform) -> Size {
        let Size { width, height } = self.whole;
        let is_level = transform.kx == 0.0 && transform.ky == 0.0;
        let (width, height) = if is_level {
            (width, height)
        } else {
            (width + height, width + height)
        };
        Size {
            width: width * BEYOND,
            height: height * BEYOND,
        }
    }

    fn children(&mut self, group: &Group, at: At) -> Option<()> {
        for node in group.children() {
            match node {
                Node::Group(group) => self.group(group, at)?,
                Node::Path(path) => self.path(path, at)?,
                Node::Image(image) => self.image(image, at)?,
                Node::Text(text) => self.group(text.flattened(), at)?,
            }
        }
        Some(())
    }

    fn path(&mut self, path: &Path, at: At) -> Option<()> {
        self.spend(ELEMENT)?;
        if !path.is_visible() {
            return Some(());
        }
        let points = path.data().points();
        #[allow(clippy::cast_precision_loss)] // As many as the file has bytes.
        self.spend(points.len() as f64 * 50.0)?;
        let drawn = Size::of(path.stroke_bounding_box(), at.transform).within(at.surface);
        if let Some(fill) = path.fill() {
            self.paint(fill.paint(), drawn, at)?;
        }
        if let Some(stroke) = path.stroke() {
            self.paint(stroke.paint(), drawn, at)?;
            if let Some(dashes) = stroke.dasharray() {
                let period: f64 = dashes.iter().map(|dash| f64::from(*dash)).sum();
                let steps = points.iter().zip(points.iter().skip(1));
                let length: f64 = steps
                    .map(|(from, to)| f64::from((to.x - from.x).hypot(to.y - from.y)))
                    .sum();
                self.spend((length / period).min(DASHES) * 300.0)?;
            }
        }
        Some(())
    }

    fn paint(&mut self, paint: &Paint, drawn: Size, at: At) -> Option<()> {
        match paint {
            Paint::Color(_) => self.spend(drawn.pixels()),
            Paint::LinearGradient(_) | Paint::RadialGradient(_) => self.spend(drawn.pixels() * 5.0),
            Paint::Pattern(pattern) => {
                self.spend(drawn.pixels() * 20.0)?;
                self.pattern(pattern, at)
            }
        }
    }

    /// A pattern is drawn once for each element, in the size of the picture.
    fn pattern(&mut self, pattern: &Pattern, at: At) -> Option<()> {
        let (x, y) = at.transform.pre_concat(pattern.transform()).get_scale();
        let transform = Transform::from_scale(x, y);
        let tile = Size::of(pattern.rect().to_rect(), transform);
        self.spend(tile.pixels())?;
        let at = At {
            transform,
            ..at.on(tile, 1.0)?
        };
        self.group(pattern.root(), at)
    }

    /// A picture is decoded each time it is drawn.
    fn image(&mut self, image: &Image, at: At) -> Option<()> {
        self.spend(ELEMENT)?;
        let drawn = Size::of(image.bounding_box(), at.transform).within(at.surface);
        let size = image.size();
        let decoded = f64::from(size.width()) * f64::from(size.height());
        self.spend(drawn.pixels() * 10.0 + decoded * 20.0)
    }

    fn clip(&mut self, clip: &ClipPath, at: At) -> Option<()> {
        self.spend(ELEMENT + at.surface.pixels() * LAYER)?;
        let inner = at.on(at.surface, 1.0)?;
        self.group(clip.root(), inner.moved(clip.transform()))?;
        clip.clip_path()
            .map_or(Some(()), |clip| self.clip(clip, inner))
    }

    fn mask(&mut self, mask: &Mask, at: At) -> Option<()> {
        self.spend(ELEMENT + at.surface.pixels() * LAYER)?;
        let inner = at.on(at.surface, 2.0)?;
        self.group(mask.root(), inner)?;
        mask.mask().map_or(Some(()), |mask| self.mask(mask, inner))
    }

    fn filter(&mut self, filter: &Filter, at: At) -> Option<()> {
        let region = Size::of(filter.rect().to_rect(), at.transform).within(at.surface);
        #[allow(clippy::cast_precision_loss)] // As many as the file has bytes.
        let primitives = filter.primitives().len() as f64;
        // The result of each one is kept.
        let at = at.on(region, primitives)?;
        for primitive in filter.primitives() {
            // The earlier results are searched by their names.
            self.spend(ELEMENT + primitives * 5.0)?;
            self.spend(region.pixels() * work(primitive, region, at.transform))?;
            if let Kind::Image(image) = primitive.kind() {
                let (x, y) = at.transform.get_scale();
                let transform = Transform::from_scale(x, y);
                self.group(image.root(), At { transform, ..at })?;
            }
        }
        Some(())
    }
}

/// Returns what a pixel of a filter costs.
#[allow(clippy::cast_precision_loss)] // As many as the file has bytes.
fn work(primitive: &Primitive, region: Size, transform: Transform) -> f64 {
    // To another color space, and what is outside of the region.
    let always = 10.0;
    always
        + match primitive.kind() {
            Kind::Morphology(morphology) => {
                let (x, y) = scale_of(transform);
                let window = |radius: f32, scale: f64| f64::from(radius) * scale * 2.0 + 1.0;
                let window = Size {
                    width: window(morphology.radius_x().get(), x),
                    height: window(morphology.radius_y().get(), y),
                };
                2.0 * window.within(region).pixels()
            }
            Kind::ConvolveMatrix(convolution) => 15.0 * convolution.matrix().data().len() as f64,
            Kind::Turbulence(turbulence) => 60.0 * f64::from(turbulence.num_octaves()),
            Kind::Merge(merge) => 15.0 * merge.inputs().len() as f64,
            Kind::GaussianBlur(_)
            | Kind::DropShadow(_)
            | Kind::DiffuseLighting(_)
            | Kind::SpecularLighting(_) => 60.0,
            Kind::Tile(_)
            | Kind::ColorMatrix(_)
            | Kind::ComponentTransfer(_)
            | Kind::DisplacementMap(_) => 30.0,
            Kind::Blend(_)
            | Kind::Composite(_)
            | Kind::Flood(_)
            | Kind::Image(_)
            | Kind::Offset(_) => 10.0,
        }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use resvg::usvg::Options;

    use super::*;

    fn affordable(elements: &str) -> bool {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='2000' height='1000'>{elements}</svg>"
        );
        let tree = Tree::from_str(&svg, &Options::default()).unwrap();
        is_affordable(&tree, Transform::identity(), (2000, 1000))
    }

    fn filtered(primitives: &str) -> String {
        format!(
            "<filter id='f'>{primitives}</filter><rect width='2000' height='1000' filter='url(#f)'/>"
        )
    }

    #[test]
    fn what_people_draw_is_affordable() {
        for elements in [
            "<rect width='2000' height='1000'/>".repeat(1_000),
            "<circle cx='5' cy='5' r='2'/>".repeat(100_000),
            "<g opacity='0.5'><rect width='2000' height='1000'/></g>".repeat(100),
            filtered("<feGaussianBlur stdDeviation='40'/><feOffset dx='9'/><feBlend in2='SourceGraphic'/>"),
            filtered("<feDropShadow dx='2' dy='2' stdDeviation='5'/>"),
            filtered("<feMorphology operator='dilate' radius='4'/>"),
            filtered("<feTurbulence baseFrequency='0.02' numOctaves='5'/><feDisplacementMap in='SourceGraphic' scale='9'/>"),
            "<pattern id='p' width='9' height='9' patternUnits='userSpaceOnUse'><rect width='5' height='5'/></pattern>\
             <rect width='2000' height='1000' fill='url(#p)'/>"
                .to_owned(),
            "<path d='M0 0H2000' stroke='red' stroke-dasharray='2 3'/>".to_owned(),
        ] {
            assert!(affordable(&elements), "{elements:.200}");
        }
    }

    #[test]
    fn what_takes_hours_or_all_memory_is_not() {
        let numbers = "1 ".repeat(10_000);
        let fan = |level: usize| {
            let next = format!(
                "<rect width='2000' height='1000' mask='url(#m{})'/>",
                level + 1
            );
            format!("<mask id='m{level}'>{}</mask>", next.repeat(10))
        };
        for elements in [
            filtered("<feMorphology radius='500'/>"),
            filtered("<feMorphology radius='3 900'/>").repeat(20),
            filtered("<feTurbulence baseFrequency='0.1' numOctaves='1000000'/>"),
            filtered(&format!("<feConvolveMatrix order='100' divisor='1' kernelMatrix='{numbers}'/>")),
            filtered(&"<feGaussianBlur stdDeviation='9'/>".repeat(2_000)),
            "<g opacity='0.5'><rect x='-4000' y='-2000' width='10000' height='5000'/></g>".repeat(1_000),
            format!(
                "{}<rect x='-4000' y='-2000' width='10000' height='5000'/>{}",
                "<g opacity='0.5'>".repeat(9),
                "</g>".repeat(9)
            ),
            (0..4).map(fan).collect::<String>()
                + "<mask id='m4'><rect width='9' height='9'/></mask><rect width='2000' height='1000' mask='url(#m0)'/>",
            "<pattern id='p' width='100000' height='100000' patternUnits='userSpaceOnUse'><rect width='5' height='5'/></pattern>\
             <rect width='2000' height='1000' fill='url(#p)'/>"
                .to_owned(),
            "<path d='M0 0H2000' stroke='red' stroke-dasharray='0.002'/>".repeat(1_000),
        ] {
            assert!(!affordable(&elements), "{elements:.200}");
        }
    }
}
