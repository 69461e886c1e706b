//! Calls of any operation by its id, with parameters by their names.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

use crate::api::{
    self, ApiBody, ApiOperation, ApiParameter, ParameterKind, ParameterPlace, ResponseValue,
};
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::escape::Segment;
use crate::nearest::nearest;
use crate::progress::{Meter, Progress};
use crate::request::{AnyResponse, MakeAny, checked_url};
use crate::source_images::{DownloadFile, Source};
use crate::transfer::form::{FormPart, MakeForm};
use crate::transfer::resume::{OpenFile, Response};
use crate::transport::{Expected, RequestPolicy, Session, Template};

/// Calls an operation by its id; returns an [`AnyResponse`]. Returned by
/// [`Client::request_operation`](crate::Client::request_operation).
///
/// [`download`](Self::download) returns the response as a file.
#[must_use = "a call is sent when it is awaited"]
pub struct OperationRequest {
    call: CallParts,
    render_host: Arc<str>,
    id: String,
    operation: Option<&'static ApiOperation>,
    values: Vec<(String, Value)>,
    files: Vec<(String, Source)>,
    body: Option<Value>,
    sent: Option<Meter>,
}

/// The request of a call, once its parameters are checked.
struct Prepared {
    operation: &'static ApiOperation,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Bytes>,
    form: Option<Vec<FormPart>>,
}

impl OperationRequest {
    #[inline]
    pub(crate) fn new(mut call: CallParts, render_host: Arc<str>, id: String) -> Self {
        let operation = ApiOperation::find(&id);
        if let Err(similar) = operation {
            let hint = similar.map(|similar| format!(": did you mean `{similar}`?"));
            let hint = hint.unwrap_or_default();
            call.refuse(&Error::invalid(format!("unknown operation `{id}`{hint}")));
        }
        Self {
            call,
            render_host,
            id,
            operation: operation.ok(),
            values: Vec::new(),
            files: Vec::new(),
            body: None,
            sent: None,
        }
    }

