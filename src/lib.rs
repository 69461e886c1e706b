//! A client for [rokka.io](https://rokka.io), the image service: uploads source images, describes and finds them, and
//! renders them through signed URLs on a CDN.
//!
//! The crate has two levels. The facade, which starts at [`Client`], has typed calls and validates them before anything
//! is sent. Below it, [`api`] has one method per operation of the service, generated from the OpenAPI description that is
//! part of the crate. Both share the transport: retries, timeouts, and credentials that never leave the configured origin.
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
//! let image = images.set_protected(&image.hash, true).await?; // has a new hash
//!
//! let mut matches = images.search().filter(field::HEIGHT.at_least(1200)).stream();
//! while let Some(image) = matches.try_next().await? {
//!     println!("{} {}", image.hash, image.name);
//! }
//!
//! let key = SigningKey::from("the organization's signing key");
//! let url = rokka.render("acme", &image.hash)?.stack("thumb").format("jpg").sign(&key).url()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Dependencies
//!
//! ```toml
//! # 146 crates
//! rokka = "0.1"
//! # 121 crates, the same API
//! rokka = { version = "0.1", default-features = false, features = ["rustls", "gzip"] }
//! ```
//!
//! The default generates the bindings during the build, which takes 25 crates more than the lean line. That compiles the
//! bindings as they are checked in, which are the same. The numbers are all crates that Cargo compiles on Linux.
//!
//! # Calls
//!
//! A method of [`Client`] or of a handle takes the required arguments and returns a call. Setters add options, and `.await`
//! or `.send()` sends it; with feature `blocking`, `.call()` does so without an async runtime. A call without options of
//! its own is a [`Call<T>`](Call), where `T` is what it returns; a call with options has its own type, such as
//! [`Upload`](source_images::Upload), whose page lists the options and what it returns. All of them have `deadline`,
//! `idle_timeout`, `retry`, `on_retry` and `header`, and implement [`ApiCall`].
//!
//! Calls validate their arguments when they are sent, before anything goes over the network: `.await?` reports invalid
//! arguments as [`ErrorKind::InvalidInput`]. Only methods that return no call, above all those that return a handle such as
//! [`Client::source_images`], validate their arguments at once and need a `?` of their own.
//!
//! # Where is what
//!
//! Here `rokka` is a [`Client`], `builder` its [`ClientBuilder`], `images` the [`SourceImages`] that
//! [`rokka.source_images("acme")`](Client::source_images) returns, and `user` a [`User`].
//!
//! | to | use |
//! |---|---|
//! | upload files, bytes, streams, URLs | [`images.upload`](SourceImages::upload), [`images.upload_many`](SourceImages::upload_many), [`Source`]; options: [`Upload`](source_images::Upload), [`UploadMany`](source_images::UploadMany) |
//! | push bytes into an upload | [`Source::channel`], [`SourceSender`] |
//! | upload only what is not stored yet | [`Upload::skip_existing`](source_images::Upload::skip_existing), [`BulkUpload::skip_existing`], [`Uploaded`]; options: [`UploadIfNew`](source_images::UploadIfNew) |
//! | read, delete, restore | [`images.get`](SourceImages::get), [`images.delete`](SourceImages::delete), [`images.restore`](SourceImages::restore); options: [`GetImage`](source_images::GetImage) |
//! | find, count, list everything | [`images.search`](SourceImages::search), [`field`]; options: [`Search`] |
//! | set the subject area or other dynamic metadata | [`images.set_subject_area`](SourceImages::set_subject_area), [`images.add_dynamic_metadata`](SourceImages::add_dynamic_metadata), [`DynamicValue`], [`Revision`]; options: [`ChangeDynamicMetadata`](source_images::ChangeDynamicMetadata) |
//! | read and change user metadata | [`images.user_metadata`](SourceImages::user_metadata), [`UserMetadata`], [`UserValue`] |
//! | label, describe, read content credentials | [`images.autolabel`](SourceImages::autolabel), [`images.autodescription`](SourceImages::autodescription), [`images.content_credentials`](SourceImages::content_credentials); options: [`Autodescription`](source_images::Autodescription) |
//! | protect, lock, rename | [`images.set_protected`](SourceImages::set_protected), [`images.set_locked`](SourceImages::set_locked), [`images.set_name`](SourceImages::set_name); options: [`SetProtected`](source_images::SetProtected) |
//! | copy to another organization | [`images.copy`](SourceImages::copy), [`images.copy_many`](SourceImages::copy_many); options: [`CopyImage`](source_images::CopyImage), [`CopyImages`](source_images::CopyImages) |
//! | find and delete by binary hash, hash a file | [`images.get_by_binary_hash`](SourceImages::get_by_binary_hash), [`images.delete_by_binary_hash`](SourceImages::delete_by_binary_hash), [`binary_hash`], [`BinaryHasher`] |
//! | name images, invalidate caches | [`images.aliases`](SourceImages::aliases), [`images.invalidate_cache`](SourceImages::invalidate_cache); options: [`CreateAlias`](source_images::CreateAlias) |
//! | download, verified, in parts | [`images.download`](SourceImages::download), [`Search::download_zip`]; options: [`DownloadFile`](source_images::DownloadFile), [`DownloadToFile`](source_images::DownloadToFile) |
//! | upload, copy, delete, restore, download many, or send any call for each | [`images.bulk`](SourceImages::bulk), [`Bulk`]; options: [`BulkCall`], [`BulkUpload`] |
//! | show the progress of a transfer | [`Progress`] |
//! | define what stacks do | [`rokka.stacks`](Client::stacks), [`StackDefinition`], [`stacks::operations`], [`StackOptions`]; options: [`CreateStack`](stacks::CreateStack), [`ListStacks`](stacks::ListStacks), [`CopyStack`](stacks::CopyStack) |
//! | keep stacks in files, plan and apply changes | [`Stacks::plan`], [`StackPlan`](stacks::StackPlan), [`StackDefinition::check`]; options: [`PlanStacks`](stacks::PlanStacks), [`ApplyPlan`](stacks::ApplyPlan) |
//! | read which operations and options the service has | [`rokka.operations`](Client::operations), [`rokka.stack_options`](Client::stack_options) |
//! | render a file without storing it | [`rokka.render_upload`](Client::render_upload); options: [`RenderUpload`](rendering::RenderUpload) |
//! | download a rendering | [`rokka.download_rendering`](Client::download_rendering); options: [`DownloadFile`](source_images::DownloadFile) |
//! | have the service sign a URL, list an album | [`rokka.sign_url`](Client::sign_url), [`rokka.album`](Client::album); options: [`SignUrl`](rendering::SignUrl), [`GetAlbum`](rendering::GetAlbum) |
//! | manage users, API keys and the second factor | [`rokka.user`](Client::user), [`rokka.create_user`](Client::create_user); options: [`CreateUser`](accounts::user::CreateUser), [`CreateApiKey`](accounts::api_keys::CreateApiKey), [`PatchApiKey`](accounts::api_keys::PatchApiKey) |
//! | authenticate with tokens | [`builder.tokens`](ClientBuilder::tokens), [`Tokens`], [`user.create_token`](User::create_token), [`TokenPayload`]; options: [`CreateToken`](tokens::CreateToken) |
//! | manage organizations | [`rokka.organizations`](Client::organizations), [`OrganizationOption`]; options: [`CreateOrganization`](accounts::organizations::CreateOrganization), [`ListSubOrganizations`](accounts::organizations::ListSubOrganizations) |
//! | manage members | [`rokka.memberships`](Client::memberships), [`Role`]; options: [`SetMembership`](accounts::memberships::SetMembership), [`CreateMembershipAndUser`](accounts::memberships::CreateMembershipAndUser) |
//! | read statistics and bills | [`rokka.stats`](Client::stats), [`rokka.billing`](Client::billing); options: [`GetStats`](reports::stats::GetStats), [`GetBilling`](reports::billing::GetBilling) |
//! | check credentials | [`rokka.check_credentials`](Client::check_credentials) |
//! | build, sign and parse render URLs | [`rokka.render`](Client::render), [`render`]; options: [`RenderUrl`](render::RenderUrl) |
//! | call an endpoint that this crate does not model | [`rokka.api`](Client::api), [`rokka.request`](Client::request); options: [`AnyRequest`] |
//! | call any operation by its id, list all operations | [`rokka.request_operation`](Client::request_operation), [`api::operations`]; options: [`OperationRequest`] |
//! | tell failures apart | [`Error`], [`ErrorKind`] |
//! | configure retries and timeouts, show retries | [`ClientBuilder`], [`Retry`], [`RetryEvent`]; options: [`Call`] |
//! | keep the JSON of responses as it was sent | [`builder.on_json`](ClientBuilder::on_json), [`ReceivedJson`] |
//! | connect through a company network: proxies, certificates | [`builder.proxy`](ClientBuilder::proxy), [`builder.root_certificate_pem`](ClientBuilder::root_certificate_pem), [`builder.client_certificate`](ClientBuilder::client_certificate) |
//! | add headers, metrics or a cache to every request, use an own HTTP client | [`Middleware`], [`builder.http_client`](ClientBuilder::http_client) |
//! | open the connection before the first call | [`rokka.connect`](Client::connect) |
#![cfg_attr(
    feature = "blocking",
    doc = "| call it without an async runtime | [`blocking`] |"
)]
#![cfg_attr(
    not(feature = "blocking"),
    doc = "| call it without an async runtime | feature `blocking` |"
)]
#![cfg_attr(
    feature = "testing",
    doc = "| test your code without an account | [`testing`] |"
)]
#![cfg_attr(
    not(feature = "testing"),
    doc = "| test your code without an account | feature `testing` |"
)]
//!
//! The search of this documentation also finds methods by the names that the service, rokka.js and the clients of other
//! languages use, such as `sourceimages.setSubjectArea`, `create_source_image_meta_user_wth_name` and
//! `POST /sourceimages/{organization}`.
//! [`guide`] has the twenty commonest lines of rokka.js and the PHP client, and the same in Rust.
//!
//! # Features
//!
//! | feature | default | effect |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls with the ring provider |
//! | `rustls-aws-lc` | | TLS by rustls with the aws-lc-rs provider |
//! | `rustls-no-provider` | | TLS by rustls with the provider that your program installs |
//! | `native-tls` | | TLS by the operating system's library |
//! | `codegen` | yes | generates the bindings during the build; without it, the crate compiles the checked-in bindings, which is faster |
//! | `gzip` | yes | requests compressed JSON, a fraction of the size for lists; downloads are never compressed |
//! | `http2` | | HTTP/2 where the service supports it: concurrent calls share a connection |
//! | `blocking` | | `.call()` on every call and `.iter()` on every stream, without an async runtime: `rokka::blocking` |
//! | `tracing` | | a span for each call and each attempt, an event for each retry, by OpenTelemetry's names |
//! | `testing` | | `rokka::testing::Emulator`, an in-memory rokka service on a loopback port |
//! | `schemars` | | a JSON Schema of each model, by schemars 1 |
//!
//! With several TLS features, the provider that the program has installed takes precedence, then aws-lc-rs, then ring. The
//! operating system's library is used only without rustls.
//!
//! # JSON Schemas
//!
//! With feature `schemars`, every model implements `schemars::JsonSchema`, for programs that describe an interface of
//! their own that contains the models. Names, types and bounds agree with the OpenAPI description. A schema for
//! deserialization, the default of schemars, requires only the properties that the decoder needs; a schema for
//! serialization requires every property that is always written.
//!
//! ```
//! use schemars::generate::SchemaSettings;
//!
//! let schema = schemars::schema_for!(rokka::SubjectArea);
//! assert_eq!(schema.as_value()["properties"]["x"]["type"], "integer");
//! let written = SchemaSettings::default().for_serialize().into_generator();
//! let written = written.into_root_schema_for::<rokka::SubjectArea>();
//! assert_eq!(written.as_value()["required"], serde_json::json!(["height", "width", "x", "y"]));
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod accounts;
pub mod api;
mod api_operation;
#[cfg(feature = "blocking")]
pub mod blocking;
mod call;
mod client;
mod error;
mod extra;
#[cfg(any(doc, doctest))]
#[doc = include_str!("../docs/from-other-clients.md")]
pub mod guide {}
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod http_date;
mod json;
mod lenient;
mod metadata;
mod model;
mod names;
mod nearest;
mod open_enum;
mod operation_request;
mod paging;
mod pattern;
mod progress;
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

