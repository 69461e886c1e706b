//! Cache invalidation, with its limits per hour.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use super::organization::Organization;
use super::response::{HandlerResult, Response};
use super::{aliases, stacks};

const PER_IMAGE: usize = 5;
const PER_ALIAS: usize = 10;
const PER_STACK: usize = 5;

pub(crate) fn invalidate_image(organization: &mut Organization, hash: &str) -> HandlerResult {
    let image = organization.live(hash)?;
    let item = format!("/dynamic/{}.{}", image.hash, image.file_type.format);
    let key = format!("image {}", image.hash);
    invalidate(organization, key, PER_IMAGE, &item)
}

pub(crate) fn invalidate_alias(organization: &mut Organization, alias: &str) -> HandlerResult {
    aliases::resolve(organization, alias)?;
    let item = format!("/dynamic/-_{alias}_-.jpg");
    invalidate(organization, format!("alias {alias}"), PER_ALIAS, &item)
}

pub(crate) fn invalidate_stack(organization: &mut Organization, name: &str) -> HandlerResult {
    stacks::check_exists(organization, name)?;
    count(organization, format!("stack {name}"), PER_STACK)?;
    Ok(Response::json(200, &json!({"status": "ok"})))
}

fn invalidate(
    organization: &mut Organization,
    key: String,
    limit: usize,
    item: &str,
) -> HandlerResult {
    let left = count(organization, key, limit)?;
    Ok(Response::json(200, &json!({"items": [item]}))
        .header("X-RateLimit-Limit", limit.to_string())
        .header("X-RateLimit-Remaining", left.to_string()))
}

/// Records an invalidation and returns how many are left within the hour.
fn count(organization: &mut Organization, key: String, limit: usize) -> Result<usize, Response> {
    let now = organization.now();
    let invalidations: &mut Vec<DateTime<Utc>> = organization.invalidations.entry(key).or_default();
    invalidations.retain(|time| now - *time < Duration::hours(1));
    if let Some(oldest) = invalidations
        .first()
        .filter(|_| invalidations.len() >= limit)
    {
        let retry_at = *oldest + Duration::hours(1);
        let readable = retry_at.format("%Y-%m-%dT%H:%M:%S+00:00").to_string();
        return Err(Response::json(
            429,
            &json!({"status": "too many requests", "X-RateLimit-Retry-After-readable": readable}),
        )
        .header("X-RateLimit-Limit", limit.to_string())
        .header("X-RateLimit-Remaining", "0")
        .header("X-RateLimit-Retry-After", retry_at.timestamp().to_string()));
    }
    invalidations.push(now);
    Ok(limit.saturating_sub(invalidations.len()))
}
