//! Diagnostics for people: source lines with marks under them.

use super::Diagnostic;
use crate::source::SourceMap;

/// Draws one diagnostic, `width` columns wide, with a final line break.
pub fn render_human(
    _diagnostic: &Diagnostic,
    _sources: &SourceMap,
    _width: usize,
    _color: bool,
) -> String {
    String::new()
}
