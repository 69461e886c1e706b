//! HTTP as such: hosts, headers, connections, and what browsers need.

use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::Response;
use reqwest::multipart::{Form, Part};
use rokka_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::http;

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// Uploads a file whose content is its name, and returns the hash.
async fn upload(emulator: &Emulator, organization: &str, name: &str, options: Value) -> String {
    let part = Part::bytes(name.as_bytes().to_vec()).file_name(name.to_owned());
    let form = Form::new()
        .part("filedata", part)
        .text("options[0]", options.to_string());
    let url = format!("{}/sourceimages/{organization}", emulator.url());
    let request = http()
        .post(url)
        .header("Api-Key", emulator.api_key())
        .multipart(form);
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    body["items"][0]["hash"].as_str().unwrap().to_owned()
}

/// Sends a request as text, and returns the response as text.
fn send_raw(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    String::from_utf8_lossy(&response).into_owned()
}

#[tokio::test]
async fn the_host_header_names_the_organization() {
    let builder = Emulator::builder()
        .organization("acme")
        .organization("other");
    let emulator = builder.start().await;
    let hash = upload(&emulator, "other", "a.txt", json!({})).await;
    let get = |url: String, host: Option<&str>| {
        let request = http().get(url);
        match host {
            Some(host) => request.header("Host", host),
            None => request,
        }
        .send()
    };
    let path = format!("/dynamic/{hash}.jpg");
    for (base, host, status) in [
        (emulator.render_host(), None, 200),
        (emulator.render_host(), Some("other.localhost:1234"), 200),
        (emulator.render_host(), Some("acme.localhost"), 404),
        // The API's listener has the render hosts too, as the program has one port.
        (emulator.url(), Some("other.localhost"), 200),
        (emulator.url(), Some("other.rokka.test:80"), 200),
        (emulator.url(), Some("nobody.localhost"), 404),
        (emulator.url(), Some("emulator"), 403),
        (emulator.render_host_of("other"), None, 200),
        (emulator.render_host_of("acme"), None, 404),
        (emulator.render_host_of("nobody"), None, 404),
    ] {
        let response = get(format!("{base}{path}"), host).await.unwrap();
        let status_of = response.status();
        assert_eq!(status_of, status, "{base} {host:?}");
    }
    let response = get(
        format!("{}/operations", emulator.url()),
        Some("api.localhost"),
    );
    assert_eq!(response.await.unwrap().status(), 200);
}

#[tokio::test]
async fn each_organization_has_its_own_signing_key() {
    let builder = Emulator::builder()
        .organization("acme")
        .organization("other");
    let emulator = builder.signing_key("key of acme").start().await;
    assert_eq!(emulator.signing_key(), "key of acme");
    let other = emulator.signing_key_of("other").unwrap();
    assert_ne!(other, "key of acme");
    let url = format!("{}/organizations/other", emulator.url());
    let request = http().get(url).header("Api-Key", emulator.api_key());
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(body["signing_keys"][0]["key"], other);

    let hash = upload(&emulator, "other", "a", json!({"protected": true})).await;
    let path = format!("/dynamic/{hash}.jpg");
    for (key, status) in [("key of acme", 403), (&other, 200)] {
        let signed = rokka_render::SigningKey::from(key).sign(&path).unwrap();
        // The prefix is no part of what is signed.
        let url = format!("{}{signed}", emulator.render_host_of("other"));
        assert_eq!(http().get(url).send().await.unwrap().status(), status);
    }
}

#[tokio::test]
async fn protected_stacks_need_a_signature() {
    let emulator = Emulator::start().await;
    let hash = upload(&emulator, "acme", "a", json!({})).await;
    let put = async |path: &str, body: Value| {
        let request = http().put(format!("{}{path}", emulator.url())).json(&body);
        let response = request.header("Api-Key", emulator.api_key()).send();
        assert!(response.await.unwrap().status().is_success());
    };
    put(
        "/stacks/acme/secret",
        json!({"operations": [], "options": {"protected": true}}),
    )
    .await;
    put("/stacks/acme/open", json!({"operations": []})).await;
    let option = "/organizations/acme/options/protect_dynamic_stack";
    put(option, json!(true)).await;
    let status = async |path: &str| {
        let url = format!("{}{path}", emulator.render_host());
        http().get(url).send().await.unwrap().status().as_u16()
    };
    let key = rokka_render::SigningKey::from(emulator.signing_key());
    for (path, expected) in [
        (format!("/secret/{hash}.jpg"), 403),
        (format!("/dynamic/resize-width-9/{hash}.jpg"), 403),
        (format!("/open/{hash}.jpg"), 200),
    ] {
        assert_eq!(status(&path).await, expected, "{path}");
        assert_eq!(status(&key.sign(&path).unwrap()).await, 200, "{path}");
    }
    put(option, Value::Null).await;
    assert_eq!(status(&format!("/dynamic/{hash}.jpg")).await, 200);
}

