//! Dates in the formats of the service. The hand-written version knows the format; the library does not.

use std::hint::black_box;

use chrono::{DateTime as Moment, NaiveDateTime, Utc};

use super::case::{BY_HAND, Case, ROKKA};

const ROUNDS: u64 = 5000;

type ByHand = (&'static str, fn(&str) -> Moment<Utc>);

pub(crate) fn cases() -> Vec<Case> {
    let spellings: [(&'static str, &'static str, &[ByHand]); 4] = [
        (
            "parse a date with +0000",
            "2026-07-22T19:30:40+0000",
            &[
                ("by hand, by its format", without_colon),
                ("by hand, any ISO 8601", iso8601),
            ],
        ),
        (
            "parse a date with +00:00",
            "2026-07-22T19:30:40+00:00",
            &[(BY_HAND, rfc3339)],
        ),
        (
            "parse a date with Z",
            "2026-07-22T19:30:40Z",
            &[(BY_HAND, rfc3339)],
        ),
        (
            "parse an unusual date: no offset",
            "2026-07-22 19:30:40",
            &[(BY_HAND, without_offset)],
        ),
    ];
    let mut cases = Vec::new();
    for (group, text, versions) in spellings {
        let date = rokka::DateTime::from(text);
        cases.push(Case::new(group, ROKKA, ROUNDS, move || {
            rokka::DateTime::from(black_box(text))
        }));
        for &(version, by_hand) in versions {
            assert_eq!(date.to_utc(), Some(by_hand(text)), "{text}, {version}");
            cases.push(Case::new(group, version, ROUNDS, move || {
                by_hand(black_box(text))
            }));
        }
    }
    cases
}

fn without_colon(text: &str) -> Moment<Utc> {
    Moment::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z")
        .unwrap()
        .to_utc()
}

fn iso8601(text: &str) -> Moment<Utc> {
    text.parse().unwrap()
}

fn rfc3339(text: &str) -> Moment<Utc> {
    Moment::parse_from_rfc3339(text).unwrap().to_utc()
}

fn without_offset(text: &str) -> Moment<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
        .unwrap()
        .and_utc()
}
