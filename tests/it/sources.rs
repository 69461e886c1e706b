//! What is uploaded: exactly the bytes that were announced or an error, from files, bytes, streams and URLs.

use std::fmt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use crate::support::{
    HASH, Part, RecordedRequest, Reply, Server, builder, find, image, nobody, stored,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use rokka::{
    BinaryHasher, Client, CropArea, DynamicValue, Error, ErrorKind, MultiAreas, OptimizeSource,
    Progress, Retry, Source, SourceImages, SubjectArea, UserMetadata,
};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};

/// Long enough for whatever happens at once, on however busy a machine.
const SOON: Duration = Duration::from_secs(30);

/// More than the connection and the system take before somebody reads.
const LARGE: u64 = 20 * 1024 * 1024;

async fn soon<T>(work: impl IntoFuture<Output = T>) -> T {
    tokio::time::timeout(SOON, work.into_future())
        .await
        .expect("it takes too long")
}

/// A server that takes whatever comes: when a connection has brought as many bytes as it promised, or ends, the image is
/// stored.
struct Lenient {
    url: String,
    connections: Arc<AtomicUsize>,
    received: mpsc::UnboundedReceiver<Vec<u8>>,
    /// How many connections have begun to send a body.
    begun: Arc<Semaphore>,
    /// How many of them may be read to their ends.
    may_end: Arc<Semaphore>,
}

impl Lenient {
    async fn start() -> Self {
        let server = Self::held().await;
        server.may_end.add_permits(1_000);
        server
    }

    /// Reads no more than the head of a request until it may.
    async fn held() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, received) = mpsc::unbounded_channel();
        let server = Self {
            url,
            connections: Arc::default(),
            received,
            begun: Arc::new(Semaphore::new(0)),
            may_end: Arc::new(Semaphore::new(0)),
        };
        let connections = Arc::clone(&server.connections);
        let (begun, may_end) = (Arc::clone(&server.begun), Arc::clone(&server.may_end));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (sender, begun, may_end) = (sender.clone(), begun.clone(), may_end.clone());
                tokio::spawn(async move {
                    let request = serve(stream, &begun, &may_end).await;
                    sender.send(request).ok();
                });
            }
        });
        server
    }

    fn client(&self) -> Client {
        let retry = Retry::new()
            .max_attempts(3)
            .initial_backoff(Duration::from_millis(1));
        builder(self.url.clone()).retry(retry).build().unwrap()
    }

    fn images(&self) -> SourceImages {
        self.client().source_images("acme").unwrap()
    }

    /// What came on the next connection, which ended.
    async fn request(&mut self) -> Vec<u8> {
        soon(self.received.recv()).await.unwrap()
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// That one request came, and that it was not one that a service could take for a whole one.
    async fn got_no_whole_request(&mut self) {
        let request = self.request().await;
        assert!(!is_whole(&request), "{}", String::from_utf8_lossy(&request));
        assert_eq!(self.connections(), 1, "it was sent again");
    }
}

/// The position after the head, and the promised length of the body.
fn head(request: &[u8]) -> Option<(usize, Option<usize>)> {
    let end = find(request, b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&request[..end]).to_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map(|length| length.parse().unwrap());
    Some((end, length))
}

/// Whether all came that was promised, or what a form ends with.
fn is_whole(request: &[u8]) -> bool {
    let Some((end, length)) = head(request) else {
        return false;
    };
    let body = &request[end..];
    let closed = find(&body[body.len().saturating_sub(16)..], b"--\r\n").is_some();
    closed || length.is_some_and(|length| body.len() >= length)
}

async fn serve(mut stream: TcpStream, begun: &Semaphore, may_end: &Semaphore) -> Vec<u8> {
    let mut request = Vec::new();
    let mut held = true;
    while !is_whole(&request) {
        if held && head(&request).is_some() {
            begun.add_permits(1);
            may_end.acquire().await.unwrap().forget();
            held = false;
        }
        match stream.read_buf(&mut request).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    let body = json!({"total": 1, "items": [image(HASH)]}).to_string();
    let response = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(response.as_bytes()).await.ok();
    request
}

/// The ways in which a source is sent.
const WAYS: [&str; 4] = ["upload", "upload_many", "bulk", "render"];

async fn send(client: &Client, way: &str, source: Source) -> Result<(), Error> {
    let images = client.source_images("acme").unwrap();
    match way {
        "upload" => images.upload(source).await.map(drop),
        "upload_many" => images.upload_many([source]).await.map(drop),
        "bulk" => {
            let mut items: Vec<_> = images.bulk().upload([source]).collect().await;
            items.remove(0).result.map(drop)
        }
        _ => {
            let rendered = client.render_upload("acme", source);
            rendered.bytes().await.map(drop)
        }
    }
}

fn stream_of(
    pieces: &[&'static str],
) -> impl Stream<Item = io::Result<&'static str>> + Send + use<> {
    stream::iter(pieces.iter().copied().map(Ok).collect::<Vec<_>>())
}

fn is_io(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Io, "{error:#}");
    assert!(!error.is_retryable());
    assert_eq!(error.attempts(), 1, "{error:#}");
}

mod lengths {
    use super::*;

    #[tokio::test]
    async fn a_stream_that_is_longer_or_shorter_than_announced_fails() {
        let longer = "the stream \"s\" has more bytes than its `length` of 20";
        for (pieces, rule) in [
            (&["0123456789", "0123456789xx"][..], longer),
            (&["0123456789", "0123456789", "", "x"], longer),
            (&["0123456789012345678901"], longer),
            (
                &["0123456789", "01234567"],
                "the stream \"s\" ended after 18 bytes, but `length` is 20",
            ),
            (
                &[],
                "the stream \"s\" ended after 0 bytes, but `length` is 20",
            ),
        ] {
            for way in WAYS {
                let mut server = Lenient::start().await;
                let source = Source::stream("s", stream_of(pieces)).length(20);
                let error = soon(send(&server.client(), way, source)).await.unwrap_err();
                is_io(&error);
                assert!(error.to_string().contains(rule), "{way}: {error}");
                server.got_no_whole_request().await;
            }
        }
    }

