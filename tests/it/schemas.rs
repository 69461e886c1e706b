//! Holds the JSON Schemas of the models, which are made from the types, against the schemas of the description: so that no
//! attribute and no hand-written model drifts away from what the service sends and takes.
//!
//! Names and types of properties, formats, patterns, words, items, defaults, bounds and what is required have to agree.
//! The same is said in different words by OpenAPI 3.0 and by JSON Schema; [`plain`] brings both into one form.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rokka::api::types;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// Schemas of the description that have no model.
const WITHOUT_MODEL: [(&str, &str); 4] = [
    (
        "CreateSourceImageRequest",
        "a form: `Source` is in its place",
    ),
    ("Error", "`rokka::Error` reads it, whatever its shape"),
    ("ErrorDetail", "`rokka::Error` reads it, whatever its shape"),
    (
        "RenderUploadedImageRequest",
        "a form: `Source` is in its place",
    ),
];

/// What differs: the place, the keyword, and why it does.
const DEVIATIONS: [(&str, &str, &str); 3] = [
    (
        "StaticMetadata",
        "properties",
        "a member of a new shape must not fail the image, so the members stay JSON, with typed readers beside them",
    ),
    ("OperationExpressions", "anyOf", LIST_OR_OBJECT),
    ("OperationExpressions", "type", LIST_OR_OBJECT),
];

const LIST_OR_OBJECT: &str = "the documentation shows the changes of `svgdynamic` as a list here";

/// The schema of a type for reading and for writing, with the types that it refers to under `$defs`.
struct Model {
    name: &'static str,
    read: Value,
    written: Value,
}

impl Model {
    fn of<T: JsonSchema>(name: &'static str) -> Self {
        let schema =
            |settings: SchemaSettings| settings.into_generator().into_root_schema_for::<T>();
        Self {
            name,
            read: schema(SchemaSettings::draft2020_12().for_deserialize()).to_value(),
            written: schema(SchemaSettings::draft2020_12().for_serialize()).to_value(),
        }
    }
}

macro_rules! models {
    ($($name:ident),* $(,)?) => { [$(Model::of::<types::$name>(stringify!($name))),*] };
}

fn models() -> impl IntoIterator<Item = Model> {
    models![
        AdminApiKeyItem,
        AdminApiKeyOverview,
        Album,
        AlbumImage,
        AliasName,
        AnyValue,
        ApiKey,
        ApiKeyDefinition,
        ApiKeyPatch,
        ApiRoot,
        AutoDescriptionRequest,
        Billing,
        BinaryHash,
        CacheInvalidation,
        ContentCredentials,
        CopyResult,
        CropArea,
        CurrentUser,
        DynamicMetadata,
        DynamicMetadataDefinition,
        DynamicMetadataName,
        DynamicMetadataValue,
        FaceDetection,
        FacetCount,
        FacetCounts,
        ImageHash,
        KeyId,
        LinkedHashes,
        MemberDefinition,
        Membership,
        MembershipDefinition,
        MembershipList,
        MultiArea,
        MultiAreas,
        NewUser,
        OperationCatalogue,
        OperationDescription,
        OperationExpressions,
        OperationOptions,
        OperationProperties,
        OperationProperty,
        Organization,
        OrganizationDefinition,
        OrganizationLimit,
        OrganizationName,
        OrganizationOptionName,
        OrganizationOptions,
        OrganizationOptionsDefinition,
        PageLink,
        PageLinks,
        Role,
        SignUrlRequest,
        SignedUrl,
        SigningKey,
        SourceImage,
        SourceImageAlias,
        SourceImageAliasDefinition,
        SourceImageList,
        SourceImageOptions,
        Stack,
        StackDefinition,
        StackExpression,
        StackExpressionOverrides,
        StackList,
        StackName,
        StackNameOrAll,
        StackOperation,
        StackOptionCatalogue,
        StackOptionItems,
        StackOptionProperty,
        StackOptionValues,
        StackVariableValues,
        StaticMetadata,
        StaticMetadataDefinition,
        Stats,
        StatsPoint,
        SubOrganization,
        SubOrganizationList,
        SubjectArea,
        Token,
        TokenPayload,
        TotpCode,
        TotpSetup,
        TotpState,
        TotpStatus,
        UserDefinition,
        UserId,
        UserMembership,
        UserMembershipList,
        UserMetadata,
        UserMetadataDefinition,
        UserMetadataName,
        ValueType,
        VersionText,
        VideoData,
        VideoMetadata
    ]
}

fn description() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/rokka.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

type Schema = Map<String, Value>;

/// A schema without its texts, in one way of saying things. What it refers to stays a reference, by name alone.
fn plain(schema: &Value) -> Schema {
    let mut plain = Schema::new();
    match schema {
        // Anything.
        Value::Bool(true) => {}
        Value::Object(keywords) => {
            for (keyword, value) in keywords {
                // A reference that is nullable needs the type beside it.
                if keyword != "type" || !keywords.contains_key("allOf") {
                    plain.extend(said_plainly(keyword, value));
                }
            }
        }
        other => panic!("no schema: {other}"),
    }
    // What may be left out may be null as well, or is never written as null.
    let required = words(plain.get("required"));
    if let Some(Value::Object(properties)) = plain.get_mut("properties") {
        for (name, property) in properties {
            if !required.contains(name) {
                property.as_object_mut().unwrap().remove("nullable");
            }
        }
    }
    plain
}

