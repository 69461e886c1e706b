//! Builds, parses, changes, signs and verifies render URLs of [rokka.io](https://rokka.io), without a network.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//!
//! use rokka_render::{Operation, RenderUrl, SigningKey};
//!
//! // A named stack.
//! let url = RenderUrl::new("acme", "3f9a21")?.stack("thumb").format("webp").url()?;
//! assert_eq!(url, "https://acme.rokka.io/thumb/3f9a21.webp");
//!
//! // The dynamic stack, with its operations in the URL.
//! let resize = Operation::new("resize").option("width", 300);
//! let url = RenderUrl::new("acme", "3f9a21")?.dynamic([resize]).option("dpr", 2).url()?;
//! assert_eq!(url, "https://acme.rokka.io/dynamic/resize-width-300/o-dpr-2/3f9a21.jpg");
//!
//! // Change a finished URL and sign it for a day.
//! let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
//! let tomorrow = SystemTime::now() + Duration::from_secs(86_400);
//! let url = RenderUrl::parse(&url)?.stack("thumb").sign(&key).until(tomorrow).url()?;
//! assert!(key.verify(&url, SystemTime::now()).is_valid());
//! # Ok::<(), rokka_render::Error>(())
//! ```
//!
//! | to | use |
//! |---|---|
//! | build a render URL | [`RenderUrl::new`], [`RenderUrl::with_host`] and setters, then [`RenderUrl::url`] |
//! | chain operations | [`RenderUrl::operation`], with the types of [`operations`] or any [`Operation`] |
//! | use an alias or a remote file | [`ImageSource`] |
//! | parse or change a URL | [`RenderUrl::parse`], [`RenderUrl::components`] |
//! | add stack variables to a URL | [`add_variables`] |
//! | sign a URL | [`RenderUrl::sign`]; a finished one with [`SigningKey::sign`] or [`Signer`] |
//! | verify a signature | [`SigningKey::verify`] |
//! | build `<img srcset>` or `<picture>` | [`RenderUrl::srcset`], [`Picture`] |
//! | get a placeholder | [`RenderUrl::blurhash`] |
//! | serve a zoomable image | [`IiifUrl`] |
//! | list an album | [`AlbumUrl`] |
//!
//! The crate `rokka` re-exports all of it: there, the paths begin with `rokka::render` instead of `rokka_render`.
//!
//! # In a browser
//!
//! The crate builds for `wasm32-unknown-unknown`, and `examples/front_end.rs` is the view of a gallery.
//! [`SystemTime::now`](std::time::SystemTime::now) panics on that target: pass the time of JavaScript's `Date.now()`. A
//! signing key does not belong in a browser; the back end signs.
//!
//! # Rejected values
//!
//! A path separates its parts with `-`, `--` and `/` and has no escape for them. Stack variables that a path cannot
//! carry go to the query parameter `v`. Operations and stack options have no such alternative: [`RenderUrl::url`]
//! returns an error with the value and the rule. It never drops, shortens or changes a value: a client that follows the
//! WHATWG URL standard, as browsers do, sends exactly the path that was built. Every URL that [`RenderUrl::parse`]
//! accepts can be built again. Both run in linear time and memory, so the URL may be untrusted.
//!
//! Values of known operations and stack options that are out of range or not among their keywords are rejected too, by
//! the rules that the crate `rokka` applies to stacks. Unknown operations and options pass, because the service may be
//! newer than this crate, and so does everything in a parsed URL that was not set. [`RenderUrl::unchecked`] disables it.
//!
//! # The canonical form
//!
//! `{host}/{stack}/{operations}/o-{options}/v-{variables}/{image}/{filename}.{format}?{query}`, without empty parts and
//! in the order in which values were set. Parsing and building a canonical URL returns the same bytes. Any other URL
//! becomes canonical: hashes and formats in lower case, `o-` and `v-` instead of `options-` and `variables-`, repeated
//! keys once with their last value, no empty segments, variables in the path or the query as above, and the host as URL
//! parsers write it. The segments of operations stay, because `/` overrides the operations before it, while `--` adds
//! one.
//!
//! # Differences from rokka.js
//!
//! Common cases equal `rokka-render` 0.10 and `rokka.js` 4 byte for byte: names of letters, digits and dashes, values
//! that the path can carry, strings in `?v=`, and their signatures with or without a time limit. Intended differences:
//!
//! | case | rokka.js | here | why |
//! |---|---|---|---|
//! | option `0`, `false` | `__undefined__` | `0`, `false` | it is a value |
//! | option `null` | `__undefined__` | omitted | it is not a value |
//! | expressions of an operation | omitted | `[expression]` | they are part of the operation |
//! | dynamic stack without operations | `dynamic//`, or `dynamic/noop` without a stack | `dynamic` | `noop` is deprecated |
//! | option value with `-`, `/`, `?`, … | unchanged | error | rokka would read it as something else |
//! | option value or filename with spaces, umlauts, … | unchanged unless variables are added | percent-encoded | clients encode it, and a signature covers what they send |
//! | stack name with `/` | unchanged | error | operations and options have setters |
//! | variable with other characters than letters, digits, `_`, `.` | path, except a list of characters | `?v=` | the lists of the clients differ; the query is always valid |
//! | variable `0` or `""` | omitted | `0` in the path, `""` in `?v=` | it is a value |
//! | `v` that is not a JSON object | exception or ignored | error | it cannot be merged |
//! | URL that is not a render URL | returned unchanged, or misread | error | it is a mistake |
//! | `getUrlFromUrl` | removes variables, options, query and custom host | a setter changes only its part | removing is explicit; see [`RenderUrl::clear_variables`] |
//! | upper-case hash | error | converted to lower case | the API accepts it |
//! | remote URL with `?` or `#` | ends the path | escaped | it is part of the remote URL |
//! | signing: filename with a dot | kept | removed, as any other | a URL without it is valid under either reading |
//! | signing: `/_iiif/…/info.json` | becomes `/_iiif/….json` | kept | it is not a filename |
//! | signing: other query parameters | encoded again (`x` becomes `x=`) | unchanged, unless they contain bytes that are not allowed in a URL | the signature covers the URL as passed in |
//! | signing: an earlier `sigopts` | replaced in its place | removed, the new one at the end | the order of other parameters is independent of it |
//! | time limit with a fraction of a millisecond | truncated | rounded up | the limit is never shortened |
//! | changing a signed URL | keeps the old signature | removes it | it is no longer valid |
//!
//! There is no equivalent of `removeSafeUrlFromQuery`: clients would escape its query again and invalidate the
//! signature.
//!
//! # Differences from the PHP client
//!
//! | case | PHP | here | why |
//! |---|---|---|---|
//! | order of options and variables | sorted by name | as set | both render the same |
//! | `o-` and `v-` | after `--` in the last segment; `options-` and `variables-` in older versions | in their own segments | as in rokka.js |
//! | segments after the first | merged into it: `resize-width-1/resize-width-2` becomes `resize-width-2` | kept | a parsed URL builds the same URL |
//! | expression | `%5B$w%5D` | `[$w]` | clients do not escape brackets in a path, and a signature covers what they send |
//! | variable for `?v=` | by a list of characters; `:` and `,` not encoded | if the path cannot carry it; encoded as in rokka.js | the query is always valid |
//! | filename | letters, digits, `-`, `/` and `.` | anything but a slash | a slash ends a segment |
//! | format | 3 or 4 letters and digits | 2 to 5 | includes `ts` |
//! | time limit | `2031-03-01T10:05:00+00:00` | `2031-03-01T10:05:00.000Z` | as in rokka.js; [`SigningKey::verify`] accepts both |
//! | signing: filename | kept and signed | removed, unless [`RenderUrl::keep_filename`] is set | a URL without it is valid under either reading |
//! | `srcset`: width with a `dpr` | divided by that of the candidate | also by that of the URL | the image would be larger than its descriptor |
//! | `srcset`: unknown descriptor | URL unchanged | not possible | it is a mistake |
//!
//! References: [render](https://rokka.io/documentation/references/render.html),
//! [stacks](https://rokka.io/documentation/references/stacks.html),
//! [signing](https://rokka.io/documentation/references/protected-images-and-stacks.html).

