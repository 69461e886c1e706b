//! The parts of an expression.

use serde_json::{Number, Value};

/// The most parts of an expression. Limits how deep its tree can be, too.
const MAX_TOKENS: usize = 500;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Literal(Value),
    Name(String),
    /// The name of a variable, without `$`.
    Variable(String),
    /// An operator or a punctuation mark.
    Symbol(&'static str),
}

/// The longest come first.
const SYMBOLS: &[&str] = &[
    "===", "!==", "==", "!=", "<=", ">=", "<<", ">>", "&&", "||", "**", "..", "??", "?.", "?:",
    "<", ">", "*", "/", "%", "|", "^", "&", "+", "-", "~", "!", ".", "?", ":", ",", "(", ")", "[",
    "]", "{", "}",
];

/// The operators that are words, as the parser names them.
const WORDS: &[(&str, &str, &str)] = &[
    ("not", "in", "not in"),
    ("starts", "with", "starts with"),
    ("ends", "with", "ends with"),
];

const SINGLE_WORDS: &[&str] = &["and", "or", "xor", "not", "in", "matches", "contains"];

/// Splits an expression, or says why it cannot.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut rest = text;
    let mut tokens: Vec<Token> = Vec::new();
    loop {
        rest = skip_space(rest)?;
        let Some(first) = rest.chars().next() else {
            return Ok(tokens);
        };
        if tokens.len() >= MAX_TOKENS {
            return Err("it is too long".to_owned());
        }
        // After a dot stands the name of a member, whatever it is.
        let is_member = matches!(tokens.last(), Some(Token::Symbol("." | "?.")));
        let (token, after) = if let Some((number, after)) = number(rest) {
            (Token::Literal(number), after)
        } else if starts_name(first) {
            let (name, after) = take_name(rest);
            if is_member {
                (Token::Name(name.to_owned()), after)
            } else {
                word(name, after)
            }
        } else if first == '$' {
            let (name, after) = take_name(rest.get(1..).unwrap_or_default());
            if name.is_empty() {
                return Err("the name of a variable has to follow `$`".to_owned());
            }
            (Token::Variable(name.to_owned()), after)
        } else if matches!(first, '"' | '\'') {
            let (string, after) = string(rest, first).ok_or("a string is not closed")?;
            (Token::Literal(Value::String(string)), after)
        } else {
            let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
            let symbol = symbol.ok_or_else(|| format!("`{first}` means nothing"))?;
            let after = rest.get(symbol.len()..).unwrap_or_default();
            (Token::Symbol(symbol), after)
        };
        tokens.push(token);
        rest = after;
    }
}

/// Skips spaces, control characters and comments.
fn skip_space(mut text: &str) -> Result<&str, String> {
    loop {
        text = text.trim_start_matches(is_space);
        let Some(comment) = text.strip_prefix("/*") else {
            return Ok(text);
        };
        let (_, after) = comment.split_once("*/").ok_or("a comment is not closed")?;
        text = after;
    }
}

fn is_space(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control()
}

fn starts_name(letter: char) -> bool {
    letter.is_ascii_alphabetic() || letter == '_' || (!letter.is_ascii() && !is_space(letter))
}

fn take_name(text: &str) -> (&str, &str) {
    if !text.starts_with(starts_name) {
        return ("", text);
    }
    let continues = |letter: char| starts_name(letter) || letter.is_ascii_digit();
    let end = text.find(|letter: char| !continues(letter));
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, ""))
}

/// Reads a word, which may be an operator, also one of two words.
fn word<'a>(name: &str, after: &'a str) -> (Token, &'a str) {
    for (first, second, operator) in WORDS {
        if name == *first {
            let (next, rest) = take_name(after.trim_start_matches(is_space));
            if next == *second {
                return (Token::Symbol(operator), rest);
            }
        }
    }
    if let Some(operator) = SINGLE_WORDS.iter().find(|word| **word == name) {
        return (Token::Symbol(operator), after);
    }
    let token = match name.to_ascii_lowercase().as_str() {
        "true" => Token::Literal(Value::Bool(true)),
        "false" => Token::Literal(Value::Bool(false)),
        "null" => Token::Literal(Value::Null),
        _ => Token::Name(name.to_owned()),
    };
    (token, after)
}

/// Reads a number such as `1_000`, `.5` or `2.5e-3`. The dots of `1..5` are not part of a number.
fn number(text: &str) -> Option<(Value, &str)> {
    let digits = |text: &str| {
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '_');
        let length = end.unwrap_or(text.len());
        let starts = text.starts_with(|letter: char| letter.is_ascii_digit());
        if starts { length } else { 0 }
    };
    let whole = digits(text);
    let after = text.get(whole..)?;
    let fraction = match after.strip_prefix('.') {
        Some(rest) if digits(rest) > 0 => 1 + digits(rest),
        Some(rest)
            if whole > 0 && !rest.starts_with(['.', '_']) && !rest.starts_with(starts_name) =>
        {
            1
        }
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
    let (written, rest) = text.split_at_checked(whole + fraction + exponent)?;
    let written = written.replace('_', "");
    let value = match written.parse::<i64>() {
        Ok(number) => Value::from(number),
        Err(_) => Value::Number(Number::from_f64(written.parse().ok()?)?),
    };
    Some((value, rest))
}

/// Reads a string, and what follows it.
fn string(text: &str, quote: char) -> Option<(String, &str)> {
    let mut string = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => match letters.next()?.1 {
                'n' => string.push('\n'),
                't' => string.push('\t'),
                'r' => string.push('\r'),
                escaped => string.push(escaped),
            },
            _ if letter == quote => return Some((string, text.get(at + 1..)?)),
            _ => string.push(letter),
        }
    }
    None
}
