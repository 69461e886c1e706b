//! The key that signs URLs.

use std::path::PathBuf;

use clap::Args;
use rokka::render::SigningKey;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::text_file;

/// Where the signing key comes from.
#[derive(Args, Debug, Default)]
pub struct SigningArgs {
    /// Read the signing key from this file; `-` is standard input [default: $ROKKA_SIGNING_KEY, or the key of the
    /// organization, which an admin can read]
    #[arg(long, value_name = "FILE")]
    pub signing_key_file: Option<PathBuf>,
}

/// Returns the key of an organization, from the file, the environment or the service.
pub(crate) async fn key(
    args: &SigningArgs,
    context: &Context,
    organization: &str,
) -> Result<SigningKey, Failure> {
    if let Some(path) = &args.signing_key_file {
        let text = text_file::read(path)?;
        let key = text.trim();
        if key.is_empty() {
            return Err(Failure::usage("the file has no signing key").about(path.display()));
        }
        return Ok(SigningKey::from(key));
    }
    if let Ok(key) = std::env::var("ROKKA_SIGNING_KEY")
        && !key.trim().is_empty()
    {
        return Ok(SigningKey::from(key.trim()));
    }
    let organization = context.client()?.organizations().get(organization).await?;
    organization.signing_key().ok_or_else(|| {
        let name = &organization.name;
        Failure::new(format!("the service does not show the signing key of {name}"))
            .with_exit(Exit::NotAuthorized)
            .with_hint("the role admin can read it: use such a key, or --signing-key-file, or ROKKA_SIGNING_KEY")
    })
}