mod add_variables;
mod album;
mod candidate;
mod date_time;
mod error;
pub mod escape;
mod expression;
mod expression_token;
mod format;
mod host;
mod iiif;
mod iiif_request;
mod named;
mod operation;
pub mod operations;
mod option_value;
mod overrides;
mod parse;
mod parts;
mod picture;
mod query;
mod ranges;
mod rule;
mod sign;
mod source;
mod srcset;
mod stack_options;
mod steps;
mod target;
mod url;
mod value;
mod variables;

pub use add_variables::add_variables;
pub use album::AlbumUrl;
pub use candidate::Candidate;
pub use date_time::DateTime;
pub use error::{Error, Result};
pub use host::check_organization;
pub use iiif::{IiifComponents, IiifUrl};
pub use iiif_request::{IiifQuality, IiifRegion, IiifSize, IiifVersion};
pub use operation::Operation;
pub use parse::Components;
pub use picture::{Img, Loading, Picture, PictureParts, PictureSource};
pub use sign::{Signer, SigningKey, Verdict};
pub use source::ImageSource;
pub use srcset::{Sizes, Srcset};
pub use url::RenderUrl;
pub use value::Value;

/// The rules of operations and stack options, by which the crate `rokka` checks stacks. Not part of the public API.
#[doc(hidden)]
pub mod rules {
    pub use crate::operations::OPERATIONS;
    pub use crate::rule::{OperationRules, OptionRule, Rule};
    pub use crate::stack_options::STACK_OPTIONS;
}

/// The syntax of the expressions in stacks, which the crate `rokka` checks and the emulator evaluates. Not part of the public API.
#[doc(hidden)]
pub mod expressions {
    pub use crate::expression::variables;
    pub use crate::expression_token::{Part, Parts, Token, has_variable, parts};
}

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
