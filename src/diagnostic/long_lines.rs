//! Lines too long to be shown: what lies far from every mark becomes `…`.
//!
//! Invariant: no line break is ever cut, so line numbers stay what they were.

use std::ops::Range;

/// Lines up to this many bytes are shown whole.
const WHOLE_LINE: usize = 400;

/// What is kept of a longer line around each end of a mark, and at the line's own start.
const KEPT: usize = 60;

const ELLIPSIS: &str = "…";

/// The ranges of a text that are left out.
#[derive(Debug, Default)]
pub(super) struct Cuts(Vec<Range<usize>>);

impl Cuts {
    /// What to leave out of the lines of `marks` and those around them.
    pub(super) fn of(text: &str, marks: &[Range<usize>]) -> Self {
        let ends: Vec<usize> = marks
            .iter()
            .flat_map(|mark| [mark.start, mark.end])
            .collect();
        let mut cuts: Vec<Range<usize>> = marks
            .iter()
            .flat_map(|mark| lines_around(text, mark))
            .filter(|line| line.len() > WHOLE_LINE)
            .flat_map(|line| gaps(text, &line, &ends))
            .collect();
        cuts.sort_unstable_by_key(|cut| (cut.start, cut.end));
        cuts.dedup();
        Self(cuts)
    }

    /// The text without what is cut, if anything is.
    pub(super) fn apply(&self, text: &str) -> Option<String> {
        let last = self.0.last()?;
        let mut shown = String::new();
        let mut from = 0;
        for cut in &self.0 {
            shown.push_str(&text[from..cut.start]);
            shown.push_str(ELLIPSIS);
            from = cut.end;
        }
        shown.push_str(&text[last.end..]);
        Some(shown)
    }

    /// Where an offset of the text lies in the shown one.
    pub(super) fn shown(&self, offset: usize) -> usize {
        let before = self.0.iter().take_while(|cut| cut.end <= offset);
        before.fold(offset, |shown, cut| shown - cut.len() + ELLIPSIS.len())
    }

    /// Where an offset of the shown text lies in the text; the start of a cut inside of its `…`.
    pub(super) fn written(&self, shown: usize) -> usize {
        let mut offset = shown;
        for cut in &self.0 {
            if offset < cut.start + ELLIPSIS.len() {
                return offset.min(cut.start);
            }
            offset = offset + cut.len() - ELLIPSIS.len();
        }
        offset
    }
}

/// A message without the end of what is too long to be read.
pub(super) fn shortened(message: &str) -> String {
    match message.char_indices().nth(WHOLE_LINE) {
        Some((end, _)) => format!("{}{ELLIPSIS}", &message[..end]),
        None => message.to_owned(),
    }
}

/// The lines that a mark begins and ends on, with the ones next to them.
fn lines_around(text: &str, mark: &Range<usize>) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    for end in [mark.start, mark.end] {
        let line = line_at(text, end);
        if line.start > 0 {
            lines.push(line_at(text, line.start - 1));
        }
        if line.end < text.len() {
            lines.push(line_at(text, line.end + 1));
        }
        lines.push(line);
    }
    lines
}

fn line_at(text: &str, offset: usize) -> Range<usize> {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let length = text[offset..].find('\n');
    start..length.map_or(text.len(), |length| offset + length)
}

/// What of a line lies far from its start and from all of `ends`.
fn gaps(text: &str, line: &Range<usize>, ends: &[usize]) -> Vec<Range<usize>> {
    let mut kept: Vec<Range<usize>> = ends
        .iter()
        .filter(|&&end| line.start <= end && end <= line.end)
        .map(|&end| end.saturating_sub(KEPT).max(line.start)..(end + KEPT).min(line.end))
        .collect();
    kept.push(line.start..line.start + KEPT);
    kept.push(line.end..line.end);
    kept.sort_unstable_by_key(|range| range.start);
    let mut gaps = Vec::new();
    let mut end = line.start;
    for range in kept {
        let (from, to) = (
            text.ceil_char_boundary(end),
            text.floor_char_boundary(range.start),
        );
        if to > from + ELLIPSIS.len() {
            gaps.push(from..to);
        }
        end = end.max(range.end);
    }
    gaps
}
