//! The bytes of a file, in memory or on disk.

use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The bytes of a source image. A clone shares them.
#[derive(Clone)]
pub(crate) struct Blob {
    length: u64,
    place: Place,
}

#[derive(Clone)]
enum Place {
    Memory(Bytes),
    File(Arc<Path>),
}

/// A part of a blob, as a response sends it.
#[derive(Clone)]
pub(crate) enum Content {
    Memory(Bytes),
    File {
        path: Arc<Path>,
        start: u64,
        length: u64,
    },
}

impl Blob {
    pub(crate) fn in_memory(bytes: Bytes) -> Self {
        Self {
            length: bytes.len() as u64,
            place: Place::Memory(bytes),
        }
    }

    /// Returns the blob of a file, which nobody changes or deletes.
    pub(crate) fn in_file(path: &Path, length: u64) -> Self {
        Self {
            length,
            place: Place::File(path.into()),
        }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Returns the bytes of a blob in memory.
    pub(crate) fn memory(&self) -> Option<&Bytes> {
        match &self.place {
            Place::Memory(bytes) => Some(bytes),
            Place::File(_) => None,
        }
    }

    pub(crate) fn read(&self) -> io::Result<Bytes> {
        match &self.place {
            Place::Memory(bytes) => Ok(bytes.clone()),
            Place::File(path) => std::fs::read(path).map(Bytes::from),
        }
    }

    pub(crate) fn content(&self) -> Content {
        self.part(0, self.length)
    }

    /// Returns `length` bytes from `start`, or fewer where the blob ends.
    pub(crate) fn part(&self, start: u64, length: u64) -> Content {
        let start = start.min(self.length);
        let length = length.min(self.length - start);
        match &self.place {
            Place::Memory(bytes) => {
                let index = |number: u64| usize::try_from(number).unwrap_or(bytes.len());
                Content::Memory(bytes.slice(index(start)..index(start + length)))
            }
            Place::File(path) => Content::File {
                path: path.clone(),
                start,
                length,
            },
        }
    }
}

/// The data folder has the length of a blob, and finds its file by the image.
impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.length)
    }
}

/// Reads the length only; the data folder adds the file.
impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            length: u64::deserialize(deserializer)?,
            place: Place::Memory(Bytes::new()),
        })
    }
}

impl Content {
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File { length, .. } => *length,
        }
    }
}

impl<T: Into<Bytes>> From<T> for Content {
    fn from(bytes: T) -> Self {
        Self::Memory(bytes.into())
    }
}
