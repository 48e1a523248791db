//! Brackets: every one gets its partner, and nesting is bounded.
//!
//! Where brackets do not balance, indentation tells which of them was forgotten: a line that stands
//! no deeper than the one which opened a bracket, and looks like code, belongs outside of it.

use std::ops::Range;

use super::code_lines::{begins_declaration, indent_of, looks_like_code};
use super::findings::Findings;
use super::mended::Patch;
use crate::diagnostic::{Code, Diagnostic};

/// Deepest nesting of brackets that is handled.
pub(super) const MAX_DEPTH: usize = 128;

/// A bracket as written. `<` and `>` are brackets in types only, and never reported.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bracket {
    pub(super) at: usize,
    pub(super) character: char,
}

impl Bracket {
    fn place(self) -> Range<usize> {
        self.at..self.at + 1
    }
}

/// What counts for balance, in the order of the file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// A line on which code begins at `code`; the code before it ends at `before`.
    Line {
        start: usize,
        code: usize,
        before: usize,
    },
    Open(Bracket),
    Close(Bracket),
}

/// An open bracket.
#[derive(Debug, Clone, Copy)]
struct Opener {
    bracket: Bracket,
    /// The indent of the line it stands on.
    indent: usize,
    /// Whether the next line of code stands deeper; `None` as long as there is none.
    is_indented: Option<bool>,
}

impl Opener {
    fn closer(&self) -> char {
        closer_of(self.bracket.character)
    }

    fn is_angle(&self) -> bool {
        self.bracket.character == '<'
    }
}

/// The line of code that the walk is on.
#[derive(Debug, Clone, Copy, Default)]
struct CodeLine {
    code: usize,
    before: usize,
    indent: usize,
}

/// The brackets of a file, walked through once.
pub(super) struct Balance<'t> {
    text: &'t str,
    events: &'t [Event],
    stack: Vec<Opener>,
    line: CodeLine,
    /// Where the last code of the file ends.
    end: usize,
    /// Whether indentation is asked: only where plain counting has failed.
    reads_indentation: bool,
    /// How many more braces the file closes than it opens.
    surplus: i32,
    too_deep: Option<TooDeep>,
    has_reported_depth: bool,
}

/// A bracket beyond the bound, and how many are open inside it.
struct TooDeep {
    at: usize,
    open: usize,
}

/// Reports and mends what does not balance.
pub(super) fn balance(balance: Balance<'_>, findings: &mut Findings) {
    let reads_indentation = !is_balanced(balance.events);
    Balance {
        reads_indentation,
        ..balance
    }
    .run(findings);
}

/// Whether each bracket has its partner, angles left aside.
fn is_balanced(events: &[Event]) -> bool {
    let mut open = Vec::new();
    let mut partners = events.iter().map(|event| match event {
        Event::Open(bracket) if bracket.character != '<' => {
            open.push(bracket.character);
            true
        }
        Event::Close(bracket) if bracket.character != '>' => {
            open.pop().map(closer_of) == Some(bracket.character)
        }
        _ => true,
    });
    partners.all(|has_partner| has_partner) && open.is_empty()
}

impl<'t> Balance<'t> {
    /// The walk through `events`, which stand in `text`, the last code of which ends at `end`.
    pub(super) fn new(text: &'t str, events: &'t [Event], end: usize) -> Self {
        Self {
            text,
            events,
            stack: Vec::new(),
            line: CodeLine::default(),
            end,
            reads_indentation: false,
            surplus: surplus_of_braces(events),
            too_deep: None,
            has_reported_depth: false,
        }
    }

    fn run(mut self, findings: &mut Findings) {
        for (index, event) in self.events.iter().enumerate() {
            match *event {
                Event::Line {
                    start,
                    code,
                    before,
                } => {
                    let indent = indent_of(&self.text[start..]);
                    self.line(
                        CodeLine {
                            code,
                            before,
                            indent,
                        },
                        findings,
                    );
                }
                Event::Open(bracket) => self.open(bracket, findings),
                Event::Close(bracket) => {
                    let next = self.events.get(index + 1);
                    self.close(bracket, next, findings);
                }
            }
        }
        self.end(findings);
    }