fn said_plainly(keyword: &str, value: &Value) -> Schema {
    let said = match keyword {
        "$schema" | "$defs" | "title" | "description" | "example" | "writeOnly" => json!({}),
        "$ref" => json!({"$ref": value.as_str().unwrap().rsplit('/').next()}),
        "type" => return types(value),
        "anyOf" => return alternatives(value),
        // A reference that is nullable.
        "allOf" => return plain(&value[0]),
        "oneOf" if list(value).all(|one| one.get("const").is_none()) => return alternatives(value),
        // Words of which each has a text.
        "oneOf" => {
            let each = list(value).map(|one| one["const"].clone()).collect();
            json!({"type": "string", "enum": words(Some(&each))})
        }
        "required" | "enum" | "x-extensible-enum" => json!({keyword: words(Some(value))}),
        // A number of 64 bits; that it is not negative is said by the minimum.
        "format" if value == "uint64" => json!({"format": "int64"}),
        "minimum" | "maximum" => json!({keyword: value.as_f64()}),
        "properties" => {
            let properties = value.as_object().unwrap().iter();
            let properties: Schema = properties
                .map(|(name, one)| (name.clone(), plain(one).into()))
                .collect();
            json!({"properties": properties})
        }
        "items" | "additionalProperties" if value != false => match plain(value) {
            // Anything, which is so if nothing is said.
            inner if inner.is_empty() => json!({}),
            inner => json!({keyword: inner}),
        },
        _ => json!({keyword: value}),
    };
    match said {
        Value::Object(said) => said,
        other => panic!("no schema: {other}"),
    }
}

/// `["string", "null"]` of JSON Schema is `nullable` in OpenAPI 3.0.
fn types(value: &Value) -> Schema {
    let types: Vec<&Value> = match value {
        Value::Array(types) => types.iter().collect(),
        one => vec![one],
    };
    let (null, types): (Vec<_>, Vec<_>) = types.into_iter().partition(|one| *one == "null");
    assert_eq!(types.len(), 1, "several types: {value}");
    let mut said = Schema::from_iter([("type".to_owned(), types[0].clone())]);
    said.extend((!null.is_empty()).then(|| ("nullable".to_owned(), true.into())));
    said
}

/// Alternatives that are more than "or null".
fn alternatives(value: &Value) -> Schema {
    let mut said = Schema::new();
    let mut others = Vec::new();
    for one in list(value) {
        if *one == json!({"type": "null"}) {
            said.insert("nullable".into(), true.into());
        } else {
            others.push(plain(one));
        }
    }
    if let [only] = others.as_slice() {
        said.extend(only.clone());
    } else if let [known, any] = others.as_slice()
        && let Some(words) = known.get("enum")
        && json!(any) == json!({"type": "string"})
    {
        said.extend(any.clone());
        said.insert("x-extensible-enum".into(), words.clone());
    } else {
        said.insert("anyOf".into(), others.into());
    }
    said
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Words whose order does not count.
fn words(value: Option<&Value>) -> BTreeSet<String> {
    let words = value.into_iter().flat_map(list);
    words
        .map(|word| word.as_str().unwrap().to_owned())
        .collect()
}

/// What a model needs is all that it takes to read it; what the description requires is always written.
#[test]
fn what_is_required_is_always_written() {
    let description = description();
    for model in models() {
        let described = &description["components"]["schemas"][model.name]["required"];
        let written = words(model.written.get("required"));
        for name in words(Some(described)) {
            let property = &model.read["properties"][&name];
            assert!(
                written.contains(&name) || property["writeOnly"] == true,
                "{}.{name} is required, and may be left out",
                model.name
            );
        }
    }
}

/// Whether a value is the empty one of its type, or an object of such values.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.values().all(is_empty),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        other => [json!(false), json!([]), json!(null)].contains(other),
    }
}

/// Two sides to compare, each with the schemas that it refers to.
struct Comparison<'a> {
    models: &'a Value,
    described: &'a Value,
    differences: Vec<String>,
}