#[doc(inline)]
pub use accounts::OrganizationOption;
#[doc(inline)]
pub use accounts::memberships::{MembershipOutcome, Memberships};
#[doc(inline)]
pub use accounts::organizations::Organizations;
#[doc(inline)]
pub use accounts::user::User;
#[doc(inline)]
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
#[doc(inline)]
pub use call::{ApiCall, Call};
#[doc(inline)]
pub use client::credentials_check::CredentialsCheck;
#[doc(inline)]
pub use client::{Client, ClientBuilder};
#[doc(inline)]
pub use error::{Error, ErrorKind, RateLimit, Result};
#[doc(inline)]
pub use extra::Extra;
#[doc(inline)]
pub use operation_request::OperationRequest;
#[doc(inline)]
pub use paging::{Items, Listing, Pages};
#[doc(inline)]
pub use progress::{Progress, Transferred};
#[doc(inline)]
pub use reports::Day;
#[doc(inline)]
pub use request::{AnyRequest, AnyResponse};
#[doc(inline)]
pub use rokka_render as render;
#[doc(inline)]
pub use rokka_render::DateTime;
pub(crate) use rokka_render::escape;
#[doc(inline)]
pub use secret::Secret;
#[doc(inline)]
pub use source_images::{
    Aliases, Bulk, BulkCall, BulkItem, BulkStart, BulkUpload, Copied, CopyOutcome, Download,
    DynamicValue, Hashes, ImageUserMetadata, Images, LatLon, OptimizeSource, Revision, Search,
    Source, SourceImages, SourceSender, Uploaded, UserValue, field,
};
#[doc(inline)]
pub use stacks::{StackVariableValues as StackVariables, Stacks};
#[doc(inline)]
pub use tokens::{StoreFuture, TokenStore, Tokens, ValidFrom};
#[doc(inline)]
pub use transfer::binary_hasher::{BinaryHasher, binary_hash};
#[doc(inline)]
pub use transport::received_json::ReceivedJson;
#[doc(inline)]
pub use transport::retry::Retry;
pub use transport::retry_event::RetryEvent;
#[doc(inline)]
pub use transport::{Middleware, MiddlewareFuture, Next};
#[doc(inline)]
pub use undecodable::Undecodable;

// The crates whose types are part of this API, in the versions that it takes.
pub use bytes;
pub use http;
pub use reqwest;
#[cfg(feature = "__rustls")]
pub use rustls;

/// Compiles the examples of the README as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
