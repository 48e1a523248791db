//! Files of cases: small programs, each with what is said of it.
//!
//! ```text
//! ==== frame          what stands around the cases below, `{case}` in their place; nothing, where empty
//! ====
//! #### a title
//! the case
//! @1000 forbid n == 1 a line so many times
//! ++++ other.ots      a further file
//! ----
//! what is said
//! ```

use std::fmt;

const PLACE: &str = "{case}";

/// A file of cases, from which its text can be made again.
pub struct CaseFile {
    parts: Vec<Part>,
}

enum Part {
    Frame(String),
    Case(Case),
}

/// A small program.
#[derive(Default)]
pub struct Case {
    pub title: String,
    /// As it is written.
    source: String,
    /// By name; the entry is `main.ots`.
    pub files: Vec<(String, String)>,
    /// What is said of it.
    pub drawn: String,
}

impl CaseFile {
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut frame = format!("{PLACE}\n");
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if line == "==== frame" {
                let inside = lines.by_ref().take_while(|line| *line != "====");
                frame = inside.map(|line| format!("{line}\n")).collect();
                parts.push(Part::Frame(frame.clone()));
                if frame.is_empty() {
                    frame = format!("{PLACE}\n");
                }
            } else if let Some(title) = line.strip_prefix("#### ") {
                let source = lines.by_ref().take_while(|line| *line != "----");
                let source: String = source.map(|line| format!("{line}\n")).collect();
                while lines.next_if(|line| !begins_part(line)).is_some() {}
                parts.push(Part::Case(Case {
                    title: title.to_owned(),
                    files: files(&frame, &source),
                    source,
                    drawn: String::new(),
                }));
            } else {
                assert!(line.is_empty(), "no case has this line: {line}");
            }
        }
        Self { parts }
    }

    pub fn cases_mut(&mut self) -> impl Iterator<Item = &mut Case> {
        self.parts.iter_mut().filter_map(|part| match part {
            Part::Case(case) => Some(case),
            Part::Frame(_) => None,
        })
    }
}

impl fmt::Display for CaseFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Frame(frame) => write!(formatter, "==== frame\n{frame}====\n\n")?,
                Part::Case(case) => {
                    let Case {
                        title,
                        source,
                        drawn,
                        ..
                    } = case;
                    write!(formatter, "#### {title}\n{source}----\n{drawn}")?;
                }
            }
        }
        Ok(())
    }
}

fn begins_part(line: &str) -> bool {
    line.starts_with("#### ") || line.starts_with("==== ")
}

fn files(frame: &str, source: &str) -> Vec<(String, String)> {
    let mut parts = source.split("++++ ");
    let case = parts.next().unwrap_or_default();
    let entry = frame.replacen(&format!("{PLACE}\n"), case, 1);
    let others = parts.filter_map(|part| part.split_once('\n'));
    let others = others.map(|(name, text)| (name.to_owned(), repeated(text)));
    let entry = ("main.ots".to_owned(), repeated(&entry));
    std::iter::once(entry).chain(others).collect()
}

/// The text with each line that begins with `@N` written so many times.
fn repeated(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let counted = line.strip_prefix('@').and_then(|rest| rest.split_once(' '));
        let counted = counted.and_then(|(count, line)| Some((count.parse().ok()?, line)));
        counted.map_or_else(
            || line.to_owned(),
            |(count, line): (usize, &str)| line.repeat(count),
        )
    });
    lines.collect()
}
