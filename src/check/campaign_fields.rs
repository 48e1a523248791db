//! Campaigns: their fields, and the one that a file without campaigns gets.

use std::collections::BTreeMap;

use super::calibrate::CALIBRATE;
use super::campaign::{Budget, Export, Overlong, Protocol, Rollout, Split, SplitBy};
use super::checker::Checker;
use super::entities::Role;
use super::expressions::wrong_type;
use super::fields::{FieldRule, Fields, Shape, Table};
use super::program::Campaign;
use super::quality::Quality;
use super::quality_fields::QUALITY;
use super::types::docs_text;
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::{DeclarationId, DeclarationKind, ModuleId};
use crate::source::Span;
use crate::syntax::{Block, Expr, ExprKind, Item, Path};

const SMALL: i64 = u32::MAX as i64;

const ROLES: Table = Table {
    owner: "`roles`",
    fields: &[
        FieldRule::optional("generator", Shape::Free),
        FieldRule::optional("user", Shape::Free),
        FieldRule::optional("agent", Shape::Free),
        FieldRule::optional("responder", Shape::Free),
        FieldRule::optional("simulator", Shape::Free),
        FieldRule::optional("evaluator", Shape::Free),
        FieldRule::optional("reflector", Shape::Free),
    ],
};

const ROLLOUT: Table = Table {
    owner: "`rollout`",
    fields: &[
        FieldRule::optional(
            "trajectories",
            Shape::Int {
                least: 1,
                most: SMALL,
            },
        ),
        FieldRule::optional(
            "max_steps",
            Shape::Int {
                least: 1,
                most: SMALL,
            },
        ),
        FieldRule::optional(
            "user_turns",
            Shape::Int {
                least: 0,
                most: SMALL,
            },
        ),
        FieldRule::optional("protocol", Shape::Word(&["tools", "react"])),
        FieldRule::optional("overlong", Shape::Word(&["drop", "shorten"])),
    ],
};

const REFLECT: Table = Table {
    owner: "`reflect`",
    fields: &[FieldRule::optional(
        "rounds",
        Shape::Int {
            least: 0,
            most: SMALL,
        },
    )],
};

const BUDGET: Table = Table {
    owner: "`budget`",
    fields: &[
        FieldRule::optional(
            "usd",
            Shape::Number {
                least: 0.0,
                most: f64::INFINITY,
            },
        ),
        FieldRule::optional(
            "tokens",
            Shape::Int {
                least: 1,
                most: i64::MAX,
            },
        ),
        FieldRule::optional("time", Shape::Duration),
    ],
};

const SPLIT: Table = Table {
    owner: "`split`",
    fields: &[
        FieldRule::optional(
            "by",
            Shape::Word(&["scenario", "row", "toolkit", "outcome"]),
        ),
        FieldRule::optional("train", Shape::Percent),
        FieldRule::optional("validation", Shape::Percent),
        FieldRule::optional("test", Shape::Percent),
    ],
};

const CAMPAIGN: Table = Table {
    owner: "a campaign",
    fields: &[
        FieldRule::optional("describe", Shape::Text),
        FieldRule::optional("scenarios", Shape::Free),
        FieldRule::optional(
            "seed",
            Shape::Int {
                least: 0,
                most: i64::MAX,
            },
        ),
        FieldRule::optional("twins", Shape::Percent),
        FieldRule::optional("prompts", Shape::Free),
        FieldRule::optional("roles", Shape::Block(&ROLES)),
        FieldRule::optional("rollout", Shape::Block(&ROLLOUT)),
        FieldRule::optional("reflect", Shape::Block(&REFLECT)),
        FieldRule::optional("budget", Shape::Block(&BUDGET)),
        FieldRule::optional("split", Shape::Block(&SPLIT)),
        FieldRule::optional("quality", Shape::Block(&QUALITY)),
        FieldRule::optional("calibrate", Shape::Block(&CALIBRATE)),
        FieldRule::optional("export", Shape::Words(EXPORTS)),
    ],
};

const EXPORTS: &[&str] = &[
    "sft",
    "alpaca",
    "sharegpt",
    "dpo",
    "kto",
    "judge",
    "trajectories",
    "stepwise",
    "atif",
    "agentdog",
    "inspect",
];

