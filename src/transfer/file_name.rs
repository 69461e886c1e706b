//! Makes untrusted file names safe for any system.

/// The maximum length of a file name in bytes.
pub(crate) const LONGEST: usize = 255;

/// The maximum length of an extension that is kept when a name is cut, in bytes with its dot.
const EXTENSION: usize = 32;

/// Returns the name without directories and special characters, at most 255 bytes long, or `None` if nothing is left.
///
/// Removes directories, a drive letter, dots and blanks at either end, control characters and direction-changing
/// characters. Replaces characters that Windows forbids with `_`, and prefixes names that Windows reserves with `_`.
#[inline]
pub(crate) fn safe_name(name: &str) -> Option<String> {
    let base = name.rsplit(['/', '\\']).next()?;
    let mut letters = base.chars();
    let base = match (letters.next(), letters.next()) {
        (Some(drive), Some(':')) if drive.is_ascii_alphabetic() => letters.as_str(),
        _ => base,
    };
    let kept = base.chars().filter(|letter| !is_hidden(*letter));
    let clean: String = kept
        .map(|letter| match letter {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
            letter if letter.is_whitespace() => ' ',
            letter => letter,
        })
        .collect();
    let edge = |letter| matches!(letter, ' ' | '.');
    let mut clean = shortened(clean.trim_matches(edge), LONGEST);
    if is_reserved(&clean) {
        clean.insert(0, '_');
        clean = shortened(&clean, LONGEST);
    }
    (!clean.is_empty()).then_some(clean)
}

/// Returns the name with a prefix, cut to 255 bytes; keeps the extension.
pub(crate) fn prefixed(prefix: &str, name: &str) -> String {
    let name = shortened(name, LONGEST.saturating_sub(prefix.len()));
    format!("{prefix}{name}")
}

fn shortened(name: &str, limit: usize) -> String {
    if name.len() <= limit {
        return name.to_owned();
    }
    let (stem, extension) = match name.rfind('.').map(|dot| name.split_at(dot)) {
        Some((stem, extension)) if extension.len() <= EXTENSION.min(limit / 2) => (stem, extension),
        _ => (name, ""),
    };
    let room = limit.saturating_sub(extension.len());
    let cut = (0..=room.min(stem.len()))
        .rev()
        .find(|at| stem.is_char_boundary(*at));
    let stem = cut.and_then(|cut| stem.get(..cut)).unwrap_or_default();
    format!("{}{extension}", stem.trim_end_matches([' ', '.']))
}

/// Returns whether a character is invisible or changes the text direction.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// Returns whether Windows reserves the name for a device, with any extension.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.trim_end().to_uppercase();
    if matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) {
        return true;
    }
    let number = stem
        .strip_prefix("COM")
        .or_else(|| stem.strip_prefix("LPT"));
    let mut number = number.unwrap_or_default().chars();
    number
        .next()
        .is_some_and(|digit| digit.is_ascii_digit() || matches!(digit, '¹' | '²' | '³'))
        && number.next().is_none()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn suggested_names_lead_nowhere() {
        for (name, expected) in [
            ("cat.jpg", Some("cat.jpg")),
            ("a cat (1).jpg", Some("a cat (1).jpg")),
            ("../../etc/passwd", Some("passwd")),
            (r"C:\dir\cat.jpg", Some("cat.jpg")),
            ("C:cat.jpg", Some("cat.jpg")),
            ("cat.jpg:stream", Some("cat.jpg_stream")),
            ("a\"b<c>|?*.jpg", Some("a_b_c____.jpg")),
            (".htaccess", Some("htaccess")),
            (" . cat.jpg . ", Some("cat.jpg")),
            ("..", None),
            ("a/", None),
            (" ", None),
            ("", None),
            ("CON", Some("_CON")),
            ("nul.tar.gz", Some("_nul.tar.gz")),
            ("Com1 .txt", Some("_Com1 .txt")),
            ("LPT³", Some("_LPT³")),
            ("conin$", Some("_conin$")),
            ("com10.txt", Some("com10.txt")),
            ("console.txt", Some("console.txt")),
            ("photo\u{202e}gpj.exe", Some("photogpj.exe")),
            ("\u{200f}a\u{2066}b\u{feff}\u{7}\r\n.jpg", Some("ab.jpg")),
            ("a\u{a0}b.jpg", Some("a b.jpg")),
        ] {
            assert_eq!(safe_name(name).as_deref(), expected, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        // 64 letters of three bytes each are 192, with a hash before them 233; 86 do not fit.
        let name = format!("{}.jpeg", "猫".repeat(86));
        let cut = safe_name(&name).unwrap();
        assert_eq!(cut, format!("{}.jpeg", "猫".repeat(83)));
        let hash = format!("{}-", "0".repeat(40));
        let cut = prefixed(&hash, &format!("{}.jpg", "猫".repeat(80)));
        assert_eq!(cut, format!("{hash}{}.jpg", "猫".repeat(70)));
        let cut = prefixed(&hash, &format!("{}.jpg", "猫".repeat(64)));
        assert!(cut.contains(&"猫".repeat(64)));
        // An extension that is none.
        let cut = safe_name(&format!("a.{}", "x".repeat(300))).unwrap();
        assert_eq!(cut.len(), LONGEST);
    }

    proptest! {
        #[test]
        fn every_name_is_safe(name in "(\\PC|[./\\\\: \u{202e}\u{0}-\u{1f}]|CON|é){0,300}") {
            if let Some(safe) = safe_name(&name) {
                prop_assert!(safe.len() <= LONGEST && !safe.is_empty());
                prop_assert!(!safe.starts_with(['.', ' ']) && !safe.ends_with(['.', ' ']));
                prop_assert!(!safe.contains(['/', '\\', ':', '\0']));
                prop_assert!(!is_reserved(&safe));
                prop_assert_eq!(safe_name(&safe), Some(safe.clone()));
                prop_assert!(prefixed("0123456789-", &safe).len() <= LONGEST);
            }
        }
    }
}