    #[tokio::test]
    async fn one_stream_of_several_with_another_length_fails_all() {
        let mut server = Lenient::start().await;
        let sources = [
            Source::bytes("a", "A"),
            Source::stream("s", stream_of(&["0123"])).length(3),
            Source::bytes("b", "B"),
        ];
        let error = soon(server.images().upload_many(sources))
            .await
            .unwrap_err();
        is_io(&error);
        server.got_no_whole_request().await;
    }

    #[tokio::test]
    async fn a_stream_of_its_length_arrives_whole() {
        for pieces in [
            &["0123456789", "", "0123456789"][..],
            &["01234567890123456789"],
        ] {
            for way in WAYS {
                let server = Server::script([stored()]);
                let source = Source::stream("s", stream_of(pieces)).length(20);
                soon(send(&server.client(), way, source)).await.unwrap();
                assert_eq!(server.only_request().file(), b"01234567890123456789");
            }
        }
        let server = Server::script([stored()]);
        let source = Source::stream("s", stream_of(&[])).length(0);
        soon(send(&server.client(), "upload", source))
            .await
            .unwrap();
        assert_eq!(server.only_request().file(), b"");
    }

    #[tokio::test]
    async fn what_no_request_can_carry_is_refused_before_anything_is_sent() {
        let server = Server::script([stored()]);
        let most = u64::MAX / 2;
        let source = |length| Source::stream("s", stream_of(&[])).length(length);
        for sources in [
            vec![source(u64::MAX)],
            vec![source(most + 1)],
            vec![source(most), source(1)],
            vec![source(1), Source::bytes("a", "A"), source(most - 1)],
        ] {
            let error = server.images().upload_many(sources).await.unwrap_err();
            assert!(error.is_invalid_input(), "{error:?}");
            assert!(error.to_string().contains("must not exceed"), "{error}");
            assert_eq!(error.attempts(), 0);
        }
        assert_eq!(server.connections(), 0);
    }

    #[tokio::test]
    async fn a_stream_of_empty_pieces_without_end_ends_with_the_deadline() {
        let server = Lenient::start().await;
        let source = Source::stream("s", stream::repeat_with(|| Ok(Bytes::new())));
        let call = server
            .images()
            .upload(source)
            .deadline(Duration::from_millis(200));
        let error = soon(call).await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
    }

    #[tokio::test]
    async fn a_success_before_the_file_is_sent_is_none() {
        for way in ["upload", "upload_many", "bulk", "render"] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            let serving = tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while head(&request).is_none() {
                    stream.read_buf(&mut request).await.unwrap();
                }
                let body = json!({"total": 1, "items": [image(HASH)]}).to_string();
                let response = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(response.as_bytes()).await.unwrap();
                // Until the client has heard enough.
                while stream
                    .read_buf(&mut request)
                    .await
                    .is_ok_and(|read| read > 0)
                {}
                request
            });
            let client = builder(url).build().unwrap();
            let source = Source::stream("s", stream_of(&["0123"]).chain(stream::pending()));
            let error = soon(send(&client, way, source)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{way}: {error:?}");
            assert_eq!(error.status().unwrap(), 200);
            assert!(
                error.to_string().contains("before the whole file was sent"),
                "{error}"
            );
            assert!(!is_whole(&soon(serving).await.unwrap()));
        }
    }
}

mod files {
    use super::*;

    type Upload = rokka::source_images::Upload;
    use std::fs::File;

