//! Tokens: how they are got, and a client that works by them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use crate::support::{Gate, HASH, KEY, RecordedRequest, Reply, Server, image, json, reply};
use futures_util::future::join_all;
use rokka::{
    Client, ClientBuilder, ErrorKind, Retry, Secret, StoreFuture, TokenPayload, TokenStore, Tokens,
    ValidFrom,
};
use serde_json::{Value, json};

/// How long something may take that has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

fn now() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(now.unwrap().as_secs()).unwrap()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let mut held = 0u32;
        for index in 0..3 {
            held = held << 8 | u32::from(three.get(index).copied().unwrap_or(0));
        }
        for index in 0..=three.len() {
            text.push(LETTERS[(held >> (18 - 6 * index) & 63) as usize] as char);
        }
    }
    text
}

fn payload(name: &str, left: i64, renewable: bool) -> Value {
    json!({"id": name, "exp": now() + left, "expt": 86_400, "rn": renewable})
}

/// A token with this much time left, by the clock here.
fn token(name: &str, left: i64, renewable: bool) -> String {
    let payload = payload(name, left, renewable).to_string();
    format!("e30.{}.c2lnbmF0dXJl{name}", base64(payload.as_bytes()))
}

fn given(name: &str, left: i64, renewable: bool) -> Reply {
    let body =
        json!({"token": token(name, left, renewable), "payload": payload(name, left, renewable)});
    json(200, &body)
}

fn picture() -> Reply {
    json(200, &image(HASH))
}

fn refusal(status: u16, authentication: bool) -> Reply {
    json(
        status,
        &json!({"code": status, "message": "no", "invalid_authentication": authentication}),
    )
}

fn builder(server: &Server, tokens: Tokens) -> ClientBuilder {
    let builder = Client::builder()
        .api_host(server.url())
        .retry(Retry::never());
    builder.tokens(tokens)
}

fn any() -> Tokens {
    Tokens::new(ValidFrom::AnyAddress)
}

/// Line and credentials of every request: the name of the token, or the key.
fn log(server: &Server) -> Vec<String> {
    let requests = server.requests().into_iter();
    requests
        .map(|request| {
            let who = match (request.header("api-key"), request.header("authorization")) {
                (Some(key), None) => key.to_owned(),
                (None, Some(bearer)) => match bearer.split_once("c2lnbmF0dXJl") {
                    Some((_, name)) => name.to_owned(),
                    None => bearer.to_owned(),
                },
                (None, None) => "nobody".to_owned(),
                both => panic!("{both:?}"),
            };
            let line = request.line();
            let what = if line.contains("/token") {
                "token"
            } else {
                "call"
            };
            format!("{what} by {who}")
        })
        .collect()
}

/// A service whose token endpoint and whose calls respond each by themselves.
fn service(
    tokens: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static,
    calls: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static,
) -> Server {
    Server::respond(move |request| {
        if request.target.starts_with("/user/apikeys/token") {
            tokens(request)
        } else {
            calls(request)
        }
    })
}

/// The requests for tokens that have arrived.
fn token_requests(server: &Server) -> usize {
    let log = log(server).into_iter();
    log.filter(|line| line.starts_with("token")).count()
}

/// Calls until a call goes by the token of this name.
async fn until_by(server: &Server, rokka: &Client, name: &str) {
    let wanted = format!("call by {name}");
    let calls = async {
        while log(server).last() != Some(&wanted) {
            get(rokka).await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, calls).await.unwrap();
}

async fn get(rokka: &Client) -> rokka::Result<()> {
    let images = rokka.source_images("acme").unwrap();
    images.get(HASH).await.map(drop)
}

#[derive(Clone, Default)]
struct Store(Arc<Mutex<Kept>>);

/// The token that is kept, and all that were to be.
type Kept = (Option<Secret>, Vec<Option<String>>);

impl Store {
    fn with(token: &str) -> Self {
        let store = Self::default();
        store.0.lock().unwrap().0 = Some(token.into());
        store
    }

    fn saved(&self) -> Vec<Option<String>> {
        self.0.lock().unwrap().1.clone()
    }
}

impl TokenStore for Store {
    fn load(&self) -> StoreFuture<'_, Option<Secret>> {
        Box::pin(async move { self.0.lock().unwrap().0.clone() })
    }

    fn save(&self, token: Option<Secret>) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let mut held = self.0.lock().unwrap();
            held.1
                .push(token.as_ref().map(|token| token.expose().to_owned()));
            held.0 = token;
        })
    }
}

