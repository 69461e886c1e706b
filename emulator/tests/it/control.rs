//! Faults, the clock, the journal, snapshots, and stopping: in Rust, and over HTTP.

use std::time::{Duration, Instant, SystemTime};

use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, StatusCode};
use rokka_emulator::{Emulator, RecordedRequest};
use serde_json::{Value, json};

use crate::support::http;

struct Api {
    emulator: Emulator,
    http: Client,
}

impl Api {
    async fn start() -> Self {
        Self {
            emulator: Emulator::start().await,
            http: http(),
        }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = self
            .http
            .request(method, format!("{}{path}", self.emulator.url()));
        request.header("Api-Key", self.emulator.api_key())
    }

    async fn status(&self, method: &str, path: &str) -> u16 {
        let response = self.request(method, path).send().await.unwrap();
        response.status().as_u16()
    }

    async fn json(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let response = self.request(method, path).json(&body).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    async fn upload(&self, name: &str, bytes: Vec<u8>) -> (u16, Value) {
        let part = Part::bytes(bytes).file_name(name.to_owned());
        let form = Form::new()
            .part("filedata", part)
            .text("meta_user[0]", r#"{"a":"b"}"#);
        let request = self.request("POST", "/sourceimages/acme").multipart(form);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    async fn total(&self) -> Value {
        self.json("GET", "/sourceimages/acme", json!(null)).await.1["total"].clone()
    }
}

#[tokio::test]
async fn faults_hit_the_requests_they_aim_at() {
    let api = Api::start().await;
    let uploads = api
        .emulator
        .on(Method::POST, "/sourceimages/*")
        .nth(2)
        .respond(503);
    let mut statuses = Vec::new();
    for name in ["a", "b", "c"] {
        statuses.push(api.upload(name, name.into()).await.0);
        assert_eq!(api.status("GET", "/sourceimages/acme").await, 200);
    }
    assert_eq!(statuses, [200, 503, 200]);
    assert_eq!((uploads.matched(), uploads.hits()), (3, 1));
    assert_eq!(api.total().await, 2, "the request was not handled");

    let always = api.emulator.on("*", "/stacks/**").always().respond_with(
        429,
        [("Retry-After", "7")],
        r#"{"code":429,"message":"slow"}"#,
    );
    for _ in 0..3 {
        let response = api.request("GET", "/stacks/acme").send().await.unwrap();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "7");
        assert_eq!(response.headers()["content-type"], "application/json");
    }
    always.remove();
    assert_eq!(api.status("GET", "/stacks/acme").await, 200);

    // The oldest fault wins, and the next one has its turn.
    api.emulator.on("GET", "/user").times(2).respond(500);
    api.emulator.on("GET", "/user").respond(502);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(api.status("GET", "/user").await);
    }
    assert_eq!(statuses, [500, 500, 502, 200]);

    let counter = api.emulator.on("GET", "/user");
    api.emulator.on("*", "/**").always().respond(500);
    assert_eq!(api.status("GET", "/user").await, 500);
    assert_eq!((counter.matched(), counter.hits()), (1, 0));
    api.emulator.clear_faults();
    assert_eq!(api.status("GET", "/user").await, 200);
}

#[tokio::test]
async fn faults_break_connections() {
    let api = Api::start().await;
    let file = vec![b'x'; 300_000];
    let (_, body) = api.upload("a", file.clone()).await;
    let hash = body["items"][0]["hash"].as_str().unwrap().to_owned();
    let download = format!("/sourceimages/acme/{hash}/download");
    for sent in [0, 1, 250_000] {
        api.emulator
            .on("GET", "/sourceimages/*/*/download")
            .truncate(sent);
        let mut response = api.request("GET", &download).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.content_length(), Some(300_000));
        let mut received = 0;
        let error = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => received += chunk.len() as u64,
                Ok(None) => panic!("the body ended after {received} bytes"),
                Err(error) => break error,
            }
        };
        assert_eq!(received, sent, "{error}");
    }
    // A body that is not longer arrives whole.
    api.emulator
        .on("GET", "/sourceimages/*/*/download")
        .truncate(300_000);
    let response = api.request("GET", &download).send().await.unwrap();
    assert_eq!(response.bytes().await.unwrap(), file);

    let reset = api.emulator.on("DELETE", "/sourceimages/*/*").reset();
    let error = api
        .request("DELETE", &download[..download.len() - 9])
        .send()
        .await;
    let error = format!("{:?}", error.unwrap_err());
    assert!(error.contains("ConnectionReset"), "{error}");
    assert_eq!(reset.hits(), 1);
    assert_eq!(api.total().await, 1, "the request was not handled");
    let requests = api.emulator.requests();
    let refused = requests.iter().find(|request| request.method == "DELETE");
    assert_eq!(refused.unwrap().status, None);
}

