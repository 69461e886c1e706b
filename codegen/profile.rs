//! Adapts `openapi/rokka.json` to progenitor.
//!
//! The description is written for every generator, so workarounds for one of them belong here. Without each of these rules,
//! progenitor 0.15 fails or loses information. Each rule is one function; they apply in this order:
//!
//! | rule | why |
//! |---|---|
//! | [`idempotency`] | the transport needs to know whether an operation is idempotent where its HTTP method does not determine it: the extension `x-idempotent` becomes a list |
//! | [`leave_out`] | progenitor does not support multipart bodies, and its client has one base URL, which excludes operations of the render host; the facade implements these operations |
//! | [`pin_version`] | every generated method sends `api-version: <info.version>`, and the service expects the integer `1` |
//! | [`one_success`] | responses that differ by status fail an assertion, and a typed error response loses the HTTP status when its body is undocumented; so there is one success response for all 2xx statuses, raw where the documented ones differ, and failures stay undecoded |
//! | [`one_body`] | progenitor does not support several media types for a body |
//! | [`link_reference`] | `externalDocs` is missing from the rustdoc otherwise |
//! | [`lenient_objects`] | the service may write an empty object as `[]`: a list here says where, and the decoder accepts both |
//! | [`lists_or_objects`] | the same for an object that may be a list with items |
//! | [`open_maps`] | metadata blocks have no fixed shape, and a new shape must not make the image undecodable: they stay JSON, with typed accessors beside them |
//! | [`open_enums`] | a string with known values becomes an enum with a variant for unknown ones |
//! | [`plain_types`] | an invalid UUID must not make a response undecodable; counts are unsigned; null means the default, or nothing; examples are not needed |

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// Objects that callers write, and that the facade and callers also decode: from members of open objects, and from files.
const ALSO_DECODED: &[&str] = &[
    "CropArea",
    "LinkedHashes",
    "MultiArea",
    "MultiAreas",
    "StackDefinition",
    "SubjectArea",
    "VersionText",
];

/// Objects that may arrive as `[]` when they are empty: the service is written in PHP. No recording shows it, so the
/// description does not mention it.
pub(crate) const EMPTY_LISTS: &[&str] = &[
    "DynamicMetadata",
    "FacetCounts",
    "OperationOptions",
    "OperationProperties",
    "OrganizationOptions",
    "PageLinks",
    "StackExpressionOverrides",
    "StackOptionValues",
    "StackVariableValues",
    "StaticMetadata",
    "UserMetadata",
];

/// Objects that may arrive as lists: the documentation shows the changes of `svgdynamic` as one.
const LISTS_OR_OBJECTS: &[&str] = &["OperationExpressions"];

/// The extension with the known values of a string that may have others.
pub(crate) const OPEN_ENUM: &str = "x-extensible-enum";

/// Objects whose known members are documentation only.
pub(crate) const OPEN_MAPS: &[&str] = &["DynamicMetadata", "StaticMetadata"];

/// Fields that a response must contain: they identify an object, or are the requested data. All other fields may be missing
/// or `null`, whatever the description promises. A list or map among these must be present but may be `null`.
pub(crate) const REQUIRED_FIELDS: &[(&str, &[&str])] = &[
    ("AdminApiKeyItem", &["organization", "user_id"]),
    ("AdminApiKeyOverview", &["items"]),
    ("AlbumImage", &["hash"]),
    ("ApiKey", &["id"]),
    ("CropArea", &["height", "width"]),
    ("CurrentUser", &["user_id"]),
    ("FacetCount", &["count", "value"]),
    ("LinkedHashes", &["hashes"]),
    ("Membership", &["user_id"]),
    ("MembershipList", &["items"]),
    ("NewUser", &["api_key"]),
    ("Organization", &["name"]),
    ("SignedUrl", &["signed_url"]),
    ("SigningKey", &["key"]),
    ("SourceImage", &["hash"]),
    ("SourceImageAlias", &["hash"]),
    ("SourceImageList", &["items"]),
    ("Stack", &["name"]),
    ("StackDefinition", &["operations"]),
    ("StackExpression", &["expression"]),
    ("StackList", &["items"]),
    ("StackOperation", &["name"]),
    ("StackOptionCatalogue", &["properties"]),
    ("Stats", &["space_in_bytes"]),
    ("StatsPoint", &["timestamp", "value"]),
    ("SubOrganization", &["name"]),
    ("SubOrganizationList", &["items"]),
    ("Token", &["payload", "token"]),
    ("TokenPayload", &["exp"]),
    ("TotpSetup", &["provisioning_uri", "secret"]),
    ("TotpStatus", &["state"]),
    ("UserMembership", &["organization"]),
    ("UserMembershipList", &["items"]),
    ("VersionText", &["text"]),
];

