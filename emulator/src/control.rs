//! The control interface: what a test in any language can do to the emulator, under a path that the service does not
//! have.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::SecondsFormat;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::fault;
use super::faults::{Effect, Requests};
use super::journal::Entry;
use super::organizations::is_name;
use super::own_host;
use super::recorded_request::{RecordedPart, RecordedRequest};
use super::request::Request;
use super::response::{HandlerResult, Response};
use super::service::{Host, Service};

/// The first segment of every path of the control interface, and of the render hosts of programs that know no others.
pub(crate) const PATH: &str = "/_emulator";

/// Handles a request to the control interface; `None` for any other. `is_local` says whether it came from this machine.
#[cfg_attr(not(feature = "page"), allow(unused_variables))]
pub(crate) fn handle(service: &Service, request: &Request, is_local: bool) -> Option<Response> {
    let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let ["_emulator", rest @ ..] = path.as_slice() else {
        return None;
    };
    if matches!(rest, ["render", _, ..]) {
        return None;
    }
    #[cfg(feature = "page")]
    if let ["page", path @ ..] = rest {
        return Some(super::page::handle(service, request, path, is_local));
    }
    let result = own_host::check(request, "The control interface", PATH)
        .and_then(|()| check_origin(request))
        .and_then(|()| route(service, request, rest));
    Some(result.unwrap_or_else(|error| error))
}

/// Refuses a page of another origin: any page in a browser could empty the emulator.
fn check_origin(request: &Request) -> Result<(), Response> {
    let Some(origin) = request.header("origin") else {
        return Ok(());
    };
    let host = request.header("host").unwrap_or_default();
    if origin
        .split_once("://")
        .is_some_and(|(_, from)| from == host)
    {
        return Ok(());
    }
    Err(Response::error(
        403,
        "The control interface refuses pages of another origin",
    ))
}

fn route(service: &Service, request: &Request, path: &[&str]) -> HandlerResult {
    let method = match request.method.as_str() {
        "HEAD" => "GET",
        method => method,
    };
    match (method, path) {
        ("GET", []) => Ok(state(service)),
        ("POST", ["reset"]) => service.reset().map(|()| Response::empty(204)),
        ("POST", ["seed"]) => seed(service, request),

        ("GET", ["snapshots"]) => Ok(Response::json(
            200,
            &json!({"snapshots": service.snapshot_names()}),
        )),
        ("PUT", ["snapshots", name]) => {
            service.keep_snapshot(name);
            Ok(Response::empty(204))
        }
        ("POST", ["snapshots", name, "restore"]) => {
            let snapshot = service
                .kept_snapshot(name)
                .ok_or_else(|| Response::not_found("Snapshot"))?;
            service.restore(&snapshot).map(|()| Response::empty(204))
        }
        ("DELETE", ["snapshots", name]) => found(service.drop_snapshot(name), "Snapshot"),

        ("GET", ["requests"]) => {
            let requests: Vec<Value> = service.journal().iter().map(entry_json).collect();
            Ok(Response::json(200, &json!({"requests": requests})))
        }
        ("DELETE", ["requests"]) => {
            service.clear_requests();
            Ok(Response::empty(204))
        }

        ("GET", ["faults"]) => Ok(Response::json(
            200,
            &json!({"faults": service.faults.to_json()}),
        )),
        ("POST", ["faults"]) => add_fault(service, request),
        ("DELETE", ["faults"]) => {
            service.faults.clear();
            Ok(Response::empty(204))
        }
        ("DELETE", ["faults", id]) => {
            let id = id.parse().unwrap_or_default();
            found(service.faults.remove(id), "Fault")
        }

        ("GET", ["clock"]) => Ok(clock(service)),
        ("PUT", ["clock"]) => set_clock(service, request),
        ("DELETE", ["clock"]) => {
            service.clock.reset();
            Ok(clock(service))
        }
        _ => Err(Response::no_route()),
    }
}

fn found(found: bool, what: &str) -> HandlerResult {
    if found {
        Ok(Response::empty(204))
    } else {
        Err(Response::not_found(what))
    }
}

fn read<'a, T: Deserialize<'a>>(request: &'a Request) -> Result<T, Response> {
    let body = if request.body.is_empty() {
        b"{}"
    } else {
        &*request.body
    };
    serde_json::from_slice(body)
        .map_err(|error| Response::bad_request(format!("The body does not fit: {error}")))
}

