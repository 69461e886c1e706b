//! How requests travel: redirects, retries and time limits.

use std::future::{Future, IntoFuture};
use std::path::PathBuf;
use std::pin::Pin;
use std::time::{Duration, Instant};

use crate::support::{
    HASH, KEY, Pace, RecordedRequest, Reply, Server, bare, builder, find, image, nobody, stored,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use http::Method;
use rokka::{Client, Error, ErrorKind, Result, Retry, Source};
use serde_json::json;

/// Long enough for whatever happens at once, on however busy a machine; what should end but does not takes longer.
const SOON: Duration = Duration::from_secs(20);

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Bytes in which a piece that is missing or doubled shows.
fn picture(length: usize) -> Vec<u8> {
    let pattern: Vec<u8> = (0..=250).chain(1..=200).collect();
    let mut bytes = pattern.repeat(length / pattern.len() + 1);
    bytes.truncate(length);
    bytes
}

/// A file with bytes in it, for as long as it is held.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let scratch = Self::none(name);
        std::fs::write(&scratch.0, bytes).unwrap();
        scratch
    }

    /// A name in a directory of its own, without a file.
    fn none(name: &str) -> Self {
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        Self(directory.join("cat.jpg"))
    }

    fn left_behind(&self) -> Vec<String> {
        let directory = std::fs::read_dir(self.0.parent().unwrap()).unwrap();
        directory
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(self.0.parent().unwrap()).ok();
    }
}

/// A stream of the bytes, in pieces.
fn pieces(
    bytes: &[u8],
) -> impl futures_util::Stream<Item = std::io::Result<Vec<u8>>> + Send + 'static {
    let pieces: Vec<_> = bytes
        .chunks(7_000)
        .map(|piece| Ok(piece.to_vec()))
        .collect();
    stream::iter(pieces)
}

type Outcome<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// The same call by every way that a request can take.
fn every_way<'a>(client: &'a Client, file: &'a Scratch) -> Vec<(&'static str, Outcome<'a>)> {
    let images = client.source_images("acme").unwrap();
    let bytes = std::fs::read(&file.0).unwrap();
    let again = images.clone();
    vec![
        (
            "generated GET",
            Box::pin(again.get(HASH).into_future().map_ok_drop()),
        ),
        (
            "generated POST",
            Box::pin(images.restore(HASH).into_future().map_ok_drop()),
        ),
        (
            "generated PUT",
            Box::pin(images.set_protected(HASH, true).into_future().map_ok_drop()),
        ),
        (
            "any GET",
            Box::pin(
                client
                    .request(Method::GET, "/x?y=z")
                    .into_future()
                    .map_ok_drop(),
            ),
        ),
        (
            "any POST",
            Box::pin(
                client
                    .request(Method::POST, "/x")
                    .json(&json!({"a": 1}))
                    .into_future()
                    .map_ok_drop(),
            ),
        ),
        (
            "upload of bytes",
            Box::pin(
                images
                    .upload(Source::bytes("cat.jpg", bytes))
                    .into_future()
                    .map_ok_drop(),
            ),
        ),
        (
            "upload of a file",
            Box::pin(
                images
                    .upload(Source::path(&file.0))
                    .into_future()
                    .map_ok_drop(),
            ),
        ),
        (
            "download",
            Box::pin(images.download(HASH).bytes().into_future().map_ok_drop()),
        ),
    ]
}

trait MapOkDrop<T>: Future<Output = Result<T>> + Sized {
    async fn map_ok_drop(self) -> Result<()> {
        self.await.map(drop)
    }
}

impl<T, F: Future<Output = Result<T>>> MapOkDrop<T> for F {}

/// What every call of [`every_way`] takes for success.
fn fine(request: &RecordedRequest) -> Reply {
    match (request.method.as_str(), request.target.as_str()) {
        ("POST", "/sourceimages/acme" | "/moved")
            if request
                .header("content-type")
                .is_some_and(|kind| kind.starts_with("multipart")) =>
        {
            stored()
        }
        (_, target) if target.ends_with("/download") => Reply::new(200, "image/jpeg", "bytes"),
        _ => Reply::json(200, image(HASH)),
    }
}

mod redirects {
    use super::*;

    #[tokio::test]
    async fn on_the_same_origin_are_followed_with_the_key() {
        for status in [301, 302, 303, 307, 308] {
            for relative in [true, false] {
                let server = Server::start(move |number, request| match number {
                    0 if relative => Reply::to(status, "/moved?to=here"),
                    0 => Reply::to(
                        status,
                        &format!("http://{}/moved?to=here", request.header("host").unwrap()),
                    ),
                    _ => Reply::json(200, image(HASH)),
                });
                server
                    .images()
                    .get(HASH)
                    .header("x-own", "yes")
                    .await
                    .unwrap();
                let requests = server.requests();
                assert_eq!(requests.len(), 2, "{status}");
                assert_eq!(
                    (requests[1].method.as_str(), requests[1].target.as_str()),
                    ("GET", "/moved?to=here")
                );
                assert_eq!(requests[1].lines("api-key"), [KEY]);
                assert_eq!(requests[1].lines("api-version"), ["1"]);
                assert_eq!(requests[1].lines("x-own"), ["yes"]);
            }
        }
    }

