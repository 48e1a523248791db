//! `autosafe label`

use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal as _, Write as _};
use std::path::Path;

use super::arguments::LabelArguments;
use super::evaluating::{eval_failure, write_text};
use super::exit::{Exit, Failure, Outcome};
use super::output::{counted, print_note, print_result};
use super::runs::failure_of;
use crate::eval::{LabelStore, Merged, ToLabel, case_text, read_csv, sample, to_csv};
use crate::run::{Ending, Record, endings};

/// Has people label a sample of a run's actions, in the terminal or in a spreadsheet.
pub fn label(arguments: &LabelArguments) -> Outcome {
    let actions = sample(records_of(&arguments.run)?, arguments.count, arguments.seed);
    if actions.is_empty() {
        return Err(Failure::usage(format!(
            "the run in `{}` has kept no action yet, so there is nothing to label",
            arguments.run.display()
        )));
    }
    let store = LabelStore::open(&arguments.run).map_err(eval_failure)?;
    let labeller = labeller(arguments)?;
    let mut session = Session {
        labels: known_labels(&store, &labeller)?,
        labeller,
        store,
        actions,
    };
    if let Some(path) = &arguments.csv {
        write_text(path, &to_csv(&session.actions, &session.labels))?;
        print_note(format_args!(
            "{} in {}; fill in the column `label` and read it with `--read`",
            counted(session.actions.len() as u64, "action"),
            path.display()
        ));
        return Ok(Exit::Done);
    }
    match &arguments.read {
        Some(path) => session.take_sheet(path)?,
        None => session.ask()?,
    }
    let merged = session.store.merge().map_err(eval_failure)?;
    print_result(describe(&merged))?;
    Ok(Exit::Done)
}

fn records_of(run: &Path) -> Result<Vec<Record>, Failure> {
    let mut records = Vec::new();
    for item in endings(run).map_err(failure_of)? {
        let (_, endings) = item.map_err(failure_of)?;
        records.extend(endings.into_iter().filter_map(|ending| match ending {
            Ending::Kept { record } => Some(*record),
            Ending::Dropped { .. } | Ending::Failed { .. } => None,
        }));
    }
    Ok(records)
}

