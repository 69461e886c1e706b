//! What a program can know of its calls while they last: limits for all of them, retries, spans.

use std::future::IntoFuture;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Gate, HASH, KEY, Reply, Server, image, list, nobody};
use futures_util::{StreamExt, TryStreamExt};
use http::Method;
use rokka::{ErrorKind, Retry, RetryEvent, Source, Tokens, ValidFrom};
use serde_json::json;

#[cfg(feature = "tracing")]
#[allow(dead_code, reason = "`main` is not called")]
#[path = "../../examples/observability.rs"]
mod observability_example;

/// How long something may take that has to happen.
const SOON: Duration = Duration::from_secs(60);

async fn soon<T>(work: impl IntoFuture<Output = T>) -> T {
    let outcome = tokio::time::timeout(SOON, work.into_future()).await;
    outcome.expect("it hangs")
}

/// A request for a token, as the service responds to it.
fn token() -> Reply {
    let expires = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
        + 86_400;
    let payload = json!({"id": "1", "exp": expires, "expt": 86_400, "rn": false});
    Reply::json(200, json!({"token": "e30.e30.eA", "payload": payload}))
}

mod deadlines {
    use super::*;

    const SHORT: Duration = Duration::from_millis(50);

    /// A limit that what works keeps, on a busy machine too.
    const LONG: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn of_a_client_end_every_kind_of_call() {
        let server = Server::start(|_, request| {
            // A download that stands still after its first bytes.
            if request.target.ends_with("/download") {
                Reply::new(200, "image/jpeg", "0123456789").stall(4)
            } else {
                Reply::hang()
            }
        });
        let client = server.builder().deadline(SHORT).build().unwrap();
        let images = client.source_images("acme").unwrap();
        let api = client.api();
        let (organization, hash) = ("acme".parse().unwrap(), HASH.parse().unwrap());
        let errors = [
            soon(images.get(HASH)).await.unwrap_err(),
            soon(images.restore(HASH)).await.unwrap_err(),
            soon(client.request(Method::GET, "/x")).await.unwrap_err(),
            soon(images.upload(Source::bytes("a.txt", "a")))
                .await
                .unwrap_err(),
            soon(images.download(HASH).bytes()).await.unwrap_err(),
            soon(async { images.download(HASH).await?.try_collect::<Vec<_>>().await })
                .await
                .unwrap_err(),
            soon(images.search().stream().try_collect::<Vec<_>>())
                .await
                .unwrap_err(),
            soon(images.bulk().delete([HASH]).next())
                .await
                .unwrap()
                .result
                .unwrap_err(),
            soon(api.get_source_image(&organization, &hash, None))
                .await
                .unwrap_err()
                .into(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
            assert!(error.to_string().contains("the deadline passed"), "{error}");
        }
    }

    #[tokio::test]
    async fn of_a_call_and_of_a_bulk_call_take_precedence() {
        let gate = Gate::new();
        let server = Server::start({
            let gate = gate.clone();
            move |_, request| {
                let reply = match &*request.method {
                    "DELETE" => Reply::empty(204),
                    _ => Reply::json(200, image(HASH)),
                };
                reply.after(&gate)
            }
        });
        let client = server.builder().deadline(SHORT).build().unwrap();
        let images = client.source_images("acme").unwrap();
        let unlimited = tokio::spawn(images.get(HASH).deadline(Duration::MAX).send());
        let bulk = images.bulk().delete([HASH]).deadline(Duration::MAX);
        let bulk = tokio::spawn(bulk.collect::<Vec<_>>());
        server.wait_for_requests(2).await;
        // By now the deadline of the client would have ended the others, which began before.
        let error = soon(images.get(HASH)).await.unwrap_err();
        assert!(error.is_timeout(), "{error}");
        gate.open();
        assert_eq!(soon(unlimited).await.unwrap().unwrap().hash, HASH);
        assert!(soon(bulk).await.unwrap()[0].result.is_ok());
    }

    #[tokio::test]
    async fn are_those_of_each_call_of_the_bindings() {
        let server = Server::script([Reply::hang(), Reply::json(200, image(HASH))]);
        let client = server.builder().deadline(LONG);
        let api = client.build().unwrap().api();
        let (organization, hash) = ("acme".parse().unwrap(), HASH.parse().unwrap());
        let first = soon(api.get_source_image(&organization, &hash, None)).await;
        assert!(rokka::Error::from(first.unwrap_err()).is_timeout());
        // The first has used up the time since the bindings were made.
        let second = soon(api.get_source_image(&organization, &hash, None)).await;
        assert_eq!(second.unwrap().hash, HASH);
    }

    #[tokio::test]
    async fn are_those_of_each_page() {
        let page = |hash: &str, cursor: &str| {
            let mut page = list(&[image(hash)]);
            page["total"] = json!(2);
            page["cursor"] = json!(cursor);
            Reply::json(200, page)
        };
        let server = Server::script([page(HASH, "next"), page(HASH, "")]);
        let client = server.builder().deadline(LONG).build().unwrap();
        let images = client.source_images("acme").unwrap();
        let mut pages = images.search().limit(1).read_ahead(false).pages();
        assert!(soon(pages.try_next()).await.unwrap().is_some());
        // The caller takes longer than a call may.
        tokio::time::sleep(LONG).await;
        assert!(soon(pages.try_next()).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn do_not_end_a_token_refresh() {
        let gate = Gate::new();
        let server = Server::start({
            let gate = gate.clone();
            move |_, request| {
                if request.target.starts_with("/user/apikeys/token") {
                    token().after(&gate)
                } else if request.header("authorization").is_some() {
                    Reply::json(200, image(HASH))
                } else {
                    Reply::hang()
                }
            }
        });
        let client = server
            .builder()
            .tokens(Tokens::new(ValidFrom::AnyAddress))
            .deadline(SHORT);
        let images = client.build().unwrap().source_images("acme").unwrap();
        let error = soon(images.get(HASH)).await.unwrap_err();
        assert!(error.is_timeout(), "{error}");
        // The refresh that this call started goes on, and is the one that the next call waits for.
        let next = tokio::spawn(images.get(HASH).deadline(Duration::MAX).send());
        gate.open();
        assert_eq!(soon(next).await.unwrap().unwrap().hash, HASH);
        let requests = server.requests();
        let refreshes = requests.iter().filter(|it| it.target.contains("/token"));
        assert_eq!(refreshes.count(), 1);
    }
}

mod retries {
    use super::*;

    /// What was reported, a line each: whom it was reported to, operation, attempt, attempts left, kind and status.
    #[derive(Clone, Default)]
    struct Reports(Arc<Mutex<Vec<String>>>);

    impl Reports {
        fn to(&self, who: &'static str) -> impl Fn(&RetryEvent) + Send + Sync + 'static {
            let reports = self.0.clone();
            move |event| {
                let shown = format!("{event} {event:?}");
                assert!(!shown.contains(KEY), "{shown}");
                let error = event.error();
                let status = error.status().map_or(0, |status| status.as_u16());
                reports.lock().unwrap().push(format!(
                    "{who}: {} {} {} {:?} {status}",
                    event.operation(),
                    event.attempt(),
                    event.remaining(),
                    error.kind(),
                ));
            }
        }

        fn lines(&self) -> Vec<String> {
            self.0.lock().unwrap().clone()
        }
    }

    #[tokio::test]
    async fn are_reported_to_the_client_and_to_the_call() {
        let server = Server::script([
            Reply::json(503, json!({"message": KEY})),
            Reply::dropped(),
            Reply::json(404, json!({"message": "no such image"})),
        ]);
        let reports = Reports::default();
        let client = server.builder().on_retry(reports.to("client")).build();
        let images = client.unwrap().source_images("acme").unwrap();
        let error = images.get(HASH).on_retry(reports.to("call")).await;
        // What nothing follows is the result of the call, and not reported.
        assert!(error.unwrap_err().is_not_found());
        assert_eq!(
            reports.lines(),
            [
                "client: getSourceImage 1 9 Status 503",
                "call: getSourceImage 1 9 Status 503",
                "client: getSourceImage 2 8 Interrupted 0",
                "call: getSourceImage 2 8 Interrupted 0",
            ]
        );
        images.get(HASH).await.unwrap_err();
        assert_eq!(reports.lines().len(), 4);
    }

    #[tokio::test]
    async fn that_no_longer_follow_are_not_reported() {
        let server = Server::script([Reply::empty(503)]);
        let reports = Reports::default();
        let call = server.images().get(HASH).on_retry(reports.to("call"));
        let error = call.retry(Retry::new().max_attempts(2)).await.unwrap_err();
        assert_eq!(error.attempts(), 2);
        assert_eq!(reports.lines(), ["call: getSourceImage 1 1 Status 503"]);
    }

    #[tokio::test]
    async fn are_reported_before_their_wait() {
        let server = Server::script([
            Reply::json(429, json!({"message": "Too fast."})).header("retry-after", "3600")
        ]);
        let (sender, mut reports) = tokio::sync::mpsc::unbounded_channel();
        let call = server
            .images()
            .get(HASH)
            .retry(Retry::new().max_elapsed(Duration::MAX))
            .on_retry(move |event| {
                let seconds = event.wait().as_secs();
                sender.send((seconds, event.to_string())).unwrap();
            });
        let mut call = call.into_future();
        tokio::select! {
            _ = &mut call => panic!("it does not wait"),
            report = soon(reports.recv()) => assert_eq!(
                report.unwrap(),
                (3600, "getSourceImage: 429: Too fast.; next attempt in 3600.0 s, 9 left".to_owned())
            ),
        }
    }

    #[tokio::test]
    async fn of_an_interactive_call_end_at_once_where_the_service_asks_for_patience() {
        let server = Server::script([Reply::empty(503).header("retry-after", "4")]);
        let call = server.images().get(HASH).retry(Retry::interactive());
        let error = soon(call).await.unwrap_err();
        assert_eq!((error.attempts(), server.connections()), (1, 1));

        let server = Server::script([Reply::empty(503)]);
        let call = server.images().get(HASH).retry(Retry::interactive());
        assert_eq!(soon(call).await.unwrap_err().attempts(), 4);
    }

    #[tokio::test]
    async fn of_token_refreshes_are_reported_to_the_client_alone() {
        let server = Server::start(|number, request| {
            let is_token = request.target.starts_with("/user/apikeys/token");
            match (number, is_token) {
                (0, true) => Reply::empty(503),
                (2, false) => Reply::json(401, json!({"invalid_authentication": true})),
                (_, true) => token(),
                _ => Reply::json(200, image(HASH)),
            }
        });
        let reports = Reports::default();
        let client = server
            .builder()
            .tokens(Tokens::new(ValidFrom::AnyAddress))
            .on_retry(reports.to("client"))
            .build()
            .unwrap();
        let images = client.source_images("acme").unwrap();
        let waits = Arc::new(Mutex::new(Vec::new()));
        let call = images.get(HASH).on_retry({
            let waits = waits.clone();
            move |event| waits.lock().unwrap().push(event.wait())
        });
        soon(call).await.unwrap();
        assert_eq!(
            reports.lines(),
            [
                "client: getUserToken 1 9 Status 503",
                // With the token that replaces the refused one.
                "client: getSourceImage 1 9 Status 401",
            ]
        );
        assert_eq!(*waits.lock().unwrap(), [Duration::ZERO]);
    }

    #[tokio::test]
    async fn of_a_download_that_resumes_are_reported() {
        let server = Server::script([
            Reply::new(200, "image/jpeg", "0123456789")
                .header("etag", "\"v1\"")
                .cut(4),
            Reply::new(206, "image/jpeg", "456789")
                .header("etag", "\"v1\"")
                .header("content-range", "bytes 4-9/10"),
        ]);
        let reports = Reports::default();
        let download = server.images().download(HASH).on_retry(reports.to("call"));
        assert_eq!(soon(download.bytes()).await.unwrap(), "0123456789");
        assert_eq!(
            reports.lines(),
            ["call: downloadSourceImage 1 9 Interrupted 0"]
        );
    }

    #[tokio::test]
    async fn that_calls_of_a_bulk_wait_for_together_are_reported() {
        let gate = Gate::new();
        let server = Server::start({
            let gate = gate.clone();
            move |number, _| match number {
                0 => Reply::empty(429).header("retry-after", "3600"),
                // It ends when the first was refused, so that the third finds the gate closed.
                1 => Reply::empty(204).after(&gate),
                _ => Reply::empty(204),
            }
        });
        let reports = Reports::default();
        let report = reports.to("bulk");
        let (sender, mut reported) = tokio::sync::mpsc::unbounded_channel();
        let deletions = server
            .images()
            .bulk()
            .delete(["aaaaaa", "bbbbbb", "cccccc"])
            .concurrency(2)
            .retry(Retry::new().max_elapsed(Duration::MAX))
            .on_retry(move |event| {
                report(event);
                sender.send(event.to_string()).unwrap();
                gate.open();
            });
        let both = async { [reported.recv().await, reported.recv().await] };
        tokio::select! {
            items = deletions.collect::<Vec<_>>() => panic!("they do not wait: {items:?}"),
            [_, waiting] = soon(both) => {
                let waiting = waiting.unwrap();
                assert!(waiting.contains("the service told other calls to wait"), "{waiting}");
            }
        }
        assert_eq!(
            reports.lines(),
            [
                "bulk: deleteSourceImage 1 9 Status 429",
                "bulk: deleteSourceImage 0 10 Status 429",
            ]
        );
    }

    #[tokio::test]
    async fn without_a_connection_are_reported_too() {
        let (_socket, address) = nobody();
        let reports = Reports::default();
        let client = crate::support::builder(format!("http://{address}"))
            .on_retry(reports.to("client"))
            .retry(Retry::new().max_attempts(2).initial_backoff(Duration::ZERO))
            .build()
            .unwrap();
        let images = client.source_images("acme").unwrap();
        assert!(images.get(HASH).await.unwrap_err().is_connect());
        assert_eq!(reports.lines(), ["client: getSourceImage 1 1 Connect 0"]);
    }
}

/// Each test runs in a process of its own: who listens on one thread may miss what another one does for the first time
/// meanwhile.
#[cfg(feature = "tracing")]
mod traced {
    use std::collections::BTreeMap;
    use std::fmt::Debug;
    use std::process::Command;

    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};
    use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
    use tracing_subscriber::registry::{LookupSpan, Registry};

    use super::*;

    /// Writes down everything that anybody reports, at every level.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Written>>);

    #[derive(Default)]
    struct Written {
        /// What happened, in its order: spans that opened and closed, events, and what a test notes.
        lines: Vec<String>,
        spans: Vec<Span>,
    }

    struct Span {
        metadata: &'static Metadata<'static>,
        parent: Option<usize>,
        fields: Fields,
        open: bool,
    }

    /// The index of a span, kept with it.
    struct Index(usize);

    #[derive(Clone, Default)]
    struct Fields(BTreeMap<&'static str, String>);

    impl Visit for Fields {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            self.0.insert(field.name(), format!("{value:?}"));
        }

        fn record_str(&mut self, field: &Field, value: &str) {
            self.0.insert(field.name(), value.to_owned());
        }
    }

    impl Fields {
        fn pairs(&self) -> Vec<(&str, &str)> {
            self.0
                .iter()
                .map(|(name, value)| (*name, &**value))
                .collect()
        }

        fn get(&self, name: &str) -> &str {
            self.0.get(name).map_or("", String::as_str)
        }
    }

    /// A span of ours, with the operation of the span around it.
    struct Seen {
        name: &'static str,
        within: Option<usize>,
        fields: Fields,
        open: bool,
    }

    impl Paper {
        /// Listens on this thread.
        fn listen(&self) -> tracing::subscriber::DefaultGuard {
            tracing::subscriber::set_default(Registry::default().with(self.clone()))
        }

        fn write<T>(&self, write: impl FnOnce(&mut Written) -> T) -> T {
            write(&mut self.0.lock().unwrap())
        }

        fn note(&self, line: &str) {
            self.write(|written| written.lines.push(line.to_owned()));
        }

        /// What happened to the spans and events of this crate, and what was noted.
        fn lines(&self) -> Vec<String> {
            self.write(|written| written.lines.clone())
        }

        /// Our spans, and which of them is around each.
        fn spans(&self) -> Vec<Seen> {
            self.write(|written| {
                let spans = written.spans.iter().enumerate();
                let ours: Vec<_> = spans
                    .filter(|(_, span)| span.metadata.target() == "rokka")
                    .collect();
                let seen = |(_, span): &(usize, &Span)| Seen {
                    name: span.metadata.name(),
                    within: ours
                        .iter()
                        .position(|(index, _)| Some(*index) == span.parent),
                    fields: span.fields.clone(),
                    open: span.open,
                };
                ours.iter().map(seen).collect()
            })
        }

        /// All values that anybody reported.
        fn text(&self) -> String {
            self.write(|written| {
                let spans = written.spans.iter();
                let values = spans.flat_map(|span| span.fields.0.values().cloned());
                values.chain(written.lines.clone()).collect()
            })
        }
    }

    fn is_ours(metadata: &Metadata<'_>) -> bool {
        metadata.target() == "rokka"
    }

    fn index<S: Subscriber + for<'a> LookupSpan<'a>>(id: &Id, context: &Context<'_, S>) -> usize {
        context
            .span(id)
            .unwrap()
            .extensions()
            .get::<Index>()
            .unwrap()
            .0
    }

    impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Paper {
        fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
            let span = context.span(id).unwrap();
            let parent = span.parent().map(|parent| index(&parent.id(), &context));
            let metadata = attributes.metadata();
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            self.write(|written| {
                span.extensions_mut().insert(Index(written.spans.len()));
                written.spans.push(Span {
                    metadata,
                    parent,
                    fields,
                    open: true,
                });
                if is_ours(metadata) {
                    assert_eq!(metadata.level(), &tracing::Level::INFO);
                    written.lines.push(format!("open {}", metadata.name()));
                }
            });
        }

        fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
            let index = index(id, &context);
            self.write(|written| values.record(&mut written.spans[index].fields));
        }

        fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
            let metadata = event.metadata();
            let mut fields = Fields::default();
            event.record(&mut fields);
            // It is random.
            fields.0.remove("wait_ms");
            let within = context.event_span(event);
            let within = within.map_or("nothing", |span| span.name());
            self.note(&if is_ours(metadata) {
                format!("{} in {within}: {:?}", metadata.level(), fields.pairs())
            } else {
                format!("foreign {:?}", fields.pairs())
            });
        }

        fn on_close(&self, id: Id, context: Context<'_, S>) {
            let index = index(&id, &context);
            self.write(|written| {
                let span = &mut written.spans[index];
                span.open = false;
                let metadata = span.metadata;
                if is_ours(metadata) {
                    written.lines.push(format!("close {}", metadata.name()));
                }
            });
        }
    }