#[tokio::test]
async fn the_protection_of_a_token_is_chosen() {
    let server = Server::exactly((0..5).map(|_| given("new", 600, true)));
    let user = server.client().user();
    let made = user.create_token(ValidFrom::AnyAddress).await.unwrap();
    assert!(made.payload.is_renewable() && !made.is_expiring(Duration::from_secs(60)));
    assert!(made.time_left() > Duration::from_secs(590));
    assert!(!format!("{made:?}").contains("c2lnbmF0dXJl"));
    let decoded = TokenPayload::decode_unverified(&made.token).unwrap();
    assert_eq!(
        (decoded.exp, decoded.id.as_deref()),
        (made.payload.exp, Some("new"))
    );
    let call = user.create_token(ValidFrom::caller()).renewable(false);
    call.lifetime(Duration::from_secs(90)).await.unwrap();
    let office = ValidFrom::addresses(["192.0.2.0/24", "request_ip"]);
    user.create_token(office).totp("123 456").await.unwrap();
    let call = user
        .create_token(ValidFrom::AnyAddress)
        .renewing(token("old", 9, true));
    call.await.unwrap();
    let requests = server.requests();
    let path = "/user/apikeys/token";
    assert_eq!(
        requests[0].line(),
        format!("GET {path}?no_ip_protection=true")
    );
    assert_eq!(
        requests[1].line(),
        format!("GET {path}?expires_in=90&ips=request_ip&renewable=false")
    );
    assert_eq!(
        requests[2].line(),
        format!("POST {path}?ips=192.0.2.0%2F24%2Crequest_ip")
    );
    assert_eq!(requests[2].json(), json!({"totp": "123456"}));
    let by_key = format!("token by {KEY}");
    assert_eq!(
        log(&server),
        [
            by_key.as_str(),
            by_key.as_str(),
            by_key.as_str(),
            "token by old"
        ]
    );
    let none: [&str; 0] = [];
    for refused in [
        user.create_token(ValidFrom::addresses(none)).await,
        user.create_token(ValidFrom::addresses(["here"])).await,
        user.create_token(ValidFrom::AnyAddress)
            .lifetime(Duration::ZERO)
            .await,
        user.create_token(ValidFrom::AnyAddress).totp("code").await,
    ] {
        assert!(refused.unwrap_err().is_invalid_input());
    }
}

