//! Render URLs: written, taken apart, changed, signed and checked, without a network.
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
//! // A finished URL, changed and signed for a day.
//! let key = SigningKey::from("EXAMPLEsigningKey0123456789abcd");
//! let tomorrow = SystemTime::now() + Duration::from_secs(86_400);
//! let url = RenderUrl::parse(&url)?.stack("thumb").sign(&key).until(tomorrow).url()?;
//! assert!(key.verify(&url, SystemTime::now()).is_valid());
//! # Ok::<(), rokka_render::Error>(())
//! ```
//!
//! | to | use |
//! |---|---|
//! | write a render URL | [`RenderUrl::new`], [`RenderUrl::with_host`] and setters, then [`RenderUrl::url`] |
//! | show an alias or a remote file | [`ImageSource`] |
//! | take a URL apart, or change it | [`RenderUrl::parse`], [`RenderUrl::components`] |
//! | add stack variables to a URL | [`add_variables`] |
//! | sign a URL | [`RenderUrl::sign`]; for a finished one [`SigningKey::sign`] or [`Signer`] |
//! | check a signature | [`SigningKey::verify`] |
//! | write `<img srcset>` or `<picture>` | [`RenderUrl::srcset`], [`Picture`] |
//! | ask for a placeholder | [`RenderUrl::blurhash`] |
//! | serve a zoomable image | [`IiifUrl`] |
//! | list an album | [`AlbumUrl`] |
//!
//! # What is refused
//!
//! A path separates its parts by `-`, `--` and `/` and knows no escape for them. Stack variables that it cannot carry go
//! to the query parameter `v`; for operations and stack options there is no such place, and the URL is refused with the
//! value and the rule. Nothing is ever left out, shortened or written so that it would mean something else: a client that
//! follows the WHATWG URL standard, as browsers do, sends the very path that was put in. What [`RenderUrl::parse`] accepts
//! can be written again. Both take time and memory in proportion to the length of the URL, which may come from outside.
//!
//! # The canonical form
//!
//! `{host}/{stack}/{operations}/o-{options}/v-{variables}/{image}/{filename}.{format}?{query}`, of which what is empty is
//! left out. Order is kept everywhere. Parsing a canonical URL and writing it again gives the same bytes. Of another one
//! it gives the canonical form: hashes and formats in lower case, `options-` and `variables-` by their short names,
//! repeated keys once with their last value, empty segments dropped, variables where they belong, and the host as URL
//! parsers write it. The segments of operations stay as they are, because `/` overrides what stands before it, while `--`
//! puts an operation beside it.
//!
//! # Differences from rokka.js
//!
//! Plain cases equal `rokka-render` 0.10 and `rokka.js` 4 byte for byte: names of letters, digits and dashes, values the
//! path can carry, strings in `?v=`, and signatures of them with or without a time limit. On purpose it differs here:
//!
//! | case | rokka.js | here | why |
//! |---|---|---|---|
//! | option `0`, `false` | `__undefined__` | `0`, `false` | the value is meant |
//! | option `null` | `__undefined__` | left out | absent is absent |
//! | expressions of an operation | dropped | `[expression]` | they are part of the operation |
//! | dynamic stack without operations | `dynamic//`, or `dynamic/noop` without a stack | `dynamic` | `noop` is deprecated |
//! | option value with `-`, `/`, `?`, … | written as it is | refused | it would be read as something else |
//! | option value or filename with spaces, umlauts, … | as it is unless variables are added | percent-encoded | clients send it so, and a signature covers what is sent |
//! | stack name with `/` | written as it is | refused | operations and options have setters |
//! | variable of other than letters, digits, `_`, `.` | path, but for a list of characters | `?v=` | the clients' lists differ; the query is always right |
//! | variable `0` or `""` | dropped | `0` in the path, `""` in `?v=` | the value is meant |
//! | `v` that is no JSON object | exception or ignored | refused | it cannot be merged |
//! | URL that is no render URL | returned unchanged, or misread | refused | a typo is not a URL |
//! | `getUrlFromUrl` | drops variables, options, query and custom host | a setter changes what it names | nothing is lost unasked; see [`RenderUrl::clear_variables`] |
//! | upper-case hash | refused | written in lower case | the API accepts it |
//! | remote URL with `?` or `#` | ends the path | escaped | it is part of the remote URL |
//! | signing: dotted filename | kept | stripped, like every other | a URL without it is right under either reading |
//! | signing: `/_iiif/…/info.json` | becomes `/_iiif/….json` | kept | it is not a filename |
//! | signing: other query parameters | written anew (`x` becomes `x=`) | their bytes stay; only those with bytes that no URL may hold are written anew | what is signed is what was given |
//! | signing: an earlier `sigopts` | replaced in its place | dropped, the new one at the end | earlier terms are gone first |
//! | time limit with parts of a millisecond | cut off | rounded up | it is never shortened |
//! | changing a signed URL | the old signature stays | dropped | it is wrong by then |
//!
//! Not offered: the "nicer" query of `removeSafeUrlFromQuery`, since clients would escape it again and break the
//! signature.
//!
//! # Differences from the PHP client
//!
//! | case | PHP | here | why |
//! |---|---|---|---|
//! | order of options and variables | sorted by name | as they were set | both render the same, and nothing is reordered unasked |
//! | `o-` and `v-` | behind `--` in the last segment; `options-` and `variables-` in older versions | in segments of their own, by their short names | as rokka.js writes them |
//! | segments after the first | folded into it: `resize-width-1/resize-width-2` becomes `resize-width-2` | stay as they are | a parsed URL comes back as it was |
//! | expression | `%5B$w%5D` | `[$w]` | clients leave brackets in a path alone, so a signature covers what is sent |
//! | variable for `?v=` | by a list of characters; `:` and `,` stay as they are in it | by what the path can carry; written as rokka.js does | the query is always right |
//! | filename | letters, digits, `-`, `/` and `.` are recognized | anything but a slash | a slash ends a segment |
//! | format | 3 or 4 letters and digits | 2 to 5 | `ts`, `m3u8` and `heif` alike |
//! | time limit | `2031-03-01T10:05:00+00:00` | `2031-03-01T10:05:00.000Z` | as rokka.js writes it; [`SigningKey::verify`] reads both |
//! | signing: filename | kept and signed | left out, unless [`RenderUrl::keep_filename`] is set | a URL without it is right under either reading |
//! | `srcset`: width with a `dpr` | divided by the candidate's | also by the one that the URL has already | the image would be larger than its candidate says |
//! | `srcset`: size that it does not know | URL unchanged | cannot be written | a typo is not a size |
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
mod format;
mod host;
mod iiif;
mod iiif_request;
mod named;
mod operation;
mod overrides;
mod parse;
mod parts;
mod picture;
mod query;
mod sign;
mod source;
mod srcset;
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
pub use picture::{Img, Picture, PictureParts, PictureSource};
pub use sign::{Signer, SigningKey, Verdict};
pub use source::ImageSource;
pub use srcset::{Sizes, Srcset};
pub use url::RenderUrl;
pub use value::Value;

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
