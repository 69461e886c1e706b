//! Pictures in the terminal, which is asked what it can do.

use rexpect::session::PtySession;

use super::{start, status};
use crate::program::png;
use crate::support::World;

const SHOW: [&str; 4] = ["render", "3f9a21", "resize-width-9", "--show"];

/// A world whose renderings are PNG files of this width.
fn with_pictures(width: u32) -> World {
    let world = World::new();
    let rendered = world.emulator.on("GET", "**").always();
    rendered.respond_with(200, [("content-type", "image/png")], png(width, 60));
    world
}

/// Answers the questions of the program as a terminal does.
fn answer(session: &mut PtySession, answers: &str) {
    session.exp_string("\u{1b}[14t\u{1b}[c").unwrap();
    session.send(answers).unwrap();
    session.flush().unwrap();
}

#[test]
fn a_terminal_that_shows_sixels_gets_them() {
    // The terminal says how wide it is, or the picture fits.
    for (width, answers, size) in [
        (1200, "\u{1b}[4;300;600t\u{1b}[?62;4;22c", "\"1;1;600;30"),
        (120, "\u{1b}[?62;4;22c", "\"1;1;120;60"),
    ] {
        let world = with_pictures(width);
        let mut session = start(&world, &SHOW);
        answer(&mut session, answers);
        let text = session.exp_eof().unwrap();
        let (_, sixels) = text
            .split_once("\u{1b}P")
            .unwrap_or_else(|| panic!("{text:?}"));
        assert!(sixels.contains(size), "{text:?}");
        assert!(sixels.trim_end().ends_with("\u{1b}\\"), "{text:?}");
        assert!(!text.contains("62;4"), "the answer is echoed: {text:?}");
        assert_eq!(status(&mut session), 0);
        assert_eq!(world.requests().len(), 1);
    }
}

#[test]
fn a_terminal_that_shows_no_pictures_is_told_from_the_others() {
    let world = with_pictures(10);
    let mut session = start(&world, &SHOW);
    answer(&mut session, "\u{1b}[?62;22c");
    let text = session.exp_eof().unwrap();
    assert!(text.contains("--show=sixel"), "{text:?}");
    assert_eq!(status(&mut session), 2);
    assert!(world.requests().is_empty());
}

#[test]
fn sixels_are_printed_where_they_are_asked_for() {
    let world = with_pictures(2000);
    let out = world.out(["render", "3f9a21", "thumb", "--show=sixel"]);
    // As wide as 80 columns may be.
    assert!(
        out.starts_with("\u{1b}P") && out.contains("\"1;1;640;19"),
        "{out:?}"
    );
}
