//! The standard library: scenario files that the program carries with it.

use super::names::DeclarationKind;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::syntax::Path;

/// A module of the standard library.
#[derive(Debug, Clone, Copy)]
pub(super) struct StandardModule {
    /// What follows `std.`.
    pub name: &'static str,
    pub text: &'static str,
}

/// Every module, by name.
pub(super) const MODULES: [StandardModule; 4] = [
    StandardModule {
        name: "outcomes",
        text: include_str!("../../scenarios/std/outcomes.ots"),
    },
    StandardModule {
        name: "personas",
        text: include_str!("../../scenarios/std/personas.ots"),
    },
    StandardModule {
        name: "prompts",
        text: include_str!("../../scenarios/std/prompts.ots"),
    },
    StandardModule {
        name: "toolkits",
        text: include_str!("../../scenarios/std/toolkits.ots"),
    },
];

impl StandardModule {
    /// The module of this name.
    pub fn named(name: &str) -> Option<Self> {
        MODULES.into_iter().find(|module| module.name == name)
    }

    /// The module that `path` names, or why it names none.
    pub fn at(path: &Path) -> Result<Self, Box<Diagnostic>> {
        let names = MODULES.map(|module| module.name);
        let first = &path.segments[0];
        if first.text != "std" {
            let message = format!("`{}` is no module", first.text);
            let problem = Diagnostic::new(Code::ModuleNotFound, first.span, message)
                .label("modules are `std.…` or files in quotes")
                .did_you_mean(nearest(&first.text, ["std"]));
            return Err(Box::new(problem));
        }
        let Some(second) = path.segments.get(1) else {
            let message = "`std` is not a module itself";
            let problem = Diagnostic::new(Code::ModuleNotFound, path.span, message);
            return Err(Box::new(problem.help(modules_of_std(&names))));
        };
        Self::named(&second.text).ok_or_else(|| {
            let message = format!("no module `std.{}`", second.text);
            let problem = Diagnostic::new(Code::ModuleNotFound, second.span, message);
            Box::new(match nearest(&second.text, names) {
                Some(near) => problem.did_you_mean(Some(near)),
                None => problem.help(modules_of_std(&names)),
            })
        })
    }

    /// How the module is called in messages about places.
    pub fn file_name(self) -> String {
        format!("std/{}.ots", self.name)
    }

    /// How the module is called in the language.
    pub fn path(self) -> String {
        format!("std.{}", self.name)
    }

    /// What the module declares, told by how its lines begin: it need not have been loaded.
    pub fn declared(self) -> impl Iterator<Item = (DeclarationKind, &'static str)> {
        self.text.lines().filter_map(declared_on)
    }
}

/// The module that declares `name` as one of these kinds.
pub(super) fn module_with(name: &str, wanted: &[DeclarationKind]) -> Option<StandardModule> {
    MODULES.into_iter().find(|module| {
        module
            .declared()
            .any(|(kind, declared)| declared == name && wanted.contains(&kind))
    })
}

fn declared_on(line: &'static str) -> Option<(DeclarationKind, &'static str)> {
    let (word, rest) = line.split_once(' ')?;
    let kind = DeclarationKind::from_word(word)?;
    let end = rest
        .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .unwrap_or(rest.len());
    Some((kind, &rest[..end]))
}

fn modules_of_std(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`std.{name}`")).collect();
    format!("the modules of std are {}", names.join(", "))
}
