//! Looking names up: what a path stands for in a module.

use super::names::{DeclarationId, DeclarationKind, Definition, ModuleId, ScopeEntry, Workspace};
use super::scope::not_declared;
use super::standard;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::{ItemKind, Name, Path};

/// What a path stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'p> {
    /// A declaration, and the names that follow its own, such as a tool's.
    Declaration(DeclarationId, DeclarationKind, &'p [Name]),
    Module(ModuleId),
    /// The embedded simulated model.
    Sim,
    /// Something broken that has been reported.
    Broken,
    /// Nothing, or two things at once: the problem says which, and has not been reported.
    Unknown(Diagnostic),
}

impl Workspace {
    /// What `path` stands for in `module`.
    pub fn find<'p>(&self, module: ModuleId, path: &'p Path) -> Found<'p> {
        self.find_among(module, path, &DeclarationKind::ALL)
    }

    /// The declaration of one of the `wanted` kinds that `path` stands for in `module`, or why
    /// there is none; without a reason where one has been reported already.
    ///
    /// `sim` has no declaration: where a model is wanted, ask [`find`](Self::find) first.
    #[expect(
        clippy::result_large_err,
        reason = "a problem is rare, and handed on at once"
    )]
    pub fn find_kind(
        &self,
        module: ModuleId,
        path: &Path,
        wanted: &[DeclarationKind],
    ) -> Result<DeclarationId, Option<Diagnostic>> {
        let is = match self.find_among(module, path, wanted) {
            Found::Declaration(id, kind, []) if wanted.contains(&kind) => return Ok(id),
            Found::Broken | Found::Declaration(_, DeclarationKind::Broken, _) => return Err(None),
            Found::Unknown(problem) => return Err(Some(problem)),
            Found::Declaration(id, kind, rest) => {
                return Err(Some(self.wrong_kind(path, id, kind, rest, wanted)));
            }
            Found::Module(_) => "a module".to_owned(),
            Found::Sim => DeclarationKind::Model.with_article(),
        };
        Err(Some(wrong_kind(path, &is, wanted)))
    }

    fn find_among<'p>(
        &self,
        module: ModuleId,
        path: &'p Path,
        wanted: &[DeclarationKind],
    ) -> Found<'p> {
        let Some((first, rest)) = path.segments.split_first() else {
            return Found::Broken;
        };
        let Some(entry) = self.module(module).scope.get(&first.text) else {
            return match self.module(module).has_unknown_names {
                true => Found::Broken,
                false => Found::Unknown(self.unknown(module, first, wanted)),
            };
        };
        if let Some(other) = entry.clashes_with {
            return match entry.definition {
                Definition::Broken => Found::Broken,
                _ => Found::Unknown(clash(first, entry.span, other)),
            };
        }
        match (entry.definition, rest) {
            (Definition::Broken, _) => Found::Broken,
            (Definition::Declaration(id), rest) => self.found(id, rest),
            (Definition::Module(id), []) => Found::Module(id),
            (Definition::Module(id), [name, rest @ ..]) => match self.declared(id, &name.text) {
                Some(declared) => self.found(declared, rest),
                None => Found::Unknown(not_declared(self, id, name)),
            },
            (Definition::Sim, []) => Found::Sim,
            (Definition::Sim, [name, ..]) => Found::Unknown(has_no_part(first, "a model", name)),
        }
    }

    fn found<'p>(&self, id: DeclarationId, rest: &'p [Name]) -> Found<'p> {
        match self.kind(id) {
            DeclarationKind::Broken => Found::Broken,
            kind => Found::Declaration(id, kind, rest),
        }
    }

    fn unknown(&self, module: ModuleId, name: &Name, wanted: &[DeclarationKind]) -> Diagnostic {
        let what = kinds(wanted);
        let message = match wanted.len() {
            1 => format!("unknown {what} `{}`", name.text),
            _ => format!("unknown name `{}`", name.text),
        };
        let problem = Diagnostic::new(Code::UnknownName, name.span, message)
            .label(format!("no {what} of this name is in scope"));
        let scope = &self.module(module).scope;
        let fits = |entry: &ScopeEntry| self.fits(entry, wanted);
        let known = scope.iter().filter(|(_, entry)| fits(entry));
        let near = nearest(&name.text, known.map(|(known, _)| known.as_str()));
        if let Some(standard) = standard::module_with(&name.text, wanted) {
            let line = format!("use {}.{{{}}}", standard.path(), name.text);
            let title = format!("add `{line}`");
            let (place, text) = self.place_for_use(module, &line);
            if let Some(near) = near {
                let path = standard.path();
                return problem.help(format!(
                    "did you mean `{near}`? For the one of `{path}` add `{line}`"
                ));
            }
            return problem
                .help(format!("it is in `{}`: add `{line}`", standard.path()))
                .fix(title, place, text);
        }
        problem.did_you_mean(near)
    }

    /// Whether a name in scope is, or leads to, something of the wanted kinds.
    fn fits(&self, entry: &ScopeEntry, wanted: &[DeclarationKind]) -> bool {
        match entry.definition {
            Definition::Declaration(id) => wanted.contains(&self.kind(id)),
            Definition::Sim => wanted.contains(&DeclarationKind::Model),
            Definition::Module(_) => true,
            Definition::Broken => false,
        }
    }

    /// Where a further `use` belongs, and the line with the breaks that it needs there.
    fn place_for_use(&self, module: ModuleId, line: &str) -> (Span, String) {
        let tree = &self.module(module).tree;
        let leads = |kind: &ItemKind| matches!(kind, ItemKind::Use(_) | ItemKind::Import(_));
        let last_use = tree.items.iter().rfind(|item| leads(&item.kind));
        match (last_use, tree.version) {
            (Some(item), _) => (Span::at(item.span.end), format!("\n{line}")),
            (None, Some(version)) => (Span::at(version.span.end), format!("\n\n{line}")),
            (None, None) => {
                let start = self.sources.file(tree.file).span().start;
                (Span::at(start), format!("{line}\n\n"))
            }
        }
    }

    fn wrong_kind(
        &self,
        path: &Path,
        id: DeclarationId,
        kind: DeclarationKind,
        rest: &[Name],
        wanted: &[DeclarationKind],
    ) -> Diagnostic {
        let name = &path.segments[path.segments.len() - rest.len() - 1];
        match (kind, rest) {
            (_, []) => wrong_kind(path, &kind.with_article(), wanted).other(
                self.name_span(id),
                format!("`{}` is declared here", self.name(id)),
            ),
            (DeclarationKind::Toolkit, [_]) => wrong_kind(path, "a tool", wanted),
            (DeclarationKind::Toolkit, [tool, part, ..]) => has_no_part(tool, "a tool", part),
            (_, [part, ..]) => has_no_part(name, &kind.with_article(), part),
        }
    }
}

