//! The patterns of the description, as the bindings check them. Each is a row of letters out of a few, so there is no need
//! for a regular expression, nor for its crate.

/// Ranges of letters, and how many of them at least and at most.
pub(crate) type Part = (&'static [(u8, u8)], usize, usize);

/// Whether the text is one of the alternatives from its beginning to its end. Every part takes as much as it can, so what
/// follows a part must begin with a letter that the part does not have; the build sees to it.
#[inline]
pub(crate) fn matches(text: &str, alternatives: &[&[Part]]) -> bool {
    alternatives.iter().any(|parts| {
        let mut rest = text.as_bytes();
        let all = parts.iter().all(|(ranges, least, most)| {
            let is_in = |letter: &u8| {
                ranges
                    .iter()
                    .any(|(from, to)| (from..=to).contains(&letter))
            };
            let taken = rest.iter().take_while(|letter| is_in(letter)).count();
            rest = rest.get(taken..).unwrap_or_default();
            (*least..=*most).contains(&taken)
        });
        all && rest.is_empty()
    })
}
