//! The client: where every call starts.

mod builder;
mod connect;
pub(crate) mod credentials_check;
mod network;

use std::fmt;
use std::sync::Arc;

use http::Method;
use serde_json::Value;
use url::Url;

pub use builder::ClientBuilder;

use crate::accounts::memberships::Memberships;
use crate::accounts::organizations::Organizations;
use crate::accounts::user::{CreateUser, User};
use crate::api;
use crate::call::{Call, CallParts};
use crate::client::connect::Connect;
use crate::client::credentials_check::{CheckCredentials, CredentialsCheck};
use crate::error::{Error, Result};
use crate::operation_request::OperationRequest;
use crate::render::{ImageSource, RenderUrl};
use crate::rendering::{GetAlbum, RenderUpload, SignUrl};
use crate::reports::billing::GetBilling;
use crate::reports::savings::GetSavings;
use crate::reports::stats::GetStats;
use crate::request::AnyRequest;
use crate::secret::Secret;
use crate::source_images::{DownloadFile, Source, SourceImages};
use crate::stacks::catalogue::{ListOperations, ListStackOptions};
use crate::stacks::{OperationCatalogue, StackOptionCatalogue, Stacks};
use crate::transport::options::CallOptions;
use crate::transport::{Connection, Session};

/// The entry point: sends calls to the rokka API, and returns handles for images, stacks, users and organizations.
///
/// Cloning is cheap, and clones share their connections.
///
/// ```no_run
/// # async fn f() -> rokka::Result<()> {
/// let rokka = rokka::Client::from_env()?;
/// let image = rokka.source_images("acme")?.get("3f9a21").await?;
/// println!("{} has {} bytes", image.name, image.size);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    connection: Connection,
    render_host: Arc<str>,
}

impl Client {
    /// Returns a client with an API key and the defaults of [`ClientBuilder`].
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the key is empty or contains characters other than
    /// printable ASCII.
    pub fn new(api_key: impl Into<Secret>) -> Result<Self> {
        Self::builder().api_key(api_key).build()
    }

    /// Returns a client configured by environment variables.
    ///
    /// | variable | meaning | default |
    /// |---|---|---|
    /// | `ROKKA_API_KEY` | API key | none |
    /// | `ROKKA_API_TOKEN` | token, used if there is no key | none |
    /// | `ROKKA_API_HOST` | base URL of the API | `https://api.rokka.io` |
    /// | `ROKKA_RENDER_HOST` | base URL for rendering, with the placeholder `{organization}` | `https://{organization}.rokka.io` |
    /// | `ROKKA_ALLOW_HTTP` | `true` or `1` allows `http://` for hosts other than this machine | `false` |
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if neither a key nor a token is set, or a value is
    /// malformed.
    #[doc(alias = "ROKKA_API_KEY")]
    pub fn from_env() -> Result<Self> {
        let builder = ClientBuilder::from_env()?;
        if !builder.has_credentials() {
            return Err(builder::configuration(
                "no credentials: set ROKKA_API_KEY (or ROKKA_API_TOKEN)",
            ));
        }
        builder.build()
    }

    /// Returns a builder with the default settings.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Returns a handle for the source images of an organization: upload, search, metadata, download.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the name does not consist of lower-case letters, digits and `-`.
    #[doc(alias = "sourceimages")]
    pub fn source_images(&self, organization: impl AsRef<str>) -> Result<SourceImages> {
        SourceImages::new(self.connection.clone(), organization.as_ref())
    }

    /// Returns a [`RenderUrl`], the URL that renders an image of an organization. Sends nothing.
    ///
    /// The image is a hash or an [`ImageSource`].
    ///
    /// ```
    /// # fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// use std::time::{Duration, SystemTime};
    /// use rokka::render::SigningKey;
    ///
    /// let url = rokka.render("acme", "3f9a21")?.stack("thumb").format("jpg").url()?;
    /// assert_eq!(url, "https://acme.rokka.io/thumb/3f9a21.jpg");
    ///
    /// let tomorrow = SystemTime::now() + Duration::from_secs(24 * 60 * 60);
    /// let signed = rokka
    ///     .render("acme", "3f9a21")?
    ///     .stack("thumb")
    ///     .format("jpg")
    ///     .sign(&SigningKey::from("the organization's signing key"))
    ///     .until(tomorrow)
    ///     .url()?;
    /// # Ok(())
    /// # }
    /// # f(rokka::Client::new("key")?)?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the name does not consist of lower-case letters, digits and `-`.
    /// [`RenderUrl::url`] validates the image and the stack.
    #[doc(alias = "render.getUrl")]
    #[doc(alias = "getUrl")]
    #[doc(alias = "getSourceImageUri")]
    #[doc(alias = "generateRokkaUrl")]
    #[doc(alias = "GetURLForStack")]
    pub fn render(
        &self,
        organization: impl AsRef<str>,
        image: impl Into<ImageSource>,
    ) -> Result<RenderUrl> {
        let url = RenderUrl::with_host_template(&self.render_host, organization, image)?;
        Ok(url)
    }

