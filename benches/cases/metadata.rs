//! User metadata: typed values read from an image and written to a definition, and the same with `serde_json` alone.

use std::hint::black_box;

use chrono::{DateTime as Moment, Utc};
use rokka::UserMetadata;
use serde_json::{Map, Value, json};

use super::case::{BY_HAND, Case, ROKKA};

const READ: &str = "read four fields of user metadata";
const BUILD: &str = "build user metadata of four fields";
const ROUNDS: u64 = 2000;

/// The fields to read: a string, a number, a date and a list.
type Fields<'a> = (&'a str, i64, Moment<Utc>, Vec<&'a str>);

pub(crate) fn cases() -> Vec<Case> {
    let metadata = build();
    let Value::Object(map) = build_by_hand() else {
        panic!("it is an object");
    };
    assert_eq!(metadata.0, map);
    assert_eq!(read(&metadata), read_by_hand(&map));
    assert!(read(&metadata).is_some());
    vec![
        Case::new(READ, ROKKA, ROUNDS, move || {
            read(black_box(&metadata)).map(|fields| fields.1)
        }),
        Case::new(READ, BY_HAND, ROUNDS, move || {
            read_by_hand(black_box(&map)).map(|fields| fields.1)
        }),
        Case::new(BUILD, ROKKA, ROUNDS, build),
        Case::new(BUILD, BY_HAND, ROUNDS, build_by_hand),
    ]
}

fn read(metadata: &UserMetadata) -> Option<Fields<'_>> {
    Some(black_box((
        metadata.get_str("copyright")?,
        metadata.get_int("camera_id")?,
        metadata.get_date("taken")?.to_utc()?,
        metadata.get_array("labels")?,
    )))
}

fn read_by_hand(map: &Map<String, Value>) -> Option<Fields<'_>> {
    let taken = map.get("date:taken")?.as_str()?;
    let labels = map.get("array:labels")?.as_array()?.iter();
    Some(black_box((
        map.get("copyright")?.as_str()?,
        map.get("int:camera_id")?.as_i64()?,
        Moment::parse_from_rfc3339(taken).ok()?.to_utc(),
        labels.map(Value::as_str).collect::<Option<_>>()?,
    )))
}

fn build() -> UserMetadata {
    UserMetadata::new()
        .str("copyright", black_box("Photograph by Acme"))
        .int("camera_id", black_box(42))
        .date("taken", black_box(moment()))
        .array("labels", black_box(["outdoor", "shoe", "series-7"]))
}

fn build_by_hand() -> Value {
    let taken = black_box(moment()).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    json!({
        "copyright": black_box("Photograph by Acme"),
        "int:camera_id": black_box(42),
        "date:taken": taken,
        "array:labels": black_box(["outdoor", "shoe", "series-7"]),
    })
}

fn moment() -> Moment<Utc> {
    Moment::UNIX_EPOCH + chrono::Duration::seconds(1_784_748_640)
}
