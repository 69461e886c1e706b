//! Images in the JSON of the service, and hand-written types for them.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Map, Value};

/// A hand-written image: all fields, required where the service always sends them, with any type for dates.
#[derive(Deserialize)]
#[allow(dead_code, reason = "the benchmark decodes them")]
#[allow(
    clippy::struct_excessive_bools,
    reason = "they are the fields of the service"
)]
pub(crate) struct Image<Date> {
    pub(crate) hash: String,
    short_hash: String,
    binary_hash: String,
    created: Date,
    name: String,
    mimetype: String,
    format: String,
    pub(crate) size: u64,
    width: u64,
    height: u64,
    organization: String,
    link: String,
    #[serde(default)]
    animated: bool,
    #[serde(default)]
    opaque: bool,
    #[serde(default)]
    protected: bool,
    #[serde(default)]
    locked: bool,
    #[serde(default)]
    deleted: bool,
    deleted_date: Option<Date>,
    entropy: Option<f64>,
    #[serde(default)]
    user_metadata: Map<String, Value>,
    #[serde(default)]
    dynamic_metadata: Map<String, Value>,
    #[serde(default)]
    static_metadata: Map<String, Value>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "the benchmark decodes them")]
pub(crate) struct Page<Date> {
    total: u64,
    cursor: Option<String>,
    #[serde(default)]
    links: Links,
    pub(crate) items: Vec<Image<Date>>,
}

#[derive(Deserialize, Default)]
#[allow(dead_code, reason = "the benchmark decodes them")]
struct Links {
    prev: Option<Link>,
    next: Option<Link>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "the benchmark decodes them")]
struct Link {
    href: Option<String>,
}

/// Returns the hash of image `number`.
pub(crate) fn hash(number: usize) -> String {
    format!("{:08x}", number.wrapping_mul(0x9E37_79B1) & 0xFFFF_FFFF).repeat(5)
}

/// Returns an image as JSON.
pub(crate) fn image(number: usize) -> String {
    let hash = hash(number);
    let short = hash.get(..6).unwrap();
    let second = number % 60;
    format!(
        r#"{{"hash":"{hash}","short_hash":"{short}","binary_hash":"{hash}","created":"2026-07-22T19:30:{second:02}+0000","#
    ) + &format!(
        r#""name":"image-{number}.jpg","mimetype":"image/jpeg","format":"jpg","size":{},"width":{},"height":{},"#,
        100_000 + number,
        1000 + number % 3000,
        800 + number % 2000,
    ) + &format!(
        r#""organization":"acme","link":"/sourceimages/acme/{hash}","opaque":true,"protected":false,"locked":false,"#
    ) + &format!(
        r#""user_metadata":{{"copyright":"Photograph {number} by Acme","int:camera_id":{},"array:labels":["outdoor","shoe","series-{}"]}},"#,
        number % 17,
        number % 40,
    ) + r#""dynamic_metadata":{"subject_area":{"x":100,"y":80,"width":50,"height":40}}}"#
}

/// Returns a page of images as JSON.
pub(crate) fn page(images: usize) -> String {
    let mut json = format!(r#"{{"total":74088,"cursor":"{}","#, hash(images));
    write!(
        json,
        r#""links":{{"next":{{"href":"/sourceimages/acme?limit={images}&offset={images}"}}}},"items":["#
    )
    .unwrap();
    for number in 0..images {
        let between = if number == 0 { "" } else { "," };
        json.push_str(between);
        json.push_str(&image(number));
    }
    json + "]}"
}
