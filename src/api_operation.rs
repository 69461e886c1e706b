//! What the description says about each operation of the API.

use http::Method;

use crate::nearest::nearest;

/// An operation of the API, as the description has it; returned by [`operations`]. [`Client::request_operation`] calls one.
///
/// [`Client::request_operation`]: crate::Client::request_operation
#[derive(Debug)]
#[non_exhaustive]
pub struct ApiOperation {
    /// The id that the service uses, such as `getSourceImage`.
    pub id: &'static str,
    /// The HTTP method in upper case.
    pub method: &'static str,
    /// The path, with the names of its parameters in braces.
    pub path: &'static str,
    /// Whether it is on the render host of an organization and not on the API host.
    pub on_render_host: bool,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What it does, in full, as Markdown.
    pub description: &'static str,
    /// The URL of the service's documentation.
    pub reference: &'static str,
    /// What it takes beside a whole body.
    pub parameters: &'static [ApiParameter],
    /// The kind of its body.
    pub body: ApiBody,
    /// Whether it returns a file and not JSON.
    pub returns_file: bool,
}

/// A named value that an [`ApiOperation`] takes.
#[derive(Debug)]
#[non_exhaustive]
pub struct ApiParameter {
    /// The name; parts of a form that belong to one image have an index, such as `meta_user[0]`.
    pub name: &'static str,
    /// Where the request has it.
    pub place: ParameterPlace,
    /// Whether a call fails without it.
    pub required: bool,
    /// What its value is.
    pub kind: ParameterKind,
    /// What it means, as Markdown.
    pub description: &'static str,
    /// The values that are known; the service may have others.
    pub values: &'static [&'static str],
}

/// Where a request has a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterPlace {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In the name of the host.
    Host,
    /// A property of the JSON body.
    Field,
    /// A part of the form that is the body.
    Part,
}

/// What the value of a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterKind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// Any JSON value.
    Json,
    /// A part of a path, in which slashes are literal.
    Path,
    /// A file.
    File,
    /// Any number of query parameters, each with a name of its own.
    Fields,
}

/// The kind of body of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiBody {
    /// There is none.
    None,
    /// JSON.
    Json {
        /// Whether a call fails without it.
        required: bool,
        /// Whether it is an object whose properties the caller names.
        open: bool,
    },
    /// A form with files, `multipart/form-data`.
    Form,
}

/// Returns all operations of the API, sorted by id, those of the render host included.
///
/// ```
/// let upload = rokka::api::operations().iter().find(|it| it.id == "createSourceImage").unwrap();
/// assert_eq!((upload.method, upload.path), ("POST", "/sourceimages/{organization}"));
/// ```
pub fn operations() -> &'static [ApiOperation] {
    crate::api::DESCRIBED
}

impl ApiOperation {
    /// Returns the operation of an id. The spelling of words does not matter: `getSourceImage` and `get_source_image` are
    /// the same. The error has the most similar id, if there is one.
    ///
    /// ```
    /// use rokka::api::ApiOperation;
    ///
    /// assert_eq!(ApiOperation::find("get-source-image").unwrap().id, "getSourceImage");
    /// assert_eq!(ApiOperation::find("getSourceImgae").unwrap_err(), Some("getSourceImage"));
    /// ```
    ///
    /// # Errors
    /// The most similar id, for an unknown one.
    #[inline]
    pub fn find(id: &str) -> Result<&'static Self, Option<&'static str>> {
        let letters = |text: &str| -> String {
            let letters = text.chars().filter(|letter| !matches!(letter, '_' | '-'));
            letters.flat_map(char::to_lowercase).collect()
        };
        let wanted = letters(id);
        let found = operations()
            .iter()
            .find(|operation| letters(operation.id) == wanted);
        found.ok_or_else(|| nearest(id, operations().iter().map(|operation| operation.id)))
    }

    /// Returns the parameter of a name. A part of a form is found with any index, such as `meta_user[2]` or `url[]`.
    pub fn parameter(&self, name: &str) -> Option<&'static ApiParameter> {
        let named = |parameter: &&ApiParameter| {
            parameter.kind != ParameterKind::Fields
                && (parameter.name == name
                    || parameter.place == ParameterPlace::Part
                        && without_index(parameter.name) == without_index(name))
        };
        self.parameters.iter().find(named)
    }

    /// Returns whether the operation takes parameters that the description does not name: the filters of a search, or the
    /// properties of an open object.
    pub fn takes_other_parameters(&self) -> bool {
        matches!(self.body, ApiBody::Json { open: true, .. })
            || self
                .parameters
                .iter()
                .any(|it| it.kind == ParameterKind::Fields)
    }

    /// Returns the name that a misspelled parameter is most likely meant to have.
    #[inline]
    pub fn nearest_parameter(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.parameters.iter().map(|it| it.name))
    }

    pub(crate) fn http_method(&self) -> Method {
        Method::from_bytes(self.method.as_bytes()).unwrap_or_default()
    }
}

/// Returns the name of a part of a form without the index of its image.
fn without_index(name: &str) -> &str {
    match name.split_once('[') {
        Some((name, index))
            if index
                .strip_suffix(']')
                .is_some_and(|index| index.bytes().all(|digit| digit.is_ascii_digit())) =>
        {
            name
        }
        _ => name,
    }
}
