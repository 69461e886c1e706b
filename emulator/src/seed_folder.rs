//! The seed folder: pictures, their metadata, and stacks, which an emulator starts with.
//!
//! ```text
//! boat.jpg            a picture
//! boat.jpg.json       what belongs to it: {"user_metadata": {…}, "dynamic_metadata": {…}, "protected": true, …}
//! birds/swan.png      a picture in a subfolder
//! stacks/thumb.json   a stack, as the API takes it
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::file_type::FileType;
use super::image::Image;
use super::organization::Organization;
use super::request::Request;
use super::response::Response;
use super::start_error::StartError;
use super::user_metadata::{self, Changes};
use super::{aliases, dynamic_metadata, stacks};

/// The content of a seed folder, checked.
pub(crate) struct SeedFolder {
    pictures: Vec<Picture>,
    stacks: Vec<(String, Request)>,
}

struct Picture {
    image: Image,
    user_metadata: Changes,
    alias: Option<String>,
}

/// The file beside a picture.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Sidecar {
    name: Option<String>,
    user_metadata: Map<String, Value>,
    dynamic_metadata: Map<String, Value>,
    protected: bool,
    locked: bool,
    alias: Option<String>,
}

impl SeedFolder {
    pub(crate) fn read(folder: &Path) -> Result<Self, StartError> {
        let mut seed = Self {
            pictures: Vec::new(),
            stacks: Vec::new(),
        };
        for path in files(folder)? {
            let file_name = path.file_name().unwrap_or_default().to_string_lossy();
            if FileType::is_picture_name(&file_name) {
                seed.pictures.push(picture(&path, &file_name)?);
            }
        }
        let stacks = folder.join("stacks");
        if stacks.is_dir() {
            for path in files(&stacks)? {
                if path
                    .extension()
                    .is_some_and(|extension| extension == "json")
                {
                    seed.stacks.push(stack(&path)?);
                }
            }
        }
        Ok(seed)
    }

    /// Adds what the organization does not have, also not in its trash.
    pub(crate) fn fill(&self, organization: &mut Organization) {
        for picture in &self.pictures {
            if organization.find(&picture.image.hash).is_some() {
                continue;
            }
            let locked = picture.image.locked;
            let image = organization.insert(picture.image.clone());
            image.locked = locked;
            user_metadata::merge(picture.user_metadata.clone(), &mut image.user_metadata);
            if let Some(alias) = &picture.alias
                && !organization.aliases().contains_key(alias)
            {
                organization.set_alias(alias, Some(picture.image.hash.clone()));
            }
        }
        for (name, request) in &self.stacks {
            if !organization.stacks().contains_key(name) {
                // It was checked with the folder.
                let _ = stacks::put(organization, name, request);
            }
        }
    }
}

/// Returns the files of a folder and of its subfolders except `stacks`, sorted.
fn files(folder: &Path) -> Result<Vec<PathBuf>, StartError> {
    let unusable = |error: std::io::Error| {
        StartError::new(format!("cannot read {}: {error}", folder.display()))
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unusable)? {
        let path = entry.map_err(unusable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        if !path.is_dir() {
            files.push(path);
        } else if name != "stacks" {
            files.extend(self::files(&path)?);
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<Vec<u8>, StartError> {
    fs::read(path)
        .map_err(|error| StartError::new(format!("cannot read {}: {error}", path.display())))
}

fn picture(path: &Path, file_name: &str) -> Result<Picture, StartError> {
    let bytes = Bytes::from(read(path)?);
    let invalid =
        |path: &Path, reason: &str| StartError::new(format!("{}: {reason}", path.display()));
    let file_type = FileType::of_picture(&bytes)
        .ok_or_else(|| invalid(path, "the file is not a picture of a known format"))?;
    let beside = path.with_file_name(format!("{file_name}.json"));
    let sidecar = if beside.exists() {
        serde_json::from_slice::<Sidecar>(&read(&beside)?)
            .map_err(|error| invalid(&beside, &error.to_string()))?
    } else {
        Sidecar::default()
    };
    let reason = |response: Response| invalid(&beside, &response.message());
    let user_metadata =
        user_metadata::read_changes(sidecar.user_metadata.into()).map_err(reason)?;
    let name = sidecar.name.unwrap_or_else(|| file_name.to_owned());
    let mut image = Image::new(bytes, name, file_type);
    for (kind, value) in sidecar.dynamic_metadata {
        dynamic_metadata::set(&mut image.dynamic_metadata, &kind, value).map_err(reason)?;
    }
    image.protected = sidecar.protected;
    image.locked = sidecar.locked;
    image.hash = image.derived_hash();
    if let Some(alias) = &sidecar.alias
        && !aliases::is_alias(alias)
    {
        let rule = format!("the alias `{alias}` must be letters, digits and `_`");
        return Err(invalid(&beside, &rule));
    }
    Ok(Picture {
        image,
        user_metadata,
        alias: sidecar.alias,
    })
}

fn stack(path: &Path) -> Result<(String, Request), StartError> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let invalid = |reason: String| StartError::new(format!("{}: {reason}", path.display()));
    let target = format!("/stacks/seed/{name}");
    let request = Request::new("PUT", &target, Vec::new(), read(path)?.into())
        .ok_or_else(|| invalid("the name is not that of a stack".to_owned()))?;
    let mut scratch = Organization::new("seed", super::clock::Clock::default());
    stacks::put(&mut scratch, &name, &request).map_err(|error| invalid(error.message()))?;
    Ok((name.into_owned(), request))
}
