//! Takes over from the run of an earlier plan what the new plan asks for as well.
//!
//! An item whose recipe did not change has the id that it had, and its calls the seeds; so the
//! calls that the earlier run paid for answer those of the new one. Only calls are taken: what comes
//! of them (rows, splits, prices, twins) is worked out anew, as the new plan wants it. The earlier
//! run's folder is read and left as it is.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use futures_util::future::try_join_all;
use serde::Serialize;

use crate::check::{Key, Price};
use crate::plan::{ItemId, Items};

use super::error::RunError;
use super::folder::Folder;
use super::journal::{Journal, Reading, StoredCall, sql_index};
use super::ledger::cost;

/// Items whose calls are written together.
const BATCH: usize = 64;

/// What was taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Adopted {
    /// Items of which there was at least one call.
    pub items: u64,
    pub calls: u64,
    /// Calls of the earlier run that its journal no longer held.
    pub gone: u64,
}

/// A run that is to be taken over from.
pub(super) struct Adoption<'a> {
    pub from: &'a Path,
    /// The folder of the new run.
    pub into: &'a Path,
    pub prices: &'a BTreeMap<Key, Price>,
    /// Whether the new run may come to samples beyond its plan's.
    pub tops_up: bool,
}

impl Adoption<'_> {
    /// Enters into `journal` the calls of every item that the earlier run had too. What the
    /// journal holds already stays as it is, so that this can be done again after a death.
    pub async fn take_over(&self, journal: &Journal, items: &Items) -> Result<Adopted, RunError> {
        let earlier = self.earlier()?;
        let mut adopted = Adopted {
            gone: earlier.reading.dropped_calls()?,
            ..Adopted::default()
        };
        let mut batch = Vec::new();
        for place in items.places() {
            if let Some(&old) = earlier.indices.get(&items.id(&place)) {
                batch.push((old, place.index));
            }
            if batch.len() == BATCH {
                adopted += self.take_batch(journal, &earlier, &batch).await?;
                batch.clear();
            }
        }
        let rows = if self.tops_up { items.row_count() } else { 0 };
        for row in 0..rows {
            batch.extend(earlier.further_of(items, row));
            if batch.len() >= BATCH {
                adopted += self.take_batch(journal, &earlier, &batch).await?;
                batch.clear();
            }
        }
        adopted += self.take_batch(journal, &earlier, &batch).await?;
        Ok(adopted)
    }

    fn earlier(&self) -> Result<Earlier, RunError> {
        let is_same = |one: &Path, other: &Path| matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other);
        if is_same(self.from, self.into) {
            let path = self.from.to_path_buf();
            return Err(RunError::AdoptsItself { path });
        }
        let folder = Folder::at(self.from);
        let items = Items::shared(Arc::new(folder.read_plan()?));
        let reading = Reading::open_untouched(&folder.journal())?;
        let further = reading.items_from(items.len())?.into_iter();
        let places = items
            .places()
            .chain(further.map(|index| items.place(index)));
        Ok(Earlier {
            indices: places
                .map(|place| (items.id(&place), place.index))
                .collect(),
            reading,
        })
    }

    /// What was taken of pairs of an old and a new index.
    async fn take_batch(
        &self,
        journal: &Journal,
        earlier: &Earlier,
        pairs: &[(u64, u64)],
    ) -> Result<Adopted, RunError> {
        let items = pairs.iter().map(|(old, new)| async move {
            let item = sql_index(*new);
            let known = journal.reading().calls_of(item)?;
            let calls = earlier.reading.calls_of(sql_index(*old))?;
            // In the order of their paths, so that the journal does not depend on a map's order.
            let calls: BTreeMap<String, StoredCall> = calls.into_iter().collect();
            let new = calls.iter().filter(|(path, _)| !known.contains_key(*path));
            let writes =
                new.map(|(path, call)| journal.append_call(item, path, call, self.usd_of(call)));
            let written = try_join_all(writes).await?;
            Ok::<u64, RunError>(written.len() as u64)
        });
        let mut adopted = Adopted::default();
        for calls in try_join_all(items).await? {
            adopted.items += u64::from(calls > 0);
            adopted.calls += calls;
        }
        Ok(adopted)
    }

    fn usd_of(&self, call: &StoredCall) -> f64 {
        let price = self.prices.get(&Key(call.model.clone()));
        price.map_or(0.0, |price| cost(price, call.usage()))
    }
}

/// The earlier run: where each of its items is, and what its journal holds.
struct Earlier {
    indices: HashMap<ItemId, u64>,
    reading: Reading,
}

impl std::ops::AddAssign for Adopted {
    fn add_assign(&mut self, more: Self) {
        self.items += more.items;
        self.calls += more.calls;
    }
}

impl Earlier {
    /// Where the samples beyond the plan's of one row of `items` are in the earlier run, and here.
    fn further_of(&self, items: &Items, row: u64) -> Vec<(u64, u64)> {
        let places = (0..).map(|further| items.further_place(row, further));
        let pairs = places.map_while(|place| {
            let old = self.indices.get(&items.id(&place))?;
            Some((*old, place.index))
        });
        pairs.collect()
    }
}
