//! Decoders of the models, which keep the fields that a model does not have.
//!
//! The bindings invoke [`model!`] for each struct that the service sends, in the place of serde's derive. The derive with
//! `flatten` would keep those fields too, but it compiles two dozen functions more for each model, and its own decoders are
//! compiled once for the model at the top of a response and once for the same model inside another one.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use crate::lenient::{self, Near};

/// A struct that the service sends. [`model!`] implements it.
pub(crate) trait Model: Sized {
    /// What errors call it.
    const EXPECTED: &'static str;

    /// A known field.
    type Known;

    /// Returns the field with this name.
    fn known(name: &str) -> Option<Self::Known>;

    /// Reads the fields of an object.
    fn read<'de, A: MapAccess<'de>>(object: A) -> Result<Self, A::Error>;

    /// Returns what an object without fields is.
    fn without_fields<E: Error>() -> Result<Self, E>;
}

/// Decodes a model from an object; `[]` is an object without fields.
pub(crate) fn decode<'de, M: Model, D: Deserializer<'de>>(deserializer: D) -> Result<M, D::Error> {
    struct Object<M>(PhantomData<M>);

    impl<'de, M: Model> Visitor<'de> for Object<M> {
        type Value = M;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(M::EXPECTED)
        }

        fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<M, A::Error> {
            M::read(object)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<M, A::Error> {
            match list.next_element::<IgnoredAny>()? {
                None => M::without_fields(),
                Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
            }
        }
    }

    deserializer.deserialize_any(Object(PhantomData))
}

/// Reads the name of a field: returns the known field, or stores another name.
pub(crate) struct ReadName<'a, M>(&'a mut String, PhantomData<M>);

impl<'a, M> ReadName<'a, M> {
    #[inline]
    pub(crate) fn new(unknown: &'a mut String) -> Self {
        Self(unknown, PhantomData)
    }
}

impl<'de, M: Model> DeserializeSeed<'de> for ReadName<'_, M> {
    type Value = Option<M::Known>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<M: Model> Visitor<'_> for ReadName<'_, M> {
    type Value = Option<M::Known>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    #[inline]
    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        let known = M::known(name);
        if known.is_none() {
            name.clone_into(self.0);
        }
        Ok(known)
    }
}

/// How the value of a field is decoded, and what it is if the field is missing. See [`crate::lenient`].
pub(crate) trait Rule<'de, T> {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;

    fn missing<E: Error>(name: &'static str) -> Result<T, E>;
}

/// The field and its value must be there.
pub(crate) struct Required;

/// The field must be there; `null` stands for the default value.
pub(crate) struct Present;

/// Nothing and `null` stand for the default value.
pub(crate) struct OrDefault;

/// Nothing and `null` stand for 1.
pub(crate) struct OrOne;

/// Nothing and `null` stand for none.
pub(crate) struct Optional;

impl<'de, T: Near<'de>> Rule<'de, T> for Required {
    #[inline]
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        lenient::required(deserializer)
    }

    fn missing<E: Error>(name: &'static str) -> Result<T, E> {
        Err(E::missing_field(name))
    }
}

impl<'de, T: Near<'de> + Default> Rule<'de, T> for Present {
    #[inline]
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        lenient::or_default(deserializer)
    }

    fn missing<E: Error>(name: &'static str) -> Result<T, E> {
        Err(E::missing_field(name))
    }
}

impl<'de, T: Near<'de> + Default> Rule<'de, T> for OrDefault {
    #[inline]
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        lenient::or_default(deserializer)
    }

    #[inline]
    fn missing<E: Error>(_: &'static str) -> Result<T, E> {
        Ok(T::default())
    }
}

impl<'de, T: Near<'de> + From<u8>> Rule<'de, T> for OrOne {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        lenient::or_one(deserializer)
    }

    fn missing<E: Error>(_: &'static str) -> Result<T, E> {
        Ok(T::from(1))
    }
}

impl<'de, T: Near<'de>> Rule<'de, Option<T>> for Optional {
    #[inline]
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        lenient::optional(deserializer)
    }

    #[inline]
    fn missing<E: Error>(_: &'static str) -> Result<Option<T>, E> {
        Ok(None)
    }
}

/// A field while its object is read.
pub(crate) struct Field<R, T>(Option<T>, PhantomData<R>);

impl<R, T> Field<R, T> {
    #[inline]
    pub(crate) fn new() -> Self {
        Self(None, PhantomData)
    }

