//! Fields to search, sort and count by.
//!
//! ```
//! use rokka::field;
//!
//! let tall = field::HEIGHT.at_least(1200);
//! let cats = field::NAME.starts_with("cat");
//! let cheap = field::user_double("price").between(1.5, 10);
//! let newest_first = field::CREATED.descending();
//! # let _ = (tall, cats, cheap, newest_first);
//! ```
//!
//! ResponseContext: [Searching images](https://rokka.io/documentation/references/searching-images.html). The service knows
//! equality, prefixes and ranges; it has no negation.

use std::borrow::Cow;
use std::fmt;

use crate::DateTime;
use crate::error::{Error, Result};

/// A field of text: equality and prefixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextField(Cow<'static, str>);

/// A field of numbers: equality and ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberField(Cow<'static, str>);

/// A field of dates: equality and ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateField(Cow<'static, str>);

/// A field that is true or false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BooleanField(Cow<'static, str>);

macro_rules! fields {
    ($($(#[$doc:meta])* $constant:ident: $kind:ident = $name:literal;)*) => {
        $($(#[$doc])* pub const $constant: $kind = $kind(Cow::Borrowed($name));)*
    };
}

fields! {
    /// The hash of an image.
    HASH: TextField = "hash";
    /// The short hash of an image.
    SHORT_HASH: TextField = "short_hash";
    /// The SHA-1 of the uploaded bytes.
    BINARY_HASH: TextField = "binaryhash";
    /// The media type, such as `image/jpeg`.
    MIMETYPE: TextField = "mimetype";
    /// The format, such as `jpg`.
    FORMAT: TextField = "format";
    /// The file name as a whole.
    NAME: TextField = "name";
    /// The words of the file name.
    NAME_TEXT: TextField = "name_text";
    /// The size of the file in bytes.
    SIZE: NumberField = "size";
    /// The width in pixels.
    WIDTH: NumberField = "width";
    /// The height in pixels.
    HEIGHT: NumberField = "height";
    /// When the image was stored.
    CREATED: DateField = "created";
    /// When the image was deleted; for searches of [deleted](crate::Call::<crate::Search>::deleted) images.
    DELETED_DATE: DateField = "deletedDate";
}

macro_rules! user_fields {
    ($($(#[$doc:meta])* $function:ident: $kind:ident = $prefix:literal;)*) => {
        $($(#[$doc])* pub fn $function(name: impl AsRef<str>) -> $kind {
            $kind(Cow::Owned(format!(concat!("user:", $prefix, ":{}"), name.as_ref())))
        })*
    };
}

user_fields! {
    /// A field of user metadata that holds a string (type `str`).
    user_str: TextField = "str";
    /// A field of user metadata that holds prose (type `text`): found by its words.
    user_text: TextField = "text";
    /// A field of user metadata that holds a whole number (type `int`).
    user_int: NumberField = "int";
    /// A field of user metadata that holds a number (type `double`).
    user_double: NumberField = "double";
    /// A field of user metadata that holds a date (type `date`).
    user_date: DateField = "date";
    /// A field of user metadata that holds a list of strings (type `array`): equality means that one of them is it.
    user_array: TextField = "array";
    /// A field of user metadata that holds a place (type `latlon`): `47.38,8.52`, the latitude first.
    user_latlon: TextField = "latlon";
    /// A field of user metadata that holds a list of prose (type `array_text`).
    user_array_text: TextField = "array_text";
}

/// A text field of dynamic metadata: its kind, as `version`, and the name of its part, as `text`.
pub fn dynamic_str(kind: impl AsRef<str>, part: impl AsRef<str>) -> TextField {
    TextField(format!("dynamic:str:{}:{}", kind.as_ref(), part.as_ref()).into())
}

/// A field of dynamic metadata that holds a whole number.
pub fn dynamic_int(kind: impl AsRef<str>, part: impl AsRef<str>) -> NumberField {
    NumberField(format!("dynamic:int:{}:{}", kind.as_ref(), part.as_ref()).into())
}

/// A field of static metadata that is true or false: its block, as `content_credentials`, and the name of its part, as
/// `ai_generated`.
pub fn static_boolean(block: impl AsRef<str>, part: impl AsRef<str>) -> BooleanField {
    BooleanField(format!("static:boolean:{}__{}", block.as_ref(), part.as_ref()).into())
}

/// A text field of static metadata.
pub fn static_str(block: impl AsRef<str>, part: impl AsRef<str>) -> TextField {
    TextField(format!("static:str:{}__{}", block.as_ref(), part.as_ref()).into())
}

impl TextField {
    /// Exactly this text.
    pub fn equals(&self, text: impl AsRef<str>) -> Filter {
        let text = text.as_ref();
        let field = self.0.clone();
        if text.is_empty() {
            return Filter::refused(field, "an empty text cannot be searched for");
        }
        // There is no way to escape these, and sending them would search for something else.
        if text.ends_with('*') {
            return Filter::refused(
                field,
                format!("{text:?} ends with `*`, which means a prefix"),
            );
        }
        if text.starts_with(['[', '{']) {
            return Filter::refused(field, format!("{text:?} starts as a range does"));
        }
        Filter::new(field, text)
    }

    /// Any text that begins with this one.
    pub fn starts_with(&self, text: impl AsRef<str>) -> Filter {
        let text = text.as_ref();
        let field = self.0.clone();
        if text.is_empty() || text.contains('*') {
            return Filter::refused(
                field,
                format!("{text:?} is not a prefix: it is empty or has a `*` in it"),
            );
        }
        if text.starts_with(['[', '{']) {
            return Filter::refused(field, format!("{text:?} starts as a range does"));
        }
        Filter::new(field, format!("{text}*"))
    }
}

impl BooleanField {
    /// True, or false.
    pub fn is(&self, value: bool) -> Filter {
        Filter::new(self.0.clone(), value.to_string())
    }
}

impl NumberField {
    /// Exactly this number.
    pub fn equals(&self, number: impl Number) -> Filter {
        range(&self.0, |field| Ok(Filter::new(field, finite(number)?)))
    }

    /// This number or more.
    pub fn at_least(&self, number: impl Number) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(field, format!("[{},}}", finite(number)?)))
        })
    }

    /// More than this number.
    pub fn more_than(&self, number: impl Number) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(field, format!("{{{},}}", finite(number)?)))
        })
    }

    /// This number or less.
    pub fn at_most(&self, number: impl Number) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(field, format!("{{,{}]", finite(number)?)))
        })
    }

    /// Less than this number.
    pub fn less_than(&self, number: impl Number) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(field, format!("{{,{}}}", finite(number)?)))
        })
    }

    /// From the first to the second number, both included.
    pub fn between(&self, least: impl Number, most: impl Number) -> Filter {
        range(&self.0, |field| {
            if least.value() > most.value() {
                return Err(format!("the range from {least} to {most} is empty"));
            }
            Ok(Filter::new(
                field,
                format!("[{},{}]", finite(least)?, finite(most)?),
            ))
        })
    }
}