    /// Returns a handle for the stacks of an organization: list, read, store, copy, delete.
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let stack = rokka.stacks("acme")?.get("card").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the name does not consist of lower-case letters, digits and `-`.
    pub fn stacks(&self, organization: impl AsRef<str>) -> Result<Stacks> {
        Stacks::new(self.connection.clone(), organization.as_ref())
    }

    /// Reads the operations that the service supports, with their options, ranges and defaults; returns an
    /// [`OperationCatalogue`].
    ///
    /// `GET /operations`, no role required.
    /// [Reference](https://rokka.io/documentation/references/operations.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let operations = rokka.operations().await?;
    /// println!("{:?}", operations["resize"].properties["width"].maximum);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listOperations")]
    #[doc(alias = "list_operations")]
    #[doc(alias = "GET /operations")]
    #[doc(alias = "operations.list")]
    #[doc(alias = "list")]
    #[doc(alias = "GetOperations")]
    #[inline]
    pub fn operations(&self) -> Call<OperationCatalogue> {
        Call::new(self.call(), ListOperations(()))
    }

    /// Reads the stack options that the service supports, with their ranges and defaults; returns a
    /// [`StackOptionCatalogue`].
    ///
    /// `GET /stackoptions`, no role required.
    /// [Reference](https://rokka.io/documentation/references/stacks.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let options = rokka.stack_options().await?;
    /// println!("{:?}", options.properties["jpg.quality"].default);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listStackOptions")]
    #[doc(alias = "list_stack_options")]
    #[doc(alias = "GET /stackoptions")]
    #[doc(alias = "stackoptions.get")]
    #[doc(alias = "get")]
    #[doc(alias = "GetStackOptions")]
    #[inline]
    pub fn stack_options(&self) -> Call<StackOptionCatalogue> {
        Call::new(self.call(), ListStackOptions(()))
    }

    /// Has the service sign a render URL of an organization; returns a [`SignedUrl`](crate::SignedUrl).
    /// [`SignUrl`] lists the options.
    ///
    /// Not meant for production: [`RenderUrl::sign`] signs with the signing key and sends nothing.
    ///
    /// `POST /utils/{organization}/sign_url`, probably role `admin`.
    /// [Reference](https://rokka.io/documentation/references/protected-images-and-stacks.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let signed = rokka.sign_url("acme", "https://acme.rokka.io/thumb/3f9a21.jpg").await?;
    /// println!("{}", signed.signed_url);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the name does not consist of lower-case letters, digits and `-`.
    #[doc(alias = "signUrl")]
    #[doc(alias = "POST /utils/{organization}/sign_url")]
    #[doc(alias = "utils.signUrl")]
    #[doc(alias = "signUrlOnServer")]
    pub fn sign_url(&self, organization: impl Into<String>, url: impl Into<String>) -> SignUrl {
        SignUrl::new(self.call(), organization.into(), url.into())
    }

    /// Renders an uploaded file without storing or caching it; returns a [`Download`](crate::source_images::Download),
    /// the stream of the rendering. [`RenderUpload`] lists the options.
    ///
    /// Takes one picture or PDF of up to 100 MB; videos and EPS are not supported. [`bytes`](RenderUpload::bytes) returns
    /// the rendering in memory, [`to_file`](RenderUpload::to_file) writes it to a file. Files and bytes are replayable and
    /// retried after a failure, a stream is not.
    ///
    /// `POST /utils/{organization}/render/{stack}[/{operations}].{format}`, role `upload`.
    /// [Reference](https://rokka.io/documentation/references/render.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// use rokka::Source;
    /// use rokka::stacks::operations::Resize;
    ///
    /// let small = rokka
    ///     .render_upload("acme", Source::path("cat.jpg"))
    ///     .dynamic([Resize::to_width(200)])
    ///     .format("webp")
    ///     .bytes()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for an invalid name, option or source.
    #[doc(alias = "renderUploadedImage")]
    #[doc(alias = "render_uploaded_image")]
    #[doc(alias = "POST /utils/{organization}/render/{renderPath}")]
    pub fn render_upload(
        &self,
        organization: impl Into<String>,
        source: impl Into<Source>,
    ) -> RenderUpload {
        RenderUpload::new(self.call(), organization.into(), source.into())
    }

