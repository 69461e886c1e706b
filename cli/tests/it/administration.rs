//! Organizations, members, users, keys, tokens, the second factor, statistics, bills and catalogues.

use serde_json::{Value, json};

use crate::program::Program;

const NOBODY: &str = "00000000-0000-4000-8000-00000000ffff";

#[test]
fn organizations_are_shown_without_their_secrets() {
    let program = Program::new();
    let key = program.emulator.signing_key().to_owned();
    let shown = program.line("org show").ok();
    assert!(shown.out.contains("name\tacme\n"), "{}", shown.out);
    assert!(!shown.out.contains(&key), "{}", shown.out);
    let json = program.line("org show backup --json").ok();
    assert_eq!(json.json()[0]["name"], "backup");
    assert!(!json.out.contains("signing_keys"), "{}", json.out);
    let keys = program.line("org show --signing-keys").ok();
    assert!(keys.out.starts_with(&key), "{}", keys.out);
    assert_eq!(
        program.requests(),
        [
            "GET /organizations/acme",
            "GET /organizations/backup",
            "GET /organizations/acme"
        ]
    );
    let list = program.line("org list").ok().out;
    assert!(list.contains("acme\t"), "{list}");
    program.line("org show acmee").fails(1, "404");
}

#[test]
fn organizations_are_created_and_configured() {
    let program = Program::new();
    program
        .line("org create acme-test billing@example.com --dry-run")
        .ok();
    assert!(program.requests().is_empty());
    let created = program.run([
        "org",
        "create",
        "acme-test",
        "billing@example.com",
        "--display-name",
        "Acme test",
        "--part-of",
        "acme",
    ]);
    assert_eq!(created.ok().out, "created acme-test\n");
    assert_eq!(
        program.last_body(),
        json!({"billing_email": "billing@example.com", "display_name": "Acme test", "master_organization": "acme"})
    );
    assert_eq!(program.requests(), ["PUT /organizations/acme-test"]);
    program
        .line("org create acme-x nobody")
        .fails(2, "must contain `@`");
    program.requests();

    let set = program
        .line("org set protect_dynamic_stack=true --json")
        .ok()
        .json();
    assert_eq!(set[0]["options"]["protect_dynamic_stack"], true);
    assert_eq!(
        program.requests(),
        ["PUT /organizations/acme/options/protect_dynamic_stack"]
    );
    let several =
        "org set remote_fullurl_allow=true remote_fullurl_whitelist=^https://a/,^https://b/";
    program.line(several).ok();
    assert_eq!(
        program.last_body(),
        json!({"remote_fullurl_allow": true, "remote_fullurl_whitelist": ["^https://a/", "^https://b/"]})
    );
    program.requests();
    program
        .line("org set protect_dynamic_stack=perhaps")
        .fails(2, "it must be true or false");
    program
        .line("org set protect_dynamic_stack")
        .fails(2, "expected NAME=VALUE");
    assert!(program.requests().is_empty());
    let children = program.line("org children --json").ok();
    assert_eq!(children.json()[0]["name"], "acme-test");
    program.requests();
    // Of which an admin knows nothing in the emulator.
    let disabled = program.line("org children --include-disabled");
    let disabled = disabled.fails(4, "has no role that allows this");
    assert!(!disabled.err.contains("needs the role"), "{disabled:?}");
    assert_eq!(
        program.requests()[0],
        "GET /organizations/acme/sub_organizations?include_disabled=true"
    );
}

#[test]
fn members_are_added_changed_and_removed() {
    let program = Program::new();
    let created = program
        .line("members create-user upload,sourceimages:read --comment shop")
        .ok();
    let (user, key) = created.out.trim().split_once('\t').unwrap();
    assert!(
        key.len() > 10 && created.err.contains("not shown again"),
        "{created:?}"
    );
    assert_eq!(
        program.last_body(),
        json!({"roles": ["upload", "sourceimages:read"], "comment": "shop"})
    );
    assert_eq!(program.requests(), ["POST /organizations/acme/memberships"]);

    let list = program.line("members list").ok().out;
    assert!(
        list.lines()
            .any(|line| line.starts_with(user) && line.contains("upload, sourceimages:read")),
        "{list}"
    );
    assert!(!list.contains(key), "{list}");
    let shown = program
        .line(&format!("members show {user} --json"))
        .ok()
        .json();
    assert_eq!(shown[0]["user_id"], user);
    program.requests();
    let changed = program.line(&format!("members set {user} read")).ok().out;
    assert!(changed.contains(&format!("{user}: read")), "{changed}");
    assert_eq!(
        program.requests()[0],
        format!("PUT /organizations/acme/memberships/{user}")
    );
    let email = shown[0]["email"].as_str().unwrap();
    let mine = program.line("user show --json").ok().json()[0]["user_id"].clone();
    assert_ne!(mine, user);
    program.requests();

    program
        .line(&format!("members remove {user}"))
        .fails(2, "Nobody can be asked");
    program
        .line(&format!("members remove {user} --dry-run"))
        .ok();
    assert!(program.requests().is_empty());
    let removed = program.line(&format!("members remove {user} --yes")).ok();
    assert_eq!(removed.out, format!("removed {user}\n"));
    program
        .line(&format!("members show {user}"))
        .fails(1, "`rokka members list` shows the members");
    program
        .line(&format!("members show {NOBODY}"))
        .fails(1, "404");
    program
        .line("members show nobody@example.com")
        .fails(1, "no member has the address");
    let by_email = program
        .line(&format!("members show {email} --json"))
        .ok()
        .json();
    assert_eq!(by_email[0]["user_id"], mine);
    let unknown = program.line(&format!("members set {user} painter")).err;
    assert!(
        unknown.contains("does not know the role painter"),
        "{unknown}"
    );
}

