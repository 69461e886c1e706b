//! One exchange: from the request on a connection to its response.

use std::convert::Infallible;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, StatusCode};
use http_body::Body as _;
use hyper::body::Incoming;

use super::blob::Content;
use super::body::Body;
use super::connection::Switches;
use super::control;
use super::rendering;
use super::request::Request;
use super::response::Response;
use super::service::{Host, Service};

/// The longest body of a request: 2 GiB, more than the service accepts.
const MAX_BODY: u64 = 2 * 1024 * 1024 * 1024;

/// Bodies from this length on are handled on a thread that may block.
const LARGE_BODY: usize = 256 * 1024;

/// The path under which every listener has the render host of an organization.
const RENDER_PATH: &str = "/_emulator/render/";

/// The end of a connection without a response.
#[derive(Debug)]
pub(crate) struct Aborted;

impl fmt::Display for Aborted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the connection ends here")
    }
}

impl std::error::Error for Aborted {}

impl From<Infallible> for Aborted {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Responds to a request that came to a listener. `is_local` says whether it came from this machine.
pub(crate) async fn respond(
    service: Arc<Service>,
    listener: Host,
    is_local: bool,
    switches: Arc<Switches>,
    request: http::Request<Incoming>,
) -> Result<http::Response<Body>, Aborted> {
    let (parts, body) = request.into_parts();
    let Some(body) = read(body, &parts.headers).await? else {
        let message = format!("The body must be at most {MAX_BODY} bytes");
        return Ok(finish(Response::error(413, message), None, None, &switches));
    };
    let Some(request) = decode(&parts, body) else {
        let response = Response::bad_request("The URL is invalid or not UTF-8");
        return Ok(finish(response, None, None, &switches));
    };
    let request = Arc::new(request);
    if let Some(response) = control::handle(&service, &request, is_local) {
        return Ok(finish(response, Some(&request), None, &switches));
    }
    let (host, request) = route(&service, listener, request);
    #[cfg(feature = "page")]
    if host == Host::Api
        && let Some(response) = super::page::front_door(&request)
    {
        return Ok(finish(response, Some(&request), None, &switches));
    }
    let number = service.record(&request, &host);
    let effect = service.faults.apply(&request, host == Host::Api);
    if effect.reset {
        switches.reset();
        return Err(Aborted);
    }
    let (by_fault, is_render) = (effect.response.is_some(), host != Host::Api);
    let response = match effect.response {
        Some(response) => response,
        None if request.method == "OPTIONS" => preflight(&request),
        None => handle(&service, &host, &request).await?,
    };
    let response = if is_render {
        without_scripts(response)
    } else {
        response
    };
    let response = not_modified(response, &request);
    service.record_response(number, &request, &response, by_fault);
    let delay = service.settings.latency.saturating_add(effect.delay);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    Ok(finish(response, Some(&request), effect.truncate, &switches))
}

async fn handle(
    service: &Arc<Service>,
    host: &Host,
    request: &Arc<Request>,
) -> Result<Response, Aborted> {
    if let Host::Render(organization) = host {
        return Ok(rendering::respond(service, organization.as_deref(), request).await);
    }
    if rendering::is_upload(request) {
        return Ok(rendering::respond_to_upload(service, request).await);
    }
    if request.body.len() < LARGE_BODY {
        return Ok(service.handle(request));
    }
    let (service, request) = (service.clone(), request.clone());
    let handled = tokio::task::spawn_blocking(move || service.handle(&request));
    handled.await.map_err(|_| Aborted)
}

/// Reads a body into one buffer; `None` when it is too long.
async fn read(mut body: Incoming, headers: &http::HeaderMap) -> Result<Option<Bytes>, Aborted> {
    if body.is_end_stream() {
        return Ok(Some(Bytes::new()));
    }
    let announced = headers
        .get(http::header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok())
        .unwrap_or_default();
    if announced > MAX_BODY {
        return Ok(None);
    }
    let mut whole = BytesMut::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| Aborted)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if whole.is_empty() {
            if data.len() as u64 == announced {
                return Ok(Some(data));
            }
            // The whole at once: a buffer that grows is for a while two buffers.
            whole.reserve(usize::try_from(announced).unwrap_or_default());
        }
        whole.extend_from_slice(&data);
        if whole.len() as u64 > MAX_BODY {
            return Ok(None);
        }
    }
    Ok(Some(whole.freeze()))
}

