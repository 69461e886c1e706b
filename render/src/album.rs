//! URLs of albums.

use crate::{Error, Result};

use super::host;
use super::target::{Shape, Target};
use crate::escape::{self, Segment};

/// The URL of an album as JSON: the images whose user metadata `array:albums` holds its name.
///
/// No key is needed to fetch it.
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
#[must_use = "an album URL is written by `url()`"]
#[doc(alias = "imagesByAlbum")]
#[doc(alias = "render.imagesByAlbum")]
pub struct AlbumUrl {
    base: String,
    album: String,
    favorites: bool,
}

impl AlbumUrl {
    /// An album of an organization.
    ///
    /// # Errors
    ///
    /// The organization is not lower-case letters, digits and `-`; or the album is empty, `.` or `..`, or holds a
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
        Self::from_parts(host::of_organization(organization.as_ref())?, album.into())
    }

    /// An album on a render host of your own.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new); the base as for [`RenderUrl::with_host`](super::RenderUrl::with_host).
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
        Self::from_parts(host::of_base(base.into())?, album.into())
    }

    fn from_parts(base: String, album: String) -> Result<Self> {
        let fault = if album.is_empty() {
            "it is empty"
        } else if matches!(album.as_str(), "." | "..") {
            "`.` and `..` would change the path"
        } else if album.contains('/') {
            "a path cannot carry a slash in it"
        } else if album.chars().any(char::is_control) {
            "a path cannot carry control characters"
        } else {
            return Ok(Self {
                base,
                album,
                favorites: false,
            });
        };
        Err(Error::invalid(format!("album `{album}`: {fault}")))
    }

    /// Takes an album URL apart; its query is dropped.
    ///
    /// # Errors
    ///
    /// It is not an album URL.
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
        let refuse = |fault| Err(target.refuse_as("an album URL", fault));
        if target.base.is_empty() {
            return refuse("it has no scheme and host");
        }
        let path = match target.path.strip_prefix("/_albums/") {
            Some(path) if matches!(target.shape()?, Shape::Album) => path,
            _ => return refuse("it does not start with `/_albums/`"),
        };
        let (album, favorites) = match path.split_once('/') {
            Some((album, "all.json")) => (album, false),
            Some((album, "favorites.json")) => (album, true),
            _ => {
                return refuse(
                    "an album and `all.json` or `favorites.json` must follow `/_albums/`",
                );
            }
        };
        let base = host::of_base(target.base.to_owned())?;
        let parsed = Self::from_parts(base, escape::decode(album)?.into_owned())?;
        Ok(Self {
            favorites,
            ..parsed
        })
    }

    /// Only the favourites of the album.
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

    /// The name of the album.
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

    /// Writes the URL.
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
