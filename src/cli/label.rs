//! `autosafe label`

use std::collections::BTreeMap;
use std::path::Path;

use super::arguments::LabelArguments;
use super::evaluating::{eval_failure, write_text};
use super::exit::{Exit, Failure, Outcome};
use super::label_desk::{Desk, Key, Shown};
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
    let known = store.labels_of(&labeller).map_err(eval_failure)?;
    let notes = known.iter().map(|row| (row.id.clone(), row.note.clone()));
    let mut session = Session {
        notes: notes.collect(),
        labels: known.into_iter().map(|row| (row.id, row.label)).collect(),
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

/// One labeller at work.
struct Session {
    store: LabelStore,
    labeller: String,
    actions: Vec<ToLabel>,
    labels: BTreeMap<String, Option<u8>>,
    /// What the labeller had to say, by action.
    notes: BTreeMap<String, String>,
}

impl Session {
    /// Shows one action after the other; a label is kept as soon as it is given.
    fn ask(&mut self) -> Result<(), Failure> {
        let mut desk = Desk::open();
        let mut place = self.next_from(0);
        while let Some(index) = place {
            self.show(&desk, index)?;
            let Some(key) = desk.read()? else {
                break;
            };
            place = match key {
                Key::Quit => break,
                Key::Back => Some(index.saturating_sub(1)),
                Key::Skip => Some((index + 1) % self.actions.len()),
                Key::Note(note) => {
                    self.note(index, note)?;
                    Some(index)
                }
                Key::Label(label) => {
                    self.keep(index, label)?;
                    self.next_from(index + 1)
                }
            };
        }
        desk.leave();
        Ok(())
    }

    /// The first action from `start` on that has no label, else the first of all that has none.
    fn next_from(&self, start: usize) -> Option<usize> {
        let is_open = |index: &usize| !self.labels.contains_key(&self.actions[*index].id);
        let later = (start..self.actions.len()).find(is_open);
        later.or_else(|| (0..start.min(self.actions.len())).find(is_open))
    }

    /// Keeps a label, with the note that was made of its action.
    fn keep(&mut self, index: usize, label: Option<u8>) -> Result<(), Failure> {
        let one = &self.actions[index];
        let note = self.notes.get(&one.id).map_or("", String::as_str);
        let row = one.row(label, &self.labeller, note);
        self.store.add(&row).map_err(eval_failure)?;
        self.labels.insert(row.id, label);
        Ok(())
    }

    /// Takes a note of an action; what was labelled already is kept again with it.
    fn note(&mut self, index: usize, note: String) -> Result<(), Failure> {
        let id = self.actions[index].id.clone();
        let label = self.labels.get(&id).copied();
        self.notes.insert(id, note);
        label.map_or(Ok(()), |label| self.keep(index, label))
    }

    fn show(&self, desk: &Desk, index: usize) -> Result<(), Failure> {
        let one = &self.actions[index];
        let actions = self.actions.iter();
        let done = actions.filter(|action| self.labels.contains_key(&action.id));
        desk.show(&Shown {
            labeller: &self.labeller,
            index,
            total: self.actions.len(),
            done: done.count(),
            already: self.labels.get(&one.id).map(|label| match label {
                Some(0) => "you said unsafe",
                Some(_) => "you said safe",
                None => "you could not tell",
            }),
            note: self.notes.get(&one.id).map_or("", String::as_str),
            case: &case_text(one),
        })
    }

    fn take_sheet(&mut self, path: &Path) -> Result<(), Failure> {
        let filled = read_csv(path).map_err(eval_failure)?;
        let mut unknown = 0;
        for line in &filled {
            let place = self.actions.iter().position(|one| one.id == line.id);
            match place {
                Some(index) => {
                    if !line.note.is_empty() {
                        self.notes.insert(line.id.clone(), line.note.clone());
                    }
                    self.keep(index, line.label)?;
                }
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
    if let (Some(people), true) = (&merged.people, merged.labellers.len() > 2) {
        let kappa = people
            .kappa
            .map_or_else(|| "–".to_owned(), |kappa| kappa.plain());
        text += &format!(
            "  all {} agree on {} of {}; Fleiss' kappa {kappa}\n",
            people.labellers, people.unanimous, people.actions
        );
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
