//! Uploads: reads a multipart form and stores its images.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

use super::enrichment;
use super::file_type::FileType;
use super::image::{Image, ImageJson};
use super::multipart::Part;
use super::organization::Organization;
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::user_metadata::{self, Changes};
use super::{dynamic_metadata, hash};

/// The fields of a form for one file or URL.
#[derive(Default)]
struct Entry {
    source: Option<(String, Bytes)>,
    user_metadata: Changes,
    dynamic_metadata: Map<String, Value>,
    descriptions: Option<Value>,
    protected: bool,
}

#[derive(Serialize)]
struct Uploaded<'a> {
    total: usize,
    items: Vec<ImageJson<'a>>,
}

/// A valid form, ready to be stored.
pub(crate) struct Prepared(Vec<(Image, Changes, Option<Value>)>);

/// Reads a form and hashes its files, which needs no organization. An invalid form stores nothing.
pub(crate) fn prepare(request: &Request) -> Result<Prepared, Response> {
    let parts = request.parts().map_err(Response::bad_request)?;
    let optimizes = parts
        .iter()
        .any(|part| part.name == "optimize_source" && !matches!(&*part.body, b"false" | b"0"));
    let mut images = Vec::new();
    for (index, entry) in read_form(parts)? {
        let (name, bytes) = entry.source.ok_or_else(|| {
            Response::bad_request(format!(
                "The form has metadata for file {index}, but no such file"
            ))
        })?;
        if bytes.is_empty() {
            return Err(Response::bad_request(format!("The file `{name}` is empty")));
        }
        check_length(&name, bytes.len() as u64, optimizes)?;
        let file_type = FileType::detect(&bytes, &name).map_err(Response::bad_request)?;
        check_pixels(&name, &file_type)?;
        let bytes = own(bytes, request.body.len());
        let mut image = Image::new(bytes, name, file_type);
        image.dynamic_metadata = entry.dynamic_metadata;
        image.protected = entry.protected;
        image.hash = image.derived_hash();
        images.push((image, entry.user_metadata, entry.descriptions));
    }
    if images.is_empty() {
        return Err(Response::bad_request(
            "The form must have at least one file or URL",
        ));
    }
    Ok(Prepared(images))
}

/// Returns a 413 for a file that is too long. One that is optimized may be longer.
fn check_length(name: &str, length: u64, optimizes: bool) -> Result<(), Response> {
    const MEGABYTE: u64 = 1_000_000;
    let most = if optimizes { 1_800 } else { 1_180 };
    if length <= most * MEGABYTE {
        return Ok(());
    }
    Err(Response::error(
        413,
        format!("The file `{name}` has {length} bytes; at most {most} MB are allowed"),
    ))
}

/// Returns a 400 for a picture with too many pixels. A JPEG may have any number.
fn check_pixels(name: &str, file_type: &FileType) -> Result<(), Response> {
    const MOST: u64 = 225_000_000;
    let pixels = u64::from(file_type.width) * u64::from(file_type.height);
    if pixels <= MOST || file_type.format == "jpg" {
        return Ok(());
    }
    Err(Response::bad_request(format!(
        "The picture `{name}` has {} by {} pixels; at most 225 million are allowed",
        file_type.width, file_type.height
    )))
}

/// Copies a file that is a small part of the form, so that it does not keep the memory of the whole form. The file of a
/// large form stays where it is.
fn own(file: Bytes, form: usize) -> Bytes {
    const SMALL: usize = 1024 * 1024;
    if file.len() < SMALL || file.len() < form - form / 8 {
        Bytes::copy_from_slice(&file)
    } else {
        file
    }
}

impl Prepared {
    /// Returns the images, for the store of originals.
    pub(crate) fn images_mut(&mut self) -> impl Iterator<Item = &mut Image> {
        self.0.iter_mut().map(|(image, _, _)| image)
    }
}

pub(crate) fn store(organization: &mut Organization, Prepared(images): Prepared) -> HandlerResult {
    for (image, changes, descriptions) in &images {
        let changes_user_metadata = !changes.is_empty() || descriptions.is_some();
        let known = organization.live(&image.hash);
        if changes_user_metadata && known.is_ok_and(|known| known.locked) {
            return Err(Response::locked());
        }
    }
    let mut hashes = Vec::new();
    for (image, changes, descriptions) in images {
        hashes.push(image.hash.clone());
        if organization.live(&image.hash).is_err() {
            organization.insert(image);
        }
        let stored = organization.live_mut(hashes.last().map_or("", String::as_str))?;
        user_metadata::merge(changes, &mut stored.user_metadata);
        if let Some(request) = descriptions {
            enrichment::describe(stored, &request)?;
        }
    }
    let items = hashes
        .iter()
        .map(|hash| Ok(organization.live(hash)?.to_json(organization.name())))
        .collect::<Result<Vec<_>, Response>>()?;
    Ok(Response::json(
        200,
        &Uploaded {
            total: items.len(),
            items,
        },
    ))
}