/// Lists that are still returned when an item cannot be decoded, and the fields with their items.
pub(crate) const LISTS: &[(&str, &[&str])] = &[
    ("AdminApiKeyOverview", &["items"]),
    ("Album", &["images", "items"]),
    ("MembershipList", &["items"]),
    ("SourceImageList", &["items"]),
    ("StackList", &["items"]),
    ("SubOrganizationList", &["items"]),
    ("UserMembershipList", &["items"]),
];

/// Alternative names that a field is decoded from: schema, field, alternative name.
pub(crate) const ALIASES: &[(&str, &str, &str)] = &[
    ("StackDefinition", "expressions", "stack_expressions"),
    ("StackDefinition", "operations", "stack_operations"),
    ("StackDefinition", "options", "stack_options"),
    ("StackDefinition", "variables", "stack_variables"),
];

/// The adapted description, and how to rewrite what progenitor emits from it.
pub(crate) struct Profile {
    /// The adapted description.
    pub(crate) description: Value,
    /// Operations that are not generated.
    pub(crate) left_out: Vec<String>,
    /// Operation ids by the name of the generated method.
    pub(crate) methods: BTreeMap<String, String>,
    /// Operations that return a file; the transport must not read it into memory.
    pub(crate) binary: Vec<String>,
    /// Operations whose response can contain a secret; errors must redact its body.
    pub(crate) secret: Vec<String>,
    /// Operations that are idempotent although their HTTP method is not.
    pub(crate) idempotent: Vec<String>,
    /// Operations that are not idempotent, whatever their HTTP method.
    pub(crate) non_idempotent: Vec<String>,
    /// Schemas of objects that may arrive as `[]`.
    pub(crate) lenient: BTreeSet<String>,
    /// Schemas that are open enums: name, description, values.
    pub(crate) open_enums: Vec<(String, String, Vec<String>)>,
    /// Schemas that only responses contain; they can gain fields without breaking a caller.
    pub(crate) response_only: BTreeSet<String>,
    /// Schemas that are decoded from a response or a file; they keep unknown fields.
    pub(crate) decoded: BTreeSet<String>,
    /// Schemas of responses that can contain a secret; `Debug` redacts their unknown fields.
    pub(crate) beside_secrets: BTreeSet<String>,
}

/// Applies every rule to the description.
pub(crate) fn apply(mut description: Value) -> Profile {
    let decoded = decoded(&description);
    let (idempotent, non_idempotent) = idempotency(&mut description);
    let left_out = leave_out(&mut description);
    let methods = operations(&mut description).map(|operation| id(operation));
    let methods = methods.map(|id| (method_name(&id), id)).collect();
    pin_version(&mut description);
    let (secret, beside_secrets) = secret_operations(&description);
    let binary = one_success(&mut description);
    one_body(&mut description);
    link_reference(&mut description);
    let lenient = lenient_objects(&mut description);
    lists_or_objects(&mut description);
    open_maps(&mut description);
    let open_enums = open_enums(&mut description);
    let response_only = response_only(&description);
    plain_types(&mut description);
    Profile {
        description,
        left_out,
        methods,
        binary,
        secret,
        idempotent,
        non_idempotent,
        lenient,
        open_enums,
        response_only,
        decoded,
        beside_secrets,
    }
}

/// The keys of a path item that are operations.
const METHODS: &[&str] = &["get", "put", "post", "delete", "patch", "head", "options"];

fn operations(description: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    object(description.get_mut("paths"))
        .values_mut()
        .filter_map(Value::as_object_mut)
        .flat_map(|item| item.iter_mut())
        .filter(|(method, _)| METHODS.contains(&method.as_str()))
        .filter_map(|(_, operation)| operation.as_object_mut())
}

fn schemas(description: &mut Value) -> &mut Map<String, Value> {
    object(description.pointer_mut("/components/schemas"))
}

fn object(value: Option<&mut Value>) -> &mut Map<String, Value> {
    value
        .and_then(Value::as_object_mut)
        .expect("the description has this object")
}

fn id(operation: &Map<String, Value>) -> String {
    operation["operationId"]
        .as_str()
        .expect("every operation has an id")
        .to_owned()
}

/// The extension that states whether an operation is idempotent where its HTTP method does not determine it.
const IDEMPOTENT: &str = "x-idempotent";

