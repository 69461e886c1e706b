//! Renderings over the wire: a URL in, and the size and the pixels of the picture out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod against_libvips;
mod cropping;
mod effects;
mod effects_against_libvips;
mod encoding;
mod font;
mod hostile;
mod resizing;
mod sources;
mod support;
mod turning;
