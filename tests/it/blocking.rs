//! Blocking calls: what they return, where they work, and where they refuse.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::support::{
    Gate, HASH, OTHER, RecordedRequest, Reply, Server, image, json, list, reply, stored,
};
use rokka::blocking::block_on;
use rokka::{Error, ErrorKind, Progress, Retry, Search, Source, SourceImages};
use serde_json::Value;

/// How long something may take that has to happen.
const TIME_LIMIT: Duration = Duration::from_secs(60);

fn found(hash: &str) -> Reply {
    json(200, &image(hash))
}

/// A page of one image, and the cursor of the next page.
fn page(hash: &str, total: u64, next: Option<&str>) -> Reply {
    let mut page = list(&[image(hash)]);
    page["total"] = total.into();
    page["cursor"] = next.map_or(Value::Null, Value::from);
    if let Some(next) = next {
        page["links"]["next"]["href"] = format!("/sourceimages/acme?offset={next}").into();
    }
    json(200, &page)
}

fn hash_of(image: rokka::Result<rokka::SourceImage>) -> String {
    image.unwrap().hash
}

/// A server of two pages with an image each, and the search for them.
fn two_pages() -> (Server, Search) {
    let server = Server::exactly([page(HASH, 2, Some("second")), page(OTHER, 2, None)]);
    let search = server.images().search().limit(1);
    (server, search)
}

