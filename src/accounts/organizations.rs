//! Organizations: create, read, set options.

use http::Method;
use serde_json::{Map, Value};

use crate::accounts::organization_option::OrganizationOption;
use crate::api::types::{
    AnyValue, Organization, OrganizationDefinition, OrganizationOptionName, SigningKey,
    SubOrganizationList,
};
use crate::call::{Call, CallParts, Run, call};
use crate::error::{Error, Result};
use crate::json;
use crate::names::organization_name;
use crate::render;
use crate::request::RawRequest;
use crate::transport::Connection;
use crate::transport::Session;

/// Organizations; returned by [`Client::organizations`](crate::Client::organizations).
///
/// All calls fail with 403 ([`Error::is_forbidden`]) without the role, and with 404 ([`Error::is_not_found`]) for an unknown
/// organization. A name consists of lower-case letters, digits and `-`; the calls validate it before they send anything.
///
/// ```no_run
/// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
/// let acme = rokka.organizations().get("acme").await?;
/// if let Some(key) = acme.signing_key() {
///     let url = rokka.render("acme", "3f9a21")?.stack("thumb").format("jpg").sign(&key).url()?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Organizations {
    connection: Connection,
}

impl Organizations {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    fn call(&self) -> CallParts {
        CallParts::new(self.connection.clone())
    }

    /// Creates an organization with the user as its admin; returns an [`Organization`]. [`CreateOrganization`] lists the
    /// options.
    ///
    /// Fails for a name that is taken ([`Error::is_already_exists`](crate::Error::is_already_exists)), also when an earlier
    /// attempt succeeded but its response was lost.
    ///
    /// `PUT /organizations/{organization}`. [Reference](https://rokka.io/documentation/references/organizations.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let acme = rokka.organizations().create("acme", "bills@example.com").display_name("Acme Ltd").await?;
    /// println!("{}", acme.id);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createOrganization")]
    #[doc(alias = "create_organization")]
    #[doc(alias = "PUT /organizations/{organization}")]
    #[doc(alias = "organizations.create")]
    pub fn create(
        &self,
        name: impl Into<String>,
        billing_email: impl Into<String>,
    ) -> CreateOrganization {
        CreateOrganization::new(self.call(), name.into(), billing_email.into())
    }

    /// Reads an organization with its options; returns an [`Organization`], which contains the signing keys for admins.
    ///
    /// `GET /organizations/{organization}`, any role. [Reference](https://rokka.io/documentation/references/organizations.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let acme = rokka.organizations().get("acme").await?;
    /// println!("{} {}", acme.display_name, acme.options.protect_dynamic_stack);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getOrganization")]
    #[doc(alias = "get_organization")]
    #[doc(alias = "GET /organizations/{organization}")]
    #[doc(alias = "organizations.get")]
    pub fn get(&self, name: impl Into<String>) -> Call<Organization> {
        Call::new(self.call(), GetOrganization::new(name.into()))
    }

    /// Sets one [`OrganizationOption`], and keeps the others; returns the changed [`Organization`].
    ///
    /// `PUT /organizations/{organization}/options/{name}`, role `admin`. [Reference](https://rokka.io/documentation/references/organizations.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// use rokka::OrganizationOption;
    ///
    /// let option = OrganizationOption::ProtectDynamicStack(true);
    /// rokka.organizations().set_option("acme", option).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "putOrganizationOption")]
    #[doc(alias = "put_organization_option")]
    #[doc(alias = "PUT /organizations/{organization}/options/{name}")]
    #[doc(alias = "organizations.setOption")]
    #[doc(alias = "setOption")]
    #[doc(alias = "setOrganizationOption")]
    pub fn set_option(
        &self,
        name: impl Into<String>,
        option: OrganizationOption,
    ) -> Call<Organization> {
        Call::new(self.call(), SetOrganizationOption::new(name.into(), option))
    }

    /// Sets several [`OrganizationOption`]s, and keeps the others; returns the changed [`Organization`]. Of duplicate
    /// options, the last one applies.
    ///
    /// `PUT /organizations/{organization}/options`, role `admin`. [Reference](https://rokka.io/documentation/references/organizations.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// use rokka::OrganizationOption;
    ///
    /// let options = [
    ///     OrganizationOption::RemoteBasepath("https://images.example.com/".to_owned()),
    ///     OrganizationOption::RemoteFullurlAllow(false),
    /// ];
    /// rokka.organizations().set_options("acme", options).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createOrganizationOptions")]
    #[doc(alias = "create_organization_options")]
    #[doc(alias = "PUT /organizations/{organization}/options")]
    #[doc(alias = "organizations.setOptions")]
    #[doc(alias = "setOptions")]
    #[doc(alias = "setOrganizationOptions")]
    pub fn set_options(
        &self,
        name: impl Into<String>,
        options: impl IntoIterator<Item = OrganizationOption>,
    ) -> Call<Organization> {
        Call::new(
            self.call(),
            SetOrganizationOptions::new(name.into(), options.into_iter().collect()),
        )
    }

    /// Lists the organizations that this one pays for; returns a [`SubOrganizationList`]. [`ListSubOrganizations`] lists
    /// the options.
    ///
    /// An organization that another one pays for has none; [`SubOrganizationList::master_organization`] names the payer.
    ///
    /// `GET /organizations/{organization}/sub_organizations`, role `admin`. [Reference](https://rokka.io/documentation/references/organizations.html).
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// for one in rokka.organizations().sub_organizations("acme").await?.items {
    ///     println!("{}", one.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listSubOrganizations")]
    #[doc(alias = "list_sub_organizations")]
    #[doc(alias = "GET /organizations/{organization}/sub_organizations")]
    #[doc(alias = "organizations.listSubOrganizations")]
    pub fn sub_organizations(&self, name: impl Into<String>) -> ListSubOrganizations {
        ListSubOrganizations::new(self.call(), name.into())
    }
}