#[tokio::test]
async fn files_are_revalidated() {
    let emulator = Emulator::start().await;
    let hash = upload(&emulator, "acme", "a", json!({})).await;
    let download = format!("{}/sourceimages/acme/{hash}/download", emulator.url());
    let rendering = format!("{}/dynamic/{hash}.jpg", emulator.render_host());
    for url in [download, rendering] {
        let get = || http().get(&url).header("Api-Key", emulator.api_key());
        let first = get().send().await.unwrap();
        let tag = header(&first, "etag").unwrap().to_owned();
        for (known, status) in [
            (tag.clone(), 304),
            (format!("\"other\", W/{tag}"), 304),
            ("*".to_owned(), 304),
            ("\"other\"".to_owned(), 200),
        ] {
            let response = get().header("If-None-Match", &known).send().await.unwrap();
            assert_eq!(response.status(), status, "{url} {known}");
            assert_eq!(header(&response, "etag"), Some(tag.as_str()));
            let body = response.bytes().await.unwrap();
            assert_eq!(body.is_empty(), status == 304);
        }
    }
    let picture = emulator.seed_images("acme", 1).remove(0);
    let url = format!("{}/dynamic/{picture}.gif", emulator.render_host());
    let response = http().get(url).send().await.unwrap();
    let cache = header(&response, "cache-control").unwrap();
    assert_eq!(cache, "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn a_head_has_the_headers_of_a_get_alone() {
    let emulator = Emulator::start().await;
    let hash = upload(&emulator, "acme", "12345", json!({})).await;
    let download = format!("{}/sourceimages/acme/{hash}/download", emulator.url());
    let rendering = format!("{}/dynamic/{hash}.jpg", emulator.render_host());
    for url in [download, rendering] {
        let request = http().head(&url).header("Api-Key", emulator.api_key());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "content-length"), Some("5"), "{url}");
        assert!(response.bytes().await.unwrap().is_empty());
    }
    let url = format!("{}/dynamic/{hash}.jpg", emulator.render_host());
    let response = http().post(url).body("x").send().await.unwrap();
    assert_eq!(response.status(), 405);
}