    /// Downloads a rendering of a stored image: returns a [`Download`](crate::source_images::Download) stream with `.await`.
    /// Options: [`DownloadFile`].
    ///
    /// [`bytes`](DownloadFile::bytes) returns the rendering in memory, [`to_file`](DownloadFile::to_file) writes it to a file. A
    /// broken download continues within the same version of the file. The URL contains its stack, operations, format and
    /// signature; see [`render`](Self::render). Fails with 403 ([`Error::is_forbidden`](crate::Error::is_forbidden)) for a
    /// protected image or stack without a valid signature, and with 404 for an unknown image or stack. A rendering that does
    /// not exist yet may take the service some time, so the idle timeout is at least 300 s unless the call sets one.
    ///
    /// `GET` on the render host, no role required. Credentials are sent only if the render host is the API host.
    /// [Reference](https://rokka.io/documentation/references/render.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let url = rokka.render("acme", "3f9a21")?.stack("thumb").format("webp");
    /// rokka.download_rendering(&url).to_file("cat.webp").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for a URL that cannot be built.
    #[doc(alias = "GET /{stack}/{hash}.{format}")]
    pub fn download_rendering(&self, url: &RenderUrl) -> DownloadFile {
        let url = url.url().map_err(Error::from).and_then(|url| {
            Url::parse(&url).map_err(|error| {
                Error::invalid("the rendering does not form a valid URL: check the render host")
                    .with_source(error)
            })
        });
        DownloadFile::at(self.call(), "renderSourceImage", url)
    }

    /// Lists the images of an album; returns an [`Album`](crate::Album). [`GetAlbum`] lists the options.
    ///
    /// An album contains the images whose user metadata `array:albums` has its name. The service has two response formats;
    /// [`Album::items`](api::types::Album::items) has the images of either.
    ///
    /// `GET /_albums/{album}/all.json` on the render host, no role required. Credentials are sent only if the render host
    /// is the API host. [Reference](https://rokka.io/documentation/references/user-metadata.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// for image in rokka.album("acme", "cats").favorites().await?.items {
    ///     println!("{}", image.hash);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for an invalid name of the organization or the album; see
    /// [`AlbumUrl::new`](crate::render::AlbumUrl::new).
    #[doc(alias = "getAlbum")]
    #[doc(alias = "get_album")]
    #[doc(alias = "GET /_albums/{album}/{selection}.json")]
    #[doc(alias = "render.imagesByAlbum")]
    #[doc(alias = "imagesByAlbum")]
    pub fn album(&self, organization: impl Into<String>, album: impl Into<String>) -> GetAlbum {
        let organization = organization.into();
        let host = self.render_host(&organization);
        GetAlbum::new(self.call(), organization, host, album.into())
    }

