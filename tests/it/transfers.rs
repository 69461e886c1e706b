//! Progress, transfers that break off, and many of them at once.

use std::future::IntoFuture;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::{HASH, Server, image, json, list, reply};
use futures_util::{StreamExt, TryStreamExt, stream};
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, Copied, ErrorKind, Progress, Retry, Source, SourceImages, field};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Says these bytes on one connection after the other, closing each, and remembers the heads of the requests.
async fn script(says: Vec<String>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let heads = Arc::new(Mutex::new(Vec::new()));
    let log = heads.clone();
    tokio::spawn(async move {
        for say in says {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(connection.read_u8().await.unwrap());
            }
            log.lock()
                .unwrap()
                .push(String::from_utf8(head).unwrap().to_lowercase());
            connection.write_all(say.as_bytes()).await.unwrap();
        }
    });
    (url, heads)
}

fn images_at(url: &str) -> SourceImages {
    let retry = Retry::new()
        .max_attempts(3)
        .initial_backoff(Duration::from_millis(1));
    let client = Client::builder()
        .api_host(url)
        .api_key("key")
        .retry(retry)
        .build();
    client.unwrap().source_images("acme").unwrap()
}

fn whole(length: usize, sent: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nETag: \"v1\"\r\n\r\n{sent}")
}

fn rest(range: &str, sent: &str) -> String {
    let length = sent.len();
    format!(
        "HTTP/1.1 206 Partial\r\nContent-Range: bytes {range}\r\nContent-Length: {length}\r\n\r\n{sent}"
    )
}

#[tokio::test]
async fn a_download_that_breaks_off_goes_on_from_there() {
    let says = vec![whole(10, "0123"), rest("4-9/10", "456789")];
    let (url, heads) = script(says).await;
    let progress = Progress::new();
    let bytes = images_at(&url)
        .download(HASH)
        .progress(&progress)
        .bytes()
        .await
        .unwrap();
    assert_eq!(bytes, "0123456789");
    assert_eq!((progress.now().bytes, progress.now().total), (10, Some(10)));
    let heads = heads.lock().unwrap();
    assert!(!heads[0].contains("range"));
    assert!(heads[1].contains("\r\nrange: bytes=4-\r\n"), "{}", heads[1]);
    assert!(
        heads[1].contains("\r\nif-range: \"v1\"\r\n"),
        "{}",
        heads[1]
    );
}

