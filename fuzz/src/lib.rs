//! What is fuzzed: one module for each target, with the properties that hold for every input. The programs in
//! `fuzz_targets/` feed them; the tests feed them with the seeds.

pub mod content_disposition;
pub mod date;
pub mod error_body;
pub mod multipart;
pub mod render_build;
pub mod render_url;
pub mod responses;
pub mod search;
pub mod stack;
pub mod user_metadata;

/// The first line, and what follows it.
fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}

/// A value that is read, written and read again is written the same way.
fn assert_stable<T: serde::de::DeserializeOwned + serde::Serialize>(data: &[u8]) -> Option<T> {
    let value = rokka::fuzzing::decode::<T>(data).ok()?;
    let written = serde_json::to_vec(&value).expect("what was read can be written");
    let again = rokka::fuzzing::decode::<T>(&written).expect("what was written can be read");
    let again = serde_json::to_vec(&again).expect("it can be written again");
    assert_eq!(
        String::from_utf8_lossy(&again),
        String::from_utf8_lossy(&written)
    );
    Some(value)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Runs a target with each of its seeds, and with what is left of it when its end is lost.
    fn replay(name: &str, run: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("seeds")
            .join(name);
        let mut seeds = 0;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let data = std::fs::read(entry.unwrap().path()).unwrap();
            for end in (0..=data.len()).rev().step_by(1 + data.len() / 64) {
                run(&data[..end]);
            }
            seeds += 1;
        }
        assert!(seeds > 0, "{name} has no seeds");
    }

    macro_rules! seeds {
        ($($name:ident)*) => {
            $(#[test]
            fn $name() {
                replay(stringify!($name), crate::$name::run);
            })*
        };
    }

    seeds! {
        content_disposition date error_body multipart render_build render_url responses search stack user_metadata
    }
}
