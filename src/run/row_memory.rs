//! The instructions of rows that are being worked on, so that samples of one row see each other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::plan::ItemPlace;

use super::departure::Departure;
use super::steps::Generated;

/// What became of the samples of one row, in their order.
type Row = tokio::sync::Mutex<Vec<Result<Generated, Departure>>>;

/// Rows that some item in flight holds on to; the others are forgotten, and read again from the
/// journal when they are needed.
#[derive(Default)]
pub(super) struct RowMemory(Mutex<HashMap<(usize, usize), Weak<Row>>>);

/// Forgotten rows are swept out when there are this many, or twice as many as were left.
const SWEEP_AT: usize = 1024;

impl RowMemory {
    /// The row of the item at `place`; kept for as long as somebody holds it.
    pub fn row(&self, place: &ItemPlace) -> Arc<Row> {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (place.scenario, place.row);
        if let Some(row) = rows.get(&key).and_then(Weak::upgrade) {
            return row;
        }
        if rows.len() >= SWEEP_AT && rows.len() == rows.capacity() {
            rows.retain(|_, row| row.strong_count() > 0);
        }
        let row = Arc::new(Row::default());
        rows.insert(key, Arc::downgrade(&row));
        row
    }
}
