//! Typed fields of user metadata: builds and reads them.

use std::fmt;

use chrono::SecondsFormat;
use serde_json::{Map, Number, Value};

use crate::DateTime;
use crate::api::types::UserMetadata;
use crate::error::Result;
use crate::metadata::{Null, check_user_field, lat_lon, user_key_parts};

/// The value of one field of user metadata, with its type.
///
/// ```
/// use rokka::{UserMetadata, UserValue};
///
/// let metadata = UserMetadata::new().str("title", "A cat").int("sku", 42);
/// for (name, value) in metadata.fields() {
///     match value {
///         UserValue::Str(text) => println!("{name} is the text {text}"),
///         UserValue::Int(number) => println!("{name} is the number {number}"),
///         other => println!("{name} is {other:?}"),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum UserValue {
    /// `str`, or no type: text that a search matches as a whole or by prefix.
    Str(String),
    /// `text`: text that a search matches by word.
    Text(String),
    /// `int`: a whole number.
    Int(i64),
    /// `double`: a number.
    Double(f64),
    /// `date`: a point in time, sent in UTC, with milliseconds if it has any.
    Date(DateTime),
    /// `latlon`: a location.
    LatLon(LatLon),
    /// `array`: several strings, each of which a search matches as a whole.
    Array(Vec<String>),
    /// `array_text`: several texts that a search matches by word.
    ArrayText(Vec<String>),
    /// A value of a type that this crate does not support, unchanged.
    Other {
        /// The type prefix of the name; empty if there is none.
        kind: String,
        /// The value.
        value: Value,
    },
}

/// A location in degrees.
///
/// ```
/// let zurich = rokka::LatLon::new(47.38, 8.52);
/// assert_eq!(zurich.to_string(), "47.38,8.52");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatLon {
    /// From -90 in the south to 90 in the north.
    pub latitude: f64,
    /// From -180 in the west to 180 in the east.
    pub longitude: f64,
}

impl LatLon {
    /// Returns a location from latitude and longitude.
    pub fn new(latitude: f64, longitude: f64) -> Self {
        Self {
            latitude,
            longitude,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        lat_lon(text).map(Self::from)
    }
}

impl fmt::Display for LatLon {
    /// Formats it in the service's syntax.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.latitude, self.longitude)
    }
}

impl From<(f64, f64)> for LatLon {
    /// Latitude and longitude.
    fn from((latitude, longitude): (f64, f64)) -> Self {
        Self::new(latitude, longitude)
    }
}

impl UserValue {
    /// Reads a JSON value of a type.
    #[inline]
    fn read(kind: &str, value: &Value) -> Self {
        Self::typed(kind, value).unwrap_or_else(|| Self::Other {
            kind: kind.to_owned(),
            value: value.clone(),
        })
    }

    #[inline]
    fn typed(kind: &str, value: &Value) -> Option<Self> {
        let text = || value.as_str().map(str::to_owned);
        Some(match kind {
            "" | "str" => Self::Str(text()?),
            "text" => Self::Text(text()?),
            "int" => Self::Int(value.as_i64()?),
            "double" => Self::Double(value.as_f64()?),
            "date" => Self::Date(DateTime::from(value.as_str()?)),
            "latlon" => Self::LatLon(LatLon::parse(value.as_str()?)?),
            "array" => Self::Array(strings(value)?),
            "array_text" => Self::ArrayText(strings(value)?),
            _ => return None,
        })
    }

    /// Returns the type in the service's spelling; empty for a string.
    pub fn kind(&self) -> &str {
        match self {
            Self::Str(_) => "",
            Self::Text(_) => "text",
            Self::Int(_) => "int",
            Self::Double(_) => "double",
            Self::Date(_) => "date",
            Self::LatLon(_) => "latlon",
            Self::Array(_) => "array",
            Self::ArrayText(_) => "array_text",
            Self::Other { kind, .. } => kind,
        }
    }

