//! How a client is set up, what every request carries, and what must not show anywhere.

use std::future::{Future, IntoFuture};
use std::process::Command;

use crate::support::{HASH, KEY, Reply, Server, bare, builder, image, provider, stored};
use futures_util::stream;
use http::Method;
use rokka::{Client, ClientBuilder, ErrorKind, Progress, Source, SubjectArea, field};
use serde_json::{Value, json};

const AGENT: &str = concat!("rokka-rust/", env!("CARGO_PKG_VERSION"));

/// A server that replies to every kind of call.
fn any_call() -> Server {
    Server::start(
        |_, request| match (request.method.as_str(), request.target.as_str()) {
            ("POST", "/sourceimages/acme") => stored(),
            (_, target) if target.ends_with("/download") => Reply::new(200, "image/jpeg", "bytes"),
            (_, "/") => Reply::json(200, json!({})),
            _ => Reply::json(200, image(HASH)),
        },
    )
}

mod headers_of_every_request {
    use super::*;

    async fn one_of_each_kind(client: &Client) {
        let images = client.source_images("acme").unwrap();
        images.get(HASH).await.unwrap();
        images
            .upload(Source::bytes("cat.jpg", "cat"))
            .await
            .unwrap();
        images.download(HASH).bytes().await.unwrap();
        client.request(Method::GET, "/anything").await.unwrap();
    }

    #[tokio::test]
    async fn one_api_version_whichever_way_it_goes() {
        let server = any_call();
        let client = server.client();
        let (organization, hash) = ("acme".parse().unwrap(), HASH.parse().unwrap());

        one_of_each_kind(&client).await;
        client
            .api()
            .get_source_image(&organization, &hash, None)
            .await
            .unwrap();

        let requests = server.requests();
        let called: Vec<_> = requests
            .iter()
            .map(|request| format!("{} {}", request.method, request.target))
            .collect();
        assert_eq!(
            called,
            [
                format!("GET /sourceimages/acme/{HASH}"),
                "POST /sourceimages/acme".to_owned(),
                format!("GET /sourceimages/acme/{HASH}/download"),
                "GET /anything".to_owned(),
                format!("GET /sourceimages/acme/{HASH}"),
            ]
        );
        for request in &requests {
            assert_eq!(
                request.lines("api-version"),
                ["1"],
                "{} {}",
                request.method,
                request.target
            );
            assert_eq!(
                request.lines("api-key"),
                [KEY],
                "{} {}",
                request.method,
                request.target
            );
            assert_eq!(
                request.lines("user-agent"),
                [AGENT],
                "{} {}",
                request.method,
                request.target
            );
            assert!(request.lines("authorization").is_empty());
        }
    }

    #[tokio::test]
    async fn json_is_accepted_unless_the_response_is_a_file() {
        let server = any_call();
        let client = server.client();
        let images = client.source_images("acme").unwrap();
        let asked = |server: &Server| {
            let requests = server.requests();
            let accept = requests
                .iter()
                .map(|request| request.lines("accept").join(","));
            accept.collect::<Vec<_>>()
        };

        one_of_each_kind(&client).await;
        // Whoever asks for something else means it.
        let own = images.get(HASH).header("accept", "application/hal+json");
        own.await.unwrap();
        assert_eq!(
            asked(&server),
            [
                "application/json",
                "application/json",
                "*/*",
                "*/*",
                "application/hal+json"
            ]
        );

        let server = Server::script([
            Reply::new(503, "text/plain", ""),
            Reply::json(200, image(HASH)),
        ]);
        server.images().get(HASH).await.unwrap();
        assert_eq!(
            asked(&server),
            ["application/json"; 2],
            "another try asks alike"
        );
    }

    #[tokio::test]
    async fn the_program_stands_before_the_crate_in_the_user_agent() {
        let server = any_call();
        let client = server.builder().user_agent("my-cms/2.1").build().unwrap();
        client.request(Method::GET, "/x").await.unwrap();
        assert_eq!(
            server.only_request().lines("user-agent"),
            [format!("my-cms/2.1 {AGENT}")]
        );

        let error = server.builder().user_agent("my\ncms").build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }

    #[tokio::test]
    async fn a_header_of_the_http_client_does_not_double_ours() {
        let server = any_call();
        let mut headers = http::HeaderMap::new();
        headers.insert("api-version", "7".parse().unwrap());
        headers.insert("x-own", "yes".parse().unwrap());
        let client = server
            .builder()
            .http(|http| http.no_proxy().default_headers(headers))
            .build()
            .unwrap();
        client
            .source_images("acme")
            .unwrap()
            .get(HASH)
            .await
            .unwrap();
        let request = server.only_request();
        assert_eq!(request.lines("api-version"), ["1"]);
        assert_eq!(request.lines("x-own"), ["yes"]);
    }

    #[tokio::test]
    async fn the_key_wins_over_a_token() {
        let token = "eyJhbGciOi.eyJleHAiOj.c2lnbmF0dXJl";
        for (settings, api_key, bearer) in [
            (bare().api_key(KEY).token(token), Some(KEY), None),
            (bare().token(token).api_key(KEY), Some(KEY), None),
            (bare().api_key(KEY), Some(KEY), None),
            (bare().token(token), None, Some(format!("Bearer {token}"))),
            (bare(), None, None),
        ] {
            let server = any_call();
            let client = settings.api_host(server.url()).no_proxy().build().unwrap();
            client.request(Method::GET, "/x").await.unwrap();
            client
                .source_images("acme")
                .unwrap()
                .upload(Source::bytes("a", "a"))
                .await
                .unwrap();
            for request in server.requests() {
                assert_eq!(request.header("api-key"), api_key);
                assert_eq!(request.header("authorization"), bearer.as_deref());
            }
        }
    }

    #[tokio::test]
    async fn blanks_around_a_key_are_dropped() {
        let server = any_call();
        for key in [
            format!(" {KEY}"),
            format!("{KEY}\n"),
            format!("\t{KEY} \r\n"),
        ] {
            let client = server.builder().api_key(key).build().unwrap();
            client.request(Method::GET, "/x").await.unwrap();
        }
        let token = format!("\n{KEY} ");
        let client = bare()
            .api_host(server.url())
            .token(token)
            .no_proxy()
            .build()
            .unwrap();
        client.request(Method::GET, "/x").await.unwrap();

        let requests = server.requests();
        for request in &requests[..3] {
            assert_eq!(request.header("api-key"), Some(KEY));
        }
        assert_eq!(
            requests[3].header("authorization"),
            Some(&*format!("Bearer {KEY}"))
        );
    }

    #[test]
    fn a_key_that_cannot_be_one_is_refused_and_not_shown() {
        for (key, says) in [
            ("", "the API key is empty"),
            (" \n", "the API key is empty"),
            (
                "geheim\u{e4}",
                "the API key has characters other than printable ASCII",
            ),
            (
                "geheim\nx: y",
                "the API key has characters other than printable ASCII",
            ),
            (
                "geheim\u{0}",
                "the API key has characters other than printable ASCII",
            ),
            (
                "geheim\u{7f}",
                "the API key has characters other than printable ASCII",
            ),
        ] {
            for error in [
                Client::new(key).unwrap_err(),
                bare().api_key(key).token("good").build().unwrap_err(),
            ] {
                assert_eq!(error.kind(), ErrorKind::Configuration);
                assert_eq!(error.to_string(), says);
                let shown = format!("{error:#} {error:?}");
                assert!(!shown.contains("geheim"), "{shown}");
            }
            let error = bare().token(key).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert_eq!(error.to_string(), says.replace("API key", "token"));
        }
    }
}

mod setting_up {
    use super::*;

    #[test]
    fn a_client_needs_no_runtime_and_no_key() {
        provider();
        let client = Client::new(KEY).unwrap();
        assert_eq!(client.api_host(), "https://api.rokka.io");
        assert_eq!(client.render_host("acme"), "https://acme.rokka.io");
        bare().build().unwrap();
    }

