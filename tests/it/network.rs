//! How a client reaches the service: certificates, proxies, its own HTTP client, and the connections it opens.

#![cfg_attr(
    not(any(
        feature = "rustls",
        feature = "rustls-aws-lc",
        feature = "rustls-no-provider",
        feature = "native-tls"
    )),
    allow(dead_code, unused_imports)
)]

use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rokka::{Client, ClientBuilder, Error, ErrorKind, Retry, reqwest};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::support::tls::{Authority, TlsFront, certificate};
use crate::support::{HASH, KEY, Reply, Server, bare, builder, find, image, nobody, reply};

#[path = "../../examples/company_network.rs"]
#[allow(dead_code)]
mod company_network;

/// Whether the build has TLS, and whether it can tell why a connection is refused.
const RUSTLS: bool = cfg!(any(
    feature = "rustls",
    feature = "rustls-aws-lc",
    feature = "rustls-no-provider"
));
const TLS: bool = RUSTLS || cfg!(feature = "native-tls");

/// The text of an error, with everything in it.
fn text(error: &Error) -> String {
    format!("{error:#} {error:?}")
}

fn image_server() -> Server {
    Server::start(|_, request| {
        let reply = match request.target.as_str() {
            "/" => reply(401, r#"{"error":{"code":401}}"#),
            _ => Reply::json(200, image(HASH)),
        };
        reply.keep_alive()
    })
}

/// A client of a host that sends every request once, if TLS refuses it.
fn client(front: &TlsFront, set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
    let mut settings = set(builder(front.url()));
    if !RUSTLS {
        settings = settings.retry(Retry::never());
    }
    settings.build().unwrap()
}

async fn get(client: &Client) -> Result<(), Error> {
    let images = client.source_images("acme")?;
    images
        .get(HASH)
        .await
        .map(|image| assert_eq!(image.hash, HASH))
}

/// Whether TLS refused a connection, as far as the build tells.
fn assert_refused(error: &Error, because: &str) {
    if RUSTLS {
        assert_eq!(error.kind(), ErrorKind::Tls, "{error:#}");
        assert!(text(error).contains(because), "{error:#}");
    }
    assert_eq!(error.attempts(), 1, "{error:#}");
    assert!(!text(error).contains(KEY));
}

#[cfg(any(
    feature = "rustls",
    feature = "rustls-aws-lc",
    feature = "rustls-no-provider",
    feature = "native-tls"
))]
mod certificates {
    use super::*;

    #[tokio::test]
    async fn of_an_own_authority_are_accepted() {
        let authority = Authority::new("Acme CA");
        let server = image_server();
        let front = TlsFront::start(server.address(), &authority.server(), None);
        let pem = &authority.pem;
        let parsed = || reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
        let bundle = format!("{}\n# ours\n{pem}", Authority::new("Other CA").pem);
        let (one, two) = (parsed(), parsed());

        get(&client(&front, |settings| {
            settings.root_certificate_pem(pem)
        }))
        .await
        .unwrap();
        get(&client(&front, |settings| {
            settings.root_certificates_only(bundle)
        }))
        .await
        .unwrap();
        // Through reqwest's own options, alone and beside ours.
        get(&client(&front, |settings| {
            settings.http(|http| http.no_proxy().add_root_certificate(one))
        }))
        .await
        .unwrap();
        get(&client(&front, |settings| {
            settings
                .root_certificates_only(Authority::new("Third CA").pem)
                .http(|http| http.tls_certs_merge([two]))
        }))
        .await
        .unwrap();

        let requests = server.requests();
        assert_eq!((requests.len(), front.handshakes()), (4, 4));
        for request in requests {
            assert_eq!(request.header("api-key"), Some(KEY));
        }
    }

    #[tokio::test]
    async fn of_a_foreign_authority_are_refused() {
        let server = image_server();
        let authority = Authority::new("Acme CA");
        let front = TlsFront::start(server.address(), &authority.server(), None);
        let other = || Authority::new("Other CA").pem;

        for client in [
            client(&front, |settings| settings),
            client(&front, |settings| settings.root_certificate_pem(other())),
            client(&front, |settings| settings.root_certificates_only(other())),
            client(&front, |settings| {
                settings.http(reqwest::ClientBuilder::no_proxy)
            }),
        ] {
            let error = get(&client).await.unwrap_err();
            assert_refused(&error, "`ClientBuilder::root_certificate_pem`");
            if RUSTLS {
                assert!(!error.is_retryable(), "{error:#}");
            }
        }
        assert_eq!(front.connections(), 4, "each was tried once");
        assert!(server.requests().is_empty(), "{:?}", server.requests());
    }

