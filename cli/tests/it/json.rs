//! With `--json`, a command prints the objects of the service as they were sent.

use clap::CommandFactory;
use rokka_cli::Arguments;

use crate::support::{Ran, World};

const HASH: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Few fields, other number formats than those of the models, an empty object as PHP writes it, `null`, and an unknown field.
const IMAGE: &str = r#"{"user_metadata":[],"hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size":"12","width":3.0,"entropy":7.50,"link":null,"future":{"b":1e2,"a":[1.0]},"name":"\u0063at.jpg"}"#;
const ALIAS: &str =
    r#"{"hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","created":null,"more":1.0}"#;
const INVALIDATED: &str = r#"{"items":[],"more":{"n":1.50}}"#;
const STACK: &str = r#"{"name":"grey","stack_operations":[{"name":"grayscale"}],"stack_options":[],"link":null,"more":1.0}"#;
const ORGANIZATION: &str = r#"{"name":"acme","limit":{"space":1.0},"created":null,"more":"x"}"#;
const MEMBER: &str = r#"{"user_id":"d1e2f3a4-0000-4000-8000-000000000001","roles":["admin"],"comment":null,"more":1.0}"#;
const KEY: &str = r#"{"id":"k1","allowed_ips":[],"comment":null,"more":1.0}"#;
const TOTP: &str = r#"{"state":"active","confirmed":null,"more":1.0}"#;

/// What the service sends: the method and the path, and the body.
type Sent<'a> = (&'a str, &'a str, String);

