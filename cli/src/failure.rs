//! Why a command fails: the message, what to do next, and the exit status.

use std::fmt;
use std::io;
use std::process::ExitCode;

use rokka::ErrorKind;

/// The exit status of a command that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Nothing, or not what was asked for, was done.
    Failure = 1,
    /// The arguments are wrong: nothing was sent.
    Usage = 2,
    /// A part of the work was done.
    Partial = 3,
    /// The key is missing or refused, or a role is missing.
    NotAuthorized = 4,
    /// Ctrl-C.
    Interrupted = 130,
    /// The reader of the output is gone. Not reported.
    BrokenPipe = 141,
    /// The signal to end. Not reported.
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What the service refused.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) operation: String,
    /// Whether the credentials are valid, but not sufficient.
    pub(crate) forbidden: bool,
}

/// Why a command fails.
#[derive(Debug)]
pub struct Failure {
    /// The exit status.
    pub exit: Exit,
    /// What went wrong. Empty if there is nothing to report.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The operation that the service refused, or found nothing for: the organization or the role may be the reason.
    pub(crate) refused: Option<Refused>,
}

impl Failure {
    /// Returns a failure with the status 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Failure,
            message: message.into(),
            hint: None,
            refused: None,
        }
    }

    /// Returns a failure with the status 2: the arguments are wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(message).with_exit(Exit::Usage)
    }

    /// Returns what ends the program without a message.
    pub fn quiet(exit: Exit) -> Self {
        Self::new("").with_exit(exit)
    }

    /// Sets the exit status.
    #[must_use]
    pub fn with_exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Sets what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Puts what the failure is about before the message.
    #[must_use]
    pub fn about(mut self, subject: impl fmt::Display) -> Self {
        self.message = format!("{subject}: {}", self.message);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<rokka::Error> for Failure {
    fn from(error: rokka::Error) -> Self {
        let failure = Self::new(format!("{error:#}"));
        let hint = hint(&error);
        let exit = match error.kind() {
            ErrorKind::InvalidInput | ErrorKind::Configuration => Exit::Usage,
            _ if error.is_unauthorized() || error.is_forbidden() => Exit::NotAuthorized,
            _ => Exit::Failure,
        };
        Self {
            exit,
            hint,
            refused: (error.is_not_found() || error.is_forbidden())
                .then(|| error.operation())
                .flatten()
                .map(|operation| Refused {
                    operation: operation.to_owned(),
                    forbidden: error.is_forbidden(),
                }),
            ..failure
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::quiet(Exit::BrokenPipe);
        }
        let failure = Self::new(error.to_string());
        match io_hint(&error) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        if error.is_io() {
            return io::Error::from(error).into();
        }
        Self::new(format!("invalid JSON: {error}"))
    }
}

/// What to do if the service cannot be reached.
pub(crate) const NO_CONNECTION: &str =
    "check the network and the host; `--local` uses a rokka-emulator on this machine";

/// What to do about an error of the SDK.
fn hint(error: &rokka::Error) -> Option<String> {
    if let Some(hint) = error.slug().as_deref().and_then(slug_hint) {
        return Some(hint.to_owned());
    }
    if let Some(hint) = caused_by_io(error) {
        return Some(hint.to_owned());
    }
    let hint = if error.is_unauthorized() {
        "the service does not know the API key: check it, or store another one with `rokka login`"
    } else if error.is_forbidden() {
        "the key is valid, but its role in this organization, or the plan of the organization, is not sufficient: `rokka whoami` shows the roles"
    } else if error.is_rate_limited() {
        "the service limits the rate: try again later, or with a lower --concurrency"
    } else if error.is_connect() {
        NO_CONNECTION
    } else if error.kind() == ErrorKind::AlreadyExists && error.status().is_none() {
        "add --overwrite to replace it, or --skip-existing to keep it"
    } else {
        return None;
    };
    Some(hint.to_owned())
}

fn slug_hint(slug: &str) -> Option<&'static str> {
    Some(match slug {
        "mfa_required" => {
            "the key needs a second factor: `rokka login` asks for the code and stores a token"
        }
        "mfa_enrollment_required" => {
            "the key needs a second factor that is not set up yet: `rokka mfa setup`"
        }
        "totp_invalid" => "the code is wrong, used already, or too old: enter the current one",
        "totp_rate_limited" => "too many wrong codes: wait some minutes",
        "key_expired" => "the key has expired: create another one, and store it with `rokka login`",
        "ip_not_allowed" => {
            "the key is not allowed from this address: use one of its addresses, or another key"
        }
        _ => return None,
    })
}

/// What to do about the error of the operating system that caused an error.
fn caused_by_io(error: &rokka::Error) -> Option<&'static str> {
    let mut cause = std::error::Error::source(error);
    while let Some(found) = cause {
        if let Some(hint) = found.downcast_ref().and_then(io_hint) {
            return Some(hint);
        }
        cause = found.source();
    }
    None
}

fn io_hint(error: &io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        io::ErrorKind::StorageFull => {
            "the disk is full: free some space, then run the command again"
        }
        io::ErrorKind::QuotaExceeded => {
            "the disk quota is used up: free some space, then run the command again"
        }
        io::ErrorKind::FileTooLarge => {
            "the file would be larger than the limit of this process or file system (`ulimit -f`)"
        }
        io::ErrorKind::PermissionDenied => "check the permissions of the file and its folder",
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only: choose another folder",
        _ => return None,
    })
}
