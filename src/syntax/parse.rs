//! The way from a file's text to its tree.

use pest::Parser;

use super::build::Builder;
use super::grammar::{Grammar, Rule};
use super::scan::{Scan, scan};
use super::{Item, Tree};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::source::{FileId, SourceFile, SourceMap, Span, Spanned};

/// The newest version of the language.
pub const LANGUAGE_VERSION: u64 = 1;

/// Largest scenario file that is parsed, in bytes.
pub const MAX_SCENARIO_BYTES: usize = 4 * 1024 * 1024;

/// What the grammar makes of a file.
#[derive(Default)]
struct Parsed {
    version: Option<Spanned<String>>,
    items: Vec<Item>,
    diagnostics: Vec<Diagnostic>,
}

/// Gives the tree of a file, with an error node and one diagnostic for each part that cannot be read.
pub fn parse(file: FileId, sources: &SourceMap) -> (Tree, Vec<Diagnostic>) {
    let source = sources.file(file);
    if source.text().len() > MAX_SCENARIO_BYTES {
        return (empty_tree(file), vec![too_large(source)]);
    }
    let scan = scan(source.text(), source.span().start);
    let parsed = parse_mended(source, &scan);
    let mut diagnostics = scan.diagnostics;
    diagnostics.extend(parsed.diagnostics);
    let version = parsed.version.map(|written| {
        check_version(&written, &mut diagnostics);
        Spanned::new(version_number(&written.value), written.span)
    });
    diagnostic::sort(&mut diagnostics);
    let tree = Tree {
        file,
        version,
        items: parsed.items,
        comments: scan.comments,
    };
    (tree, diagnostics)
}

fn parse_mended(source: &SourceFile, scan: &Scan) -> Parsed {
    let pairs = match Grammar::parse(Rule::file, scan.mended.text()) {
        Ok(pairs) => pairs,
        Err(_) => return lost(source, scan),
    };
    let mut builder = Builder::new(source, scan);
    builder.report_errors(pairs.clone());
    let file = pairs
        .into_iter()
        .next()
        .expect("the grammar gives one file");
    let (version, items) = builder.file(file);
    Parsed {
        version,
        items,
        diagnostics: builder.into_diagnostics(),
    }
}

/// A file that the grammar gives up on: something is nested too deep to be held on the stack.
fn lost(source: &SourceFile, scan: &Scan) -> Parsed {
    let start = Span::at(source.span().start);
    let diagnostic = Diagnostic::new(
        Code::TooDeep,
        start,
        "something in this file is nested too deep",
    )
    .help("the file cannot be read as long as it is so");
    Parsed {
        diagnostics: Vec::from_iter(scan.diagnostics.is_empty().then_some(diagnostic)),
        ..Parsed::default()
    }
}

/// Under another version nothing else that is said about the file can be relied on.
fn check_version(written: &Spanned<String>, diagnostics: &mut Vec<Diagnostic>) {
    if version_number(&written.value) == LANGUAGE_VERSION && !written.value.contains('.') {
        return;
    }
    let message = format!("version {} of the language is not known", written.value);
    *diagnostics = vec![
        Diagnostic::new(Code::UnsupportedVersion, written.span, message)
            .label(format!("this program knows version {LANGUAGE_VERSION}"))
            .help("use a newer `autosafe`, or name the version that the file was written for"),
    ];
}

/// The whole part of a version; one too large to be held is as unknown as any other.
fn version_number(written: &str) -> u64 {
    let whole = written.split('.').next().unwrap_or_default();
    whole.parse().unwrap_or(u64::MAX)
}

fn too_large(source: &SourceFile) -> Diagnostic {
    let bound = MAX_SCENARIO_BYTES / 1024 / 1024;
    let start = Span::at(source.span().start);
    Diagnostic::new(
        Code::TooLarge,
        start,
        format!("`{}` is larger than {bound} MiB", source.name()),
    )
    .help("split it into files that `use` each other")
}

fn empty_tree(file: FileId) -> Tree {
    Tree {
        file,
        version: None,
        items: Vec::new(),
        comments: Vec::new(),
    }
}