    /// A file whose last change is long ago, so that the next one shows.
    fn file(length: u64) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cat.jpg");
        let file = File::create(&path).unwrap();
        file.set_len(length).unwrap();
        let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
        file.set_modified(old).unwrap();
        (folder, path)
    }

    fn open(path: &Path) -> File {
        File::options().write(true).open(path).unwrap()
    }

    async fn is_changed_while_it_is_sent(change: impl Fn(&Path), rule: &str) {
        for way in WAYS {
            let (_folder, path) = file(LARGE);
            let mut server = Lenient::held().await;
            let client = server.client();
            let upload = tokio::spawn({
                let source = Source::path(&path);
                async move { send(&client, way, source).await }
            });
            soon(server.begun.acquire()).await.unwrap().forget();
            change(&path);
            server.may_end.add_permits(1_000);
            let error = soon(upload).await.unwrap().unwrap_err();
            is_io(&error);
            assert!(error.to_string().contains(rule), "{way}: {error}");
            assert!(error.to_string().contains("cat.jpg"), "{error}");
            server.got_no_whole_request().await;
        }
    }

    #[tokio::test]
    async fn one_that_grows_while_it_is_sent_fails() {
        let rule = format!(
            "changed while it was sent: it had {LARGE} bytes and has {} now",
            LARGE + 7
        );
        is_changed_while_it_is_sent(|path| open(path).set_len(LARGE + 7).unwrap(), &rule).await;
    }

    #[tokio::test]
    async fn one_that_shrinks_while_it_is_sent_fails() {
        let rule = format!(
            "changed while it was sent: it had {LARGE} bytes and has {} now",
            LARGE - 7
        );
        is_changed_while_it_is_sent(|path| open(path).set_len(LARGE - 7).unwrap(), &rule).await;
    }

    #[tokio::test]
    async fn one_that_is_written_to_while_it_is_sent_fails() {
        let write = |path: &Path| io::Write::write_all(&mut open(path), b"new").unwrap();
        is_changed_while_it_is_sent(write, "changed while it was sent: it was written to").await;
    }

    #[tokio::test]
    async fn one_that_is_replaced_while_it_is_sent_is_sent_as_it_was() {
        let (folder, path) = file(LARGE);
        let mut server = Lenient::held().await;
        let images = server.images();
        let source = Source::path(&path);
        let upload = tokio::spawn(async move { images.upload(source).await });
        soon(server.begun.acquire()).await.unwrap().forget();
        let other = folder.path().join("other");
        std::fs::write(&other, "other").unwrap();
        std::fs::rename(&other, &path).unwrap();
        server.may_end.add_permits(1_000);
        soon(upload).await.unwrap().unwrap();
        let request = server.request().await;
        assert!(is_whole(&request) && request.len() as u64 > LARGE);
    }

    #[tokio::test]
    async fn every_length_around_a_piece_arrives_as_it_is() {
        let piece = 512 * 1024;
        for length in [0, 1, piece - 1, piece, piece + 1, 2 * piece, 5 * piece + 3] {
            let content: Vec<u8> = (0..=250).cycle().take(length).collect();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("cat.jpg");
            std::fs::write(&path, &content).unwrap();
            let server = Server::script([stored()]);
            soon(server.images().upload(Source::path(&path)))
                .await
                .unwrap();
            let request = server.only_request();
            assert!(request.header("transfer-encoding").is_none());
            assert!(request.file() == content, "{length}");
        }
    }

    #[test]
    fn one_that_cannot_be_opened_yet_is_abandoned_in_time() {
        let short = Duration::from_millis(100);
        let limits: [fn(Upload, Duration) -> Upload; 2] = [
            |call, limit| call.deadline(limit),
            |call, limit| call.idle_timeout(limit),
        ];
        let (folder, path) = file(10);
        for limit in limits {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .max_blocking_threads(1)
                .build()
                .unwrap();
            runtime.block_on(async {
                // The only thread that may block waits, as for a mount that does not respond.
                let (release, held) = std::sync::mpsc::channel::<()>();
                let waiting = tokio::task::spawn_blocking(move || held.recv());
                let server = Server::script([stored()]);
                let call = limit(server.images().upload(Source::path(&path)), short);
                let error = soon(call).await.unwrap_err();
                assert!(error.is_timeout(), "{error:?}");
                assert_eq!((error.attempts(), server.connections()), (0, 0));
                drop(release);
                soon(waiting).await.unwrap().unwrap_err();
            });
        }
        drop(folder);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn one_that_the_system_makes_up_is_sent_as_it_is_read() {
        for path in [
            "/proc/version",
            "/sys/kernel/mm/transparent_hugepage/enabled",
        ] {
            let Ok(content) = std::fs::read(path) else {
                continue;
            };
            assert!(!content.is_empty());
            let server = Server::script([stored()]);
            soon(server.images().upload(Source::path(path)))
                .await
                .unwrap();
            assert_eq!(server.only_request().file(), content);
        }
    }

    #[cfg(unix)]
    mod special {
        use super::*;
        use std::os::unix::net::UnixListener;

        fn named_pipe(path: &Path) {
            let made = std::process::Command::new("mkfifo").arg(path).status();
            assert!(made.unwrap().success());
        }

        #[test]
        fn ones_are_refused_before_they_are_opened() {
            let folder = tempfile::tempdir().unwrap();
            let place = |name: &str| folder.path().join(name);
            named_pipe(&place("pipe"));
            let _socket = UnixListener::bind(place("socket")).unwrap();
            std::os::unix::fs::symlink(place("pipe"), place("link")).unwrap();
            let cases = [
                (
                    place("pipe"),
                    "pipe is not a file: it is a named pipe; read it yourself",
                ),
                (
                    place("link"),
                    "link is not a file: it is a named pipe; read it yourself",
                ),
                (
                    place("socket"),
                    "socket is not a file: it is a socket; read it yourself",
                ),
                (
                    "/dev/zero".into(),
                    "/dev/zero is not a file: it is a device; read it yourself",
                ),
                (
                    "/dev/tty".into(),
                    "/dev/tty is not a file: it is a device; read it yourself",
                ),
                (folder.path().to_owned(), "is not a file: it is a directory"),
            ];
            let (sender, ended) = std::sync::mpsc::channel();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread();
                let runtime = runtime_of(runtime);
                runtime.block_on(async {
                    let server = Server::script([stored()]);
                    for (path, rule) in &cases {
                        for way in WAYS {
                            let error = send(&server.client(), way, Source::path(path))
                                .await
                                .unwrap_err();
                            assert!(error.is_invalid_input(), "{error:?}");
                            assert!(error.to_string().contains(rule), "{way}: {error}");
                            assert_eq!(error.attempts(), 0);
                        }
                    }
                    assert_eq!(server.connections(), 0);
                });
                // Waits for the threads that may block.
                drop(runtime);
                sender.send(()).unwrap();
            });
            ended
                .recv_timeout(SOON)
                .expect("an upload or its runtime does not end");
        }

        fn runtime_of(mut builder: tokio::runtime::Builder) -> tokio::runtime::Runtime {
            builder.enable_all().build().unwrap()
        }

        #[tokio::test]
        async fn a_link_to_a_file_is_followed() {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("cat.jpg"), "cat").unwrap();
            let link = folder.path().join("link.jpg");
            std::os::unix::fs::symlink("cat.jpg", &link).unwrap();
            let server = Server::script([stored()]);
            server.images().upload(Source::path(&link)).await.unwrap();
            let parts = server.only_request().parts();
            assert_eq!(parts[0].file_name.as_deref(), Some("link.jpg"));
            assert_eq!(parts[0].body, b"cat");
        }
    }
}

mod failures {
    use super::*;

    /// What a caller's own reader may fail with.
    #[derive(Debug)]
    struct OutOfPaper;

