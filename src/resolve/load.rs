//! Which files belong to a program: the entry, and whatever it reaches.
//!
//! Each file is read and parsed once, in the order in which it is reached. Nothing here knows a
//! name: what a `use` or `import` leads to is kept as a [`Target`], for the scopes to bind.

use std::collections::BTreeMap;

use super::attachments::{Attached, Attachment, attachments, manifests};
use super::cycle::UseGraph;
use super::file_path::{self, BadPath};
use super::missing::{Failure, MAX_PROGRAM_BYTES, Missing, Written, no_dataset};
use super::names::{DeclarationId, ModuleId, Workspace};
use super::scope;
use super::standard::StandardModule;
use super::target::{Target, Targets};
use super::tool_file::ToolFile;
use crate::diagnostic::{self, Code, Diagnostic, nearest};
use crate::import;
use crate::source::{FileId, Files, MAX_FILE_BYTES, ReadError, SourceMap, Span};
use crate::syntax::{self, Import, Item, ItemKind, Path, Text, Use, UseSource};

/// The module that is loaded though nobody names it: the default persona is in it.
const ALWAYS_LOADED: &str = "personas";

/// Gives every module that the file `entry` reaches, with its scope, and what is wrong with them.
///
/// Fails only where the entry itself cannot be read.
pub fn load(entry: &str, files: &dyn Files) -> Result<(Workspace, Vec<Diagnostic>), ReadError> {
    let mut loader = Loader::new(files);
    loader.load_entry(&file_path::clean(entry))?;
    loader.follow_all();
    if let Some(module) = StandardModule::named(ALWAYS_LOADED) {
        loader.standard_module(module);
        loader.follow_all();
    }
    loader.report_missing();
    let Loader {
        mut workspace,
        targets,
        graph,
        mut diagnostics,
        ..
    } = loader;
    diagnostics.extend(graph.cycles(&workspace));
    diagnostics.extend(scope::bind(&mut workspace, &targets));
    diagnostic::sort(&mut diagnostics);
    Ok((workspace, diagnostics))
}

struct Loader<'f> {
    files: &'f dyn Files,
    workspace: Workspace,
    targets: Targets,
    graph: UseGraph,
    diagnostics: Vec<Diagnostic>,
    by_path: BTreeMap<String, Result<ModuleId, Failure>>,
    tool_files: BTreeMap<String, Result<ToolFile, Failure>>,
    /// Reported when everything is loaded: what is near is known only then.
    missing: Vec<Missing>,
    bytes: u64,
    followed: usize,
}

impl<'f> Loader<'f> {
    fn new(files: &'f dyn Files) -> Self {
        let workspace = Workspace {
            sources: SourceMap::new(),
            modules: Vec::new(),
            attached: BTreeMap::new(),
        };
        Self {
            files,
            workspace,
            targets: Targets::new(),
            graph: UseGraph::default(),
            diagnostics: Vec::new(),
            by_path: BTreeMap::new(),
            tool_files: BTreeMap::new(),
            missing: Vec::new(),
            bytes: 0,
            followed: 0,
        }
    }

    fn load_entry(&mut self, path: &str) -> Result<(), ReadError> {
        let text = self.files.read(path)?;
        if text.len() as u64 > MAX_FILE_BYTES {
            return Err(ReadError::TooLarge);
        }
        self.bytes += text.len() as u64;
        let file = self.workspace.sources.add(path, text);
        let module = self.add_parsed(String::new(), file);
        self.by_path.insert(path.to_owned(), Ok(module));
        Ok(())
    }

    /// Follows what the modules use until no new module turns up.
    fn follow_all(&mut self) {
        while self.followed < self.workspace.modules.len() {
            let module = ModuleId(self.followed as u32);
            self.followed += 1;
            self.follow(module);
        }
    }

    fn follow(&mut self, module: ModuleId) {
        let items = self.workspace.module(module).tree.items.iter().enumerate();
        let leads_on = |item: &Item| matches!(item.kind, ItemKind::Use(_) | ItemKind::Import(_));
        let leads: Vec<(u32, Item)> = items
            .filter(|(_, item)| leads_on(item))
            .map(|(index, item)| (index as u32, item.clone()))
            .collect();
        for (item, lead) in leads {
            let target = match &lead.kind {
                ItemKind::Use(it) => self.follow_use(module, it, lead.span),
                ItemKind::Import(it) => self.follow_import(module, it),
                _ => continue,
            };
            self.targets.insert(DeclarationId { module, item }, target);
        }
        for attachment in attachments(&self.workspace.module(module).tree) {
            self.attach(module, attachment);
        }
    }

