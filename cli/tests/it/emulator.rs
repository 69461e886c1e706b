//! `rokka emulator` and `--local`.

#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;

use crate::program::Program;

#[test]
fn a_missing_emulator_is_explained() {
    let program = Program::new().alone();
    // No folder of PATH has it.
    let failed = program
        .line("emulator --seed pictures")
        .fails(1, "rokka-emulator is not installed");
    assert!(
        failed.err.contains("cargo install rokka-emulator"),
        "{failed:?}"
    );
}

#[cfg(unix)]
#[test]
fn the_emulator_gets_all_arguments_and_its_status_is_that_of_the_command() {
    let program = Program::new().alone();
    let script = program.file("rokka-emulator", "#!/bin/sh\necho \"$@\"\nexit 7\n");
    let permissions = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&script, permissions).unwrap();
    let path = format!("{}:/bin:/usr/bin", program.folder().display());
    let program = program.with("PATH", path);
    let ran = program.line("emulator --host 127.0.0.1 --port 0 --help --json --organization a");
    assert_eq!(
        (ran.status, ran.out.as_str()),
        (
            7,
            "--host 127.0.0.1 --port 0 --help --json --organization a\n"
        )
    );
}

#[test]
fn an_emulator_that_does_not_run_is_explained_soon() {
    // A port that nobody else can have while nobody listens on it.
    // Nobody listens on the port, and nobody else can.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let host = socket.local_addr().unwrap().to_string();
    let failed = Program::new()
        .line(&format!("images list --local {host}"))
        .fails(1, &format!("no emulator listens at {host}"));
    assert!(failed.err.contains("`rokka emulator`"), "{failed:?}");
    assert!(failed.err.contains("after 4 attempts"), "{failed:?}");
}

#[test]
fn local_points_every_command_at_an_emulator() {
    let other = Program::new();
    let local = Program::new();
    let image = local.image("cat.svg");
    let url = local.emulator.url();
    // Whatever the environment says.
    let run = |arguments: &str| other.line(&format!("{arguments} --local={url}"));
    assert_eq!(run("stacks list").ok().out, "");
    run("stacks create grey --operations grayscale").ok();
    assert!(run("org list").ok().out.contains("acme"));
    let picture = run(&format!("render {} grey -f svg", image.hash)).ok();
    assert_eq!(picture.bytes, crate::program::picture("cat.svg"));
    run("api getUser").ok();
    // Also without the sign, wherever it is, and without the scheme.
    let host = url.strip_prefix("http://").unwrap();
    for line in [
        format!("images list --count --local {url}"),
        format!("--local {url}/ images list --count"),
        format!("--local {host} images list --count"),
        format!("images --local={host} list --count"),
    ] {
        assert_eq!(other.line(&line).ok().out, "1\n", "{line}");
    }
    assert!(other.requests().is_empty());
    assert!(local.requests().len() >= 5);
}