/// Removes the extension; returns the operations declared idempotent and those declared not idempotent.
fn idempotency(description: &mut Value) -> (Vec<String>, Vec<String>) {
    let (mut idempotent, mut non_idempotent) = (Vec::new(), Vec::new());
    for operation in operations(description) {
        let Some(declared) = operation.remove(IDEMPOTENT) else {
            continue;
        };
        if declared.as_bool().expect("`x-idempotent` is a boolean") {
            idempotent.push(id(operation));
        } else {
            non_idempotent.push(id(operation));
        }
    }
    idempotent.sort_unstable();
    non_idempotent.sort_unstable();
    (idempotent, non_idempotent)
}

fn leave_out(description: &mut Value) -> Vec<String> {
    let mut left_out = Vec::new();
    let mut forms = Vec::new();
    let paths = object(description.get_mut("paths"));
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        let elsewhere = item.contains_key("servers");
        item.retain(|method, operation| {
            if !METHODS.contains(&method.as_str()) {
                return true;
            }
            let form = operation.pointer("/requestBody/content/multipart~1form-data");
            let multipart = form.is_some();
            forms.extend(form.and_then(|form| form["schema"]["$ref"].as_str().map(str::to_owned)));
            if elsewhere || multipart {
                left_out.push(id(operation
                    .as_object()
                    .expect("an operation is an object")));
            }
            !(elsewhere || multipart)
        });
    }
    paths.retain(|_, item| METHODS.iter().any(|method| item.get(method).is_some()));
    for form in forms {
        let name = form.rsplit('/').next().unwrap_or_default();
        schemas(description).remove(name);
    }
    left_out
}

fn pin_version(description: &mut Value) {
    description["info"]["version"] = json!("1");
    for item in object(description.get_mut("paths")).values_mut() {
        if let Some(parameters) = item.get_mut("parameters").and_then(Value::as_array_mut) {
            parameters.retain(|one| one["$ref"] != "#/components/parameters/ApiVersion");
        }
    }
}

fn one_success(description: &mut Value) -> Vec<String> {
    let mut binary = Vec::new();
    for operation in operations(description) {
        let operation_id = id(operation);
        let responses = object(operation.get_mut("responses"));
        let successes: Vec<(String, Value)> = responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(status, response)| (status.clone(), response.clone()))
            .collect();
        let json = |response: &Value| {
            response
                .pointer("/content/application~1json/schema")
                .cloned()
        };
        let file = |response: &Value| response.get("content").is_some() && json(response).is_none();
        if successes.iter().any(|(_, response)| file(response)) {
            binary.push(operation_id);
        }
        let alike = successes
            .windows(2)
            .all(|pair| json(&pair[0].1) == json(&pair[1].1));
        let text: Vec<String> = successes
            .iter()
            .map(|(status, response)| {
                let text = response["description"].as_str().unwrap_or_default();
                format!("{status}: {text}")
            })
            .collect();
        let mut success = json!({"description": text.join(" ")});
        if !alike || successes.iter().any(|(_, response)| file(response)) {
            success["content"] = json!({"*/*": {"schema": {"type": "string", "format": "binary"}}});
        } else if let Some(schema) = successes.first().and_then(|(_, response)| json(response)) {
            success["content"] = json!({"application/json": {"schema": schema}});
        }
        responses.clear();
        responses.insert("2XX".into(), success);
    }
    binary
}

fn one_body(description: &mut Value) {
    for operation in operations(description) {
        let Some(content) = operation
            .get_mut("requestBody")
            .and_then(|body| body.get_mut("content"))
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        if content.contains_key("application/json") {
            content.retain(|media_type, _| media_type == "application/json");
        }
    }
}

fn link_reference(description: &mut Value) {
    for operation in operations(description) {
        let Some(url) = operation
            .get("externalDocs")
            .and_then(|docs| docs["url"].as_str())
            .map(str::to_owned)
        else {
            continue;
        };
        let text = operation
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let linked = format!("{text}\n\nReference: <{url}>");
        operation.insert("description".into(), linked.into());
    }
}

fn lenient_objects(description: &mut Value) -> BTreeSet<String> {
    let known = schemas(description);
    let names = EMPTY_LISTS.iter().map(|name| (*name).to_owned());
    names.filter(|name| known.contains_key(name)).collect()
}

fn lists_or_objects(description: &mut Value) {
    for name in LISTS_OR_OBJECTS {
        let Some(schema) = schemas(description).get_mut(*name) else {
            continue;
        };
        let text = object(Some(schema)).remove("description");
        *schema = json!({"description": text, "anyOf": [schema, {"type": "array", "items": {}}]});
    }
}

fn open_maps(description: &mut Value) {
    for name in OPEN_MAPS {
        if let Some(schema) = schemas(description).get_mut(*name) {
            object(Some(schema)).remove("properties");
        }
    }
}

