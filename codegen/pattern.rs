//! Parses the subset of regular expressions that the description uses: sequences of characters and classes with repetition counts.

/// Character ranges, with the minimum and maximum number of repetitions.
pub(crate) type Part = (Vec<(u8, u8)>, usize, usize);

/// Parses `^…$` or `^(…|…)$`; returns `None` for anything else.
pub(crate) fn alternatives(pattern: &str) -> Option<Vec<Vec<Part>>> {
    let whole = pattern.strip_prefix('^')?.strip_suffix('$')?;
    match whole.strip_prefix('(') {
        Some(group) => group.strip_suffix(')')?.split('|').map(parts).collect(),
        None => Some(vec![parts(whole)?]),
    }
}

/// Parses a sequence of classes and characters, each with an optional count.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (ranges, tail) = match rest.strip_prefix('[') {
            Some(class) => {
                let (class, tail) = class.split_once(']')?;
                (ranges(class)?, tail)
            }
            None => {
                let (letter, tail) = letter(rest)?;
                (vec![(letter, letter)], tail)
            }
        };
        let (least, most, tail) = count(tail)?;
        // Every part matches greedily, so the next one must start with another character.
        let overlaps =
            |(from, to): &(u8, u8)| ranges.iter().any(|(start, end)| start <= to && from <= end);
        if parts
            .last()
            .is_some_and(|(before, _, _)| before.iter().any(overlaps))
        {
            return None;
        }
        parts.push((ranges, least, most));
        rest = tail;
    }
    Some(parts)
}

/// Parses the content of a class. A trailing dash is literal.
fn ranges(class: &str) -> Option<Vec<(u8, u8)>> {
    let mut ranges = Vec::new();
    let mut rest = class;
    while !rest.is_empty() {
        let (from, tail) = letter(rest)?;
        match tail.strip_prefix('-') {
            Some(end) if !end.is_empty() => {
                let (to, tail) = letter(end)?;
                ranges.push((from, to));
                rest = tail;
            }
            _ => {
                ranges.push((from, from));
                rest = tail;
            }
        }
    }
    Some(ranges)
}

/// Parses one ASCII character, escaped where it is special.
fn letter(text: &str) -> Option<(u8, &str)> {
    let (text, escaped) = match text.strip_prefix('\\') {
        Some(tail) => (tail, true),
        None => (text, false),
    };
    let (first, tail) = text.split_at_checked(1)?;
    let letter = first.bytes().next()?;
    let plain = letter.is_ascii_alphanumeric() || b"_-".contains(&letter);
    // An escaped letter or digit is a class such as `\d`, which is not supported.
    (plain != escaped).then_some((letter, tail))
}

/// Parses `+`, `*`, `?`, `{3}`, `{3,}`, `{3,5}` or nothing; also returns the remaining text.
fn count(text: &str) -> Option<(usize, usize, &str)> {
    if let Some(tail) = text.strip_prefix('+') {
        return Some((1, usize::MAX, tail));
    }
    if let Some(tail) = text.strip_prefix('*') {
        return Some((0, usize::MAX, tail));
    }
    if let Some(tail) = text.strip_prefix('?') {
        return Some((0, 1, tail));
    }
    let Some(counts) = text.strip_prefix('{') else {
        return Some((1, 1, text));
    };
    let (counts, tail) = counts.split_once('}')?;
    let (least, most) = match counts.split_once(',') {
        None => (counts, counts),
        Some((least, "")) => return Some((least.parse().ok()?, usize::MAX, tail)),
        Some((least, most)) => (least, most),
    };
    Some((least.parse().ok()?, most.parse().ok()?, tail))
}
