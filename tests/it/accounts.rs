//! Users, keys, the second factor, organizations, memberships, statistics and bills: what is sent, and what is made of
//! the response.

use crate::support::{KEY, RecordedRequest, Reply, Server, json, reply};
use rokka::{
    Client, CredentialsCheck, MembershipOutcome, OrganizationOption, Retry, Role, TotpState,
};
use serde_json::{Value, json};
use std::time::Duration;

const ID: &str = "d1e2f3a4-0000-4000-8000-000000000001";
const NEW_KEY: &str = "newkeynewkeynewkeynewkeynewkeyneSecretSecretSecretSecretSecretSe";

fn key() -> Value {
    json!({"id": ID, "comment": "old", "created": null, "accessed": "2026-11-20T10:00:00+00:00"})
}

fn organization() -> Value {
    json!({
        "id": ID, "name": "acme", "display_name": "Acme", "billing_email": "a@example.com",
        "created": "2018-02-14T07:47:46Z", "master_organization": "acme", "options": [],
        "signing_keys": [{"key": "EXAMPLEsigningKey0123456789abcd", "created": null}],
    })
}

fn membership() -> Value {
    json!({
        "user_id": ID, "email": "a@example.com", "organization_id": ID,
        "roles": ["upload", "brand:new"], "active": true, "last_access": null,
    })
}

fn patient(server: &Server) -> Client {
    let retry = Retry::new()
        .max_attempts(3)
        .initial_backoff(Duration::from_millis(1));
    let builder = Client::builder().api_host(server.url()).api_key("key");
    builder.retry(retry).build().unwrap()
}

fn lines(server: &Server) -> Vec<String> {
    server
        .requests()
        .iter()
        .map(RecordedRequest::line)
        .collect()
}

#[tokio::test]
async fn a_new_user_needs_no_credentials() {
    let user = json!({"id": ID, "email": "a@example.com", "api_key": NEW_KEY});
    let server = Server::exactly([json(200, &user), json(200, &user)]);
    let rokka = server.client();
    let user = rokka.create_user("a@example.com").await.unwrap();
    assert_eq!(user.api_key.expose(), NEW_KEY);
    assert!(!format!("{user:?}").contains(NEW_KEY));
    let call = rokka.create_user("a@example.com").organization("acme");
    call.await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].line(), "POST /users");
    assert_eq!(requests[0].json(), json!({"email": "a@example.com"}));
    assert_eq!(
        requests[1].json(),
        json!({"email": "a@example.com", "organization": "acme"})
    );
    for request in &requests {
        assert_eq!(request.header("api-key"), None);
        assert_eq!(request.header("authorization"), None);
        assert_eq!(request.header("api-version"), Some("1"));
    }
    let refused = rokka.create_user("nobody").await.unwrap_err();
    assert!(refused.is_invalid_input());
    let refused = rokka
        .create_user("a@example.com")
        .organization("Acme")
        .await;
    assert!(refused.unwrap_err().is_invalid_input());
}

#[tokio::test]
async fn the_user_is_read() {
    let user = json!({"user_id": ID});
    let item =
        json!({"organization": "acme", "organization_id": ID, "roles": ["admin"], "active": true});
    let overview = json!({"total": 1, "truncated": true, "items": [{
        "organization": "acme", "organization_id": ID, "user_id": ID, "roles": ["admin"], "api_keys": [key()],
    }]});
    let server = Server::exactly([
        json(200, &user),
        json(200, &json!({"total": 1, "items": [item]})),
        json(200, &json!([key()])),
        json(200, &key()),
        json(200, &overview),
    ]);
    let user = server.client().user();
    assert_eq!(user.get().await.unwrap().user_id, ID);
    let memberships = user.memberships().await.unwrap();
    assert_eq!(memberships.items[0].roles, [Role::Admin]);
    let keys = user.api_keys().await.unwrap();
    assert!(keys[0].created.is_none() && keys[0].accessed.is_some());
    assert_eq!(user.current_api_key().await.unwrap().id, ID);
    let overview = user.admin_api_keys().await.unwrap();
    assert!(overview.truncated && overview.items[0].api_keys.len() == 1);
    assert_eq!(
        lines(&server),
        [
            "GET /user",
            "GET /user/memberships",
            "GET /user/apikeys",
            "GET /user/apikeys/current",
            "GET /user/admin/apikeys"
        ]
    );
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.header("api-key") == Some(KEY))
    );
}

