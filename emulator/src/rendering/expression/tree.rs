//! The tree of an expression, and its parser. Operators bind as in Symfony's expression language.

use rokka_render::expressions::{Token, parts, variables};
use serde_json::{Number, Value};

/// How deep brackets and conditions can be nested.
const MAX_DEPTH: usize = 32;

/// The most parts of an expression. Limits how deep its tree can be, too.
const MAX_TOKENS: usize = 500;

/// The longest expression in bytes.
const MAX_LENGTH: usize = 10_000;

#[derive(Debug)]
pub(super) enum Node {
    Literal(Value),
    Name(String),
    Variable(String),
    /// A member of a value: `a.b`.
    Member(Box<Node>, String),
    /// A member of a value by its key: `a["b"]`.
    Index(Box<Node>, Box<Node>),
    Call(String, Vec<Node>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Not(Box<Node>),
    Negative(Box<Node>),
    Positive(Box<Node>),
    Complement(Box<Node>),
    Binary(&'static str, Box<Node>, Box<Node>),
    Condition(Box<Node>, Box<Node>, Box<Node>),
    /// `a ?: b`.
    Otherwise(Box<Node>, Box<Node>),
    /// `a ?? b`.
    Coalesce(Box<Node>, Box<Node>),
}

pub(super) fn parse(text: &str) -> Result<Node, String> {
    if text.len() > MAX_LENGTH {
        return Err("it is too long".to_owned());
    }
    let mut tokens = Vec::new();
    for part in parts(text) {
        if tokens.len() >= MAX_TOKENS {
            return Err("it is too long".to_owned());
        }
        tokens.push(part?.token);
    }
    // The syntax by which the crate `rokka` checks a stack.
    variables(text)?;
    tokens.reverse();
    let mut parser = Parser { tokens, depth: 0 };
    let node = parser.expression()?;
    match parser.tokens.pop() {
        None => Ok(node),
        Some(token) => Err(format!("{} does not belong there", shown(&token))),
    }
}

struct Parser<'a> {
    /// The rest, the next one last.
    tokens: Vec<Token<'a>>,
    depth: usize,
}

impl Parser<'_> {
    /// Parses an expression with its conditions, which bind least.
    fn expression(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("it is nested too deep".to_owned());
        }
        let mut node = self.binary(0)?;
        loop {
            if self.take("??") {
                node = Node::Coalesce(node.into(), self.expression()?.into());
            } else if self.take("?") {
                if self.take(":") {
                    node = Node::Otherwise(node.into(), self.expression()?.into());
                    continue;
                }
                let then = self.expression()?;
                let otherwise = if self.take(":") {
                    self.expression()?
                } else {
                    Node::Literal(Value::Null)
                };
                node = Node::Condition(node.into(), then.into(), otherwise.into());
            } else {
                break;
            }
        }
        self.depth -= 1;
        Ok(node)
    }

    /// Parses operators that bind at least as strongly as `least`.
    fn binary(&mut self, least: u16) -> Result<Node, String> {
        let mut left = self.unary()?;
        while let Some(Token::Symbol(operator)) = self.tokens.last() {
            let operator = *operator;
            let Some(strength) = strength(operator).filter(|strength| *strength >= least) else {
                break;
            };
            self.tokens.pop();
            // All operators but the power group to the left.
            let right = if operator == "**" {
                self.nested(|parser| parser.binary(strength))?
            } else {
                self.binary(strength + 1)?
            };
            left = Node::Binary(operator, left.into(), right.into());
        }
        Ok(left)
    }

    fn nested(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<Node, String>,
    ) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("it is nested too deep".to_owned());
        }
        let node = parse(self)?;
        self.depth -= 1;
        Ok(node)
    }

    fn unary(&mut self) -> Result<Node, String> {
        if self.take("not") || self.take("!") {
            let node = self.nested(|parser| parser.binary(50))?;
            return Ok(Node::Not(node.into()));
        }
        let sign = match self.tokens.last() {
            Some(Token::Symbol(sign @ ("-" | "+" | "~"))) => *sign,
            _ => {
                let node = self.primary()?;
                return self.members(node);
            }
        };
        self.tokens.pop();
        let operand = self.nested(|parser| parser.binary(500))?.into();
        Ok(match sign {
            "-" => Node::Negative(operand),
            "+" => Node::Positive(operand),
            _ => Node::Complement(operand),
        })
    }

    fn primary(&mut self) -> Result<Node, String> {
        match self.tokens.pop() {
            Some(Token::Number(written)) => Ok(Node::Literal(number(written)?)),
            Some(Token::String(quoted)) => Ok(Node::Literal(string(quoted))),
            Some(Token::Variable(name)) => Ok(Node::Variable(name.to_owned())),
            Some(Token::Name(name)) => {
                if self.take("(") {
                    return Ok(Node::Call(name.to_owned(), self.list(")")?));
                }
                Ok(match name.to_ascii_lowercase().as_str() {
                    "true" => Node::Literal(Value::Bool(true)),
                    "false" => Node::Literal(Value::Bool(false)),
                    "null" => Node::Literal(Value::Null),
                    _ => Node::Name(name.to_owned()),
                })
            }
            Some(Token::Symbol("(")) => {
                let node = self.expression()?;
                self.expect(")")?;
                Ok(node)
            }
            Some(Token::Symbol("[")) => Ok(Node::List(self.list("]")?)),
            Some(Token::Symbol("{")) => self.map(),
            Some(token) => Err(format!("a value has to stand instead of {}", shown(&token))),
            None => Err("it ends where a value has to follow".to_owned()),
        }
    }

    /// Parses the members of a value.
    fn members(&mut self, mut node: Node) -> Result<Node, String> {
        loop {
            if self.take(".") || self.take("?.") {
                let Some(Token::Name(name)) = self.tokens.pop() else {
                    return Err("a name has to follow the dot".to_owned());
                };
                if self.take("(") {
                    return Err(format!("`{name}` cannot be called"));
                }
                node = Node::Member(node.into(), name.to_owned());
            } else if self.take("[") {
                let key = self.expression()?;
                self.expect("]")?;
                node = Node::Index(node.into(), key.into());
            } else {
                return Ok(node);
            }
        }
    }

    /// Parses expressions up to the closing bracket.
    fn list(&mut self, close: &str) -> Result<Vec<Node>, String> {
        let mut list = Vec::new();
        while !self.take(close) {
            if !list.is_empty() {
                self.expect(",")?;
                if self.take(close) {
                    break;
                }
            }
            list.push(self.expression()?);
        }
        Ok(list)
    }

    fn map(&mut self) -> Result<Node, String> {
        let mut map = Vec::new();
        while !self.take("}") {
            if !map.is_empty() {
                self.expect(",")?;
                if self.take("}") {
                    break;
                }
            }
            let key = match self.tokens.pop() {
                Some(Token::Number(written)) => Node::Literal(number(written)?),
                Some(Token::String(quoted)) => Node::Literal(string(quoted)),
                Some(Token::Symbol("(")) => {
                    let key = self.expression()?;
                    self.expect(")")?;
                    key
                }
                // Also a word that is an operator elsewhere.
                Some(Token::Name(name) | Token::Symbol(name)) => {
                    Node::Literal(Value::String(name.to_owned()))
                }
                _ => return Err("a key has to stand before `:`".to_owned()),
            };
            self.expect(":")?;
            map.push((key, self.expression()?));
        }
        Ok(Node::Map(map))
    }

    fn take(&mut self, symbol: &str) -> bool {
        let is_next = matches!(self.tokens.last(), Some(Token::Symbol(next)) if *next == symbol);
        if is_next {
            self.tokens.pop();
        }
        is_next
    }

    fn expect(&mut self, symbol: &str) -> Result<(), String> {
        if self.take(symbol) {
            return Ok(());
        }
        match self.tokens.last() {
            None => Err(format!("it ends where `{symbol}` has to follow")),
            Some(token) => Err(format!(
                "`{symbol}` has to stand instead of {}",
                shown(token)
            )),
        }
    }
}