    #[tokio::test]
    async fn that_are_expired_or_of_another_host_are_refused() {
        let server = image_server();
        let authority = Authority::new("Acme CA");
        for (identity, because) in [
            (authority.expired_server(), "expired"),
            (authority.server_elsewhere(), "elsewhere.example.com"),
        ] {
            let front = TlsFront::start(server.address(), &identity, None);
            for client in [
                client(&front, |settings| {
                    settings.root_certificate_pem(&authority.pem)
                }),
                client(&front, |settings| {
                    settings.root_certificates_only(&authority.pem)
                }),
            ] {
                let error = get(&client).await.unwrap_err();
                assert_refused(&error, because);
            }
        }
        assert!(server.requests().is_empty(), "{:?}", server.requests());
    }

    #[tokio::test]
    async fn of_the_client_are_shown_on_demand() {
        let server = image_server();
        let (authority, staff) = (Authority::new("Acme CA"), Authority::new("Staff CA"));
        let front = TlsFront::start(server.address(), &authority.server(), Some(&staff));
        let identity = staff.client("me");
        let shown = |settings: ClientBuilder| {
            settings
                .root_certificates_only(&authority.pem)
                .client_certificate(&identity.certificate, &identity.key)
        };

        get(&client(&front, shown)).await.unwrap();
        get(&client(&front, |settings| {
            shown(settings).http(reqwest::ClientBuilder::no_proxy)
        }))
        .await
        .unwrap();
        assert_eq!(
            front.clients(),
            [(); 2].map(|()| certificate(&identity.certificate))
        );
        assert_eq!(server.requests().len(), 2);

        // Without one, and with one of an authority that the server does not know.
        let stranger = Authority::new("Other CA").client("stranger");
        for client in [
            client(&front, |settings| {
                settings.root_certificates_only(&authority.pem)
            }),
            client(&front, |settings| {
                settings
                    .root_certificates_only(&authority.pem)
                    .client_certificate(&stranger.certificate, &stranger.key)
            }),
        ] {
            let error = get(&client).await.unwrap_err();
            assert_refused(&error, "`ClientBuilder::client_certificate`");
        }
        assert_eq!((server.requests().len(), front.handshakes()), (2, 2));
    }

    #[test]
    fn that_are_malformed_are_refused_and_keys_not_shown() {
        let authority = Authority::new("Acme CA");
        let (one, two) = (authority.client("one"), authority.client("two"));
        let broken = one.certificate.replace("MII", "!!!");
        let cut = &one.certificate[..200];
        let set = |set: &dyn Fn(ClientBuilder) -> ClientBuilder| {
            let settings = set(builder("https://localhost"));
            let shown = format!("{settings:?}");
            (settings.build(), shown)
        };
        let cases: [(&dyn Fn(ClientBuilder) -> ClientBuilder, &str); 9] = [
            (&|to| to.root_certificate_pem(""), "a root certificate"),
            (
                &|to| to.root_certificate_pem("ca.pem"),
                "a root certificate",
            ),
            (&|to| to.root_certificate_pem(&broken), "a root certificate"),
            (&|to| to.root_certificate_pem(cut), "a root certificate"),
            (
                &|to| to.root_certificates_only(&one.key),
                "a root certificate",
            ),
            (
                &|to| to.client_certificate(&one.certificate, &two.key),
                "the client certificate",
            ),
            (
                &|to| to.client_certificate(&one.certificate, ""),
                "the client certificate",
            ),
            (
                &|to| to.client_certificate("", &one.key),
                "the client certificate",
            ),
            (
                &|to| to.client_certificate(&one.key, &one.certificate),
                "the client certificate",
            ),
        ];
        let secret = one.key.lines().nth(1).unwrap();
        for (number, (case, begins)) in cases.iter().enumerate() {
            let (built, shown) = set(case);
            // The operating systems' libraries notice some of these only when they connect.
            let Err(error) = built else {
                assert_eq!((RUSTLS, number), (false, number), "it was built");
                continue;
            };
            assert_eq!(error.kind(), ErrorKind::Configuration, "{error:#}");
            if RUSTLS {
                assert!(error.to_string().starts_with(begins), "{number}: {error:#}");
            }
            for text in [text(&error), shown] {
                assert!(!text.contains(secret), "{number}: {text}");
            }
        }
        let (built, shown) = set(&|to| to.client_certificate(&one.certificate, &one.key));
        let client = built.unwrap();
        for text in [shown, format!("{client:?}")] {
            assert!(!text.contains(secret), "{text}");
        }
    }

