//! What a dataset is made from.

use std::collections::BTreeMap;

use super::trust::Trust;
use crate::check::Export;
use crate::plan::Plan;

/// The file of records.
pub(super) const RECORDS: &str = "records.jsonl";

/// What a dataset is made from, apart from its records.
///
/// All of it goes into files that should be the same wherever the run took place, so it holds no
/// times and no addresses.
#[derive(Debug, Clone, Copy)]
pub struct DatasetInput<'a> {
    pub plan: &'a Plan,
    pub exports: &'a [Export],
    /// Whether every table is written in Parquet too.
    pub parquet: bool,
    /// Why the run stopped before its end, in words that follow "it stopped: "; `None` where every
    /// item has ended.
    pub stopped: Option<&'a str>,
    /// Trajectories that were dropped, by reason in words.
    pub drops: &'a BTreeMap<String, u64>,
    /// Trajectories that failed, by reason in words.
    pub failures: &'a BTreeMap<String, u64>,
    /// What is known of the evaluators.
    pub trust: &'a Trust,
}
