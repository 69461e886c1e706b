//! One wait for all requests of a group: when the service rejects one for a while, all of them wait.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::failure::Failure;
use super::session::Session;
use crate::error::{Error, ErrorKind};

/// The longest wait that its spread is a tenth of.
const LONGEST_SPREAD: Duration = Duration::from_secs(60);

/// Why a call waits that was not refused itself.
pub(super) const OTHERS_WAIT: &str = "the service told other calls to wait";

/// Closed for a while after a response that rejects all requests alike (429, 503), so that all of them wait and not only the
/// one that received it.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    opens: Option<Opens>,
    /// Rounds of requests in a row that the service refused.
    rounds: u32,
    /// The response that closed the gate.
    refusal: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Opens {
    At(Instant),
    /// Later than this machine can say.
    Never,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The round that a request belongs to which is sent now.
    pub(crate) fn round(&self) -> u32 {
        self.state().rounds
    }

    /// Counts a refused request of a round, and returns how many rounds in a row were refused. The requests that were under
    /// way together are one round.
    pub(crate) fn refused(&self, round: u32) -> u32 {
        let mut state = self.state();
        if state.rounds == round {
            state.rounds = round.saturating_add(1);
        }
        state.rounds
    }

    /// The service accepted a request of this round.
    pub(crate) fn accepted(&self, round: u32) {
        let mut state = self.state();
        if state.rounds == round {
            state.rounds = 0;
        }
    }

    /// Keeps it closed at least this long, because of a refusal.
    pub(crate) fn close_for(&self, wait: Duration, refusal: Option<Error>) {
        let opens = Instant::now()
            .checked_add(wait)
            .map_or(Opens::Never, Opens::At);
        let mut state = self.state();
        if state.opens < Some(opens) {
            state.opens = Some(opens);
            state.refusal = refusal;
        }
    }

    /// How long it stays closed.
    pub(crate) fn closed_for(&self) -> Option<Duration> {
        match self.state().opens? {
            Opens::Never => Some(Duration::MAX),
            Opens::At(opens) => opens
                .checked_duration_since(Instant::now())
                .filter(|left| !left.is_zero()),
        }
    }

    /// The refusal that closed it, for a request that cannot wait until it opens.
    pub(crate) fn refusal(&self) -> Option<Error> {
        self.state().refusal.as_ref().map(Error::repeat)
    }
}

impl Session {
    /// Waits until the gate of the call is open, and returns the round that its request belongs to. A call that cannot wait
    /// so long ends with the refusal that the others wait for. The first wait is not reported if it is `announced` already.
    pub(super) async fn pass(
        &self,
        gate: &Gate,
        started: Instant,
        operation: &str,
        attempts: u32,
        mut announced: bool,
    ) -> Result<u32, Failure> {
        while let Some(closed) = gate.closed_for() {
            if !self.has_time_for(closed) || !self.retry().has_time_for(started.elapsed(), closed) {
                let error = gate.refusal().unwrap_or_else(|| {
                    Error::new(
                        ErrorKind::Timeout,
                        "the service requests a wait that exceeds the limits of the call",
                    )
                });
                return Err(Failure::Ours(error.with_note(OTHERS_WAIT)));
            }
            if !std::mem::take(&mut announced) {
                self.report_wait(operation, attempts, closed, gate.refusal());
            }
            // Calls do not go on all at the same moment.
            let spread = closed.min(LONGEST_SPREAD).mul_f64(fastrand::f64() / 10.0);
            tokio::time::sleep(closed.saturating_add(spread)).await;
        }
        Ok(gate.round())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_closed_for_the_longest_wait() {
        let gate = Gate::default();
        assert_eq!(gate.closed_for(), None);
        gate.close_for(Duration::ZERO, None);
        assert_eq!(gate.closed_for(), None);
        gate.close_for(Duration::from_secs(100), None);
        gate.close_for(Duration::from_secs(1), None);
        let left = gate.closed_for();
        assert!(left > Some(Duration::from_secs(90)), "{left:?}");
    }

    #[test]
    fn it_stays_closed_where_no_clock_reaches() {
        for seconds in [i64::MAX.unsigned_abs(), u64::MAX] {
            let gate = Gate::default();
            gate.close_for(Duration::from_secs(seconds), None);
            let left = gate.closed_for();
            assert!(left > Some(Duration::from_secs(1 << 40)), "{left:?}");
            gate.close_for(Duration::from_secs(1), None);
            assert!(gate.closed_for() > Some(Duration::from_secs(1 << 40)));
        }
    }

    #[test]
    fn requests_that_were_under_way_together_are_refused_once() {
        let gate = Gate::default();
        let first = gate.round();
        assert_eq!([gate.refused(first), gate.refused(first)], [1, 1]);
        let second = gate.round();
        assert_eq!([gate.refused(second), gate.refused(first)], [2, 2]);
        // A request that was sent before the refusals does not reset them.
        gate.accepted(first);
        assert_eq!(gate.round(), 2);
        gate.accepted(gate.round());
        assert_eq!(gate.round(), 0);
    }
}
