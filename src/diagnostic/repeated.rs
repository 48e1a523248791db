//! A name that is nowhere is told once, with all the places that ask for it.

use std::collections::BTreeMap;

use super::{Code, Diagnostic, Fix, Label};
use crate::source::{SourceMap, Span};

/// Places that are shown beside the first; the last of them tells how many more there are.
const SHOWN: usize = 6;

/// Where a name is missing: in one declaration, or in a whole file.
type Place = (u32, Option<u32>);

/// Makes one problem of those that are about the same missing name. They are in order; `item_at` gives the
/// start of the declaration that an offset lies in.
pub fn gather_missing_names(
    diagnostics: &mut Vec<Diagnostic>,
    sources: &SourceMap,
    item_at: &dyn Fn(u32) -> Option<u32>,
) {
    let mut first_of: BTreeMap<(String, Place), usize> = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut repeats: BTreeMap<usize, Vec<Diagnostic>> = BTreeMap::new();
    for diagnostic in diagnostics.drain(..) {
        let key = missing_name(&diagnostic, sources)
            .map(|name| (name.to_owned(), place(&diagnostic, name, sources, item_at)));
        match key.as_ref().and_then(|key| first_of.get(key)) {
            Some(&first) => repeats.entry(first).or_default().push(diagnostic),
            None => {
                first_of.extend(key.map(|key| (key, kept.len())));
                kept.push(diagnostic);
            }
        }
    }
    for (first, repeats) in repeats {
        gather(&mut kept[first], repeats);
    }
    *diagnostics = kept;
}

/// The name, where what is wrong is that there is none such.
fn missing_name<'s>(diagnostic: &Diagnostic, sources: &'s SourceMap) -> Option<&'s str> {
    let name = sources.text(diagnostic.span);
    let is_missing = match diagnostic.code {
        Code::UnknownName | Code::UnknownVariable | Code::UnknownTool => true,
        Code::BadArguments => {
            let ending = format!("has no parameter `{name}`");
            diagnostic.message.ends_with(&ending)
        }
        _ => false,
    };
    (is_missing && !name.is_empty()).then_some(name)
}

/// Declarations and their tools are the same all over a file, other names within a declaration.
fn place(
    diagnostic: &Diagnostic,
    name: &str,
    sources: &SourceMap,
    item_at: &dyn Fn(u32) -> Option<u32>,
) -> Place {
    let file = sources.file_at(diagnostic.span.start);
    let file = file.map_or(0, |file| file.span().start);
    let message = &diagnostic.message;
    let is_of_file = message.starts_with("toolkit `")
        || message.starts_with("unknown ") && name.starts_with(char::is_uppercase);
    match is_of_file {
        true => (file, None),
        false => (file, item_at(diagnostic.span.start)),
    }
}

fn gather(first: &mut Diagnostic, repeats: Vec<Diagnostic>) {
    let spans: Vec<Span> = repeats.iter().map(|repeat| repeat.span).collect();
    let more = spans.len().saturating_sub(SHOWN);
    for (index, span) in spans.into_iter().take(SHOWN).enumerate() {
        let message = match (index + 1 == SHOWN, more) {
            (true, 1..) => format!("here too, and in {more} more places"),
            _ => "here too".to_owned(),
        };
        first.others.push(Label { span, message });
    }
    // One fix mends all places, or it is none.
    let texts = |fix: &Fix| fix.edits.first().map(|edit| edit.text.clone());
    let wanted = first.fix.as_ref().and_then(texts);
    for repeat in repeats {
        match (&mut first.fix, repeat.fix) {
            (Some(fix), Some(other)) if texts(&other) == wanted => {
                // A `use` that is lacking is added once.
                let edits = other.edits.into_iter();
                let new: Vec<_> = edits.filter(|edit| !fix.edits.contains(edit)).collect();
                fix.edits.extend(new);
            }
            _ => first.fix = None,
        }
    }
}
