//! Diagnostics for GitHub's workflows: commands that become annotations beside the source lines.

use super::{Diagnostic, Severity};
use crate::source::SourceMap;

/// One workflow command on one line, without the line break. `path_of` gives the path to write for
/// a file's name: relative to the checkout, with `/`.
pub fn render_github(
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    path_of: &dyn Fn(&str) -> String,
) -> String {
    let command = match diagnostic.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Lint => "notice",
    };
    let title = property(&format!("autosafe {}", diagnostic.code));
    let Some(file) = sources.file_at(diagnostic.span.start) else {
        return format!("::{command} title={title}::{}", data(&told(diagnostic)));
    };
    let path = path_of(file.name());
    let start = file.line_column(diagnostic.span.start);
    let end = file.line_column(diagnostic.span.end);
    // Columns are shown only where both ends are on one line.
    let columns = match start.line == end.line {
        true => format!(",col={},endColumn={}", start.column, end.column),
        false => String::new(),
    };
    let text = format!("{path}:{start}: {}", told(diagnostic));
    format!(
        "::{command} title={title},file={},line={},endLine={}{columns}::{}",
        property(&path),
        start.line,
        end.line,
        data(&text)
    )
}

/// The message, why it is this place, and what to do, each on a line.
fn told(diagnostic: &Diagnostic) -> String {
    let parts = [
        Some(diagnostic.message.as_str()),
        Some(diagnostic.label.as_str()),
        diagnostic.help.as_deref(),
    ];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