    #[tokio::test]
    async fn hosts_with_slashes_and_prefixes() {
        for (ending, path) in [
            ("", ""),
            ("/", ""),
            ("//", ""),
            ("/some/prefix", "/some/prefix"),
            ("/v1/ ", "/v1"),
        ] {
            let server = any_call();
            let host = format!("{}{ending}", server.url());
            let client = builder(host).build().unwrap();
            assert_eq!(client.api_host(), format!("{}{path}", server.url()));
            client
                .source_images("acme")
                .unwrap()
                .get(HASH)
                .await
                .unwrap();
            client.request(Method::GET, "/x").await.unwrap();
            let targets: Vec<_> = server
                .requests()
                .into_iter()
                .map(|request| request.target)
                .collect();
            assert_eq!(
                targets,
                [
                    format!("{path}/sourceimages/acme/{HASH}"),
                    format!("{path}/x")
                ]
            );
        }
    }

    #[test]
    fn hosts_that_cannot_be_one_are_refused() {
        for (host, rule) in [
            ("", "is not a valid base URL"),
            ("api.rokka.io", "is not a valid base URL"),
            ("api.rokka.io:443", "is not a valid base URL: expected"),
            ("https://", "is not a valid base URL"),
            ("ftp://api.rokka.io", "is not a valid base URL: expected"),
            ("mailto:api", "is not a valid base URL: expected"),
            ("https://api.rokka.io/?a=b", "must not have a query"),
            ("https://api.rokka.io?", "must not have a query"),
            (
                "https://api.rokka.io/#a",
                "must not have a query or a fragment",
            ),
        ] {
            let error = bare().api_host(host).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{host}");
            assert!(error.to_string().starts_with("the API host "), "{error}");
            assert!(error.to_string().contains(rule), "{host}: {error}");
            let error = bare().render_host(host).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{host}");
            assert!(error.to_string().starts_with("the render host "), "{error}");
        }
    }

    #[test]
    fn a_password_in_a_host_is_refused_and_not_shown() {
        for host in [
            "https://me:geheim@api.rokka.io",
            "https://geheim@api.rokka.io",
            "https://:geheim@api.rokka.io/prefix",
            "me:geheim@api.rokka.io",
            "https://me:geheim@api.rokka.io:99999",
            "https://me:geheim@",
            "ftp://me:geheim@api.rokka.io",
        ] {
            for settings in [bare().api_host(host), bare().render_host(host)] {
                let before = format!("{settings:?}");
                assert!(!before.contains("geheim"), "{before}");
                let error = settings.build().unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Configuration, "{host}");
                let shown = format!("{error} {error:#} {error:?}");
                assert!(!shown.contains("geheim"), "{shown}");
            }
        }
    }

    #[test]
    fn the_organization_goes_into_the_render_host() {
        for (host, expected) in [
            ("https://{organization}.rokka.io", "https://acme.rokka.io"),
            (
                "https://{organization}.example.com/",
                "https://acme.example.com",
            ),
            (
                "http://localhost:8080/{organization}",
                "http://localhost:8080/acme",
            ),
            ("https://images.example.com", "https://images.example.com"),
        ] {
            let client = bare().render_host(host).build().unwrap();
            assert_eq!(client.render_host("acme"), expected);
        }
    }

    #[test]
    fn nothing_shows_the_key() {
        provider();
        let shown = [
            format!("{:?}", bare().api_key(KEY).token(KEY)),
            format!("{:#?}", Client::new(KEY).unwrap()),
            format!("{:?}", bare().token(KEY).build().unwrap()),
            format!("{:?}", rokka::Secret::from(KEY)),
            format!("{:?}", Client::new(KEY).unwrap().api()),
            format!(
                "{:?}",
                Client::new(KEY).unwrap().source_images("acme").unwrap()
            ),
            format!(
                "{:?}",
                Client::new(KEY)
                    .unwrap()
                    .request(Method::GET, "/x")
                    .header("a", "b")
            ),
            format!(
                "{:?}",
                Client::new(KEY)
                    .unwrap()
                    .source_images("acme")
                    .unwrap()
                    .get(HASH)
            ),
            format!(
                "{:?}",
                Client::new(KEY)
                    .unwrap()
                    .source_images("acme")
                    .unwrap()
                    .search()
                    .pages()
            ),
        ];
        for shown in shown {
            assert!(
                !shown.contains(KEY) && !shown.contains(&KEY[32..]),
                "{shown}"
            );
        }
        assert!(format!("{:?}", Client::new(KEY).unwrap()).contains("[redacted]"));
    }

    /// What a client offers when it says hello to a server with TLS.
    #[cfg(not(feature = "native-tls"))]
    #[cfg(any(
        feature = "rustls",
        feature = "rustls-aws-lc",
        feature = "rustls-no-provider"
    ))]
    #[tokio::test]
    async fn http2_is_offered_with_its_feature() {
        use tokio::io::AsyncReadExt;

        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("https://{}", listener.local_addr().unwrap());
        let client = builder(host).build().unwrap();
        let call = tokio::spawn(client.stack_options().into_future());
        let (mut connection, _) = listener.accept().await.unwrap();
        // A TLS record: its kind, version and length, and then that much.
        let mut head = [0; 5];
        connection.read_exact(&mut head).await.unwrap();
        let mut hello = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
        connection.read_exact(&mut hello).await.unwrap();
        let offers = |name: &[u8]| hello.windows(name.len()).any(|window| window == name);
        assert!(offers(b"\x08http/1.1"));
        assert_eq!(offers(b"\x02h2"), cfg!(feature = "http2"));
        call.abort();
    }
}