    /// Runs a test of this module in a process of its own.
    fn alone(test: &str) {
        alone_at(&format!("observability::traced::alone::{test}"));
    }

    pub(super) fn alone_at(test: &str) {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--ignored", "--nocapture"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{output:?}"
        );
    }

    #[test]
    fn attempts_are_reported_and_the_key_is_not() {
        alone("names");
    }

    #[test]
    fn failures_have_a_type() {
        alone("failures");
    }

    #[test]
    fn a_stream_that_resumes_stays_in_the_span_of_its_call() {
        alone("streams");
    }

    #[test]
    fn what_is_sent_belongs_to_the_span_of_whoever_sends_it() {
        alone("surroundings");
    }

    mod alone {
        use super::*;

        #[tokio::test]
        #[ignore = "run by the test above, in a process of its own"]
        async fn names() {
            let paper = Paper::default();
            let _guard = paper.listen();
            let server = Server::script([
                Reply::json(503, json!({"message": KEY})),
                Reply::json(200, image(HASH)),
            ]);
            let noting = paper.clone();
            let client = server
                .builder()
                .on_retry(move |_| noting.note("the wait begins"))
                .build()
                .unwrap();
            let images = client.source_images("acme").unwrap();
            images.get(HASH).await.unwrap();

            assert_eq!(
                paper
                    .lines()
                    .iter()
                    .filter(|line| !line.starts_with("foreign"))
                    .collect::<Vec<_>>(),
                [
                    "open rokka.call",
                    "open rokka.request",
                    "close rokka.request",
                    "WARN in rokka.call: [(\"attempt\", \"1\"), (\"error.type\", \"503\"), \
                     (\"http.response.status_code\", \"503\"), (\"message\", \"retrying\"), \
                     (\"rokka.operation\", \"getSourceImage\")]",
                    "the wait begins",
                    "open rokka.request",
                    "close rokka.request",
                    "close rokka.call",
                ]
            );
            let spans = paper.spans();
            assert_eq!(
                spans.iter().map(|span| span.within).collect::<Vec<_>>(),
                [None, Some(0), Some(0)]
            );
            assert_eq!(
                spans[0].fields.pairs(),
                [
                    ("otel.kind", "internal"),
                    ("otel.name", "getSourceImage"),
                    ("rokka.operation", "getSourceImage"),
                ]
            );
            let url = format!("{}/sourceimages/acme/{HASH}", server.url());
            let port = server.address().port().to_string();
            let request = [
                ("http.request.method", "GET"),
                ("otel.kind", "client"),
                ("otel.name", "GET"),
                ("rokka.operation", "getSourceImage"),
                ("server.address", "127.0.0.1"),
                ("server.port", &*port),
                ("url.full", &*url),
            ];
            let with = |more: &[(&'static str, &'static str)]| {
                let mut all: Vec<_> = request.iter().chain(more).copied().collect();
                all.sort_unstable();
                all
            };
            assert_eq!(
                spans[1].fields.pairs(),
                with(&[
                    ("error.type", "503"),
                    ("http.response.status_code", "503"),
                    ("otel.status_code", "ERROR"),
                ])
            );
            assert_eq!(
                spans[2].fields.pairs(),
                with(&[
                    ("http.request.resend_count", "1"),
                    ("http.response.status_code", "200"),
                ])
            );

            let path = format!("/x/{KEY}");
            let request = client
                .request(Method::GET, path)
                .query("q", "what people look for");
            // The span of the call ends with it, although its response is held.
            let response = request.query("key", KEY).await.unwrap();
            let spans = paper.spans();
            assert!(spans.iter().all(|span| !span.open));
            let (call, request) = (&spans[3], &spans[4]);
            assert_eq!(call.fields.get("rokka.operation"), "GET /x/[redacted]");
            assert_eq!(
                request.fields.get("url.full"),
                format!("{}/x/[redacted]?q=[redacted]&key=[redacted]", server.url())
            );
            let text = paper.text();
            assert!(!text.contains(KEY), "{text}");
            drop(response);
        }

        #[tokio::test]
        #[ignore = "run by the test above, in a process of its own"]
        async fn failures() {
            let paper = Paper::default();
            let _guard = paper.listen();
            let server = Server::script([
                Reply::json(404, "{}"),
                Reply::new(200, "text/html", "<html>"),
                Reply::dropped(),
                Reply::hang(),
                Reply::hang(),
            ]);
            let client = server.builder().retry(Retry::never()).build().unwrap();
            let images = client.source_images("acme").unwrap();
            images.get(HASH).await.unwrap_err();
            images.get(HASH).await.unwrap_err();
            images.get(HASH).await.unwrap_err();
            let short = Duration::from_millis(50);
            images.get(HASH).deadline(short).await.unwrap_err();
            images.get(HASH).idle_timeout(short).await.unwrap_err();
            let (_socket, address) = nobody();
            let nowhere = crate::support::builder(format!("http://{address}"));
            let nowhere = nowhere.retry(Retry::never()).build().unwrap();
            let nowhere = nowhere.source_images("acme").unwrap();
            nowhere.get(HASH).await.unwrap_err();
            // Nothing is sent.
            images.get("no hash").await.unwrap_err();
            // The bindings have a span for each call too.
            let (organization, hash) = ("acme".parse().unwrap(), HASH.parse().unwrap());
            let api = nowhere_api(address);
            api.get_source_image(&organization, &hash, None)
                .await
                .unwrap_err();

            let spans = paper.spans();
            let seen: Vec<_> = spans
                .iter()
                .map(|span| {
                    let status = span.fields.get("otel.status_code");
                    assert_eq!(status, "ERROR", "{:?}", span.fields.pairs());
                    assert!(!span.open);
                    (
                        span.name,
                        span.within.is_some(),
                        span.fields.get("error.type"),
                    )
                })
                .collect();
            let mut expected = Vec::new();
            for why in [
                "404",
                "decode",
                "interrupted",
                "timeout",
                "timeout",
                "connect",
            ] {
                expected.push(("rokka.call", false, why));
                // The deadline ends the call and what it does.
                expected.push(("rokka.request", true, why));
            }
            expected.push(("rokka.call", false, "invalid_input"));
            expected.push(("rokka.call", false, "connect"));
            expected.push(("rokka.request", true, "connect"));
            assert_eq!(seen, expected);
            assert!(!paper.text().contains(KEY));
        }

        fn nowhere_api(address: std::net::SocketAddr) -> rokka::api::Client {
            let builder = crate::support::builder(format!("http://{address}"));
            builder.retry(Retry::never()).build().unwrap().api()
        }

        #[tokio::test]
        #[ignore = "run by the test above, in a process of its own"]
        async fn streams() {
            let paper = Paper::default();
            let _guard = paper.listen();
            let server = Server::script([
                Reply::new(200, "image/jpeg", "0123456789")
                    .header("etag", "\"v1\"")
                    .cut(4),
                Reply::new(206, "image/jpeg", "456789")
                    .header("etag", "\"v1\"")
                    .header("content-range", "bytes 4-9/10"),
                Reply::json(200, image(HASH)),
            ]);
            let download = server.images().download(HASH).await.unwrap();
            assert!(paper.spans()[0].open, "it ends before the stream");
            let chunks: Vec<_> = download.try_collect().await.unwrap();
            assert_eq!(chunks.concat(), b"0123456789");
            let spans = paper.spans();
            let seen: Vec<_> = spans
                .iter()
                .map(|span| (span.name, span.within, span.open))
                .collect();
            assert_eq!(
                seen,
                [
                    ("rokka.call", None, false),
                    ("rokka.request", Some(0), false),
                    ("rokka.request", Some(0), false),
                ]
            );
            assert!(
                paper
                    .lines()
                    .iter()
                    .any(|line| line.starts_with("WARN") && line.contains("interrupted")),
                "{:?}",
                paper.lines()
            );
        }

        #[tokio::test]
        #[ignore = "run by the test above, in a process of its own"]
        async fn surroundings() {
            use tracing::Instrument;

            let paper = Paper::default();
            let _guard = paper.listen();
            let page = |cursor: &str| {
                let mut page = list(&[image(HASH)]);
                page["total"] = json!(2);
                page["cursor"] = json!(cursor);
                Reply::json(200, page)
            };
            let server = Server::script([page("next"), page("")]);
            let found = server.images().search().limit(1).stream();
            // The second page is requested in the background.
            let span = tracing::info_span!(target: "rokka", "the caller");
            let found = found.try_collect::<Vec<_>>().instrument(span);
            assert_eq!(found.await.unwrap().len(), 2);
            let spans = paper.spans();
            let seen: Vec<_> = spans.iter().map(|span| (span.name, span.within)).collect();
            assert_eq!(
                seen,
                [
                    ("the caller", None),
                    ("rokka.call", Some(0)),
                    ("rokka.request", Some(1)),
                    ("rokka.call", Some(0)),
                    ("rokka.request", Some(3)),
                ]
            );
        }
    }
}