/// Returns the value of a number such as `1_000.5e-3`.
fn number(written: &str) -> Result<Value, String> {
    let digits = written.replace('_', "");
    if let Ok(number) = digits.parse::<i64>() {
        return Ok(number.into());
    }
    let number = digits.parse().ok().and_then(Number::from_f64);
    let number = number.ok_or_else(|| format!("`{written}` is not a finite number"))?;
    Ok(Value::Number(number))
}

/// Returns the text of a string, of which its backslashes are a part.
fn string(quoted: &str) -> Value {
    let mut string = String::with_capacity(quoted.len());
    let mut letters = quoted.chars();
    while let Some(letter) = letters.next() {
        string.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some(escaped) => escaped,
                None => break,
            },
            letter => letter,
        });
    }
    Value::String(string)
}

fn shown(token: &Token<'_>) -> String {
    match token {
        Token::Number(text) | Token::String(text) | Token::Name(text) => format!("`{text}`"),
        Token::Variable(name) => format!("`${name}`"),
        Token::Symbol(symbol) => format!("`{symbol}`"),
    }
}

/// Returns how strongly an operator between two values binds.
fn strength(operator: &str) -> Option<u16> {
    Some(match operator {
        "or" | "||" => 10,
        "xor" => 12,
        "and" | "&&" => 15,
        "|" => 16,
        "^" => 17,
        "&" => 18,
        "==" | "===" | "!=" | "!==" | "<" | ">" | "<=" | ">=" | "in" | "not in" | "matches"
        | "contains" | "starts with" | "ends with" => 20,
        ".." | "<<" | ">>" => 25,
        "+" | "-" => 30,
        "~" => 40,
        "*" | "/" | "%" => 60,
        "**" => 200,
        _ => return None,
    })
}
