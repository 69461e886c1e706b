//! The client and how it is set up.

pub(crate) mod credentials_check;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Method};
use url::{Host, Url};

use crate::accounts::memberships::Memberships;
use crate::accounts::organizations::Organizations;
use crate::accounts::user::{CreateUser, User};
use crate::api;
use crate::call::{Call, CallParts};
use crate::client::credentials_check::CheckCredentials;
use crate::client::credentials_check::CredentialsCheck;
use crate::error::{Error, ErrorKind, Result};
use crate::render::{ImageSource, RenderUrl};
use crate::rendering::{GetAlbum, RenderUpload, SignUrl};
use crate::reports::billing::GetBilling;
use crate::reports::savings::GetSavings;
use crate::reports::stats::GetStats;
use crate::request::AnyRequest;
use crate::secret::Secret;
use crate::source_images::{Source, SourceImages};
use crate::stacks::Stacks;
use crate::stacks::catalogue::{ListOperations, ListStackOptions};
use crate::stacks::{OperationCatalogue, StackOptionCatalogue};
use crate::tokens::Tokens;
use crate::transport::auth::Credentials;
use crate::transport::options::CallOptions;
use crate::transport::retry::Retry;
use crate::transport::tls;
use crate::transport::{Connection, Session, Settings};
use serde_json::Value;

const API_HOST: &str = "https://api.rokka.io";
/// As much of a successful response as is read into memory by default, in bytes.
const RESPONSE_LIMIT: usize = 64 * 1024 * 1024;

const USER_AGENT: &str = concat!("rokka-rust/", env!("CARGO_PKG_VERSION"));

