//! What the emulator refuses because the service does.

use std::time::{Duration, SystemTime};

use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder};
use rokka_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::http;

struct Api {
    emulator: Emulator,
    http: Client,
    key: String,
}

impl Api {
    async fn start() -> Self {
        Self::with(Emulator::start().await)
    }

    fn with(emulator: Emulator) -> Self {
        Self {
            http: http(),
            key: emulator.api_key().to_owned(),
            emulator,
        }
    }

    fn request(&self, key: &str, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.http
            .request(method, format!("{}{path}", self.emulator.url()))
            .header("Api-Key", key)
    }

    async fn send(&self, method: &str, path: &str) -> (u16, Value) {
        read(self.request(&self.key, method, path)).await
    }

    async fn send_json(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        read(self.request(&self.key, method, path).json(&body)).await
    }

    /// Sends a request and returns the status and the message of the failure.
    async fn refusal(&self, method: &str, path: &str, body: Value) -> (u16, String) {
        let (status, body) = self.send_json(method, path, body).await;
        let message = body["message"].as_str().unwrap_or_default();
        (status, message.to_owned())
    }

    async fn upload(&self, name: &str, bytes: &[u8]) -> (u16, Value) {
        let part = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let form = Form::new().part("filedata", part);
        let request = self.request(&self.key, "POST", "/sourceimages/acme");
        read(request.multipart(form)).await
    }

    /// Uploads a picture and returns its hash.
    async fn picture(&self) -> String {
        let (status, body) = self.upload("a.png", &png(2, 1)).await;
        assert_eq!(status, 200, "{body}");
        body["items"][0]["hash"].as_str().unwrap().to_owned()
    }

    /// Adds a user with these roles and returns its key.
    async fn member(&self, organization: &str, roles: &[&str]) -> String {
        let path = format!("/organizations/{organization}/memberships");
        let (status, body) = self.send_json("POST", &path, json!({"roles": roles})).await;
        assert_eq!(status, 201, "{body}");
        body["api_key"].as_str().unwrap().to_owned()
    }
}

async fn read(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or(Value::Null))
}

/// The header of a picture.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\0\0\0\0\0\0\0");
    bytes
}

fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xc0\0\x11\x08".to_vec();
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes
}