    /// Returns a handle for the user that the credentials belong to: API keys, tokens, second factor, memberships.
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// println!("{}", rokka.user().get().await?.user_id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn user(&self) -> User {
        User::new(self.connection.clone())
    }

    /// Waits until the [`TokenStore`](crate::TokenStore) has saved every token that the client has obtained so far.
    /// Returns immediately without a store.
    ///
    /// No call waits for the store, so await this before the program or its runtime ends. It has no limit of its own: wrap
    /// it in a timeout if the store may hang.
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) {
    /// use std::time::Duration;
    ///
    /// let saved = tokio::time::timeout(Duration::from_secs(5), rokka.flush_token_store());
    /// if saved.await.is_err() {
    ///     eprintln!("the token may not be saved");
    /// }
    /// # }
    /// ```
    pub async fn flush_token_store(&self) {
        self.connection.credentials.flush().await;
    }

    /// Returns a handle for organizations: create, read, set options.
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// println!("{}", rokka.organizations().get("acme").await?.display_name);
    /// # Ok(())
    /// # }
    /// ```
    pub fn organizations(&self) -> Organizations {
        Organizations::new(self.connection.clone())
    }

    /// Returns a handle for the members of an organization and their roles.
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// println!("{} members", rokka.memberships("acme")?.list().await?.total);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the name does not consist of lower-case letters, digits and `-`.
    pub fn memberships(&self, organization: impl AsRef<str>) -> Result<Memberships> {
        Memberships::new(self.connection.clone(), organization.as_ref())
    }

    /// Creates a user; returns a [`NewUser`](crate::NewUser) with its first API key, which no other call returns.
    /// [`CreateUser`] lists the options.
    ///
    /// [`organization`](CreateUser::organization) creates an organization too. The call needs and sends no credentials. Fails
    /// for an e-mail address or an organization that is taken ([`Error::is_already_exists`](crate::Error::is_already_exists)).
    ///
    /// Not idempotent: retried only if the request did not reach the service, or after a 429 or 503.
    ///
    /// `POST /users`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let user = rokka.create_user("dev@example.com").organization("acme").await?;
    /// let rokka = rokka::Client::new(user.api_key)?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createUser")]
    #[doc(alias = "POST /users")]
    #[doc(alias = "users.create")]
    #[doc(alias = "create")]
    #[doc(alias = "CreateUserWithoutOrg")]
    pub fn create_user(&self, email: impl Into<String>) -> CreateUser {
        CreateUser::new(self.call(), email.into())
    }

    /// Reads how much an organization stores and transfers per day; returns [`Stats`](crate::Stats). [`GetStats`] lists the
    /// options.
    ///
    /// Values are bytes and numbers of files, with decimals. The newest day comes first; days without data are omitted.
    ///
    /// `GET /stats/{organization}`, any role. [Reference](https://rokka.io/documentation/references/stats.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let stats = rokka.stats("acme").from("2026-11-01").to("2026-11-30").await?;
    /// if let Some(newest) = stats.space_in_bytes.first() {
    ///     println!("{:?}: {:.1} MB", newest.timestamp, newest.value / 1e6);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getStats")]
    #[doc(alias = "get_stats")]
    #[doc(alias = "GET /stats/{organization}")]
    #[doc(alias = "stats.get")]
    #[doc(alias = "get")]
    pub fn stats(&self, organization: impl Into<String>) -> GetStats {
        GetStats::new(self.call(), organization.into())
    }

    /// Reads the costs of an organization per month; returns [`Billing`](crate::Billing). [`GetBilling`] lists the options.
    ///
    /// The response format is not documented, so `Billing` contains JSON.
    ///
    /// `GET /billing/{organization}`, role `billing:read`. [Reference](https://rokka.io/documentation/references/billing.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let bill = rokka.billing("acme").from("2026-11-01").to("2026-11-30").await?;
    /// println!("{:?} CHF", bill.price_in_chf("acme", "2026-11"));
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getBilling")]
    #[doc(alias = "get_billing")]
    #[doc(alias = "GET /billing/{organization}")]
    #[doc(alias = "billing.get")]
    #[doc(alias = "get")]
    pub fn billing(&self, organization: impl Into<String>) -> GetBilling {
        GetBilling::new(self.call(), organization.into())
    }

    /// Checks the client's credentials; returns a [`CredentialsCheck`]. An error means that the check itself failed.
    ///
    /// `GET /`. [Reference](https://rokka.io/documentation/guides/authentication.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// use rokka::CredentialsCheck;
    ///
    /// match rokka.check_credentials().await? {
    ///     CredentialsCheck::Valid(_) => println!("valid"),
    ///     CredentialsCheck::Restricted(error) => println!("not from here: {error}"),
    ///     CredentialsCheck::Invalid(error) => println!("invalid: {error}"),
    ///     _ => {}
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getRoot")]
    #[doc(alias = "get_root")]
    #[doc(alias = "GET /")]
    #[doc(alias = "ValidAPIKey")]
    #[inline]
    pub fn check_credentials(&self) -> Call<CredentialsCheck> {
        Call::new(self.call(), CheckCredentials)
    }

    /// Opens a connection to the API, so that the first call does not wait for it; returns nothing.
    ///
    /// A program that starts before its first call saves that call the look-up of the name, the TCP and the TLS handshake:
    /// two to three round trips. Later calls reuse the connection; see [`http`](ClientBuilder::http) for how long it stays.
    ///
    /// The call sends `HEAD /` without credentials, because a connection opens with a request, and takes any response for a
    /// success. It checks neither credentials nor whether the service works; see [`check_credentials`](Self::check_credentials).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// use std::time::Duration;
    ///
    /// if let Err(error) = rokka.connect().deadline(Duration::from_secs(2)).await {
    ///     eprintln!("no connection yet: {error:#}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Connect`](crate::ErrorKind::Connect), [`Tls`](crate::ErrorKind::Tls) or
    /// [`Timeout`](crate::ErrorKind::Timeout) if no connection opens.
    #[doc(alias = "warm up")]
    #[doc(alias = "preconnect")]
    #[inline]
    pub fn connect(&self) -> Call<()> {
        Call::new(self.call(), Connect)
    }

    /// Reads the savings that the service reports; returns JSON, because the response format is not documented.
    /// Needs and sends no credentials.
    ///
    /// `GET /savings`. [Reference](https://rokka.io/documentation/guides/authentication.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// println!("{}", rokka.savings().await?);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getSavings")]
    #[doc(alias = "get_savings")]
    #[doc(alias = "GET /savings")]
    #[inline]
    pub fn savings(&self) -> Call<Value> {
        Call::new(self.call(), GetSavings)
    }

    /// Sends a request to any endpoint, for operations that this crate does not model; returns an
    /// [`AnyResponse`](crate::AnyResponse). [`AnyRequest`] lists the options.
    ///
    /// `path` starts with `/` and is sent unchanged, so it must be percent-encoded. It may contain a query.
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let response = rokka.request(http::Method::GET, "/stats/acme").query("from", "2026-11-01").await?;
    /// let stats: serde_json::Value = response.json()?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "Call")]
    #[doc(alias = "CallJSONResponse")]
    pub fn request(&self, method: Method, path: impl Into<String>) -> AnyRequest {
        AnyRequest::new(self.call(), method, path.into())
    }

    /// Calls an operation by its id, with parameters by their names; returns an [`AnyResponse`](crate::AnyResponse).
    /// [`OperationRequest`] lists the options.
    ///
    /// For programs that let their user choose the operation, such as a command line: it takes every operation of
    /// [`api::operations`], uploads and downloads included, checks names and kinds before it sends anything, and shares
    /// retries and errors with the typed calls. Fails with [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for an
    /// unknown id or name, and names the most similar one.
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// use rokka::Source;
    ///
    /// let call = rokka.request_operation("getSourceImage").parameter("organization", "acme");
    /// let image: rokka::SourceImage = call.parameter("hash", "3f9a21").await?.json()?;
    ///
    /// let call = rokka.request_operation("createSourceImage").parameter("organization", "acme");
    /// call.file("filedata", Source::path("cat.jpg")).parameter("meta_user[0]", r#"{"title": "A cat"}"#).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request_operation(&self, id: impl Into<String>) -> OperationRequest {
        OperationRequest::new(self.call(), self.render_host.clone(), id.into())
    }

    /// Returns the generated bindings, which send through this client.
    pub fn api(&self) -> api::Client {
        self.session(CallOptions::default())
            .for_several_calls()
            .api()
    }

    /// Returns the base URL of the API, without a trailing slash.
    pub fn api_host(&self) -> &str {
        &self.connection.base
    }

    /// Returns the base URL that renders an organization's images. Does not validate the name; [`render`](Self::render) does.
    pub fn render_host(&self, organization: &str) -> String {
        self.render_host.replace("{organization}", organization)
    }

    fn call(&self) -> CallParts {
        CallParts::new(self.connection.clone())
    }

    pub(crate) fn session(&self, options: CallOptions) -> Session {
        self.connection.session(options)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("api_host", &self.connection.base)
            .field("render_host", &self.render_host)
            .field(
                "credentials",
                &credentials_text(!self.connection.credentials.is_none()),
            )
            .field("retry", &self.connection.retry)
            .finish_non_exhaustive()
    }
}

fn credentials_text(some: bool) -> fmt::Arguments<'static> {
    if some {
        format_args!("[redacted]")
    } else {
        format_args!("none")
    }
}
