//! Code of the caller's around every request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::TryStreamExt;
use http::HeaderValue;
use http::header::{ACCEPT_ENCODING, HOST};
use rokka::reqwest::{Request, Response, Url};
use rokka::{Client, ErrorKind, Middleware, MiddlewareFuture, Next, Source};
use serde_json::json;

use crate::support::{HASH, KEY, OTHER, Reply, Server, builder, image, nobody, stored};

/// Writes down what passes.
#[derive(Default)]
struct Recorder(Mutex<Vec<String>>);

impl Recorder {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Middleware for Recorder {
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> MiddlewareFuture<'a> {
        Box::pin(async move {
            let line = format!(
                "{} {} {} {}",
                next.operation(),
                next.attempt(),
                request.method(),
                request.url().path()
            );
            let headers = format!("{:?}", request.headers());
            let outcome = next.run(request).await;
            let came = match &outcome {
                Ok(response) => response.status().as_u16().to_string(),
                Err(error) => format!("{error:?}"),
            };
            let mut lines = self.0.lock().unwrap();
            lines.push(format!("{line}: {came}"));
            if headers.contains("api-key") || headers.contains("authorization") {
                lines.push(format!("credentials in {headers}"));
            }
            outcome
        })
    }
}

/// A middleware of a function.
struct Doing<F>(F);

impl<F> Middleware for Doing<F>
where
    F: for<'a> Fn(Request, Next<'a>) -> MiddlewareFuture<'a> + Send + Sync + 'static,
{
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> MiddlewareFuture<'a> {
        self.0(request, next)
    }
}

fn doing<F>(work: F) -> Doing<F>
where
    F: for<'a> Fn(Request, Next<'a>) -> MiddlewareFuture<'a> + Send + Sync + 'static,
{
    Doing(work)
}

fn client(server: &Server, middleware: impl Middleware) -> Client {
    let settings = server.builder().middleware(middleware);
    settings.build().unwrap()
}

#[tokio::test]
async fn sees_every_attempt_and_no_credentials() {
    let server = Server::script([
        Reply::json(503, json!({})),
        Reply::to(307, &format!("/sourceimages/acme/{OTHER}")),
        Reply::json(200, image(OTHER)),
    ]);
    let recorder = Arc::new(Recorder::default());
    let client = client(&server, recorder.clone());
    let images = client.source_images("acme").unwrap();
    assert_eq!(images.get(HASH).await.unwrap().hash, OTHER);

    assert_eq!(
        recorder.take(),
        [
            format!("getSourceImage 1 GET /sourceimages/acme/{HASH}: 503"),
            format!("getSourceImage 2 GET /sourceimages/acme/{HASH}: 307"),
            format!("getSourceImage 3 GET /sourceimages/acme/{OTHER}: 200"),
        ]
    );
    for request in server.requests() {
        assert_eq!(request.header("api-key"), Some(KEY));
    }
}

#[tokio::test]
async fn is_around_transfers_and_tokens_too() {
    let server = Server::start(|_, request| match request.target.as_str() {
        target if target.starts_with("/user/apikeys/token") => {
            let payload = json!({"exp": u32::MAX, "expt": 86_400, "rn": false});
            let encoded = URL_SAFE_NO_PAD.encode(payload.to_string());
            let token = format!("e30.{encoded}.c2lnbmF0dXJl");
            Reply::json(200, json!({"token": token, "payload": payload}))
        }
        target if target.ends_with("/download") => Reply::new(200, "image/jpeg", "bytes"),
        _ => stored(),
    });
    let recorder = Arc::new(Recorder::default());
    let client = server
        .builder()
        .middleware(recorder.clone())
        .tokens(rokka::Tokens::new(rokka::ValidFrom::caller()))
        .build()
        .unwrap();
    let images = client.source_images("acme").unwrap();
    let bytes = vec![7; 1_000_000];
    images
        .upload(Source::bytes("cat.jpg", bytes.clone()))
        .await
        .unwrap();
    let mut download = images.download(HASH).await.unwrap();
    let mut received = Vec::new();
    while let Some(piece) = download.try_next().await.unwrap() {
        received.extend_from_slice(&piece);
    }
    assert_eq!(received, b"bytes");

    let lines = recorder.take();
    let operations: Vec<_> = lines
        .iter()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(
        operations,
        ["getUserToken", "createSourceImage", "downloadSourceImage"],
        "{lines:?}"
    );
    let requests = server.requests();
    assert_eq!(requests[0].header("api-key"), Some(KEY));
    let token = requests[1].header("authorization").unwrap();
    assert!(token.starts_with("Bearer e30."), "{token}");
    assert!(crate::support::find(&requests[1].body, &bytes).is_some());
}

