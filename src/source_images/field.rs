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
//! Reference: [Searching images](https://rokka.io/documentation/references/searching-images.html). The service supports
//! equality, prefixes and ranges, but no negation.

use std::borrow::Cow;
use std::fmt;

use crate::DateTime;
use crate::error::{Error, Result};
use crate::names::check_field_name;

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
    /// The file size in bytes.
    SIZE: NumberField = "size";
    /// The width in pixels.
    WIDTH: NumberField = "width";
    /// The height in pixels.
    HEIGHT: NumberField = "height";
    /// The time when the image was stored.
    CREATED: DateField = "created";
    /// The time when the image was deleted; for searches of [deleted](crate::Search::deleted) images.
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
    /// A field of user metadata that holds text to be searched by word (type `text`).
    user_text: TextField = "text";
    /// A field of user metadata that holds a whole number (type `int`).
    user_int: NumberField = "int";
    /// A field of user metadata that holds a number (type `double`).
    user_double: NumberField = "double";
    /// A field of user metadata that holds a date (type `date`).
    user_date: DateField = "date";
    /// A field of user metadata that holds a list of strings (type `array`): equality matches any one of them.
    user_array: TextField = "array";
    /// A field of user metadata that holds a location (type `latlon`), such as `47.38,8.52`: latitude, longitude.
    user_latlon: TextField = "latlon";
    /// A field of user metadata that holds a list of texts to be searched by word (type `array_text`).
    user_array_text: TextField = "array_text";
}

/// Returns a text field of dynamic metadata, by its kind, such as `version`, and its property, such as `text`.
pub fn dynamic_str(kind: impl AsRef<str>, part: impl AsRef<str>) -> TextField {
    TextField(format!("dynamic:str:{}:{}", kind.as_ref(), part.as_ref()).into())
}

/// Returns an integer field of dynamic metadata, by its kind and its property.
pub fn dynamic_int(kind: impl AsRef<str>, part: impl AsRef<str>) -> NumberField {
    NumberField(format!("dynamic:int:{}:{}", kind.as_ref(), part.as_ref()).into())
}

/// Returns a boolean field of static metadata, by its block, such as `content_credentials`, and its property, such as
/// `ai_generated`.
pub fn static_boolean(block: impl AsRef<str>, part: impl AsRef<str>) -> BooleanField {
    BooleanField(format!("static:boolean:{}__{}", block.as_ref(), part.as_ref()).into())
}

/// Returns a text field of static metadata, by its block and its property.
pub fn static_str(block: impl AsRef<str>, part: impl AsRef<str>) -> TextField {
    TextField(format!("static:str:{}__{}", block.as_ref(), part.as_ref()).into())
}

impl TextField {
    /// Matches exactly this text.
    pub fn equals(&self, text: impl AsRef<str>) -> Filter {
        let text = text.as_ref();
        let field = self.0.clone();
        if text.is_empty() {
            return Filter::refused(field, "the text is empty: set at least one character");
        }
        // The service has no escape for these, so sending them would search for something else.
        if text.ends_with('*') {
            return Filter::refused(
                field,
                format!("{text:?} must not end with `*`: use `starts_with` to match a prefix"),
            );
        }
        if text.starts_with(['[', '{']) {
            return Filter::refused(
                field,
                format!("{text:?} must not start with `[` or `{{`, which start a range"),
            );
        }
        Filter::new(field, text)
    }

    /// Matches any text that starts with this one.
    pub fn starts_with(&self, text: impl AsRef<str>) -> Filter {
        let text = text.as_ref();
        let field = self.0.clone();
        if text.is_empty() || text.contains('*') {
            return Filter::refused(
                field,
                format!("the prefix {text:?} is invalid: set at least one character, and no `*`"),
            );
        }
        if text.starts_with(['[', '{']) {
            return Filter::refused(
                field,
                format!("{text:?} must not start with `[` or `{{`, which start a range"),
            );
        }
        Filter::new(field, format!("{text}*"))
    }
}

impl BooleanField {
    /// Matches this value.
    pub fn is(&self, value: bool) -> Filter {
        Filter::new(self.0.clone(), value.to_string())
    }
}

impl NumberField {
    /// Matches exactly this number.
    pub fn equals(&self, number: impl Number) -> Filter {
        range(&self.0, |field| Ok(Filter::new(field, finite(number)?)))
    }

    /// Matches this number and larger ones.
    pub fn at_least(&self, number: impl Number) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(field, format!("[{},}}", finite(number)?)))
        })
    }

    /// Matches larger numbers than this one.
    pub fn more_than(&self, number: impl Number) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(field, format!("{{{},}}", finite(number)?)))
        })
    }

    /// Matches this number and smaller ones.
    pub fn at_most(&self, number: impl Number) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(field, format!("{{,{}]", finite(number)?)))
        })
    }

    /// Matches smaller numbers than this one.
    pub fn less_than(&self, number: impl Number) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(field, format!("{{,{}}}", finite(number)?)))
        })
    }

    /// Matches the numbers from the first to the second, both included.
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
    /// Matches exactly this time.
    pub fn equals(&self, moment: impl Into<DateTime>) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(field, quoted(&moment.into())?))
        })
    }

    /// Matches this time and later.
    pub fn since(&self, moment: impl Into<DateTime>) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(
                field,
                format!("[{},}}", quoted(&moment.into())?),
            ))
        })
    }

    /// Matches times before this one.
    pub fn before(&self, moment: impl Into<DateTime>) -> Filter {
        range(&self.0, |field| {
            Ok(Filter::new(
                field,
                format!("{{,{}}}", quoted(&moment.into())?),
            ))
        })
    }

    /// Matches times from the first (included) to the second (excluded).
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