/// A client of the rokka API. Cloning is cheap, and clones share their connections.
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
    /// A client with an API key and otherwise the defaults of [`ClientBuilder`].
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if the key is empty or holds other than printable ASCII characters.
    pub fn new(api_key: impl Into<Secret>) -> Result<Self> {
        Self::builder().api_key(api_key).build()
    }

    /// A client as the environment describes it.
    ///
    /// | variable | meaning | default |
    /// |---|---|---|
    /// | `ROKKA_API_KEY` | API key | none |
    /// | `ROKKA_API_TOKEN` | token, used if there is no key | none |
    /// | `ROKKA_API_HOST` | base URL of the API | `https://api.rokka.io` |
    /// | `ROKKA_RENDER_HOST` | base URL for rendering, with `{organization}` in it | `https://{organization}.rokka.io` |
    /// | `ROKKA_ALLOW_HTTP` | `true` or `1` allows `http://` to hosts other than this machine | `false` |
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if neither a key nor a token is set, or a value is malformed.
    #[doc(alias = "ROKKA_API_KEY")]
    pub fn from_env() -> Result<Self> {
        let builder = ClientBuilder::from_env()?;
        if builder.api_key.is_none() && builder.token.is_none() {
            return Err(configuration(
                "no credentials: set ROKKA_API_KEY (or ROKKA_API_TOKEN)",
            ));
        }
        builder.build()
    }

    /// Settings to start from.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Everything about the source images of an organization: upload, search, metadata, download.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if the name is not made of lower-case letters, digits and dashes.
    #[doc(alias = "sourceimages")]
    pub fn source_images(&self, organization: impl AsRef<str>) -> Result<SourceImages> {
        SourceImages::new(self.connection.clone(), organization.as_ref())
    }

    /// The URL that renders an image of an organization: named by its hash, or an
    /// [`ImageSource`](crate::render::ImageSource). Nothing is sent.
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
    /// [`ErrorKind::InvalidInput`] if the name is not made of lower-case letters, digits and dashes. What the image or the
    /// stack may refuse, [`RenderUrl::url`] does.
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

    /// Everything about the stacks of an organization: list, read, store, copy, delete.
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let stack = rokka.stacks("acme")?.get("card").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if the name is not made of lower-case letters, digits and dashes.
    pub fn stacks(&self, organization: impl AsRef<str>) -> Result<Stacks> {
        Stacks::new(self.connection.clone(), organization.as_ref())
    }

    /// The operations that the service has at the moment, with their options, ranges and defaults.
    ///
    /// `GET /operations`, no role.
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
    pub fn operations(&self) -> Call<OperationCatalogue> {
        Call::new(self.call(), ListOperations(()))
    }

    /// The stack options that the service has at the moment, with their ranges and defaults.
    ///
    /// `GET /stackoptions`, no role.
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
    pub fn stack_options(&self) -> Call<StackOptionCatalogue> {
        Call::new(self.call(), ListStackOptions(()))
    }

    /// Has the service sign a render URL of an organization. The service does not mean it for production: with the
    /// signing key at hand, [`RenderUrl::sign`] does it here and sends nothing.
    ///
    /// `POST /utils/{organization}/sign_url`, role `admin` as far as is known.
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
    /// [`ErrorKind::InvalidInput`] if the name is not made of lower-case letters, digits and dashes.
    #[doc(alias = "signUrl")]
    #[doc(alias = "POST /utils/{organization}/sign_url")]
    #[doc(alias = "utils.signUrl")]
    #[doc(alias = "signUrlOnServer")]
    pub fn sign_url(&self, organization: impl Into<String>, url: impl Into<String>) -> SignUrl {
        SignUrl::new(self.call(), organization.into(), url.into())
    }

    /// Renders a file that is sent along, and gives what came of it: nothing is stored or cached.
    ///
    /// One picture or PDF, up to 100 MB; not videos, EPS and what is no picture. The path is that of a render URL
    /// without an image. Answers come as a stream, or with [`bytes`](RenderUpload::bytes) or
    /// [`to_file`](RenderUpload::to_file). Files and bytes are sent again after a failure, a stream is not.
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
    ///     .render_upload("acme", Source::path("cat.jpg"))?
    ///     .dynamic([Resize::to_width(200)])
    ///     .format("webp")
    ///     .bytes()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if the name is not made of lower-case letters, digits and dashes.
    #[doc(alias = "renderUploadedImage")]
    #[doc(alias = "render_uploaded_image")]
    #[doc(alias = "POST /utils/{organization}/render/{renderPath}")]
    pub fn render_upload(&self, organization: impl Into<String>, source: Source) -> RenderUpload {
        RenderUpload::new(self.call(), organization.into(), source)
    }

    /// Lists the images of an album: those whose user metadata `array:albums` holds its name. The two shapes of the
    /// answer on record are read alike: its images are in [`Album::items`](api::types::Album::items).
    ///
    /// `GET /_albums/{album}/all.json` on the render host; no role, and no credentials are sent unless it is the host of
    /// the API. [Reference](https://rokka.io/documentation/references/user-metadata.html).
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
    /// [`ErrorKind::InvalidInput`] if the name of the organization or of the album is refused; see [`AlbumUrl::new`].
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

    /// The user that the credentials belong to: its keys, tokens, second factor and memberships.
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

    /// Waits until the [`TokenStore`](crate::TokenStore) has saved every token that the client has obtained so far, and
    /// returns at once without a store.
    ///
    /// No call waits for the store, so call this before a program or its runtime ends. It waits as long as the store
    /// takes: put a timeout around it where the store may hang.
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

    /// Organizations: make, read, set options.
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

    /// Who may do what in an organization.
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// println!("{} members", rokka.memberships("acme")?.list().await?.total);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if the name is not made of lower-case letters, digits and dashes.
    pub fn memberships(&self, organization: impl AsRef<str>) -> Result<Memberships> {
        Memberships::new(self.connection.clone(), organization.as_ref())
    }

    /// Makes a user, and with [`organization`](CreateUser::organization) an organization too. Its first key is in
    /// the answer and is shown nowhere else. No credentials are needed, and none are sent.
    ///
    /// Every call makes a new user, so it is sent again only if it was never sent, or after a 429 or 503.
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

    /// Reads how much an organization stores and transfers, day by day, the newest one first: bytes and numbers of files,
    /// with decimals. Days without data are left out.
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

    /// Reads what an organization costs, by month. The answer is not documented, so it is kept as JSON.
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

    /// Asks whether the service takes the client's credentials. An error means that it could not be found out.
    ///
    /// `GET /`. [Reference](https://rokka.io/documentation/guides/authentication.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// use rokka::CredentialsCheck;
    ///
    /// match rokka.check_credentials().await? {
    ///     CredentialsCheck::Valid(_) => println!("fine"),
    ///     CredentialsCheck::Restricted(why) => println!("not like this: {why}"),
    ///     CredentialsCheck::Invalid(why) => println!("no: {why}"),
    ///     _ => {}
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getRoot")]
    #[doc(alias = "get_root")]
    #[doc(alias = "GET /")]
    #[doc(alias = "ValidAPIKey")]
    pub fn check_credentials(&self) -> Call<CredentialsCheck> {
        Call::new(self.call(), CheckCredentials)
    }

    /// Reads what the service says that it saves. Anybody may; the answer is not documented, so it is JSON.
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
    pub fn savings(&self) -> Call<Value> {
        Call::new(self.call(), GetSavings)
    }

    /// A request to any endpoint, on the same transport as all others: for what this crate does not model yet.
    ///
    /// `path` starts with a slash and is taken as it is: percent-encode what needs it. It may hold a query.
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let answer = rokka.request(http::Method::GET, "/stats/acme").query("from", "2026-11-01").await?;
    /// let stats: serde_json::Value = answer.json()?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "Call")]
    #[doc(alias = "CallJSONResponse")]
    pub fn request(&self, method: Method, path: impl Into<String>) -> AnyRequest {
        AnyRequest::new(self.call(), method, path.into())
    }

    /// The generated bindings, sending through this client.
    pub fn api(&self) -> api::Client {
        self.session(CallOptions::default())
            .for_several_calls()
            .api()
    }

    /// The base URL of the API, without a slash at its end.
    pub fn api_host(&self) -> &str {
        &self.connection.base
    }

    /// The base URL that renders an organization's images. The name is not checked here; [`render`](Self::render) does.
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

