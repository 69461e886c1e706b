//! Bulk calls: any call for many images, and what ends them.

use std::time::Duration;

use crate::support::{HASH, KEY, OTHER, RecordedRequest, Reply, Server, image, list};
use futures_util::{Stream, StreamExt};
use http::Method;
use rokka::testing::{Emulator, EmulatorExt, RecordedRequest as RequestOfEmulator};
use rokka::{BulkItem, ErrorKind, Retry, Source, SubjectArea};
use serde_json::json;

/// Hashes that differ in their first digits.
fn hashes(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{number:06x}")).collect()
}

/// The results in the order of the input.
async fn sorted<T>(call: impl Stream<Item = BulkItem<T>>) -> Vec<BulkItem<T>> {
    let results = tokio::time::timeout(Duration::from_secs(60), call.collect::<Vec<_>>());
    let mut items = results.await.expect("it hangs");
    items.sort_by_key(|item| item.position);
    items
}

/// No page of a search was requested after the first of other requests.
fn is_known_before(emulator: &Emulator, other: impl Fn(&RequestOfEmulator) -> bool) {
    let requests = emulator.requests();
    let searches = |it: &RequestOfEmulator| it.method == "GET" && it.parameter("limit").is_some();
    let last_page = requests.iter().rposition(searches).unwrap();
    assert!(!requests[..last_page].iter().any(other), "{requests:#?}");
}

mod restored {
    use super::*;

    #[tokio::test]
    async fn are_images_of_a_list() {
        let server = Server::start(|_, request| {
            if request.target.contains(OTHER) {
                Reply::json(404, "{}")
            } else {
                Reply::json(200, image(HASH))
            }
        });
        let hashes = [HASH, "no hash", OTHER];
        let items = sorted(server.images().bulk().restore(hashes)).await;
        assert_eq!(items[0].result.as_ref().unwrap().hash, HASH);
        assert!(items[1].result.as_ref().unwrap_err().is_invalid_input());
        assert!(items[2].result.as_ref().unwrap_err().is_not_found());
        assert_eq!(
            items.iter().map(|item| &*item.id).collect::<Vec<_>>(),
            hashes
        );
        let requests = server.requests();
        let mut lines: Vec<_> = requests.iter().map(RecordedRequest::line).collect();
        lines.sort();
        assert_eq!(
            lines,
            [HASH, OTHER].map(|hash| format!("POST /sourceimages/acme/{hash}/restore"))
        );
    }

    #[tokio::test]
    async fn is_all_that_a_search_finds() {
        let emulator = Emulator::start().await;
        let hashes = emulator.seed_images("acme", 25);
        let images = emulator.source_images().unwrap();
        let deleted = sorted(images.bulk().delete(hashes)).await;
        assert!(deleted.iter().all(|item| item.result.is_ok()));
        // Pages of a search that shrinks while it is read.
        let search = images.search().deleted().limit(4);
        let restored = sorted(images.bulk().restore(search)).await;
        assert_eq!(restored.len(), 25);
        assert!(restored.iter().all(|item| item.result.is_ok()));
        let restored = |it: &RequestOfEmulator| it.path.ends_with("/restore");
        is_known_before(&emulator, restored);
        assert_eq!(images.search().await.unwrap().total, 25);
    }
}

mod any_call {
    use super::*;

