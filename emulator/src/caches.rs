//! Invalidation of caches, which is counted by the hour.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use super::answer::{Answer, Reply};
use super::organization::Organization;
use super::{aliases, stacks};

const PER_IMAGE: usize = 5;
const PER_ALIAS: usize = 10;
const PER_STACK: usize = 5;

pub(crate) fn invalidate_image(organization: &mut Organization, hash: &str) -> Reply {
    let image = organization.live(hash)?;
    let item = format!("/dynamic/{}.{}", image.hash, image.file_type.format);
    let key = format!("image {}", image.hash);
    invalidate(organization, key, PER_IMAGE, &item)
}

pub(crate) fn invalidate_alias(organization: &mut Organization, alias: &str) -> Reply {
    aliases::resolve(organization, alias)?;
    let item = format!("/dynamic/-_{alias}_-.jpg");
    invalidate(organization, format!("alias {alias}"), PER_ALIAS, &item)
}

pub(crate) fn invalidate_stack(organization: &mut Organization, name: &str) -> Reply {
    stacks::check_exists(organization, name)?;
    count(organization, format!("stack {name}"), PER_STACK)?;
    Ok(Answer::json(200, &json!({"status": "ok"})))
}

fn invalidate(organization: &mut Organization, key: String, limit: usize, item: &str) -> Reply {
    let left = count(organization, key, limit)?;
    Ok(Answer::json(200, &json!({"items": [item]}))
        .header("X-RateLimit-Limit", limit.to_string())
        .header("X-RateLimit-Remaining", left.to_string()))
}

/// How many calls are left within the hour, after this one.
fn count(organization: &mut Organization, key: String, limit: usize) -> Result<usize, Answer> {
    let now = Utc::now();
    let calls: &mut Vec<DateTime<Utc>> = organization.invalidations.entry(key).or_default();
    calls.retain(|call| now - *call < Duration::hours(1));
    if let Some(oldest) = calls.first().filter(|_| calls.len() >= limit) {
        let again = *oldest + Duration::hours(1);
        let readable = again.format("%Y-%m-%dT%H:%M:%S+00:00").to_string();
        return Err(Answer::json(
            429,
            &json!({"status": "too many requests", "X-RateLimit-Retry-After-readable": readable}),
        )
        .header("X-RateLimit-Limit", limit.to_string())
        .header("X-RateLimit-Remaining", "0")
        .header("X-RateLimit-Retry-After", again.timestamp().to_string()));
    }
    calls.push(now);
    Ok(limit.saturating_sub(calls.len()))
}
