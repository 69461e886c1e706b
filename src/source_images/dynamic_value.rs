//! The kinds of dynamic metadata, and what each of them holds.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::api::types::{CropArea, LinkedHashes, MultiArea, MultiAreas, SubjectArea, VersionText};
use crate::error::{Error, Result};
use crate::metadata::json_object;
use crate::names::image_hash;

/// One kind of dynamic metadata with its content, to be
/// [added](super::SourceImages::add_dynamic_metadata) to an image. Areas, areas by name, texts of a version and linked
/// hashes turn into it by themselves.
///
/// ```
/// use rokka::{CropArea, DynamicValue};
///
/// let crop = DynamicValue::from(CropArea::new(0, 0, 640, 480));
/// assert_eq!(crop.kind(), "crop_area");
/// let version = DynamicValue::version("two");
/// let films = DynamicValue::linked(["3f9a21", "aaaabb"]);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DynamicValue {
    /// `subject_area`: what matters in the picture.
    SubjectArea(SubjectArea),
    /// `crop_area`: the part to which cropping cuts exactly. A subject area wins over it.
    CropArea(CropArea),
    /// `multi_areas`: areas by name, for the option `area` of the operation `crop`.
    MultiAreas(MultiAreas),
    /// `version`: a text that only serves to give the same picture another hash.
    Version(String),
    /// `detection_face`: has the service look for faces. For paying organizations; 403
    /// ([`Error::is_forbidden`]) for others.
    FaceDetection,
    /// `linked`: hashes of further files of a video, for adaptive streaming.
    Linked(Vec<String>),
    /// A kind that this crate has no word for.
    Other {
        /// Name of the kind: letters and `_`.
        kind: String,
        /// Its JSON object.
        fields: Map<String, Value>,
    },
}

impl DynamicValue {
    /// A text that only serves to give the same picture another hash.
    pub fn version(text: impl Into<String>) -> Self {
        Self::Version(text.into())
    }

    /// Hashes of further files of a video, for adaptive streaming.
    pub fn linked(hashes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Linked(hashes.into_iter().map(Into::into).collect())
    }

    /// A kind that this crate has no word for, with its JSON object.
    pub fn other(kind: impl Into<String>, fields: Map<String, Value>) -> Self {
        Self::Other {
            kind: kind.into(),
            fields,
        }
    }

    /// The name of the kind as the service spells it.
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

    /// The JSON object that the request holds.
    pub(crate) fn into_fields(self) -> Result<Map<String, Value>> {
        match self {
            Self::SubjectArea(area) => json_object(&area),
            Self::CropArea(area) => json_object(&area),
            Self::MultiAreas(areas) => json_object(&areas),
            Self::Version(text) => json_object(&VersionText { text }),
            Self::FaceDetection => Ok(Map::new()),
            Self::Linked(hashes) => json_object(&LinkedHashes { hashes }),
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
    fn from(version: VersionText) -> Self {
        Self::Version(version.text)
    }
}

impl From<LinkedHashes> for DynamicValue {
    fn from(linked: LinkedHashes) -> Self {
        Self::Linked(linked.hashes)
    }
}

impl MultiAreas {
    /// No areas yet. Names of areas are made of letters, digits and `_`.
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

    /// With a part to cut to under a name.
    #[must_use]
    pub fn crop_area(mut self, name: impl Into<String>, area: CropArea) -> Self {
        self.0.entry(name.into()).or_default().crop_area = Some(area);
        self
    }

    /// With a part that matters under a name.
    #[must_use]
    pub fn subject_area(mut self, name: impl Into<String>, area: SubjectArea) -> Self {
        self.0.entry(name.into()).or_default().subject_area = Some(area);
        self
    }

    fn check(&self) -> Result<()> {
        for (name, area) in &self.0 {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            if name.is_empty() || !name.chars().all(plain) {
                return Err(Error::invalid(format!(
                    "the name of an area {name:?} is not made of letters, digits and `_`"
                )));
            }
            let MultiArea {
                crop_area,
                subject_area,
            } = area;
            if crop_area.is_none() && subject_area.is_none() {
                return Err(Error::invalid(format!(
                    "the area {name:?} is neither a crop area nor a subject area"
                )));
            }
            crop_area.as_ref().map_or(Ok(()), CropArea::check)?;
            subject_area.as_ref().map_or(Ok(()), SubjectArea::check)?;
        }
        Ok(())
    }
}
