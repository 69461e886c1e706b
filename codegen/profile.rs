//! The progenitor profile: what changes between `openapi/rokka.json` and what progenitor is given.
//!
//! The description itself is written for every generator and stays free of these. Each rule is here because
//! progenitor 0.15 stops or loses something without it, and each is one function, in the order of application:
//!
//! | rule | why |
//! |---|---|
//! | [`idempotency`] | the transport needs to know which operations are safe to repeat where the method does not say so: the extension `x-idempotent` becomes a list, and is taken off |
//! | [`leave_out`] | multipart bodies stop the generator, and the client has one base URL, so what is served from the render host cannot be among its calls; the facade sends these by hand |
//! | [`pin_version`] | every generated call sends `api-version: <info.version>`, and the service wants the integer `1` there |
//! | [`one_success`] | answers that differ by status trip an assertion, and a typed error answer loses the HTTP status when its body is not the documented one; so there is one success of any 2xx status, raw where the documented ones differ, and every failure arrives unread |
//! | [`one_body`] | more than one media type for a body is not supported |
//! | [`link_reference`] | `externalDocs` would not reach the rustdoc |
//! | [`lenient_objects`] | the service writes an empty object as `[]`: the object alternative is generated, with a decoder that takes both |
//! | [`open_maps`] | blocks of metadata have no fixed shape: one of a new shape must not fail the image, so they stay JSON, with typed readers beside them |
//! | [`open_enums`] | "one of these words, or another one" becomes an enum with an arm for the other one |
//! | [`plain_types`] | a UUID that is none must not fail an answer; counts that cannot be negative are unsigned; a default stands for null too; unknown keys are ignored except where an object is written back; examples are not needed |

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// Objects that are read, changed and written back, so their unknown keys must survive.
pub(crate) const KEEP_UNKNOWN_KEYS: &[&str] = &[
    "OrganizationOptions",
    "Stack",
    "StackDefinition",
    "StackExpression",
    "StackExpressionOverrides",
    "StackOperation",
    "TokenPayload",
];

/// Members of open objects that the facade reads out of them.
const READ_OUT_OF_OTHERS: &[&str] = &[
    "CropArea",
    "LinkedHashes",
    "MultiArea",
    "MultiAreas",
    "SubjectArea",
    "VersionText",
];

/// Objects whose known members are documentation only.
pub(crate) const OPEN_MAPS: &[&str] = &["DynamicMetadata", "StaticMetadata"];

/// What must be in an answer for it to be one: what identifies an object, or what was asked for. All other fields may be
/// missing or `null`, whatever the description promises. A list or a map in here must be there and may be `null`.
pub(crate) const IDENTITY: &[(&str, &[&str])] = &[
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

/// Lists of which one item that cannot be read must not cost the others, and the fields with the items.
pub(crate) const LISTS: &[(&str, &[&str])] = &[
    ("AdminApiKeyOverview", &["items"]),
    ("Album", &["images", "items"]),
    ("MembershipList", &["items"]),
    ("SourceImageList", &["items"]),
    ("StackList", &["items"]),
    ("SubOrganizationList", &["items"]),
    ("UserMembershipList", &["items"]),
];

/// Other names that a field is read under: the schema, the field, the other name.
pub(crate) const ALIASES: &[(&str, &str, &str)] = &[
    ("StackDefinition", "expressions", "stack_expressions"),
    ("StackDefinition", "operations", "stack_operations"),
    ("StackDefinition", "options", "stack_options"),
    ("StackDefinition", "variables", "stack_variables"),
];

/// What progenitor is given, and what to do with what it emits.
pub(crate) struct Profile {
    /// The adapted description.
    pub(crate) description: Value,
    /// Operations that are not generated.
    pub(crate) left_out: Vec<String>,
    /// The ids of the operations that are generated, by the name of the generated method.
    pub(crate) methods: BTreeMap<String, String>,
    /// Operations whose success is a file; the transport must not read it into memory.
    pub(crate) binary: Vec<String>,
    /// Operations whose success can hold a secret; an error must not show its body.
    pub(crate) secret: Vec<String>,
    /// Operations that are idempotent although their method is not.
    pub(crate) idempotent: Vec<String>,
    /// Operations that are not idempotent, whatever their method is.
    pub(crate) non_idempotent: Vec<String>,
    /// Schemas of objects that may arrive as `[]`.
    pub(crate) lenient: BTreeSet<String>,
    /// Schemas that are open enums: name, description, words.
    pub(crate) open_enums: Vec<(String, String, Vec<String>)>,
    /// Schemas that only the service sends, which may therefore grow fields without breaking a caller.
    pub(crate) answers_only: BTreeSet<String>,
    /// Schemas that are read from the service or from a file, and not only sent.
    pub(crate) read: BTreeSet<String>,
}

/// Applies every rule to the description.
pub(crate) fn apply(mut description: Value) -> Profile {
    let read = read(&description);
    let (idempotent, non_idempotent) = idempotency(&mut description);
    let left_out = leave_out(&mut description);
    let methods = operations(&mut description).map(|operation| id(operation));
    let methods = methods.map(|id| (method_name(&id), id)).collect();
    pin_version(&mut description);
    let secret = secret_operations(&description);
    let binary = one_success(&mut description);
    one_body(&mut description);
    link_reference(&mut description);
    let lenient = lenient_objects(&mut description);
    open_maps(&mut description);
    let open_enums = open_enums(&mut description);
    let answers_only = answers_only(&description);
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
        answers_only,
        read,
    }
}

