//! The settings of how a client reaches the service: its proxy, its certificates, and the HTTP client itself.

use std::fmt;
use std::time::Duration;

use http::HeaderValue;
use reqwest::redirect;
use url::Url;

use super::ClientBuilder;
use super::builder::{configuration, is_loopback, shown};
use crate::error::Result;
use crate::transport::Middleware;
use crate::transport::tls::{ClientCertificate, TlsSettings};

/// The default of [`ClientBuilder::connect_timeout`].
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How a client reaches the service.
#[derive(Default)]
pub(super) struct Network {
    connect_timeout: Option<Duration>,
    proxy: Option<Proxy>,
    tls: TlsSettings,
    change: Option<Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>>,
    /// A client of the caller's, instead of ours.
    client: Option<reqwest::Client>,
}

enum Proxy {
    /// None, whatever the system has.
    None,
    Url(String),
}

/// The HTTP client of a client.
pub(super) struct HttpClient {
    pub(super) client: reqwest::Client,
    /// The user agent, where the client does not send it by itself.
    pub(super) user_agent: Option<HeaderValue>,
}

/// The settings of the network: proxies, certificates, and the HTTP client.
impl ClientBuilder {
    /// Limits how long opening a connection may take (default: 10 s).
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.network.connect_timeout = Some(limit);
        self
    }

    /// Sends all requests through an HTTP proxy (default: the proxy of the system, from `HTTPS_PROXY`, `NO_PROXY` and the
    /// settings of macOS and Windows).
    ///
    /// The URL begins with `http://` or `https://`, the protocol between this machine and the proxy. It may contain a user
    /// name and a password, which the client sends to the proxy only. Connections to an `https://` host are encrypted from
    /// here to there, so the proxy does not see credentials, unless it decrypts them with an authority of its own, which
    /// [`root_certificate_pem`](Self::root_certificate_pem) trusts.
    ///
    /// For rules by host, or SOCKS, use [`http`](Self::http) with a `reqwest::Proxy`; SOCKS needs the feature `socks` of
    /// reqwest.
    ///
    /// ```
    /// let rokka = rokka::Client::builder()
    ///     .api_key("your key")
    ///     .proxy("http://proxy.example.com:3128")
    ///     .build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    #[doc(alias = "HTTPS_PROXY")]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.network.proxy = Some(Proxy::Url(url.into()));
        self
    }

    /// Uses no proxy, even if the system has one.
    ///
    /// ```
    /// let rokka = rokka::Client::builder().api_key("your key").no_proxy().build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    #[doc(alias = "NO_PROXY")]
    pub fn no_proxy(mut self) -> Self {
        self.network.proxy = Some(Proxy::None);
        self
    }

    /// Trusts the root certificates in a PEM text, such as those of a company network, in addition to those of the
    /// operating system. Further calls add more.
    ///
    /// On Android, install them in the system, or use [`root_certificates_only`](Self::root_certificates_only).
    ///
    /// ```no_run
    /// let rokka = rokka::Client::builder()
    ///     .api_key("your key")
    ///     .root_certificate_pem(std::fs::read("/etc/ssl/company.pem")?)
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "ca")]
    #[doc(alias = "SSL_CERT_FILE")]
    pub fn root_certificate_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.network.tls.roots.push(pem.as_ref().to_vec());
        self
    }

    /// Trusts the root certificates in a PEM text, and none of the operating system. Further calls of this method or of
    /// [`root_certificate_pem`](Self::root_certificate_pem) add more.
    ///
    /// [`build`](Self::build) is faster by the milliseconds that loading the certificates of the operating system takes.
    ///
    /// ```no_run
    /// let rokka = rokka::Client::builder()
    ///     .api_key("your key")
    ///     .root_certificates_only(std::fs::read("/etc/ssl/company.pem")?)
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn root_certificates_only(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.network.tls.only_these = true;
        self.root_certificate_pem(pem)
    }

    /// Shows a certificate to a server that asks for one (mutual TLS), such as a proxy or a gateway in front of the service.
    ///
    /// The certificate is PEM, followed by those of its chain; the key is the PEM of its private key: PKCS#8, or with the
    /// features of rustls also PKCS#1 or SEC1. An encrypted key has to be decrypted first.
    ///
    /// ```no_run
    /// let rokka = rokka::Client::builder()
    ///     .api_key("your key")
    ///     .client_certificate(std::fs::read("client.pem")?, std::fs::read("client.key")?)
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "identity")]
    pub fn client_certificate(
        mut self,
        certificate_pem: impl AsRef<[u8]>,
        key_pem: impl AsRef<[u8]>,
    ) -> Self {
        self.network.tls.client_certificate = Some(ClientCertificate {
            chain: certificate_pem.as_ref().to_vec(),
            key: key_pem.as_ref().to_vec().into(),
        });
        self
    }

    /// Uses a configuration of rustls as it is: its provider, its certificates, its versions of TLS, its log of keys.
    ///
    /// [`rokka::rustls`](crate::rustls) is the version that the configuration has to be of. Without protocols in
    /// `alpn_protocols`, the client adds those that it speaks. It cannot be combined with
    /// [`root_certificate_pem`](Self::root_certificate_pem) and [`client_certificate`](Self::client_certificate), and the
    /// TLS options of [`http`](Self::http) have no effect beside it.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use rokka::rustls::{ClientConfig, RootCertStore, crypto};
    ///
    /// # fn f(roots: RootCertStore) -> Result<(), Box<dyn std::error::Error>> {
    /// let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
    ///     .with_protocol_versions(&[&rokka::rustls::version::TLS13])?
    ///     .with_root_certificates(roots)
    ///     .with_no_client_auth();
    /// let rokka = rokka::Client::builder().api_key("your key").tls_config(config).build()?;
    /// # Ok(())
    /// # }
    /// # f(RootCertStore::empty()).unwrap();
    /// ```
    #[cfg(feature = "__rustls")]
    pub fn tls_config(mut self, config: crate::rustls::ClientConfig) -> Self {
        self.network.tls.config = Some(Box::new(config));
        self
    }

    /// Changes the HTTP client below this crate, for what it has no setting of its own: a resolver, the size of the pool, a
    /// network interface, proxies by host.
    ///
    /// All options of reqwest work, those of TLS too: `tls_certs_merge`, `identity`, `tls_version_min`. With a feature of
    /// rustls, reqwest takes its cryptography from the process, so [`build`](Self::build) then installs that of this crate,
    /// as rustls itself does, unless your program has installed one: install yours before. The other settings of this
    /// builder install nothing.
    ///
    /// Set afterwards and not to be changed are the user agent, [`connect_timeout`](Self::connect_timeout), redirects and
    /// decompression: the client follows redirects to the same origin only, so that no other host receives the key, and
    /// reqwest does not decompress, because it would decode downloads; feature `gzip` decodes all other responses.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let rokka = rokka::Client::builder()
    ///     .api_key("your key")
    ///     .http(|http| http.pool_idle_timeout(Duration::from_secs(20)).tcp_nodelay(true))
    ///     .build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    pub fn http(
        mut self,
        change: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> Self {
        self.network.change = Some(Box::new(change));
        self
    }

    /// Sends requests with an HTTP client of your own, so that the program has one pool of connections.
    ///
    /// [`rokka::reqwest`](crate::reqwest) is the version that it has to be of. The client has to leave redirects alone:
    /// [`build`](Self::build) refuses one without `redirect(Policy::none())`, because reqwest would send `Api-Key` to any
    /// host that a response names. This crate follows redirects itself, on the same origin. Build the client without
    /// decompression (`no_gzip` and the like) if a feature of reqwest enables it, so that downloads stay as they are.
    ///
    /// Timeouts, proxies and certificates are those of the client: settings of this builder that would have no effect are
    /// refused. Its default headers are added to every request; the user agent is that of this builder.
    ///
    /// ```
    /// use rokka::reqwest;
    ///
    /// # rokka::rustls::crypto::ring::default_provider().install_default().ok();
    /// let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    /// let rokka = rokka::Client::builder().api_key("your key").http_client(http).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "with_http_client")]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.network.client = Some(client);
        self
    }

    /// Puts a [`Middleware`] around every attempt to send a request: trace context, headers of your own, metrics, caching.
    /// The first one added is the outermost.
    ///
    /// ```
    /// use rokka::reqwest::Request;
    /// use rokka::{Middleware, MiddlewareFuture, Next};
    ///
    /// struct TraceContext;
    ///
    /// impl Middleware for TraceContext {
    ///     fn handle<'a>(&'a self, mut request: Request, next: Next<'a>) -> MiddlewareFuture<'a> {
    ///         Box::pin(async move {
    ///             let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    ///             request.headers_mut().insert("traceparent", context.parse()?);
    ///             next.run(request).await
    ///         })
    ///     }
    /// }
    ///
    /// let rokka = rokka::Client::builder().api_key("your key").middleware(TraceContext).build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    #[doc(alias = "layer")]
    #[doc(alias = "interceptor")]
    pub fn middleware(mut self, middleware: impl Middleware) -> Self {
        self.middleware.push(Box::new(middleware));
        self
    }
}