#[tokio::test]
async fn adds_a_trace_context() {
    let server = Server::script([Reply::json(200, image(HASH))]);
    let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let client = client(
        &server,
        doing(move |mut request, next| {
            let value = HeaderValue::from_static(context);
            request.headers_mut().insert("traceparent", value);
            next.run(request)
        }),
    );
    client
        .source_images("acme")
        .unwrap()
        .get(HASH)
        .await
        .unwrap();
    let request = server.only_request();
    assert_eq!(request.lines("traceparent"), [context]);
    assert_eq!(request.header("api-key"), Some(KEY));
}

#[tokio::test]
async fn the_first_is_the_outermost() {
    let server = Server::script([Reply::json(200, image(HASH))]);
    let add = |name: &'static str| {
        doing(move |mut request, next| {
            let value = HeaderValue::from_static(name);
            request.headers_mut().append("x-way", value);
            Box::pin(async move {
                let mut response = next.run(request).await?;
                let value = HeaderValue::from_static(name);
                response.headers_mut().append("x-way", value);
                Ok(response)
            })
        })
    };
    let settings = server.builder().middleware(add("a")).middleware(add("b"));
    let client = settings.build().unwrap();
    let response = client.request(http::Method::GET, "/x").await.unwrap();
    assert_eq!(server.only_request().lines("x-way"), ["a", "b"]);
    let back: Vec<_> = response.headers.get_all("x-way").iter().collect();
    assert_eq!(back, ["b", "a"]);
}

/// Responds from memory to what it has sent before.
#[derive(Default)]
struct Cache(Mutex<HashMap<Url, Vec<u8>>>);

impl Middleware for Cache {
    fn handle<'a>(&'a self, mut request: Request, next: Next<'a>) -> MiddlewareFuture<'a> {
        Box::pin(async move {
            let url = request.url().clone();
            let known = self.0.lock().unwrap().get(&url).cloned();
            let body = match known {
                Some(body) => body,
                None => {
                    let identity = HeaderValue::from_static("identity");
                    request.headers_mut().insert(ACCEPT_ENCODING, identity);
                    let response = next.run(request).await?.error_for_status()?;
                    let body = response.bytes().await?.to_vec();
                    self.0.lock().unwrap().insert(url, body.clone());
                    body
                }
            };
            let response = http::Response::builder().header("content-type", "application/json");
            Ok(Response::from(response.body(body)?))
        })
    }
}

#[tokio::test]
async fn can_respond_from_a_cache() {
    let server = Server::script([Reply::json(200, image(HASH)).keep_alive()]);
    let client = client(&server, Cache::default());
    let images = client.source_images("acme").unwrap();
    for _ in 0..3 {
        assert_eq!(images.get(HASH).await.unwrap().hash, HASH);
    }
    assert_eq!(server.requests().len(), 1);
    images.get(OTHER).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn what_it_responds_is_treated_like_a_response() {
    let server = Server::script([Reply::json(200, image(HASH))]);
    let respond = |status: u16, body: &'static str| {
        doing(move |_, _| {
            let response = http::Response::builder().status(status).body(body).unwrap();
            Box::pin(async move { Ok(Response::from(response)) })
        })
    };
    let get = async |client: Client| client.source_images("acme").unwrap().get(HASH).await;

    let error = get(client(
        &server,
        respond(404, r#"{"error":{"message":"gone"}}"#),
    ))
    .await
    .unwrap_err();
    assert!(error.is_not_found());
    assert_eq!((&*error.message(), error.attempts()), ("gone", 0));
    let error = get(client(&server, respond(200, "<html>")))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);

    // A redirect is relative to the URL that the request had.
    let redirected = client(
        &server,
        doing(|request, next| {
            if !request.url().path().ends_with(HASH) {
                return next.run(request);
            }
            let response = http::Response::builder().status(302);
            let response = response.header("location", "/moved").body("").unwrap();
            Box::pin(async move { Ok(Response::from(response)) })
        }),
    );
    get(redirected).await.unwrap();
    assert_eq!(server.only_request().target, "/moved");
}

