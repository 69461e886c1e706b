//! The emulator's reader of uploads. The first line is the content type, the rest the body.

use bytes::Bytes;
use rokka::testing::fuzzing::{DirectEmulator, read_form};

pub fn run(data: &[u8]) {
    let (content_type, body) = crate::first_line(data);
    let Ok(content_type) = std::str::from_utf8(content_type) else {
        return;
    };
    let body = Bytes::copy_from_slice(body);
    let Ok(parts) = read_form(content_type, &body) else {
        return;
    };
    let length: usize = parts.iter().map(|(_, _, content)| content.len()).sum();
    assert!(length <= body.len());
    for (_, file_name, _) in &parts {
        assert!(
            !file_name
                .as_ref()
                .is_some_and(|name| name.contains(['/', '\\']))
        );
    }
    // Written plainly, the same parts are read.
    let mut boundary = String::from("boundary");
    while parts
        .iter()
        .any(|(_, _, content)| contains(content, boundary.as_bytes()))
    {
        boundary.push('x');
    }
    if boundary.len() <= 70 && !parts.is_empty() {
        let mut form = Vec::new();
        for (name, file_name, content) in &parts {
            form.extend(
                format!(
                    "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
                    quoted(name)
                )
                .bytes(),
            );
            if let Some(file_name) = file_name {
                form.extend(format!("; filename=\"{}\"", quoted(file_name)).bytes());
            }
            form.extend(b"\r\n\r\n");
            form.extend_from_slice(content);
            form.extend(b"\r\n");
        }
        form.extend(format!("--{boundary}--\r\n").bytes());
        let again = read_form(
            &format!("multipart/form-data; boundary={boundary}"),
            &Bytes::from(form),
        );
        let plain = |text: &str| !text.contains("%22") && !text.contains(['\r', '\n']);
        if parts
            .iter()
            .all(|(name, file, _)| plain(name) && file.as_deref().is_none_or(plain))
        {
            assert_eq!(again.as_ref(), Ok(&parts));
        }
    }
    let emulator = DirectEmulator::new(0);
    let (status, answer) = emulator.send("POST", "/sourceimages/acme", content_type, body);
    assert!(status < 500, "{status} {answer:?}");
    if status < 300 {
        rokka::fuzzing::decode::<rokka::SourceImageList>(&answer).unwrap();
    }
}

fn contains(content: &[u8], wanted: &[u8]) -> bool {
    content.windows(wanted.len()).any(|part| part == wanted)
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
