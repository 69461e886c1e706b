//! The operations that move pixels: they change the size of the canvas, and where the places of the original are.

mod anchor;
mod attention;
mod autorotate;
mod crop;
mod pixels;
mod resize;
mod rotate;
mod trim;

pub(crate) use anchor::{Along, Anchor};
pub(crate) use autorotate::{autorotate, turn};
pub(crate) use crop::crop;
pub(crate) use resize::{Target, resize, resize_picture, target};
pub(crate) use rotate::{rotate, rotate_by};
pub(crate) use trim::trim;