#[allow(clippy::ptr_arg, reason = "a static name costs no allocation this way")]
fn range(
    field: &Cow<'static, str>,
    make: impl FnOnce(Cow<'static, str>) -> Result<Filter, String>,
) -> Filter {
    make(field.clone()).unwrap_or_else(|rule| Filter::refused(field.clone(), rule))
}

/// A number of any of the standard types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number that a field can be compared with",
    label = "expected an integer or a float",
    note = "a text field takes text; a condition in the service's own syntax is `Filter::raw(field, expression)`"
)]
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
        Err(format!("{number} is not a finite number"))
    }
}

#[inline]
fn quoted(moment: &DateTime) -> Result<String, String> {
    let moment = moment
        .checked()
        .map_err(|error| error.into_message().into_owned())?;
    Ok(format!("'{}'", moment.format("%Y-%m-%dT%H:%M:%SZ")))
}

/// Reads a date in the one spelling that [`quoted`] writes, so that nothing is read otherwise than the service does.
#[inline]
fn second(text: &str) -> Option<i64> {
    let moment = DateTime::from(text.trim_matches('\''));
    let same = quoted(&moment).is_ok_and(|written| written == text);
    same.then(|| moment.to_utc())?.map(|time| time.timestamp())
}

macro_rules! sortable {
    ($($kind:ident),*) => {$(
        impl $kind {
            /// Sorts in ascending order: smallest, earliest or alphabetically first.
            pub fn ascending(&self) -> Sort {
                Sort::by(self.0.clone(), "asc")
            }

            /// Sorts in descending order: largest, latest or alphabetically last.
            pub fn descending(&self) -> Sort {
                Sort::by(self.0.clone(), "desc")
            }

            /// Returns the name of the field in the service's spelling.
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

/// A condition of a search.
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

    /// Returns a condition in the service's own syntax, for what this crate does not support: a field and an expression,
    /// which is sent unchanged.
    ///
    /// ```
    /// let filter = rokka::field::Filter::raw("user:latlon:place", "47.38,8.52");
    /// ```
    pub fn raw(field: impl Into<String>, expression: impl Into<String>) -> Self {
        Self::new(Cow::Owned(field.into()), expression)
    }

    /// Returns whether this is a condition on the time when an image was stored.
    pub(crate) fn is_on_created(&self) -> bool {
        self.field == CREATED.0
    }

    /// Returns the bounds of a range of dates, in seconds since 1970: the first second in it, and the first one after it.
    /// `None` for any other condition, and for a range whose edges are not whole seconds or not in or out of it in this way.
    #[inline]
    pub(crate) fn seconds(&self) -> Option<(Option<i64>, Option<i64>)> {
        let expression = self.expression.as_ref().ok()?;
        let (low, high) = expression.strip_suffix('}')?.split_once(',')?;
        let from = match low.strip_prefix('[') {
            Some(low) => Some(second(low)?),
            None if low == "{" => None,
            None => return None,
        };
        let until = match high {
            "" => None,
            high => Some(second(high)?),
        };
        Some((from, until))
    }

    /// Returns the query parameter, or the validation error.
    pub(crate) fn parameter(self) -> Result<(String, String)> {
        let Self { field, expression } = self;
        check_field_name(&field)?;
        let expression = expression
            .map_err(|rule| Error::invalid(format!("invalid filter on `{field}`: {rule}")))?;
        if expression.is_empty() {
            return Err(Error::invalid(format!(
                "the filter on `{field}` is empty: set an expression"
            )));
        }
        Ok((field.into_owned(), expression))
    }
}

/// A sort field and its direction. Created by the fields of this module, or by [`Sort::raw`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort(SortTerm);

#[derive(Clone, Debug, PartialEq, Eq)]
enum SortTerm {
    Field {
        field: Cow<'static, str>,
        direction: &'static str,
    },
    Raw(String),
}

impl Sort {
    fn by(field: Cow<'static, str>, direction: &'static str) -> Self {
        Self(SortTerm::Field { field, direction })
    }

    /// Returns a sort order in the service's own syntax, for what this crate does not support: a field and a direction, or
    /// several of them with commas between them, which is sent unchanged.
    ///
    /// The search fails with [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for a blank text.
    ///
    /// ```
    /// let largest_first = rokka::field::Sort::raw("size desc,name asc");
    /// assert_eq!(largest_first.to_string(), "size desc,name asc");
    /// ```
    ///
    /// Reference: [Searching images](https://rokka.io/documentation/references/searching-images.html).
    pub fn raw(expression: impl Into<String>) -> Self {
        Self(SortTerm::Raw(expression.into()))
    }

    pub(crate) fn checked(&self) -> Result<String> {
        match &self.0 {
            SortTerm::Field { field, .. } => check_field_name(field)?,
            SortTerm::Raw(expression) if expression.trim().is_empty() => {
                return Err(Error::invalid(format!(
                    "the sort order {expression:?} is blank: set a field and a direction, such as `size desc`"
                )));
            }
            SortTerm::Raw(_) => {}
        }
        Ok(self.to_string())
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            SortTerm::Field { field, direction } => write!(f, "{field} {direction}"),
            SortTerm::Raw(expression) => f.write_str(expression),
        }
    }
}
