//! Memberships: the members of an organization and their roles.

use http::StatusCode;

use crate::DateTime;
use crate::accounts::api_keys::KeyProperties;
use crate::api::types::{
    ApiKeyDefinition, MemberDefinition, Membership, MembershipDefinition, MembershipList,
    OrganizationName, Role, UserId,
};
use crate::call::{Call, CallParts, Run, call};
use crate::error::{Error, Result};
use crate::json;
use crate::names::organization_name;
use crate::transport::Connection;
use crate::transport::Session;

/// The members of an organization and their roles; returned by [`Client::memberships`](crate::Client::memberships).
///
/// Identify users by their ids, which are UUIDs. All calls fail with 403 ([`Error::is_forbidden`]) without the role, and
/// with 404 ([`Error::is_not_found`]) for an unknown organization or user. A change that would leave an organization without
/// an admin fails with 409 ([`Error::is_conflict`]).
///
/// ```no_run
/// # async fn f(rokka: rokka::Client) -> rokka::Result<()> {
/// for member in rokka.memberships("acme")?.list().await?.items {
///     println!("{} {:?}", member.email, member.roles);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Memberships {
    connection: Connection,
    organization: OrganizationName,
}

impl Memberships {
    pub(crate) fn new(connection: Connection, organization: &str) -> Result<Self> {
        Ok(Self {
            connection,
            organization: organization_name(organization)?,
        })
    }

    /// Returns the name of the organization.
    pub fn organization(&self) -> &str {
        &self.organization
    }

    fn call(&self) -> CallParts {
        CallParts::new(self.connection.clone())
    }

    /// Lists all members; returns a [`MembershipList`], which is not paged.
    ///
    /// `GET /organizations/{organization}/memberships`, role `admin:read`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(memberships: rokka::Memberships) -> rokka::Result<()> {
    /// println!("{} members", memberships.list().await?.total);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listMemberships")]
    #[doc(alias = "list_memberships")]
    #[doc(alias = "GET /organizations/{organization}/memberships")]
    #[doc(alias = "memberships.list")]
    #[doc(alias = "ListMembership")]
    #[doc(alias = "list_membership")]
    #[inline]
    pub fn list(&self) -> Call<MembershipList> {
        Call::new(self.call(), ListMemberships::new(self.organization.clone()))
    }

    /// Reads the roles of a member; returns a [`Membership`].
    ///
    /// `GET /organizations/{organization}/memberships/{userId}`, role `admin:read`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(memberships: rokka::Memberships) -> rokka::Result<()> {
    /// let member = memberships.get("d1e2f3a4-0000-4000-8000-000000000001").await?;
    /// println!("{:?} since {:?}", member.roles, member.created);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getMembership")]
    #[doc(alias = "get_membership")]
    #[doc(alias = "GET /organizations/{organization}/memberships/{userId}")]
    #[doc(alias = "memberships.get")]
    #[doc(alias = "ListMembershipForUUID")]
    pub fn get(&self, user_id: impl Into<String>) -> Call<Membership> {
        Call::new(
            self.call(),
            GetMembership::new(self.organization.clone(), user_id.into()),
        )
    }

    /// Makes an existing user a member with these roles, or replaces the roles of a member; returns a
    /// [`MembershipOutcome`], which tells the two apart. [`SetMembership`] lists the options.
    ///
    /// `PUT /organizations/{organization}/memberships/{userId}`, role `admin`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(memberships: rokka::Memberships) -> rokka::Result<()> {
    /// use rokka::{MembershipOutcome, Role};
    ///
    /// let id = "d1e2f3a4-0000-4000-8000-000000000001";
    /// match memberships.set(id, [Role::Upload, Role::SourceimagesRead]).await {
    ///     Ok(MembershipOutcome::Created(_)) => println!("new member"),
    ///     Ok(_) => println!("already a member"),
    ///     Err(error) if error.is_conflict() => println!("the last admin must remain one"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createMembership")]
    #[doc(alias = "create_membership")]
    #[doc(alias = "PUT /organizations/{organization}/memberships/{userId}")]
    #[doc(alias = "memberships.create")]
    #[doc(alias = "create")]
    pub fn set(
        &self,
        user_id: impl Into<String>,
        roles: impl IntoIterator<Item = impl Into<Role>>,
    ) -> SetMembership {
        SetMembership::new(
            self.call(),
            self.organization.clone(),
            user_id.into(),
            roles.into_iter().map(Into::into).collect(),
        )
    }

