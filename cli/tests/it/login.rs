//! Keys: where they come from, where they are stored, and that they are not shown.

use rokka::testing::EmulatorExt;
use serde_json::json;

use crate::support::{Ran, World, program};

/// A world with a profile `acme`, whose key is in a file.
fn logged_in() -> World {
    let world = World::new();
    let input = format!("{}\n", world.emulator.api_key());
    let ran = Ran::of(&mut world.anonymous(["login", "--store", "file"]), &input);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.contains("profile acme"), "{ran:?}");
    assert!(!format!("{ran:?}").contains(world.emulator.api_key()));
    world
}

/// Runs the program with what the profile says alone.
fn plain(world: &World, arguments: &[&str]) -> Ran {
    Ran::of(program(world.folder.path()).args(arguments), "")
}

#[test]
fn a_key_is_checked_and_stored_for_its_owner_alone() {
    let world = logged_in();
    let requests = world.requests();
    assert_eq!(requests[0], "GET /");
    let credentials = world.read(".config/credentials.toml");
    assert!(credentials.contains(world.emulator.api_key()));
    assert!(
        !world
            .read(".config/config.toml")
            .contains(world.emulator.api_key())
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        let mode = |name: &str| world.path(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(".config/credentials.toml"), 0o600);
        assert_eq!(mode(".config"), 0o700);
    }
    // The profile has the host, the organization and the key.
    let ran = plain(&world, &["images", "list", "--count"]);
    assert_eq!((ran.status, &*ran.out), (0, "0\n"), "{ran:?}");
    assert_eq!(world.only_request().header("api-key"), Some("[redacted]"));
}

#[test]
fn a_wrong_key_is_not_stored() {
    let world = World::new();
    let ran = Ran::of(
        &mut world.anonymous(["login", "--store", "file"]),
        "wrongwrongwrong\n",
    );
    assert_eq!(ran.status, 4, "{ran:?}");
    assert!(!format!("{ran:?}").contains("wrongwrongwrong"));
    assert!(!world.path(".config/credentials.toml").exists());
    let ran = Ran::of(&mut world.anonymous(["login", "--store", "file"]), "\n");
    assert_eq!(ran.status, 2, "{ran:?}");
    let input = format!("{}\n", world.emulator.api_key());
    let ran = Ran::of(
        &mut world.anonymous(["login", "--store", "file", "-O", "acmee"]),
        &input,
    );
    assert_eq!(ran.status, 4, "{ran:?}");
    assert!(ran.err.contains("did you mean `acme`?"), "{ran:?}");
}