/// Rounds of reflection where a campaign does not say.
const ROUNDS: u32 = 10;

/// A campaign whose scenarios are still declarations.
pub(super) struct CheckedCampaign {
    pub campaign: Campaign,
    /// `None` for all of the file.
    pub scenarios: Option<Vec<DeclarationId>>,
}

impl<'w> Checker<'w> {
    /// Checks a campaign.
    pub fn check_campaign(
        &self,
        id: DeclarationId,
        item: &'w Item,
        block: &'w Block,
    ) -> CheckedCampaign {
        let fields = self.read_fields(&CAMPAIGN, &block.name, &block.body.entries);
        let describe = fields.text("describe");
        let campaign = Campaign {
            name: block.name.text.clone(),
            span: block.name.span,
            describe: describe
                .map_or_else(|| docs_text(item.docs.as_ref()), |text| text.value.clone()),
            scenarios: Vec::new(),
            seed: fields.count("seed").unwrap_or_default(),
            twins: fields.number("twins").unwrap_or_default() / 100.0,
            prompts: self.read_prompts(id.module, &fields),
            roles: self.read_roles(id.module, &fields),
            rollout: fields
                .block("rollout")
                .map_or_else(Rollout::default, rollout),
            rounds: fields
                .block("reflect")
                .and_then(|reflect| reflect.small("rounds"))
                .unwrap_or(ROUNDS),
            budget: fields.block("budget").map_or_else(Budget::default, budget),
            split: self.read_split(&fields),
            quality: self.read_quality(id.module, &fields),
            calibrate: fields
                .block("calibrate")
                .and_then(|calibrate| self.read_calibrate(id.module, calibrate)),
            exports: exports(&fields),
        };
        CheckedCampaign {
            campaign,
            scenarios: self.read_scenarios(id.module, &fields),
        }
    }

    /// The campaign of a file that declares none.
    pub fn default_campaign(&self, span: Span) -> Campaign {
        Campaign {
            name: "Default".to_owned(),
            span,
            describe: String::new(),
            scenarios: Vec::new(),
            seed: 0,
            twins: 0.0,
            prompts: BTreeMap::new(),
            roles: super::roles::simulated(),
            rollout: Rollout::default(),
            rounds: ROUNDS,
            budget: Budget::default(),
            split: Split::default(),
            quality: Quality::default(),
            calibrate: None,
            exports: Export::ALL.to_vec(),
        }
    }

    fn read_scenarios(&self, module: ModuleId, fields: &Fields<'w>) -> Option<Vec<DeclarationId>> {
        let value = fields.free("scenarios")?;
        let paths = self.read_names("`scenarios`", "a list of scenarios", value)?;
        if matches!(&value.kind, ExprKind::List(items) if items.is_empty()) {
            let message = "`scenarios` is empty";
            let span = fields.place("scenarios").unwrap_or(value.span);
            self.say(
                Diagnostic::new(Code::MissingField, span, message)
                    .help("name at least one, or leave the field out for all of the file"),
            );
        }
        let mut found: Vec<(DeclarationId, Span)> = Vec::new();
        for path in paths {
            let Some(id) = self.find_declared(module, path, &[DeclarationKind::Scenario]) else {
                continue;
            };
            match found.iter().find(|(known, _)| *known == id) {
                Some((_, first)) => {
                    let name = self.workspace.name(id);
                    self.say_listed_twice(&format!("scenario `{name}`"), *first, path.span);
                }
                None => found.push((id, path.span)),
            }
        }
        Some(found.into_iter().map(|(id, _)| id).collect())
    }

