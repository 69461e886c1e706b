//! The file name that a server suggests.

pub fn run(data: &[u8]) {
    let Some(name) = rokka::fuzzing::file_name(data) else {
        return;
    };
    assert!((1..=255).contains(&name.len()), "{name:?}");
    assert!(
        !name.starts_with(['.', ' ']) && !name.ends_with(['.', ' ']),
        "{name:?}"
    );
    let special = |letter: char| {
        letter.is_control()
            || matches!(letter, '/' | '\\' | ':' | '<' | '>' | '"' | '|' | '?' | '*')
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!name.chars().any(special), "{name:?}");
    // It is a single name wherever it is put.
    let path = std::path::Path::new("/downloads").join(&name);
    assert_eq!(path.parent(), Some(std::path::Path::new("/downloads")));
    assert_eq!(
        path.file_name().and_then(|name| name.to_str()),
        Some(name.as_str())
    );
    // A safe name is suggested as it is.
    let mut header = b"attachment; filename*=UTF-8''".to_vec();
    let encoded = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
    header.extend(encoded.to_string().into_bytes());
    assert_eq!(rokka::fuzzing::file_name(&header), Some(name));
}
