//! The forms in which rows are written: one for each export, and a second for some trainers.

use serde::Serialize;

use super::agentdog::agentdog_rows;
use super::alpaca::alpaca_row;
use super::atif::atif_rows;
use super::dpo::dpo_row;
use super::inspect::inspect_row;
use super::judge::judge_rows;
use super::kto::kto_rows;
use super::sft::sft_row;
use super::sharegpt::{sharegpt_labelled_rows, sharegpt_preference_row, sharegpt_row};
use super::stepwise::stepwise_rows;
use super::trajectories::trajectory_rows;
use super::tree::Tree;
use crate::check::Export;
use crate::run::SplitPart;

/// One form of one export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Sft,
    Alpaca,
    Sharegpt,
    Dpo,
    Kto,
    Judge,
    Trajectories,
    Stepwise,
    Atif,
    Agentdog,
    Inspect,
    DpoSharegpt,
    KtoSharegpt,
}

impl Form {
    /// Every form, in the order in which the card tells of them.
    pub(super) const ALL: [Self; 13] = [
        Self::Sft,
        Self::Alpaca,
        Self::Sharegpt,
        Self::Dpo,
        Self::Kto,
        Self::Judge,
        Self::Trajectories,
        Self::Stepwise,
        Self::Atif,
        Self::Agentdog,
        Self::Inspect,
        Self::DpoSharegpt,
        Self::KtoSharegpt,
    ];

    /// The export that this is a form of.
    pub(super) fn export(self) -> Export {
        match self {
            Self::Sft => Export::Sft,
            Self::Alpaca => Export::Alpaca,
            Self::Sharegpt => Export::Sharegpt,
            Self::Dpo | Self::DpoSharegpt => Export::Dpo,
            Self::Kto | Self::KtoSharegpt => Export::Kto,
            Self::Judge => Export::Judge,
            Self::Trajectories => Export::Trajectories,
            Self::Stepwise => Export::Stepwise,
            Self::Atif => Export::Atif,
            Self::Agentdog => Export::Agentdog,
            Self::Inspect => Export::Inspect,
        }
    }

    /// The file with the rows of `split`, below the dataset's folder.
    pub(super) fn path(self, split: SplitPart) -> String {
        let word = self.export().word();
        let file = split.word();
        if self.is_primary() {
            format!("{word}/{file}.jsonl")
        } else {
            format!("llamafactory/{word}/{file}.jsonl")
        }
    }

    /// Whether the form is one of its own, not a copy of another for one trainer.
    pub(super) fn is_primary(self) -> bool {
        !matches!(self, Self::DpoSharegpt | Self::KtoSharegpt)
    }

    /// What the form is for, in words.
    pub(super) fn purpose(self) -> &'static str {
        match self {
            Self::Sft => "supervised fine-tuning on chats with tools: TRL, axolotl, OpenAI",
            Self::Alpaca => "supervised fine-tuning on text: LLaMA-Factory, the paper's own form",
            Self::Sharegpt => "supervised fine-tuning on conversations with tools: LLaMA-Factory",
            Self::Dpo => "preference tuning: TRL",
            Self::Kto => "tuning on single actions, desirable or not: TRL",
            Self::Judge => "training a safety evaluator",
            Self::Trajectories => "guards that read whole trajectories",
            Self::Stepwise => "process reward models: TRL's stepwise supervision",
            Self::Atif => "trajectories for other tools: ATIF 1.7, one document a line",
            Self::Agentdog => "guards of the AgentDoG family: ATBench's form, in which 1 is unsafe",
            Self::Inspect => "samples for Inspect AI",
            Self::DpoSharegpt => "`dpo` as LLaMA-Factory reads it",
            Self::KtoSharegpt => "`kto` as LLaMA-Factory reads it",
        }
    }

    /// The rows of the tree, each a line of JSON.
    pub(super) fn lines(self, tree: &Tree<'_>) -> Vec<String> {
        match self {
            Self::Sft => to_lines(sft_row(tree)),
            Self::Alpaca => to_lines(alpaca_row(tree)),
            Self::Sharegpt => to_lines(sharegpt_row(tree)),
            Self::Dpo => to_lines(dpo_row(tree)),
            Self::Kto => to_lines(kto_rows(tree)),
            Self::Judge => to_lines(judge_rows(tree)),
            Self::Trajectories => to_lines(trajectory_rows(tree)),
            Self::Stepwise => to_lines(stepwise_rows(tree)),
            Self::Atif => to_lines(atif_rows(tree)),
            Self::Agentdog => to_lines(agentdog_rows(tree)),
            Self::Inspect => to_lines(inspect_row(tree)),
            Self::DpoSharegpt => to_lines(sharegpt_preference_row(tree)),
            Self::KtoSharegpt => to_lines(sharegpt_labelled_rows(tree)),
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