#[test]
fn a_key_with_a_second_factor_gets_a_token() {
    let world = World::new();
    let client = world.emulator.client().unwrap();
    let code = world.emulator.totp_code();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let key = runtime.block_on(async move {
        client.user().set_up_totp().await.unwrap();
        client.user().confirm_totp(code).await.unwrap();
        let key = client
            .user()
            .create_api_key()
            .requires_mfa(true)
            .await
            .unwrap();
        key.api_key.unwrap()
    });
    let input = format!("{}\n{}\n", key.expose(), world.emulator.totp_code());
    let ran = Ran::of(&mut world.anonymous(["login", "--store", "file"]), &input);
    assert_eq!(ran.status, 0, "{ran:?}");
    world.requests();
    let ran = plain(&world, &["images", "list", "--count"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let request = world.only_request();
    assert_eq!(request.header("api-key"), None);
    assert!(request.header("authorization").is_some());
    let ran = Ran::of(
        &mut world.anonymous(["login", "--store", "file"]),
        key.expose(),
    );
    assert_eq!(ran.status, 4, "{ran:?}");
    assert!(ran.err.contains("second factor"), "{ran:?}");
}

#[test]
fn who_am_i() {
    let world = logged_in();
    let ran = plain(&world, &["whoami"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.contains("key from\tthe profile acme\n"), "{ran:?}");
    assert!(ran.out.contains("roles in acme\tadmin\n"), "{ran:?}");
    let objects = world.json(["whoami"]);
    assert_eq!(objects[0]["memberships"][0]["organization"], json!("acme"));
    assert!(!ran.out.contains(world.emulator.api_key()));
}

#[test]
fn profiles_are_listed_chosen_renamed_and_forgotten() {
    let world = logged_in();
    let input = format!("{}\n", world.emulator.api_key());
    let login = ["login", "--store", "file", "--profile", "second"];
    assert_eq!(Ran::of(&mut world.anonymous(login), &input).status, 0);
    let list = plain(&world, &["profiles", "list"]).out;
    let host = world.emulator.url();
    assert_eq!(
        list,
        format!("acme\tacme\t{host}\tfile\t\nsecond\tacme\t{host}\tfile\t*\n")
    );
    assert_eq!(plain(&world, &["profiles", "use", "acme"]).status, 0);
    assert_eq!(
        plain(&world, &["profiles", "rename", "acme", "first"]).status,
        0
    );
    let objects = plain(&world, &["profiles", "list", "--json"]).json();
    assert_eq!(
        (&objects[0]["name"], &objects[0]["default"]),
        (&json!("first"), &json!(true))
    );
    assert_eq!(plain(&world, &["whoami"]).status, 0);
    let ran = plain(&world, &["whoami", "--profile", "second2"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.err.contains("did you mean `second`?"), "{ran:?}");
    assert_eq!(plain(&world, &["logout"]).status, 0);
    let ran = plain(&world, &["whoami"]);
    assert_eq!(ran.status, 4, "{ran:?}");
    assert!(ran.err.contains("rokka login"), "{ran:?}");
    assert_eq!(plain(&world, &["logout", "--all"]).status, 0);
    assert!(
        !world
            .read(".config/credentials.toml")
            .contains(world.emulator.api_key())
    );
}

#[test]
fn keys_come_from_a_file_or_a_variable() {
    let world = World::new();
    world.write("key", format!("{}\n", world.emulator.api_key()));
    let list = ["images", "list", "--count", "-O", "acme"];
    let mut command = world.anonymous(list);
    assert_eq!(
        Ran::of(command.args(["--api-key-file", "key"]), "").status,
        0
    );
    let mut command = world.anonymous(list);
    let ran = Ran::of(
        command.args(["--api-key-file", "-"]),
        world.emulator.api_key(),
    );
    assert_eq!(ran.status, 0, "{ran:?}");
    let mut command = world.anonymous(list);
    let ran = Ran::of(command.args(["--api-key-file", "none"]), "");
    assert_eq!(ran.status, 2, "{ran:?}");
    let ran = Ran::of(&mut world.anonymous(list), "");
    assert_eq!(ran.status, 4, "{ran:?}");
    assert!(ran.err.contains("ROKKA_API_KEY"), "{ran:?}");
    // Never as an argument.
    let mut command = world.anonymous(list);
    let ran = Ran::of(command.args(["--api-key", "abc"]), "");
    assert_eq!(ran.status, 2, "{ran:?}");
}

#[test]
fn the_settings_of_the_php_program_are_read() {
    let world = World::new();
    let host = world.emulator.url();
    let key = world.emulator.api_key();
    let settings =
        format!("rokka_cli:\n    api_key: {key}\n    organization: acme\n    api_uri: '{host}'\n");
    world.write("rokka.yml", &settings);
    let ran = plain(&world, &["images", "list", "--count"]);
    assert_eq!((ran.status, &*ran.out), (0, "0\n"), "{ran:?}");
    assert!(
        ran.err
            .contains("using the key of rokka.yml, organization acme"),
        "{ran:?}"
    );
    std::fs::rename(world.path("rokka.yml"), world.path(".rokka.yml")).unwrap();
    let ran = plain(&world, &["whoami"]);
    assert!(ran.out.contains(".rokka.yml"), "{ran:?}");
    // A key of a variable does not go to the host of a file that lies around.
    world.write(
        "rokka.yml",
        "rokka_cli:\n  api_key: abc\n  api_uri: http://127.0.0.1:9\n",
    );
    assert_eq!(world.run(["images", "list", "--count"]).status, 0);
}

#[cfg(unix)]
#[test]
fn a_file_of_keys_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let world = logged_in();
    let path = world.path(".config/credentials.toml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ran = plain(&world, &["whoami"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.err.contains("chmod 600"), "{ran:?}");
}

/// The key that the emulator gave to a new user, from the file of credentials.
fn stored_key(world: &World) -> String {
    let credentials = world.read(".config/credentials.toml");
    let (_, rest) = credentials.split_once("api_key = \"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn the_key_of_a_new_user_becomes_a_profile() {
    let world = World::new();
    let create = "user create dev@example.com fresh --profile work --store file";
    let ran = Ran::of(&mut world.command(create.split(' ')), "");
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(
        ran.out.contains("profile work") && ran.out.contains("only you"),
        "{ran:?}"
    );
    let key = stored_key(&world);
    assert!(!format!("{ran:?}").contains(&key), "{ran:?}");
    // With nobody else's key.
    assert_eq!(world.only_request().header("api-key"), None);
    let ran = plain(&world, &["whoami"]);
    assert!(ran.out.contains("key from\tthe profile work\n"), "{ran:?}");
    assert!(ran.out.contains("organization\tfresh\n"), "{ran:?}");
    world.requests();
    // A profile that is there keeps its key.
    let ran = Ran::of(&mut world.command(create.split(' ')), "");
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.err.contains("another name"), "{ran:?}");
    assert_eq!(stored_key(&world), key);
    assert!(world.requests().is_empty());
    let create = "user create two@example.com --profile two --store file --json";
    let ran = Ran::of(&mut world.command(create.split(' ')), "");
    assert_eq!(ran.json()[0]["email"], "two@example.com");
    assert_eq!(ran.json()[0].get("api_key"), None);
    // In a pipe, a key without a profile is printed.
    let out = world.out(["user", "create", "three@example.com"]);
    assert!(
        out.trim().len() > 30 && !out.trim().contains(' '),
        "{out:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_key_that_cannot_be_stored_is_printed() {
    use std::os::unix::fs::PermissionsExt;

    let world = World::new();
    let credentials = world.write(".config/credentials.toml", "");
    std::fs::set_permissions(&credentials, std::fs::Permissions::from_mode(0o644)).unwrap();
    let create = "user create dev@example.com --profile work --store file";
    let ran = Ran::of(&mut world.command(create.split(' ')), "");
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.err.contains("cannot be stored"), "{ran:?}");
    world.write("key", ran.out.trim());
    let mut command = world.anonymous(["whoami", "--api-key-file", "key"]);
    assert_eq!(Ran::of(&mut command, "").status, 0);
}
