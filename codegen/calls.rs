//! What is changed in the emitted methods: the transport does once what each of them would do again.
//!
//! | emitted | instead |
//! |---|---|
//! | headers `api-version` and `accept` | the transport puts them on every request, after it has copied it for another try |
//! | a URL parsed from text for every call | the base URL is parsed once, and the path set on a copy |
//! | a copy of every value of a path, and another one with its escapes | the value, a text, is escaped while the path is written |
//! | hooks before and after the request, which do nothing here | none: what is kept for them makes every future larger |
//! | the name of the method as the operation | the operation id, which is what the service and its errors say |
//! | an answer read and decoded without a trace of its status | the transport, which has read it already, decodes it, item by item if need be where it is a list, or returns it as a stream |

use std::collections::BTreeMap;

use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, ExprMethodCall, ExprStruct, ImplItemFn, Lit, LitStr, Local, Macro, Pat, Stmt,
    Token, parse_quote,
};

/// Changes every method; `ids` has the operation id of each, and `lists` the types of lists of items.
///
/// # Errors
/// If an operation has no method, or a method does not have everything once that is changed in it. Then the generator
/// emits another shape than the one that is known here, and the change would be skipped silently.
pub(crate) fn adapt(
    file: &mut syn::File,
    ids: &BTreeMap<String, String>,
    lists: &[&str],
) -> Result<(), String> {
    let mut calls = Calls {
        ids,
        lists,
        list: false,
        changes: Changes::default(),
        methods: BTreeMap::new(),
    };
    calls.visit_file_mut(file);
    let wrong: Vec<String> = ids
        .keys()
        .filter_map(|method| match calls.methods.get(method) {
            None => Some(format!("{method} is not emitted")),
            Some(changes) if *changes == Changes::EXPECTED => None,
            Some(changes) => Some(format!("{method}: {changes:?}")),
        })
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!(
        "codegen/calls.rs does not know the shape of {} of {} emitted methods; expected in each: {:?}; found: {}",
        wrong.len(),
        ids.len(),
        Changes::EXPECTED,
        wrong.join("; ")
    ))
}

/// What was changed in a method, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Changes {
    version_headers: u32,
    hooks: u32,
    urls: u32,
    operation_ids: u32,
    /// Responses that are decoded, streamed, or empty.
    responses: u32,
}

impl Changes {
    const EXPECTED: Self = Self {
        version_headers: 1,
        hooks: 2,
        urls: 1,
        operation_ids: 1,
        responses: 1,
    };
}

struct Calls<'a> {
    ids: &'a BTreeMap<String, String>,
    lists: &'a [&'a str],
    /// Whether the method that is visited returns a list.
    list: bool,
    /// What was changed in the method that is visited.
    changes: Changes,
    /// What was changed in each method.
    methods: BTreeMap<String, Changes>,
}

/// Whether one of these types is in what is visited.
struct Mentions<'a> {
    types: &'a [&'a str],
    found: bool,
}

impl Visit<'_> for Mentions<'_> {
    fn visit_ident(&mut self, ident: &syn::Ident) {
        self.found |= self.types.iter().any(|name| ident == name);
    }
}

/// The name of the emitted variable with the headers of a call.
const HEADERS: &str = "header_map";

impl VisitMut for Calls<'_> {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        let mut mentions = Mentions {
            types: self.lists,
            found: false,
        };
        mentions.visit_return_type(&function.sig.output);
        self.list = mentions.found;
        self.changes = Changes::default();
        visit_mut::visit_impl_item_fn_mut(self, function);
        self.methods
            .insert(function.sig.ident.to_string(), self.changes);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        block.stmts.retain(|one| {
            let (version, hook) = (is_version_header(one), is_idle_hook(one));
            self.changes.version_headers += u32::from(version);
            self.changes.hooks += u32::from(hook);
            !version && !hook
        });
        let others = block.stmts.iter().any(is_header);
        if !others {
            block.stmts.retain(|one| !declares(one, HEADERS));
        }
        for one in &mut block.stmts {
            WithoutHeaders { others }.visit_stmt_mut(one);
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
            self.changes.urls += 1;
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
                    self.changes.operation_ids += 1;
                }
            }
        }
        visit_mut::visit_expr_struct_mut(self, value);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if reads_answer(expr) {
            self.changes.responses += 1;
            *expr = if self.list {
                parse_quote!(crate::transport::decoded_list(response))
            } else {
                parse_quote!(crate::transport::decoded(response))
            };
        } else if is_call(expr, "ResponseValue", "empty") {
            self.changes.responses += 1;
        } else if is_call(expr, "ResponseValue", "stream") {
            self.changes.responses += 1;
            *expr = parse_quote!(crate::transport::streamed(response));
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

/// Takes `.header(ACCEPT, …)` out of a chain of calls, and `.headers(header_map)` unless there are others in the map.
struct WithoutHeaders {
    others: bool,
}

impl VisitMut for WithoutHeaders {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        while let Expr::MethodCall(call) = expr
            && let Some(what) = call.args.first()
            && (call.method == "headers" && is_headers(what) && !self.others
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

/// Whether it is `self.pre(…).await?` or `self.post(…).await?`. The hook `exec` is the one that sends.
fn is_idle_hook(statement: &Stmt) -> bool {
    let Stmt::Expr(Expr::Try(tried), _) = statement else {
        return false;
    };
    let Expr::Await(awaited) = &*tried.expr else {
        return false;
    };
    matches!(&*awaited.base, Expr::MethodCall(hook) if hook.method == "pre" || hook.method == "post")
}

/// Whether it is `ResponseValue::from_response(…).await`.
fn reads_answer(expr: &Expr) -> bool {
    matches!(expr, Expr::Await(awaited) if is_call(&awaited.base, "ResponseValue", "from_response"))
}

/// Whether it is `ty::function(…)`.
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

/// `format!("{}/path/{}", self.baseurl, arguments)` as a URL made of the parsed base.
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

/// `encode_path(&value.to_string())` as a value that is escaped when it is written.
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
