//! `rokka url`: build, sign, verify and explain render URLs.

use std::borrow::Cow;
use std::time::SystemTime;

use clap::{Args, Subcommand};
use rokka::DateTime;
use rokka::render::{Operation, RenderUrl, Signer, Verdict};
use rokka::stacks::{StackProblem, StackRules};
use serde_json::{Value, json};

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::moment::moment;
use crate::rendering_target::{self, Image, TargetArgs};
use crate::signing::{self, SigningArgs};

/// Build, sign, verify and explain render URLs
#[derive(Debug, Subcommand)]
pub enum UrlArgs {
    /// Build the URL of a rendering; sends nothing
    #[command(after_help = "\
Examples:
  rokka url build 3f9a21 thumb --format webp
  rokka url build 3f9a21 resize-width-300--grayscale --option dpr=2
  rokka url build alias:logo thumb/o-dpr-2 --sign --until 7d")]
    Build(BuildArgs),
    /// Sign a URL with the key of the organization
    #[command(after_help = "\
Examples:
  rokka url sign https://acme.rokka.io/thumb/3f9a21.jpg
  rokka url sign https://acme.rokka.io/thumb/3f9a21.jpg --until 2026-12-31T18:00:00Z --signing-key-file key.txt")]
    Sign(SignArgs),
    /// Say whether the signature of a URL is valid; the exit status is 1 if it is not
    #[command(after_help = "\
Examples:
  rokka url verify 'https://acme.rokka.io/thumb/3f9a21.jpg?sig=0123456789abcdef'
  rokka url verify \"$url\" --at 7d")]
    Verify(VerifyArgs),
    /// Explain a URL part by part; sends nothing
    #[command(after_help = "\
Example:
  rokka url explain https://acme.rokka.io/dynamic/resize-width-300--grayscale/o-dpr-2/3f9a21.jpg")]
    Explain(ExplainArgs),
}

/// The arguments of `rokka url build`.
#[derive(Args, Debug)]
pub struct BuildArgs {
    /// The hash of an image, alias:NAME, or the URL of a remote image
    #[arg(value_name = "IMAGE")]
    pub image: String,
    /// The stack or operations, and what changes them.
    #[command(flatten)]
    pub target: TargetArgs,
    /// A name for search engines, before the format
    #[arg(long, value_name = "NAME")]
    pub filename: Option<String>,
    /// Sign the URL
    #[arg(long)]
    pub sign: bool,
    /// How to sign.
    #[command(flatten)]
    pub signing: LimitArgs,
}

/// How to sign.
#[derive(Args, Debug)]
pub struct LimitArgs {
    /// Make the signature expire: a time such as 2026-12-31T18:00:00Z, or a span such as 12h
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub until: Option<DateTime>,
    /// Round the time up to a multiple of this many seconds, so that the CDN caches the URL [default: 300]
    #[arg(long, value_name = "SECONDS", requires = "until")]
    pub round_up_to: Option<u32>,
    /// The signing key.
    #[command(flatten)]
    pub key: SigningArgs,
}

/// The arguments of `rokka url sign`.
#[derive(Args, Debug)]
pub struct SignArgs {
    /// The URL
    #[arg(value_name = "URL")]
    pub url: String,
    /// How to sign.
    #[command(flatten)]
    pub signing: LimitArgs,
    /// Sign the name for search engines, too
    #[arg(long)]
    pub keep_filename: bool,
    /// Have the service sign it
    #[arg(long, conflicts_with_all = ["signing_key_file", "keep_filename"])]
    pub by_service: bool,
}

/// The arguments of `rokka url verify`.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// The URL
    #[arg(value_name = "URL")]
    pub url: String,
    /// The time of which it is asked [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub at: Option<DateTime>,
    /// The signing key.
    #[command(flatten)]
    pub key: SigningArgs,
}

/// The arguments of `rokka url explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// The URL
    #[arg(value_name = "URL")]
    pub url: String,
}

/// Runs the command.
///
/// # Errors
/// If the URL is invalid, or the key cannot be read.
pub async fn run(args: UrlArgs, context: &Context) -> Result<(), Failure> {
    match args {
        UrlArgs::Build(args) => build(&args, context).await,
        UrlArgs::Sign(args) => sign(&args, context).await,
        UrlArgs::Verify(args) => verify(&args, context).await,
        UrlArgs::Explain(args) => explain(&args, context),
    }
}

