//! Calls that render, sign and list on the service: [`Client::render_upload`](crate::Client::render_upload),
//! [`Client::sign_url`](crate::Client::sign_url) and [`Client::album`](crate::Client::album).
//!
//! [`render`](crate::render) builds and signs render URLs without a network.

mod album;
mod sign_url;
mod source;
mod upload;

pub use album::GetAlbum;
pub use sign_url::SignUrl;
pub use upload::RenderUpload;
