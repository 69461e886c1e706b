//! Every model of a response × every field × every form in which it may arrive: missing, `null`, and values of near types.
//!
//! The service is written in PHP, so that the type of a value depends on how it was computed, and its documentation leaves
//! out fields that its recordings have. [`NEEDED`] states what a model cannot be read without; nothing else may fail one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rokka::api::types;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// The fields that a model cannot be read without: what identifies it, or what the call was for. A list or a map among
/// them has to be there, and may be `null`.
const NEEDED: &[(&str, &[&str])] = &[
    ("AdminApiKeyItem", &["organization", "user_id"]),
    ("AdminApiKeyOverview", &["items"]),
    ("Album", &[]),
    ("AlbumImage", &["hash"]),
    ("ApiKey", &["id"]),
    ("ApiRoot", &[]),
    ("CacheInvalidation", &[]),
    ("ContentCredentials", &[]),
    ("CopyResult", &[]),
    ("CropArea", &["height", "width"]),
    ("CurrentUser", &["user_id"]),
    ("FacetCount", &["count", "value"]),
    ("LinkedHashes", &["hashes"]),
    ("Membership", &["user_id"]),
    ("MembershipList", &["items"]),
    ("MultiArea", &[]),
    ("NewUser", &["api_key"]),
    ("OperationDescription", &[]),
    ("OperationProperty", &[]),
    ("Organization", &["name"]),
    ("OrganizationLimit", &[]),
    ("OrganizationOptions", &[]),
    ("PageLink", &[]),
    ("PageLinks", &[]),
    ("SignedUrl", &["signed_url"]),
    ("SigningKey", &["key"]),
    ("SourceImage", &["hash"]),
    ("SourceImageAlias", &["hash"]),
    ("SourceImageList", &["items"]),
    ("Stack", &["name"]),
    ("StackDefinition", &["operations"]),
    ("StackExpression", &["expression"]),
    ("StackExpressionOverrides", &[]),
    ("StackList", &["items"]),
    ("StackOperation", &["name"]),
    ("StackOptionCatalogue", &["properties"]),
    ("StackOptionItems", &[]),
    ("StackOptionProperty", &[]),
    ("Stats", &["space_in_bytes"]),
    ("StatsPoint", &["timestamp", "value"]),
    ("SubOrganization", &["name"]),
    ("SubOrganizationList", &["items"]),
    ("SubjectArea", &[]),
    ("Token", &["payload", "token"]),
    ("TokenPayload", &["exp"]),
    ("TotpSetup", &["provisioning_uri", "secret"]),
    ("TotpStatus", &["state"]),
    ("UserMembership", &["organization"]),
    ("UserMembershipList", &["items"]),
    ("VersionText", &["text"]),
    ("VideoData", &[]),
    ("VideoMetadata", &[]),
];

/// Schemas of objects with fields that are only sent: a mistake in one of them should not pass.
const ONLY_SENT: &[&str] = &[
    "ApiKeyDefinition",
    "ApiKeyPatch",
    "AutoDescriptionRequest",
    "CreateSourceImageRequest",
    "DynamicMetadataDefinition",
    "MemberDefinition",
    "MembershipDefinition",
    "OrganizationDefinition",
    "OrganizationOptionsDefinition",
    "RenderUploadedImageRequest",
    "SignUrlRequest",
    "SourceImageAliasDefinition",
    "SourceImageOptions",
    "StaticMetadataDefinition",
    "TotpCode",
    "UserDefinition",
];

/// `rokka::Error` reads these.
const ERRORS: &[&str] = &["Error", "ErrorDetail"];

/// Schemas that have no model of their own.
const WITHOUT_MODEL: &[&str] = &[
    "CreateSourceImageRequest",
    "Error",
    "ErrorDetail",
    "RenderUploadedImageRequest",
];

/// Models of responses that can contain a secret.
const BESIDE_SECRETS: &[&str] = &[
    "AdminApiKeyItem",
    "AdminApiKeyOverview",
    "ApiKey",
    "CurrentUser",
    "Membership",
    "MembershipList",
    "NewUser",
    "Organization",
    "OrganizationLimit",
    "OrganizationOptions",
    "SigningKey",
    "Token",
    "TokenPayload",
    "TotpSetup",
];

