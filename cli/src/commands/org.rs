//! `rokka org`: organizations and their options.

use clap::{Args, Subcommand};
use rokka::{Organization, OrganizationOption};
use serde_json::Value;

use crate::context::Context;
use crate::failure::Failure;
use crate::named_value::{named_value, typed};

/// Show, create and configure organizations
#[derive(Debug, Subcommand)]
pub enum OrgArgs {
    /// Show the organization, or another one, with its options
    #[command(visible_aliases = ["get", "info"], after_help = "\
Examples:
  rokka org show
  rokka org show acme-test --json
  rokka org show --signing-keys")]
    Show(ShowArgs),
    /// List the organizations of the user
    #[command(
        visible_alias = "ls",
        after_help = "\
Example:
  rokka org list"
    )]
    List,
    /// Create an organization
    #[command(after_help = "\
Examples:
  rokka org create acme billing@example.com
  rokka org create acme-test billing@example.com --display-name 'Acme (test)' --part-of acme")]
    Create(CreateArgs),
    /// Set options of the organization
    #[command(
        visible_alias = "options",
        after_help = "\
Options that are known:
  protect_dynamic_stack=true|false      whether URLs with operations need a signature
  remote_basepath=URL                   the prefix of the URLs of remote images
  remote_fullurl_allow=true|false       whether URLs may have the full URL of a remote image
  remote_fullurl_whitelist=REGEX,…      one of which it must match; empty for no restriction
  render_org_fallback=NAME              the organization whose image is rendered if this one has none
Others are sent as they are: a number, true, false, or text.

Examples:
  rokka org set protect_dynamic_stack=true
  rokka org set remote_fullurl_allow=true 'remote_fullurl_whitelist=^https://example\\.com/'"
    )]
    Set(SetArgs),
    /// List the organizations that are part of the organization
    #[command(
        visible_alias = "sub-organizations",
        after_help = "\
Example:
  rokka org children --include-disabled"
    )]
    Children(ChildrenArgs),
}

/// The arguments of `rokka org show`.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// The organization [default: that of the profile]
    pub name: Option<String>,
    /// Print the keys that sign URLs, and nothing else
    #[arg(long)]
    pub signing_keys: bool,
}

/// The arguments of `rokka org create`.
#[derive(Args, Debug)]
pub struct CreateArgs {
    /// The name: lower-case letters, digits and dashes
    pub name: String,
    /// The e-mail address that gets the bills
    #[arg(value_name = "BILLING_EMAIL")]
    pub billing_email: String,
    /// A name for people
    #[arg(value_name = "DISPLAY_NAME")]
    pub display_name_argument: Option<String>,
    /// A name for people
    #[arg(long, value_name = "TEXT", conflicts_with = "display_name_argument")]
    pub display_name: Option<String>,
    /// The organization that it is a part of
    #[arg(long, value_name = "ORGANIZATION")]
    pub part_of: Option<String>,
}

/// The arguments of `rokka org set`.
#[derive(Args, Debug)]
pub struct SetArgs {
    /// The options
    #[arg(value_name = "NAME=VALUE", required = true, value_parser = named_value)]
    pub options: Vec<(String, String)>,
}

/// The arguments of `rokka org children`.
#[derive(Args, Debug)]
pub struct ChildrenArgs {
    /// Also list those that are disabled
    #[arg(long)]
    pub include_disabled: bool,
}

/// Runs the command.
///
/// # Errors
/// If the service refuses it.
pub async fn run(args: OrgArgs, context: &Context) -> Result<(), Failure> {
    match args {
        OrgArgs::Show(args) => show(&args, context).await,
        OrgArgs::List => list(context).await,
        OrgArgs::Create(args) => create(&args, context).await,
        OrgArgs::Set(args) => set(&args, context).await,
        OrgArgs::Children(args) => children(&args, context).await,
    }
}

async fn show(args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let name = match &args.name {
        Some(name) => name,
        None => context.organization()?,
    };
    let organization = context.client()?.organizations().get(name).await?;
    if !args.signing_keys {
        return print(&organization, context);
    }
    if organization.signing_keys.is_empty() {
        return Err(Failure::new(format!(
            "the service does not show the signing keys of {name}"
        ))
        .with_exit(crate::failure::Exit::NotAuthorized)
        .with_hint("the role admin can read them"));
    }
    let mut table = context
        .output
        .table(&["SIGNING KEY", "CREATED", "ACCESSED"]);
    for key in &organization.signing_keys {
        if context.output.json {
            context.output.service_line(key)?;
            continue;
        }
        let created = key
            .created
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let accessed = key
            .accessed
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        table.row([key.key.expose(), &created, &accessed])?;
    }
    table.finish()
}

