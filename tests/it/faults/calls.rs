//! The kinds of call, and what came of one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{StreamExt, TryStreamExt, stream};
use rokka::{BinaryHasher, Client, Error, ErrorKind, Source, Tokens, ValidFrom};
use serde_json::{Value, json};

use super::server::PATIENCE;
use crate::support::HASH;

/// A kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Get,
    List,
    UploadPath,
    UploadStream,
    Delete,
    Create,
    Download,
    Bulk,
    Token,
}

pub(crate) const KINDS: [Kind; 9] = [
    Kind::Get,
    Kind::List,
    Kind::UploadPath,
    Kind::UploadStream,
    Kind::Delete,
    Kind::Create,
    Kind::Download,
    Kind::Bulk,
    Kind::Token,
];

/// Pages of the list.
pub(crate) const PAGES: usize = 3;

/// Files of the bulk upload.
pub(crate) const FILES: usize = 50;

pub(crate) const NEW_KEY: &str = "9f8e7d6c5b4a39281706f5e4d3c2b1a0aBcDeFgHiJkLmNoPqRsTuVwXyZ012345";

/// What is downloaded.
pub(crate) static ORIGINAL: LazyLock<Vec<u8>> = LazyLock::new(|| content(20_000));

/// Lengths of files: a small one, one that the server's buffer does not hold, one that no buffer of a connection holds.
const LENGTHS: [usize; 3] = [1_000, 100_000, 5 * 1024 * 1024];

/// Any bytes, of which no short part repeats.
fn content(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

pub(crate) fn hash(number: usize) -> String {
    format!("{number:040x}")
}

pub(crate) fn binary_hash(bytes: &[u8]) -> String {
    let mut hasher = BinaryHasher::new();
    hasher.update(bytes);
    hasher.finish()
}

/// Whether a file arrived as it is: its name says its length.
pub(crate) fn is_intact(name: &str, bytes: &[u8]) -> bool {
    let length = name
        .split('.')
        .next()
        .and_then(|length| length.parse().ok());
    length.is_some_and(|length: usize| bytes == content(length))
}

pub(crate) fn payload(name: &str) -> Value {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let end = now.unwrap().as_secs() + 86_400;
    json!({"id": name, "exp": end, "expt": 86_400, "rn": false})
}

/// A token that is valid for a day.
pub(crate) fn token(name: &str) -> String {
    format!(
        "e30.{}.c2lnbmF0dXJl{name}",
        URL_SAFE_NO_PAD.encode(payload(name).to_string())
    )
}

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// How many parts of it succeeded: 1, or as many as there are files, unless something is wrong with the value.
    pub(crate) succeeded: usize,
    pub(crate) failures: Vec<Failure>,
    /// Names in the directory of the download, and whether each is the whole original or its beginning.
    pub(crate) on_disk: Vec<(String, Content)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Whole,
    Beginning,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) status: Option<u16>,
    pub(crate) attempts: u32,
}

impl Outcome {
    /// The outcome, with failures that are alike counted.
    pub(crate) fn summary(&self) -> String {
        let mut counted: BTreeMap<String, usize> = BTreeMap::new();
        for failure in &self.failures {
            *counted.entry(format!("{failure:?}")).or_default() += 1;
        }
        format!(
            "{} succeeded, failed: {counted:?}, on the disk: {:?}",
            self.succeeded, self.on_disk
        )
    }
}

impl Failure {
    fn of(error: &Error) -> Self {
        Self {
            kind: error.kind(),
            status: error.status().map(|status| status.as_u16()),
            attempts: error.attempts(),
        }
    }
}

/// The files that calls send, and a directory for what they receive.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        for length in LENGTHS {
            std::fs::write(files.source(length), content(length)).unwrap();
        }
        files
    }

    fn source(&self, length: usize) -> PathBuf {
        self.0.path().join(format!("{length}.jpg"))
    }
}

fn listed(directory: &Path) -> Vec<(String, Content)> {
    let entries = std::fs::read_dir(directory).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            let content = match std::fs::read(entry.path()) {
                Ok(bytes) if bytes == *ORIGINAL => Content::Whole,
                Ok(bytes) if ORIGINAL.starts_with(&bytes) => Content::Beginning,
                _ => Content::Other,
            };
            (entry.file_name().into_string().unwrap(), content)
        })
        .collect()
}