/// Reads a model and writes it again. Secrets are not written.
type Read = fn(&Value) -> Result<Value, serde_json::Error>;

fn read<T: DeserializeOwned + Serialize>(json: &Value) -> Result<Value, serde_json::Error> {
    // As text, because that is how the service sends it.
    serde_json::to_value(serde_json::from_str::<T>(&json.to_string())?)
}

/// Reads a model from text and from a value, and shows both and a clone.
fn show<T: DeserializeOwned + Clone + PartialEq + fmt::Debug>(json: &Value) -> String {
    let model: T = serde_json::from_str(&json.to_string()).unwrap();
    let (copy, other) = (model.clone(), serde_json::from_value::<T>(json.clone()));
    assert_eq!(copy, model);
    assert_eq!(other.unwrap(), model);
    format!("{model:?} {copy:#?}")
}

/// Whether two objects are read as different models.
fn differ<T: DeserializeOwned + PartialEq>(one: &Value, other: &Value) -> bool {
    let read = |json: &Value| serde_json::from_str::<T>(&json.to_string()).unwrap();
    read(one) != read(other)
}

/// What is done with a model of a response.
#[derive(Clone, Copy)]
struct Reader {
    read: Read,
    show: fn(&Value) -> String,
    differ: fn(&Value, &Value) -> bool,
}

macro_rules! readers {
    ($($name:ident)*) => {
        BTreeMap::from([$((stringify!($name), Reader {
            read: read::<types::$name>,
            show: show::<types::$name>,
            differ: differ::<types::$name>,
        })),*])
    };
}

fn readers() -> BTreeMap<&'static str, Reader> {
    readers![
        AdminApiKeyItem AdminApiKeyOverview Album AlbumImage ApiKey ApiRoot CacheInvalidation
        ContentCredentials CopyResult CropArea CurrentUser FacetCount LinkedHashes Membership
        MembershipList MultiArea NewUser OperationDescription OperationProperty Organization
        OrganizationLimit OrganizationOptions PageLink PageLinks SignedUrl SigningKey SourceImage
        SourceImageAlias SourceImageList Stack StackDefinition StackExpression
        StackExpressionOverrides StackList StackOperation StackOptionCatalogue StackOptionItems
        StackOptionProperty Stats StatsPoint SubOrganization SubOrganizationList SubjectArea Token
        TokenPayload TotpSetup TotpStatus UserMembership UserMembershipList VersionText VideoData
        VideoMetadata
    ]
}

fn description() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/rokka.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What a schema is, as far as near types go.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Text,
    Date,
    Whole,
    Number,
    Boolean,
    List,
    Object,
    /// An object whose values are anything.
    OpenObject,
    /// Any JSON, or one of several types.
    Any,
}

struct Schemas(Value);

impl Schemas {
    /// A schema without references.
    fn resolve<'a>(&'a self, mut schema: &'a Value) -> &'a Value {
        loop {
            if let Some(reference) = schema["$ref"].as_str() {
                let name = reference.rsplit('/').next().unwrap();
                schema = &self.0["components"]["schemas"][name];
            } else if schema["allOf"].is_array() {
                schema = &schema["allOf"][0];
            } else {
                return schema;
            }
        }
    }

    fn kind(&self, schema: &Value) -> Kind {
        // It may be a list in the documentation, and is read so.
        if schema["$ref"] == "#/components/schemas/OperationExpressions" {
            return Kind::Any;
        }
        let schema = self.resolve(schema);
        match schema["type"].as_str() {
            Some("string") if schema["format"] == "date-time" => Kind::Date,
            Some("string") => Kind::Text,
            Some("integer") => Kind::Whole,
            Some("number") => Kind::Number,
            Some("boolean") => Kind::Boolean,
            Some("array") => Kind::List,
            Some("object") if schema["properties"].is_object() => Kind::Object,
            Some("object") => Kind::OpenObject,
            _ => Kind::Any,
        }
    }

