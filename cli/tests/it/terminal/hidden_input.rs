//! Keys and codes are not shown while they are entered.

use std::time::{Duration, Instant};

use rexpect::session::PtySession;
use rokka::testing::EmulatorExt;
use rustix::termios::{LocalModes, tcgetattr};

use super::{LIMIT, start_command_in, status};
use crate::support::World;

fn start(world: &World, arguments: &[&str]) -> PtySession {
    start_command_in(&world.anonymous(arguments), 80)
}

fn echoes(session: &PtySession) -> bool {
    let terminal = session.process().get_file_handle().unwrap();
    tcgetattr(&terminal)
        .unwrap()
        .local_modes
        .contains(LocalModes::ECHO)
}

/// Waits for a question and for the end of the echo: the program asks first.
fn wait_for(session: &mut PtySession, question: &str) {
    session.exp_string(question).unwrap();
    let started = Instant::now();
    while echoes(session) {
        assert!(
            started.elapsed() < Duration::from_millis(LIMIT),
            "the echo stays"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_key_is_asked_for_without_echo() {
    let world = World::new();
    let mut session = start(&world, &["login", "--store", "file"]);
    wait_for(&mut session, "API key");
    session.send_line(world.emulator.api_key()).unwrap();
    let text = session.exp_eof().unwrap();
    assert!(text.contains("Logged in as profile acme"), "{text:?}");
    assert!(!text.contains(world.emulator.api_key()), "{text:?}");
    assert!(echoes(&session));
    assert_eq!(status(&mut session), 0);
}

#[test]
fn a_code_is_asked_for_without_echo_after_the_key() {
    let world = World::new();
    let client = world.emulator.client().unwrap();
    let code = world.emulator.totp_code();
    let key = crate::program::runtime().block_on(async move {
        client.user().set_up_totp().await.unwrap();
        client.user().confirm_totp(code).await.unwrap();
        let key = client.user().create_api_key().requires_mfa(true);
        key.await.unwrap().api_key.unwrap()
    });
    let mut session = start(&world, &["login", "--store", "file"]);
    wait_for(&mut session, "API key");
    session.send_line(key.expose()).unwrap();
    wait_for(&mut session, "Code of the second factor");
    let code = world.emulator.totp_code();
    session.send_line(&code).unwrap();
    let text = session.exp_eof().unwrap();
    assert!(text.contains("Logged in as profile acme"), "{text:?}");
    assert!(
        !text.contains(&code) && !text.contains(key.expose()),
        "{text:?}"
    );
    assert_eq!(status(&mut session), 0);
}

#[test]
fn the_echo_comes_back_after_an_interruption() {
    let world = World::new();
    let mut session = start(&world, &["login", "--store", "file"]);
    wait_for(&mut session, "API key");
    session.send_control('c').unwrap();
    session.exp_eof().unwrap();
    assert!(echoes(&session));
    assert_eq!(status(&mut session), 130);
    assert!(!world.path(".config/credentials.toml").exists());
}