fn wrong_kind(path: &Path, is: &str, wanted: &[DeclarationKind]) -> Diagnostic {
    let names: Vec<&str> = path
        .segments
        .iter()
        .map(|name| name.text.as_str())
        .collect();
    let wanted = kinds_with_article(wanted);
    let message = format!("`{}` is {is}, not {wanted}", names.join("."));
    Diagnostic::new(Code::WrongKind, path.span, message).label(format!("{wanted} belongs here"))
}

fn has_no_part(whole: &Name, is: &str, part: &Name) -> Diagnostic {
    let message = format!("`{}` is {is} and has no `{}`", whole.text, part.text);
    Diagnostic::new(Code::UnknownName, part.span, message)
}

fn clash(name: &Name, first: Span, second: Span) -> Diagnostic {
    let message = format!("`{}` could be two things", name.text);
    Diagnostic::new(Code::DuplicateName, name.span, message)
        .label("two imports bring this name")
        .other(first, "one comes from here")
        .other(second, "the other from here")
        .help("give one of them another name with `as`, or use its module and write `module.Name`")
}

fn kinds(kinds: &[DeclarationKind]) -> String {
    match kinds.len() {
        1..4 => one_of(kinds.iter().map(|kind| kind.word().to_owned())),
        _ => "declaration".to_owned(),
    }
}

fn kinds_with_article(kinds: &[DeclarationKind]) -> String {
    one_of(kinds.iter().map(|kind| kind.with_article()))
}

/// `a`, `a or b`, `a, b or c`.
fn one_of(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    match words.pop() {
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} or {last}", words.join(", ")),
        None => String::new(),
    }
}
