//! The parts of an expression.

/// A part of an expression. It borrows from the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    /// A number as it is written: `1_000.5e-3`.
    Number(&'a str),
    /// What stands between the quotes of a string, with its backslashes.
    String(&'a str),
    /// A name that is no operator. After a dot, every word is a name.
    Name(&'a str),
    /// The name of a variable, without `$`.
    Variable(&'a str),
    /// An operator or a punctuation mark; an operator of two words has one space between them.
    Symbol(&'static str),
}

/// A part and where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part<'a> {
    /// What it is.
    pub token: Token<'a>,
    /// The part as it is written.
    pub text: &'a str,
    /// The offset in bytes.
    pub start: usize,
}

/// Returns the parts of an expression, and at last why the rest cannot be read, if it cannot.
pub fn parts(expression: &str) -> Parts<'_> {
    Parts {
        text: expression,
        rest: expression,
        follows_dot: false,
    }
}

/// The parts of an expression in order.
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    text: &'a str,
    rest: &'a str,
    follows_dot: bool,
}

/// Returns whether a text seems to read a variable, as an expression does.
#[inline]
pub fn has_variable(text: &str) -> bool {
    let mut after = text.split('$').skip(1);
    after.any(|after| after.starts_with(starts_name))
}

/// Returns the position of an offset in bytes, in characters from 1.
pub(crate) fn position(text: &str, start: usize) -> usize {
    let before = text.get(..start).unwrap_or_default();
    before.chars().count() + 1
}

impl<'a> Iterator for Parts<'a> {
    type Item = Result<Part<'a>, String>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let found = self.skip_space().and_then(|()| self.token());
        if !matches!(found, Ok(Some(_))) {
            // Nothing follows an error.
            self.rest = "";
        }
        found.transpose()
    }
}

impl<'a> Parts<'a> {
    fn start(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    fn character(&self) -> usize {
        position(self.text, self.start())
    }

    /// Skips spaces, control characters and comments.
    fn skip_space(&mut self) -> Result<(), String> {
        loop {
            self.rest = self.rest.trim_start_matches(is_space);
            let Some(comment) = self.rest.strip_prefix("/*") else {
                return Ok(());
            };
            let Some((_, after)) = comment.split_once("*/") else {
                let at = self.character();
                return Err(format!("its comment at character {at} is not closed"));
            };
            self.rest = after;
        }
    }

    /// Takes the next part, or `None` at the end.
    #[inline]
    fn token(&mut self) -> Result<Option<Part<'a>>, String> {
        let (from, start) = (self.rest, self.start());
        let Some(first) = from.chars().next() else {
            return Ok(None);
        };
        let token = if let Some(length) = number_length(from) {
            Token::Number(self.take(length))
        } else if starts_name(first) {
            self.word()
        } else if matches!(first, '\'' | '"') {
            let Some(length) = string_length(from, first) else {
                let at = self.character();
                return Err(format!("its string at character {at} is not closed"));
            };
            let quoted = self.take(length);
            Token::String(quoted.get(1..length - 1).unwrap_or_default())
        } else if first == '$' {
            let at = self.character();
            self.take(1);
            match self.take_name() {
                "" => {
                    return Err(format!(
                        "the name of a variable has to follow the `$` at character {at}"
                    ));
                }
                name => Token::Variable(name),
            }
        } else {
            let symbol = SYMBOLS.iter().find(|symbol| from.starts_with(**symbol));
            let Some(symbol) = symbol else {
                let at = self.character();
                return Err(format!("its character {at}, `{first}`, means nothing"));
            };
            self.take(symbol.len());
            Token::Symbol(symbol)
        };
        self.follows_dot = matches!(token, Token::Symbol("." | "?."));
        let length = from.len() - self.rest.len();
        Ok(Some(Part {
            token,
            text: from.get(..length).unwrap_or(from),
            start,
        }))
    }

    /// Takes a word, which may be an operator, also one of two words.
    #[inline]
    fn word(&mut self) -> Token<'a> {
        let name = self.take_name();
        if self.follows_dot {
            return Token::Name(name);
        }
        for (first, second, operator) in PAIRS {
            if name == *first {
                let mut after = self.clone();
                after.rest = after.rest.trim_start_matches(is_space);
                if after.take_name() == *second {
                    self.rest = after.rest;
                    return Token::Symbol(operator);
                }
            }
        }
        match WORDS.iter().find(|word| **word == name) {
            Some(word) => Token::Symbol(word),
            None => Token::Name(name),
        }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let whole = (self.rest, "");
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or(whole);
        self.rest = rest;
        taken
    }

    fn take_name(&mut self) -> &'a str {
        if !self.rest.starts_with(starts_name) {
            return "";
        }
        let end = self.rest.find(|letter: char| !continues_name(letter));
        self.take(end.unwrap_or(self.rest.len()))
    }
}

