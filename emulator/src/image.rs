//! A source image, and its JSON.

use std::sync::OnceLock;

use bytes::Bytes;
use chrono::{DateTime, SubsecRound, Utc};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::blob::Blob;
use super::file_type::FileType;
use super::hash::{image_hash, sha1_hex};

/// A source image. Its serialized form is that of the data folder.
#[derive(Clone, serde::Deserialize, serde::Serialize)]
pub(crate) struct Image {
    /// The number of the image in its organization; a newer image has a higher one.
    pub(crate) sequence: u64,
    pub(crate) hash: String,
    pub(crate) short_hash: String,
    pub(crate) binary_hash: String,
    pub(crate) created: Timestamp,
    pub(crate) name: String,
    pub(crate) file_type: FileType,
    #[serde(rename = "size")]
    pub(crate) blob: Blob,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) user_metadata: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) dynamic_metadata: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) static_metadata: Map<String, Value>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) protected: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) locked: bool,
    /// Set by [`Organization::delete`](super::organization::Organization::delete) alone, which fills the trash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deleted: Option<Timestamp>,
    #[serde(skip)]
    pub(crate) listed: ListedJson,
}

/// The JSON of an image in a list, written once because lists contain thousands. A clone, which may be edited or belong
/// to another organization, has none.
#[derive(Default)]
pub(crate) struct ListedJson(OnceLock<Box<[u8]>>);

impl Clone for ListedJson {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Image {
    /// Returns an image without a sequence number, a short hash and a date; [`Organization::insert`] sets them.
    ///
    /// [`Organization::insert`]: super::organization::Organization::insert
    pub(crate) fn new(bytes: Bytes, name: String, file_type: FileType) -> Self {
        let binary_hash = sha1_hex(&bytes);
        Self {
            sequence: 0,
            hash: image_hash(&binary_hash, &Map::new(), false),
            short_hash: String::new(),
            binary_hash,
            created: Timestamp::at(DateTime::UNIX_EPOCH),
            name,
            file_type,
            blob: Blob::in_memory(bytes),
            user_metadata: Map::new(),
            dynamic_metadata: Map::new(),
            static_metadata: Map::new(),
            protected: false,
            locked: false,
            deleted: None,
            listed: ListedJson::default(),
        }
    }

    /// Returns the size of the file in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.blob.length()
    }

    /// Returns the JSON of the image in a list.
    pub(crate) fn listed_json(&self, organization: &str) -> &[u8] {
        let write = || serde_json::to_vec(&self.to_json(organization)).unwrap_or_default();
        self.listed.0.get_or_init(|| write().into())
    }

    /// Returns the hash of the current content. It differs from `hash` after an edit with `keepHash`.
    pub(crate) fn derived_hash(&self) -> String {
        image_hash(&self.binary_hash, &self.dynamic_metadata, self.protected)
    }

    pub(crate) fn to_json<'a>(&'a self, organization: &'a str) -> ImageJson<'a> {
        ImageJson {
            hash: &self.hash,
            short_hash: &self.short_hash,
            binary_hash: &self.binary_hash,
            created: &self.created,
            name: &self.name,
            mimetype: &self.file_type.mimetype,
            format: &self.file_type.format,
            size: self.size(),
            width: self.file_type.width,
            height: self.file_type.height,
            organization,
            link: Some(Link {
                organization,
                hash: &self.hash,
            }),
            dynamic_metadata: (!self.dynamic_metadata.is_empty()).then_some(&self.dynamic_metadata),
            static_metadata: (!self.static_metadata.is_empty()).then_some(&self.static_metadata),
            user_metadata: (!self.user_metadata.is_empty()).then_some(&self.user_metadata),
            protected: self.protected,
            locked: self.locked,
            opaque: self.file_type.opaque,
            animated: self.file_type.animated,
            deleted: self.deleted.is_some().then_some(true),
            deleted_date: self.deleted.as_ref(),
        }
    }

    pub(crate) fn location(&self, organization: &str) -> String {
        format!("/sourceimages/{organization}/{}", self.hash)
    }
}

/// A time in whole seconds with its text, formatted once because lists contain thousands.
#[derive(Clone)]
pub(crate) struct Timestamp {
    pub(crate) time: DateTime<Utc>,
    text: String,
}

impl Timestamp {
    pub(crate) fn at(time: DateTime<Utc>) -> Self {
        let time = time.trunc_subsecs(0);
        let text = time.format("%Y-%m-%dT%H:%M:%S+00:00").to_string();
        Self { time, text }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = DateTime::parse_from_rfc3339(&text).map_err(D::Error::custom)?;
        Ok(Self::at(time.to_utc()))
    }
}

#[derive(serde::Serialize)]
#[allow(clippy::struct_excessive_bools)] // The service's JSON has them.
pub(crate) struct ImageJson<'a> {
    hash: &'a str,
    short_hash: &'a str,
    binary_hash: &'a str,
    created: &'a Timestamp,
    name: &'a str,
    mimetype: &'a str,
    format: &'a str,
    size: u64,
    width: u32,
    height: u32,
    organization: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Link<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dynamic_metadata: Option<&'a Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    static_metadata: Option<&'a Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_metadata: Option<&'a Map<String, Value>>,
    protected: bool,
    locked: bool,
    opaque: bool,
    animated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_date: Option<&'a Timestamp>,
}

impl ImageJson<'_> {
    /// Removes the link, which some responses do not have.
    pub(crate) fn without_link(mut self) -> Self {
        self.link = None;
        self
    }

    /// Adds `deleted: false`, which only the response to a restore has.
    pub(crate) fn with_deleted(mut self) -> Self {
        self.deleted = Some(self.deleted.unwrap_or(false));
        self
    }
}

struct Link<'a> {
    organization: &'a str,
    hash: &'a str,
}

impl Serialize for Link<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!(
            "/sourceimages/{}/{}",
            self.organization, self.hash
        ))
    }
}
