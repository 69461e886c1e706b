//! A client of [rokka.io](https://rokka.io), the image service: upload source images, describe and find them, and render
//! them through signed URLs on a CDN.
//!
//! Two levels in one crate. The facade, which starts at [`Client`], says what people want to say and checks it before
//! anything is sent. Below it, [`api`] has a method for every call of the service, generated from an OpenAPI description
//! that is part of the crate. Both send the same way: with retries, time limits and credentials that never leave the
//! configured origin.
//!
//! # Quick start
//!
//! ```no_run
//! use futures_util::TryStreamExt;
//! use rokka::render::SigningKey;
//! use rokka::{Source, SubjectArea, field};
//!
//! # async fn f() -> rokka::Result<()> {
//! let rokka = rokka::Client::from_env()?; // ROKKA_API_KEY
//! let images = rokka.source_images("acme")?;
//!
//! let image = images.upload(Source::path("cat.jpg")).user_metadata("int:sku", 42).await?;
//! let image = images.set_subject_area(&image.hash, SubjectArea::new(100, 100, 50, 50)).await?;
//! let image = images.set_protected(&image.hash, true).await?; // a new hash: the returned image has it
//!
//! let mut hits = images.search().filter(field::HEIGHT.at_least(1200)).stream();
//! while let Some(image) = hits.try_next().await? {
//!     println!("{} {}", image.hash, image.name);
//! }
//!
//! let key = SigningKey::from("the organization's signing key");
//! let url = rokka.render("acme", &image.hash)?.stack("thumb").format("jpg").sign(&key).url()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Where is what
//!
//! | to | use |
//! |---|---|
//! | upload files, bytes, streams, URLs | [`SourceImages::upload`], [`SourceImages::upload_many`], [`Source`] |
//! | read, delete, restore | [`SourceImages::get`], [`SourceImages::delete`], [`SourceImages::restore`] |
//! | find, count, list everything | [`SourceImages::search`], [`field`] |
//! | set the subject area or other dynamic metadata | [`SourceImages::set_subject_area`], [`SourceImages::add_dynamic_metadata`], [`DynamicValue`], [`Revision`] |
//! | read and change user metadata | [`SourceImages::user_metadata`], [`UserMetadata`], [`UserValue`] |
//! | label, describe, read content credentials | [`SourceImages::autolabel`], [`SourceImages::autodescription`], [`SourceImages::content_credentials`] |
//! | protect, lock, rename | [`SourceImages::set_protected`], [`SourceImages::set_locked`], [`SourceImages::set_name`] |
//! | copy to another organization | [`SourceImages::copy`], [`SourceImages::copy_many`] |
//! | find and delete by binary hash, hash a file | [`SourceImages::get_by_binary_hash`], [`SourceImages::delete_by_binary_hash`], [`binary_hash`], [`BinaryHasher`] |
//! | give images names, empty caches | [`SourceImages::aliases`], [`SourceImages::invalidate_cache`] |
//! | download, verified, in parts | [`SourceImages::download`], [`Search::download_zip`](struct.Call.html#method.download_zip) |
//! | upload, copy, delete, download many | [`SourceImages::bulk`], [`Bulk`] |
//! | show how far a transfer is | [`Progress`] |
//! | define what renderings are made by | [`Client::stacks`], [`StackDefinition`], [`stacks::operations`], [`StackOptions`] |
//! | see which operations and options there are | [`Client::operations`], [`Client::stack_options`] |
//! | have the service render a file without storing it, sign a URL, list an album | [`Client::render_upload`], [`Client::sign_url`], [`Client::album`] |
//! | manage users, API keys and the second factor | [`Client::user`], [`Client::create_user`] |
//! | work by tokens | [`ClientBuilder::tokens`], [`Tokens`], [`User::create_token`], [`TokenPayload`] |
//! | manage organizations and their members | [`Client::organizations`], [`Client::memberships`], [`Role`] |
//! | read statistics and bills | [`Client::stats`], [`Client::billing`] |
//! | check a key | [`Client::check_credentials`] |
//! | build, sign and take apart render URLs | [`Client::render`], [`render`] |
//! | call what this crate has no word for yet | [`Client::api`], [`Client::request`] |
//! | tell failures apart | [`Error`] |
//! | decide about retries and time limits | [`Retry`], [`Call`], [`ClientBuilder`] |
#![cfg_attr(
    feature = "testing",
    doc = "| test your own code without an account | [`testing`] |"
)]
#![cfg_attr(
    not(feature = "testing"),
    doc = "| test your own code without an account | feature `testing` |"
)]
//!
//! Every call is a value: required arguments come first, options are set on it, and `.await` sends it. The names that
//! the service, rokka.js and the clients of other languages use lead to the methods here when searched for in this
//! documentation, such as `sourceimages.setSubjectArea`, `create_source_image_meta_user_wth_name` and
//! `POST /sourceimages/{organization}`.
//!
//! # Features
//!
//! | feature | default | what it does |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls with the ring provider |
//! | `rustls-aws-lc` | | TLS by rustls with the aws-lc-rs provider |
//! | `rustls-no-provider` | | TLS by rustls with the provider that your program installs |
//! | `native-tls` | | TLS by the operating system's library |
//! | `codegen` | yes | generates the bindings in the build; without it the checked-in ones are used, which are the same, and the build is faster |
//! | `gzip` | yes | offers gzip for JSON, so that lists are sent in a fraction of their bytes; downloads are never compressed |
//! | `http2` | | HTTP/2, where the service offers it: calls side by side share a connection |
//! | `tracing` | | a span for every request and an event for every retry |
//! | `testing` | | an in-memory rokka on a loopback port |
//! | `schemars` | | a JSON Schema of every model, by [schemars](https://docs.rs/schemars/1) 1 |
//!
//! With several TLS features, a provider that the program has installed goes first, then aws-lc-rs, then ring; the
//! operating system's library is used if there is no rustls.
//!
//! # JSON Schemas
//!
//! With the feature `schemars` every model implements `schemars::JsonSchema`, for programs that describe an interface of
//! their own in which the models occur. Names, types and bounds agree with the description of the API. As schemars sees it,
//! a schema describes what can be read, and requires only what the decoder cannot do without; a schema for serialization
//! requires all that is always written.
//!
//! ```
//! use schemars::generate::SchemaSettings;
//!
//! let schema = schemars::schema_for!(rokka::SubjectArea);
//! assert_eq!(schema.as_value()["properties"]["x"]["type"], "integer");
//! let written = SchemaSettings::default().for_serialize().into_generator();
//! let written = written.into_root_schema_for::<rokka::SubjectArea>();
//! assert_eq!(written.as_value()["required"], serde_json::json!(["x", "y"]));
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod accounts;
pub mod api;
mod call;
mod client;
mod error;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod http_date;
mod json;
mod lenient;
mod names;
mod open_enum;
mod paging;
mod pattern;
pub mod rendering;
pub mod reports;
mod request;
#[cfg(feature = "schemars")]
mod schemas;
mod secret;
pub mod source_images;
pub mod stacks;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tokens;
mod transfer;
mod transport;
mod undecodable;

