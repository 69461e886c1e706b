//! Decoders for what the service sends where its own documentation promises something else.
//!
//! The service is written in PHP: an empty object arrives as `[]`, a list with a gap as an object with numbers for keys, and a
//! value as a number, a string or a boolean by what it was computed from. The bindings read all fields by one of three rules,
//! which code generation picks:
//!
//! | rule | missing | `null`, and `[]` for an object |
//! |---|---|---|
//! | [`required`] | fails | fails |
//! | [`or_default`] | the default, with `#[serde(default)]` | the default |
//! | [`optional`] | `None`, with `#[serde(default)]` | `None` |
//!
//! A value of another type is converted if that loses nothing, see [`Near`]; otherwise decoding fails.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde_json::{Map, Value};

/// A type that is also read from values of near types.
///
/// | type | also read from |
/// |---|---|
/// | text | numbers and booleans |
/// | whole number | `640.0`, `"640"`, `"640.0"` |
/// | number | `"1.5"`, whole numbers |
/// | boolean | `0`, `1`, `"0"`, `"1"`, `"true"`, `"false"` |
/// | list | an object whose keys are numbers |
/// | object | an empty list, which is `None` |
pub(crate) trait Near<'de>: Sized {
    /// Reads a value; `null`, and what stands for nothing, is `None`.
    fn near<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error>;
}

/// A value that must be there.
pub(crate) fn required<'de, T: Near<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::near(deserializer)?
        .ok_or_else(|| D::Error::invalid_type(Unexpected::Unit, &"a value, which is required here"))
}

/// A value; `null` stands for the default one.
pub(crate) fn or_default<'de, T: Near<'de> + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::near(deserializer).map(Option::unwrap_or_default)
}

/// A value; `null` stands for none.
pub(crate) fn optional<'de, T: Near<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::near(deserializer)
}

/// An object, read by the decoder of its type; `[]` and `null` are `None`.
pub(crate) fn object<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct ObjectOrEmptyList<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectOrEmptyList<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object or an empty list")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map)).map(Some)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            match list.next_element::<IgnoredAny>()? {
                None => Ok(None),
                Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
            }
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(ObjectOrEmptyList(PhantomData))
}

/// Implements [`Near`] for types of objects.
macro_rules! near_objects {
    ($($name:ty),* $(,)?) => {$(
        impl<'de> crate::lenient::Near<'de> for $name {
            fn near<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<::std::option::Option<Self>, D::Error> {
                crate::lenient::object(deserializer)
            }
        }
    )*};
}

/// Implements [`Near`] for types that read any spelling themselves, except for `null`.
macro_rules! near_values {
    ($($name:ty),* $(,)?) => {$(
        impl<'de> crate::lenient::Near<'de> for $name {
            fn near<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<::std::option::Option<Self>, D::Error> {
                ::serde::Deserialize::deserialize(deserializer)
            }
        }
    )*};
}

/// Implements [`Near`] for types that are made of text.
macro_rules! near_texts {
    ($($name:ty),* $(,)?) => {$(
        impl<'de> crate::lenient::Near<'de> for $name {
            fn near<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<::std::option::Option<Self>, D::Error> {
                let text = <::std::string::String as crate::lenient::Near>::near(deserializer)?;
                Ok(text.map(<$name>::from))
            }
        }
    )*};
}

pub(crate) use {near_objects, near_texts, near_values};

near_objects!(Map<String, Value>);
near_values!(crate::DateTime);
near_objects!(crate::stacks::StackVariableValues);
near_texts!(crate::Secret);

impl<'de> Near<'de> for String {
    fn near<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Option<String>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Some(text.to_owned()))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
                Ok(Some(text))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Some(number.to_string()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Some(number.to_string()))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Some(number.to_string()))
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Some(value.to_string()))
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(None)
            }
        }

        deserializer.deserialize_any(Text)
    }
}

/// The whole number that a number with a fraction of zero is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the value has no fraction and is within the range"
)]
fn whole(number: f64) -> Option<i128> {
    let fits = number.fract() == 0.0 && number.abs() <= u64::MAX as f64;
    fits.then_some(number as i128)
}

/// A whole number of any spelling.
struct Whole;

