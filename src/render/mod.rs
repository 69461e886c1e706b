//! Render URLs.

mod escape;
mod host;
mod operation;
mod parse;
mod sign;
mod source;
mod url;
mod value;
mod variables;

pub use operation::Operation;
pub use parse::Components;
pub use sign::{Signer, SigningKey, Verdict};
pub use source::ImageSource;
pub use url::RenderUrl;
pub use value::Value;
pub use variables::add_variables;