fn decode(parts: &http::request::Parts, body: Bytes) -> Option<Request> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect();
    // HTTP/2 has the host in the URI.
    if let Some(authority) = parts.uri.authority()
        && !parts.headers.contains_key(http::header::HOST)
    {
        headers.push(("host".to_owned(), authority.to_string()));
    }
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    Request::new(parts.method.as_str(), target, headers, body)
}

/// Returns the host that a request is for, and the request as that host sees it.
fn route(service: &Service, listener: Host, request: Arc<Request>) -> (Host, Arc<Request>) {
    if let Some((organization, inner)) = render_path(&request) {
        return (Host::Render(Some(organization)), Arc::new(inner));
    }
    let organization = request
        .host()
        .and_then(|host| organization_of(service, host))
        .map(str::to_owned);
    match (organization, listener) {
        (Some(organization), _) => (Host::Render(Some(organization)), request),
        (None, listener) => (listener, request),
    }
}

/// Reads `/_emulator/render/{organization}/…`, which is the URL without the first three segments.
fn render_path(request: &Request) -> Option<(String, Request)> {
    let rest = request.path.strip_prefix(RENDER_PATH)?;
    let (organization, path) = rest.split_once('/')?;
    let target = if request.query.is_empty() {
        format!("/{path}")
    } else {
        format!("/{path}?{}", request.query)
    };
    let mut inner = Request::new(
        &request.method,
        &target,
        request.headers.clone(),
        request.body.clone(),
    )?;
    inner.prefix = format!("{RENDER_PATH}{organization}");
    Some((organization.to_owned(), inner))
}

/// Returns the organization whose render host this is: the label before `.localhost`, or before another domain if the
/// organization exists.
fn organization_of<'a>(service: &Service, host: &'a str) -> Option<&'a str> {
    let (label, domain) = host.split_once('.')?;
    let is_address = host
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_address || host.starts_with('[') {
        return None;
    }
    let is_api = label == "api" && !service.has_organization(label);
    if is_api {
        return None;
    }
    (domain.eq_ignore_ascii_case("localhost") || service.has_organization(label)).then_some(label)
}

/// Keeps the scripts of an uploaded SVG or HTML file from running on an origin that the API or the page may share.
fn without_scripts(response: Response) -> Response {
    response
        .header("content-security-policy", "sandbox; script-src 'none'")
        .header("x-content-type-options", "nosniff")
}

/// Responds to the question of a browser, what a page of another origin may send.
fn preflight(request: &Request) -> Response {
    let headers = request.header("access-control-request-headers");
    Response::empty(204)
        .header("allow", METHODS)
        .header("access-control-allow-methods", METHODS)
        .header("access-control-allow-headers", headers.unwrap_or("*"))
        .header("access-control-max-age", "86400")
}

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, COPY, OPTIONS";

/// Headers that a page of another origin may read.
const EXPOSED: &str = "Location, Warning, ETag, Content-Disposition, Content-Range, Accept-Ranges, X-RateLimit-Limit, \
    X-RateLimit-Remaining, X-RateLimit-Retry-After, Retry-After, X-Rokka-Emulator-Unsupported";

/// Returns a 304 for a file that the client has.
fn not_modified(response: Response, request: &Request) -> Response {
    let is_read = matches!(request.method.as_str(), "GET" | "HEAD");
    let (Some(known), Some(etag)) = (request.header("if-none-match"), response.get("etag")) else {
        return response;
    };
    let is_known = known
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || tag == etag);
    if !is_read || !matches!(response.status, 200 | 206) || !is_known {
        return response;
    }
    let mut unmodified = Response::empty(304).header("etag", etag);
    for name in ["cache-control", "vary"] {
        if let Some(value) = response.get(name) {
            unmodified = unmodified.header(name, value);
        }
    }
    unmodified
}

/// Turns a response into one of the connection. `request` is that of a page of another origin, which may read it.
fn finish(
    response: Response,
    request: Option<&Request>,
    limit: Option<u64>,
    switches: &Arc<Switches>,
) -> http::Response<Body> {
    let Response {
        status,
        headers,
        body,
    } = response;
    let is_control = request.is_some_and(|request| request.path.starts_with(control::PATH));
    let has_body = !matches!(status, 204 | 304) && status >= 200;
    let content = if has_body { body } else { Content::from("") };
    let mut response = http::Response::new(Body::new(content, limit, switches));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let cors = [
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", EXPOSED),
    ];
    let cors = cors.into_iter().filter(|_| !is_control);
    let own = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.chain(cors) {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