    /// Reads the value.
    #[inline]
    pub(crate) fn read<'de, A>(
        &mut self,
        name: &'static str,
        object: &mut A,
    ) -> Result<(), A::Error>
    where
        A: MapAccess<'de>,
        R: Rule<'de, T>,
    {
        if self.0.is_some() {
            return Err(A::Error::duplicate_field(name));
        }
        self.0 = Some(object.next_value_seed(ReadValue::<R, T>(PhantomData))?);
        Ok(())
    }

    /// Returns the value, after all fields were read.
    #[inline]
    pub(crate) fn value<'de, E: Error>(self, name: &'static str) -> Result<T, E>
    where
        R: Rule<'de, T>,
    {
        match self.0 {
            Some(value) => Ok(value),
            None => R::missing(name),
        }
    }
}

/// Reads the value of a field by its rule.
struct ReadValue<R, T>(PhantomData<(R, T)>);

impl<'de, R: Rule<'de, T>, T> DeserializeSeed<'de> for ReadValue<R, T> {
    type Value = T;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        R::decode(deserializer)
    }
}

/// Implements [`Model`], `Deserialize` and [`Near`] for a struct with a field `extra`: `model!(Name(open) { field:
/// Rule("name" | "other name"), .. } filled later: field)`. `secret` in the place of `open` redacts unknown values in `Debug`.
macro_rules! model {
    (@secret open) => { false };
    (@secret secret) => { true };
    (
        $model:ident($kind:ident) {
            $($field:ident: $rule:ident($name:literal $(| $alias:literal)*)),* $(,)?
        }
        $(and $later:ident)?
    ) => {
        #[allow(non_camel_case_types)]
        const _: () = {
            pub enum Known {
                $($field,)*
            }

            impl crate::model::Model for $model {
                const EXPECTED: &'static str = concat!("struct ", stringify!($model));

                type Known = Known;

                #[inline]
                fn known(name: &str) -> ::std::option::Option<Known> {
                    match name {
                        $($name $(| $alias)* => ::std::option::Option::Some(Known::$field),)*
                        _ => ::std::option::Option::None,
                    }
                }

                fn read<'de, A: ::serde::de::MapAccess<'de>>(
                    mut object: A,
                ) -> ::std::result::Result<Self, A::Error> {
                    $(let mut $field = crate::model::Field::<crate::model::$rule, _>::new();)*
                    let mut extra = crate::Extra::default();
                    let mut unknown = ::std::string::String::new();
                    while let Some(known) =
                        object.next_key_seed(crate::model::ReadName::<Self>::new(&mut unknown))?
                    {
                        match known {
                            $(::std::option::Option::Some(Known::$field) => {
                                $field.read($name, &mut object)?;
                            })*
                            ::std::option::Option::None => {
                                let name = ::std::mem::take(&mut unknown);
                                let value = object.next_value()?;
                                extra.keep(name, value, crate::model::model!(@secret $kind));
                            }
                        }
                    }
                    Ok(Self {
                        $($field: $field.value::<A::Error>($name)?,)*
                        $($later: ::std::default::Default::default(),)?
                        extra,
                    })
                }

                fn without_fields<E: ::serde::de::Error>() -> ::std::result::Result<Self, E> {
                    Ok(Self {
                        $($field: {
                            crate::model::Field::<crate::model::$rule, _>::new().value::<E>($name)?
                        },)*
                        $($later: ::std::default::Default::default(),)?
                        extra: ::std::default::Default::default(),
                    })
                }
            }

            impl<'de> ::serde::Deserialize<'de> for $model {
                fn deserialize<D: ::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::std::result::Result<Self, D::Error> {
                    crate::model::decode(deserializer)
                }
            }

            impl<'de> crate::lenient::Near<'de> for $model {
                fn near<D: ::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::std::result::Result<::std::option::Option<Self>, D::Error> {
                    crate::lenient::object(deserializer)
                }
            }
        };
    };
}

pub(crate) use model;

/// Makes a model of given fields and empty ones.
#[cfg(feature = "testing")]
macro_rules! sample {
    ($($given:ident: $value:expr),*; $($empty:ident),*) => {
        Self {
            $($given: $value,)*
            $($empty: ::std::default::Default::default(),)*
            extra: crate::Extra::default(),
        }
    };
}

#[cfg(feature = "testing")]
pub(crate) use sample;