impl Network {
    /// Whether requests to this machine stay on it, as far as these settings tell. A proxy that is none is refused later.
    pub(super) fn is_local(&self) -> bool {
        match &self.proxy {
            Some(Proxy::Url(url)) => Url::parse(url).map_or(true, |url| is_loopback(&url)),
            _ => true,
        }
    }

    /// Makes the HTTP client.
    pub(super) fn build(mut self, user_agent: HeaderValue) -> Result<HttpClient> {
        if let Some(client) = self.client.take() {
            self.refuse_beside_client()?;
            if !leaves_redirects_alone(&client) {
                return Err(configuration(
                    "the client of `ClientBuilder::http_client` follows redirects, and would send the key to any host that a \
                     response names: build it with `.redirect(reqwest::redirect::Policy::none())`; this crate follows \
                     redirects on the same origin itself",
                ));
            }
            return Ok(HttpClient {
                client,
                user_agent: Some(user_agent),
            });
        }
        let mut http = reqwest::Client::builder();
        http = match &self.proxy {
            None => http,
            Some(Proxy::None) => http.no_proxy(),
            Some(Proxy::Url(url)) => http.proxy(proxy(url)?),
        };
        http = self.tls.set_up(http, self.change.is_some())?;
        if let Some(change) = self.change {
            http = change(http);
        }
        let client = http
            .user_agent(user_agent)
            .connect_timeout(self.connect_timeout.unwrap_or(CONNECT_TIMEOUT))
            // The transport follows redirects itself: reqwest removes `Authorization` for another host, but not `Api-Key`,
            // turns a POST into a GET, and cannot replay a streamed body.
            .redirect(redirect::Policy::none())
            // Another crate may enable these features, which would decode downloads unnoticed.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .build()
            .map_err(|error| {
                configuration("the HTTP client cannot be configured").with_source(error)
            })?;
        Ok(HttpClient {
            client,
            user_agent: None,
        })
    }

