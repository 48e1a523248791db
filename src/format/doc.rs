//! Text that does not know yet where its lines break.
//!
//! The algebra is Wadler's, as other formatters have it: a group is laid out on one line where it
//! fits, and broken at all of its lines where it does not.

use std::borrow::Cow;

/// A piece of output.
#[derive(Debug, Clone)]
pub(super) enum Doc<'s> {
    Text(Cow<'s, str>),
    /// `flat` where the group is laid out on one line, else a line break.
    Line {
        flat: &'static str,
        /// Whether an empty line goes before, where the group is broken.
        blank: bool,
    },
    /// A line break in any case.
    HardLine {
        blank: bool,
    },
    Concat(Vec<Doc<'s>>),
    Indent(Box<Doc<'s>>),
    Group {
        content: Box<Doc<'s>>,
        /// Whether something inside has to begin a line.
        breaks: bool,
    },
    /// Values with commas between them, as many on a line as fit.
    Fill(Vec<Doc<'s>>),
    /// Stands only where the group around it is broken.
    IfBroken(&'static str),
    /// A comment behind the code of its line, and the line before it as the author wrote it.
    Comment {
        text: &'s str,
        before: &'s str,
    },
    /// Source that is kept word for word, its further lines with their own indentation.
    Raw(&'s str),
}

/// An empty piece.
pub(super) const NOTHING: Doc<'static> = Doc::Concat(Vec::new());

/// A blank, or a line break.
pub(super) const LINE: Doc<'static> = Doc::Line {
    flat: " ",
    blank: false,
};

/// Nothing, or a line break.
pub(super) const SOFT_LINE: Doc<'static> = Doc::Line {
    flat: "",
    blank: false,
};

/// A line break.
pub(super) const HARD_LINE: Doc<'static> = Doc::HardLine { blank: false };

/// A piece that stands for itself.
pub(super) fn text<'s>(text: impl Into<Cow<'s, str>>) -> Doc<'s> {
    Doc::Text(text.into())
}

/// Pieces behind each other.
pub(super) fn concat<'s>(parts: impl IntoIterator<Item = Doc<'s>>) -> Doc<'s> {
    Doc::Concat(parts.into_iter().collect())
}

/// A piece whose line breaks lead one level deeper.
pub(super) fn indent(content: Doc<'_>) -> Doc<'_> {
    Doc::Indent(Box::new(content))
}

/// A piece on one line where it fits.
pub(super) fn group(content: Doc<'_>) -> Doc<'_> {
    let breaks = content.breaks();
    Doc::Group {
        content: Box::new(content),
        breaks,
    }
}

/// A group that is broken although it may fit.
pub(super) fn broken(content: Doc<'_>) -> Doc<'_> {
    Doc::Group {
        content: Box::new(content),
        breaks: true,
    }
}

impl Doc<'_> {
    /// Whether something inside has to begin a line.
    pub(super) fn breaks(&self) -> bool {
        match self {
            Self::Text(_) | Self::Line { .. } | Self::IfBroken(_) => false,
            Self::HardLine { .. } | Self::Comment { .. } | Self::Raw(_) => true,
            Self::Concat(parts) | Self::Fill(parts) => parts.iter().any(Doc::breaks),
            Self::Indent(content) => content.breaks(),
            Self::Group { breaks, .. } => *breaks,
        }
    }

    /// Whether it could take more than one line.
    pub(super) fn can_break(&self) -> bool {
        match self {
            Self::Text(_) | Self::IfBroken(_) => false,
            Self::Line { .. }
            | Self::HardLine { .. }
            | Self::Comment { .. }
            | Self::Raw(_)
            | Self::Fill(_) => true,
            Self::Concat(parts) => parts.iter().any(Doc::can_break),
            Self::Indent(content) | Self::Group { content, .. } => content.can_break(),
        }
    }

    /// All of it on one line.
    pub(super) fn flat(&self) -> String {
        let mut line = String::new();
        self.write_flat(&mut line);
        line
    }

    /// The characters that it has on one line.
    pub(super) fn width(&self) -> usize {
        self.flat().chars().count()
    }

    fn write_flat(&self, line: &mut String) {
        match self {
            Self::Text(text) => line.push_str(text),
            Self::Line { flat, .. } => line.push_str(flat),
            Self::HardLine { .. } => line.push(' '),
            Self::Concat(parts) => parts.iter().for_each(|part| part.write_flat(line)),
            Self::Indent(content) | Self::Group { content, .. } => content.write_flat(line),
            Self::Fill(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    line.push_str(if index == 0 { "" } else { ", " });
                    part.write_flat(line);
                }
            }
            Self::IfBroken(_) | Self::Comment { .. } => {}
            Self::Raw(text) => line.push_str(text),
        }
    }
}