/// Runs a command with `--json` against these responses.
fn run(arguments: &str, responses: &[Sent<'_>]) -> Ran {
    let world = World::new();
    world.write("a.jpg", "a");
    world.write("stacks.json", r#"{"grey": {"operations": []}}"#);
    for (method, path, body) in responses {
        let fault = world.emulator.on(method, path).always();
        fault.respond_with(200, [("content-type", "application/json")], body.as_str());
    }
    let arguments = arguments.split(' ').chain(["--json", "--yes"]);
    Ran::of(&mut world.command(arguments), "123456\n")
}

fn list(items: &[&str]) -> String {
    let (total, items) = (items.len(), items.join(","));
    format!(r#"{{"total":{total},"items":[{items}],"more":1}}"#)
}

/// Commands, the responses that they get, and what they print.
fn rows() -> Vec<(String, Vec<Sent<'static>>, Vec<String>)> {
    let mut rows = Vec::new();
    let mut row = |arguments: &str,
                   responses: Vec<(&'static str, &'static str, String)>,
                   printed: &[&str]| {
        let printed = printed.iter().map(|&line| line.to_owned()).collect();
        rows.push((arguments.replace("HASH", HASH), responses, printed));
    };
    let other = IMAGE.replace("aaaaa", "bbbbb");
    let images = "/sourceimages/acme";
    for arguments in ["images list", "images search name=cat.jpg"] {
        row(
            arguments,
            vec![("GET", images, list(&[IMAGE, &other]))],
            &[IMAGE, &other],
        );
    }
    row(
        "images list --fields size,future,deleted",
        vec![("GET", images, list(&[IMAGE]))],
        &[r#"{"deleted":null,"future":{"a":[1.0],"b":100.0},"size":"12"}"#],
    );
    row(
        "images search --facets name",
        vec![("GET", images, r#"{"total":0,"items":[],"links":{},"facets":{"name":[{"value":"cat","count":2,"more":1.0}]}}"#.to_owned())],
        &[r#"{"name":[{"value":"cat","count":2,"more":1.0}]}"#],
    );
    let image = "/sourceimages/acme/*";
    row(
        "images show HASH",
        vec![("GET", image, IMAGE.to_owned())],
        &[IMAGE],
    );
    row(
        "images upload a.jpg",
        vec![("POST", images, list(&[IMAGE]))],
        &[IMAGE],
    );
    row(
        "images restore HASH",
        vec![("POST", "/sourceimages/acme/*/restore", IMAGE.to_owned())],
        &[IMAGE],
    );
    row(
        "images set-name HASH dog.jpg",
        vec![
            ("PUT", "/sourceimages/acme/*/name", String::new()),
            ("GET", image, IMAGE.to_owned()),
        ],
        &[IMAGE],
    );
    for arguments in [
        "images subject-area HASH 1,2,3,4",
        "images crop-area HASH 1,2,3,4",
        r#"images dynamic-metadata set HASH version {"text":"two"}"#,
    ] {
        row(
            arguments,
            vec![(
                "PUT",
                "/sourceimages/acme/*/meta/dynamic/*",
                IMAGE.to_owned(),
            )],
            &[IMAGE],
        );
    }
    row(
        "images dynamic-metadata unset HASH version",
        vec![(
            "DELETE",
            "/sourceimages/acme/*/meta/dynamic/*",
            IMAGE.to_owned(),
        )],
        &[IMAGE],
    );
    for arguments in ["images protect HASH", "images lock HASH"] {
        row(
            arguments,
            vec![("PUT", "/sourceimages/acme/*/options/*", IMAGE.to_owned())],
            &[IMAGE],
        );
    }
    for arguments in [
        "images describe HASH",
        "images label HASH",
        "images content-credentials HASH",
    ] {
        row(
            arguments,
            vec![("POST", "/sourceimages/acme/*/*", IMAGE.to_owned())],
            &[IMAGE],
        );
    }
    row(
        "images invalidate HASH",
        vec![(
            "DELETE",
            "/sourceimages/acme/*/cache",
            INVALIDATED.to_owned(),
        )],
        &[INVALIDATED],
    );
    let metadata = r#"{"int:sku":42.0,"title":"\u0063at","array:labels":["a"]}"#;
    row(
        "images metadata get HASH",
        vec![("GET", "/sourceimages/acme/*/meta/user", metadata.to_owned())],
        &[metadata],
    );
    row(
        "images metadata get HASH price",
        vec![("GET", "/sourceimages/acme/*/meta/user/*", "1.50".to_owned())],
        &["1.50"],
    );
    let alias = "/sourceimages/acme/alias/*";
    row(
        "images alias set logo HASH",
        vec![("PUT", alias, ALIAS.to_owned())],
        &[ALIAS],
    );
    row(
        "images alias get logo",
        vec![("GET", alias, ALIAS.to_owned())],
        &[ALIAS],
    );
    row(
        "images alias invalidate logo",
        vec![(
            "DELETE",
            "/sourceimages/acme/alias/*/cache",
            INVALIDATED.to_owned(),
        )],
        &[INVALIDATED],
    );

    let stack = "/stacks/acme/*";
    for arguments in ["stacks list", "stacks show --all"] {
        row(
            arguments,
            vec![("GET", "/stacks/acme", list(&[STACK]))],
            &[STACK],
        );
    }
    row(
        "stacks show grey",
        vec![("GET", stack, STACK.to_owned())],
        &[STACK],
    );
    row(
        "stacks create grey --operations grayscale",
        vec![("PUT", stack, STACK.to_owned())],
        &[STACK],
    );
    let copied = STACK.replace("grey", "copy");
    row(
        "stacks clone grey copy",
        vec![
            ("GET", stack, STACK.to_owned()),
            ("PUT", stack, copied.clone()),
        ],
        &[&copied],
    );
    row(
        "stacks clone-all backup",
        vec![
            ("GET", "/stacks/*", list(&[STACK])),
            ("PUT", "/stacks/backup/*", copied.clone()),
        ],
        &[&copied],
    );
    row(
        "stacks apply stacks.json",
        vec![("PUT", stack, copied.clone())],
        &[&copied],
    );
    row(
        "stacks invalidate grey",
        vec![("DELETE", "/stacks/acme/*/cache", INVALIDATED.to_owned())],
        &[INVALIDATED],
    );

    row(
        "operations",
        vec![(
            "GET",
            "/operations",
            r#"{"blur":{"properties":{"sigma":{"type":"number","minimum":1.0}},"more":1.50}}"#
                .to_owned(),
        )],
        &[r#"{"more":1.5,"name":"blur","properties":{"sigma":{"minimum":1.0,"type":"number"}}}"#],
    );
    row(
        "stackoptions",
        vec![(
            "GET",
            "/stackoptions",
            r#"{"properties":{"dpr":{"type":"number","default":1.0}}}"#.to_owned(),
        )],
        &[r#"{"default":1.0,"name":"dpr","type":"number"}"#],
    );
    let stats =
        r#"{"space_in_bytes":[{"timestamp":"2026-01-01T00:00:00.000Z","value":1.0}],"more":{}}"#;
    row(
        "stats",
        vec![("GET", "/stats/acme", stats.to_owned())],
        &[stats],
    );
    let bill = r#"{"acme":{"2026-01":{"price":1.0}}}"#;
    row(
        "billing",
        vec![("GET", "/billing/acme", bill.to_owned())],
        &[bill],
    );
    let signed = r#"{"signed_url":"https://acme.rokka.io/a?sig=1","until":null,"more":1.0}"#;
    row(
        "url sign https://acme.rokka.io/thumb/3f9a21.jpg --by-service",
        vec![("POST", "/utils/acme/sign_url", signed.to_owned())],
        &[signed],
    );

    // Signing keys are not asked for.
    let keys = r#""signing_keys":[{"key":"SECRET","more":1.0}]"#;
    let with_keys = ORGANIZATION.replace("{\"name\"", &format!("{{{keys},\"name\""));
    let organization = "/organizations/acme";
    row(
        "org show",
        vec![("GET", organization, with_keys.clone())],
        &[ORGANIZATION],
    );
    row(
        "org show --signing-keys",
        vec![("GET", organization, with_keys.clone())],
        &[r#"{"key":"SECRET","more":1.0}"#],
    );
    row(
        "org create fresh dev@example.com",
        vec![("PUT", "/organizations/fresh", with_keys.clone())],
        &[ORGANIZATION],
    );
    row(
        "org set remote_basepath=https://example.com",
        vec![("PUT", "/organizations/acme/options/*", with_keys.clone())],
        &[ORGANIZATION],
    );
    row(
        "org children",
        vec![(
            "GET",
            "/organizations/acme/sub_organizations",
            list(&[ORGANIZATION]),
        )],
        &[ORGANIZATION],
    );
    let membership = r#"{"organization":"acme","roles":["admin"],"more":1.0}"#;
    row(
        "org list",
        vec![("GET", "/user/memberships", list(&[membership]))],
        &[membership],
    );

    // Nor is a key, unless the command creates it.
    let with_key = |object: &str| object.replacen('{', r#"{"api_key":"SECRET","#, 1);
    let members = "/organizations/acme/memberships";
    let member = "/organizations/acme/memberships/*";
    row(
        "members list",
        vec![("GET", members, list(&[&with_key(MEMBER)]))],
        &[MEMBER],
    );
    row(
        "members show d1e2f3a4-0000-4000-8000-000000000001",
        vec![("GET", member, with_key(MEMBER))],
        &[MEMBER],
    );
    row(
        "members set d1e2f3a4-0000-4000-8000-000000000001 admin",
        vec![("PUT", member, MEMBER.to_owned())],
        &[MEMBER],
    );
    row(
        "members create-user read",
        vec![("POST", members, with_key(MEMBER))],
        &[&with_key(MEMBER)],
    );
    let of_user = "/user/apikeys";
    row(
        "keys list",
        vec![("GET", of_user, format!("[{}]", with_key(KEY)))],
        &[KEY],
    );
    row(
        "keys current",
        vec![("GET", "/user/apikeys/current", with_key(KEY))],
        &[KEY],
    );
    row(
        "keys create",
        vec![("POST", of_user, with_key(KEY))],
        &[&with_key(KEY)],
    );
    row(
        "keys change d1e2f3a4-0000-4000-8000-000000000001 --trusted true",
        vec![("PATCH", "/user/apikeys/*", with_key(KEY))],
        &[KEY],
    );
    let with_keys = |key: &str| {
        format!(
            r#"{{"organization":"acme","user_id":"d1e2f3a4-0000-4000-8000-000000000001","api_keys":[{key}],"more":1.0}}"#
        )
    };
    row(
        "keys admin",
        vec![(
            "GET",
            "/user/admin/apikeys",
            list(&[&with_keys(&with_key(KEY))]),
        )],
        &[&with_keys(KEY)],
    );
    let user = |key: &str| {
        format!(
            r#"{{"user_id":"d1e2f3a4-0000-4000-8000-000000000001","api_keys":[{key}],"email":null,"more":1.0}}"#
        )
    };
    row(
        "user show",
        vec![("GET", "/user", user(&with_key(KEY)))],
        &[&user(KEY)],
    );
    let new = r#"{"id":"u1","api_key":"SECRET","more":1.0}"#;
    row(
        "user create dev@example.com",
        vec![("POST", "/users", new.to_owned())],
        &[new],
    );
    let token = r#"{"token":"SECRET","payload":{"exp":1.0,"more":2.50}}"#;
    row(
        "tokens create",
        vec![("GET", "/user/apikeys/token", token.to_owned())],
        &[token],
    );
    let totp = "/user/mfa/totp";
    row("mfa status", vec![("GET", totp, TOTP.to_owned())], &[TOTP]);
    let setup = r#"{"secret":"SECRET","provisioning_uri":"otpauth://SECRET","more":1.0}"#;
    row(
        "mfa setup",
        vec![("POST", totp, setup.to_owned())],
        &[setup],
    );
    row(
        "mfa confirm",
        vec![("POST", "/user/mfa/totp/confirm", TOTP.to_owned())],
        &[TOTP],
    );
    row(
        "whoami",
        vec![
            ("GET", "/user", user(&with_key(KEY))),
            ("GET", "/user/apikeys/current", with_key(KEY)),
            ("GET", "/user/memberships", list(&[membership])),
        ],
        &[
            r#"{"user":{"api_keys":[{"allowed_ips":[],"comment":null,"id":"k1","more":1.0}],"email":null,"more":1.0,"user_id":"d1e2f3a4-0000-4000-8000-000000000001"},"api_key":{"allowed_ips":[],"comment":null,"id":"k1","more":1.0},"memberships":[{"more":1.0,"organization":"acme","roles":["admin"]}]}"#,
        ],
    );
    rows
}

#[test]
fn objects_are_printed_as_they_were_sent() {
    let mut wrong = Vec::new();
    for (arguments, responses, printed) in rows() {
        let ran = run(&arguments, &responses);
        let lines: Vec<&str> = ran.out.lines().collect();
        if ran.status != 0 || lines != printed {
            wrong.push(format!("{arguments}\n  {ran:?}\n  expected {printed:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_command_is_held_against_what_was_sent_or_prints_an_object_of_its_own() {
    fn leaves(command: &clap::Command, typed: &str, found: &mut Vec<String>) {
        if !command.has_subcommands() {
            found.push(typed.trim().to_owned());
        }
        for inner in command.get_subcommands() {
            leaves(inner, &format!("{typed} {}", inner.get_name()), found);
        }
    }
    // What the service does not send, or sends as it is.
    let own = [
        "login",
        "logout",
        "profiles list",
        "profiles use",
        "profiles rename",
        "images download",
        "images delete",
        "images copy",
        "images copy-all",
        "images metadata set",
        "images metadata unset",
        "images alias delete",
        "sync",
        "stacks delete",
        "stacks diff",
        "stacks preview",
        "render",
        "url build",
        "url sign",
        "url verify",
        "url explain",
        "members remove",
        "keys delete",
        "tokens show",
        "mfa disable",
        "api",
        "emulator",
        "completions",
        "man",
    ];
    let rows: Vec<String> = rows()
        .into_iter()
        .map(|(arguments, ..)| arguments)
        .collect();
    let mut commands = Vec::new();
    leaves(&Arguments::command(), "", &mut commands);
    let is_covered = |command: &String| {
        let starts = |row: &String| row == command || row.starts_with(&format!("{command} "));
        own.contains(&command.as_str()) || rows.iter().any(starts)
    };
    let others: Vec<&String> = commands
        .iter()
        .filter(|command| !is_covered(command))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn an_object_that_was_sent_in_several_lines_is_printed_in_one() {
    let pretty = format!(
        "\u{feff}{}",
        IMAGE.replace(",\"", ",\r\n\t\"").replace(':', ": ")
    );
    let ran = run(
        &format!("images show {HASH}"),
        &[("GET", "/sourceimages/acme/*", pretty)],
    );
    assert_eq!(ran.out, format!("{IMAGE}\n"));
}

#[test]
fn images_that_are_listed_several_pages_at_a_time_are_printed_as_they_were_sent() {
    let world = World::new();
    world.emulator.seed_images("acme", 12_000);
    let out = world.out(["images", "list", "--json"]);
    let hashes: std::collections::HashSet<String> = out
        .lines()
        .map(|line| {
            let image: serde_json::Value = serde_json::from_str(line).unwrap();
            image["hash"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(hashes.len(), 12_000);
    // What the emulator sends of the first one, to the byte; and nothing that a model added.
    let first = out.lines().next().unwrap();
    let sent = world.out(["api", "/sourceimages/acme?limit=1"]);
    assert!(sent.contains(first), "{first}\n{sent}");
    let names = |line: &str| {
        let image: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        image.keys().cloned().collect::<Vec<_>>()
    };
    assert!(out.lines().all(|line| names(line) == names(first)));
}
