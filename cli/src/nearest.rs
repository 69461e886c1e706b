//! Suggestions for names that do not exist.

/// Returns `did you mean …?` if a name is close to one of the others.
pub(crate) fn did_you_mean<'a>(
    name: &str,
    others: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(name, others).map(|other| format!("did you mean `{other}`?"))
}

/// Returns the closest of the others, if it is close.
pub(crate) fn nearest<'a>(
    name: &str,
    others: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let similarity = |other: &'a str| (strsim::jaro_winkler(name, other), other);
    let close = others.into_iter().map(similarity);
    let close = close.filter(|(similarity, _)| *similarity > 0.8);
    close
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_name_is_suggested_and_a_far_one_is_not() {
        let names = ["acme", "acme-test", "zoo"];
        assert_eq!(nearest("acmee", names), Some("acme"));
        assert_eq!(nearest("acme-tset", names), Some("acme-test"));
        assert_eq!(nearest("museum", names), None);
        assert_eq!(
            did_you_mean("zo", names).as_deref(),
            Some("did you mean `zoo`?")
        );
    }
}
