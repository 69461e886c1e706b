//! What a failure says, and its exit status.

use rokka::testing::{Emulator, EmulatorExt};

use crate::support::{Ran, World};

#[test]
fn a_wrong_organization_is_explained() {
    let world = World::new();
    world.upload("a.jpg", "a");
    for arguments in [
        &["images", "list", "-O", "acmee"][..],
        &["images", "upload", "a.jpg", "-O", "acmee"],
    ] {
        let ran = world.run(arguments);
        assert!(ran.status == 1 || ran.status == 4, "{ran:?}");
        assert!(ran.err.contains("did you mean `acme`?"), "{ran:?}");
    }
}

#[test]
fn a_role_that_is_missing_is_named() {
    let world = World::new();
    let image = world.upload("a.jpg", "a");
    let client = world.emulator.client().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let member = runtime.block_on(async {
        let memberships = client.memberships("acme").unwrap();
        let roles = [rokka::Role::SourceimagesWrite];
        memberships.create_with_new_user(roles).await.unwrap()
    });
    let key = member.api_key.unwrap();
    world.out(["images", "lock", &image]);
    let mut command = world.command(["images", "lock", "--off", &image]);
    let ran = Ran::of(command.env("ROKKA_API_KEY", key.expose()), "");
    assert_eq!(ran.status, 4, "{ran:?}");
    assert!(
        ran.err.contains("the role admin or sourceimages:unlock"),
        "{ran:?}"
    );
    assert!(
        ran.err.contains("the key has sourceimages:write in `acme`"),
        "{ran:?}"
    );
}

#[test]
fn a_key_that_the_service_does_not_know_is_not_authorized() {
    let world = World::new();
    let key = "unknownunknownunknown";
    let mut command = world.command(["images", "list"]);
    let ran = Ran::of(command.env("ROKKA_API_KEY", key), "");
    assert_eq!(ran.status, 4, "{ran:?}");
    assert!(ran.err.contains("rokka login"), "{ran:?}");
    assert!(!ran.err.contains(key), "{ran:?}");
}

#[test]
fn wrong_values_are_refused_before_anything_is_sent() {
    let world = World::new();
    for arguments in [
        &["images", "show", "no hash"][..],
        &["images", "list", "-O", "No Organization"],
        &["images", "list", "--host", "http://rokka.internal"],
        &["images", "paint"],
        &["images", "list", "--limit", "many"],
        &[],
    ] {
        let ran = world.run(arguments);
        assert_eq!(ran.status, 2, "{arguments:?}: {ran:?}");
        assert!(!ran.err.is_empty(), "{arguments:?}");
    }
    assert_eq!(world.requests(), [""; 0]);
}

#[test]
fn no_organization_is_wrong_usage() {
    let world = World::new();
    let mut command = world.anonymous(["images", "list"]);
    let ran = Ran::of(command.env("ROKKA_API_KEY", world.emulator.api_key()), "");
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.err.contains("--organization"), "{ran:?}");
}

#[test]
fn the_service_that_limits_the_rate_is_waited_for() {
    let world = World::new();
    world.write("a.jpg", "a");
    let limited = world.emulator.on("POST", "/sourceimages/acme").times(2);
    limited.respond_with(429, [("retry-after", "0")], "{}");
    let ran = world.run(["images", "upload", "a.jpg"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.err.contains("429"), "{ran:?}");
    assert_eq!(world.requests().len(), 3);
}

#[test]
fn a_service_that_is_down_for_a_moment_is_tried_again() {
    let world = World::new();
    world.write("p/a.jpg", "a");
    let down = world.emulator.on("GET", "/sourceimages/acme").once();
    down.respond_with(503, [("retry-after", "0")], "down");
    let down = world.emulator.on("POST", "/sourceimages/acme").once();
    down.respond_with(503, [("retry-after", "0")], "down");
    let ran = world.run(["sync", "p"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let ran = Ran::of(&mut world.command(["sync", "p", "--quiet"]), "");
    assert_eq!((ran.status, &*ran.err), (0, ""));
}

#[test]
fn a_service_that_does_not_listen_is_named() {
    let world = World::new();
    world.emulator.stop();
    world.write("a.jpg", "a");
    let ran = world.run(["images", "list", "--no-retry"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.err.contains("--local"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let world = World::new();
    let hash = world.upload("big.jpg", &"x".repeat(200_000));
    let program = env!("CARGO_BIN_EXE_rokka");
    // A file cannot get larger than this, and the signal for it is ignored.
    let script =
        format!("trap '' XFSZ; ulimit -f 64; exec {program} images download {hash} -o copy.jpg");
    let program = world.command([""; 0]);
    let mut command = std::process::Command::new("bash");
    command.env_clear().current_dir(world.folder.path());
    command.envs(
        program
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let ran = Ran::of(command.args(["-c", &script]), "");
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.err.contains("hint:"), "{ran:?}");
    assert!(!world.path("copy.jpg").exists());
    let left = std::fs::read_dir(world.folder.path())
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            !["big.jpg"].contains(&name.to_str().unwrap())
        });
    assert_eq!(left.count(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_said() {
    let world = World::new();
    world.emulator.seed_images("acme", 10);
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = world
        .command(["images", "list"])
        .stdout(full)
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("cannot write to standard output"), "{err}");
    assert!(err.contains("the disk is full"), "{err}");
}

#[test]
fn keys_are_not_in_the_list_of_processes_nor_in_messages() {
    let emulator = Emulator::builder()
        .latency(std::time::Duration::from_millis(500))
        .start_blocking();
    let world = World::of(emulator);
    let key = world.emulator.api_key().to_owned();
    let mut child = world
        .command(["images", "list"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    #[cfg(target_os = "linux")]
    {
        let arguments = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
        assert!(!String::from_utf8_lossy(&arguments).contains(&key));
    }
    child.wait().unwrap();
    world
        .emulator
        .on("GET", "/sourceimages/acme")
        .always()
        .respond_with(
            400,
            [("content-type", "application/json")],
            format!("{{\"error\":{{\"message\":\"the key {key} is odd\"}}}}").as_str(),
        );
    let ran = world.run(["images", "list"]);
    assert!(!format!("{ran:?}").contains(&key), "{ran:?}");
}