#[tokio::test]
async fn a_delayed_request_is_handled_at_once() {
    let api = Api::start().await;
    api.emulator
        .on("POST", "/sourceimages/*")
        .delay(Duration::from_secs(3600));
    let part = Part::bytes(b"a".to_vec()).file_name("a");
    let form = Form::new().part("filedata", part);
    let request = api.request("POST", "/sourceimages/acme").multipart(form);
    let error = request
        .timeout(Duration::from_millis(200))
        .send()
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(api.total().await, 1);

    api.emulator
        .on("GET", "/user")
        .delay(Duration::from_millis(150))
        .respond(503);
    let begin = Instant::now();
    assert_eq!(api.status("GET", "/user").await, 503);
    assert!(begin.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_stopped_emulator_refuses_connections_and_keeps_its_state() {
    let api = Api::start().await;
    let address = api.emulator.url();
    api.upload("a", b"a".to_vec()).await;
    for _ in 0..3 {
        api.emulator.stop();
        api.emulator.stop();
        let error = api.request("GET", "/user").send().await.unwrap_err();
        assert!(error.is_connect() || error.is_request(), "{error:?}");
        let render = api.http.get(api.emulator.render_host()).send().await;
        assert!(render.is_err());
        api.emulator.start_again();
        api.emulator.start_again();
        assert_eq!(api.emulator.url(), address);
        assert_eq!(api.total().await, 1);
    }
    // Stopping ends what is in progress.
    api.emulator
        .on("GET", "/user")
        .delay(Duration::from_secs(3600));
    let waiting = tokio::spawn(api.request("GET", "/user").send());
    let is_there = |request: &RecordedRequest| request.path == "/user";
    while !api.emulator.requests().iter().any(is_there) {
        tokio::task::yield_now().await;
    }
    api.emulator.stop();
    assert!(waiting.await.unwrap().is_err());
}

#[test]
fn emulators_need_no_runtime_and_there_can_be_many() {
    let emulators: Vec<Emulator> = (0..40).map(|_| Emulator::start_blocking()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let addresses: Vec<String> = emulators.iter().map(Emulator::url).collect();
    runtime.block_on(async {
        let http = http();
        for address in &addresses {
            let response = http.get(format!("{address}/operations")).send().await;
            assert_eq!(response.unwrap().status(), StatusCode::OK);
        }
    });
    drop(emulators);
    for address in addresses {
        let address = address.trim_start_matches("http://");
        // The port is free again, so that it can be had, or somebody else has it.
        match std::net::TcpListener::bind(address) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse),
        }
    }
}

#[tokio::test]
async fn the_clock_decides_over_everything() {
    let api = Api::start().await;
    let (_, body) = api.upload("a", b"a".to_vec()).await;
    let hash = body["items"][0]["hash"].as_str().unwrap().to_owned();
    let path = format!("/sourceimages/acme/{hash}");
    let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
    api.emulator.set_clock(moment);
    assert!(api.emulator.clock() >= moment);

    let key = rokka_render::SigningKey::from(api.emulator.signing_key());
    api.json(
        "PUT",
        "/stacks/acme/secret",
        json!({"operations": [], "options": {"protected": true}}),
    )
    .await;
    let until = moment + Duration::from_secs(3600);
    let signer = rokka_render::Signer::new(&key).until(until);
    let url = signer.sign(&format!("/secret/{hash}.jpg")).unwrap();
    let url = format!("{}{url}", api.emulator.render_host());
    let (_, token) = api
        .json("POST", "/user/apikeys/token?expires_in=3600", json!({}))
        .await;
    assert_eq!(token["payload"]["exp"].as_u64().unwrap() / 100, 19_000_036);
    let token = token["token"].as_str().unwrap();
    let statuses = async || {
        let rendering = api.http.get(&url).send().await.unwrap().status().as_u16();
        let user = api
            .http
            .get(format!("{}/user", api.emulator.url()))
            .bearer_auth(token);
        (rendering, user.send().await.unwrap().status().as_u16())
    };
    assert_eq!(statuses().await, (200, 200));
    api.emulator.advance_clock(Duration::from_secs(2 * 3600));
    assert_eq!(statuses().await, (403, 401));

    assert_eq!(api.status("DELETE", &path).await, 204);
    let restore = format!("{path}/restore");
    let (_, image) = api
        .json("GET", &format!("{path}?deleted=true"), json!(null))
        .await;
    assert_eq!(image["deleted_date"].as_str().unwrap()[..10], *"2030-03-17");
    api.emulator.advance_clock(Duration::from_secs(29 * 86_400));
    assert_eq!(api.status("POST", &restore).await, 200);
    assert_eq!(api.status("DELETE", &path).await, 204);
    api.emulator.advance_clock(Duration::from_secs(30 * 86_400));
    assert_eq!(api.status("POST", &restore).await, 404);
}

#[tokio::test]
async fn the_trash_does_not_keep_all_memory() {
    let api = Api::start().await;
    let mut hashes = Vec::new();
    for (name, size) in [("a", 40), ("b", 20), ("c", 30)] {
        let mut bytes = vec![0; size << 20];
        bytes[0] = name.as_bytes()[0];
        let (_, body) = api.upload(name, bytes).await;
        hashes.push(body["items"][0]["hash"].as_str().unwrap().to_owned());
    }
    for hash in &hashes {
        assert_eq!(
            api.status("DELETE", &format!("/sourceimages/acme/{hash}"))
                .await,
            204
        );
    }
    // The third one left no room for the first.
    let mut statuses = Vec::new();
    for hash in &hashes {
        statuses.push(
            api.status("POST", &format!("/sourceimages/acme/{hash}/restore"))
                .await,
        );
    }
    assert_eq!(statuses, [404, 200, 200]);
}

#[tokio::test]
async fn requests_are_recorded_with_their_content() {
    let api = Api::start().await;
    api.upload("a.txt", vec![b'x'; RecordedRequest::MAX_BODY + 1])
        .await;
    api.json(
        "PUT",
        "/stacks/acme/a?overwrite=false",
        json!({"operations": []}),
    )
    .await;
    let rendering = format!("{}/thumb/abcdef.jpg", api.emulator.render_host());
    api.http.get(rendering).send().await.unwrap();
    let requests = api.emulator.requests();
    let [upload, stack, rendering] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    assert_eq!(upload.status, Some(200));
    assert!(upload.body.is_none(), "the body is too long");
    let file = upload.part("filedata").unwrap();
    assert_eq!(file.file_name.as_deref(), Some("a.txt"));
    assert_eq!(
        (file.length, &file.content),
        (RecordedRequest::MAX_BODY + 1, &None)
    );
    let metadata = upload.part("meta_user[0]").unwrap().content.as_deref();
    assert_eq!(metadata, Some(&br#"{"a":"b"}"#[..]));
    assert_eq!(stack.status, Some(201));
    assert_eq!(stack.parameter("overwrite"), Some("false"));
    assert_eq!(stack.json(), Some(json!({"operations": []})));
    assert_eq!(rendering.status, Some(404));

    let (_, journal) = api.json("GET", "/_emulator/requests", json!(null)).await;
    let recorded = &journal["requests"];
    assert_eq!(
        recorded.as_array().unwrap().len(),
        3,
        "control requests are none"
    );
    assert_eq!(recorded[0]["parts"][1]["content"], r#"{"a":"b"}"#);
    assert_eq!(recorded[1]["body"], r#"{"operations":[]}"#);
    assert_eq!(recorded[1]["query"], json!([["overwrite", "false"]]));
    let shown = journal.to_string();
    assert!(!shown.contains(api.emulator.api_key()));
    assert_eq!(api.status("DELETE", "/_emulator/requests").await, 204);
    assert!(api.emulator.requests().is_empty());
}

#[tokio::test]
async fn snapshots_bring_everything_back() {
    let api = Api::start().await;
    api.upload("a", b"a".to_vec()).await;
    let before = api.emulator.snapshot();
    api.upload("b", b"b".to_vec()).await;
    api.json("PUT", "/stacks/acme/a", json!({"operations": []}))
        .await;
    let (_, key) = api.json("POST", "/user/apikeys", json!({})).await;
    let after = api.emulator.snapshot();
    api.emulator.restore(&before);
    let state = async || {
        let key = key["api_key"].as_str().unwrap();
        let user = api
            .http
            .get(format!("{}/user", api.emulator.url()))
            .bearer_auth(key);
        let user = user.send().await.unwrap().status().as_u16();
        (
            api.total().await,
            api.status("GET", "/stacks/acme/a").await,
            user,
        )
    };
    assert_eq!(state().await, (json!(1), 404, 403));
    api.emulator.restore(&after);
    assert_eq!(state().await, (json!(2), 200, 200));
    api.emulator.advance_clock(Duration::from_secs(86_400));
    api.emulator.on("*", "/**").always().respond(500);
    api.emulator.reset();
    assert!(api.emulator.requests().is_empty());
    assert!(api.emulator.clock() < SystemTime::now() + Duration::from_secs(60));
    assert_eq!(state().await, (json!(0), 404, 403));
    let moved = Emulator::start().await;
    moved.restore(&after);
    assert_eq!(moved.requests().len(), 0);
}

#[tokio::test]
async fn tests_in_other_languages_have_the_control_interface() {
    let api = Api::start().await;
    let (status, seeded) = api
        .json("POST", "/_emulator/seed", json!({"images": 3}))
        .await;
    assert_eq!(status, 200);
    assert_eq!(seeded["hashes"].as_array().unwrap().len(), 3);
    assert_eq!(api.total().await, 3);
    assert_eq!(api.status("PUT", "/_emulator/snapshots/three").await, 204);
    api.json(
        "POST",
        "/_emulator/seed",
        json!({"images": 5, "organization": "new"}),
    )
    .await;
    assert_eq!(api.status("GET", "/sourceimages/new").await, 200);
    let (_, names) = api.json("GET", "/_emulator/snapshots", json!(null)).await;
    assert_eq!(names, json!({"snapshots": ["three"]}));
    assert_eq!(
        api.status("POST", "/_emulator/snapshots/three/restore")
            .await,
        204
    );
    assert_eq!(api.status("GET", "/sourceimages/new").await, 404);
    assert_eq!(
        api.status("POST", "/_emulator/snapshots/four/restore")
            .await,
        404
    );
    assert_eq!(
        api.status("DELETE", "/_emulator/snapshots/three").await,
        204
    );
    assert_eq!(
        api.status("DELETE", "/_emulator/snapshots/three").await,
        404
    );

    let fault = json!({
        "method": "GET", "path": "/user", "nth": 2, "status": 503,
        "headers": {"Retry-After": "1"}, "body": {"code": 503},
    });
    let (status, fault) = api.json("POST", "/_emulator/faults", fault).await;
    assert_eq!(status, 201);
    assert_eq!(api.status("GET", "/user").await, 200);
    let (status, body) = api.json("GET", "/user", json!(null)).await;
    assert_eq!((status, body), (503, json!({"code": 503})));
    let (_, faults) = api.json("GET", "/_emulator/faults", json!(null)).await;
    assert_eq!(faults["faults"][0]["id"], fault["id"]);
    assert_eq!(faults["faults"][0]["hits"], 1);
    assert_eq!(faults["faults"][0]["matched"], 2);
    let path = format!("/_emulator/faults/{}", fault["id"]);
    assert_eq!(api.status("DELETE", &path).await, 204);
    assert_eq!(api.status("DELETE", &path).await, 404);
    let always = json!({"path": "/**", "always": true, "status": 500});
    api.json("POST", "/_emulator/faults", always).await;
    assert_eq!(api.status("GET", "/user").await, 500);
    assert_eq!(api.status("DELETE", "/_emulator/faults").await, 204);
    assert_eq!(api.status("GET", "/user").await, 200);

    let now = json!({"now": "2030-01-01T00:00:00Z"});
    let (_, clock) = api.json("PUT", "/_emulator/clock", now).await;
    assert!(
        clock["now"]
            .as_str()
            .unwrap()
            .starts_with("2030-01-01T00:00:")
    );
    let (_, clock) = api
        .json("PUT", "/_emulator/clock", json!({"advance": 86_400}))
        .await;
    assert!(
        clock["now"]
            .as_str()
            .unwrap()
            .starts_with("2030-01-02T00:00:")
    );
    let (_, state) = api.json("GET", "/_emulator", json!(null)).await;
    let organization = &state["organizations"]["acme"];
    assert_eq!(organization["signing_key"], api.emulator.signing_key());
    assert_eq!(organization["render_path"], "/_emulator/render/acme");
    assert!(!state.to_string().contains(api.emulator.api_key()));

    assert_eq!(api.status("POST", "/_emulator/reset").await, 204);
    assert_eq!(api.total().await, 0);
    assert!(api.emulator.clock() < SystemTime::now() + Duration::from_secs(60));
    for (method, path, body) in [
        ("POST", "/_emulator/seed", json!({"images": -1})),
        ("POST", "/_emulator/seed", json!({"images": 10_000_000})),
        (
            "POST",
            "/_emulator/seed",
            json!({"images": 1, "organization": "No Name"}),
        ),
        ("POST", "/_emulator/seed", json!({"image": 1})),
        ("POST", "/_emulator/faults", json!({"status": 500})),
        (
            "POST",
            "/_emulator/faults",
            json!({"path": "/", "status": 99}),
        ),
        (
            "POST",
            "/_emulator/faults",
            json!({"path": "/", "delay": -1}),
        ),
        (
            "POST",
            "/_emulator/faults",
            json!({"path": "/", "body": "x"}),
        ),
        (
            "POST",
            "/_emulator/faults",
            json!({"path": "/", "always": true, "times": 2}),
        ),
        ("PUT", "/_emulator/clock", json!({"now": "soon"})),
        ("PUT", "/_emulator/clock", json!({"advance": -1})),
        ("PUT", "/_emulator/clock", json!({})),
    ] {
        let (status, error) = api.json(method, path, body.clone()).await;
        assert_eq!(status, 400, "{path} {body}");
        assert!(error["message"].is_string());
    }
    for path in ["/_emulator/nothing", "/_emulator/", "/_emulator/render"] {
        assert_eq!(api.status("GET", path).await, 404, "{path}");
    }
}

/// A site that points a name of its own to this machine would otherwise read the keys of the emulator.
#[tokio::test]
async fn names_that_another_site_could_own_are_refused() {
    let api = Api::start().await;
    let ask = |host: &'static str| api.request("GET", "/_emulator").header("host", host).send();
    for host in [
        "evil.example:8787",
        "acme.localhost",
        "127.0.0.1.evil.example",
    ] {
        let response = ask(host).await.unwrap();
        assert_eq!(response.status(), 421, "{host}");
        assert!(
            response.text().await.unwrap().contains("localhost"),
            "{host}"
        );
    }
    for host in ["localhost:8787", "127.0.0.1", "[::1]:8787", "emulator:8787"] {
        assert_eq!(ask(host).await.unwrap().status(), 200, "{host}");
    }
}
