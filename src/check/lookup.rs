//! Names in the hands of the checker: what they stand for, and that they are used.

use super::checker::Checker;
use crate::diagnostic::Diagnostic;
use crate::resolve::{DeclarationId, DeclarationKind, Found, ModuleId};
use crate::syntax::{Name, Path};

/// What a path stands for.
pub(super) enum Reference<'p> {
    /// A declaration, and the names that follow its own.
    Declaration(DeclarationId, DeclarationKind, &'p [Name]),
    /// The embedded simulated model.
    Sim,
    /// A module, where a declaration is needed.
    Module,
    /// Told already.
    Broken,
    Unknown(Diagnostic),
}

impl Checker<'_> {
    /// What a path stands for in a module; what it stands for counts as used.
    pub fn find<'p>(&self, module: ModuleId, path: &'p Path) -> Reference<'p> {
        match self.workspace.find(module, path) {
            Found::Declaration(_, DeclarationKind::Broken, _) | Found::Broken => Reference::Broken,
            Found::Declaration(id, kind, rest) => {
                self.mark_used(id);
                Reference::Declaration(id, kind, rest)
            }
            Found::Module(_) => Reference::Module,
            Found::Sim => Reference::Sim,
            Found::Unknown(diagnostic) => Reference::Unknown(diagnostic),
        }
    }

    /// The declaration of one of these kinds that a path names; problems are told.
    pub fn find_declared(
        &self,
        module: ModuleId,
        path: &Path,
        kinds: &[DeclarationKind],
    ) -> Option<DeclarationId> {
        match self.workspace.find_kind(module, path, kinds) {
            Ok(id) => {
                self.mark_used(id);
                Some(id)
            }
            Err(problem) => {
                self.say_all(problem);
                None
            }
        }
    }

    fn mark_used(&self, id: DeclarationId) {
        self.used.borrow_mut().insert(id);
    }
}