/// The environment belongs to the whole process, so these look at it in a process of their own.
mod from_the_environment {
    use super::*;

    #[test]
    #[ignore = "run by the other tests of this module, in a process of its own"]
    fn child() {
        if std::env::var_os("ROKKA_TEST_WITHOUT_PROVIDER").is_none() {
            provider();
        }
        let builder = match ClientBuilder::from_env() {
            Ok(builder) => format!("{builder:?}"),
            Err(error) => format!("{:?}: {error:#} {error:?}", error.kind()),
        };
        println!("\nbuilder is {builder}");
        match Client::from_env() {
            Ok(client) => {
                println!(
                    "client is {} {} {client:?}",
                    client.api_host(),
                    client.render_host("acme")
                );
                if client.api_host().contains("127.0.0.1") {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build();
                    let response = runtime
                        .unwrap()
                        .block_on(client.request(Method::GET, "/x").into_future());
                    println!(
                        "response is {:?}",
                        response.map(|response| response.status.as_u16())
                    );
                }
            }
            Err(error) => println!("client is {:?}: {error:#} {error:?}", error.kind()),
        }
    }

    /// What the child printed, by its first word.
    fn ask(variables: &[(&str, &std::ffi::OsStr)]) -> impl Fn(&str) -> String + use<> {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([
            "--exact",
            "client::from_the_environment::child",
            "--ignored",
            "--nocapture",
        ]);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("ROKKA_") || name.to_ascii_lowercase().ends_with("_proxy") {
                command.env_remove(&*name);
            }
        }
        let output = command.envs(variables.iter().copied()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        move |word: &str| {
            let mark = format!("{word} is ");
            let line = text.lines().find_map(|line| line.strip_prefix(&mark));
            line.unwrap_or_else(|| panic!("no {word} in {text}"))
                .to_owned()
        }
    }

    #[tokio::test]
    async fn everything_is_taken_from_it() {
        let server = any_call();
        let url = format!("{}/", server.url());
        let said = tokio::task::spawn_blocking(move || {
            let ask = ask(&[
                ("ROKKA_API_KEY", KEY.as_ref()),
                ("ROKKA_API_TOKEN", "token".as_ref()),
                ("ROKKA_API_HOST", url.as_ref()),
                (
                    "ROKKA_RENDER_HOST",
                    "https://{organization}.example.com".as_ref(),
                ),
            ]);
            [ask("builder"), ask("client"), ask("response")]
        });
        let [builder, client, response] = said.await.unwrap();
        assert!(
            !builder.contains(KEY) && !client.contains(KEY),
            "{builder} {client}"
        );
        assert!(
            client.starts_with(&format!("{} https://acme.example.com ", server.url())),
            "{client}"
        );
        assert_eq!(response, "Ok(200)");
        assert_eq!(server.only_request().header("api-key"), Some(KEY));
        assert_eq!(server.only_request().header("authorization"), None);
    }