/// Sets a [`Client`] up.
///
/// ```
/// use std::time::Duration;
///
/// let rokka = rokka::Client::builder()
///     .api_key("your key")
///     .user_agent("my-cms/2.1")
///     .retry(rokka::Retry::new().max_attempts(3))
///     .build()?;
/// # Ok::<(), rokka::Error>(())
/// ```
#[must_use]
pub struct ClientBuilder {
    api_key: Option<Secret>,
    token: Option<Secret>,
    tokens: Option<Tokens>,
    api_host: String,
    render_host: String,
    allow_http: bool,
    user_agent: Option<String>,
    connect_timeout: Duration,
    idle_timeout: Duration,
    response_limit: usize,
    gzip: bool,
    retry: Retry,
    http: Option<Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            api_key: None,
            token: None,
            tokens: None,
            api_host: API_HOST.to_owned(),
            render_host: "https://{organization}.rokka.io".to_owned(),
            allow_http: false,
            user_agent: None,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            response_limit: RESPONSE_LIMIT,
            gzip: cfg!(feature = "gzip"),
            retry: Retry::new(),
            http: None,
        }
    }
}

impl ClientBuilder {
    /// Starts with what the environment says; see [`Client::from_env`]. Credentials may be missing.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if a variable is not valid Unicode, or `ROKKA_ALLOW_HTTP` is neither true nor false.
    pub fn from_env() -> Result<Self> {
        let mut builder = Self::default();
        if let Some(key) = variable("ROKKA_API_KEY")? {
            builder = builder.api_key(key);
        }
        if let Some(token) = variable("ROKKA_API_TOKEN")? {
            builder = builder.token(token);
        }
        if let Some(host) = variable("ROKKA_API_HOST")? {
            builder = builder.api_host(host);
        }
        if let Some(host) = variable("ROKKA_RENDER_HOST")? {
            builder = builder.render_host(host);
        }
        if let Some(allowed) = switch("ROKKA_ALLOW_HTTP")? {
            builder = builder.allow_http(allowed);
        }
        Ok(builder)
    }

