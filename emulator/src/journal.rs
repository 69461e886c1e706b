//! The journal: the latest requests, within limits.

use std::collections::VecDeque;

use super::recorded_request::RecordedRequest;
use super::request::Request;

/// The most requests that the journal keeps.
pub(crate) const MAX_REQUESTS: usize = 10_000;

/// The most bytes of bodies that the journal keeps: 16 MiB.
pub(crate) const MAX_BODIES: usize = 16 * 1024 * 1024;

/// The requests so far. The oldest ones make room for later ones: their bodies first.
#[derive(Default)]
pub(crate) struct Journal {
    requests: VecDeque<RecordedRequest>,
    /// The number of the first request in `requests`.
    first: u64,
    /// The number of the first request that may have bodies.
    first_with_bodies: u64,
    bodies: usize,
}

impl Journal {
    /// Records a request and returns its number.
    pub(crate) fn record(&mut self, request: &Request) -> u64 {
        let recorded = RecordedRequest::of(request);
        self.bodies += recorded.recorded_bytes();
        self.requests.push_back(recorded);
        if self.requests.len() > MAX_REQUESTS {
            if let Some(dropped) = self.requests.pop_front() {
                self.bodies -= dropped.recorded_bytes();
            }
            self.first += 1;
        }
        while self.bodies > MAX_BODIES {
            let number = self.first_with_bodies.max(self.first);
            self.first_with_bodies = number + 1;
            let Some(oldest) = self.get_mut(number) else {
                break;
            };
            let freed = oldest.recorded_bytes();
            oldest.drop_bodies();
            self.bodies -= freed;
        }
        self.first + self.requests.len() as u64 - 1
    }

    pub(crate) fn set_status(&mut self, number: u64, status: u16) {
        if let Some(request) = self.get_mut(number) {
            request.status = Some(status);
        }
    }

    fn get_mut(&mut self, number: u64) -> Option<&mut RecordedRequest> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.requests.get_mut(index)
    }

    pub(crate) fn requests(&self) -> impl Iterator<Item = &RecordedRequest> {
        self.requests.iter()
    }

    pub(crate) fn clear(&mut self) {
        self.first += self.requests.len() as u64;
        self.requests.clear();
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

    #[test]
    fn the_journal_drops_the_oldest_bodies_and_requests() {
        let mut journal = Journal::default();
        let long = MAX_BODIES / RecordedRequest::MAX_BODY + 3;
        for number in 0..long {
            let assigned = journal.record(&request(RecordedRequest::MAX_BODY));
            assert_eq!(assigned, number as u64);
        }
        let kept: Vec<_> = journal.requests().map(|r| r.body.is_some()).collect();
        assert_eq!(kept.iter().filter(|kept| !**kept).count(), 3);
        assert!(!kept[2] && kept[3]);
        journal.record(&request(RecordedRequest::MAX_BODY + 1));
        assert!(journal.requests().last().unwrap().body.is_none());

        for _ in 0..MAX_REQUESTS {
            journal.record(&request(0));
        }
        assert_eq!(journal.requests().count(), MAX_REQUESTS);
        assert_eq!(journal.bodies, 0);
        let last = (long + MAX_REQUESTS) as u64;
        journal.set_status(0, 200);
        journal.set_status(last, 204);
        assert_eq!(journal.requests().last().unwrap().status, Some(204));
        journal.clear();
        journal.set_status(last, 500);
        assert_eq!(journal.record(&request(1)), last + 1);
        assert_eq!(journal.requests().next().unwrap().status, None);
    }
}
