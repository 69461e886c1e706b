//! Remote images: which URLs a stack allows, and fetching them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::{Map, Value};
use url::Url;

use super::cache::Cache;
use super::expression::matches_pattern;
use super::format::is_on;
use crate::blob::Blob;
use crate::file_type::FileType;
use crate::hash::sha1_hex;
use crate::request::Request;
use crate::response::Response;

/// The memory of fetched files in bytes: 64 MiB.
const CACHE: u64 = 64 * 1024 * 1024;

/// A remote image that was fetched.
pub(crate) struct RemoteFile {
    pub(super) blob: Blob,
    pub(super) binary_hash: String,
    pub(super) file_type: FileType,
}

impl RemoteFile {
    /// Returns a file that is a picture; `None` for any other.
    pub(super) fn of(bytes: Bytes) -> Option<Self> {
        Some(Self {
            file_type: FileType::of_picture(&bytes)?,
            binary_hash: sha1_hex(&bytes),
            blob: Blob::in_memory(bytes),
        })
    }
}

/// Returns the URL of a remote image, if the options of the stack or else those of the organization allow it.
pub(super) fn allowed_url(
    text: &str,
    stack: &Map<String, Value>,
    organization: &Map<String, Value>,
    request: &Request,
) -> Result<Url, Response> {
    let options = [stack, organization];
    let option = |name: &str| {
        let mut found = options.iter().filter_map(|options| options.get(name));
        found.find(|value| !value.is_null())
    };
    let not_allowed = |why: &str| Response::error(403, format!("The stack does not allow {why}"));
    let is_url = text.starts_with("https://") || text.starts_with("http://");
    if !is_url {
        let base = option("remote_basepath").and_then(Value::as_str);
        let base = base.ok_or_else(|| not_allowed("remote images without `remote_basepath`"))?;
        let base = base.trim_end_matches('/');
        return parse(&format!("{base}/{}", text.trim_start_matches('/')));
    }
    let url = parse(text)?;
    // The renderings of the organization itself are always allowed.
    let host = url.host_str().unwrap_or_default();
    let authority = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    if request.header("host") == Some(authority.as_str()) {
        return Ok(url);
    }
    let deciding = options.iter().find(|options| {
        options
            .get("remote_fullurl_allow")
            .is_some_and(|on| !on.is_null())
    });
    if !deciding.is_some_and(|options| is_on(options, "remote_fullurl_allow")) {
        return Err(not_allowed("full URLs: `remote_fullurl_allow` is not set"));
    }
    if let Some(Value::Array(patterns)) = option("remote_fullurl_whitelist") {
        let mut patterns = patterns.iter().filter_map(Value::as_str);
        if !patterns.any(|pattern| fits(text, pattern)) {
            return Err(not_allowed(
                "this URL: no pattern of `remote_fullurl_whitelist` fits",
            ));
        }
    }
    Ok(url)
}

fn parse(text: &str) -> Result<Url, Response> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| Response::bad_request("The URL of the remote image is invalid"))
}

