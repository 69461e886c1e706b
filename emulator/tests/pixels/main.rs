//! Renderings over the wire: a URL in, and the size and the pixels of the picture out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::format_push_string,
    clippy::too_many_lines,
    clippy::trivially_copy_pass_by_ref
)]

mod again;
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
