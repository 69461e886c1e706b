//! Faults: which requests go wrong, and how.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::request::Request;
use super::response::Response;

/// The faults of an emulator, in the order in which tests added them.
#[derive(Default)]
pub(crate) struct Faults(Mutex<List>);

#[derive(Default)]
struct List {
    rules: Vec<Rule>,
    last_id: u64,
}

/// A fault, and the requests that it applies to.
#[derive(Clone)]
pub(crate) struct Rule {
    id: u64,
    requests: Requests,
    /// Skips the matching requests before this one, which is 1 for the first.
    pub(crate) from: usize,
    /// The number of requests that get the fault; `None` for all.
    pub(crate) limit: Option<usize>,
    pub(crate) effect: Effect,
    seen: usize,
    hits: usize,
}

/// The requests that a rule applies to.
#[derive(Clone)]
pub(crate) enum Requests {
    /// All requests to the API.
    Api,
    Matching {
        /// In upper case; `*` for all.
        method: String,
        /// Segments, where `*` stands for one and a final `**` for any number.
        path: String,
    },
}

/// What happens to a request.
#[derive(Clone, Default)]
pub(crate) struct Effect {
    /// Waits so long before the response.
    pub(crate) delay: Duration,
    /// Responds with this instead of handling the request.
    pub(crate) response: Option<Response>,
    /// Closes the connection after so many bytes of the body.
    pub(crate) truncate: Option<u64>,
    /// Resets the connection instead of handling the request.
    pub(crate) reset: bool,
}

impl Effect {
    /// Whether a rule with this effect does anything but count.
    fn is_some(&self) -> bool {
        self.reset || self.response.is_some() || self.truncate.is_some() || !self.delay.is_zero()
    }
}

impl Requests {
    pub(crate) fn matching(method: &str, path: &str) -> Self {
        Self::Matching {
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
        }
    }

    fn contain(&self, request: &Request, is_api: bool) -> bool {
        match self {
            Self::Api => is_api,
            Self::Matching { method, path } => {
                (method == "*" || *method == request.method) && matches(path, &request.path)
            }
        }
    }
}

/// Whether a path fits a pattern.
fn matches(pattern: &str, path: &str) -> bool {
    let mut segments = path.trim_start_matches('/').split('/');
    let mut wanted = pattern.trim_start_matches('/').split('/').peekable();
    while let Some(expected) = wanted.next() {
        if expected == "**" && wanted.peek().is_none() {
            return true;
        }
        match segments.next() {
            Some(segment) if expected == segment || expected == "*" && !segment.is_empty() => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

impl Faults {
    fn list(&self) -> MutexGuard<'_, List> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a rule for one request and returns its id.
    pub(crate) fn add(&self, requests: Requests, effect: Effect) -> u64 {
        let mut list = self.list();
        list.last_id += 1;
        let id = list.last_id;
        list.rules.push(Rule {
            id,
            requests,
            from: 1,
            limit: Some(1),
            effect,
            seen: 0,
            hits: 0,
        });
        id
    }

    /// Changes a rule, unless it has been removed.
    pub(crate) fn edit(&self, id: u64, edit: impl FnOnce(&mut Rule)) {
        if let Some(rule) = self.list().rules.iter_mut().find(|rule| rule.id == id) {
            edit(rule);
        }
    }

    /// Returns how many requests a rule has matched, and how many of them got its fault.
    pub(crate) fn counts(&self, id: u64) -> (usize, usize) {
        let list = self.list();
        let rule = list.rules.iter().find(|rule| rule.id == id);
        rule.map_or((0, 0), |rule| (rule.seen, rule.hits))
    }

    /// Removes a rule and returns whether it existed.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut list = self.list();
        let before = list.rules.len();
        list.rules.retain(|rule| rule.id != id);
        list.rules.len() < before
    }

    pub(crate) fn clear(&self) {
        self.list().rules.clear();
    }

    /// Counts a request, and returns the effect of the first rule that applies to it.
    pub(crate) fn apply(&self, request: &Request, is_api: bool) -> Effect {
        let mut chosen = None;
        for rule in &mut self.list().rules {
            if !rule.requests.contain(request, is_api) {
                continue;
            }
            rule.seen += 1;
            let is_due = rule.seen >= rule.from && rule.limit.is_none_or(|limit| rule.hits < limit);
            if chosen.is_none() && is_due && rule.effect.is_some() {
                rule.hits += 1;
                chosen = Some(rule.effect.clone());
            }
        }
        chosen.unwrap_or_default()
    }

    pub(crate) fn to_json(&self) -> Value {
        let list = self.list();
        list.rules.iter().map(Rule::to_json).collect()
    }
}

impl Rule {
    fn to_json(&self) -> Value {
        let (method, path) = match &self.requests {
            Requests::Api => ("*", "/**"),
            Requests::Matching { method, path } => (method.as_str(), path.as_str()),
        };
        let effect = &self.effect;
        json!({
            "id": self.id, "method": method, "path": path, "nth": self.from, "times": self.limit,
            "delay": effect.delay.as_secs_f64(),
            "status": effect.response.as_ref().map(|response| response.status),
            "truncate": effect.truncate, "reset": effect.reset,
            "matched": self.seen, "hits": self.hits,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_whole_paths() {
        for (pattern, path, expected) in [
            ("/sourceimages/*", "/sourceimages/acme", true),
            ("/sourceimages/*", "/sourceimages/acme/abc", false),
            ("/sourceimages/*", "/sourceimages/", false),
            ("/sourceimages/*/**", "/sourceimages/acme/abc/meta", true),
            ("/sourceimages/**", "/sourceimages", true),
            ("/**", "/", true),
            ("/", "/", true),
            ("/**/cache", "/a/cache", false),
            ("/a/**/b", "/a/**/b", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
