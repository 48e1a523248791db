//! Toolkits and tools of scenes, put together once for all items that have the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::scene::WireTool;
use super::wire_names::wire_tools;
use crate::check::{Key, Toolkit};

/// The toolkits that a scene has, and their tools.
#[derive(Debug, Clone)]
pub(super) struct Toolset {
    /// The same for the same toolkits in the same order.
    pub(super) number: usize,
    pub(super) toolkits: Arc<[Toolkit]>,
    pub(super) tools: Arc<[WireTool]>,
}

/// The toolsets of a plan that were asked for so far: no more than its axes' values.
#[derive(Debug, Default)]
pub(super) struct Toolsets(Mutex<HashMap<Vec<Key>, Toolset>>);

impl Toolsets {
    /// The toolset of these toolkits.
    pub(super) fn of(&self, toolkits: &[(&Key, &Toolkit)]) -> Toolset {
        let keys: Vec<Key> = toolkits.iter().map(|(key, _)| (*key).clone()).collect();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = known.len();
        known
            .entry(keys)
            .or_insert_with(|| Toolset {
                number,
                tools: wire_tools(toolkits.iter().copied()).into(),
                toolkits: toolkits
                    .iter()
                    .map(|(_, toolkit)| (*toolkit).clone())
                    .collect(),
            })
            .clone()
    }
}
