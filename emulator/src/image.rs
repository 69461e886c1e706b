//! A source image, and its JSON.

use bytes::Bytes;
use chrono::{DateTime, SubsecRound, Utc};
use serde::ser::{Serialize, SerializeSeq, Serializer};
use serde_json::{Map, Value};

use super::file_type::FileType;
use super::hash::{image_hash, sha1_hex};

#[derive(Clone)]
pub(crate) struct Image {
    /// The number of the image in its organization; a newer image has a higher one.
    pub(crate) sequence: u64,
    pub(crate) hash: String,
    pub(crate) short_hash: String,
    pub(crate) binary_hash: String,
    pub(crate) created: Timestamp,
    pub(crate) name: String,
    pub(crate) file_type: FileType,
    pub(crate) bytes: Bytes,
    pub(crate) user_metadata: Map<String, Value>,
    pub(crate) dynamic_metadata: Map<String, Value>,
    pub(crate) static_metadata: Map<String, Value>,
    pub(crate) protected: bool,
    pub(crate) locked: bool,
    pub(crate) deleted: Option<Timestamp>,
}

impl Image {
    /// Returns an image without a sequence number and a short hash; [`Organization::insert`] sets both.
    ///
    /// [`Organization::insert`]: super::organization::Organization::insert
    pub(crate) fn new(bytes: Bytes, name: String, file_type: FileType) -> Self {
        let binary_hash = sha1_hex(&bytes);
        Self {
            sequence: 0,
            hash: image_hash(&binary_hash, &Map::new(), false),
            short_hash: String::new(),
            binary_hash,
            created: Timestamp::now(),
            name,
            file_type,
            bytes,
            user_metadata: Map::new(),
            dynamic_metadata: Map::new(),
            static_metadata: Map::new(),
            protected: false,
            locked: false,
            deleted: None,
        }
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
            size: self.bytes.len(),
            width: self.file_type.width,
            height: self.file_type.height,
            organization,
            link: Some(Link {
                organization,
                hash: &self.hash,
            }),
            dynamic_metadata: (!self.dynamic_metadata.is_empty()).then_some(&self.dynamic_metadata),
            static_metadata: (!self.static_metadata.is_empty()).then_some(&self.static_metadata),
            user_metadata: PhpObject(&self.user_metadata),
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
    pub(crate) fn now() -> Self {
        let time = Utc::now().trunc_subsecs(0);
        let text = time.format("%Y-%m-%dT%H:%M:%S+00:00").to_string();
        Self { time, text }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
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
    size: usize,
    width: u32,
    height: u32,
    organization: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Link<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dynamic_metadata: Option<&'a Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    static_metadata: Option<&'a Map<String, Value>>,
    user_metadata: PhpObject<'a>,
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

/// A map that serializes as `[]` when empty, as PHP does.
pub(crate) struct PhpObject<'a>(pub(crate) &'a Map<String, Value>);

impl Serialize for PhpObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_empty() {
            serializer.serialize_seq(Some(0))?.end()
        } else {
            self.0.serialize(serializer)
        }
    }
}
