//! Runs the program in a home folder of its own, against an emulator of its own.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rokka::testing::{Emulator, RecordedRequest};
use serde_json::Value;

/// The start of a picture of 2 by 1 pixels. The service refuses a file that has the name of a picture and is none.
pub(crate) const PICTURE: &str = "GIF89a\u{2}\0\u{1}\0\0\0\0";

/// An emulator, and a folder that is the home folder and the current one.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) folder: tempfile::TempDir,
}

/// What a run of the program did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) bytes: Vec<u8>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::of(Emulator::start_blocking())
    }

    pub(crate) fn of(emulator: Emulator) -> Self {
        Self {
            emulator,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A file in the folder, with this content; a picture with it if the name is that of one.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut bytes = content.as_ref().to_vec();
        if path
            .extension()
            .is_some_and(|extension| extension == "jpg" || extension == "png")
        {
            bytes.splice(..0, PICTURE.bytes());
        }
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The content of a file, without the start of a picture.
    pub(crate) fn read(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        text.strip_prefix(PICTURE).unwrap_or(&text).to_owned()
    }

    /// The program with the hosts of the emulator and without credentials.
    pub(crate) fn anonymous<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = program(self.folder.path());
        command
            .env("ROKKA_API_HOST", self.emulator.url())
            .env("ROKKA_RENDER_HOST", self.emulator.render_host())
            .args(arguments);
        command
    }

    /// The program with the credentials of the emulator.
    pub(crate) fn command<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = self.anonymous(arguments);
        command
            .env("ROKKA_API_KEY", self.emulator.api_key())
            .env("ROKKA_ORGANIZATION", self.emulator.organization());
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        Ran::of(&mut self.command(arguments), "")
    }

    /// Runs the program, which must succeed; returns its standard output.
    #[track_caller]
    pub(crate) fn out<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.status, 0, "{ran:?}");
        ran.out
    }

    /// Runs the program with `--json`, which must succeed; returns the objects it prints.
    #[track_caller]
    pub(crate) fn json<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Vec<Value> {
        let mut command = self.command(arguments);
        let ran = Ran::of(command.arg("--json"), "");
        assert_eq!(ran.status, 0, "{ran:?}");
        ran.json()
    }

    /// Uploads a file with this content; returns the hash of the image.
    pub(crate) fn upload(&self, name: &str, content: &str) -> String {
        let path = self.write(name, content);
        let out = self.out([OsStr::new("images"), OsStr::new("upload"), path.as_os_str()]);
        out.split_once('\t').unwrap().0.to_owned()
    }

    /// The requests so far as lines such as `GET /user`, and forgets them.
    pub(crate) fn requests(&self) -> Vec<String> {
        requests(&self.emulator)
    }

    /// The only request so far, which is forgotten.
    #[track_caller]
    pub(crate) fn only_request(&self) -> RecordedRequest {
        let requests = self.emulator.requests();
        self.emulator.clear_requests();
        let [request] = &*requests else {
            panic!("{} requests: {requests:#?}", requests.len());
        };
        request.clone()
    }
}

/// The requests to an emulator as lines, which are forgotten.
pub(crate) fn requests(emulator: &Emulator) -> Vec<String> {
    let requests = emulator.requests();
    emulator.clear_requests();
    requests.iter().map(line).collect()
}

/// A request as a line.
pub(crate) fn line(request: &RecordedRequest) -> String {
    let query: Vec<String> = request
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{}", query.join("&"))
    };
    format!("{} {}{query}", request.method, request.path)
}

impl Ran {
    pub(crate) fn of(command: &mut Command, input: &str) -> Self {
        let output = finished(command, input);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            status: status(output.status),
            out: text(&output.stdout),
            err: text(&output.stderr),
            bytes: output.stdout,
        }
    }

    /// Fails unless the program succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, 0, "{self:#?}");
        self
    }

    /// Fails unless the program failed with this status and a message that contains a text.
    #[track_caller]
    pub(crate) fn fails(self, status: i32, message: &str) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        assert!(self.err.contains(message), "{self:#?}");
        self
    }

    /// The lines of JSON on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<Value> {
        let parse = |line: &str| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
        };
        self.out.lines().map(parse).collect()
    }
}

/// Runs a program with a text on standard input.
fn finished(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program need not read it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// The exit status as a shell has it.
pub(crate) fn status(status: std::process::ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap()
}

/// The program in a home folder, with nothing else of the environment.
pub(crate) fn program(home: &Path) -> Command {
    program_at(Path::new(env!("CARGO_BIN_EXE_rokka")), home)
}

/// The same for another executable file.
pub(crate) fn program_at(executable: &Path, home: &Path) -> Command {
    let mut command = Command::new(executable);
    command
        .env_clear()
        .env("HOME", home)
        .env("ROKKA_CONFIG_DIR", home.join(".config"))
        .env("ROKKA_CACHE_DIR", home.join(".cache"))
        .current_dir(home);
    command
}

/// The lines of a text, sorted: what is done at the same time is printed in any order.
pub(crate) fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}
