//! The operations of a stack as types: what they need stands in the constructor, what they may have are setters.
//!
//! Each of them becomes a [`StackOperation`] of a [stack](super::StackDefinition) and an [`Operation`] of a
//! [render URL](crate::render). Every option takes a value or an [expression](Value::expression). Ranges are checked
//! before a stack is sent; an operation or an option that is not here is written with [`Operation::new`] and
//! [`Operation::option`].
//!
//! ```
//! use rokka::render::{RenderUrl, Value};
//! use rokka::stacks::StackDefinition;
//! use rokka::stacks::operations::{Crop, Grayscale, Resize};
//!
//! let square = Crop::new(200, Value::expression("$h"));
//! let stack = StackDefinition::new()
//!     .operation(Resize::to_width(400).upscale(false))
//!     .operation(square)
//!     .operation(Grayscale::new().enabled(Value::expression("$gray")));
//!
//! let url = RenderUrl::new("acme", "3f9a21")?.dynamic([Resize::to_width(400)]).url()?;
//! assert_eq!(url, "https://acme.rokka.io/dynamic/resize-width-400/3f9a21.jpg");
//! # Ok::<(), rokka::Error>(())
//! ```
//!
//! [Reference](https://rokka.io/documentation/references/operations.html).

use std::borrow::Cow;

use crate::api::types::StackOperation;
use crate::render::{Operation, Value};

use super::option_value::kind::{Bool, Color, Integer, Number, Objects, Radius, Text};
pub use super::option_value::{
    AlphaMode, Anchor, CompositionMode, CropMode, OptionValue, ResizeMode, RotationDirection, kind,
};
use super::rule::{OptionRule, Rule};

/// What is known of an operation.
#[derive(Debug)]
pub(super) struct OperationRules {
    pub(super) name: &'static str,
    pub(super) options: &'static [OptionRule],
    pub(super) required: &'static [&'static str],
    /// One of these at least.
    pub(super) one_of: &'static [&'static str],
}

macro_rules! rule {
    (Integer $least:literal $most:literal) => {
        Rule::Integer($least, $most)
    };
    (Number $least:literal $most:literal) => {
        Rule::Number($least, $most)
    };
    (Number) => {
        Rule::Number(f64::MIN, f64::MAX)
    };
    (Bool) => {
        Rule::Bool
    };
    (Text) => {
        Rule::Text
    };
    (Color) => {
        Rule::Color
    };
    (Anchor) => {
        Rule::Anchor
    };
    (Objects) => {
        Rule::Objects
    };
    (Radius) => {
        Rule::Radius
    };
    ($words:ident) => {
        Rule::Words($words::WORDS)
    };
}

macro_rules! key {
    ($option:ident) => {
        stringify!($option)
    };
    ($option:ident $key:literal) => {
        $key
    };
}