    #[tokio::test]
    async fn to_another_origin_are_not_followed() {
        let other = Server::start(|_, request| fine(request));
        let file = Scratch::new("other-origin", b"cat");
        for status in [301, 302, 303, 307, 308] {
            for place in [
                format!("http://{}/sourceimages/acme", other.address()),
                format!("//{}/x", other.address()),
                format!("https://{}/x", other.address()),
                format!("http://localhost:{}/x", other.address().port()),
            ] {
                let location = place.clone();
                let server = Server::start(move |_, _| Reply::to(status, &location));
                for (way, outcome) in every_way(&server.client(), &file) {
                    let error = outcome.await.unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Status, "{way}: {error}");
                    assert_eq!(error.status().unwrap(), status, "{way}");
                    assert_eq!(error.attempts(), 1, "{way}");
                    assert!(!error.is_retryable(), "{way}");
                    assert_eq!(error.headers().unwrap()["location"], place, "{way}");
                    let origin = place
                        .strip_suffix("/x")
                        .or(place.strip_suffix("/sourceimages/acme"))
                        .unwrap();
                    let says = format!(
                        "not to {}",
                        origin
                            .replace("//1", "http://1")
                            .replace("http:http:", "http:")
                            .replace("https:http:", "https:")
                    );
                    assert!(
                        error.to_string().contains(&says),
                        "{way}: {error} does not say {says}"
                    );
                }
            }
        }
        assert_eq!(other.connections(), 0);
    }

    #[tokio::test]
    async fn a_token_does_not_travel_either() {
        let other = Server::start(|_, request| fine(request));
        let place = format!("{}/x", other.url());
        let server = Server::start(move |_, _| Reply::to(302, &place));
        let client = bare()
            .api_host(server.url())
            .token("a.b.c")
            .http(|http| {
                http.no_proxy()
                    .redirect(reqwest::redirect::Policy::limited(5))
            })
            .build()
            .unwrap();
        let error = client.request(Method::GET, "/x").await.unwrap_err();
        assert_eq!(error.status().unwrap(), 302);
        assert_eq!(other.connections(), 0);
    }

    #[tokio::test]
    async fn that_lead_nowhere_are_responses() {
        for place in [
            "http://",
            "http://[",
            "http://a:99999/",
            "mailto:me",
            "ftp://127.0.0.1/",
            "data:,x",
            "javascript:x",
            "http:///",
            "//",
            "https://",
            "\\\\other\\x",
            "http://127.0.0.1:0/",
        ] {
            let server = Server::start(move |_, _| Reply::to(302, place));
            let error = server.images().get(HASH).await.unwrap_err();
            assert_eq!(error.status().unwrap(), 302, "{place}: {error}");
            assert_eq!(error.operation(), Some("getSourceImage"));
            assert_eq!(server.connections(), 1, "{place}");
        }
        for headers in [
            vec![],
            vec![("location", "\u{1f431}\u{0}")],
            vec![("location", "a"), ("location", "b")],
        ] {
            let mut reply = Reply::json(301, json!({"message": "moved"}));
            for (name, value) in headers {
                reply = reply.header(name, &value.replace('\0', "\u{fffd}"));
            }
            let server = Server::start(move |number, _| {
                if number < 30 {
                    reply.clone()
                } else {
                    Reply::hang()
                }
            });
            let error = server.images().get(HASH).await.unwrap_err();
            assert_eq!(error.status().unwrap(), 301);
            assert_eq!(error.message(), "moved");
        }
    }

    #[tokio::test]
    async fn in_a_circle_end() {
        let server = Server::start(|_, request| match request.target.as_str() {
            "/a" => Reply::to(302, "/b"),
            _ => Reply::to(307, "/a"),
        });
        let error = server
            .client()
            .request(Method::GET, "/a")
            .await
            .unwrap_err();
        assert_eq!(error.status().unwrap(), 302);
        assert_eq!(error.attempts(), 11);
        assert!(!error.is_retryable());
        assert!(
            error.to_string().contains("more than 10 redirects"),
            "{error}"
        );
        assert_eq!(server.connections(), 11);
    }

    #[tokio::test]
    async fn keep_the_method_and_the_body_or_are_not_followed() {
        for status in [301, 302, 303, 307, 308] {
            let server = Server::start(move |_, request| match request.target.as_str() {
                "/moved" => fine(request),
                _ => Reply::to(status, "/moved"),
            });
            let client = server.client();
            for method in [Method::PUT, Method::DELETE, Method::POST] {
                let before = server.connections();
                let call = client.request(method.clone(), "/x").json(&json!({"a": 1}));
                let outcome = call.await;
                // These would turn the request into a GET, whose response says nothing about what was asked for.
                if status == 303 || method == Method::POST && status < 303 {
                    let error = outcome.unwrap_err();
                    assert_eq!(error.status().unwrap(), status, "{method}");
                    assert!(error.to_string().contains("would turn"), "{error}");
                    assert_eq!(server.connections(), before + 1, "{method} {status}");
                } else {
                    outcome.unwrap();
                    let last = server.requests().pop().unwrap();
                    assert_eq!(last.method, method.as_str(), "{status}");
                    assert_eq!(last.target, "/moved");
                    assert_eq!(last.header("content-type"), Some("application/json"));
                    assert_eq!(last.body, br#"{"a":1}"#);
                }
            }
        }
    }

    #[tokio::test]
    async fn an_upload_is_sent_whole_to_its_new_place() {
        let bytes = picture(300_000);
        let file = Scratch::new("redirected", &bytes);
        for status in [307, 308] {
            for source in [
                Source::path(&file.0),
                Source::bytes("cat.jpg", bytes.clone()),
            ] {
                let server = Server::start(move |number, request| match number {
                    0 => Reply::to(status, "/moved"),
                    _ => fine(request),
                });
                let image = server
                    .images()
                    .upload(source)
                    .protected(true)
                    .await
                    .unwrap();
                assert_eq!(image.hash, HASH);
                let requests = server.requests();
                assert_eq!(requests.len(), 2);
                for (request, target) in requests.iter().zip(["/sourceimages/acme", "/moved"]) {
                    assert_eq!(
                        (request.method.as_str(), request.target.as_str()),
                        ("POST", target)
                    );
                    assert_eq!(request.lines("api-key"), [KEY]);
                    assert!(request.file() == bytes);
                    assert_eq!(request.parts().len(), 2);
                }
            }
        }
    }

    #[tokio::test]
    async fn an_upload_is_not_mistaken_for_a_listing() {
        // Followed as browsers do, this is the first page of all images, and looks like what an upload replies.
        let server = Server::start(|_, request| match request.method.as_str() {
            "POST" => Reply::to(302, "/sourceimages/acme"),
            _ => stored(),
        });
        let error = server
            .images()
            .upload(Source::bytes("cat.jpg", "cat"))
            .await
            .unwrap_err();
        assert_eq!(error.status().unwrap(), 302);
        assert_eq!(server.connections(), 1);
    }

    #[tokio::test]
    async fn a_stream_is_not_sent_to_another_place() {
        let server = Server::start(|_, _| Reply::to(307, "/moved"));
        let error = server
            .images()
            .upload(Source::stream("cat.jpg", pieces(b"cat")))
            .await
            .unwrap_err();
        assert_eq!(error.status().unwrap(), 307);
        assert_eq!(error.attempts(), 1);
        assert!(
            error.to_string().contains("can be sent only once"),
            "{error}"
        );
        assert_eq!(server.connections(), 1);
    }

    #[tokio::test]
    async fn a_failure_at_the_new_place_is_tried_again() {
        let server = Server::start(|number, request| match number {
            0 => Reply::to(307, "/moved"),
            1 => Reply::empty(503),
            _ => fine(request),
        });
        server.client().request(Method::GET, "/x").await.unwrap();
        let targets: Vec<_> = server
            .requests()
            .into_iter()
            .map(|request| request.target)
            .collect();
        assert_eq!(targets, ["/x", "/moved", "/moved"]);
    }

    #[tokio::test]
    async fn do_not_say_who_calls() {
        let server = Server::start(|number, request| match number {
            0 => {
                let host = request.header("host").unwrap();
                Reply::to(307, &format!("http://me:secret@{host}/moved"))
            }
            _ => Reply::json(200, "{}"),
        });
        server.client().request(Method::GET, "/x").await.unwrap();
        let moved = server.requests().remove(1);
        assert_eq!(moved.target, "/moved");
        assert_eq!(moved.lines("api-key"), [KEY]);
        assert!(moved.lines("authorization").is_empty());
        assert!(!moved.text().contains("secret"), "{}", moved.text());
    }

    fn album() -> Reply {
        Reply::json(200, json!({"items": [], "total": 0}))
    }

    #[tokio::test]
    async fn of_a_render_host_stay_there() {
        let renders = Server::start(|_, request| match request.target.as_str() {
            "/moved" => album(),
            _ => Reply::to(302, "/moved"),
        });
        let api = Server::start(|_, _| album());
        let client = api.builder().render_host(renders.url()).build().unwrap();
        client.album("acme", "cats").await.unwrap();
        let requests = renders.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[1].target, "/moved");
        for request in requests {
            assert!(!request.text().contains(KEY), "{}", request.text());
        }
        assert_eq!(api.connections(), 0);
    }

    #[tokio::test]
    async fn of_a_render_host_do_not_lead_to_the_api() {
        let api = Server::start(|_, _| album());
        let place = format!("{}/user", api.url());
        let renders = Server::start(move |_, _| Reply::to(307, &place));
        let client = api.builder().render_host(renders.url()).build().unwrap();
        let error = client.album("acme", "cats").await.unwrap_err();
        assert_eq!(error.status().unwrap(), 307);
        assert!(error.to_string().contains("same origin only"), "{error}");
        assert_eq!(renders.connections(), 1);
        assert_eq!(api.connections(), 0);
    }

    #[tokio::test]
    async fn not_modified_is_no_redirect() {
        let server = Server::script([Reply::to(304, "/moved")]);
        let call = server
            .client()
            .request(Method::GET, "/x")
            .header("if-none-match", "\"a\"");
        let error = call.await.unwrap_err();
        assert_eq!(error.status().unwrap(), 304);
        assert_eq!(error.to_string(), "GET /x: 304: Not Modified");
    }
}

mod retries {
    use super::*;