    #[tokio::test]
    async fn is_sent_for_each_hash() {
        let server = Server::start(|_, _| Reply::json(200, image(HASH)));
        let images = server.images();
        let of = images.clone();
        let area = SubjectArea::new(1, 2, 3, 4);
        let call = images
            .bulk()
            .each(hashes(20), move |hash| {
                of.set_subject_area(hash, area.clone())
            })
            .concurrency(3);
        let items = sorted(call).await;
        assert_eq!(items.len(), 20);
        assert!(items.iter().all(|item| item.result.is_ok()), "{items:?}");
        let mut targets: Vec<_> = server.requests().into_iter().map(|it| it.target).collect();
        targets.sort();
        for (target, hash) in targets.iter().zip(hashes(20)) {
            assert!(target.contains(&hash), "{target}");
        }

        // Calls of other kinds return other things.
        let of = images.clone();
        let read = sorted(images.bulk().each([HASH], move |hash| of.get(hash))).await;
        assert_eq!(read[0].result.as_ref().unwrap().hash, HASH);
        let client = server.client();
        let responses = images.bulk().each(["a", "b"], move |name| {
            client.request(Method::GET, format!("/{name}"))
        });
        let responses = sorted(responses).await;
        assert_eq!(responses[1].result.as_ref().unwrap().status, 200);
        assert_eq!(responses[1].id, "b");
    }

    #[tokio::test]
    async fn has_the_options_of_the_bulk_call_or_its_own() {
        let server = Server::start(|_, _| Reply::empty(503));
        let images = server.images();
        let of = images.clone();
        let call = images
            .bulk()
            .each(["aaaaaa", "bbbbbb"], move |hash| {
                let own = hash.starts_with('b');
                let call = of.delete(hash);
                if own {
                    call.retry(Retry::never()).header("x-own", "yes")
                } else {
                    call
                }
            })
            .retry(Retry::new().max_attempts(2).max_backoff(Duration::ZERO));
        let items = sorted(call).await;
        let attempts = |at: usize| items[at].result.as_ref().unwrap_err().attempts();
        assert_eq!([attempts(0), attempts(1)], [2, 1]);
        let requests = server.requests();
        let own = requests
            .iter()
            .filter(|it| it.header("x-own") == Some("yes"));
        assert!(own.map(|it| it.target.contains("bbbbbb")).eq([true]));
    }

    #[tokio::test]
    async fn waits_with_the_others_when_the_service_limits_the_rate() {
        let server = Server::start(|_, _| Reply::empty(429).header("retry-after", "3600"));
        let images = server.images();
        let of = images.clone();
        let call = images
            .bulk()
            .each(hashes(50), move |hash| of.get(hash))
            .concurrency(1);
        let items = sorted(call).await;
        // The first is refused, and all know by it.
        assert_eq!(server.requests().len(), 1);
        for item in items {
            assert!(item.result.unwrap_err().is_rate_limited());
        }
    }

    #[tokio::test]
    async fn is_sent_once_the_whole_search_is_known() {
        let emulator = Emulator::start().await;
        emulator.seed_images("acme", 25);
        let images = emulator.source_images().unwrap();
        let of = images.clone();
        let search = images.search().limit(4);
        let deleted = sorted(images.bulk().each(search, move |hash| of.delete(hash))).await;
        assert_eq!(deleted.len(), 25);
        is_known_before(&emulator, |it| it.method == "DELETE");
        assert_eq!(images.search().await.unwrap().total, 0);
    }
}

mod stopped {
    use super::*;

    /// What became of each image: `ok`, the status, or why nothing was sent.
    fn outcomes<T>(items: &[BulkItem<T>]) -> Vec<String> {
        let outcome = |item: &BulkItem<T>| match &item.result {
            Ok(_) => "ok".to_owned(),
            Err(error) => match error.status() {
                Some(status) => status.as_u16().to_string(),
                None => format!("{:?}", error.kind()),
            },
        };
        items.iter().map(outcome).collect()
    }

    fn repeated(text: &str, times: usize) -> Vec<String> {
        vec![text.to_owned(); times]
    }

