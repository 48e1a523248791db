//! What the modules use of each other, before anything has a name.

use std::collections::BTreeMap;

use super::names::{DeclarationId, ModuleId};

/// What a `use` or `import` leads to, by the item that it is.
pub(super) type Targets = BTreeMap<DeclarationId, Target>;

/// What a `use` or `import` leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Module(ModuleId),
    /// The one toolkit of a tool file.
    Toolkit(DeclarationId),
    /// It could not be loaded, which has been reported.
    Broken,
}
