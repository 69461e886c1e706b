//! Renders on threads of their own: few at a time, each picture once, the latest ones from memory.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, watch};

use super::cache::Cache;
use super::{Job, Picture, Renderer};
use crate::response::Response;

/// The memory of rendered pictures in bytes: 64 MiB.
const CACHE: u64 = 64 * 1024 * 1024;

/// As many renderings at once as there are processors, in all emulators of the process. A decoded picture can take
/// hundreds of megabytes.
static RENDERINGS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)));

/// A picture, or the response that explains why there is none.
type Outcome = Result<Arc<Picture>, Response>;

pub(crate) struct Engine {
    renderer: Arc<dyn Renderer>,
    state: Mutex<State>,
}

struct State {
    pictures: Cache<Arc<Picture>>,
    /// The renderings in progress by their keys.
    in_progress: HashMap<String, watch::Receiver<Option<Outcome>>>,
}

impl Engine {
    pub(crate) fn new(renderer: Arc<dyn Renderer>) -> Self {
        Self {
            renderer,
            state: Mutex::new(State {
                pictures: Cache::new(CACHE),
                in_progress: HashMap::new(),
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets all pictures.
    pub(crate) fn clear(&self) {
        self.state().pictures.clear();
    }

    /// Returns the picture of a job: from memory, from a rendering in progress, or a new one. It is finished and kept also
    /// when nobody waits for it any more.
    pub(crate) async fn picture(self: &Arc<Self>, key: &str, job: &Job) -> Outcome {
        let mut waiting = {
            let mut state = self.state();
            if let Some(picture) = state.pictures.get(key) {
                return Ok(picture);
            }
            match state.in_progress.get(key) {
                Some(waiting) => waiting.clone(),
                None => {
                    let (done, waiting) = watch::channel(None);
                    state.in_progress.insert(key.to_owned(), waiting.clone());
                    let (engine, key, job) = (self.clone(), key.to_owned(), job.clone());
                    tokio::spawn(async move {
                        let outcome = engine.render(job).await;
                        engine.finish(key, &outcome);
                        let _ = done.send(Some(outcome));
                    });
                    waiting
                }
            }
        };
        let outcome = waiting.wait_for(Option::is_some).await;
        outcome
            .ok()
            .and_then(|outcome| outcome.clone())
            .unwrap_or_else(|| Err(failed()))
    }

    /// Makes a picture without keeping it.
    pub(crate) async fn render(&self, job: Job) -> Outcome {
        let permit = RENDERINGS.acquire().await;
        let renderer = self.renderer.clone();
        let outcome = tokio::task::spawn_blocking(move || renderer.render(&job)).await;
        drop(permit);
        match outcome {
            Ok(picture) => picture.map(Arc::new),
            // A decoder has panicked.
            Err(_) => Err(failed()),
        }
    }

    fn finish(&self, key: String, outcome: &Outcome) {
        let mut state = self.state();
        state.in_progress.remove(&key);
        if let Ok(picture) = outcome {
            let bytes = match &picture.content {
                crate::blob::Content::Memory(bytes) => bytes.len() as u64,
                crate::blob::Content::File { .. } => 0,
            };
            state.pictures.insert(key, picture.clone(), bytes);
        }
    }
}

fn failed() -> Response {
    Response::bad_request("The picture cannot be rendered")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::Map;

    use super::super::plan::{Format, OutputOptions, Plan, Subject};
    use super::*;
    use crate::blob::Blob;

    #[derive(Default)]
    struct Counting {
        started: AtomicUsize,
        panics: bool,
    }

    impl Renderer for Counting {
        fn render(&self, job: &Job) -> Result<Picture, Response> {
            self.started.fetch_add(1, Ordering::SeqCst);
            assert!(!self.panics, "as a decoder may");
            Ok(Picture {
                content: job.original.content(),
                mimetype: job.mimetype.clone(),
                unsupported: Vec::new(),
            })
        }
    }

    fn job() -> Job {
        Job {
            original: Blob::in_memory("bytes".into()),
            mimetype: "image/png".to_owned(),
            binary_hash: String::new(),
            plan: Plan {
                steps: Vec::new(),
                options: OutputOptions {
                    dpr: 1.0,
                    values: Map::new(),
                },
                format: Format::Png,
                subject: Subject::default(),
                unsupported: Vec::new(),
            },
            layers: BTreeMap::new(),
        }
    }

    #[tokio::test]
    async fn requests_for_the_same_picture_cost_one_rendering() {
        let renderer = Arc::new(Counting::default());
        let engine = Arc::new(Engine::new(renderer.clone()));
        let requests = (0..8).map(|_| {
            let engine = engine.clone();
            tokio::spawn(async move { engine.picture("a", &job()).await.map(drop) })
        });
        for request in requests.collect::<Vec<_>>() {
            assert!(request.await.unwrap().is_ok());
        }
        assert_eq!(renderer.started.load(Ordering::SeqCst), 1);
        engine.picture("b", &job()).await.map(drop).ok().unwrap();
        assert_eq!(renderer.started.load(Ordering::SeqCst), 2);
        engine.clear();
        engine.picture("a", &job()).await.map(drop).ok().unwrap();
        assert_eq!(renderer.started.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_rendering_that_panics_is_a_response_and_blocks_nothing() {
        let renderer = Arc::new(Counting {
            panics: true,
            ..Counting::default()
        });
        let engine = Arc::new(Engine::new(renderer.clone()));
        for number in 1..=5 {
            let error = engine.picture("a", &job()).await.map(drop).unwrap_err();
            assert_eq!(error.status, 400);
            assert_eq!(renderer.started.load(Ordering::SeqCst), number);
        }
    }
}