    /// A value that fits a schema, with all of its fields.
    fn example(&self, schema: &Value) -> Value {
        let schema = self.resolve(schema);
        match self.kind(schema) {
            Kind::Text => match schema["x-extensible-enum"][0].as_str() {
                Some(word) => word.into(),
                None => "a".into(),
            },
            Kind::Date => "2026-11-20T10:00:00Z".into(),
            Kind::Whole => 640.into(),
            Kind::Number => json!(0.5),
            Kind::Boolean => true.into(),
            Kind::List => json!([self.example(&schema["items"])]),
            Kind::Object => {
                let properties = schema["properties"].as_object().unwrap().iter();
                let fields = properties.map(|(name, one)| (name.clone(), self.example(one)));
                Value::Object(fields.collect())
            }
            Kind::OpenObject => match &schema["additionalProperties"] {
                Value::Object(of) if !of.is_empty() => {
                    json!({"a": self.example(&schema["additionalProperties"])})
                }
                _ => json!({"a": 1}),
            },
            Kind::Any => match schema["oneOf"].as_array() {
                Some(alternatives) => self.example(&alternatives[0]),
                None => json!("a"),
            },
        }
    }

    fn of(&self, model: &str) -> &Value {
        self.resolve(&self.0["components"]["schemas"][model])
    }
}

/// Values that are read as `value` is, each with what says the same in the usual form.
fn near(kind: Kind, value: &Value) -> Vec<(Value, Value)> {
    let same = |forms: Vec<Value>, usual: Value| {
        forms
            .into_iter()
            .map(|form| (form, usual.clone()))
            .collect()
    };
    match kind {
        Kind::Text => vec![
            (json!(5), json!("5")),
            (json!(-5), json!("-5")),
            (json!(1.5), json!("1.5")),
            (json!(true), json!("true")),
        ],
        Kind::Whole => same(
            vec![
                json!(640.0),
                json!("640"),
                json!("640.0"),
                json!(" 640 "),
                json!(6.4e2),
            ],
            json!(640),
        ),
        Kind::Number => vec![
            (json!("0.5"), json!(0.5)),
            (json!(2), json!(2.0)),
            (json!(-2), json!(-2.0)),
            (json!("2"), json!(2.0)),
        ],
        Kind::Boolean => [
            same(
                vec![json!(1), json!(1.0), json!("1"), json!("true")],
                json!(true),
            ),
            same(
                vec![json!(0), json!(0.0), json!("0"), json!("false")],
                json!(false),
            ),
        ]
        .concat(),
        // What PHP makes of a list with gaps.
        Kind::List => vec![(
            json!({"0": value[0], "2": value[0]}),
            json!([value[0], value[0]]),
        )],
        Kind::Object | Kind::OpenObject => vec![(json!([]), json!({}))],
        Kind::Date => vec![(
            json!("2026-11-20T10:00:00+0000"),
            json!("2026-11-20T10:00:00Z"),
        )],
        Kind::Any => Vec::new(),
    }
}

/// Values that mean nothing where the kind belongs; to read them would lose what they say.
fn far(kind: Kind) -> Vec<Value> {
    match kind {
        Kind::Text => vec![json!({"a": 1}), json!([]), json!(["a"])],
        Kind::Whole => vec![
            json!({}),
            json!([]),
            json!("a"),
            json!(""),
            json!(640.5),
            json!(true),
            json!(1e30),
        ],
        Kind::Number => vec![json!({}), json!([]), json!("a"), json!("NaN"), json!(true)],
        Kind::Boolean => vec![
            json!({}),
            json!([]),
            json!("a"),
            json!(2),
            json!(0.5),
            json!(-1),
        ],
        Kind::List => vec![
            json!({"a": 1}),
            json!("a"),
            json!(1),
            json!(true),
            json!([null]),
        ],
        Kind::Object | Kind::OpenObject => vec![json!(["a"]), json!("a"), json!(1), json!(true)],
        // Kept as text, whatever it is, and any JSON is any JSON.
        Kind::Date | Kind::Any => Vec::new(),
    }
}

