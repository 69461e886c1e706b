//! Stacks and their definitions: read, written, and stored.

use bytes::Bytes;
use rokka::testing::fuzzing::DirectEmulator;
use rokka::{Stack, StackDefinition};

pub fn run(data: &[u8]) {
    if let Some(stack) = crate::assert_stable::<Stack>(data) {
        let definition = StackDefinition::from(stack);
        let written = serde_json::to_vec(&definition).unwrap();
        crate::assert_stable::<StackDefinition>(&written).expect("a stack can be written back");
    }
    if let Some(definition) = crate::assert_stable::<StackDefinition>(data) {
        let _ = format!("{definition:?}");
    }
    let emulator = DirectEmulator::new(0);
    let json = Bytes::copy_from_slice(data);
    let (status, body) = emulator.send("PUT", "/stacks/acme/st", "application/json", json);
    assert!(status < 500, "{status} {body:?}");
    if status < 300 {
        let (status, body) = emulator.send("GET", "/stacks/acme/st", "", Bytes::new());
        assert_eq!(status, 200);
        rokka::fuzzing::decode::<Stack>(&body).unwrap();
    }
}
