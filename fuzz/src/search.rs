//! The emulator's search: the input is a query.

use std::collections::HashSet;

use bytes::Bytes;
use rokka::SourceImageList;
use rokka::testing::fuzzing::DirectEmulator;

pub fn run(data: &[u8]) {
    let Ok(query) = std::str::from_utf8(data) else {
        return;
    };
    let emulator = DirectEmulator::new(12);
    let get = |target: &str| {
        let (status, body) = emulator.send("GET", target, "", Bytes::new());
        assert!(status < 500, "{target}: {status} {body:?}");
        if status != 200 {
            return None;
        }
        Some(rokka::fuzzing::decode::<SourceImageList>(&body).expect(target))
    };
    let mut target = format!("/sourceimages/acme?{query}");
    let Some(first) = get(&target) else {
        return;
    };
    // Every page leads to the next one, and no image is found twice.
    let mut seen = HashSet::new();
    let mut page = first;
    for _ in 0..20 {
        for image in &page.items {
            assert!(seen.insert(image.hash.to_string()), "{target}");
        }
        let next = page.links.next.as_ref();
        let Some(next) = next.and_then(|link| link.href.clone()) else {
            break;
        };
        assert!(!page.items.is_empty(), "{target} leads on from nothing");
        target = next;
        page = get(&target).expect(&target);
    }
}