#[tokio::test]
async fn a_wrong_code_is_not_tried_again() {
    let limited = json!({"code": 429, "message": "slow", "error": "totp_rate_limited"});
    let wrong = json!({"code": 401, "message": "no", "error": "totp_invalid", "invalid_authentication": true});
    let server = Server::exactly([json(401, &wrong), json(429, &limited), reply(502, "")]);
    let rokka = Client::builder()
        .api_host(server.url())
        .api_key(KEY)
        .build()
        .unwrap();
    for _ in 0..3 {
        let call = rokka.user().create_token(ValidFrom::AnyAddress);
        call.totp("123456").await.unwrap_err();
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_key_works_by_tokens() {
    let store = Store::default();
    let server = Server::exactly([given("one", 86_400, false), picture(), picture()]);
    let rokka = builder(&server, any().store(store.clone()))
        .api_key(KEY)
        .build()
        .unwrap();
    get(&rokka).await.unwrap();
    get(&rokka.clone()).await.unwrap();
    assert_eq!(
        log(&server),
        [&format!("token by {KEY}"), "call by one", "call by one"]
    );
    rokka.flush_token_store().await;
    assert_eq!(store.saved().len(), 1);
    assert!(!format!("{rokka:?}").contains(KEY));
    let lines = server.requests()[0].line();
    assert_eq!(
        lines,
        "GET /user/apikeys/token?no_ip_protection=true&renewable=false"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_calls_renew_once() {
    let pictures = (0..200).map(|_| picture());
    let server = Server::exactly([given("new", 86_400, true)].into_iter().chain(pictures));
    let rokka = builder(&server, any())
        .token(token("old", -10, true))
        .build()
        .unwrap();
    let calls = (0..200).map(|_| {
        let rokka = rokka.clone();
        tokio::spawn(async move { get(&rokka).await })
    });
    for outcome in join_all(calls).await {
        outcome.unwrap().unwrap();
    }
    let log = log(&server);
    assert_eq!(log.len(), 201);
    assert_eq!(log[0], "token by old");
    assert!(log[1..].iter().all(|line| line == "call by new"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_calls_go_by_a_valid_token_while_it_is_refreshed_once() {
    let gate = Gate::new();
    let hold = gate.clone();
    let server = service(
        move |_| given("new", 86_400, true).after(&hold),
        |_| picture(),
    );
    let builder = builder(&server, any());
    let rokka = builder.token(token("old", 60, true)).build().unwrap();
    let calls = (0..200).map(|_| {
        let rokka = rokka.clone();
        tokio::spawn(async move { get(&rokka).await })
    });
    for outcome in join_all(calls).await {
        outcome.unwrap().unwrap();
    }
    server.wait_for_requests(201).await;
    let log = log(&server);
    let by_old = log.iter().filter(|line| *line == "call by old").count();
    assert_eq!((log.len(), by_old, token_requests(&server)), (201, 200, 1));
    gate.open();
    until_by(&server, &rokka, "new").await;
    assert_eq!(token_requests(&server), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_refused_calls_renew_once() {
    // All are sent with a token that the service does not take any more, whatever its payload says.
    let (refusing, renewing) = (Gate::new(), Gate::new());
    let server = Server::respond({
        let (refusing, renewing) = (refusing.clone(), renewing.clone());
        move |request| match request.header("authorization") {
            _ if request.target.starts_with("/user/apikeys/token") => {
                given("new", 86_400, false).after(&renewing)
            }
            Some(sent) if sent.ends_with("old") => refusal(401, true).after(&refusing),
            // A call that has waited for long goes by the key.
            _ => picture(),
        }
    });
    let builder = builder(&server, any()).api_key(KEY);
    let builder = builder.token(token("old", 86_400, true));
    let rokka = builder.build().unwrap();
    let calls = (0..200).map(|_| {
        let rokka = rokka.clone();
        tokio::spawn(async move { get(&rokka).await })
    });
    let calls: Vec<_> = calls.collect();
    server.wait_for_requests(200).await;
    refusing.open();
    server.wait_for_requests(201).await;
    server.settle().await;
    renewing.open();
    for outcome in join_all(calls).await {
        outcome.unwrap().unwrap();
    }
    let log = log(&server);
    let tokens = log.iter().filter(|line| line.starts_with("token"));
    assert_eq!((tokens.count(), log.len()), (1, 401));
}

#[tokio::test]
async fn a_failed_renewal_is_everybodys_and_the_old_token_is_not_sent() {
    let store = Store::default();
    let tokens = any().store(store.clone());
    let server = Server::exactly([refusal(401, true)]);
    let rokka = builder(&server, tokens)
        .token(token("old", -10, true))
        .build()
        .unwrap();
    let calls: Vec<_> = (0..20).map(|_| get(&rokka)).collect();
    let outcomes = join_all(calls).await;
    for outcome in outcomes {
        assert!(outcome.unwrap_err().is_unauthorized());
    }
    assert_eq!(log(&server), ["token by old"]);
    rokka.flush_token_store().await;
    assert_eq!(store.saved(), [None]);
    // The token is gone, and there is no other.
    let error = get(&rokka).await.unwrap_err();
    assert_eq!(
        (error.kind(), server.requests().len()),
        (ErrorKind::Configuration, 1)
    );
}

#[tokio::test]
async fn a_refresh_without_a_response_is_repeated_by_the_next_call() {
    let server = Server::exactly([reply(502, ""), given("new", 86_400, true), picture()]);
    let rokka = builder(&server, any())
        .token(token("old", -10, true))
        .build()
        .unwrap();
    assert!(get(&rokka).await.unwrap_err().is_retryable());
    get(&rokka).await.unwrap();
    assert_eq!(
        log(&server),
        ["token by old", "token by old", "call by new"]
    );
}

#[tokio::test]
async fn a_token_that_cannot_renew_itself_is_replaced_by_the_key() {
    let server = Server::exactly([given("new", 86_400, false), picture()]);
    let builder = builder(&server, any()).api_key(KEY);
    let rokka = builder.token(token("old", -10, false)).build().unwrap();
    get(&rokka).await.unwrap();
    assert_eq!(log(&server), [&format!("token by {KEY}"), "call by new"]);
    // To ask for a token with a token that is good does not need another one.
    let server = Server::exactly([given("new", 86_400, false)]);
    let builder = self::builder(&server, any()).api_key(KEY);
    let rokka = builder.token(token("old", 9_000, false)).build().unwrap();
    rokka
        .user()
        .create_token(ValidFrom::AnyAddress)
        .await
        .unwrap();
    assert_eq!(log(&server), [format!("token by {KEY}")]);
}

#[tokio::test]
async fn a_refused_renewal_falls_back_to_the_key() {
    let server = Server::exactly([refusal(403, false), given("new", 86_400, false), picture()]);
    let builder = builder(&server, any()).api_key(KEY);
    let rokka = builder.token(token("old", -10, true)).build().unwrap();
    get(&rokka).await.unwrap();
    assert_eq!(
        log(&server),
        ["token by old", &format!("token by {KEY}"), "call by new"]
    );
}

#[tokio::test]
async fn the_key_itself_goes_while_there_are_no_tokens() {
    let server = Server::exactly([reply(503, ""), picture(), picture()]);
    let rokka = builder(&server, any()).api_key(KEY).build().unwrap();
    get(&rokka).await.unwrap();
    get(&rokka).await.unwrap();
    let call = format!("call by {KEY}");
    assert_eq!(
        log(&server),
        [format!("token by {KEY}"), call.clone(), call]
    );
}

#[tokio::test]
async fn a_bad_key_is_an_error() {
    let server = Server::exactly([refusal(403, true)]);
    let rokka = builder(&server, any()).api_key(KEY).build().unwrap();
    let error = get(&rokka).await.unwrap_err();
    assert!(error.is_invalid_authentication(), "{error:?}");
    assert_eq!(
        (error.operation(), server.requests().len()),
        (Some("getUserToken"), 1)
    );
}

#[tokio::test]
async fn a_refused_token_is_dropped_and_the_call_sent_again() {
    let store = Store::default();
    let server = Server::exactly([
        refusal(401, true),
        given("new", 86_400, false),
        picture(),
        refusal(403, false),
    ]);
    let tokens = any().store(store.clone());
    let builder = builder(&server, tokens)
        .api_key(KEY)
        .token(token("old", 9_000, true));
    let rokka = builder.build().unwrap();
    get(&rokka).await.unwrap();
    // A missing role is not the fault of the token.
    assert!(get(&rokka).await.unwrap_err().is_forbidden());
    assert_eq!(
        log(&server),
        [
            "call by old",
            &format!("token by {KEY}"),
            "call by new",
            "call by new"
        ]
    );
    rokka.flush_token_store().await;
    assert_eq!(store.saved().len(), 2);
    assert_eq!(store.saved()[0], None);
}

#[tokio::test]
async fn a_call_is_sent_again_once_only() {
    let server = Server::exactly([
        refusal(401, true),
        given("new", 86_400, false),
        refusal(401, true),
    ]);
    let builder = builder(&server, any())
        .api_key(KEY)
        .token(token("old", 9_000, true));
    let rokka = builder.build().unwrap();
    assert!(get(&rokka).await.unwrap_err().is_unauthorized());
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn without_a_key_a_refused_token_ends_the_call() {
    let store = Store::with(&token("kept", 9_000, true));
    let server = Server::exactly([refusal(401, true)]);
    let rokka = builder(&server, any().store(store.clone()))
        .build()
        .unwrap();
    assert!(get(&rokka).await.unwrap_err().is_unauthorized());
    assert_eq!(log(&server), ["call by kept"]);
    rokka.flush_token_store().await;
    assert_eq!(store.saved(), [None]);
    // A fresh one, of a new login, is found.
    store.0.lock().unwrap().0 = Some(token("fresh", 9_000, true).into());
    let _ = get(&rokka).await;
    assert_eq!(log(&server)[1], "call by fresh");
}

#[tokio::test]
async fn zero_switches_renewal_ahead_off() {
    let server = Server::exactly([picture(), picture()]);
    let tokens = any().refresh_before(Duration::ZERO);
    let builder = builder(&server, tokens)
        .api_key(KEY)
        .token(token("old", 5, true));
    let rokka = builder.build().unwrap();
    get(&rokka).await.unwrap();
    get(&rokka).await.unwrap();
    assert_eq!(log(&server), ["call by old", "call by old"]);
}

#[tokio::test]
async fn a_short_lived_token_is_not_renewed_for_every_call() {
    let server = Server::exactly([given("short", 600, false), picture(), picture()]);
    let tokens = any().lifetime(Duration::from_secs(600));
    let rokka = builder(&server, tokens).api_key(KEY).build().unwrap();
    get(&rokka).await.unwrap();
    get(&rokka).await.unwrap();
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn clocks_may_differ() {
    // The service is ten hours behind: its token has ended by the clock here, and is good.
    let date = chrono_free_date(now() - 36_000);
    let behind = given("behind", 600 - 36_000, false).header("date", &date);
    let server = Server::exactly([behind, picture(), picture()]);
    let rokka = builder(&server, any()).api_key(KEY).build().unwrap();
    get(&rokka).await.unwrap();
    get(&rokka).await.unwrap();
    assert_eq!(log(&server)[1..], ["call by behind", "call by behind"]);
    // A token that is all there is may have ended by the clock here for less than a minute.
    let server = Server::exactly([picture()]);
    let rokka = builder(&server, any())
        .token(token("late", -30, false))
        .build()
        .unwrap();
    get(&rokka).await.unwrap();
    let rokka = builder(&server, any())
        .token(token("late", -90, false))
        .build()
        .unwrap();
    assert_eq!(
        get(&rokka).await.unwrap_err().kind(),
        ErrorKind::Configuration
    );
    assert_eq!(server.requests().len(), 1);
}

/// A moment as HTTP writes it.
fn chrono_free_date(seconds: i64) -> String {
    let moment = rokka::DateTime::from(
        SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap()),
    );
    moment
        .to_utc()
        .unwrap()
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

#[tokio::test]
async fn a_deadline_holds_for_the_refresh_too() {
    let server = Server::exactly([reply(200, "").after(&Gate::new())]);
    let builder = Client::builder().api_host(server.url()).tokens(any());
    let rokka = builder.token(token("old", -10, true)).build().unwrap();
    let images = rokka.source_images("acme").unwrap();
    let started = std::time::Instant::now();
    let error = images.get(HASH).deadline(Duration::from_millis(100)).await;
    assert!(error.unwrap_err().is_timeout());
    assert!(started.elapsed() < Duration::from_secs(3));
}

/// A call that has this much time.
async fn get_within(rokka: &Client, limit: Duration) -> rokka::Result<()> {
    let images = rokka.source_images("acme").unwrap();
    images.get(HASH).deadline(limit).await.map(drop)
}

#[tokio::test]
async fn a_deadline_of_a_caller_ends_no_refresh() {
    let gate = Gate::new();
    let hold = gate.clone();
    let server = service(
        move |_| given("new", 86_400, true).after(&hold),
        |_| picture(),
    );
    let builder = builder(&server, any());
    let rokka = builder.token(token("old", -10, true)).build().unwrap();
    let calls = (0..50).map(|_| get_within(&rokka, Duration::from_millis(50)));
    for outcome in join_all(calls).await {
        assert!(outcome.unwrap_err().is_timeout());
    }
    server.wait_for_requests(1).await;
    // A caller that is gone altogether does not end it either.
    let call = tokio::time::timeout(Duration::from_millis(50), get(&rokka));
    call.await.unwrap_err();
    gate.open();
    get(&rokka).await.unwrap();
    assert_eq!(log(&server), ["token by old", "call by new"]);
}

#[tokio::test]
async fn fifty_calls_with_short_deadlines_succeed_by_the_key_while_the_token_is_requested() {
    let gate = Gate::new();
    let hold = gate.clone();
    let server = service(
        move |_| given("new", 86_400, false).after(&hold),
        |_| picture(),
    );
    let rokka = builder(&server, any()).api_key(KEY).build().unwrap();
    let calls = (0..50).map(|_| get_within(&rokka, Duration::from_secs(6)));
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
    let by_key = format!("call by {KEY}");
    let log = log(&server);
    assert_eq!(log.iter().filter(|line| **line == by_key).count(), 50);
    assert_eq!(token_requests(&server), 1);
    gate.open();
    until_by(&server, &rokka, "new").await;
    assert_eq!(token_requests(&server), 1);
}

#[tokio::test]
async fn a_valid_token_is_used_while_the_endpoint_hangs() {
    let gate = Gate::new();
    let server = service(move |_| reply(200, "").after(&gate), |_| picture());
    let builder = builder(&server, any()).api_key(KEY);
    let rokka = builder.token(token("old", 3540, true)).build().unwrap();
    for _ in 0..20 {
        get_within(&rokka, PATIENCE).await.unwrap();
    }
    server.wait_for_requests(21).await;
    let log = log(&server);
    let by_old = log.iter().filter(|line| *line == "call by old").count();
    assert_eq!((log.len(), by_old, token_requests(&server)), (21, 20, 1));
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_not_asked_by_every_call() {
    // With a valid token, with a key alone, and with a key whose token has expired.
    for (held, who) in [
        (Some(token("old", 3540, true)), "old"),
        (None, KEY),
        (Some(token("old", -10, false)), KEY),
    ] {
        let down = || json(503, &json!({"code": 503})).header("retry-after", "3000");
        let server = service(move |_| down(), |_| picture());
        let mut builder = builder(&server, any()).api_key(KEY);
        if let Some(held) = held {
            builder = builder.token(held);
        }
        let rokka = builder.build().unwrap();
        get(&rokka).await.unwrap();
        server.wait_for_requests(2).await;
        for _ in 0..20 {
            get(&rokka).await.unwrap();
        }
        server.settle().await;
        assert_eq!(token_requests(&server), 1);
        let call = format!("call by {who}");
        assert_eq!(
            log(&server).iter().filter(|line| **line == call).count(),
            21
        );
    }
}

#[tokio::test]
async fn a_plain_refusal_to_refresh_leaves_the_token_in_use() {
    let store = Store::default();
    let server = service(|_| refusal(403, false), |_| picture());
    let builder = builder(&server, any().store(store.clone()));
    let rokka = builder.token(token("old", 60, true)).build().unwrap();
    for _ in 0..3 {
        get(&rokka).await.unwrap();
    }
    server.wait_for_requests(4).await;
    server.settle().await;
    get(&rokka).await.unwrap();
    rokka.flush_token_store().await;
    assert_eq!((token_requests(&server), store.saved().len()), (1, 0));
}

#[tokio::test]
async fn a_token_that_is_refused_during_its_refresh_is_replaced_by_what_that_brings() {
    let gate = Gate::new();
    let (hold, open) = (gate.clone(), gate);
    let server = service(
        move |_| given("new", 86_400, true).after(&hold),
        move |request| match request.header("authorization") {
            Some(bearer) if bearer.ends_with("old") => {
                open.open();
                refusal(401, true)
            }
            _ => picture(),
        },
    );
    let store = Store::default();
    let builder = builder(&server, any().store(store.clone()));
    let rokka = builder.token(token("old", 60, true)).build().unwrap();
    get(&rokka).await.unwrap();
    assert_eq!(token_requests(&server), 1);
    assert_eq!(log(&server).last().unwrap(), "call by new");
    rokka.flush_token_store().await;
    // Whether the refusal or the new token comes first is open, what is stored in the end is not.
    let saved = store.saved();
    let last = saved.last().unwrap().as_ref().unwrap();
    assert!(last.ends_with("new"), "{saved:?}");
}

#[tokio::test]
async fn to_replace_a_refused_token_counts_inside_the_deadline() {
    // With a key the call goes by that, without anything else it ends in time.
    let gate = Gate::new();
    let hold = gate.clone();
    let refuse = |request: &RecordedRequest| match request.header("api-key") {
        Some(_) => picture(),
        None => refusal(401, true),
    };
    let server = service(move |_| reply(200, "").after(&hold), refuse);
    let builder = builder(&server, any()).api_key(KEY);
    let rokka = builder.token(token("old", 9_000, false)).build().unwrap();
    get_within(&rokka, Duration::from_secs(2)).await.unwrap();
    assert_eq!(log(&server).last().unwrap(), &format!("call by {KEY}"));
    let hold = gate.clone();
    let server = service(move |_| reply(200, "").after(&hold), refuse);
    let builder = self::builder(&server, any());
    let rokka = builder.token(token("old", 60, true)).build().unwrap();
    let started = std::time::Instant::now();
    let outcome = get_within(&rokka, Duration::from_millis(300)).await;
    assert!(outcome.unwrap_err().is_timeout());
    assert!(started.elapsed() < Duration::from_secs(20));
}

/// A store of which every method waits for ever, or panics.
#[derive(Clone)]
struct Broken {
    load: fn() -> StoreFuture<'static, Option<Secret>>,
    save: fn() -> StoreFuture<'static, ()>,
}

impl TokenStore for Broken {
    fn load(&self) -> StoreFuture<'_, Option<Secret>> {
        (self.load)()
    }

    fn save(&self, _: Option<Secret>) -> StoreFuture<'_, ()> {
        (self.save)()
    }
}

#[tokio::test]
async fn a_store_that_hangs_or_panics_blocks_nobody() {
    for (broken, hangs) in [
        (
            Broken {
                load: || Box::pin(async { None }),
                save: || Box::pin(std::future::pending()),
            },
            true,
        ),
        (
            Broken {
                load: || panic!("the store of this test panics"),
                save: || Box::pin(async { panic!("the store of this test panics") }),
            },
            false,
        ),
    ] {
        let refused = Arc::new(Mutex::new(false));
        let once = refused.clone();
        let server = service(
            |_| given("new", 86_400, false),
            move |_| {
                // The second call is refused, so that there is something to clear too.
                let mut refused = once.lock().unwrap();
                if *refused {
                    *refused = false;
                    refusal(401, true)
                } else {
                    picture()
                }
            },
        );
        let builder = builder(&server, any().store(broken));
        let rokka = builder.api_key(KEY).build().unwrap();
        get(&rokka).await.unwrap();
        *refused.lock().unwrap() = true;
        get(&rokka).await.unwrap();
        get(&rokka).await.unwrap();
        let log = log(&server);
        assert_eq!(log.last().unwrap(), "call by new");
        let flush = rokka.flush_token_store();
        if hangs {
            let limited = tokio::time::timeout(Duration::from_millis(50), flush);
            limited.await.unwrap_err();
        } else {
            flush.await;
        }
    }
}

#[tokio::test]
async fn a_store_that_hangs_while_it_loads_blocks_nobody() {
    let slow = Slow::new();
    slow.gate.send_replace(true);
    let server = service(|_| given("new", 86_400, false), |_| picture());
    let builder = builder(&server, any().store(NeverLoads(Shared(slow.clone()))));
    let rokka = builder.api_key(KEY).build().unwrap();
    get_within(&rokka, Duration::from_secs(2)).await.unwrap();
    assert_eq!(log(&server), [format!("call by {KEY}")]);
    // The refresh goes on without it, and the token is saved.
    until_by(&server, &rokka, "new").await;
    rokka.flush_token_store().await;
    assert_eq!(slow.store.saved().len(), 1);
}

/// A store that saves slowly, and says when it begins to.
struct Slow {
    begun: tokio::sync::watch::Sender<usize>,
    gate: tokio::sync::watch::Sender<bool>,
    store: Store,
}

impl Slow {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            begun: tokio::sync::watch::Sender::new(0),
            gate: tokio::sync::watch::Sender::new(false),
            store: Store::default(),
        })
    }

    async fn begun(&self, saves: usize) {
        let mut begun = self.begun.subscribe();
        let wait = begun.wait_for(|begun| *begun >= saves);
        tokio::time::timeout(PATIENCE, wait).await.unwrap().unwrap();
    }
}

#[derive(Clone)]
struct Shared(Arc<Slow>);

impl TokenStore for Shared {
    fn load(&self) -> StoreFuture<'_, Option<Secret>> {
        self.0.store.load()
    }

    fn save(&self, token: Option<Secret>) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            self.0.begun.send_modify(|begun| *begun += 1);
            let mut gate = self.0.gate.subscribe();
            gate.wait_for(|open| *open).await.unwrap();
            self.0.store.save(token).await;
        })
    }
}

struct NeverLoads(Shared);

impl TokenStore for NeverLoads {
    fn load(&self) -> StoreFuture<'_, Option<Secret>> {
        Box::pin(std::future::pending())
    }

    fn save(&self, token: Option<Secret>) -> StoreFuture<'_, ()> {
        self.0.save(token)
    }
}

#[tokio::test]
async fn a_store_hears_of_every_token_in_order_however_slow_it_is() {
    let slow = Slow::new();
    let issued = Mutex::new(0);
    let server = service(
        move |_| {
            let mut issued = issued.lock().unwrap();
            *issued += 1;
            given(&format!("new{issued}"), 86_400, false)
        },
        // The first token of a call is refused, the second taken.
        {
            let calls = Mutex::new(0);
            move |_| {
                let mut calls = calls.lock().unwrap();
                *calls += 1;
                if *calls % 2 == 1 {
                    refusal(401, true)
                } else {
                    picture()
                }
            }
        },
    );
    let builder = builder(&server, any().store(Shared(slow.clone())));
    let rokka = builder.api_key(KEY).build().unwrap();
    get(&rokka).await.unwrap();
    slow.begun(1).await;
    assert!(slow.store.saved().is_empty());
    slow.gate.send_replace(true);
    rokka.flush_token_store().await;
    let saved = slow.store.saved().into_iter();
    let saved: Vec<_> = saved
        .map(|token| token.map(|token| token[token.len() - 4..].to_owned()))
        .collect();
    assert_eq!(saved, [Some("new1".into()), None, Some("new2".into())]);
}

#[tokio::test]
async fn a_token_is_saved_though_its_caller_is_gone() {
    let gate = Gate::new();
    let hold = gate.clone();
    let server = service(
        move |_| given("new", 86_400, true).after(&hold),
        |_| picture(),
    );
    let slow = Slow::new();
    let builder = builder(&server, any().store(Shared(slow.clone())));
    let rokka = builder.token(token("old", -10, true)).build().unwrap();
    let outcome = get_within(&rokka, Duration::from_millis(50)).await;
    assert!(outcome.unwrap_err().is_timeout());
    gate.open();
    slow.begun(1).await;
    slow.gate.send_replace(true);
    rokka.flush_token_store().await;
    assert_eq!(slow.store.saved().len(), 1);
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

/// Holds back the first token and hands out every other one.
fn first_is_lost() -> Server {
    let gate = Gate::new();
    let first = Mutex::new(true);
    service(
        move |_| {
            let new = given("new", 86_400, true);
            if std::mem::take(&mut *first.lock().unwrap()) {
                new.after(&gate)
            } else {
                new
            }
        },
        |_| picture(),
    )
}

#[test]
fn a_refresh_that_is_lost_with_its_runtime_is_started_again() {
    let server = first_is_lost();
    let builder = builder(&server, any());
    let rokka = builder.token(token("old", -10, true)).build().unwrap();
    let lost = runtime();
    let caller = rokka.clone();
    lost.spawn(async move { get(&caller).await });
    lost.block_on(server.wait_for_requests(1));
    // One that waits for it already, on a runtime of its own, and one that comes later.
    let waiting = std::thread::spawn({
        let rokka = rokka.clone();
        move || runtime().block_on(get(&rokka))
    });
    drop(lost);
    waiting.join().unwrap().unwrap();
    runtime().block_on(get(&rokka)).unwrap();
    assert_eq!(
        log(&server),
        ["token by old", "token by old", "call by new", "call by new"]
    );
}

#[test]
fn a_refresh_on_a_runtime_that_nobody_drives_is_started_again() {
    let server = first_is_lost();
    let builder = builder(&server, any());
    let rokka = builder.token(token("old", -10, true)).build().unwrap();
    let idle = runtime();
    let caller = rokka.clone();
    idle.spawn(async move { get(&caller).await });
    idle.block_on(server.wait_for_requests(1));
    runtime().block_on(get(&rokka)).unwrap();
    assert_eq!(token_requests(&server), 2);
    drop(idle);
}

#[test]
fn a_background_refresh_that_is_lost_does_not_repeat_with_every_call() {
    // Each call on a runtime of its own, which ends with it.
    let gate = Gate::new();
    let server = service(
        move |_| given("new", 86_400, true).after(&gate),
        |_| picture(),
    );
    let builder = builder(&server, any());
    let rokka = builder.token(token("old", 60, true)).build().unwrap();
    for _ in 0..5 {
        runtime().block_on(get(&rokka)).unwrap();
    }
    assert!(token_requests(&server) <= 1, "{:?}", log(&server));
}

#[test]
fn a_save_that_is_lost_with_its_runtime_is_made_up_for() {
    let slow = Slow::new();
    let server = service(|_| given("new", 86_400, true), |_| picture());
    let builder = builder(&server, any().store(Shared(slow.clone())));
    let rokka = builder.api_key(KEY).build().unwrap();
    runtime().block_on(async {
        get(&rokka).await.unwrap();
        slow.begun(1).await;
    });
    assert!(slow.store.saved().is_empty());
    slow.gate.send_replace(true);
    runtime().block_on(async {
        get(&rokka).await.unwrap();
        slow.begun(2).await;
        rokka.flush_token_store().await;
    });
    assert_eq!(slow.store.saved().len(), 1);
}

#[tokio::test]
async fn clients_that_share_a_store_refresh_once() {
    let store = Store::default();
    let server = service(|_| given("new", 86_400, true), |_| picture());
    let clients: Vec<_> = (0..3)
        .map(|_| {
            let builder = builder(&server, any().store(store.clone()));
            builder.token(token("old", -10, true)).build().unwrap()
        })
        .collect();
    for rokka in &clients {
        get(rokka).await.unwrap();
        rokka.flush_token_store().await;
    }
    assert_eq!(token_requests(&server), 1);
    assert_eq!(log(&server)[1..], ["call by new"; 3]);
    // A refused token is not cleared where the store has a better one by then.
    let server = service(
        |_| refusal(401, true),
        |request| match request.header("authorization") {
            Some(bearer) if bearer.ends_with("new") => picture(),
            _ => refusal(401, true),
        },
    );
    let builder = builder(&server, any().store(store.clone()));
    let rokka = builder.token(token("old", 9_000, true)).build().unwrap();
    assert!(get(&rokka).await.unwrap_err().is_unauthorized());
    get(&rokka).await.unwrap();
    rokka.flush_token_store().await;
    assert_eq!(store.saved().len(), 1);
}

#[tokio::test]
async fn a_token_that_is_issued_expired_serves_the_calls_that_waited_for_it() {
    let server = service(|_| given("short", -1, false), |_| picture());
    let rokka = builder(&server, any()).api_key(KEY).build().unwrap();
    get(&rokka).await.unwrap();
    get(&rokka).await.unwrap();
    let by_key = format!("token by {KEY}");
    assert_eq!(
        log(&server),
        [&by_key, "call by short", &by_key, "call by short"]
    );
}

#[tokio::test]
async fn old_and_new_tokens_and_the_key_are_redacted() {
    let (old, new) = (token("old", -10, true), token("new", 86_400, true));
    let said = format!("{old} and {new} and {KEY}");
    let body = json!({"code": 400, "message": said});
    // The same token, which another second would make another one.
    let issued = json!({"token": new, "payload": payload("new", 86_400, true)});
    let server = service(
        move |_| json(200, &issued),
        move |_| json(400, &body).header("x-said", &said),
    );
    let builder = builder(&server, any()).api_key(KEY);
    let rokka = builder.token(old.as_str()).build().unwrap();
    let error = get(&rokka).await.unwrap_err();
    let shown = format!("{error} {error:?} {:?}", error.headers());
    assert_eq!(log(&server), ["token by old", "call by new"]);
    let repeated = shown.contains("c2lnbmF0dXJlold") || shown.contains("c2lnbmF0dXJlnew");
    assert!(!repeated && !shown.contains(KEY), "{shown}");
    // The token endpoint repeats what it was sent, and what was sent elsewhere.
    let said = format!("{old} and {KEY}");
    let body = json!({"code": 400, "message": said});
    let server = service(move |_| json(400, &body), |_| picture());
    let builder = self::builder(&server, any()).api_key(KEY);
    let rokka = builder.token(old.as_str()).build().unwrap();
    let error = get(&rokka).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("c2lnbmF0dXJlold") && !shown.contains(KEY));
    let body = error.body().map(String::from_utf8_lossy).unwrap();
    assert!(body.contains("redacted"), "{body}");
}

#[tokio::test]
async fn a_token_without_an_id_is_refreshed_as_any_other() {
    let payload = json!({"exp": format!("{}.5", now() - 10), "rn": true}).to_string();
    let bare = format!("e30.{}.c2lnbmF0dXJlbare", base64(payload.as_bytes()));
    let body = json!({"token": bare, "payload": {"exp": now() + 600}});
    let server = service(move |_| json(200, &body), |_| picture());
    let builder = builder(&server, any());
    let rokka = builder.token(bare.clone()).build().unwrap();
    get(&rokka).await.unwrap();
    get(&rokka).await.unwrap();
    assert_eq!(
        log(&server),
        ["token by bare", "call by bare", "call by bare"]
    );
}

#[test]
fn tokens_need_something_to_begin_with() {
    let build = |tokens| Client::builder().tokens(tokens).build();
    assert_eq!(build(any()).unwrap_err().kind(), ErrorKind::Configuration);
    assert!(build(any().store(Store::default())).is_ok());
    let nowhere = Tokens::new(ValidFrom::addresses(["nowhere"]));
    let error = Client::builder()
        .api_key(KEY)
        .tokens(nowhere)
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[tokio::test]
async fn a_token_that_the_service_repeats_is_not_shown() {
    let secret = token("old", 9_000, false);
    let body = json!({"code": 400, "message": format!("what is {secret}?")});
    let server = Server::exactly([json(400, &body)]);
    let rokka = builder(&server, any())
        .token(secret.as_str())
        .build()
        .unwrap();
    let error = get(&rokka).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(&secret), "{error:?}");
}

#[test]
fn nothing_shows_a_secret() {
    let secret = "TheSecretItself";
    let rokka = Client::builder().api_key(secret).token(secret);
    let rokka = rokka.tokens(any().store(Store::with(secret)));
    let builder = format!("{rokka:?}");
    let rokka = rokka.build().unwrap();
    let user = rokka.user();
    let shown = [
        builder,
        format!("{rokka:?} {user:?} {:?}", rokka.organizations()),
        format!("{:?}", rokka.memberships("acme")),
        format!("{:?}", any().store(Store::with(secret))),
        format!(
            "{:?}",
            user.create_token(ValidFrom::caller())
                .totp(secret)
                .renewing(secret)
        ),
        format!(
            "{:?} {:?}",
            user.confirm_totp(secret),
            user.disable_totp(secret)
        ),
        format!("{:?}", rokka.api()),
        format!(
            "{:?}",
            rokka::api::types::TotpCode {
                totp: secret.into()
            }
        ),
    ];
    for text in shown {
        assert!(!text.contains(secret), "{text}");
    }
}

/// Reports every token that it saves.
#[cfg(feature = "blocking")]
struct Reported(std::sync::mpsc::Sender<Option<Secret>>);

#[cfg(feature = "blocking")]
impl TokenStore for Reported {
    fn load(&self) -> StoreFuture<'_, Option<Secret>> {
        Box::pin(async { None })
    }

    fn save(&self, token: Option<Secret>) -> StoreFuture<'_, ()> {
        Box::pin(async move { self.0.send(token).unwrap() })
    }
}

#[cfg(feature = "blocking")]
#[test]
fn a_token_is_refreshed_and_stored_between_blocking_calls() {
    let gate = Gate::new();
    let hold = gate.clone();
    let server = service(
        move |_| given("new", 86_400, true).after(&hold),
        |_| picture(),
    );
    let (sender, saved) = std::sync::mpsc::channel();
    let builder = builder(&server, any().store(Reported(sender)));
    let rokka = builder.token(token("old", 60, true)).build().unwrap();
    let get = || rokka.source_images("acme").unwrap().get(HASH).call();
    get().unwrap();
    // Nothing is called here while the refresh runs.
    gate.open();
    let token = saved.recv_timeout(PATIENCE).unwrap().unwrap();
    assert!(token.expose().ends_with("new"));
    get().unwrap();
    rokka::blocking::block_on(rokka.flush_token_store()).unwrap();
    let mut log = log(&server);
    assert_eq!(log.pop().as_deref(), Some("call by new"));
    log.sort();
    assert_eq!(log, ["call by old", "token by old"]);
}
