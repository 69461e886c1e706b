//! The syntax of expressions: Symfony's expression language, in which `$name` reads a variable.
//!
//! The parser checks how the parts follow each other, in linear time and without recursion. It knows neither precedence nor
//! types, nor which names the service has. Where versions of the language differ, it accepts what the newest accepts.

use crate::expression_token::{Token, parts, position};

/// How a part can be used.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Use<'a> {
    /// A number or a string.
    Literal,
    Name,
    /// A word that is an operator, but can be the key of a map.
    Word(Operator),
    Variable(&'a str),
    Operator(Operator),
    /// `.` or `?.`.
    Member,
    Question,
    Colon,
    Comma,
    Open(Bracket),
    Close(Bracket),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operator {
    /// Between two values.
    Binary,
    /// Precedes a value.
    Not,
    /// `+`, `-` or `~`, which precede a value or separate two.
    Sign,
}

impl<'a> Use<'a> {
    fn of(token: Token<'a>) -> Self {
        match token {
            Token::Number(_) | Token::String(_) => Self::Literal,
            Token::Name(_) => Self::Name,
            Token::Variable(name) => Self::Variable(name),
            Token::Symbol(symbol) => match symbol {
                "not" => Self::Word(Operator::Not),
                "!" => Self::Operator(Operator::Not),
                "+" | "-" | "~" => Self::Operator(Operator::Sign),
                "." | "?." => Self::Member,
                "?" => Self::Question,
                ":" => Self::Colon,
                "," => Self::Comma,
                "(" => Self::Open(Bracket::Round),
                "[" => Self::Open(Bracket::Square),
                "{" => Self::Open(Bracket::Curly),
                ")" => Self::Close(Bracket::Round),
                "]" => Self::Close(Bracket::Square),
                "}" => Self::Close(Bracket::Curly),
                word if word.bytes().all(|byte| byte.is_ascii_lowercase()) => {
                    Self::Word(Operator::Binary)
                }
                _ => Self::Operator(Operator::Binary),
            },
        }
    }
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

/// Checks the syntax. Returns the names of the variables that the expression reads, in order.
///
/// # Errors
/// Why the expression is broken, and where, for people.
#[inline]
pub fn variables(expression: &str) -> Result<Vec<&str>, String> {
    let mut parser = Parser {
        text: expression,
        open: Vec::new(),
        next: Next::Value,
        variables: Vec::new(),
    };
    parser.run()?;
    Ok(parser.variables)
}

struct Parser<'a> {
    text: &'a str,
    open: Vec<Open>,
    next: Next,
    variables: Vec<&'a str>,
}

impl<'a> Parser<'a> {
    #[inline]
    fn run(&mut self) -> Result<(), String> {
        for part in parts(self.text) {
            let part = part?;
            if let Err(expected) = self.accept(Use::of(part.token)) {
                let at = position(self.text, part.start);
                return Err(format!("{expected} at character {at}, not `{}`", part.text));
            }
        }
        self.end()
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
    fn accept(&mut self, part: Use<'a>) -> Result<(), &'static str> {
        self.next = match self.next {
            Next::ValueOrClose => match (part, self.open.last()) {
                (Use::Close(Bracket::Round), Some(Open::Call))
                | (Use::Close(Bracket::Square), Some(Open::List)) => {
                    self.open.pop();
                    Next::Operator
                }
                _ => self.value(part)?,
            },
            Next::ValueOrColon if part == Use::Colon => {
                self.open.pop();
                Next::Value
            }
            Next::Value | Next::ValueOrColon => self.value(part)?,
            Next::OperatorOrCall if part == Use::Open(Bracket::Round) => {
                self.open.push(Open::Call);
                Next::ValueOrClose
            }
            Next::Operator | Next::OperatorOrCall => self.operator(part)?,
            Next::Member => match part {
                Use::Name => Next::OperatorOrCall,
                _ => return Err("a name has to follow the dot"),
            },
            Next::Key => match part {
                Use::Name | Use::Word(_) | Use::Literal => Next::KeyColon,
                Use::Open(Bracket::Round) => {
                    self.open.push(Open::Key);
                    Next::Value
                }
                Use::Close(Bracket::Curly) => {
                    self.open.pop();
                    Next::Operator
                }
                _ => return Err("a key or `}` has to follow"),
            },
            Next::KeyColon => match part {
                Use::Colon => Next::Value,
                _ => return Err("a `:` has to follow"),
            },
        };
        Ok(())
    }

    fn value(&mut self, part: Use<'a>) -> Result<Next, &'static str> {
        Ok(match part {
            Use::Literal => Next::Operator,
            Use::Variable(name) => {
                self.variables.push(name);
                Next::Operator
            }
            Use::Word(Operator::Not) | Use::Operator(Operator::Not | Operator::Sign) => Next::Value,
            Use::Name => Next::OperatorOrCall,
            Use::Open(Bracket::Round) => {
                self.open.push(Open::Group);
                Next::Value
            }
            Use::Open(Bracket::Square) => {
                self.open.push(Open::List);
                Next::ValueOrClose
            }
            Use::Open(Bracket::Curly) => {
                self.open.push(Open::Map);
                Next::Key
            }
            _ => return Err("a value has to follow"),
        })
    }

    fn operator(&mut self, part: Use<'a>) -> Result<Next, &'static str> {
        Ok(match part {
            Use::Word(Operator::Binary) | Use::Operator(Operator::Binary | Operator::Sign) => {
                Next::Value
            }
            Use::Member => Next::Member,
            Use::Question => {
                self.open.push(Open::Condition);
                Next::ValueOrColon
            }
            Use::Open(Bracket::Square) => {
                self.open.push(Open::Index);
                Next::Value
            }
            Use::Colon if self.open.last() == Some(&Open::Condition) => {
                self.open.pop();
                Next::Value
            }
            Use::Comma => {
                self.end_conditions();
                match self.open.last() {
                    Some(Open::Call) => Next::Value,
                    Some(Open::List) => Next::ValueOrClose,
                    Some(Open::Map) => Next::Key,
                    _ => return Err("an operator has to follow"),
                }
            }
            Use::Close(bracket) => {
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
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::variables;

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
            "{in: 1, not: 2}",
            "starts + ends",
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
            (
                "1.foo",
                "an operator has to follow at character 3, not `foo`",
            ),
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
            let deep = open.repeat(100_000) + "1" + &close.repeat(100_000);
            assert_eq!(variables(&deep).err(), None, "{open}");
            assert!(close.is_empty() || open == "a?" || variables(&open.repeat(100_000)).is_err());
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
