//! What an error says, whatever the service responds.

use std::error::Error as _;
use std::future::IntoFuture;
use std::time::Duration;

use crate::support::{HASH, KEY, Reply, Server, bare, image};
use http::{Method, StatusCode};
use rokka::{Error, ErrorKind, Retry, Source};
use serde_json::{Value, json};

/// A body that a failure may have, and what is to be understood of it.
struct Shape {
    name: &'static str,
    body: Vec<u8>,
    /// The service's code, where it is not the status.
    code: Option<i64>,
    /// The service's message, where there is one.
    message: Option<&'static str>,
    slug: Option<&'static str>,
    invalid_authentication: bool,
}

fn shape(name: &'static str, body: impl Into<Vec<u8>>) -> Shape {
    Shape {
        name,
        body: body.into(),
        code: None,
        message: None,
        slug: None,
        invalid_authentication: false,
    }
}

impl Shape {
    fn json(name: &'static str, body: &Value) -> Self {
        shape(name, body.to_string())
    }

    fn code(mut self, code: i64) -> Self {
        self.code = Some(code);
        self
    }

    fn says(mut self, message: &'static str) -> Self {
        self.message = Some(message);
        self
    }

    fn slug(mut self, slug: &'static str) -> Self {
        self.slug = Some(slug);
        self
    }

    fn invalid_authentication(mut self) -> Self {
        self.invalid_authentication = true;
        self
    }
}