fn read_form(parts: &[Part]) -> Result<BTreeMap<usize, Entry>, Response> {
    let mut entries: BTreeMap<usize, Entry> = BTreeMap::new();
    let mut counters = Counters::default();
    for part in parts {
        let (field, indices) = split_name(&part.name);
        let at = indices.first().copied().unwrap_or_default();
        match field {
            "meta_user" => {
                let index = counters.index("meta_user", at)?;
                entries.entry(index).or_default().user_metadata =
                    user_metadata::read_changes(json_of(part)?)?;
            }
            "meta_dynamic" => {
                let index = counters.index("meta_dynamic", at)?;
                let metadata = &mut entries.entry(index).or_default().dynamic_metadata;
                if let Some(kind) = indices.get(1) {
                    dynamic_metadata::set(metadata, kind, json_of(part)?)?;
                } else {
                    for (kind, value) in object_of(part)? {
                        dynamic_metadata::set(metadata, &kind, value)?;
                    }
                }
            }
            "meta_static" => {
                let index = counters.index("meta_static", at)?;
                let mut blocks = object_of(part)?;
                if let Some(request) = blocks.remove("auto_description") {
                    enrichment::languages(&request)?;
                    entries.entry(index).or_default().descriptions = Some(request);
                }
            }
            "options" => {
                let index = counters.index("options", at)?;
                let options = object_of(part)?;
                let flag = |name: &str| {
                    let Some(value) = options.get(name) else {
                        return Ok(None);
                    };
                    let fault = || format!("The option `{name}` must be true or false");
                    let value = value.as_bool();
                    value
                        .map(Some)
                        .ok_or_else(|| Response::bad_request(fault()))
                };
                // What it changes is not documented.
                flag("visual_binaryhash")?;
                if let Some(protected) = flag("protected")? {
                    entries.entry(index).or_default().protected = protected;
                }
            }
            "optimize_source" => {
                if !matches!(
                    &*part.body,
                    b"true" | b"false" | b"1" | b"0" | b"jpg" | b"png"
                ) {
                    return Err(Response::bad_request(
                        "`optimize_source` must be true, false, jpg or png",
                    ));
                }
            }
            "url" => {
                let index = counters.index("source", at)?;
                let source = placeholder_for(&text_of(part)?)?;
                set_source(&mut entries, index, source)?;
            }
            // A file may have any field name. Unknown fields are ignored, as newer clients may send them.
            _ => {
                if let Some(name) = &part.file_name {
                    let index = counters.index("source", at)?;
                    set_source(&mut entries, index, (name.clone(), part.body.clone()))?;
                }
            }
        }
    }
    Ok(entries)
}

fn set_source(
    entries: &mut BTreeMap<usize, Entry>,
    index: usize,
    source: (String, Bytes),
) -> Result<(), Response> {
    match entries.entry(index).or_default().source.replace(source) {
        None => Ok(()),
        Some(_) => Err(Response::bad_request(format!(
            "The form has two files with the index {index}"
        ))),
    }
}

/// The next index of each family of fields. Files and URLs share one.
#[derive(Default)]
struct Counters(BTreeMap<&'static str, usize>);

impl Counters {
    /// Returns the index in the field's name, or the next one for `[]` and for names without brackets.
    fn index(&mut self, family: &'static str, written: &str) -> Result<usize, Response> {
        let next = self.0.entry(family).or_default();
        let index = if written.is_empty() {
            *next
        } else {
            written
                .parse()
                .ok()
                .filter(|index| *index < 10_000)
                .ok_or_else(|| {
                    Response::bad_request(format!(
                        "The index `{written}` must be a number below 10000"
                    ))
                })?
        };
        *next = (*next).max(index + 1);
        Ok(index)
    }
}

/// Splits `meta_dynamic[0][crop_area]` into `meta_dynamic` and `["0", "crop_area"]`.
fn split_name(name: &str) -> (&str, Vec<&str>) {
    let Some((field, brackets)) = name.strip_suffix(']').and_then(|name| name.split_once('['))
    else {
        return (name, Vec::new());
    };
    (field, brackets.split("][").collect())
}

fn text_of(part: &Part) -> Result<String, Response> {
    String::from_utf8(part.body.to_vec())
        .map_err(|_| Response::bad_request(format!("{} is not UTF-8", part.name)))
}

fn json_of(part: &Part) -> Result<Value, Response> {
    let invalid = |error: serde_json::Error| {
        Response::bad_request(format!("{} is not JSON: {error}", part.name))
    };
    match serde_json::from_slice(&part.body).map_err(invalid)? {
        // One official client sends its JSON as a JSON string.
        Value::String(inner) => serde_json::from_str(&inner).map_err(invalid),
        value => Ok(value),
    }
}

fn object_of(part: &Part) -> Result<Map<String, Value>, Response> {
    match json_of(part)? {
        Value::Object(fields) => Ok(fields),
        Value::Array(items) if items.is_empty() => Ok(Map::new()),
        _ => Err(Response::bad_request(format!(
            "{} must be a JSON object",
            part.name
        ))),
    }
}

/// Returns a placeholder SVG for a remote file: the same bytes for the same URL, other bytes for any other URL.
fn placeholder_for(address: &str) -> Result<(String, Bytes), Response> {
    let url = Url::parse(address)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| Response::bad_request(format!("`{address}` is not an http or https URL")))?;
    let name = url
        .path_segments()
        .and_then(|mut segments| segments.next_back())
        .map(|segment| {
            percent_encoding::percent_decode_str(segment)
                .decode_utf8_lossy()
                .into_owned()
        })
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| url.host_str().unwrap_or("image").to_owned());
    let digest = hash::sha1_hex(address.as_bytes());
    let colour = digest.get(..6).unwrap_or("808080");
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"480\">\
         <title>{digest}</title><rect width=\"640\" height=\"480\" fill=\"#{colour}\"/></svg>"
    );
    Ok((name, svg.into()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::check_length;

    #[test]
    fn files_have_a_greatest_length() {
        assert!(check_length("a.mp4", 1_180_000_000, false).is_ok());
        let refused = check_length("a.mp4", 1_180_000_001, false).unwrap_err();
        assert_eq!(refused.status, 413);
        assert_eq!(
            refused.message(),
            "The file `a.mp4` has 1180000001 bytes; at most 1180 MB are allowed"
        );
        assert!(check_length("a.tif", 1_800_000_000, true).is_ok());
        assert!(check_length("a.tif", 1_800_000_001, true).is_err());
    }
}