    /// What a crypto provider is installed for belongs to the process, so this looks at it in one of its own.
    #[test]
    fn need_no_provider_of_the_process() {
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "network::certificates::child",
                "--ignored",
                "--nocapture",
            ])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<_> = text
            .lines()
            .filter_map(|line| line.split_once("provider "))
            .map(|(_, line)| line)
            .collect();
        let without = !cfg!(any(feature = "rustls", feature = "rustls-aws-lc"));
        let expected: &[&str] = if cfg!(feature = "rustls-no-provider") && without {
            // Refused, and no panic.
            &["false: Configuration"; 6]
        } else if RUSTLS {
            &[
                "false: built",
                "false: built",
                "false: built",
                // reqwest takes no other.
                "true: built",
                "true: built",
                "true: built",
            ]
        } else {
            &["false: built"; 6]
        };
        assert_eq!(lines, expected, "{text}");
    }

    #[test]
    #[ignore = "run by another test of this module, in a process of its own"]
    fn child() {
        let authority = Authority::new("Acme CA");
        let parsed = reqwest::Certificate::from_pem(authority.pem.as_bytes()).unwrap();
        let identity = authority.client("me");
        let new = || Client::builder().api_key(KEY);
        let settings = [
            new(),
            new().proxy("http://127.0.0.1:1"),
            new()
                .root_certificate_pem(&authority.pem)
                .client_certificate(&identity.certificate, &identity.key),
            new().http(reqwest::ClientBuilder::no_proxy),
            new().http(|http| http.add_root_certificate(parsed)),
            new().http(own_backend),
        ];
        for settings in settings {
            let outcome = match settings.build() {
                Ok(_) => "built".to_owned(),
                Err(error) => format!("{:?}", error.kind()),
            };
            let installed = rustls::crypto::CryptoProvider::get_default().is_some();
            println!("provider {installed}: {outcome}");
        }
    }

    #[cfg(any(
        feature = "rustls",
        feature = "rustls-aws-lc",
        feature = "rustls-no-provider"
    ))]
    fn own_backend(http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        http.tls_backend_rustls()
    }

    #[cfg(not(any(
        feature = "rustls",
        feature = "rustls-aws-lc",
        feature = "rustls-no-provider"
    )))]
    fn own_backend(http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        http.tls_backend_native()
    }

    #[cfg(any(
        feature = "rustls",
        feature = "rustls-aws-lc",
        feature = "rustls-no-provider"
    ))]
    #[tokio::test]
    async fn of_a_configuration_are_taken_as_they_are() {
        use rokka::rustls::{ClientConfig, RootCertStore, crypto, version};

        let server = image_server();
        let authority = Authority::new("Acme CA");
        let front = TlsFront::start(server.address(), &authority.server(), None);
        let mut roots = RootCertStore::empty();
        roots.add(certificate(&authority.pem)).unwrap();
        let provider = Arc::new(crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS12])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();

        for settings in [
            Client::builder().tls_config(config.clone()).no_proxy(),
            // It stays the configuration, whatever reqwest is told.
            Client::builder().tls_config(config.clone()).http(|http| {
                http.no_proxy()
                    .tls_version_min(reqwest::tls::Version::TLS_1_3)
            }),
        ] {
            let client = settings.api_host(front.url()).build().unwrap();
            get(&client).await.unwrap();
        }
        assert_eq!(server.requests().len(), 2);

        let both = Client::builder()
            .tls_config(config)
            .root_certificate_pem(&authority.pem);
        let error = both.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("tls_config"), "{error:#}");
    }
}