    #[tokio::test]
    async fn what_passes_is_tried_again_with_the_same_request() {
        let file = Scratch::new("tried-again", &picture(150_000));
        for status in [429, 502, 503, 504] {
            for way in 0.. {
                let server = Server::start(move |number, request| match number {
                    0 => Reply::json(status, "{}"),
                    1 => Reply::new(status, "text/html", "<html>busy</html>"),
                    _ => fine(request),
                });
                let client = server.client();
                let mut ways = every_way(&client, &file);
                if way == ways.len() {
                    break;
                }
                let (way, outcome) = ways.swap_remove(way);
                let outcome = outcome.await;
                let requests = server.requests();
                // What a gateway says does not tell whether the service has done it.
                if way == "any POST" && matches!(status, 502 | 504) {
                    let error = outcome.unwrap_err();
                    assert_eq!(error.status().unwrap(), status);
                    assert_eq!((error.attempts(), requests.len()), (1, 1));
                    continue;
                }
                outcome.unwrap_or_else(|error| panic!("{way}: {error:?}"));
                assert_eq!(requests.len(), 3, "{way} {status}");
                for again in &requests[1..] {
                    assert_eq!(again.method, requests[0].method, "{way}");
                    assert_eq!(again.target, requests[0].target, "{way}");
                    assert_eq!(again.lines("api-key"), [KEY], "{way}");
                    assert_eq!(again.lines("api-version"), ["1"], "{way}");
                    assert_eq!(
                        again.header("content-length"),
                        requests[0].header("content-length"),
                        "{way}"
                    );
                    if way.starts_with("upload") {
                        assert_eq!(again.parts(), requests[0].parts(), "{way}");
                        assert!(again.file() == picture(150_000), "{way}");
                    } else {
                        assert_eq!(again.body, requests[0].body, "{way}");
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn what_does_not_pass_is_not_tried_again() {
        let file = Scratch::new("not-again", b"cat");
        for status in [400, 401, 403, 404, 405, 409, 412, 413, 422, 500, 501, 505] {
            let server =
                Server::start(move |_, _| Reply::json(status, "{}").header("retry-after", "0"));
            for (number, (way, outcome)) in
                every_way(&server.client(), &file).into_iter().enumerate()
            {
                let error = outcome.await.unwrap_err();
                assert_eq!(error.status().unwrap(), status, "{way}");
                assert_eq!(error.attempts(), 1, "{way} {status}");
                assert!(!error.is_retryable(), "{way} {status}");
                assert_eq!(server.connections(), number + 1, "{way} {status}");
            }
        }
    }

    #[tokio::test]
    async fn attempts_are_limited() {
        let server = Server::script([Reply::empty(502)]);
        let images = server.images();
        for (attempts, retry) in [
            (
                10,
                Retry::new()
                    .initial_backoff(millis(1))
                    .max_backoff(millis(1)),
            ),
            (3, Retry::new().initial_backoff(millis(1)).max_attempts(3)),
            (1, Retry::never()),
        ] {
            let before = server.connections();
            let error = images.get(HASH).retry(retry).await.unwrap_err();
            assert_eq!(server.connections() - before, attempts);
            assert_eq!(error.attempts() as usize, attempts);
            assert!(error.is_retryable());
            assert_eq!(error.status().unwrap(), 502);
            let after = if attempts == 1 {
                String::new()
            } else {
                format!(" (after {attempts} attempts)")
            };
            assert_eq!(
                error.to_string(),
                format!("getSourceImage: 502: Bad Gateway{after}")
            );
        }
    }

    #[tokio::test]
    async fn a_call_may_differ_from_its_client() {
        let server = Server::script([Reply::empty(502)]);
        let client = server.builder().retry(Retry::never()).build().unwrap();
        let call = client.request(Method::GET, "/x");
        assert_eq!(call.await.unwrap_err().attempts(), 1);
        let call = client
            .request(Method::GET, "/x")
            .retry(Retry::new().max_attempts(2).initial_backoff(millis(1)));
        assert_eq!(call.await.unwrap_err().attempts(), 2);
        let call = client.request(Method::GET, "/x");
        assert_eq!(call.await.unwrap_err().attempts(), 1);
        assert_eq!(server.connections(), 4);
    }

    #[tokio::test]
    async fn every_failure_counts_as_a_try() {
        let server = Server::script([
            Reply::empty(503),
            Reply::dropped(),
            Reply::json(200, image(HASH)).cut(20),
            Reply::json(404, json!({"code": 404, "message": "gone"})),
        ]);
        let error = server.images().get(HASH).await.unwrap_err();
        assert_eq!(error.attempts(), 4);
        assert_eq!(
            error.to_string(),
            "getSourceImage: 404: gone (after 4 attempts)"
        );
        assert_eq!(server.connections(), 4);
    }

    #[tokio::test]
    async fn some_responses_rule_a_retry_out() {
        for (status, body) in [
            (
                429,
                json!({"code": 429, "message": "too many wrong codes", "error": "totp_rate_limited"}),
            ),
            (
                503,
                json!({"status": "cloudfront invalidation failed", "message": "no", "attempted_paths": ["/a*"]}),
            ),
        ] {
            let server =
                Server::start(move |_, _| Reply::json(status, &body).header("retry-after", "0"));
            let error = server
                .client()
                .request(Method::DELETE, "/x")
                .await
                .unwrap_err();
            assert_eq!(error.attempts(), 1, "{error}");
            assert!(!error.is_retryable(), "{error}");
            assert_eq!(server.connections(), 1);
        }
    }

    /// Waits of its own would take hours; what the service asks for is what counts.
    fn patient() -> Retry {
        Retry::new()
            .initial_backoff(Duration::from_secs(1_000_000))
            .max_backoff(Duration::from_secs(1_000_000))
            .max_elapsed(Duration::from_secs(2_000_000))
    }

    #[tokio::test]
    async fn the_service_says_when() {
        for (name, value) in [
            ("retry-after", "0"),
            ("Retry-After", " 0 "),
            ("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"),
            ("retry-after", "Wednesday, 21-Oct-15 07:28:00 GMT"),
            ("retry-after", "Wed Oct 21 07:28:00 2015"),
            ("x-ratelimit-retry-after", "1575936000"),
            ("X-RateLimit-Retry-After", "0"),
        ] {
            for status in [429, 503] {
                let server = Server::script([
                    Reply::json(status, "{}").header(name, value),
                    Reply::json(200, image(HASH)),
                ]);
                let call = server.images().get(HASH).retry(patient());
                let image = tokio::time::timeout(SOON, call.into_future()).await;
                image
                    .unwrap_or_else(|_| panic!("{name}: {value} is not heeded"))
                    .unwrap();
                assert_eq!(server.connections(), 2);
            }
        }
    }

    /// Backs off for longer than it may.
    fn hasty() -> Retry {
        let hour = Duration::from_secs(3600);
        Retry::new()
            .initial_backoff(hour)
            .max_backoff(hour)
            .max_elapsed(hour / 3)
    }

    #[tokio::test]
    async fn a_wait_of_zero_is_one_retry_at_once() {
        for (name, value) in [
            ("retry-after", "0"),
            ("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"),
            ("x-ratelimit-retry-after", "1575936000"),
        ] {
            for status in [429, 503] {
                let server = Server::script([Reply::json(status, "{}").header(name, value)]);
                let call = server.images().get(HASH).retry(hasty());
                let error = call.await.unwrap_err();
                assert_eq!(error.status().unwrap(), status);
                assert_eq!((error.attempts(), server.connections()), (2, 2), "{value}");
            }
        }
    }

    #[tokio::test]
    async fn waits_of_zero_are_followed_by_growing_ones() {
        let server = Server::script([Reply::json(429, "{}").header("retry-after", "0")]);
        let retry = Retry::new().max_attempts(5).initial_backoff(millis(40));
        let started = Instant::now();
        let error = server.images().get(HASH).retry(retry).await.unwrap_err();
        assert_eq!(error.attempts(), 5);
        // At least half of 80, 160 and 320.
        assert!(started.elapsed() >= millis(280), "{:?}", started.elapsed());
    }

    #[tokio::test]
    async fn a_huge_wait_is_waited_for() {
        for value in ["9223372036854775807", "99999999999999999999999"] {
            let server = Server::script([
                Reply::json(429, "{}").header("retry-after", value),
                Reply::hang(),
            ]);
            let retry = Retry::new().max_elapsed(Duration::MAX);
            let mut call = server.images().get(HASH).retry(retry).into_future();
            let mut waits = false;
            // The request, and then the wait; there is no second request for a while that is long for one.
            while !waits {
                assert!(
                    tokio::time::timeout(millis(20), &mut call).await.is_err(),
                    "{value}"
                );
                waits = !server.requests().is_empty();
            }
            drop(call);
            assert_eq!(server.connections(), 1, "{value}");
        }
    }

    /// Deletes images side by side.
    fn deletions(server: &Server, number: usize, retry: Retry) -> rokka::BulkCall<()> {
        let hashes: Vec<_> = (0..number).map(|number| format!("{number:040}")).collect();
        let bulk = server.images().bulk();
        bulk.delete(hashes).concurrency(8).retry(retry)
    }

    #[tokio::test]
    async fn many_calls_that_are_told_to_wait_for_nothing_wait_together() {
        let times = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let server = Server::start({
            let times = times.clone();
            move |_, _| {
                times.lock().unwrap().push(Instant::now());
                Reply::json(429, "{}").header("retry-after", "0")
            }
        });
        let wait = millis(40);
        let retry = Retry::new()
            .max_attempts(2)
            .initial_backoff(wait)
            .max_backoff(wait);
        let items: Vec<_> = deletions(&server, 50, retry).collect().await;
        assert_eq!(items.len(), 50);
        for item in items {
            assert!(item.result.unwrap_err().is_rate_limited());
        }
        // Eight, the same again at once, and then at most eight after every wait, which is at least half of the limit and
        // begins with a refusal.
        let times = times.lock().unwrap();
        assert_eq!(times.len(), 100);
        for (number, time) in times.iter().enumerate() {
            let waits = u32::try_from(number / 8).unwrap().saturating_sub(1);
            let since = time.duration_since(times[0]);
            assert!(since >= waits * millis(19), "{number}: {since:?}");
        }
    }

    #[tokio::test]
    async fn many_calls_end_when_the_service_asks_for_more_than_they_may_wait() {
        let server = Server::script([Reply::json(429, "{}").header("retry-after", "3600")]);
        let items: Vec<_> = deletions(&server, 50, Retry::new()).collect().await;
        assert_eq!(items.len(), 50);
        let mut sent = 0;
        for item in items {
            let error = item.result.unwrap_err();
            assert!(error.is_rate_limited(), "{error}");
            assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
            assert_eq!(error.operation(), Some("deleteSourceImage"));
            sent += error.attempts() as usize;
            let told = error
                .to_string()
                .contains("the service told other calls to wait");
            assert_eq!(told, error.attempts() == 0, "{error}");
        }
        assert_eq!(sent, server.connections());
        assert!(sent <= 8, "{sent} requests");
    }

    #[tokio::test]
    async fn many_calls_wait_together_for_a_time_that_no_clock_reaches() {
        let server =
            Server::script([Reply::json(429, "{}").header("retry-after", "9223372036854775807")]);
        let retry = Retry::new().max_elapsed(Duration::MAX);
        let mut items = deletions(&server, 50, retry);
        let mut refused = false;
        while !refused {
            assert!(
                tokio::time::timeout(millis(50), items.next())
                    .await
                    .is_err()
            );
            refused = server.connections() >= 8;
        }
        // Whatever is not sent by now waits for the gate, which has no timer that could open it.
        assert!(
            tokio::time::timeout(millis(50), items.next())
                .await
                .is_err()
        );
        assert_eq!(server.connections(), 8);
    }

    #[tokio::test]
    async fn a_failure_that_drips_does_not_delay_the_retry() {
        for reply in [
            Reply::json(503, "x".repeat(1000)).dribble(1, millis(100)),
            Reply::json(503, "x".repeat(1000)).endless(),
        ] {
            let server = Server::script([reply, Reply::json(200, image(HASH))]);
            let call = server.images().get(HASH);
            let outcome = tokio::time::timeout(SOON, call.into_future()).await;
            outcome.expect("it waits for the body").unwrap();
            assert_eq!(server.connections(), 2);
        }
    }

    #[tokio::test]
    async fn a_408_that_closes_the_connection_is_a_broken_one() {
        let file = Scratch::new("408", &picture(100_000));
        for way in 0.. {
            let server = Server::start(|number, request| match number {
                0 => Reply::empty(408),
                _ => fine(request),
            });
            let client = server.client();
            let mut ways = every_way(&client, &file);
            if way == ways.len() {
                break;
            }
            let (way, outcome) = ways.swap_remove(way);
            outcome
                .await
                .unwrap_or_else(|error| panic!("{way}: {error:?}"));
            assert_eq!(server.connections(), 2, "{way}");
        }
        // It is final in the end, and may be worth another call.
        let server = Server::script([Reply::empty(408)]);
        let call = server.client().request(Method::POST, "/x");
        let error = call.retry(Retry::new().max_attempts(2)).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 408);
        assert_eq!((error.attempts(), server.connections()), (2, 2));
        assert!(error.is_retryable());
    }

    /// Answers one connection after the other with texts of this list: as many requests as there are texts.
    async fn raw(connections: Vec<Vec<&'static str>>) -> (Client, tokio::task::JoinHandle<usize>) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = builder(format!("http://{}", listener.local_addr().unwrap()));
        let requests = tokio::spawn(async move {
            let mut requests = 0;
            for texts in connections {
                let (mut stream, _) = listener.accept().await.unwrap();
                for text in texts {
                    let mut head = Vec::new();
                    while find(&head, b"\r\n\r\n").is_none() {
                        let read = stream.read_buf(&mut head).await.unwrap();
                        assert_ne!(read, 0, "the connection ends");
                    }
                    requests += 1;
                    stream.write_all(text.as_bytes()).await.unwrap();
                }
            }
            requests
        });
        (client.build().unwrap(), requests)
    }

    #[tokio::test]
    async fn a_408_left_on_a_kept_connection_is_no_response() {
        const KEPT: &str = "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n";
        const FINE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        const LEFT: &str =
            "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nConnection: Close\r\n\r\n";
        for method in [Method::GET, Method::POST] {
            let (client, requests) = raw(vec![vec![FINE, LEFT], vec![FINE]]).await;
            client.request(Method::GET, "/x").await.unwrap();
            client.request(method.clone(), "/y").await.unwrap();
            assert_eq!(requests.await.unwrap(), 3, "{method}");
        }
        // One that leaves the connection open is something else, of which nobody knows what was done.
        let (client, requests) = raw(vec![vec![KEPT]]).await;
        let error = client.request(Method::POST, "/y").await.unwrap_err();
        assert_eq!(
            (error.status().unwrap().as_u16(), error.attempts()),
            (408, 1)
        );
        assert_eq!(requests.await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_continued_download_counts_every_request() {
        let server = Server::start(|number, request| {
            if number == 0 {
                return Reply::new(200, "image/jpeg", "0123456789")
                    .header("etag", "\"a\"")
                    .cut(4);
            }
            assert_eq!(request.header("range"), Some("bytes=4-"));
            Reply::new(206, "image/jpeg", "456789")
                .header("etag", "\"a\"")
                .header("content-range", "bytes 4-9/10")
                .cut(0)
        });
        let retry = Retry::new().max_attempts(4).initial_backoff(millis(1));
        let download = server.images().download(HASH).bytes().retry(retry);
        let error = download.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        assert_eq!(error.attempts() as usize, server.connections(), "{error}");
        assert_eq!(error.attempts(), 4);
    }

    #[tokio::test]
    async fn a_standard_header_wins_over_the_other() {
        let reply = Reply::empty(429)
            .header("retry-after", "0")
            .header("x-ratelimit-retry-after", "99999999999");
        let server = Server::script([reply, Reply::json(200, image(HASH))]);
        server.images().get(HASH).await.unwrap();
        assert_eq!(server.connections(), 2);
    }

    #[tokio::test]
    async fn the_wait_is_as_long_as_asked_for() {
        let server = Server::script([
            Reply::empty(429).header("retry-after", "1"),
            Reply::json(200, image(HASH)),
        ]);
        let started = Instant::now();
        server.images().get(HASH).await.unwrap();
        assert!(started.elapsed() >= Duration::from_secs(1));
        assert_eq!(server.connections(), 2);
    }

    #[tokio::test]
    async fn a_wait_that_is_too_long_fails_at_once() {
        for (name, value, at_least, at_most) in [
            ("retry-after", "3600", 3600, 3600),
            (
                "retry-after",
                "9223372036854775807",
                i64::MAX.unsigned_abs(),
                i64::MAX.unsigned_abs(),
            ),
            ("retry-after", "18446744073709551615", u64::MAX, u64::MAX),
            ("retry-after", "99999999999999999999999", u64::MAX, u64::MAX),
            (
                "x-ratelimit-retry-after",
                "99999999999999999999999",
                1 << 62,
                1 << 63,
            ),
            (
                "retry-after",
                "Tue, 01 Jan 2999 00:00:00 GMT",
                20_000_000_000,
                40_000_000_000,
            ),
            (
                "x-ratelimit-retry-after",
                "32472144000",
                20_000_000_000,
                40_000_000_000,
            ),
        ] {
            let server = Server::script([Reply::json(429, "{}").header(name, value)]);
            let error = server.images().get(HASH).await.unwrap_err();
            assert!(error.is_rate_limited());
            assert!(error.is_retryable());
            assert_eq!(error.attempts(), 1, "{value}");
            let wait = error.retry_after().unwrap().as_secs();
            assert!((at_least..=at_most).contains(&wait), "{value}: {wait}");
            assert_eq!(server.connections(), 1);
        }
    }

    #[tokio::test]
    async fn what_is_no_time_is_not_heeded() {
        for (name, value) in [
            ("retry-after", "soon"),
            ("retry-after", ""),
            ("retry-after", "-1"),
            ("retry-after", "+1"),
            ("retry-after", "1.5"),
            ("x-ratelimit-retry-after", "2026-11-22"),
        ] {
            let server = Server::script([
                Reply::empty(429).header(name, value),
                Reply::json(200, image(HASH)),
            ]);
            server.images().get(HASH).await.unwrap();
            let server = Server::script([Reply::empty(429).header(name, value)]);
            let error = server
                .images()
                .get(HASH)
                .retry(Retry::never())
                .await
                .unwrap_err();
            assert_eq!(error.retry_after(), None, "{value}");
        }
    }

    #[tokio::test]
    async fn no_connection_means_that_nothing_was_sent() {
        let (_socket, address) = nobody();
        let client = builder(format!("http://{address}"))
            .retry(Retry::new().max_attempts(3).initial_backoff(millis(1)))
            .build()
            .unwrap();
        let file = Scratch::new("refused", b"cat");
        for (way, outcome) in every_way(&client, &file) {
            let error = outcome.await.unwrap_err();
            assert!(error.is_connect(), "{way}: {error}");
            assert_eq!(error.kind(), ErrorKind::Connect, "{way}");
            assert_eq!(error.attempts(), 3, "{way}");
            assert!(error.is_retryable(), "{way}");
            assert_eq!(error.status(), None, "{way}");
            let says = format!(
                "{}: no connection to the service (after 3 attempts)",
                error.operation().unwrap()
            );
            assert_eq!(error.to_string(), says, "{way}");
            assert!(format!("{error:#}").contains("refused"), "{way}: {error:#}");
        }
        let images = client.source_images("acme").unwrap();
        let error = images
            .upload(Source::stream("cat.jpg", pieces(b"cat")))
            .await
            .unwrap_err();
        assert!(error.is_connect());
        assert_eq!(error.attempts(), 1);
        assert!(
            error.to_string().contains("can be sent only once"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_post_that_found_nobody_is_sent_when_somebody_is_there() {
        /// Knows an address where nobody is, and from the second question on one where somebody is.
        struct Finds(std::sync::atomic::AtomicUsize, [std::net::SocketAddr; 2]);

        impl reqwest::dns::Resolve for Finds {
            fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
                let asked = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                let address = self.1[asked.min(1)];
                Box::pin(
                    async move { Ok(Box::new(std::iter::once(address)) as reqwest::dns::Addrs) },
                )
            }
        }

        let (_socket, address) = nobody();
        let server = Server::start(|_, request| fine(request));
        let finds = std::sync::Arc::new(Finds(0.into(), [address, server.address()]));
        let client = builder("http://rokka.test")
            .allow_http(true)
            .http(move |http| http.no_proxy().dns_resolver(finds))
            .build()
            .unwrap();
        client.request(Method::POST, "/x").json(&1).await.unwrap();
        assert_eq!(server.only_request().body, b"1");
    }

    #[tokio::test]
    async fn a_connection_that_broke_is_another_try_where_that_is_safe() {
        let file = Scratch::new("dropped", &picture(100_000));
        for way in 0.. {
            let server = Server::start(|number, request| match number {
                0 => Reply::dropped(),
                _ => fine(request),
            });
            let client = server.client();
            let mut ways = every_way(&client, &file);
            if way == ways.len() {
                break;
            }
            let (way, outcome) = ways.swap_remove(way);
            let outcome = outcome.await;
            if way == "any POST" {
                let error = outcome.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Interrupted);
                assert_eq!(error.to_string(), "POST /x: the connection broke");
                assert_eq!((error.attempts(), server.connections()), (1, 1));
                assert!(error.is_retryable());
            } else {
                outcome.unwrap_or_else(|error| panic!("{way}: {error:?}"));
                assert_eq!(server.connections(), 2, "{way}");
                let requests = server.requests();
                if way.starts_with("upload") {
                    assert_eq!(requests[0].parts(), requests[1].parts());
                } else {
                    assert_eq!(requests[0].body, requests[1].body);
                }
            }
        }
    }

    #[tokio::test]
    async fn a_post_is_repeated_when_that_is_known_to_be_safe() {
        let server = Server::script([
            Reply::dropped(),
            Reply::json(200, "1").cut(0),
            Reply::empty(204),
        ]);
        server
            .client()
            .request(Method::POST, "/x")
            .json(&1)
            .idempotent()
            .await
            .unwrap();
        assert_eq!(server.connections(), 3);

        for method in [Method::POST, Method::PATCH] {
            for reply in [Reply::dropped(), Reply::json(200, "[1]").cut(1)] {
                let server = Server::script([reply]);
                let error = server
                    .client()
                    .request(method.clone(), "/x")
                    .await
                    .unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Interrupted);
                assert_eq!((error.attempts(), server.connections()), (1, 1));
            }
        }
    }

    #[tokio::test]
    async fn a_generated_post_that_makes_something_is_not_repeated() {
        let server = Server::script([Reply::dropped()]);
        let api = server.client().api();
        let error: Error = api.create_user(&user()).await.unwrap_err().into();
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{error:?}");
        assert_eq!(server.connections(), 1);

        // Nothing was made here: the service refused it.
        let server = Server::script([Reply::empty(503)]);
        let error: Error = server
            .client()
            .api()
            .create_user(&user())
            .await
            .unwrap_err()
            .into();
        assert_eq!(error.attempts(), 10);
        assert_eq!(server.connections(), 10);
    }

    fn user() -> rokka::api::types::UserDefinition {
        serde_json::from_value(json!({"email": "me@example.com"})).unwrap()
    }

    #[tokio::test]
    async fn a_response_that_is_cut_is_requested_again() {
        let server = Server::script([
            Reply::json(200, image(HASH)).cut(0),
            Reply::json(200, image(HASH)).cut(100),
            Reply::json(200, image(HASH)),
        ]);
        assert_eq!(server.images().get(HASH).await.unwrap().hash, HASH);
        assert_eq!(server.connections(), 3);
    }

    #[tokio::test]
    async fn a_failure_whose_body_was_cut_is_that_failure() {
        for reply in [
            Reply::json(503, "{\"a\": 1}").cut(0),
            Reply::json(503, "{\"a\": 1}").cut(4),
        ] {
            let server = Server::script([reply, Reply::json(200, "{}")]);
            server.client().request(Method::POST, "/x").await.unwrap();
            assert_eq!(server.connections(), 2);
        }
    }

    #[tokio::test]
    async fn a_stream_is_sent_once_and_the_error_says_so() {
        for (reply, kind) in [
            (
                Reply::json(503, json!({"message": "busy"})),
                ErrorKind::Status,
            ),
            (Reply::dropped(), ErrorKind::Interrupted),
        ] {
            let server = Server::script([reply, stored()]);
            let source = Source::stream("cat.jpg", pieces(&picture(20_000)));
            let error = server.images().upload(source).await.unwrap_err();
            assert_eq!(error.kind(), kind);
            assert_eq!(error.attempts(), 1);
            assert_eq!(error.operation(), Some("createSourceImage"));
            assert!(
                error
                    .to_string()
                    .contains("not retried: the body is a stream that can be sent only once"),
                "{error}"
            );
            assert!(server.only_request().file() == picture(20_000));
        }
        // One more try would not have come anyway.
        let server = Server::script([Reply::empty(503)]);
        let source = Source::stream("cat.jpg", pieces(b"cat"));
        let error = server
            .images()
            .upload(source)
            .retry(Retry::never())
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "createSourceImage: 503: Service Unavailable"
        );
        let server = Server::script([Reply::empty(400)]);
        let error = server
            .images()
            .upload(Source::stream("cat.jpg", pieces(b"cat")))
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "createSourceImage: 400: Bad Request");
    }

    #[tokio::test]
    async fn what_is_never_sent_counts_no_attempts() {
        let server = Server::start(|_, request| fine(request));
        let images = server.images();
        let missing = Scratch::none("missing");
        for (error, kind) in [
            (
                images.upload(Source::path(&missing.0)).await.unwrap_err(),
                ErrorKind::Io,
            ),
            (
                images
                    .upload(Source::path(missing.0.parent().unwrap()))
                    .await
                    .unwrap_err(),
                ErrorKind::InvalidInput,
            ),
            (
                images.get("no hash").await.unwrap_err(),
                ErrorKind::InvalidInput,
            ),
        ] {
            assert_eq!(error.kind(), kind, "{error}");
            assert_eq!(error.attempts(), 0, "{error}");
            assert!(!error.is_retryable());
        }
        assert_eq!(server.connections(), 0);
    }

    #[tokio::test]
    async fn a_file_that_is_gone_ends_the_attempts() {
        let file = Scratch::new("gone", b"cat");
        let path = file.0.clone();
        let server = Server::start(move |_, _| {
            std::fs::remove_file(&path).unwrap();
            Reply::empty(503)
        });
        let error = server
            .images()
            .upload(Source::path(&file.0))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert_eq!((error.attempts(), server.connections()), (1, 1));
    }

    #[tokio::test]
    async fn calls_side_by_side_keep_their_own_facts() {
        // The bindings share one session among all their calls.
        let server = Server::start(|_, request| match request.target.as_str() {
            "/user" => Reply::json(503, json!({"attempted_paths": []})),
            _ => Reply::json(503, json!({})),
        });
        let client = server
            .builder()
            .retry(Retry::new().max_attempts(3).initial_backoff(millis(5)))
            .build()
            .unwrap();
        let api = client.api();
        let (one, other) = tokio::join!(api.get_user(), api.list_user_api_keys());
        let (one, other): (Error, Error) = (one.unwrap_err().into(), other.unwrap_err().into());
        assert_eq!((one.operation(), one.attempts()), (Some("getUser"), 1));
        assert_eq!(
            (other.operation(), other.attempts()),
            (Some("listUserApiKeys"), 3)
        );
    }
}

/// A server that replies before it has read a request, and closes the connection without reading the rest.
mod early_responses {
    use std::io::{Read, Write};
    use std::sync::mpsc;

    use super::*;

    const TOO_LARGE: &str = "HTTP/1.1 413 Too Large\r\ncontent-length: 24\r\nconnection: close\r\n\r\n{\"message\": \"too large\"}";
    const TOO_MANY: &str = "HTTP/1.1 429 Too Many\r\ncontent-length: 23\r\nretry-after: 120\r\nconnection: close\r\n\r\n{\"message\": \"too many\"}";

    /// Four pieces. While the third is made, the server replies and closes, and nothing else happens on this thread.
    fn source(asks: mpsc::Sender<()>, responded: mpsc::Receiver<()>) -> Source {
        let pieces = stream::iter(0..4_u8).then(move |number| {
            if number == 2 {
                asks.send(()).unwrap();
                responded.recv().unwrap();
            }
            std::future::ready(Ok(vec![number; 512 * 1024]))
        });
        Source::stream("cat.jpg", Box::pin(pieces))
    }

    #[tokio::test]
    async fn are_read_before_a_failed_write_is_reported() {
        for (text, status, wait) in [
            (TOO_LARGE, 413, None),
            (TOO_MANY, 429, Some(Duration::from_secs(120))),
        ] {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let client = builder(format!("http://{}", listener.local_addr().unwrap()));
            let (asks, asked) = mpsc::channel();
            let (replies, responded) = mpsc::channel();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                stream.read_exact(&mut vec![0; 300_000]).unwrap();
                asked.recv().unwrap();
                stream.write_all(text.as_bytes()).unwrap();
                drop(stream);
                replies.send(()).unwrap();
            });
            let images = client.build().unwrap().source_images("acme").unwrap();
            let upload = images.upload(source(asks, responded));
            let error = upload.retry(Retry::never()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Status, "{error:?}");
            assert_eq!(error.status().unwrap(), status);
            assert_eq!(error.retry_after(), wait);
            assert!(error.message().starts_with("too "), "{error}");
            server.join().unwrap();
        }
    }

    /// Here client and server take turns on one thread.
    #[tokio::test]
    async fn are_read_however_the_body_comes() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = builder(format!("http://{}", listener.local_addr().unwrap()))
            .retry(Retry::never())
            .build()
            .unwrap();
        let refusing = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                stream.read_exact(&mut [0; 2000]).await.unwrap();
                stream.write_all(TOO_MANY.as_bytes()).await.unwrap();
            }
        });
        let images = client.source_images("acme").unwrap();
        for length in [200_000, 3_000_000] {
            let bytes = picture(length);
            let file = Scratch::new("early", &bytes);
            let raw = client.request(Method::POST, "/x");
            let sources = [
                Source::bytes("a.jpg", bytes.clone()),
                Source::path(&file.0),
                Source::stream("a.jpg", pieces(&bytes)),
            ];
            let mut ways: Vec<Outcome<'_>> =
                vec![Box::pin(raw.body("x/y", bytes).into_future().map_ok_drop())];
            for source in sources {
                ways.push(Box::pin(images.upload(source).into_future().map_ok_drop()));
            }
            for (way, outcome) in ways.into_iter().enumerate() {
                let error = outcome.await.unwrap_err();
                assert!(error.is_rate_limited(), "{length} {way}: {error:?}");
                assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
            }
        }
        refusing.abort();
    }

    #[tokio::test]
    async fn what_is_sent_in_pieces_arrives_whole() {
        for length in [0, 1, 32 * 1024, 32 * 1024 + 1, 512 * 1024 + 7, 2_000_003] {
            let server = Server::start(|_, request| fine(request));
            let client = server.client();
            let bytes = picture(length);
            let raw = client.request(Method::POST, "/x");
            raw.body("x/y", bytes.clone()).await.unwrap();
            let images = client.source_images("acme").unwrap();
            let source = Source::stream("a.jpg", pieces(&bytes)).length(length as u64);
            images.upload(source).await.unwrap();
            let requests = server.requests();
            assert!(requests[0].body == bytes, "{length}");
            assert_eq!(
                requests[0].header("content-length"),
                Some(&*length.to_string())
            );
            assert!(requests[1].file() == bytes, "{length}");
        }
    }
}

