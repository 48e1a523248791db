//! Files that use each other in a cycle.

use std::collections::BTreeMap;

use super::names::{ModuleId, Workspace};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// Which module uses which, and where it says so first.
#[derive(Debug, Default)]
pub(super) struct UseGraph {
    edges: BTreeMap<ModuleId, BTreeMap<ModuleId, Span>>,
}

impl UseGraph {
    /// Adds that `user` uses `used` at `span`.
    pub fn add(&mut self, user: ModuleId, used: ModuleId, span: Span) {
        let used_by = self.edges.entry(user).or_default();
        used_by.entry(used).or_insert(span);
    }

    /// One problem for each use that closes a cycle, in the order the entry file reaches them.
    pub fn cycles(&self, workspace: &Workspace) -> Vec<Diagnostic> {
        // Depth first with a stack of our own: a chain of files may be long.
        let mut found = Vec::new();
        let mut done = vec![false; workspace.modules.len()];
        let mut path = vec![(ModuleId::ENTRY, self.uses_of(ModuleId::ENTRY))];
        while let Some((module, rest)) = path.last_mut() {
            let Some((used, _)) = rest.next() else {
                done[module.0 as usize] = true;
                path.pop();
                continue;
            };
            match path.iter().position(|(on_path, _)| *on_path == used) {
                Some(start) => {
                    let steps = path[start..].iter().map(|(id, _)| *id).collect();
                    found.push(self.describe(workspace, steps));
                }
                None if !done[used.0 as usize] => path.push((used, self.uses_of(used))),
                None => {}
            }
        }
        found
    }

    fn uses_of(&self, module: ModuleId) -> std::vec::IntoIter<(ModuleId, Span)> {
        let uses = self.edges.get(&module).into_iter().flatten();
        let mut uses: Vec<_> = uses.map(|(used, span)| (*used, *span)).collect();
        uses.sort_by_key(|(_, span)| *span);
        uses.into_iter()
    }

    fn describe(&self, workspace: &Workspace, steps: Vec<ModuleId>) -> Diagnostic {
        let next = |index: usize| steps[(index + 1) % steps.len()];
        let places = steps
            .iter()
            .enumerate()
            .map(|(index, user)| self.edges[user][&next(index)]);
        let places: Vec<Span> = places.collect();
        let names: Vec<&str> = steps
            .iter()
            .chain(steps.first())
            .map(|id| workspace.module_name(*id))
            .collect();
        let last = steps.len() - 1;
        let message = match last {
            0 => format!("`{}` uses itself", names[0]),
            _ => format!("files use each other in a cycle: {}", names.join(" → ")),
        };
        let help = match last {
            0 => "take this line out",
            _ => "move what both need into a file of its own",
        };
        let closes = Diagnostic::new(Code::ModuleCycle, places[last], message)
            .label("this closes the cycle")
            .help(help);
        (0..last).fold(closes, |problem, step| {
            problem.other(
                places[step],
                format!("`{}` uses `{}`", names[step], names[step + 1]),
            )
        })
    }
}
