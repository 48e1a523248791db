//! What stands below each other: the `=` of fields, the `in` of axes, the calls of examples.

use super::doc::{Doc, HARD_LINE, concat, text};
use super::layout::{INDENT, MAX_WIDTH};

/// Blanks that an author's own column may have more than the longest name needs.
const MAX_SPARE: usize = 8;

/// What stands on a line of its own in a body.
#[derive(Debug)]
pub(super) struct Row<'s> {
    /// Whether an empty line stands before it.
    pub(super) is_after_blank: bool,
    pub(super) kind: RowKind<'s>,
    /// The comments behind it.
    pub(super) tail: Doc<'s>,
}

#[derive(Debug)]
pub(super) enum RowKind<'s> {
    Comment(Doc<'s>),
    /// `key = value`, `key in value`
    Keyed(Keyed<'s>),
    /// `unsafe …`, `allowed …`
    Example {
        word: &'static str,
        call: Doc<'s>,
    },
    Other(Doc<'s>),
}

/// A name, a sign, and what follows it.
#[derive(Debug)]
pub(super) struct Keyed<'s> {
    pub(super) key: String,
    /// Between key and sign, blanks as the author wrote them: where the sign stands behind the
    /// key's first character, if that begins a line.
    pub(super) column: Option<usize>,
    pub(super) sign: &'static str,
    pub(super) value: Doc<'s>,
}

impl<'s> Row<'s> {
    /// The row by itself, with nothing to align to.
    pub(super) fn into_doc(self) -> Doc<'s> {
        let doc = match self.kind {
            RowKind::Comment(doc) | RowKind::Other(doc) => doc,
            RowKind::Keyed(keyed) => {
                let width = keyed.width();
                keyed.into_doc(width)
            }
            RowKind::Example { word, call } => concat([text(word), text(" "), call]),
        };
        concat([doc, self.tail])
    }
}

impl<'s> Keyed<'s> {
    fn width(&self) -> usize {
        self.key.chars().count()
    }

    fn into_doc(self, width: usize) -> Doc<'s> {
        let padding = " ".repeat(width.saturating_sub(self.width()));
        concat([
            text(format!("{}{padding} {} ", self.key, self.sign)),
            self.value,
        ])
    }

    /// Whether it takes several lines when it stands `depth` levels deep.
    fn spans_lines(&self, depth: usize) -> bool {
        let width = depth * INDENT + self.width() + self.sign.len() + 2 + self.value.width();
        self.value.breaks() || (self.value.can_break() && width > MAX_WIDTH)
    }
}

/// Rows below each other, `depth` levels deep.
pub(super) fn stacked(rows: Vec<Row<'_>>, depth: usize) -> Doc<'_> {
    let widths = key_widths(&rows, depth);
    let pads = example_pads(&rows, depth);
    let mut lines = Vec::new();
    for (index, row) in rows.into_iter().enumerate() {
        lines.push(match index {
            0 => HARD_LINE,
            _ => Doc::HardLine {
                blank: row.is_after_blank,
            },
        });
        lines.push(match row.kind {
            RowKind::Keyed(keyed) => concat([keyed.into_doc(widths[index]), row.tail]),
            RowKind::Example { word, call } => {
                let word = format!("{word:<width$} ", width = pads[index]);
                concat([text(word), call, row.tail])
            }
            kind => Row { kind, ..row }.into_doc(),
        });
    }
    Doc::Concat(lines)
}

/// The width of each row's key: that of its run, which an empty line ends, or a value of several
/// lines. Rows without a key, such as blocks, lie between without ending it.
fn key_widths(rows: &[Row<'_>], depth: usize) -> Vec<usize> {
    let mut widths = vec![0; rows.len()];
    let mut run: Vec<usize> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if row.is_after_blank {
            end_run(rows, &mut run, &mut widths);
        }
        if let RowKind::Keyed(keyed) = &row.kind {
            run.push(index);
            if keyed.spans_lines(depth) {
                end_run(rows, &mut run, &mut widths);
            }
        }
    }
    end_run(rows, &mut run, &mut widths);
    widths
}

fn end_run(rows: &[Row<'_>], run: &mut Vec<usize>, widths: &mut [usize]) {
    let keyed: Vec<&Keyed<'_>> = run
        .iter()
        .filter_map(|index| match &rows[*index].kind {
            RowKind::Keyed(keyed) => Some(keyed),
            _ => None,
        })
        .collect();
    let width = run_width(&keyed);
    for index in run.drain(..) {
        widths[index] = width;
    }
}

/// The longest key's width, or more where the author has put all signs below each other: so that
/// a field can go without its neighbours moving.
fn run_width(run: &[&Keyed<'_>]) -> usize {
    let longest = run.iter().map(|keyed| keyed.width()).max().unwrap_or(0);
    let chosen = run.first().and_then(|first| first.column);
    let is_shared = run.len() > 1 && run.iter().all(|keyed| keyed.column == chosen);
    match chosen.and_then(|column| column.checked_sub(1)) {
        Some(width) if is_shared && (longest..=longest + MAX_SPARE).contains(&width) => width,
        _ => longest,
    }
}

/// Whether the call of an example takes several lines, `depth` levels deep.
fn spans_lines(call: &Doc<'_>, depth: usize) -> bool {
    call.breaks() || depth * INDENT + "allowed ".len() + call.width() > MAX_WIDTH
}

/// The width of each example's word: that of the longest among its neighbours. An example that takes
/// several lines is nobody's neighbour.
fn example_pads(rows: &[Row<'_>], depth: usize) -> Vec<usize> {
    let mut pads = vec![0; rows.len()];
    let mut run: Vec<usize> = Vec::new();
    let mut widest = 0;
    for (index, row) in rows.iter().enumerate() {
        let (word, call) = match &row.kind {
            RowKind::Example { word, call } if !spans_lines(call, depth) => (*word, Some(call)),
            RowKind::Comment(_) => ("", None),
            _ => {
                run.drain(..).for_each(|index| pads[index] = widest);
                widest = 0;
                continue;
            }
        };
        if row.is_after_blank {
            run.drain(..).for_each(|index| pads[index] = widest);
            widest = 0;
        }
        if call.is_some() {
            run.push(index);
            widest = widest.max(word.len());
        }
    }
    run.into_iter().for_each(|index| pads[index] = widest);
    pads
}