/// What the directory holds once the thread that writes has learnt of the end of a call whose deadline passed.
async fn settled(directory: &Path) -> Vec<(String, Content)> {
    let started = Instant::now();
    loop {
        let listed = listed(directory);
        if listed.is_empty() || started.elapsed() > PATIENCE {
            return listed;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

impl Kind {
    /// The client of this kind of call.
    pub(crate) fn client(self, builder: rokka::ClientBuilder) -> Client {
        let builder = match self {
            Self::Token => builder
                .token(token("old"))
                .tokens(Tokens::new(ValidFrom::AnyAddress)),
            _ => builder,
        };
        builder.build().unwrap()
    }

    /// Makes the call, with files of the length that the fault needs.
    pub(crate) async fn make(
        self,
        client: &Client,
        files: &Files,
        large: bool,
        deadline: Option<Duration>,
    ) -> Outcome {
        let directory = tempfile::tempdir().unwrap();
        let length = match large {
            false => LENGTHS[0],
            true if self == Self::Bulk => LENGTHS[1],
            true => LENGTHS[2],
        };
        let outcome = self
            .results(client, files, length, directory.path(), deadline)
            .await;
        let failures = outcome.iter().filter_map(|result| result.as_ref().err());
        let failed = outcome.iter().any(Result::is_err);
        let on_disk = match deadline {
            Some(_) if failed => settled(directory.path()).await,
            _ => listed(directory.path()),
        };
        Outcome {
            succeeded: outcome.iter().filter(|result| result.is_ok()).count(),
            failures: failures.map(Failure::of).collect(),
            on_disk,
        }
    }

    async fn results(
        self,
        client: &Client,
        files: &Files,
        length: usize,
        directory: &Path,
        deadline: Option<Duration>,
    ) -> Vec<rokka::Result<()>> {
        macro_rules! limited {
            ($call:expr) => {{
                let call = $call;
                match deadline {
                    Some(deadline) => call.deadline(deadline),
                    None => call,
                }
            }};
        }
        let images = client.source_images("acme").unwrap();
        let path = files.source(length);
        let one = match self {
            Self::Get | Self::Token => limited!(images.get(HASH)).await.map(|image| {
                assert_eq!(image.hash, HASH);
            }),
            Self::List => {
                let found = limited!(images.search().limit(2)).stream();
                let found: rokka::Result<Vec<_>> =
                    found.map_ok(|image| image.hash).try_collect().await;
                found.map(|found| {
                    let expected: Vec<_> = (0..2 * PAGES).map(hash).collect();
                    assert_eq!(found, expected);
                })
            }
            Self::UploadPath => limited!(images.upload(Source::path(&path)))
                .await
                .map(|image| {
                    assert_eq!(image.binary_hash, binary_hash(&content(length)));
                }),
            Self::UploadStream => {
                let pieces = content(length)
                    .chunks(100_000)
                    .map(<[u8]>::to_vec)
                    .collect::<Vec<_>>();
                let source = Source::stream(
                    format!("{length}.jpg"),
                    stream::iter(pieces.into_iter().map(Ok)),
                );
                limited!(images.upload(source)).await.map(|image| {
                    assert_eq!(image.binary_hash, binary_hash(&content(length)));
                })
            }
            Self::Delete => limited!(images.delete(HASH)).await,
            Self::Create => limited!(client.user().create_api_key()).await.map(|key| {
                assert_eq!(key.api_key.as_ref().unwrap().expose(), NEW_KEY);
            }),
            Self::Download => {
                let file = directory.join("cat.jpg");
                limited!(images.download(HASH).to_file(&file))
                    .await
                    .map(|bytes| {
                        assert_eq!(bytes, std::fs::metadata(&file).unwrap().len());
                    })
            }
            Self::Bulk => {
                let sources = vec![path; FILES].into_iter().map(Source::path);
                let items: Vec<_> = images
                    .bulk()
                    .upload(sources)
                    .concurrency(FILES)
                    .collect()
                    .await;
                let mut positions: Vec<_> = items.iter().map(|item| item.position).collect();
                positions.sort_unstable();
                assert_eq!(positions, (0..FILES).collect::<Vec<_>>());
                return items
                    .into_iter()
                    .map(|item| item.result.map(drop))
                    .collect();
            }
        };
        vec![one]
    }

    /// As how many requests it is sent, if nothing goes wrong.
    pub(crate) fn requests(self) -> usize {
        match self {
            Self::List => PAGES,
            Self::Bulk => FILES,
            _ => 1,
        }
    }

    pub(crate) fn sends_file(self) -> bool {
        matches!(self, Self::UploadPath | Self::UploadStream | Self::Bulk)
    }

    /// Doing it twice does what doing it once does.
    pub(crate) fn is_idempotent(self) -> bool {
        self != Self::Create
    }

    /// The body can be sent another time.
    pub(crate) fn is_replayable(self) -> bool {
        self != Self::UploadStream
    }

    /// A heading.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::UploadPath => "upload from a path",
            Self::UploadStream => "upload from a stream",
            Self::Delete => "delete",
            Self::Create => "create",
            Self::Download => "download",
            Self::Bulk => "bulk upload",
            Self::Token => "get by token",
        }
    }

    pub(crate) fn described(self) -> &'static str {
        match self {
            Self::Get => "`images.get(hash)`",
            Self::List => "`images.search().stream()` over three pages",
            Self::UploadPath => "`images.upload(Source::path(path))`",
            Self::UploadStream => {
                "`images.upload(Source::stream(name, stream))`: the stream can be read once"
            }
            Self::Delete => "`images.delete(hash)`",
            Self::Create => {
                "`rokka.user().create_api_key()`: each request that is processed makes another key"
            }
            Self::Download => "`images.download(hash).to_file(path)`",
            Self::Bulk => {
                "`images.bulk().upload(sources)` of 50 files; each file is a request of its own"
            }
            Self::Token => "`images.get(hash)` of a client that works by tokens",
        }
    }
}
