//! Client for [rokka.io](https://rokka.io), the image service (docs to come).

pub mod api;
mod auth;
mod call;
mod client;
mod date_time;
mod error;
mod file_writer;
mod lenient;
mod open_enum;
pub mod render;
mod request;
mod retry;
mod secret;
pub mod source_images;
#[cfg(feature = "testing")]
pub mod testing;
mod tls;
mod trace;
mod transport;

pub use api::types::{
    ContentCredentials, CropArea, DynamicMetadata, FacetCount, FacetCounts, SourceImage,
    SourceImageList, StaticMetadata, SubjectArea, UserMetadata, VideoMetadata,
};
pub use call::{Action, Call};
pub use client::{Client, ClientBuilder};
pub use date_time::DateTime;
pub use error::{Error, ErrorKind, RateLimit, Result};
pub use request::{AnyRequest, AnyResponse};
pub use retry::Retry;
pub use secret::Secret;
pub use source_images::{Download, OptimizeSource, Revision, Search, Source, SourceImages, field};