mod time {
    use super::*;

    /// A limit for what hangs.
    const SHORT: Duration = Duration::from_millis(150);

    /// A limit that what works keeps, on a busy machine too.
    const LONG: Duration = Duration::from_secs(1);

    async fn soon<T>(call: impl IntoFuture<Output = T>) -> T {
        let outcome = tokio::time::timeout(SOON, call.into_future()).await;
        outcome.expect("it hangs")
    }

    fn is_deadline(error: &Error, attempts: u32) {
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains("the deadline passed"), "{error}");
        assert_eq!(error.attempts(), attempts, "{error}");
        assert!(error.operation().is_some(), "{error}");
    }

    fn is_stall(error: &Error, attempts: u32) {
        assert!(error.is_timeout(), "{error:?}");
        assert!(
            error
                .to_string()
                .contains("nothing was sent or received for"),
            "{error}"
        );
        assert_eq!(error.attempts(), attempts, "{error}");
        assert!(error.operation().is_some(), "{error}");
        // Said once is enough, with causes too.
        assert_eq!(
            format!("{error:#}").matches("nothing was sent").count(),
            1,
            "{error:#}"
        );
    }

    #[tokio::test]
    async fn a_deadline_ends_a_call_that_hangs() {
        for reply in [Reply::hang(), Reply::json(200, image(HASH)).stall(10)] {
            let server = Server::script([reply]);
            let client = server.client();
            let images = client.source_images("acme").unwrap();
            is_deadline(
                &soon(images.get(HASH).deadline(SHORT)).await.unwrap_err(),
                1,
            );
            is_deadline(
                &soon(client.request(Method::GET, "/x").deadline(SHORT))
                    .await
                    .unwrap_err(),
                1,
            );
            let upload = images
                .upload(Source::bytes("cat.jpg", "cat"))
                .deadline(SHORT);
            is_deadline(&soon(upload).await.unwrap_err(), 1);
            is_deadline(
                &soon(images.download(HASH).bytes().deadline(SHORT))
                    .await
                    .unwrap_err(),
                1,
            );
        }
    }

    #[tokio::test]
    async fn a_deadline_is_for_all_attempts_together() {
        let server = Server::script([Reply::empty(503), Reply::dropped(), Reply::hang()]);
        let error = soon(server.images().get(HASH).deadline(Duration::from_secs(1)))
            .await
            .unwrap_err();
        is_deadline(&error, 3);

        // Each of these attempts would be in time on its own.
        let slow =
            |status| Reply::json(status, image(HASH)).dribble(10_000, Duration::from_millis(600));
        let server = Server::script([slow(503), slow(200)]);
        let call = server.images().get(HASH).deadline(Duration::from_secs(1));
        let error = soon(call).await.unwrap_err();
        assert!(error.is_timeout() || error.attempts() == 1, "{error}");

        // With replies to show, the last of them is shown.
        let server = Server::script([Reply::empty(503)]);
        let steady = Retry::new()
            .max_attempts(u32::MAX)
            .initial_backoff(millis(20))
            .max_backoff(millis(20));
        let error = soon(server.images().get(HASH).retry(steady).deadline(LONG))
            .await
            .unwrap_err();
        assert!(error.attempts() > 1, "{error}");
        assert!(
            error.is_timeout() || error.status().unwrap() == 503,
            "{error}"
        );
    }

    /// Has a token, after a while in which nothing else can happen.
    struct Slow;

    impl rokka::TokenStore for Slow {
        fn load(&self) -> rokka::StoreFuture<'_, Option<rokka::Secret>> {
            Box::pin(async {
                std::thread::sleep(2 * SHORT);
                Some(rokka::Secret::from("a.b.c"))
            })
        }

        fn save(&self, _: Option<rokka::Secret>) -> rokka::StoreFuture<'_, ()> {
            Box::pin(async {})
        }
    }

    #[tokio::test]
    async fn nothing_is_sent_after_the_deadline() {
        let server = Server::start(|_, request| fine(request));
        let client = server
            .builder()
            .tokens(rokka::Tokens::new(rokka::ValidFrom::AnyAddress).store(Slow))
            .build()
            .unwrap();
        let call = client.request(Method::POST, "/x").deadline(SHORT);
        let error = soon(call).await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert!(error.to_string().contains("the deadline passed"), "{error}");
        assert_eq!(error.attempts(), 0);
        assert_eq!(server.connections(), 0);
    }

    #[tokio::test]
    async fn a_token_is_refreshed_within_the_deadline() {
        let server = Server::start(|_, request| match request.header("authorization") {
            Some("Bearer a.b.c") => Reply::json(401, "{}"),
            _ => Reply::hang(),
        });
        let client = server
            .builder()
            .token("a.b.c")
            .tokens(rokka::Tokens::new(rokka::ValidFrom::AnyAddress))
            .build()
            .unwrap();
        let call = client.request(Method::GET, "/x").deadline(LONG);
        let error = soon(call).await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        // It goes by the key while the refresh hangs.
        assert_eq!(error.attempts(), 2);
    }

    #[tokio::test]
    async fn a_failure_whose_body_drips_is_that_failure() {
        let drips = Reply::json(404, "x".repeat(1000)).dribble(1, millis(50));
        let server = Server::script([drips]);
        let call = server.images().get(HASH).deadline(LONG);
        let error = soon(call).await.unwrap_err();
        assert!(error.is_not_found(), "{error:?}");
    }

    #[tokio::test]
    async fn a_wait_beyond_the_deadline_is_not_begun() {
        let server = Server::script([Reply::empty(429).header("retry-after", "100")]);
        let error = soon(server.images().get(HASH).deadline(Duration::from_secs(60)))
            .await
            .unwrap_err();
        assert_eq!(error.status().unwrap(), 429);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(100)));
        assert_eq!(error.attempts(), 1);
    }

    #[tokio::test]
    async fn a_deadline_ends_an_upload_that_nobody_reads() {
        let pace = Pace {
            bytes: 1000,
            wait: Duration::from_secs(3600),
            end: usize::MAX,
        };
        let server = Server::slow(pace, stored());
        let source = Source::bytes("cat.jpg", picture(20_000_000));
        is_deadline(
            &soon(server.images().upload(source).deadline(SHORT))
                .await
                .unwrap_err(),
            1,
        );
    }

    #[tokio::test]
    async fn silence_ends_a_call() {
        for reply in [
            Reply::hang(),
            Reply::json(200, image(HASH)).stall(10),
            Reply::json(200, image(HASH)).stall(0),
        ] {
            let server = Server::script([reply]);
            let client = server
                .builder()
                .idle_timeout(SHORT)
                .retry(Retry::never())
                .build()
                .unwrap();
            let images = client.source_images("acme").unwrap();
            is_stall(&soon(images.get(HASH)).await.unwrap_err(), 1);
            is_stall(
                &soon(client.request(Method::POST, "/x")).await.unwrap_err(),
                1,
            );
            is_stall(
                &soon(images.upload(Source::bytes("cat.jpg", "cat")))
                    .await
                    .unwrap_err(),
                1,
            );
            is_stall(&soon(images.download(HASH).bytes()).await.unwrap_err(), 1);
        }
    }

    #[tokio::test]
    async fn a_call_may_have_its_own_idle_timeout() {
        let server = Server::script([Reply::hang()]);
        let call = server
            .images()
            .get(HASH)
            .retry(Retry::never())
            .idle_timeout(SHORT);
        is_stall(&soon(call).await.unwrap_err(), 1);
        // And a longer one than its client's.
        let server = Server::script([
            Reply::json(200, image(HASH)).dribble(10_000, Duration::from_millis(400))
        ]);
        let client = server
            .builder()
            .idle_timeout(Duration::from_millis(50))
            .retry(Retry::never())
            .build()
            .unwrap();
        let images = client.source_images("acme").unwrap();
        soon(images.get(HASH).idle_timeout(Duration::from_secs(60)))
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn silence_is_another_attempt_where_that_is_safe() {
        for silent in [Reply::hang(), Reply::json(200, image(HASH)).stall(10)] {
            let server = Server::script([silent.clone(), Reply::json(200, image(HASH))]);
            soon(server.images().get(HASH).idle_timeout(LONG))
                .await
                .unwrap();
            assert_eq!(server.connections(), 2);

            let server = Server::script([silent, Reply::json(200, image(HASH))]);
            let call = server
                .client()
                .request(Method::POST, "/x")
                .idle_timeout(SHORT);
            is_stall(&soon(call).await.unwrap_err(), 1);
            assert_eq!(server.connections(), 1);
        }
    }

    #[tokio::test]
    async fn a_failure_whose_body_stalls_is_that_failure() {
        let server =
            Server::script([Reply::json(404, json!({"message": "no such image"})).stall(5)]);
        let error = soon(server.images().get(HASH).idle_timeout(SHORT))
            .await
            .unwrap_err();
        assert!(error.is_not_found());
        assert_eq!(error.body().unwrap(), br#"{"mes"#);
        let error = soon(server.images().get(HASH).deadline(Duration::from_secs(1)))
            .await
            .unwrap_err();
        assert!(error.is_not_found());
    }

    #[tokio::test]
    async fn silence_ends_an_upload_that_nobody_reads() {
        let pace = Pace {
            bytes: 1000,
            wait: Duration::from_secs(3600),
            end: usize::MAX,
        };
        let bytes = picture(20_000_000);
        let sources = [
            Source::bytes("cat.jpg", bytes.clone()),
            Source::stream("cat.jpg", pieces(&bytes)),
        ];
        for source in sources {
            let server = Server::slow(pace, stored());
            let upload = server
                .images()
                .upload(source)
                .retry(Retry::never())
                .idle_timeout(SHORT);
            is_stall(&soon(upload).await.unwrap_err(), 1);
        }
        let server = Server::slow(pace, stored());
        let call = server
            .client()
            .request(Method::POST, "/x")
            .body("x/y", bytes)
            .idle_timeout(SHORT);
        is_stall(&soon(call).await.unwrap_err(), 1);
    }

    /// An upload that takes twice as long as the idle timeout, and moves all the time.
    async fn is_uploaded_slowly(upload: impl FnOnce(&Server, Vec<u8>) -> Outcome<'static>) {
        let bytes = picture(17_000_000);
        // What the system holds back for the connection is read at once, so that it is not taken for silence.
        let pace = Pace {
            bytes: 100_000,
            wait: Duration::from_millis(20),
            end: 11_000_000,
        };
        let server = Server::slow(pace, stored());
        let started = Instant::now();
        upload(&server, bytes.clone()).await.unwrap();
        assert!(
            started.elapsed() > 2 * LONG,
            "the server is too fast for this test: {:?}",
            started.elapsed()
        );
        let request = server.only_request();
        let start = match request.header("content-type") {
            Some("x/y") => 0,
            _ => find(&request.body, b"\r\n\r\n").unwrap() + 4,
        };
        assert!(request.body[start..].starts_with(&bytes));
    }

    #[tokio::test]
    async fn a_slow_upload_of_bytes_completes() {
        is_uploaded_slowly(|server, bytes| {
            let upload = server.images().upload(Source::bytes("cat.jpg", bytes));
            Box::pin(
                upload
                    .retry(Retry::never())
                    .idle_timeout(LONG)
                    .into_future()
                    .map_ok_drop(),
            )
        })
        .await;
    }

    #[tokio::test]
    async fn a_slow_upload_of_a_file_completes() {
        let file = Scratch::none("slow");
        let path = file.0.clone();
        is_uploaded_slowly(|server, bytes| {
            std::fs::write(&path, bytes).unwrap();
            let upload = server.images().upload(Source::path(path));
            Box::pin(
                upload
                    .retry(Retry::never())
                    .idle_timeout(LONG)
                    .into_future()
                    .map_ok_drop(),
            )
        })
        .await;
    }

    #[tokio::test]
    async fn a_slow_upload_of_a_stream_completes() {
        is_uploaded_slowly(|server, bytes| {
            let upload = server
                .images()
                .upload(Source::stream("cat.jpg", pieces(&bytes)));
            Box::pin(upload.idle_timeout(LONG).into_future().map_ok_drop())
        })
        .await;
    }

    #[tokio::test]
    async fn a_slow_raw_request_completes() {
        is_uploaded_slowly(|server, bytes| {
            let call = server
                .client()
                .request(Method::POST, "/x")
                .body("x/y", bytes);
            Box::pin(call.idle_timeout(LONG).into_future().map_ok_drop())
        })
        .await;
    }

    #[tokio::test]
    async fn a_slow_source_completes() {
        let slow = stream::iter(0..24_u8).then(|n| async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Ok(vec![n; 10])
        });
        let server = Server::script([stored()]);
        let upload = server
            .images()
            .upload(Source::stream("cat.jpg", slow))
            .idle_timeout(LONG);
        upload.await.unwrap();
        assert_eq!(server.only_request().file().len(), 240);
    }

    #[tokio::test]
    async fn a_slow_response_completes() {
        let body = image(HASH).to_string();
        let slow = || Reply::json(200, &body).dribble(body.len() / 24, Duration::from_millis(100));
        let server = Server::script([slow()]);
        let started = Instant::now();
        server
            .images()
            .get(HASH)
            .retry(Retry::never())
            .idle_timeout(LONG)
            .await
            .unwrap();
        assert!(started.elapsed() > 2 * LONG);
    }

    #[tokio::test]
    async fn a_slow_download_completes() {
        let bytes = picture(120_000);
        let slow =
            Reply::new(200, "image/jpeg", bytes.clone()).dribble(5_000, Duration::from_millis(100));
        let server = Server::script([slow]);
        let images = server.images();
        let file = Scratch::none("slow-download");
        let started = Instant::now();
        let (memory, disk) = tokio::join!(
            images
                .download(HASH)
                .bytes()
                .idle_timeout(LONG)
                .into_future(),
            images
                .download(HASH)
                .to_file(&file.0)
                .idle_timeout(LONG)
                .into_future(),
        );
        assert!(started.elapsed() > 2 * LONG);
        assert!(memory.unwrap() == bytes);
        assert_eq!(disk.unwrap(), 120_000);
        assert!(std::fs::read(&file.0).unwrap() == bytes);
    }

    #[tokio::test]
    async fn a_download_that_stalls_ends() {
        let bytes = picture(100_000);
        let server = Server::script([Reply::new(200, "image/jpeg", bytes.clone()).stall(60_000)]);
        let images = server.images();
        // The server names no version, so each attempt begins anew, and none gets further than the first one.
        is_stall(
            &soon(images.download(HASH).bytes().idle_timeout(SHORT))
                .await
                .unwrap_err(),
            10,
        );

        let file = Scratch::none("stalled-download");
        is_stall(
            &soon(images.download(HASH).to_file(&file.0).idle_timeout(SHORT))
                .await
                .unwrap_err(),
            10,
        );
        assert_eq!(file.left_behind(), <[&str; 0]>::default());

        // What came before is given, and the error is the end.
        let mut download = images.download(HASH).idle_timeout(LONG).await.unwrap();
        let mut received = Vec::new();
        let error = loop {
            match soon(download.next()).await.unwrap() {
                Ok(chunk) => received.extend_from_slice(&chunk),
                Err(error) => break error,
            }
        };
        is_stall(&error, 1);
        assert_eq!(error.operation(), Some("downloadSourceImage"));
        assert!(received == bytes[..60_000]);
        assert!(soon(download.next()).await.is_none());
        assert_eq!(server.requests().len(), 21);
    }

    #[tokio::test]
    async fn a_download_that_breaks_says_so() {
        let server = Server::script([Reply::new(200, "image/jpeg", picture(100_000)).cut(60_000)]);
        let images = server.images();
        let file = Scratch::none("cut-download");
        for error in [
            soon(images.download(HASH).bytes()).await.unwrap_err(),
            soon(images.download(HASH).to_file(&file.0))
                .await
                .unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Interrupted);
            assert_eq!(
                error.to_string(),
                "downloadSourceImage: the connection broke (after 10 attempts)"
            );
            assert_eq!(error.attempts(), 10);
        }
        assert_eq!(file.left_behind(), <[&str; 0]>::default());
        assert_eq!(server.requests().len(), 20);
    }

    #[tokio::test]
    async fn a_deadline_is_for_the_whole_download() {
        let slow =
            Reply::new(200, "image/jpeg", picture(100_000)).dribble(10, Duration::from_millis(10));
        let server = Server::script([slow]);
        let download = server
            .images()
            .download(HASH)
            .deadline(Duration::from_secs(1))
            .await
            .unwrap();
        is_deadline(&soon(download.bytes()).await.unwrap_err(), 1);
    }

    #[tokio::test]
    async fn a_reader_may_take_its_time() {
        let bytes = picture(1_000_000);
        let server = Server::script([Reply::new(200, "image/jpeg", bytes.clone())]);
        let mut download = server
            .images()
            .download(HASH)
            .idle_timeout(LONG)
            .await
            .unwrap();
        let first = download.try_next().await.unwrap().unwrap();
        tokio::time::sleep(LONG + 3 * SHORT).await;
        let rest = download.bytes().await.unwrap();
        assert!([&first[..], &rest[..]].concat() == bytes);
    }
}