#[tokio::test]
async fn a_key_is_made_with_its_properties() {
    let mut made = key();
    made["api_key"] = json!(NEW_KEY);
    let server = Server::exactly([json(200, &made), json(200, &made)]);
    let user = server.client().user();
    let created = user.create_api_key().await.unwrap();
    assert_eq!(created.api_key.as_ref().unwrap().expose(), NEW_KEY);
    assert!(!format!("{created:?}").contains(NEW_KEY));
    assert!(!serde_json::to_string(&created).unwrap().contains(NEW_KEY));
    let call = user
        .create_api_key()
        .comment("ci")
        .trusted(true)
        .requires_mfa(false);
    let call = call
        .allowed_ips(["192.0.2.0/24"])
        .expires("2027-01-01T00:00:00Z");
    call.await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].line(), "POST /user/apikeys");
    assert_eq!(requests[0].json(), json!({}));
    assert_eq!(
        requests[1].json(),
        json!({
            "comment": "ci", "trusted": true, "requires_mfa": false,
            "allowed_ips": ["192.0.2.0/24"], "expires": "2027-01-01T00:00:00Z",
        })
    );
    for refused in [
        user.create_api_key().allowed_ips(["request_ip"]).await,
        user.create_api_key()
            .allowed_ips(vec!["192.0.2.1"; 11])
            .await,
        user.create_api_key().expires("some day").await,
    ] {
        assert!(refused.unwrap_err().is_invalid_input());
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_patch_tells_what_stays_from_what_is_cleared() {
    let mut patched = key();
    patched["totp_state"] = json!("active");
    let response = || json(200, &patched);
    let server = Server::exactly([response(), response(), response(), reply(200, "{")]);
    let user = server.client().user();
    let key = user
        .patch_api_key(ID)
        .clear_expires()
        .trusted(true)
        .await
        .unwrap();
    assert_eq!(key.totp_state, Some(TotpState::Active));
    let all = user.patch_api_key(ID).clear_requires_mfa().clear_trusted();
    all.clear_allowed_ips()
        .clear_expires()
        .force()
        .await
        .unwrap();
    let none: [&str; 0] = [];
    let call = user.patch_api_key(ID).allowed_ips(none).requires_mfa(true);
    call.expires("2027-01-01T00:00:00+01:00").await.unwrap();
    let broken = user.patch_api_key(ID).trusted(false).await.unwrap_err();
    assert_eq!(broken.operation(), Some("patchUserApiKey"));
    let requests = server.requests();
    assert_eq!(requests[0].line(), format!("PATCH /user/apikeys/{ID}"));
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(
        requests[0].json(),
        json!({"expires": null, "trusted": true})
    );
    assert_eq!(
        requests[1].line(),
        format!("PATCH /user/apikeys/{ID}?force=true")
    );
    assert_eq!(
        requests[1].json(),
        json!({"requires_mfa": null, "trusted": null, "allowed_ips": null, "expires": null})
    );
    assert_eq!(requests[2].json()["allowed_ips"], json!([]));
    for refused in [
        user.patch_api_key(ID).await,
        user.patch_api_key(ID).force().await,
        user.patch_api_key("../current").trusted(true).await,
        user.patch_api_key(ID).allowed_ips(["here"]).await,
    ] {
        assert!(refused.unwrap_err().is_invalid_input());
    }
    let refused = user.delete_api_key(NEW_KEY).await.unwrap_err();
    assert!(refused.is_invalid_input() && !format!("{refused:?}").contains(NEW_KEY));
}

#[tokio::test]
async fn a_key_is_deleted() {
    let server = Server::exactly([reply(204, "")]);
    server.client().user().delete_api_key(ID).await.unwrap();
    assert_eq!(
        server.only_request().line(),
        format!("DELETE /user/apikeys/{ID}")
    );
}

#[tokio::test]
async fn what_makes_something_new_is_not_sent_twice() {
    let busy = |status| reply(status, "").header("retry-after", "0");
    let made = json!({"id": ID, "email": "a@example.com", "api_key": NEW_KEY});
    for status in [429, 503] {
        let server = Server::exactly([busy(status), json(200, &made)]);
        patient(&server).create_user("a@example.com").await.unwrap();
        assert_eq!(server.requests().len(), 2, "{status}");
    }
    for status in [502, 504, 500] {
        let server = Server::exactly([busy(status), busy(status), busy(status)]);
        let rokka = patient(&server);
        assert!(rokka.create_user("a@example.com").await.is_err());
        assert!(rokka.user().create_api_key().await.is_err());
        let members = rokka.memberships("acme").unwrap();
        assert!(members.create_with_new_user([Role::Upload]).await.is_err());
        assert_eq!(server.requests().len(), 3, "{status}");
        // A code counts once.
        assert!(rokka.user().confirm_totp("123456").await.is_err());
        assert!(rokka.user().disable_totp("123456").await.is_err());
        assert_eq!(server.requests().len(), 5, "{status}");
    }
    let server = Server::exactly([busy(502), json(200, &json!({"user_id": ID}))]);
    patient(&server).user().get().await.unwrap();
}

#[tokio::test]
async fn a_second_factor_is_set_up_and_switched_off() {
    let secret = "JBSWY3DPEHPK3PXP";
    let uri = format!("otpauth://totp/rokka?secret={secret}");
    let setup = json!({"secret": secret, "provisioning_uri": uri, "state": "pending"});
    let active = json!({"state": "active", "confirmed": "2026-11-20T10:00:00+00:00"});
    let server = Server::exactly([
        json(200, &json!({"state": "none", "confirmed": null})),
        json(200, &setup),
        json(200, &active),
        reply(204, ""),
        json(409, &json!({"code": 409, "message": "active already"})),
    ]);
    let user = server.client().user();
    assert_eq!(user.totp().await.unwrap().state, TotpState::None);
    let setup = user.set_up_totp().await.unwrap();
    assert_eq!(setup.secret.expose(), secret);
    assert!(!format!("{setup:?}").contains(secret));
    let confirmed = user.confirm_totp("123 456").await.unwrap();
    assert_eq!(confirmed.state, TotpState::Active);
    user.disable_totp("123456").await.unwrap();
    assert!(user.set_up_totp().await.unwrap_err().is_conflict());
    let requests = server.requests();
    assert_eq!(
        lines(&server),
        [
            "GET /user/mfa/totp",
            "POST /user/mfa/totp",
            "POST /user/mfa/totp/confirm",
            "DELETE /user/mfa/totp",
            "POST /user/mfa/totp"
        ]
    );
    assert!(requests[1].body.is_empty());
    assert_eq!(requests[2].json(), json!({"totp": "123456"}));
    assert_eq!(requests[3].json(), json!({"totp": "123456"}));
    assert!(!format!("{:?}", user.confirm_totp("123456")).contains("123456"));
    assert!(
        user.confirm_totp("12a456")
            .await
            .unwrap_err()
            .is_invalid_input()
    );
}

#[tokio::test]
async fn organizations_are_made_and_read() {
    let server = Server::exactly([
        json(200, &organization()),
        json(200, &organization()),
        json(200, &organization()),
        json(404, &json!({"code": 404, "message": "no"})),
    ]);
    let rokka = server.client();
    let organizations = rokka.organizations();
    organizations.create("acme", "a@example.com").await.unwrap();
    let part = organizations
        .create("part", "a@example.com")
        .display_name("Part");
    part.part_of("acme").await.unwrap();
    let acme = organizations.get("acme").await.unwrap();
    assert!(!acme.options.protect_dynamic_stack);
    assert!(!format!("{acme:?}").contains("EXAMPLEsigning"));
    let key = acme.signing_key().unwrap();
    let signed = key
        .sign("https://acme.rokka.io/product_card/3f9a21/red-shoe.jpg")
        .unwrap();
    assert!(signed.ends_with("?sig=df73c1c0cc0e7277"));
    assert!(organizations.get("other").await.unwrap_err().is_not_found());
    assert!(
        organizations
            .get("../users")
            .await
            .unwrap_err()
            .is_invalid_input()
    );
    assert!(
        organizations
            .create("x", "nobody")
            .await
            .unwrap_err()
            .is_invalid_input()
    );
    let requests = server.requests();
    assert_eq!(requests[0].line(), "PUT /organizations/acme");
    assert_eq!(
        requests[0].json(),
        json!({"billing_email": "a@example.com"})
    );
    assert_eq!(
        requests[1].json(),
        json!({"billing_email": "a@example.com", "display_name": "Part", "master_organization": "acme"})
    );
    assert_eq!(requests[2].line(), "GET /organizations/acme");
}

#[tokio::test]
async fn options_of_an_organization_are_set() {
    let mut changed = organization();
    changed["options"] = json!({"protect_dynamic_stack": true, "brand_new": {"a": 1}});
    let server = Server::exactly((0..5).map(|_| json(200, &changed)));
    let organizations = server.client().organizations();
    let set = |option| organizations.set_option("acme", option);
    let acme = set(OrganizationOption::ProtectDynamicStack(true))
        .await
        .unwrap();
    assert!(acme.options.protect_dynamic_stack);
    assert_eq!(acme.options.extra.get("brand_new"), Some(&json!({"a": 1})));
    set(OrganizationOption::RemoteBasepath(
        "https://a.example/\"x\"".into(),
    ))
    .await
    .unwrap();
    set(OrganizationOption::RemoteFullurlWhitelist(None))
        .await
        .unwrap();
    set(OrganizationOption::other("brand_new", 42))
        .await
        .unwrap();
    let several = [
        OrganizationOption::RemoteFullurlAllow(true),
        OrganizationOption::RemoteFullurlWhitelist(None),
        OrganizationOption::RenderOrgFallback("other".into()),
        OrganizationOption::other("brand_new", json!(["x"])),
    ];
    organizations.set_options("acme", several).await.unwrap();
    let bodies: Vec<String> = server
        .requests()
        .iter()
        .map(|request| String::from_utf8(request.body.clone()).unwrap())
        .collect();
    assert_eq!(
        bodies[..4],
        ["true", r#""https://a.example/\"x\"""#, "null", "42"]
    );
    let path = "PUT /organizations/acme/options";
    assert_eq!(lines(&server)[0], format!("{path}/protect_dynamic_stack"));
    assert_eq!(lines(&server)[3], format!("{path}/brand_new"));
    assert_eq!(lines(&server)[4], path);
    assert_eq!(
        server.requests()[4].json(),
        json!({
            "remote_fullurl_allow": true, "remote_fullurl_whitelist": null,
            "render_org_fallback": "other", "brand_new": ["x"],
        })
    );
    for refused in [
        set(OrganizationOption::RemoteBasepath("ftp://x".into())).await,
        set(OrganizationOption::RenderOrgFallback("No".into())).await,
        set(OrganizationOption::other("a/b", 1)).await,
        organizations.set_options("acme", []).await,
    ] {
        assert!(refused.unwrap_err().is_invalid_input());
    }
}

#[tokio::test]
async fn sub_organizations_are_listed() {
    let part = json!({"name": "part", "id": ID, "display_name": "Part", "created": null, "disabled": true});
    let list =
        json!({"organization": "acme", "master_organization": "acme", "total": 1, "items": [part]});
    let server = Server::exactly([json(200, &list), json(200, &list)]);
    let organizations = server.client().organizations();
    let list = organizations.sub_organizations("acme").await.unwrap();
    assert!(list.items[0].disabled);
    let call = organizations.sub_organizations("acme").include_disabled();
    call.await.unwrap();
    let path = "GET /organizations/acme/sub_organizations";
    assert_eq!(
        lines(&server),
        [path.to_owned(), format!("{path}?include_disabled=true")]
    );
}

#[tokio::test]
async fn memberships_are_managed() {
    let mut created = membership();
    created["api_key"] = json!(NEW_KEY);
    let last = json!({"code": 409, "message": "the last admin"});
    let server = Server::exactly([
        json(200, &json!({"total": 1, "items": [membership()]})),
        json(200, &membership()),
        json(201, &membership()),
        json(200, &membership()),
        reply(204, ""),
        json(409, &last),
        json(201, &created),
        json(201, &created),
        reply(204, ""),
    ]);
    let members = server.client().memberships("acme").unwrap();
    let list = members.list().await.unwrap();
    assert_eq!(list.items[0].roles[1].as_str(), "brand:new");
    members.get(ID).await.unwrap();
    let set = |roles: &[Role]| members.set(ID, roles.to_vec());
    let outcome = set(&[Role::Upload]).await.unwrap();
    assert!(matches!(outcome, MembershipOutcome::Created(_)));
    let outcome = set(&[Role::AdminRead]).comment("why").await.unwrap();
    assert!(matches!(outcome, MembershipOutcome::Updated(_)));
    let outcome = members.set(ID, ["brand:new"]).await.unwrap();
    assert!(outcome.membership().is_none());
    assert!(set(&[Role::Read]).await.unwrap_err().is_conflict());
    let new = members.create_with_new_user([Role::Upload]).await.unwrap();
    assert_eq!(new.api_key.as_ref().unwrap().expose(), NEW_KEY);
    assert!(!format!("{new:?}").contains(NEW_KEY));
    let call = members.create_with_new_user([Role::Upload]).comment("shop");
    let call = call
        .key_comment("k")
        .key_trusted(true)
        .key_requires_mfa(true);
    let call = call
        .key_allowed_ips(["192.0.2.1"])
        .key_expires("2027-01-01T00:00:00Z");
    call.await.unwrap();
    members.delete(ID).await.unwrap();
    let path = "/organizations/acme/memberships";
    let requests = server.requests();
    assert_eq!(
        lines(&server)[..3],
        [
            format!("GET {path}"),
            format!("GET {path}/{ID}"),
            format!("PUT {path}/{ID}"),
        ]
    );
    assert_eq!(requests[2].json(), json!({"roles": ["upload"]}));
    assert_eq!(
        requests[3].json(),
        json!({"roles": ["admin:read"], "comment": "why"})
    );
    assert_eq!(requests[4].json(), json!({"roles": ["brand:new"]}));
    assert_eq!(requests[6].line(), format!("POST {path}"));
    assert_eq!(requests[6].json(), json!({"roles": ["upload"]}));
    assert_eq!(
        requests[7].json(),
        json!({"roles": ["upload"], "comment": "shop", "api_key": {
            "comment": "k", "trusted": true, "requires_mfa": true,
            "allowed_ips": ["192.0.2.1"], "expires": "2027-01-01T00:00:00Z",
        }})
    );
    assert_eq!(requests[8].line(), format!("DELETE {path}/{ID}"));
    assert!(set(&[]).await.unwrap_err().is_invalid_input());
    let refused = members.get("not a uuid").await.unwrap_err();
    assert!(refused.is_invalid_input());
}

#[test]
fn roles_allow_what_the_table_says() {
    let table = [
        (
            "write",
            "read upload sourceimages:read sourceimages:write sourceimages:download:protected billing:read",
        ),
        (
            "admin:read",
            "read sourceimages:read sourceimages:download:protected",
        ),
        ("read", "sourceimages:read sourceimages:download:protected"),
        ("sourceimages:write", "upload sourceimages:read"),
        ("upload", ""),
        ("sourceimages:read", ""),
        ("sourceimages:unlock", ""),
        ("sourceimages:download:protected", ""),
        ("billing:read", ""),
        ("brand:new", ""),
    ];
    for (role, allowed) in table {
        let allowed: Vec<&str> = allowed.split_whitespace().collect();
        for (other, _) in table {
            let expected = role == other || allowed.contains(&other);
            assert_eq!(
                Role::from(role).allows(&other.into()),
                expected,
                "{role} {other}"
            );
            assert!(Role::Admin.allows(&other.into()));
            assert!(!Role::from(other).allows(&Role::Admin));
        }
    }
    assert!(Role::Upload.is_public() && !Role::Write.is_public());
}

#[tokio::test]
async fn statistics_have_decimals_and_no_empty_dates() {
    let stats = json!({
        "space_in_bytes": [{"timestamp": "2019-11-30T00:00:00+00:00", "value": 5_231_255_208.776_1, "unit": "Bytes"}],
        "number_of_files": [{"timestamp": "2019-11-30T00:00:00+00:00", "value": 7, "unit": null}],
        "bytes_downloaded": [],
    });
    let server = Server::exactly((0..3).map(|_| json(200, &stats)));
    let rokka = server.client();
    let stats = rokka.stats("acme").await.unwrap();
    assert_eq!(
        stats.space_in_bytes[0].value.to_bits(),
        5_231_255_208.776_1_f64.to_bits()
    );
    assert_eq!(stats.number_of_files[0].unit, None);
    assert!(stats.bytes_downloaded_external.is_empty());
    rokka
        .stats("acme")
        .from("2019-11-01")
        .to("2019-11-30")
        .await
        .unwrap();
    rokka.stats("acme").to(std::time::UNIX_EPOCH).await.unwrap();
    assert_eq!(
        lines(&server),
        [
            "GET /stats/acme",
            "GET /stats/acme?from=2019-11-01&to=2019-11-30",
            "GET /stats/acme?to=1970-01-01"
        ]
    );
    for refused in [
        rokka.stats("acme").from("2019-11-31").await,
        rokka.stats("acme").from("19-11-1").await,
        rokka
            .stats("acme")
            .from("2019-12-01")
            .to("2019-11-30")
            .await,
    ] {
        assert!(refused.unwrap_err().is_invalid_input());
    }
}

#[tokio::test]
async fn bills_are_json_with_a_sum() {
    let bill = json!({"acme": {"2026-11": {"combined": {"total": {"price_in_chf": 12.5}}}, "2026-10": {}}});
    let server = Server::exactly([
        json(200, &bill),
        json(403, &json!({"code": 403, "message": "no"})),
    ]);
    let rokka = server.client();
    let bill = rokka.billing("acme").from("2026-10-01").await.unwrap();
    assert_eq!(bill.price_in_chf("acme", "2026-11"), Some(12.5));
    assert_eq!(bill.price_in_chf("acme", "2026-10"), None);
    assert_eq!(bill.months("acme").count(), 2);
    assert!(rokka.billing("acme").await.unwrap_err().is_forbidden());
    assert_eq!(
        lines(&server),
        ["GET /billing/acme?from=2026-10-01", "GET /billing/acme"]
    );
}

fn refusal(status: u16, slug: Option<&str>) -> Reply {
    let mut body = json!({"code": status, "message": "no", "invalid_authentication": true});
    if let Some(slug) = slug {
        body["error"] = json!(slug);
    }
    json(status, &body)
}

#[tokio::test]
async fn credentials_are_checked() {
    let root = json!({"resources": ["/operations"], "environment": "production"});
    let server = Server::exactly([
        json(200, &root),
        refusal(403, None),
        refusal(401, Some("key_expired")),
        refusal(401, Some("mfa_required")),
        refusal(401, Some("ip_not_allowed")),
        reply(500, ""),
    ]);
    let rokka = server.client();
    let check = || async { rokka.check_credentials().await };
    let valid = check().await.unwrap();
    assert!(valid.is_valid());
    assert!(matches!(valid, CredentialsCheck::Valid(root) if root.resources == ["/operations"]));
    assert!(matches!(
        check().await.unwrap(),
        CredentialsCheck::Invalid(_)
    ));
    assert!(matches!(
        check().await.unwrap(),
        CredentialsCheck::Invalid(_)
    ));
    assert!(matches!(
        check().await.unwrap(),
        CredentialsCheck::Restricted(_)
    ));
    let restricted = check().await.unwrap();
    assert!(
        matches!(restricted, CredentialsCheck::Restricted(why) if why.slug().as_deref() == Some("ip_not_allowed"))
    );
    assert!(check().await.is_err());
    assert_eq!(lines(&server)[0], "GET /");
}

#[tokio::test]
async fn savings_are_for_everybody() {
    let server = Server::exactly([json(200, &json!({"anything": [1]}))]);
    assert_eq!(
        server.client().savings().await.unwrap()["anything"],
        json!([1])
    );
    let request = server.only_request();
    assert_eq!(
        (request.line().as_str(), request.header("api-key")),
        ("GET /savings", None)
    );
}

#[tokio::test]
async fn a_response_that_cannot_be_decoded_does_not_show_its_secret() {
    let odd = json!({"api_key": NEW_KEY, "email": 7, "id": [NEW_KEY]});
    let server = Server::exactly([json(200, &odd), json(200, &odd)]);
    let rokka = server.client();
    for error in [
        rokka.create_user("a@example.com").await.unwrap_err(),
        rokka.user().create_api_key().await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), rokka::ErrorKind::Decode);
        assert!(
            !format!("{error:?} {error:#}").contains(NEW_KEY),
            "{error:?}"
        );
        assert_eq!(error.status().unwrap().as_u16(), 200);
    }
}

#[tokio::test]
async fn the_root_refuses_keys_and_no_roles() {
    let flat = |code: u16, message: &str| json!({"code": code, "message": message});
    let recorded = "Api credentials are not supplied or not a valid format.";
    let server = Server::exactly([
        json(403, &flat(403, recorded)),
        json(403, &json!({"error": flat(403, recorded)})),
        json(401, &flat(401, "No")),
        reply(403, ""),
        reply(403, "<html>Request blocked</html>"),
        reply(401, "<html>Log in</html>"),
        reply(200, "<html>Log in</html>"),
        json(200, &flat(403, recorded)),
    ]);
    let rokka = server.client();
    for _ in 0..4 {
        let check = rokka.check_credentials().await.unwrap();
        assert!(matches!(check, CredentialsCheck::Invalid(_)), "{check:?}");
    }
    for _ in 0..4 {
        rokka.check_credentials().await.unwrap_err();
    }
}
