//! What a rendering is made of: an image, and a stack or operations.

use std::path::{Path, PathBuf};

use clap::Args;
use rokka::render::{ImageSource, Operation, RenderUrl};
use rokka::stacks::StackRules;
use rokka::{Client, Source, StackDefinition};

use crate::failure::Failure;
use crate::named_value::{named_value, typed};

/// The parts of a rendering beside its image.
#[derive(Args, Debug)]
pub struct TargetArgs {
    /// A stack, with what a URL can add to it (`thumb`, `thumb/resize-width-300/o-dpr-2`), or operations
    /// (`resize-width-300--grayscale`, `dynamic/grayscale`)
    #[arg(value_name = "STACK|OPERATIONS")]
    pub stack: String,

    /// Set an option of the stack, such as dpr=2; can be repeated
    #[arg(long = "option", value_name = "NAME=VALUE", value_parser = named_value)]
    pub options: Vec<(String, String)>,

    /// Set a variable of the stack; can be repeated
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = named_value)]
    pub variables: Vec<(String, String)>,

    /// The format of the picture [default: that of the output file, or jpg]
    #[arg(long, short = 'f', value_name = "FORMAT")]
    pub format: Option<String>,
}

/// The image to render.
#[derive(Clone, Debug)]
pub(crate) enum Image {
    /// One that the service has, or fetches.
    Stored(ImageSource),
    /// A file on this machine.
    File(PathBuf),
}

impl Image {
    /// Reads an argument: a hash, `alias:NAME`, the URL or path of a remote image after `remote:`, or a file.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Some(alias) = text.strip_prefix("alias:") {
            return Ok(Self::Stored(ImageSource::alias(alias)));
        }
        if let Some(remote) = text.strip_prefix("remote:") {
            return Ok(Self::Stored(ImageSource::remote(remote)));
        }
        if text.starts_with("https://") || text.starts_with("http://") {
            return Ok(Self::Stored(ImageSource::remote(text)));
        }
        let is_hash =
            (6..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash {
            return Ok(Self::Stored(ImageSource::hash(text.to_ascii_lowercase())));
        }
        if Path::new(text).is_file() {
            return Ok(Self::File(PathBuf::from(text)));
        }
        Err("expected the hash of an image, alias:NAME, a file on this machine, or the URL of a remote image".to_owned())
    }

    /// Returns the name that a file with a picture of it may have.
    pub(crate) fn stem(&self) -> String {
        match self {
            Self::Stored(source) => match (source.as_hash(), source.as_alias()) {
                (Some(name), _) | (_, Some(name)) => name.to_owned(),
                _ => "rendering".to_owned(),
            },
            Self::File(path) => match path.file_stem() {
                Some(stem) => format!("{}-rendered", stem.to_string_lossy()),
                None => "rendering".to_owned(),
            },
        }
    }
}

impl TargetArgs {
    /// Returns the URL of the rendering of a stored image.
    pub(crate) fn url(
        &self,
        client: &Client,
        organization: &str,
        image: ImageSource,
    ) -> Result<RenderUrl, Failure> {
        let steps = parse(&self.stack)?;
        let parts = steps.components();
        let mut url = client.render(organization, image)?;
        url = match parts.stack {
            "dynamic" => url.dynamic(parts.operations.to_vec()),
            stack => url.stack(stack),
        };
        for segment in parts.override_segments() {
            url = url.override_segment(segment.to_vec());
        }
        url = url
            .options(parts.options.iter().cloned())
            .variables(parts.variables.iter().cloned());
        for (name, value) in &self.options {
            url = url.option(name.clone(), typed(value));
        }
        for (name, value) in &self.variables {
            url = url.variable(name.clone(), typed(value));
        }
        Ok(match &self.format {
            Some(format) => url.format(format.clone()),
            None => url,
        })
    }

    /// Returns the call that renders a file without storing it.
    pub(crate) fn upload(
        &self,
        client: &Client,
        organization: &str,
        file: &Path,
    ) -> Result<rokka::rendering::RenderUpload, Failure> {
        let steps = parse(&self.stack)?;
        let parts = steps.components();
        let mut call = client.render_upload(organization, Source::path(file));
        call = match parts.stack {
            "dynamic" => call.dynamic(parts.operations.to_vec()),
            stack => call.stack(stack),
        };
        for operation in parts.overrides {
            call = call.override_operation(operation.clone());
        }
        for (name, value) in parts.options {
            call = call.option(name.clone(), value.clone());
        }
        for (name, value) in parts.variables {
            call = call.variable(name.clone(), value.clone());
        }
        for (name, value) in &self.options {
            call = call.option(name.clone(), typed(value));
        }
        for (name, value) in &self.variables {
            call = call.variable(name.clone(), typed(value));
        }
        Ok(match &self.format {
            Some(format) => call.format(format.clone()),
            None => call,
        })
    }
}

