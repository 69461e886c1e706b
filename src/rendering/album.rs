//! The images of an album.

use http::Method;
use url::Url;

use crate::api::types::Album;
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::names::organization_name;
use crate::render::AlbumUrl;
use crate::request::MakeAny;
use crate::transport::{Expected, RequestPolicy, Session, Template};

/// Lists the images of an album; returns an [`Album`]. Returned by [`Client::album`](crate::Client::album).
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct GetAlbum {
    call: CallParts,
    organization: String,
    host: String,
    album: String,
    favorites: bool,
}

impl GetAlbum {
    pub(crate) fn new(call: CallParts, organization: String, host: String, album: String) -> Self {
        Self {
            call,
            organization,
            host,
            album,
            favorites: false,
        }
    }

    /// Lists only the favorites of the album (default: all images). How to mark an image as favorite is not documented.
    pub fn favorites(mut self) -> Self {
        self.favorites = true;
        self
    }

    async fn run(self, session: Session) -> Result<Album> {
        organization_name(&self.organization)?;
        let album = AlbumUrl::with_host(self.host, self.album)?;
        let album = if self.favorites {
            album.favorites()
        } else {
            album
        };
        let url = Url::parse(&album.url()).map_err(|error| {
            Error::invalid("the album does not form a valid URL: check the render host")
                .with_source(error)
        })?;
        let policy = RequestPolicy {
            operation: "getAlbum".into(),
            idempotent: true,
            expected: Expected::Json,
        };
        let request = MakeAny::new(Method::GET, url);
        let outcome = session
            .send(Template::Made(Box::new(request)), policy)
            .await;
        let response = session.success(outcome)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = session.body(response).await?;
        let mut album: Album = session.decode_list(status, &headers, &body)?;
        // The service has two response formats; callers see one.
        if album.items.is_empty() {
            album.items = std::mem::take(&mut album.images);
        }
        Ok(album)
    }
}

call!(GetAlbum => Album);