    /// Returns the value as the service's JSON.
    fn into_json(self) -> Value {
        match self {
            Self::Str(text) | Self::Text(text) => Value::String(text),
            Self::Int(number) => number.into(),
            // JSON has no infinite numbers, and `null` would remove the field: the check fails for the text.
            Self::Double(number) => Number::from_f64(number)
                .map_or_else(|| Value::String(number.to_string()), Value::Number),
            Self::Date(date) => Value::String(date_text(&date)),
            Self::LatLon(place) => Value::String(place.to_string()),
            Self::Array(items) | Self::ArrayText(items) => items.into(),
            Self::Other { value, .. } => value,
        }
    }
}

fn strings(value: &Value) -> Option<Vec<String>> {
    let items = value.as_array()?.iter();
    items.map(|item| item.as_str().map(str::to_owned)).collect()
}

fn date_text(date: &DateTime) -> String {
    match date.to_utc() {
        Some(moment) if moment.timestamp_subsec_millis() > 0 => {
            moment.to_rfc3339_opts(SecondsFormat::Millis, true)
        }
        Some(moment) => moment.to_rfc3339_opts(SecondsFormat::Secs, true),
        None => date.to_string(),
    }
}

/// Returns the key of a type, which may be empty, and a name.
fn key(kind: &str, name: &str) -> String {
    match kind {
        "" => name.to_owned(),
        kind => format!("{kind}:{name}"),
    }
}

/// Builds it, and reads it by name and type. A call validates it before it is sent: names consist of 1 to 54 lower-case
/// letters, digits and `_`, and values must match their type.
impl UserMetadata {
    /// Returns metadata without fields.
    ///
    /// ```
    /// use rokka::UserMetadata;
    ///
    /// let metadata = UserMetadata::new()
    ///     .str("title", "A cat")
    ///     .int("sku", 42)
    ///     .date("taken", "2026-11-20T10:00:00Z")
    ///     .latlon("place", (47.38, 8.52))
    ///     .array("labels", ["cat", "animal"]);
    /// assert_eq!(metadata.get_int("sku"), Some(42));
    /// assert_eq!(metadata["latlon:place"], "47.38,8.52");
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field of any type.
    #[must_use]
    pub fn field(self, name: impl AsRef<str>, value: UserValue) -> Self {
        let key = key(value.kind(), name.as_ref());
        self.raw(key, value.into_json())
    }

    /// Sets a string, which a search matches as a whole or by prefix.
    #[must_use]
    pub fn str(self, name: impl AsRef<str>, text: impl Into<String>) -> Self {
        self.field(name, UserValue::Str(text.into()))
    }

    /// Sets a text, which a search matches by word.
    #[must_use]
    pub fn text(self, name: impl AsRef<str>, text: impl Into<String>) -> Self {
        self.field(name, UserValue::Text(text.into()))
    }

    /// Sets a whole number.
    #[must_use]
    pub fn int(self, name: impl AsRef<str>, number: impl Into<i64>) -> Self {
        self.field(name, UserValue::Int(number.into()))
    }

    /// Sets a number, which must be finite.
    #[must_use]
    pub fn double(self, name: impl AsRef<str>, number: impl Into<f64>) -> Self {
        self.field(name, UserValue::Double(number.into()))
    }

    /// Sets a point in time, sent in UTC, with milliseconds if it has any.
    #[must_use]
    pub fn date(self, name: impl AsRef<str>, date: impl Into<DateTime>) -> Self {
        self.field(name, UserValue::Date(date.into()))
    }

    /// Sets a location: latitude (-90 to 90) and longitude (-180 to 180) in degrees.
    #[must_use]
    pub fn latlon(self, name: impl AsRef<str>, place: impl Into<LatLon>) -> Self {
        self.field(name, UserValue::LatLon(place.into()))
    }

    /// Sets several strings, such as labels, each of which a search matches as a whole.
    #[must_use]
    pub fn array(
        self,
        name: impl AsRef<str>,
        items: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let items = items.into_iter().map(Into::into).collect();
        self.field(name, UserValue::Array(items))
    }

    /// Sets several texts, which a search matches by word.
    #[must_use]
    pub fn array_text(
        self,
        name: impl AsRef<str>,
        items: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let items = items.into_iter().map(Into::into).collect();
        self.field(name, UserValue::ArrayText(items))
    }

    /// Sets a field in the service's syntax: the name with its type prefix, as in `int:sku`, and JSON.
    #[must_use]
    pub fn raw(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(key.into(), value.into());
        self
    }