impl Organization {
    /// Returns the key to sign URLs with, the first one, or `None` if the user is not an admin.
    ///
    /// ```no_run
    /// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
    /// let key = rokka.organizations().get("acme").await?.signing_key();
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "signing_keys")]
    pub fn signing_key(&self) -> Option<render::SigningKey> {
        self.signing_keys.first().map(render::SigningKey::from)
    }
}

impl From<&SigningKey> for render::SigningKey {
    fn from(key: &SigningKey) -> Self {
        Self::from(key.key.expose())
    }
}

/// Creates an organization; returns an [`Organization`]. Returned by [`Organizations::create`].
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct CreateOrganization {
    call: CallParts,
    name: String,
    billing_email: String,
    display_name: Option<String>,
    master: Option<String>,
}

impl CreateOrganization {
    fn new(call: CallParts, name: String, billing_email: String) -> Self {
        Self {
            call,
            name,
            billing_email,
            display_name: None,
            master: None,
        }
    }

    /// Sets the display name (default: chosen by the service).
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = Some(name.into());
        self
    }

    /// Makes this organization part of another one, which pays for it (default: independent).
    #[doc(alias = "master_organization")]
    pub fn part_of(mut self, organization: impl Into<String>) -> Self {
        self.master = Some(organization.into());
        self
    }

    async fn run(self, session: Session) -> Result<Organization> {
        let name = organization_name(&self.name)?;
        if !self.billing_email.contains('@') {
            return Err(Error::invalid(format!(
                "invalid e-mail address {:?}: it must contain `@`",
                self.billing_email
            )));
        }
        let master = self.master.as_deref().map(organization_name).transpose()?;
        let body = OrganizationDefinition {
            billing_email: self.billing_email,
            display_name: self.display_name,
            master_organization: master,
        };
        let response = session.api().create_organization(&name, &body).await;
        match session.value_if_any(response)? {
            Some(organization) => Ok(organization),
            None => session.read_back(session.api().get_organization(&name).await),
        }
    }
}

call!(CreateOrganization => Organization);

#[derive(Debug)]
pub(crate) struct GetOrganization {
    name: String,
}

impl GetOrganization {
    fn new(name: String) -> Self {
        Self { name }
    }
}

impl Run for GetOrganization {
    type Output = Organization;

    async fn run(self, session: Session) -> Result<Organization> {
        let name = organization_name(&self.name)?;
        let response = session.api().get_organization(&name).await;
        Ok(session.value(response)?.into_inner())
    }
}

#[derive(Debug)]
pub(crate) struct SetOrganizationOption {
    name: String,
    option: OrganizationOption,
}

impl SetOrganizationOption {
    fn new(name: String, option: OrganizationOption) -> Self {
        Self { name, option }
    }
}

impl Run for SetOrganizationOption {
    type Output = Organization;

    async fn run(self, session: Session) -> Result<Organization> {
        let name = organization_name(&self.name)?;
        let (option, value) = checked(self.option)?;
        let response = session
            .api()
            .put_organization_option(&name, &option, &AnyValue(value))
            .await;
        match session.value_if_any(response)? {
            Some(organization) => Ok(organization),
            None => session.read_back(session.api().get_organization(&name).await),
        }
    }
}

#[derive(Debug)]
pub(crate) struct SetOrganizationOptions {
    name: String,
    options: Vec<OrganizationOption>,
}

impl SetOrganizationOptions {
    fn new(name: String, options: Vec<OrganizationOption>) -> Self {
        Self { name, options }
    }
}

impl Run for SetOrganizationOptions {
    type Output = Organization;

    async fn run(self, session: Session) -> Result<Organization> {
        let name = organization_name(&self.name)?;
        // The generated type has neither `null` nor unknown options.
        let mut body = Map::new();
        for option in self.options {
            let (option, value) = checked(option)?;
            body.insert(option.to_string(), value);
        }
        if body.is_empty() {
            return Err(Error::invalid("no option given: set at least one"));
        }
        let path = format!("/organizations/{}/options", *name);
        let request = RawRequest::named("createOrganizationOptions", Method::PUT, path, &body);
        let response = request.run(session.clone()).await?;
        if json::is_empty(&response.body) {
            return session.read_back(session.api().get_organization(&name).await);
        }
        response.json()
    }
}

#[inline]
fn checked(option: OrganizationOption) -> Result<(OrganizationOptionName, Value)> {
    let name = option.name().parse().map_err(|_| {
        Error::invalid(format!(
            "invalid option name {:?}: it must consist of letters, digits, `_` and `-`",
            option.name()
        ))
    })?;
    Ok((name, option.into_value()?))
}

/// Lists sub-organizations; returns a [`SubOrganizationList`]. Returned by [`Organizations::sub_organizations`].
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct ListSubOrganizations {
    call: CallParts,
    name: String,
    include_disabled: bool,
}

impl ListSubOrganizations {
    fn new(call: CallParts, name: String) -> Self {
        Self {
            call,
            name,
            include_disabled: false,
        }
    }

    /// Includes disabled organizations (default: no). Only operators of the service may do this; all others receive 403.
    pub fn include_disabled(mut self) -> Self {
        self.include_disabled = true;
        self
    }

    async fn run(self, session: Session) -> Result<SubOrganizationList> {
        let name = organization_name(&self.name)?;
        let disabled = self.include_disabled.then_some(true);
        let response = session.api().list_sub_organizations(&name, disabled).await;
        Ok(session.value(response)?.into_inner())
    }
}

call!(ListSubOrganizations => SubOrganizationList);
