//! Album URLs.

use crate::{Error, Result};

use super::host;
use super::target::{Shape, Target};
use crate::escape::{self, Segment};

/// Builds the URL of an album as JSON: the images whose user metadata `array:albums` contains its name.
///
/// Fetching the URL needs no key.
///
/// ```
/// use rokka_render::AlbumUrl;
///
/// let url = AlbumUrl::new("acme", "summer 2025")?.url();
/// assert_eq!(url, "https://acme.rokka.io/_albums/summer%202025/all.json");
/// # Ok::<(), rokka_render::Error>(())
/// ```
///
/// Reference: [user metadata](https://rokka.io/documentation/references/user-metadata.html).
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "call `url` to build the URL"]
#[doc(alias = "imagesByAlbum")]
#[doc(alias = "render.imagesByAlbum")]
pub struct AlbumUrl {
    base: String,
    album: String,
    favorites: bool,
}

impl AlbumUrl {
    /// Starts the URL of an album on the render host of an organization.
    ///
    /// # Errors
    ///
    /// The organization is not lower-case letters, digits and `-`; or the album is empty, `.` or `..`, or contains a
    /// slash or control characters.
    ///
    /// ```
    /// use rokka_render::AlbumUrl;
    ///
    /// assert_eq!(AlbumUrl::new("acme", "cats")?.url(), "https://acme.rokka.io/_albums/cats/all.json");
    /// assert!(AlbumUrl::new("acme", "cats/dogs").is_err());
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [user metadata](https://rokka.io/documentation/references/user-metadata.html).
    pub fn new(organization: impl AsRef<str>, album: impl Into<String>) -> Result<Self> {
        Self::from_parts(
            host::base_for_organization(organization.as_ref())?,
            album.into(),
        )
    }

    /// Starts the URL of an album on a custom render host.
    ///
    /// # Errors
    ///
    /// The album is invalid as for [`new`](Self::new), or the base as for
    /// [`RenderUrl::with_host`](super::RenderUrl::with_host).
    ///
    /// ```
    /// use rokka_render::AlbumUrl;
    ///
    /// let url = AlbumUrl::with_host("https://images.example.com", "cats")?.url();
    /// assert_eq!(url, "https://images.example.com/_albums/cats/all.json");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [user metadata](https://rokka.io/documentation/references/user-metadata.html).
    pub fn with_host(base: impl Into<String>, album: impl Into<String>) -> Result<Self> {
        Self::from_parts(host::canonical_base(base.into())?, album.into())
    }

    fn from_parts(base: String, album: String) -> Result<Self> {
        let reason = if album.is_empty() {
            "the name must not be empty"
        } else if matches!(album.as_str(), "." | "..") {
            "`.` and `..` would change the path"
        } else if album.contains('/') {
            "the name must not contain a slash"
        } else if album.chars().any(char::is_control) {
            "the name must not contain control characters"
        } else {
            return Ok(Self {
                base,
                album,
                favorites: false,
            });
        };
        Err(Error::invalid(format!("album `{album}`: {reason}")))
    }

    /// Parses an album URL and drops its query.
    ///
    /// # Errors
    ///
    /// The text is not an album URL.
    ///
    /// ```
    /// use rokka_render::AlbumUrl;
    ///
    /// let url = AlbumUrl::parse("https://acme.rokka.io/_albums/cats/favorites.json")?;
    /// assert_eq!(url.album(), "cats");
    /// assert_eq!(url.url(), "https://acme.rokka.io/_albums/cats/favorites.json");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [user metadata](https://rokka.io/documentation/references/user-metadata.html).
    pub fn parse(url: impl AsRef<str>) -> Result<Self> {
        let target = Target::split(url.as_ref())?;
        let error = |reason| Err(target.error_as("an album URL", reason));
        if target.base.is_empty() {
            return error("it has no scheme and host");
        }
        let path = match target.path.strip_prefix("/_albums/") {
            Some(path) if matches!(target.shape()?, Shape::Album) => path,
            _ => return error("it does not start with `/_albums/`"),
        };
        let (album, favorites) = match path.split_once('/') {
            Some((album, "all.json")) => (album, false),
            Some((album, "favorites.json")) => (album, true),
            _ => {
                return error(
                    "an album and `all.json` or `favorites.json` must follow `/_albums/`",
                );
            }
        };
        let base = host::canonical_base(target.base.to_owned())?;
        let parsed = Self::from_parts(base, escape::decode(album)?.into_owned())?;
        Ok(Self {
            favorites,
            ..parsed
        })
    }

    /// Selects only the favourites of the album.
    ///
    /// ```
    /// use rokka_render::AlbumUrl;
    ///
    /// let url = AlbumUrl::new("acme", "cats")?.favorites().url();
    /// assert_eq!(url, "https://acme.rokka.io/_albums/cats/favorites.json");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [user metadata](https://rokka.io/documentation/references/user-metadata.html).
    pub fn favorites(mut self) -> Self {
        self.favorites = true;
        self
    }

    /// Returns the name of the album.
    ///
    /// ```
    /// use rokka_render::AlbumUrl;
    ///
    /// assert_eq!(AlbumUrl::new("acme", "cats")?.album(), "cats");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [user metadata](https://rokka.io/documentation/references/user-metadata.html).
    #[must_use]
    pub fn album(&self) -> &str {
        &self.album
    }

    /// Builds the URL.
    ///
    /// ```
    /// use rokka_render::AlbumUrl;
    ///
    /// assert_eq!(AlbumUrl::new("acme", "cats")?.url(), "https://acme.rokka.io/_albums/cats/all.json");
    /// # Ok::<(), rokka_render::Error>(())
    /// ```
    ///
    /// Reference: [user metadata](https://rokka.io/documentation/references/user-metadata.html).
    #[must_use]
    pub fn url(&self) -> String {
        let album = Segment(&self.album);
        let selection = if self.favorites { "favorites" } else { "all" };
        format!("{}/_albums/{album}/{selection}.json", self.base)
    }
}
