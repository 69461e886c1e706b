//! The HTTP client of the tests.

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

pub(crate) fn http() -> Client {
    builder().build().unwrap()
}

pub(crate) fn http_without_redirects() -> Client {
    builder().redirect(Policy::none()).build().unwrap()
}

fn builder() -> ClientBuilder {
    // reqwest needs a TLS provider to build a client, even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy()
}
