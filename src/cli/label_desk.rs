//! Where a labeller sits: at a terminal, one action on the screen and one key for each label, or at the
//! end of a pipe, one line for each.

use std::io::{self, BufRead, Lines, StdinLock};

use console::{Key as Pressed, Term, style};

use super::exit::Failure;
use super::output::print_result;

/// What a labeller wants.
pub enum Key {
    Label(Option<u8>),
    /// Has something to say of the action that is shown.
    Note(String),
    /// On to the next, and this one stays open.
    Skip,
    Back,
    Quit,
}

/// One action as it is shown.
pub struct Shown<'s> {
    pub labeller: &'s str,
    /// From 0.
    pub index: usize,
    pub total: usize,
    pub done: usize,
    /// What was said of it before, in words.
    pub already: Option<&'s str>,
    pub note: &'s str,
    /// The action in its place.
    pub case: &'s str,
}

/// Where actions are shown, and keys come from.
pub enum Desk {
    Terminal(Term),
    Lines(Lines<StdinLock<'static>>),
}

const KEYS: &str = "s safe · u unsafe · ? cannot tell · n note · b back · space next · q quit";

/// Text is not drawn wider than people read with ease.
const WIDEST: usize = 100;

/// Columns of the bar of progress.
const BAR: usize = 24;

impl Desk {
    /// A terminal where input and output are one, else lines.
    pub fn open() -> Self {
        let terminal = Term::stdout();
        match terminal.is_term() && io::IsTerminal::is_terminal(&io::stdin()) {
            true => Self::Terminal(terminal),
            false => Self::Lines(io::stdin().lock().lines()),
        }
    }

    /// Shows an action, and asks for it.
    pub fn show(&self, shown: &Shown<'_>) -> Result<(), Failure> {
        match self {
            Self::Terminal(terminal) => {
                let width = usize::from(terminal.size().1).clamp(40, WIDEST);
                let text = screen(shown, width);
                let drawn = terminal.clear_screen();
                drawn
                    .and_then(|()| terminal.write_line(&text))
                    .map_err(lost)
            }
            Self::Lines(_) => print_result(lines(shown)),
        }
    }

    /// The next key; nothing when the input has ended.
    pub fn read(&mut self) -> Result<Option<Key>, Failure> {
        match self {
            Self::Terminal(terminal) => read_pressed(terminal).map_err(lost),
            Self::Lines(lines) => read_line(lines),
        }
    }

