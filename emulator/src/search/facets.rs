//! Facets: how often each value of a field occurs.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::field::Field;
use crate::image::Image;
use crate::response::Response;

const MAX_VALUES: usize = 1000;

pub(crate) struct Facets(Vec<(String, Field)>);

pub(crate) type Counts = BTreeMap<String, Vec<Count>>;

#[derive(Serialize)]
pub(crate) struct Count {
    value: String,
    count: usize,
}

impl Facets {
    pub(crate) fn read(text: Option<&str>) -> Result<Self, Response> {
        let names = text.unwrap_or_default().split(',');
        names
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(|name| {
                let field = Field::read(name)?;
                if field.can_count() {
                    Ok((name.to_owned(), field))
                } else {
                    Err(Response::bad_request(format!(
                        "`{name}` has no facets: only string fields of the user metadata have them"
                    )))
                }
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the counts, the most frequent value first, or `None` when the search has no facets.
    pub(crate) fn count(&self, images: &[&Image]) -> Option<Counts> {
        if self.0.is_empty() {
            return None;
        }
        let count_field = |field: &Field| {
            let mut values: HashMap<&str, usize> = HashMap::new();
            for image in images {
                for text in field.texts(image) {
                    *values.entry(text).or_default() += 1;
                }
            }
            let mut counts: Vec<Count> = values
                .into_iter()
                .map(|(value, count)| Count {
                    value: value.to_owned(),
                    count,
                })
                .collect();
            counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
            counts.truncate(MAX_VALUES);
            counts
        };
        Some(
            self.0
                .iter()
                .map(|(name, field)| (name.clone(), count_field(field)))
                .collect(),
        )
    }
}