impl DateField {
    /// Exactly this moment.
    pub fn equals(&self, moment: impl Into<DateTime>) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(field, quoted(&moment.into())?))
        })
    }

    /// This moment or later.
    pub fn since(&self, moment: impl Into<DateTime>) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(
                field,
                format!("[{},}}", quoted(&moment.into())?),
            ))
        })
    }

    /// Before this moment.
    pub fn before(&self, moment: impl Into<DateTime>) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(
                field,
                format!("{{,{}}}", quoted(&moment.into())?),
            ))
        })
    }

    /// From the first moment on, up to but without the second.
    pub fn between(&self, from: impl Into<DateTime>, until: impl Into<DateTime>) -> Filter {
        let (from, until) = (from.into(), until.into());
        range(&self.0, |field| {
            if from >= until {
                return Err(format!("the range from {from} until {until} is empty"));
            }
            Ok(Filter::new(
                field,
                format!("[{},{}}}", quoted(&from)?, quoted(&until)?),
            ))
        })
    }
}

#[allow(
    clippy::ptr_arg,
    reason = "a name that is known costs no allocation this way"
)]
fn range(
    field: &Cow<'static, str>,
    make: impl FnOnce(Cow<'static, str>) -> Result<Filter, String>,
) -> Filter {
    make(field.clone()).unwrap_or_else(|rule| Filter::refused(field.clone(), rule))
}

/// A number of any of the standard types.
pub trait Number: Copy + fmt::Display + sealed::Value {}

mod sealed {
    pub trait Value {
        fn value(self) -> f64;
    }
}

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl sealed::Value for $kind {
            #[allow(clippy::cast_lossless, clippy::cast_precision_loss, reason = "to compare and to check only")]
            fn value(self) -> f64 {
                self as f64
            }
        }

        impl Number for $kind {}
    )*};
}

