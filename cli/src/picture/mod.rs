//! Pictures in the terminal, by the protocols of kitty and iTerm, and as sixels.
//!
//! The first two take a PNG file as it is, which the service renders. Sixels are pixels of up to 256 colors.

mod detection;
mod sixel;
#[cfg(unix)]
mod terminal_query;

use std::io::IsTerminal;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::ValueEnum;

use self::detection::{Environment, Known};
use crate::context::Context;
use crate::failure::Failure;

/// How a terminal gets a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Protocol {
    /// By what the environment and the terminal itself say.
    Auto,
    /// The protocol of kitty, Ghostty and Konsole.
    Kitty,
    /// The protocol of iTerm2 and WezTerm.
    Iterm,
    /// Sixels: foot, xterm, mlterm, mintty, contour, Windows Terminal, tmux and others.
    Sixel,
}

/// Bytes of base64 in one command of kitty.
const KITTY_CHUNK: usize = 4096;

/// Pixels of a column if the terminal does not say how many it has. Few, because a picture that is too wide is cut off.
const COLUMN: usize = 8;

/// A terminal that shows pictures.
#[derive(Debug)]
pub(crate) struct Screen {
    protocol: Known,
    columns: usize,
    /// Pixels of a line.
    width: u32,
}

impl Screen {
    /// Returns the terminal with the protocol that was chosen, or that it is known to have.
    pub(crate) fn find(protocol: Protocol, context: &Context) -> Result<Self, Failure> {
        let columns = context.output.width();
        let is_terminal = std::io::stdout().is_terminal();
        let answers = || if is_terminal { ask() } else { None };
        let known_width = window_width();
        let (protocol, answers) = match protocol {
            Protocol::Kitty => (Known::Kitty, None),
            Protocol::Iterm => (Known::Iterm, None),
            Protocol::Sixel if known_width.is_some() => (Known::Sixel, None),
            // Only for the width.
            Protocol::Sixel => (Known::Sixel, answers()),
            Protocol::Auto => detection::detect(&Environment::of_process(), answers).ok_or_else(|| {
                Failure::usage("this terminal is not known to show pictures").with_hint(
                    "choose the protocol with --show=kitty, --show=iterm or --show=sixel, or write the picture to a file with -o",
                )
            })?,
        };
        let width = known_width.or_else(|| answers.and_then(|answers| answers.width));
        Ok(Self {
            protocol,
            columns,
            width: width.unwrap_or_else(|| u32::try_from(columns * COLUMN).unwrap_or(u32::MAX)),
        })
    }

    /// Prints a PNG file as a picture that is not wider than the terminal.
    pub(crate) fn show(&self, png: &[u8], context: &Context) -> Result<(), Failure> {
        let Some(width) = width_of_png(png) else {
            return Err(
                Failure::new("the picture is not a PNG file, so it cannot be shown")
                    .with_hint("render it without --format, or write it to a file with -o"),
            );
        };
        context.output.line(match self.protocol {
            Known::Kitty => kitty(png, (width > self.width).then_some(self.columns)),
            Known::Iterm => iterm(png),
            Known::Sixel => sixel::encode(png, self.width)?,
        })
    }
}

#[cfg(unix)]
fn ask() -> Option<detection::Answers> {
    terminal_query::ask()
}

#[cfg(not(unix))]
fn ask() -> Option<detection::Answers> {
    None
}

/// Returns the pixels of a line, if the system knows them.
#[cfg(unix)]
fn window_width() -> Option<u32> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some(u32::from(size.ws_xpixel)).filter(|width| *width > 0)
}

#[cfg(not(unix))]
fn window_width() -> Option<u32> {
    None
}

/// Returns the width that the header of a PNG file states.
fn width_of_png(png: &[u8]) -> Option<u32> {
    let rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")?;
    Some(u32::from_be_bytes(*rest.first_chunk()?))
}

/// Returns a picture, scaled to a number of columns if one is given.
fn kitty(png: &[u8], columns: Option<usize>) -> String {
    let encoded = STANDARD.encode(png);
    let mut text = String::with_capacity(encoded.len() + encoded.len() / 100 + 64);
    let mut rest = encoded.as_str();
    let mut keys = match columns {
        Some(columns) => format!("f=100,a=T,q=2,c={columns},"),
        None => "f=100,a=T,q=2,".to_owned(),
    };
    loop {
        let (chunk, after) = rest.split_at_checked(KITTY_CHUNK).unwrap_or((rest, ""));
        let more = if after.is_empty() { "0" } else { "1" };
        text.extend(["\x1b_G", &keys, "m=", more, ";", chunk, "\x1b\\"]);
        if after.is_empty() {
            return text;
        }
        rest = after;
        keys.clear();
    }
}

/// Returns a picture, which the terminal scales down if it is too wide.
fn iterm(png: &[u8]) -> String {
    let (size, encoded) = (png.len(), STANDARD.encode(png));
    format!("\x1b]1337;File=inline=1;size={size};preserveAspectRatio=1:{encoded}\x07")
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn kitty_gets_the_file_in_chunks() {
        assert_eq!(kitty(b"abc", None), "\x1b_Gf=100,a=T,q=2,m=0;YWJj\x1b\\");
        let text = kitty(&[0; 7000], Some(80));
        let commands: Vec<&str> = text.split_terminator("\x1b\\").collect();
        let [first, second, third] = commands.as_slice() else {
            panic!("{} commands", commands.len())
        };
        assert!(first.starts_with("\x1b_Gf=100,a=T,q=2,c=80,m=1;AAAA"));
        assert!(second.starts_with("\x1b_Gm=1;AAAA"));
        assert!(third.starts_with("\x1b_Gm=0;AAAA"));
    }

    #[test]
    fn iterm_gets_the_file_and_its_size() {
        assert_eq!(
            iterm(b"abc"),
            "\x1b]1337;File=inline=1;size=3;preserveAspectRatio=1:YWJj\x07"
        );
    }

    #[test]
    fn a_png_file_states_its_width() {
        let png = sixel::tests::png(300, 2);
        assert_eq!(width_of_png(&png), Some(300));
        assert_eq!(width_of_png(b"\x89PNG"), None);
        assert_eq!(width_of_png(b"GIF89a"), None);
    }
}
