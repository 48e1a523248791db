//! `autosafe import`

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::arguments::ImportArguments;
use super::exit::{Exit, Failure, Outcome};
use super::output::{counted, print_diagnostics, print_note, print_result};
use super::program::unreadable;
use crate::diagnostic::Diagnostic;
use crate::format::{format, write_plain};
use crate::import::{Case, ImportShape, ToolkitSource, case_source, read, read_cases};
use crate::source::{FileId, SourceMap, read_as_is};
use crate::syntax::{ItemKind, Tree, parse};

/// Writes another tool's toolkits or cases as source of the language.
pub fn import(arguments: &ImportArguments) -> Outcome {
    let mut sources = SourceMap::new();
    let file = open(&mut sources, &arguments.file)?;
    let (source, found) = match read_cases(file, &sources) {
        Some((cases, problems)) => import_cases(arguments, &mut sources, &cases, problems)?,
        None => import_toolkits(arguments, &sources, file)?,
    };
    let Some(source) = source else {
        return Ok(Exit::SourceErrors);
    };
    let formatted = format(&source).map_err(|error| Failure::usage(error.to_string()))?;
    match &arguments.output {
        Some(path) => {
            fs::write(path, formatted).map_err(|error| {
                Failure::usage(format!("cannot write {}: {error}", path.display()))
            })?;
            print_note(format_args!("{found} in {}", path.display()));
        }
        None => print_result(formatted)?,
    }
    Ok(Exit::Done)
}

/// Source that was made, if nothing is wrong, and what it holds in words.
type Imported = (Option<String>, String);

fn import_toolkits(
    arguments: &ImportArguments,
    sources: &SourceMap,
    file: FileId,
) -> Result<Imported, Failure> {
    if arguments.toolkits.is_some() {
        return Err(Failure::usage("`--toolkits` goes with a file of cases"));
    }
    let (mut tree, shape, problems) = read(file, sources);
    if !problems.is_empty() {
        print_diagnostics(&problems, sources);
        return Ok((None, String::new()));
    }
    match (shape, &arguments.name) {
        (ImportShape::Many, Some(_)) => {
            return Err(Failure::usage(
                "`--name` is for files of one toolkit; these have names of their own",
            ));
        }
        (ImportShape::Many, None) => {}
        (ImportShape::One, name) => {
            let name = name.clone().unwrap_or_else(|| name_from(&arguments.file));
            rename(&mut tree, &name);
        }
    }
    quote_names_of_another_style(&mut tree);
    let found = counted(tree.items.len() as u64, "toolkit");
    Ok((Some(format!("ots 1\n{}", write_plain(&tree))), found))
}

fn import_cases(
    arguments: &ImportArguments,
    sources: &mut SourceMap,
    cases: &[Case],
    mut problems: Vec<Diagnostic>,
) -> Result<Imported, Failure> {
    let Some(path) = &arguments.toolkits else {
        return Err(Failure::usage(
            "cases name toolkits; say where these are with `--toolkits FILE`",
        ));
    };
    let tools = open(sources, path)?;
    let is_source = path.extension().is_some_and(|extension| extension == "ots");
    let (tree, found) = if is_source {
        parse(tools, sources)
    } else {
        let (tree, _, found) = read(tools, sources);
        (tree, found)
    };
    problems.extend(found);
    problems.extend(unknown_toolkits(cases, &tree));
    if !problems.is_empty() {
        print_diagnostics(&problems, sources);
        return Ok((None, String::new()));
    }
    let from = relative(path, arguments.output.as_deref())?;
    let toolkits = match is_source {
        true => ToolkitSource::Module(from),
        false => ToolkitSource::Foreign(from),
    };
    let found = counted(cases.len() as u64, "scenario");
    Ok((Some(case_source(cases, &toolkits)), found))
}

fn unknown_toolkits(cases: &[Case], tree: &Tree) -> Vec<Diagnostic> {
    let known: Vec<&str> = tree
        .items
        .iter()
        .filter_map(|item| match &item.kind {
            ItemKind::Toolkit(toolkit) => Some(toolkit.name.text.as_str()),
            _ => None,
        })
        .collect();
    let named = cases.iter().flat_map(|case| &case.toolkits);
    named
        .filter(|toolkit| !known.contains(&toolkit.value.as_str()))
        .map(|toolkit| {
            Diagnostic::new(
                crate::diagnostic::Code::BadImport,
                toolkit.span,
                format!("the toolkits have no `{}`", toolkit.value),
            )
        })
        .collect()
}

fn open(sources: &mut SourceMap, path: &Path) -> Result<FileId, Failure> {
    let text = read_as_is(path).map_err(|error| unreadable(path, &error))?;
    Ok(sources.add(path.display().to_string(), text))
}

fn rename(tree: &mut Tree, name: &str) {
    for item in &mut tree.items {
        if let ItemKind::Toolkit(toolkit) = &mut item.kind {
            name.clone_into(&mut toolkit.name.text);
        }
    }
}

/// The names of others stay as they are, as models know the tools by them; backquotes say so.
fn quote_names_of_another_style(tree: &mut Tree) {
    for item in &mut tree.items {
        let ItemKind::Toolkit(toolkit) = &mut item.kind else {
            continue;
        };
        let name = &mut toolkit.name;
        name.quoted |= !name.text.starts_with(char::is_uppercase) || name.text.contains('_');
        for tool in &mut toolkit.tools {
            let parameters = tool.parameters.iter_mut().map(|it| &mut it.name);
            for name in parameters.chain([&mut tool.name]) {
                name.quoted |= name.text.contains(char::is_uppercase);
            }
        }
    }
}

/// `crm.mcp.json` as `Crm`.
fn name_from(path: &Path) -> String {
    let stem = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let stem = stem.unwrap_or_default();
    let stem = stem.split('.').next().unwrap_or_default();
    let words = stem.split(|it: char| !it.is_ascii_alphanumeric());
    let camel: String = words
        .filter_map(|word| {
            let first = word.chars().next()?;
            Some(first.to_ascii_uppercase().to_string() + &word[first.len_utf8()..])
        })
        .collect();
    match camel.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => camel,
        _ => format!("Tools{camel}"),
    }
}

/// The way from the folder of the file that is written to `path`.
fn relative(path: &Path, output: Option<&Path>) -> Result<String, Failure> {
    let folder = match output.and_then(Path::parent) {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let whole = |path: &Path| {
        fs::canonicalize(path)
            .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))
    };
    let (to, from) = (whole(path)?, whole(&folder)?);
    let shared = to
        .components()
        .zip(from.components())
        .take_while(|(one, other)| one == other)
        .count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let down = to.components().skip(shared);
    let steps: PathBuf = up.chain(down).collect();
    let steps = steps.to_string_lossy().replace('\\', "/");
    Ok(match steps.starts_with("..") {
        true => steps,
        false => format!("./{steps}"),
    })
}
