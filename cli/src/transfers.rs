//! The progress of work on many items: a line for each file that is under way, and a total with rate and time left.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};
use rokka::Progress;
use rokka::source_images::BulkStart;

use crate::output::{Output, shown};

/// Lines of files that are shown at most.
const LINES: usize = 16;

/// Shows progress on the terminal, if there is one.
#[derive(Clone, Debug)]
pub(crate) struct Transfers {
    lines: MultiProgress,
    total: ProgressBar,
    count: Arc<Mutex<Count>>,
    /// Whether the total counts bytes.
    bytes: bool,
    watched: bool,
}

#[derive(Debug)]
struct Count {
    done: u64,
    items: Option<u64>,
    under_way: usize,
}

impl Transfers {
    /// Returns the progress of a number of items, if it is known, that have a number of bytes, if it is known.
    pub(crate) fn start(
        output: &Output,
        what: &str,
        items: Option<u64>,
        bytes: Option<u64>,
    ) -> Shown {
        let lines = output.progress().clone();
        let total = match bytes.or(items) {
            Some(length) => ProgressBar::new(length),
            None => ProgressBar::no_length(),
        };
        let template = match (bytes, items) {
            (Some(_), _) => {
                "{prefix} {msg}  {bytes} of {total_bytes}  {binary_bytes_per_sec}  {eta} left  {bar:20}"
            }
            (None, Some(_)) => "{prefix} {msg}  {rate}  {eta} left  {bar:20}",
            (None, None) => "{prefix} {msg}  {rate}",
        };
        let transfers = Self {
            total: lines.add(
                total
                    .with_style(style(template))
                    .with_prefix(what.to_owned()),
            ),
            lines,
            count: Arc::new(Mutex::new(Count {
                done: 0,
                items,
                under_way: 0,
            })),
            bytes: bytes.is_some(),
            watched: output.watched,
        };
        if transfers.watched {
            transfers.show_count();
            transfers
                .total
                .enable_steady_tick(Duration::from_millis(250));
        }
        Shown(transfers)
    }

    fn show_count(&self) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        self.total.set_message(match count.items {
            Some(items) => format!("{} of {items}", count.done),
            None => count.done.to_string(),
        });
    }

    /// Counts an item that is done, well or not.
    pub(crate) fn item_done(&self) {
        self.count
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .done += 1;
        if !self.watched {
            return;
        }
        if !self.bytes {
            self.total.inc(1);
        }
        self.show_count();
    }

    /// Returns what shows a line for each file of a bulk call; `None` if nobody watches.
    pub(crate) fn observer(&self) -> Option<impl Fn(BulkStart) + Send + Sync + 'static> {
        let transfers = self.clone();
        let show = move |start: BulkStart| transfers.show(&start.id, start.progress);
        self.watched.then_some(show)
    }

    /// Shows a line for a file until its transfer ends.
    pub(crate) fn show(&self, name: &str, mut progress: Progress) {
        if !self.watched {
            return;
        }
        let visible = {
            let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
            count.under_way += 1;
            count.under_way <= LINES
        };
        let line = visible.then(|| {
            let line = ProgressBar::no_length()
                .with_style(style("  {bytes:>11} of {total_bytes:11}  {wide_msg}"))
                .with_message(shown(name));
            self.lines.insert_before(&self.total, line)
        });
        let transfers = self.clone();
        tokio::spawn(async move {
            let mut before = 0;
            while let Some(now) = progress.changed().await {
                if let Some(line) = &line {
                    if let Some(total) = now.total {
                        line.set_length(total);
                    }
                    line.set_position(now.bytes);
                }
                if transfers.bytes {
                    // A retry takes back what it repeats.
                    transfers.total.inc(now.bytes.saturating_sub(before));
                    transfers.total.dec(before.saturating_sub(now.bytes));
                }
                before = now.bytes;
            }
            if let Some(line) = line {
                line.finish_and_clear();
                transfers.lines.remove(&line);
            }
            transfers
                .count
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .under_way -= 1;
        });
    }
}

/// Clears the lines when the work ends or is dropped.
#[derive(Debug)]
pub(crate) struct Shown(Transfers);

impl Drop for Shown {
    fn drop(&mut self) {
        self.0.total.finish_and_clear();
        let _ = self.0.lines.clear();
    }
}

impl std::ops::Deref for Shown {
    type Target = Transfers;

    fn deref(&self) -> &Transfers {
        &self.0
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("##-")
        .with_key(
            "rate",
            |state: &ProgressState, line: &mut dyn fmt::Write| {
                let _ = write!(line, "{:.0}/s", state.per_sec());
            },
        )
}
