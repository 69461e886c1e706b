//! The kinds of dynamic metadata and their values.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::api::types::{CropArea, LinkedHashes, MultiArea, MultiAreas, SubjectArea, VersionText};
use crate::error::{Error, Result};
use crate::extra::Extra;
use crate::metadata::json_object;
use crate::names::image_hash;

/// One kind of dynamic metadata with its value, to [add](super::SourceImages::add_dynamic_metadata) to an image. Areas,
/// named areas, version texts and linked hashes convert into it.
///
/// ```
/// use rokka::{CropArea, DynamicValue};
///
/// let crop = DynamicValue::from(CropArea::new(0, 0, 640, 480));
/// assert_eq!(crop.kind(), "crop_area");
/// let version = DynamicValue::version("two");
/// let films = DynamicValue::linked(["3f9a21", "aaaabb"]);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DynamicValue {
    /// `subject_area`: the area that cropping keeps visible.
    SubjectArea(SubjectArea),
    /// `crop_area`: the area that cropping cuts out exactly. A subject area takes precedence over it.
    CropArea(CropArea),
    /// `multi_areas`: named areas, for the option `area` of the operation `crop`.
    MultiAreas(MultiAreas),
    /// `version`: a text that changes the hash of the same picture.
    Version(String),
    /// `detection_face`: requests face detection. Fails with 403 ([`Error::is_forbidden`]) for organizations on the free
    /// plan.
    FaceDetection,
    /// `linked`: hashes of further files of a video, for adaptive streaming.
    Linked(Vec<String>),
    /// A kind that this crate does not support.
    Other {
        /// Name of the kind: letters and `_`.
        kind: String,
        /// Its JSON object.
        fields: Map<String, Value>,
    },
}

impl DynamicValue {
    /// Returns a version text, which changes the hash of the same picture.
    pub fn version(text: impl Into<String>) -> Self {
        Self::Version(text.into())
    }

    /// Returns the hashes of further files of a video, for adaptive streaming.
    pub fn linked(hashes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Linked(hashes.into_iter().map(Into::into).collect())
    }

    /// Returns a kind that this crate does not support, with its JSON object.
    pub fn other(kind: impl Into<String>, fields: Map<String, Value>) -> Self {
        Self::Other {
            kind: kind.into(),
            fields,
        }
    }

    /// Returns the name of the kind in the service's spelling.
    pub fn kind(&self) -> &str {
        match self {
            Self::SubjectArea(_) => "subject_area",
            Self::CropArea(_) => "crop_area",
            Self::MultiAreas(_) => "multi_areas",
            Self::Version(_) => "version",
            Self::FaceDetection => "detection_face",
            Self::Linked(_) => "linked",
            Self::Other { kind, .. } => kind,
        }
    }

    #[inline]
    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::SubjectArea(area) => area.check(),
            Self::CropArea(area) => area.check(),
            Self::MultiAreas(areas) => areas.check(),
            Self::Linked(hashes) => hashes
                .iter()
                .try_for_each(|hash| image_hash(hash).map(drop)),
            Self::Version(_) | Self::FaceDetection | Self::Other { .. } => Ok(()),
        }
    }

    /// Returns the JSON object of the request.
    #[inline]
    pub(crate) fn into_fields(self) -> Result<Map<String, Value>> {
        match self {
            Self::SubjectArea(area) => json_object(&area),
            Self::CropArea(area) => json_object(&area),
            Self::MultiAreas(areas) => json_object(&areas),
            Self::Version(text) => json_object(&VersionText {
                text,
                extra: Extra::default(),
            }),
            Self::FaceDetection => Ok(Map::new()),
            Self::Linked(hashes) => json_object(&LinkedHashes {
                hashes,
                extra: Extra::default(),
            }),
            Self::Other { fields, .. } => Ok(fields),
        }
    }
}

impl From<SubjectArea> for DynamicValue {
    fn from(area: SubjectArea) -> Self {
        Self::SubjectArea(area)
    }
}

impl From<CropArea> for DynamicValue {
    fn from(area: CropArea) -> Self {
        Self::CropArea(area)
    }
}

impl From<MultiAreas> for DynamicValue {
    fn from(areas: MultiAreas) -> Self {
        Self::MultiAreas(areas)
    }
}

impl From<VersionText> for DynamicValue {
    #[inline]
    fn from(version: VersionText) -> Self {
        let VersionText { text, extra } = version;
        with_unknown_fields(Self::Version(text), extra)
    }
}

impl From<LinkedHashes> for DynamicValue {
    #[inline]
    fn from(linked: LinkedHashes) -> Self {
        let LinkedHashes { hashes, extra } = linked;
        with_unknown_fields(Self::Linked(hashes), extra)
    }
}

/// Returns a value whose kind has no room for unknown fields as [`DynamicValue::Other`], if there are any.
#[inline]
fn with_unknown_fields(value: DynamicValue, extra: Extra) -> DynamicValue {
    if extra.is_empty() {
        return value;
    }
    let kind = value.kind().to_owned();
    let mut fields = Map::from(extra);
    fields.extend(value.into_fields().unwrap_or_default());
    DynamicValue::Other { kind, fields }
}

impl MultiAreas {
    /// Returns an empty set of areas. Their names consist of letters, digits and `_`.
    ///
    /// ```
    /// use rokka::{CropArea, MultiAreas, SubjectArea};
    ///
    /// let areas = MultiAreas::new()
    ///     .crop_area("square", CropArea::new(0, 0, 480, 480))
    ///     .subject_area("face", SubjectArea::percent(40, 10, 20, 20));
    /// assert_eq!(areas.len(), 2);
    /// ```
    #[allow(
        clippy::new_without_default,
        reason = "the generated types say themselves whether they have a default"
    )]
    pub fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Sets a named crop area.
    #[must_use]
    pub fn crop_area(mut self, name: impl Into<String>, area: CropArea) -> Self {
        self.0.entry(name.into()).or_default().crop_area = Some(area);
        self
    }

    /// Sets a named subject area.
    #[must_use]
    pub fn subject_area(mut self, name: impl Into<String>, area: SubjectArea) -> Self {
        self.0.entry(name.into()).or_default().subject_area = Some(area);
        self
    }

    #[inline]
    fn check(&self) -> Result<()> {
        for (name, area) in &self.0 {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            if name.is_empty() || !name.chars().all(plain) {
                return Err(Error::invalid(format!(
                    "the area name {name:?} is invalid: use letters, digits and `_` only"
                )));
            }
            let MultiArea {
                crop_area,
                subject_area,
                extra,
            } = area;
            if crop_area.is_none() && subject_area.is_none() && extra.is_empty() {
                return Err(Error::invalid(format!(
                    "the area {name:?} is empty: set a crop area or a subject area"
                )));
            }
            crop_area.as_ref().map_or(Ok(()), CropArea::check)?;
            subject_area.as_ref().map_or(Ok(()), SubjectArea::check)?;
        }
        Ok(())
    }
}
