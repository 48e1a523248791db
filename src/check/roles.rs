//! Who plays which role of a campaign.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::campaign::{Panel, Player, Seat};
use super::checker::Checker;
use super::entities::{Key, Role};
use super::expressions::{both, wrong_type};
use super::fields::{FieldRule, Fields, Shape, Table};
use super::lookup::Reference;
use super::model_fields::{TEMPERATURE, TOP_P};
use super::values::path_text;
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::{DeclarationKind, ModuleId};
use crate::source::Span;
use crate::syntax::{Body, Call, Expr, ExprKind, Name, Path};

/// The key of the embedded simulated model.
const SIM: &str = "sim";

const SETTINGS: Table = Table {
    owner: "`with`",
    fields: &[
        FieldRule::optional("temperature", TEMPERATURE),
        FieldRule::optional("top_p", TOP_P),
        FieldRule::optional(
            "max_tokens",
            Shape::Int {
                least: 1,
                most: u32::MAX as i64,
            },
        ),
    ],
};

/// What a role says beside its models.
#[derive(Clone, Default)]
struct Settings {
    temperature: Option<f64>,
    others: BTreeMap<String, Json>,
}

/// A player and where it is written.
struct PlacedPlayer {
    player: Player,
    span: Span,
}

/// A panel whose players keep their places.
type PlacedPanel = Vec<Vec<PlacedPlayer>>;

/// All roles played by the simulated model.
pub(super) fn simulated() -> BTreeMap<Role, Panel> {
    Role::ALL
        .into_iter()
        .map(|role| {
            let player = Player {
                model: Key(SIM.to_owned()),
                temperature: role.temperature(),
                settings: BTreeMap::new(),
            };
            let models = vec![player];
            let seats = vec![Seat { models }];
            (role, Panel { seats })
        })
        .collect()
}

impl<'w> Checker<'w> {
    /// Every role with its models.
    pub fn read_roles(&self, module: ModuleId, fields: &Fields<'w>) -> BTreeMap<Role, Panel> {
        let Some(block) = fields.block("roles") else {
            return simulated();
        };
        if !Role::ALL.iter().any(|role| block.has(role.word())) {
            return simulated();
        }
        let mut panels = BTreeMap::new();
        for role in Role::ALL {
            let value = block.free(role.word());
            if let Some(panel) = value.and_then(|value| self.read_role(module, role, value)) {
                panels.insert(role, panel);
            }
        }
        self.say_unplayed(block, fields.place("roles").unwrap_or_default());
        for role in Role::ALL.into_iter().filter(|role| !block.has(role.word())) {
            if let Some(panel) = giver_of(role).and_then(|giver| panels.get(&giver)) {
                let inherited = self.inherit(panel, role);
                panels.insert(role, inherited);
            }
        }
        panels
    }

    fn say_unplayed(&self, block: &Fields, span: Span) {
        let is_named = |role: Role| block.has(role.word());
        let missing: Vec<_> = Role::ALL
            .into_iter()
            .filter(|role| !is_named(*role) && !giver_of(*role).is_some_and(is_named))
            // One word for a role and those that would inherit from it.
            .filter(|role| giver_of(*role).is_none())
            .map(Role::word)
            .collect();
        if missing.is_empty() || block.is_partial {
            return;
        }
        let (noun, verb) = match missing.len() {
            1 => ("role", "has"),
            _ => ("roles", "have"),
        };
        let message = format!("the {noun} {} {verb} no model", both(&missing));
        self.say(
            Diagnostic::new(Code::UnusableModel, span, message)
                .label("once one role is named, the others must be too")
                .help("`user` inherits from `generator`, `responder` and `reflector` from `agent`; to play without a model, write `sim`"),
        );
    }

    /// The same models for another role, at its own temperature.
    fn inherit(&self, panel: &Panel, role: Role) -> Panel {
        let seats = panel.seats.iter().map(|seat| Seat {
            models: seat
                .models
                .iter()
                .map(|player| self.player(role, &player.model, &Settings::default()))
                .collect(),
        });
        Panel {
            seats: seats.collect(),
        }
    }

    fn player(&self, role: Role, model: &Key, settings: &Settings) -> Player {
        let declared = self
            .id_of(DeclarationKind::Model, model)
            .and_then(|id| self.models.get(&id))
            .and_then(|model| model.identity.temperature);
        Player {
            model: model.clone(),
            temperature: settings
                .temperature
                .or(declared)
                .unwrap_or_else(|| role.temperature()),
            settings: settings.others.clone(),
        }
    }

    fn read_role(&self, module: ModuleId, role: Role, value: &'w Expr) -> Option<Panel> {
        let panel = match &value.kind {
            ExprKind::Call(call) if is_panel(call) => {
                self.read_panel(module, role, call, &Settings::default())?
            }
            ExprKind::With { base, body } => match &base.kind {
                ExprKind::Call(call) if is_panel(call) => {
                    let settings = self.read_settings(base, body, &Settings::default());
                    self.read_panel(module, role, call, &settings)?
                }
                _ => vec![self.read_seat(module, role, value, &Settings::default())?],
            },
            _ => vec![self.read_seat(module, role, value, &Settings::default())?],
        };
        if role == Role::Evaluator {
            self.say_unsteady(&panel);
        }
        let seats = panel.into_iter().map(|seat| Seat {
            models: seat.into_iter().map(|placed| placed.player).collect(),
        });
        Some(Panel {
            seats: seats.collect(),
        })
    }