    impl fmt::Display for OutOfPaper {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the scanner is out of paper")
        }
    }

    impl std::error::Error for OutOfPaper {}

    #[tokio::test]
    async fn of_a_stream_are_told_with_their_cause_and_not_repeated() {
        for (before, length) in [(0, None), (1, None), (3, Some(100)), (5, Some(50))] {
            for way in WAYS {
                let mut server = Lenient::start().await;
                let pieces = vec!["0123456789"; before];
                let failing = stream_of(&pieces).chain(stream::iter([Err(io::Error::new(
                    io::ErrorKind::ConnectionReset,
                    OutOfPaper,
                ))]));
                let mut source = Source::stream("s", failing);
                if let Some(length) = length {
                    source = source.length(length);
                }
                let error = soon(send(&server.client(), way, source)).await.unwrap_err();
                is_io(&error);
                assert!(
                    error.to_string().ends_with(r#"the stream "s" failed"#),
                    "{way}: {error}"
                );
                let cause = std::error::Error::source(&error).unwrap();
                let cause = cause.downcast_ref::<io::Error>().unwrap();
                assert_eq!(cause.kind(), io::ErrorKind::ConnectionReset);
                assert!(cause.get_ref().unwrap().is::<OutOfPaper>());
                assert!(format!("{error:#}").contains("the scanner is out of paper"));
                server.got_no_whole_request().await;
            }
        }
    }

    #[tokio::test]
    async fn of_a_stream_do_not_hide_what_the_service_says() {
        // The service refuses the upload at once; the stream fails only after that was said.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = builder(format!("http://{}", listener.local_addr().unwrap()))
            .build()
            .unwrap();
        let (tell, told) = tokio::sync::oneshot::channel();
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while head(&request).is_none() {
                stream.read_buf(&mut request).await.unwrap();
            }
            let response =
                b"HTTP/1.1 403 Forbidden\r\ncontent-length: 17\r\n\r\n{\"message\":\"no!\"}";
            stream.write_all(response).await.unwrap();
            tell.send(stream).unwrap();
        });
        // Nobody fails before the response is there, and nobody hangs up.
        let mut told = Some(told);
        let late: Pin<Box<dyn Stream<Item = io::Result<&str>> + Send>> =
            Box::pin(stream_of(&["0123"]).chain(stream::pending()));
        let images = client.source_images("acme").unwrap();
        let error = soon(images.upload(Source::stream("s", late)))
            .await
            .unwrap_err();
        assert!(error.is_forbidden(), "{error:?}");
        assert_eq!(error.message(), "no!");
        soon(serving).await.unwrap();
        drop(soon(told.take().unwrap()).await.unwrap());
    }
}

mod readers {
    use super::*;

    #[tokio::test]
    async fn arrive_whole_and_in_large_pieces() {
        let content: Vec<u8> = (0..=250).cycle().take(1_300_000).collect();
        for way in WAYS {
            let server = Server::script([stored()]);
            let source = Source::reader("cat.jpg", io::Cursor::new(content.clone()));
            soon(send(&server.client(), way, source)).await.unwrap();
            let request = server.only_request();
            assert_eq!(request.header("transfer-encoding"), Some("chunked"));
            assert!(request.file() == content, "{way}");
        }
    }

    #[tokio::test]
    async fn that_fail_are_told_with_their_cause() {
        for way in WAYS {
            let mut server = Lenient::start().await;
            let source = Source::reader("cat.jpg", failing());
            let error = soon(send(&server.client(), way, source)).await.unwrap_err();
            is_io(&error);
            let text = format!("{error:#}");
            assert!(text.contains(r#"the stream "cat.jpg" failed"#), "{text}");
            assert!(text.contains("the disk is gone"), "{text}");
            server.got_no_whole_request().await;
        }
    }

    /// Three bytes, and then a failure.
    fn failing() -> impl tokio::io::AsyncRead + Send + 'static {
        struct Failing;
        impl tokio::io::AsyncRead for Failing {
            fn poll_read(
                self: Pin<&mut Self>,
                _: &mut std::task::Context<'_>,
                _: &mut tokio::io::ReadBuf<'_>,
            ) -> std::task::Poll<io::Result<()>> {
                std::task::Poll::Ready(Err(io::Error::other("the disk is gone")))
            }
        }
        AsyncReadExt::chain(&b"cat"[..], Failing)
    }
}

mod channels {
    use super::*;
    use futures_util::FutureExt;

    const ENDED: &str = r#"the upload of "s" ended before it took all bytes"#;

    #[tokio::test]
    async fn carry_all_that_is_sent_in_its_order() {
        for (length, way) in WAYS.iter().flat_map(|way| [(None, way), (Some(13), way)]) {
            let server = Server::script([stored()]);
            let (mut sender, mut source) = Source::channel("s");
            if let Some(length) = length {
                source = source.length(length);
            }
            let client = server.client();
            let push = async move {
                sender.send("0123").await.unwrap();
                sender.send("").await.unwrap();
                sender.send(vec![b'4'; 3]).await.unwrap();
                sender.send(Bytes::from("567890")).await.unwrap();
                sender.finish();
            };
            let (sent, ()) = soon(async { tokio::join!(send(&client, way, source), push) }).await;
            sent.unwrap();
            let request = server.only_request();
            assert_eq!(request.file(), b"0123444567890", "{way}");
            let framed = request.header("content-length").is_some();
            assert_eq!(framed, length.is_some(), "{way}");
        }
    }

    #[tokio::test]
    async fn fail_the_upload_if_the_sender_is_dropped_before_it_finishes() {
        for way in WAYS {
            // Nothing, a part, and all of the announced bytes.
            for (pieces, length) in [(0, None), (2, None), (2, Some(100)), (2, Some(20))] {
                let mut server = Lenient::start().await;
                let (mut sender, mut source) = Source::channel("s");
                if let Some(length) = length {
                    source = source.length(length);
                }
                let push = async move {
                    for _ in 0..pieces {
                        sender.send("0123456789").await.unwrap();
                    }
                };
                let client = server.client();
                let (sent, ()) =
                    soon(async { tokio::join!(send(&client, way, source), push) }).await;
                let error = sent.unwrap_err();
                is_io(&error);
                assert!(
                    error.to_string().ends_with(
                        r#"the file "s" is incomplete: its sender was dropped without `finish`"#
                    ),
                    "{way}: {error}"
                );
                server.got_no_whole_request().await;
            }
        }
    }

    #[tokio::test]
    async fn fail_the_upload_with_the_error_of_the_sender() {
        let mut server = Lenient::start().await;
        let (mut sender, source) = Source::channel("s");
        let push = async move {
            sender.send("0123").await.unwrap();
            sender.fail("the browser went away");
        };
        let upload = server.images().upload(source).send();
        let (image, ()) = soon(async { tokio::join!(upload, push) }).await;
        let error = image.unwrap_err();
        is_io(&error);
        assert!(format!("{error:#}").ends_with("the browser went away"));
        server.got_no_whole_request().await;

        let mut server = Lenient::start().await;
        let (sender, source) = Source::channel("s");
        let cut = stream_of(&["0123"]).chain(stream::iter([Err(io::Error::new(
            io::ErrorKind::ConnectionReset,
            "cut",
        ))]));
        let upload = server.images().upload(source).send();
        let (image, ()) = soon(async { tokio::join!(upload, sender.send_all(cut)) }).await;
        let error = image.unwrap_err();
        is_io(&error);
        let cause = std::error::Error::source(&error).unwrap();
        let cause = cause.downcast_ref::<io::Error>().unwrap();
        assert_eq!(cause.kind(), io::ErrorKind::ConnectionReset);
        server.got_no_whole_request().await;
    }

