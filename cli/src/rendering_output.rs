//! Where a rendering goes: a file, standard output, or the terminal as a picture.

use std::path::{Path, PathBuf};

use clap::Args;
use futures_util::TryStreamExt;
use rokka::ErrorKind;
use rokka::rendering::RenderUpload;
use rokka::source_images::DownloadFile;

use crate::context::Context;
use crate::failure::Failure;
use crate::picture::{Protocol, Screen};
use crate::text_file::is_standard;

/// Where a rendering goes.
#[derive(Args, Debug)]
pub struct OutputArgs {
    /// Write the picture to this file; `-` is standard output [default: standard output, or a file named after the image if
    /// that is a terminal]
    #[arg(long, short = 'o', value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Replace a file that exists
    #[arg(long)]
    pub overwrite: bool,

    /// Show the picture in the terminal, which is asked for its protocol unless one is named
    #[arg(
        long,
        value_name = "PROTOCOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "auto",
        conflicts_with_all = ["output", "overwrite"]
    )]
    pub show: Option<Protocol>,
}

/// A rendering to receive.
pub(crate) enum Rendering {
    /// Of a stored image.
    Stored(DownloadFile),
    /// Of a file that is sent.
    Sent(RenderUpload),
}

impl OutputArgs {
    /// Returns the format that the arguments ask for by the name of the file.
    pub(crate) fn format(&self) -> Option<String> {
        if self.show.is_some() {
            return Some("png".to_owned());
        }
        let path = self.output.as_deref().filter(|path| !is_standard(path))?;
        let extension = path.extension()?.to_str()?;
        Some(extension.to_ascii_lowercase())
    }

    /// Returns the terminal that shows the picture, if one is asked for.
    pub(crate) fn screen(&self, context: &Context) -> Result<Option<Screen>, Failure> {
        if self.show.is_some() && context.output.json {
            return Err(Failure::usage("a picture in the terminal is no JSON")
                .with_hint("leave out --json or --show"));
        }
        let find = |protocol| Screen::find(protocol, context);
        self.show.map(find).transpose()
    }

    /// Receives a rendering. `name` is that of a file whose name nobody chose.
    pub(crate) async fn receive(
        &self,
        rendering: Rendering,
        name: &str,
        screen: Option<&Screen>,
        context: &Context,
    ) -> Result<(), Failure> {
        if let Some(screen) = screen {
            return screen.show(&rendering.bytes().await?, context);
        }
        match self.path(name, context) {
            Some(path) => {
                let size = rendering.write(&path, self.overwrite).await?;
                let path = path.display();
                context
                    .output
                    .note(format_args!("wrote {size} bytes to {path}"));
                Ok(())
            }
            None => rendering.print(context).await,
        }
    }

    /// Returns the path of the file, or `None` for standard output.
    pub(crate) fn path(&self, name: &str, context: &Context) -> Option<PathBuf> {
        match &self.output {
            Some(path) if is_standard(path) => None,
            Some(path) if path.is_dir() => Some(path.join(name)),
            Some(path) => Some(path.clone()),
            None if context.output.terminal => Some(PathBuf::from(name)),
            None => None,
        }
    }
}

impl Rendering {
    async fn write(self, path: &Path, overwrite: bool) -> Result<u64, Failure> {
        let call = match self {
            Self::Stored(download) => download.to_file(path),
            Self::Sent(upload) => upload.to_file(path),
        };
        let call = if overwrite { call.overwrite() } else { call };
        call.await.map_err(explained)
    }

    async fn bytes(self) -> Result<rokka::bytes::Bytes, Failure> {
        match self {
            Self::Stored(download) => download.bytes().await,
            Self::Sent(upload) => upload.bytes().await,
        }
        .map_err(explained)
    }

    async fn print(self, context: &Context) -> Result<(), Failure> {
        let download = match self {
            Self::Stored(download) => download.await,
            Self::Sent(upload) => upload.await,
        };
        let mut download = download.map_err(explained)?;
        while let Some(bytes) = download.try_next().await? {
            context.output.write(&bytes)?;
        }
        Ok(())
    }
}

/// Adds what to do about a file that exists, and about a picture that needs a signature.
pub(crate) fn explained(error: rokka::Error) -> Failure {
    let exists = error.kind() == ErrorKind::AlreadyExists;
    let protected = error.is_forbidden() && error.operation() == Some("renderSourceImage");
    let mut failure = Failure::from(error);
    if exists {
        failure = failure.with_hint("--overwrite replaces it");
    } else if protected {
        failure.refused = None;
        failure = failure.with_hint("the image or the stack is protected: --sign signs the URL");
    }
    failure
}
