//! `rokka images list` and `rokka images search`.

use clap::Args;
use futures_util::TryStreamExt;
use rokka::source_images::field::{Filter, Sort};
use rokka::{Search, SourceImage};
use serde_json::{Map, Value};

use super::selection::{filter, with_filters};
use crate::context::Context;
use crate::failure::Failure;
use crate::user_metadata::plain;

/// The columns in a pipe.
const COLUMNS: &[&str] = &[
    "hash", "created", "format", "width", "height", "size", "name",
];

/// The columns of a terminal, which can be narrow.
const NARROW: &[&str] = &["hash", "width", "height", "size", "name"];

/// The columns of a terminal that is narrower than most.
const NARROWEST: &[&str] = &["hash", "name"];

/// The width of a terminal that has room for all columns, and for some of them.
const WIDE: usize = 120;
const USUAL: usize = 80;

/// Images on a page.
const PAGE: u64 = 1_000;

/// Which images to list, and what of them.
#[derive(Args, Debug)]
#[command(after_help = "\
Filters are FIELD=EXPRESSION in the service's own language: a value (format=jpg), a prefix (name=cat*), or a range, where [ ] include the bound and
{ } exclude it (height=[1200,} for at least 1200). User metadata have their type: user:int:sku=42, user:array:labels=cat.

Examples:
  rokka images search 'height=[1200,}' 'user:array:labels=cat' --sort 'size desc'
  rokka images list --fields hash,name,user_metadata.title
  rokka images search --facets user:array:labels
  rokka images list --deleted --json | jq -r .hash")]
pub struct SearchArgs {
    /// Conditions that the images meet
    #[arg(value_name = "FIELD=EXPRESSION", value_parser = filter)]
    filters: Vec<Filter>,

    /// Find images that meet at least one condition, not all of them
    #[arg(long, requires = "filters")]
    any: bool,

    /// Sort by fields, such as 'size desc,name asc'
    #[arg(long, value_name = "ORDER", value_delimiter = ',')]
    sort: Vec<String>,

    /// Count the values of these fields of user metadata instead of listing images
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', conflicts_with_all = ["fields", "limit", "count"])]
    facets: Vec<String>,

    /// Find images that were deleted in the last 30 days
    #[arg(long)]
    deleted: bool,

    /// Print these properties, such as hash,name,user_metadata.title
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    fields: Vec<String>,

    /// Print this many images at most [default: all of them]
    #[arg(long, short = 'l', value_name = "NUMBER")]
    limit: Option<u64>,

    /// Skip this many images
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 0,
        hide_default_value = true
    )]
    offset: u64,

    /// Print the number of images instead of listing them
    #[arg(long, conflicts_with = "fields")]
    count: bool,

    /// Send this many requests at a time
    #[arg(long, value_name = "NUMBER", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    concurrency: u16,
}

impl SearchArgs {
    fn search(&self, context: &Context) -> Result<Search, Failure> {
        let mut search = with_filters(context.images()?.search(), &self.filters, self.any);
        for term in &self.sort {
            search = search.sort(Sort::raw(term.trim()));
        }
        if self.deleted {
            search = search.deleted();
        }
        if self.offset > 0 {
            search = search.offset(self.offset);
        }
        Ok(search)
    }
}

/// Lists images.
pub async fn run(args: SearchArgs, context: &Context) -> Result<(), Failure> {
    let search = args.search(context)?;
    if !args.facets.is_empty() {
        return facets(search, &args.facets, context).await;
    }
    let output = &context.output;
    if args.count {
        let total = search.offset(0).limit(0).await?.total;
        return output.object(&total, u64::to_string);
    }
    let limit = args.limit.unwrap_or(u64::MAX);
    if limit == 0 {
        return Ok(());
    }
    let search = if limit <= PAGE {
        // One page has it all.
        search.limit(limit).read_ahead(false)
    } else {
        search
            .limit(PAGE)
            .concurrency(usize::from(args.concurrency))
    };
    let mut found = search.stream();
    let columns: Vec<&str> = match &*args.fields {
        [] if output.terminal && output.width() < USUAL => NARROWEST.to_vec(),
        [] if output.terminal && output.width() < WIDE => NARROW.to_vec(),
        [] => COLUMNS.to_vec(),
        fields => fields.iter().map(|field| field.trim()).collect(),
    };
    let mut table = output.table(&columns);
    let mut printed = 0;
    while printed < limit {
        let Some(image) = found.try_next().await? else {
            break;
        };
        printed += 1;
        if !output.json {
            let row: Vec<String> = if args.fields.is_empty() {
                columns
                    .iter()
                    .map(|column| standard(&image, column))
                    .collect()
            } else {
                let image = serde_json::to_value(&image)?;
                let cell = |column: &&str| property(&image, column).map_or(String::new(), plain);
                columns.iter().map(cell).collect()
            };
            table.row(row)?;
        } else if args.fields.is_empty() {
            output.service_line(&image)?;
        } else {
            output.json_line(&picked(&output.service_value(&image)?, &columns))?;
        }
    }
    table.finish()?;
    let total = found.total().filter(|total| *total > printed);
    if let Some(total) = total.filter(|_| output.terminal) {
        output.note(format_args!("{printed} of {total} images"));
    }
    Ok(())
}

/// A cell of an image, without a detour over JSON.
fn standard(image: &SourceImage, column: &str) -> String {
    match column {
        "hash" => image.hash.clone(),
        "created" => image.created.to_string(),
        "format" => image.format.clone(),
        "width" => image.width.to_string(),
        "height" => image.height.to_string(),
        "size" => image.size.to_string(),
        _ => image.name.clone(),
    }
}

/// Returns a property by its path, such as `user_metadata.int:sku`. A name may itself contain dots.
pub(crate) fn property<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    let object = object.as_object()?;
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    let mut dots = path.match_indices('.').map(|(at, _)| at);
    dots.find_map(|at| {
        let (name, rest) = path.split_at_checked(at)?;
        property(object.get(name)?, rest.strip_prefix('.')?)
    })
}

/// The object with these properties alone.
fn picked(object: &Value, columns: &[&str]) -> Map<String, Value> {
    let value = |column: &&str| {
        let value = property(object, column).cloned();
        ((*column).to_owned(), value.unwrap_or(Value::Null))
    };
    columns.iter().map(value).collect()
}

async fn facets(search: Search, fields: &[String], context: &Context) -> Result<(), Failure> {
    let search = fields
        .iter()
        .fold(search, |search, field| search.facet(field.trim()));
    let page = search.limit(0).await?;
    if context.output.json {
        return context.output.service_line(&page.facets);
    }
    let mut table = context.output.table(&["field", "value", "images"]);
    for (field, counts) in &page.facets {
        for count in counts {
            table.row([field.as_str(), &count.value, &count.count.to_string()])?;
        }
    }
    table.finish()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_property_is_found_by_its_path() {
        let image = json!({"name": "cat", "user_metadata": {"int:sku": 42, "a.b": "c"}});
        assert_eq!(property(&image, "name"), Some(&json!("cat")));
        assert_eq!(property(&image, "user_metadata.int:sku"), Some(&json!(42)));
        assert_eq!(property(&image, "user_metadata.a.b"), Some(&json!("c")));
        assert_eq!(property(&image, "user_metadata.title"), None);
        assert_eq!(property(&image, "name.first"), None);
        let picked = picked(&image, &["name", "missing"]);
        assert_eq!(
            Value::Object(picked),
            json!({"name": "cat", "missing": null})
        );
    }
}