    #[tokio::test]
    async fn take_what_is_borrowed() {
        let server = Server::script([stored()]);
        let text = "borrowed bytes".to_owned();
        let pieces = stream::iter(text.as_bytes().chunks(4));
        let pieces = pieces.map(|piece| io::Result::Ok(Bytes::copy_from_slice(piece)));
        let (sender, source) = Source::channel("s");
        let upload = server.images().upload(source).send();
        let (image, ()) = soon(async { tokio::join!(upload, sender.send_all(pieces)) }).await;
        image.unwrap();
        assert_eq!(server.only_request().file(), text.as_bytes());
    }

    #[tokio::test]
    async fn hold_four_pieces_and_no_more() {
        let (mut sender, source) = Source::channel("s");
        for _ in 0..4 {
            sender.send("0123").now_or_never().unwrap().unwrap();
        }
        assert!(sender.send("0123").now_or_never().is_none());
        drop(source);
    }

    #[tokio::test]
    async fn say_that_the_upload_has_ended() {
        // The call is dropped, and was never sent.
        let (mut sender, source) = Source::channel("s");
        let server = Server::script([Reply::json(403, json!({"message": "no!"}))]);
        drop(server.images().upload(source));
        for piece in ["0123", ""] {
            let error = sender.send(piece).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Io);
            assert!(error.to_string().contains(ENDED), "{error}");
        }
        assert_eq!(server.connections(), 0);

        // Nobody is there.
        let (_socket, address) = nobody();
        let client = builder(format!("http://{address}")).build().unwrap();
        let (mut sender, source) = Source::channel("s");
        let error = soon(send(&client, "upload", source)).await.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
        assert_eq!(error.attempts(), 1, "a channel is not replayable");
        soon(async { while sender.send("0123").await.is_ok() {} }).await;

        // The service refuses in the middle.
        let server = Refusing::start().await;
        let (mut sender, source) = Source::channel("s");
        let push = async move {
            loop {
                if let Err(error) = sender.send(vec![0; 64 * 1024]).await {
                    return error;
                }
            }
        };
        let upload = server.images().upload(source).send();
        let (image, pushed) = soon(async { tokio::join!(upload, push) }).await;
        let error = image.unwrap_err();
        assert!(error.is_forbidden(), "{error:?}");
        assert_eq!(pushed.kind(), ErrorKind::Io);
        assert!(pushed.to_string().contains(ENDED), "{pushed}");
    }

    #[tokio::test]
    async fn that_stop_end_with_the_idle_timeout_of_the_upload() {
        let server = Lenient::start().await;
        let (mut sender, source) = Source::channel("s");
        sender.send("0123").await.unwrap();
        let call = server
            .images()
            .upload(source)
            .idle_timeout(Duration::from_millis(100));
        let error = soon(call).await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        // The connection lets go of it in its own time.
        soon(async { while sender.send("0123").await.is_ok() {} }).await;
    }

    /// A service that refuses every upload as soon as it has read the head.
    struct Refusing(String);

    impl Refusing {
        async fn start() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while head(&request).is_none() {
                    stream.read_buf(&mut request).await.unwrap();
                }
                let response =
                    b"HTTP/1.1 403 Forbidden\r\ncontent-length: 17\r\n\r\n{\"message\":\"no!\"}";
                stream.write_all(response).await.unwrap();
                // Until the client has heard enough.
                while stream
                    .read_buf(&mut request)
                    .await
                    .is_ok_and(|read| read > 0)
                {}
            });
            Self(url)
        }

        fn images(&self) -> SourceImages {
            let client = builder(self.0.clone()).build().unwrap();
            client.source_images("acme").unwrap()
        }
    }
}

/// What the service says of the files in a form.
fn truthful(request: &RecordedRequest) -> Reply {
    let images: Vec<_> = request.parts().iter().filter_map(described).collect();
    match images.len() {
        0 => stored(),
        total => Reply::json(200, json!({"total": total, "items": images})),
    }
}

fn described(part: &Part) -> Option<serde_json::Value> {
    part.file_name.as_ref()?;
    let mut hasher = BinaryHasher::new();
    hasher.update(&part.body);
    let mut image = image(HASH);
    image["binary_hash"] = hasher.finish().into();
    image["size"] = part.body.len().into();
    Some(image)
}

mod verification {
    use super::*;

    const WAYS: [&str; 3] = ["upload", "upload_many", "bulk"];

    /// Sends with `verify` set on the call.
    async fn send(client: &Client, way: &str, source: Source) -> Result<(), Error> {
        let images = client.source_images("acme").unwrap();
        match way {
            "upload" => images.upload(source).verify(true).await.map(drop),
            "upload_many" => images.upload_many([source]).verify(true).await.map(drop),
            _ => {
                let bulk = images.bulk().upload([source]).verify(true);
                let mut items: Vec<_> = bulk.collect().await;
                items.remove(0).result.map(drop)
            }
        }
    }

    /// Files of one piece and of several, bytes and streams.
    fn sources(folder: &Path) -> Vec<Source> {
        let (small, large) = (folder.join("small"), folder.join("large"));
        std::fs::write(&small, "small").unwrap();
        std::fs::write(&large, vec![7; 1_300_000]).unwrap();
        vec![
            Source::path(&small),
            Source::path(&large),
            Source::bytes("b", "bytes"),
            Source::bytes("b", vec![9; 1_300_000]),
            Source::stream("s", stream_of(&["str", "", "eam"])),
            Source::stream("s", stream_of(&["stream"])).length(6),
            Source::bytes("empty", ""),
        ]
    }

