//! Ctrl-C.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use rokka::testing::Emulator;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{World, status};

fn interrupt(child: &Child, signal: Signal) {
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, signal).unwrap();
}

#[test]
fn a_sync_that_is_interrupted_ends_cleanly_and_is_continued() {
    let emulator = Emulator::builder()
        .latency(Duration::from_millis(30))
        .start_blocking();
    let world = World::of(emulator);
    for number in 0..60 {
        world.write(&format!("p/{number}.jpg"), number.to_string());
    }
    let mut child = world
        .command(["sync", "p", "--concurrency", "2"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // In the middle of it: the fifth request is an upload.
    while world.emulator.requests().len() < 6 {
        std::thread::sleep(Duration::from_millis(5));
    }
    interrupt(&child, Signal::INT);
    let exit = status(child.wait().unwrap());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(exit, 130, "{err}");
    assert!(err.contains("the same command continues"), "{err}");
    let stored: u64 = world
        .out(["images", "list", "--count"])
        .trim()
        .parse()
        .unwrap();
    assert!(stored > 0 && stored < 60, "{stored}");
    // What was printed is stored.
    assert!(String::from_utf8(output.stdout).unwrap().lines().count() as u64 <= stored);
    world.requests();
    let ran = world.run(["sync", "p"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(ran.out.lines().count() as u64, 60 - stored);
    assert_eq!(world.out(["images", "list", "--count"]), "60\n");
}

#[test]
fn a_download_that_is_interrupted_leaves_no_file() {
    let world = World::new();
    let hash = world.upload("big.jpg", &"x".repeat(4_000_000));
    let path = format!("/sourceimages/acme/{hash}/download");
    world
        .emulator
        .on("GET", &path)
        .always()
        .delay(Duration::from_secs(20));
    let child = world
        .command(["images", "download", &hash, "-d", "copies"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !world
        .emulator
        .requests()
        .iter()
        .any(|request| request.path == path)
    {
        std::thread::sleep(Duration::from_millis(5));
    }
    interrupt(&child, Signal::TERM);
    let output = child.wait_with_output().unwrap();
    assert_eq!(status(output.status), 143);
    let left = std::fs::read_dir(world.path("copies")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
}

#[test]
fn a_command_that_waits_for_standard_input_is_interrupted() {
    let world = World::new();
    let mut child = world
        .anonymous(["images", "list", "-O", "acme", "--api-key-file", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = child.stdin.take();
    // It has begun to wait once its thread for signals is there.
    let tasks = format!("/proc/{}/task", child.id());
    while cfg!(target_os = "linux") && std::fs::read_dir(&tasks).map_or(0, Iterator::count) < 2 {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(100));
    interrupt(&child, Signal::INT);
    let mut err = String::new();
    let _ = BufReader::new(child.stderr.take().unwrap()).read_line(&mut err);
    assert_eq!(status(child.wait().unwrap()), 130, "{err}");
    drop(input);
}
