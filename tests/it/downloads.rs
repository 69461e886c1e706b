//! Downloads from servers that break off, change the file, or say what contradicts itself; and the files that they become.

use std::fmt::Write;
use std::future::IntoFuture;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{HASH, OTHER, Server, image, json, list, reply};
use futures_util::StreamExt;
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{
    BinaryHasher, Client, Download, Error, ErrorKind, Progress, Retry, Source, SourceImages,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const ALL: &str = "0123456789";
const ALL_SHA1: &str = "87acec17cd9dcd20a716cc2cf67417b71c8a7016";

/// A server that says given bytes, a response for each connection, and closes each connection. It listens as long as it is
/// held.
struct Raw {
    url: String,
    heads: Arc<Mutex<Vec<String>>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Raw {
    /// Says these, and then nothing any more.
    async fn script(says: impl IntoIterator<Item = String>) -> Self {
        let says: Vec<_> = says.into_iter().collect();
        Self::by(move |number, _| says.get(number).cloned().unwrap_or_default()).await
    }

    /// Says what is made for the number of a connection, from 0, and the head of its request.
    async fn by(say: impl Fn(usize, &str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let log = heads.clone();
        let accepting = tokio::spawn(async move {
            for number in 0.. {
                let (mut connection, _) = listener.accept().await.unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(connection.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap().to_lowercase();
                let text = say(number, &head);
                log.lock().unwrap().push(head);
                connection.write_all(text.as_bytes()).await.ok();
            }
        });
        Self {
            url,
            heads,
            accepting,
        }
    }

    fn images(&self) -> SourceImages {
        self.images_with(Retry::new().max_attempts(3))
    }

    fn images_with(&self, retry: Retry) -> SourceImages {
        let client = Client::builder()
            .api_host(&self.url)
            .api_key("key")
            .retry(retry.initial_backoff(Duration::from_millis(1)))
            .no_proxy()
            .build();
        client.unwrap().source_images("acme").unwrap()
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// What the requests said of a header, in their order.
    fn header(&self, name: &str) -> Vec<Option<String>> {
        let value = |head: &String| {
            let mut lines = head.lines();
            lines.find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
        };
        self.heads().iter().map(value).collect()
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn response(status: u16, headers: &[&str], body: &str) -> String {
    let mut text = format!("HTTP/1.1 {status} Whatever\r\n");
    for header in headers {
        write!(text, "{header}\r\n").unwrap();
    }
    format!("{text}\r\n{body}")
}

/// A whole file of ten bytes, of which these come.
fn whole(sent: &str) -> String {
    response(200, &["Content-Length: 10", "ETag: \"v1\""], sent)
}

/// A part of it, complete.
fn part(range: &str, sent: &str) -> String {
    let range = format!("Content-Range: bytes {range}");
    let length = format!("Content-Length: {}", sent.len());
    response(206, &[&range, &length, "ETag: \"v1\""], sent)
}

/// A body of one chunk, without the chunk that ends it.
fn unfinished(sent: &str) -> String {
    let body = format!("{:x}\r\n{sent}\r\n", sent.len());
    response(200, &["Transfer-Encoding: chunked", "ETag: \"v1\""], &body)
}

fn some(values: &[&str]) -> Vec<Option<String>> {
    values
        .iter()
        .map(|value| Some((*value).to_owned()))
        .collect()
}

/// All that a stream gives, and the error that it ends in.
async fn read(mut download: Download) -> (String, Option<Error>) {
    let mut text = String::new();
    while let Some(chunk) = download.next().await {
        match chunk {
            Ok(chunk) => text.push_str(std::str::from_utf8(&chunk).unwrap()),
            Err(error) => {
                assert!(download.next().await.is_none(), "an error is the end");
                return (text, Some(error));
            }
        }
    }
    assert!(download.next().await.is_none());
    (text, None)
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().count() == 0
}

mod a_resumed_download {
    use super::*;

    #[tokio::test]
    async fn requests_the_rest_until_it_has_all_of_it() {
        let unsized_part = response(206, &["Content-Range: bytes 4-9/10", "ETag: \"v1\""], "456");
        let cut_part = response(
            206,
            &["Content-Range: bytes 4-9/10", "Content-Length: 6"],
            "456",
        );
        let unnumbered = response(
            206,
            &["Content-Range: bytes 4-6/*", "Content-Length: 3"],
            "456",
        );
        for second in [part("4-6/10", "456"), unsized_part, cut_part, unnumbered] {
            let says = [whole("0123"), second, part("7-9/10", "789")];
            let raw = Raw::script(says.clone()).await;
            let progress = Progress::new();
            let call = raw.images().download(HASH).progress(&progress).bytes();
            assert_eq!(call.await.unwrap(), ALL);
            assert_eq!((progress.now().bytes, progress.now().total), (10, Some(10)));
            let mut ranges = some(&["bytes=4-", "bytes=7-"]);
            ranges.insert(0, None);
            assert_eq!(raw.header("range"), ranges);
            let mut tags = some(&["\"v1\"", "\"v1\""]);
            tags.insert(0, None);
            assert_eq!(raw.header("if-range"), tags);

            let raw = Raw::script(says).await;
            let download = raw.images().download(HASH).await.unwrap();
            assert_eq!(download.size(), Some(10));
            let (text, error) = read(download).await;
            assert_eq!((&*text, error.map(|error| error.to_string())), (ALL, None));
        }
    }

    #[tokio::test]
    async fn is_interrupted_if_the_rest_never_comes() {
        let folder = tempfile::tempdir().unwrap();
        for says in [
            vec![whole("0123"), part("4-6/10", "456")],
            vec![whole("0123"), whole("")],
            vec![unfinished("0123"), part("4-6/10", "456")],
            vec![unfinished("0123")],
        ] {
            let raw = Raw::script(says.clone()).await;
            let path = folder.path().join("file");
            let error = raw
                .images()
                .download(HASH)
                .to_file(&path)
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
            assert_eq!(error.operation(), Some("downloadSourceImage"));
            assert!(is_empty(folder.path()));
            let raw = Raw::script(says).await;
            let (text, error) = read(raw.images().download(HASH).await.unwrap()).await;
            assert!(ALL.starts_with(&text) && text.len() >= 4);
            assert_eq!(error.unwrap().kind(), ErrorKind::Interrupted);
        }
    }

    #[tokio::test]
    async fn is_interrupted_if_the_file_has_changed() {
        let other = response(
            206,
            &[
                "Content-Range: bytes 4-9/10",
                "Content-Length: 6",
                "ETag: \"v2\"",
            ],
            "ABCDEF",
        );
        let weaker = other.replace("\"v2\"", "W/\"v1\"");
        let unsatisfied = |total: &str| {
            let range = format!("Content-Range: bytes */{total}");
            response(416, &[&range, "Content-Length: 0"], "")
        };
        for (first, second) in [
            (whole("0123"), other),
            (whole("0123"), weaker),
            (whole("0123"), part("4-10/11", "456789A")),
            (whole("0123"), whole(ALL).replace("v1", "v2")),
            (whole("0123"), response(200, &["Content-Length: 10"], ALL)),
            (whole("0123"), unsatisfied("4")),
            (unfinished("0123"), unsatisfied("3")),
            (unfinished("0123"), unsatisfied("5")),
        ] {
            let raw = Raw::script([first, second.clone()]).await;
            let (text, error) = read(raw.images().download(HASH).await.unwrap()).await;
            let error = error.unwrap();
            assert_eq!(error.kind(), ErrorKind::Interrupted, "{second}: {error}");
            assert!(
                error.to_string().contains("the file changed"),
                "{second}: {error}"
            );
            assert_eq!(text, "0123", "{second}");
            assert_eq!(raw.heads().len(), 2, "{second}");
        }
    }

    #[tokio::test]
    async fn begins_anew_with_a_changed_file_where_no_part_was_returned() {
        let other = part("4-9/10", "ABCDEF").replace("v1", "v2");
        let newer = response(200, &["Content-Length: 6", "ETag: \"v2\""], "ABCDEF");
        for says in [
            vec![whole("0123"), other, newer.clone()],
            // The service sends the newer file because the older one is not there any more.
            vec![whole("0123"), newer],
        ] {
            let raw = Raw::script(says.clone()).await;
            let progress = Progress::new();
            let call = raw.images().download(HASH).progress(&progress).bytes();
            assert_eq!(call.await.unwrap(), "ABCDEF");
            assert_eq!((progress.now().bytes, progress.now().total), (6, Some(6)));
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            let raw = Raw::script(says).await;
            let size = raw.images().download(HASH).to_file(&path).await.unwrap();
            assert_eq!(
                (size, &*std::fs::read_to_string(&path).unwrap()),
                (6, "ABCDEF")
            );
        }
        // Without a newer one, the error says why.
        let other = part("4-9/10", "ABCDEF").replace("v1", "v2");
        let raw = Raw::script([whole("0123"), other]).await;
        let error = raw.images().download(HASH).bytes().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        assert!(error.to_string().contains("the file changed"), "{error}");
    }

    #[tokio::test]
    async fn begins_anew_before_the_first_byte() {
        let newer = whole(ALL).replace("v1", "v2");
        let raw = Raw::script([whole(""), newer]).await;
        let (text, error) = read(raw.images().download(HASH).await.unwrap()).await;
        assert_eq!((&*text, error.map(|error| error.to_string())), (ALL, None));
        assert_eq!(raw.header("range"), [None, None]);
        // The size was told to the caller already.
        let longer = response(200, &["Content-Length: 11"], "0123456789A");
        let raw = Raw::script([whole(""), longer]).await;
        let (text, error) = read(raw.images().download(HASH).await.unwrap()).await;
        assert_eq!(text, "");
        assert!(error.unwrap().to_string().contains("the file changed"));
    }

    #[tokio::test]
    async fn passes_over_what_it_has_where_the_service_knows_no_ranges() {
        let says = [whole("0123"), whole("012345"), whole(ALL)];
        let raw = Raw::script(says.clone()).await;
        let (text, error) = read(raw.images().download(HASH).await.unwrap()).await;
        assert_eq!((&*text, error.map(|error| error.to_string())), (ALL, None));
        let raw = Raw::script(says).await;
        assert_eq!(raw.images().download(HASH).bytes().await.unwrap(), ALL);
    }

    #[tokio::test]
    async fn ends_at_the_promised_length_after_a_bounded_number_of_attempts() {
        let byte_by_byte = |total: usize| {
            move |_: usize, head: &str| {
                let from = head.split("range: bytes=").nth(1);
                let at = from.map_or(0, |from| from.split('-').next().unwrap().parse().unwrap());
                let length = format!("Content-Length: {}", total - at);
                let range = format!("Content-Range: bytes {at}-{}/{total}", total - 1);
                match from {
                    None => response(200, &[&length, "ETag: \"v1\""], "x"),
                    Some(_) => response(206, &[&range, &length], "x"),
                }
            }
        };
        let twice = || Retry::new().max_attempts(2);
        let raw = Raw::by(byte_by_byte(5)).await;
        let bytes = raw.images_with(twice()).download(HASH).bytes().await;
        assert_eq!(bytes.unwrap(), "xxxxx");
        assert_eq!(raw.heads().len(), 5);
        let raw = Raw::by(byte_by_byte(100_000)).await;
        let bytes = raw.images_with(twice()).download(HASH).bytes().await;
        let error = bytes.unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::Interrupted, 20)
        );
        assert_eq!(raw.heads().len(), 20);
        let raw = Raw::by(byte_by_byte(5)).await;
        let bytes = raw.images_with(Retry::never()).download(HASH).bytes().await;
        assert_eq!(bytes.unwrap_err().kind(), ErrorKind::Interrupted);
        assert_eq!(raw.heads().len(), 1);
        // More than was promised is not read.
        let longer = response(
            206,
            &["Content-Range: bytes 4-9/10", "Transfer-Encoding: chunked"],
            "9\r\n456789ABC\r\n0\r\n\r\n",
        );
        let raw = Raw::script([whole("0123"), longer]).await;
        assert_eq!(raw.images().download(HASH).bytes().await.unwrap(), ALL);
    }

    #[tokio::test]
    async fn does_not_begin_anew_for_ever() {
        let raw = Raw::by(|_, _| response(200, &["Content-Length: 10"], "0123")).await;
        let bytes = raw.images().download(HASH).bytes().await;
        assert_eq!(bytes.unwrap_err().kind(), ErrorKind::Interrupted);
        assert_eq!(raw.heads().len(), 3);
    }

    #[tokio::test]
    async fn uses_strong_validators_only() {
        const MODIFIED: &str = "Last-Modified: Tue, 10 Nov 2026 10:00:00 GMT";
        const AT_ONCE: &str = "Date: Tue, 10 Nov 2026 10:00:00 GMT";
        const LATER: &str = "Date: Sat, 28 Nov 2026 10:00:00 GMT";
        for validators in [
            &[][..],
            &["ETag: W/\"v1\""],
            &["ETag: W/\"v1\"", MODIFIED, LATER],
            &["ETag: v1"],
            &[MODIFIED],
            &[MODIFIED, AT_ONCE],
        ] {
            let first = |sent| response(200, &[&["Content-Length: 10"], validators].concat(), sent);
            let raw = Raw::script([first("0123"), first(ALL)]).await;
            let (text, error) = read(raw.images().download(HASH).await.unwrap()).await;
            let error = error.unwrap();
            assert_eq!((&*text, error.kind()), ("0123", ErrorKind::Interrupted));
            assert!(
                error.to_string().contains("neither a strong ETag nor"),
                "{error}"
            );
            assert_eq!(raw.heads().len(), 1, "{validators:?}");

            // What nobody has seen yet begins anew.
            let raw = Raw::script([first("0123"), first(ALL)]).await;
            assert_eq!(raw.images().download(HASH).bytes().await.unwrap(), ALL);
            assert_eq!(raw.header("range"), [None, None], "{validators:?}");
            assert_eq!(raw.header("if-range"), [None, None], "{validators:?}");
        }
        let first = response(200, &["Content-Length: 10", MODIFIED, LATER], "0123");
        let raw = Raw::script([first, part("4-9/10", "456789")]).await;
        let (text, error) = read(raw.images().download(HASH).await.unwrap()).await;
        assert_eq!((&*text, error.map(|error| error.to_string())), (ALL, None));
        let date = "tue, 10 nov 2026 10:00:00 gmt".to_owned();
        assert_eq!(raw.header("if-range"), [None, Some(date)]);
    }

    #[tokio::test]
    async fn is_complete_if_only_the_end_of_its_chunks_was_lost() {
        let end = response(416, &["Content-Range: bytes */4", "Content-Length: 0"], "");
        let raw = Raw::script([unfinished("0123"), end.clone()]).await;
        let (text, error) = read(raw.images().download(HASH).await.unwrap()).await;
        assert_eq!(
            (&*text, error.map(|error| error.to_string())),
            ("0123", None)
        );
        assert_eq!(raw.header("range")[1].as_deref(), Some("bytes=4-"));
        let raw = Raw::script([unfinished("0123"), end]).await;
        assert_eq!(raw.images().download(HASH).bytes().await.unwrap(), "0123");
        // A response that does not say where the file ends proves nothing.
        let silent = response(416, &["Content-Length: 0"], "");
        let raw = Raw::script([unfinished("0123"), silent]).await;
        let (_, error) = read(raw.images().download(HASH).await.unwrap()).await;
        assert_eq!(error.unwrap().kind(), ErrorKind::Interrupted);
    }

    #[tokio::test]
    async fn appends_nothing_that_contradicts_itself() {
        const GOOD: &str = "Content-Range: bytes 4-9/10";
        const SIX: &str = "Content-Length: 6";
        for (status, headers) in [
            (206, &["Content-Range: bytes 3-8/10", SIX][..]),
            (206, &["Content-Range: bytes 5-10/11", SIX]),
            (206, &["Content-Range: bytes 4-9/9", SIX]),
            (206, &["Content-Range: items 4-9/10", SIX]),
            (206, &["Content-Range: bytes 4-8/10", SIX]),
            (206, &[SIX]),
            (206, &[GOOD, "Content-Range: bytes 4-9/11", SIX]),
            (
                206,
                &[SIX, "Content-Type: multipart/byteranges; boundary=x"],
            ),
            (206, &[GOOD, SIX, "Content-Encoding: gzip"]),
            (404, &[SIX]),
            (500, &[SIX]),
        ] {
            let second = response(status, headers, "456789");
            let raw = Raw::script([whole("0123"), second.clone()]).await;
            let (text, error) = read(raw.images().download(HASH).await.unwrap()).await;
            assert_eq!(text, "0123", "{second}");
            let error = error.unwrap();
            assert_eq!(error.kind(), ErrorKind::Interrupted, "{second}: {error}");
            assert!(
                error
                    .to_string()
                    .contains("the rest could not be requested"),
                "{error}"
            );
        }
    }

    #[tokio::test]
    async fn keeps_its_deadline() {
        let raw = Raw::by(|_, _| response(200, &["Content-Length: 10"], "0123")).await;
        let patient = Retry::new()
            .max_attempts(u32::MAX)
            .max_elapsed(Duration::MAX);
        let images = raw.images_with(patient.max_backoff(Duration::from_millis(1)));
        let call = images.download(HASH).deadline(Duration::from_millis(300));
        let folder = tempfile::tempdir().unwrap();
        let call = call.to_file(folder.path().join("file"));
        let limit = Duration::from_secs(30);
        let error = tokio::time::timeout(limit, call.into_future()).await;
        let error = error.unwrap().unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Interrupted),
            "{error}"
        );
        assert!(is_empty(folder.path()));
    }
}

#[tokio::test]
async fn an_archive_that_breaks_off_begins_anew_or_is_an_error() {
    // It has parts as little as versions: each is packed for its request.
    let says = [whole("PK01"), whole(ALL)];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let raw = Raw::script(says.clone()).await;
    let call = raw.images().search().download_zip().to_file(&path);
    assert_eq!(call.await.unwrap(), 10);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), ALL);
    assert_eq!(raw.header("range"), [None, None]);
    assert_eq!(raw.header("if-range"), [None, None]);
    let raw = Raw::script(says).await;
    let (text, error) = read(raw.images().search().download_zip().await.unwrap()).await;
    let error = error.unwrap();
    assert_eq!((&*text, error.kind()), ("PK01", ErrorKind::Interrupted));
    assert!(
        error.to_string().contains("packs an archive anew"),
        "{error}"
    );
}

#[tokio::test]
async fn a_complete_download_leaves_its_connection_to_the_next_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // The only connection that is accepted, for all requests.
    let served = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        for _ in 0..3 {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(connection.read_u8().await.unwrap());
            }
            connection.write_all(whole(ALL).as_bytes()).await.unwrap();
        }
        listener
    });
    let client = Client::builder().api_host(&url).api_key("key");
    let client = client.retry(Retry::never()).no_proxy();
    let images = client.build().unwrap().source_images("acme").unwrap();
    for _ in 0..3 {
        let call = images
            .download(HASH)
            .bytes()
            .deadline(Duration::from_secs(30));
        assert_eq!(call.await.unwrap(), ALL);
    }
    drop(served.await.unwrap());
}

