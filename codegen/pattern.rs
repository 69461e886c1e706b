//! Reads the patterns that the description uses: rows of letters with counts.

/// Letters from and to, and how many at least and at most.
pub(crate) type Part = (Vec<(u8, u8)>, usize, usize);

/// `^…$`, and `^(…|…)$`.
pub(crate) fn alternatives(pattern: &str) -> Option<Vec<Vec<Part>>> {
    let whole = pattern.strip_prefix('^')?.strip_suffix('$')?;
    match whole.strip_prefix('(') {
        Some(group) => group.strip_suffix(')')?.split('|').map(parts).collect(),
        None => Some(vec![parts(whole)?]),
    }
}

/// Classes and letters, each with a count behind it or none.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (ranges, behind) = match rest.strip_prefix('[') {
            Some(class) => {
                let (class, behind) = class.split_once(']')?;
                (ranges(class)?, behind)
            }
            None => {
                let (letter, behind) = letter(rest)?;
                (vec![(letter, letter)], behind)
            }
        };
        let (least, most, behind) = count(behind)?;
        // Every part takes what it can, so the next one must begin with something else.
        let overlaps =
            |(from, to): &(u8, u8)| ranges.iter().any(|(start, end)| start <= to && from <= end);
        if parts
            .last()
            .is_some_and(|(before, _, _)| before.iter().any(overlaps))
        {
            return None;
        }
        parts.push((ranges, least, most));
        rest = behind;
    }
    Some(parts)
}

/// The letters of a class. A dash at its end stands for itself.
fn ranges(class: &str) -> Option<Vec<(u8, u8)>> {
    let mut ranges = Vec::new();
    let mut rest = class;
    while !rest.is_empty() {
        let (from, behind) = letter(rest)?;
        match behind.strip_prefix('-') {
            Some(end) if !end.is_empty() => {
                let (to, behind) = letter(end)?;
                ranges.push((from, to));
                rest = behind;
            }
            _ => {
                ranges.push((from, from));
                rest = behind;
            }
        }
    }
    Some(ranges)
}

/// One letter of ASCII, with a backslash before it if it means something else without.
fn letter(text: &str) -> Option<(u8, &str)> {
    let (text, escaped) = match text.strip_prefix('\\') {
        Some(behind) => (behind, true),
        None => (text, false),
    };
    let (first, behind) = text.split_at_checked(1)?;
    let letter = first.bytes().next()?;
    let plain = letter.is_ascii_alphanumeric() || b"_-".contains(&letter);
    // An escaped letter or digit is a class such as `\d`.
    (plain != escaped).then_some((letter, behind))
}

/// `+`, `*`, `?`, `{3}`, `{3,}` or `{3,5}`, and what stands behind it.
fn count(text: &str) -> Option<(usize, usize, &str)> {
    if let Some(behind) = text.strip_prefix('+') {
        return Some((1, usize::MAX, behind));
    }
    if let Some(behind) = text.strip_prefix('*') {
        return Some((0, usize::MAX, behind));
    }
    if let Some(behind) = text.strip_prefix('?') {
        return Some((0, 1, behind));
    }
    let Some(counts) = text.strip_prefix('{') else {
        return Some((1, 1, text));
    };
    let (counts, behind) = counts.split_once('}')?;
    let (least, most) = match counts.split_once(',') {
        None => (counts, counts),
        Some((least, "")) => return Some((least.parse().ok()?, usize::MAX, behind)),
        Some((least, most)) => (least, most),
    };
    Some((least.parse().ok()?, most.parse().ok()?, behind))
}