pub use accounts::OrganizationOption;
pub use accounts::memberships::{MembershipOutcome, Memberships};
pub use accounts::organizations::Organizations;
pub use accounts::user::User;
pub use api::types::{
    AdminApiKeyItem, AdminApiKeyOverview, Album, AlbumImage, ApiKey, ApiRoot, Billing,
    CacheInvalidation, ContentCredentials, CopyResult, CropArea, CurrentUser, DynamicMetadata,
    FaceDetection, FacetCount, FacetCounts, Membership, MembershipList, MultiArea, MultiAreas,
    NewUser, Organization, OrganizationOptions, Role, SignedUrl, SourceImage, SourceImageAlias,
    SourceImageList, Stack, StackDefinition, StackExpression, StackList, StackOperation,
    StackOptionValues as StackOptions, StaticMetadata, Stats, StatsPoint, SubOrganization,
    SubOrganizationList, SubjectArea, Token, TokenPayload, TotpSetup, TotpState, TotpStatus,
    UserMembership, UserMembershipList, UserMetadata, VideoMetadata,
};
pub use call::{ApiCall, Call};
pub use client::credentials_check::CredentialsCheck;
pub use client::{Client, ClientBuilder};
pub use error::{Error, ErrorKind, RateLimit, Result};
pub use paging::{Images, Items, Listing, Pages};
pub use reports::Day;
pub use request::{AnyRequest, AnyResponse};
/// Render URLs: built, parsed, signed and verified without a network. The crate `rokka-render` by itself has no more than this.
pub use rokka_render as render;
pub use rokka_render::DateTime;
pub(crate) use rokka_render::escape;
pub use secret::Secret;
pub use source_images::{
    Aliases, Bulk, BulkCall, BulkItem, Copied, CopyOutcome, Download, DynamicValue, Hashes,
    ImageUserMetadata, LatLon, OptimizeSource, Revision, Search, Source, SourceImages, UserValue,
    field,
};
pub use stacks::{StackVariableValues as StackVariables, Stacks};
pub use tokens::{StoreFuture, TokenStore, Tokens, ValidFrom};
pub use transfer::binary_hasher::{BinaryHasher, binary_hash};
pub use transfer::progress::{Progress, Transferred};
pub use transport::retry::Retry;
pub use undecodable::Undecodable;

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
