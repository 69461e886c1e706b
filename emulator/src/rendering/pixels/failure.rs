//! Why there is no picture: the request's or the file's fault, so a 4xx, unless others keep the emulator busy.

use crate::response::Response;

/// What ends a rendering without a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A format that is not decoded here; the original is served instead.
    Unknown(String),
    /// The file is not a picture of the format that it begins like.
    Broken(String),
    /// A picture with more pixels, or a file with more bytes, than the limits allow.
    TooLarge(String),
    /// An option that no picture can be made with.
    Invalid(String),
    /// The time limit.
    TooSlow,
    /// Earlier drawings, which were given up, still take the processors.
    #[cfg(feature = "svg")]
    Busy,
}

impl Failure {
    pub(crate) fn broken(error: impl std::fmt::Display) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<image::ImageError> for Failure {
    fn from(error: image::ImageError) -> Self {
        use image::ImageError as Error;
        match error {
            Error::Limits(error) => Self::TooLarge(format!("The picture is too large: {error}")),
            Error::Unsupported(error) => Self::Unknown(error.to_string()),
            Error::IoError(error) if error.kind() == std::io::ErrorKind::TimedOut => Self::TooSlow,
            error => Self::broken(error),
        }
    }
}

impl From<Failure> for Response {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unknown(format) => {
                Response::error(415, format!("The emulator does not decode {format}"))
            }
            Failure::Broken(why) => {
                Response::error(415, format!("The source image cannot be decoded: {why}"))
            }
            Failure::TooLarge(why) => Response::error(413, why),
            Failure::Invalid(why) => Response::bad_request(why),
            #[cfg(feature = "svg")]
            Failure::Busy => Response::error(
                503,
                "Earlier SVGs are still being drawn, which took longer than a rendering may take; try again later",
            ),
            Failure::TooSlow => Response::error(
                413,
                format!(
                    "The rendering takes longer than {} s",
                    super::limits::TIME.as_secs()
                ),
            ),
        }
    }
}