#[test]
fn a_call_sends_its_request_and_returns_the_decoded_response() {
    let server = Server::exactly([found(HASH), stored()]);
    let images = server.images();
    assert_eq!(images.restore(HASH).call().unwrap().hash, HASH);
    let upload = images.upload(Source::bytes("cat.jpg", "bytes"));
    let uploaded = upload.user_metadata("int:sku", 42).call().unwrap();
    assert_eq!(uploaded.hash, HASH);

    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(RecordedRequest::line).collect();
    let restore = format!("POST /sourceimages/acme/{HASH}/restore");
    assert_eq!(lines, [restore, "POST /sourceimages/acme".to_owned()]);
    assert_eq!(requests[1].file(), b"bytes");
    assert!(requests[1].text().contains(r#"{"int:sku":42}"#));
}

#[test]
fn a_failure_is_the_error_that_await_returns() {
    let server = Server::exactly([json(404, &serde_json::json!({"message": "no such image"}))]);
    let error = server.images().get(HASH).call().unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.operation(), Some("getSourceImage"));
    assert_eq!(
        (error.message().as_ref(), error.attempts()),
        ("no such image", 1)
    );

    let error = server.images().get("../x").call().unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_retry_waits_and_a_deadline_ends_a_call() {
    let server = Server::script([reply(503, ""), found(HASH), Reply::hang()]);
    assert_eq!(server.images().get(HASH).call().unwrap().hash, HASH);
    let call = server
        .images()
        .get(HASH)
        .deadline(Duration::from_millis(50));
    assert!(call.call().unwrap_err().is_timeout());
}

#[test]
fn an_iterator_returns_every_item_and_page_of_a_stream() {
    let (server, search) = two_pages();
    let mut images = search.stream().iter();
    assert_eq!(hash_of(images.next().unwrap()), HASH);
    assert_eq!(images.get_ref().remaining(), Some(1));
    assert_eq!(hash_of(images.next().unwrap()), OTHER);
    assert!(images.next().is_none() && images.next().is_none());
    assert!(server.requests()[1].target.contains("offset=second"));

    let (_server, search) = two_pages();
    let mut pages = search.read_ahead(false).pages().iter();
    assert_eq!(pages.next().unwrap().unwrap().items[0].hash, HASH);
    assert_eq!(pages.get_ref().cursor(), Some("second"));
    let mut rest = pages.into_inner().iter();
    assert_eq!(rest.next().unwrap().unwrap().items[0].hash, OTHER);
    assert!(rest.next().is_none());
}

#[test]
fn the_next_page_is_requested_while_nobody_waits_for_it() {
    let (server, search) = two_pages();
    let mut pages = search.pages().iter();
    pages.next().unwrap().unwrap();
    server.block_until_requests(2);
    assert_eq!(pages.next().unwrap().unwrap().items[0].hash, OTHER);
}

#[test]
fn an_error_ends_the_iterator_where_it_ends_the_stream() {
    let server = Server::exactly([page(HASH, 2, Some("second")), reply(403, "")]);
    let mut images = server.images().search().limit(1).stream().iter();
    assert_eq!(hash_of(images.next().unwrap()), HASH);
    assert!(images.next().unwrap().unwrap_err().is_forbidden());
    assert!(images.next().is_none());
}

#[test]
fn bulk_requests_are_concurrent() {
    let gate = Gate::new();
    let hold = gate.clone();
    let server = Server::respond(move |_| stored().after(&hold));
    let sources = (0..6).map(|number| Source::bytes(format!("{number}.jpg"), "bytes"));
    let call = server.images().bulk().upload(sources).concurrency(6);
    let waiting = thread::spawn(move || call.iter().collect::<Vec<_>>());
    server.block_until_requests(6);
    gate.open();
    let mut items = waiting.join().unwrap();
    items.sort_by_key(|item| item.position);
    assert_eq!(items[5].id, "5.jpg");
    assert_eq!(items.len(), 6);
    assert!(items.iter().all(|item| item.result.is_ok()));
}

#[test]
fn calls_of_several_threads_are_concurrent() {
    let gate = Gate::new();
    let hold = gate.clone();
    let server = Server::respond(move |_| found(HASH).after(&hold));
    let images = server.images();
    let threads: Vec<_> = (0..4)
        .map(|_| images.clone())
        .map(|images| thread::spawn(move || images.get(HASH).call()))
        .collect();
    server.block_until_requests(4);
    gate.open();
    for thread in threads {
        assert_eq!(hash_of(thread.join().unwrap()), HASH);
    }
}

#[test]
fn a_download_is_a_reader_an_iterator_and_a_file() {
    let server = Server::start(|_, _| {
        reply(200, "0123456789").header("content-disposition", "attachment; filename=\"cat.jpg\"")
    });
    let download = || server.images().download(HASH);

    let mut reader = download().call().unwrap().reader();
    assert_eq!(reader.get_ref().size(), Some(10));
    assert_eq!(reader.get_ref().file_name().as_deref(), Some("cat.jpg"));
    let mut start = [0; 4];
    reader.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"0123");
    assert_eq!(reader.read(&mut []).unwrap(), 0);
    let mut rest = String::new();
    assert_eq!(reader.read_to_string(&mut rest).unwrap(), 6);
    assert_eq!(rest, "456789");
    assert_eq!(reader.read(&mut start).unwrap(), 0);

    let chunks = download().call().unwrap().iter();
    let chunks: Vec<_> = chunks.map(Result::unwrap).collect();
    assert_eq!(chunks.concat(), b"0123456789");
    assert_eq!(download().bytes().call().unwrap(), "0123456789");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.jpg");
    assert_eq!(download().to_file(&path).call().unwrap(), 10);
    assert_eq!(std::fs::read(&path).unwrap(), b"0123456789");
}

#[test]
fn a_broken_download_is_an_io_error_with_the_error_of_the_crate() {
    let server = Server::respond(|_| reply(200, "0123456789").cut(4));
    let mut reader = server.images().download(HASH).call().unwrap().reader();
    let mut received = Vec::new();
    let error = reader.read_to_end(&mut received).unwrap_err();
    assert_eq!(received, b"0123");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
    let inner = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
    assert_eq!(inner.kind(), ErrorKind::Interrupted);
}

#[test]
fn another_thread_can_write_into_an_upload() {
    let server = Server::respond(|_| stored());
    let content = vec![7; 1_000_000];
    let (mut sender, source) = Source::channel("cat.jpg");
    let upload = server.images().upload(source);
    let uploading = thread::spawn(move || upload.call());
    io::copy(&mut content.as_slice(), &mut sender).unwrap();
    sender.finish();
    assert_eq!(hash_of(uploading.join().unwrap()), HASH);
    assert_eq!(server.only_request().file(), content);

    let (mut sender, source) = Source::channel("cat.jpg");
    drop(source);
    let error = sender.write_all(b"bytes").unwrap_err();
    let inner = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
    assert_eq!(inner.kind(), ErrorKind::Io);
    let (mut sender, _source) = Source::channel("cat.jpg");
    let write = move || sender.write_all(b"bytes").unwrap_err();
    let error = inside(&current_thread(), write, false);
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn the_progress_of_a_call_can_be_followed_on_another_thread() {
    let server = Server::script([stored()]);
    let progress = Progress::new();
    let mut bar = progress.clone();
    let follower = thread::spawn(move || {
        let mut last = None;
        while let Some(now) = block_on(bar.changed()).unwrap() {
            last = Some(now);
        }
        last
    });
    let upload = server
        .images()
        .upload(Source::bytes("cat.jpg", vec![0; 1_000_000]));
    upload.progress(&progress).call().unwrap();
    let last = follower.join().unwrap().unwrap();
    assert_eq!((last.bytes, last.total), (1_000_000, Some(1_000_000)));
}

#[test]
fn the_future_may_borrow_and_stay_on_its_thread() {
    let count = Rc::new(Cell::new(0));
    let here = thread::current().id();
    let sum = block_on(async {
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            tokio::task::yield_now().await;
            count.set(count.get() + 1);
        }
        assert_eq!(thread::current().id(), here);
        count.get()
    });
    assert_eq!(sum.unwrap(), 3);
}

/// A wake-up may come before the thread waits, and what is polled may park the thread too.
#[test]
fn no_wake_up_is_lost() {
    for _ in 0..1_000 {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let waker = thread::spawn(move || sender.send(()));
        let mut receiver = receiver;
        let parked = block_on(std::future::poll_fn(move |context| {
            let polled = std::pin::Pin::new(&mut receiver).poll(context);
            // Takes the permit that another user of the thread left.
            thread::park_timeout(Duration::ZERO);
            polled
        }));
        parked.unwrap().unwrap();
        waker.join().unwrap().unwrap();
    }
}

/// Runs blocking code in async code of this kind, and returns its outcome.
fn inside<T: Send + 'static>(
    runtime: &tokio::runtime::Runtime,
    code: impl FnOnce() -> T + Send + 'static,
    in_task: bool,
) -> T {
    runtime.block_on(async {
        if in_task {
            tokio::spawn(async move { code() }).await.unwrap()
        } else {
            code()
        }
    })
}