#[tokio::test]
async fn pages_of_other_origins_may_use_the_api_but_not_the_control_interface() {
    let emulator = Emulator::start().await;
    let url = format!("{}/sourceimages/acme", emulator.url());
    let request = http()
        .request(reqwest::Method::OPTIONS, &url)
        .header("Origin", "http://localhost:3000")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "api-key,api-version");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 204);
    assert_eq!(header(&response, "access-control-allow-origin"), Some("*"));
    assert!(
        header(&response, "access-control-allow-methods")
            .unwrap()
            .contains("COPY")
    );
    assert_eq!(
        header(&response, "access-control-allow-headers"),
        Some("api-key,api-version")
    );
    // An error can be read too.
    let response = http()
        .get(&url)
        .header("Origin", "http://localhost:3000")
        .send();
    let response = response.await.unwrap();
    assert_eq!(response.status(), 403);
    assert_eq!(header(&response, "access-control-allow-origin"), Some("*"));

    let control = format!("{}/_emulator/reset", emulator.url());
    for (origin, status) in [
        (emulator.url(), 204),
        ("http://example.org".to_owned(), 403),
        ("null".to_owned(), 403),
    ] {
        let request = http().post(&control).header("Origin", &origin);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{origin}");
        assert_eq!(header(&response, "access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn requests_of_unusual_clients_are_understood() {
    let emulator = Emulator::start().await;
    let key = emulator.api_key();
    let response = send_raw(
        &emulator.url(),
        &format!(
            "GET /user HTTP/1.1\r\nHost: localhost\r\nauthorization: bearer {key}\r\nX-Name: ä\u{80}\r\nConnection: close\r\n\r\n"
        ),
    );
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    // HTTP/1.0, without a host.
    let response = send_raw(
        &emulator.url(),
        &format!("GET /user HTTP/1.0\r\nApi-Key: {key}\r\n\r\n"),
    );
    assert!(response.starts_with("HTTP/1.0 200 "), "{response}");
    let response = send_raw(
        &emulator.url(),
        &format!(
            "PUT /stacks/acme/a HTTP/1.1\r\nHost: x\r\nApi-Key: {key}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\n[\r\n1\r\n]\r\n0\r\n\r\n"
        ),
    );
    assert!(response.starts_with("HTTP/1.1 201 "), "{response}");
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_before_it_is_sent() {
    let emulator = Emulator::start().await;
    let response = send_raw(
        &emulator.url(),
        "POST /sourceimages/acme HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000000\r\n\r\n",
    );
    assert!(response.starts_with("HTTP/1.1 413 "), "{response}");
}

#[tokio::test]
async fn a_reader_of_an_organization_sees_its_sub_organizations() {
    let emulator = Emulator::start().await;
    let send = async |method: &str, path: &str, key: &str, body: Value| {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = http().request(method, format!("{}{path}", emulator.url()));
        let response = request.header("Api-Key", key).json(&body).send();
        let response = response.await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    };
    let owner = emulator.api_key();
    let child = json!({"billing_email": "a@example.com", "master_organization": "acme"});
    let (status, _) = send("PUT", "/organizations/child", owner, child).await;
    assert_eq!(status, 200);
    for (role, expected) in [("admin:read", 200), ("read", 403)] {
        let path = "/organizations/acme/memberships";
        let (_, member) = send("POST", path, owner, json!({"roles": [role]})).await;
        let key = member["api_key"].as_str().unwrap();
        let path = "/organizations/acme/sub_organizations";
        let (status, list) = send("GET", path, key, Value::Null).await;
        assert_eq!(status, expected, "{role}");
        if status == 200 {
            assert_eq!(list["items"][0]["name"], "child");
        }
    }
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn http2_is_served_by_prior_knowledge() {
    let emulator = Emulator::start().await;
    let mut stream = TcpStream::connect(emulator.url().trim_start_matches("http://")).unwrap();
    // The preface and an empty frame of settings, which the server answers with its own.
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .unwrap();
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).unwrap();
    assert_eq!(frame[3], 4, "a frame of settings");
}

#[tokio::test]
async fn the_default_calls_of_other_clients_are_accepted() {
    let emulator = Emulator::start().await;
    let send = async |method: &str, path: &str, body: Option<Value>| {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = http().request(method, format!("{}{path}", emulator.url()));
        let mut request = request.header("Api-Key", emulator.api_key());
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let location = header(&response, "location").map(str::to_owned);
        (
            status,
            response.json().await.unwrap_or(Value::Null),
            location,
        )
    };
    let user = json!({"email": "a@example.com", "organization": null});
    assert_eq!(send("POST", "/users", Some(user)).await.0, 200);
    let (status, key, _) = send("POST", "/user/apikeys", Some(json!({"comment": null}))).await;
    assert_eq!(status, 200);
    assert!(key.get("comment").is_none(), "{key}");
    assert_eq!(send("GET", "/stats/acme?from&to", None).await.0, 200);

    let stack = json!([{"name": "noop"}]);
    let (status, stack, _) = send("PUT", "/stacks/acme/a", Some(stack)).await;
    assert_eq!(status, 201);
    assert_eq!(
        stack["stack_operations"],
        json!([{"name": "noop", "options": {}}])
    );
    assert_eq!(
        (&stack["stack_options"], &stack["stack_variables"]),
        (&json!({}), &json!({}))
    );
    assert_eq!(stack["stack_expressions"], json!([]));
    let path = "/stacks/acme/a?overwrite=True";
    assert_eq!(
        send("PUT", path, Some(json!({"operations": []}))).await.0,
        200
    );

    let (_, organization, _) = send("GET", "/organizations/acme", None).await;
    assert!(organization.get("options").is_none());
    let options = json!({"remote_basepath": null, "protect_dynamic_stack": true});
    let (_, organization, _) = send("PUT", "/organizations/acme/options", Some(options)).await;
    assert_eq!(
        organization["options"],
        json!({"protect_dynamic_stack": true})
    );

    let hash = upload(&emulator, "acme", "a.txt", json!({})).await;
    let area = format!("/sourceimages/acme/{hash}/meta/dynamic/subject_area");
    let (status, _, location) = send("DELETE", &area, None).await;
    assert_eq!(
        (status, location),
        (204, Some(format!("/sourceimages/acme/{hash}")))
    );
    let download = format!("{}/sourceimages/acme/{hash}/download", emulator.url());
    let response = http()
        .get(download)
        .header("Api-Key", emulator.api_key())
        .send();
    assert_eq!(
        header(&response.await.unwrap(), "content-disposition"),
        Some("attachment; filename=\"a.txt\"")
    );

    let sign = format!("{}/utils/acme/sign_url", emulator.url());
    let url = "https://acme.rokka.io/thumb/abcdef.jpg";
    let request = http().post(sign).header("Api-Key", emulator.api_key());
    let form = request
        .try_clone()
        .unwrap()
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("url={}", url.replace('/', "%2F")));
    let json = request.json(&json!({"url": url}));
    let mut signed = Vec::new();
    for request in [form, json] {
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        signed.push(body["signed_url"].as_str().unwrap().to_owned());
    }
    assert!(signed[0].contains("?sig="));
    assert_eq!(signed[0], signed[1]);

    let token = "/user/apikeys/token?expires_in=9223372036854775807";
    assert_eq!(send("POST", token, None).await.0, 400);
    assert_eq!(
        send("POST", "/user/apikeys/token?expires_in=60", None)
            .await
            .0,
        200
    );
}
