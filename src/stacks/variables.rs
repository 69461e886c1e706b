//! The ordered variables of a stack.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// The variables of a stack by name, in the order in which the service evaluates them.
///
/// A value is a number, a boolean or a string. A string is an expression, which may use preceding variables: `$w / 2`. A
/// render URL can override variables. Stack options cannot use them directly.
///
/// ```
/// use rokka::stacks::StackVariableValues;
///
/// let variables = StackVariableValues::new().set("w", 500).set("h", "$w / 2");
/// assert_eq!(serde_json::to_string(&variables)?, r#"{"w":500,"h":"$w / 2"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// [Reference](https://rokka.io/documentation/references/stacks.html#stack-variables).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StackVariableValues(Vec<(String, Value)>);

impl StackVariableValues {
    /// Returns no variables.
    ///
    /// ```
    /// assert!(rokka::stacks::StackVariableValues::new().is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a variable. Replaces a previous value in place.
    ///
    /// ```
    /// use rokka::stacks::StackVariableValues;
    ///
    /// let variables = StackVariableValues::new().set("w", 500).set("w", 300);
    /// assert_eq!(variables.get("w"), Some(&300.into()));
    /// ```
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.insert(name.into(), value.into());
        self
    }

    /// Sets a variable and returns its previous value.
    ///
    /// ```
    /// let mut variables = rokka::stacks::StackVariableValues::new().set("w", 500);
    /// assert_eq!(variables.insert("w".to_owned(), 300.into()), Some(500.into()));
    /// ```
    pub fn insert(&mut self, name: String, value: Value) -> Option<Value> {
        if let Some((_, slot)) = self.0.iter_mut().find(|(known, _)| *known == name) {
            return Some(std::mem::replace(slot, value));
        }
        self.0.push((name, value));
        None
    }

    /// Removes a variable and returns its value.
    ///
    /// ```
    /// let mut variables = rokka::stacks::StackVariableValues::new().set("w", 500);
    /// assert_eq!(variables.remove("w"), Some(500.into()));
    /// ```
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let position = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(position).1)
    }

    /// Returns the value of a variable.
    ///
    /// ```
    /// let variables = rokka::stacks::StackVariableValues::new().set("w", 500);
    /// assert_eq!(variables.get("h"), None);
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }

    /// Returns the variables in order.
    ///
    /// ```
    /// let variables = rokka::stacks::StackVariableValues::new().set("w", 500);
    /// assert!(variables.iter().eq([("w", &500.into())]));
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Returns the number of variables.
    ///
    /// ```
    /// assert_eq!(rokka::stacks::StackVariableValues::new().set("w", 500).len(), 1);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no variables.
    ///
    /// ```
    /// assert!(rokka::stacks::StackVariableValues::new().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for StackVariableValues {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut all = Self::new();
        for (name, value) in pairs {
            all.insert(name.into(), value.into());
        }
        all
    }
}

impl IntoIterator for StackVariableValues {
    type Item = (String, Value);
    type IntoIter = std::vec::IntoIter<(String, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for StackVariableValues {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for StackVariableValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = StackVariableValues;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = StackVariableValues::new();
                while let Some((name, value)) = map.next_entry()? {
                    all.insert(name, value);
                }
                Ok(all)
            }
        }

        struct Ordered(StackVariableValues);

        impl<'de> Deserialize<'de> for Ordered {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map(Pairs).map(Self)
            }
        }

        let read: Option<Ordered> = crate::lenient::object(deserializer)?;
        Ok(read.map(|ordered| ordered.0).unwrap_or_default())
    }
}
