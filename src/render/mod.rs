//! Render URLs.

mod album;
mod escape;
mod host;
mod iiif;
mod operation;
mod parse;
mod sign;
mod source;
mod srcset;
mod url;
mod value;
mod variables;

pub use album::AlbumUrl;
pub use iiif::{IiifComponents, IiifQuality, IiifRegion, IiifSize, IiifUrl, IiifVersion};
pub use operation::Operation;
pub use parse::Components;
pub use sign::{Signer, SigningKey, Verdict};
pub use source::ImageSource;
pub use srcset::{Candidate, Img, Picture, PictureParts, PictureSource, Sizes, Srcset};
pub use url::RenderUrl;
pub use value::Value;
pub use variables::add_variables;
