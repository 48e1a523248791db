//! How many errors of one file are told.

use std::collections::BTreeMap;

use super::{Code, Diagnostic};
use crate::source::SourceMap;

/// Errors of one file that are told; a file with more is broken as a whole, or was made to be.
pub const MAX_ERRORS: usize = 1000;

/// Leaves of each file's errors the first [`MAX_ERRORS`], and one more that says so. They are in order.
pub fn keep_first_errors(diagnostics: &mut Vec<Diagnostic>, sources: &SourceMap) {
    if diagnostics.len() <= MAX_ERRORS {
        return;
    }
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    diagnostics.retain_mut(|diagnostic| {
        let Some(file) = sources.file_at(diagnostic.span.start) else {
            return true;
        };
        if !diagnostic.is_error() {
            return true;
        }
        let count = counts.entry(file.span().start).or_default();
        *count += 1;
        if *count == MAX_ERRORS + 1 {
            let message = format!("`{}` has more than {MAX_ERRORS} errors", file.name());
            *diagnostic = Diagnostic::new(Code::TooLarge, diagnostic.span, message)
                .label("the first that is not told")
                .help("mend some of the others first");
        }
        *count <= MAX_ERRORS + 1
    });
}
