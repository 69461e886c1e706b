//! Tokens: how they are got, and a client that works by them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod wire;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use rokka::{
    Client, ClientBuilder, ErrorKind, Retry, Secret, StoreFuture, TokenPayload, TokenStore, Tokens,
    ValidFrom,
};
use serde_json::{Value, json};
use wire::{Answer, Gate, Wire, answer, image, json};

const HASH: &str = wire::HASH;
const KEY: &str = "keykeykeykeykeykeykeykeykeykeykeSecretSecretSecretSecretSecretSe";

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

fn given(name: &str, left: i64, renewable: bool) -> Answer {
    let body =
        json!({"token": token(name, left, renewable), "payload": payload(name, left, renewable)});
    json(200, &body)
}

fn picture() -> Answer {
    json(200, &image(HASH))
}

fn refusal(status: u16, authentication: bool) -> Answer {
    json(
        status,
        &json!({"code": status, "message": "no", "invalid_authentication": authentication}),
    )
}

fn builder(wire: &Wire, tokens: Tokens) -> ClientBuilder {
    let builder = Client::builder().api_host(wire.url()).retry(Retry::never());
    builder.tokens(tokens)
}

fn any() -> Tokens {
    Tokens::new(ValidFrom::AnyAddress)
}

/// Line and credentials of every request: the name of the token, or the key.
fn log(wire: &Wire) -> Vec<String> {
    let seen = wire.seen().into_iter();
    seen.map(|seen| {
        let who = match (seen.header("api-key"), seen.header("authorization")) {
            (Some(key), None) => key.to_owned(),
            (None, Some(bearer)) => match bearer.split_once("c2lnbmF0dXJl") {
                Some((_, name)) => name.to_owned(),
                None => bearer.to_owned(),
            },
            (None, None) => "nobody".to_owned(),
            both => panic!("{both:?}"),
        };
        let line = seen.line();
        let what = if line.contains("/token") {
            "token"
        } else {
            "call"
        };
        format!("{what} by {who}")
    })
    .collect()
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
    let wire = Wire::new((0..5).map(|_| given("new", 600, true)));
    let user = wire.client().user();
    let made = user.create_token(ValidFrom::AnyAddress).await.unwrap();
    assert!(made.payload.is_renewable() && !made.is_expiring(Duration::from_secs(60)));
    assert!(made.time_left() > Duration::from_secs(590));
    assert!(!format!("{made:?}").contains("c2lnbmF0dXJl"));
    let decoded = TokenPayload::decode_unverified(&made.token).unwrap();
    assert_eq!(
        (decoded.exp, decoded.id.as_str()),
        (made.payload.exp, "new")
    );
    let call = user.create_token(ValidFrom::caller()).renewable(false);
    call.lifetime(Duration::from_secs(90)).await.unwrap();
    let office = ValidFrom::addresses(["192.0.2.0/24", "request_ip"]);
    user.create_token(office).totp("123 456").await.unwrap();
    let call = user
        .create_token(ValidFrom::AnyAddress)
        .renewing(token("old", 9, true));
    call.await.unwrap();
    let seen = wire.seen();
    let path = "/user/apikeys/token";
    assert_eq!(seen[0].line(), format!("GET {path}?no_ip_protection=true"));
    assert_eq!(
        seen[1].line(),
        format!("GET {path}?expires_in=90&ips=request_ip&renewable=false")
    );
    assert_eq!(
        seen[2].line(),
        format!("POST {path}?ips=192.0.2.0%2F24%2Crequest_ip")
    );
    assert_eq!(seen[2].json(), json!({"totp": "123456"}));
    assert_eq!(
        log(&wire),
        [
            "token by key",
            "token by key",
            "token by key",
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
    let wire = Wire::new([json(401, &wrong), json(429, &limited), answer(502, "")]);
    let rokka = Client::builder()
        .api_host(wire.url())
        .api_key(KEY)
        .build()
        .unwrap();
    for _ in 0..3 {
        let call = rokka.user().create_token(ValidFrom::AnyAddress);
        call.totp("123456").await.unwrap_err();
    }
    assert_eq!(wire.seen().len(), 3);
}

#[tokio::test]
async fn a_key_works_by_tokens() {
    let store = Store::default();
    let wire = Wire::new([given("one", 86_400, false), picture(), picture()]);
    let rokka = builder(&wire, any().store(store.clone()))
        .api_key(KEY)
        .build()
        .unwrap();
    get(&rokka).await.unwrap();
    get(&rokka.clone()).await.unwrap();
    assert_eq!(
        log(&wire),
        [&format!("token by {KEY}"), "call by one", "call by one"]
    );
    assert_eq!(store.saved().len(), 1);
    assert!(!format!("{rokka:?}").contains(KEY));
    let lines = wire.seen()[0].line();
    assert_eq!(
        lines,
        "GET /user/apikeys/token?no_ip_protection=true&renewable=false"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_calls_renew_once() {
    let pictures = (0..200).map(|_| picture());
    let wire = Wire::new([given("new", 86_400, true)].into_iter().chain(pictures));
    let rokka = builder(&wire, any())
        .token(token("old", 60, true))
        .build()
        .unwrap();
    let calls = (0..200).map(|_| {
        let rokka = rokka.clone();
        tokio::spawn(async move { get(&rokka).await })
    });
    for outcome in join_all(calls).await {
        outcome.unwrap().unwrap();
    }
    let log = log(&wire);
    assert_eq!(log.len(), 201);
    assert_eq!(log[0], "token by old");
    assert!(log[1..].iter().all(|line| line == "call by new"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_refused_calls_renew_once() {
    // All are sent with a token that the service does not take any more, whatever its payload says.
    let (refusing, renewing) = (Gate::new(), Gate::new());
    let bearer = format!("Bearer {}", token("new", 86_400, false));
    let wire = Wire::by({
        let (refusing, renewing) = (refusing.clone(), renewing.clone());
        move |seen| match seen.header("authorization") {
            _ if seen.target.starts_with("/user/apikeys/token") => {
                given("new", 86_400, false).after(&renewing)
            }
            Some(sent) if sent == bearer => picture(),
            _ => refusal(401, true).after(&refusing),
        }
    });
    let builder = builder(&wire, any()).api_key(KEY);
    let builder = builder.token(token("old", 86_400, true));
    let rokka = builder.build().unwrap();
    let calls = (0..200).map(|_| {
        let rokka = rokka.clone();
        tokio::spawn(async move { get(&rokka).await })
    });
    let calls: Vec<_> = calls.collect();
    wire.arrived(200).await;
    refusing.open();
    wire.arrived(201).await;
    wire.settle().await;
    renewing.open();
    for outcome in join_all(calls).await {
        outcome.unwrap().unwrap();
    }
    let log = log(&wire);
    let tokens = log.iter().filter(|line| line.starts_with("token"));
    assert_eq!((tokens.count(), log.len()), (1, 401));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failed_renewal_is_everybodys_and_the_old_token_is_not_sent() {
    let store = Store::default();
    let tokens = any().store(store.clone());
    let slow = refusal(403, false);
    let wire = Wire::new([slow]);
    let rokka = builder(&wire, tokens)
        .token(token("old", 60, true))
        .build()
        .unwrap();
    let calls: Vec<_> = (0..20).map(|_| get(&rokka)).collect();
    let outcomes = join_all(calls).await;
    assert!(outcomes.iter().all(Result::is_err));
    assert!(outcomes[0].as_ref().unwrap_err().is_forbidden());
    assert_eq!(log(&wire), ["token by old"]);
    assert_eq!(store.saved(), [None]);
    // The token is gone, and there is no other.
    let error = get(&rokka).await.unwrap_err();
    assert_eq!(
        (error.kind(), wire.seen().len()),
        (ErrorKind::Configuration, 1)
    );
}

#[tokio::test]
async fn a_renewal_that_got_no_answer_is_tried_by_the_next_call() {
    let wire = Wire::new([answer(502, ""), given("new", 86_400, true), picture()]);
    let rokka = builder(&wire, any())
        .token(token("old", 60, true))
        .build()
        .unwrap();
    assert!(get(&rokka).await.unwrap_err().is_retryable());
    get(&rokka).await.unwrap();
    assert_eq!(log(&wire), ["token by old", "token by old", "call by new"]);
}

#[tokio::test]
async fn a_token_that_cannot_renew_itself_is_replaced_by_the_key() {
    let wire = Wire::new([given("new", 86_400, false), picture()]);
    let builder = builder(&wire, any()).api_key(KEY);
    let rokka = builder.token(token("old", 60, false)).build().unwrap();
    get(&rokka).await.unwrap();
    assert_eq!(log(&wire), [&format!("token by {KEY}"), "call by new"]);
    // To ask for a token with a token that is good does not need another one.
    let wire = Wire::new([given("new", 86_400, false)]);
    let builder = self::builder(&wire, any()).api_key(KEY);
    let rokka = builder.token(token("old", 9_000, false)).build().unwrap();
    rokka
        .user()
        .create_token(ValidFrom::AnyAddress)
        .await
        .unwrap();
    assert_eq!(log(&wire), [format!("token by {KEY}")]);
}

#[tokio::test]
async fn a_refused_renewal_falls_back_to_the_key() {
    let wire = Wire::new([refusal(403, false), given("new", 86_400, false), picture()]);
    let builder = builder(&wire, any()).api_key(KEY);
    let rokka = builder.token(token("old", 60, true)).build().unwrap();
    get(&rokka).await.unwrap();
    assert_eq!(
        log(&wire),
        ["token by old", &format!("token by {KEY}"), "call by new"]
    );
}

#[tokio::test]
async fn the_key_itself_goes_while_there_are_no_tokens() {
    let wire = Wire::new([answer(503, ""), picture(), picture()]);
    let rokka = builder(&wire, any()).api_key(KEY).build().unwrap();
    get(&rokka).await.unwrap();
    get(&rokka).await.unwrap();
    let call = format!("call by {KEY}");
    assert_eq!(log(&wire), [format!("token by {KEY}"), call.clone(), call]);
}

#[tokio::test]
async fn a_bad_key_is_told() {
    let wire = Wire::new([refusal(403, true)]);
    let rokka = builder(&wire, any()).api_key(KEY).build().unwrap();
    let error = get(&rokka).await.unwrap_err();
    assert!(error.is_invalid_authentication(), "{error:?}");
    assert_eq!(
        (error.operation(), wire.seen().len()),
        (Some("getUserToken"), 1)
    );
}

#[tokio::test]
async fn a_refused_token_is_dropped_and_the_call_sent_again() {
    let store = Store::default();
    let wire = Wire::new([
        refusal(401, true),
        given("new", 86_400, false),
        picture(),
        refusal(403, false),
    ]);
    let tokens = any().store(store.clone());
    let builder = builder(&wire, tokens)
        .api_key(KEY)
        .token(token("old", 9_000, true));
    let rokka = builder.build().unwrap();
    get(&rokka).await.unwrap();
    // A missing role is not the fault of the token.
    assert!(get(&rokka).await.unwrap_err().is_forbidden());
    assert_eq!(
        log(&wire),
        [
            "call by old",
            &format!("token by {KEY}"),
            "call by new",
            "call by new"
        ]
    );
    assert_eq!(store.saved().len(), 2);
    assert_eq!(store.saved()[0], None);
}

#[tokio::test]
async fn a_call_is_sent_again_once_only() {
    let wire = Wire::new([
        refusal(401, true),
        given("new", 86_400, false),
        refusal(401, true),
    ]);
    let builder = builder(&wire, any())
        .api_key(KEY)
        .token(token("old", 9_000, true));
    let rokka = builder.build().unwrap();
    assert!(get(&rokka).await.unwrap_err().is_unauthorized());
    assert_eq!(wire.seen().len(), 3);
}

#[tokio::test]
async fn without_a_key_a_refused_token_ends_the_call() {
    let store = Store::with(&token("kept", 9_000, true));
    let wire = Wire::new([refusal(401, true)]);
    let rokka = builder(&wire, any().store(store.clone())).build().unwrap();
    assert!(get(&rokka).await.unwrap_err().is_unauthorized());
    assert_eq!(log(&wire), ["call by kept"]);
    assert_eq!(store.saved(), [None]);
    // A fresh one, of a new login, is found.
    store.0.lock().unwrap().0 = Some(token("fresh", 9_000, true).into());
    let _ = get(&rokka).await;
    assert_eq!(log(&wire)[1], "call by fresh");
}

#[tokio::test]
async fn zero_switches_renewal_ahead_off() {
    let wire = Wire::new([picture(), picture()]);
    let tokens = any().renew_before(Duration::ZERO);
    let builder = builder(&wire, tokens)
        .api_key(KEY)
        .token(token("old", 5, true));
    let rokka = builder.build().unwrap();
    get(&rokka).await.unwrap();
    get(&rokka).await.unwrap();
    assert_eq!(log(&wire), ["call by old", "call by old"]);
}

#[tokio::test]
async fn a_short_lived_token_is_not_renewed_for_every_call() {
    let wire = Wire::new([given("short", 600, false), picture(), picture()]);
    let tokens = any().lifetime(Duration::from_secs(600));
    let rokka = builder(&wire, tokens).api_key(KEY).build().unwrap();
    get(&rokka).await.unwrap();
    get(&rokka).await.unwrap();
    assert_eq!(wire.seen().len(), 3);
}

#[tokio::test]
async fn clocks_may_differ() {
    // The service is ten hours behind: its token has ended by the clock here, and is good.
    let date = chrono_free_date(now() - 36_000);
    let behind = given("behind", 600 - 36_000, false).header("date", &date);
    let wire = Wire::new([behind, picture(), picture()]);
    let rokka = builder(&wire, any()).api_key(KEY).build().unwrap();
    get(&rokka).await.unwrap();
    get(&rokka).await.unwrap();
    assert_eq!(log(&wire)[1..], ["call by behind", "call by behind"]);
    // A token that is all there is may have ended by the clock here for less than a minute.
    let wire = Wire::new([picture()]);
    let rokka = builder(&wire, any())
        .token(token("late", -30, false))
        .build()
        .unwrap();
    get(&rokka).await.unwrap();
    let rokka = builder(&wire, any())
        .token(token("late", -90, false))
        .build()
        .unwrap();
    assert_eq!(
        get(&rokka).await.unwrap_err().kind(),
        ErrorKind::Configuration
    );
    assert_eq!(wire.seen().len(), 1);
}

/// A moment as HTTP writes it.
fn chrono_free_date(seconds: i64) -> String {
    let moment = rokka::DateTime::from(
        SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap()),
    );
    moment
        .moment()
        .unwrap()
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

#[tokio::test]
async fn a_deadline_holds_for_the_renewal_too() {
    let wire = Wire::new([answer(200, "").after(&Gate::new())]);
    let builder = Client::builder().api_host(wire.url()).tokens(any());
    let rokka = builder.api_key(KEY).build().unwrap();
    let images = rokka.source_images("acme").unwrap();
    let started = std::time::Instant::now();
    let error = images.get(HASH).deadline(Duration::from_millis(100)).await;
    assert!(error.unwrap_err().is_timeout());
    assert!(started.elapsed() < Duration::from_secs(3));
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
async fn a_token_that_the_service_repeats_is_not_told() {
    let secret = token("old", 9_000, false);
    let body = json!({"code": 400, "message": format!("what is {secret}?")});
    let wire = Wire::new([json(400, &body)]);
    let rokka = builder(&wire, any())
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
