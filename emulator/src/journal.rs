//! The journal: the latest requests, within limits.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::accounts::MISSING;
use super::recorded_request::RecordedRequest;
use super::rendering::UNSUPPORTED;
use super::request::Request;
use super::response::Response;
use super::service::Host;

/// The most requests that the journal keeps.
pub(crate) const MAX_REQUESTS: usize = 10_000;

/// The most bytes of bodies that the journal keeps: 16 MiB.
pub(crate) const MAX_BODIES: usize = 16 * 1024 * 1024;

/// A request, and what happened to it.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) request: RecordedRequest,
    /// The query as sent, which signatures cover.
    #[cfg_attr(not(feature = "page"), allow(dead_code))]
    pub(crate) query: String,
    pub(crate) host: Host,
    /// By the clock of the machine.
    pub(crate) received: DateTime<Utc>,
    pub(crate) duration: Option<Duration>,
    /// The role that the user lacked.
    pub(crate) missing: Option<String>,
    /// Whether the response is that of a fault.
    pub(crate) by_fault: bool,
    started: Instant,
}

/// The requests so far. The oldest ones make room for later ones: their bodies first.
#[derive(Default)]
pub(crate) struct Journal {
    entries: VecDeque<Entry>,
    /// The number of the first request in `entries`.
    first: u64,
    /// The number of the first request that may have bodies.
    first_with_bodies: u64,
    bodies: usize,
}

impl Journal {
    /// Records a request and returns its number.
    pub(crate) fn record(&mut self, request: &Request, host: &Host) -> u64 {
        let recorded = RecordedRequest::of(request);
        self.bodies += recorded.recorded_bytes();
        let number = self.first + self.entries.len() as u64;
        self.entries.push_back(Entry {
            number,
            request: recorded,
            query: request.query.clone(),
            host: host.clone(),
            received: Utc::now(),
            duration: None,
            missing: None,
            by_fault: false,
            started: Instant::now(),
        });
        if self.entries.len() > MAX_REQUESTS {
            if let Some(dropped) = self.entries.pop_front() {
                self.bodies -= dropped.request.recorded_bytes();
            }
            self.first += 1;
        }
        while self.bodies > MAX_BODIES {
            let oldest = self.first_with_bodies.max(self.first);
            self.first_with_bodies = oldest + 1;
            let Some(Entry {
                request: oldest, ..
            }) = self.get_mut(oldest)
            else {
                break;
            };
            let freed = oldest.recorded_bytes();
            oldest.drop_bodies();
            self.bodies -= freed;
        }
        number
    }

    pub(crate) fn set_response(&mut self, number: u64, response: &Response, by_fault: bool) {
        if let Some(entry) = self.get_mut(number) {
            entry.request.status = Some(response.status);
            entry.request.error = (response.status >= 400)
                .then(|| response.message())
                .filter(|message| !message.is_empty());
            entry.request.unsupported = response.get(UNSUPPORTED).map(str::to_owned);
            entry.duration = Some(entry.started.elapsed());
            entry.missing = response.get(MISSING).map(str::to_owned);
            entry.by_fault = by_fault;
        }
    }

    fn get_mut(&mut self, number: u64) -> Option<&mut Entry> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.entries.get_mut(index)
    }

    /// Returns the entries from the oldest to the latest.
    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(crate) fn clear(&mut self) {
        self.first += self.entries.len() as u64;
        self.entries.clear();
        self.bodies = 0;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn request(length: usize) -> Request {
        Request::new("PUT", "/a", Vec::new(), vec![b'x'; length].into()).unwrap()
    }

    fn requests(journal: &Journal) -> impl DoubleEndedIterator<Item = &RecordedRequest> {
        journal.entries().map(|entry| &entry.request)
    }

    fn set_status(journal: &mut Journal, number: u64, status: u16) {
        journal.set_response(number, &Response::error(status, "Why"), false);
    }

    #[test]
    fn the_journal_drops_the_oldest_bodies_and_requests() {
        let mut journal = Journal::default();
        let long = MAX_BODIES / RecordedRequest::MAX_BODY + 3;
        for number in 0..long {
            let assigned = journal.record(&request(RecordedRequest::MAX_BODY), &Host::Api);
            assert_eq!(assigned, number as u64);
        }
        let kept: Vec<_> = requests(&journal).map(|r| r.body.is_some()).collect();
        assert_eq!(kept.iter().filter(|kept| !**kept).count(), 3);
        assert!(!kept[2] && kept[3]);
        journal.record(&request(RecordedRequest::MAX_BODY + 1), &Host::Api);
        assert!(requests(&journal).last().unwrap().body.is_none());

        for _ in 0..MAX_REQUESTS {
            journal.record(&request(0), &Host::Api);
        }
        assert_eq!(requests(&journal).count(), MAX_REQUESTS);
        assert_eq!(journal.bodies, 0);
        let last = (long + MAX_REQUESTS) as u64;
        set_status(&mut journal, 0, 200);
        set_status(&mut journal, last, 204);
        let latest = requests(&journal).last().unwrap();
        assert_eq!((latest.status, latest.error.as_deref()), (Some(204), None));
        set_status(&mut journal, last, 404);
        let latest = requests(&journal).last().unwrap();
        assert_eq!(latest.error.as_deref(), Some("Why"));
        journal.clear();
        set_status(&mut journal, last, 500);
        assert_eq!(journal.record(&request(1), &Host::Api), last + 1);
        assert_eq!(requests(&journal).next().unwrap().status, None);
    }
}