    #[tokio::test]
    async fn what_is_stored_as_it_was_sent_is_verified() {
        let folder = tempfile::tempdir().unwrap();
        for way in WAYS {
            for source in sources(folder.path()) {
                let server = Server::start(|_, request| truthful(request));
                soon(send(&server.client(), way, source)).await.unwrap();
                server.only_request();
            }
        }
    }

    type Change = fn(&mut serde_json::Value);

    #[tokio::test]
    async fn what_is_stored_otherwise_is_an_error_with_the_response() {
        let folder = tempfile::tempdir().unwrap();
        let other_hash =
            |image: &mut serde_json::Value| image["binary_hash"] = "0".repeat(40).into();
        let other_size = |image: &mut serde_json::Value| {
            image["size"] = (image["size"].as_u64().unwrap() + 1).into();
        };
        let cases: [(Change, &str); 2] = [
            (other_hash, "has the SHA-1 0000"),
            (other_size, "bytes, but "),
        ];
        for (change, rule) in cases {
            for way in WAYS {
                for source in sources(folder.path()) {
                    let server = Server::start(move |_, request| {
                        let mut image = described(&request.parts()[0]).unwrap();
                        change(&mut image);
                        Reply::json(200, json!({"total": 1, "items": [image]}))
                    });
                    let error = soon(send(&server.client(), way, source)).await.unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::HashMismatch, "{error:?}");
                    assert!(error.to_string().contains(rule), "{error}");
                    assert!(
                        error.to_string().contains(HASH),
                        "it names the stored image: {error}"
                    );
                    assert_eq!(
                        (error.status().unwrap().as_u16(), error.attempts()),
                        (200, 1)
                    );
                    assert!(String::from_utf8_lossy(error.body().unwrap()).contains(HASH));
                    assert!(!error.is_retryable());
                    server.only_request();
                }
            }
        }
    }

    #[tokio::test]
    async fn a_response_without_a_hash_verifies_nothing() {
        let server = Server::start(|_, request| {
            let mut image = described(&request.parts()[0]).unwrap();
            image["binary_hash"] = "".into();
            Reply::json(200, json!({"total": 1, "items": [image]}))
        });
        let source = Source::bytes("b", "bytes");
        let error = soon(send(&server.client(), "upload", source))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error:?}");
    }

    #[tokio::test]
    async fn nothing_is_compared_unless_asked() {
        let server = Server::script([stored()]);
        let images = server.images();
        soon(images.upload(Source::bytes("b", "bytes")))
            .await
            .unwrap();
        let source = Source::bytes("b", "bytes").verify(true);
        soon(images.upload(source).verify(false)).await.unwrap();
        let source = Source::bytes("b", "bytes").verify(true);
        let error = soon(images.upload(source)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::HashMismatch);
    }

    #[tokio::test]
    async fn each_of_several_files_is_compared_with_its_own_image() {
        for wrong in [None, Some(0), Some(2)] {
            let server = Server::start(move |_, request| {
                let parts = request.parts();
                let mut images: Vec<_> = parts.iter().filter_map(described).collect();
                if let Some(wrong) = wrong {
                    images[wrong]["name"] = "wrong one".into();
                    images[wrong]["binary_hash"] = "0".repeat(40).into();
                }
                Reply::json(200, json!({"total": 3, "items": images}))
            });
            let sources = ["a", "b", "c"].map(|name| Source::bytes(name, name));
            let outcome = soon(server.images().upload_many(sources).verify(true)).await;
            match (wrong, outcome) {
                (None, Ok(images)) => assert_eq!(images.len(), 3),
                (Some(_), Err(error)) => {
                    assert_eq!(error.kind(), ErrorKind::HashMismatch);
                    assert!(error.to_string().contains("wrong one"), "{error}");
                }
                (_, outcome) => panic!("{outcome:?}"),
            }
        }
    }

    #[tokio::test]
    async fn the_attempt_that_succeeded_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cat.jpg");
        std::fs::write(&path, "the first version").unwrap();
        let changed = path.clone();
        let server = Server::start(move |number, request| {
            if number == 0 {
                std::fs::write(&changed, "another one").unwrap();
                return Reply::empty(503);
            }
            truthful(request)
        });
        soon(send(&server.client(), "upload", Source::path(&path)))
            .await
            .unwrap();
        let files: Vec<_> = server
            .requests()
            .iter()
            .map(RecordedRequest::file)
            .collect();
        assert_eq!(files, [&b"the first version"[..], b"another one"]);
    }

    #[tokio::test]
    async fn what_is_stored_as_something_else_cannot_be_verified() {
        let server = Server::script([stored()]);
        let images = server.images();
        let source = || Source::bytes("b", "bytes");
        let one = images
            .upload(source())
            .verify(true)
            .optimize_source(OptimizeSource::Jpg);
        let many = images
            .upload_many([source()])
            .optimize_source(OptimizeSource::Png)
            .verify(true);
        let mixed = images
            .upload_many([source(), source().verify(true)])
            .optimize_source(OptimizeSource::Lossless);
        for error in [
            one.await.unwrap_err(),
            many.await.unwrap_err(),
            mixed.await.unwrap_err(),
        ] {
            assert!(error.is_invalid_input(), "{error:?}");
            assert!(
                error
                    .to_string()
                    .contains("`verify` and `optimize_source` exclude each other"),
                "{error}"
            );
        }
        assert_eq!(server.connections(), 0);
    }
}

mod settings {
    use super::*;

    const KINDS: [&str; 6] = ["path", "bytes", "stream", "reader", "channel", "url"];

    fn source(kind: &str, path: &Path) -> Source {
        match kind {
            "path" => Source::from(path),
            "bytes" => Source::bytes("cat.jpg", "cat"),
            "stream" => Source::stream("cat.jpg", stream_of(&["c", "at"])),
            "reader" => Source::reader("cat.jpg", &b"cat"[..]),
            "channel" => {
                let (sender, source) = Source::channel("cat.jpg");
                tokio::spawn(sender.send_all(stream_of(&["c", "at"])));
                source
            }
            _ => Source::url("https://example.org/cat.jpg"),
        }
    }