    #[tokio::test]
    async fn after_failures_in_a_row_and_each_image_has_a_result() {
        // Each third request succeeds at first; from the tenth on, none does.
        let server = Server::start(|number, _| {
            if number < 9 && number % 3 == 2 {
                Reply::empty(204)
            } else {
                Reply::json(500, json!({"message": KEY}))
            }
        });
        let call = server.images().bulk().delete(hashes(100));
        let items = sorted(call.concurrency(1).stop_after(3)).await;
        let mut expected = ["500", "500", "ok"].repeat(3);
        expected.extend(["500"; 3]);
        expected.extend(["Stopped"; 88]);
        assert_eq!(outcomes(&items), expected);
        assert_eq!(server.requests().len(), 12);
        // All are there, with the reason.
        assert_eq!(
            items.iter().map(|item| item.id.clone()).collect::<Vec<_>>(),
            hashes(100)
        );
        let error = items[99].result.as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Stopped);
        assert!(error.is_retryable());
        assert_eq!(
            error.to_string(),
            "not started: the bulk call stopped after 3 failures in a row (deleteSourceImage: 500: [redacted])"
        );
    }

    #[tokio::test]
    async fn calls_in_progress_end_as_they_would() {
        let gate = crate::support::Gate::new();
        let server = Server::start({
            let gate = gate.clone();
            move |number, _| match number {
                0 => Reply::empty(500),
                _ => Reply::empty(204).after(&gate),
            }
        });
        let mut call = server
            .images()
            .bulk()
            .delete(hashes(10))
            .concurrency(4)
            .retry(Retry::never())
            .stop_after(1);
        let first = call.next().await.unwrap();
        assert!(first.result.is_err());
        // Three are under way, and the first success among them starts nothing.
        server.wait_for_requests(4).await;
        gate.open();
        let mut items = vec![first];
        items.extend(call.collect::<Vec<_>>().await);
        let outcomes = outcomes(&items);
        let count = |what: &str| outcomes.iter().filter(|it| *it == what).count();
        assert_eq!([count("500"), count("ok"), count("Stopped")], [1, 3, 6]);
        assert_eq!(server.requests().len(), 4);
    }

    #[tokio::test]
    async fn never_unless_it_is_asked_for() {
        let server = Server::start(|_, _| Reply::empty(500));
        let items = sorted(server.images().bulk().delete(hashes(30))).await;
        assert_eq!(outcomes(&items), repeated("500", 30));
        // Zero is one.
        let call = server.images().bulk().delete(hashes(30));
        let items = sorted(call.concurrency(1).stop_after(0)).await;
        assert_eq!(outcomes(&items)[..2], ["500", "Stopped"]);
    }

    #[tokio::test]
    async fn uploads_are_not_read() {
        let server = Server::start(|_, _| Reply::empty(500));
        let sources = (0..5).map(|number| Source::bytes(format!("{number}.txt"), "x"));
        let call = server.images().bulk().upload(sources);
        let items = sorted(call.concurrency(1).stop_after(2)).await;
        assert_eq!(
            outcomes(&items),
            ["500", "500", "Stopped", "Stopped", "Stopped"]
        );
        assert_eq!(items[4].id, "4.txt");
        assert_eq!(server.requests().len(), 2);
    }

    #[tokio::test]
    async fn copies_count_their_images() {
        let server = Server::start(|_, _| Reply::empty(500));
        let call = server.images().bulk().copy(hashes(250), "other");
        let items = sorted(call.concurrency(1).stop_after(20)).await;
        let mut expected = repeated("500", 100);
        expected.extend(repeated("Stopped", 150));
        assert_eq!(outcomes(&items), expected);
        assert_eq!(server.requests().len(), 1);
    }

    #[tokio::test]
    async fn a_search_is_not_continued() {
        let folder = tempfile::tempdir().unwrap();
        // The second page never comes.
        let server = Server::start(|_, request| {
            if request.target.contains("/download") {
                Reply::empty(500)
            } else if request.target.contains("offset=next") {
                Reply::hang()
            } else {
                let found: Vec<_> = hashes(3).iter().map(|hash| image(hash)).collect();
                let mut page = list(&found);
                page["total"] = json!(6);
                page["cursor"] = json!("next");
                Reply::json(200, page)
            }
        });
        let images = server.images();
        let search = images.search().limit(3);
        let call = images.bulk().download(search, folder.path());
        let call = call.concurrency(1).retry(Retry::never()).stop_after(2);
        let items = sorted(call).await;
        assert_eq!(outcomes(&items), ["500", "500", "Stopped"]);
        let last = items.last().unwrap();
        assert_eq!((last.position, &*last.id), (2, ""));
        let error = last.result.as_ref().unwrap_err().to_string();
        assert!(
            error.ends_with("; the search was not continued after 2 images"),
            "{error}"
        );

        // Of a search that is known, each image has a result.
        let emulator = Emulator::start().await;
        emulator.seed_images("acme", 9);
        let images = emulator.source_images().unwrap();
        let mut call = images
            .bulk()
            .delete(images.search())
            .concurrency(1)
            .stop_after(1);
        assert!(call.next().await.unwrap().result.is_ok());
        emulator.fail_next(1, 500, "");
        let rest = call.collect::<Vec<_>>().await;
        let mut expected = vec!["500".to_owned()];
        expected.extend(repeated("Stopped", 7));
        assert_eq!(outcomes(&rest), expected);
    }
}