/// Reads a stack or operations, in the language of render URLs; the image of the URL is made up.
pub(crate) fn parse(text: &str) -> Result<RenderUrl, Failure> {
    let text = text.trim_matches('/');
    if let Ok(url) = dynamic(text) {
        return Ok(url);
    }
    in_url(text).map_err(|error| {
        Failure::usage(format!("`{text}` is neither a stack nor operations: {error}")).with_hint(
            "write a stack as `thumb` or `thumb/resize-width-300/o-dpr-2`, operations as `resize-width-300--crop-width-100-height-100`",
        )
    })
}

/// Returns the operations of a text without the name of a stack. The first word of both may be the same, so that is only what
/// has nothing but known operations with known options.
fn dynamic(text: &str) -> Result<RenderUrl, rokka::render::Error> {
    let url = in_url(&format!("dynamic/{text}"))?;
    let operations = url.components().operations;
    let says_what = |operation: &Operation| operation.options().next().is_some();
    let is_chain = operations.len() > 1 || operations.iter().any(says_what);
    if is_chain && !has_unknown(&definition(operations)) {
        return Ok(url);
    }
    in_url(text)
}

/// Returns the definition of a stack with these operations.
pub(crate) fn definition(operations: &[Operation]) -> StackDefinition {
    let operations = operations.iter().cloned();
    operations.fold(StackDefinition::new(), StackDefinition::operation)
}

/// Returns whether a definition has operations or options that are not known.
fn has_unknown(definition: &StackDefinition) -> bool {
    let problems = |rules: StackRules| rules.problems(definition).len();
    problems(StackRules::new()) != problems(StackRules::new().allow_unknown())
}

fn in_url(path: &str) -> Result<RenderUrl, rokka::render::Error> {
    RenderUrl::parse(format!("https://organization.rokka.io/{path}/000000.jpg"))
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_stack_or_operations() {
        let path = |text: &str| {
            let url = parse(text).map_err(|failure| failure.message)?.url();
            Ok::<_, String>(url.unwrap().replace("https://organization.rokka.io/", ""))
        };
        for (text, expected) in [
            ("thumb", "thumb/000000.jpg"),
            ("resize-width-300", "dynamic/resize-width-300/000000.jpg"),
            (
                "resize-width-300--grayscale/o-dpr-2",
                "dynamic/resize-width-300--grayscale/o-dpr-2/000000.jpg",
            ),
            ("dynamic/grayscale", "dynamic/grayscale/000000.jpg"),
            ("grayscale--blur", "dynamic/grayscale--blur/000000.jpg"),
            // Names of stacks.
            ("grayscale", "grayscale/000000.jpg"),
            ("resize-small", "resize-small/000000.jpg"),
            ("resize-size-small", "resize-size-small/000000.jpg"),
            (
                "thumb/resize-width-9/v-w-3",
                "thumb/resize-width-9/v-w-3/000000.jpg",
            ),
            ("/thumb/", "thumb/000000.jpg"),
        ] {
            assert_eq!(path(text).unwrap(), expected, "{text}");
        }
        for wrong in ["", "thumb/resize-width", "a b"] {
            assert!(
                path(wrong)
                    .unwrap_err()
                    .contains("is neither a stack nor operations"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn an_image_is_a_hash_an_alias_a_url_or_a_file() {
        let parsed = |text: &str| Image::parse(text).unwrap();
        let stored = |text: &str| match parsed(text) {
            Image::Stored(source) => source,
            Image::File(path) => panic!("{}", path.display()),
        };
        assert_eq!(stored("3F9A21").as_hash(), Some("3f9a21"));
        assert_eq!(stored("alias:logo").as_alias(), Some("logo"));
        let url = "https://example.org/a.jpg";
        assert_eq!(stored(url).as_remote(), Some(url));
        assert_eq!(stored("remote:a/b.jpg").as_remote(), Some("a/b.jpg"));
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        assert_eq!(parsed(file).stem(), "Cargo-rendered");
        assert_eq!(parsed("alias:logo").stem(), "logo");
        assert!(Image::parse("missing.jpg").is_err());
    }
}
