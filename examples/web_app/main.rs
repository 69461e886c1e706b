//! A web application: a gallery with an upload form, in axum. A file streams from the browser through the application to rokka,
//! without a copy in memory or on the disk; the pictures are protected, so the page shows them by signed URLs.
//!
//! `cargo run --example web_app` serves http://127.0.0.1:3000 with an in-memory emulator and needs no account, but shows every
//! picture in its own size: the emulator does not render. With `ROKKA_API_KEY`, `ROKKA_ORGANIZATION` and `ROKKA_SIGNING_KEY`
//! set, it uses the real service. `cargo run --example web_app -- --check` visits itself and ends.
//!
//! There is no login: add yours before anybody else can reach it.

mod page;
#[cfg(test)]
mod tests;
mod visit;

use std::error::Error;
use std::future::IntoFuture;

use axum::Router;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use rokka::render::SigningKey;
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, ErrorKind, Source, SourceImages, field};
use tokio::net::TcpListener;

/// The longest form that the application reads, in bytes.
const LONGEST: usize = 100 * 1024 * 1024;

/// Pictures on the page.
const SHOWN: u64 = 50;

/// What every request needs. Cloning it is cheap.
#[derive(Clone)]
struct Gallery {
    rokka: Client,
    images: SourceImages,
    signing_key: SigningKey,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Keeps the emulator running.
    let emulator;
    let variable = |name: &str| std::env::var(name).ok();
    let real = (
        variable("ROKKA_API_KEY"),
        variable("ROKKA_ORGANIZATION"),
        variable("ROKKA_SIGNING_KEY"),
    );
    let gallery = if let (Some(_), Some(organization), Some(key)) = real {
        let rokka = Client::from_env()?;
        Gallery {
            images: rokka.source_images(organization)?,
            rokka,
            signing_key: SigningKey::from(key),
        }
    } else {
        emulator = Emulator::start().await;
        Gallery::of_emulator(&emulator)?
    };

    let check = std::env::args().any(|argument| argument == "--check");
    let port = if check { 0 } else { 3000 };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("the gallery is at {url}");
    let server = axum::serve(listener, router(gallery)).into_future();
    if check {
        let server = tokio::spawn(server);
        visit::visit(&url).await?;
        server.abort();
    } else {
        server.await?;
    }
    Ok(())
}

impl Gallery {
    fn of_emulator(emulator: &Emulator) -> rokka::Result<Self> {
        Ok(Self {
            rokka: emulator.client()?,
            images: emulator.source_images()?,
            signing_key: SigningKey::from(emulator.signing_key()),
        })
    }
}

fn router(gallery: Gallery) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/images", post(upload))
        .route("/images/{hash}/delete", post(delete))
        .layer(DefaultBodyLimit::max(LONGEST))
        .with_state(gallery)
}

/// Shows the newest pictures.
async fn show(State(gallery): State<Gallery>) -> Result<Html<String>, Failure> {
    let newest = gallery.images.search().sort(field::CREATED.descending());
    let found = newest.limit(SHOWN).await?;
    Ok(Html(page::gallery(&gallery, &found)?))
}

/// Stores the picture of a form. The field with the title comes before the one with the file.
async fn upload(
    State(gallery): State<Gallery>,
    headers: HeaderMap,
    mut form: Multipart,
) -> Result<Redirect, Failure> {
    check_origin(&headers)?;
    let mut title = String::new();
    while let Some(field) = form.next_field().await? {
        match field.name() {
            Some("title") => title = field.text().await?,
            Some("picture") => {
                let name = field.file_name().unwrap_or_default().to_owned();
                if name.is_empty() {
                    return Err(Failure::bad_request("Choose a picture."));
                }
                // The field borrows the form, so it cannot be the source itself. If the browser goes away in the middle,
                // reading the field fails, with it the upload, and nothing is stored.
                let (sender, source) = Source::channel(name);
                let upload = gallery.images.upload(source).protected(true);
                let upload = upload.user_metadata("title", title);
                let (image, ()) = tokio::join!(upload.send(), sender.send_all(field));
                image?;
                return Ok(Redirect::to("/"));
            }
            _ => {}
        }
    }
    Err(Failure::bad_request("The form has no picture."))
}

async fn delete(
    State(gallery): State<Gallery>,
    headers: HeaderMap,
    Path(hash): Path<String>,
) -> Result<Redirect, Failure> {
    check_origin(&headers)?;
    gallery.images.delete(hash).await?;
    Ok(Redirect::to("/"))
}

/// Refuses a form that another site made the browser send.
fn check_origin(headers: &HeaderMap) -> Result<(), Failure> {
    match headers.get("sec-fetch-site").map(AsRef::as_ref) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(Failure {
            status: StatusCode::FORBIDDEN,
            message: "The form is of another site.".to_owned(),
        }),
    }
}

/// What the browser is told if something fails.
struct Failure {
    status: StatusCode,
    message: String,
}

impl Failure {
    fn bad_request(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
        }
    }
}

impl From<MultipartError> for Failure {
    fn from(error: MultipartError) -> Self {
        Self {
            status: error.status(),
            message: error.body_text(),
        }
    }
}

impl From<rokka::Error> for Failure {
    fn from(error: rokka::Error) -> Self {
        match error.kind() {
            // Such as a name that cannot be stored, or a field that ends early.
            ErrorKind::InvalidInput => Self::bad_request(error.message()),
            ErrorKind::Io => Self::bad_request("The picture did not arrive whole."),
            _ if error.is_not_found() => Self {
                status: StatusCode::NOT_FOUND,
                message: "There is no such picture.".to_owned(),
            },
            // What the service says is for the log, not for visitors.
            _ => {
                eprintln!("{error:#}");
                Self {
                    status: StatusCode::BAD_GATEWAY,
                    message: "The image service failed; try again later.".to_owned(),
                }
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, Html(page::failure(&self.message))).into_response()
    }
}