#[tokio::test]
async fn that_fails_ends_the_call_with_its_error() {
    #[derive(Debug)]
    struct Full;
    impl std::fmt::Display for Full {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("the queue is full")
        }
    }
    impl std::error::Error for Full {}

    let server = Server::script([Reply::json(200, image(HASH))]);
    let failing = client(&server, doing(|_, _| Box::pin(async { Err(Full.into()) })));
    let images = failing.source_images("acme").unwrap();
    let error = images.get(HASH).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Middleware);
    assert_eq!(
        format!("{error:#}"),
        "getSourceImage: a middleware failed: the queue is full"
    );
    assert!(std::error::Error::source(&error).unwrap().is::<Full>());
    assert_eq!((error.attempts(), error.is_retryable()), (0, false));
    assert!(server.requests().is_empty());

    // After the response, too: the request was sent once, and is not sent again.
    let failing = client(
        &server,
        doing(|request, next| {
            Box::pin(async move {
                next.run(request).await?;
                Err(Full.into())
            })
        }),
    );
    let images = failing.source_images("acme").unwrap();
    let error = images.get(HASH).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Middleware, 1));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn failures_behind_it_are_what_they_were() {
    // A connection that breaks is retried.
    let server = Server::script([Reply::dropped(), Reply::json(200, image(HASH))]);
    let recorder = Arc::new(Recorder::default());
    let retrying = client(&server, recorder.clone());
    let images = retrying.source_images("acme").unwrap();
    images.get(HASH).await.unwrap();
    assert_eq!(recorder.take().len(), 2);

    let (_socket, address) = nobody();
    let settings = builder(format!("http://{address}")).middleware(recorder.clone());
    let client_of_nobody = settings.build().unwrap();
    let images = client_of_nobody.source_images("acme").unwrap();
    let error = images
        .get(HASH)
        .retry(
            rokka::Retry::new()
                .max_attempts(2)
                .initial_backoff(Duration::ZERO),
        )
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 2));

    // The limits of a call go on in it.
    let slow = client(
        &server,
        doing(|_, _| Box::pin(std::future::pending::<Result<Response, _>>())),
    );
    let images = slow.source_images("acme").unwrap();
    let error = images
        .get(HASH)
        .deadline(Duration::from_millis(20))
        .await
        .unwrap_err();
    assert!(error.is_timeout(), "{error:#}");
    assert_eq!(error.attempts(), 0);
}

#[tokio::test]
async fn cannot_send_the_key_elsewhere() {
    let elsewhere = Server::script([Reply::json(200, image(HASH))]);
    let server = Server::script([Reply::json(200, image(OTHER))]);
    let target: Url = elsewhere.url().parse().unwrap();
    let leading = client(
        &server,
        doing(move |mut request, next| {
            let mut url = target.clone();
            url.set_path(request.url().path());
            *request.url_mut() = url;
            request.headers_mut().remove(HOST);
            next.run(request)
        }),
    );
    let images = leading.source_images("acme").unwrap();
    let image = images.get(HASH).header("x-own", "yes").await.unwrap();
    assert_eq!(image.hash, HASH);
    let request = elsewhere.only_request();
    assert_eq!(request.header("api-key"), None);
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.header("x-own"), Some("yes"));
    assert!(server.requests().is_empty());
}
