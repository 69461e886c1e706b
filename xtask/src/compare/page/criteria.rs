//! The criteria for the runs of the clients: each is a question that a measurement answers with yes or no.

use std::collections::BTreeMap;

use super::markdown::{beginning, code};
use crate::compare::probe::service::{HTML_MARK, JSON_MARK, LARGE};
use crate::compare::probe::{Ran, Run, Step};
use crate::compare::scenario::Scenario;
use crate::compare::sdk::Sdk;
use crate::compare::verdict::Verdict;

/// Maximum growth of memory, in KiB, for a streamed file.
const STREAMED: i64 = 32 << 10;

pub(crate) struct Criterion {
    pub(crate) question: String,
    /// The question as a statement that holds where the result is yes.
    pub(crate) claim: String,
    /// Whether the result counts responses instead of judging one call.
    pub(crate) counted: bool,
    /// The results of the clients that were run.
    pub(crate) results: BTreeMap<Sdk, Grade>,
}

pub(crate) struct Grade {
    /// Positive results and all results; `None` if there was no measurement.
    share: Option<(usize, usize)>,
    /// What was measured.
    pub(crate) seen: String,
}

impl Grade {
    pub(super) fn new(good: bool, seen: impl Into<String>) -> Self {
        Self {
            share: Some((usize::from(good), 1)),
            seen: seen.into(),
        }
    }

    /// Creates the grade of `right` out of `all`.
    pub(super) fn share(right: usize, all: usize) -> Self {
        Self {
            share: Some((right, all)),
            seen: format!("{right} of {all}"),
        }
    }

    pub(super) fn unknown(seen: impl Into<String>) -> Self {
        Self {
            share: None,
            seen: seen.into(),
        }
    }

    /// Whether all results are positive.
    pub(crate) fn good(&self) -> Option<bool> {
        self.share.map(|(yes, all)| yes == all)
    }

    /// Whether the share of positive results is higher.
    pub(crate) fn better_than(&self, other: &Self) -> bool {
        match (self.share, other.share) {
            (Some((mine, all)), Some((others, other_all))) => mine * other_all > others * all,
            _ => false,
        }
    }

    /// Formats the grade with a mark.
    pub(crate) fn cell(&self) -> String {
        let mark = match self.good() {
            Some(true) => "✓ ",
            Some(false) => "✗ ",
            None => "",
        };
        format!("{mark}{}", self.seen)
    }
}

/// A question about a call to the service on loopback.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Question {
    Upload,
    Download,
    Filters,
    Html,
    Json,
    NoContent,
    Busy,
    Redirect,
    Path,
    Print,
    PrintModel,
}

impl Question {
    pub(crate) const ALL: [Self; 11] = [
        Self::Upload,
        Self::Download,
        Self::Filters,
        Self::NoContent,
        Self::Html,
        Self::Json,
        Self::Busy,
        Self::Path,
        Self::Redirect,
        Self::Print,
        Self::PrintModel,
    ];

