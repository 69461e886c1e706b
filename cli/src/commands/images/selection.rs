//! Which images a command is for: hashes, a file of hashes, or a search.

use std::path::PathBuf;

use clap::Args;
use rokka::source_images::field::Filter;
use rokka::{ApiCall, BulkCall, Search, SourceImages};

use crate::failure::Failure;
use crate::item_file;

/// The images that a command is for.
#[derive(Args, Clone, Debug, Default)]
pub struct Selection {
    /// The hashes of images
    #[arg(value_name = "HASH")]
    pub hashes: Vec<String>,

    /// Read the hashes from this file, one a line; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "hashes")]
    pub from: Option<PathBuf>,

    /// Take the images that this filter finds; can be repeated
    #[arg(long = "search", short = 's', value_name = "FIELD=EXPRESSION", value_parser = filter,
        conflicts_with_all = ["hashes", "from"])]
    pub filters: Vec<Filter>,

    /// Take images that meet at least one filter, not all of them
    #[arg(long, requires = "filters")]
    pub any: bool,

    /// Take all images of the organization
    #[arg(long, conflicts_with_all = ["hashes", "from", "filters"])]
    pub all: bool,
}

/// The images that are selected.
#[derive(Debug)]
pub(crate) enum Selected {
    Hashes(Vec<String>),
    Search(Box<Search>),
}

impl Selection {
    /// Returns what is selected.
    ///
    /// # Errors
    /// Exit status 2 if nothing is.
    pub(crate) fn selected(&self, images: &SourceImages) -> Result<Selected, Failure> {
        if self.all || !self.filters.is_empty() {
            let search = with_filters(images.search(), &self.filters, self.any);
            return Ok(Selected::Search(Box::new(search)));
        }
        self.hashes().map(Selected::Hashes)
    }

    /// Returns the hashes.
    fn hashes(&self) -> Result<Vec<String>, Failure> {
        let hashes = match &self.from {
            Some(path) => item_file::read_text(path)?,
            None => self.hashes.clone(),
        };
        if hashes.is_empty() && self.from.is_none() {
            return Err(Failure::usage("no images are named")
                .with_hint("name them by HASH, --from FILE, --search FIELD=EXPRESSION, or --all"));
        }
        // A hash that is named twice is one image.
        let mut seen = std::collections::HashSet::new();
        Ok(hashes
            .into_iter()
            .map(|hash| hash.trim().to_owned())
            .filter(|hash| seen.insert(hash.to_ascii_lowercase()))
            .collect())
    }
}

impl Selected {
    /// Returns the number of images.
    pub(crate) async fn count(&self) -> Result<u64, Failure> {
        match self {
            Self::Hashes(hashes) => Ok(hashes.len() as u64),
            Self::Search(search) => Ok(search.as_ref().clone().limit(0).await?.total),
        }
    }

    /// Makes a call for each image.
    pub(crate) fn each<C: ApiCall>(
        self,
        images: &SourceImages,
        call: impl FnMut(String) -> C + Send + 'static,
    ) -> BulkCall<C::Returns> {
        match self {
            Self::Hashes(hashes) => images.bulk().each(hashes, call),
            Self::Search(search) => images.bulk().each(*search, call),
        }
    }
}

/// Adds filters to a search.
pub(crate) fn with_filters(search: Search, filters: &[Filter], any: bool) -> Search {
    let search = filters.iter().cloned().fold(search, Search::filter);
    if any { search.any() } else { search }
}

/// Reads `FIELD=EXPRESSION`, in the syntax of the service.
pub(crate) fn filter(text: &str) -> Result<Filter, String> {
    let parts = text
        .split_once('=')
        .map(|(field, expression)| (field.trim(), expression));
    match parts {
        Some((field, expression)) if !field.is_empty() && !expression.is_empty() => {
            Ok(Filter::raw(field, expression))
        }
        _ => Err(
            "expected FIELD=EXPRESSION, such as height=[1200,} or name=cat* or user:array:labels=cat"
                .to_owned(),
        ),
    }
}

/// Returns `1 image` or `2 images`.
pub(crate) fn images(count: u64) -> String {
    if count == 1 {
        "1 image".to_owned()
    } else {
        format!("{count} images")
    }
}
