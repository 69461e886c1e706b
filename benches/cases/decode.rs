//! A page of 1,000 images, decoded to the library's types, and to hand-written structs with dates as strings or chrono types.

use std::hint::black_box;

use chrono::Utc;
use rokka::SourceImageList;

use super::case::{Case, ROKKA};
use super::image::{self, Page};

const GROUP: &str = "decode a page of 1,000 images";
const ROUNDS: u64 = 3;

pub(crate) fn cases() -> Vec<Case> {
    let json: &'static str = image::page(1000).leak();
    let rokka: SourceImageList = serde_json::from_str(json).unwrap();
    let strings: Page<String> = serde_json::from_str(json).unwrap();
    let chrono: Page<chrono::DateTime<Utc>> = serde_json::from_str(json).unwrap();
    for number in [0, 999] {
        let (one, two, three) = (
            rokka.items.get(number).unwrap(),
            strings.items.get(number).unwrap(),
            chrono.items.get(number).unwrap(),
        );
        assert_eq!((&one.hash, one.size), (&two.hash, two.size));
        assert_eq!((&one.hash, one.size), (&three.hash, three.size));
    }
    vec![
        Case::new(GROUP, ROKKA, ROUNDS, || {
            serde_json::from_str::<SourceImageList>(black_box(json)).unwrap()
        }),
        Case::new(GROUP, "by hand, dates as strings", ROUNDS, || {
            serde_json::from_str::<Page<String>>(black_box(json)).unwrap()
        }),
        Case::new(GROUP, "by hand, dates by chrono", ROUNDS, || {
            serde_json::from_str::<Page<chrono::DateTime<Utc>>>(black_box(json)).unwrap()
        }),
    ]
}