    /// Removes a field when this is [merged](super::ImageUserMetadata::merge); a field that is not a string needs its type
    /// prefix, as in `int:sku`.
    #[must_use]
    pub fn removing(self, key: impl Into<String>) -> Self {
        self.raw(key, Value::Null)
    }

    /// Returns all fields: names without type, and typed values.
    pub fn fields(&self) -> impl Iterator<Item = (&str, UserValue)> {
        self.0.iter().map(|(key, value)| {
            let (kind, name) = user_key_parts(key);
            (name, UserValue::read(kind, value))
        })
    }

    /// Returns the field of this name with any type; a string takes precedence over other types.
    #[inline]
    pub fn get_field(&self, name: &str) -> Option<UserValue> {
        let string = self.0.get(name).filter(|_| !name.contains(':'));
        let string = string.map(|value| UserValue::read("", value));
        string.or_else(|| {
            let mut fields = self.fields();
            fields.find_map(|(found, value)| (found == name).then_some(value))
        })
    }

    /// Returns the string of this name.
    pub fn get_str(&self, name: &str) -> Option<&str> {
        let plain = self.0.get(name).filter(|_| !name.contains(':'));
        plain.or_else(|| self.typed("str", name))?.as_str()
    }

    /// Returns the text of this name.
    pub fn get_text(&self, name: &str) -> Option<&str> {
        self.typed("text", name)?.as_str()
    }

    /// Returns the whole number of this name.
    pub fn get_int(&self, name: &str) -> Option<i64> {
        self.typed("int", name)?.as_i64()
    }

    /// Returns the number of this name.
    pub fn get_double(&self, name: &str) -> Option<f64> {
        self.typed("double", name)?.as_f64()
    }

    /// Returns the point in time of this name.
    pub fn get_date(&self, name: &str) -> Option<DateTime> {
        self.typed("date", name)?.as_str().map(DateTime::from)
    }

    /// Returns the location of this name.
    pub fn get_latlon(&self, name: &str) -> Option<LatLon> {
        LatLon::parse(self.typed("latlon", name)?.as_str()?)
    }

    /// Returns the strings of this name, such as labels.
    pub fn get_array(&self, name: &str) -> Option<Vec<&str>> {
        let items = self.typed("array", name)?.as_array()?.iter();
        items.map(Value::as_str).collect()
    }

    /// Returns the texts of this name.
    pub fn get_array_text(&self, name: &str) -> Option<Vec<&str>> {
        let items = self.typed("array_text", name)?.as_array()?.iter();
        items.map(Value::as_str).collect()
    }

    fn typed(&self, kind: &str, name: &str) -> Option<&Value> {
        self.0.get(&format!("{kind}:{name}"))
    }

    /// Validates and returns the fields.
    pub(crate) fn checked(self, null: Null) -> Result<Map<String, Value>> {
        for (key, value) in &self.0 {
            check_user_field(key, value, null)?;
        }
        Ok(self.0)
    }
}

impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for UserMetadata {
    /// Fields in the service's syntax: names with type prefix, as in `int:sku`, and JSON.
    fn from(fields: [(K, V); N]) -> Self {
        fields.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for UserMetadata {
    /// Fields in the service's syntax: names with type prefix, as in `int:sku`, and JSON.
    fn from_iter<I: IntoIterator<Item = (K, V)>>(fields: I) -> Self {
        let fields = fields.into_iter();
        Self(
            fields
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_type_is_written_and_read_again() {
        let date = DateTime::from("2026-11-20T11:00:00+01:00");
        let texts = || vec!["a".to_owned(), "b".to_owned()];
        let table = [
            (UserValue::Str("A".into()), "field", json!("A")),
            (UserValue::Text("A b".into()), "text:field", json!("A b")),
            (UserValue::Int(-42), "int:field", json!(-42)),
            (UserValue::Double(1.5), "double:field", json!(1.5)),
            (
                UserValue::Date(date),
                "date:field",
                json!("2026-11-20T10:00:00Z"),
            ),
            (
                UserValue::LatLon(LatLon::new(-47.38, 0.000_000_1)),
                "latlon:field",
                json!("-47.38,0.0000001"),
            ),
            (UserValue::Array(texts()), "array:field", json!(["a", "b"])),
            (
                UserValue::ArrayText(texts()),
                "array_text:field",
                json!(["a", "b"]),
            ),
        ];
        for (value, key, written) in table {
            let metadata = UserMetadata::new().field("field", value.clone());
            assert_eq!(
                metadata.0,
                json!({key: written}).as_object().unwrap().clone()
            );
            assert!(metadata.clone().checked(Null::Refused).is_ok(), "{key}");
            let read = metadata.get_field("field").unwrap();
            match (&read, &value) {
                (UserValue::Date(one), UserValue::Date(two)) => {
                    assert_eq!(one.to_utc(), two.to_utc());
                }
                _ => assert_eq!(read, value),
            }
            assert_eq!(metadata.fields().collect::<Vec<_>>(), [("field", read)]);
        }
    }

    #[test]
    fn what_is_not_known_is_kept() {
        let odd = [
            ("", "field", json!(5)),
            ("int", "int:field", json!("5")),
            ("int", "int:field", json!(u64::MAX)),
            ("double", "double:field", json!("x")),
            ("latlon", "latlon:field", json!("here")),
            ("array", "array:field", json!([1, "a"])),
            ("date", "date:field", json!(1_700_000_000)),
            ("colour", "colour:field", json!({"r": 1})),
        ];
        for (kind, key, value) in odd {
            let metadata = UserMetadata::from([(key, value.clone())]);
            let other = UserValue::Other {
                kind: kind.to_owned(),
                value,
            };
            assert_eq!(metadata.get_field("field"), Some(other.clone()));
            assert_eq!(UserMetadata::new().field("field", other).0, metadata.0);
        }
        let strange = UserMetadata::from([("date:field", "the day before")]);
        let date = strange.get_date("field").unwrap();
        assert_eq!(
            (date.to_utc(), date.to_string()),
            (None, "the day before".into())
        );
    }

    #[test]
    fn every_key_comes_back_as_it_was() {
        let keys = [
            ":x",
            "::x",
            ":",
            "",
            "x",
            "x:",
            "int:",
            "int:x",
            "int::x",
            "int:int:x",
            "colour:x",
            "a:b:c",
            " :x",
            "latlon:x",
            "date:x",
            "array:x",
            "text:x:",
        ];
        let values = [
            json!("1"),
            json!(1),
            json!(1.5),
            json!(["a"]),
            json!(null),
            json!("1,2"),
        ];
        for key in keys {
            for value in &values {
                let metadata = UserMetadata::from([(key, value.clone())]);
                let again = metadata
                    .fields()
                    .fold(UserMetadata::new(), |all, (name, value)| {
                        all.field(name, value)
                    });
                assert_eq!(again.0, metadata.0, "{key}");
                let (name, read) = metadata.fields().next().unwrap();
                assert_eq!(metadata.get_field(name), Some(read), "{key}");
            }
        }
        // A string needs no type, so the service has it without one.
        let typed = UserMetadata::from([("str:x", "a")]);
        let (name, value) = typed.fields().next().unwrap();
        assert_eq!(UserMetadata::new().field(name, value)["x"], "a");
    }

    #[test]
    fn dates_of_other_years_are_kept_and_not_sent() {
        for year in ["+10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z"] {
            let read = UserMetadata::from([("date:taken", year)]);
            assert_eq!(read.get_date("taken").unwrap().to_string(), year);
            let set = UserMetadata::new().date("taken", year);
            assert_eq!(set.0, read.0);
            let error = set.checked(Null::Refused).unwrap_err().to_string();
            assert!(error.contains("years 0 to 9999"), "{error}");
        }
    }

    #[test]
    fn fields_are_found_by_plain_name_and_type() {
        let metadata = UserMetadata::from([
            ("int:a", json!(1)),
            ("a", json!("one")),
            ("str:b", json!("two")),
            ("text:c", json!("three words long")),
            ("array_text:d", json!(["x y"])),
            ("double:e", json!(2)),
        ]);
        assert_eq!(metadata.get_str("a"), Some("one"));
        assert_eq!(metadata.get_int("a"), Some(1));
        assert_eq!(metadata.get_field("a"), Some(UserValue::Str("one".into())));
        assert_eq!(metadata.get_str("b"), Some("two"));
        assert_eq!(metadata.get_field("b"), Some(UserValue::Str("two".into())));
        assert_eq!(metadata.get_text("c"), Some("three words long"));
        assert_eq!(metadata.get_array_text("d"), Some(vec!["x y"]));
        assert_eq!(metadata.get_double("e"), Some(2.0));
        for name in ["c", "int:a", "text:c", ""] {
            assert_eq!(metadata.get_str(name), None, "{name}");
        }
        assert_eq!(metadata.get_field("int:a"), None);
        assert_eq!(metadata.get_array("d"), None);
        assert_eq!(metadata.get_date("a"), None);
        assert_eq!(metadata.get_latlon("a"), None);
    }

    #[test]
    fn dates_go_out_in_utc_and_milliseconds() {
        let table = [
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("2026-11-20T10:00:00+0130", "2026-11-20T08:30:00Z"),
            ("2026-11-20T10:00:00.123456Z", "2026-11-20T10:00:00.123Z"),
            ("2026-11-20T10:00:00.000456Z", "2026-11-20T10:00:00Z"),
        ];
        for (given, sent) in table {
            assert_eq!(UserMetadata::new().date("taken", given)["date:taken"], sent);
        }
    }

    #[test]
    fn names_and_values_are_checked() {
        let long = "x".repeat(54);
        let fine = [
            (long.as_str(), json!("")),
            ("str:a_1", json!("x")),
            ("int:a", json!(0)),
            ("int:a", json!(u64::MAX)),
            ("double:a", json!(1)),
            ("date:a", json!("2026-11-20T10:00:00.5+02:00")),
            ("latlon:a", json!("-90, 180")),
            ("array:a", json!([])),
            ("array:a", json!(["x", 1, true])),
            ("array_text:a", json!(["x"])),
        ];
        for (key, value) in fine {
            assert!(
                check_user_field(key, &value, Null::Refused).is_ok(),
                "{key} {value}"
            );
        }
        let wrong = [
            ("", json!("x"), "lower-case letters"),
            ("Title", json!("x"), "lower-case letters"),
            (&*format!("{long}x"), json!("x"), "1 to 54"),
            ("int:int:a", json!(1), "lower-case letters"),
            ("colour:a", json!("x"), "not a type"),
            (":a", json!("x"), "not a type"),
            (
                "a",
                json!(5),
                "cannot be 5: it must be a string, or the name needs a type",
            ),
            ("a", json!(true), "a string"),
            ("text:a", json!(["x"]), "must be a string"),
            ("int:a", json!(1.5), "a whole number"),
            ("int:a", json!("1"), "a whole number"),
            ("double:a", json!("NaN"), "a finite number"),
            ("date:a", json!("2026-11-20"), "a date such as"),
            ("date:a", json!("the day before"), "a date such as"),
            ("latlon:a", json!("90.1,0"), "a latitude from -90 to 90"),
            ("latlon:a", json!("0,-180.1"), "a longitude from -180"),
            ("latlon:a", json!("NaN,0"), "a latitude"),
            ("latlon:a", json!("1;2"), "a latitude"),
            ("latlon:a", json!([1, 2]), "a latitude"),
            ("array:a", json!("x"), "a list of strings"),
            ("array:a", json!([["x"]]), "a list of strings"),
            ("array:a", json!([null]), "a list of strings"),
            ("a", json!(null), "use it with `merge` only"),
        ];
        for (key, value, rule) in wrong {
            let error = check_user_field(key, &value, Null::Refused).unwrap_err();
            assert!(error.is_invalid_input());
            assert!(error.to_string().contains(rule), "{key} {value}: {error}");
        }
        assert!(check_user_field("int:a", &Value::Null, Null::Removes).is_ok());
        assert!(check_user_field("Int", &Value::Null, Null::Removes).is_err());
        for number in [f64::NAN, f64::INFINITY] {
            let metadata = UserMetadata::new().double("a", number);
            assert!(metadata.checked(Null::Removes).is_err(), "never a removal");
        }
        for place in [(91.0, 0.0), (0.0, f64::NAN)] {
            let metadata = UserMetadata::new().latlon("a", place);
            assert!(metadata.checked(Null::Removes).is_err());
        }
    }
}