    /// The API key, sent as `Api-Key`. It wins over a token.
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// A token (or an API key), sent as `Authorization: Bearer`.
    #[doc(alias = "apiTokenGetCallback")]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Works by tokens: they are got, renewed before they end, and kept as [`Tokens`] says (default: what the client
    /// was given is sent as it is).
    ///
    /// ```
    /// use rokka::{Client, Tokens, ValidFrom};
    ///
    /// let rokka = Client::builder()
    ///     .api_key("your key")
    ///     .tokens(Tokens::new(ValidFrom::caller()))
    ///     .build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    #[doc(alias = "apiTokenGetCallback")]
    #[doc(alias = "apiTokenSetCallback")]
    #[doc(alias = "apiTokenExpires")]
    #[doc(alias = "apiTokenOptions")]
    #[doc(alias = "apiTokenRefreshTime")]
    pub fn tokens(mut self, tokens: Tokens) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// Base URL of the API (default `https://api.rokka.io`). Credentials are sent to this origin only.
    #[doc(alias = "apiHost")]
    pub fn api_host(mut self, url: impl Into<String>) -> Self {
        self.api_host = url.into();
        self
    }

    /// Base URL of rendered images, with `{organization}` where its name belongs (default
    /// `https://{organization}.rokka.io`). Without the placeholder it is taken for a host of one organization.
    #[doc(alias = "renderHost")]
    pub fn render_host(mut self, url: impl Into<String>) -> Self {
        self.render_host = url.into();
        self
    }

    /// Allows `http://` to hosts other than this machine (default: they are refused, because everybody on the way can read
    /// the credentials, and signed URLs are as good as credentials). Loopback addresses and `localhost` need no permission.
    ///
    /// ```
    /// let builder = || rokka::Client::builder().api_key("your key").api_host("http://rokka.internal");
    /// assert!(builder().build().is_err());
    /// let rokka = builder().allow_http(true).build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    #[doc(alias = "ROKKA_ALLOW_HTTP")]
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Names your program in front of this crate in the `User-Agent`, for example `my-cms/2.1`.
    pub fn user_agent(mut self, program: impl Into<String>) -> Self {
        self.user_agent = Some(program.into());
        self
    }