/// The methods of a path item that are operations.
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

/// The extension by which an operation says whether it is idempotent where its method does not tell.
const IDEMPOTENT: &str = "x-idempotent";

/// The operations that say that they are idempotent, and those that say that they are not.
fn idempotency(description: &mut Value) -> (Vec<String>, Vec<String>) {
    let (mut idempotent, mut non_idempotent) = (Vec::new(), Vec::new());
    for operation in operations(description) {
        match operation.remove(IDEMPOTENT) {
            Some(Value::Bool(true)) => idempotent.push(id(operation)),
            Some(Value::Bool(false)) => non_idempotent.push(id(operation)),
            Some(other) => panic!("{}: {IDEMPOTENT} is {other}, not a boolean", id(operation)),
            None => {}
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
        let mut answer = json!({"description": text.join(" ")});
        if !alike || successes.iter().any(|(_, response)| file(response)) {
            answer["content"] = json!({"*/*": {"schema": {"type": "string", "format": "binary"}}});
        } else if let Some(schema) = successes.first().and_then(|(_, response)| json(response)) {
            answer["content"] = json!({"application/json": {"schema": schema}});
        }
        responses.clear();
        responses.insert("2XX".into(), answer);
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

/// The two alternatives of a schema that has exactly two.
fn two_alternatives(schema: &Value) -> Option<(&Value, &Value)> {
    match schema.get("anyOf")?.as_array()?.as_slice() {
        [first, second] => Some((first, second)),
        _ => None,
    }
}

fn lenient_objects(description: &mut Value) -> BTreeSet<String> {
    let mut lenient = BTreeSet::new();
    for (name, schema) in schemas(description) {
        let Some((first, second)) = two_alternatives(schema) else {
            continue;
        };
        if second["$ref"] == "#/components/schemas/EmptyList" {
            let mut object = first.clone();
            object["description"] = schema["description"].clone();
            lenient.insert(name.clone());
            *schema = object;
        }
    }
    lenient
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
        let Some((first, second)) = two_alternatives(schema) else {
            continue;
        };
        let Some(words) = first.get("enum").and_then(Value::as_array) else {
            continue;
        };
        if second["type"] != "string" {
            continue;
        }
        let words = words.iter().filter_map(Value::as_str).map(str::to_owned);
        let text = schema["description"].as_str().unwrap_or_default();
        found.push((name.clone(), text.to_owned(), words.collect()));
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
                // Absent and null both mean the default.
                if map.contains_key("default") {
                    map.remove("nullable");
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
    for (name, schema) in schemas(description) {
        let open = schema.get("properties").is_some()
            && schema.get("additionalProperties") == Some(&Value::Bool(true));
        if open && KEEP_UNKNOWN_KEYS.contains(&name.as_str()) {
            // Spelled as a schema, because `true` is taken for the default and generates nothing.
            schema["additionalProperties"] = json!({});
        }
    }
    for unused in ["EmptyList", "Error", "ErrorDetail"] {
        schemas(description).remove(unused);
    }
}

/// Adds the names of the schemas that a part of the description refers to, directly or through others.
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

/// Operations whose success has a member of the format `password`.
fn secret_operations(description: &Value) -> Vec<String> {
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
    let mut secret = Vec::new();
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
        }
    }
    secret.sort();
    secret
}

fn answers_only(description: &Value) -> BTreeSet<String> {
    let (answered, sent) = answered_and_sent(description);
    answered.difference(&sent).cloned().collect()
}

fn read(description: &Value) -> BTreeSet<String> {
    let (answered, sent) = answered_and_sent(description);
    let only_sent: BTreeSet<&String> = sent.difference(&answered).collect();
    let names = description["components"]["schemas"].as_object();
    let names = names.into_iter().flat_map(Map::keys);
    let elsewhere =
        |name: &str| KEEP_UNKNOWN_KEYS.contains(&name) || READ_OUT_OF_OTHERS.contains(&name);
    names
        .filter(|name| !only_sent.contains(name) || elsewhere(name))
        .cloned()
        .collect()
}

/// The schemas that responses are made of, and those that requests are made of.
fn answered_and_sent(description: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut answered, mut sent) = (BTreeSet::new(), BTreeSet::new());
    let items = description["paths"].as_object().into_iter().flatten();
    for (_, operation) in items.flat_map(|(_, item)| item.as_object().into_iter().flatten()) {
        collect(&operation["responses"], description, &mut answered);
        collect(&operation["requestBody"], description, &mut sent);
    }
    (answered, sent)
}

/// The generated method of an operation: its id in snake case.
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