/// Whether a URL fits a pattern, which may stand between delimiters.
fn fits(url: &str, pattern: &str) -> bool {
    let has_delimiters = pattern.len() > 1
        && pattern.starts_with(['/', '#', '~', '@', '!', '%'])
        && pattern.chars().next().is_some_and(|first| {
            pattern
                .trim_end_matches(char::is_alphabetic)
                .ends_with(first)
        });
    if has_delimiters {
        return matches_pattern(url, pattern) == Ok(true);
    }
    matches_pattern(url, &format!("\u{1}{pattern}\u{1}")) == Ok(true)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fetches files, each once.
pub(crate) struct Remote {
    #[cfg(feature = "remote-images")]
    agent: ureq::Agent,
    files: Mutex<Cache<Arc<RemoteFile>>>,
    /// The URLs that are being fetched. Whoever holds the lock of one fetches it.
    in_progress: Mutex<HashMap<Url, Arc<Mutex<()>>>>,
}

impl Remote {
    /// Returns what fetches from this machine alone, unless it may fetch from anywhere.
    pub(crate) fn new(anywhere: bool) -> Self {
        #[cfg(not(feature = "remote-images"))]
        let _ = anywhere;
        Self {
            #[cfg(feature = "remote-images")]
            agent: fetch::agent(anywhere),
            files: Mutex::new(Cache::new(CACHE)),
            in_progress: Mutex::default(),
        }
    }

    /// Forgets all files.
    pub(crate) fn clear(&self) {
        lock(&self.files).clear();
    }

    /// Returns the file at a URL, from memory or from its host, which may take seconds.
    pub(crate) fn file(&self, url: &Url) -> Result<Arc<RemoteFile>, Response> {
        if let Some(file) = lock(&self.files).get(url.as_str()) {
            return Ok(file);
        }
        let own = lock(&self.in_progress)
            .entry(url.clone())
            .or_default()
            .clone();
        let turn = lock(&own);
        let file = self.kept_or_fetched(url);
        drop(turn);
        let mut in_progress = lock(&self.in_progress);
        // Others wait for their turn if they have it too.
        if Arc::strong_count(&own) <= 2 {
            in_progress.remove(url);
        }
        file
    }

    fn kept_or_fetched(&self, url: &Url) -> Result<Arc<RemoteFile>, Response> {
        if let Some(file) = lock(&self.files).get(url.as_str()) {
            return Ok(file);
        }
        let bytes = Bytes::from(self.fetch(url)?);
        let length = bytes.len() as u64;
        let file = RemoteFile::of(bytes)
            .map(Arc::new)
            .ok_or_else(|| Response::bad_request(format!("What is at {url} is not an image")))?;
        lock(&self.files).insert(url.to_string(), file.clone(), length);
        Ok(file)
    }

    #[cfg(feature = "remote-images")]
    fn fetch(&self, url: &Url) -> Result<Vec<u8>, Response> {
        fetch::bytes(&self.agent, url).map_err(|reason| {
            Response::error(
                424,
                format!("The remote image {url} cannot be fetched: {reason}"),
            )
        })
    }

    #[cfg(not(feature = "remote-images"))]
    #[allow(clippy::unused_self, reason = "as with the feature")]
    fn fetch(&self, url: &Url) -> Result<Vec<u8>, Response> {
        Err(Response::error(
            424,
            format!(
                "The remote image {url} cannot be fetched: this emulator was built without the feature `remote-images`"
            ),
        ))
    }
}

#[cfg(feature = "remote-images")]
mod fetch {
    use std::fmt;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
    use std::time::Duration;

    use ureq::config::Config;
    use ureq::http::Uri;
    use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
    use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
    use ureq::{Agent, Error};
    use url::Url;

    /// The largest file: 100 MiB.
    const MAX_BYTES: u64 = 100 * 1024 * 1024;

    /// How long a file may take.
    const TIMEOUT: Duration = Duration::from_secs(30);

    /// How often a host can redirect to another URL of its own.
    const MAX_REDIRECTS: usize = 3;

    pub(super) fn agent(anywhere: bool) -> Agent {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            // A host may have closed an idle connection, and nothing repeats the request that finds out.
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent("rokka-emulator");
        if anywhere {
            return config.build().into();
        }
        // A proxy of the environment would fetch from elsewhere.
        Agent::with_parts(
            config.proxy(None).build(),
            DefaultConnector::default(),
            Loopback,
        )
    }

    /// Returns the bytes at a URL, or why there are none.
    pub(super) fn bytes(agent: &Agent, url: &Url) -> Result<Vec<u8>, String> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let response = agent.get(url.as_str()).call();
            let mut response = response.map_err(|error| match error {
                Error::HostNotFound => {
                    "the emulator fetches from this machine alone, unless it is told otherwise"
                        .to_owned()
                }
                error => error.to_string(),
            })?;
            let status = response.status();
            if status.is_redirection() {
                let target = response.headers().get("location");
                let target = target.and_then(|target| target.to_str().ok());
                let target = target.and_then(|target| url.join(target).ok());
                let target = target.ok_or("it redirects to nowhere")?;
                if target.origin() != url.origin() {
                    return Err("it redirects to another host".to_owned());
                }
                url = target;
                continue;
            }
            if !status.is_success() {
                return Err(format!("the host responded with {status}"));
            }
            let body = response.body_mut().with_config().limit(MAX_BYTES);
            return body.read_to_vec().map_err(|error| error.to_string());
        }
        Err("it redirects too often".to_owned())
    }

    /// Resolves the names of this machine, and no others. It asks nobody, so that no name can lead elsewhere.
    struct Loopback;

    impl fmt::Debug for Loopback {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Loopback")
        }
    }

    impl Resolver for Loopback {
        fn resolve(
            &self,
            uri: &Uri,
            _: &Config,
            _: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, Error> {
            let host = uri.host().unwrap_or_default();
            let port = match (uri.port_u16(), uri.scheme_str()) {
                (Some(port), _) => port,
                (None, Some("https")) => 443,
                _ => 80,
            };
            let mut resolved = self.empty();
            for address in addresses(host) {
                resolved.push(SocketAddr::new(address, port));
            }
            if resolved.is_empty() {
                return Err(Error::HostNotFound);
            }
            Ok(resolved)
        }
    }

    fn addresses(host: &str) -> Vec<IpAddr> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = host.parse::<IpAddr>() {
            let canonical = address.to_canonical();
            return if canonical.is_loopback() {
                vec![canonical]
            } else {
                Vec::new()
            };
        }
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if host == "localhost" || host.ends_with(".localhost") {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        } else {
            Vec::new()
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_names_and_addresses_of_this_machine_are_resolved() {
            for host in [
                "127.0.0.1",
                "127.9.9.9",
                "[::1]",
                "localhost",
                "Acme.Localhost.",
                "[::ffff:127.0.0.1]",
            ] {
                assert!(!addresses(host).is_empty(), "{host}");
            }
            for host in [
                "",
                "10.0.0.1",
                "169.254.169.254",
                "0.0.0.0",
                "[::]",
                "[::ffff:10.0.0.1]",
                "example.com",
                "localhost.example.com",
                "127.0.0.1.example.com",
                "notlocalhost",
            ] {
                assert!(addresses(host).is_empty(), "{host}");
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn status(text: &str, stack: Value, organization: Value) -> Result<String, u16> {
        let headers = vec![("host".to_owned(), "acme.localhost:8787".to_owned())];
        let request = Request::new("GET", "/", headers, Bytes::new()).unwrap();
        let object = |value: Value| value.as_object().cloned().unwrap_or_default();
        allowed_url(text, &object(stack), &object(organization), &request)
            .map(String::from)
            .map_err(|error| error.status)
    }

    #[test]
    fn the_stack_decides_before_the_organization() {
        let url = "http://localhost/a.jpg";
        let on = json!({"remote_fullurl_allow": true});
        let off = json!({"remote_fullurl_allow": false});
        assert_eq!(status(url, json!({}), json!({})), Err(403));
        assert_eq!(status(url, on.clone(), json!({})), Ok(url.to_owned()));
        assert_eq!(
            status(url, json!({"remote_fullurl_allow": null}), on.clone()),
            Ok(url.to_owned())
        );
        assert_eq!(status(url, off, on.clone()), Err(403));
        let own = "http://acme.localhost:8787/dynamic/abcdef.jpg";
        assert_eq!(status(own, json!({}), json!({})), Ok(own.to_owned()));
        let other_port = "http://acme.localhost/dynamic/abcdef.jpg";
        assert_eq!(status(other_port, json!({}), json!({})), Err(403));
        for (pattern, allowed) in [
            ("^http://localhost/", true),
            ("/^HTTP:/i", true),
            ("/^ftp:/", false),
            ("#localhost/[a-z]+\\.jpg$#", true),
            ("(", false),
        ] {
            let stack =
                json!({"remote_fullurl_allow": true, "remote_fullurl_whitelist": [pattern]});
            assert_eq!(status(url, stack, json!({})).is_ok(), allowed, "{pattern}");
        }
    }

    #[test]
    fn a_path_needs_a_base() {
        let base = json!({"remote_basepath": "http://localhost/images/"});
        let full = "http://localhost/images/a/b.jpg".to_owned();
        assert_eq!(status("a/b.jpg", base.clone(), json!({})), Ok(full.clone()));
        assert_eq!(status("/a/b.jpg", json!({}), base), Ok(full));
        assert_eq!(status("a/b.jpg", json!({}), json!({})), Err(403));
        assert_eq!(status("http://", json!({}), json!({})), Err(400));
    }
}