#[test]
fn every_schema_with_fields_is_in_the_table() {
    let schemas = Schemas(description());
    let readers = readers();
    let names = schemas.0["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys();
    let with_fields: BTreeSet<&str> = names
        .filter(|name| schemas.of(name)["properties"].is_object())
        .map(String::as_str)
        .filter(|name| *name != "StaticMetadata")
        .collect();
    let table: BTreeSet<&str> = NEEDED.iter().map(|(name, _)| *name).collect();
    assert_eq!(table, readers.keys().copied().collect());
    let all: BTreeSet<&str> = table
        .iter()
        .chain(ONLY_SENT)
        .chain(ERRORS)
        .copied()
        .collect();
    assert_eq!(with_fields, all);
}

/// A model, one of its fields, and the value of the field that is tried.
struct Cell<'a> {
    read: Read,
    whole: &'a Map<String, Value>,
    field: &'a str,
}

impl Cell<'_> {
    fn with(&self, value: Option<Value>) -> Result<Value, serde_json::Error> {
        let mut json = self.whole.clone();
        match value {
            Some(value) => json.insert(self.field.to_owned(), value),
            None => json.remove(self.field),
        };
        (self.read)(&Value::Object(json))
    }
}

#[test]
fn every_field_of_every_model_may_arrive_in_any_near_form() {
    let schemas = Schemas(description());
    let readers = readers();
    let (mut cells, mut faults) = (0, Vec::new());
    for (model, needed) in NEEDED {
        let schema = schemas.of(model);
        let Value::Object(whole) = schemas.example(schema) else {
            panic!("{model} is no object");
        };
        for (field, property) in schema["properties"].as_object().unwrap() {
            let kind = schemas.kind(property);
            let cell = Cell {
                read: readers[model].read,
                whole: &whole,
                field,
            };
            let needed = needed.contains(&field.as_str());
            let list = matches!(kind, Kind::List | Kind::OpenObject);
            let mut check = |what: &str, fine: bool, as_wished: bool| {
                cells += 1;
                if !as_wished {
                    let rule = if fine { "is not read" } else { "is read" };
                    faults.push(format!("{model}.{field} ({kind:?}): {what} {rule}"));
                }
            };
            let missing = cell.with(None);
            check("missing", !needed, missing.is_ok() != needed);
            let null = cell.with(Some(Value::Null));
            check("null", !needed || list, null.is_ok() == (!needed || list));
            if let (Ok(missing), Ok(null)) = (missing, null) {
                let alike = missing == null || kind == Kind::Any;
                check("null as missing", true, alike);
            }
            for (form, usual) in near(kind, &whole[field]) {
                let stands_for_nothing = form == json!([]) && usual == json!({});
                if stands_for_nothing && needed && kind == Kind::Object {
                    continue;
                }
                let (read, usual) = (cell.with(Some(form.clone())), cell.with(Some(usual)));
                let alike = read
                    .is_ok_and(|read| stands_for_nothing || usual.is_ok_and(|usual| read == usual));
                check(&form.to_string(), true, alike);
            }
            let any_item = schemas.kind(&schemas.resolve(property)["items"]) == Kind::Any;
            for form in far(kind) {
                if any_item && form == json!([null]) {
                    continue;
                }
                let read = cell.with(Some(form.clone()));
                check(&form.to_string(), false, read.is_err());
            }
        }
        assert!(
            (readers[model].read)(&Value::Object(whole)).is_ok(),
            "{model}"
        );
    }
    assert!(cells > 2_000, "only {cells} cells");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_only_sent_needs_what_it_always_needed() {
    assert!(read::<types::UserDefinition>(&json!({"organization": "acme"})).is_err());
    assert!(read::<types::SourceImageAliasDefinition>(&json!({})).is_err());
    assert!(read::<types::StackDefinition>(&json!({"options": {}})).is_err());
}

/// Both are in the documentation.
#[test]
fn images_without_media_type_or_organization_are_read() {
    let image: rokka::SourceImage =
        serde_json::from_value(json!({"hash": "3f9a21", "width": 640.0, "height": "480"})).unwrap();
    assert_eq!((image.width, image.height), (640, 480));
    assert_eq!((image.mimetype, image.organization), (None, None));
    assert_eq!((image.name.as_str(), image.size), ("", 0));
    assert_eq!(image.created.to_utc(), None);
}

#[test]
fn a_definition_has_both_names_of_its_parts() {
    let written = |json: Value| read::<types::StackDefinition>(&json).unwrap();
    assert_eq!(
        written(json!({"stack_operations": [], "stack_options": {}})),
        json!({"operations": [], "options": {}})
    );
    let operation = json!({"name": "resize", "options": {"width": 5}, "new": 1});
    let expression = json!({"expression": "x", "overrides": {}, "new": 1});
    assert_eq!(
        written(json!({
            "stack_operations": [operation], "stack_options": {"dpr": 2},
            "stack_expressions": [expression], "stack_variables": {"w": 1},
        })),
        json!({
            "operations": [operation], "options": {"dpr": 2},
            "expressions": [expression], "variables": {"w": 1},
        })
    );
}

/// Fails to compile unless the type has what every model has.
fn is_a_model<T: Clone + PartialEq + fmt::Debug + Serialize + DeserializeOwned>() {}

macro_rules! models {
    ($($name:ident)*) => {{
        $(is_a_model::<types::$name>();)*
        [$(stringify!($name)),*]
    }};
}

#[test]
fn every_model_can_be_compared_copied_shown_read_and_written() {
    let models = models![
        AdminApiKeyItem AdminApiKeyOverview Album AlbumImage AliasName AnyValue ApiKey
        ApiKeyDefinition ApiKeyPatch ApiRoot AutoDescriptionRequest Billing BinaryHash
        CacheInvalidation ContentCredentials CopyResult CropArea CurrentUser DynamicMetadata
        DynamicMetadataDefinition DynamicMetadataName DynamicMetadataValue FaceDetection FacetCount
        FacetCounts ImageHash KeyId LinkedHashes Membership MembershipDefinition MembershipList
        MultiArea MultiAreas MemberDefinition NewUser OperationCatalogue
        OperationDescription OperationExpressions OperationOptions OperationProperties
        OperationProperty Organization OrganizationDefinition OrganizationLimit OrganizationName
        OrganizationOptionName OrganizationOptions OrganizationOptionsDefinition PageLink PageLinks
        Role SignUrlRequest SignedUrl SigningKey SourceImage SourceImageAlias
        SourceImageAliasDefinition SourceImageList SourceImageOptions Stack StackDefinition
        StackExpression StackExpressionOverrides StackList StackName StackNameOrAll StackOperation
        StackOptionCatalogue StackOptionItems StackOptionProperty StackOptionValues
        StackVariableValues StaticMetadata StaticMetadataDefinition Stats StatsPoint
        SubOrganization SubOrganizationList SubjectArea Token TokenPayload TotpCode TotpSetup
        TotpState TotpStatus UserDefinition UserId UserMembership UserMembershipList UserMetadata
        UserMetadataDefinition UserMetadataName ValueType VersionText VideoData VideoMetadata
    ];
    let description = description();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    let names: BTreeSet<&str> = schemas.keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = models.iter().chain(WITHOUT_MODEL).copied().collect();
    assert_eq!(names, known);
}

/// Adds fields that no version knows to an object with a schema and to those in it.
fn with_unknown_fields(schemas: &Schemas, schema: &Value, value: &mut Value) {
    let schema = schemas.resolve(schema);
    if *value == json!([]) {
        return;
    }
    match schemas.kind(schema) {
        Kind::Object => {
            let object = value.as_object_mut().unwrap();
            for (name, property) in schema["properties"].as_object().unwrap() {
                if let Some(value) = object.get_mut(name).filter(|value| !value.is_null()) {
                    with_unknown_fields(schemas, property, value);
                }
            }
            object.insert("added_later".into(), json!({"a": [1, null, "hunter2"]}));
            // The name of our own field, and one that has to be escaped.
            object.insert("extra".into(), json!("hunter2"));
            object.insert("neu \"é\"\n".into(), Value::Null);
        }
        Kind::List => {
            for item in value.as_array_mut().unwrap() {
                with_unknown_fields(schemas, &schema["items"], item);
            }
        }
        Kind::OpenObject if schema["additionalProperties"].is_object() => {
            for item in value.as_object_mut().unwrap().values_mut() {
                with_unknown_fields(schemas, &schema["additionalProperties"], item);
            }
        }
        _ => {}
    }
}

/// Removes the fields with secrets, which are never written.
fn without_secrets(schemas: &Schemas, schema: &Value, value: &mut Value) {
    let schema = schemas.resolve(schema);
    match (schemas.kind(schema), value) {
        (Kind::Object, Value::Object(object)) => {
            for (name, property) in schema["properties"].as_object().unwrap() {
                if property["format"] == "password" {
                    object.remove(name);
                } else if let Some(value) = object.get_mut(name) {
                    without_secrets(schemas, property, value);
                }
            }
        }
        (Kind::List, Value::Array(items)) => {
            for item in items {
                without_secrets(schemas, &schema["items"], item);
            }
        }
        _ => {}
    }
}

#[test]
fn every_model_keeps_the_fields_that_it_does_not_know() {
    let schemas = Schemas(description());
    for (model, reader) in readers() {
        let schema = schemas.of(model);
        let usual = schemas.example(schema);
        let mut sent = usual.clone();
        with_unknown_fields(&schemas, schema, &mut sent);
        let mut expected = sent.clone();
        without_secrets(&schemas, schema, &mut expected);
        let written = (reader.read)(&sent).unwrap();
        assert_eq!(written, expected, "{model}");
        let again = if expected == sent {
            (reader.read)(&written).unwrap()
        } else {
            written.clone()
        };
        assert_eq!(again, written, "{model}");
        assert!((reader.differ)(&sent, &usual), "{model}");
        assert!(!(reader.differ)(&sent, &sent), "{model}");
    }
}

/// The responses with an example in the description: operation, schema, example.
fn documented(description: &Value) -> Vec<(&str, &Value, &Value)> {
    let mut found = Vec::new();
    let items = description["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    for operation in operations.filter(|one| one["operationId"].is_string()) {
        let id = operation["operationId"].as_str().unwrap();
        for (status, response) in operation["responses"].as_object().unwrap() {
            let json = &response["content"]["application/json"];
            if !status.starts_with('2') || json.is_null() {
                continue;
            }
            let several = json["examples"].as_object().into_iter().flatten();
            let several = several.map(|(_, example)| &example["value"]);
            let examples = json.get("example").into_iter().chain(several);
            found.extend(examples.map(|example| (id, &json["schema"], example)));
        }
    }
    found
}

/// Whether everything that was sent is written: missing nulls, other spellings of a date and `[]` for `{}` do not count.
fn is_kept(sent: &Value, written: &Value) -> bool {
    match (sent, written) {
        (Value::Object(sent), Value::Object(written)) => sent.iter().all(|(name, sent)| {
            let written = written.get(name).unwrap_or(&Value::Null);
            is_kept(sent, written)
        }),
        (Value::Array(sent), Value::Array(written)) if sent.len() == written.len() => {
            let mut pairs = sent.iter().zip(written);
            pairs.all(|(sent, written)| is_kept(sent, written))
        }
        (Value::Array(sent), Value::Object(_) | Value::Null) => sent.is_empty(),
        (Value::Number(sent), Value::Number(written)) => sent.as_f64() == written.as_f64(),
        (Value::String(sent), Value::String(written)) => {
            let dates = [sent, written].map(|text| rokka::DateTime::from(text.as_str()).to_utc());
            sent == written || (dates[0].is_some() && dates[0] == dates[1])
        }
        _ => sent == written,
    }
}

#[test]
fn every_documented_response_is_kept_with_an_unknown_field_in_every_object() {
    let schemas = Schemas(description());
    let readers = readers();
    let mut kept = BTreeSet::new();
    for (operation, schema, example) in documented(&schemas.0) {
        let mut sent = example.clone();
        with_unknown_fields(&schemas, schema, &mut sent);
        if sent == *example {
            continue;
        }
        without_secrets(&schemas, schema, &mut sent);
        let name = schema["$ref"].as_str().or(schema["items"]["$ref"].as_str());
        let name = name.unwrap().rsplit('/').next().unwrap();
        let read = match name {
            "ApiKey" if sent.is_array() => read::<Vec<types::ApiKey>>,
            "Billing" => read::<types::Billing>,
            "OperationCatalogue" => read::<types::OperationCatalogue>,
            _ => readers[name].read,
        };
        // The secrets are required.
        let mut whole = example.clone();
        with_unknown_fields(&schemas, schema, &mut whole);
        let written = read(&whole).unwrap();
        assert!(is_kept(&sent, &written), "{operation}: {written:#}");
        kept.insert(operation);
    }
    // The bindings decode 43 of them, which the comparison with other clients counts, and the facade the others.
    assert_eq!(kept.len(), 49, "{kept:?}");
}

#[test]
fn unknown_fields_beside_secrets_are_redacted() {
    let schemas = Schemas(description());
    for (model, reader) in readers() {
        let mut sent = schemas.example(schemas.of(model));
        let object = sent.as_object_mut().unwrap();
        object.insert("added_later".into(), json!({"a": [1, null, "hunter2"]}));
        let shown = (reader.show)(&sent);
        assert!(shown.contains("added_later"), "{model}: {shown}");
        let secret = BESIDE_SECRETS.contains(&model);
        assert_eq!(shown.contains("hunter2"), !secret, "{model}: {shown}");
        assert_eq!(shown.contains("[redacted]"), secret, "{model}: {shown}");
    }
}

#[test]
fn unknown_fields_can_be_read_and_changed() {
    let json = r#"{"hash": "3f9a21", "iso": 200, "iso": 400}"#;
    let mut image: rokka::SourceImage = serde_json::from_str(json).unwrap();
    assert_eq!(image.extra.get("iso"), Some(&json!(400)));
    let without: rokka::SourceImage = serde_json::from_str(r#"{"hash": "3f9a21"}"#).unwrap();
    assert!(without.extra.is_empty());
    image.extra.remove("iso");
    assert_eq!(image, without);
    image.extra.insert("lens".into(), "50 mm".into());
    assert_eq!(serde_json::to_value(&image).unwrap()["lens"], "50 mm");
    let map = Map::from(image.extra);
    assert_eq!(rokka::Extra::from(map.clone()).iter().count(), 1);
    assert_eq!(
        format!("{:?}", rokka::Extra::from(map)),
        r#"{"lens": String("50 mm")}"#
    );
}

#[test]
fn an_empty_list_is_an_object_without_fields() {
    for (model, needed) in NEEDED {
        let read = readers()[model].read;
        let alike = match (read(&json!([])), read(&json!({}))) {
            (Ok(list), Ok(object)) => needed.is_empty() && list == object,
            (Err(list), Err(_)) => !needed.is_empty() && list.to_string().contains(needed[0]),
            _ => false,
        };
        assert!(alike, "{model}");
        assert!(read(&json!(["a"])).is_err(), "{model}");
        assert!(read(&json!(null)).is_err(), "{model}");
    }
}

#[test]
fn a_field_that_comes_twice_is_an_error() {
    let error = |json: &str| {
        let read = serde_json::from_str::<types::StackDefinition>(json);
        read.unwrap_err().to_string()
    };
    let twice = error(r#"{"operations": [], "operations": []}"#);
    assert!(twice.starts_with("duplicate field `operations`"), "{twice}");
    let both = error(r#"{"operations": [], "stack_operations": []}"#);
    assert!(both.starts_with("duplicate field `operations`"), "{both}");
}

/// Every constructor for tests, and what it stands for.
#[test]
fn a_sample_is_what_a_response_with_nothing_else_is_read_as() {
    fn check<T: DeserializeOwned + PartialEq + fmt::Debug>(sample: &T, json: Value) {
        assert_eq!(*sample, serde_json::from_value::<T>(json).unwrap());
    }
    use rokka::{
        AdminApiKeyItem, AdminApiKeyOverview, ApiKey, ApiRoot, CacheInvalidation, CopyResult,
        CurrentUser, DateTime, FacetCount, Membership, MembershipList, NewUser, Organization,
        OrganizationOptions, SignedUrl, SourceImage, SourceImageAlias, SourceImageList, Stack,
        StackList, Stats, StatsPoint, SubOrganization, SubOrganizationList, Token, TokenPayload,
        TotpSetup, TotpState, TotpStatus, UserMembership, UserMembershipList,
    };
    let image = SourceImage::sample("3f9a21");
    check(&image, json!({"hash": "3f9a21"}));
    check(
        &SourceImageList::sample(vec![image.clone()]),
        json!({"items": [image]}),
    );
    let stack = Stack::sample("thumb");
    check(&stack, json!({"name": "thumb"}));
    check(&StackList::sample(Vec::new()), json!({"items": []}));
    check(
        &AdminApiKeyItem::sample("acme", "1"),
        json!({"organization": "acme", "user_id": "1"}),
    );
    check(
        &AdminApiKeyOverview::sample(Vec::new()),
        json!({"items": []}),
    );
    check(&ApiKey::sample("1"), json!({"id": "1"}));
    check(&ApiRoot::sample(), json!({}));
    check(&CacheInvalidation::sample(), json!({}));
    check(&CopyResult::sample(), json!({}));
    check(&CurrentUser::sample("1"), json!({"user_id": "1"}));
    check(
        &FacetCount::sample(3, "cat"),
        json!({"count": 3, "value": "cat"}),
    );
    check(&Membership::sample("1"), json!({"user_id": "1"}));
    check(&MembershipList::sample(Vec::new()), json!({"items": []}));
    check(&NewUser::sample("key"), json!({"api_key": "key"}));
    check(&Organization::sample("acme"), json!({"name": "acme"}));
    check(&OrganizationOptions::sample(), json!([]));
    check(
        &SignedUrl::sample("https://a"),
        json!({"signed_url": "https://a"}),
    );
    check(
        &SourceImageAlias::sample("3f9a21"),
        json!({"hash": "3f9a21"}),
    );
    let day = DateTime::from("2026-11-20T00:00:00Z");
    let point = StatsPoint::sample(day, 5.5);
    check(
        &point,
        json!({"timestamp": "2026-11-20T00:00:00Z", "value": 5.5}),
    );
    check(
        &Stats::sample(vec![point]),
        json!({"space_in_bytes": [{"timestamp": "2026-11-20T00:00:00Z", "value": 5.5}]}),
    );
    check(&SubOrganization::sample("acme"), json!({"name": "acme"}));
    check(
        &SubOrganizationList::sample(Vec::new()),
        json!({"items": []}),
    );
    let payload = TokenPayload::sample(5);
    check(&payload, json!({"exp": 5}));
    check(
        &Token::sample(payload, "t"),
        json!({"payload": {"exp": 5}, "token": "t"}),
    );
    check(
        &TotpSetup::sample("otpauth://x", "s"),
        json!({"provisioning_uri": "otpauth://x", "secret": "s"}),
    );
    check(
        &TotpStatus::sample(TotpState::from("active")),
        json!({"state": "active"}),
    );
    check(
        &UserMembership::sample("acme"),
        json!({"organization": "acme"}),
    );
    check(
        &UserMembershipList::sample(Vec::new()),
        json!({"items": []}),
    );
}

#[test]
fn a_generated_text_is_found_wherever_the_service_keeps_it() {
    let read = |json: Value| serde_json::from_value::<rokka::SourceImage>(json).unwrap();
    for (place, fields) in [
        (
            "user_metadata",
            json!({"text:auto_description_en": "A cat"}),
        ),
        ("user_metadata", json!({"auto_description_en": "A cat"})),
        (
            "static_metadata",
            json!({"auto_description": {"en": "A cat"}}),
        ),
    ] {
        let image = read(json!({"hash": "3f9a21", place: fields}));
        assert_eq!(image.auto_description("en"), Some("A cat"), "{place}");
        assert_eq!(image.auto_description("de"), None, "{place}");
    }
}
