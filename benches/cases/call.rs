//! Whole calls, from the facade to the decoded response, and the same on reqwest and serde alone.

use std::rc::Rc;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};

use super::case::{BY_HAND, Case, ROKKA};
use super::image::{self, Image, Page};
use super::loopback::PAGE;

const GET: &str = "get an image";
const GET_BLOCKING: &str = "get an image, blocking";
const SEARCH: &str = "search for a page of 100 images";

/// Returns the cases; `root` is the base URL of the server.
pub(crate) fn cases(root: &str) -> Vec<Case> {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let runtime = Rc::new(runtime);
    // Builds without a TLS provider need one, even without encryption. It may already be installed.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let client = rokka::Client::builder().api_host(root).api_key("bench");
    let images = client.build().unwrap().source_images("acme").unwrap();
    let by_hand = ByHand::new(root);

    let one = block(&runtime, images.get(image::hash(0))).unwrap();
    let two = block(&runtime, by_hand.get(&image::hash(0))).unwrap();
    assert_eq!((one.hash, one.size), (two.hash, two.size));
    let search = || images.search().limit(PAGE as u64);
    let one = block(&runtime, search()).unwrap();
    let two = block(&runtime, by_hand.search()).unwrap();
    assert_eq!((one.items.len(), two.items.len()), (PAGE, PAGE));

    let get = {
        let (runtime, images) = (runtime.clone(), images.clone());
        move || block(&runtime, images.get(image::hash(0))).unwrap()
    };
    let get_by_hand = {
        let (runtime, by_hand) = (runtime.clone(), by_hand.clone());
        move || block(&runtime, by_hand.get(&image::hash(0))).unwrap()
    };
    // Both block the thread with a runtime of their own. A client keeps its connections in one runtime, so each has its own.
    let get_blocking = {
        let client = rokka::Client::builder().api_host(root).api_key("bench");
        let images = client.build().unwrap().source_images("acme").unwrap();
        move || images.get(image::hash(0)).call().unwrap()
    };
    let get_blocking_by_hand = {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let by_hand = ByHand::new(root);
        move || block(&runtime, by_hand.get(&image::hash(0))).unwrap()
    };
    let search = {
        let runtime = runtime.clone();
        move || {
            let page = images.search().limit(PAGE as u64);
            block(&runtime, page).unwrap()
        }
    };
    let search_by_hand = move || block(&runtime, by_hand.search()).unwrap();
    vec![
        Case::new(GET, ROKKA, 200, get),
        Case::new(GET, BY_HAND, 200, get_by_hand),
        Case::new(GET_BLOCKING, ROKKA, 200, get_blocking),
        Case::new(GET_BLOCKING, BY_HAND, 200, get_blocking_by_hand),
        Case::new(SEARCH, ROKKA, 30, search),
        Case::new(SEARCH, BY_HAND, 30, search_by_hand),
    ]
}

fn block<T>(runtime: &Runtime, call: impl IntoFuture<Output = T>) -> T {
    runtime.block_on(call.into_future())
}

/// A hand-written client without retries, timeouts, validation or detailed errors.
#[derive(Clone)]
struct ByHand {
    http: reqwest::Client,
    root: String,
}

impl ByHand {
    fn new(root: &str) -> Self {
        let headers = HeaderMap::from_iter([
            (
                HeaderName::from_static("api-key"),
                HeaderValue::from_static("bench"),
            ),
            (
                HeaderName::from_static("api-version"),
                HeaderValue::from_static("1"),
            ),
        ]);
        let http = reqwest::Client::builder().default_headers(headers);
        Self {
            http: http.build().unwrap(),
            root: root.to_owned(),
        }
    }

    async fn get(&self, hash: &str) -> reqwest::Result<Image<String>> {
        self.json(format!("{}/sourceimages/acme/{hash}", self.root))
            .await
    }

    async fn search(&self) -> reqwest::Result<Page<String>> {
        self.json(format!("{}/sourceimages/acme?limit={PAGE}", self.root))
            .await
    }

    async fn json<T: DeserializeOwned>(&self, url: String) -> reqwest::Result<T> {
        let response = self.http.get(url).send().await?;
        response.error_for_status()?.json().await
    }
}