    #[test]
    fn http_is_allowed_by_a_word_for_yes() {
        for (value, outcome) in [
            ("true", "http://rokka.internal "),
            (" 1 ", "http://rokka.internal "),
            ("Yes", "http://rokka.internal "),
            ("on", "http://rokka.internal "),
            ("false", "Configuration: the API host"),
            ("0", "Configuration: the API host"),
            ("", "Configuration: the API host"),
            ("maybe", "Configuration: ROKKA_ALLOW_HTTP is \"maybe\""),
        ] {
            let ask = ask(&[
                ("ROKKA_API_KEY", KEY.as_ref()),
                ("ROKKA_API_HOST", "http://rokka.internal".as_ref()),
                ("ROKKA_ALLOW_HTTP", value.as_ref()),
            ]);
            let client = ask("client");
            assert!(client.starts_with(outcome), "{value:?}: {client}");
            assert!(!client.contains(KEY));
        }
    }

    #[tokio::test]
    async fn a_token_alone_is_enough() {
        let server = any_call();
        let url = server.url();
        let said = tokio::task::spawn_blocking(move || {
            // A variable that is empty counts as not set.
            ask(&[
                ("ROKKA_API_KEY", " ".as_ref()),
                ("ROKKA_API_TOKEN", "a.b.c".as_ref()),
                ("ROKKA_API_HOST", url.as_ref()),
            ])("response")
        });
        assert_eq!(said.await.unwrap(), "Ok(200)");
        assert_eq!(
            server.only_request().header("authorization"),
            Some("Bearer a.b.c")
        );
        assert_eq!(server.only_request().header("api-key"), None);
    }

    #[test]
    fn without_credentials_a_client_is_refused_and_a_builder_is_not() {
        let ask = ask(&[
            ("ROKKA_API_KEY", "".as_ref()),
            ("ROKKA_API_HOST", "".as_ref()),
        ]);
        let client = ask("client");
        assert!(
            client.starts_with("Configuration: no credentials: set ROKKA_API_KEY"),
            "{client}"
        );
        assert!(ask("builder").contains("https://api.rokka.io"));
    }

    #[test]
    fn what_is_malformed_is_refused_and_not_shown() {
        let said = ask(&[("ROKKA_API_KEY", "geheim\u{e4}".as_ref())])("client");
        assert!(
            said.starts_with("Configuration: the API key has characters"),
            "{said}"
        );
        assert!(!said.contains("geheim"), "{said}");

        let host = "https://me:geheim@api.rokka.io";
        let ask = ask(&[
            ("ROKKA_API_KEY", KEY.as_ref()),
            ("ROKKA_API_HOST", host.as_ref()),
        ]);
        for said in [ask("client"), ask("builder")] {
            assert!(!said.contains("geheim"), "{said}");
        }
        assert!(ask("client").starts_with("Configuration: the API host must not contain"));
    }

    #[cfg(all(
        feature = "rustls-no-provider",
        not(any(feature = "rustls", feature = "rustls-aws-lc"))
    ))]
    #[test]
    fn without_a_provider_for_tls_a_client_is_refused() {
        let client = ask(&[
            ("ROKKA_TEST_WITHOUT_PROVIDER", "1".as_ref()),
            ("ROKKA_API_KEY", KEY.as_ref()),
        ])("client");
        assert!(
            client.starts_with("Configuration: no TLS crypto provider: install one"),
            "{client}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_unicode_is_refused() {
        use std::os::unix::ffi::OsStrExt;
        let key = std::ffi::OsStr::from_bytes(b"geheim\xff");
        let ask = ask(&[("ROKKA_API_KEY", key)]);
        for said in [ask("client"), ask("builder")] {
            assert!(
                said.starts_with("Configuration: ROKKA_API_KEY is not valid Unicode"),
                "{said}"
            );
            assert!(!said.contains("geheim"), "{said}");
        }
    }
}

/// `Client::request`, for what the crate does not model.
mod any_request {
    use super::*;

    #[tokio::test]
    async fn goes_out_as_it_was_written() {
        let server =
            Server::script([Reply::json(201, json!({"a": [1, 2]})).header("x-more", "there")]);
        let response = server
            .client()
            .request(Method::PATCH, "/stats/k%C3%A4se/a%2Fb?already=1%202")
            .query("from", "2026-11-01")
            .query("q", "a b&c=d/\u{e4}")
            .header("X-Own", "yes")
            .json(&json!({"name": "\u{e4}"}))
            .await
            .unwrap();

        let request = server.only_request();
        assert_eq!(request.method, "PATCH");
        assert_eq!(
            request.target,
            "/stats/k%C3%A4se/a%2Fb?already=1%202&from=2026-11-01&q=a+b%26c%3Dd%2F%C3%A4"
        );
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.header("x-own"), Some("yes"));
        assert_eq!(request.body, "{\"name\":\"\u{e4}\"}".as_bytes());