#[test]
fn certificates_without_tls_are_refused() {
    let authority = Authority::new("Acme CA");
    let identity = authority.client("me");
    for settings in [
        builder("http://localhost").root_certificate_pem(&authority.pem),
        builder("http://localhost").client_certificate(&identity.certificate, &identity.key),
    ] {
        let built = settings.build();
        assert_eq!(built.is_ok(), TLS, "{built:?}");
        if let Err(error) = built {
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains("feature `rustls`"), "{error:#}");
        }
    }
}

/// A proxy that keeps the heads of its requests, as they were sent, and opens tunnels.
struct HttpProxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl HttpProxy {
    /// Opens tunnels, or responds with a status of its own.
    async fn start(refusal: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::<Mutex<Vec<String>>>::default();
        tokio::spawn({
            let heads = heads.clone();
            async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    let mut head = Vec::new();
                    while find(&head, b"\r\n\r\n").is_none() {
                        head.push(stream.read_u8().await.unwrap());
                    }
                    let head = String::from_utf8(head).unwrap();
                    let target = head.split(' ').nth(1).unwrap().to_owned();
                    heads.lock().unwrap().push(head);
                    if let Some(refusal) = refusal {
                        stream.write_all(refusal.as_bytes()).await.unwrap();
                        continue;
                    }
                    tokio::spawn(async move {
                        let mut server = TcpStream::connect(target).await.unwrap();
                        let opened = b"HTTP/1.1 200 OK\r\n\r\n";
                        stream.write_all(opened).await.unwrap();
                        copy_bidirectional(&mut stream, &mut server).await.ok();
                    });
                }
            }
        });
        Self { address, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

#[cfg(any(
    feature = "rustls",
    feature = "rustls-aws-lc",
    feature = "rustls-no-provider",
    feature = "native-tls"
))]
mod proxies {
    use super::*;

    #[tokio::test]
    async fn see_no_credentials_but_their_own() {
        let server = image_server();
        let authority = Authority::new("Acme CA");
        let front = TlsFront::start(server.address(), &authority.server(), None);
        let proxy = HttpProxy::start(None).await;
        let url = format!("http://me:geheim@{}", proxy.address);
        let client = bare()
            .api_host(front.url())
            .api_key(KEY)
            .proxy(url)
            .root_certificate_pem(&authority.pem)
            .build()
            .unwrap();
        get(&client).await.unwrap();
        get(&client).await.unwrap();

        let heads = proxy.heads();
        assert_eq!(heads.len(), 1, "the tunnel is used again: {heads:?}");
        let head = heads[0].to_ascii_lowercase();
        assert!(
            head.starts_with(&format!("connect {} http/1.1\r\n", front.address())),
            "{head}"
        );
        // me:geheim
        assert!(heads[0].contains("Basic bWU6Z2VoZWlt"), "{head}");
        assert!(!head.contains("api-key"), "{head}");
        for request in server.requests() {
            assert_eq!(request.header("api-key"), Some(KEY));
            assert_eq!(request.header("proxy-authorization"), None);
        }
    }