#[test]
fn keys_are_printed_once() {
    let program = Program::new();
    let created = program
        .line("keys create --comment shop --allowed-ip 192.0.2.0/24 --expires 2031-01-01T00:00:00Z")
        .ok();
    let key = created.out.trim().to_owned();
    assert!(
        key.len() > 10 && !key.contains(char::is_whitespace),
        "{created:?}"
    );
    assert!(
        created.err.contains("not shown again") && !created.err.contains(&key),
        "{created:?}"
    );
    let body = program.last_body();
    assert_eq!(
        (&body["comment"], &body["allowed_ips"]),
        (&json!("shop"), &json!(["192.0.2.0/24"]))
    );
    let list = program.line("keys list").ok().out;
    let row = list.lines().find(|line| line.contains("\tshop\t")).unwrap();
    let id = row.split('\t').next().unwrap();
    assert!(
        row.contains("from 192.0.2.0/24") && !list.contains(&key),
        "{list}"
    );
    let json = program.line("keys list --json").ok();
    assert!(json.json().iter().any(|key| key["id"] == id), "{json:?}");
    program.requests();

    let changed = program
        .line(&format!(
            "keys change {id} --clear allowed-ips --requires-mfa true --json"
        ))
        .ok();
    assert_eq!(
        program.last_body(),
        json!({"allowed_ips": null, "requires_mfa": true})
    );
    assert_eq!(changed.json()[0]["requires_mfa"], true);
    program
        .line(&format!("keys change {id}"))
        .fails(2, "set at least one property");
    program
        .line(&format!("keys change {id} --clear color"))
        .fails(2, "invalid value 'color'");
    program.line("keys current --json").ok();
    program.line("keys admin --json").ok();
    program.requests();
    program
        .line(&format!("keys delete {id}"))
        .fails(2, "Programs that use it stop working");
    assert!(program.requests().is_empty());
    program.line(&format!("keys delete {id} --yes")).ok();
    assert_eq!(program.requests(), [format!("DELETE /user/apikeys/{id}")]);
    program
        .line(&format!("keys delete {id} --yes"))
        .fails(1, "`rokka keys list` shows the ids");
}

#[test]
fn tokens_are_created_and_read() {
    let program = Program::new();
    let created = program
        .line("tokens create --from any --lifetime 30m --renewable")
        .ok();
    let token = created.out.trim().to_owned();
    assert_eq!(
        program.requests(),
        ["GET /user/apikeys/token?expires_in=1800&no_ip_protection=true&renewable=true"]
    );
    assert!(created.err.starts_with("valid until "), "{created:?}");
    let shown = program
        .pipe(&token, ["tokens", "show", "-", "--json"])
        .ok()
        .json();
    assert_eq!(shown[0]["rn"], true);
    assert!(
        program
            .pipe(&token, ["tokens", "show"])
            .ok()
            .out
            .contains("renewable   yes")
    );
    program.pipe("x.y", ["tokens", "show"]).fails(1, "");
    assert!(program.requests().is_empty());
    // Instead of a key.
    let by_token = Program::new()
        .with("ROKKA_API_KEY", "")
        .with("ROKKA_API_TOKEN", token);
    let by_token = by_token.with("ROKKA_API_HOST", program.emulator.url());
    by_token.line("keys list").ok();
    assert_eq!(program.requests(), ["GET /user/apikeys"]);
    program
        .line("tokens create --from nowhere")
        .fails(2, "neither an address nor");
    program
        .line("tokens create --lifetime 30")
        .fails(2, "a number and a unit");
    let with_code = program.pipe("123456", ["tokens", "create", "--mfa"]);
    assert!(matches!(with_code.status, 0 | 1 | 4), "{with_code:?}");
    assert_eq!(
        program.requests(),
        ["POST /user/apikeys/token?ips=request_ip"]
    );
}