/// The example of the documentation.
#[cfg(feature = "tracing")]
mod example {
    use std::io;

    use rokka::testing::Emulator;
    use tracing::instrument::WithSubscriber;

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn shows_the_retries_and_the_spans() {
        super::traced::alone_at("observability::example::child");
    }

    #[tokio::test]
    #[ignore = "run by the test above, in a process of its own"]
    async fn child() {
        crate::support::provider();
        let (log, mut screen) = (Log::default(), Vec::new());
        let writer = log.clone();
        let subscriber = observability_example::log(move || writer.clone());
        let emulator = Emulator::start().await;
        let run = observability_example::run(&emulator, &mut screen);
        run.with_subscriber(subscriber).await.unwrap();
        let screen = String::from_utf8(screen).unwrap();
        let (name, rest) = screen.split_once('\n').unwrap();
        assert!(name.starts_with("found "), "{name}");
        assert!(rest.contains(" deletions failed, "), "{rest}");
        assert!(rest.contains("2 retries of getSourceImage 503\n"), "{rest}");
        let [failed, left] = ["failed", "were not tried"].map(|what| {
            let (before, _) = rest.split_once(what).unwrap();
            let words = before.split_whitespace();
            let mut numbers = words.filter_map(|word| word.parse::<usize>().ok());
            numbers.next_back().unwrap()
        });
        assert_eq!(failed + left, 20, "{rest}");
        // One of three may have been under way when the third failed.
        assert!((3..=4).contains(&failed), "{rest}");

        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        for part in [
            "rokka.call{",
            "rokka.request{",
            "time.busy",
            "retrying",
            "error.type=\"503\"",
        ] {
            assert!(log.contains(part), "{part}: {log}");
        }
        assert!(!log.contains(emulator.api_key()), "{log}");
    }
}

