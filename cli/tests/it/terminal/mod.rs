//! What a person sees: in a pseudo-terminal.

mod hidden_input;
mod pictures;
mod stats;
mod tables;

use std::process::Command;

use rexpect::session::{PtySession, spawn_command};

use crate::support::World;

const LIMIT: u64 = 30_000;

/// Starts the program in a terminal of its own, which echoes what is entered.
fn start(world: &World, arguments: &[&str]) -> PtySession {
    start_in(world, 80, arguments)
}

/// The same in a terminal of this many columns.
fn start_in(world: &World, columns: u16, arguments: &[&str]) -> PtySession {
    start_command_in(&world.command(arguments), columns)
}

/// The same for a command. The library starts a terminal without echo; it is set up before the program starts.
fn start_command_in(command: &Command, columns: u16) -> PtySession {
    let script = format!("stty echo rows 24 cols {columns} && exec \"$0\" \"$@\"");
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &script]).arg(command.get_program());
    shell.args(command.get_args()).env_clear();
    shell
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "xterm-256color");
    for (name, value) in command.get_envs() {
        shell.env(name, value.unwrap_or_default());
    }
    shell.current_dir(command.get_current_dir().unwrap());
    spawn_command(shell, Some(LIMIT)).unwrap()
}

/// The lines that the program printed until it ended, with the escape sequences of styles.
fn lines(session: &mut PtySession) -> Vec<String> {
    let text = session.exp_eof().unwrap();
    assert_eq!(status(session), 0, "{text:?}");
    // The library takes each byte for a character.
    let bytes = text.chars().map(|byte| u8::try_from(byte).unwrap());
    let text = String::from_utf8(bytes.collect()).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// A line without styles.
fn unstyled(line: &str) -> String {
    line.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "")
}

/// The columns that a line takes.
fn width(line: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(unstyled(line).as_str())
}

/// Fails if a line is wider than the terminal, which would break it.
#[track_caller]
fn fit(lines: &[String], columns: usize) {
    for line in lines {
        let width = width(line);
        assert!(width <= columns, "{width} of {columns} columns: {lines:#?}");
    }
}

fn status(session: &mut PtySession) -> i32 {
    // The type belongs to another crate: `Exited(Pid(1), 0)`.
    let ended = format!("{:?}", session.process_mut().wait().unwrap());
    let status = ended
        .strip_prefix("Exited(")
        .and_then(|rest| rest.rsplit_once(", "));
    let (_, status) = status.unwrap_or_else(|| panic!("{ended}"));
    status.trim_end_matches(')').parse().unwrap()
}

#[test]
fn a_question_is_asked_and_no_means_no() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    let mut session = start(&world, &["images", "delete", &hash]);
    session.exp_string("Delete 1 image of acme?").unwrap();
    session.send("n").unwrap();
    session.flush().unwrap();
    session.exp_string("nothing was done").unwrap();
    session.exp_eof().unwrap();
    assert_eq!(status(&mut session), 1);
    let mut session = start(&world, &["images", "delete", &hash]);
    session.exp_string("Delete 1 image of acme?").unwrap();
    session.send("y").unwrap();
    session.flush().unwrap();
    session.exp_string("deleted 1 image").unwrap();
    session.exp_eof().unwrap();
    assert_eq!(status(&mut session), 0);
}

#[test]
fn a_question_is_interrupted() {
    let world = World::new();
    let hash = world.upload("cat.jpg", "a cat");
    let mut session = start(&world, &["images", "delete", &hash]);
    session.exp_string("Delete 1 image of acme?").unwrap();
    session.send_control('c').unwrap();
    session.exp_eof().unwrap();
    assert_eq!(status(&mut session), 130);
    assert_eq!(world.out(["images", "list", "--count"]), "1\n");
}

#[test]
fn files_under_way_have_a_line_each_and_a_total() {
    let emulator = rokka::testing::Emulator::builder()
        .latency(std::time::Duration::from_millis(400))
        .start_blocking();
    let world = World::of(emulator);
    for name in ["p/first.jpg", "p/second.jpg", "p/third.jpg"] {
        world.write(name, name.repeat(10_000));
    }
    let mut session = start(
        &world,
        &["images", "upload", "-r", "p", "--concurrency", "2"],
    );
    let text = session.exp_eof().unwrap();
    assert!(
        text.contains("first.jpg") && text.contains("uploading"),
        "{text:?}"
    );
    assert!(text.contains("of 3") && text.contains("left"), "{text:?}");
    assert!(text.contains("uploaded 3 files"), "{text:?}");
}

#[test]
fn a_new_key_is_stored_or_printed_as_a_person_says() {
    let world = World::new();
    let create = [
        "user",
        "create",
        "dev@example.com",
        "fresh",
        "--store",
        "file",
    ];
    let mut session = start(&world, &create);
    session.exp_string("instead of printing it?").unwrap();
    session.send("y").unwrap();
    session.flush().unwrap();
    session.exp_string("Profile [fresh]").unwrap();
    session.send_line("").unwrap();
    let text = session.exp_eof().unwrap();
    assert!(text.contains("profile fresh"), "{text:?}");
    let credentials = world.read(".config/credentials.toml");
    let (_, key) = credentials.split_once("api_key = \"").unwrap();
    let key = key.split_once('"').unwrap().0;
    assert!(!text.contains(key), "{text:?}");
    assert_eq!(status(&mut session), 0);

    let mut session = start(&world, &["user", "create", "two@example.com"]);
    session.exp_string("instead of printing it?").unwrap();
    session.send("n").unwrap();
    session.flush().unwrap();
    session.exp_string("the key is not shown again").unwrap();
    session.exp_eof().unwrap();
    assert_eq!(status(&mut session), 0);
    assert_eq!(credentials, world.read(".config/credentials.toml"));
    // A person who does not answer creates nobody.
    world.requests();
    let mut session = start(&world, &["user", "create", "three@example.com"]);
    session.exp_string("instead of printing it?").unwrap();
    session.send_control('c').unwrap();
    session.exp_eof().unwrap();
    assert_eq!(status(&mut session), 130);
    assert!(world.requests().is_empty());
}
