//! The operations as types: constructors take the required options, setters the optional ones.
//!
//! Each type converts to an [`Operation`] of a [render URL](crate::RenderUrl::operation). In the crate `rokka`, where this
//! module is `rokka::stacks::operations` too, each also converts to an operation of a stack. Every option accepts a value
//! or an [expression](Value::expression). Values out of range are rejected when the URL is built, or before the stack is
//! sent. For other operations and options, use [`Operation::new`] and [`Operation::option`].
//!
//! ```
//! use rokka_render::operations::{Crop, Grayscale, Resize};
//! use rokka_render::{RenderUrl, Value};
//!
//! let url = RenderUrl::new("acme", "3f9a21")?
//!     .operation(Resize::to_width(400).upscale(false))
//!     .operation(Crop::new(200, Value::expression("$h")))
//!     .operation(Grayscale::new())
//!     .variable("h", 100)
//!     .url()?;
//! assert_eq!(
//!     url,
//!     "https://acme.rokka.io/dynamic/resize-width-400-upscale-false--crop-width-200-height-[$h]--grayscale/v-h-100/\
//!      3f9a21.jpg",
//! );
//! # Ok::<(), rokka_render::Error>(())
//! ```
//!
//! Reference: [operations](https://rokka.io/documentation/references/operations.html).

use std::borrow::Cow;

use crate::{Operation, Value};

use super::named::Named;
use super::option_value::kind::{Bool, Color, Integer, Number, Objects, Radius, Text as AnyText};
pub use super::option_value::{
    AlphaMode, Anchor, CompositionMode, CropMode, OptionValue, ResizeMode, RotationDirection, kind,
};
use super::rule::{OperationRules, OptionRule, Rule};

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
    (AnyText) => {
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
            /// Reference: [operations](https://rokka.io/documentation/references/operations.html).
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

                /// Enables or disables the operation, usually by an expression (default: enabled).
                pub fn enabled(self, enabled: impl OptionValue<Bool>) -> Self {
                    self.option("enabled", enabled)
                }

                /// Sets any option by its name, for options without a method.
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
        )*

        /// All known operations.
        #[doc(hidden)]
        pub const OPERATIONS: &[OperationRules] = &[$(
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

        /// Returns whether all values of known options of an operation are valid, as their rules in [`OPERATIONS`] say.
        /// Compares with constants only, because every URL is checked.
        #[inline(never)]
        pub(crate) fn admit(operation: &str, options: &[Named]) -> bool {
            $(
                if operation == $name {
                    return options.iter().all(|(option, value)| {
                        let option = option.as_ref();
                        $(
                            if option == key!($option $($key)?) {
                                return (&rule!($kind $($least $most)?)).admits(value);
                            }
                        )*
                        option != "enabled" || Rule::Bool.admits(value)
                    });
                }
            )*
            true
        }
    };
}

