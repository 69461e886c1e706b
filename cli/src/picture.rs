//! Pictures in the terminal, by the protocols of kitty and iTerm.
//!
//! Both take a PNG file as it is, which the service renders, so nothing is decoded here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::ValueEnum;

use crate::context::Context;
use crate::failure::Failure;

/// How a terminal gets a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Protocol {
    /// By what the environment says about the terminal.
    Auto,
    /// The protocol of kitty, Ghostty and Konsole.
    Kitty,
    /// The protocol of iTerm2 and WezTerm.
    Iterm,
}

/// Bytes of base64 in one command of kitty.
const KITTY_CHUNK: usize = 4096;

/// Prints a PNG file as a picture.
pub(crate) fn show(png: &[u8], protocol: Protocol, context: &Context) -> Result<(), Failure> {
    if !png.starts_with(b"\x89PNG") {
        return Err(
            Failure::new("the picture is not a PNG file, so it cannot be shown")
                .with_hint("render it without --format, or write it to a file with -o"),
        );
    }
    let protocol = match protocol {
        Protocol::Auto => of_terminal(|name| std::env::var(name).ok()).ok_or_else(|| {
            Failure::usage("this terminal is not known to show pictures").with_hint(
                "choose the protocol with --show=kitty, or write the picture to a file with -o",
            )
        })?,
        chosen => chosen,
    };
    let text = match protocol {
        Protocol::Iterm => iterm(png),
        Protocol::Kitty | Protocol::Auto => kitty(png),
    };
    context.output.line(text)
}

/// Returns the protocol of the terminal that the environment describes.
fn of_terminal(variable: impl Fn(&str) -> Option<String>) -> Option<Protocol> {
    let has = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let value = |name: &str| variable(name).unwrap_or_default();
    let (terminal, program) = (value("TERM"), value("TERM_PROGRAM"));
    if program == "iTerm.app" || program == "WezTerm" || value("LC_TERMINAL") == "iTerm2" {
        return Some(Protocol::Iterm);
    }
    let is_kitty = has("KITTY_WINDOW_ID") || terminal.contains("kitty");
    if is_kitty || program == "ghostty" || terminal.contains("ghostty") || has("KONSOLE_VERSION") {
        return Some(Protocol::Kitty);
    }
    None
}

fn kitty(png: &[u8]) -> String {
    let encoded = STANDARD.encode(png);
    let mut text = String::with_capacity(encoded.len() + encoded.len() / 100 + 64);
    let mut rest = encoded.as_str();
    let mut keys = "f=100,a=T,q=2,";
    loop {
        let (chunk, after) = rest.split_at_checked(KITTY_CHUNK).unwrap_or((rest, ""));
        let more = if after.is_empty() { "0" } else { "1" };
        text.extend(["\x1b_G", keys, "m=", more, ";", chunk, "\x1b\\"]);
        if after.is_empty() {
            return text;
        }
        (rest, keys) = (after, "");
    }
}

fn iterm(png: &[u8]) -> String {
    let (size, encoded) = (png.len(), STANDARD.encode(png));
    format!("\x1b]1337;File=inline=1;size={size};preserveAspectRatio=1:{encoded}\x07")
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_tells_the_terminal() {
        let of = |variables: &[(&str, &str)]| {
            of_terminal(|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[("TERM", "xterm-kitty")]), Some(Protocol::Kitty));
        assert_eq!(of(&[("KITTY_WINDOW_ID", "1")]), Some(Protocol::Kitty));
        assert_eq!(of(&[("TERM_PROGRAM", "iTerm.app")]), Some(Protocol::Iterm));
        assert_eq!(of(&[("TERM_PROGRAM", "WezTerm")]), Some(Protocol::Iterm));
        assert_eq!(of(&[("TERM", "xterm-256color")]), None);
    }

    #[test]
    fn kitty_gets_the_file_in_chunks() {
        assert_eq!(kitty(b"abc"), "\x1b_Gf=100,a=T,q=2,m=0;YWJj\x1b\\");
        let text = kitty(&[0; 7000]);
        let commands: Vec<&str> = text.split_terminator("\x1b\\").collect();
        let [first, second, third] = commands.as_slice() else {
            panic!("{} commands", commands.len())
        };
        assert!(first.starts_with("\x1b_Gf=100,a=T,q=2,m=1;AAAA"));
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
}
