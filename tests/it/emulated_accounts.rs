//! Users, keys, tokens, organizations and memberships of the emulator, through the facade.

use std::time::Duration;

use futures_util::future::join_all;
use rokka::testing::{Emulator, EmulatorExt};
use rokka::{
    Client, CredentialsCheck, MembershipOutcome, OrganizationOption, Retry, Role, Secret, Source,
    Tokens, TotpState, ValidFrom,
};

fn client(emulator: &Emulator, key: &Secret) -> Client {
    let builder = Client::builder()
        .api_host(emulator.url())
        .retry(Retry::never());
    builder.api_key(key.clone()).build().unwrap()
}

#[tokio::test]
async fn a_new_user_has_its_organization() {
    let emulator = Emulator::start().await;
    let rokka = emulator.client().unwrap();
    let user = rokka
        .create_user("a@example.com")
        .organization("mine")
        .await
        .unwrap();
    let theirs = client(&emulator, &user.api_key);
    let mine = theirs.organizations().get("mine").await.unwrap();
    assert_eq!(mine.signing_key().map(|_| ()), Some(()));
    assert_eq!(
        theirs.user().get().await.unwrap().email.as_deref(),
        Some("a@example.com")
    );
    assert!(
        theirs
            .organizations()
            .get("acme")
            .await
            .unwrap_err()
            .is_forbidden()
    );
    assert!(
        rokka
            .organizations()
            .get("mine")
            .await
            .unwrap_err()
            .is_forbidden()
    );
    let images = theirs.source_images("mine").unwrap();
    images
        .upload(Source::bytes(
            "a.txt.gif",
            &b"GIF89a\x01\x00\x01\x00\x80\x00\x00"[..],
        ))
        .await
        .unwrap();
    assert!(
        rokka
            .create_user("b@example.com")
            .organization("mine")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn roles_decide() {
    let emulator = Emulator::start().await;
    let rokka = emulator.client().unwrap();
    let members = rokka.memberships("acme").unwrap();
    let uploader = members.create_with_new_user([Role::Upload]).await.unwrap();
    let theirs = client(&emulator, uploader.api_key.as_ref().unwrap());
    let images = theirs.source_images("acme").unwrap();
    assert!(images.search().await.unwrap_err().is_forbidden());
    assert!(theirs.user().api_keys().await.unwrap_err().is_forbidden());
    assert!(theirs.user().get().await.unwrap().email.is_none());
    assert!(
        theirs
            .memberships("acme")
            .unwrap()
            .list()
            .await
            .unwrap_err()
            .is_forbidden()
    );
    let id = &uploader.user_id;
    let outcome = members.set(id, [Role::AdminRead]).await.unwrap();
    assert!(matches!(outcome, MembershipOutcome::Updated(_)));
    let outcome = members.set(id, [Role::AdminRead]).await.unwrap();
    assert!(matches!(outcome, MembershipOutcome::Unchanged));
    assert_eq!(images.search().await.unwrap().total, 0);
    assert_eq!(theirs.user().admin_api_keys().await.unwrap().total, 2);
    let me = rokka.user().get().await.unwrap().user_id;
    assert!(
        members
            .set(&me, [Role::Read])
            .await
            .unwrap_err()
            .is_conflict()
    );
    assert!(members.delete(&me).await.unwrap_err().is_conflict());
    members.delete(id).await.unwrap();
    assert!(members.get(id).await.unwrap_err().is_not_found());
    assert_eq!(members.list().await.unwrap().total, 1);
}

#[tokio::test]
async fn keys_are_restricted_and_deleted() {
    let emulator = Emulator::start().await;
    let rokka = emulator.client().unwrap();
    let made = rokka.user().create_api_key().comment("ci").await.unwrap();
    let key = made.api_key.unwrap();
    let theirs = client(&emulator, &key);
    assert!(theirs.check_credentials().await.unwrap().is_valid());
    let user = rokka.user();
    user.patch_api_key(&made.id)
        .allowed_ips(["192.0.2.0/24"])
        .await
        .unwrap();
    let check = theirs.check_credentials().await.unwrap();
    assert!(
        matches!(check, CredentialsCheck::Restricted(_)),
        "{check:?}"
    );
    let patch = user.patch_api_key(&made.id).clear_allowed_ips();
    patch.expires("2020-01-01T00:00:00Z").await.unwrap();
    let check = theirs.check_credentials().await.unwrap();
    assert!(matches!(check, CredentialsCheck::Invalid(_)), "{check:?}");
    user.patch_api_key(&made.id).clear_expires().await.unwrap();
    let own = theirs.user().current_api_key().await.unwrap().id;
    assert_eq!(own, made.id);
    let lock_out = || {
        theirs
            .user()
            .patch_api_key(&own)
            .expires("2020-01-01T00:00:00Z")
    };
    assert_eq!(lock_out().await.unwrap_err().code(), Some(400));
    assert!(theirs.user().delete_api_key(&own).await.is_err());
    lock_out().force().await.unwrap();
    user.delete_api_key(&made.id).await.unwrap();
    let check = theirs.check_credentials().await.unwrap();
    assert!(matches!(check, CredentialsCheck::Invalid(_)), "{check:?}");
    for _ in 0..4 {
        user.create_api_key().await.unwrap();
    }
    assert!(user.create_api_key().await.is_err());
}

#[tokio::test]
async fn a_second_factor_guards_a_key() {
    let emulator = Emulator::start().await;
    let rokka = emulator.client().unwrap();
    let user = rokka.user();
    let made = user.create_api_key().requires_mfa(true).await.unwrap();
    let theirs = client(&emulator, made.api_key.as_ref().unwrap());
    let slug = |error: rokka::Error| error.slug().unwrap_or_default();
    assert_eq!(
        slug(theirs.user().get().await.unwrap_err()),
        "mfa_enrollment_required"
    );
    theirs.user().set_up_totp().await.unwrap();
    let wrong = theirs.user().confirm_totp("000000").await.unwrap_err();
    assert_eq!(slug(wrong), "totp_invalid");
    theirs
        .user()
        .confirm_totp(emulator.totp_code())
        .await
        .unwrap();
    assert!(user.set_up_totp().await.unwrap_err().is_conflict());
    assert_eq!(slug(theirs.user().get().await.unwrap_err()), "mfa_required");
    let call = theirs
        .user()
        .create_token(ValidFrom::AnyAddress)
        .renewable(true);
    let token = call.totp(emulator.totp_code()).await.unwrap();
    assert!(token.payload.mfa);
    // From here on by the token, which renews itself without a code.
    let builder = Client::builder()
        .api_host(emulator.url())
        .token(token.token);
    let tokens = Tokens::new(ValidFrom::AnyAddress).refresh_before(Duration::from_secs(90_000));
    let renewing = builder.tokens(tokens).build().unwrap();
    renewing.user().get().await.unwrap();
    user.disable_totp(emulator.totp_code()).await.unwrap();
    assert_eq!(user.totp().await.unwrap().state, TotpState::None);
    assert!(theirs.user().get().await.is_ok());
}

#[tokio::test]
async fn a_token_that_ended_is_replaced_once() {
    let emulator = Emulator::start().await;
    let builder = Client::builder()
        .api_host(emulator.url())
        .api_key(emulator.api_key());
    let tokens = Tokens::new(ValidFrom::caller());
    let rokka = builder.tokens(tokens).build().unwrap();
    rokka.user().get().await.unwrap();
    emulator.advance_clock(Duration::from_secs(90_000));
    let calls = (0..50).map(|_| async { rokka.user().get().await });
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    let requests = emulator.requests();
    let asked = requests
        .iter()
        .filter(|request| request.path.ends_with("/token"));
    assert_eq!(asked.count(), 2);
}

#[tokio::test]
async fn organizations_have_parts_and_options() {
    let emulator = Emulator::start().await;
    let organizations = emulator.client().unwrap().organizations();
    let call = organizations
        .create("part", "a@example.com")
        .part_of("acme");
    assert_eq!(
        call.await.unwrap().master_organization.as_deref(),
        Some("acme")
    );
    let parts = organizations.sub_organizations("acme").await.unwrap();
    assert_eq!((parts.total, parts.items[0].name.as_str()), (1, "part"));
    let option = OrganizationOption::ProtectDynamicStack(true);
    let part = organizations.set_option("part", option).await.unwrap();
    assert!(part.options.protect_dynamic_stack);
    let options = [OrganizationOption::RemoteFullurlWhitelist(Some(vec![
        "^a".into(),
    ]))];
    let part = organizations.set_options("part", options).await.unwrap();
    assert!(part.options.protect_dynamic_stack && part.options.remote_fullurl_whitelist.is_some());
    let odd = OrganizationOption::other("odd", 1);
    assert_eq!(
        organizations
            .set_option("part", odd)
            .await
            .unwrap_err()
            .code(),
        Some(400)
    );
    assert!(
        organizations
            .get("nobody")
            .await
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test]
async fn statistics_and_bills_need_their_roles() {
    let emulator = Emulator::start().await;
    let rokka = emulator.client().unwrap();
    let images = emulator.source_images().unwrap();
    for content in ["four", "eleven long"] {
        images
            .upload(Source::bytes("a.txt", content))
            .await
            .unwrap();
    }
    let stats = rokka.stats("acme").await.unwrap();
    assert_eq!(stats.space_in_bytes[0].value, 15.0);
    assert_eq!(stats.space_in_bytes[0].unit.as_deref(), Some("Bytes"));
    assert_eq!(stats.number_of_files[0].value, 2.0);
    assert!(stats.bytes_downloaded.is_empty());
    let past = rokka
        .stats("acme")
        .from("2020-01-01")
        .to("2020-01-31")
        .await
        .unwrap();
    assert!(past.space_in_bytes.is_empty());

    let bill = rokka.billing("acme").await.unwrap();
    let (month, _) = bill.months("acme").next().unwrap();
    assert_eq!(bill.price_in_chf("acme", month), Some(0.0));
    assert_eq!(rokka.savings().await.unwrap(), serde_json::json!({}));

    let members = rokka.memberships("acme").unwrap();
    let uploader = members.create_with_new_user([Role::Upload]).await.unwrap();
    let theirs = client(&emulator, &uploader.api_key.unwrap());
    assert!(theirs.stats("acme").await.unwrap_err().is_forbidden());
    assert!(theirs.billing("acme").await.unwrap_err().is_forbidden());
}
