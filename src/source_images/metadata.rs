//! Constructors and accessors of the generated metadata models.

use serde::de::Deserialize;
use serde_json::{Map, Value};

use crate::api::types::{
    ContentCredentials, CropArea, DynamicMetadata, FaceDetection, MultiArea, MultiAreas,
    StaticMetadata, SubjectArea, VideoMetadata,
};
use crate::error::{Error, Result};
use crate::extra::Extra;

impl SubjectArea {
    /// Returns an area in pixels of the original: its left and upper edge, its width and its height.
    ///
    /// ```
    /// let area = rokka::SubjectArea::new(100, 80, 50, 40);
    /// assert_eq!((area.x, area.height), (100, 40));
    /// ```
    pub fn new(x: i64, y: i64, width: u64, height: u64) -> Self {
        Self {
            x,
            y,
            width,
            height,
            percentage: false,
            extra: Extra::default(),
        }
    }

    /// Returns an area in percent of the original, independent of its size.
    ///
    /// ```
    /// let middle = rokka::SubjectArea::percent(25, 25, 50, 50);
    /// assert!(middle.percentage);
    /// ```
    pub fn percent(x: i64, y: i64, width: u64, height: u64) -> Self {
        Self {
            percentage: true,
            ..Self::new(x, y, width, height)
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        check_area(
            "subject",
            (self.x, self.y),
            (self.width, self.height),
            self.percentage,
        )
    }
}

impl CropArea {
    /// Returns an area in pixels of the original: its left and upper edge, its width and its height.
    ///
    /// ```
    /// let area = rokka::CropArea::new(0, 0, 640, 480);
    /// assert_eq!((area.x, area.width), (0, 640));
    /// ```
    pub fn new(x: i64, y: i64, width: u64, height: u64) -> Self {
        Self {
            x,
            y,
            width,
            height,
            percentage: false,
            extra: Extra::default(),
        }
    }

    /// Returns an area in percent of the original, independent of its size.
    ///
    /// ```
    /// let left = rokka::CropArea::percent(0, 0, 50, 100);
    /// assert!(left.percentage);
    /// ```
    pub fn percent(x: i64, y: i64, width: u64, height: u64) -> Self {
        Self {
            percentage: true,
            ..Self::new(x, y, width, height)
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        check_area(
            "crop",
            (self.x, self.y),
            (self.width, self.height),
            self.percentage,
        )
    }
}

fn check_area(
    kind: &str,
    (x, y): (i64, i64),
    (width, height): (u64, u64),
    percentage: bool,
) -> Result<()> {
    let shown = format!("the {kind} area {width} x {height} at ({x}, {y})");
    if x < 0 || y < 0 {
        return Err(Error::invalid(format!(
            "{shown} is outside the image: x and y must be at least 0"
        )));
    }
    if width == 0 || height == 0 {
        return Err(Error::invalid(format!(
            "{shown} is empty: width and height must be at least 1"
        )));
    }
    let inside = x <= 100 && y <= 100 && width <= 100 && height <= 100;
    if percentage && !inside {
        return Err(Error::invalid(format!(
            "{shown} is in percent: its numbers must not exceed 100"
        )));
    }
    Ok(())
}

impl DynamicMetadata {
    /// Returns the subject area, if the image has a valid one.
    #[inline]
    pub fn subject_area(&self) -> Option<SubjectArea> {
        area(self, &["subject_area", "SubjectArea"])
    }

    /// Returns the crop area, if the image has a valid one.
    #[inline]
    pub fn crop_area(&self) -> Option<CropArea> {
        area(self, &["crop_area", "CropArea"])
    }

    /// Returns the valid named areas; `None` if the image has no such metadata.
    #[inline]
    pub fn multi_areas(&self) -> Option<MultiAreas> {
        let areas = self.get("multi_areas")?.as_object()?;
        let read = |(name, value): (&String, &Value)| {
            let value = value.as_object()?;
            let unknown = |(name, _): &(&String, _)| {
                !["crop_area", "elements", "subject_area"].contains(&name.as_str())
            };
            let extra: Map<_, _> = value
                .iter()
                .filter(unknown)
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            let area = MultiArea {
                crop_area: area(value, &["crop_area"]),
                subject_area: area(value, &["subject_area"]),
                extra: extra.into(),
            };
            let valid = area.crop_area.is_some() || area.subject_area.is_some();
            valid.then(|| (name.clone(), area))
        };
        Some(MultiAreas(areas.iter().filter_map(read).collect()))
    }

    /// Returns the version text, which is part of the hash.
    pub fn version(&self) -> Option<&str> {
        self.get("version")?.get("text")?.as_str()
    }

    /// Returns the result of the face detection, whose fields are not documented; `None` if it was not requested.
    pub fn face_detection(&self) -> Option<FaceDetection> {
        let found = self.get("detection_face")?;
        // PHP's empty object.
        let nothing = found.as_array().is_some_and(Vec::is_empty);
        let fields = if nothing {
            Map::new()
        } else {
            found.as_object()?.clone()
        };
        Some(FaceDetection(fields))
    }

    /// Returns the hashes of the further files of a video; empty if there are none.
    #[inline]
    pub fn linked(&self) -> Vec<&str> {
        let hashes = self.get("linked").and_then(|linked| linked.get("hashes"));
        let hashes = hashes.and_then(Value::as_array).into_iter().flatten();
        hashes.filter_map(Value::as_str).collect()
    }
}

/// Returns an area by one of its names, also in the legacy format: inside `elements`, and without edges that are 0.
fn area<'a, T: Deserialize<'a>>(metadata: &'a Map<String, Value>, names: &[&str]) -> Option<T> {
    let elements = metadata.get("elements").and_then(Value::as_object);
    let found = [Some(metadata), elements]
        .into_iter()
        .flatten()
        .find_map(|map| names.iter().find_map(|name| map.get(*name)))?;
    T::deserialize(found.as_object()?).ok()
}

impl StaticMetadata {
    /// Returns the properties of a video, if the file is one.
    #[inline]
    pub fn video(&self) -> Option<VideoMetadata> {
        VideoMetadata::deserialize(self.get("video")?).ok()
    }

    /// Returns the content of the C2PA manifest, if the service has read one.
    #[inline]
    pub fn content_credentials(&self) -> Option<ContentCredentials> {
        ContentCredentials::deserialize(self.get("content_credentials")?).ok()
    }
}
