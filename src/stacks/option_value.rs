//! What the options of operations take.

use crate::render::Value;

/// Marks what an option takes; see [`OptionValue`].
pub mod kind {
    /// A whole number.
    #[derive(Clone, Copy, Debug)]
    pub enum Integer {}

    /// A number.
    #[derive(Clone, Copy, Debug)]
    pub enum Number {}

    /// Yes or no.
    #[derive(Clone, Copy, Debug)]
    pub enum Bool {}

    /// A text.
    #[derive(Clone, Copy, Debug)]
    pub enum Text {}

    /// A colour: six hexadecimal digits without `#`.
    #[derive(Clone, Copy, Debug)]
    pub enum Color {}

    /// A list of JSON objects.
    #[derive(Clone, Copy, Debug)]
    pub enum Objects {}

    /// A length: pixels, or a text such as `10p` or `10%`, a part of the picture.
    #[derive(Clone, Copy, Debug)]
    pub enum Radius {}
}

mod sealed {
    pub trait Sealed {}
}

/// A value for an option that takes `K`: a Rust value of that kind, or any [`Value`], which may be an expression.
/// Implemented by this crate only.
///
/// ```
/// use rokka::render::Value;
/// use rokka::stacks::operations::{Anchor, Crop};
///
/// let crop = Crop::new(300, Value::expression("$h * 2")).anchor(Anchor::Face).scale(80.5);
/// ```
///
/// [Reference](https://rokka.io/documentation/references/operations.html).
pub trait OptionValue<K>: Into<Value> + sealed::Sealed {}

impl sealed::Sealed for Value {}
impl<K> OptionValue<K> for Value {}

macro_rules! takes {
    ($($kind:ident: $($value:ty),*;)*) => {
        $($(impl OptionValue<kind::$kind> for $value {})*)*
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

/// An enum of the words that an option takes.
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

            /// The word as the service spells it.
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
        impl OptionValue<$name> for $name {}
    };
}

words! {
    /// How a picture is fitted into width and height.
    ResizeMode {
        /// The whole picture fits into the box.
        Box = "box",
        /// Exactly that size, whatever becomes of the proportions.
        Absolute = "absolute",
        /// The picture covers the box.
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
    /// Which way a picture is turned.
    RotationDirection {
        /// Clockwise.
        Clockwise = "clockwise",
        /// Counterclockwise.
        Counterclockwise = "counterclockwise",
    }
}

words! {
    /// Where the other picture lies.
    CompositionMode {
        /// Over the picture.
        Foreground = "foreground",
        /// Under the picture.
        Background = "background",
    }
}

words! {
    /// What is done with the alpha channel.
    AlphaMode {
        /// Masks with it.
        Mask = "mask",
        /// Removes it.
        Remove = "remove",
        /// Takes it out as a picture.
        Extract = "extract",
        /// Applies it.
        Apply = "apply",
    }
}

/// The point of a picture that an operation holds on to.
///
/// ```
/// use rokka::stacks::operations::{Anchor, Crop};
///
/// let corner = Crop::new(200, 200).anchor(Anchor::LeftTop);
/// let point = Crop::new(200, 200).anchor(Anchor::At(120, 80));
/// ```
///
/// [Reference](https://rokka.io/documentation/references/operations.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Anchor {
    /// The subject area if there is one, and otherwise the middle.
    Auto,
    /// What catches the eye.
    Smart,
    /// The subject area.
    SubjectArea,
    /// A face.
    Face,
    /// The crop area.
    CropArea,
    /// The upper left corner.
    LeftTop,
    /// The middle of the left edge.
    LeftCenter,
    /// The lower left corner.
    LeftBottom,
    /// The middle of the upper edge.
    CenterTop,
    /// The middle.
    CenterCenter,
    /// The middle of the lower edge.
    CenterBottom,
    /// The upper right corner.
    RightTop,
    /// The middle of the right edge.
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
impl OptionValue<Anchor> for Anchor {}
impl OptionValue<Anchor> for &str {}
impl OptionValue<Anchor> for String {}
