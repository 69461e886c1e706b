//! User metadata: read, asked for its fields, and stored.

use bytes::Bytes;
use rokka::UserMetadata;
use rokka::testing::fuzzing::DirectEmulator;

const IMAGE: &str = "/sourceimages/acme/";

pub fn run(data: &[u8]) {
    let Some(metadata) = crate::assert_stable::<UserMetadata>(data) else {
        return;
    };
    let names: Vec<String> = metadata.fields().map(|(name, _)| name.to_owned()).collect();
    for (_, value) in metadata.fields() {
        let _ = format!("{value:?} {}", value.kind());
    }
    for name in &names {
        let _ = (
            metadata.get_field(name),
            metadata.get_str(name),
            metadata.get_text(name),
        );
        let _ = (
            metadata.get_int(name),
            metadata.get_double(name),
            metadata.get_date(name),
        );
        let _ = (
            metadata.get_latlon(name),
            metadata.get_array(name),
            metadata.get_array_text(name),
        );
    }
    let emulator = DirectEmulator::new(1);
    let (_, list) = emulator.send("GET", IMAGE.trim_end_matches('/'), "", Bytes::new());
    let list: rokka::SourceImageList = rokka::fuzzing::decode(&list).unwrap();
    let hash = list.items[0].hash.to_string();
    let target = format!("{IMAGE}{hash}/meta/user");
    let json = Bytes::copy_from_slice(data);
    for method in ["PUT", "PATCH"] {
        let (status, body) = emulator.send(method, &target, "application/json", json.clone());
        assert!(status < 500, "{status} {body:?}");
        if status < 300 {
            let (status, body) = emulator.send("GET", &target, "", Bytes::new());
            assert_eq!(status, 200);
            let stored: UserMetadata = rokka::fuzzing::decode(&body).unwrap();
            let _ = stored.fields().count();
        }
    }
}