/// Prints an organization without the keys that sign URLs.
fn print(organization: &Organization, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    if output.json {
        return output.service_line_without(organization, &["signing_keys"]);
    }
    let mut shown = organization.clone();
    shown.signing_keys.clear();
    let mut table = output.table(&["NAME", "VALUE"]);
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let Value::Object(fields) = serde_json::to_value(&shown)? else {
        return Ok(());
    };
    for (name, value) in &fields {
        match value {
            Value::Object(inner) => {
                for (key, value) in inner {
                    table.row([&format!("{name}.{key}"), &text(value)])?;
                }
            }
            value => table.row([name, &text(value)])?,
        }
    }
    table.finish()
}

async fn list(context: &Context) -> Result<(), Failure> {
    let memberships = context.client()?.user().memberships().await?;
    let output = &context.output;
    let mut table = output.table(&["ORGANIZATION", "NAME", "ROLES"]);
    for membership in &memberships.items {
        if output.json {
            output.service_line(membership)?;
            continue;
        }
        let display = membership.display_name.as_deref().unwrap_or_default();
        table.row([
            &*membership.organization,
            display,
            &roles(&membership.roles),
        ])?;
    }
    table.finish()
}

/// Returns roles as a text.
pub(super) fn roles(roles: &[rokka::Role]) -> String {
    let roles: Vec<&str> = roles.iter().map(rokka::Role::as_str).collect();
    roles.join(", ")
}

async fn create(args: &CreateArgs, context: &Context) -> Result<(), Failure> {
    if context.dry_run {
        context
            .output
            .note(format_args!("would create the organization {}", args.name));
        return Ok(());
    }
    let mut call = context
        .client()?
        .organizations()
        .create(&args.name, &args.billing_email);
    if let Some(name) = args
        .display_name
        .as_ref()
        .or(args.display_name_argument.as_ref())
    {
        call = call.display_name(name);
    }
    if let Some(parent) = &args.part_of {
        call = call.part_of(parent);
    }
    let organization = call.await?;
    if context.output.json {
        return context
            .output
            .service_line_without(&organization, &["signing_keys"]);
    }
    context
        .output
        .line(format_args!("created {}", organization.name))
}

async fn set(args: &SetArgs, context: &Context) -> Result<(), Failure> {
    let name = context.organization()?;
    let options = args.options.iter().map(|(name, value)| option(name, value));
    let options: Vec<OrganizationOption> = options.collect::<Result<_, _>>()?;
    if context.dry_run {
        for (option, value) in &args.options {
            context
                .output
                .note(format_args!("would set {option} of {name} to {value}"));
        }
        return Ok(());
    }
    let organizations = context.client()?.organizations();
    let mut options = options.into_iter();
    let organization = match (options.next(), options.len()) {
        (Some(option), 0) => organizations.set_option(name, option).await?,
        (first, _) => {
            organizations
                .set_options(name, first.into_iter().chain(options))
                .await?
        }
    };
    print(&organization, context)
}

fn option(name: &str, value: &str) -> Result<OrganizationOption, Failure> {
    let switch = || {
        value.parse::<bool>().map_err(|_| {
            Failure::usage(format!(
                "invalid value {value:?} of {name}: it must be true or false"
            ))
        })
    };
    Ok(match name {
        "protect_dynamic_stack" => OrganizationOption::ProtectDynamicStack(switch()?),
        "remote_basepath" => OrganizationOption::RemoteBasepath(value.to_owned()),
        "remote_fullurl_allow" => OrganizationOption::RemoteFullurlAllow(switch()?),
        "remote_fullurl_whitelist" => {
            let list = (!value.is_empty()).then(|| value.split(',').map(str::to_owned).collect());
            OrganizationOption::RemoteFullurlWhitelist(list)
        }
        "render_org_fallback" => OrganizationOption::RenderOrgFallback(value.to_owned()),
        name => OrganizationOption::other(name, typed(value)),
    })
}

async fn children(args: &ChildrenArgs, context: &Context) -> Result<(), Failure> {
    let name = context.organization()?;
    let call = context.client()?.organizations().sub_organizations(name);
    let call = if args.include_disabled {
        call.include_disabled()
    } else {
        call
    };
    let list = call.await?;
    let output = &context.output;
    let mut table = output.table(&["ORGANIZATION", "NAME", "BILLING", "DISABLED"]);
    for child in &list.items {
        if output.json {
            output.service_line_without(child, &["signing_keys"])?;
            continue;
        }
        let display = child.display_name.as_deref().unwrap_or_default();
        let email = child.billing_email.as_deref().unwrap_or_default();
        let disabled = if child.disabled { "yes" } else { "" };
        table.row([&*child.name, display, email, disabled])?;
    }
    table.finish()
}