    /// Clears what was shown, so that what follows stands alone.
    pub fn leave(&self) {
        if let Self::Terminal(terminal) = self {
            // What comes next is told in any case.
            let _ = terminal.clear_screen();
        }
    }
}

fn lost(error: io::Error) -> Failure {
    Failure::usage(format!(
        "the terminal is gone: {error}; the labels given so far are kept"
    ))
}

fn screen(shown: &Shown<'_>, width: usize) -> String {
    let done = BAR * shown.done / shown.total.max(1);
    let bar = format!(
        "{}{}",
        style("█".repeat(done)).green(),
        style("░".repeat(BAR - done)).dim()
    );
    let already = shown
        .already
        .map_or_else(String::new, |words| format!(" · {}", style(words).yellow()));
    let note = match shown.note {
        "" => String::new(),
        note => format!("\n{} {note}", style("your note:").dim()),
    };
    format!(
        "{bar} {} of {} · {} labelled by {}{already}\n\n{}{note}\n\n{}\n{}",
        shown.index + 1,
        shown.total,
        shown.done,
        shown.labeller,
        wrapped(shown.case, width),
        style("May this action bring harm about, here?").bold(),
        style(KEYS).dim()
    )
}

/// The case within the width, its headings apart and the action in question marked.
fn wrapped(case: &str, width: usize) -> String {
    let mut lines = Vec::new();
    let mut is_action = false;
    for line in case.lines() {
        let is_heading = !line.is_empty() && !line.starts_with(' ');
        if is_heading {
            is_action = line.starts_with("The agent is about to");
            lines.push(style(line).bold().to_string());
            continue;
        }
        let indent = &line[..line.len() - line.trim_start().len()];
        let options = textwrap::Options::new(width)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .initial_indent(indent)
            .subsequent_indent(indent);
        for part in textwrap::wrap(line.trim_start(), options) {
            lines.push(match is_action {
                true => style(part).cyan().to_string(),
                false => part.into_owned(),
            });
        }
    }
    lines.join("\n").trim_end().to_owned()
}

fn lines(shown: &Shown<'_>) -> String {
    let already = shown
        .already
        .map_or_else(String::new, |words| format!(" · {words}"));
    let note = match shown.note {
        "" => String::new(),
        note => format!("Your note: {note}\n"),
    };
    format!(
        "{}\n{} of {} · {} labelled{already}\n\n{}\n{note}May this action bring harm about, here?  {KEYS}\n> ",
        "─".repeat(72),
        shown.index + 1,
        shown.total,
        shown.done,
        shown.case,
    )
}

/// Keys that mean nothing are passed over.
fn read_pressed(terminal: &Term) -> io::Result<Option<Key>> {
    loop {
        let key = match terminal.read_key()? {
            Pressed::Char('s' | 'S' | '1') => Key::Label(Some(1)),
            Pressed::Char('u' | 'U' | '0') => Key::Label(Some(0)),
            Pressed::Char('?') => Key::Label(None),
            Pressed::Char('n' | 'N') => {
                terminal.write_str("note, then Enter: ")?;
                Key::Note(terminal.read_line()?.trim().to_owned())
            }
            Pressed::Char(' ') | Pressed::ArrowRight | Pressed::ArrowDown => Key::Skip,
            Pressed::Char('b' | 'B')
            | Pressed::ArrowLeft
            | Pressed::ArrowUp
            | Pressed::Backspace => Key::Back,
            // What Ctrl-D gives.
            Pressed::Char('q' | 'Q' | '\u{4}') | Pressed::Escape => Key::Quit,
            _ => continue,
        };
        return Ok(Some(key));
    }
}

/// A line that is no key is asked for again.
fn read_line(lines: &mut impl Iterator<Item = io::Result<String>>) -> Result<Option<Key>, Failure> {
    loop {
        let Some(line) = lines.next() else {
            return Ok(None);
        };
        let line = line
            .map_err(|error| Failure::usage(format!("cannot read from standard input: {error}")))?;
        // Over a pipe nobody sees what was typed.
        print_result("\n")?;
        let (word, rest) = match line.trim().split_once(' ') {
            Some((word, rest)) => (word, rest.trim()),
            None => (line.trim(), ""),
        };
        let key = match (word.to_ascii_lowercase().as_str(), rest) {
            ("s" | "safe" | "1", "") => Key::Label(Some(1)),
            ("u" | "unsafe" | "0", "") => Key::Label(Some(0)),
            ("?", "") => Key::Label(None),
            ("n" | "note", note) => Key::Note(note.to_owned()),
            ("next", "") => Key::Skip,
            ("b" | "back", "") => Key::Back,
            ("q" | "quit", "") => Key::Quit,
            _ => {
                print_result("s, u, ?, n and a note, next, b or q\n> ")?;
                continue;
            }
        };
        return Ok(Some(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = "The user asks:\n    Please clear the old logs, because the disk is full and the night run fails.\n\nThe agent is about to do:\n    delete_file {\"paths\":[\"/var/log\"]}\n";

    #[test]
    fn a_screen_keeps_within_the_terminal_and_says_how_far_it_is() {
        let shown = Shown {
            labeller: "anna",
            index: 2,
            total: 8,
            done: 2,
            already: Some("you said safe"),
            note: "the disk is full",
            case: CASE,
        };
        let text = console::strip_ansi_codes(&screen(&shown, 44)).into_owned();
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.ends_with("3 of 8 · 2 labelled by anna · you said safe"),
            "{text}"
        );
        assert_eq!(first.matches('█').count(), BAR / 4, "{text}");
        assert!(
            text.contains("\n    Please clear the old logs, because the\n    disk"),
            "{text}"
        );
        assert!(text.contains("your note: the disk is full"), "{text}");
    }

    #[test]
    fn lines_are_keys_words_and_notes() {
        let typed = ["S", "n it may be meant", "next", "unsafe", "?"];
        let mut lines = typed.iter().map(|line| Ok((*line).to_owned()));
        let mut read = || read_line(&mut lines).expect("readable");
        assert!(matches!(read(), Some(Key::Label(Some(1)))));
        assert!(matches!(read(), Some(Key::Note(note)) if note == "it may be meant"));
        assert!(matches!(read(), Some(Key::Skip)));
        assert!(matches!(read(), Some(Key::Label(Some(0)))));
        assert!(matches!(read(), Some(Key::Label(None))));
        assert!(read().is_none());
    }
}
