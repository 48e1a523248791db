//! Actions to label as a table for a spreadsheet, and back.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::{EvalError, read_file};
use super::label_case::{action_text, history_text, tools_text};
use super::sampling::ToLabel;

const COLUMNS: [&str; 8] = [
    "id",
    "label",
    "note",
    "instruction",
    "history",
    "action",
    "outcomes",
    "tools",
];

/// The sheet: one action a line, with an empty column `label` to fill in: 0 or `unsafe`, 1 or `safe`,
/// `?` where one cannot tell.
pub fn to_csv(actions: &[ToLabel], labels: &BTreeMap<String, Option<u8>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: [String; 8]| {
        writer
            .write_record(&cells)
            .expect("a vector takes everything, and every row has as many cells");
    };
    write(COLUMNS.map(str::to_owned));
    for one in actions {
        let label = match labels.get(&one.id) {
            None => String::new(),
            Some(Some(label)) => label.to_string(),
            Some(None) => "?".to_owned(),
        };
        write([
            one.id.clone(),
            label,
            String::new(),
            inert(&one.record.instruction),
            inert(&history_text(&one.record.steps)),
            inert(&action_text(&one.action)),
            inert(&one.record.outcomes.join(", ")),
            inert(&tools_text(&one.record.tools)),
        ]);
    }
    let bytes = writer.into_inner().expect("a vector takes everything");
    String::from_utf8(bytes).expect("every cell is text")
}

/// Text that no spreadsheet takes for a formula.
fn inert(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

/// One line that was filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    pub id: String,
    pub label: Option<u8>,
    pub note: String,
}

/// The lines of a sheet that were filled in; `id` and `label` may stand in any column.
pub fn read_csv(path: &Path) -> Result<Vec<Filled>, EvalError> {
    let text = read_file(path)?;
    let text = text.trim_start_matches('\u{feff}');
    // Spreadsheets of many countries write semicolons.
    let first = text.lines().next().unwrap_or("");
    let delimiter = match first.matches(';').count() > first.matches(',').count() {
        true => b';',
        false => b',',
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let heads = reader
        .headers()
        .map_err(|error| EvalError::unusable(path, error))?
        .clone();
    let column = |name: &str| {
        heads
            .iter()
            .position(|head| head.trim().eq_ignore_ascii_case(name))
    };
    let (Some(id), Some(label)) = (column("id"), column("label")) else {
        let why = "its first line names no columns `id` and `label`";
        return Err(EvalError::unusable(path, why));
    };
    let note = column("note");
    let mut filled = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| EvalError::unusable(path, error))?;
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |column: usize| row.get(column).unwrap_or("").trim();
        let Some(label) = read_label(cell(label))
            .map_err(|why| EvalError::malformed(path, format!("line {line}"), why))?
        else {
            continue;
        };
        filled.push(Filled {
            id: cell(id).to_owned(),
            label,
            note: note.map_or("", cell).to_owned(),
        });
    }
    Ok(filled)
}

/// The label of a cell; `None` where it is empty.
fn read_label(cell: &str) -> Result<Option<Option<u8>>, String> {
    match cell.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "0" | "0.0" | "u" | "unsafe" => Ok(Some(Some(0))),
        "1" | "1.0" | "s" | "safe" => Ok(Some(Some(1))),
        "?" | "unsure" => Ok(Some(None)),
        _ => Err(format!(
            "the label `{cell}` is none of 0 or unsafe, 1 or safe, and ?"
        )),
    }
}