    fn text(self) -> &'static str {
        match self {
            Self::Upload => {
                "Upload of a 64 MiB file: is it streamed (memory grows by less than half of that)?"
            }
            Self::Download => "Download of a 64 MiB file: is it streamed?",
            Self::Filters => {
                "`listSourceImages` with a filter by `user:int:sku`: is the filter a separate query parameter?"
            }
            Self::NoContent => {
                "`putSourceImageOptionsProtected` returns the documented 204 instead of 200: is that a success?"
            }
            Self::Html => {
                "A gateway responds 502 with HTML: does the error contain status and body?"
            }
            Self::Json => {
                "The service responds 404 with JSON: does the error contain status and message?"
            }
            Self::Busy => "The service responds 503 once: is the request retried?",
            Self::Path => {
                "A name with a space, slashes and a question mark: is it escaped in the path or refused?"
            }
            Self::Redirect => "A redirect to another host: is the API key withheld?",
            Self::Print => {
                "Debug output of the client or its configuration: is the API key redacted?"
            }
            Self::PrintModel => "Debug output of a response with an API key: is the key redacted?",
        }
    }

    fn claim(self) -> &'static str {
        match self {
            Self::Upload => "Uploads of a 64 MiB file are streamed",
            Self::Download => "Downloads of a 64 MiB file are streamed",
            Self::Filters => {
                "A filter of `listSourceImages` by `user:int:sku` is a separate query parameter, as the service requires"
            }
            Self::NoContent => {
                "`putSourceImageOptionsProtected` succeeds with 204, which is documented beside 200"
            }
            Self::Html => {
                "The error contains status and body when a gateway responds 502 with HTML"
            }
            Self::Json => {
                "The error contains status and message when the service responds 404 with JSON"
            }
            Self::Busy => "A request is retried when the service responds 503 once",
            Self::Path => {
                "A name with a space, slashes and a question mark is escaped in the path or refused"
            }
            Self::Redirect => "A redirect to another host does not receive the API key",
            Self::Print => "Debug output of the client or its configuration redacts the API key",
            Self::PrintModel => "Debug output of a response redacts an API key",
        }
    }

    fn step(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Download => "download",
            Self::Filters => "filters",
            Self::NoContent => "no-content",
            Self::Html => "html",
            Self::Json => "flat",
            Self::Busy => "busy",
            Self::Path => "path",
            Self::Redirect => "redirect",
            Self::Print => "print",
            Self::PrintModel => "print-model",
        }
    }

    /// Grades what a client did.
    pub(crate) fn grade(self, ran: &Ran) -> Grade {
        let Some(step) = ran.steps.get(self.step()) else {
            return Grade::unknown("not measured");
        };
        let arrived = || ran.seen.iter().filter(|seen| seen.step == self.step());
        match self {
            Self::Upload => {
                let whole = arrived().any(|seen| seen.length >= LARGE);
                let sized = arrived().any(|seen| seen.sized);
                let length = if sized {
                    "with its length"
                } else {
                    "chunked, without its length"
                };
                transfer(step, whole, length)
            }
            Self::Download => transfer(
                step,
                step.error.is_none(),
                &format!("returns {}", value(step)),
            ),
            Self::Filters => {
                let target = arrived()
                    .map(|seen| seen.target.as_str())
                    .next()
                    .unwrap_or("nothing sent");
                let query = target.split_once('?').map_or(target, |(_, query)| query);
                let plain = query.replace("%3A", ":").replace("%3a", ":");
                let good = plain.split('&').any(|one| one.starts_with("user:int:sku="));
                Grade::new(good, code(query))
            }
            Self::NoContent => outcome(step),
            Self::Html => failure(step, 502, HTML_MARK),
            Self::Json => failure(step, 404, JSON_MARK),
            Self::Busy => {
                let requests = arrived().count();
                Grade::new(
                    requests > 1 && step.error.is_none(),
                    format!("{requests} request{}", if requests == 1 { "" } else { "s" }),
                )
            }
            Self::Path => match arrived().next() {
                None => Grade::new(step.error.is_some(), format!("refused: {}", error(step))),
                Some(seen) => {
                    let good = seen.target.ends_with("/meta/user/a%20b%2F..%2Fc%3Fd");
                    Grade::new(good, code(&seen.target))
                }
            },
            Self::Redirect => {
                let mut elsewhere = ran
                    .seen
                    .iter()
                    .filter(|seen| seen.step == "elsewhere")
                    .peekable();
                if elsewhere.peek().is_none() {
                    Grade::new(true, "not followed")
                } else if elsewhere.any(|seen| seen.secret) {
                    Grade::new(false, "followed, with the key")
                } else {
                    Grade::new(true, "followed, without the key")
                }
            }
            Self::Print | Self::PrintModel => match step.shows {
                Some(true) => Grade::new(false, "shown"),
                Some(false) => Grade::new(true, "redacted"),
                None => Grade::unknown("not measured"),
            },
        }
    }
}

