//! A range of the bytes of a file.

use std::ops::{Bound, RangeBounds};

use crate::error::{Error, Result};

/// A range of bytes of a file (default: all of them).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ByteRange {
    pub(crate) start: u64,
    /// The exclusive end; `None` for the end of the file.
    pub(crate) end: Option<u64>,
}

impl ByteRange {
    pub(crate) fn new(bounds: impl RangeBounds<u64>) -> Self {
        let start = match bounds.start_bound() {
            Bound::Included(first) => *first,
            Bound::Excluded(before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match bounds.end_bound() {
            Bound::Included(last) => last.checked_add(1),
            Bound::Excluded(end) => Some(*end),
            Bound::Unbounded => None,
        };
        Self { start, end }
    }

    /// Fails for an empty range, which HTTP cannot express.
    pub(crate) fn check(self) -> Result<()> {
        match self.end {
            Some(end) if end <= self.start => Err(Error::invalid(format!(
                "the range {}..{end} is empty: it must contain at least one byte",
                self.start
            ))),
            _ => Ok(()),
        }
    }

    pub(crate) fn is_whole(self) -> bool {
        self == Self::default()
    }

    /// Returns the rest of the range from an offset.
    pub(crate) fn from(self, start: u64) -> Self {
        Self { start, ..self }
    }

    /// Returns the value of the header `Range`.
    pub(crate) fn header(self) -> String {
        match self.end {
            Some(end) => format!("bytes={}-{}", self.start, end.saturating_sub(1)),
            None => format!("bytes={}-", self.start),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_range_is_written() {
        for (range, header) in [
            (ByteRange::new(100..110), "bytes=100-109"),
            (ByteRange::new(100..=109), "bytes=100-109"),
            (ByteRange::new(100..), "bytes=100-"),
            (ByteRange::new(..10), "bytes=0-9"),
            (ByteRange::new(0..=u64::MAX), "bytes=0-"),
            (
                ByteRange::new((Bound::Excluded(99), Bound::Included(109))),
                "bytes=100-109",
            ),
        ] {
            assert_eq!(range.header(), header);
            assert!(range.check().is_ok());
        }
        assert!(ByteRange::new(..).is_whole());
        assert!(!ByteRange::new(..10).is_whole());
        for empty in [ByteRange::new(5..5), ByteRange::new(..0)] {
            assert!(empty.check().is_err());
        }
    }
}