    #[tokio::test]
    async fn that_refuse_are_reported_without_their_password() {
        let refused = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
        let proxy = HttpProxy::start(Some(refused)).await;
        let url = format!("http://me:geheim@{}", proxy.address);
        let settings = bare()
            .api_host("https://127.0.0.1:1")
            .api_key(KEY)
            .retry(Retry::never())
            .proxy(url);
        let shown = format!("{settings:?}");
        let client = settings.build().unwrap();
        let error = get(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{error:#}");
        for text in [text(&error), shown, format!("{client:?}")] {
            assert!(
                !text.contains("geheim") && !text.contains("bWU6Z2VoZWlt"),
                "{text}"
            );
        }
    }
}

#[test]
fn a_proxy_that_cannot_be_one_is_refused_and_not_shown() {
    for (url, says) in [
        ("", "expected `http://`"),
        ("proxy.example.com:3128", "expected `http://`"),
        ("ftp://me:geheim@proxy.example.com", "expected `http://`"),
        ("http://me:geheim@", "expected `http://`"),
        ("socks5://me:geheim@proxy.example.com", "feature `socks`"),
    ] {
        let settings = builder("https://localhost").proxy(url);
        let shown = format!("{settings:?}");
        let error = settings.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{url}");
        assert!(error.to_string().contains(says), "{error:#}");
        for text in [text(&error), shown] {
            assert!(!text.contains("geheim"), "{text}");
        }
    }
}

/// The allowance for this machine is none where a proxy leads elsewhere.
#[test]
fn a_loopback_host_behind_a_proxy_needs_encryption() {
    let settings = || builder("http://127.0.0.1:8080");
    let error = settings()
        .proxy("http://proxy.example.com:3128")
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("unencrypted"), "{error:#}");
    settings().proxy("http://127.0.0.1:3128").build().unwrap();
    let allowed = settings()
        .proxy("http://proxy.example.com:3128")
        .allow_http(true);
    allowed.build().unwrap();
}

mod own_clients {
    use super::*;

    fn own() -> reqwest::ClientBuilder {
        let headers = http::HeaderMap::from_iter([
            (
                http::HeaderName::from_static("x-own"),
                http::HeaderValue::from_static("yes"),
            ),
            (
                http::header::USER_AGENT,
                http::HeaderValue::from_static("own"),
            ),
        ]);
        let none = reqwest::redirect::Policy::none();
        crate::support::process_provider();
        reqwest::Client::builder()
            .no_proxy()
            .redirect(none)
            .default_headers(headers)
    }

    #[tokio::test]
    async fn send_the_requests() {
        let server = image_server();
        let client = bare()
            .api_host(server.url())
            .api_key(KEY)
            .user_agent("my-cms/2.1")
            .http_client(own().build().unwrap())
            .build()
            .unwrap();
        get(&client).await.unwrap();
        let request = server.only_request();
        assert_eq!(request.header("api-key"), Some(KEY));
        assert_eq!(request.lines("x-own"), ["yes"]);
        let agents = request.lines("user-agent");
        assert_eq!(agents.len(), 1, "{agents:?}");
        assert!(
            agents[0].starts_with("my-cms/2.1 rokka-rust/"),
            "{agents:?}"
        );
    }

    #[tokio::test]
    async fn share_their_connections() {
        let server = image_server();
        let http = own().build().unwrap();
        http.get(server.url())
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        let client = bare()
            .api_host(server.url())
            .http_client(http)
            .build()
            .unwrap();
        get(&client).await.unwrap();
        assert_eq!((server.requests().len(), server.connections()), (2, 1));
    }

    #[tokio::test]
    async fn that_follow_redirects_are_refused() {
        use reqwest::redirect::Policy;

        for policy in [
            Policy::default(),
            Policy::limited(3),
            Policy::custom(|attempt| attempt.error("none")),
        ] {
            let http = own().redirect(policy).build().unwrap();
            let error = bare().api_key(KEY).http_client(http).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains("Policy::none()"), "{error:#}");
        }

        // The client follows those of the same origin itself, and no others.
        let elsewhere = image_server();
        let target = format!("{}/stolen", elsewhere.url());
        let server = Server::script([
            Reply::to(302, &format!("/sourceimages/acme/{HASH}?moved")),
            Reply::to(302, &target),
        ]);
        let client = bare()
            .api_host(server.url())
            .api_key(KEY)
            .http_client(own().build().unwrap())
            .build()
            .unwrap();
        let error = get(&client).await.unwrap_err();
        assert!(error.to_string().contains("same origin only"), "{error:#}");
        assert_eq!(server.requests().len(), 2);
        assert!(elsewhere.requests().is_empty());
    }

    #[test]
    fn refuse_settings_that_have_no_effect() {
        let new = || bare().http_client(own().build().unwrap());
        let authority = Authority::new("Acme CA");
        let identity = authority.client("me");
        for (settings, name) in [
            (
                new().connect_timeout(Duration::from_secs(1)),
                "connect_timeout",
            ),
            (new().proxy("http://127.0.0.1:1"), "proxy"),
            (new().no_proxy(), "no_proxy"),
            (new().http(|http| http), "http"),
            (
                new().root_certificate_pem(&authority.pem),
                "root_certificate_pem",
            ),
            (
                new().client_certificate(&identity.certificate, &identity.key),
                "client_certificate",
            ),
        ] {
            let error = settings.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            let says = format!("`ClientBuilder::{name}` has no effect");
            assert!(error.to_string().starts_with(&says), "{error:#}");
        }
    }
}