    fn read_panel(
        &self,
        module: ModuleId,
        role: Role,
        call: &'w Call,
        settings: &Settings,
    ) -> Option<PlacedPanel> {
        if role != Role::Evaluator {
            let message = format!("a panel cannot be the {}", role.word());
            self.say(
                Diagnostic::new(Code::UnusableModel, call.span, message)
                    .label("a panel votes, which only the evaluator does")
                    .help("for an order of fall-back write a list: `[A, B]`"),
            );
            return None;
        }
        if call.arguments.is_empty() {
            let message = "a panel needs at least one model";
            self.say(Diagnostic::new(Code::UnusableModel, call.span, message));
            return None;
        }
        let seats: Vec<_> = call
            .arguments
            .iter()
            .map(|argument| self.read_seat(module, role, &argument.value, settings))
            .collect();
        seats.into_iter().collect()
    }

    /// One model, or several in their order of fall-back.
    fn read_seat(
        &self,
        module: ModuleId,
        role: Role,
        value: &'w Expr,
        settings: &Settings,
    ) -> Option<Vec<PlacedPlayer>> {
        match &value.kind {
            ExprKind::Path(path) => {
                let model = self.find_model(module, path)?;
                Some(vec![PlacedPlayer {
                    player: self.player(role, &model, settings),
                    span: value.span,
                }])
            }
            ExprKind::With { base, body } => {
                let settings = self.read_settings(base, body, settings);
                self.read_seat(module, role, base, &settings)
            }
            ExprKind::List(items) if items.is_empty() => {
                let message = format!("the role `{}` has no model", role.word());
                self.say(Diagnostic::new(Code::UnusableModel, value.span, message));
                None
            }
            ExprKind::List(items) => {
                let read: Vec<_> = items
                    .iter()
                    .map(|item| self.read_seat(module, role, item, settings))
                    .collect();
                let seats: Option<Vec<_>> = read.into_iter().collect();
                Some(seats?.into_iter().flatten().collect())
            }
            ExprKind::Call(call) if is_panel(call) => {
                let message = "a panel cannot stand inside another or a list";
                self.say(Diagnostic::new(Code::UnusableModel, call.span, message));
                None
            }
            _ => {
                let what = format!("the role `{}`", role.word());
                self.say_all(wrong_type(&what, "a model or a list of models", value));
                None
            }
        }
    }

    fn find_model(&self, module: ModuleId, path: &Path) -> Option<Key> {
        if let Reference::Sim = self.find(module, path) {
            return Some(Key(SIM.to_owned()));
        }
        let id = self.find_declared(module, path, &[DeclarationKind::Model])?;
        Some(self.key(id))
    }

    fn read_settings(&self, base: &Expr, body: &'w Body, outer: &Settings) -> Settings {
        let owner = Name {
            text: "with".to_owned(),
            span: base.span,
            quoted: false,
        };
        let fields = self.read_fields(&SETTINGS, &owner, &body.entries);
        let mut settings = outer.clone();
        settings.temperature = fields.number("temperature").or(settings.temperature);
        if let Some(top_p) = fields.number("top_p") {
            settings
                .others
                .insert("top_p".to_owned(), Json::from(top_p));
        }
        if let Some(most) = fields.small("max_tokens") {
            settings
                .others
                .insert("max_tokens".to_owned(), Json::from(most));
        }
        settings
    }

    /// An evaluator should say the same twice, and a panel should have more than one opinion.
    fn say_unsteady(&self, panel: &PlacedPanel) {
        for placed in panel.iter().flatten() {
            if placed.player.temperature > 0.0 {
                let message = format!(
                    "the evaluator has temperature {}",
                    placed.player.temperature
                );
                self.say(
                    Diagnostic::new(Code::UnsteadyEvaluator, placed.span, message)
                        .label("it may judge the same action differently")
                        .help("write `with { temperature = 0 }`"),
                );
            }
        }
        for (index, seat) in panel.iter().enumerate() {
            self.say_same_opinion(&panel[..index], seat);
        }
    }

    fn say_same_opinion(&self, earlier: &[Vec<PlacedPlayer>], seat: &[PlacedPlayer]) {
        let Some(placed) = seat.first() else {
            return;
        };
        let mut firsts = earlier.iter().filter_map(|seat| seat.first());
        let is_same = |other: &&PlacedPlayer| {
            other.player == placed.player && placed.player.temperature == 0.0
        };
        if let Some(first) = firsts.find(is_same) {
            let message = "one model twice in a panel at temperature 0 is one opinion";
            self.say(
                Diagnostic::new(Code::UnsteadyEvaluator, placed.span, message)
                    .label("the same model again")
                    .other(first.span, "the model stands here already"),
            );
        }
    }
}

/// The role whose models it has when it is not named.
fn giver_of(role: Role) -> Option<Role> {
    match role {
        Role::User => Some(Role::Generator),
        Role::Responder | Role::Reflector => Some(Role::Agent),
        Role::Generator | Role::Agent | Role::Simulator | Role::Evaluator => None,
    }
}

fn is_panel(call: &Call) -> bool {
    path_text(&call.callee) == "panel"
}
