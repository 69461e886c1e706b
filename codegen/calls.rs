//! Rewrites the emitted methods, so that the transport does once what each of them would repeat.
//!
//! | emitted | rewritten |
//! |---|---|
//! | headers `api-version` and `accept` | removed: the transport sets them on every request |
//! | a URL parsed from text for every call | a path set on a copy of the base URL, which is parsed once |
//! | a copy of every path value, and another one with its escapes | the value is escaped while the path is written |
//! | hooks before and after the request, which do nothing here | removed: they make every future larger |
//! | the method's name as the operation | the operation id, which the service and its errors use |
//! | a response decoded without its status | the transport, which has read the response, decodes it (lists item by item if necessary) or returns a stream |

use std::collections::BTreeMap;

use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, ExprMethodCall, ExprStruct, ImplItemFn, Lit, LitStr, Local, Macro, Pat, Stmt,
    Token, parse_quote,
};

/// Rewrites every method. `ids` maps methods to operation ids, `lists` names the types of lists of items.
///
/// # Errors
/// Fails if an operation has no method, or if a method does not contain each rewritten part exactly once. The generator then
/// emits a shape that this module does not know, and the rewrite would be skipped silently.
pub(crate) fn adapt(
    file: &mut syn::File,
    ids: &BTreeMap<String, String>,
    lists: &[&str],
) -> Result<(), String> {
    let mut visitor = Methods {
        ids,
        lists,
        returns_list: false,
        rewrites: Rewrites::default(),
        seen: BTreeMap::new(),
    };
    visitor.visit_file_mut(file);
    let unknown: Vec<String> = ids
        .keys()
        .filter_map(|method| match visitor.seen.get(method) {
            None => Some(format!("{method} is not emitted")),
            Some(count) if *count == Rewrites::EXPECTED => None,
            Some(count) => Some(format!("{method}: {count:?}")),
        })
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(format!(
        "codegen/calls.rs does not know the shape of {} of {} emitted methods; expected in each: {:?}; found: {}",
        unknown.len(),
        ids.len(),
        Rewrites::EXPECTED,
        unknown.join("; ")
    ))
}

/// Counts the rewritten parts of a method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Rewrites {
    version_headers: u32,
    hooks: u32,
    urls: u32,
    operation_ids: u32,
    /// Responses that are decoded, streamed or empty.
    responses: u32,
}

impl Rewrites {
    const EXPECTED: Self = Self {
        version_headers: 1,
        hooks: 2,
        urls: 1,
        operation_ids: 1,
        responses: 1,
    };
}

struct Methods<'a> {
    ids: &'a BTreeMap<String, String>,
    lists: &'a [&'a str],
    /// Whether the current method returns a list.
    returns_list: bool,
    /// Rewrites in the current method.
    rewrites: Rewrites,
    /// Rewrites in each method.
    seen: BTreeMap<String, Rewrites>,
}

/// Finds out whether one of these types occurs in a syntax tree.
struct Mentions<'a> {
    types: &'a [&'a str],
    found: bool,
}

impl Visit<'_> for Mentions<'_> {
    fn visit_ident(&mut self, ident: &syn::Ident) {
        self.found |= self.types.iter().any(|name| ident == name);
    }
}

/// The emitted variable with the headers of a request.
const HEADERS: &str = "header_map";