numbers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, f32, f64);

fn finite(number: impl Number) -> Result<String, String> {
    if number.value().is_finite() {
        Ok(number.to_string())
    } else {
        Err(format!("{number} is not a number that can be searched for"))
    }
}

fn quoted(moment: &DateTime) -> Result<String, String> {
    let moment = moment
        .checked()
        .map_err(|error| error.into_message().into_owned())?;
    Ok(format!("'{}'", moment.format("%Y-%m-%dT%H:%M:%SZ")))
}

macro_rules! sortable {
    ($($kind:ident),*) => {$(
        impl $kind {
            /// Smallest, earliest or alphabetically first ones first.
            pub fn ascending(&self) -> Sort {
                Sort { field: self.0.clone(), direction: "asc" }
            }

            /// Largest, latest or alphabetically last ones first.
            pub fn descending(&self) -> Sort {
                Sort { field: self.0.clone(), direction: "desc" }
            }

            /// The name of the field as the service spells it.
            pub fn name(&self) -> &str {
                &self.0
            }
        }

        impl From<$kind> for String {
            fn from(field: $kind) -> Self {
                field.0.into_owned()
            }
        }
    )*};
}

sortable!(TextField, NumberField, DateField, BooleanField);

/// A condition that images have to meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    field: Cow<'static, str>,
    expression: Result<String, String>,
}

impl Filter {
    fn new(field: Cow<'static, str>, expression: impl Into<String>) -> Self {
        Self {
            field,
            expression: Ok(expression.into()),
        }
    }

    fn refused(field: Cow<'static, str>, rule: impl Into<String>) -> Self {
        Self {
            field,
            expression: Err(rule.into()),
        }
    }

    /// A condition in the service's own words, for what this crate does not know: a field and an expression, which goes
    /// out as it is.
    ///
    /// ```
    /// let filter = rokka::field::Filter::raw("user:latlon:place", "47.38,8.52");
    /// ```
    pub fn raw(field: impl Into<String>, expression: impl Into<String>) -> Self {
        Self::new(Cow::Owned(field.into()), expression)
    }

    /// The parameter that says it.
    pub(crate) fn parameter(self) -> Result<(String, String)> {
        let Self { field, expression } = self;
        check_name(&field)?;
        let expression = expression.map_err(|rule| {
            Error::invalid(format!("the filter on `{field}` is refused: {rule}"))
        })?;
        if expression.is_empty() {
            return Err(Error::invalid(format!("the filter on `{field}` is empty")));
        }
        Ok((field.into_owned(), expression))
    }
}

/// Names that are parameters of the search itself.
const RESERVED: &[&str] = &[
    "binaryHash",
    "deleted",
    "facets",
    "limit",
    "offset",
    "operator",
    "sort",
];

/// The types of user metadata.
const USER_TYPES: &[&str] = &[
    "array",
    "array_text",
    "date",
    "double",
    "int",
    "latlon",
    "str",
    "text",
];

/// A field of user metadata has to have a name that the service allows; other fields only have to be none of the
/// parameters, and free of what would end them.
pub(crate) fn check_name(field: &str) -> Result<()> {
    if RESERVED.contains(&field) {
        return Err(Error::invalid(format!(
            "`{field}` is a parameter of the search, not a field"
        )));
    }
    let plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':' | '-' | '.');
    if field.is_empty() || !field.chars().all(plain) {
        return Err(Error::invalid(format!(
            "{field:?} is not the name of a field"
        )));
    }
    let Some(user) = field.strip_prefix("user:") else {
        return Ok(());
    };
    let name = match user.split_once(':') {
        Some((kind, name)) if USER_TYPES.contains(&kind) => name,
        Some((kind, _)) => {
            return Err(Error::invalid(format!(
                "`{kind}` in `{field}` is not a type of user metadata: one of {}",
                USER_TYPES.join(", ")
            )));
        }
        None => user,
    };
    crate::names::check_user_name(name)
}

/// A field to sort by, with its direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    field: Cow<'static, str>,
    direction: &'static str,
}

impl Sort {
    pub(crate) fn checked(&self) -> Result<String> {
        check_name(&self.field)?;
        Ok(self.to_string())
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.direction)
    }
}