    fn attach(&mut self, module: ModuleId, attachment: Attachment) {
        let Attachment { text, what } = attachment;
        let key = (module, text.value.clone());
        let code = match what {
            Attached::Certificates => Code::ModuleNotFound,
            Attached::Reference | Attached::Run => Code::BadReference,
            Attached::Labels => Code::BadLabels,
        };
        let written = Written {
            user: module,
            text,
            code,
        };
        if self.workspace.attached.contains_key(&key) {
            return;
        }
        let Some(path) = self.path_from_root(&written) else {
            return;
        };
        if what == Attached::Run {
            return self.attach_run(written, &path);
        }
        match self.read_attached(&path) {
            Ok(file) => {
                self.workspace.attached.insert(key, file);
            }
            Err(failure) => self.missing.push(Missing {
                written,
                path,
                failure,
            }),
        }
    }

    /// Reads what a run's dataset says of itself: its records may be too many to belong to a program.
    fn attach_run(&mut self, written: Written, path: &str) {
        let manifests = manifests(path);
        let mut failure = Failure::Unreadable(ReadError::NotFound);
        for manifest in &manifests {
            match self.read_attached(manifest) {
                Ok(file) => {
                    let key = (written.user, written.text.value);
                    self.workspace.attached.insert(key, file);
                    return;
                }
                Err(Failure::Unreadable(ReadError::NotFound)) => {}
                Err(other) => failure = other,
            }
        }
        let span = written.text.span;
        let problem = no_dataset(&failure, span, path, &manifests[0]);
        self.diagnostics.push(problem);
    }

    /// A file that two fields name is read once.
    fn read_attached(&mut self, path: &str) -> Result<FileId, Failure> {
        let files = self.workspace.attached.values();
        let known = files
            .copied()
            .find(|file| self.workspace.sources.file(*file).name() == path);
        match known {
            Some(file) => Ok(file),
            None => self.read(path),
        }
    }

    fn follow_use(&mut self, module: ModuleId, written: &Use, span: Span) -> Target {
        let used = match &written.source {
            UseSource::Path(path) => self.standard_module_at(path),
            UseSource::File(text) => self.scenario_file(module, text),
        };
        match used {
            Some(used) => {
                self.graph.add(module, used, span);
                Target::Module(used)
            }
            None => Target::Broken,
        }
    }

    fn standard_module_at(&mut self, path: &Path) -> Option<ModuleId> {
        match StandardModule::at(path) {
            Ok(module) => Some(self.standard_module(module)),
            Err(problem) => {
                self.diagnostics.push(*problem);
                None
            }
        }
    }

    fn standard_module(&mut self, module: StandardModule) -> ModuleId {
        if let Some(loaded) = self.workspace.module_named(&module.path()) {
            return loaded;
        }
        let file = self.workspace.sources.add(module.file_name(), module.text);
        let id = self.add_parsed(module.path(), file);
        self.workspace.modules[id.0 as usize].is_std = true;
        id
    }

    fn scenario_file(&mut self, user: ModuleId, text: &Text) -> Option<ModuleId> {
        let code = Code::ModuleNotFound;
        let written = Written {
            user,
            text: text.clone(),
            code,
        };
        let path = self.path_from_root(&written)?;
        if [".json", ".yaml", ".yml"]
            .iter()
            .any(|it| path.ends_with(it))
        {
            let alias = file_path::stem(&path);
            let problem = Diagnostic::new(code, text.span, format!("`{path}` is no scenario file"));
            self.diagnostics.push(problem.help(format!(
                "tool files are imported: `import toolkits \"{}\" as {alias}`",
                text.value
            )));
            return None;
        }
        if !self.by_path.contains_key(&path) {
            let loaded = self
                .read(&path)
                .map(|file| self.add_parsed(path.clone(), file));
            self.by_path.insert(path.clone(), loaded);
        }
        match &self.by_path[&path] {
            Ok(module) => Some(*module),
            Err(failure) => {
                self.missing.push(Missing {
                    failure: failure.clone(),
                    written,
                    path,
                });
                None
            }
        }
    }

