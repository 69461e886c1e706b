//! Organizations: make, read, set options.

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

/// Organizations; made by [`Client::organizations`](crate::Client::organizations).
///
/// All calls fail with 403 ([`Error::is_forbidden`]) if the role is missing, and with 404 ([`Error::is_not_found`]) for
/// an unknown organization. A name is made of lower-case letters, digits and dashes; another one is refused before
/// anything is sent.
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

    /// Makes an organization; the user becomes its admin. What the service says if the name is taken is not documented.
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

    /// Reads an organization with its options; admins get its signing keys too.
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

    /// Sets one option and leaves the others.
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

    /// Sets several options at once and leaves the others. If one is given several times, the last one counts.
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

    /// Lists the organizations whose bills this one pays. One that is itself paid for has none, and names who pays in
    /// [`SubOrganizationList::master_organization`].
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
    /// The key that URLs are signed with: the first one. Only admins get it.
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

/// Makes an organization; see [`Organizations::create`]. Gives an [`Organization`].
#[derive(Debug)]
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

    /// The name for people (default: as the service chooses).
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = Some(name.into());
        self
    }

    /// Lets another organization pay: this one becomes a part of it (default: it is on its own).
    #[doc(alias = "master_organization")]
    pub fn part_of(mut self, organization: impl Into<String>) -> Self {
        self.master = Some(organization.into());
        self
    }

    async fn run(self, session: Session) -> Result<Organization> {
        let name = organization_name(&self.name)?;
        if !self.billing_email.contains('@') {
            return Err(Error::invalid(format!(
                "{:?} is no e-mail address",
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
        // The generated type has no place for `null`, nor for an option that it does not know.
        let mut body = Map::new();
        for option in self.options {
            let (option, value) = checked(option)?;
            body.insert(option.to_string(), value);
        }
        if body.is_empty() {
            return Err(Error::invalid("there is no option to set"));
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

fn checked(option: OrganizationOption) -> Result<(OrganizationOptionName, Value)> {
    let name = option.name().parse().map_err(|_| {
        Error::invalid(format!(
            "the option {:?} is not made of letters, digits, `_` and `-`",
            option.name()
        ))
    })?;
    Ok((name, option.into_value()?))
}

/// Lists sub-organizations; see [`Organizations::sub_organizations`]. Gives a [`SubOrganizationList`].
#[derive(Debug)]
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

    /// Lists disabled ones too (default: no). Only for those who run the service: a 403 for all others.
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
