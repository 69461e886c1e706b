//! The types of values that options of operations accept.

use crate::Value;

/// Markers of what an option accepts; see [`OptionValue`].
pub mod kind {
    /// An integer.
    #[derive(Clone, Copy, Debug)]
    pub enum Integer {}

    /// A number.
    #[derive(Clone, Copy, Debug)]
    pub enum Number {}

    /// A boolean.
    #[derive(Clone, Copy, Debug)]
    pub enum Bool {}

    /// A string.
    #[derive(Clone, Copy, Debug)]
    pub enum Text {}

    /// A color: six hexadecimal digits without `#`.
    #[derive(Clone, Copy, Debug)]
    pub enum Color {}

    /// A list of JSON objects.
    #[derive(Clone, Copy, Debug)]
    pub enum Objects {}

    /// A length: pixels, or a string such as `10p` or `10%`, a percentage of the picture.
    #[derive(Clone, Copy, Debug)]
    pub enum Radius {}
}

mod sealed {
    pub trait Sealed {}
}

/// A value for an option of type `K`: a Rust value of that type, or any [`Value`], which may be an expression.
/// Implemented by this crate only.
///
/// ```
/// use rokka_render::Value;
/// use rokka_render::operations::{Anchor, Crop};
///
/// let crop = Crop::new(300, Value::expression("$h * 2")).anchor(Anchor::Face).scale(80.5);
/// ```
///
/// Reference: [operations](https://rokka.io/documentation/references/operations.html).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value of an option that takes `{K}`",
    label = "this option takes `{K}`, or a `Value`",
    note = "where `{K}` is an enum of keywords, pass a variant, such as `ResizeMode::Fill`; where it is a number, a number",
    note = "every option takes an expression too: `Value::expression(\"$width / 2\")`"
)]
pub trait OptionValue<K>: Into<Value> + sealed::Sealed {}

// No implementation is recommended: a list of types that suit other options misleads.
impl sealed::Sealed for Value {}
#[diagnostic::do_not_recommend]
impl<K> OptionValue<K> for Value {}

macro_rules! takes {
    ($($kind:ident: $($value:ty),*;)*) => {
        $($(
            #[diagnostic::do_not_recommend]
            impl OptionValue<kind::$kind> for $value {}
        )*)*
    };
}

takes! {
    Integer: i8, i16, i32, i64, u8, u16, u32, u64, usize;
    Number: i8, i16, i32, i64, u8, u16, u32, u64, usize, f32, f64;
    Bool: bool;
    Text: &str, String;
    Color: &str, String;
    Radius: u8, u16, u32, u64, i32, &str, String;
}

macro_rules! seal {
    ($($value:ty),*) => {
        $(impl sealed::Sealed for $value {})*
    };
}

seal!(
    i8, i16, i32, i64, u8, u16, u32, u64, usize, f32, f64, bool, &str, String
);

/// Defines an enum of the keywords that an option accepts.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            pub(crate) const WORDS: &'static [&'static str] = &[$($word),*];

            /// Returns the keyword that the service uses.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl From<$name> for Value {
            fn from(word: $name) -> Self {
                Self::from(word.as_str())
            }
        }

        impl sealed::Sealed for $name {}
        #[diagnostic::do_not_recommend]
        impl OptionValue<$name> for $name {}
    };
}

words! {
    /// How an operation fits a picture into width and height.
    ResizeMode {
        /// Fits the whole picture into the box.
        Box = "box",
        /// Stretches the picture to exactly that size.
        Absolute = "absolute",
        /// Covers the box with the picture.
        Fill = "fill",
    }
}

words! {
    /// What width and height of a crop mean.
    CropMode {
        /// Pixels.
        Absolute = "absolute",
        /// Proportions.
        Ratio = "ratio",
        /// A box; described by the documentation, not in the recorded catalogue.
        Box = "box",
        /// An area; described by the documentation, not in the recorded catalogue.
        Area = "area",
    }
}

words! {
    /// The direction in which a picture is rotated.
    RotationDirection {
        /// Clockwise.
        Clockwise = "clockwise",
        /// Counterclockwise.
        Counterclockwise = "counterclockwise",
    }
}

words! {
    /// The layer of the other picture.
    CompositionMode {
        /// Over the picture.
        Foreground = "foreground",
        /// Under the picture.
        Background = "background",
    }
}

words! {
    /// What an operation does with the alpha channel.
    AlphaMode {
        /// Masks with it.
        Mask = "mask",
        /// Removes it.
        Remove = "remove",
        /// Extracts it as a picture.
        Extract = "extract",
        /// Applies it.
        Apply = "apply",
    }
}

/// The point of a picture that an operation keeps in place.
///
/// ```
/// use rokka_render::operations::{Anchor, Crop};
///
/// let corner = Crop::new(200, 200).anchor(Anchor::LeftTop);
/// let point = Crop::new(200, 200).anchor(Anchor::At(120, 80));
/// ```
///
/// Reference: [operations](https://rokka.io/documentation/references/operations.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Anchor {
    /// The subject area if there is one, otherwise the center.
    Auto,
    /// The most salient part.
    Smart,
    /// The subject area.
    SubjectArea,
    /// A face.
    Face,
    /// The crop area.
    CropArea,
    /// The upper left corner.
    LeftTop,
    /// The center of the left edge.
    LeftCenter,
    /// The lower left corner.
    LeftBottom,
    /// The center of the upper edge.
    CenterTop,
    /// The center.
    CenterCenter,
    /// The center of the lower edge.
    CenterBottom,
    /// The upper right corner.
    RightTop,
    /// The center of the right edge.
    RightCenter,
    /// The lower right corner.
    RightBottom,
    /// Pixels from the left and from the top, 0 to 10000 each.
    At(u32, u32),
}

impl From<Anchor> for Value {
    fn from(anchor: Anchor) -> Self {
        Self::from(match anchor {
            Anchor::Auto => "auto",
            Anchor::Smart => "smart",
            Anchor::SubjectArea => "subjectarea",
            Anchor::Face => "face",
            Anchor::CropArea => "croparea",
            Anchor::LeftTop => "left_top",
            Anchor::LeftCenter => "left_center",
            Anchor::LeftBottom => "left_bottom",
            Anchor::CenterTop => "center_top",
            Anchor::CenterCenter => "center_center",
            Anchor::CenterBottom => "center_bottom",
            Anchor::RightTop => "right_top",
            Anchor::RightCenter => "right_center",
            Anchor::RightBottom => "right_bottom",
            Anchor::At(x, y) => return Self::from(format!("{x}_{y}")),
        })
    }
}

impl sealed::Sealed for Anchor {}
#[diagnostic::do_not_recommend]
impl OptionValue<Anchor> for Anchor {}
#[diagnostic::do_not_recommend]
impl OptionValue<Anchor> for &str {}
#[diagnostic::do_not_recommend]
impl OptionValue<Anchor> for String {}
