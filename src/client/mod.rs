//! The client: where every call starts.

mod builder;
pub(crate) mod credentials_check;

use std::fmt;
use std::sync::Arc;

use http::Method;
use serde_json::Value;

pub use builder::ClientBuilder;

use crate::accounts::memberships::Memberships;
use crate::accounts::organizations::Organizations;
use crate::accounts::user::{CreateUser, User};
use crate::api;
use crate::call::{Call, CallParts};
use crate::client::credentials_check::{CheckCredentials, CredentialsCheck};
use crate::error::Result;
use crate::render::{ImageSource, RenderUrl};
use crate::rendering::{GetAlbum, RenderUpload, SignUrl};
use crate::reports::billing::GetBilling;
use crate::reports::savings::GetSavings;
use crate::reports::stats::GetStats;
use crate::request::AnyRequest;
use crate::secret::Secret;
use crate::source_images::{Source, SourceImages};
use crate::stacks::catalogue::{ListOperations, ListStackOptions};
use crate::stacks::{OperationCatalogue, StackOptionCatalogue, Stacks};
use crate::transport::options::CallOptions;
use crate::transport::{Connection, Session};

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
        if !builder.has_credentials() {
            return Err(builder::configuration(
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