mod json_of_responses {
    use super::*;

    /// The operations and bodies so far.
    #[derive(Clone, Default)]
    struct Received(Arc<Mutex<Vec<(String, String)>>>);

    impl Received {
        fn by(&self, server: &Server) -> rokka::Client {
            let received = self.0.clone();
            let builder = server.builder().on_json(move |json| {
                assert!(!format!("{json:?}").contains("future"), "{json:?}");
                let body = String::from_utf8(json.body().to_vec()).unwrap();
                let operation = json.operation().to_owned();
                received.lock().unwrap().push((operation, body));
            });
            builder.build().unwrap()
        }

        fn take(&self) -> Vec<(String, String)> {
            std::mem::take(&mut self.0.lock().unwrap())
        }
    }

    #[tokio::test]
    async fn is_reported_as_it_was_sent() {
        let body = format!(r#"{{"hash":"{HASH}","size":"12","width":3.0,"future":1e2}}"#);
        let list = format!("{{\"total\": 1,\n\"items\": [{body}]}}");
        let server = Server::script([
            Reply::json(503, json!({"message": "later"})),
            Reply::json(200, format!("\u{feff}{body}")),
            Reply::json(200, &list),
            Reply::json(404, json!({"future": "no such image"})),
            Reply::json(200, &list),
            Reply::json(200, &body),
            Reply::new(200, "image/png", "future"),
        ]);
        let received = Received::default();
        let client = received.by(&server);
        let images = client.source_images("acme").unwrap();
        let named = |operation: &str, body: &str| vec![(operation.to_owned(), body.to_owned())];

        // Once, without the mark that is no JSON, and not the attempt that failed.
        images.get(HASH).await.unwrap();
        assert_eq!(received.take(), named("getSourceImage", &body));
        images.search().await.unwrap();
        assert_eq!(received.take(), named("listSourceImages", &list));
        images.get(HASH).await.unwrap_err();
        assert_eq!(received.take(), []);
        images.upload(Source::bytes("a.png", "abc")).await.unwrap();
        assert_eq!(received.take(), named("createSourceImage", &list));
        // What returns the body itself, and what returns a file.
        let request = client.request(Method::GET, "/sourceimages/acme");
        request.await.unwrap();
        images.download(HASH).bytes().await.unwrap();
        assert_eq!(received.take(), []);
    }
}
