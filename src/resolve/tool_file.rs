//! A file of tools in another format, and what importing it stands for.

use std::collections::BTreeMap;

use super::names::{DeclarationId, ModuleId, Workspace};
use super::target::Target;
use crate::import::ImportShape;
use crate::syntax::{ItemKind, Tree};

/// A tool file of another format, read once.
#[derive(Debug)]
pub(super) struct ToolFile {
    tree: Tree,
    shape: ImportShape,
    /// The modules made of it. One that is a single toolkit has another name for each alias.
    modules: BTreeMap<String, ModuleId>,
}

impl ToolFile {
    pub(super) fn new(tree: Tree, shape: ImportShape) -> Self {
        Self {
            tree,
            shape,
            modules: BTreeMap::new(),
        }
    }

    /// What an import of this file under `alias` stands for.
    pub(super) fn target(&mut self, workspace: &mut Workspace, path: &str, alias: &str) -> Target {
        let name = match self.shape {
            ImportShape::Many => "",
            ImportShape::One => alias,
        };
        // What is not understood at all has been reported.
        let first = match self.tree.items.first() {
            Some(first) => first,
            None => return Target::Broken,
        };
        let is_broken = matches!(first.kind, ItemKind::Error { .. });
        if self.shape == ImportShape::One && is_broken {
            return Target::Broken;
        }
        let module = match self.modules.get(name) {
            Some(module) => *module,
            None => self.add_module(workspace, path, name),
        };
        match self.shape {
            ImportShape::Many => Target::Module(module),
            ImportShape::One => Target::Toolkit(DeclarationId { module, item: 0 }),
        }
    }

    fn add_module(&mut self, workspace: &mut Workspace, path: &str, name: &str) -> ModuleId {
        let mut tree = self.tree.clone();
        if let (ImportShape::One, Some(item)) = (self.shape, tree.items.first_mut())
            && let ItemKind::Toolkit(toolkit) = &mut item.kind
        {
            toolkit.name.text = name.to_owned();
        }
        let module = workspace.add_module(path.to_owned(), tree);
        workspace.modules[module.0 as usize].is_foreign = true;
        self.modules.insert(name.to_owned(), module);
        module
    }
}