fn shapes() -> Vec<Shape> {
    vec![
        Shape::json("E1", &json!({"code": 403, "message": "Invalid key", "invalid_authentication": true}))
            .code(403)
            .says("Invalid key")
            .invalid_authentication(),
        Shape::json("E1 of a right", &json!({"code": 403, "message": "No", "invalid_authentication": false}))
            .code(403)
            .says("No"),
        Shape::json("E2", &json!({"code": 400, "message": "You may not"})).code(400).says("You may not"),
        Shape::json("E2 with a code of its own", &json!({"code": 10_042, "message": "Odd"})).code(10_042).says("Odd"),
        Shape::json(
            "E3",
            &json!({"code": 401, "message": "Expired", "error": "key_expired", "invalid_authentication": true}),
        )
        .code(401)
        .says("Expired")
        .slug("key_expired")
        .invalid_authentication(),
        Shape::json("E3 of too many codes", &json!({"code": 429, "message": "Wait", "error": "totp_rate_limited"}))
            .code(429)
            .says("Wait")
            .slug("totp_rate_limited"),
        Shape::json("E4", &json!({"error": {"code": 400, "message": "Invalid field"}})).code(400).says("Invalid field"),
        Shape::json("E4 with all", &json!({"error": {"code": 401, "message": "Deep", "invalid_authentication": true}, "message": "Flat", "code": 7}))
            .code(401)
            .says("Deep")
            .invalid_authentication(),
        Shape::json("E5", &json!({"error": "not found"})).says("not found").slug("not found"),
        Shape::json("E6", &json!({"status": "too many requests", "X-RateLimit-Retry-After-readable": "soon"}))
            .says("too many requests"),
        Shape::json(
            "E7",
            &json!({"status": "cloudfront invalidation failed", "message": "Try later", "attempted_paths": ["/a/c412d8*"]}),
        )
        .says("Try later"),
        Shape::json("E8", &json!({})),
        shape("E9", ""),
        shape("E9 HTML", "<html><head><title>502 Bad Gateway</title></head>\n<body>nginx</body></html>\n"),
        shape("truncated", r#"{"error":{"code":400,"mess"#),
        shape("not UTF-8", b"\xff\xfe{\"message\":\"M\xfcll\"}".to_vec()),
        shape("not UTF-8 inside", b"{\"message\":\"M\xfcll\"}".to_vec()),
        Shape::json("a list", &json!(["message"])),
        Shape::json("a text", &json!("message")),
        Shape::json("nothing", &json!(null)),
        Shape::json("other types", &json!({"error": 5, "message": {"a": 1}, "code": "x", "status": false})),
        Shape::json("blank", &json!({"error": {"message": ""}, "message": " ", "status": "busy"})).says("busy"),
        Shape::json("nested nothing", &json!({"error": null, "message": "M"})).says("M"),
    ]
}

const STATUSES: [u16; 14] = [
    400, 401, 402, 403, 404, 405, 409, 412, 422, 429, 500, 502, 503, 504,
];

fn large_shapes() -> Vec<Shape> {
    // More than is read of a failure.
    let long = "x".repeat(2 * 1024 * 1024);
    vec![
        shape("megabytes", format!("<html>{long}</html>")),
        shape("megabytes of JSON", format!(r#"{{"message":"{long}"}}"#)),
    ]
}

/// A server whose response depends on the organization that is asked for, `case-{number}`, and a client that asks once.
fn cases(replies: Vec<Reply>) -> (Server, rokka::Client) {
    let server = Server::start(move |_, request| {
        let case = request
            .target
            .split(['/', '?'])
            .find_map(|part| part.strip_prefix("case-"))
            .unwrap();
        replies[case.parse::<usize>().unwrap()].clone()
    });
    let client = server.builder().retry(Retry::never()).build().unwrap();
    (server, client)
}

/// The failures of every way that a request can take.
async fn every_way(client: &rokka::Client, case: usize) -> Vec<(&'static str, Error)> {
    let organization = format!("case-{case}");
    let images = client.source_images(&organization).unwrap();
    let api = client.api();
    let (name, hash) = (organization.parse().unwrap(), HASH.parse().unwrap());
    vec![
        ("getSourceImage", images.get(HASH).await.unwrap_err()),
        (
            "createSourceImage",
            images
                .upload(Source::bytes("cat.jpg", "cat"))
                .await
                .unwrap_err(),
        ),
        (
            "downloadSourceImage",
            images.download(HASH).await.unwrap_err(),
        ),
        (
            "putSourceImageOptionsProtected",
            images.set_protected(HASH, true).await.unwrap_err(),
        ),
        (
            "POST /case",
            client
                .request(Method::POST, format!("/{organization}?a=b"))
                .await
                .unwrap_err(),
        ),
        (
            "getSourceImage",
            api.get_source_image(&name, &hash, None)
                .await
                .unwrap_err()
                .into(),
        ),
        (
            "downloadSourceImage",
            api.download_source_image(&name, &hash)
                .await
                .map(drop)
                .unwrap_err()
                .into(),
        ),
    ]
}

#[tokio::test]
async fn every_failure_keeps_what_the_service_says() {
    keep_what_the_service_says(&STATUSES, &shapes()).await;
}

#[tokio::test]
async fn a_large_failure_is_kept_in_part() {
    keep_what_the_service_says(&[404, 503], &large_shapes()).await;
}

async fn keep_what_the_service_says(statuses: &[u16], shapes: &[Shape]) {
    let kind = |shape: &Shape| {
        if shape.body.starts_with(b"{") {
            "application/json"
        } else {
            "text/html"
        }
    };
    let table: Vec<_> = shapes
        .iter()
        .flat_map(|shape| statuses.iter().map(move |status| (*status, shape)))
        .collect();
    let replies = table
        .iter()
        .map(|(status, shape)| Reply::new(*status, kind(shape), shape.body.clone()));
    let (_server, client) = cases(replies.collect());
    for (case, (status, shape)) in table.into_iter().enumerate() {
        for (operation, error) in every_way(&client, case).await {
            let place = format!("{} {status} {operation}", shape.name);
            let code = StatusCode::from_u16(status).unwrap();
            let message = shape.message.unwrap_or(code.canonical_reason().unwrap());
            let invalid = shape.invalid_authentication;

            assert_eq!(error.kind(), ErrorKind::Status, "{place}");
            assert_eq!(error.status(), Some(code), "{place}");
            assert_eq!(
                error.code(),
                Some(shape.code.unwrap_or(status.into())),
                "{place}"
            );
            assert_eq!(error.message(), message, "{place}");
            assert_eq!(error.slug().as_deref(), shape.slug, "{place}");
            let kept = shape.body.len().min(64 * 1024);
            assert!(error.body().unwrap() == &shape.body[..kept], "{place}");
            assert!(
                error.operation().unwrap().starts_with(operation),
                "{place}: {:?}",
                error.operation()
            );
            assert_eq!(error.attempts(), 1, "{place}");
            assert_eq!(
                error.headers().unwrap()["content-type"],
                kind(shape),
                "{place}"
            );

            assert_eq!(error.is_not_found(), status == 404, "{place}");
            assert_eq!(error.is_unauthorized(), status == 401 || invalid, "{place}");
            assert_eq!(error.is_invalid_authentication(), invalid, "{place}");
            assert_eq!(error.is_forbidden(), status == 403 && !invalid, "{place}");
            assert_eq!(error.is_conflict(), status == 409, "{place}");
            assert_eq!(error.is_rate_limited(), status == 429, "{place}");
            let retryable = match status {
                429 => shape.slug != Some("totp_rate_limited"),
                503 => shape.name != "E7",
                502 | 504 => true,
                _ => false,
            };
            assert_eq!(error.is_retryable(), retryable, "{place}");
            assert!(
                !error.is_timeout() && !error.is_connect() && !error.is_invalid_input(),
                "{place}"
            );
            assert_eq!(error.retry_after(), None, "{place}");
            assert_eq!(error.request_id(), None, "{place}");

            let operation = error.operation().unwrap();
            assert_eq!(
                error.to_string(),
                format!("{operation}: {status}: {message}"),
                "{place}"
            );
            assert_eq!(format!("{error:#}"), error.to_string(), "{place}");
            let debug = format!("{error:?}");
            assert!(
                debug.contains(&status.to_string()) && debug.contains(operation),
                "{place}"
            );
        }
    }
}

#[tokio::test]
async fn any_request_is_named_by_method_and_path() {
    let (_server, client) = cases(vec![Reply::empty(404)]);
    let error = client
        .request(Method::DELETE, "/case-0/x?secret=1")
        .query("q", "2")
        .await
        .unwrap_err();
    assert_eq!(error.operation(), Some("DELETE /case-0/x"));
    assert_eq!(error.to_string(), "DELETE /case-0/x: 404: Not Found");
}

#[tokio::test]
async fn the_credentials_that_are_missing_are_mentioned() {
    let server = Server::script([Reply::json(403, json!({"code": 403, "message": "No key"}))]);
    let client = bare().api_host(server.url()).no_proxy().build().unwrap();
    let error = client
        .source_images("acme")
        .unwrap()
        .get(HASH)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "getSourceImage: 403: No key (the client has no credentials)"
    );
    assert_eq!(error.message(), "No key");
    let error = server.images().get(HASH).await.unwrap_err();
    assert_eq!(error.to_string(), "getSourceImage: 403: No key");
}

#[tokio::test]
async fn headers_say_when_and_which() {
    let limited = Reply::json(429, json!({"status": "too many requests"}))
        .header("X-RateLimit-Limit", "5")
        .header("x-ratelimit-remaining", " 0 ")
        .header("x-ratelimit-retry-after", "1575936000")
        .header("X-Request-Id", "abc-1")
        .header("x-amz-cf-id", "cf-2");
    let odd = Reply::empty(429)
        .header("x-ratelimit-limit", "many")
        .header("x-ratelimit-remaining", "-1")
        .header("x-ratelimit-retry-after", "")
        .header("x-request-id", "\u{e4}")
        .header("retry-after", "\u{e4}");
    let (_server, client) = cases(vec![
        limited,
        odd,
        Reply::empty(500)
            .header("x-amz-cf-id", "cf-2")
            .header("x-amzn-requestid", "amzn-3"),
        Reply::empty(500).header("x-amzn-requestid", "amzn-3"),
        Reply::empty(503).header("retry-after", "120"),
    ]);
    for (_, error) in every_way(&client, 0).await {
        let limit = error.rate_limit();
        assert_eq!(limit.limit, Some(5));
        assert_eq!(limit.remaining, Some(0));
        assert_eq!(limit.retry_at, Some(1_575_936_000));
        assert_eq!(error.retry_after(), Some(Duration::ZERO));
        assert_eq!(error.request_id(), Some("abc-1"));
    }
    for (_, error) in every_way(&client, 1).await {
        assert_eq!(error.rate_limit(), rokka::RateLimit::default());
        assert_eq!(error.retry_after(), None);
        assert_eq!(error.request_id(), None);
    }
    for (case, id) in [(2, Some("cf-2")), (3, Some("amzn-3")), (4, None)] {
        for (_, error) in every_way(&client, case).await {
            assert_eq!(error.request_id(), id);
            let wait = (case == 4).then_some(Duration::from_secs(120));
            assert_eq!(error.retry_after(), wait);
        }
    }
}

#[tokio::test]
async fn an_error_is_one_line() {
    let (_server, client) = cases(vec![
        Reply::json(
            400,
            json!({"message": "first\nsecond\r\n\tthird\u{1b}[31m\u{2028}fourth"}),
        ),
        Reply::json(200, json!({"hash": ["a\nb\u{1b}[31m"]})),
    ]);
    for case in [0, 1] {
        for (_, error) in every_json(&client, case).await {
            for shown in [error.to_string(), format!("{error:#}")] {
                let odd = |letter: char| {
                    letter.is_control() || letter == '\u{2028}' || letter == '\u{2029}'
                };
                assert!(!shown.contains(odd), "{shown:?}");
            }
        }
    }
    let error = client
        .source_images("case-0")
        .unwrap()
        .get(HASH)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("first second"), "{error}");
    // As it came, for who wants it.
    assert!(error.message().starts_with("first\nsecond\r\n"));
}

/// The failures of every way that reads JSON.
async fn every_json(client: &rokka::Client, case: usize) -> Vec<(&'static str, Error)> {
    let organization = format!("case-{case}");
    let images = client.source_images(&organization).unwrap();
    let response = client
        .request(Method::POST, format!("/{organization}"))
        .await;
    vec![
        ("getSourceImage", images.get(HASH).await.unwrap_err()),
        (
            "createSourceImage",
            images
                .upload(Source::bytes("cat.jpg", "cat"))
                .await
                .unwrap_err(),
        ),
        ("listSourceImages", images.search().await.unwrap_err()),
        (
            "getSourceImageAlias",
            images.aliases().get("cat").await.unwrap_err(),
        ),
        (
            "POST /case",
            response
                .and_then(|response| response.json::<Vec<String>>())
                .unwrap_err(),
        ),
    ]
}

#[tokio::test]
async fn a_success_that_is_none_keeps_status_and_body() {
    let bodies: [(&[u8], &str); 9] = [
        (
            b"<html>maintenance</html>",
            "the response is an HTML or XML page",
        ),
        (b"", "EOF while parsing a value at line 1 column 0"),
        (b"{}", ""),
        (b"{\"items\":5,\"total\":1}", ""),
        (b"null", ""),
        (b"[5]", ""),
        (
            b"{\"hash\":\"c4",
            "EOF while parsing a string at line 1 column 11",
        ),
        (b"{\"hash\":\"\xff\"}", ""),
        (b"\xef\xbb\xbf{}", ""),
    ];
    for status in [200, 201, 202] {
        let replies = bodies
            .iter()
            .map(|(body, _)| Reply::new(status, "text/html", *body).header("x-request-id", "1"));
        let (_server, client) = cases(replies.collect());
        for (case, (body, says)) in bodies.iter().enumerate() {
            for (operation, error) in every_json(&client, case).await {
                let place = format!("{status} {:?} {operation}", String::from_utf8_lossy(body));
                assert_eq!(error.kind(), ErrorKind::Decode, "{place}: {error}");
                assert_eq!(error.status().unwrap(), status, "{place}");
                assert_eq!(error.code(), Some(status.into()), "{place}");
                assert_eq!(error.body(), Some(*body), "{place}");
                assert_eq!(error.request_id(), Some("1"), "{place}");
                assert!(
                    error.operation().unwrap().starts_with(operation),
                    "{place}: {error}"
                );
                assert_eq!(error.attempts(), 1, "{place}");
                assert!(!error.is_retryable(), "{place}");
                let text = error.to_string();
                assert!(
                    text.starts_with(&format!("{}: {status}: ", error.operation().unwrap())),
                    "{place}: {text}"
                );
                if operation == "getSourceImage" {
                    assert!(text.contains(says), "{place}: {text}");
                    // Said once is enough, with causes too.
                    assert!(
                        says.is_empty() || format!("{error:#}").matches(says).count() == 1,
                        "{error:#}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn a_success_without_a_body_is_none_where_one_is_needed() {
    let (_server, client) = cases(vec![Reply::empty(204)]);
    for (operation, error) in every_json(&client, 0).await {
        assert_eq!(error.kind(), ErrorKind::Decode, "{operation}");
        assert_eq!(error.status().unwrap(), 204);
        assert_eq!(error.body(), Some(&b""[..]));
    }
}

#[tokio::test]
async fn an_upload_that_stored_another_number_is_refused() {
    let server = Server::script([
        Reply::json(200, json!({"total": 0, "items": []})),
        Reply::json(
            200,
            json!({"total": 2, "items": [image(HASH), image(HASH)]}),
        ),
    ]);
    for stored in [0, 2] {
        let error = server
            .images()
            .upload(Source::bytes("cat.jpg", "cat"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(
            error.to_string(),
            format!("createSourceImage: 200: the service stored {stored} of 1 images")
        );
        assert!(error.body().unwrap().starts_with(b"{"));
    }
}

#[tokio::test]
async fn the_bare_bindings_lose_nothing_of_a_failure() {
    async fn ask(client: &rokka::Client) -> rokka::Result<()> {
        client.api().get_user().await?;
        Ok(())
    }

    let server = Server::script([Reply::json(503, json!({"message": "busy"}))]);
    let client = server
        .builder()
        .retry(
            Retry::new()
                .max_attempts(3)
                .initial_backoff(Duration::from_millis(1)),
        )
        .build()
        .unwrap();
    let (organization, hash) = ("acme".parse().unwrap(), HASH.parse().unwrap());
    let failure = client
        .api()
        .get_source_image(&organization, &hash, None)
        .await
        .unwrap_err();
    let error = Error::from(failure);
    assert_eq!(error.status().unwrap(), 503);
    assert_eq!(error.body(), Some(&br#"{"message":"busy"}"#[..]));
    assert_eq!(error.operation(), Some("getSourceImage"));
    assert_eq!(error.attempts(), 3);
    assert_eq!(
        error.to_string(),
        "getSourceImage: 503: busy (after 3 attempts)"
    );

    // By `?`, too.
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.operation(), Some("getUser"));

    // What cannot be decoded is still told apart from what is no response.
    let server = Server::script([Reply::json(200, "[{}]")]);
    let failure = server
        .client()
        .api()
        .get_source_image(&organization, &hash, None)
        .await
        .unwrap_err();
    let error = Error::from(failure);
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.body(), Some(&b"[{}]"[..]));
    assert_eq!(error.operation(), Some("getSourceImage"));
    assert_eq!(error.attempts(), 1);
    assert!(
        error.to_string().starts_with(
            "getSourceImage: 200: the response cannot be decoded: invalid type: sequence"
        ),
        "{error}"
    );
    let source = std::error::Error::source(&error).unwrap();
    assert!(source.downcast_ref::<serde_json::Error>().is_some());

    // What is not sent at all says so.
    let error: Error = rokka::api::types::OrganizationName::try_from("A/B")
        .unwrap_err()
        .into();
    assert!(error.is_invalid_input());
}

#[tokio::test]
async fn an_endless_failure_ends() {
    let server = Server::script([Reply::new(500, "text/html", "y".repeat(10_000)).endless()]);
    let call = server.images().get(HASH);
    let error = tokio::time::timeout(Duration::from_secs(20), call.into_future()).await;
    let error = error.expect("it reads on and on").unwrap_err();
    assert_eq!(error.status().unwrap(), 500);
    assert_eq!(error.body().unwrap().len(), 64 * 1024);
}

#[tokio::test]
async fn a_failure_that_was_cut_is_that_failure() {
    let (_server, client) = cases(vec![
        Reply::json(404, json!({"message": "no such image"})).cut(10),
    ]);
    for (operation, error) in every_way(&client, 0).await {
        assert!(error.is_not_found(), "{operation}: {error:?}");
        assert_eq!(error.body(), Some(&br#"{"message""#[..]), "{operation}");
    }
}

mod secrets {
    use super::*;

    const TOKEN: &str = "eyJ0eXAiOiJKV1QifQ.eyJleHAiOjE1NzV9.c2lnbmF0dXJl-_x";

    /// Answers that repeat what they were asked with.
    fn echoes(secret: &str) -> Vec<Reply> {
        let mut broken = vec![0xff, 0xfe];
        broken.extend_from_slice(secret.as_bytes());
        // The secret lies across the end of what an error keeps.
        let at_the_end = |kept: usize| {
            format!(
                "{}{secret}{}",
                "-".repeat(64 * 1024 - kept),
                "-".repeat(1000)
            )
        };
        let mut replies = Vec::new();
        for status in [200, 302, 400, 403, 503] {
            replies.extend([
                Reply::json(
                    status,
                    json!({"message": format!("the key {secret} is unknown")}),
                ),
                Reply::json(status, json!({"error": secret, "message": secret})),
                Reply::json(
                    status,
                    json!({"error": {"message": secret, "error": secret}}),
                ),
                Reply::json(status, json!({"status": secret})),
                Reply::json(status, json!({ secret: secret })),
                Reply::json(status, json!(secret)),
                Reply::json(
                    status,
                    json!({"items": secret, "hash": secret, "size": secret, "total": secret}),
                ),
                Reply::json(status, json!([secret])),
                Reply::new(status, "text/html", format!("<p>{secret}{secret}</p>")),
                Reply::new(status, "text/plain", broken.clone()),
                Reply::new(status, "text/plain", at_the_end(1)),
                Reply::new(status, "text/plain", at_the_end(20)),
                Reply::new(status, "text/plain", at_the_end(secret.len())),
                Reply::json(status, "{}")
                    .header("x-echo", &format!("Bearer {secret}"))
                    .header("x-request-id", secret),
                Reply::json(status, "{}")
                    .header("location", &format!("https://example.com/?key={secret}")),
                Reply::json(status, "{}")
                    .header("location", &format!("https://{secret}.example.com/")),
                Reply::json(status, "{}").header("set-cookie", &format!("key={secret}")),
            ]);
        }
        replies
    }

    fn shows(error: &Error, secret: &str) -> Option<String> {
        let headers = format!("{:?}", error.headers());
        let body = String::from_utf8_lossy(error.body().unwrap_or_default()).into_owned();
        let mut shown = vec![
            error.to_string(),
            format!("{error:#}"),
            format!("{error:?}"),
            format!("{error:#?}"),
            error.message().into_owned(),
            error.slug().unwrap_or_default(),
            error.request_id().unwrap_or_default().to_owned(),
            headers,
            body,
        ];
        let mut cause = error.source();
        while let Some(error) = cause {
            shown.push(format!("{error} {error:?}"));
            cause = error.source();
        }
        // Half of it is too much already, in any case.
        let half = secret[..secret.len() / 4].to_ascii_lowercase();
        shown
            .into_iter()
            .find(|text| text.to_ascii_lowercase().contains(&half))
    }

    #[tokio::test]
    async fn that_the_service_repeats_are_not_shown() {
        for (secret, bearer) in [(KEY, false), (TOKEN, true)] {
            let replies = echoes(secret);
            let number = replies.len();
            let (server, _) = cases(replies);
            let mut settings = bare()
                .api_host(server.url())
                .retry(Retry::never())
                .no_proxy();
            settings = if bearer {
                settings.token(secret)
            } else {
                settings.api_key(secret)
            };
            let client = settings.build().unwrap();
            for case in 0..number {
                let organization = format!("case-{case}");
                let images = client.source_images(&organization).unwrap();
                let api = client.api();
                let organization = organization.parse().unwrap();
                let mut errors = vec![
                    images.get(HASH).await.map(drop),
                    images
                        .upload(Source::bytes("cat.jpg", "cat"))
                        .await
                        .map(drop),
                    images.search().await.map(drop),
                    images.set_protected(HASH, true).await.map(drop),
                    images.download(HASH).bytes().await.map(drop),
                    images.delete(HASH).await,
                    client
                        .request(Method::POST, format!("/case-{case}"))
                        .await
                        .and_then(|response| response.json::<Vec<u8>>().map(drop)),
                ];
                let bare = api
                    .delete_source_image(&organization, &HASH.parse().unwrap())
                    .await;
                errors.push(bare.map(drop).map_err(Error::from));
                for (way, error) in errors.into_iter().enumerate() {
                    if let Err(error) = error {
                        let shown = shows(&error, secret);
                        assert_eq!(shown, None, "case {case}, way {way}");
                        assert!(error.status().is_some());
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn are_blotted_out_and_the_rest_stays() {
        let message = format!("the key {KEY} is unknown");
        let body = json!({"code": 403, "message": message, "invalid_authentication": true});
        let (_server, client) = cases(vec![
            Reply::json(403, body).header("x-a", KEY).header("x-b", "b"),
        ]);
        for (_, error) in every_way(&client, 0).await {
            assert_eq!(error.message(), "the key [redacted] is unknown");
            assert!(error.is_invalid_authentication());
            assert_eq!(error.headers().unwrap()["x-a"], "[redacted]");
            assert_eq!(error.headers().unwrap()["x-b"], "b");
        }
    }
}

#[test]
fn an_error_becomes_one_of_the_standard_library() {
    let error = rokka::Client::new("").unwrap_err();
    let text = error.to_string();
    let error = std::io::Error::from(error);
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    assert_eq!(error.to_string(), text);
    assert!(error.get_ref().unwrap().is::<Error>());
}

/// A success of the wrong kind, for every call that there is.
mod impostors {
    use std::collections::BTreeSet;
    use std::fmt::Debug;
    use std::future::Future;
    use std::pin::Pin;

    use rokka::stacks::operations::Resize;
    use rokka::{
        CropArea, OrganizationOption, Result, Role, StackDefinition, UserMetadata, ValidFrom,
    };

    use super::*;

    pub(super) const ID: &str = "c03110dc-ba65-4dc3-8d64-32b1eea47ff4";

    type Outcome = Pin<Box<dyn Future<Output = Result<String>> + Send>>;

    /// The result of a call as text.
    fn shown<C>(call: C) -> Outcome
    where
        C: IntoFuture<IntoFuture: Send + 'static> + 'static,
        C::IntoFuture: Future<Output: ShownResult>,
    {
        let call = call.into_future();
        Box::pin(async move { call.await.shown() })
    }

    trait ShownResult {
        fn shown(self) -> Result<String>;
    }

    impl<T: Debug> ShownResult for Result<T> {
        fn shown(self) -> Result<String> {
            self.map(|value| format!("{value:?}"))
        }
    }

    async fn by_path(api: rokka::api::Client) -> Result<rokka::SourceImageList> {
        let response = api
            .list_source_images_by_binary_hash(&"acme".parse()?, &HASH.parse()?)
            .await;
        Ok(response?.into_inner())
    }

    pub(super) fn client(server: &Server) -> rokka::Client {
        let builder = server.builder().render_host(server.url());
        builder.retry(Retry::never()).build().unwrap()
    }

    /// Every operation of the description, called through the facade.
    #[allow(clippy::too_many_lines, reason = "one entry an operation")]
    pub(super) fn every_call(client: &rokka::Client) -> Vec<(&'static str, Outcome)> {
        let images = client.source_images("acme").unwrap();
        let meta = images.user_metadata(HASH);
        let aliases = images.aliases();
        let stacks = client.stacks("acme").unwrap();
        let members = client.memberships("acme").unwrap();
        let organizations = client.organizations();
        let user = client.user();
        let stack = || StackDefinition::new().operation(Resize::to_width(400));
        let field = || UserMetadata::from([("title", "Cat")]);
        let crop = CropArea::new(0, 0, 10, 10);
        let protect = OrganizationOption::ProtectDynamicStack(true);
        let to_sign = "https://acme.rokka.io/thumb/c421f4.jpg";
        let cat = || Source::bytes("cat.jpg", "cat");
        vec![
            ("listSourceImages", shown(images.search())),
            ("listSourceImages", shown(images.get_by_binary_hash(HASH))),
            ("createSourceImage", shown(images.upload(cat()))),
            (
                "deleteSourceImagesByBinaryHash",
                shown(images.delete_by_binary_hash(HASH)),
            ),
            (
                // The facade has the recorded form instead.
                "listSourceImagesByBinaryHash",
                shown(by_path(client.api())),
            ),
            (
                "downloadSourceImages",
                shown(images.search().download_zip().bytes()),
            ),
            (
                "copyMultipleSourceImages",
                shown(images.copy_many([HASH], "other")),
            ),
            ("getSourceImage", shown(images.get(HASH))),
            ("deleteSourceImage", shown(images.delete(HASH))),
            ("restoreSourceImage", shown(images.restore(HASH))),
            ("copySourceImage", shown(images.copy(HASH, "other"))),
            ("downloadSourceImage", shown(images.download(HASH).bytes())),
            (
                "putSourceImageName",
                shown(images.set_name(HASH, "dog.jpg")),
            ),
            (
                "putSourceImageOptionsProtected",
                shown(images.set_protected(HASH, true)),
            ),
            (
                "putSourceImageOptionsLocked",
                shown(images.set_locked(HASH, true)),
            ),
            ("getSourceImageMetaUser", shown(meta.get())),
            ("createSourceImageMetaUser", shown(meta.replace(field()))),
            ("patchSourceImageMetaUser", shown(meta.merge(field()))),
            ("deleteSourceImageMetaUser", shown(meta.clear())),
            (
                "getSourceImageMetaUserWithName",
                shown(meta.get_field("title")),
            ),
            (
                "createSourceImageMetaUserWthName",
                shown(meta.set_field("title", "Cat")),
            ),
            (
                "deleteSourceImageMetaUserWithName",
                shown(meta.remove("title")),
            ),
            (
                "createSourceImageMetaDynamicWithName",
                shown(images.set_crop_area(HASH, crop)),
            ),
            (
                "deleteSourceImageMetaDynamicWithName",
                shown(images.remove_subject_area(HASH)),
            ),
            ("createSourceImageAutolabel", shown(images.autolabel(HASH))),
            (
                "createSourceImageAutodescription",
                shown(images.autodescription(HASH, ["en"])),
            ),
            (
                "createSourceImageContentCredentials",
                shown(images.content_credentials(HASH)),
            ),
            (
                "deleteSourceImageCache",
                shown(images.invalidate_cache(HASH)),
            ),
            ("getSourceImageAlias", shown(aliases.get("cat"))),
            ("createSourceImageAlias", shown(aliases.create("cat", HASH))),
            ("deleteSourceImageAlias", shown(aliases.delete("cat"))),
            (
                "deleteSourceImageAliasCache",
                shown(aliases.invalidate_cache("cat")),
            ),
            ("signUrl", shown(client.sign_url("acme", to_sign))),
            (
                "renderUploadedImage",
                shown(client.render_upload("acme", cat()).bytes()),
            ),
            ("getRoot", shown(client.check_credentials())),
            ("getSavings", shown(client.savings())),
            ("getAlbum", shown(client.album("acme", "cats"))),
            ("listStacks", shown(stacks.list())),
            ("createStack", shown(stacks.create("card", stack()))),
            ("getStack", shown(stacks.get("card"))),
            ("deleteStack", shown(stacks.delete("card"))),
            ("deleteStackCache", shown(stacks.invalidate_cache("card"))),
            ("listOperations", shown(client.operations())),
            ("listStackOptions", shown(client.stack_options())),
            ("createUser", shown(client.create_user("a@example.com"))),
            ("getUser", shown(user.get())),
            ("listUserApiKeys", shown(user.api_keys())),
            ("createUserApiKey", shown(user.create_api_key())),
            (
                "patchUserApiKey",
                shown(user.patch_api_key(ID).trusted(true)),
            ),
            ("deleteUserApiKey", shown(user.delete_api_key(ID))),
            ("getUserApiKeyCurrent", shown(user.current_api_key())),
            (
                "getUserToken",
                shown(user.create_token(ValidFrom::caller())),
            ),
            (
                "createUserToken",
                shown(user.create_token(ValidFrom::caller()).totp("123456")),
            ),
            ("getUserMfaTotp", shown(user.totp())),
            ("createUserMfaTotp", shown(user.set_up_totp())),
            ("deleteUserMfaTotp", shown(user.disable_totp("123456"))),
            ("confirmUserMfaTotp", shown(user.confirm_totp("123456"))),
            ("listUserMemberships", shown(user.memberships())),
            ("listUserAdminApiKeys", shown(user.admin_api_keys())),
            (
                "createOrganization",
                shown(organizations.create("acme", "a@example.com")),
            ),
            ("getOrganization", shown(organizations.get("acme"))),
            (
                "createOrganizationOptions",
                shown(organizations.set_options("acme", [protect.clone()])),
            ),
            (
                "putOrganizationOption",
                shown(organizations.set_option("acme", protect)),
            ),
            (
                "listSubOrganizations",
                shown(organizations.sub_organizations("acme")),
            ),
            ("listMemberships", shown(members.list())),
            (
                "createMembershipAndUser",
                shown(members.create_with_new_user([Role::Read])),
            ),
            ("getMembership", shown(members.get(ID))),
            ("createMembership", shown(members.set(ID, [Role::Read]))),
            ("deleteMembership", shown(members.delete(ID))),
            ("getBilling", shown(client.billing("acme"))),
            ("getStats", shown(client.stats("acme"))),
        ]
    }

    #[tokio::test]
    async fn every_operation_is_in_the_table() {
        let description: Value =
            serde_json::from_str(include_str!("../../openapi/rokka.json")).unwrap();
        let items = description["paths"].as_object().unwrap().values();
        let operations = items.flat_map(|item| item.as_object().unwrap().values());
        let ids = operations.filter_map(|operation| operation["operationId"].as_str());
        let server = Server::script([Reply::empty(204)]);
        let calls = every_call(&client(&server));
        let called = calls.iter().map(|(operation, _)| *operation);
        assert_eq!(
            called.collect::<BTreeSet<_>>(),
            ids.collect::<BTreeSet<_>>()
        );
    }

    const PAGE: &str = "<!doctype html>\n<title>Log in</title><form><input name=user></form>\n";

    /// Responses with the status of a success, and a part of what the error says about it.
    fn impostors() -> Vec<(&'static str, Reply, &'static str)> {
        let nested = json!({"error": {"code": 403, "message": "not today"}});
        let flat = json!({"code": 403, "message": "not today", "invalid_authentication": true});
        vec![
            ("page", Reply::new(200, "text/html", PAGE), "HTML"),
            (
                "page with a charset",
                Reply::new(203, "TEXT/HTML; charset=utf-8", PAGE),
                "HTML",
            ),
            (
                "page after a byte order mark",
                Reply::new(201, "application/xhtml+xml", format!("\u{feff} {PAGE}")),
                "HTML",
            ),
            ("nested error", Reply::json(200, nested), "not today"),
            ("flat error", Reply::json(200, flat), "not today"),
            (
                "error of a proxy",
                Reply::json(200, json!({"error": {"code": 502, "message": "not today"}})),
                "not today",
            ),
        ]
    }

    const FILES: &[&str] = &[
        "downloadSourceImages",
        "downloadSourceImage",
        "renderUploadedImage",
    ];

    #[tokio::test]
    async fn are_recognized_in_every_response() {
        for (what, reply, says) in impostors() {
            let reply = reply.header("x-request-id", "7");
            let server = Server::script([reply]);
            for (operation, call) in every_call(&client(&server)) {
                let place = format!("{what} for {operation}");
                let before = server.requests().len();
                let error = call.await.expect_err(&place);
                assert_eq!(error.kind(), ErrorKind::Decode, "{place}: {error}");
                assert!(error.status().unwrap().is_success(), "{place}");
                assert_eq!(error.operation(), Some(operation), "{place}");
                assert_eq!(error.attempts(), 1, "{place}");
                assert_eq!(error.request_id(), Some("7"), "{place}");
                assert!(error.to_string().contains(says), "{place}: {error}");
                assert!(!error.is_retryable(), "{place}");
                assert!(!error.body().unwrap().is_empty(), "{place}");
                assert_eq!(
                    server.requests().len(),
                    before + 1,
                    "{place} is one request"
                );
            }
        }
    }

    #[tokio::test]
    async fn keep_their_body() {
        let server = Server::script([Reply::new(200, "text/html", PAGE)]);
        let client = client(&server);
        let images = client.source_images("acme").unwrap();
        for error in [
            client.user().get().await.unwrap_err(),
            images.delete(HASH).await.unwrap_err(),
            images.download(HASH).await.map(drop).unwrap_err(),
            images.copy(HASH, "other").await.unwrap_err(),
        ] {
            assert_eq!(error.body(), Some(PAGE.as_bytes()));
            assert_eq!(error.headers().unwrap()["content-type"], "text/html");
        }
    }

    #[tokio::test]
    async fn of_text_are_no_json_and_no_empty_body() {
        let server = Server::script([Reply::new(200, "text/plain", "Please sign in.\n")]);
        for (operation, call) in every_call(&client(&server)) {
            if !FILES.contains(&operation) {
                let error = call.await.expect_err(operation);
                assert_eq!(error.kind(), ErrorKind::Decode, "{operation}");
            }
        }
    }

    #[tokio::test]
    async fn of_no_content_are_no_file() {
        for reply in [
            Reply::empty(204),
            Reply::empty(205),
            Reply::new(200, "image/jpeg", ""),
        ] {
            let server = Server::script([reply.header("content-disposition", "attachment")]);
            for (operation, call) in every_call(&client(&server)) {
                if FILES.contains(&operation) {
                    let error = call.await.expect_err(operation);
                    assert_eq!(error.kind(), ErrorKind::Decode, "{operation}");
                    assert!(error.to_string().contains("no content"), "{error}");
                }
            }
        }
    }

    #[tokio::test]
    async fn leave_no_file() {
        let directory = tempfile::tempdir().unwrap();
        let server = Server::script([Reply::new(200, "text/html", PAGE), Reply::empty(204)]);
        let images = client(&server).source_images("acme").unwrap();
        for _ in 0..2 {
            let path = directory.path().join("cat.jpg");
            let error = images.download(HASH).to_file(path).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
        }
        assert_eq!(directory.path().read_dir().unwrap().count(), 0);
    }

    #[tokio::test]
    async fn are_not_looked_for_in_originals() {
        let named = |reply: Reply| reply.header("content-disposition", "attachment; filename=a");
        let lottie = json!({"v": "5.5.7", "layers": []}).to_string();
        let long = format!("{{\"message\":\"{}\"}}", "x".repeat(100_000));
        let error = json!({"code": 403, "message": "part of a test"}).to_string();
        for (reply, body) in [
            (named(Reply::new(200, "text/html", PAGE)), PAGE.to_owned()),
            (
                named(Reply::new(200, "application/json", &*error)),
                error.clone(),
            ),
            (
                Reply::new(200, "application/json", &*lottie),
                lottie.clone(),
            ),
            (Reply::new(200, "application/json", &*long), long.clone()),
            (Reply::new(200, "image/svg+xml", "<svg/>"), "<svg/>".into()),
            (Reply::new(200, "text/plain", "text"), "text".into()),
            (Reply::new(200, "image/jpeg", PAGE), PAGE.into()),
        ] {
            let server = Server::script([reply]);
            let images = client(&server).source_images("acme").unwrap();
            let download = images.download(HASH).await.unwrap();
            assert_eq!(download.size(), Some(body.len() as u64));
            assert_eq!(download.bytes().await.unwrap(), body);
        }
    }

    #[tokio::test]
    async fn are_the_callers_business_in_requests_of_their_own() {
        let server = Server::script([Reply::new(200, "text/html", PAGE)]);
        let request = client(&server).request(Method::GET, "/status.html");
        let response = request.await.unwrap();
        assert_eq!(response.body, PAGE);
        let error = response.json::<Value>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.status().unwrap(), 200);
    }

    #[tokio::test]
    async fn are_recognized_in_what_the_bindings_return() {
        let server = Server::script([Reply::new(200, "text/html", PAGE)]);
        let api = client(&server).api();
        let (organization, hash) = ("acme".parse().unwrap(), HASH.parse().unwrap());
        let deleted = api.delete_source_image(&organization, &hash).await;
        let error = Error::from(deleted.unwrap_err());
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.status().unwrap(), 200);
        assert_eq!(error.operation(), Some("deleteSourceImage"));
        assert_eq!(error.body(), Some(PAGE.as_bytes()));
    }

    #[tokio::test]
    async fn that_cannot_be_decoded_are_named() {
        let reply = Reply::new(200, "application/json", b"\x0b\x02\x80{}\x03".to_vec());
        let server = Server::script([reply.header("content-encoding", "br")]);
        for (operation, call) in every_call(&client(&server)) {
            let error = call.await.expect_err(operation);
            assert_eq!(error.kind(), ErrorKind::Decode, "{operation}");
            assert!(error.to_string().contains("encoded as `br`"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_byte_order_mark_is_read_over() {
        let server = Server::script([Reply::new(
            200,
            "application/json",
            format!("\u{feff}{}", image(HASH)),
        )]);
        let client = client(&server);
        let image = client.source_images("acme").unwrap().get(HASH).await;
        assert_eq!(image.unwrap().hash, HASH);
        let response = client.request(Method::GET, "/x").await.unwrap();
        assert_eq!(response.json::<Value>().unwrap()["hash"], HASH);
    }
}

/// How much of a response is read.
mod limits {
    use super::*;

    async fn soon<T>(call: impl IntoFuture<Output = T>) -> T {
        let call = tokio::time::timeout(Duration::from_secs(20), call.into_future());
        call.await.expect("it reads on and on")
    }

    #[tokio::test]
    async fn an_endless_success_ends() {
        let piece = "y".repeat(10_000);
        for body in [format!("\"{piece}"), piece] {
            let server = Server::script([Reply::new(200, "application/json", body).endless()]);
            let builder = server.builder().response_limit(1_000_000);
            let client = builder.build().unwrap();
            let images = client.source_images("acme").unwrap();
            for error in [
                soon(images.get(HASH)).await.unwrap_err(),
                soon(images.delete(HASH)).await.unwrap_err(),
                soon(images.upload(Source::bytes("cat.jpg", "cat")))
                    .await
                    .unwrap_err(),
                soon(client.request(Method::GET, "/x")).await.unwrap_err(),
            ] {
                assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
                assert_eq!(error.status().unwrap(), 200);
                assert_eq!(error.body().unwrap().len(), 64 * 1024);
                assert_eq!(error.attempts(), 1);
                assert!(error.to_string().contains("1000000 bytes"), "{error}");
                assert!(error.to_string().contains("response_limit"), "{error}");
            }
        }
    }

    #[tokio::test]
    async fn there_is_one_by_default() {
        let piece = "y".repeat(1024 * 1024);
        let server = Server::script([Reply::new(200, "application/json", piece).endless()]);
        let error = soon(server.images().get(HASH)).await.unwrap_err();
        assert!(error.to_string().contains("67108864 bytes"), "{error}");
    }

    #[tokio::test]
    async fn a_response_of_exactly_the_limit_is_read() {
        let body = image(HASH).to_string();
        let server = Server::script([Reply::json(200, &body)]);
        let with = |limit| {
            let client = server.builder().response_limit(limit).build().unwrap();
            client.source_images("acme").unwrap().get(HASH)
        };
        assert_eq!(with(body.len()).await.unwrap().hash, HASH);
        let error = with(body.len() - 1).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("response_limit"), "{error}");
    }

    #[tokio::test]
    async fn what_announces_too_much_is_not_read() {
        // The rest never comes, so waiting for it would be a timeout.
        let reply = Reply::json(200, "[]".repeat(100_000)).stall(70_000);
        let server = Server::script([reply]);
        let builder = server.builder().response_limit(150_000);
        let images = builder.build().unwrap().source_images("acme").unwrap();
        let error = soon(images.get(HASH)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    }

    #[tokio::test]
    async fn a_download_has_none() {
        let server = Server::script([Reply::new(200, "image/jpeg", "x".repeat(5_000))]);
        let builder = server.builder().response_limit(100);
        let images = builder.build().unwrap().source_images("acme").unwrap();
        let bytes = images.download(HASH).bytes().await.unwrap();
        assert_eq!(bytes.len(), 5_000);
    }

    #[tokio::test]
    async fn a_long_failure_says_what_a_short_one_says() {
        let long = "x".repeat(100_000);
        let paths: Vec<_> = (0..5_000)
            .map(|number| format!("/a/{number:020}*"))
            .collect();
        let (_server, client) = cases(vec![
            Reply::json(
                403,
                json!({"a": long, "code": 403, "message": "No", "invalid_authentication": true}),
            ),
            Reply::json(
                401,
                json!({"a": long, "error": "key_expired", "message": "Old"}),
            ),
            Reply::json(
                400,
                json!({"a": long, "error": {"code": 7, "message": "Deep", "invalid_authentication": true, "a": long}}),
            ),
            Reply::json(503, json!({"attempted_paths": paths, "message": "Later"})),
            Reply::json(404, json!({"message": "ä".repeat(100_000)})),
        ]);
        let ask = async |case: usize| {
            let images = client.source_images(format!("case-{case}")).unwrap();
            images.get(HASH).await.unwrap_err()
        };
        let error = ask(0).await;
        assert!(error.is_invalid_authentication() && error.is_unauthorized());
        assert_eq!(error.body().unwrap().len(), 64 * 1024);
        assert_eq!(error.message(), "No");
        let error = ask(1).await;
        assert_eq!(error.slug().as_deref(), Some("key_expired"));
        assert_eq!(error.message(), "Old");
        let error = ask(2).await;
        assert_eq!((error.code(), &*error.message()), (Some(7), "Deep"));
        assert!(error.is_invalid_authentication());
        let error = ask(3).await;
        assert_eq!(error.message(), "Later");
        assert!(!error.is_retryable(), "the service has tried already");
        let error = ask(4).await;
        assert_eq!(error.message().len(), 64 * 1024);
    }
}

#[tokio::test]
async fn a_requested_wait_is_read_by_the_clock_of_the_service() {
    let noon = "Tue, 10 Dec 2019 12:00:00 GMT";
    for (name, value, age, expected) in [
        ("retry-after", "Tue, 10 Dec 2019 12:00:30 GMT", None, 30),
        ("retry-after", "Tuesday, 10-Dec-19 12:01:00 GMT", None, 60),
        ("retry-after", "Tue Dec 10 13:00:00 2019", None, 3600),
        ("retry-after", "Tue, 10 Dec 2019 11:59:59 GMT", None, 0),
        // A cache has kept it for 20 seconds.
        (
            "retry-after",
            "Tue, 10 Dec 2019 12:00:30 GMT",
            Some("20"),
            10,
        ),
        ("retry-after", "7", None, 7),
        // The same moment, in seconds since 1970.
        ("x-ratelimit-retry-after", "1575979230", None, 30),
        ("x-ratelimit-retry-after", "1575979100", None, 0),
    ] {
        let mut reply = Reply::json(429, "{}")
            .header("date", noon)
            .header(name, value);
        if let Some(age) = age {
            reply = reply.header("age", age);
        }
        let (_server, client) = cases(vec![reply]);
        for (_, error) in every_way(&client, 0).await {
            let wait = Duration::from_secs(expected);
            assert_eq!(error.retry_after(), Some(wait), "{name}: {value}");
        }
    }
}

/// A success without a body.
mod bodyless {
    use super::impostors::{ID, client, every_call};
    use super::*;
    use rokka::MembershipOutcome;
    use rokka::Role;

    /// Calls by other methods than GET whose result is in the body and nowhere else.
    const IN_THE_BODY: &[&str] = &[
        "copyMultipleSourceImages",
        "createMembershipAndUser",
        "createSourceImage",
        "createUser",
        "createUserApiKey",
        "createUserMfaTotp",
        "createUserToken",
        "renderUploadedImage",
        "signUrl",
    ];

    /// Calls whose result is an image of another hash, unless the status says otherwise.
    const OF_ANOTHER_HASH: &[&str] = &[
        "createSourceImageMetaDynamicWithName",
        "deleteSourceImageMetaDynamicWithName",
    ];

    /// What the service has after a change.
    fn read(target: &str) -> Reply {
        let mut changed = image(HASH);
        changed["protected"] = json!(true);
        changed["locked"] = json!(true);
        let path = target.split('?').next().unwrap();
        Reply::json(
            200,
            match path {
                "/sourceimages/acme/alias/cat" => {
                    json!({"alias": "cat", "hash": HASH, "organization": "acme"})
                }
                "/stacks/acme/card" => {
                    json!({"name": "card", "organization": "acme", "created": "2026-11-20T10:00:00+00:00", "stack_operations": []})
                }
                "/organizations/acme" => json!({
                    "id": ID, "name": "acme", "display_name": "Acme", "billing_email": "a@example.com",
                }),
                "/user/mfa/totp" => json!({"state": "active"}),
                "/user/apikeys" => json!([{"id": "other"}, {"id": ID, "trusted": true}]),
                _ => changed,
            },
        )
    }

    #[tokio::test]
    async fn is_one_wherever_the_result_can_be_had_without() {
        for status in [200, 201, 202, 204] {
            for body in ["", "{}", "[]", "null", "\u{feff}\r\n"] {
                let server = Server::start(move |_, request| {
                    if request.method == "GET" {
                        read(&request.target)
                    } else if status == 204 {
                        Reply::empty(status)
                    } else {
                        Reply::json(status, body)
                    }
                });
                for (operation, call) in every_call(&client(&server)) {
                    let place = format!("{operation} with {status} and {body:?}");
                    let before = server.requests().len();
                    let result = call.await;
                    if server.requests()[before].method == "GET" {
                        continue;
                    }
                    let unknown = IN_THE_BODY.contains(&operation)
                        || OF_ANOTHER_HASH.contains(&operation) && status != 204
                        || operation == "putSourceImageOptionsProtected" && status == 201;
                    // Lists of a copy may all be missing, so an object without any says that nothing was copied.
                    let copied =
                        operation == "copyMultipleSourceImages" && matches!(body, "{}" | "[]");
                    if unknown && !(copied && status != 204) {
                        let error = result.expect_err(&place);
                        assert_eq!(error.kind(), ErrorKind::Decode, "{place}: {error}");
                        assert_eq!(error.status().unwrap(), status, "{place}");
                    } else {
                        result.unwrap_or_else(|error| panic!("{place}: {error}"));
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn of_a_membership_that_was_made_says_that_it_was_made() {
        let server = Server::script([201, 200, 204].map(Reply::empty));
        let members = client(&server).memberships("acme").unwrap();
        let set = async || members.set(ID, [Role::Read]).await.unwrap();
        assert!(matches!(set().await, MembershipOutcome::Created(None)));
        let updated = set().await;
        assert!(matches!(updated, MembershipOutcome::Updated(None)));
        assert!(updated.membership().is_none());
        assert!(matches!(set().await, MembershipOutcome::Unchanged));
        assert_eq!(server.requests().len(), 3);
    }

    #[tokio::test]
    async fn leads_to_the_location() {
        let other = HASH.replace('c', "d");
        let mut there = image(HASH);
        there["hash"] = json!(other);
        let server = Server::script([
            Reply::empty(201).header("location", &format!("/sourceimages/acme/{other}")),
            Reply::json(200, there),
        ]);
        let images = client(&server).source_images("acme").unwrap();
        let revision = images.set_protected(HASH, true).await.unwrap();
        assert_eq!(
            (revision.hash.as_str(), revision.hash_changed()),
            (&*other, true)
        );
        assert_eq!(
            server.requests()[1].target,
            format!("/sourceimages/acme/{other}")
        );
    }

    #[tokio::test]
    async fn is_not_taken_for_the_previous_image() {
        // The image under the previous hash is still there, and still not protected.
        for status in [200, 204] {
            let server = Server::script([Reply::empty(status), Reply::json(200, image(HASH))]);
            let images = client(&server).source_images("acme").unwrap();
            let error = images.set_protected(HASH, true).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert_eq!(error.operation(), Some("putSourceImageOptionsProtected"));
            assert!(
                error.to_string().contains("the change succeeded"),
                "{error}"
            );
            assert_eq!(server.requests().len(), 2);
        }
        let server = Server::script([Reply::empty(201), Reply::json(200, image(HASH))]);
        let images = client(&server).source_images("acme").unwrap();
        let error = images.remove_subject_area(HASH).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(server.requests().len(), 1);
    }

    #[tokio::test]
    async fn that_cannot_be_read_back_says_that_the_change_is_made() {
        let server = Server::script([
            Reply::empty(204),
            Reply::json(503, json!({"message": "busy"})),
        ]);
        let images = client(&server).source_images("acme").unwrap();
        let error = images.set_locked(HASH, true).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 503);
        assert_eq!(error.operation(), Some("getSourceImage"));
        assert!(error.to_string().contains("the change is made"), "{error}");
        assert!(error.to_string().contains("busy"), "{error}");
    }

    #[tokio::test]
    async fn of_a_key_that_the_list_lacks_is_no_success() {
        let server = Server::script([Reply::empty(204), Reply::json(200, json!([]))]);
        let error = client(&server).user().patch_api_key(ID).trusted(true);
        let error = error.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.status().unwrap(), 204);
    }
}

mod existing {
    use super::*;
    use rokka::StackDefinition;

    /// The failure of every call that creates something under a name or a hash.
    async fn creations(client: &rokka::Client) -> Vec<(&'static str, Error)> {
        let images = client.source_images("acme").unwrap();
        let stacks = client.stacks("acme").unwrap();
        let members = client.organizations();
        let api = client.api();
        vec![
            (
                "createSourceImageAlias",
                images.aliases().create("hero", HASH).await.unwrap_err(),
            ),
            (
                "createStack",
                stacks
                    .create("thumb", StackDefinition::new())
                    .await
                    .unwrap_err(),
            ),
            (
                "createStack",
                api.create_stack(
                    &"acme".parse().unwrap(),
                    &"thumb".parse().unwrap(),
                    None,
                    &StackDefinition::new(),
                )
                .await
                .unwrap_err()
                .into(),
            ),
            (
                "createOrganization",
                members.create("acme", "a@example.com").await.unwrap_err(),
            ),
            (
                "createUser",
                client.create_user("a@example.com").await.unwrap_err(),
            ),
        ]
    }

    fn is_one(error: Error, status: u16, place: &str) {
        assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{place}");
        assert!(error.is_already_exists(), "{place}");
        assert_eq!(error.status().unwrap(), status, "{place}");
        assert!(!error.is_retryable() && !error.is_not_found(), "{place}");
        let debug = format!("{error:?}");
        assert!(debug.contains("AlreadyExists"), "{place}: {debug}");
        let error = std::io::Error::from(error);
        assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists, "{place}");
    }

    #[tokio::test]
    async fn names_are_one_kind_of_error_whatever_the_status() {
        for (status, message) in [
            (409, ""),
            (400, "The stack already exists"),
            (400, "The name is taken"),
            (422, "This e-mail address is already in use"),
        ] {
            let body = json!({"error": {"code": status, "message": message}});
            let server = Server::script([Reply::json(status, &body)]);
            for (operation, error) in creations(&server.client()).await {
                let place = format!("{operation} {status} {message}");
                assert_eq!(error.operation(), Some(operation), "{place}");
                assert_eq!(error.is_conflict(), status == 409, "{place}");
                if !message.is_empty() {
                    assert_eq!(error.message(), message);
                }
                is_one(error, status, &place);
            }
        }
    }

    #[tokio::test]
    async fn copies_and_second_factors_are_the_same_kind() {
        let server = Server::script([Reply::json(412, json!({}))]);
        let copy = server.images().copy(HASH, "other").keep_existing();
        is_one(copy.await.unwrap_err(), 412, "copy");

        let server = Server::script([Reply::json(409, json!({"message": "active"}))]);
        let totp = server.client().user().set_up_totp();
        is_one(totp.await.unwrap_err(), 409, "second factor");
    }

    #[tokio::test]
    async fn is_not_what_other_failures_mean() {
        for (status, message) in [
            (400, "The operation is unknown"),
            (400, "The master organization does not exist"),
            (403, "The name exists, but is not yours"),
            (404, "exists"),
            (500, "taken"),
        ] {
            let body = json!({"code": status, "message": message});
            let server = Server::script([Reply::json(status, &body)]);
            for (operation, error) in creations(&server.client()).await {
                assert_eq!(error.kind(), ErrorKind::Status, "{operation} {status}");
            }
        }
        // Other conflicts.
        let server = Server::script([Reply::json(409, json!({"message": "the last admin"}))]);
        let client = server.client();
        let members = client.memberships("acme").unwrap();
        let id = "00000000-0000-4000-8000-000000000000";
        let images = server.images();
        for error in [
            members.delete(id).await.unwrap_err(),
            images.get(HASH).await.unwrap_err(),
            images.upload(Source::bytes("a", "a")).await.unwrap_err(),
            client
                .request(Method::PUT, "/stacks/acme/thumb")
                .await
                .unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Status, "{error:?}");
            assert!(error.is_conflict());
        }
    }

    #[tokio::test]
    async fn is_the_kind_of_every_place_of_the_emulator() {
        use rokka::testing::{Emulator, EmulatorExt};

        let emulator = Emulator::start().await;
        let client = emulator.client().unwrap();
        let images = emulator.source_images().unwrap();
        let hash = emulator.seed_images("acme", 1).remove(0);
        let organization = emulator.organization().to_owned();
        let create = || {
            client
                .organizations()
                .create(&*organization, "a@example.com")
        };
        assert!(create().await.unwrap_err().is_already_exists());
        let user = client
            .create_user("a@example.com")
            .organization(&*organization);
        assert!(user.await.unwrap_err().is_already_exists());
        let alias = || images.aliases().create("hero", &hash);
        alias().await.unwrap();
        assert!(alias().await.unwrap_err().is_already_exists());
        alias().overwrite().await.unwrap();
        let stacks = client.stacks(&organization).unwrap();
        let stack = || stacks.create("thumb", StackDefinition::new());
        stack().await.unwrap();
        assert!(stack().await.unwrap_err().is_already_exists());
        assert!(
            stacks
                .copy("thumb", "thumb")
                .await
                .unwrap_err()
                .is_already_exists()
        );
        client
            .organizations()
            .create("other", "a@example.com")
            .await
            .unwrap();
        let copy = || images.copy(&hash, "other").keep_existing();
        copy().await.unwrap();
        assert!(copy().await.unwrap_err().is_already_exists());
    }
}
