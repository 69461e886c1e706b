//! What a person sees: in a pseudo-terminal.

mod pictures;

use rexpect::session::{PtySession, spawn_command};

use crate::support::World;

const LIMIT: u64 = 30_000;

/// Starts the program in a terminal of its own.
fn start(world: &World, arguments: &[&str]) -> PtySession {
    let mut command = world.command(arguments);
    command.env("TERM", "xterm-256color");
    spawn_command(command, Some(LIMIT)).unwrap()
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
fn a_list_is_a_table_with_colors() {
    let world = World::new();
    world.upload("cat.jpg", "a cat");
    let mut session = start(&world, &["images", "list"]);
    let text = session.exp_eof().unwrap();
    assert!(text.contains("\u{1b}[1m"), "{text:?}");
    assert!(
        text.contains("hash") && text.contains("cat.jpg") && !text.contains('\t'),
        "{text:?}"
    );

    let mut command = world.command(["images", "list"]);
    command.env("TERM", "xterm").env("NO_COLOR", "1");
    let mut session = spawn_command(command, Some(LIMIT)).unwrap();
    let text = session.exp_eof().unwrap();
    assert!(
        text.contains("hash") && !text.contains("\u{1b}[1m"),
        "{text:?}"
    );
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
fn a_key_is_asked_for_without_echo() {
    let world = World::new();
    let mut command = world.anonymous(["login", "--store", "file"]);
    command.env("TERM", "xterm");
    let mut session = spawn_command(command, Some(LIMIT)).unwrap();
    session.exp_string("API key").unwrap();
    // The program turns the echo off after it has asked.
    std::thread::sleep(std::time::Duration::from_millis(200));
    session.send_line(world.emulator.api_key()).unwrap();
    let text = session.exp_eof().unwrap();
    assert!(text.contains("Logged in as profile acme"), "{text:?}");
    assert!(!text.contains(world.emulator.api_key()), "{text:?}");
    assert_eq!(status(&mut session), 0);
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