    /// What a setting changes of the request: a part of this name with this text, the name of the file, or its framing.
    enum Applied {
        Part(&'static str, &'static str),
        FileName(&'static str),
        Length,
        Nothing,
    }

    type Setting = (&'static str, fn(Source) -> Source, Applied);

    const NOT_FOR_A_URL: &str = "`name` is not supported for a URL";
    const NO_LENGTH: &str = "`length` is for streams only";

    fn refusal(setting: &str, kind: &str, way: &str) -> Option<&'static str> {
        match (setting, kind, way) {
            (_, "url", "render") => Some("cannot render a URL without storing it"),
            ("name", "url", _) => Some(NOT_FOR_A_URL),
            ("length", "path" | "bytes" | "url", _) => Some(NO_LENGTH),
            ("verify", "url", _) => Some("`verify` is not supported for a URL"),
            ("verify", _, "render") => Some("cannot verify a file that is not stored"),
            ("none" | "name" | "length", _, _) | (_, _, "upload" | "upload_many" | "bulk") => None,
            _ => Some("cannot set metadata or options of a file that is not stored"),
        }
    }

    fn settings() -> Vec<Setting> {
        vec![
            ("none", |source| source, Applied::Nothing),
            (
                "name",
                |source| source.name("dog.jpg"),
                Applied::FileName("dog.jpg"),
            ),
            ("length", |source| source.length(3), Applied::Length),
            (
                "user_metadata",
                |source| source.user_metadata("int:sku", 42),
                Applied::Part("meta_user[0]", r#"{"int:sku":42}"#),
            ),
            (
                "subject_area",
                |source| source.subject_area(SubjectArea::new(1, 2, 3, 4)),
                Applied::Part("meta_dynamic[0][subject_area]", r#""width":3"#),
            ),
            (
                "user_metadata_all",
                |source| {
                    let fields = UserMetadata::new().int("sku", 42).str("title", "A cat");
                    source.user_metadata("int:sku", 1).user_metadata_all(fields)
                },
                Applied::Part("meta_user[0]", r#"{"int:sku":42,"title":"A cat"}"#),
            ),
            (
                "crop_area",
                |source| source.dynamic_metadata(CropArea::new(1, 2, 3, 4)),
                Applied::Part("meta_dynamic[0][crop_area]", r#""width":3"#),
            ),
            (
                "multi_areas",
                |source| {
                    let areas = MultiAreas::new().crop_area("square", CropArea::new(1, 2, 3, 4));
                    source.dynamic_metadata(areas)
                },
                Applied::Part(
                    "meta_dynamic[0][multi_areas]",
                    r#"{"square":{"crop_area":{"#,
                ),
            ),
            (
                "version",
                |source| source.dynamic_metadata(DynamicValue::version("two")),
                Applied::Part("meta_dynamic[0][version]", r#"{"text":"two"}"#),
            ),
            (
                "face detection",
                |source| source.dynamic_metadata(DynamicValue::FaceDetection),
                Applied::Part("meta_dynamic[0][detection_face]", "{}"),
            ),
            (
                "linked",
                |source| source.dynamic_metadata(DynamicValue::linked([HASH])),
                Applied::Part("meta_dynamic[0][linked]", r#"{"hashes":["3f9a21c6"#),
            ),
            (
                "another kind",
                |source| {
                    let fields = json!({"a": 1}).as_object().cloned().unwrap();
                    source.dynamic_metadata(DynamicValue::other("new_kind", fields))
                },
                Applied::Part("meta_dynamic[0][new_kind]", r#"{"a":1}"#),
            ),
            (
                "protected",
                |source| source.protected(true),
                Applied::Part("options[0]", r#"{"protected":true}"#),
            ),
            ("verify", |source| source.verify(true), Applied::Nothing),
        ]
    }

    fn is_applied(server: &Server, applied: &Applied, cell: &str) {
        let request = server.only_request();
        let parts = request.parts();
        match applied {
            Applied::Nothing => {}
            Applied::Part(name, text) => {
                let part = parts.iter().find(|part| part.name == *name);
                let body = String::from_utf8_lossy(&part.expect(cell).body).into_owned();
                assert!(body.contains(text), "{cell}: {body}");
            }
            Applied::FileName(name) => {
                assert_eq!(parts[0].file_name.as_deref(), Some(*name), "{cell}");
            }
            Applied::Length => assert!(request.header("content-length").is_some(), "{cell}"),
        }
    }

    fn is_refused(server: &Server, error: &Error, rule: &str, cell: &str) {
        assert!(error.is_invalid_input(), "{cell}: {error:?}");
        assert!(error.to_string().contains(rule), "{cell}: {error}");
        assert_eq!(server.connections(), 0, "{cell}: something was sent");
    }

    #[tokio::test]
    async fn of_a_source_are_applied_or_refused_for_every_kind_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cat.jpg");
        std::fs::write(&path, "cat").unwrap();
        for (setting, set, applied) in settings() {
            for kind in KINDS {
                for way in WAYS {
                    let cell = format!("{setting} of a {kind} by {way}");
                    let server = Server::start(|_, request| truthful(request));
                    let source = set(source(kind, &path));
                    let outcome = soon(send(&server.client(), way, source)).await;
                    match (outcome, refusal(setting, kind, way)) {
                        (Ok(()), None) => is_applied(&server, &applied, &cell),
                        (Err(error), Some(rule)) => is_refused(&server, &error, rule, &cell),
                        (outcome, _) => panic!("{cell}: {outcome:?}"),
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn of_an_upload_are_applied_or_refused_for_every_kind_of_source() {
        type Set = fn(rokka::source_images::Upload) -> rokka::source_images::Upload;
        let settings: Vec<(&str, Set, Applied)> = vec![
            (
                "name",
                |call| call.name("dog.jpg"),
                Applied::FileName("dog.jpg"),
            ),
            (
                "user_metadata",
                |call| call.user_metadata("int:sku", 42),
                Applied::Part("meta_user[0]", r#"{"int:sku":42}"#),
            ),
            (
                "subject_area",
                |call| call.subject_area(SubjectArea::new(1, 2, 3, 4)),
                Applied::Part("meta_dynamic[0][subject_area]", r#""width":3"#),
            ),
            (
                "user_metadata_all",
                |call| call.user_metadata_all([("int:sku", 42), ("int:stock", 7)]),
                Applied::Part("meta_user[0]", r#"{"int:sku":42,"int:stock":7}"#),
            ),
            (
                "dynamic_metadata",
                |call| call.dynamic_metadata(DynamicValue::version("two")),
                Applied::Part("meta_dynamic[0][version]", r#"{"text":"two"}"#),
            ),
            (
                "protected",
                |call| call.protected(true),
                Applied::Part("options[0]", r#"{"protected":true}"#),
            ),
            (
                "optimize_source",
                |call| call.optimize_source(OptimizeSource::Png),
                Applied::Part("optimize_source", "png"),
            ),
            ("verify", |call| call.verify(true), Applied::Nothing),
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cat.jpg");
        std::fs::write(&path, "cat").unwrap();
        for (setting, set, applied) in settings {
            for kind in KINDS {
                let cell = format!("{setting} of the upload of a {kind}");
                let server = Server::start(|_, request| truthful(request));
                let upload = set(server.images().upload(source(kind, &path)));
                match (soon(upload).await, refusal(setting, kind, "upload")) {
                    (Ok(_), None) => is_applied(&server, &applied, &cell),
                    (Err(error), Some(rule)) => is_refused(&server, &error, rule, &cell),
                    (outcome, _) => panic!("{cell}: {outcome:?}"),
                }
            }
        }
    }

    #[tokio::test]
    async fn progress_tells_what_is_sent_of_every_kind_of_source() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cat.jpg");
        std::fs::write(&path, "cat").unwrap();
        for (kind, bytes, total) in [
            ("path", 3, Some(3)),
            ("bytes", 3, Some(3)),
            ("stream", 3, None),
            ("reader", 3, None),
            ("channel", 3, None),
            // The service fetches it, so nothing is sent.
            ("url", 0, Some(0)),
        ] {
            let server = Server::script([stored()]);
            let progress = Progress::new();
            let call = server
                .images()
                .upload(source(kind, &path))
                .progress(&progress);
            soon(call).await.unwrap();
            assert_eq!(
                (progress.now().bytes, progress.now().total),
                (bytes, total),
                "{kind}"
            );
        }
    }
}

mod urls {
    use super::*;

    const URL: &str =
        "https://m3:pa55w0rd@example.org/cat.jpg?X-Signature=abc%2Fdef0123&w=640#s3cret-anchor";
    const SHOWN: &str =
        "https://[redacted]@example.org/cat.jpg?X-Signature=[redacted]&w=[redacted]#[redacted]";
    const SECRETS: [&str; 6] = [
        "m3:",
        "pa55w0rd",
        "abc%2Fdef",
        "abc/def",
        "abc\\/def",
        "s3cret",
    ];

    fn is_silent(text: &str) {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }

    #[tokio::test]
    async fn go_out_whole_and_are_shown_without_their_secrets() {
        let source = || Source::url(URL);
        let shown = format!("{:?}", source());
        assert!(shown.contains(SHOWN), "{shown}");
        is_silent(&shown);

        let server = Server::script([stored()]);
        let call = server.images().upload(source());
        is_silent(&format!("{call:?}"));
        call.await.unwrap();
        assert_eq!(server.only_request().parts()[0].body, URL.as_bytes());
        is_silent(&format!("{:?}", server.images().upload_many([source()])));

        let server = Server::script([stored()]);
        let items: Vec<_> = server.images().bulk().upload([source()]).collect().await;
        assert_eq!(items[0].id, SHOWN);
        is_silent(&format!("{items:?}"));
    }

    #[tokio::test]
    async fn are_refused_without_their_secrets() {
        let server = Server::script([stored()]);
        for url in [
            URL.replace("https", "ftp"),
            URL.replace("https", "h~ttps"),
            URL.replace("https:", ""),
            URL.replace("https://", ""),
            URL.replace("example.org", "exa mple.org"),
            URL.replace("example.org", "[example.org"),
        ] {
            let error = server.images().upload(Source::url(&url)).await.unwrap_err();
            assert!(error.is_invalid_input(), "{url}: {error}");
            for text in [
                format!("{error}"),
                format!("{error:#}"),
                format!("{error:?}"),
            ] {
                is_silent(&text);
            }
            assert!(
                error.to_string().contains("is not a valid source URL"),
                "{error}"
            );
        }
        assert_eq!(server.connections(), 0);
    }

    #[tokio::test]
    async fn that_the_service_repeats_are_redacted() {
        let decoded = "abc/def0123";
        let slashed = URL.replace('/', "\\/");
        let bodies = [
            json!({"error": {"code": 422, "message": format!("cannot fetch {URL}")}}).to_string(),
            json!({"message": format!("signature {decoded} of m3:pa55w0rd@ and pa55w0rd is wrong")}).to_string(),
            format!(r#"{{"message":"cannot fetch {slashed}"}}"#),
            format!("<p>{}</p>", URL.replace('&', "&amp;")),
        ];
        for body in bodies {
            for status in [422, 200] {
                let reply =
                    Reply::new(status, "application/json", body.clone()).header("x-debug", URL);
                let server = Server::script([reply]);
                let error = server.images().upload(Source::url(URL)).await.unwrap_err();
                let header = error.headers().unwrap()["x-debug"]
                    .to_str()
                    .unwrap()
                    .to_owned();
                let kept = String::from_utf8_lossy(error.body().unwrap()).into_owned();
                for text in [format!("{error:#}"), format!("{error:?}"), header, kept] {
                    is_silent(&text);
                }
                assert_eq!(error.status().unwrap(), status);
            }
        }
    }

    #[tokio::test]
    async fn without_secrets_leave_errors_as_they_are() {
        let body = json!({"message": "cannot fetch https://example.org/cat.jpg"});
        let server = Server::script([Reply::json(422, &body)]);
        let source = Source::url("https://example.org/cat.jpg");
        let error = server.images().upload(source).await.unwrap_err();
        assert_eq!(error.message(), "cannot fetch https://example.org/cat.jpg");
        assert_eq!(error.body().unwrap(), body.to_string().as_bytes());
    }
}