    fn line(&mut self, line: CodeLine, findings: &mut Findings) {
        self.line = line;
        if self.reads_indentation && self.too_deep.is_none() {
            let outside = self.count_left_by_line(line);
            self.unclosed(outside, line.before, findings);
        }
        if let Some(top) = self.stack.last_mut() {
            top.is_indented.get_or_insert(line.indent > top.indent);
        }
    }

    /// How many of the innermost brackets a line leaves without closing them.
    fn count_left_by_line(&self, CodeLine { code, indent, .. }: CodeLine) -> usize {
        let line = self.text[code..].lines().next().unwrap_or_default();
        if line.starts_with([')', ']', '}']) {
            return 0;
        }
        let is_declaration = indent == 0 && begins_declaration(line);
        let looks_like_code = looks_like_code(line);
        let leaves = |opener: &&Opener| {
            let was_indented = match opener.bracket.character {
                '{' => opener.is_indented == Some(true),
                _ => true,
            };
            indent <= opener.indent && (is_declaration || (looks_like_code && was_indented))
        };
        self.stack.iter().rev().take_while(leaves).count()
    }

    fn open(&mut self, bracket: Bracket, findings: &mut Findings) {
        if let Some(too_deep) = &mut self.too_deep {
            too_deep.open += 1;
            return;
        }
        if self.stack.len() == MAX_DEPTH {
            self.report_depth(bracket, findings);
            return;
        }
        self.stack.push(Opener {
            bracket,
            indent: self.line.indent,
            is_indented: None,
        });
    }

    fn report_depth(&mut self, bracket: Bracket, findings: &mut Findings) {
        self.too_deep = Some(TooDeep {
            at: bracket.at,
            open: 1,
        });
        if !std::mem::replace(&mut self.has_reported_depth, true) {
            let span = findings.span(bracket.place());
            findings.report(
                Diagnostic::new(
                    Code::TooDeep,
                    span,
                    format!("nested more than {MAX_DEPTH} deep"),
                )
                .label(format!("{MAX_DEPTH} brackets are open before this one")),
            );
            findings.guesses.push(bracket.at);
        }
    }

    fn close(&mut self, bracket: Bracket, next: Option<&Event>, findings: &mut Findings) {
        if self.too_deep.is_some() {
            self.close_too_deep(bracket, findings);
            return;
        }
        if bracket.character == '>' {
            self.stack.pop_if(|top| top.is_angle());
            return;
        }
        // An angle that nothing closed is for the grammar to report.
        while self.stack.pop_if(|top| top.is_angle()).is_some() {}
        if self.is_one_too_many(bracket) {
            self.surplus -= 1;
            stray_closer(bracket, findings);
            return;
        }
        match self.count_left_by_closer(bracket) {
            Some(count) => {
                self.unclosed(count, self.end_before_closer(bracket), findings);
                self.stack.pop();
            }
            None => self.without_partner(bracket, next, findings),
        }
    }

    /// Whether a brace is deeper than the block that it would close, in a file with too many.
    fn is_one_too_many(&self, closer: Bracket) -> bool {
        let begins_line = closer.at == self.line.code;
        let is_deeper =
            |opener: &Opener| opener.is_indented == Some(true) && opener.indent < self.line.indent;
        self.surplus > 0
            && closer.character == '}'
            && begins_line
            && self.stack.last().is_some_and(is_deeper)
    }

    /// How many brackets lie open inside the one that this bracket closes.
    fn count_left_by_closer(&self, closer: Bracket) -> Option<usize> {
        let is_partner = |opener: &Opener| opener.closer() == closer.character;
        let nearest = self.stack.iter().rev().position(is_partner)?;
        let begins_line = closer.at == self.line.code;
        if !self.reads_indentation || !begins_line || closer.character != '}' {
            return Some(nearest);
        }
        let aligned = self
            .stack
            .iter()
            .rev()
            .position(|opener| is_partner(opener) && opener.indent <= self.line.indent);
        Some(aligned.unwrap_or(nearest))
    }

    /// Where the brackets inside should have ended: before the closer, or before its line.
    fn end_before_closer(&self, closer: Bracket) -> usize {
        if closer.at == self.line.code {
            self.line.before
        } else {
            closer.at
        }
    }