/// An `async fn` has room for each argument twice, so a few of them around each other take ten times the memory.
#[test]
fn the_futures_of_calls_are_small() {
    let images = bare().build().unwrap().source_images("acme").unwrap();
    let source = Source::bytes("cat.jpg", "cat");
    for (call, bytes) in [
        ("get", size_of_val(&*images.get(HASH).into_future())),
        ("search", size_of_val(&*images.search().into_future())),
        ("upload", size_of_val(&*images.upload(source).into_future())),
        (
            "download",
            size_of_val(&*images.download(HASH).to_file("cat.jpg").into_future()),
        ),
    ] {
        assert!(bytes <= 6 * 1024, "{call}: {bytes} bytes");
    }
}

/// Which calls offer compression, and that it is read.
mod compression {
    use super::*;

    fn encodings(server: &Server) -> Vec<Option<String>> {
        let requests = server.requests();
        let encodings = requests
            .iter()
            .map(|request| request.header("accept-encoding"));
        encodings.map(|value| value.map(str::to_owned)).collect()
    }

    #[tokio::test]
    async fn downloads_ask_for_the_file_as_it_is() {
        let server = Server::script([
            Reply::new(200, "image/jpeg", "0123456789")
                .header("etag", "\"a\"")
                .cut(4),
            Reply::new(206, "image/jpeg", "456789")
                .header("etag", "\"a\"")
                .header("content-range", "bytes 4-9/10"),
            Reply::new(200, "application/zip", "zip"),
            Reply::new(200, "image/png", "png"),
        ]);
        let client = server.client();
        let images = client.source_images("acme").unwrap();
        assert_eq!(images.download(HASH).bytes().await.unwrap(), "0123456789");
        images.search().download_zip().bytes().await.unwrap();
        let cat = Source::bytes("cat.jpg", "cat");
        let rendering = client.render_upload("acme", cat).format("png");
        rendering.bytes().await.unwrap();
        assert_eq!(encodings(&server), vec![Some("identity".to_owned()); 4]);
    }