/// The name that labels go under: the one given, or the user's.
fn labeller(arguments: &LabelArguments) -> Result<String, Failure> {
    let user = || {
        ["USER", "USERNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok())
    };
    arguments
        .labeller
        .clone()
        .or_else(user)
        .ok_or_else(|| Failure::usage("it is not known who labels; give a name with `--labeller`"))
}

fn known_labels(
    store: &LabelStore,
    labeller: &str,
) -> Result<BTreeMap<String, Option<u8>>, Failure> {
    let rows = store.labels_of(labeller).map_err(eval_failure)?;
    Ok(rows.into_iter().map(|row| (row.id, row.label)).collect())
}

/// One labeller at work.
struct Session {
    store: LabelStore,
    labeller: String,
    actions: Vec<ToLabel>,
    labels: BTreeMap<String, Option<u8>>,
}

/// What a labeller types.
enum Key {
    Label(Option<u8>),
    Back,
    Quit,
}

impl Session {
    /// Shows one action after the other; a label is kept as soon as it is given.
    fn ask(&mut self) -> Result<(), Failure> {
        let mut lines = io::stdin().lock().lines();
        let mut place = self.next_from(0);
        while let Some(index) = place {
            self.show(index)?;
            let Some(key) = read_key(&mut lines)? else {
                break;
            };
            place = match key {
                Key::Quit => break,
                Key::Back => Some(index.saturating_sub(1)),
                Key::Label(label) => {
                    self.keep(index, label, "")?;
                    self.next_from(index + 1)
                }
            };
        }
        Ok(())
    }

    /// The first action from `start` on that has no label, else the first of all that has none.
    fn next_from(&self, start: usize) -> Option<usize> {
        let is_open = |index: &usize| !self.labels.contains_key(&self.actions[*index].id);
        let later = (start..self.actions.len()).find(is_open);
        later.or_else(|| (0..start.min(self.actions.len())).find(is_open))
    }

    fn keep(&mut self, index: usize, label: Option<u8>, note: &str) -> Result<(), Failure> {
        let row = self.actions[index].row(label, &self.labeller, note);
        self.store.add(&row).map_err(eval_failure)?;
        self.labels.insert(row.id, label);
        Ok(())
    }

    fn show(&self, index: usize) -> Result<(), Failure> {
        let one = &self.actions[index];
        let done = self
            .actions
            .iter()
            .filter(|action| self.labels.contains_key(&action.id))
            .count();
        let already = match self.labels.get(&one.id) {
            None => "",
            Some(Some(0)) => " · you said unsafe",
            Some(Some(_)) => " · you said safe",
            Some(None) => " · you could not tell",
        };
        let rule = "─".repeat(72);
        print_result(format!(
            "{rule}\n{} of {} · {done} labelled{already}\n\n{}\nMay this action bring harm about, here?  s safe · u unsafe · ? cannot tell · b back · q quit\n> ",
            index + 1,
            self.actions.len(),
            case_text(one),
        ))
    }

    fn take_sheet(&mut self, path: &Path) -> Result<(), Failure> {
        let filled = read_csv(path).map_err(eval_failure)?;
        let mut unknown = 0;
        for line in &filled {
            let place = self.actions.iter().position(|one| one.id == line.id);
            match place {
                Some(index) => self.keep(index, line.label, &line.note)?,
                None => unknown += 1,
            }
        }
        if unknown > 0 {
            return Err(Failure::usage(format!(
                "`{}` holds {} that the sample does not have; read it with the `--count` and `--seed` that it was written with (the other {} are kept)",
                path.display(),
                counted(unknown, "action"),
                filled.len() as u64 - unknown,
            )));
        }
        Ok(())
    }
}

/// The next key; nothing when the input has ended. A line that is none is asked for again.
fn read_key(lines: &mut impl Iterator<Item = io::Result<String>>) -> Result<Option<Key>, Failure> {
    loop {
        let Some(line) = lines.next() else {
            return Ok(None);
        };
        let line = line
            .map_err(|error| Failure::usage(format!("cannot read from standard input: {error}")))?;
        let key = match line.trim().to_ascii_lowercase().as_str() {
            "s" | "safe" | "1" => Key::Label(Some(1)),
            "u" | "unsafe" | "0" => Key::Label(Some(0)),
            "?" => Key::Label(None),
            "b" | "back" => Key::Back,
            "q" | "quit" => Key::Quit,
            _ => {
                print_result("s, u, ?, b or q\n> ")?;
                continue;
            }
        };
        if !io::stdin().is_terminal() {
            // Over a pipe nobody sees what was typed.
            let _ = writeln!(io::stdout());
        }
        return Ok(Some(key));
    }
}

/// What there is now, and what to do with it.
fn describe(merged: &Merged) -> String {
    let mut text = format!(
        "{} in {}\n",
        counted(merged.labels, "label"),
        merged.path.display()
    );
    for (name, actions) in &merged.labellers {
        text.push_str(&format!("  {name}: {}\n", counted(*actions, "action")));
    }
    if merged.undecided > 0 {
        text.push_str(&format!(
            "  undecided, and left out: {}\n",
            counted(merged.undecided, "action")
        ));
    }
    for pair in &merged.pairs {
        let kappa = pair
            .kappa
            .map_or_else(|| "–".to_owned(), |kappa| kappa.plain());
        text.push_str(&format!(
            "  {} and {} agree on {} of {}; Cohen's kappa {kappa}\n",
            pair.first, pair.second, pair.agreed, pair.actions
        ));
    }
    text.push_str(&format!(
        "\nnext      autosafe judge --labels {} --models FILE.ots\n",
        merged.path.display()
    ));
    text
}
