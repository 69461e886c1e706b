//! The syntax of expressions: Symfony's expression language, in which `$name` reads a variable.
//!
//! The parser checks how the parts follow each other, in linear time and without recursion. It knows neither precedence nor
//! types, nor which names the service has. Where versions of the language differ, it accepts what the newest accepts.

/// A part of an expression.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'a> {
    /// A number or a string.
    Literal,
    Name(&'a str),
    /// The name of a variable, without `$`.
    Variable(&'a str),
    /// An operator between two values.
    Binary,
    /// `!`, which precedes a value.
    Not,
    /// `+`, `-` or `~`, which precede a value or separate two.
    Sign,
    /// `.` or `?.`.
    Member,
    Question,
    Colon,
    Comma,
    Open(Bracket),
    Close(Bracket),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Bracket {
    Round,
    Square,
    Curly,
}

/// What a bracket that is still open, or a `?`, belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Open {
    /// Parentheses around an expression.
    Group,
    /// The arguments of a function.
    Call,
    List,
    /// The key of a value: `a[1]`.
    Index,
    Map,
    /// A computed key of a map.
    Key,
    /// `a ? b`, whose `:` may follow.
    Condition,
}

/// What may follow.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    Value,
    /// A value, or the end of an empty list or of no arguments.
    ValueOrClose,
    /// A value, or the `:` of `a ?: b`.
    ValueOrColon,
    /// An operator, a closing bracket, or the end.
    Operator,
    /// The same, or the arguments of a function.
    OperatorOrCall,
    /// The name of a member.
    Member,
    /// The key of a map, or its end.
    Key,
    /// The `:` after a key.
    KeyColon,
}

/// Checks the syntax. Returns the names of the variables that the expression reads, in order, or why it is broken.
#[inline]
pub(super) fn variables(expression: &str) -> Result<Vec<&str>, String> {
    let mut parser = Parser {
        text: expression,
        rest: expression,
        open: Vec::new(),
        next: Next::Value,
        variables: Vec::new(),
    };
    parser.run()?;
    Ok(parser.variables)
}

/// Returns whether a text seems to read a variable, as an expression does.
pub(super) fn has_variable(text: &str) -> bool {
    let mut after = text.split('$').skip(1);
    after.any(|after| after.starts_with(starts_name))
}

struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
    open: Vec<Open>,
    next: Next,
    variables: Vec<&'a str>,
}

impl<'a> Parser<'a> {
    #[inline]
    fn run(&mut self) -> Result<(), String> {
        loop {
            self.skip_space()?;
            let start = self.rest;
            let Some(token) = self.token()? else {
                return self.end();
            };
            if let Err(expected) = self.accept(token) {
                let length = start.len() - self.rest.len();
                let found = start.get(..length).unwrap_or(start);
                let at = self.position(start);
                return Err(format!("{expected} at character {at}, not `{found}`"));
            }
        }
    }

    /// Returns the position of what remains, in characters from 1.
    fn position(&self, rest: &str) -> usize {
        let before = self.text.len() - rest.len();
        let before = self.text.get(..before).unwrap_or_default();
        before.chars().count() + 1
    }

    fn end(&mut self) -> Result<(), String> {
        match self.next {
            Next::Operator | Next::OperatorOrCall => {}
            _ if self.text.trim().is_empty() => return Err("it is empty".to_owned()),
            Next::Member => return Err("it ends after a dot".to_owned()),
            Next::Key | Next::KeyColon => return Err("its `{` is not closed".to_owned()),
            _ => return Err("it ends where a value has to follow".to_owned()),
        }
        self.end_conditions();
        match self.open.last() {
            None => Ok(()),
            Some(Open::List | Open::Index) => Err("its `[` is not closed".to_owned()),
            Some(Open::Map) => Err("its `{` is not closed".to_owned()),
            Some(_) => Err("its `(` is not closed".to_owned()),
        }
    }

    /// A condition does not need its `:`.
    fn end_conditions(&mut self) {
        while self.open.last() == Some(&Open::Condition) {
            self.open.pop();
        }
    }

