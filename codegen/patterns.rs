//! Replaces the regular expressions of the bindings by checks without them; see `src/pattern.rs`.

use std::ascii::escape_default;

use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Item, LitStr, Stmt};

use crate::pattern::{Part, alternatives};

/// Replaces every pattern. The error names the unsupported one.
pub(crate) fn adapt(file: &mut syn::File) -> Result<(), String> {
    let mut patterns = Patterns { error: None };
    patterns.visit_file_mut(file);
    match patterns.error {
        Some(pattern) => Err(format!(
            "the pattern {pattern:?} is not supported: codegen/pattern.rs accepts `^…$` with characters, classes and repetition counts"
        )),
        None => Ok(()),
    }
}

struct Patterns {
    error: Option<String>,
}

impl VisitMut for Patterns {
    fn visit_block_mut(&mut self, block: &mut Block) {
        let mut found = FirstText(None);
        block.stmts.retain_mut(|one| match one {
            Stmt::Item(Item::Static(item)) if item.ident == "PATTERN" => {
                found.visit_item_static_mut(item);
                false
            }
            _ => true,
        });
        if let Some(pattern) = found.0 {
            // The pattern is followed by `if PATTERN.find(value).is_none()`.
            let condition = block.stmts.iter_mut().find_map(|one| match one {
                Stmt::Expr(Expr::If(check), _) => Some(&mut check.cond),
                _ => None,
            });
            let mismatch = alternatives(&pattern).and_then(|parsed| check(&parsed));
            match (condition, mismatch) {
                (Some(condition), Some(mismatch)) => **condition = mismatch,
                _ => self.error = Some(pattern),
            }
        }
        visit_mut::visit_block_mut(self, block);
    }
}

struct FirstText(Option<String>);

impl VisitMut for FirstText {
    fn visit_lit_str_mut(&mut self, text: &mut LitStr) {
        self.0.get_or_insert_with(|| text.value());
    }
}

/// Returns the expression that is true for a value that does not match.
fn check(alternatives: &[Vec<Part>]) -> Option<Expr> {
    let list = |items: Vec<String>| format!("&[{}]", items.join(", "));
    let range = |(from, to): &(u8, u8)| {
        format!("(b'{}', b'{}')", escape_default(*from), escape_default(*to))
    };
    let part = |(ranges, least, most): &Part| {
        let ranges = list(ranges.iter().map(range).collect());
        match *most {
            usize::MAX => format!("({ranges}, {least}, usize::MAX)"),
            most => format!("({ranges}, {least}, {most})"),
        }
    };
    let parts = |parts: &Vec<Part>| list(parts.iter().map(part).collect());
    let all = list(alternatives.iter().map(parts).collect());
    syn::parse_str(&format!("!crate::pattern::matches(value, {all})")).ok()
}