    /// Refuses the settings that would have no effect on a client of the caller's.
    fn refuse_beside_client(&self) -> Result<()> {
        let settings = [
            ("connect_timeout", self.connect_timeout.is_some()),
            ("proxy", matches!(self.proxy, Some(Proxy::Url(_)))),
            ("no_proxy", matches!(self.proxy, Some(Proxy::None))),
            ("http", self.change.is_some()),
            ("root_certificate_pem", !self.tls.roots.is_empty()),
            ("client_certificate", self.tls.client_certificate.is_some()),
            #[cfg(feature = "__rustls")]
            ("tls_config", self.tls.config.is_some()),
        ];
        match settings.into_iter().find(|(_, is_set)| *is_set) {
            None => Ok(()),
            Some((name, _)) => Err(configuration(format!(
                "`ClientBuilder::{name}` has no effect on the client of `ClientBuilder::http_client`: set it on that client"
            ))),
        }
    }
}

/// Whether a client follows no redirects. Only its `Debug` tells, and if that changes, every client counts as one that does.
fn leaves_redirects_alone(client: &reqwest::Client) -> bool {
    let none = format!("{:?}", redirect::Policy::none());
    format!("{client:?}").contains(&format!("redirect_policy: {none:?}"))
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Url(url) => shown(url),
        })
    }
}

/// Shows no secrets and no certificates.
impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("connect_timeout", &self.connect_timeout)
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}

/// The proxy of a URL, which may contain a password and is not quoted.
fn proxy(url: &str) -> Result<reqwest::Proxy> {
    const RULE: &str =
        "the proxy is not a valid URL: expected `http://` or `https://`, a host and a port";
    let url = Url::parse(url.trim()).map_err(|error| configuration(RULE).with_source(error))?;
    match url.scheme() {
        "http" | "https" if url.host_str().is_some() => {}
        "socks4" | "socks4a" | "socks5" | "socks5h" => {
            return Err(configuration(
                "`ClientBuilder::proxy` takes HTTP proxies: for SOCKS, enable the feature `socks` of reqwest and use \
                 `ClientBuilder::http` with a `reqwest::Proxy`",
            ));
        }
        _ => return Err(configuration(RULE)),
    }
    reqwest::Proxy::all(url).map_err(|_| configuration(RULE))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn a_client_that_follows_redirects_is_told_from_one_that_does_not() {
        #[cfg(feature = "__rustls")]
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let spoof = HeaderValue::from_static(r#"redirect_policy: "Policy(None)""#);
        let headers = HeaderMap::from_iter([(http::header::COOKIE, spoof)]);
        let client = || reqwest::Client::builder().default_headers(headers.clone());
        let none = client().redirect(redirect::Policy::none());
        assert!(leaves_redirects_alone(&none.build().unwrap()));
        for policy in [
            redirect::Policy::default(),
            redirect::Policy::limited(1),
            redirect::Policy::custom(|attempt| attempt.error("none")),
        ] {
            let client = client().redirect(policy).build().unwrap();
            assert!(!leaves_redirects_alone(&client), "{client:?}");
        }
        assert!(!leaves_redirects_alone(&client().build().unwrap()));
    }
}
