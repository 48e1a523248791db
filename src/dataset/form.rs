//! The forms in which rows are written: one for each export, and a second for some trainers.

use serde::Serialize;

use super::alpaca::alpaca_row;
use super::dpo::dpo_row;
use super::judge::judge_rows;
use super::llama_factory::{sharegpt_preference_row, sharegpt_row};
use super::sft::sft_row;
use super::trajectories::trajectory_rows;
use crate::check::Export;
use crate::run::{Record, SplitPart};

/// One form of one export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Sft,
    Alpaca,
    Dpo,
    Judge,
    Trajectories,
    SftSharegpt,
    DpoSharegpt,
}

impl Form {
    /// Every form, in the order in which the card tells of them.
    pub(super) const ALL: [Self; 7] = [
        Self::Sft,
        Self::Alpaca,
        Self::Dpo,
        Self::Judge,
        Self::Trajectories,
        Self::SftSharegpt,
        Self::DpoSharegpt,
    ];

    /// The export that this is a form of.
    pub(super) fn export(self) -> Export {
        match self {
            Self::Sft | Self::SftSharegpt => Export::Sft,
            Self::Alpaca => Export::Alpaca,
            Self::Dpo | Self::DpoSharegpt => Export::Dpo,
            Self::Judge => Export::Judge,
            Self::Trajectories => Export::Trajectories,
        }
    }

    /// The file with the rows of `split`, below the dataset's folder.
    pub(super) fn path(self, split: SplitPart) -> String {
        let word = self.export().word();
        let file = split.word();
        match self {
            Self::SftSharegpt | Self::DpoSharegpt => format!("llamafactory/{word}/{file}.jsonl"),
            Self::Sft | Self::Alpaca | Self::Dpo | Self::Judge | Self::Trajectories => {
                format!("{word}/{file}.jsonl")
            }
        }
    }

    /// Whether the form is one of its own, not a copy of another for one trainer.
    pub(super) fn is_primary(self) -> bool {
        !matches!(self, Self::SftSharegpt | Self::DpoSharegpt)
    }

    /// What the form is for, in words.
    pub(super) fn purpose(self) -> &'static str {
        match self {
            Self::Sft => "supervised fine-tuning on chats with tools: TRL, axolotl, OpenAI",
            Self::Alpaca => "supervised fine-tuning on text: LLaMA-Factory, the paper's own form",
            Self::Dpo => "preference tuning: TRL",
            Self::Judge => "training a safety evaluator",
            Self::Trajectories => "guards that read whole trajectories",
            Self::SftSharegpt => "`sft` as LLaMA-Factory reads it",
            Self::DpoSharegpt => "`dpo` as LLaMA-Factory reads it",
        }
    }

    /// The rows of `record`, each a line of JSON.
    pub(super) fn lines(self, record: &Record) -> Vec<String> {
        match self {
            Self::Sft => to_lines(sft_row(record)),
            Self::Alpaca => to_lines(alpaca_row(record)),
            Self::Dpo => to_lines(dpo_row(record)),
            Self::Judge => to_lines(judge_rows(record)),
            Self::Trajectories => to_lines(trajectory_rows(record)),
            Self::SftSharegpt => to_lines(sharegpt_row(record)),
            Self::DpoSharegpt => to_lines(sharegpt_preference_row(record)),
        }
    }
}

/// A row as a line of JSON, without its end.
pub(super) fn to_line(row: &impl Serialize) -> String {
    serde_json::to_string(row).expect("rows have text keys only")
}

fn to_lines<Row: Serialize>(rows: impl IntoIterator<Item = Row>) -> Vec<String> {
    rows.into_iter().map(|row| to_line(&row)).collect()
}