async fn build(args: &BuildArgs, context: &Context) -> Result<(), Failure> {
    let organization = context.organization()?;
    let about = format!("`{}`", args.image);
    let image = Image::parse(&args.image).map_err(|rule| Failure::usage(rule).about(&about))?;
    let Image::Stored(image) = image else {
        return Err(Failure::usage("a file on this machine has no URL")
            .about(&about)
            .with_hint("upload it with `rokka images upload`, or render it with `rokka render`"));
    };
    let client = context.public_client()?;
    let mut url = args.target.url(&client, organization, image)?;
    if let Some(filename) = &args.filename {
        url = url.filename(filename);
    }
    let signs =
        args.sign || args.signing.until.is_some() || args.signing.key.signing_key_file.is_some();
    if signs {
        url = url.sign(&signing::key(&args.signing.key, context, organization).await?);
        if let Some(until) = &args.signing.until {
            url = url.until(until.clone());
        }
        if let Some(seconds) = args.signing.round_up_to {
            url = url.round_up_to(seconds);
        }
    }
    print(context, &url.url().map_err(rokka::Error::from)?)
}

fn print(context: &Context, url: &str) -> Result<(), Failure> {
    context
        .output
        .object(&json!({"url": url}), |_| url.to_owned())
}

async fn sign(args: &SignArgs, context: &Context) -> Result<(), Failure> {
    let organization = organization(&args.url, context)?;
    if args.by_service {
        let mut call = context.client()?.sign_url(organization, &args.url);
        if let Some(until) = &args.signing.until {
            call = call.until(until.clone());
        }
        if let Some(seconds) = args.signing.round_up_to {
            call = call.round_up_to(u64::from(seconds));
        }
        let signed = call.await?;
        return context
            .output
            .service_object(&signed, |signed| signed.signed_url.clone());
    }
    let key = signing::key(&args.signing.key, context, &organization).await?;
    let mut signer = Signer::new(&key);
    if let Some(until) = &args.signing.until {
        signer = signer.until(until.clone());
    }
    if let Some(seconds) = args.signing.round_up_to {
        signer = signer.round_up_to(seconds);
    }
    if args.keep_filename {
        signer = signer.keep_filename();
    }
    print(
        context,
        &signer.sign(&args.url).map_err(rokka::Error::from)?,
    )
}

async fn verify(args: &VerifyArgs, context: &Context) -> Result<(), Failure> {
    let organization = organization(&args.url, context)?;
    let key = signing::key(&args.key, context, &organization).await?;
    let at = args.at.clone().unwrap_or_else(|| SystemTime::now().into());
    let verdict = key.verify(&args.url, at);
    let word = match verdict {
        Verdict::Valid => "valid",
        Verdict::Expired => "expired",
        Verdict::Invalid => "invalid",
        Verdict::Unsigned => "unsigned",
    };
    let line = json!({"url": args.url, "verdict": word});
    context.output.object(&line, |_| word.to_owned())?;
    if verdict.is_valid() {
        Ok(())
    } else {
        Err(Failure::quiet(Exit::Failure))
    }
}

/// Returns the organization of a URL, or that of the context if its host does not name one.
fn organization(url: &str, context: &Context) -> Result<String, Failure> {
    let parsed = RenderUrl::parse(url);
    let named = parsed
        .as_ref()
        .ok()
        .and_then(|url| url.components().organization);
    match named {
        Some(name) => Ok(name.to_owned()),
        None => Ok(context.organization()?.to_owned()),
    }
}

/// A part of a URL: what it is, its value, and what to know about it.
struct Part {
    name: &'static str,
    value: String,
    meaning: String,
}

fn explain(args: &ExplainArgs, context: &Context) -> Result<(), Failure> {
    let url = RenderUrl::parse(&args.url).map_err(rokka::Error::from)?;
    let parts = parts(&url);
    if context.output.json {
        let parts: Vec<Value> = parts
            .iter()
            .map(|part| json!({"part": part.name, "value": part.value, "meaning": part.meaning}))
            .collect();
        return context
            .output
            .json_line(&json!({"url": args.url, "parts": parts}));
    }
    let mut table = context.output.table(&["PART", "VALUE", "MEANING"]);
    for part in parts {
        table.row([part.name, &part.value, &part.meaning])?;
    }
    table.finish()
}