impl VisitMut for Methods<'_> {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        let mut mentions = Mentions {
            types: self.lists,
            found: false,
        };
        mentions.visit_return_type(&function.sig.output);
        self.returns_list = mentions.found;
        self.rewrites = Rewrites::default();
        visit_mut::visit_impl_item_fn_mut(self, function);
        self.seen
            .insert(function.sig.ident.to_string(), self.rewrites);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        block.stmts.retain(|one| {
            let (version, hook) = (is_version_header(one), is_unused_hook(one));
            self.rewrites.version_headers += u32::from(version);
            self.rewrites.hooks += u32::from(hook);
            !version && !hook
        });
        let others = block.stmts.iter().any(is_header);
        if !others {
            block.stmts.retain(|one| !declares(one, HEADERS));
        }
        for one in &mut block.stmts {
            RemoveHeaders { keep_map: others }.visit_stmt_mut(one);
        }
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_local_mut(&mut self, local: &mut Local) {
        if is_named(&local.pat, "url")
            && let Some(init) = &mut local.init
            && let Expr::Macro(format) = &*init.expr
            && let Some(url) = below_base(&format.mac)
        {
            *init.expr = url;
            self.rewrites.urls += 1;
        }
        visit_mut::visit_local_mut(self, local);
    }

    fn visit_expr_struct_mut(&mut self, value: &mut ExprStruct) {
        if value.path.is_ident("OperationInfo") {
            for field in &mut value.fields {
                if let Expr::Lit(literal) = &mut field.expr
                    && let Lit::Str(method) = &mut literal.lit
                    && let Some(id) = self.ids.get(&method.value())
                {
                    *method = LitStr::new(id, method.span());
                    self.rewrites.operation_ids += 1;
                }
            }
        }
        visit_mut::visit_expr_struct_mut(self, value);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if decodes_response(expr) {
            self.rewrites.responses += 1;
            *expr = if self.returns_list {
                parse_quote!(crate::transport::decoded_list(response))
            } else {
                parse_quote!(crate::transport::decoded(response))
            };
        } else if is_call(expr, "ResponseValue", "empty") {
            self.rewrites.responses += 1;
        } else if is_call(expr, "ResponseValue", "stream") {
            self.rewrites.responses += 1;
            *expr = parse_quote!(crate::transport::streamed(response));
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

/// Removes `.header(ACCEPT, …)` from a method chain, and `.headers(header_map)` unless the map has other headers.
struct RemoveHeaders {
    keep_map: bool,
}

impl VisitMut for RemoveHeaders {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        while let Expr::MethodCall(call) = expr
            && let Some(what) = call.args.first()
            && (call.method == "headers" && is_headers(what) && !self.keep_map
                || call.method == "header" && is_accept(what))
        {
            *expr = (*call.receiver).clone();
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

fn is_accept(name: &Expr) -> bool {
    matches!(name, Expr::Path(name) if name.path.segments.last().is_some_and(|last| last.ident == "ACCEPT"))
}

fn is_named(pat: &Pat, name: &str) -> bool {
    matches!(pat, Pat::Ident(pat) if pat.ident == name)
}

fn declares(statement: &Stmt, name: &str) -> bool {
    matches!(statement, Stmt::Local(local) if is_named(&local.pat, name))
}

fn is_headers(expr: &Expr) -> bool {
    matches!(expr, Expr::Path(path) if path.path.is_ident(HEADERS))
}

fn header(statement: &Stmt) -> Option<&ExprMethodCall> {
    match statement {
        Stmt::Expr(Expr::MethodCall(call), _)
            if call.method == "append" && is_headers(&call.receiver) =>
        {
            Some(call)
        }
        _ => None,
    }
}

fn is_header(statement: &Stmt) -> bool {
    header(statement).is_some()
}

fn is_version_header(statement: &Stmt) -> bool {
    let name = match header(statement).and_then(|call| call.args.first()) {
        Some(Expr::Call(from_static)) => from_static.args.first(),
        _ => None,
    };
    name.and_then(text)
        .is_some_and(|name| name == "api-version")
}

/// Whether this is `self.pre(…).await?` or `self.post(…).await?`. The hook `exec` sends the request and stays.
fn is_unused_hook(statement: &Stmt) -> bool {
    let Stmt::Expr(Expr::Try(tried), _) = statement else {
        return false;
    };
    let Expr::Await(awaited) = &*tried.expr else {
        return false;
    };
    matches!(&*awaited.base, Expr::MethodCall(hook) if hook.method == "pre" || hook.method == "post")
}

/// Whether this is `ResponseValue::from_response(…).await`.
fn decodes_response(expr: &Expr) -> bool {
    matches!(expr, Expr::Await(awaited) if is_call(&awaited.base, "ResponseValue", "from_response"))
}

/// Whether this is `ty::function(…)`.
fn is_call(expr: &Expr, ty: &str, function: &str) -> bool {
    let Expr::Call(call) = expr else {
        return false;
    };
    let Expr::Path(path) = &*call.func else {
        return false;
    };
    let names = path.path.segments.iter().map(|one| one.ident.to_string());
    names.eq([ty, function])
}

/// Rewrites `format!("{}/path/{}", self.baseurl, arguments)` to a URL below the parsed base URL.
fn below_base(format: &Macro) -> Option<Expr> {
    let parts = format.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
    let parts: Vec<Expr> = parts.ok()?.into_iter().collect();
    let (pattern, [_base, arguments @ ..]) = parts.split_first()? else {
        return None;
    };
    let pattern = text(pattern)?;
    let path = pattern.strip_prefix("{}")?;
    let arguments = arguments
        .iter()
        .map(segment)
        .collect::<Option<Vec<Expr>>>()?;
    Some(if arguments.is_empty() {
        parse_quote!(self.inner.url(#path))
    } else {
        parse_quote!(self.inner.url(&format!(#path, #(#arguments),*)))
    })
}

/// Rewrites `encode_path(&value.to_string())` to a value that is escaped while it is written.
fn segment(argument: &Expr) -> Option<Expr> {
    let Expr::Call(encode) = argument else {
        return None;
    };
    match (&*encode.func, encode.args.first()?) {
        (Expr::Path(function), Expr::Reference(text)) if function.path.is_ident("encode_path") => {
            let Expr::MethodCall(to_string) = &*text.expr else {
                return None;
            };
            let value = &to_string.receiver;
            (to_string.method == "to_string").then(|| parse_quote!(crate::escape::Segment(#value)))
        }
        _ => None,
    }
}

fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