    /// The names of a list.
    fn read_names(&self, what: &str, wanted: &str, value: &'w Expr) -> Option<Vec<&'w Path>> {
        let ExprKind::List(items) = &value.kind else {
            self.say_all(wrong_type(what, wanted, value));
            return None;
        };
        let mut paths = Vec::new();
        for item in items {
            match &item.kind {
                ExprKind::Path(path) => paths.push(path),
                _ => self.say_all(wrong_type(what, wanted, item)),
            }
        }
        Some(paths)
    }

    /// Says that a list names a thing twice.
    pub(super) fn say_listed_twice(&self, what: &str, first: Span, second: Span) {
        self.say(
            Diagnostic::new(
                Code::DuplicateName,
                second,
                format!("{what} is listed twice"),
            )
            .label("listed again here")
            .other(first, "listed first here"),
        );
    }

    fn read_prompts(&self, module: ModuleId, fields: &Fields<'w>) -> BTreeMap<Role, String> {
        let mut prompts: BTreeMap<Role, String> = BTreeMap::new();
        let mut places: BTreeMap<Role, Span> = BTreeMap::new();
        let paths = fields
            .free("prompts")
            .and_then(|value| self.read_names("`prompts`", "a list of prompts", value));
        for path in paths.into_iter().flatten() {
            let id = self.find_declared(module, path, &[DeclarationKind::Prompt]);
            let Some((role, text)) = id.and_then(|id| self.prompts.get(&id)) else {
                continue;
            };
            match places.get(role) {
                Some(first) => self.say_second_prompt(*role, *first, path.span),
                None => {
                    places.insert(*role, path.span);
                    prompts.insert(*role, text.clone());
                }
            }
        }
        prompts
    }

    fn say_second_prompt(&self, role: Role, first: Span, second: Span) {
        let message = format!("the role `{}` has two prompts", role.word());
        self.say(
            Diagnostic::new(Code::DuplicateField, second, message)
                .label("the second prompt")
                .other(first, "the first prompt"),
        );
    }

    fn read_split(&self, fields: &Fields<'w>) -> Split {
        let Some(block) = fields.block("split") else {
            return Split::default();
        };
        let by = match block.word("by") {
            Some("scenario") => SplitBy::Scenario,
            Some("toolkit") => SplitBy::Toolkit,
            Some("outcome") => SplitBy::Outcome,
            _ => SplitBy::Row,
        };
        let parts = ["train", "validation", "test"];
        if !parts.iter().any(|part| block.has(part)) {
            return Split {
                by,
                ..Split::default()
            };
        }
        let shares = parts.map(|part| block.number(part));
        let is_known = parts
            .iter()
            .zip(shares)
            .all(|(part, share)| share.is_some() || !block.has(part));
        let shares = shares.map(Option::unwrap_or_default);
        let total: f64 = shares.iter().sum();
        if is_known && !block.is_partial && (total - 100.0).abs() > 0.01 {
            let span = fields.place("split").unwrap_or_default();
            self.say(
                Diagnostic::new(
                    Code::OutOfRange,
                    span,
                    "the shares of `split` do not add up",
                )
                .label(format!("they add up to {}%, not 100%", round(total))),
            );
        }
        Split {
            by,
            train: shares[0] / 100.0,
            validation: shares[1] / 100.0,
            test: shares[2] / 100.0,
        }
    }
}

fn round(share: f64) -> f64 {
    (share * 100.0).round() / 100.0
}

fn rollout(fields: &Fields) -> Rollout {
    let default = Rollout::default();
    Rollout {
        trajectories: fields.small("trajectories").unwrap_or(default.trajectories),
        max_steps: fields.small("max_steps").unwrap_or(default.max_steps),
        user_turns: fields.small("user_turns").unwrap_or(default.user_turns),
        protocol: match fields.word("protocol") {
            Some("react") => Protocol::React,
            _ => Protocol::Tools,
        },
        overlong: match fields.word("overlong") {
            Some("shorten") => Overlong::Shorten,
            _ => Overlong::Drop,
        },
    }
}

fn budget(fields: &Fields) -> Budget {
    Budget {
        usd: fields.number("usd"),
        tokens: fields.count("tokens"),
        seconds: fields.seconds("time"),
    }
}

/// The exports that are named, each once; all of them where none is named.
fn exports(fields: &Fields) -> Vec<Export> {
    let Some(words) = fields.words("export") else {
        return Export::ALL.to_vec();
    };
    let mut exports: Vec<_> = words
        .iter()
        .filter_map(|(word, _)| Export::from_word(word))
        .collect();
    exports.sort();
    exports.dedup();
    exports
}
