//! The service on loopback that the clients call. The first path segment selects the response; the service records the
//! requests.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Size of the uploaded and downloaded file.
pub(crate) const LARGE: u64 = 64 << 20;

/// Text that only the body of the HTML failure contains.
pub(crate) const HTML_MARK: &str = "upstream 7f3a";

/// Text that only the body of the JSON failure contains.
pub(crate) const JSON_MARK: &str = "No such image 5c1e";

/// A received request.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The step: the first segment of its path.
    pub(crate) step: String,
    /// The rest of its path, with the query.
    pub(crate) target: String,
    /// Whether the request contains the secret.
    pub(crate) secret: bool,
    /// Bytes of its body.
    pub(crate) length: u64,
    /// Whether the request has a `Content-Length`.
    pub(crate) sized: bool,
}

type Body = BoxBody<Bytes, Infallible>;

pub(crate) struct Service {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// Stops the service on drop.
    _runtime: tokio::runtime::Runtime,
}

impl Service {
    /// `image` is the response of the calls that read one.
    pub(crate) fn start(image: Value, secret: &str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_io()
            .build()
            .context("no runtime for the service on loopback")?;
        let listener = runtime
            .block_on(TcpListener::bind(("127.0.0.1", 0)))
            .context("no port on loopback")?;
        let port = listener.local_addr()?.port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (journal, image, secret) =
            (Arc::clone(&seen), Arc::new(image), Arc::<str>::from(secret));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (journal, image, secret) = (
                    Arc::clone(&journal),
                    Arc::clone(&image),
                    Arc::clone(&secret),
                );
                tokio::spawn(async move {
                    let service =
                        service_fn(|request| respond(request, port, &journal, &image, &secret));
                    // Clients may disconnect.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Ok(Self {
            port,
            seen,
            _runtime: runtime,
        })
    }

    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Takes the requests received so far.
    pub(crate) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn respond(
    request: Request<Incoming>,
    port: u16,
    journal: &Mutex<Vec<Seen>>,
    image: &Value,
    secret: &str,
) -> Result<Response<Body>, hyper::Error> {
    let uri = request.uri().clone();
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    let target = target.trim_start_matches('/');
    let (step, target) = target.split_once('/').unwrap_or((target, ""));
    let mut seen = Seen {
        step: step.to_owned(),
        target: format!("/{target}"),
        secret: request.headers().values().any(|value| {
            value
                .as_bytes()
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        }),
        length: 0,
        sized: request.headers().contains_key("content-length"),
    };
    let reads = request.method() == hyper::Method::GET;
    let mut body = request.into_body();
    while let Some(frame) = body.frame().await {
        seen.length += frame?.data_ref().map_or(0, |data| data.len() as u64);
    }
    let step = seen.step.clone();
    let first = {
        let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
        journal.push(seen);
        journal.iter().filter(|seen| seen.step == step).count() == 1
    };
    let list = || json!({"total": 1, "items": [image]});
    let json = |status: u16, value: Value| {
        made(status, "application/json", Bytes::from(value.to_string()))
    };
    Ok(match step.as_str() {
        "upload" | "filters" => json(200, list()),
        "download" => large(),
        "html" => made(
            502,
            "text/html",
            Bytes::from(format!("<html>{HTML_MARK}</html>")),
        ),
        "flat" => json(404, json!({"code": 404, "message": JSON_MARK})),
        "no-content" if !reads => {
            // The address of the image with its new hash, as the service documents it.
            let hash = image["hash"].as_str().unwrap_or_default();
            let mut response = made(204, "", Bytes::new());
            if let Ok(location) = format!("/sourceimages/acme/{hash}").parse() {
                response.headers_mut().insert("location", location);
            }
            response
        }
        "busy" if first => made(503, "", Bytes::new()),
        "redirect" => {
            let mut response = made(302, "", Bytes::new());
            let elsewhere = format!("http://localhost:{port}/elsewhere/{target}");
            if let Ok(location) = elsewhere.parse() {
                response.headers_mut().insert("location", location);
            }
            response
        }
        "path" => json(200, json!("value")),
        _ => json(200, image.clone()),
    })
}

fn made(status: u16, kind: &str, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Full::new(body).boxed());
    if let Ok(status) = hyper::StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
    if let (false, Ok(kind)) = (kind.is_empty(), kind.parse()) {
        response.headers_mut().insert("content-type", kind);
    }
    response
}

/// A file that is generated while it is sent.
fn large() -> Response<Body> {
    const PIECE: u64 = 1 << 16;
    let piece = Bytes::from(vec![7_u8; 1 << 16]);
    let pieces = (0..LARGE / PIECE).map(move |_| Ok(Frame::data(piece.clone())));
    let mut response = Response::new(BoxBody::new(StreamBody::new(futures_util::stream::iter(
        pieces,
    ))));
    let headers = response.headers_mut();
    headers.insert(
        "content-type",
        hyper::header::HeaderValue::from_static("image/jpeg"),
    );
    headers.insert("content-length", LARGE.into());
    headers.insert(
        "content-disposition",
        hyper::header::HeaderValue::from_static("attachment; filename=\"large.jpg\""),
    );
    response
}