    #[inline]
    fn accept(&mut self, token: Token<'a>) -> Result<(), &'static str> {
        self.next = match self.next {
            Next::ValueOrClose => match (token, self.open.last()) {
                (Token::Close(Bracket::Round), Some(Open::Call))
                | (Token::Close(Bracket::Square), Some(Open::List)) => {
                    self.open.pop();
                    Next::Operator
                }
                _ => self.value(token)?,
            },
            Next::ValueOrColon if token == Token::Colon => {
                self.open.pop();
                Next::Value
            }
            Next::Value | Next::ValueOrColon => self.value(token)?,
            Next::OperatorOrCall if token == Token::Open(Bracket::Round) => {
                self.open.push(Open::Call);
                Next::ValueOrClose
            }
            Next::Operator | Next::OperatorOrCall => self.operator(token)?,
            Next::Member => match token {
                Token::Name(_) => Next::OperatorOrCall,
                _ => return Err("a name has to follow the dot"),
            },
            Next::Key => match token {
                Token::Name(_) | Token::Literal => Next::KeyColon,
                Token::Open(Bracket::Round) => {
                    self.open.push(Open::Key);
                    Next::Value
                }
                Token::Close(Bracket::Curly) => {
                    self.open.pop();
                    Next::Operator
                }
                _ => return Err("a key or `}` has to follow"),
            },
            Next::KeyColon => match token {
                Token::Colon => Next::Value,
                _ => return Err("a `:` has to follow"),
            },
        };
        Ok(())
    }

    fn value(&mut self, token: Token<'a>) -> Result<Next, &'static str> {
        Ok(match token {
            Token::Literal => Next::Operator,
            Token::Variable(name) => {
                self.variables.push(name);
                Next::Operator
            }
            Token::Name("not") | Token::Not | Token::Sign => Next::Value,
            Token::Name(name) if !is_operator(name) => Next::OperatorOrCall,
            Token::Open(Bracket::Round) => {
                self.open.push(Open::Group);
                Next::Value
            }
            Token::Open(Bracket::Square) => {
                self.open.push(Open::List);
                Next::ValueOrClose
            }
            Token::Open(Bracket::Curly) => {
                self.open.push(Open::Map);
                Next::Key
            }
            _ => return Err("a value has to follow"),
        })
    }

    fn operator(&mut self, token: Token<'a>) -> Result<Next, &'static str> {
        Ok(match token {
            Token::Binary | Token::Sign => Next::Value,
            Token::Name(name) if is_operator(name) => {
                let second = match name {
                    "not" => Some("in"),
                    "starts" | "ends" => Some("with"),
                    _ => None,
                };
                if let Some(second) = second {
                    let rest = self.rest.trim_start_matches(is_space);
                    let after = rest
                        .strip_prefix(second)
                        .ok_or("an operator has to follow")?;
                    if after.starts_with(continues_name) {
                        return Err("an operator has to follow");
                    }
                    self.rest = after;
                }
                Next::Value
            }
            Token::Member => Next::Member,
            Token::Question => {
                self.open.push(Open::Condition);
                Next::ValueOrColon
            }
            Token::Open(Bracket::Square) => {
                self.open.push(Open::Index);
                Next::Value
            }
            Token::Colon if self.open.last() == Some(&Open::Condition) => {
                self.open.pop();
                Next::Value
            }
            Token::Comma => {
                self.end_conditions();
                match self.open.last() {
                    Some(Open::Call) => Next::Value,
                    Some(Open::List) => Next::ValueOrClose,
                    Some(Open::Map) => Next::Key,
                    _ => return Err("an operator has to follow"),
                }
            }
            Token::Close(bracket) => {
                self.end_conditions();
                match (bracket, self.open.pop()) {
                    (Bracket::Round, Some(Open::Group | Open::Call))
                    | (Bracket::Square, Some(Open::List | Open::Index))
                    | (Bracket::Curly, Some(Open::Map)) => Next::Operator,
                    (Bracket::Round, Some(Open::Key)) => Next::KeyColon,
                    _ => return Err("an operator or the bracket that is open has to follow"),
                }
            }
            _ => return Err("an operator has to follow"),
        })
    }

    /// Skips spaces, control characters and comments.
    fn skip_space(&mut self) -> Result<(), String> {
        loop {
            self.rest = self.rest.trim_start_matches(is_space);
            let Some(comment) = self.rest.strip_prefix("/*") else {
                return Ok(());
            };
            let Some((_, after)) = comment.split_once("*/") else {
                let at = self.position(self.rest);
                return Err(format!("its comment at character {at} is not closed"));
            };
            self.rest = after;
        }
    }

    /// Takes the next part, or `None` at the end.
    #[inline]
    fn token(&mut self) -> Result<Option<Token<'a>>, String> {
        let Some(first) = self.rest.chars().next() else {
            return Ok(None);
        };
        if let Some(length) = number_length(self.rest) {
            self.take(length);
            return Ok(Some(Token::Literal));
        }
        if starts_name(first) {
            return Ok(Some(Token::Name(self.take_name())));
        }
        let start = self.rest;
        match first {
            '\'' | '"' => match string_length(start, first) {
                Some(length) => {
                    self.take(length);
                    return Ok(Some(Token::Literal));
                }
                None => {
                    let at = self.position(start);
                    return Err(format!("its string at character {at} is not closed"));
                }
            },
            '$' => {
                self.take(1);
                if self.rest.starts_with(starts_name) {
                    return Ok(Some(Token::Variable(self.take_name())));
                }
                let at = self.position(start);
                return Err(format!(
                    "the name of a variable has to follow the `$` at character {at}"
                ));
            }
            _ => {}
        }
        for (operator, token) in OPERATORS {
            if self.rest.starts_with(operator) {
                self.take(operator.len());
                return Ok(Some(*token));
            }
        }
        let at = self.position(start);
        Err(format!("its character {at}, `{first}`, means nothing"))
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn take_name(&mut self) -> &'a str {
        let end = self.rest.find(|letter: char| !continues_name(letter));
        self.take(end.unwrap_or(self.rest.len()))
    }
}

/// The longest come first.
const OPERATORS: &[(&str, Token<'static>)] = &[
    ("===", Token::Binary),
    ("!==", Token::Binary),
    ("==", Token::Binary),
    ("!=", Token::Binary),
    ("<=", Token::Binary),
    (">=", Token::Binary),
    ("<<", Token::Binary),
    (">>", Token::Binary),
    ("&&", Token::Binary),
    ("||", Token::Binary),
    ("**", Token::Binary),
    ("..", Token::Binary),
    ("??", Token::Binary),
    ("?.", Token::Member),
    ("<", Token::Binary),
    (">", Token::Binary),
    ("*", Token::Binary),
    ("/", Token::Binary),
    ("%", Token::Binary),
    ("|", Token::Binary),
    ("^", Token::Binary),
    ("&", Token::Binary),
    ("+", Token::Sign),
    ("-", Token::Sign),
    ("~", Token::Sign),
    ("!", Token::Not),
    (".", Token::Member),
    ("?", Token::Question),
    (":", Token::Colon),
    (",", Token::Comma),
    ("(", Token::Open(Bracket::Round)),
    (")", Token::Close(Bracket::Round)),
    ("[", Token::Open(Bracket::Square)),
    ("]", Token::Close(Bracket::Square)),
    ("{", Token::Open(Bracket::Curly)),
    ("}", Token::Close(Bracket::Curly)),
];

fn is_operator(name: &str) -> bool {
    matches!(
        name,
        "and" | "or" | "xor" | "not" | "in" | "matches" | "contains" | "starts" | "ends"
    )
}

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
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::{has_variable, variables};

    #[test]
    fn expressions_of_the_language_pass() {
        for expression in [
            "$w / 2",
            "options.dpr >= 2",
            "image.width > 1000 and image.height < 20",
            "request.headers.save_data == 'on'",
            "image.meta_user.price * 1_000.5e-3 + .5",
            "not image.hasSubjectArea || !$crop",
            "-$w + +$h ~ 'px'",
            "a ? b : c",
            "a ? b ? c : d : e",
            "a ?: b ?? c",
            "a ? : b",
            "a ? b",
            "(a ? b)",
            "[a ? b, c]",
            "f()",
            "f(a, [1, 2, 3], {b: 1, 'c': 2, 3: 4, (d ~ 'e'): 5})",
            "[]",
            "[1,]",
            "{}",
            "{a: 1,}",
            "a[0].b?.c(1)[b ? 1 : 2]",
            "1..5",
            "1. + 2",
            "a in 1..5 and b not in [1]",
            "a starts with 'x' or a ends  with \"y\" xor a matches '/^\\\\d+$/' && a contains $z",
            "a === b !== c | d ^ e & f << 1 >> 2 ** 3 % 4",
            "/* a */ 1 /* b * / ' */ + 2",
            "'it\\'s' ~ \"\\\"\"",
            "image.in.not.matches",
            "größe + 1",
            "a\n\t<\u{1} b",
            "inner + notes + orange",
        ] {
            assert_eq!(variables(expression).err(), None, "{expression}");
        }
    }

    #[test]
    fn broken_expressions_are_rejected_with_their_place() {
        for (expression, reason) in [
            ("", "it is empty"),
            (" \n", "it is empty"),
            ("$w +* 2", "a value has to follow at character 5, not `*`"),
            ("$w +", "it ends where a value has to follow"),
            ("* 2", "a value has to follow at character 1, not `*`"),
            ("1 2", "an operator has to follow at character 3, not `2`"),
            ("$w h", "an operator has to follow at character 4, not `h`"),
            ("(1 + 2", "its `(` is not closed"),
            ("f(1", "its `(` is not closed"),
            ("f(1,)", "a value has to follow at character 5, not `)`"),
            ("a[1", "its `[` is not closed"),
            ("a[]", "a value has to follow at character 3, not `]`"),
            ("[1", "its `[` is not closed"),
            ("{a: 1", "its `{` is not closed"),
            ("{a", "its `{` is not closed"),
            ("{a 1}", "a `:` has to follow at character 4, not `1`"),
            (
                "{+: 1}",
                "a key or `}` has to follow at character 2, not `+`",
            ),
            ("()", "a value has to follow at character 2, not `)`"),
            (
                "1)",
                "an operator or the bracket that is open has to follow at character 2, not `)`",
            ),
            (
                "(1]",
                "an operator or the bracket that is open has to follow at character 3, not `]`",
            ),
            ("1 : 2", "an operator has to follow at character 3, not `:`"),
            ("1, 2", "an operator has to follow at character 2, not `,`"),
            (
                "a ? b : c : d",
                "an operator has to follow at character 11, not `:`",
            ),
            ("a.", "it ends after a dot"),
            ("a..", "it ends where a value has to follow"),
            ("a.1", "an operator has to follow at character 2, not `.1`"),
            (
                "a.$b",
                "a name has to follow the dot at character 3, not `$b`",
            ),
            ("$w(1)", "an operator has to follow at character 3, not `(`"),
            ("and b", "a value has to follow at character 1, not `and`"),
            (
                "a not b",
                "an operator has to follow at character 3, not `not`",
            ),
            (
                "a starts without b",
                "an operator has to follow at character 3, not `starts`",
            ),
            ("a = b", "its character 3, `=`, means nothing"),
            ("a # b", "its character 3, `#`, means nothing"),
            ("ä \\ b", "its character 3, `\\`, means nothing"),
            (
                "$ + 1",
                "the name of a variable has to follow the `$` at character 1",
            ),
            (
                "$1",
                "the name of a variable has to follow the `$` at character 1",
            ),
            ("'a", "its string at character 1 is not closed"),
            ("1 + \"a\\\"", "its string at character 5 is not closed"),
            ("1 /* 2", "its comment at character 3 is not closed"),
            (
                "{{ w }}",
                "a key or `}` has to follow at character 2, not `{`",
            ),
        ] {
            assert_eq!(variables(expression).unwrap_err(), reason, "{expression}");
        }
    }

    #[test]
    fn variables_are_found_in_order() {
        let found = variables("$w + f($h_2, {a: $z}) ~ '$no' /* $no */ ? $w.b : $ü").unwrap();
        assert_eq!(found, ["w", "h_2", "z", "w", "ü"]);
        assert!(has_variable("$w / 2") && has_variable("a $ b $c") && !has_variable("$5 and $"));
    }

    #[test]
    fn deep_nesting_needs_no_stack() {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("f(", ")"),
            ("{a:", "}"),
            ("a[", "]"),
            ("!", ""),
            ("a?", ":1"),
        ] {
            let deep = open.repeat(500_000) + "1" + &close.repeat(500_000);
            assert_eq!(variables(&deep).err(), None, "{open}");
            assert!(close.is_empty() || open == "a?" || variables(&open.repeat(500_000)).is_err());
        }
    }

    /// Parts that are valid together more often than random letters.
    fn parts() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            6 => "(\\$w|a|1|'x'|\\.5|true|f)",
            6 => " ?(\\+|-|\\*|/|==|and|or|not in|in|\\?\\?|\\?:|\\?|:|~|!|not|\\.\\.|\\.|\\?\\.|,) ?",
            3 => "[\\[\\](){}]",
            1 => ".{0,3}",
            1 => "[$'\"/*\\\\_eE0-9.]{0,4}",
        ];
        prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
    }

    /// Valid expressions, built from smaller ones.
    fn valid() -> impl Strategy<Value = String> {
        let leaf = "(\\$[a-z_][a-z0-9_]{0,3}|image\\.width|[0-9]{1,3}(\\.[0-9]{1,2})?|'[a-z \"]{0,3}'|true|null)";
        leaf.prop_recursive(8, 64, 3, |inner| {
            let operator = "( ?[+*/%~-] ?| ?(==|!=|<=|>|&&|\\|\\||\\?\\?|\\*\\*) ?| (and|or|in|not in|matches|starts with) )";
            prop_oneof![
                (inner.clone(), operator, inner.clone()).prop_map(|(a, operator, b)| format!("{a}{operator}{b}")),
                inner.clone().prop_map(|a| format!("({a})")),
                inner.clone().prop_map(|a| format!("not {a}")),
                inner.clone().prop_map(|a| format!("!({a})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("f({a}, {b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}][0]")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{a: {a}, 'b': {b}}}.a")),
                (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_panics(text in prop_oneof![parts(), any::<String>()]) {
            let _ = variables(&text);
        }

        #[test]
        fn what_is_built_passes_and_what_is_cut_off_fails(text in valid()) {
            prop_assert_eq!(variables(&text).err(), None);
            let broken = ["(?", "? +", "? 1", "* ?"].map(|form| form.replace('?', &text));
            for broken in broken {
                prop_assert!(variables(&broken).is_err(), "{}", broken);
            }
            let spaced = format!(" /* a */ {text}\n");
            prop_assert_eq!(variables(&spaced).err(), None);
        }
    }
}