fn open_enums(description: &mut Value) -> Vec<(String, String, Vec<String>)> {
    let mut found = Vec::new();
    for (name, schema) in schemas(description) {
        let Some(values) = schema.get(OPEN_ENUM).and_then(Value::as_array) else {
            continue;
        };
        let values = values.iter().filter_map(Value::as_str).map(str::to_owned);
        let text = schema["description"].as_str().unwrap_or_default();
        found.push((name.clone(), text.to_owned(), values.collect()));
        *schema = json!({"type": "string", "description": text});
    }
    found
}

fn plain_types(description: &mut Value) {
    fn walk(value: &mut Value) {
        match value {
            Value::Object(map) => {
                if map.get("format").is_some_and(|format| format == "uuid") {
                    map.remove("format");
                }
                if map.get("minimum").is_some_and(|least| least == 0)
                    && map.get("format").is_some_and(|format| format == "int64")
                {
                    map.insert("format".into(), "uint64".into());
                }
                // Missing and null both mean the default.
                if map.contains_key("default") {
                    map.remove("nullable");
                }
                // A reference that is nullable.
                if let Some([only]) = map
                    .get("allOf")
                    .and_then(Value::as_array)
                    .map(Vec::as_slice)
                    && let Some(reference) = only.get("$ref").cloned()
                {
                    for key in ["allOf", "nullable", "type"] {
                        map.remove(key);
                    }
                    map.insert("$ref".into(), reference);
                }
                map.remove("example");
                map.remove("examples");
                map.values_mut().for_each(walk);
            }
            Value::Array(items) => items.iter_mut().for_each(walk),
            _ => {}
        }
    }
    walk(description);
    for unused in ["Error", "ErrorDetail"] {
        schemas(description).remove(unused);
    }
}

/// Adds the names of the schemas that a part of the description references, directly or indirectly.
fn collect(value: &Value, description: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                let name = reference.rsplit('/').next().unwrap_or_default();
                if reference.starts_with("#/components/schemas/") && names.insert(name.to_owned()) {
                    collect(
                        &description["components"]["schemas"][name],
                        description,
                        names,
                    );
                }
            }
            for value in map.values() {
                collect(value, description, names);
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect(item, description, names)),
        _ => {}
    }
}

/// Returns the operations whose response has a member of the format `password`, and the schemas of these responses.
fn secret_operations(description: &Value) -> (Vec<String>, BTreeSet<String>) {
    fn is_secret(value: &Value) -> bool {
        match value {
            Value::Object(map) => {
                map.get("format").is_some_and(|format| format == "password")
                    || map.values().any(is_secret)
            }
            Value::Array(items) => items.iter().any(is_secret),
            _ => false,
        }
    }
    let items = description["paths"].as_object().into_iter().flatten();
    let operations = items.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let (mut secret, mut beside) = (Vec::new(), BTreeSet::new());
    for (_, operation) in operations {
        let Some(id) = operation["operationId"].as_str() else {
            continue;
        };
        let mut names = BTreeSet::new();
        collect(&operation["responses"], description, &mut names);
        let schemas = &description["components"]["schemas"];
        if is_secret(&operation["responses"]) || names.iter().any(|name| is_secret(&schemas[name]))
        {
            secret.push(id.to_owned());
            beside.extend(names);
        }
    }
    secret.sort();
    (secret, beside)
}

fn response_only(description: &Value) -> BTreeSet<String> {
    let (responses, requests) = in_responses_and_requests(description);
    responses.difference(&requests).cloned().collect()
}

fn decoded(description: &Value) -> BTreeSet<String> {
    let (responses, requests) = in_responses_and_requests(description);
    let request_only: BTreeSet<&String> = requests.difference(&responses).collect();
    let names = description["components"]["schemas"].as_object();
    let names = names.into_iter().flat_map(Map::keys);
    names
        .filter(|name| !request_only.contains(name) || ALSO_DECODED.contains(&name.as_str()))
        .cloned()
        .collect()
}

/// Returns the schemas that occur in responses, and those that occur in requests.
fn in_responses_and_requests(description: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut responses, mut requests) = (BTreeSet::new(), BTreeSet::new());
    let items = description["paths"].as_object().into_iter().flatten();
    for (_, operation) in items.flat_map(|(_, item)| item.as_object().into_iter().flatten()) {
        collect(&operation["responses"], description, &mut responses);
        collect(&operation["requestBody"], description, &mut requests);
    }
    (responses, requests)
}

/// Returns the name of the generated method: the operation id in snake case.
pub(crate) fn method_name(id: &str) -> String {
    let mut name = String::new();
    for letter in id.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
