//! A visit of the page: what the views know of the request, and how they read the API.

use maud::Markup;
use serde_json::Value;

use super::super::blob::Content;
use super::super::request::Request;
use super::super::response::Response;
use super::super::service::Service;
use super::guard;

pub(super) struct Visit<'a> {
    pub(super) service: &'a Service,
    pub(super) request: &'a Request,
    /// The API key, for visitors that may have it.
    pub(super) key: Option<&'a str>,
}

impl<'a> Visit<'a> {
    pub(super) fn new(service: &'a Service, request: &'a Request, is_local: bool) -> Self {
        let key = service.settings.api_key.as_str();
        Self {
            service,
            request,
            key: guard::may_have_key(request, is_local).then_some(key),
        }
    }

    /// Returns the JSON that the API returns for a path.
    pub(super) fn read(&self, target: &str) -> Result<Value, Response> {
        let response = self.service.look(target)?;
        let Content::Memory(body) = &response.body else {
            return Err(Response::error(500, "The response is a file"));
        };
        serde_json::from_slice(body).map_err(|error| Response::error(500, error.to_string()))
    }

    /// Returns the value of a field of the page's own forms.
    pub(super) fn field(&self, name: &str) -> &'a str {
        self.request.parameter(name).unwrap_or_default().trim()
    }
}

/// Returns a page, or a part of one.
pub(super) fn html(status: u16, markup: Markup) -> Response {
    Response::bytes(status, "text/html; charset=utf-8", markup.into_string())
}

/// Returns a string field of an object of the API.
pub(super) fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn number(object: &Value, name: &str) -> u64 {
    object.get(name).and_then(Value::as_u64).unwrap_or_default()
}

pub(super) fn is_on(object: &Value, name: &str) -> bool {
    object.get(name) == Some(&Value::Bool(true))
}

/// Returns the elements of a list of the API.
pub(super) fn items<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    let list = object.get(name).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// Writes a size in bytes for people.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    let unit = UNITS.into_iter().find(|(unit, _)| bytes >= *unit);
    match unit {
        Some((unit, name)) => {
            format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
        }
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(1023), "1023 bytes");
        assert_eq!(size(1536), "1.5 KB");
        assert_eq!(size(5 * 1024 * 1024), "5.0 MB");
        assert_eq!(size(u64::MAX), "17179869183.9 GB");
    }
}