    /// How long making a connection may take (default 10 s).
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// How long nothing may move before a call is given up (default 60 s). A transfer that moves may take as long as
    /// it needs; [`Call::deadline`] limits a call as a whole. An upload is seen to move with every 512 KiB, so one that is
    /// slower than that in the limit needs a longer one.
    #[doc(alias = "timeout")]
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = limit;
        self
    }

    /// Limits how much of a successful response is read into memory, in bytes after decompression (default 64 MiB). A longer
    /// response is an [`ErrorKind::Decode`].
    ///
    /// The default leaves 32 KiB for each of the 2,000 images that the largest page holds; a typical one has less than 1 KiB.
    /// Downloads are streamed and have no limit, except in the memory that
    /// [`bytes`](crate::Call::<crate::source_images::DownloadFile>::bytes) takes.
    ///
    /// ```
    /// let rokka = rokka::Client::builder().api_key("your key").response_limit(8 * 1024 * 1024).build()?;
    /// # Ok::<(), rokka::Error>(())
    /// ```
    #[doc(alias = "maxContentLength")]
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = bytes;
        self
    }

    /// Offers gzip for responses in memory (default true). Set it to `false` where the network is faster than decompression.
    /// Downloads are requested uncompressed either way.
    #[cfg(feature = "gzip")]
    pub fn gzip(mut self, offer: bool) -> Self {
        self.gzip = offer;
        self
    }

    /// When and how often requests are sent again (default [`Retry::new`]).
    #[doc(alias = "maxRetries")]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Changes the HTTP client underneath, for a proxy, a client certificate or a resolver of your own.
    ///
    /// TLS is set up before; to use reqwest's own TLS options, call `tls_backend_rustls()` or
    /// `tls_backend_preconfigured(..)` first. The redirect policy is set afterwards and cannot be changed: redirects
    /// are followed on the same origin only, because the key must not travel to another host. Its decompression stays off,
    /// because it would decode downloads; feature `gzip` decodes everything else.
    #[doc(alias = "proxy")]
    pub fn http(
        mut self,
        change: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> Self {
        self.http = Some(Box::new(change));
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if the key, the token or a host is malformed, a host would be reached by
    /// [`http://`](Self::allow_http), or TLS cannot be set up.
    pub fn build(self) -> Result<Client> {
        let base = self.api_host.trim().trim_end_matches('/').to_owned();
        let root = checked_host(&base, "API host", self.allow_http)?;
        let render_host = self.render_host.trim().trim_end_matches('/');
        checked_host(
            &render_host.replace("{organization}", "organization"),
            "render host",
            self.allow_http,
        )?;
        let credentials = match (&self.api_key, &self.token, self.tokens) {
            (key, token, Some(tokens)) => tokens.credentials(key.as_ref(), token.as_ref())?,
            (Some(key), _, None) => Credentials::api_key(key)?,
            (None, Some(token), None) => Credentials::bearer(token)?,
            (None, None, None) => Credentials::None,
        };
        let agent = match self.user_agent {
            Some(program) => format!("{program} {USER_AGENT}"),
            None => USER_AGENT.to_owned(),
        };
        let agent = HeaderValue::from_str(&agent).map_err(|_| {
            configuration(format!(
                "the user agent {agent:?} has characters that a header cannot hold"
            ))
        })?;
        let mut http = tls::set_up(reqwest::Client::builder())?;
        if let Some(change) = self.http {
            http = change(http);
        }
        let http = http
            .user_agent(agent)
            .connect_timeout(self.connect_timeout)
            // The transport follows them itself: reqwest takes `Authorization` off on the way to another host, but not
            // `Api-Key`, makes a GET of a POST, and cannot send a body that streams once more.
            .redirect(reqwest::redirect::Policy::none())
            // Another crate may turn these on, and then a download would be decoded without a trace.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .build()
            .map_err(|error| {
                configuration("the HTTP client cannot be set up").with_source(error)
            })?;
        Ok(Client {
            connection: Connection::new(Settings {
                http,
                base,
                root,
                credentials: Arc::new(credentials),
                retry: self.retry,
                idle: self.idle_timeout,
                response_limit: self.response_limit,
                gzip: self.gzip,
                operations: &api::OPERATIONS,
            }),
            render_host: render_host.into(),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api_host", &shown(&self.api_host))
            .field("render_host", &shown(&self.render_host))
            .field("allow_http", &self.allow_http)
            .field("api_key", &self.api_key)
            .field("token", &self.token)
            .field("tokens", &self.tokens)
            .field("user_agent", &self.user_agent)
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("response_limit", &self.response_limit)
            .field("gzip", &self.gzip)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

fn configuration(text: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Configuration, text)
}

/// A variable that is set to something; an empty one counts as not set.
fn variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) if value.trim().is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(configuration(format!("{name} is not valid Unicode")))
        }
    }
}

/// A variable that is true or false, if it is set.
fn switch(name: &str) -> Result<Option<bool>> {
    let Some(value) = variable(name)? else {
        return Ok(None);
    };
    match value.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(Some(true)),
        "0" | "false" | "no" | "off" => Ok(Some(false)),
        _ => Err(configuration(format!(
            "{name} is {value:?}: set it to `true` or `false`"
        ))),
    }
}

/// A host as it may be shown: not if a password could be in it, even where it is no URL.
fn shown(host: &str) -> &str {
    if host.contains('@') {
        "[redacted]"
    } else {
        host
    }
}

fn checked_host(text: &str, what: &str, allow_http: bool) -> Result<Url> {
    let refused = |rule: &str| configuration(format!("the {what} {rule}"));
    let shown = shown(text);
    let url =
        Url::parse(text).map_err(|error| refused(&format!("{shown:?} is no URL: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("must not hold a user name or a password"));
    }
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(refused(&format!(
            "{shown:?} must start with https:// (or http://) and name a host"
        )));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused(&format!(
            "{shown:?} must not have a query or a fragment"
        )));
    }
    if url.scheme() == "http" && !allow_http && !is_loopback(&url) {
        return Err(refused(&format!(
            "{shown:?} would be reached unencrypted, so that anybody on the way can read credentials and signed URLs: use \
             https://, or permit it with `ClientBuilder::allow_http(true)` or ROKKA_ALLOW_HTTP=true"
        )));
    }
    Ok(url)
}

/// Whether a URL leads to this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => {
            let mapped = address.to_ipv4_mapped();
            address.is_loopback() || mapped.is_some_and(|address| address.is_loopback())
        }
        None => false,
    }
}
