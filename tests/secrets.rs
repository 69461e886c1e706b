//! Whatever holds a secret is formatted and serialised here, and shows none.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fmt::Debug;

use rokka::api::types;
use rokka::render::{RenderUrl, Signer, SigningKey};
use rokka::testing::Emulator;
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

/// An answer with the secret in it, which has to be readable in the field that is meant for it.
fn answer<T: DeserializeOwned + Serialize + Debug>(body: &Value) -> T {
    let value: T = serde_json::from_value(body.clone()).unwrap();
    shows_nothing(&value);
    let written = serde_json::to_string(&value).unwrap();
    assert!(!written.contains(SECRET), "not by accident: {written}");
    value
}

#[test]
fn answers_keep_their_secrets() {
    let key = answer::<types::ApiKey>(&json!({"id": "1", "api_key": SECRET}));
    assert_eq!(key.api_key.unwrap().expose(), SECRET);
    let user = json!({"id": "1", "email": "a@example.com", "api_key": SECRET});
    assert_eq!(answer::<types::NewUser>(&user).api_key.expose(), SECRET);
    let current = json!({"user_id": "1", "api_keys": [{"id": "1", "api_key": SECRET}]});
    answer::<types::CurrentUser>(&current);
    let token = json!({"token": SECRET, "payload": {"id": "1", "exp": 1}});
    assert_eq!(answer::<types::Token>(&token).token.expose(), SECRET);
    let setup = json!({
        "secret": SECRET, "provisioning_uri": format!("otpauth://totp/x?secret={SECRET}"), "state": "pending",
    });
    let setup = answer::<types::TotpSetup>(&setup);
    assert_eq!(setup.secret.expose(), SECRET);
    assert!(setup.provisioning_uri.expose().ends_with(SECRET));
    let membership = json!({
        "user_id": "1", "email": "a@example.com", "organization_id": "2", "roles": ["read"], "api_key": SECRET,
    });
    let membership = answer::<types::Membership>(&membership);
    assert_eq!(membership.api_key.unwrap().expose(), SECRET);
    let signing = json!({"key": SECRET});
    assert_eq!(answer::<types::SigningKey>(&signing).key.expose(), SECRET);
    let organization = json!({
        "id": "1", "name": "acme", "display_name": "Acme", "billing_email": "a@example.com",
        "signing_keys": [{"key": SECRET}],
    });
    answer::<types::Organization>(&organization);
    let overview = json!({"total": 1, "items": [{
        "organization": "acme", "organization_id": "1", "roles": [], "user_id": "1", "email": "a@example.com",
        "api_keys": [{"id": "1", "api_key": SECRET}],
    }]});
    answer::<types::AdminApiKeyOverview>(&overview);
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