fn value(step: &Step) -> String {
    code(step.value.as_deref().unwrap_or("nothing"))
}

/// Returns the beginning of a client's error.
fn error(step: &Step) -> String {
    code(&beginning(step.error.as_deref().unwrap_or("nothing"), 100))
}

fn outcome(step: &Step) -> Grade {
    match step.error {
        Some(_) => Grade::new(false, error(step)),
        None => Grade::new(true, format!("returns {}", value(step))),
    }
}

fn transfer(step: &Step, whole: bool, how: &str) -> Grade {
    if step.error.is_some() {
        return Grade::new(false, error(step));
    }
    if !whole {
        return Grade::new(false, "the file arrived incomplete");
    }
    match step.memory {
        Some(memory) => Grade::new(
            memory < STREAMED,
            format!("+{} MiB; {how}", memory.max(0) >> 10),
        ),
        None => Grade::unknown(format!("memory not measured; {how}")),
    }
}

fn failure(step: &Step, status: u16, mark: &str) -> Grade {
    let body = step
        .body
        .as_ref()
        .is_some_and(|body| body.to_string().contains(mark));
    let with = match (step.status == Some(status), body) {
        (true, true) => "status and body",
        (true, false) => "status, no body",
        (false, true) => "body, no status",
        (false, false) => "neither",
    };
    Grade::new(
        step.status == Some(status) && body,
        format!("{with}: {}", error(step)),
    )
}

/// Counts the responses of a scenario that were decoded correctly, and all. Errors that the documented form already has do not
/// count again, and responses whose documented form cannot be decoded are not included.
pub(crate) fn read(ran: &Ran, scenario: Scenario) -> (usize, usize) {
    let (mut right, mut all) = (0, 0);
    for scenarios in ran.responses.values() {
        let Some(verdict) = scenarios.get(&scenario) else {
            continue;
        };
        let documented = scenarios.get(&Scenario::Documented);
        let wrong = match documented {
            Some(_) if scenario == Scenario::Documented => !verdict.is_right(),
            Some(Verdict::Fails(_)) => continue,
            Some(documented) => verdict.beyond(documented).is_some(),
            None => !verdict.is_right(),
        };
        all += 1;
        right += usize::from(!wrong);
    }
    (right, all)
}

