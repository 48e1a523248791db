//! Docs to lines.

use super::doc::Doc;

/// Columns that a line of code may have, where it can be broken.
pub(super) const MAX_WIDTH: usize = 130;

/// Blanks of one level.
pub(super) const INDENT: usize = 2;

/// A line of output.
#[derive(Debug, Default)]
pub(super) struct Line<'s> {
    pub(super) code: String,
    /// The comment behind the code, and the line before it as the author wrote it.
    pub(super) comment: Option<(&'s str, &'s str)>,
}

/// How a piece is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Flat,
    Broken,
}

#[derive(Clone, Copy)]
struct Command<'d, 's> {
    indent: usize,
    mode: Mode,
    doc: &'d Doc<'s>,
}

/// The lines of a piece.
pub(super) fn lay_out<'s>(doc: &Doc<'s>) -> Vec<Line<'s>> {
    let mut layout = Layout {
        lines: Vec::new(),
        line: Line::default(),
        indent: 0,
        commands: Vec::new(),
    };
    layout.push(0, Mode::Broken, doc);
    while let Some(command) = layout.commands.pop() {
        layout.perform(command);
    }
    layout.lines.push(layout.line);
    layout.lines
}

struct Layout<'d, 's> {
    lines: Vec<Line<'s>>,
    line: Line<'s>,
    /// Blanks that go before the first code of the line.
    indent: usize,
    commands: Vec<Command<'d, 's>>,
}

impl<'d, 's> Layout<'d, 's> {
    fn push(&mut self, indent: usize, mode: Mode, doc: &'d Doc<'s>) {
        self.commands.push(Command { indent, mode, doc });
    }

    fn perform(&mut self, Command { indent, mode, doc }: Command<'d, 's>) {
        match doc {
            Doc::Text(text) => self.write(text),
            Doc::Line { flat, .. } if mode == Mode::Flat => self.write(flat),
            Doc::Line { blank, .. } | Doc::HardLine { blank } => self.break_line(indent, *blank),
            Doc::Concat(parts) => {
                for part in parts.iter().rev() {
                    self.push(indent, mode, part);
                }
            }
            Doc::Indent(content) => self.push(indent + INDENT, mode, content),
            Doc::Group { content, breaks } => {
                let mode = self.mode_of(content, *breaks);
                self.push(indent, mode, content);
            }
            Doc::Fill(_) if mode == Mode::Flat => self.write(&doc.flat()),
            Doc::Fill(values) => self.fill(indent, values),
            Doc::IfBroken(text) if mode == Mode::Broken => self.write(text),
            Doc::IfBroken(_) => {}
            Doc::Comment { text, before } => self.comment(indent, text, before),
            Doc::Raw(text) => self.raw(text),
        }
    }

    fn mode_of(&self, content: &'d Doc<'s>, breaks: bool) -> Mode {
        let room = MAX_WIDTH.checked_sub(self.column());
        match room {
            Some(room) if !breaks && self.fits(content, room) => Mode::Flat,
            _ => Mode::Broken,
        }
    }

    /// Whether a piece fits on the line together with what follows up to the next break.
    fn fits(&self, content: &'d Doc<'s>, mut room: usize) -> bool {
        let mut ahead = vec![(Mode::Flat, content)];
        let mut rest = self.commands.iter().rev();
        loop {
            let (mode, doc) = match ahead.pop() {
                Some(next) => next,
                None => match rest.next() {
                    Some(command) => (command.mode, command.doc),
                    None => return true,
                },
            };
            let width = match doc {
                Doc::Text(text) => text.chars().count(),
                Doc::Line { flat, .. } if mode == Mode::Flat => flat.len(),
                Doc::Line { .. } | Doc::HardLine { .. } | Doc::Raw(_) => return true,
                Doc::Concat(parts) => {
                    ahead.extend(parts.iter().rev().map(|part| (mode, part)));
                    0
                }
                Doc::Indent(content) => {
                    ahead.push((mode, content));
                    0
                }
                Doc::Group { content, breaks } => {
                    ahead.push((if *breaks { Mode::Broken } else { Mode::Flat }, content));
                    0
                }
                Doc::Fill(_) if mode == Mode::Flat => doc.width(),
                Doc::Fill(values) => return values.first().is_none_or(|it| it.width() < room),
                Doc::IfBroken(text) if mode == Mode::Broken => text.len(),
                Doc::IfBroken(_) | Doc::Comment { .. } => 0,
            };
            match room.checked_sub(width) {
                Some(left) => room = left,
                None => return false,
            }
        }
    }

    fn fill(&mut self, indent: usize, values: &[Doc<'s>]) {
        for (index, value) in values.iter().enumerate() {
            let value = value.flat();
            let needed = value.chars().count() + 1;
            if index > 0 && self.column() + 1 + needed > MAX_WIDTH {
                self.break_line(indent, false);
            } else if index > 0 {
                self.write(" ");
            }
            self.write(&value);
            self.write(",");
        }
    }

    /// The characters that the line has so far.
    fn column(&self) -> usize {
        match self.line.code.is_empty() {
            true => self.indent,
            false => self.line.code.chars().count(),
        }
    }

    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        // Code behind a comment would be part of it.
        if self.line.comment.is_some() {
            self.break_line(self.indent, false);
        }
        if self.line.code.is_empty() {
            self.line.code.push_str(&" ".repeat(self.indent));
        }
        self.line.code.push_str(text);
    }

    fn comment(&mut self, indent: usize, text: &'s str, before: &'s str) {
        if self.line.comment.is_some() || self.line.code.is_empty() {
            if self.line.comment.is_some() {
                self.break_line(indent, false);
            }
            self.write(text);
        } else {
            self.line.comment = Some((text, before));
        }
    }

    fn raw(&mut self, text: &'s str) {
        for (index, line) in text.split('\n').enumerate() {
            if index == 0 {
                self.write(line);
                continue;
            }
            self.break_line(0, false);
            self.line.code.push_str(line);
        }
    }

    fn break_line(&mut self, indent: usize, blank: bool) {
        self.lines.push(std::mem::take(&mut self.line));
        if blank {
            self.lines.push(Line::default());
        }
        self.indent = indent;
    }
}
