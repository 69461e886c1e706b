//! The image of a render URL.

use crate::{Error, Result};

use crate::escape;

/// The image of a render URL: a hash, an alias, or a remote file that rokka fetches.
///
/// A string converts to a hash.
///
/// ```
/// use rokka_render::{ImageSource, RenderUrl};
///
/// let alias = RenderUrl::new("acme", ImageSource::alias("logo"))?.stack("thumb").url()?;
/// assert_eq!(alias, "https://acme.rokka.io/thumb/-_logo_-.jpg");
///
/// let remote = ImageSource::remote("https://example.org/cat.jpg?size=l");
/// let remote = RenderUrl::new("acme", remote)?.stack("thumb").format("webp").url()?;
/// assert_eq!(remote, "https://acme.rokka.io/thumb/-https://example.org/cat.jpg%3Fsize=l-.webp");
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [render](https://rokka.io/documentation/references/render.html).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImageSource(Kind);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Hash(String),
    Alias(String),
    Remote(String),
}

impl ImageSource {
    /// Selects an uploaded image by its hash of 40 hexadecimal digits, or by at least its first 6.
    ///
    /// Upper case is converted to lower case.
    ///
    /// ```
    /// use rokka_render::{ImageSource, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", ImageSource::hash("3F9A21"))?.url()?;
    /// assert_eq!(url, "https://acme.rokka.io/dynamic/3f9a21.jpg");
    /// assert!(RenderUrl::new("acme", ImageSource::hash("3f9a2")).is_err());
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    #[must_use]
    pub fn hash(hash: impl Into<String>) -> Self {
        Self(Kind::Hash(hash.into()))
    }

    /// Selects an uploaded image by its alias: letters, digits and `_`.
    ///
    /// ```
    /// use rokka_render::{ImageSource, RenderUrl};
    ///
    /// let url = RenderUrl::new("acme", ImageSource::alias("mail_footer"))?.stack("small").url()?;
    /// assert_eq!(url, "https://acme.rokka.io/small/-_mail_footer_-.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [aliases](https://rokka.io/documentation/references/source-images-aliases.html).
    #[must_use]
    pub fn alias(name: impl Into<String>) -> Self {
        Self(Kind::Alias(name.into()))
    }

    /// Selects a remote file: by its path below the `remote_basepath` of the stack or the organization, or by its full
    /// URL if `remote_fullurl_allow` is enabled.
    ///
    /// rokka fetches the file once and keeps it. `@hh:mm:ss` at the end selects a frame of a video. Building the URL
    /// rejects texts that the dashes around them make ambiguous: with `.` or `..` as a segment, a dash at the start or
    /// before the last slash, the form of an alias (`_name_`), or control characters.
    ///
    /// ```
    /// use rokka_render::{ImageSource, RenderUrl};
    ///
    /// let frame = ImageSource::remote("https://example.org/clip.mp4@00:00:22");
    /// let url = RenderUrl::new("acme", frame)?.stack("poster").filename("clip").url()?;
    /// assert_eq!(url, "https://acme.rokka.io/poster/-https://example.org/clip.mp4@00:00:22-/clip.jpg");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [remote images](https://rokka.io/documentation/references/stacks.html#loading-images-from-a-remote-url).
    #[must_use]
    pub fn remote(path_or_url: impl Into<String>) -> Self {
        Self(Kind::Remote(path_or_url.into()))
    }

    /// Returns the hash in lower case, or `None` for an alias or a remote file.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::parse("https://acme.rokka.io/thumb/3F9A21.jpg")?;
    /// assert_eq!(url.components().image.as_hash(), Some("3f9a21"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [render](https://rokka.io/documentation/references/render.html).
    #[must_use]
    pub fn as_hash(&self) -> Option<&str> {
        match &self.0 {
            Kind::Hash(hash) => Some(hash),
            _ => None,
        }
    }

    /// Returns the alias without its delimiters, or `None` for a hash or a remote file.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::parse("https://acme.rokka.io/thumb/-_logo_-.jpg")?;
    /// assert_eq!(url.components().image.as_alias(), Some("logo"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [aliases](https://rokka.io/documentation/references/source-images-aliases.html).
    #[must_use]
    pub fn as_alias(&self) -> Option<&str> {
        match &self.0 {
            Kind::Alias(name) => Some(name),
            _ => None,
        }
    }

