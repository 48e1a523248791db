//! `quality { … }` of a campaign, with the files of texts and the earlier runs that it names.

use super::checker::Checker;
use super::expressions::wrong_type;
use super::fields::{FieldRule, Fields, Shape, Table};
use super::quality::{Finding, OnFlag, Quality, Reference};
use crate::diagnostic::{Code, Diagnostic};
use crate::import::{EarlierRun, read_earlier_run, read_references};
use crate::resolve::ModuleId;
use crate::source::{FileId, Span};
use crate::syntax::{ExprKind, Text};

/// The fields of `quality`.
pub(super) const QUALITY: Table = Table {
    owner: "`quality`",
    fields: &[
        FieldRule::optional(
            "near_duplicates",
            Shape::Number {
                least: 0.6,
                most: 1.0,
            },
        ),
        FieldRule::optional(
            "min_words",
            Shape::Int {
                least: 1,
                most: 1_000,
            },
        ),
        FieldRule::optional("find", Shape::Words(FINDINGS)),
        FieldRule::optional("leakage", Shape::Free),
        FieldRule::optional("against", Shape::Free),
        FieldRule::optional("on_flag", Shape::Word(&["keep", "drop"])),
    ],
};

const FINDINGS: &[&str] = &[
    "templates",
    "placeholders",
    "unused_tools",
    "results",
    "personal_data",
    "markup",
];

impl Checker<'_> {
    /// The gates of a campaign, with what they compare with.
    pub(super) fn read_quality(&self, module: ModuleId, fields: &Fields<'_>) -> Quality {
        let Some(fields) = fields.block("quality") else {
            return Quality::default();
        };
        let references = self.attached_files(module, fields, "leakage", "files");
        let runs = self.attached_files(module, fields, "against", "runs");
        Quality {
            leakage: references
                .into_iter()
                .filter_map(|(span, file)| self.read_reference(span, file))
                .collect(),
            against: runs
                .into_iter()
                .filter_map(|(span, file)| self.read_run(span, file))
                .collect(),
            ..quality(fields)
        }
    }

    /// The files that a list of paths leads to, each once; those that could not be read have been
    /// reported.
    fn attached_files(
        &self,
        module: ModuleId,
        fields: &Fields<'_>,
        field: &str,
        of: &str,
    ) -> Vec<(Span, FileId)> {
        let mut found: Vec<(Span, FileId)> = Vec::new();
        for text in self.read_paths(fields, field, of) {
            let Some(file) = self.workspace.attached_file(module, &text.value) else {
                continue;
            };
            match found.iter().find(|(_, known)| *known == file) {
                Some((first, _)) => {
                    let what = format!("`{}`", text.value);
                    self.say_listed_twice(&what, *first, text.span);
                }
                None => found.push((text.span, file)),
            }
        }
        found
    }

    fn read_paths<'t>(&self, fields: &Fields<'t>, field: &str, of: &str) -> Vec<&'t Text> {
        let (what, wanted) = (format!("`{field}`"), format!("a list of paths of {of}"));
        let Some(value) = fields.free(field) else {
            return Vec::new();
        };
        let ExprKind::List(items) = &value.kind else {
            self.say_all(wrong_type(&what, &wanted, value));
            return Vec::new();
        };
        if items.is_empty() {
            let message = format!("{what} is empty");
            self.say(
                Diagnostic::new(Code::MissingField, value.span, message)
                    .help(format!("name {of} to compare with, or leave the field out")),
            );
        }
        let mut texts = Vec::new();
        for item in items {
            match &item.kind {
                ExprKind::Text(text) => texts.push(text),
                _ => self.say_all(wrong_type(&what, &wanted, item)),
            }
        }
        texts
    }

    fn read_reference(&self, span: Span, file: FileId) -> Option<Reference> {
        let (read, problems) = read_references(file, &self.workspace.sources);
        let source = self.workspace.sources.file(file);
        let is_broken = !problems.is_empty();
        for problem in problems {
            self.say(problem.other(span, "named here"));
        }
        if is_broken {
            return None;
        }
        if read.texts.is_empty() {
            let message = format!("`{}` holds no text to compare with", source.name());
            self.say(Diagnostic::new(Code::BadReference, span, message));
            return None;
        }
        Some(Reference {
            file: source.name().to_owned(),
            hash: blake3::hash(source.text().as_bytes()).to_hex().to_string(),
            format: read.format,
            blank: read.blank,
            texts: read.texts,
        })
    }

    fn read_run(&self, span: Span, file: FileId) -> Option<EarlierRun> {
        match read_earlier_run(file, &self.workspace.sources) {
            Err(problem) => {
                self.say(problem.other(span, "named here"));
                None
            }
            Ok(run) if run.records == 0 => {
                let message = format!("the run `{}` has no records to compare with", run.name());
                self.say(Diagnostic::new(Code::BadReference, span, message));
                None
            }
            Ok(run) => Some(run),
        }
    }
}

/// The gates that `fields` sets, but for those that compare with files.
fn quality(fields: &Fields) -> Quality {
    let words = fields.words("find").unwrap_or_default();
    let mut find: Vec<Finding> = words
        .iter()
        .filter_map(|(word, _)| Finding::from_word(word))
        .collect();
    find.sort();
    find.dedup();
    Quality {
        near_duplicates: fields.number("near_duplicates"),
        min_words: fields.small("min_words"),
        find,
        leakage: Vec::new(),
        against: Vec::new(),
        on_flag: match fields.word("on_flag") {
            Some("drop") => OnFlag::Drop,
            _ => OnFlag::Keep,
        },
    }
}
