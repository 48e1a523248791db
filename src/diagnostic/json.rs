//! Diagnostics for programs: one JSON object a line.

use super::Diagnostic;
use crate::source::SourceMap;

/// One JSON object on one line, without the line break.
pub fn render_json(_diagnostic: &Diagnostic, _sources: &SourceMap) -> String {
    String::new()
}