    /// Returns the remote path or URL without its delimiters, or `None` for a hash or an alias.
    ///
    /// ```
    /// use rokka_render::RenderUrl;
    ///
    /// let url = RenderUrl::parse("https://acme.rokka.io/thumb/-2017/06/cat.jpg-.jpg")?;
    /// assert_eq!(url.components().image.as_remote(), Some("2017/06/cat.jpg"));
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [remote images](https://rokka.io/documentation/references/stacks.html#loading-images-from-a-remote-url).
    #[must_use]
    pub fn as_remote(&self) -> Option<&str> {
        match &self.0 {
            Kind::Remote(text) => Some(text),
            _ => None,
        }
    }

    /// Reads the image of a path, with its delimiters.
    pub(crate) fn from_path(text: &str) -> Self {
        match text
            .strip_prefix('-')
            .and_then(|text| text.strip_suffix('-'))
        {
            Some(inner) => match alias_inside(inner) {
                Some(name) => Self::alias(name),
                None => Self::remote(escape::decode_remote(inner)),
            },
            None => Self::hash(text),
        }
    }

    pub(crate) fn checked(self) -> Result<Self> {
        match self.0 {
            Kind::Hash(mut hash) => {
                if !is_hash(&hash) {
                    return Err(Error::invalid(format!(
                        "hash `{hash}`: it must be 6 to 40 hexadecimal digits"
                    )));
                }
                hash.make_ascii_lowercase();
                Ok(Self(Kind::Hash(hash)))
            }
            Kind::Alias(name) => {
                if !is_alias(&name) {
                    return Err(Error::invalid(format!(
                        "alias `{name}`: it must be letters, digits and `_`"
                    )));
                }
                Ok(Self(Kind::Alias(name)))
            }
            Kind::Remote(text) => match invalid_remote_reason(&text) {
                Some(reason) => Err(Error::invalid(format!("remote image `{text}`: {reason}"))),
                None => Ok(Self(Kind::Remote(text))),
            },
        }
    }

    pub(crate) fn push(&self, out: &mut String) {
        match &self.0 {
            Kind::Hash(hash) => out.push_str(hash),
            Kind::Alias(name) => {
                out.push_str("-_");
                out.push_str(name);
                out.push_str("_-");
            }
            Kind::Remote(text) => {
                out.push('-');
                escape::push_remote(out, text);
                out.push('-');
            }
        }
    }
}

pub(crate) fn is_hash(text: &str) -> bool {
    let hexadecimal = |byte: u8| {
        let lower = byte | 0x20;
        byte.is_ascii_digit() || (b'a'..=b'f').contains(&lower)
    };
    (6..=40).contains(&text.len()) && escape::all(text, hexadecimal)
}

fn is_alias(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !text.is_empty() && text.bytes().all(allowed)
}

fn alias_inside(text: &str) -> Option<&str> {
    text.strip_prefix('_')?
        .strip_suffix('_')
        .filter(|name| is_alias(name))
}

fn invalid_remote_reason(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        Some("it must not be empty")
    } else if text.chars().any(char::is_control) {
        Some("it must not contain control characters")
    } else if text.split('/').any(|segment| matches!(segment, "." | "..")) {
        Some("`.` and `..` as a segment would change the path")
    } else if text.starts_with('-') {
        Some("rokka would read a second dash at the start as a separator")
    } else if alias_inside(text).is_some() {
        Some("rokka would read `_…_` as an alias")
    } else if text
        .rsplit_once('/')
        .is_some_and(|(before, _)| before.ends_with('-'))
    {
        Some("rokka would read `-/` before the last segment as its end and the rest as a filename")
    } else {
        None
    }
}

impl From<&str> for ImageSource {
    fn from(hash: &str) -> Self {
        Self::hash(hash)
    }
}

impl From<String> for ImageSource {
    fn from(hash: String) -> Self {
        Self::hash(hash)
    }
}

impl From<&String> for ImageSource {
    fn from(hash: &String) -> Self {
        Self::hash(hash)
    }
}

impl From<&Self> for ImageSource {
    fn from(source: &Self) -> Self {
        source.clone()
    }
}