/// Returns what a test needs to know, without the API key.
fn state(service: &Service) -> Response {
    let organizations: Map<String, Value> = service
        .organizations()
        .into_iter()
        .map(|name| {
            let key = service.signing_key(&name);
            let value = json!({"signing_key": key, "render_path": format!("{PATH}/render/{name}")});
            (name, value)
        })
        .collect();
    Response::json(
        200,
        &json!({
            "version": env!("CARGO_PKG_VERSION"), "organizations": organizations,
            "now": now(service),
        }),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    organization: Option<String>,
    images: usize,
}

/// The most images that one request adds.
const MAX_SEED: usize = 1_000_000;

fn seed(service: &Service, request: &Request) -> HandlerResult {
    let Seed {
        organization,
        images,
    } = read(request)?;
    let organization =
        organization.unwrap_or_else(|| service.settings.first_organization().to_owned());
    if !is_name(&organization) {
        return Err(Response::bad_request(
            "`organization` must be lower-case letters, digits and `-`",
        ));
    }
    if images > MAX_SEED {
        return Err(Response::bad_request(format!(
            "`images` must be at most {MAX_SEED}"
        )));
    }
    let hashes = service.seed_images(&organization, images)?;
    Ok(Response::json(200, &json!({"hashes": hashes})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    #[serde(default = "any")]
    method: String,
    path: String,
    #[serde(default = "first")]
    nth: usize,
    times: Option<usize>,
    #[serde(default)]
    always: bool,
    status: Option<u16>,
    #[serde(default)]
    headers: Map<String, Value>,
    body: Option<Value>,
    #[serde(default)]
    delay: f64,
    truncate: Option<u64>,
    #[serde(default)]
    reset: bool,
}

fn any() -> String {
    "*".to_owned()
}

fn first() -> usize {
    1
}

fn add_fault(service: &Service, request: &Request) -> HandlerResult {
    let fault: Fault = read(request)?;
    let delay = Duration::try_from_secs_f64(fault.delay)
        .map_err(|_| Response::bad_request("`delay` must be a number of seconds"))?;
    let response = match fault.status {
        Some(status) if (200..=999).contains(&status) => {
            let body = match fault.body {
                None => Vec::new(),
                Some(Value::String(text)) => text.into_bytes(),
                Some(value) => value.to_string().into_bytes(),
            };
            let mut headers = Vec::new();
            for (name, value) in &fault.headers {
                let value = value
                    .as_str()
                    .ok_or_else(|| Response::bad_request("A header must be a string"))?;
                headers.push((name.as_str(), value));
            }
            Some(fault::response(status, headers, body))
        }
        Some(_) => return Err(Response::bad_request("`status` must be 200 to 999")),
        None if fault.body.is_some() || !fault.headers.is_empty() => {
            return Err(Response::bad_request(
                "`body` and `headers` need a `status`",
            ));
        }
        None => None,
    };
    if fault.always && fault.times.is_some() {
        return Err(Response::bad_request(
            "`always` and `times` exclude each other",
        ));
    }
    let effect = Effect {
        delay,
        response,
        truncate: fault.truncate,
        reset: fault.reset,
    };
    let requests = Requests::matching(&fault.method, &fault.path);
    let id = service.faults.add(requests, effect);
    service.faults.edit(id, |rule| {
        rule.from = fault.nth;
        rule.limit = if fault.always {
            None
        } else {
            Some(fault.times.unwrap_or(1))
        };
    });
    Ok(Response::json(201, &json!({"id": id})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTime {
    now: Option<String>,
    advance: Option<f64>,
}

fn set_clock(service: &Service, request: &Request) -> HandlerResult {
    match read(request)? {
        NewTime {
            now: Some(now),
            advance: None,
        } => {
            let now = rokka_render::DateTime::from(now.as_str())
                .checked()
                .map_err(|error| Response::bad_request(format!("`now`: {error}")))?;
            service.clock.set(now);
        }
        NewTime {
            now: None,
            advance: Some(seconds),
        } => {
            let time = Duration::try_from_secs_f64(seconds)
                .map_err(|_| Response::bad_request("`advance` must be a number of seconds"))?;
            service.clock.advance(time);
        }
        _ => {
            return Err(Response::bad_request(
                "The body needs `now`, a date, or `advance`, a number of seconds",
            ));
        }
    }
    Ok(clock(service))
}

fn clock(service: &Service) -> Response {
    Response::json(200, &json!({"now": now(service)}))
}

fn now(service: &Service) -> String {
    service
        .clock
        .now()
        .to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn entry_json(entry: &Entry) -> Value {
    let mut json = request_json(&entry.request);
    if let Value::Object(json) = &mut json {
        let received = entry.received.to_rfc3339_opts(SecondsFormat::Millis, true);
        json.insert("number".to_owned(), entry.number.into());
        json.insert("received".to_owned(), received.into());
        let seconds = entry.duration.map(|duration| duration.as_secs_f64());
        json.insert("seconds".to_owned(), seconds.into());
        json.insert("missing".to_owned(), entry.missing.as_deref().into());
        json.insert("by_fault".to_owned(), entry.by_fault.into());
        let organization = match &entry.host {
            Host::Api => None,
            Host::Render(organization) => Some(organization.as_deref().unwrap_or("*")),
        };
        json.insert("render".to_owned(), organization.into());
    }
    json
}

fn request_json(request: &RecordedRequest) -> Value {
    let parts: Vec<Value> = request.parts.iter().map(part_json).collect();
    let mut json = json!({
        "method": request.method, "path": request.path, "query": request.query,
        "headers": request.headers, "body_length": request.body_length, "parts": parts,
        "status": request.status, "error": request.error,
    });
    if let (Some(unsupported), Value::Object(json)) = (&request.unsupported, &mut json) {
        json.insert("unsupported".to_owned(), unsupported.as_str().into());
    }
    // The parts of a form have its content.
    if parts.is_empty() {
        add_content(&mut json, "body", request.body.as_ref());
    }
    json
}

fn part_json(part: &RecordedPart) -> Value {
    let mut json = json!({
        "name": part.name, "file_name": part.file_name, "content_type": part.content_type,
        "length": part.length,
    });
    add_content(&mut json, "content", part.content.as_ref());
    json
}

/// Adds bytes as text, or as base64 under another name.
fn add_content(json: &mut Value, name: &str, bytes: Option<&Bytes>) {
    let (Some(json), Some(bytes)) = (json.as_object_mut(), bytes) else {
        return;
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => json.insert(name.to_owned(), text.into()),
        Err(_) => json.insert(format!("{name}_base64"), STANDARD.encode(bytes).into()),
    };
}