mod progress_of_each_file {
    use std::sync::{Arc, Mutex};

    use rokka::{BulkStart, OptimizeSource};

    use super::*;

    type Starts = Arc<Mutex<Vec<BulkStart>>>;

    /// The starts in the order of the input, after all transfers have ended.
    async fn ended(starts: &Starts) -> Vec<(usize, String, u64, Option<u64>)> {
        let mut starts = std::mem::take(&mut *starts.lock().unwrap());
        starts.sort_by_key(|start| start.position);
        let mut ended = Vec::new();
        for mut start in starts {
            while start.progress.changed().await.is_some() {}
            let now = start.progress.now();
            ended.push((start.position, start.id, now.bytes, now.total));
        }
        ended
    }

    #[tokio::test]
    async fn is_that_of_its_upload_and_each_is_converted() {
        let emulator = Emulator::start().await;
        let starts = Starts::default();
        let seen = starts.clone();
        let sources = ["a", "bb", "ccc"].map(|text| Source::bytes(format!("{text}.bin"), text));
        let call = emulator.source_images().unwrap().bulk().upload(sources);
        let call = call
            .concurrency(2)
            .optimize_source(OptimizeSource::Png)
            .on_start(move |start| seen.lock().unwrap().push(start));
        let items = sorted(call).await;
        assert!(items.iter().all(|item| item.result.is_ok()), "{items:?}");
        let starts = ended(&starts).await;
        let expected = [(0, "a.bin", 1), (1, "bb.bin", 2), (2, "ccc.bin", 3)];
        let expected = expected.map(|(at, id, bytes)| (at, id.to_owned(), bytes, Some(bytes)));
        assert_eq!(starts, expected);
        for request in emulator.requests() {
            let part = request.part("optimize_source").unwrap();
            assert_eq!(part.content.as_deref(), Some(&b"png"[..]));
        }
    }

    #[tokio::test]
    async fn ends_without_bytes_if_the_file_is_stored_or_exists() {
        let emulator = Emulator::start().await;
        let images = emulator.source_images().unwrap();
        let image = images.upload(Source::bytes("a.bin", "a")).await.unwrap();
        let starts = Starts::default();
        let seen = starts.clone();
        let call = images.bulk().upload([Source::bytes("a.bin", "a")]);
        let call = call
            .on_start(move |start| seen.lock().unwrap().push(start))
            .skip_existing();
        sorted(call).await;
        let started = ended(&starts).await;
        assert_eq!((started.len(), started[0].2), (1, 0));

        let folder = tempfile::tempdir().unwrap();
        let seen = starts.clone();
        let call = images.bulk().download([image.hash.clone()], folder.path());
        let call = call.on_start(move |start| seen.lock().unwrap().push(start));
        sorted(call).await;
        assert_eq!(ended(&starts).await, [(0, image.hash, 1, Some(1))]);
    }
}
