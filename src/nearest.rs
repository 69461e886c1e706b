//! Suggestions for names that are not known.

/// Longer names are compared with none.
const LONGEST: usize = 64;

/// Returns the name that a misspelled one is most likely meant to be, or `None` if none is similar.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = lower_case(word);
    // One letter in three may be wrong, and at least one.
    let limit = (letters.len() / 3).clamp(1, 3);
    if letters.len() > LONGEST {
        return None;
    }
    let distances = names
        .into_iter()
        .filter(|name| name.len() <= LONGEST)
        .map(|name| (distance(&letters, &lower_case(name)), name));
    let similar = distances.filter(|(distance, _)| *distance <= limit && *distance < letters.len());
    similar
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[inline]
fn lower_case(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Returns how many letters have to be inserted, removed, replaced or swapped with the next to turn one word into another.
#[inline]
fn distance(from: &[char], to: &[char]) -> usize {
    // The rows of the table of distances between beginnings of both words: the one before the last, the last, and the next.
    let mut before = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut left_letter = None;
    for (row, letter) in from.iter().enumerate() {
        let mut next = vec![row + 1];
        let mut above_left = row;
        let mut upper_letter = None;
        for (column, other) in to.iter().enumerate() {
            let above = last.get(column + 1).copied().unwrap_or(usize::MAX - 1);
            let left = next.last().copied().unwrap_or(usize::MAX - 1);
            let mut best = (above_left + usize::from(letter != other))
                .min(above + 1)
                .min(left + 1);
            if left_letter == Some(other)
                && upper_letter == Some(letter)
                && let Some(swapped) = column.checked_sub(1).and_then(|at| before.get(at))
            {
                best = best.min(swapped + 1);
            }
            next.push(best);
            above_left = above;
            upper_letter = Some(other);
        }
        left_letter = Some(letter);
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, lower_case, nearest};

    #[test]
    fn distances_count_letters() {
        for (from, to, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("", "abc", 3),
            ("resize", "resize", 0),
            ("reszie", "resize", 1),
            ("ersize", "resize", 1),
            ("resizee", "resize", 1),
            ("rsize", "resize", 1),
            ("rezise", "resize", 2),
            ("kitten", "sitting", 3),
            ("crop", "blur", 4),
        ] {
            let (from_letters, to_letters) = (lower_case(from), lower_case(to));
            assert_eq!(
                distance(&from_letters, &to_letters),
                expected,
                "{from} {to}"
            );
            assert_eq!(
                distance(&to_letters, &from_letters),
                expected,
                "{to} {from}"
            );
        }
    }

    #[test]
    fn similar_names_are_suggested() {
        let names = ["resize", "crop", "jpg.quality", "w", "größe"];
        for (word, expected) in [
            ("reszie", Some("resize")),
            ("Resize", Some("resize")),
            ("jpg_qualty", Some("jpg.quality")),
            ("corp", Some("crop")),
            ("grösse", Some("größe")),
            ("h", None),
            ("", None),
            ("sepia", None),
            ("quality", None),
        ] {
            assert_eq!(nearest(word, names), expected, "{word}");
        }
        assert_eq!(
            nearest(&"w".repeat(10_000), ["w".repeat(10_001).as_str()]),
            None
        );
    }
}