/// Implements `new` for operations without required options.
macro_rules! without_required {
    ($($type:ident)*) => {
        $(
            impl $type {
                /// Returns the operation with its defaults.
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
    /// Resizes the picture, by default to fit into width and height, of which at least one is required.
    ///
    /// ```
    /// use rokka_render::operations::{Resize, ResizeMode};
    ///
    /// let resize = Resize::new(300, 200).mode(ResizeMode::Fill).upscale(false);
    /// ```
    #[doc(alias = "resize")]
    Resize "resize" required [] one_of ["width" "height"] {
        /// Width in pixels, 1 to 10000.
        width: Integer(1, 10_000) = "";
        /// Height in pixels, 1 to 10000.
        height: Integer(1, 10_000) = "";
        /// How the picture fits into the box (default: [`ResizeMode::Box`]).
        mode: ResizeMode = "\"box\"";
        /// Allows a picture larger than the original (default: yes).
        upscale: Bool = "true";
        /// Allows the stack option `dpr` to enlarge the picture, even without [`upscale`](Self::upscale) (default: yes).
        upscale_dpr: Bool = "true";
        /// Sharpens the picture afterwards (default: no).
        sharpen: Bool = "false";
    }

    /// Crops the picture.
    ///
    /// ```
    /// use rokka_render::operations::{Anchor, Crop};
    ///
    /// let crop = Crop::new(300, 200).anchor(Anchor::Face).fallback(Anchor::CenterTop);
    /// ```
    #[doc(alias = "crop")]
    Crop "crop" required ["width" "height"] one_of [] {
        /// Width in pixels, 1 to 99999 (older catalogues: 10000), or as a proportion; see [`mode`](Self::mode).
        width: Integer(1, 99_999) = "";
        /// Height in pixels, 1 to 99999 (older catalogues: 10000), or as a proportion; see [`mode`](Self::mode).
        height: Integer(1, 99_999) = "";
        /// The part to keep visible (default: [`Anchor::Auto`]).
        anchor: Anchor = "\"auto\"";
        /// The part to keep visible without a subject area (default: [`Anchor::CenterCenter`]).
        fallback: Anchor = "\"center_center\"";
        /// The unit of width and height (default: [`CropMode::Absolute`]).
        mode: CropMode = "\"absolute\"";
        /// The name of an area of the image to use (default: none).
        area: AnyText = "null";
        /// Scales the box down to this percentage, 0 to 100 (default: 100), mainly for [`CropMode::Ratio`].
        scale: Number(0.0, 100.0) = "100";
        /// Moves the subject area to the right by this percentage; described by the documentation, not in the recorded
        /// catalogue. A URL cannot contain negative values.
        movearea_x: Number = "";
        /// Moves the subject area down by this percentage; described by the documentation, not in the recorded catalogue. A
        /// URL cannot contain negative values.
        movearea_y: Number = "";
    }

    /// Rotates the picture clockwise.
    ///
    /// ```
    /// use rokka_render::operations::Rotate;
    ///
    /// let tilted = Rotate::new(7.5).background_color("0F0F0F").background_opacity(100);
    /// ```
    #[doc(alias = "rotate")]
    Rotate "rotate" required ["angle"] one_of [] {
        /// Degrees clockwise, -360 to 360 (older catalogues: 0 to 360), with fractions. A URL cannot contain negative
        /// values.
        angle: Number(-360.0, 360.0) = "";
        /// Background color, as hexadecimal digits (default: `FFFFFF`).
        background_color: Color = "\"FFFFFF\"";
        /// Opacity of that color in percent, 0 to 100 (default: 0).
        background_opacity: Number(0.0, 100.0) = "0";
    }

    /// Rotates the picture if it then fits a box better.
    ///
    /// ```
    /// use rokka_render::operations::{Autorotate, RotationDirection};
    ///
    /// let upright = Autorotate::new().width(300).height(400).rotation_direction(RotationDirection::Clockwise);
    /// ```
    #[doc(alias = "autorotate")]
    Autorotate "autorotate" required [] one_of [] {
        /// Width of the box in pixels, 1 to 10000.
        width: Integer(1, 10_000) = "";
        /// Height of the box in pixels, 1 to 10000.
        height: Integer(1, 10_000) = "";
        /// The direction of the rotation.
        rotation_direction: RotationDirection = "";
    }

    /// Adds a drop shadow.
    ///
    /// ```
    /// use rokka_render::operations::DropShadow;
    ///
    /// let shadow = DropShadow::new().horizontal(4).vertical(4).sigma(1.5).color("333333");
    /// ```
    #[doc(alias = "dropshadow")]
    DropShadow "dropshadow" required [] one_of [] {
        /// Pixels to the right, -100 to 100 (default: 0). A URL cannot contain negative values.
        horizontal: Integer(-100, 100) = "0";
        /// Pixels down, -100 to 100 (default: 0). A URL cannot contain negative values.
        vertical: Integer(-100, 100) = "0";
        /// Opacity in percent, 0 to 100. The default is 100 in the catalogue and 0 in the documentation: set it.
        opacity: Integer(0, 100) = "100";
        /// Softness within the radius, 0 to 10000 (default: 0.5).
        sigma: Number(0.0, 10_000.0) = "0.5";
        /// Extent of the edge in pixels, 0 to 10000 (default: 0).
        blur_radius: Number(0.0, 10_000.0) = "0";
        /// Color as hexadecimal digits (default: `000000`).
        color: Color = "\"000000\"";
    }

    /// Trims borders of a single color.
    ///
    /// ```
    /// use rokka_render::operations::Trim;
    ///
    /// let trim = Trim::new().fuzzy(5);
    /// ```
    #[doc(alias = "trim")]
    Trim "trim" required [] one_of [] {
        /// Tolerance of colors in percent, 0 to 100 (default: 0).
        fuzzy: Number(0.0, 100.0) = "0";
    }

    /// Combines the picture with a color, another image or another stack. More than five nested compositions fail with
    /// 400.
    ///
    /// ```
    /// use rokka_render::operations::{Anchor, Composition, CompositionMode};
    ///
    /// let mark = Composition::new()
    ///     .mode(CompositionMode::Foreground)
    ///     .secondary_image("3f9a21")
    ///     .anchor(Anchor::RightBottom);
    /// ```
    #[doc(alias = "composition")]
    Composition "composition" required [] one_of [] {
        /// The layer of the other picture.
        mode: CompositionMode = "";
        /// Width in pixels, 1 to 10000.
        width: Integer(1, 10_000) = "";
        /// Height in pixels, 1 to 10000.
        height: Integer(1, 10_000) = "";
        /// How the picture fits into the box (default: [`ResizeMode::Box`]).
        resize_mode: ResizeMode = "\"box\"";
        /// Resizes the other picture to the size of the first (default: no).
        resize_to_primary: Bool = "false";
        /// The position of the picture. The default is [`Anchor::Auto`] in the catalogue and [`Anchor::CenterCenter`] in the
        /// documentation.
        anchor: Anchor = "\"auto\"";
        /// Fill color, as hexadecimal digits (default: `000000`).
        secondary_color: Color = "\"000000\"";
        /// Opacity of that color in percent, 0 to 100 (default: 100).
        secondary_opacity: Integer(0, 100) = "100";
        /// Hash of the other image (default: none).
        secondary_image: AnyText = "null";
        /// Name of a stack for the other image (default: none).
        secondary_stack: AnyText = "";
        /// Variables for that stack, as the service documents them.
        secondary_stack_variables: AnyText = "";
        /// Rotation of the other picture in degrees (default: 0).
        angle: Number = "0";
    }

    /// Blurs the picture.
    ///
    /// ```
    /// use rokka_render::operations::Blur;
    ///
    /// let blur = Blur::new(8);
    /// ```
    #[doc(alias = "blur")]
    Blur "blur" required [] one_of [] {
        /// Strength, 0 to 100 (default: 4).
        sigma: Number(0.0, 100.0) = "4";
        /// Radius in pixels, 0 to 500 (default: 0). The service discourages it.
        radius: Integer(0, 500) = "0";
    }

    /// Redraws the picture with simple shapes.
    ///
    /// ```
    /// use rokka_render::operations::Primitive;
    ///
    /// let sketch = Primitive::new().count(50).mode(1);
    /// ```
    #[doc(alias = "primitive")]
    Primitive "primitive" required [] one_of [] {
        /// Number of shapes, 1 to 200 (default: 20).
        count: Integer(1, 200) = "20";
        /// Kind of shapes, 0 to 9 (default: 0).
        mode: Integer(0, 9) = "0";
    }

    /// Converts the picture to grayscale.
    ///
    /// ```
    /// use rokka_render::operations::Grayscale;
    ///
    /// let gray = Grayscale::new().levels(16);
    /// ```
    #[doc(alias = "grayscale")]
    Grayscale "grayscale" required [] one_of [] {
        /// Number of gray levels, 2 to 256 (default: 256).
        levels: Integer(2, 256) = "256";
    }

    /// Applies a sepia tone.
    ///
    /// ```
    /// let old = rokka_render::operations::Sepia::new();
    /// ```
    #[doc(alias = "sepia")]
    Sepia "sepia" required [] one_of [] {}

    /// Changes brightness, saturation and hue.
    ///
    /// ```
    /// use rokka_render::operations::Modulate;
    ///
    /// let pale = Modulate::new().brightness(110).saturation(60);
    /// ```
    #[doc(alias = "modulate")]
    Modulate "modulate" required [] one_of [] {
        /// Percent, 0 to 500 (default: 100).
        brightness: Integer(0, 500) = "100";
        /// Percent, 0 to 500 (default: 100).
        saturation: Integer(0, 500) = "100";
        /// Degrees on the color wheel, 0 to 360 (default: 0).
        hue: Integer(0, 360) = "0";
    }

    /// Changes the alpha channel.
    ///
    /// ```
    /// use rokka_render::operations::{Alpha, AlphaMode};
    ///
    /// let opaque = Alpha::new().mode(AlphaMode::Remove);
    /// ```
    #[doc(alias = "alpha")]
    Alpha "alpha" required [] one_of [] {
        /// The change (default: [`AlphaMode::Mask`]).
        mode: AlphaMode = "\"mask\"";
        /// Opacity in percent, 0 to 100 (default: 50).
        opacity: Integer(0, 100) = "50";
    }

    /// Adds glitches to the picture.
    ///
    /// ```
    /// let broken = rokka_render::operations::Glitch::new().amount(7);
    /// ```
    #[doc(alias = "glitch")]
    Glitch "glitch" required [] one_of [] {
        /// Strength, 0 to 10 (default: 4).
        amount: Integer(0, 10) = "4";
        /// The seed: any string.
        random: AnyText = "";
    }

    /// Adds frames to an animation. Experimental, according to the service.
    ///
    /// ```
    /// let animation = rokka_render::operations::AddFrames::new().delay(20);
    /// ```
    #[doc(alias = "addframes")]
    AddFrames "addframes" required [] one_of [] {
        /// Delay between frames in hundredths of a second, 0 to 1000 (default: 10).
        delay: Number(0.0, 1_000.0) = "10";
        /// The frames, as the service documents them.
        frames: AnyText = "";
    }

    /// Does nothing. Discouraged by the service: a stack needs no operations.
    ///
    /// ```
    /// let nothing = rokka_render::operations::Noop::new();
    /// ```
    #[doc(alias = "noop")]
    Noop "noop" required [] one_of [] {}

    /// Masks the picture with a circle or rounded corners.
    ///
    /// ```
    /// use rokka_render::operations::CircleMask;
    ///
    /// let rounded = CircleMask::new().radius("10p");
    /// ```
    #[doc(alias = "circlemask")]
    CircleMask "circlemask" required [] one_of [] {
        /// Radius of the corners in pixels, or a percentage of the picture: `10p` or `10%`, of which a URL can contain only
        /// the former (default: a full circle).
        radius: Radius = "null";
    }

    /// Places another image on each detected face. An image without face detection stays as it is.
    ///
    /// ```
    /// use rokka_render::operations::Face;
    ///
    /// let glasses = Face::new("3f9a21", "eyeLeft", "eyeRight").scale(1.2);
    /// ```
    #[doc(alias = "face")]
    Face "face" required ["secondary_image" "leftFeature" "rightFeature"] one_of [] {
        /// Hash of the other image.
        secondary_image: AnyText = "";
        /// The feature of the face on which the anchor is placed, such as `eyeLeft`.
        left_feature "leftFeature": AnyText = "";
        /// The feature that the other image reaches to, such as `eyeRight`.
        right_feature "rightFeature": AnyText = "";
        /// The point of the other image that is placed on the left feature (default: [`Anchor::CenterCenter`]).
        anchor: Anchor = "\"center_center\"";
        /// Scale factor (default: 1).
        scale: Number = "1";
    }

    /// Multiplies the colors.
    ///
    /// ```
    /// let shaded = rokka_render::operations::Multiply::new().factor(0.9);
    /// ```
    #[doc(alias = "multiply")]
    Multiply "multiply" required [] one_of [] {
        /// Factor, 0 to 1 (default: 0.96).
        factor: Number(0.0, 1.0) = "0.96";
        /// Color to multiply with, as hexadecimal digits (default: none).
        factor_color: Color = "null";
    }

    /// Sharpens the picture.
    ///
    /// ```
    /// let sharp = rokka_render::operations::Sharpen::new().sigma(0.9);
    /// ```
    #[doc(alias = "sharpen")]
    Sharpen "sharpen" required [] one_of [] {
        /// Sharpening of flat areas (default: 0.4).
        m1: Number = "0.4";
        /// Sharpening of jagged areas (default: 0.8).
        m2: Number = "0.8";
        /// Sigma of the Gaussian mask (default: 0.7).
        sigma: Number = "0.7";
        /// Threshold between flat and jagged areas (default: 2).
        x1: Number = "2";
        /// Maximum brightening (default: 10).
        y2: Number = "10";
        /// Maximum darkening (default: 20).
        y3: Number = "20";
    }

    /// Converts an SVG to a bitmap, which is slow.
    ///
    /// ```
    /// let pixels = rokka_render::operations::SvgToBitmap::new();
    /// ```
    #[doc(alias = "svg2bitmap")]
    SvgToBitmap "svg2bitmap" required [] one_of [] {}

    /// Changes attributes of the elements of an SVG.
    ///
    /// ```
    /// use rokka_render::operations::{SvgChange, SvgDynamic};
    ///
    /// let red = SvgDynamic::new([SvgChange::new("background", "fill", "#FF0000")]);
    /// ```
    #[doc(alias = "svgdynamic")]
    SvgDynamic "svgdynamic" required ["changes"] one_of [] {
        /// The changes as JSON: a list of objects with `id`, `attr` and `value`.
        changes: Objects = "";
    }

    /// Writes text on the picture.
    ///
    /// ```
    /// use rokka_render::Value;
    /// use rokka_render::operations::{Anchor, Text};
    ///
    /// let caption = Text::new("3f9a21", Value::expression("$caption")).size(24).anchor(Anchor::CenterBottom);
    /// ```
    #[doc(alias = "text")]
    #[doc(alias = "WriteText")]
    Text "text" required ["font" "text"] one_of [] {
        /// Hash of the font, a TTF file uploaded as a source image.
        font: AnyText = "";
        /// The text.
        text: AnyText = "";
        /// Size of the font (default: 16).
        size: Number = "16";
        /// Color as hexadecimal digits.
        color: Color = "";
        /// Opacity in percent, 0 to 100 (default: 100).
        opacity: Number(0.0, 100.0) = "100";
        /// Rotation of the text in degrees (default: 0).
        angle: Number = "0";
        /// The position of the text (default: [`Anchor::CenterCenter`]).
        anchor: Anchor = "\"center_center\"";
        /// Width of the text box in pixels (default: none).
        width: Number = "null";
        /// Height of the text box in pixels (default: none).
        height: Number = "null";
        /// Space between lines (default: 0).
        spacing: Number = "0";
        /// Alignment of lines: left, center or right, in the spelling of the service.
        align: AnyText = "";
        /// Scales the text to its box.
        resize_to_box: Bool = "";
    }
}

without_required! {
    Autorotate DropShadow Trim Composition Primitive Grayscale Sepia Modulate Alpha Glitch AddFrames Noop
    CircleMask Multiply Sharpen SvgToBitmap
}

impl Resize {
    /// Returns a resize into a box of this width and height in pixels, 1 to 10000 each.
    pub fn new(width: impl OptionValue<Integer>, height: impl OptionValue<Integer>) -> Self {
        Self::bare().width(width).height(height)
    }

    /// Returns a resize to this width in pixels, 1 to 10000.
    pub fn to_width(width: impl OptionValue<Integer>) -> Self {
        Self::bare().width(width)
    }

    /// Returns a resize to this height in pixels, 1 to 10000.
    pub fn to_height(height: impl OptionValue<Integer>) -> Self {
        Self::bare().height(height)
    }
}

impl Crop {
    /// Returns a crop to this width and height in pixels, 1 to 99999 each, or in proportions; see [`mode`](Self::mode).
    pub fn new(width: impl OptionValue<Integer>, height: impl OptionValue<Integer>) -> Self {
        Self::bare().width(width).height(height)
    }
}

impl Rotate {
    /// Returns a rotation by this many degrees clockwise, -360 to 360.
    pub fn new(angle: impl OptionValue<Number>) -> Self {
        Self::bare().angle(angle)
    }
}

impl Blur {
    /// Returns a blur of this strength, 0 to 100; the service's default is 4.
    pub fn new(sigma: impl OptionValue<Number>) -> Self {
        Self::bare().sigma(sigma)
    }
}

impl Face {
    /// Returns the operation with the hash of the other image, and its points for the left and the right feature.
    pub fn new(
        secondary_image: impl OptionValue<AnyText>,
        left_feature: impl OptionValue<AnyText>,
        right_feature: impl OptionValue<AnyText>,
    ) -> Self {
        Self::bare()
            .secondary_image(secondary_image)
            .left_feature(left_feature)
            .right_feature(right_feature)
    }
}

impl Text {
    /// Returns the operation with the hash of the font, and the text.
    pub fn new(font: impl OptionValue<AnyText>, text: impl OptionValue<AnyText>) -> Self {
        Self::bare().font(font).text(text)
    }
}

/// A change of an attribute of an SVG; see [`SvgDynamic`].
///
/// ```
/// let red = rokka_render::operations::SvgChange::new("background", "fill", "#FF0000");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SvgChange {
    id: String,
    attr: String,
    value: serde_json::Value,
}

impl SvgChange {
    /// Returns a change: the id of the element, the attribute, and its new value.
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
    /// Returns the operation with these changes. A URL cannot contain them.
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