/// The longest come first.
const SYMBOLS: &[&str] = &[
    "===", "!==", "==", "!=", "<=", ">=", "<<", ">>", "&&", "||", "**", "..", "??", "?.", "<", ">",
    "*", "/", "%", "|", "^", "&", "+", "-", "~", "!", ".", "?", ":", ",", "(", ")", "[", "]", "{",
    "}",
];

const WORDS: &[&str] = &["and", "or", "xor", "not", "in", "matches", "contains"];

const PAIRS: &[(&str, &str, &str)] = &[
    ("not", "in", "not in"),
    ("starts", "with", "starts with"),
    ("ends", "with", "ends with"),
];

/// The language replaces control characters with spaces.
fn is_space(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control()
}

fn starts_name(letter: char) -> bool {
    letter.is_ascii_alphabetic() || letter == '_' || (!letter.is_ascii() && !is_space(letter))
}

fn continues_name(letter: char) -> bool {
    starts_name(letter) || letter.is_ascii_digit()
}

/// Returns the length of the number that a text starts with, such as `1_000`, `.5` or `2.5e-3`. The dots of `1..5` are not
/// part of a number.
fn number_length(text: &str) -> Option<usize> {
    let digits = |text: &str| {
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '_');
        let taken = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        if taken.starts_with(|letter: char| letter.is_ascii_digit()) {
            taken.len()
        } else {
            0
        }
    };
    let whole = digits(text);
    let after = text.get(whole..)?;
    let fraction = match after.strip_prefix('.') {
        Some(rest) if digits(rest) > 0 => 1 + digits(rest),
        Some(rest) if whole > 0 && !rest.starts_with('.') => 1,
        _ => 0,
    };
    if whole + fraction == 0 {
        return None;
    }
    let after = after.get(fraction..)?;
    let exponent = after.strip_prefix(['e', 'E']).map_or(0, |rest| {
        let unsigned = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        match digits(unsigned) {
            0 => 0,
            length => 1 + rest.len() - unsigned.len() + length,
        }
    });
    Some(whole + fraction + exponent)
}

/// Returns the length of a string with its quotes, or `None` if it does not end.
fn string_length(text: &str, quote: char) -> Option<usize> {
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            letters.next();
        } else if letter == quote {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        parts(text).flatten().map(|part| part.token).collect()
    }

    #[test]
    fn parts_are_read_as_they_are_written() {
        use Token::{Name, Number, String, Symbol, Variable};
        for (text, expected) in [
            (
                "1_000.5e-3 + .5 .. 1.",
                vec![
                    Number("1_000.5e-3"),
                    Symbol("+"),
                    Number(".5"),
                    Symbol(".."),
                    Number("1."),
                ],
            ),
            ("1..5", vec![Number("1"), Symbol(".."), Number("5")]),
            (
                "'it\\'s' ~ \"\"",
                vec![String("it\\'s"), Symbol("~"), String("")],
            ),
            (
                "$w not\n in [a]",
                vec![
                    Variable("w"),
                    Symbol("not in"),
                    Symbol("["),
                    Name("a"),
                    Symbol("]"),
                ],
            ),
            (
                "starts starts  with notes",
                vec![Name("starts"), Symbol("starts with"), Name("notes")],
            ),
            (
                "image.not in b?.and",
                vec![
                    Name("image"),
                    Symbol("."),
                    Name("not"),
                    Symbol("in"),
                    Name("b"),
                    Symbol("?."),
                    Name("and"),
                ],
            ),
            ("/* 1 */ größe \u{1}", vec![Name("größe")]),
        ] {
            assert_eq!(tokens(text), expected, "{text}");
        }
    }

    #[test]
    fn parts_know_their_place_and_end_at_an_error() {
        let found: Vec<_> = parts("ä not  in #1").collect();
        let [Ok(name), Ok(operator), Err(reason)] = found.as_slice() else {
            unreachable!("{found:?}");
        };
        assert_eq!((name.start, name.text), (0, "ä"));
        assert_eq!((operator.start, operator.text), (3, "not  in"));
        assert_eq!(reason, "its character 11, `#`, means nothing");
    }

    #[test]
    fn a_text_that_reads_a_variable_is_recognized() {
        assert!(has_variable("$w / 2") && has_variable("a $ b $c") && !has_variable("$5 and $"));
    }
}