    /// Creates a user with these roles; returns a [`Membership`] with the user's key in [`Membership::api_key`], which no
    /// other call returns. [`CreateMembershipAndUser`] lists the options.
    ///
    /// The new user has the e-mail address of the caller.
    ///
    /// Not idempotent: retried only if the request did not reach the service, or after a 429 or 503. After any other
    /// failure, check the [list](Self::list) before you repeat the call.
    ///
    /// `POST /organizations/{organization}/memberships`, role `admin`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(memberships: rokka::Memberships) -> rokka::Result<()> {
    /// use rokka::Role;
    ///
    /// let member = memberships.create_with_new_user([Role::Upload]).comment("the web shop").await?;
    /// println!("{} has a key: {}", member.user_id, member.api_key.is_some());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createMembershipAndUser")]
    #[doc(alias = "create_membership_and_user")]
    #[doc(alias = "POST /organizations/{organization}/memberships")]
    #[doc(alias = "memberships.createWithNewUser")]
    #[doc(alias = "createWithNewUser")]
    #[doc(alias = "createUserAndMembership")]
    #[doc(alias = "CreateNewMembershipWithCurrentUser")]
    pub fn create_with_new_user(
        &self,
        roles: impl IntoIterator<Item = impl Into<Role>>,
    ) -> CreateMembershipAndUser {
        CreateMembershipAndUser::new(
            self.call(),
            self.organization.clone(),
            roles.into_iter().map(Into::into).collect(),
        )
    }

    /// Deletes a membership; returns `()`. The user and its keys remain.
    ///
    /// `DELETE /organizations/{organization}/memberships/{userId}`, role `admin`. [Reference](https://rokka.io/documentation/references/users-and-memberships.html).
    ///
    /// ```no_run
    /// # async fn f(memberships: rokka::Memberships) -> rokka::Result<()> {
    /// memberships.delete("d1e2f3a4-0000-4000-8000-000000000001").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deleteMembership")]
    #[doc(alias = "delete_membership")]
    #[doc(alias = "DELETE /organizations/{organization}/memberships/{userId}")]
    #[doc(alias = "memberships.delete")]
    pub fn delete(&self, user_id: impl Into<String>) -> Call<()> {
        Call::new(
            self.call(),
            DeleteMembership::new(self.organization.clone(), user_id.into()),
        )
    }
}

fn user_id(id: &str) -> Result<UserId> {
    id.parse()
        .map_err(|_| Error::invalid(format!("invalid user id {id:?}: it must be a UUID")))
}

fn checked_roles(roles: &[Role]) -> Result<()> {
    if roles.is_empty() {
        return Err(Error::invalid("a membership needs at least one role"));
    }
    Ok(())
}

#[derive(Debug)]
pub(crate) struct ListMemberships {
    organization: OrganizationName,
}

impl ListMemberships {
    fn new(organization: OrganizationName) -> Self {
        Self { organization }
    }
}

impl Run for ListMemberships {
    type Output = MembershipList;

    async fn run(self, session: Session) -> Result<MembershipList> {
        let response = session.api().list_memberships(&self.organization).await;
        Ok(session.value(response)?.into_inner())
    }
}

#[derive(Debug)]
pub(crate) struct GetMembership {
    organization: OrganizationName,
    user_id: String,
}

impl GetMembership {
    fn new(organization: OrganizationName, user_id: String) -> Self {
        Self {
            organization,
            user_id,
        }
    }
}

impl Run for GetMembership {
    type Output = Membership;

    async fn run(self, session: Session) -> Result<Membership> {
        let user_id = user_id(&self.user_id)?;
        let response = session
            .api()
            .get_membership(&self.organization, &user_id)
            .await;
        Ok(session.value(response)?.into_inner())
    }
}

/// The result of [`Memberships::set`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum MembershipOutcome {
    /// The user was not a member before. Contains the membership, unless the response omits it.
    Created(Option<Membership>),
    /// The user was a member with other roles or another comment. Contains the membership, unless the response omits it.
    Updated(Option<Membership>),
    /// The user was already a member with these roles and this comment.
    Unchanged,
}

impl MembershipOutcome {
    /// Returns the current membership, or `None` if the response omits it, as it does if nothing changed;
    /// [`Memberships::get`] reads it then.
    pub fn membership(&self) -> Option<&Membership> {
        match self {
            Self::Created(membership) | Self::Updated(membership) => membership.as_ref(),
            Self::Unchanged => None,
        }
    }
}