mod connections {
    use super::*;

    #[cfg(any(
        feature = "rustls",
        feature = "rustls-aws-lc",
        feature = "rustls-no-provider",
        feature = "native-tls"
    ))]
    #[tokio::test]
    async fn are_used_again_and_can_be_opened_before() {
        let server = image_server();
        let authority = Authority::new("Acme CA");
        let front = TlsFront::start(server.address(), &authority.server(), None);
        let client = client(&front, |settings| {
            settings.root_certificates_only(&authority.pem)
        });
        client.connect().await.unwrap();
        assert_eq!((front.connections(), front.handshakes()), (1, 1));
        for _ in 0..100 {
            get(&client).await.unwrap();
        }
        assert_eq!((front.connections(), front.handshakes()), (1, 1));
        assert_eq!(server.requests().len(), 101);
    }

    #[tokio::test]
    async fn are_opened_by_a_request_that_asks_for_nothing() {
        // Any response will do, and none is asked for twice.
        for reply in [
            reply(200, "{}"),
            reply(401, "{}"),
            reply(429, "{}").header("retry-after", "1"),
            reply(503, "{}"),
            Reply::to(302, "/elsewhere").keep_alive(),
        ] {
            let server = Server::script([reply]);
            let client = server.client();
            client.connect().await.unwrap();
            client.clone().connect().await.unwrap();
            assert_eq!(server.connections(), 1);
            let requests = server.requests();
            assert_eq!(requests.len(), 2, "{requests:#?}");
            for request in requests {
                assert_eq!((&*request.method, &*request.target), ("HEAD", "/"));
                assert_eq!(request.header("api-key"), None);
                assert_eq!(request.header("authorization"), None);
            }
        }
    }

    #[tokio::test]
    async fn that_do_not_open_are_an_error() {
        let (_socket, address) = nobody();
        let client = builder(format!("http://{address}"))
            .retry(Retry::new().max_attempts(2).initial_backoff(Duration::ZERO))
            .build()
            .unwrap();
        let error = client.connect().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{error:#}");
        assert_eq!((error.operation(), error.attempts()), (Some("HEAD /"), 2));
    }
}

/// The program in `examples/`, against a server of the kind that it is about.
#[cfg(any(
    feature = "rustls",
    feature = "rustls-aws-lc",
    feature = "rustls-no-provider",
    feature = "native-tls"
))]
#[tokio::test]
async fn the_example_connects_through_a_company_network() {
    let server = Server::start(|_, request| {
        let reply = match request.target.as_str() {
            "/" => reply(401, r#"{"error":{"code":401}}"#),
            _ => Reply::json(200, json!({"total": 0, "items": []})),
        };
        reply.keep_alive()
    });
    let (authority, staff) = (Authority::new("Acme CA"), Authority::new("Staff CA"));
    let front = TlsFront::start(server.address(), &authority.server(), Some(&staff));
    let proxy = HttpProxy::start(None).await;
    let identity = staff.client("me");
    let company = company_network::Company {
        proxy: Some(format!("http://{}", proxy.address)),
        authority: Some(authority.pem.clone().into()),
        certificate: Some((
            identity.certificate.clone().into(),
            identity.key.clone().into(),
        )),
    };
    let settings = bare().api_host(front.url()).api_key(KEY);
    let requests = company_network::run(settings, "acme", company)
        .await
        .unwrap();

    assert_eq!(proxy.heads().len(), 1);
    assert_eq!(front.clients(), [certificate(&identity.certificate)]);
    let sent = server.requests();
    assert_eq!(requests, u64::try_from(sent.len()).unwrap());
    assert!(sent.len() > 1, "{sent:#?}");
    for request in sent {
        let context = request.header("traceparent").unwrap();
        assert_eq!(context.len(), 55, "{context}");
    }
}
