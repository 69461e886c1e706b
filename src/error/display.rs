//! How an error is shown.

use std::error::Error as StdError;
use std::fmt::{self, Write};

use super::{Error, ErrorKind};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = String::new();
        if let Some(operation) = &self.0.operation {
            write!(line, "{operation}: ")?;
        }
        if let Some(response) = &self.0.response {
            write!(line, "{}: ", response.status.as_u16())?;
        }
        let message = self.message();
        line.push_str(&message);
        if self.0.kind == ErrorKind::Status && !self.0.text.is_empty() && self.0.text != message {
            write!(line, " ({})", self.0.text)?;
        }
        if self.0.attempts > 1 {
            write!(line, " (after {} attempts)", self.0.attempts)?;
        }
        if f.alternate() {
            let mut cause = self.source();
            while let Some(error) = cause {
                let text = error.to_string();
                // Many causes repeat their own causes, and some texts above contain the cause.
                if !line.contains(&text) {
                    write!(line, ": {text}")?;
                }
                cause = error.source();
            }
        }
        // A message of the service may have line breaks and terminal control codes.
        let odd = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
        let mut parts = line.split(odd).filter(|part| !part.is_empty());
        f.write_str(parts.next().unwrap_or_default())?;
        parts.try_for_each(|part| write!(f, " {part}"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug
            .field("kind", &self.kind())
            .field("text", &self.0.text)
            .field("operation", &self.0.operation)
            .field("attempts", &self.0.attempts);
        if let Some(response) = &self.0.response {
            debug.field("status", &response.status.as_u16());
            // The body of a success may be secret; `Error::body` has it.
            if self.0.kind == ErrorKind::Decode {
                debug.field("body", &format_args!("{} bytes", response.body.len()));
            } else {
                debug.field("body", &String::from_utf8_lossy(&response.body));
            }
        }
        debug.field("source", &self.0.source).finish()
    }
}