/// Creates a membership or replaces its roles; returns a [`MembershipOutcome`]. Returned by [`Memberships::set`].
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct SetMembership {
    call: CallParts,
    organization: OrganizationName,
    user_id: String,
    roles: Vec<Role>,
    comment: Option<String>,
}

impl SetMembership {
    fn new(
        call: CallParts,
        organization: OrganizationName,
        user_id: String,
        roles: Vec<Role>,
    ) -> Self {
        Self {
            call,
            organization,
            user_id,
            roles,
            comment: None,
        }
    }

    /// Sets a comment for people (default: not sent).
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.comment = Some(text.into());
        self
    }

    async fn run(self, session: Session) -> Result<MembershipOutcome> {
        let user_id = user_id(&self.user_id)?;
        checked_roles(&self.roles)?;
        let body = MembershipDefinition {
            comment: self.comment,
            role: None,
            roles: self.roles,
        };
        let response = session
            .api()
            .create_membership(&self.organization, &user_id, &body)
            .await;
        let response = session.value(response)?;
        let (status, headers) = (response.status(), response.headers().clone());
        if status == StatusCode::NO_CONTENT {
            return Ok(MembershipOutcome::Unchanged);
        }
        let body = session.bytes(response).await?;
        let membership = if json::is_empty(&body) {
            None
        } else {
            Some(session.decode(status, &headers, &body)?)
        };
        Ok(if status == StatusCode::CREATED {
            MembershipOutcome::Created(membership)
        } else {
            MembershipOutcome::Updated(membership)
        })
    }
}

call!(SetMembership => MembershipOutcome);

/// Creates a user and its membership; returns a [`Membership`]. Returned by [`Memberships::create_with_new_user`].
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct CreateMembershipAndUser {
    call: CallParts,
    organization: OrganizationName,
    roles: Vec<Role>,
    comment: Option<String>,
    key: Option<KeyProperties>,
}

impl CreateMembershipAndUser {
    fn new(call: CallParts, organization: OrganizationName, roles: Vec<Role>) -> Self {
        Self {
            call,
            organization,
            roles,
            comment: None,
            key: None,
        }
    }

    fn key(mut self, change: impl FnOnce(&mut ApiKeyDefinition)) -> Self {
        change(&mut self.key.get_or_insert_default().0);
        self
    }

    /// Sets a comment for people on the membership (default: none).
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.comment = Some(text.into());
        self
    }

    /// Sets a comment for people on the key (default: none).
    pub fn key_comment(self, text: impl Into<String>) -> Self {
        self.key(|key| key.comment = Some(text.into()))
    }

    /// Restricts the key to requests for tokens, with a code of the second factor (default: no). With a public role, the
    /// key must be [trusted](Self::key_trusted) too.
    pub fn key_requires_mfa(self, requires: bool) -> Self {
        self.key(|key| key.requires_mfa = Some(requires))
    }

    /// Declares that the key is never published (default: no).
    pub fn key_trusted(self, trusted: bool) -> Self {
        self.key(|key| key.trusted = Some(trusted))
    }

    /// Restricts the key and its tokens to addresses and IPv4 networks: at most 10 entries and 10,000 addresses, IPv6 as
    /// single addresses (default: no restriction).
    pub fn key_allowed_ips(self, addresses: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.key(|key| key.allowed_ips = addresses.into_iter().map(Into::into).collect())
    }

    /// Sets when the key and its tokens expire (default: never).
    pub fn key_expires(self, moment: impl Into<DateTime>) -> Self {
        self.key(|key| key.expires = Some(moment.into()))
    }

    async fn run(self, session: Session) -> Result<Membership> {
        checked_roles(&self.roles)?;
        let body = MemberDefinition {
            api_key: self.key.map(KeyProperties::checked).transpose()?,
            comment: self.comment,
            roles: self.roles,
        };
        let response = session
            .api()
            .create_membership_and_user(&self.organization, &body)
            .await;
        Ok(session.value(response)?.into_inner())
    }
}

call!(CreateMembershipAndUser => Membership);

#[derive(Debug)]
pub(crate) struct DeleteMembership {
    organization: OrganizationName,
    user_id: String,
}

impl DeleteMembership {
    fn new(organization: OrganizationName, user_id: String) -> Self {
        Self {
            organization,
            user_id,
        }
    }
}

impl Run for DeleteMembership {
    type Output = ();

    async fn run(self, session: Session) -> Result<()> {
        let user_id = user_id(&self.user_id)?;
        let response = session
            .api()
            .delete_membership(&self.organization, &user_id)
            .await;
        session.value(response).map(drop)
    }
}
