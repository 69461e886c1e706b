//! Asks the terminal what it can do.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use super::detection::{Answers, parse};

/// The questions: the size in pixels, and the attributes. Every terminal answers the second one, and in order.
const QUESTIONS: &[u8] = b"\x1b[14t\x1b[c";

/// How long an answer may take. Longer than any terminal needs, also through a slow connection.
const LIMIT: Duration = Duration::from_secs(1);

/// Returns what the terminal answers; `None` if there is no terminal or it does not answer.
pub(super) fn ask() -> Option<Answers> {
    // Whatever the standard streams are.
    let mut terminal = Unechoed::open()?;
    terminal.file.write_all(QUESTIONS).ok()?;
    let started = Instant::now();
    let mut received = Vec::new();
    while started.elapsed() < LIMIT {
        let mut buffer = [0; 256];
        match terminal.file.read(&mut buffer) {
            Ok(length) => received.extend(buffer.get(..length)?),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
        if let Some(answers) = parse(&received) {
            return Some(answers);
        }
    }
    None
}

/// A terminal that neither echoes its answers nor waits for the end of a line. The settings come back when this is dropped.
struct Unechoed {
    file: File,
    before: Termios,
}

impl Unechoed {
    fn open() -> Option<Self> {
        let mut options = File::options();
        let file = options.read(true).write(true).open("/dev/tty").ok()?;
        let before = tcgetattr(&file).ok()?;
        let mut settings = before.clone();
        settings
            .local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO);
        // A read returns what there is, or nothing after a tenth of a second.
        settings.special_codes[SpecialCodeIndex::VMIN] = 0;
        settings.special_codes[SpecialCodeIndex::VTIME] = 1;
        tcsetattr(&file, OptionalActions::Now, &settings).ok()?;
        Some(Self { file, before })
    }
}

impl Drop for Unechoed {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.file, OptionalActions::Now, &self.before);
    }
}