        assert_eq!(response.status, 201);
        assert_eq!(response.headers["x-more"], "there");
        assert_eq!(response.body, r#"{"a":[1,2]}"#);
        assert_eq!(response.json::<Value>().unwrap(), json!({"a": [1, 2]}));
        let wrong = response.json::<Vec<String>>().unwrap_err();
        assert_eq!(wrong.kind(), ErrorKind::Decode);
        assert_eq!(wrong.status().unwrap(), 201);
        assert_eq!(wrong.body().unwrap(), br#"{"a":[1,2]}"#);
        assert_eq!(wrong.operation(), Some("PATCH /stats/k%C3%A4se/a%2Fb"));
        assert_eq!(wrong.attempts(), 1);
    }

    #[tokio::test]
    async fn sends_bytes_of_a_media_type() {
        let server = Server::script([Reply::empty(204)]);
        let bytes = vec![0, 255, 13, 10, 0];
        let client = server.client();
        let response = client
            .request(Method::PUT, "/x")
            .body("image/png", bytes.clone())
            .await
            .unwrap();
        let request = server.only_request();
        assert_eq!(
            (request.method.as_str(), request.target.as_str()),
            ("PUT", "/x")
        );
        assert_eq!(request.header("content-type"), Some("image/png"));
        assert_eq!(request.header("content-length"), Some("5"));
        assert_eq!(request.body, bytes);
        assert_eq!(response.status, 204);
        assert_eq!(response.body, "");
        assert_eq!(
            response.json::<Value>().unwrap_err().kind(),
            ErrorKind::Decode
        );
    }

    #[tokio::test]
    async fn a_body_of_megabytes_arrives_whole() {
        let server = Server::script([Reply::empty(204)]);
        let bytes: Vec<u8> = (0..3_000_001_u32).map(|n| n.to_le_bytes()[0]).collect();
        server
            .client()
            .request(Method::POST, "/x")
            .body("x/y", bytes.clone())
            .await
            .unwrap();
        let request = server.only_request();
        assert_eq!(request.header("content-length"), Some("3000001"));
        assert_eq!(request.header("content-type"), Some("x/y"));
        assert!(request.body == bytes);
    }

    #[tokio::test]
    async fn paths_that_lead_elsewhere_are_refused() {
        let server = any_call();
        let client = builder(format!("{}/prefix", server.url())).build().unwrap();
        for path in [
            "",
            "x",
            "user",
            "//evil.example/x",
            "///x",
            "http://evil.example/x",
            "https://api.rokka.io/user",
            "@evil.example/",
            ":80/x",
            "/..",
            "/../x",
            "/a/../x",
            "/a/./x",
            "/a/..",
            "/a\\..\\x",
            "/%2e%2e/x",
            "/a/%2E%2e/x",
            "/a/.%2E",
            "/a/%2e./x?y",
            "/a/%2e",
            "/a/.\t./x",
            "/a/.\n./x",
            "/a/\r../x",
            "/a#b",
            " /a",
            "/a ",
            "/a\u{0}",
        ] {
            let error = client.request(Method::GET, path).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{path:?}: {error}");
            assert_eq!(error.attempts(), 0, "{path:?}");
            assert!(
                // Without the query, which may hold a secret.
                error
                    .to_string()
                    .contains(&format!("{:?}", path.split('?').next().unwrap())),
                "{path:?}: {error}"
            );
        }
        assert_eq!(server.connections(), 0);
        // Dots elsewhere are dots, also in a query.
        client
            .request(Method::GET, "/a..b/...?c=../d")
            .await
            .unwrap();
        assert_eq!(server.only_request().target, "/prefix/a..b/...?c=../d");
    }

    #[tokio::test]
    async fn headers_of_the_client_are_refused() {
        let server = any_call();
        let client = server.client();
        for name in [
            "Api-Key",
            "API-VERSION",
            "authorization",
            "Content-Length",
            "Content-Type",
            "host",
            "Transfer-Encoding",
        ] {
            for error in [
                client
                    .request(Method::GET, "/x")
                    .header(name, "1")
                    .header("x-fine", "1")
                    .await
                    .unwrap_err(),
                client
                    .source_images("acme")
                    .unwrap()
                    .get(HASH)
                    .header(name, "1")
                    .await
                    .unwrap_err(),
            ] {
                assert!(error.is_invalid_input(), "{name}: {error}");
                let says = format!(
                    "the header `{}` cannot be set: the client sets it",
                    name.to_ascii_lowercase()
                );
                assert_eq!(error.to_string(), says);
            }
        }
        for (name, value) in [
            ("", "1"),
            ("a b", "1"),
            ("x:", "1"),
            ("x-own", "a\nb"),
            ("x-own", "a\u{0}"),
        ] {
            let error = client
                .request(Method::GET, "/x")
                .header(name, value)
                .await
                .unwrap_err();
            assert!(error.is_invalid_input(), "{name:?} {value:?}: {error}");
        }
        let error = client
            .request(Method::GET, "/x")
            .body("a\nb", "")
            .await
            .unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        assert_eq!(server.connections(), 0);
    }

    #[tokio::test]
    async fn a_header_goes_with_generated_calls_and_uploads_too() {
        let server = any_call();
        let images = server.images();
        images.get(HASH).header("x-own", "\u{e4}").await.unwrap();
        images
            .upload(Source::bytes("a", "a"))
            .header("x-own", "2")
            .header("x-own", "3")
            .await
            .unwrap();
        images
            .download(HASH)
            .header("x-own", "4")
            .bytes()
            .await
            .unwrap();
        let own: Vec<_> = server
            .requests()
            .iter()
            .map(|request| request.lines("x-own").join(","))
            .collect();
        assert_eq!(own, ["\u{e4}", "3", "4"]);
    }

    #[tokio::test]
    async fn a_body_that_is_no_json_is_refused() {
        let server = any_call();
        let map = std::collections::BTreeMap::from([(vec![1], 1)]);
        let error = server
            .client()
            .request(Method::POST, "/x")
            .json(&map)
            .await
            .unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        assert_eq!(server.connections(), 0);
    }
}

#[tokio::test]
async fn an_image_of_another_time_is_read() {
    let server = Server::script([Reply::json(
        200,
        json!({
            "hash": HASH,
            "short_hash": "c421f4",
            "binary_hash": "",
            "created": "a while ago",
            "deleted_date": {"date": "2015-08-20 08:50:32.000000", "timezone_type": 3, "timezone": "UTC"},
            "name": "cat.jpg",
            "mimetype": "image/jpeg",
            "format": "a format of 2030",
            "size": 5_000_000_000_u64,
            "width": null,
            "organization": "acme",
            "link": null,
            "opaque": null,
            "animated": null,
            "protected": null,
            "locked": null,
            "deleted": null,
            "entropy": null,
            "dynamic_metadata": [],
            "user_metadata": null,
            "static_metadata": [],
            "a_field_of_2030": {"deep": [1, {}]},
        }),
    )]);
    let image = server.images().get(HASH).await.unwrap();
    assert_eq!(image.size, 5_000_000_000);
    assert_eq!(image.created.to_string(), "a while ago");
    assert_eq!(image.created.to_utc(), None);
    assert_eq!(
        image.deleted_date.unwrap().to_string(),
        "2015-08-20T08:50:32Z"
    );
    assert_eq!((image.width, image.height), (0, 0));
    assert_eq!((image.link, image.entropy), (None, None));
    assert!(
        !image.protected && !image.locked && !image.deleted && !image.opaque && !image.animated
    );
    assert!(image.dynamic_metadata.is_empty() && image.user_metadata.is_empty());
    let request = server.only_request();
    assert_eq!(
        (request.method.as_str(), &*request.target),
        ("GET", &*format!("/sourceimages/acme/{HASH}"))
    );
}

#[test]
fn everything_can_go_to_another_thread() {
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    fn both<T: Send + Sync>() {}
    fn one<T: Send>() {}
    fn is_send<T: Send>(_: T) {}
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn call<T: IntoFuture<Output = rokka::Result<O>>, O: Send>(call: T)
    where
        T::IntoFuture: Send + 'static,
    {
        fn future<F: Future + Send + 'static>(_: F) {}
        future(call.into_future());
    }

    provider();
    let client = Client::new(KEY).unwrap();
    let images = client.source_images("acme").unwrap();
    is_shared(&client);
    is_shared(&images);
    is_shared(&client.api());
    is_send(bare().http(|http| http));
    call(
        client
            .request(Method::GET, "/x")
            .json(&1)
            .query("a", 1)
            .idempotent(),
    );
    call(images.upload(Source::path("a")).progress(&Progress::new()));
    call(images.upload(Source::stream("a", stream::iter([Ok(vec![1])]))));
    call(images.upload_many([Source::path("a")]));
    call(images.get(HASH).deleted());
    call(
        images
            .set_subject_area(HASH, SubjectArea::new(1, 1, 1, 1))
            .delete_previous(),
    );
    call(images.remove_subject_area(HASH));
    call(images.set_protected(HASH, true));
    call(images.search().filter(field::HEIGHT.at_least(1)));
    call(images.download(HASH));
    call(images.download(HASH).bytes());
    call(images.download(HASH).to_file("a").overwrite());
    call(images.download(HASH).to_directory("a"));
    call(images.delete(HASH));
    call(images.restore(HASH));
    is_send(images.search().pages());
    is_send(images.search().read_ahead(true).stream());
    is_send(images.bulk().upload([Source::path("a")]));
    is_send(images.bulk().delete([HASH]));
    is_send(images.bulk().download([HASH], "a"));
    let (organization, hash) = ("acme".parse().unwrap(), HASH.parse().unwrap());
    let api = client.api();
    is_send(api.get_source_image(&organization, &hash, None));
    is_send(api.download_source_image(&organization, &hash));
    error::<rokka::Error>();
    both::<rokka::AnyResponse>();
    both::<rokka::Secret>();
    both::<rokka::SourceImage>();
    one::<rokka::Download>();
}

/// Which hosts may be reached without encryption.
mod unencrypted {
    use super::*;