    fn follow_import(&mut self, user: ModuleId, import: &Import) -> Target {
        if import.what.text != "toolkits" {
            let message = format!("`{}` cannot be imported", import.what.text);
            let problem = Diagnostic::new(Code::WrongType, import.what.span, message)
                .label("what can be imported is `toolkits`")
                .did_you_mean(Some("toolkits"));
            self.diagnostics.push(problem);
            return Target::Broken;
        }
        let written = Written {
            user,
            text: import.path.clone(),
            code: Code::BadImport,
        };
        match self.path_from_root(&written) {
            Some(path) => self.tool_file(written, path, &import.alias.text),
            None => Target::Broken,
        }
    }

    fn tool_file(&mut self, written: Written, path: String, alias: &str) -> Target {
        if path.ends_with(".ots") {
            let text = &written.text;
            let message = format!("`{path}` is a scenario file, not a tool file");
            let problem = Diagnostic::new(Code::BadImport, text.span, message).help(format!(
                "scenario files are used: `use \"{}\" as {alias}`",
                text.value
            ));
            self.diagnostics.push(problem);
            return Target::Broken;
        }
        if !self.tool_files.contains_key(&path) {
            let read = self.read(&path).map(|file| self.read_tools(file));
            self.tool_files.insert(path.clone(), read);
        }
        match self.tool_files.get_mut(&path) {
            Some(Ok(tools)) => tools.target(&mut self.workspace, &path, alias),
            Some(Err(failure)) => {
                self.missing.push(Missing {
                    failure: failure.clone(),
                    written,
                    path,
                });
                Target::Broken
            }
            None => Target::Broken,
        }
    }

    fn read_tools(&mut self, file: FileId) -> ToolFile {
        let (tree, shape, problems) = import::read(file, &self.workspace.sources);
        self.diagnostics.extend(problems);
        ToolFile::new(tree, shape)
    }

    fn read(&mut self, path: &str) -> Result<FileId, Failure> {
        let text = self.files.read(path).map_err(Failure::Unreadable)?;
        let size = text.len() as u64;
        if size > MAX_FILE_BYTES {
            return Err(Failure::Unreadable(ReadError::TooLarge));
        }
        if self.bytes + size > MAX_PROGRAM_BYTES {
            return Err(Failure::ProgramTooLarge);
        }
        self.bytes += size;
        Ok(self.workspace.sources.add(path, text))
    }

    fn add_parsed(&mut self, path: String, file: FileId) -> ModuleId {
        let (tree, problems) = syntax::parse(file, &self.workspace.sources);
        self.diagnostics.extend(problems);
        self.workspace.add_module(path, tree)
    }

    fn path_from_root(&mut self, written: &Written) -> Option<String> {
        let user = self.workspace.module(written.user);
        let user = self.workspace.sources.file(user.tree.file).name();
        match file_path::join(user, &written.text.value) {
            Ok(path) => Some(path),
            Err(bad) => {
                if matches!(bad, BadPath::Backslash) {
                    self.forget_escapes(written.text.span);
                }
                let problem = bad.problem(&written.text, written.code);
                self.diagnostics.push(problem);
                None
            }
        }
    }

    /// Takes back what was told of escapes in a path: its backslashes were to separate folders.
    fn forget_escapes(&mut self, path: Span) {
        self.diagnostics.retain(|told| {
            let is_inside = path.start <= told.span.start && told.span.end <= path.end;
            !is_inside || told.code != Code::Syntax
        });
    }

    fn report_missing(&mut self) {
        let missing = std::mem::take(&mut self.missing);
        let problems: Vec<Diagnostic> = missing
            .iter()
            .map(|missing| missing.problem(|| self.near_file(&missing.written, &missing.path)))
            .collect();
        self.diagnostics.extend(problems);
    }

    /// The file that was meant, in quotes: one with the ending left out, or one that is loaded.
    fn near_file(&self, written: &Written, path: &str) -> Option<String> {
        let user = self.workspace.module(written.user);
        let user = self.workspace.sources.file(user.tree.file).name();
        let endings: &[&str] = match written.code {
            Code::BadImport => &["json", "yaml", "yml"],
            Code::BadReference => &["json"],
            _ => &["ots"],
        };
        for ending in endings {
            let with_ending = format!("{path}.{ending}");
            if self.files.read(&with_ending).is_ok() {
                return Some(format!("\"{}\"", file_path::relative(user, &with_ending)));
            }
        }
        let loaded = self.by_path.iter().filter(|(_, loaded)| loaded.is_ok());
        let others = loaded.map(|(path, _)| path.as_str());
        let near = nearest(path, others.filter(|other| *other != user))?;
        Some(format!("\"{}\"", file_path::relative(user, near)))
    }
}