#[tokio::test]
async fn a_truncated_download_is_an_error_and_leaves_no_file() {
    // The service sends another range, or has no such image any more.
    let gone = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned();
    for second in [rest("3-9/10", "3456789"), gone] {
        let (url, _) = script(vec![whole(10, "0123"), second]).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let error = images_at(&url)
            .download(HASH)
            .to_file(&path)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn a_dropped_download_leaves_no_file() {
    let (url, _) = script(vec![whole(10, "0123")]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let download = images_at(&url).download(HASH).await.unwrap();
    let mut download = Box::pin(download);
    assert_eq!(download.next().await.unwrap().unwrap(), "0123");
    drop(download);
    let server = Server::exactly([reply(200, "0123456789").stall(4)]);
    let mut call = server.images().download(HASH).to_file(&path).into_future();
    let is_empty = || std::fs::read_dir(folder.path()).unwrap().count() == 0;
    tokio::select! {
        ended = &mut call => panic!("{ended:?}"),
        () = until(|| !is_empty()) => {}
    }
    drop(call);
    // The worker that writes learns of it a moment later.
    until(is_empty).await;
}

/// Waits for something that happens in another thread.
async fn until(holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn progress_counts_an_upload_once_however_often_it_is_sent() {
    let content = vec![7u8; 1_200_000];
    let server = Server::exactly([reply(503, ""), json(200, &list(&[image(HASH)]))]);
    let progress = Progress::new();
    let mut watching = progress.clone();
    let watcher = tokio::spawn(async move {
        let mut reported = Vec::new();
        while let Some(now) = watching.changed().await {
            reported.push(now.bytes);
        }
        reported
    });
    server
        .images()
        .upload(Source::bytes("a.bin", content))
        .retry(Retry::new().initial_backoff(Duration::from_millis(1)))
        .progress(&progress)
        .await
        .unwrap();
    assert_eq!(progress.now().bytes, 1_200_000);
    assert_eq!(progress.now().total, Some(1_200_000));
    let reported = tokio::time::timeout(Duration::from_secs(5), watcher)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(reported.last(), Some(&1_200_000), "the end is seen");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn the_total_is_unknown_with_a_stream() {
    let server = Server::exactly([json(200, &list(&[image(HASH), image(HASH)]))]);
    let progress = Progress::new();
    let chunks = stream::iter([Ok("abc"), Ok("def")]);
    let sources = [Source::stream("s", chunks), Source::bytes("b", "xy")];
    server
        .images()
        .upload_many(sources)
        .progress(&progress)
        .await
        .unwrap();
    assert_eq!((progress.now().bytes, progress.now().total), (8, None));
}

#[tokio::test]
async fn the_next_page_comes_in_while_the_caller_works() {
    let page = |cursor: &str| {
        let mut body = list(&[image(HASH)]);
        body["cursor"] = cursor.into();
        json(200, &body)
    };
    for ahead in [true, false] {
        let server = Server::exactly([page("a"), page("b"), page("c"), page("d")]);
        let mut pages = server.images().search().limit(1).read_ahead(ahead).pages();
        pages.try_next().await.unwrap().unwrap();
        let expected = if ahead { 2 } else { 1 };
        server.wait_for_requests(expected).await;
        server.settle().await;
        assert_eq!(
            server.requests().len(),
            expected,
            "one page ahead and no more"
        );
        assert_eq!(pages.cursor(), Some("a"));
        pages.try_next().await.unwrap().unwrap();
        assert_eq!(pages.cursor(), Some("b"));
    }
}

#[tokio::test]
async fn many_uploads_return_one_result_each() {
    let emulator = Emulator::start().await;
    let images = emulator.source_images().unwrap();
    let mut sources: Vec<_> = (0..20)
        .map(|number| Source::bytes(format!("{number}.txt"), format!("content {number}")))
        .collect();
    sources.insert(7, Source::path("/nowhere/missing.txt"));
    let progress = Progress::new();
    let uploads = images
        .bulk()
        .upload(sources)
        .concurrency(4)
        .progress(&progress);
    let mut items: Vec<_> = uploads.collect().await;
    items.sort_by_key(|item| item.position);
    assert_eq!(items.len(), 21);
    for (position, item) in items.iter().enumerate() {
        assert_eq!(item.position, position);
        if position == 7 {
            assert_eq!(item.id, "missing.txt");
            assert_eq!(item.result.as_ref().unwrap_err().kind(), ErrorKind::Io);
        } else {
            assert_eq!(item.id, item.result.as_ref().unwrap().name);
        }
    }
    let bytes: usize = (0..20)
        .map(|number| format!("content {number}").len())
        .sum();
    assert_eq!(progress.now().bytes, bytes as u64);
    assert_eq!(images.search().await.unwrap().total, 20);
}

#[tokio::test]
async fn what_a_search_finds_is_downloaded_and_deleted() {
    let emulator = Emulator::start().await;
    let hashes = emulator.seed_images("acme", 12);
    let images = emulator.source_images().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("new");
    let first = || {
        images
            .search()
            .filter(field::user_int("number").less_than(5))
    };
    let items: Vec<_> = images.bulk().download(first(), &directory).collect().await;
    assert_eq!(items.len(), 5);
    for item in &items {
        let path = item.result.as_ref().unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(
            name.starts_with(&format!("{}-", item.id)) && name.contains(".gif"),
            "{name}"
        );
        assert!(std::fs::metadata(path).unwrap().len() > 0);
    }
    // A second time, each file is there already and kept.
    let items: Vec<_> = images.bulk().download(first(), &directory).collect().await;
    assert!(
        items
            .iter()
            .all(|item| item.result.as_ref().unwrap_err().is_already_exists())
    );
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 5);

    let wanted = [&*hashes[0], "nothex", "abcdef012345", &*hashes[1]].map(String::from);
    let mut items: Vec<_> = images.bulk().delete(wanted).collect().await;
    items.sort_by_key(|item| item.position);
    assert!(items[0].result.is_ok() && items[3].result.is_ok());
    assert!(items[1].result.as_ref().unwrap_err().is_invalid_input());
    assert!(items[2].result.as_ref().unwrap_err().is_not_found());
    assert_eq!(images.search().await.unwrap().total, 10);
}

#[tokio::test]
async fn a_whole_organization_is_copied_in_batches() {
    let emulator = Emulator::builder()
        .organization("acme")
        .organization("backup")
        .start()
        .await;
    let hashes = emulator.seed_images("acme", 230);
    let images = emulator.source_images().unwrap();
    let backup = emulator.client().unwrap().source_images("backup").unwrap();
    let first = images.bulk().copy(
        [&*hashes[0], "nothex", "abcdef012345"].map(String::from),
        "backup",
    );
    let mut first: Vec<_> = first.collect().await;
    first.sort_by_key(|item| item.position);
    assert_eq!(*first[0].result.as_ref().unwrap(), Copied::Created);
    assert!(first[1].result.as_ref().unwrap_err().is_invalid_input());
    assert_eq!(*first[2].result.as_ref().unwrap(), Copied::NotFound);

    let items: Vec<_> = images
        .bulk()
        .copy(images.search(), "backup")
        .collect()
        .await;
    assert_eq!(items.len(), 230);
    let existing = items
        .iter()
        .filter(|item| *item.result.as_ref().unwrap() == Copied::Existing);
    assert_eq!(existing.count(), 1);
    assert_eq!(backup.search().await.unwrap().total, 230);
    let copies = emulator
        .requests()
        .into_iter()
        .filter(|request| request.path.ends_with("/copy"));
    assert_eq!(copies.count(), 1 + 3, "230 images take three requests");

    let nowhere: Vec<_> = images
        .bulk()
        .copy(hashes[..5].to_vec(), "nowhere")
        .collect()
        .await;
    assert_eq!(
        nowhere.len(),
        5,
        "a request that fails costs each of its images"
    );
    assert!(
        nowhere
            .iter()
            .all(|item| item.result.as_ref().unwrap_err().status().is_some())
    );
}

#[tokio::test]
async fn what_a_search_finds_comes_as_an_archive() {
    let server = Server::exactly([reply(200, "PK").header("content-type", "application/zip")]);
    let search = server
        .images()
        .search()
        .filter(field::FORMAT.equals("gif"))
        .limit(7)
        .offset(14);
    let archive = search.download_zip().await.unwrap();
    assert_eq!(archive.media_type(), Some("application/zip"));
    assert_eq!(archive.bytes().await.unwrap(), "PK");
    assert_eq!(
        server.only_request().line(),
        "GET /sourceimages/acme/download?format=gif&limit=7&offset=14"
    );
    let error = server
        .images()
        .search()
        .any()
        .download_zip()
        .await
        .unwrap_err();
    assert!(error.is_invalid_input());

    let emulator = Emulator::start().await;
    emulator.seed_images("acme", 3);
    let folder = tempfile::tempdir().unwrap();
    let images = emulator.source_images().unwrap();
    let path = images
        .search()
        .download_zip()
        .to_directory(folder.path())
        .await
        .unwrap();
    assert!(std::fs::read(&path).unwrap().starts_with(b"PK\x03\x04"));
}

#[tokio::test]
async fn a_search_that_fails_is_an_item_too() {
    let server = Server::exactly([reply(500, "broken")]);
    let images = server.images();
    let items: Vec<_> = images.bulk().delete(images.search()).collect().await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].id, "");
    assert_eq!(items[0].result.as_ref().unwrap_err().status().unwrap(), 500);
}

#[tokio::test]
async fn too_many_requests_make_all_of_them_wait() {
    let mut replies = vec![reply(429, "").header("retry-after", "1")];
    replies.extend((0..20).map(|_| reply(204, "")));
    let server = Server::exactly(replies);
    let hashes: Vec<_> = (10..30)
        .map(|number| format!("{number}{}", &HASH[2..]))
        .collect();
    let deletions = server
        .images()
        .bulk()
        .delete(hashes)
        .concurrency(2)
        .retry(Retry::new());
    let items: Vec<_> = deletions.collect().await;
    assert!(items.len() == 20 && items.iter().all(|item| item.result.is_ok()));
    let requests = server.requests();
    assert_eq!(requests.len(), 21);
    // What was under way when the response came in is not held back, but that is a request or two.
    let soon = requests[0].at + Duration::from_millis(950);
    let early = requests.iter().filter(|request| request.at < soon).count();
    assert!(early <= 5, "{early} of 21 requests did not wait");
}