impl Comparison<'_> {
    fn schemas(&mut self, place: &str, mut model: Schema, mut described: Schema) {
        if model.contains_key("$ref") && model.get("$ref") == described.get("$ref") {
            // Compared on its own.
            model.remove("$ref");
            described.remove("$ref");
        }
        Self::resolve(&mut model, self.models);
        Self::resolve(&mut described, self.described);
        // Described by one side only, but the empty value of its type.
        if model.contains_key("default") != described.contains_key("default") {
            for side in [&mut model, &mut described] {
                if side.get("default").is_some_and(is_empty) {
                    side.remove("default");
                }
            }
        }
        // A model is read without what the description promises; `models.rs` states what it needs.
        let needed = words(model.get("required"));
        if needed.is_subset(&words(described.get("required"))) {
            model.remove("required");
            described.remove("required");
        }
        let keywords: BTreeSet<String> = model.keys().chain(described.keys()).cloned().collect();
        for keyword in keywords {
            let (ours, theirs) = (model.get(&keyword), described.get(&keyword));
            match (keyword.as_str(), ours, theirs) {
                (_, ours, theirs) if ours == theirs => {}
                ("properties", Some(Value::Object(ours)), Some(Value::Object(theirs))) => {
                    let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
                    for name in names {
                        let place = format!("{place}.{name}");
                        match (ours.get(name), theirs.get(name)) {
                            (Some(Value::Object(ours)), Some(Value::Object(theirs))) => {
                                self.schemas(&place, ours.clone(), theirs.clone());
                            }
                            (None, _) => self
                                .differences
                                .push(format!("{place}: the model has no such property")),
                            _ => self
                                .differences
                                .push(format!("{place}: the description has no such property")),
                        }
                    }
                }
                (
                    "items" | "additionalProperties",
                    Some(Value::Object(ours)),
                    Some(Value::Object(theirs)),
                ) => {
                    self.schemas(&format!("{place}[]"), ours.clone(), theirs.clone());
                }
                ("anyOf", Some(Value::Array(ours)), Some(Value::Array(theirs)))
                    if ours.len() == theirs.len() =>
                {
                    for (ours, theirs) in ours.iter().zip(theirs) {
                        self.schemas(
                            place,
                            ours.as_object().unwrap().clone(),
                            theirs.as_object().unwrap().clone(),
                        );
                    }
                }
                (_, ours, theirs) => {
                    let show =
                        |side: Option<&Value>| side.map_or("nothing".to_owned(), Value::to_string);
                    self.differences.push(format!(
                        "{place}: `{keyword}` is {} of the model, {} of the description",
                        show(ours),
                        show(theirs)
                    ));
                }
            }
        }
    }

    /// Puts what a reference leads to in its place.
    fn resolve(schema: &mut Schema, schemas: &Value) {
        while let Some(name) = schema.remove("$ref") {
            let name = name.as_str().unwrap();
            let target = schemas
                .get(name)
                .unwrap_or_else(|| panic!("no schema `{name}`"));
            for (keyword, value) in plain(target) {
                schema.entry(keyword).or_insert(value);
            }
        }
    }
}

#[test]
fn every_schema_of_the_description_has_a_model() {
    let description = description();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    let without: BTreeSet<&str> = WITHOUT_MODEL.iter().map(|(name, _)| *name).collect();
    let models: BTreeSet<&str> = models().into_iter().map(|model| model.name).collect();
    for name in schemas.keys() {
        assert_ne!(
            models.contains(name.as_str()),
            without.contains(name.as_str()),
            "`{name}` of the description has a model, or there is a reason why it has none"
        );
    }
    for name in models.union(&without) {
        assert!(
            schemas.contains_key(*name),
            "the description has no schema `{name}`"
        );
    }
}

#[test]
fn the_models_are_what_the_description_says() {
    let description = description();
    let schemas = &description["components"]["schemas"];
    let mut differences = Vec::new();
    for model in models() {
        let mut comparison = Comparison {
            models: &model.read["$defs"],
            described: schemas,
            differences: Vec::new(),
        };
        comparison.schemas(model.name, plain(&model.read), plain(&schemas[model.name]));
        differences.extend(comparison.differences);
    }
    for (place, keyword, reason) in DEVIATIONS {
        let start = format!("{place}: `{keyword}` ");
        let before = differences.len();
        differences.retain(|one| !one.starts_with(&start));
        assert!(
            differences.len() < before,
            "`{keyword}` of {place} does not differ, yet it is said to: {reason}"
        );
    }
    assert!(
        differences.is_empty(),
        "models that differ from the description:\n{}",
        differences.join("\n")
    );
}

#[test]
fn what_is_read_and_what_is_written_have_the_same_properties() {
    for model in models() {
        let Some(read) = model.read["properties"].as_object() else {
            continue;
        };
        // A secret that came from the service is not written.
        let kept = read
            .iter()
            .filter(|(_, property)| property["writeOnly"] != true);
        let kept: BTreeSet<&String> = kept.map(|(name, _)| name).collect();
        let written = model.written["properties"].as_object().unwrap();
        assert_eq!(kept, written.keys().collect(), "{}", model.name);
        for (name, property) in read
            .iter()
            .filter(|(_, property)| property["writeOnly"] == true)
        {
            assert_eq!(
                property["format"], "password",
                "{}.{name} is read, but not written",
                model.name
            );
        }
    }
}

#[test]
fn the_words_of_a_parameter_are_those_of_the_description() {
    let description = description();
    let model = Model::of::<types::ListSourceImagesOperator>("operator");
    let described = &description["components"]["parameters"]["ListOperator"]["schema"];
    assert_eq!(plain(&model.read), plain(described));
}