macro_rules! operations {
    ($(
        $(#[$about:meta])*
        $type:ident $name:literal required [$($required:literal)*] one_of [$($one:literal)*] {
            $(
                $(#[$doc:meta])*
                $option:ident $($key:literal)?: $kind:ident $(($least:literal, $most:literal))? = $default:literal;
            )*
        }
    )*) => {
        $(
            $(#[$about])*
            ///
            /// [Reference](https://rokka.io/documentation/references/operations.html).
            #[derive(Clone, Debug, PartialEq)]
            #[must_use = "an operation does nothing by itself"]
            pub struct $type(Operation);

            impl $type {
                fn bare() -> Self {
                    Self(Operation::new($name))
                }

                $(
                    $(#[$doc])*
                    pub fn $option(self, value: impl OptionValue<$kind>) -> Self {
                        self.option(key!($option $($key)?), value)
                    }
                )*

                /// Whether it takes place (default: yes); mostly an expression.
                pub fn enabled(self, enabled: impl OptionValue<Bool>) -> Self {
                    self.option("enabled", enabled)
                }

                /// Sets any option by its name, for what has no method here.
                pub fn option(
                    self,
                    name: impl Into<Cow<'static, str>>,
                    value: impl Into<Value>,
                ) -> Self {
                    Self(self.0.option(name, value))
                }
            }

            impl From<$type> for Operation {
                fn from(operation: $type) -> Self {
                    operation.0
                }
            }

            impl From<$type> for StackOperation {
                fn from(operation: $type) -> Self {
                    operation.0.into()
                }
            }
        )*

        /// Every operation that is known.
        pub(super) const ALL: &[OperationRules] = &[$(
            OperationRules {
                name: $name,
                options: &[
                    $(OptionRule {
                        name: key!($option $($key)?),
                        rule: rule!($kind $($least $most)?),
                        default: $default,
                    },)*
                    OptionRule { name: "enabled", rule: Rule::Bool, default: "true" },
                ],
                required: &[$($required),*],
                one_of: &[$($one),*],
            },
        )*];
    };
}

/// `new` for operations that need nothing.
macro_rules! without_required {
    ($($type:ident)*) => {
        $(
            impl $type {
                /// The operation with its defaults.
                pub fn new() -> Self {
                    Self::bare()
                }
            }

            impl Default for $type {
                fn default() -> Self {
                    Self::new()
                }
            }
        )*
    };
}

operations! {
    /// Changes the size, by default so that the picture fits into width and height; one of them is needed.
    ///
    /// ```
    /// use rokka::stacks::operations::{Resize, ResizeMode};
    ///
    /// let resize = Resize::new(300, 200).mode(ResizeMode::Fill).upscale(false);
    /// ```
    #[doc(alias = "resize")]
    Resize "resize" required [] one_of ["width" "height"] {
        /// Width in pixels, 1 to 10000.
        width: Integer(1, 10_000) = "";
        /// Height in pixels, 1 to 10000.
        height: Integer(1, 10_000) = "";
        /// How the picture is fitted in (default: [`ResizeMode::Box`]).
        mode: ResizeMode = "\"box\"";
        /// Whether the picture may become larger than the original (default: yes).
        upscale: Bool = "true";
        /// Whether it may become larger by the stack option `dpr`, even without [`upscale`](Self::upscale) (default: yes).
        upscale_dpr: Bool = "true";
        /// Whether the picture is sharpened afterwards (default: no).
        sharpen: Bool = "false";
    }

    /// Cuts a part out.
    ///
    /// ```
    /// use rokka::stacks::operations::{Anchor, Crop};
    ///
    /// let crop = Crop::new(300, 200).anchor(Anchor::Face).fallback(Anchor::CenterTop);
    /// ```
    #[doc(alias = "crop")]
    Crop "crop" required ["width" "height"] one_of [] {
        /// Width in pixels, 1 to 99999 (older catalogues: 10000), or as a proportion; see [`mode`](Self::mode).
        width: Integer(1, 99_999) = "";
        /// Height in pixels, 1 to 99999 (older catalogues: 10000), or as a proportion; see [`mode`](Self::mode).
        height: Integer(1, 99_999) = "";
        /// What is to stay in sight (default: [`Anchor::Auto`]).
        anchor: Anchor = "\"auto\"";
        /// What is to stay in sight if there is no subject area (default: [`Anchor::CenterCenter`]).
        fallback: Anchor = "\"center_center\"";
        /// What width and height mean (default: [`CropMode::Absolute`]).
        mode: CropMode = "\"absolute\"";
        /// The name of one of the image's areas to use (default: none).
        area: Text = "null";
        /// Makes the box smaller, to 0 to 100 percent (default: 100); for [`CropMode::Ratio`] above all.
        scale: Number(0.0, 100.0) = "100";
    }

    /// Turns the picture clockwise.
    ///
    /// ```
    /// use rokka::stacks::operations::Rotate;
    ///
    /// let tilted = Rotate::new(7.5).background_color("0F0F0F").background_opacity(100);
    /// ```
    #[doc(alias = "rotate")]
    Rotate "rotate" required ["angle"] one_of [] {
        /// Degrees clockwise, -360 to 360 (older catalogues: 0 to 360), with fractions. A URL cannot carry negative
        /// ones.
        angle: Number(-360.0, 360.0) = "";
        /// Colour behind it, as hexadecimal digits (default: `FFFFFF`).
        background_color: Color = "\"FFFFFF\"";
        /// Opacity of that colour in percent, 0 to 100 (default: 0).
        background_opacity: Number(0.0, 100.0) = "0";
    }

    /// Turns the picture if that way it fits better into a box.
    ///
    /// ```
    /// use rokka::stacks::operations::{Autorotate, RotationDirection};
    ///
    /// let upright = Autorotate::new().width(300).height(400).rotation_direction(RotationDirection::Clockwise);
    /// ```
    #[doc(alias = "autorotate")]
    Autorotate "autorotate" required [] one_of [] {
        /// Width of the box in pixels, 1 to 10000.
        width: Integer(1, 10_000) = "";
        /// Height of the box in pixels, 1 to 10000.
        height: Integer(1, 10_000) = "";
        /// Which way to turn.
        rotation_direction: RotationDirection = "";
    }

    /// Lays a shadow behind the picture.
    ///
    /// ```
    /// use rokka::stacks::operations::DropShadow;
    ///
    /// let shadow = DropShadow::new().horizontal(4).vertical(4).sigma(1.5).color("333333");
    /// ```
    #[doc(alias = "dropshadow")]
    DropShadow "dropshadow" required [] one_of [] {
        /// Pixels to the right, -100 to 100 (default: 0). A URL cannot carry negative ones.
        horizontal: Integer(-100, 100) = "0";
        /// Pixels down, -100 to 100 (default: 0). A URL cannot carry negative ones.
        vertical: Integer(-100, 100) = "0";
        /// Opacity in percent, 0 to 100. The catalogue says that 100 is the default, the documentation 0: set it.
        opacity: Integer(0, 100) = "100";
        /// How soft it is inside its radius, 0 to 10000 (default: 0.5).
        sigma: Number(0.0, 10_000.0) = "0.5";
        /// How far its edge reaches in pixels, 0 to 10000 (default: 0).
        blur_radius: Number(0.0, 10_000.0) = "0";
        /// Colour as hexadecimal digits (default: `000000`).
        color: Color = "\"000000\"";
    }

    /// Cuts borders of one colour off.
    ///
    /// ```
    /// use rokka::stacks::operations::Trim;
    ///
    /// let trim = Trim::new().fuzzy(5);
    /// ```
    #[doc(alias = "trim")]
    Trim "trim" required [] one_of [] {
        /// How much the colours may differ in percent, 0 to 100 (default: 0).
        fuzzy: Number(0.0, 100.0) = "0";
    }

    /// Lays the picture over or under a colour, another image or another stack. More than five within each other are a
    /// 400.
    ///
    /// ```
    /// use rokka::stacks::operations::{Anchor, Composition, CompositionMode};
    ///
    /// let mark = Composition::new()
    ///     .mode(CompositionMode::Foreground)
    ///     .secondary_image("3f9a21")
    ///     .anchor(Anchor::RightBottom);
    /// ```
    #[doc(alias = "composition")]
    Composition "composition" required [] one_of [] {
        /// Where the other picture lies.
        mode: CompositionMode = "";
        /// Width in pixels, 1 to 10000.
        width: Integer(1, 10_000) = "";
        /// Height in pixels, 1 to 10000.
        height: Integer(1, 10_000) = "";
        /// How the picture is fitted in (default: [`ResizeMode::Box`]).
        resize_mode: ResizeMode = "\"box\"";
        /// Whether the other picture gets the size of the first (default: no).
        resize_to_primary: Bool = "false";
        /// Where the picture is put. The catalogue says that [`Anchor::Auto`] is the default, the documentation
        /// [`Anchor::CenterCenter`].
        anchor: Anchor = "\"auto\"";
        /// Colour to fill with, as hexadecimal digits (default: `000000`).
        secondary_color: Color = "\"000000\"";
        /// Opacity of that colour in percent, 0 to 100 (default: 100).
        secondary_opacity: Integer(0, 100) = "100";
        /// Hash of the other image (default: none).
        secondary_image: Text = "null";
        /// Name of a stack for the other image (default: none).
        secondary_stack: Text = "";
        /// Variables for that stack, as the service documents them.
        secondary_stack_variables: Text = "";
        /// Degrees by which the other picture is turned (default: 0).
        angle: Number = "0";
    }

    /// Blurs the picture.
    ///
    /// ```
    /// use rokka::stacks::operations::Blur;
    ///
    /// let blur = Blur::new(8);
    /// ```
    #[doc(alias = "blur")]
    Blur "blur" required [] one_of [] {
        /// How much, 0 to 100 (default: 4).
        sigma: Number(0.0, 100.0) = "4";
        /// How far in pixels, 0 to 500 (default: 0). The service discourages it.
        radius: Integer(0, 500) = "0";
    }

    /// Draws the picture anew out of simple shapes.
    ///
    /// ```
    /// use rokka::stacks::operations::Primitive;
    ///
    /// let sketch = Primitive::new().count(50).mode(1);
    /// ```
    #[doc(alias = "primitive")]
    Primitive "primitive" required [] one_of [] {
        /// How many shapes, 1 to 200 (default: 20).
        count: Integer(1, 200) = "20";
        /// Which shapes, 0 to 9 (default: 0).
        mode: Integer(0, 9) = "0";
    }

    /// Takes the colours out.
    ///
    /// ```
    /// use rokka::stacks::operations::Grayscale;
    ///
    /// let gray = Grayscale::new().levels(16);
    /// ```
    #[doc(alias = "grayscale")]
    Grayscale "grayscale" required [] one_of [] {
        /// How many levels of grey, 2 to 256 (default: 256).
        levels: Integer(2, 256) = "256";
    }

    /// Colours the picture like an old photograph.
    ///
    /// ```
    /// let old = rokka::stacks::operations::Sepia::new();
    /// ```
    #[doc(alias = "sepia")]
    Sepia "sepia" required [] one_of [] {}

    /// Changes brightness, saturation and hue.
    ///
    /// ```
    /// use rokka::stacks::operations::Modulate;
    ///
    /// let pale = Modulate::new().brightness(110).saturation(60);
    /// ```
    #[doc(alias = "modulate")]
    Modulate "modulate" required [] one_of [] {
        /// Percent, 0 to 500 (default: 100).
        brightness: Integer(0, 500) = "100";
        /// Percent, 0 to 500 (default: 100).
        saturation: Integer(0, 500) = "100";
        /// Degrees on the colour wheel, 0 to 360 (default: 0).
        hue: Integer(0, 360) = "0";
    }

    /// Works on the alpha channel.
    ///
    /// ```
    /// use rokka::stacks::operations::{Alpha, AlphaMode};
    ///
    /// let opaque = Alpha::new().mode(AlphaMode::Remove);
    /// ```
    #[doc(alias = "alpha")]
    Alpha "alpha" required [] one_of [] {
        /// What is done (default: [`AlphaMode::Mask`]).
        mode: AlphaMode = "\"mask\"";
        /// Opacity in percent, 0 to 100 (default: 50).
        opacity: Integer(0, 100) = "50";
    }

    /// Damages the picture as a bad transmission would.
    ///
    /// ```
    /// let broken = rokka::stacks::operations::Glitch::new().amount(7);
    /// ```
    #[doc(alias = "glitch")]
    Glitch "glitch" required [] one_of [] {
        /// How much, 0 to 10 (default: 4).
        amount: Integer(0, 10) = "4";
        /// Any text; another one damages it another way.
        random: Text = "";
    }

    /// Adds frames to an animation. The service calls it experimental.
    ///
    /// ```
    /// let animation = rokka::stacks::operations::AddFrames::new().delay(20);
    /// ```
    #[doc(alias = "addframes")]
    AddFrames "addframes" required [] one_of [] {
        /// Delay between frames, 0 to 1000 (default: 10).
        delay: Number(0.0, 1_000.0) = "10";
        /// The frames, as the service documents them.
        frames: Text = "";
    }

    /// Does nothing. The service discourages it: a stack may have no operations at all.
    ///
    /// ```
    /// let nothing = rokka::stacks::operations::Noop::new();
    /// ```
    #[doc(alias = "noop")]
    Noop "noop" required [] one_of [] {}

    /// Cuts a circle out.
    ///
    /// ```
    /// use rokka::stacks::operations::CircleMask;
    ///
    /// let rounded = CircleMask::new().radius("10p");
    /// ```
    #[doc(alias = "circlemask")]
    CircleMask "circlemask" required [] one_of [] {
        /// Radius of the corners in pixels, or a part of the picture: `10p` or `10%`, of which a URL carries the
        /// former only (default: a full circle).
        radius: Radius = "null";
    }

    /// Puts another image on a face.
    ///
    /// ```
    /// use rokka::stacks::operations::Face;
    ///
    /// let glasses = Face::new("3f9a21", "10_20", "90_20").scale(1.2);
    /// ```
    #[doc(alias = "face")]
    Face "face" required ["secondary_image" "leftFeature" "rightFeature"] one_of [] {
        /// Hash of the other image.
        secondary_image: Text = "";
        /// The point of the other image that belongs on the left feature.
        left_feature "leftFeature": Text = "";
        /// The point of the other image that belongs on the right feature.
        right_feature "rightFeature": Text = "";
        /// Where the other image is held (default: [`Anchor::CenterCenter`]).
        anchor: Anchor = "\"center_center\"";
        /// Factor of its size (default: 1).
        scale: Number = "1";
    }

    /// Multiplies the colours.
    ///
    /// ```
    /// let shaded = rokka::stacks::operations::Multiply::new().factor(0.9);
    /// ```
    #[doc(alias = "multiply")]
    Multiply "multiply" required [] one_of [] {
        /// Factor, 0 to 1 (default: 0.96).
        factor: Number(0.0, 1.0) = "0.96";
        /// Colour to multiply with, as hexadecimal digits (default: none).
        factor_color: Color = "null";
    }

    /// Sharpens the picture.
    ///
    /// ```
    /// let sharp = rokka::stacks::operations::Sharpen::new().sigma(0.9);
    /// ```
    #[doc(alias = "sharpen")]
    Sharpen "sharpen" required [] one_of [] {
        /// How much flat areas are sharpened (default: 0.4).
        m1: Number = "0.4";
        /// How much uneven areas are sharpened (default: 0.8).
        m2: Number = "0.8";
        /// Sigma of the blur that it is made of (default: 0.7).
        sigma: Number = "0.7";
        /// Where an area begins to be uneven (default: 2).
        x1: Number = "2";
        /// How much brighter it may become (default: 10).
        y2: Number = "10";
        /// How much darker it may become (default: 20).
        y3: Number = "20";
    }

    /// Turns an SVG into pixels, which is slow.
    ///
    /// ```
    /// let pixels = rokka::stacks::operations::SvgToBitmap::new();
    /// ```
    #[doc(alias = "svg2bitmap")]
    SvgToBitmap "svg2bitmap" required [] one_of [] {}

    /// Changes attributes of the elements of an SVG.
    ///
    /// ```
    /// use rokka::stacks::operations::{SvgChange, SvgDynamic};
    ///
    /// let red = SvgDynamic::new([SvgChange::new("background", "fill", "#FF0000")]);
    /// ```
    #[doc(alias = "svgdynamic")]
    SvgDynamic "svgdynamic" required ["changes"] one_of [] {
        /// The changes as JSON: a list of objects with `id`, `attr` and `value`.
        changes: Objects = "";
    }

    /// Writes a text on the picture.
    ///
    /// ```
    /// use rokka::render::Value;
    /// use rokka::stacks::operations::{Anchor, WriteText};
    ///
    /// let caption = WriteText::new("3f9a21", Value::expression("$caption")).size(24).anchor(Anchor::CenterBottom);
    /// ```
    #[doc(alias = "text")]
    WriteText "text" required ["font" "text"] one_of [] {
        /// Hash of the font, a TTF file uploaded as a source image.
        font: Text = "";
        /// What to write.
        text: Text = "";
        /// Size of the font (default: 16).
        size: Number = "16";
        /// Colour as hexadecimal digits.
        color: Color = "";
        /// Opacity in percent, 0 to 100 (default: 100).
        opacity: Number(0.0, 100.0) = "100";
        /// Degrees by which the text is turned (default: 0).
        angle: Number = "0";
        /// Where it is written (default: [`Anchor::CenterCenter`]).
        anchor: Anchor = "\"center_center\"";
        /// Width of its box in pixels (default: none).
        width: Number = "null";
        /// Height of its box in pixels (default: none).
        height: Number = "null";
        /// Space between lines (default: 0).
        spacing: Number = "0";
        /// How lines are aligned: left, centre or right, as the service spells it.
        align: Text = "";
        /// Whether it grows and shrinks with its box.
        resize_to_box: Bool = "";
    }
}

without_required! {
    Autorotate DropShadow Trim Composition Primitive Grayscale Sepia Modulate Alpha Glitch AddFrames Noop
    CircleMask Multiply Sharpen SvgToBitmap
}

impl Resize {
    /// Into a box of that many pixels, 1 to 10000 each.
    pub fn new(width: impl OptionValue<Integer>, height: impl OptionValue<Integer>) -> Self {
        Self::bare().width(width).height(height)
    }

    /// To that width in pixels, 1 to 10000.
    pub fn to_width(width: impl OptionValue<Integer>) -> Self {
        Self::bare().width(width)
    }

    /// To that height in pixels, 1 to 10000.
    pub fn to_height(height: impl OptionValue<Integer>) -> Self {
        Self::bare().height(height)
    }
}

impl Crop {
    /// A part of that many pixels, 1 to 99999 each, or of those proportions; see [`mode`](Self::mode).
    pub fn new(width: impl OptionValue<Integer>, height: impl OptionValue<Integer>) -> Self {
        Self::bare().width(width).height(height)
    }
}

impl Rotate {
    /// By so many degrees clockwise, -360 to 360.
    pub fn new(angle: impl OptionValue<Number>) -> Self {
        Self::bare().angle(angle)
    }
}

impl Blur {
    /// That much, 0 to 100; the service's default is 4.
    pub fn new(sigma: impl OptionValue<Number>) -> Self {
        Self::bare().sigma(sigma)
    }
}

impl Face {
    /// The hash of the other image, and its points that belong on the left and on the right feature.
    pub fn new(
        secondary_image: impl OptionValue<Text>,
        left_feature: impl OptionValue<Text>,
        right_feature: impl OptionValue<Text>,
    ) -> Self {
        Self::bare()
            .secondary_image(secondary_image)
            .left_feature(left_feature)
            .right_feature(right_feature)
    }
}

impl WriteText {
    /// The hash of the font, and what to write with it.
    pub fn new(font: impl OptionValue<Text>, text: impl OptionValue<Text>) -> Self {
        Self::bare().font(font).text(text)
    }
}

/// A change of an attribute of an SVG; see [`SvgDynamic`].
///
/// ```
/// let red = rokka::stacks::operations::SvgChange::new("background", "fill", "#FF0000");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SvgChange {
    id: String,
    attr: String,
    value: serde_json::Value,
}

impl SvgChange {
    /// The id of the element, the attribute, and its new value.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        attribute: impl Into<String>,
        value: impl Into<serde_json::Value>,
    ) -> Self {
        Self {
            id: id.into(),
            attr: attribute.into(),
            value: value.into(),
        }
    }
}

impl SvgDynamic {
    /// These changes. A URL cannot carry them.
    pub fn new(changes: impl IntoIterator<Item = SvgChange>) -> Self {
        let changes: Vec<_> = changes
            .into_iter()
            .map(|change| {
                serde_json::json!({"id": change.id, "attr": change.attr, "value": change.value})
            })
            .collect();
        Self::bare().changes(Value::from(serde_json::Value::Array(changes)))
    }
}
