//! The program, run against an emulator of its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Source, SourceImage};
use serde_json::Value;

use crate::support::{Ran, program_at, requests};

/// The program with an emulator and a folder, which is its home and where it runs.
pub(crate) struct Program {
    pub(crate) emulator: Emulator,
    folder: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
    executable: PathBuf,
}

impl Program {
    /// Starts an emulator with the organizations `acme` and `backup`.
    pub(crate) fn new() -> Self {
        let emulator = Emulator::builder()
            .organization("acme")
            .organization("backup")
            .start_blocking();
        Self {
            emulator,
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
            executable: env!("CARGO_BIN_EXE_rokka").into(),
        }
    }

    /// Runs the program in a folder of its own, without the programs that are built with it.
    pub(crate) fn alone(mut self) -> Self {
        let folder = self.folder.path().join("bin");
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join(format!("rokka{}", std::env::consts::EXE_SUFFIX));
        if std::fs::hard_link(&self.executable, &path).is_err() {
            std::fs::copy(&self.executable, &path).unwrap();
        }
        self.executable = path;
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    pub(crate) fn command<I, S>(&self, arguments: I) -> Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = program_at(&self.executable, self.folder.path());
        command
            .args(arguments)
            .env("ROKKA_API_KEY", self.emulator.api_key())
            .env("ROKKA_API_HOST", self.emulator.url())
            .env("ROKKA_RENDER_HOST", self.emulator.render_host())
            .env("ROKKA_ORGANIZATION", "acme")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the program without input.
    pub(crate) fn run<I, S>(&self, arguments: I) -> Ran
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        self.pipe("", arguments)
    }

    /// Runs the program with a text on standard input.
    pub(crate) fn pipe<I, S>(&self, input: &str, arguments: I) -> Ran
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        Ran::of(&mut self.command(arguments), input)
    }

    /// Runs the program with the words of a line.
    pub(crate) fn line(&self, line: &str) -> Ran {
        self.run(line.split(' '))
    }

    /// Returns the requests since the last call of this, as `METHOD path?query`.
    pub(crate) fn requests(&self) -> Vec<String> {
        requests(&self.emulator)
    }

    /// Returns the JSON body of the last request.
    pub(crate) fn last_body(&self) -> Value {
        let requests = self.emulator.requests();
        requests
            .last()
            .and_then(rokka::testing::RecordedRequest::json)
            .unwrap_or_default()
    }

    /// Stores an image without the program, and forgets the requests.
    pub(crate) fn image(&self, name: &str) -> SourceImage {
        let images = self.emulator.source_images().unwrap();
        let upload = images.upload(Source::bytes(name.to_owned(), picture(name)));
        let image = runtime().block_on(upload.send()).unwrap();
        self.emulator.clear_requests();
        image
    }

    /// Writes a file into the folder of the program.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Returns an SVG picture with a text in it.
pub(crate) fn picture(text: &str) -> Vec<u8> {
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><text>{text}</text></svg>"#).into_bytes()
}

/// Returns a PNG file of a size, which is red.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb([255, 0, 0]));
    picture
        .write_to(&mut file, image::ImageFormat::Png)
        .unwrap();
    file.into_inner()
}
