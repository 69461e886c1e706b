//! Overrides of the operations of a stack.

use crate::Result;

use super::operation::{Operation, push_operations};

/// Overrides, grouped by path segment. A later segment overrides the ones before it, while `--` joins operations within
/// one segment, so the boundaries of the segments have a meaning.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Overrides {
    operations: Vec<Operation>,
    /// The start of each segment, in order.
    starts: Vec<usize>,
}

impl Overrides {
    pub(crate) fn as_slice(&self) -> &[Operation] {
        &self.operations
    }

    pub(crate) fn starts(&self) -> &[usize] {
        &self.starts
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.operations.clear();
        self.starts.clear();
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Operation> {
        self.operations.iter_mut()
    }

    /// Appends an operation to the last segment.
    pub(crate) fn push(&mut self, operation: Operation) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.operations.push(operation);
    }

    /// Appends a segment, unless it is empty.
    pub(crate) fn push_segment(&mut self, operations: impl IntoIterator<Item = Operation>) {
        let start = self.operations.len();
        self.operations.extend(operations);
        if self.operations.len() > start {
            self.starts.push(start);
        }
    }

    pub(crate) fn push_path(&self, out: &mut String) -> Result<()> {
        for segment in segments(&self.operations, &self.starts) {
            push_operations(out, segment)?;
        }
        Ok(())
    }
}

/// Returns the operations of each segment.
pub(crate) fn segments<'a>(
    operations: &'a [Operation],
    starts: &'a [usize],
) -> impl Iterator<Item = &'a [Operation]> {
    let ends = starts.iter().skip(1).chain([&usize::MAX]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| operations.get(*start..(*end).min(operations.len())))
}