fn current_thread() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

fn multi_thread() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap()
}

fn is_refused(error: &Error) -> bool {
    assert!(error.message().contains("spawn_blocking"), "{error}");
    error.kind() == ErrorKind::Configuration
}

#[test]
fn in_async_code_a_blocking_call_is_an_error_and_sends_nothing() {
    let server = Server::respond(|_| found(HASH));
    for runtime in [current_thread(), multi_thread()] {
        for in_task in [false, true] {
            let images = server.images();
            let call = move || {
                let call = images.get(HASH).call().unwrap_err();
                let mut iterator = images.search().stream().iter();
                let item = iterator.next().unwrap().unwrap_err();
                let mut bulk = images.bulk().delete([HASH]).iter();
                let result = bulk.next().unwrap().result.unwrap_err();
                let ended = iterator.next().is_none() && bulk.next().is_none();
                ([call, item, result], ended)
            };
            let (errors, ended) = inside(&runtime, call, in_task);
            assert!(errors.iter().all(is_refused) && ended);
        }
        // The runtime works as before.
        let image = runtime.block_on(server.images().get(HASH).send());
        assert_eq!(hash_of(image), HASH);
    }
    let local = tokio::task::LocalSet::new();
    let images = server.images();
    let error = local.block_on(&current_thread(), async move {
        let task = tokio::task::spawn_local(async move { images.get(HASH).call() });
        task.await.unwrap().unwrap_err()
    });
    assert!(is_refused(&error));
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn threads_of_a_runtime_that_may_block_can_call() {
    let server = Server::respond(|_| found(HASH));
    for runtime in [current_thread(), multi_thread()] {
        let images = server.images();
        let call = runtime.spawn_blocking(move || images.get(HASH).call());
        assert_eq!(hash_of(runtime.block_on(call).unwrap()), HASH);
    }
    let images = server.images();
    let call = move || tokio::task::block_in_place(|| images.get(HASH).call());
    assert_eq!(hash_of(inside(&multi_thread(), call, true)), HASH);
    // Entered, but nothing is polled here.
    let runtime = current_thread();
    let _entered = runtime.enter();
    assert_eq!(hash_of(server.images().get(HASH).call()), HASH);
}

/// Calls when it is dropped.
struct CallsOnDrop(SourceImages, mpsc::Sender<rokka::Result<()>>);

impl Drop for CallsOnDrop {
    fn drop(&mut self) {
        self.1.send(self.0.delete(HASH).call()).unwrap();
    }
}

#[test]
fn nothing_panics_when_it_is_dropped_in_async_code() {
    let server = Server::respond(|request| {
        if request.target.contains("download") {
            reply(200, "0123456789")
        } else {
            page(HASH, 2, Some("second"))
        }
    });
    let images = server.images();
    let mut iterator = images.search().limit(1).stream().iter();
    iterator.next().unwrap().unwrap();
    let reader = images.download(HASH).call().unwrap().reader();
    let call = images.get(HASH);
    let drop_all = move || drop((iterator, reader, call, images));
    inside(&current_thread(), drop_all, false);

    // A task that is dropped with its runtime, where tokio itself would panic.
    let (sender, outcome) = mpsc::channel();
    let on_drop = CallsOnDrop(server.images(), sender);
    let runtime = multi_thread();
    runtime.spawn(async move {
        let _held = on_drop;
        std::future::pending::<()>().await;
    });
    drop(runtime);
    drop(outcome.recv_timeout(TIME_LIMIT).unwrap());
}

#[test]
fn a_panic_in_a_future_leaves_the_runtime_in_order() {
    let panicked = thread::spawn(|| block_on(async { panic!("on purpose") })).join();
    assert!(panicked.is_err());
    let server = Server::respond(|_| found(HASH));
    assert_eq!(hash_of(server.images().get(HASH).call()), HASH);
}

#[test]
fn connections_stay_open_between_calls() {
    let server = Server::respond(|_| found(HASH));
    let client = server.builder().retry(Retry::never()).build().unwrap();
    for _ in 0..50 {
        client
            .source_images("acme")
            .unwrap()
            .get(HASH)
            .call()
            .unwrap();
    }
    // The next call may be faster than the connection of the one before is back.
    let connections = server.connections();
    assert!(connections < 10, "{connections}");
    assert_eq!(server.requests().len(), 50);
}
