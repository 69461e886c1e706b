//! What the service renders, signs or lists by itself. Render URLs are made without it, in [`render`](crate::render).

mod album;
mod sign_url;
mod upload;

pub use album::GetAlbum;
pub use sign_url::SignUrl;
pub use upload::RenderUpload;
pub(crate) use upload::Rendering;
