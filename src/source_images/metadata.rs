//! What users do with the metadata of an image: readers and constructors of the generated models.

use serde::de::Deserialize;
use serde_json::{Map, Value};

use crate::api::types::{
    ContentCredentials, CropArea, DynamicMetadata, FaceDetection, MultiArea, MultiAreas,
    StaticMetadata, SubjectArea, VideoMetadata,
};
use crate::error::{Error, Result};

impl SubjectArea {
    /// An area in pixels of the original: its left and upper edge, its width and its height.
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
        }
    }

    /// An area in percent of the original, so that it fits whatever the size.
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
    /// An area in pixels of the original: its left and upper edge, its width and its height.
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
        }
    }

    /// An area in percent of the original, so that it fits whatever the size.
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
            "{shown} begins outside the picture"
        )));
    }
    if width == 0 || height == 0 {
        return Err(Error::invalid(format!(
            "{shown} has no extent: width and height are at least 1"
        )));
    }
    let inside = x <= 100 && y <= 100 && width <= 100 && height <= 100;
    if percentage && !inside {
        return Err(Error::invalid(format!(
            "{shown} is in percent, so its numbers are at most 100"
        )));
    }
    Ok(())
}

impl DynamicMetadata {
    /// The subject area, if the image has one that can be read.
    pub fn subject_area(&self) -> Option<SubjectArea> {
        area(self, &["subject_area", "SubjectArea"])
    }

    /// The crop area, if the image has one that can be read.
    pub fn crop_area(&self) -> Option<CropArea> {
        area(self, &["crop_area", "CropArea"])
    }

    /// The areas that have a name, without those that cannot be read; `None` if the image has no such metadata.
    pub fn multi_areas(&self) -> Option<MultiAreas> {
        let areas = self.get("multi_areas")?.as_object()?;
        let read = |(name, value): (&String, &Value)| {
            let value = value.as_object()?;
            let area = MultiArea {
                crop_area: area(value, &["crop_area"]),
                subject_area: area(value, &["subject_area"]),
            };
            (area.crop_area.is_some() || area.subject_area.is_some()).then(|| (name.clone(), area))
        };
        Some(MultiAreas(areas.iter().filter_map(read).collect()))
    }

    /// The text that only serves to give the image a hash of its own.
    pub fn version(&self) -> Option<&str> {
        self.get("version")?.get("text")?.as_str()
    }

    /// What the service found when it looked for faces; its fields are not documented. `None` if nobody asked for it.
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

    /// The hashes of the further files of a video; none if there are none.
    pub fn linked(&self) -> Vec<&str> {
        let hashes = self.get("linked").and_then(|linked| linked.get("hashes"));
        let hashes = hashes.and_then(Value::as_array).into_iter().flatten();
        hashes.filter_map(Value::as_str).collect()
    }
}

/// An area under one of its names, also in the form of old answers: inside `elements`, and without edges that are 0.
fn area<'a, T: Deserialize<'a>>(metadata: &'a Map<String, Value>, names: &[&str]) -> Option<T> {
    let elements = metadata.get("elements").and_then(Value::as_object);
    let found = [Some(metadata), elements]
        .into_iter()
        .flatten()
        .find_map(|map| names.iter().find_map(|name| map.get(*name)))?;
    T::deserialize(found.as_object()?).ok()
}

impl StaticMetadata {
    /// What the service knows of a video, if the file is one.
    pub fn video(&self) -> Option<VideoMetadata> {
        VideoMetadata::deserialize(self.get("video")?).ok()
    }

    /// What the C2PA manifest of the file says, if it was read.
    pub fn content_credentials(&self) -> Option<ContentCredentials> {
        ContentCredentials::deserialize(self.get("content_credentials")?).ok()
    }
}