fn parts(url: &RenderUrl) -> Vec<Part> {
    let url = url.components();
    let mut parts = Vec::new();
    let mut add = |name, value: &str, meaning: &str| {
        parts.push(Part {
            name,
            value: value.to_owned(),
            meaning: meaning.to_owned(),
        });
    };
    let host = if url.organization.is_some() {
        "the render host of an organization"
    } else {
        "a host of its own"
    };
    add("host", url.base, host);
    if let Some(name) = url.organization {
        add("organization", name, "");
    }
    let stack = match url.stack {
        "dynamic" => "operations are in the URL",
        name if name.starts_with("_preview") => "a stack for experiments, which is not cached",
        _ => "what the organization has stored under this name",
    };
    add("stack", url.stack, stack);
    for (kind, operations) in [("operation", url.operations), ("override", url.overrides)] {
        let remarks = Remarks::of(operations, &[]);
        for (index, operation) in operations.iter().enumerate() {
            let place = format!("operations[{index}]");
            // The stack has what is missing in an override.
            let meaning = if kind == "override" && !remarks.are_about_names(&place) {
                "changes the operations of this name in the stack".to_owned()
            } else {
                remarks.at(&place)
            };
            add(kind, operation.name(), &meaning);
            for (name, value) in operation.options() {
                let meaning = match value.as_expression() {
                    Some(_) => remarks.at(&format!("{place}.expressions.{name}")),
                    None => remarks.at(&format!("{place}.options.{name}")),
                };
                add("  option", &format!("{name} = {value}"), &meaning);
            }
        }
    }
    let remarks = Remarks::of(&[], url.options);
    for (name, value) in url.options {
        let meaning = remarks.at(&format!("options.{name}"));
        add("stack option", &format!("{name} = {value}"), &meaning);
    }
    for (name, value) in url.variables {
        let meaning = "for the expressions of the stack";
        add("variable", &format!("{name} = {value}"), meaning);
    }
    match (
        url.image.as_hash(),
        url.image.as_alias(),
        url.image.as_remote(),
    ) {
        (Some(hash), ..) => {
            let kind = if hash.len() == 40 {
                "a full hash"
            } else {
                "a short hash"
            };
            add("image", hash, kind);
        }
        (_, Some(alias), _) => add("image", alias, "an alias of an image"),
        (_, _, Some(remote)) => add("image", remote, "a remote image, which the service fetches"),
        _ => {}
    }
    if let Some(name) = url.filename {
        add(
            "filename",
            name,
            "for search engines; the service ignores it",
        );
    }
    add("format", url.format, "of the picture");
    if let Some(signature) = url.signature {
        add("signature", signature, "`rokka url verify` checks it");
    }
    if let Some(until) = url.until.map(DateTime::from) {
        let meaning = if until < DateTime::from(SystemTime::now()) {
            "the signature has expired"
        } else {
            "the signature expires"
        };
        add("until", &until.to_string(), meaning);
    }
    parts
}

/// What the rules of stacks say about the parts of a URL.
struct Remarks {
    all: Vec<StackProblem>,
    /// Without what is about names that are not known.
    about_values: Vec<StackProblem>,
}

impl Remarks {
    fn of(operations: &[Operation], options: &[(Cow<'static, str>, rokka::render::Value)]) -> Self {
        let mut definition = rendering_target::definition(operations);
        for (name, value) in options {
            definition = definition.option(name.clone(), value.clone().into_json());
        }
        Self {
            all: StackRules::new().problems(&definition),
            about_values: StackRules::new().allow_unknown().problems(&definition),
        }
    }

    fn at(&self, place: &str) -> String {
        let here = self.all.iter().filter(|problem| problem.place == place);
        let texts = here.map(|problem| match &problem.suggestion {
            Some(name) => format!("{}: did you mean `{name}`?", problem.message),
            None => problem.message.clone(),
        });
        texts.collect::<Vec<_>>().join("; ")
    }

    /// Returns whether there is something about a name that is not known.
    fn are_about_names(&self, place: &str) -> bool {
        let mut here = self.all.iter().filter(|problem| problem.place == place);
        here.any(|problem| !self.about_values.contains(problem))
    }
}
