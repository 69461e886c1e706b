//! Writes Markdown.

/// A table.
pub(super) struct Table {
    text: String,
}

impl Table {
    /// With these headings.
    pub(super) fn new<S: AsRef<str>>(headings: impl IntoIterator<Item = S>) -> Self {
        let mut table = Self {
            text: String::new(),
        };
        let mut rule = String::from("|");
        let headings: Vec<S> = headings
            .into_iter()
            .inspect(|_| rule.push_str("---|"))
            .collect();
        table.row(headings);
        table.text.push_str(&rule);
        table.text.push('\n');
        table
    }

    pub(super) fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.text.push('|');
        for cell in cells {
            self.text.push(' ');
            self.text.push_str(cell.as_ref());
            self.text.push_str(" |");
        }
        self.text.push('\n');
    }

    pub(super) fn end(self) -> String {
        self.text
    }
}

/// Formats code in a cell of a table, on one line.
pub(super) fn code(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ").replace('|', "\\|");
    // Text with a backtick needs two backticks around it.
    if line.contains('`') {
        format!("`` {line} ``")
    } else {
        format!("`{line}`")
    }
}

/// Formats several pieces of code, or a dash.
pub(super) fn codes(texts: &[String]) -> String {
    if texts.is_empty() {
        return "–".to_owned();
    }
    let codes: Vec<String> = texts.iter().map(|text| code(text)).collect();
    codes.join(", ")
}

/// Returns the beginning of a text.
pub(super) fn beginning(text: &str, letters: usize) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    let mut shortened: String = line.chars().take(letters).collect();
    if shortened.len() < line.len() {
        shortened.push('…');
    }
    shortened
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_does_not_break_a_table() {
        assert_eq!(code("a |\n b"), "`a \\| b`");
        assert_eq!(code("a`b"), "`` a`b ``");
    }

    #[test]
    fn a_long_text_is_shortened_at_a_letter() {
        assert_eq!(beginning("ä b\nc", 5), "ä b c");
        assert_eq!(beginning("äöü", 2), "äö…");
    }
}