    /// Sets a parameter, wherever the request has it: in the path, the query, a header, the host, the form or the body. Text
    /// is converted to what the parameter is. Filters of a search, and the properties of an object with free names, have
    /// the name that they have there.
    ///
    /// The call fails for an unknown name with the most similar one, for a value of another kind, and if a required one is
    /// missing, before it sends anything. The service decides about the rest.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.values.push((name.into(), value.into()));
        self
    }

    /// Sets the whole JSON body. Parameters that are properties of it are added.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_value(body) {
            Ok(body) => self.body = Some(body),
            Err(error) => self.call.refuse(
                &Error::invalid("the body cannot be serialized as JSON").with_source(error),
            ),
        }
        self
    }

    /// Adds a file to the form. The name is that of the part, such as `filedata`. Files and bytes are replayable, a stream is
    /// not.
    pub fn file(mut self, name: impl Into<String>, source: impl Into<Source>) -> Self {
        self.files.push((name.into(), source.into()));
        self
    }

    /// Counts the bytes of a form that are sent.
    pub fn progress(mut self, progress: &Progress) -> Self {
        self.sent = Some(progress.meter());
        self
    }

    /// Returns a download of the file that the operation returns, which takes constant memory. Options: [`DownloadFile`]. The
    /// call fails for an operation that returns no file.
    #[inline]
    pub fn download(mut self) -> DownloadFile {
        if let Some(operation) = self.operation
            && !operation.returns_file
        {
            let id = operation.id;
            self.call.refuse(&Error::invalid(format!(
                "`{id}` returns JSON and no file: await the call itself"
            )));
        }
        let mut call = self.call.clone();
        match self.operation {
            Some(operation) if operation.http_method() == Method::GET => {
                let url = self.prepare(call.base()).map(|prepared| prepared.url);
                DownloadFile::at(call, operation.id, url)
            }
            _ => {
                // Everything is checked when the file is opened, and wrong parameters fail before that.
                if let Err(error) = self.check() {
                    call.refuse(&error);
                }
                DownloadFile::rendering(call, Sent(Some(self)))
            }
        }
    }

    fn operation(&self) -> Result<&'static ApiOperation> {
        self.operation
            .ok_or_else(|| Error::invalid(format!("unknown operation `{}`", self.id)))
    }

    #[inline]
    fn check(&self) -> Result<()> {
        let operation = self.operation()?;
        let files = self.files.iter().map(|(name, _)| name);
        let values = self.values.iter().map(|(name, _)| name);
        let given: Vec<&str> = values.chain(files).map(String::as_str).collect();
        for name in &given {
            if operation.parameter(name).is_none() && !operation.takes_other_parameters() {
                return Err(unknown(operation, name));
            }
        }
        for parameter in operation.parameters.iter().filter(|it| it.required) {
            let is_it = |name: &&str| {
                let found = operation.parameter(name);
                found.is_some_and(|found| found.name == parameter.name)
            };
            let in_body = parameter.place == ParameterPlace::Field && self.body.is_some();
            if !in_body && !given.iter().any(is_it) {
                return Err(missing(operation, parameter, &given));
            }
        }
        for (name, _) in &self.files {
            let is_file = |it: &ApiParameter| it.kind == ParameterKind::File;
            if !operation.parameter(name).is_some_and(is_file) {
                return Err(Error::invalid(format!(
                    "`{name}` of `{}` is not a file: set it as a parameter",
                    operation.id
                )));
            }
        }
        if let Some(body) = &self.body {
            if !matches!(operation.body, ApiBody::Json { .. }) {
                return Err(Error::invalid(format!(
                    "`{}` takes no JSON body: remove it",
                    operation.id
                )));
            }
            let has_fields = self.values.iter().any(|(name, _)| {
                let known = operation.parameter(name);
                known.is_none_or(|known| known.place == ParameterPlace::Field)
            });
            if has_fields && !body.is_object() {
                return Err(Error::invalid(
                    "parameters of the body need a body that is a JSON object",
                ));
            }
        }
        Ok(())
    }

    /// Checks the parameters and puts them to their places.
    #[inline]
    fn prepare(&mut self, base: &str) -> Result<Prepared> {
        self.check()?;
        let operation = self.operation()?;
        let mut path = operation.path.to_owned();
        let mut host = base.to_owned();
        if operation.on_render_host {
            (*self.render_host).clone_into(&mut host);
        }
        let (mut query, mut headers, mut parts) = (Vec::new(), HeaderMap::new(), Vec::new());
        let mut fields = Map::new();
        for (name, value) in std::mem::take(&mut self.values) {
            let Some(parameter) = operation.parameter(&name) else {
                if matches!(operation.body, ApiBody::Json { open: true, .. }) {
                    fields.insert(name, value);
                } else {
                    let text = scalar(&name, &value)?;
                    query.push((name, text));
                }
                continue;
            };
            let refused = |rule: &str| {
                Error::invalid(format!("invalid value of `{name}`: it must be {rule}"))
            };
            match parameter.place {
                ParameterPlace::Field => {
                    let value = converted(parameter.kind, value).map_err(refused)?;
                    fields.insert(name, value);
                }
                ParameterPlace::Part if parameter.kind == ParameterKind::File => {
                    return Err(refused("a file"));
                }
                ParameterPlace::Part => {
                    let text = match value {
                        Value::String(text) => text,
                        other => other.to_string(),
                    };
                    parts.push(FormPart::Text(name, text));
                }
                place => {
                    converted(parameter.kind, value.clone()).map_err(refused)?;
                    let text = scalar(&name, &value)?;
                    let braces = format!("{{{}}}", parameter.name);
                    match place {
                        ParameterPlace::Path if parameter.kind == ParameterKind::Path => {
                            if text.is_empty() || text.contains('?') {
                                return Err(refused("a path without a query"));
                            }
                            path = path.replace(&braces, &text);
                        }
                        ParameterPlace::Path => {
                            if text.is_empty() {
                                return Err(refused("text that is not empty"));
                            }
                            path = path.replace(&braces, &Segment(&text).to_string());
                        }
                        ParameterPlace::Host => {
                            crate::names::organization_name(&text)?;
                            host = host.replace(&braces, &text);
                        }
                        ParameterPlace::Header => {
                            let header: HeaderName = parameter
                                .name
                                .parse()
                                .map_err(|_| refused("a header of this name"))?;
                            let value = HeaderValue::from_str(&text)
                                .map_err(|_| refused("printable ASCII"))?;
                            headers.insert(header, value);
                        }
                        _ => query.push((name, text)),
                    }
                }
            }
        }
        let body = body(operation, self.body.take(), fields)?;
        let form = (operation.body == ApiBody::Form).then(|| {
            let files = std::mem::take(&mut self.files).into_iter();
            let files = files.map(|(name, source)| FormPart::File(name, Box::new(source)));
            files.chain(parts).collect()
        });
        Ok(Prepared {
            operation,
            method: operation.http_method(),
            url: checked_url(&host, &path, &query)?,
            headers,
            body,
            form,
        })
    }

    async fn run(mut self, session: Session) -> Result<AnyResponse> {
        let expected = match self.operation {
            Some(operation) if operation.returns_file => Expected::Any,
            _ => Expected::Json,
        };
        let (response, session) = self.exchange(&session, expected).await?;
        AnyResponse::receive(session, response).await
    }

    async fn exchange(
        &mut self,
        session: &Session,
        expected: Expected,
    ) -> Result<(reqwest::Response, Session)> {
        for (_, source) in &self.files {
            source.check_as_part()?;
        }
        let prepared = self.prepare(session.base())?;
        let mut session = session.clone();
        for (name, value) in &prepared.headers {
            session = session.with_header(name.clone(), value.to_str().unwrap_or_default());
        }
        let policy = RequestPolicy {
            operation: prepared.operation.id.into(),
            idempotent: api::OPERATIONS.is_idempotent(prepared.operation.id, &prepared.method),
            expected,
        };
        let Some(form) = prepared.form else {
            let json = HeaderValue::from_static("application/json");
            let body = prepared.body.map(|body| (json, body));
            let request = MakeAny::with_body(prepared.method, prepared.url, body);
            let request = Template::Made(Box::new(request));
            let response = session.success(session.send(request, policy).await)?;
            return Ok((response, session));
        };
        let session = session.patient();
        let counter = session.counter();
        let form = MakeForm::new(prepared.url.into(), form, self.sent.take(), counter);
        let response = form.send(&session, policy).await?;
        Ok((response, session))
    }
}

