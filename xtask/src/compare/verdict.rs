//! Compares a response with what a client decoded from it.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use serde_json::Value;

/// The result of decoding and encoding one response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// The response cannot be decoded; the client's error.
    Fails(String),
    /// The response was decoded; these fields are missing or different after encoding. Empty if none.
    Differs(BTreeSet<String>),
}

impl Verdict {
    /// Returns the verdict on a response that was decoded and encoded. Fields named in `left_out` do not count.
    pub(crate) fn of(sent: &Value, got: &Value, left_out: &[String]) -> Self {
        let mut fields = BTreeSet::new();
        compare(sent, got, "", &mut fields);
        fields.retain(|field| !left_out.contains(field));
        Self::Differs(fields)
    }

    /// Merges another verdict on the same response: the worse one counts, and all fields do.
    pub(crate) fn worsen(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Fails(_), _) => {}
            (Self::Differs(_), Self::Fails(error)) => *self = Self::Fails(error),
            (Self::Differs(mine), Self::Differs(others)) => mine.extend(others),
        }
    }

    /// Returns what is worse than in `base`; `None` if nothing is.
    pub(crate) fn beyond(&self, base: &Self) -> Option<Self> {
        match (self, base) {
            (_, Self::Fails(_)) => None,
            (Self::Fails(_), _) => Some(self.clone()),
            (Self::Differs(mine), Self::Differs(base)) => {
                let more: BTreeSet<String> = mine.difference(base).cloned().collect();
                (!more.is_empty()).then_some(Self::Differs(more))
            }
        }
    }

    pub(crate) fn is_right(&self) -> bool {
        matches!(self, Self::Differs(fields) if fields.is_empty())
    }
}

/// Collects the names of the fields that differ. Added fields and missing `null`s do not count.
fn compare(sent: &Value, got: &Value, field: &str, differing: &mut BTreeSet<String>) {
    match (sent, got) {
        (Value::Object(sent), Value::Object(got)) => {
            for (name, sent) in sent {
                let got = got.get(name).unwrap_or(&Value::Null);
                compare(sent, got, name, differing);
            }
        }
        (Value::Array(sent), Value::Array(got)) if sent.len() == got.len() => {
            for (sent, got) in sent.iter().zip(got) {
                compare(sent, got, field, differing);
            }
        }
        _ if same(sent, got) => {}
        _ => {
            let name = if field.is_empty() {
                "everything"
            } else {
                field
            };
            differing.insert(name.to_owned());
        }
    }
}

fn same(sent: &Value, got: &Value) -> bool {
    match (sent, got) {
        _ if sent == got => true,
        // `[]` means an empty object, and added fields do not count.
        (Value::Array(list), Value::Object(_) | Value::Null) => list.is_empty(),
        (Value::Number(sent), Value::Number(got)) => {
            sent.as_i64()
                .is_none_or(|whole| got.as_i64().is_none_or(|other| whole == other))
                && sent.as_f64() == got.as_f64()
        }
        (Value::String(sent), Value::String(got)) => match (instant(sent), instant(got)) {
            (Some(sent), Some(got)) => sent == got,
            _ => false,
        },
        _ => false,
    }
}

/// Parses a time; without an offset it is UTC.
fn instant(text: &str) -> Option<DateTime<FixedOffset>> {
    let with_offset = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f %z"];
    let without = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    let text = text
        .strip_suffix('Z')
        .map_or_else(|| text.to_owned(), |clock| format!("{clock}+00:00"));
    with_offset
        .iter()
        .find_map(|format| DateTime::parse_from_str(&text, format).ok())
        .or_else(|| {
            let naive = |format: &&str| NaiveDateTime::parse_from_str(&text, format).ok();
            without
                .iter()
                .find_map(naive)
                .map(|naive| naive.and_utc().fixed_offset())
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn differs(fields: &[&str]) -> Verdict {
        Verdict::Differs(fields.iter().map(|field| (*field).to_owned()).collect())
    }

    #[test]
    fn finds_lost_and_changed_fields() {
        for (sent, got, fields) in [
            (
                json!({"a": 1, "b": {"c": [1, 2]}}),
                json!({"a": 1, "b": {"c": [1, 2]}, "more": 1}),
                &[][..],
            ),
            (json!({"a": 1, "b": 2}), json!({"a": 1}), &["b"]),
            (json!({"a": null}), json!({}), &[]),
            (
                json!({"a": {"b": [1, 2]}}),
                json!({"a": {"b": [1]}}),
                &["b"],
            ),
            (
                json!([{"a": 1}, {"a": 2}]),
                json!([{"a": 1}, {"a": 3}]),
                &["a"],
            ),
            (json!({"a": []}), json!({"a": {}}), &[]),
            (json!({"a": []}), json!({"a": {"b": false}}), &[]),
            (json!({"a": [1]}), json!({"a": {}}), &["a"]),
            (json!({"a": 1.0}), json!({"a": 1}), &[]),
            (
                json!({"a": 9_007_199_254_740_993_i64}),
                json!({"a": 9_007_199_254_740_992_i64}),
                &["a"],
            ),
            (json!({"a": "x"}), json!({"a": "y"}), &["a"]),
            (json!("x"), json!(null), &["everything"]),
        ] {
            assert_eq!(
                Verdict::of(&sent, &got, &[]),
                differs(fields),
                "{sent} {got}"
            );
        }
        let left_out = ["b".to_owned()];
        let verdict = Verdict::of(&json!({"a": 1, "b": 2}), &json!({}), &left_out);
        assert_eq!(verdict, differs(&["a"]));
    }

    #[test]
    fn the_worst_of_several_counts() {
        let failed = Verdict::Fails("no".into());
        for (one, other, worst) in [
            (differs(&["a"]), differs(&["b"]), differs(&["a", "b"])),
            (differs(&[]), failed.clone(), failed.clone()),
            (failed.clone(), differs(&["a"]), failed.clone()),
        ] {
            let mut verdict = one;
            verdict.worsen(other);
            assert_eq!(verdict, worst);
        }
    }

    #[test]
    fn compares_dates_by_their_instant() {
        let read = |sent: &str, got: &str| {
            Verdict::of(&json!({"at": sent}), &json!({"at": got}), &[]).is_right()
        };
        assert!(read("2026-01-02T03:04:05+0000", "2026-01-02T03:04:05.000Z"));
        assert!(read("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"));
        assert!(read("2026-01-02T03:04:05Z", "2026-01-02 12:04:05 +0900"));
        assert!(read("2026-01-02T03:04:05", "2026-01-02T03:04:05+00:00"));
        assert!(!read("2026-01-02T03:04:05", "2026-01-02T03:04:05+09:00"));
        assert!(!read("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"));
        assert!(!read("-", ""));
    }

    #[test]
    fn earlier_differences_count_once() {
        let failed = Verdict::Fails("no".into());
        assert_eq!(
            differs(&["a", "b"]).beyond(&differs(&["a"])),
            Some(differs(&["b"]))
        );
        assert_eq!(differs(&["a"]).beyond(&differs(&["a"])), None);
        assert_eq!(failed.beyond(&differs(&[])), Some(failed.clone()));
        assert_eq!(failed.beyond(&failed), None);
        assert_eq!(differs(&["a"]).beyond(&failed), None);
    }
}
