//! Which protocol for pictures a terminal has: what the environment says, and what the terminal answers.

/// A protocol that a terminal is known to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Kitty,
    Iterm,
    Sixel,
}

/// What the terminal says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answers {
    /// Whether it shows sixels.
    pub(super) sixel: bool,
    /// Pixels of a line, if it tells them.
    pub(super) width: Option<u32>,
}

/// The variables that terminals set.
pub(super) struct Environment<'a>(Box<dyn Fn(&str) -> String + 'a>);

impl Environment<'_> {
    pub(super) fn of_process() -> Self {
        Self(Box::new(|name| std::env::var(name).unwrap_or_default()))
    }

    fn value(&self, name: &str) -> String {
        (self.0)(name)
    }

    fn has(&self, name: &str) -> bool {
        !self.value(name).is_empty()
    }

    /// Returns whether tmux or screen is between this program and the terminal. The variables are those of the terminal then, but
    /// its protocols do not pass.
    fn is_multiplexed(&self) -> bool {
        let terminal = self.value("TERM");
        self.has("TMUX") || terminal.starts_with("tmux") || terminal.starts_with("screen")
    }

    /// Returns the protocol of a terminal that takes PNG files.
    fn png_protocol(&self) -> Option<Known> {
        let (terminal, program) = (self.value("TERM"), self.value("TERM_PROGRAM"));
        if program == "iTerm.app" || program == "WezTerm" || self.value("LC_TERMINAL") == "iTerm2" {
            return Some(Known::Iterm);
        }
        let is_kitty = self.has("KITTY_WINDOW_ID") || terminal.contains("kitty");
        let is_ghostty = program == "ghostty" || terminal.contains("ghostty");
        (is_kitty || is_ghostty || self.has("KONSOLE_VERSION")).then_some(Known::Kitty)
    }

    /// Returns whether the terminal is one that shows sixels, for one that cannot be asked.
    fn knows_sixel(&self) -> bool {
        let (terminal, program) = (self.value("TERM"), self.value("TERM_PROGRAM"));
        let terminals = ["foot", "mlterm", "contour", "yaft"];
        let programs = ["mintty", "contour", "mlterm"];
        terminals.iter().any(|known| terminal.starts_with(known))
            || terminal.contains("sixel")
            || programs.contains(&&*program)
            // Windows Terminal.
            || self.has("WT_SESSION")
    }
}

/// Returns the protocol of the terminal, and what it answered if it was asked.
pub(super) fn detect(
    environment: &Environment<'_>,
    ask: impl FnOnce() -> Option<Answers>,
) -> Option<(Known, Option<Answers>)> {
    let is_multiplexed = environment.is_multiplexed();
    if !is_multiplexed && let Some(known) = environment.png_protocol() {
        return Some((known, None));
    }
    let answers = ask();
    let sixel = match answers {
        Some(answers) => answers.sixel,
        None => !is_multiplexed && environment.knows_sixel(),
    };
    sixel.then_some((Known::Sixel, answers))
}

/// Returns what a terminal answered to the questions for its size and, last, its attributes; `None` while the last answer is not
/// complete.
#[cfg_attr(not(unix), allow(dead_code, reason = "only asked on Unix"))]
pub(super) fn parse(received: &[u8]) -> Option<Answers> {
    let mut width = None;
    for sequence in received.split(|byte| *byte == b'\x1b') {
        let Ok(sequence) = std::str::from_utf8(sequence) else {
            continue;
        };
        if let Some((size, _)) = sequence
            .strip_prefix("[4;")
            .and_then(|rest| rest.split_once('t'))
        {
            width = size.split(';').nth(1).and_then(|width| width.parse().ok());
        }
        if let Some((attributes, _)) = sequence
            .strip_prefix("[?")
            .and_then(|rest| rest.split_once('c'))
        {
            // The first number is the kind of terminal.
            return Some(Answers {
                sixel: attributes.split(';').skip(1).any(|number| number == "4"),
                width: width.filter(|width| *width > 0),
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(variables: &[(&str, &str)], answers: Option<Answers>) -> Option<Known> {
        let environment = Environment(Box::new(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map_or_else(String::new, |(_, value)| (*value).to_owned())
        }));
        detect(&environment, || answers).map(|(known, _)| known)
    }

    const SIXEL: Option<Answers> = Some(Answers {
        sixel: true,
        width: None,
    });
    const NO_SIXEL: Option<Answers> = Some(Answers {
        sixel: false,
        width: None,
    });

    #[test]
    fn the_environment_tells_the_terminal() {
        for (variable, expected) in [
            (("TERM", "xterm-kitty"), Some(Known::Kitty)),
            (("KITTY_WINDOW_ID", "1"), Some(Known::Kitty)),
            (("TERM_PROGRAM", "ghostty"), Some(Known::Kitty)),
            (("TERM_PROGRAM", "iTerm.app"), Some(Known::Iterm)),
            (("TERM_PROGRAM", "WezTerm"), Some(Known::Iterm)),
            (("TERM", "foot-extra"), Some(Known::Sixel)),
            (("TERM", "mlterm"), Some(Known::Sixel)),
            (("TERM_PROGRAM", "mintty"), Some(Known::Sixel)),
            (("WT_SESSION", "0"), Some(Known::Sixel)),
            (("TERM", "xterm-256color"), None),
        ] {
            assert_eq!(detected(&[variable], None), expected, "{variable:?}");
        }
    }

    #[test]
    fn the_terminal_knows_better_whether_it_shows_sixels() {
        let xterm = [("TERM", "xterm-256color")];
        assert_eq!(detected(&xterm, SIXEL), Some(Known::Sixel));
        assert_eq!(detected(&[("TERM", "foot")], NO_SIXEL), None);
        assert_eq!(
            detected(&[("KITTY_WINDOW_ID", "1")], NO_SIXEL),
            Some(Known::Kitty)
        );
    }

    #[test]
    fn what_is_said_about_the_terminal_outside_of_tmux_does_not_count() {
        let kitty = [("TMUX", "/tmp/tmux,1,0"), ("KITTY_WINDOW_ID", "1")];
        assert_eq!(detected(&kitty, NO_SIXEL), None);
        assert_eq!(detected(&kitty, SIXEL), Some(Known::Sixel));
        let foot = [("TERM", "screen-256color"), ("TERM_PROGRAM", "contour")];
        assert_eq!(detected(&foot, None), None);
    }

    #[test]
    fn answers_are_complete_with_the_attributes() {
        let answers = |sixel, width| Some(Answers { sixel, width });
        assert_eq!(parse(b"\x1b[?62;4;22;28c"), answers(true, None));
        assert_eq!(
            parse(b"\x1b[4;600;800t\x1b[?63;1;4c"),
            answers(true, Some(800))
        );
        assert_eq!(parse(b"x\x1b[4;600;0t\x1b[?6c"), answers(false, None));
        // A VT132, and a number that only contains the digit.
        assert_eq!(parse(b"\x1b[?4;6c"), answers(false, None));
        assert_eq!(parse(b"\x1b[?62;14;40c"), answers(false, None));
        assert_eq!(parse(b"\x1b[4;600;800t\x1b[?62;4"), None);
        assert_eq!(parse(b"\xff\x1b[A"), None);
    }
}