    fn close_too_deep(&mut self, bracket: Bracket, findings: &mut Findings) {
        let Some(too_deep) = &mut self.too_deep else {
            return;
        };
        too_deep.open -= 1;
        if too_deep.open == 0 {
            let range = too_deep.at..bracket.at + 1;
            self.too_deep = None;
            // `list` by itself would be one more mistake; what cannot be read here is not told again.
            findings.patches.push(match bracket.character {
                '>' => Patch::replace(range, "<>"),
                _ => Patch::delete(range),
            });
        }
    }

    /// Reports the innermost `count` brackets as one mistake, and closes them at `end`.
    fn unclosed(&mut self, count: usize, end: usize, findings: &mut Findings) {
        let openers = self.stack.split_off(self.stack.len() - count);
        let brackets: Vec<&Opener> = openers.iter().filter(|opener| !opener.is_angle()).collect();
        let Some(innermost) = brackets.last() else {
            return;
        };
        let mut diagnostic = Diagnostic::new(
            Code::Unclosed,
            findings.span(innermost.bracket.place()),
            format!("`{}` is never closed", innermost.bracket.character),
        )
        .label("opens here");
        for outer in &brackets[..brackets.len() - 1] {
            diagnostic = diagnostic.other(findings.span(outer.bracket.place()), "nor is this one");
        }
        let end = end.max(innermost.bracket.at + 1);
        let closers: String = openers.iter().rev().map(Opener::closer).collect();
        let at = findings.span(end..end);
        findings.report(diagnostic.other(at, format!("`{closers}` could stand here")));
        findings.guess(end, &closers);
    }

    /// A closing bracket that nothing opened, or that closes one of another kind.
    fn without_partner(&mut self, bracket: Bracket, next: Option<&Event>, findings: &mut Findings) {
        let on_line = |opener: &&Opener| opener.bracket.at >= self.line.code;
        let top = self.stack.last().copied();
        match top.filter(|opener| on_line(&opener) && !closes(next, opener)) {
            Some(opener) => {
                self.stack.pop();
                wrong_closer(opener, bracket, findings);
            }
            None => stray_closer(bracket, findings),
        }
    }

    fn end(mut self, findings: &mut Findings) {
        if let Some(too_deep) = self.too_deep.take() {
            findings
                .patches
                .push(Patch::delete(too_deep.at..self.text.len()));
            // One mistake, one message: what is open is open because of the depth, for all we know.
            let closers: String = self.stack.iter().rev().map(Opener::closer).collect();
            findings.guess(self.text.len(), &closers);
            return;
        }
        self.unclosed(self.stack.len(), self.end, findings);
    }
}

/// Whether the next event closes an opener.
fn closes(next: Option<&Event>, opener: &Opener) -> bool {
    matches!(next, Some(Event::Close(bracket)) if bracket.character == opener.closer())
}

fn surplus_of_braces(events: &[Event]) -> i32 {
    let weight = |event: &Event| match event {
        Event::Close(bracket) if bracket.character == '}' => 1,
        Event::Open(bracket) if bracket.character == '{' => -1,
        _ => 0,
    };
    events.iter().map(weight).sum()
}

fn wrong_closer(opener: Opener, closer: Bracket, findings: &mut Findings) {
    let right = opener.closer().to_string();
    let span = findings.span(closer.place());
    findings.report(
        Diagnostic::new(
            Code::Unclosed,
            findings.span(opener.bracket.place()),
            format!(
                "`{}` is closed by a bracket of another kind",
                opener.bracket.character
            ),
        )
        .label("opens here")
        .other(span, format!("`{right}` should stand here")),
    );
    findings.guesses.push(closer.at);
    findings.patches.push(Patch::replace(closer.place(), right));
}

fn stray_closer(closer: Bracket, findings: &mut Findings) {
    let message = format!("`{}` closes nothing", closer.character);
    findings.report(
        Diagnostic::new(Code::Syntax, findings.span(closer.place()), message)
            .label("nothing is open that it could close"),
    );
    findings.guesses.push(closer.at);
    findings.patches.push(Patch::delete(closer.place()));
}

fn closer_of(opener: char) -> char {
    match opener {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        _ => '>',
    }
}