/// Returns all criteria, those of the responses first.
pub(crate) fn all(runs: &BTreeMap<Sdk, Run>) -> Vec<Criterion> {
    let ran = || {
        runs.iter()
            .filter_map(|(sdk, run)| Some((*sdk, run.as_ref().ok()?)))
    };
    let responses = Scenario::ALL.map(|scenario| Criterion {
        question: format!("Responses preserved, {}", scenario.explanation()),
        claim: format!("Responses are preserved {}", scenario.explanation()),
        counted: true,
        results: ran()
            .map(|(sdk, ran)| {
                let (right, all) = read(ran, scenario);
                if all == 0 {
                    let seen = "no documented response can be decoded";
                    return (sdk, Grade::unknown(seen));
                }
                (sdk, Grade::share(right, all))
            })
            .collect(),
    });
    let calls = Question::ALL.map(|question| Criterion {
        question: question.text().to_owned(),
        claim: question.claim().to_owned(),
        counted: false,
        results: ran().map(|(sdk, ran)| (sdk, question.grade(ran))).collect(),
    });
    responses.into_iter().chain(calls).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::compare::probe::service::Seen;

    fn ran(steps: &serde_json::Value, seen: Vec<Seen>) -> Ran {
        Ran {
            version: String::new(),
            responses: BTreeMap::new(),
            steps: serde_json::from_value(steps.clone()).unwrap_or_default(),
            seen,
            packages: None,
            repair: None,
        }
    }

    fn seen(step: &str, target: &str) -> Seen {
        Seen {
            step: step.into(),
            target: target.into(),
            secret: false,
            length: LARGE,
            sized: true,
        }
    }

    #[test]
    #[allow(clippy::too_many_lines)]
    fn calls_are_judged_by_what_was_measured() {
        let (secret, short) = (
            Seen {
                secret: true,
                ..seen("elsewhere", "/")
            },
            Seen {
                length: 9,
                ..seen("upload", "/")
            },
        );
        for (question, step, arrived, good) in [
            (
                Question::Upload,
                json!({"memory": 900, "value": "x"}),
                vec![seen("upload", "/")],
                Some(true),
            ),
            (
                Question::Upload,
                json!({"memory": 70_000, "value": "x"}),
                vec![seen("upload", "/")],
                Some(false),
            ),
            (
                Question::Upload,
                json!({"memory": 900, "value": "x"}),
                vec![short],
                Some(false),
            ),
            (
                Question::Upload,
                json!({"value": "x"}),
                vec![seen("upload", "/")],
                None,
            ),
            (
                Question::Upload,
                json!({"error": "no"}),
                vec![],
                Some(false),
            ),
            (
                Question::Filters,
                json!({}),
                vec![seen("filters", "/?limit=1&user%3Aint%3Asku=1")],
                Some(true),
            ),
            (
                Question::Filters,
                json!({}),
                vec![seen("filters", "/?filters=%7B")],
                Some(false),
            ),
            (
                Question::Html,
                json!({"error": "x", "status": 502, "body": HTML_MARK}),
                vec![],
                Some(true),
            ),
            (
                Question::Html,
                json!({"error": "x", "status": 502}),
                vec![],
                Some(false),
            ),
            (
                Question::Json,
                json!({"error": "x", "body": {"message": JSON_MARK}}),
                vec![],
                Some(false),
            ),
            (
                Question::NoContent,
                json!({"error": "x"}),
                vec![],
                Some(false),
            ),
            (Question::NoContent, json!({}), vec![], Some(true)),
            (
                Question::Busy,
                json!({}),
                vec![seen("busy", "/"), seen("busy", "/")],
                Some(true),
            ),
            (
                Question::Busy,
                json!({}),
                vec![seen("busy", "/"), seen("other", "/")],
                Some(false),
            ),
            (
                Question::Path,
                json!({}),
                vec![seen("path", "/meta/user/a%20b%2F..%2Fc%3Fd")],
                Some(true),
            ),
            (
                Question::Path,
                json!({}),
                vec![seen("path", "/meta/user/a+b%2F..%2Fc%3Fd")],
                Some(false),
            ),
            (
                Question::Path,
                json!({"error": "refused"}),
                vec![],
                Some(true),
            ),
            (
                Question::Redirect,
                json!({}),
                vec![seen("redirect", "/"), secret],
                Some(false),
            ),
            (
                Question::Redirect,
                json!({}),
                vec![seen("elsewhere", "/")],
                Some(true),
            ),
            (Question::Print, json!({"shows": true}), vec![], Some(false)),
        ] {
            let context = format!("{} {step} {arrived:?}", question.text());
            let ran = ran(&json!({question.step(): step}), arrived);
            assert_eq!(question.grade(&ran).good(), good, "{context}");
        }
        assert_eq!(
            Question::Print.grade(&ran(&json!({}), Vec::new())).good(),
            None
        );
    }

    #[test]
    fn an_error_of_the_documented_response_counts_once() {
        let lost = |field: &str| Verdict::Differs([field.to_owned()].into());
        let right = Verdict::Differs([].into());
        let fails = || Verdict::Fails("no".into());
        let mut ran = ran(&json!({}), Vec::new());
        for (id, documented, scenario) in [
            ("a", lost("x"), lost("x")),
            ("b", right.clone(), right.clone()),
            ("c", right.clone(), fails()),
            ("d", fails(), fails()),
        ] {
            let verdicts = [
                (Scenario::Documented, documented),
                (Scenario::OddDate, scenario),
            ];
            ran.responses.insert(id.into(), verdicts.into());
        }
        assert_eq!(read(&ran, Scenario::Documented), (2, 4));
        assert_eq!(read(&ran, Scenario::OddDate), (2, 3));
    }
}
