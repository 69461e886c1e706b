//! Whatever holds a secret is formatted and serialised here, and shows none.

use std::fmt::Debug;

use rokka::api::types;
use rokka::render::{RenderUrl, Signer, SigningKey};
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{Client, Secret, Tokens, ValidFrom};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const SECRET: &str = "S3cretS3cretS3cretS3cretS3cretS3";

fn shows_nothing(value: &impl Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

/// A response with the secret in it, which has to be readable in the field that is meant for it.
fn response<T: DeserializeOwned + Serialize + Debug>(body: &Value) -> T {
    let value: T = serde_json::from_value(body.clone()).unwrap();
    shows_nothing(&value);
    let written = serde_json::to_string(&value).unwrap();
    assert!(!written.contains(SECRET), "not by accident: {written}");
    value
}

#[test]
fn responses_keep_their_secrets() {
    let key = response::<types::ApiKey>(&json!({"id": "1", "api_key": SECRET}));
    assert_eq!(key.api_key.unwrap().expose(), SECRET);
    let user = json!({"id": "1", "email": "a@example.com", "api_key": SECRET});
    assert_eq!(response::<types::NewUser>(&user).api_key.expose(), SECRET);
    let current = json!({"user_id": "1", "api_keys": [{"id": "1", "api_key": SECRET}]});
    response::<types::CurrentUser>(&current);
    let token = json!({"token": SECRET, "payload": {"id": "1", "exp": 1}});
    assert_eq!(response::<types::Token>(&token).token.expose(), SECRET);
    let setup = json!({
        "secret": SECRET, "provisioning_uri": format!("otpauth://totp/x?secret={SECRET}"), "state": "pending",
    });
    let setup = response::<types::TotpSetup>(&setup);
    assert_eq!(setup.secret.expose(), SECRET);
    assert!(setup.provisioning_uri.expose().ends_with(SECRET));
    let membership = json!({
        "user_id": "1", "email": "a@example.com", "organization_id": "2", "roles": ["read"], "api_key": SECRET,
    });
    let membership = response::<types::Membership>(&membership);
    assert_eq!(membership.api_key.unwrap().expose(), SECRET);
    let signing = json!({"key": SECRET});
    assert_eq!(response::<types::SigningKey>(&signing).key.expose(), SECRET);
    let organization = json!({
        "id": "1", "name": "acme", "display_name": "Acme", "billing_email": "a@example.com",
        "signing_keys": [{"key": SECRET}],
    });
    response::<types::Organization>(&organization);
    let overview = json!({"total": 1, "items": [{
        "organization": "acme", "organization_id": "1", "roles": [], "user_id": "1", "email": "a@example.com",
        "api_keys": [{"id": "1", "api_key": SECRET}],
    }]});
    response::<types::AdminApiKeyOverview>(&overview);
}

#[test]
fn what_is_sent_shows_no_secret_but_holds_it() {
    let code: types::TotpCode = serde_json::from_value(json!({"totp": SECRET})).unwrap();
    shows_nothing(&code);
    assert_eq!(
        serde_json::to_value(&code).unwrap(),
        json!({"totp": SECRET})
    );
}

#[test]
fn clients_and_keys_show_no_secret() {
    shows_nothing(&Secret::from(SECRET));
    let key = SigningKey::from(SECRET);
    shows_nothing(&key);
    shows_nothing(&Signer::new(&key));
    shows_nothing(&RenderUrl::new("acme", "3f9a21").unwrap().sign(&key));
    for builder in [
        Client::builder().api_key(SECRET),
        Client::builder().token(SECRET),
        Client::builder()
            .api_key(SECRET)
            .tokens(Tokens::new(ValidFrom::caller())),
    ] {
        shows_nothing(&builder);
        let client = builder.build().unwrap();
        shows_nothing(&client);
        shows_nothing(&client.api());
        shows_nothing(&client.user());
        shows_nothing(&client.user().confirm_totp(SECRET));
        shows_nothing(&client.user().disable_totp(SECRET));
        shows_nothing(&client.organizations());
        shows_nothing(&client.memberships("acme").unwrap());
        shows_nothing(&client.stacks("acme").unwrap());
        let images = client.source_images("acme").unwrap();
        shows_nothing(&images);
        shows_nothing(&images.get("3f9a21"));
        shows_nothing(&images.search().pages());
        shows_nothing(&images.bulk());
    }
}

#[tokio::test]
async fn the_emulator_shows_no_secret() {
    let builder = Emulator::builder().api_key(SECRET).signing_key(SECRET);
    shows_nothing(&builder);
    let emulator = builder.start().await;
    shows_nothing(&emulator);
    emulator.source_images().unwrap().search().await.unwrap();
    shows_nothing(&emulator.requests());
    assert_eq!(emulator.requests().len(), 1);
}

/// A server that sends this for every request, and a client of it that knows another secret.
mod responses {
    use http::Method;
    use httpmock::MockServer;
    use rokka::{Error, Retry};

    use super::*;

    const KEY: &str = "k3yk3yk3yk3yk3yk3yk3yk3y";

    #[derive(Debug, serde::Deserialize)]
    struct Size {
        #[expect(dead_code, reason = "it cannot be read")]
        size: u64,
    }

    fn rokka(status: u16, body: &Value) -> (MockServer, Client) {
        let server = MockServer::start();
        let body = body.to_string();
        server.mock(|when, then| {
            when.any_request();
            then.status(status)
                .header("content-type", "application/json")
                .header("set-cookie", format!("session={SECRET}"))
                .header("authorization", format!("Bearer {SECRET}"))
                .header(
                    "location",
                    format!("https://example.com/?signature={SECRET}"),
                )
                .header("x-echo", format!("is {KEY} yours?"))
                .body(body);
        });
        let builder = Client::builder().api_host(server.base_url()).api_key(KEY);
        let client = builder.retry(Retry::never()).build().unwrap();
        (server, client)
    }

    fn error_shows_nothing(error: &Error) {
        let headers = error.headers();
        let source = std::error::Error::source(error);
        for shown in [
            format!("{error} {error:#}"),
            format!("{error:?} {error:#?}"),
            format!("{headers:?} {source:?}"),
        ] {
            assert!(!shown.contains(SECRET) && !shown.contains(KEY), "{shown}");
        }
    }

    #[tokio::test]
    async fn of_any_request_show_no_secret() {
        let (_server, client) = rokka(200, &json!({"token": SECRET, "size": SECRET}));
        let request = || {
            let path = format!("/user/apikeys?by={SECRET}");
            client.request(Method::GET, path).query("code", SECRET)
        };
        shows_nothing(&request());
        let response = request().await.unwrap();
        shows_nothing(&response);
        shows_nothing(&response.headers);
        assert!(!format!("{response:?}").contains(KEY));
        // It is there for who asks for it.
        assert_eq!(
            response.headers["set-cookie"],
            format!("session={SECRET}").as_str()
        );
        let error = response.json::<Size>().unwrap_err();
        error_shows_nothing(&error);
        assert!(
            error
                .to_string()
                .contains("invalid type: string, expected u64"),
            "{error}"
        );
        assert!(!error.body().unwrap().is_empty());
        for path in [
            format!("x?{SECRET}"),
            format!("/a/../b?{SECRET}"),
            format!("/a\u{1}?{SECRET}"),
        ] {
            let error = client.request(Method::GET, path).await.unwrap_err();
            assert!(error.is_invalid_input());
            error_shows_nothing(&error);
        }
    }

    #[tokio::test]
    async fn that_cannot_be_decoded_show_no_secret() {
        let odd = json!({
            "id": [SECRET], "api_key": SECRET, "hash": [SECRET], "user_id": {"key": SECRET}, "total": SECRET,
            "items": SECRET, "name": 5, "token": [SECRET], "payload": SECRET, "state": {SECRET: SECRET},
        });
        let (_server, client) = rokka(200, &odd);
        let user = client.user();
        let images = client.source_images("acme").unwrap();
        let members = client.memberships("acme").unwrap();
        let id = "c03110dc-ba65-4dc3-8d64-32b1eea47ff4";
        let mut bodies = Vec::new();
        for (hidden, error) in [
            (true, user.api_keys().await.map(drop)),
            (true, user.get().await.map(drop)),
            (true, user.patch_api_key(id).trusted(true).await.map(drop)),
            (true, user.create_token(ValidFrom::caller()).await.map(drop)),
            (true, user.set_up_totp().await.map(drop)),
            (true, user.admin_api_keys().await.map(drop)),
            (true, members.list().await.map(drop)),
            (true, members.get(id).await.map(drop)),
            (true, members.set(id, [rokka::Role::Read]).await.map(drop)),
            (true, client.organizations().get("acme").await.map(drop)),
            (false, images.get("3f9a21").await.map(drop)),
            (false, images.search().await.map(drop)),
        ] {
            let error = error.unwrap_err();
            assert_eq!(error.kind(), rokka::ErrorKind::Decode, "{error}");
            error_shows_nothing(&error);
            bodies.push((
                hidden,
                String::from_utf8_lossy(error.body().unwrap()).contains(SECRET),
            ));
        }
        for (hidden, shown) in bodies {
            assert_eq!(hidden, !shown);
        }
    }

    #[tokio::test]
    async fn that_fail_show_no_secret_in_their_headers() {
        let (_server, client) = rokka(404, &json!({"message": "no"}));
        let images = client.source_images("acme").unwrap();
        let error = images.get("3f9a21").await.unwrap_err();
        error_shows_nothing(&error);
        let (organization, hash) = ("acme".parse().unwrap(), "3f9a21".parse().unwrap());
        let bare = client.api();
        let failure = bare.get_source_image(&organization, &hash, None).await;
        let failure = failure.unwrap_err();
        let shown = format!("{failure} {failure:?}");
        assert!(!shown.contains(SECRET) && !shown.contains(KEY), "{shown}");
    }
}