impl Visitor<'_> for Whole {
    type Value = Option<i128>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(number.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        match whole(number) {
            None => Err(E::invalid_value(Unexpected::Float(number), &self)),
            found => Ok(found),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let read = text.trim();
        let number = read.parse().ok();
        match number.or_else(|| whole(read.parse().ok()?)) {
            None => Err(E::invalid_value(Unexpected::Str(text), &self)),
            found => Ok(found),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

macro_rules! near_whole_numbers {
    ($($kind:ty: $range:literal),*) => {$(
        impl<'de> Near<'de> for $kind {
            fn near<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
                let number = deserializer.deserialize_any(Whole)?;
                let fitting = |number| {
                    Self::try_from(number)
                        .map_err(|_| D::Error::custom(concat!("a number is not ", $range)))
                };
                number.map(fitting).transpose()
            }
        }
    )*};
}

near_whole_numbers!(u64: "0 to 2^64 - 1", i64: "-2^63 to 2^63 - 1");

impl<'de> Near<'de> for f64 {
    fn near<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = Option<f64>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Some(number))
            }

            #[expect(
                clippy::cast_precision_loss,
                reason = "as JSON numbers are read as f64"
            )]
            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Some(number as f64))
            }

            #[expect(
                clippy::cast_precision_loss,
                reason = "as JSON numbers are read as f64"
            )]
            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Some(number as f64))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                let number = text.trim().parse().ok();
                match number.filter(|number: &f64| number.is_finite()) {
                    None => Err(E::invalid_value(Unexpected::Str(text), &self)),
                    found => Ok(found),
                }
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(None)
            }
        }

        deserializer.deserialize_any(Number)
    }
}

impl<'de> Near<'de> for bool {
    fn near<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        struct Boolean;

        impl Visitor<'_> for Boolean {
            type Value = Option<bool>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a boolean")
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Some(value))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                match number {
                    0 => Ok(Some(false)),
                    1 => Ok(Some(true)),
                    other => Err(E::invalid_value(Unexpected::Unsigned(other), &self)),
                }
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
                match whole(number) {
                    Some(0) => Ok(Some(false)),
                    Some(1) => Ok(Some(true)),
                    _ => Err(E::invalid_value(Unexpected::Float(number), &self)),
                }
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                match text.trim() {
                    "0" | "false" => Ok(Some(false)),
                    "1" | "true" => Ok(Some(true)),
                    _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
                }
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(None)
            }
        }

        deserializer.deserialize_any(Boolean)
    }
}

/// An element of a list or a map, which must not be `null`.
struct Element<T>(PhantomData<T>);

impl<'de, T: Near<'de>> DeserializeSeed<'de> for Element<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        required(deserializer)
    }
}

impl<'de, T: Near<'de>> Near<'de> for Vec<T> {
    fn near<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        struct List<T>(PhantomData<T>);

        impl<'de, T: Near<'de>> Visitor<'de> for List<T> {
            type Value = Option<Vec<T>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element_seed(Element(PhantomData))? {
                    items.push(item);
                }
                Ok(Some(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    if key.parse::<u64>().is_err() {
                        return Err(A::Error::invalid_type(Unexpected::Map, &self));
                    }
                    items.push(map.next_value_seed(Element(PhantomData))?);
                }
                Ok(Some(items))
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(None)
            }
        }

        deserializer.deserialize_any(List(PhantomData))
    }
}

impl<'de, T: Near<'de>> Near<'de> for BTreeMap<String, T> {
    fn near<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        struct Entries<T>(BTreeMap<String, T>);

        impl<'de, T: Near<'de>> Deserialize<'de> for Entries<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Pairs<T>(PhantomData<T>);

                impl<'de, T: Near<'de>> Visitor<'de> for Pairs<T> {
                    type Value = BTreeMap<String, T>;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<Self::Value, A::Error> {
                        let mut entries = BTreeMap::new();
                        while let Some(key) = map.next_key()? {
                            entries.insert(key, map.next_value_seed(Element(PhantomData))?);
                        }
                        Ok(entries)
                    }
                }

                deserializer.deserialize_map(Pairs(PhantomData)).map(Self)
            }
        }

        let entries: Option<Entries<T>> = object(deserializer)?;
        Ok(entries.map(|entries| entries.0))
    }
}

/// A number; `null` stands for 1.
pub(crate) fn or_one<'de, T: Near<'de> + From<u8>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::near(deserializer).map(|number| number.unwrap_or_else(|| T::from(1)))
}

/// Whether a boolean is left out of what is sent.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

impl<'de> Near<'de> for crate::api::types::AnyValue {
    fn near<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Value::deserialize(deserializer).map(|value| Some(Self(value)))
    }
}