call!(OperationRequest => AnyResponse);

/// A file that a request other than `GET` returns; `None` once it is requested.
#[derive(Debug)]
struct Sent(Option<OperationRequest>);

impl OpenFile for Sent {
    #[inline]
    fn open<'a>(&'a mut self, session: &'a Session) -> BoxFuture<'a, Result<Response>> {
        let request = self.0.take();
        Box::pin(async move {
            let Some(mut request) = request else {
                return Err(Error::invalid("this file cannot be requested again"));
            };
            let (response, _) = request.exchange(session, Expected::File).await?;
            Ok(ResponseValue::stream(response))
        })
    }
}

#[inline]
fn unknown(operation: &ApiOperation, name: &str) -> Error {
    let id = operation.id;
    let names: Vec<&str> = operation.parameters.iter().map(|it| it.name).collect();
    let hint = match operation.nearest_parameter(name) {
        Some(similar) => format!("did you mean `{similar}`?"),
        None if names.is_empty() => "it has none".to_owned(),
        None => format!("it has {}", names.join(", ")),
    };
    Error::invalid(format!("`{id}` has no parameter `{name}`: {hint}"))
}

#[inline]
fn missing(operation: &ApiOperation, parameter: &ApiParameter, given: &[&str]) -> Error {
    let (id, name) = (operation.id, parameter.name);
    let others = given
        .iter()
        .copied()
        .filter(|given| operation.parameter(given).is_none());
    let hint = match nearest(name, others) {
        Some(similar) => format!(": did you mean it by `{similar}`?"),
        None if parameter.place == ParameterPlace::Field => ": set it, or a body".to_owned(),
        None => String::new(),
    };
    Error::invalid(format!("`{id}` needs the parameter `{name}`{hint}"))
}

/// Returns the JSON body, with the properties that are parameters.
#[inline]
fn body(
    operation: &ApiOperation,
    body: Option<Value>,
    fields: Map<String, Value>,
) -> Result<Option<Bytes>> {
    let ApiBody::Json { required, .. } = operation.body else {
        return Ok(None);
    };
    let body = match body {
        Some(Value::Object(mut body)) => {
            body.extend(fields);
            Value::Object(body)
        }
        Some(other) => other,
        None if fields.is_empty() && required => {
            return Err(Error::invalid(format!(
                "`{}` needs a JSON body",
                operation.id
            )));
        }
        None if fields.is_empty() => return Ok(None),
        None => Value::Object(fields),
    };
    match serde_json::to_vec(&body) {
        Ok(body) => Ok(Some(body.into())),
        Err(error) => {
            Err(Error::invalid("the body cannot be serialized as JSON").with_source(error))
        }
    }
}

/// Returns a value as what the parameter is, or the rule that it breaks.
fn converted(kind: ParameterKind, value: Value) -> Result<Value, &'static str> {
    let fits = |value: &Value| match kind {
        ParameterKind::Integer => value.is_i64() || value.is_u64(),
        ParameterKind::Boolean => value.is_boolean(),
        _ => true,
    };
    let rule = match kind {
        ParameterKind::Integer => "a whole number",
        ParameterKind::Boolean => "`true` or `false`",
        ParameterKind::Json => "JSON",
        _ => return Ok(value),
    };
    let value = match value {
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(value) => value,
            // A single text needs no quotes.
            Err(_) if kind == ParameterKind::Json && !text.starts_with(['{', '[', '"']) => {
                Value::String(text)
            }
            Err(_) => return Err(rule),
        },
        value => value,
    };
    if fits(&value) { Ok(value) } else { Err(rule) }
}

/// Returns a value as text, for a path, a query or a header.
fn scalar(name: &str, value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(Error::invalid(format!(
            "invalid value of `{name}`: it must be text, a number, `true` or `false`"
        ))),
    }
}

impl fmt::Debug for OperationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.values.iter().map(|(name, _)| name).collect();
        f.debug_struct("OperationRequest")
            .field("operation", &self.id)
            .field("parameters", &names)
            .finish_non_exhaustive()
    }
}