mod a_range {
    use super::*;

    #[tokio::test]
    async fn is_requested_and_resumed_within_itself() {
        let first = response(
            206,
            &[
                "Content-Range: bytes 100-109/1000",
                "Content-Length: 10",
                "ETag: \"v1\"",
            ],
            "0123",
        );
        let raw = Raw::script([first, part("104-109/1000", "456789")]).await;
        let download = raw.images().download(HASH).range(100..110).await.unwrap();
        assert_eq!(download.size(), Some(10));
        let (text, error) = read(download).await;
        assert_eq!((&*text, error.map(|error| error.to_string())), (ALL, None));
        assert_eq!(
            raw.header("range"),
            some(&["bytes=100-109", "bytes=104-109"])
        );
        assert_eq!(raw.header("if-range"), [None, Some("\"v1\"".to_owned())]);
    }

    #[tokio::test]
    async fn ends_with_the_file() {
        for says in [
            vec![part("5-9/10", "56789")],
            vec![part("5-7/10", "567"), part("8-9/10", "89")],
            // The length is not known before the end.
            vec![
                part("5-9/*", "56789"),
                response(416, &["Content-Range: bytes */10", "Content-Length: 0"], ""),
            ],
            // A service without ranges.
            vec![whole(ALL)],
            vec![format!("{}0\r\n\r\n", unfinished(ALL))],
        ] {
            let raw = Raw::script(says.clone()).await;
            let bytes = raw.images().download(HASH).range(5..100).bytes().await;
            assert_eq!(bytes.unwrap(), "56789", "{says:?}");
        }
        let raw = Raw::script([whole(ALL)]).await;
        let bytes = raw.images().download(HASH).range(2..=4).bytes().await;
        assert_eq!(bytes.unwrap(), "234");
        let raw = Raw::script([whole(ALL)]).await;
        let error = raw.images().download(HASH).range(10..).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(
            error.to_string().contains("the file has 10 bytes"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn is_refused_where_it_cannot_be() {
        let raw = Raw::script([]).await;
        let images = raw.images();
        let zip = || images.search().download_zip();
        for (call, says) in [
            (images.download(HASH).range(5..5), "is empty"),
            (images.download(HASH).range(..0), "is empty"),
            (zip().range(..5), "`range` is for originals"),
            (zip().verify(ALL_SHA1), "`verify` is for originals"),
            (
                images.download(HASH).range(..5).verify(ALL_SHA1),
                "`range` and `verify` exclude each other",
            ),
            (images.download(HASH).verify("abc"), "40 hexadecimal digits"),
            (
                images.download(HASH).header("Range", "bytes=100-109"),
                "`range(100..110)`",
            ),
            (
                images.download(HASH).header("if-range", "\"v1\""),
                "`if-range`",
            ),
            (
                images.download(HASH).header("accept-encoding", "gzip"),
                "`identity`",
            ),
        ] {
            let error = call.await.unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            assert!(error.to_string().contains(says), "{error}");
        }
        let folder = tempfile::tempdir().unwrap();
        let ranged = || images.download(HASH).header("range", "bytes=0-1");
        let error = ranged().to_directory(folder.path().join("new")).await;
        assert!(error.unwrap_err().is_invalid_input());
        let error = ranged().to_file(folder.path().join("file")).await;
        assert!(error.unwrap_err().is_invalid_input());
        assert!(is_empty(folder.path()));
        assert!(raw.heads().is_empty());
    }

    #[tokio::test]
    async fn that_was_not_requested_is_refused() {
        for first in [
            part("0-9/10", ALL),
            part("0-3/10", "0123"),
            response(200, &["Content-Length: 10", "Content-Encoding: gzip"], ALL),
        ] {
            let raw = Raw::script([first.clone()]).await;
            let error = raw.images().download(HASH).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{first}: {error}");
            assert!(error.status().unwrap().is_success());
        }
    }

    #[tokio::test]
    async fn two_lengths_are_refused() {
        let headers = ["Content-Length: 3", "Transfer-Encoding: chunked"];
        let both = response(200, &headers, "a\r\n0123456789\r\n0\r\n\r\n");
        let raw = Raw::script([both]).await;
        let call = raw.images_with(Retry::never()).download(HASH).bytes();
        let error = call.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    }
}

mod a_file_that_is_not_synced {
    use super::*;

    #[tokio::test]
    async fn is_written_as_any_other() {
        let whole = whole(ALL);
        let raw = Raw::script([whole.clone(), whole.clone(), whole]).await;
        let images = raw.images();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let download = || images.download(HASH);
        assert_eq!(download().to_file(&path).sync(false).await.unwrap(), 10);
        let named = download().to_directory(folder.path()).sync(false);
        let mut paths = vec![path, named.await.unwrap()];
        let other = folder.path().join("bulk");
        let mut files = images.bulk().download([HASH], &other).sync(false);
        while let Some(file) = files.next().await {
            paths.push(file.result.unwrap());
        }
        assert_eq!(paths.len(), 3);
        for path in paths {
            assert_eq!(std::fs::read_to_string(path).unwrap(), ALL);
        }
    }
}

mod a_verified_download {
    use super::*;

    fn is_mismatch(error: &Error) {
        assert_eq!(error.kind(), ErrorKind::HashMismatch, "{error}");
        let text = error.to_string();
        assert!(
            text.contains(ALL_SHA1) && text.contains(&"0".repeat(40)),
            "{text}"
        );
        assert!(!error.is_retryable());
    }

    #[tokio::test]
    async fn is_what_was_expected_or_an_error() {
        let mut hasher = BinaryHasher::new();
        hasher.update(ALL);
        assert_eq!(hasher.finish(), ALL_SHA1);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let raw = Raw::by(|_, _| whole(ALL)).await;
        let download = |hash: &str| raw.images().download(HASH).verify(hash);
        let upper = ALL_SHA1.to_uppercase();
        assert_eq!(download(&upper).bytes().await.unwrap(), ALL);
        assert_eq!(download(ALL_SHA1).to_file(&path).await.unwrap(), 10);
        std::fs::remove_file(&path).unwrap();
        let wrong = "0".repeat(40);
        is_mismatch(&download(&wrong).bytes().await.unwrap_err());
        is_mismatch(&download(&wrong).to_file(&path).await.unwrap_err());
        is_mismatch(
            &download(&wrong)
                .to_directory(folder.path())
                .await
                .unwrap_err(),
        );
        assert!(is_empty(folder.path()));
        let (text, error) = read(download(&wrong).await.unwrap()).await;
        assert_eq!(text, ALL);
        is_mismatch(&error.unwrap());
    }

    #[tokio::test]
    async fn is_verified_as_a_whole_however_it_came() {
        for says in [
            vec![whole("0123"), part("4-9/10", "456789")],
            vec![whole("0123"), whole(ALL)],
            vec![whole("abcd"), whole(ALL).replace("v1", "v2")],
        ] {
            let raw = Raw::script(says).await;
            let bytes = raw.images().download(HASH).verify(ALL_SHA1).bytes().await;
            assert_eq!(bytes.unwrap(), ALL);
        }
        let raw = Raw::script([whole("0123"), part("4-9/10", "45678A")]).await;
        let call = raw.images().download(HASH).verify(ALL_SHA1).bytes();
        assert_eq!(call.await.unwrap_err().kind(), ErrorKind::HashMismatch);
    }

    /// Two images that a search finds; the bytes of the second one are not its own.
    fn found() -> Server {
        let mut good = image(HASH);
        good["binary_hash"] = ALL_SHA1.into();
        let mut bad = image(OTHER);
        bad["binary_hash"] = "C0FFEE".repeat(7)[..40].into();
        let page = list(&[good, bad]);
        Server::respond(move |request| {
            if request.target.contains("/download") {
                reply(200, ALL)
            } else {
                json(200, &page)
            }
        })
    }

    #[tokio::test]
    async fn is_what_a_search_found_unless_that_is_turned_off() {
        let server = found();
        let images = server.images();
        let folder = tempfile::tempdir().unwrap();
        let files = images.bulk().download(images.search(), folder.path());
        let mut items: Vec<_> = files.collect().await;
        items.sort_by_key(|item| item.position);
        let good = items[0].result.as_ref().unwrap();
        assert_eq!(good, &folder.path().join(format!("{HASH}-cat.jpg")));
        let error = items[1].result.as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::HashMismatch);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

        let folder = tempfile::tempdir().unwrap();
        let files = images.bulk().download(images.search(), folder.path());
        let items: Vec<_> = files.verify(false).collect().await;
        assert!(items.len() == 2 && items.iter().all(|item| item.result.is_ok()));
        let folder = tempfile::tempdir().unwrap();
        let files = images.bulk().download([OTHER], folder.path());
        let items: Vec<_> = files.collect().await;
        assert!(items[0].result.is_ok(), "a hash alone tells no binary hash");
    }
}

mod a_file {
    use super::*;

    fn requests_for_files(emulator: &Emulator) -> usize {
        let requests = emulator.requests().into_iter();
        requests
            .filter(|request| request.path.ends_with("/download"))
            .count()
    }

    #[tokio::test]
    async fn that_exists_is_not_received_again() {
        let emulator = Emulator::start().await;
        let hashes = emulator.seed_images("acme", 5);
        let images = emulator.source_images().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let all = || images.bulk().download(images.search(), folder.path());
        let first: Vec<_> = all().collect().await;
        assert_eq!(first.len(), 5);
        let path = first[0].result.as_ref().unwrap();
        let content = std::fs::read(path).unwrap();
        std::fs::write(path, "mine").unwrap();
        assert_eq!(requests_for_files(&emulator), 5);

        let again: Vec<_> = all().collect().await;
        for item in &again {
            let error = item.result.as_ref().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AlreadyExists);
            assert!(error.to_string().contains("`overwrite`"), "{error}");
            assert!(error.to_string().contains("`skip_existing`"), "{error}");
        }
        let skipped: Vec<_> = all().skip_existing().collect().await;
        let paths = |items: &[rokka::BulkItem<std::path::PathBuf>]| {
            let mut paths: Vec<_> = items
                .iter()
                .map(|item| item.result.as_ref().unwrap().clone())
                .collect();
            paths.sort();
            paths
        };
        assert_eq!(paths(&skipped), paths(&first));
        assert_eq!(std::fs::read_to_string(path).unwrap(), "mine");
        assert_eq!(requests_for_files(&emulator), 5, "nothing is sent for them");

        let replaced: Vec<_> = all().overwrite().collect().await;
        assert_eq!(paths(&replaced), paths(&first));
        assert!(std::fs::read(path).unwrap() == content);
        assert_eq!(requests_for_files(&emulator), 10);

        // A hash alone tells no name, but the headers do.
        let by_hash = || images.bulk().download(hashes.clone(), folder.path());
        let skipped: Vec<_> = by_hash().skip_existing().collect().await;
        assert_eq!(paths(&skipped), paths(&first));
        let refused: Vec<_> = by_hash().collect().await;
        assert!(refused.iter().all(|item| item.result.is_err()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5);
    }

    #[tokio::test]
    async fn that_exists_is_noticed_at_the_headers_at_the_latest() {
        // The body never comes.
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Disposition: attachment; filename=a.jpg\r\n\r\n";
        let raw = Raw::by(|_, _| head.to_owned()).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{HASH}-a.jpg"));
        std::fs::write(&path, "old").unwrap();
        let call = || raw.images().download(HASH).to_directory(folder.path());
        let error = call().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(call().skip_existing().await.unwrap(), path);
        assert_eq!(raw.heads().len(), 2);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    }

    #[tokio::test]
    async fn may_be_kept_or_replaced_wherever_one_is_written() {
        let emulator = Emulator::start().await;
        emulator.seed_images("acme", 1);
        let client = emulator.client().unwrap();
        let images = emulator.source_images().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "old").unwrap();
        let hash = images.search().await.unwrap().items[0].hash.clone();
        let sent = emulator.requests().len();
        let picture = || Source::bytes("a.gif", "GIF89a");
        let render = || client.render_upload("acme", picture());
        assert_eq!(
            images
                .download(&hash)
                .to_file(&path)
                .skip_existing()
                .await
                .unwrap(),
            0
        );
        assert_eq!(render().to_file(&path).skip_existing().await.unwrap(), 0);
        let zip = || images.search().download_zip();
        assert_eq!(zip().to_file(&path).skip_existing().await.unwrap(), 0);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(
            emulator.requests().len(),
            sent,
            "nothing is sent for a file that stays"
        );
        zip().to_file(&path).overwrite().await.unwrap();
        assert!(std::fs::read(&path).unwrap().starts_with(b"PK"));
        let archive = zip().to_directory(folder.path()).await.unwrap();
        std::fs::write(&archive, "old").unwrap();
        assert_eq!(
            zip()
                .to_directory(folder.path())
                .skip_existing()
                .await
                .unwrap(),
            archive
        );
        assert_eq!(std::fs::read_to_string(&archive).unwrap(), "old");
        zip().to_directory(folder.path()).overwrite().await.unwrap();
        assert!(std::fs::read(&archive).unwrap().starts_with(b"PK"));
    }

    #[tokio::test]
    async fn can_only_take_the_place_of_a_file() {
        let raw = Raw::script([]).await;
        let images = raw.images();
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("directory");
        std::fs::create_dir(&directory).unwrap();
        let call = || images.download(HASH).to_file(&directory);
        assert!(call().await.unwrap_err().is_already_exists());
        for call in [call().overwrite(), call().skip_existing()] {
            assert!(call.await.unwrap_err().is_invalid_input());
        }
        let nameless = images.download(HASH).to_file(folder.path().join(".."));
        assert!(nameless.overwrite().await.is_err());
        let missing = images.download(HASH).to_file(folder.path().join("no/file"));
        assert_eq!(missing.await.unwrap_err().kind(), ErrorKind::Io);
        let beneath = folder.path().join("file");
        std::fs::write(&beneath, "").unwrap();
        let call = images.download(HASH).to_directory(beneath.join("new"));
        assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Io);
        assert!(
            raw.heads().is_empty(),
            "nothing is sent for what cannot be written"
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn that_is_replaced_keeps_its_permissions() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = tempfile::tempdir().unwrap();
        let raw = Raw::by(|_, _| whole(ALL)).await;
        let to = |path: &Path| raw.images().download(HASH).to_file(path).overwrite();
        let path = folder.path().join("file");
        for bits in [0o600, 0o640, 0o444, 0o755] {
            std::fs::write(&path, "old").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(bits)).unwrap();
            to(&path).await.unwrap();
            assert_eq!(mode(&path), bits);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), ALL);
            std::fs::remove_file(&path).unwrap();
        }
        // A new one has what any new file has.
        to(&path).await.unwrap();
        let usual = folder.path().join("usual");
        std::fs::write(&usual, "").unwrap();
        assert_eq!(mode(&path), mode(&usual));

        // What a link leads to stays as it is.
        let link = folder.path().join("link");
        symlink(&usual, &link).unwrap();
        to(&link).await.unwrap();
        assert_eq!(std::fs::read_to_string(&usual).unwrap(), "");
        assert_eq!(std::fs::read_to_string(&link).unwrap(), ALL);

        let pipe = folder.path().join("pipe");
        let mkfifo = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(mkfifo.unwrap().success());
        assert!(to(&pipe).await.unwrap_err().is_invalid_input());
    }

    #[tokio::test]
    async fn is_saved_under_any_name_that_a_service_suggests() {
        let long = "猫".repeat(64);
        let longest = "a".repeat(300);
        for (suggested, saved) in [
            (format!("{long}.jpg"), format!("{HASH}-{long}.jpg")),
            (
                format!("{longest}.jpg"),
                format!("{HASH}-{}.jpg", "a".repeat(210)),
            ),
            ("../../evil.sh".to_owned(), format!("{HASH}-evil.sh")),
            (r"C:\evil.exe".to_owned(), format!("{HASH}-evil.exe")),
            ("...".to_owned(), HASH.to_owned()),
        ] {
            let name: String = suggested.bytes().fold(String::new(), |mut name, byte| {
                write!(name, "%{byte:02X}").unwrap();
                name
            });
            let header = format!("Content-Disposition: attachment; filename*=UTF-8''{name};");
            let say = response(200, &["Content-Length: 10", &header], ALL);
            let raw = Raw::script([say]).await;
            let folder = tempfile::tempdir().unwrap();
            let call = raw.images().download(HASH).to_directory(folder.path());
            let path = call.await.unwrap();
            assert_eq!(path, folder.path().join(saved));
            assert_eq!(std::fs::read_to_string(path).unwrap(), ALL);
        }
        // One that the caller chooses, as long as a name can be.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a".repeat(255));
        let raw = Raw::script([whole(ALL)]).await;
        assert_eq!(
            raw.images().download(HASH).to_file(&path).await.unwrap(),
            10
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[tokio::test]
async fn a_rendering_that_breaks_off_continues_within_its_version() {
    let raw = Raw::script([whole("0123"), part("4-9/10", "456789")]).await;
    let client = Client::builder()
        .api_host("https://api.example.org")
        .render_host(&raw.url)
        .retry(Retry::new().initial_backoff(Duration::from_millis(1)))
        .no_proxy()
        .build()
        .unwrap();
    let url = client.render("acme", HASH).unwrap().stack("card");
    let download = client.download_rendering(&url).await.unwrap();
    let (text, error) = read(download).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(text, ALL);
    assert_eq!(raw.header("range"), [None, Some("bytes=4-".to_owned())]);
    assert_eq!(raw.header("if-range"), [None, Some("\"v1\"".to_owned())]);
}