#[test]
fn the_second_factor_is_set_up_with_codes_from_standard_input() {
    let program = Program::new();
    assert_eq!(program.line("mfa status").ok().out, "none\n");
    let setup = program.line("mfa setup").ok();
    assert!(setup.out.starts_with("otpauth://"), "{setup:?}");
    program
        .line("mfa confirm")
        .fails(2, "there is no code on standard input");
    program
        .pipe("000000\n", ["mfa", "confirm"])
        .fails(4, "the code is wrong");
    let confirmed = program
        .pipe(
            &format!("{}\n", program.emulator.totp_code()),
            ["mfa", "confirm"],
        )
        .ok();
    assert!(confirmed.out.starts_with("active"), "{confirmed:?}");
    let code = program.emulator.totp_code();
    program
        .pipe(&code, ["mfa", "disable"])
        .fails(2, "Disable the second factor");
    assert_eq!(
        program.pipe(&code, ["mfa", "disable", "--yes"]).ok().out,
        "disabled\n"
    );
    let requests = program.requests();
    assert_eq!(requests.last().unwrap(), "DELETE /user/mfa/totp");
    assert!(
        requests.contains(&"POST /user/mfa/totp/confirm".to_owned()),
        "{requests:?}"
    );
}

#[test]
fn users_are_created_without_credentials() {
    let program = Program::new();
    let created = program.line("user create dev@example.com new-one").ok();
    let key = created.out.trim().to_owned();
    assert!(
        created.err.contains("not shown again") && !created.err.contains(&key),
        "{created:?}"
    );
    let request = &program.emulator.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/users")
    );
    assert_eq!(request.header("api-key"), None);
    assert_eq!(
        request.json(),
        Some(json!({"email": "dev@example.com", "organization": "new-one"}))
    );
    let theirs = Program::new()
        .with("ROKKA_API_HOST", program.emulator.url())
        .with("ROKKA_API_KEY", key);
    assert!(theirs.line("org list").ok().out.contains("new-one"));
    program
        .line("user create nobody")
        .fails(2, "must contain `@`");
    let shown = program.line("user show").ok().out;
    assert!(shown.trim().len() >= 36, "{shown}");
}

#[test]
fn statistics_and_bills_are_tables_in_a_pipe() {
    let program = Program::new();
    program.image("cat.svg");
    let point = |day: &str, value: f64| json!({"timestamp": format!("{day}T00:00:00+00:00"), "value": value, "unit": null});
    let stats = json!({
        "bytes_downloaded": [point("2026-01-01", 10.0), point("2026-01-02", 2_000_000_000.0)],
        "space_in_bytes": [point("2026-01-02", 5.0)],
        "number_of_files": [point("2026-01-02", 1.0)],
    });
    let reply = || {
        let fault = program.emulator.on("GET", "/stats/acme");
        fault.respond_with(
            200,
            [("content-type", "application/json")],
            stats.to_string(),
        );
    };
    reply();
    let days = program
        .line("stats --from 2026-01-01 --to 2026-01-02")
        .ok()
        .out;
    assert_eq!(
        days,
        "2026-01-01\t10\t\t\t\n2026-01-02\t2000000000\t\t5\t1\n"
    );
    assert_eq!(
        program.requests(),
        ["GET /stats/acme?from=2026-01-01&to=2026-01-02"]
    );
    reply();
    assert_eq!(
        program.line("stats --json").ok().json()[0]["space_in_bytes"][0]["value"],
        5.0
    );
    program
        .line("stats --from yesterday")
        .fails(2, "invalid day");
    program
        .line("stats --from 2026-02-01 --to 2026-01-01")
        .fails(2, "invalid period");

    program.requests();
    let bill = json!({"acme": {"2026-01": {"combined": {"total": {"price_in_chf": 12.5}}}, "2026-02": {}}});
    let fault = program.emulator.on("GET", "/billing/acme");
    fault.respond_with(
        200,
        [("content-type", "application/json")],
        bill.to_string(),
    );
    assert_eq!(
        program.line("billing --from 2026-01-01").ok().out,
        "2026-01\t12.50\n2026-02\t?\n"
    );
    assert_eq!(program.requests(), ["GET /billing/acme?from=2026-01-01"]);
    let json: Vec<Value> = program.line("billing --json").ok().json();
    assert_eq!(json.len(), 1);
}

#[test]
fn catalogues_are_listed_without_credentials() {
    let program = Program::new()
        .with("ROKKA_API_KEY", "")
        .with("HOME", "/nonexistent");
    let list = program.line("operations").ok().out;
    assert!(
        list.lines().any(|line| line.starts_with("resize\t")),
        "{list}"
    );
    let resize = program.line("operations resize").ok().out;
    assert!(
        resize
            .lines()
            .any(|line| line.starts_with("width\tinteger\t1…10000")),
        "{resize}"
    );
    let names = program.line("operations --json").ok().json();
    assert!(
        names.iter().any(|operation| operation["name"] == "crop"),
        "{names:?}"
    );
    program
        .line("operations reszie")
        .fails(1, "did you mean `resize`?");
    let options = program.line("stackoptions").ok().out;
    assert!(
        options
            .lines()
            .any(|line| line.starts_with("jpg.quality\tinteger\t")),
        "{options}"
    );
    let one = program.line("stackoptions jpg.quality --json").ok().json();
    assert_eq!(one[0]["name"], "jpg.quality");
    program
        .line("stackoptions jpg.qualty")
        .fails(1, "did you mean `jpg.quality`?");
}