#[tokio::test]
async fn a_file_that_is_not_what_its_name_says_is_not_stored() {
    let api = Api::start().await;
    for (name, bytes, message) in [
        (
            "not.jpg",
            b"a text".to_vec(),
            "The file `not.jpg` is not a valid JPG file",
        ),
        (
            "not.PDF",
            b"a text".to_vec(),
            "The file `not.PDF` is not a valid PDF file",
        ),
        (
            "none.png",
            png(0, 7),
            "The file `none.png` is not a valid PNG file",
        ),
        (
            "large.png",
            png(15_000, 15_001),
            "The picture `large.png` has 15000 by 15001 pixels; at most 225 million are allowed",
        ),
    ] {
        let (status, body) = api.upload(name, &bytes).await;
        assert_eq!(
            (status, body["message"].as_str()),
            (400, Some(message)),
            "{body}"
        );
    }
    assert_eq!(api.send("GET", "/sourceimages/acme").await.1["total"], 0);
    for (name, bytes, format) in [
        ("a.txt", b"a text".to_vec(), "txt"),
        ("a", b"another text".to_vec(), "bin"),
        ("really.jpg", png(2, 1), "png"),
        ("largest.png", png(15_000, 15_000), "png"),
        ("large.jpg", jpeg(60_000, 60_000), "jpg"),
    ] {
        let (status, body) = api.upload(name, &bytes).await;
        assert_eq!(
            (status, &body["items"][0]["format"]),
            (200, &json!(format)),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_stack_has_known_operations_and_options_with_values_in_range() {
    let api = Api::start().await;
    let with = |operation: Value| json!({"operations": [operation]});
    let option = |name: &str, value: Value| json!({"operations": [], "options": {name: value}});
    for (definition, message) in [
        (
            with(json!({"name": "reszie", "options": {"width": 5}})),
            "There is no operation `reszie`",
        ),
        (
            with(json!({"name": "resize", "options": {"width": 5, "colour": 1}})),
            "The operation `resize` has no option `colour`",
        ),
        (
            with(
                json!({"name": "resize", "options": {"width": 5}, "expressions": {"colour": "1"}}),
            ),
            "The operation `resize` has no option `colour`",
        ),
        (
            with(json!({"name": "resize", "options": {"width": 10_001}})),
            "The option `width` of the operation `resize` cannot be 10001: it must be 1 to 10000",
        ),
        (
            with(json!({"name": "resize", "options": {"width": 0}})),
            "The option `width` of the operation `resize` cannot be 0: it must be 1 to 10000",
        ),
        (
            with(json!({"name": "resize", "options": {"width": 5, "mode": "cover"}})),
            "The option `mode` of the operation `resize` cannot be \"cover\": it must be one of box, absolute, fill",
        ),
        (
            with(json!({"name": "resize", "options": {"upscale": true, "width": null}})),
            "The operation `resize` needs one of the options `width`, `height`",
        ),
        (
            with(json!({"name": "crop", "options": {"width": 5}})),
            "The operation `crop` needs the option `height`",
        ),
        (
            with(json!({"name": "text", "options": {"text": "a"}})),
            "The operation `text` needs the option `font`",
        ),
        (
            option("jpg.qualty", json!(70)),
            "There is no stack option `jpg.qualty`",
        ),
        (
            option("jpg.quality", json!(101)),
            "The stack option `jpg.quality` cannot be 101: it must be 1 to 100",
        ),
        (
            json!({"operations": [], "expressions": [
                {"expression": "true", "overrides": {"options": {"dpr": 11}}}
            ]}),
            "The stack option `dpr` cannot be 11: it must be 1 to 10",
        ),
        (
            json!({"operations": [{"name": "grayscale"}], "options": {"source_file": true}}),
            "`source_file` allows neither operations nor other options",
        ),
        (
            json!({"operations": [], "options": {"source_file": true, "dpr": 2}}),
            "`source_file` allows neither operations nor other options",
        ),
        (
            json!({"operations": [], "variables": {"w": [1]}}),
            "`variables` of the stack has the wrong type",
        ),
        (
            json!({"operations": [], "expressions": [{"expression": "true"}]}),
            "`expressions` of the stack has the wrong type",
        ),
    ] {
        let refusal = api
            .refusal("PUT", "/stacks/acme/st", definition.clone())
            .await;
        assert_eq!(refusal, (400, message.to_owned()), "{definition}");
    }
    assert_eq!(api.send("GET", "/stacks/acme/st").await.0, 404);
    for definition in [
        with(json!({"name": "resize", "options": {"width": "10000", "upscale": 0}})),
        with(json!({"name": "crop", "options": {"width": 5}, "expressions": {"height": "$h"}})),
        with(json!({"name": "crop", "options": {"width": 5, "height": 5, "movearea_x": -10.5}})),
        json!({"operations": [], "options": {"source_file": true}}),
        json!({"operations": [], "options": {"remote_fullurl_whitelist": null, "pdf.pages": "1,3..5"}}),
    ] {
        let path = "/stacks/acme/st?overwrite=true";
        let (status, body) = api.send_json("PUT", path, definition.clone()).await;
        assert!(matches!(status, 200 | 201), "{definition} {body}");
    }
}

#[tokio::test]
async fn only_svgdynamic_has_a_list_of_expressions() {
    let api = Api::start().await;
    let with = |operation: Value| json!({"operations": [operation]});
    let change = json!({"id": "a", "attr": "fill", "value": "$c"});
    let no_attribute = json!({"id": "a", "value": "$c"});
    for (name, operation) in [
        (
            "resize",
            json!({"name": "resize", "options": {"width": 5}, "expressions": ["$w"]}),
        ),
        (
            "grayscale",
            json!({"name": "grayscale", "expressions": [change]}),
        ),
        (
            "svgdynamic",
            json!({"name": "svgdynamic", "expressions": [change, no_attribute]}),
        ),
    ] {
        let message = format!(
            "The `expressions` of the operation `{name}` must be an object of expressions by option; only those of \
             `svgdynamic` can be a list, of changes with `id`, `attr` and `value`"
        );
        let refusal = api
            .refusal("PUT", "/stacks/acme/st", with(operation.clone()))
            .await;
        assert_eq!(refusal, (400, message), "{operation}");
    }
    for operation in [
        json!({"name": "svgdynamic", "expressions": [change]}),
        // PHP's empty object.
        json!({"name": "grayscale", "expressions": []}),
    ] {
        let path = "/stacks/acme/st?overwrite=true";
        let (status, body) = api.send_json("PUT", path, with(operation)).await;
        assert!(matches!(status, 200 | 201), "{body}");
    }
}

#[tokio::test]
async fn stacks_are_paged_by_cursors_and_not_by_numbers() {
    let api = Api::start().await;
    for name in ["1", "2", "a", "b", "c"] {
        let path = format!("/stacks/acme/{name}");
        let stack = json!({"operations": []});
        assert_eq!(api.send_json("PUT", &path, stack).await.0, 201);
    }
    for offset in ["2", "1000", "a", "YQ", "%00"] {
        let path = format!("/stacks/acme?offset={offset}");
        assert_eq!(api.send("GET", &path).await.0, 400, "{offset}");
    }
    for limit in ["2001", "-1", "x"] {
        let path = format!("/stacks/acme?limit={limit}");
        assert_eq!(api.send("GET", &path).await.0, 400, "{limit}");
    }
    let (mut names, mut path) = (Vec::new(), "/stacks/acme?limit=2".to_owned());
    loop {
        let (status, page) = api.send("GET", &path).await;
        assert_eq!(status, 200, "{page}");
        let items = page["items"].as_array().unwrap();
        names.extend(
            items
                .iter()
                .map(|stack| stack["name"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["cursor"].as_str() else {
            break;
        };
        path = format!("/stacks/acme?limit=2&offset={cursor}");
    }
    assert_eq!(names, ["1", "2", "a", "b", "c"]);
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "a table of requests")]
async fn each_request_needs_its_role() {
    let api = Api::with(
        Emulator::builder()
            .organization("acme")
            .organization("other")
            .start()
            .await,
    );
    let hash = api.picture().await;
    let stack = json!({"operations": []});
    api.send_json("PUT", "/stacks/acme/st", stack.clone()).await;
    let image = format!("/sourceimages/acme/{hash}");
    let unlocked = format!("{image}/options/locked");
    let all = [
        "admin",
        "write",
        "admin:read",
        "read",
        "sourceimages:write",
        "sourceimages:read",
        "upload",
        "sourceimages:unlock",
        "billing:read",
    ];
    let mut keys = Vec::new();
    for role in all {
        keys.push((role, api.member("acme", &[role]).await));
    }
    let readers = ["admin", "write", "admin:read", "read"];
    let image_readers = [
        "admin",
        "write",
        "admin:read",
        "read",
        "sourceimages:write",
        "sourceimages:read",
    ];
    for (method, path, body, allowed) in [
        ("GET", "/sourceimages/acme", None, &image_readers[..]),
        ("GET", &image, None, &image_readers),
        (
            "PATCH",
            &format!("{image}/meta/user"),
            Some(json!({"a": "b"})),
            &["admin", "write", "sourceimages:write"],
        ),
        (
            "PUT",
            &unlocked,
            Some(json!(false)),
            &["admin", "sourceimages:unlock"],
        ),
        (
            "PUT",
            &unlocked,
            Some(json!(true)),
            &["admin", "sourceimages:unlock"],
        ),
        (
            "DELETE",
            &format!("{image}/cache"),
            None,
            &["admin", "write"],
        ),
        ("GET", "/stacks/acme", None, &readers),
        (
            "PUT",
            "/stacks/acme/st?overwrite=true",
            Some(stack),
            &["admin", "write"],
        ),
        ("GET", "/organizations/acme", None, &readers),
        (
            "GET",
            "/organizations/acme/memberships",
            None,
            &["admin", "admin:read"],
        ),
        (
            "PUT",
            "/organizations/acme/options",
            Some(json!({})),
            &["admin"],
        ),
        ("GET", "/stats/acme", None, &readers),
        (
            "GET",
            "/billing/acme",
            None,
            &["admin", "write", "billing:read"],
        ),
        (
            "POST",
            "/utils/acme/sign_url",
            Some(json!({"url": "https://acme.rokka.io/dynamic/abcdef.jpg"})),
            &["admin"],
        ),
        ("GET", "/sourceimages/other", None, &[]),
    ] {
        for (role, key) in &keys {
            let mut request = api.request(key, method, path);
            if let Some(body) = &body {
                request = request.json(body);
            }
            let (status, response) = read(request).await;
            let is_allowed = allowed.contains(role);
            assert_eq!(
                status != 403,
                is_allowed,
                "{role} {method} {path}: {status} {response}"
            );
            assert!(
                !is_allowed || status < 300,
                "{role} {method} {path}: {status} {response}"
            );
        }
    }
}

#[tokio::test]
async fn a_copy_needs_the_right_to_write_at_its_destination() {
    let api = Api::with(
        Emulator::builder()
            .organization("acme")
            .organization("other")
            .start()
            .await,
    );
    let hash = api.picture().await;
    let reader = api.member("acme", &["sourceimages:read"]).await;
    let copy = |key: &str, destination: &str| {
        let request = api.request(key, "POST", &format!("/sourceimages/acme/{hash}/copy"));
        read(request.header("Destination", destination))
    };
    assert_eq!(copy(&reader, "other").await.0, 403);
    assert_eq!(copy(&reader, "nobody").await.0, 400);
    let many = api
        .request(&reader, "POST", "/sourceimages/acme/copy")
        .json(&json!([hash]));
    assert_eq!(read(many.header("Destination", "other")).await.0, 403);
    assert_eq!(api.send("GET", "/sourceimages/other").await.1["total"], 0);
    assert_eq!(copy(&api.key, "other").await.0, 201);
}

#[tokio::test]
async fn an_original_that_is_protected_needs_a_role_of_its_own() {
    let api = Api::start().await;
    let hash = api.picture().await;
    let path = format!("/sourceimages/acme/{hash}/options/protected?deletePrevious=true");
    let (_, image) = api.send_json("PUT", &path, json!(true)).await;
    let path = format!(
        "/sourceimages/acme/{}/download",
        image["hash"].as_str().unwrap()
    );
    for (roles, status) in [
        (&["sourceimages:read", "upload"][..], 403),
        (&["sourceimages:write"], 403),
        (
            &["sourceimages:read", "sourceimages:download:protected"],
            200,
        ),
        (&["read"], 200),
    ] {
        let key = api.member("acme", roles).await;
        for path in [path.as_str(), "/sourceimages/acme/download"] {
            let response = api.request(&key, "GET", path).send().await.unwrap();
            assert_eq!(response.status(), status, "{roles:?} {path}");
        }
    }
}

#[tokio::test]
async fn a_code_of_the_second_factor_works_once() {
    let api = Api::start().await;
    // At the start of a half minute.
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_020);
    api.emulator.set_clock(start);
    let confirm = async |code: &str| {
        let path = "/user/mfa/totp/confirm";
        let (status, body) = api.send_json("POST", path, json!({"totp": code})).await;
        (
            status,
            body["error"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let disable = async |code: &str| {
        api.send_json("DELETE", "/user/mfa/totp", json!({"totp": code}))
            .await
            .0
    };
    let set_up = async || assert_eq!(api.send("POST", "/user/mfa/totp").await.0, 200);
    set_up().await;
    let first = api.emulator.totp_code();
    assert_eq!(confirm(&first).await.0, 200);
    assert_eq!(disable(&first).await, 401);
    let second = api.emulator.totp_code();
    assert_ne!(first, second);
    assert_eq!(disable(&second).await, 204);
    // An earlier code is used up with a later one.
    set_up().await;
    let used = (401, "totp_invalid".to_owned());
    for code in [&first, &second] {
        assert_eq!(confirm(code).await, used);
    }
    assert_eq!(confirm(&api.emulator.totp_code()).await.0, 200);
    assert_eq!(disable(&api.emulator.totp_code()).await, 401);
    api.emulator.advance_clock(Duration::from_secs(30));
    assert_eq!(disable(&api.emulator.totp_code()).await, 204);
    // Nobody may guess.
    set_up().await;
    for _ in 0..5 {
        assert_eq!(confirm("12345x").await, used);
    }
    api.emulator.advance_clock(Duration::from_secs(60));
    let valid = api.emulator.totp_code();
    assert_eq!(confirm(&valid).await, (429, "totp_rate_limited".to_owned()));
    api.emulator.advance_clock(Duration::from_secs(300));
    assert_eq!(confirm(&api.emulator.totp_code()).await.0, 200);
}

#[tokio::test]
async fn addresses_of_keys_and_tokens_are_limited() {
    let api = Api::start().await;
    let (_, key) = api
        .send_json("POST", "/user/apikeys", json!({"comment": "a"}))
        .await;
    let path = format!("/user/apikeys/{}", key["id"].as_str().unwrap());
    for (ips, status) in [
        (json!(["192.0.2.0/24", "2001:db8::1"]), 200),
        (json!(["10.0.0.0/18"]), 400),
        (json!(["2001:db8::/64"]), 400),
        (json!(["request_ip"]), 400),
        (json!(["localhost"]), 400),
        (json!(vec!["192.0.2.1"; 11]), 400),
        (json!([]), 200),
        (json!(null), 200),
    ] {
        let (found, body) = api
            .send_json("PATCH", &path, json!({"allowed_ips": ips}))
            .await;
        assert_eq!(found, status, "{ips} {body}");
        let (found, body) = api
            .send_json(
                "POST",
                "/organizations/acme/memberships",
                json!({"roles": ["write"], "api_key": {"allowed_ips": ips}}),
            )
            .await;
        assert_eq!(found < 300, status == 200, "{ips} {body}");
    }
    for (ips, status) in [
        ("request_ip,192.0.2.0/24", 200),
        ("10.0.0.0/8", 400),
        ("nowhere", 400),
    ] {
        let path = format!("/user/apikeys/token?ips={ips}");
        assert_eq!(api.send("POST", &path).await.0, status, "{ips}");
    }
}

#[tokio::test]
async fn keys_have_limits() {
    let api = Api::start().await;
    let empty = json!({});
    assert_eq!(
        api.send_json("PATCH", "/user/apikeys/x", empty.clone())
            .await
            .0,
        400
    );
    for _ in 0..4 {
        assert_eq!(
            api.send_json("POST", "/user/apikeys", empty.clone())
                .await
                .0,
            200
        );
    }
    assert_eq!(api.send_json("POST", "/user/apikeys", empty).await.0, 400);
    // A token ends with its key.
    let now = api
        .emulator
        .clock()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let (_, key) = api
        .send_json(
            "POST",
            "/organizations/acme/memberships",
            json!({"roles": ["write"], "api_key": {"expires": "2100-01-01T00:00:00Z"}}),
        )
        .await;
    let end = 4_102_444_800;
    let path = format!(
        "/user/apikeys/token?no_ip_protection=true&expires_in={}",
        end - now + 1000
    );
    let key = key["api_key"].as_str().unwrap();
    let (_, token) = read(api.request(key, "POST", &path)).await;
    assert_eq!(token["payload"]["exp"], end);
    // Keys of 32 characters are of the time before all this.
    let old = "0123456789abcdefghijABCDEFGHIJkl";
    let legacy = Api::with(Emulator::builder().api_key(old).start().await);
    let (_, key) = legacy.send("GET", "/user/apikeys/current").await;
    let path = format!("/user/apikeys/{}", key["id"].as_str().unwrap());
    assert_eq!(
        legacy
            .send_json("PATCH", &path, json!({"trusted": true}))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn the_overview_of_keys_ends_after_fifty_organizations() {
    let api = Api::start().await;
    for number in 1..50 {
        let path = format!("/organizations/o{number:02}");
        let body = json!({"billing_email": "a@example.com"});
        assert_eq!(api.send_json("PUT", &path, body).await.0, 200);
    }
    let (_, whole) = api.send("GET", "/user/admin/apikeys").await;
    assert_eq!(
        (&whole["total"], &whole["truncated"]),
        (&json!(50), &json!(false))
    );
    let body = json!({"billing_email": "a@example.com"});
    api.send_json("PUT", "/organizations/o50", body).await;
    let (_, cut) = api.send("GET", "/user/admin/apikeys").await;
    assert_eq!(
        (&cut["total"], &cut["truncated"]),
        (&json!(50), &json!(true))
    );
}

#[tokio::test]
async fn addresses_for_mail_have_two_parts() {
    let api = Api::start().await;
    for email in ["a", "@", "a@", "@b", "a@b@c", "a b@c"] {
        assert_eq!(
            api.send_json("POST", "/users", json!({"email": email}))
                .await
                .0,
            400,
            "{email}"
        );
        let body = json!({"billing_email": email});
        assert_eq!(
            api.send_json("PUT", "/organizations/new", body).await.0,
            400,
            "{email}"
        );
    }
    assert_eq!(
        api.send_json("POST", "/users", json!({"email": "a@b"}))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn filters_are_combined_by_or_alone() {
    let api = Api::start().await;
    for (operator, status) in [("or", 200), ("and", 400), ("", 400)] {
        let path = format!("/sourceimages/acme?operator={operator}");
        assert_eq!(api.send("GET", &path).await.0, status, "{operator}");
    }
}

#[tokio::test]
async fn the_server_signs_a_url_of_the_query() {
    let api = Api::start().await;
    let target = "url=https%3A%2F%2Facme.rokka.io%2Fdynamic%2Fabcdef.jpg&until=2050-02-08T08:01:00%2B00:00&roundDateUpTo=1";
    let (status, body) = api
        .send("POST", &format!("/utils/acme/sign_url?{target}"))
        .await;
    assert_eq!(status, 200, "{body}");
    let signed = body["signed_url"].as_str().unwrap();
    assert!(signed.contains("08%3A01%3A00"), "{signed}");
    assert_eq!(
        body["original_url"],
        "https://acme.rokka.io/dynamic/abcdef.jpg"
    );
}

#[tokio::test]
async fn the_catalogue_of_operations_is_as_recorded() {
    let api = Api::start().await;
    let (_, operations) = api.send("GET", "/operations").await;
    let operations = operations.as_object().unwrap();
    assert_eq!(operations.len(), 16);
    for (name, operation) in operations {
        let has_rule = operation["required"].is_array() || operation["oneOf"].is_array();
        assert!(has_rule && operation["description"].is_string(), "{name}");
        for (option, property) in operation["properties"].as_object().unwrap() {
            let text = property["description"].as_str().unwrap_or_default();
            assert!(
                text.len() > 10 && property["type"].is_string(),
                "{name} {option}"
            );
        }
    }
    assert_eq!(operations["resize"]["oneOf"], json!(["width", "height"]));
    assert_eq!(operations["crop"]["required"], json!(["width", "height"]));
    let (_, options) = api.send("GET", "/stackoptions").await;
    assert_eq!(options["properties"].as_object().unwrap().len(), 30);
}