    #[tokio::test]
    async fn a_part_of_a_response_comes_as_it_is() {
        let server = Server::script([Reply::json(200, "1")]);
        let request = server.client().request(Method::GET, "/x");
        request.header("range", "bytes=0-0").await.unwrap();
        assert_eq!(encodings(&server), [Some("identity".to_owned())]);
    }

    #[cfg(feature = "gzip")]
    mod gzip {
        use std::io::Write;

        use flate2::Compression;
        use flate2::write::GzEncoder;

        use super::*;

        fn gzip(bytes: &[u8]) -> Vec<u8> {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }

        fn zipped(status: u16, body: &[u8]) -> Reply {
            Reply::new(status, "application/json", body).header("content-encoding", "gzip")
        }

        /// A page of 1,000 images whose hashes are as random as real ones.
        fn page() -> String {
            let mut state = 1_u64;
            let mut digits = |count: usize| -> String {
                let digits = (0..count).map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    char::from_digit(u32::try_from(state >> 60).unwrap(), 16).unwrap()
                });
                digits.collect()
            };
            let images: Vec<_> = (0..1_000)
                .map(|number| {
                    let mut image = image(HASH);
                    let hash = digits(40);
                    image["link"] = json!(format!("/sourceimages/acme/{hash}"));
                    image["short_hash"] = json!(&hash.chars().take(6).collect::<String>());
                    image["hash"] = json!(hash);
                    image["binary_hash"] = json!(digits(40));
                    image["name"] = json!(format!("IMG_{number:04}.jpg"));
                    image["size"] = json!(1_000_000 + 7_919 * number);
                    image
                })
                .collect();
            json!({"total": 1_000, "items": images}).to_string()
        }

        #[tokio::test]
        async fn a_list_takes_a_fraction_of_its_bytes() {
            let plain = page();
            let short = gzip(plain.as_bytes());
            println!(
                "a page of 1,000 images: {} bytes, {} with gzip",
                plain.len(),
                short.len()
            );
            assert!(
                short.len() * 5 < plain.len(),
                "{} {}",
                short.len(),
                plain.len()
            );
            let server = Server::script([zipped(200, &short), Reply::json(200, &plain)]);
            let images = server.images();
            let zipped = images.search().limit(1_000).await.unwrap();
            let plain = images.search().limit(1_000).await.unwrap();
            assert_eq!(zipped.items.len(), 1_000);
            let hashes = |list: rokka::SourceImageList| -> Vec<String> {
                list.items.into_iter().map(|image| image.hash).collect()
            };
            assert_eq!(hashes(zipped), hashes(plain));
            assert_eq!(encodings(&server), vec![Some("gzip".to_owned()); 2]);
        }

        #[tokio::test]
        async fn every_way_but_a_download_offers_it() {
            let file = Scratch::new("gzip", b"cat");
            let server = Server::start(|_, request| {
                let file = request.target.ends_with("/download");
                match fine(request) {
                    reply if file => reply,
                    _ if request.target.ends_with("/acme") => {
                        let list = json!({"total": 1, "items": [image(HASH)]});
                        zipped(200, &gzip(list.to_string().as_bytes()))
                    }
                    _ => zipped(200, &gzip(image(HASH).to_string().as_bytes())),
                }
            });
            for (way, outcome) in every_way(&server.client(), &file) {
                outcome
                    .await
                    .unwrap_or_else(|error| panic!("{way}: {error}"));
                let encodings = encodings(&server);
                let asked = encodings.last().unwrap().as_deref();
                let expected = if way == "download" {
                    "identity"
                } else {
                    "gzip"
                };
                assert_eq!(asked, Some(expected), "{way}");
            }
        }

        #[tokio::test]
        async fn a_failure_is_read_through_it() {
            let body = gzip(json!({"message": "no such image"}).to_string().as_bytes());
            let server = Server::script([zipped(404, &body)]);
            let error = server.images().get(HASH).await.unwrap_err();
            assert_eq!(
                (error.message().as_ref(), error.is_not_found()),
                ("no such image", true)
            );
        }

        #[tokio::test]
        async fn the_limit_counts_what_comes_out() {
            let bomb = gzip(format!("\"{}\"", "x".repeat(20_000_000)).as_bytes());
            assert!(bomb.len() < 30_000);
            let server = Server::script([zipped(200, &bomb)]);
            let builder = server.builder().response_limit(1_000_000);
            let images = builder.build().unwrap().source_images("acme").unwrap();
            let error = images.get(HASH).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.to_string().contains("response_limit"), "{error}");
            assert_eq!(server.requests().len(), 1);
        }

        #[tokio::test]
        async fn what_is_cut_is_asked_for_again() {
            let body = gzip(image(HASH).to_string().as_bytes());
            let half = body.get(..body.len() / 2).unwrap().to_vec();
            let server = Server::script([zipped(200, &half), zipped(200, &body)]);
            let image = server.images().get(HASH).await.unwrap();
            assert_eq!(image.hash, HASH);
            assert_eq!(server.requests().len(), 2);
        }

        #[tokio::test]
        async fn a_corrupt_response_is_an_error_and_not_requested_again() {
            let body = gzip(image(HASH).to_string().as_bytes());
            let mut flipped = body.clone();
            *flipped.last_mut().unwrap() ^= 1;
            for corrupt in [b"no gzip at all".to_vec(), flipped] {
                let server = Server::script([zipped(200, &corrupt)]);
                let error = server.images().get(HASH).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
                assert_eq!(error.status().unwrap().as_u16(), 200);
                assert!(error.to_string().contains("decompressed"), "{error}");
                assert_eq!(server.requests().len(), 1);
            }
            // A failure stays that failure.
            let server = Server::script([zipped(404, b"no gzip at all")]);
            assert!(server.images().get(HASH).await.unwrap_err().is_not_found());
        }

        #[tokio::test]
        async fn a_part_is_not_decoded() {
            let body = gzip(b"12345");
            let part = body.get(3..9).unwrap().to_vec();
            let server = Server::script([zipped(206, &part)]);
            let request = server.client().request(Method::GET, "/x");
            let response = request.header("range", "bytes=3-8").await.unwrap();
            assert_eq!(response.body.as_ref(), part);
            assert_eq!(response.headers["content-encoding"], "gzip");
        }

        #[tokio::test]
        async fn what_is_decoded_has_no_encoding_in_its_headers() {
            let server = Server::script([zipped(200, &gzip(b"12345"))]);
            let response = server.client().request(Method::GET, "/x").await.unwrap();
            assert_eq!(response.body.as_ref(), b"12345");
            assert!(!response.headers.contains_key("content-encoding"));
            assert!(!response.headers.contains_key("content-length"));
        }

        #[tokio::test]
        async fn it_can_be_turned_off() {
            let server = Server::script([Reply::json(200, image(HASH))]);
            let client = server.builder().gzip(false).build().unwrap();
            client
                .source_images("acme")
                .unwrap()
                .get(HASH)
                .await
                .unwrap();
            assert_eq!(encodings(&server), [None]);
        }
    }
}