    fn hosts() -> impl Iterator<Item = (&'static str, bool)> {
        [
            ("https://rokka.example", true),
            ("http://localhost", true),
            ("http://LOCALHOST:8080/api", true),
            ("http://localhost.:8080", true),
            ("http://acme.localhost", true),
            ("http://127.0.0.1:1", true),
            ("http://127.1.2.3", true),
            ("http://[::1]:1", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://rokka.example", false),
            ("HTTP://rokka.example:8080", false),
            ("http://localhost.example", false),
            ("http://127.0.0.1.example", false),
            ("http://notlocalhost", false),
            ("http://0.0.0.0", false),
            ("http://192.168.0.1", false),
            ("http://10.0.0.1", false),
            ("http://[fe80::1]", false),
            ("http://[::ffff:10.0.0.1]", false),
            ("http://[::]", false),
        ]
        .into_iter()
    }

    #[test]
    fn hosts_other_than_this_machine_are_refused() {
        provider();
        for (host, fine) in hosts() {
            for (builder, what) in [
                (bare().api_host(host), "API host"),
                (bare().render_host(host), "render host"),
            ] {
                match builder.build() {
                    Ok(_) => assert!(fine, "{what} {host}"),
                    Err(error) => {
                        assert!(!fine, "{what} {host}: {error}");
                        assert_eq!(error.kind(), ErrorKind::Configuration);
                        for part in [what, host, "https://", "allow_http", "ROKKA_ALLOW_HTTP"] {
                            assert!(error.to_string().contains(part), "{part}: {error}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn hosts_are_allowed_on_request() {
        provider();
        for (host, _) in hosts() {
            let builder = bare().api_host(host).render_host(host);
            builder.allow_http(true).build().unwrap();
        }
        let builder = bare().render_host("http://{organization}.images.internal");
        assert!(builder.build().is_err());
        let builder = bare().render_host("http://{organization}.localhost:8080");
        builder.build().unwrap();
    }
}
