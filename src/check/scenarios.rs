//! Scenarios: their parts put together, and what every scenario needs.

use std::collections::BTreeSet;

use super::checker::{CheckedScenario, Checker};
use super::choices::ReadChoice;
use super::entities::Evaluate;
use super::examples::Verdicts;
use super::expressions::{name_of, unknown_word, wrong_type};
use super::instructions::{self, KindedProse};
use super::parts::{Layer, Parts, Shape};
use super::program::{Choice, Example, Scenario};
use super::rule::Rule;
use super::scope::Scope;
use super::types::docs_text;
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::{DeclarationId, DeclarationKind};
use crate::source::Span;
use crate::syntax::{self, Item, Name};

impl<'w> Checker<'w> {
    /// Checks a scenario, its template expanded, and keeps it.
    pub fn check_scenario(
        &mut self,
        id: DeclarationId,
        item: &'w Item,
        written: &'w syntax::Scenario,
    ) {
        let mut shape = Shape {
            name: &written.name,
            docs: item.docs.as_ref(),
            template_docs: None,
            layers: Vec::new(),
            parameters: super::values::Parameters::new(),
            is_whole: true,
        };
        if let Some(call) = &written.base {
            match self.expand(id.module, call) {
                Some((layer, docs, parameters, relocation)) => {
                    shape.layers.push(layer);
                    shape.parameters = parameters;
                    shape.template_docs = docs;
                    shape.is_whole = !relocation.is_broken;
                    *self.relocation.borrow_mut() = Some(relocation);
                }
                // What the template would have given is not known.
                None => return,
            }
        }
        shape.layers.extend(written.body.as_ref().map(|body| Layer {
            module: id.module,
            entries: &body.entries,
        }));
        let checked = self.check_shape(shape);
        *self.relocation.borrow_mut() = None;
        self.scenarios.insert(id, checked);
    }

    /// Checks a scenario's merged entries, or a template's by themselves.
    pub fn check_shape(&self, shape: Shape<'w>) -> CheckedScenario {
        let parts = self.merge(&shape);
        let mut scope = Scope::new(shape.parameters.clone(), parts.is_partial);
        self.read_axes(&parts, &mut scope);
        let instructions = self.read_instructions(&parts, &mut scope);
        let contexts = self.read_contexts(&parts, &mut scope);
        self.read_plants(&parts, &mut scope);
        let outcomes = self.read_choices(&parts, DeclarationKind::Outcome, &scope);
        let toolkits = self.read_choices(&parts, DeclarationKind::Toolkit, &scope);
        scope.toolkits = self.given_toolkits(toolkits.as_ref());
        let persona = self.read_persona(&parts, &scope);
        let constraints = parts.constraints.iter();
        let constraints: Vec<_> = constraints
            .map(|(module, constraint)| self.read_constraint(*module, constraint, &scope))
            .collect();
        let evaluate = self.read_evaluate(&parts);
        let (rules, examples) = self.read_behaviour(&parts, evaluate, &scope);
        self.check_kinded_prose(&instructions, &scope);
        self.check_kinded_prose(&contexts, &scope);
        let verbatim = self.read_verbatim(&parts, &instructions, &scope);
        let prose = |name: &str| self.read_prose_field(&parts, name, &scope);
        let (trigger, safe, benign) = (prose("trigger"), prose("safe"), prose("benign"));
        if shape.is_whole {
            self.say_needed(shape.name, &parts);
        }
        let scenario = Scenario {
            name: shape.name.text.clone(),
            span: shape.name.span,
            describe: self.scenario_description(&shape, &parts),
            outcomes: chosen(outcomes.as_ref()),
            toolkits: chosen(toolkits.as_ref()),
            persona,
            constraints: constraints.into_iter().flatten().collect(),
            cover: self.read_cover(&parts, shape.name.span, &scope),
            samples: self.read_samples(&parts, &scope),
            instructions: instructions::instructions(&instructions, &verbatim),
            contexts: instructions::contexts(&contexts),
            plants: scope.planted(),
            trigger,
            rules: rules.into_iter().flatten().collect(),
            evaluate,
            examples,
            safe,
            benign,
            parameters: scope.parameter_values(),
            axes: scope.program_axes(),
        };
        CheckedScenario {
            scenario,
            unused_axes: scope.unused_axes(),
            outcomes: outcomes.and_then(|read| read.reached).unwrap_or_default(),
        }
    }

    fn read_axes(&self, parts: &Parts<'w>, scope: &mut Scope) {
        for (module, axis) in &parts.axes {
            let read = self.read_axis(*module, axis, scope);
            if scope.parameters.contains_key(&read.name) {
                let name = &read.name;
                let message = format!("`{name}` is both an axis and a parameter");
                self.say(Diagnostic::new(Code::DuplicateName, read.span, message));
            }
            scope.axes.push(read);
        }
    }

    fn read_plants(&self, parts: &Parts<'w>, scope: &mut Scope) {
        for (_, field) in &parts.plants {
            let read = self.read_plant(field);
            if let Some(axis) = scope.axes.iter().find(|axis| axis.name == read.name) {
                self.say_duplicate_name(&read.name, axis.span, read.span);
            } else if scope.parameters.contains_key(&read.name) {
                let message = format!("`{}` is both a planted value and a parameter", read.name);
                self.say(Diagnostic::new(Code::DuplicateName, read.span, message));
            }
            scope.plants.push(read);
        }
    }

    fn read_choices(
        &self,
        parts: &Parts<'w>,
        kind: DeclarationKind,
        scope: &Scope,
    ) -> Option<ReadChoice> {
        let name = match kind {
            DeclarationKind::Outcome => "outcomes",
            _ => "toolkits",
        };
        Some(self.read_choice(parts.field(name)?, kind, scope))
    }

    fn given_toolkits(&self, read: Option<&ReadChoice>) -> Option<BTreeSet<DeclarationId>> {
        let keys = read?.reached.as_ref()?;
        Some(
            keys.iter()
                .filter_map(|key| self.id_of(DeclarationKind::Toolkit, key))
                .collect(),
        )
    }

    fn read_behaviour(
        &self,
        parts: &Parts<'w>,
        evaluate: Evaluate,
        scope: &Scope,
    ) -> (Vec<Option<Rule>>, Vec<Example>) {
        let rules: Vec<_> = parts
            .rules
            .iter()
            .map(|(module, rule)| self.read_rule(*module, rule, scope))
            .collect();
        let spans: Vec<_> = parts
            .rules
            .iter()
            .map(|(_, rule)| rule_span(rule))
            .collect();
        let verdicts = Verdicts {
            rules: &rules,
            spans: &spans,
            evaluate,
        };
        let mut examples = Vec::new();
        for (module, written) in &parts.examples {
            if let Some(example) = self.read_example(*module, written, scope) {
                if !parts.is_partial {
                    self.check_verdict(written, &example, &verdicts, scope);
                }
                examples.push(example);
            }
        }
        (rules, examples)
    }

    fn check_kinded_prose(&self, read: &[KindedProse], scope: &Scope) {
        for prose in read {
            self.check_scenario_prose(prose.text, scope);
        }
    }

    fn read_prose_field(&self, parts: &Parts<'w>, name: &str, scope: &Scope) -> Option<String> {
        let (_, field) = parts.field(name)?;
        let text = self.read_text(&format!("`{name}`"), &field.value)?;
        self.check_scenario_prose(text, scope);
        Some(text.value.clone())
    }

    fn scenario_description(&self, shape: &Shape, parts: &Parts) -> String {
        let text = parts
            .field("describe")
            .and_then(|(_, field)| self.read_text("`describe`", &field.value));
        match text {
            Some(text) => text.value.clone(),
            None => docs_text(shape.docs.or(shape.template_docs)),
        }
    }

    fn read_evaluate(&self, parts: &Parts) -> Evaluate {
        const WORDS: [&str; 3] = ["both", "rules", "model"];
        let Some((_, field)) = parts.field("evaluate") else {
            return Evaluate::Both;
        };
        let Some(name) = name_of(&field.value) else {
            let wanted = "one of the words `both`, `rules` or `model`";
            self.say_all(wrong_type("`evaluate`", wanted, &field.value));
            return Evaluate::Both;
        };
        match name.text.as_str() {
            "both" => Evaluate::Both,
            "rules" => {
                self.say_ruleless(parts, &field.name);
                Evaluate::Rules
            }
            "model" => Evaluate::Model,
            other => {
                self.say(unknown_word("`evaluate`", other, name.span, &WORDS));
                Evaluate::Both
            }
        }
    }

    fn say_ruleless(&self, parts: &Parts, field: &Name) {
        if parts.rules.is_empty() && !parts.is_partial {
            let message = "`evaluate = rules` needs a rule";
            self.say(
                Diagnostic::new(Code::MissingField, field.span, message)
                    .label("without a rule every action counts as safe")
                    .help("add `trigger when Toolkit.tool(argument ~ r\"…\")`"),
            );
        }
    }

    fn read_samples(&self, parts: &Parts, scope: &Scope) -> u32 {
        let Some((_, field)) = parts.field("samples") else {
            return 1;
        };
        self.read_count("`samples`", &field.value, scope)
            .and_then(|count| u32::try_from(count).ok())
            .unwrap_or(1)
    }

    /// Says what every scenario needs and this one lacks.
    fn say_needed(&self, name: &Name, parts: &Parts) {
        if parts.is_partial {
            return;
        }
        let missing = |field: &str| !parts.has(field);
        if missing("outcomes") {
            self.say_lacking(
                name,
                "outcomes",
                "the harm that must not happen: `outcomes = [DataLoss]`",
            );
        }
        if missing("toolkits") {
            self.say_lacking(
                name,
                "toolkits",
                "the tools that the agent has: `toolkits = [Mail]`",
            );
        }
        if missing("instruction") {
            self.say_lacking(
                name,
                "instruction",
                "what the user asks for: `instruction = \"…\"`",
            );
        }
        if missing("trigger") && parts.rules.is_empty() {
            let help =
                "the unsafe action, in words or as a rule: `trigger = \"…\"` or `trigger when …`";
            self.say_lacking(name, "trigger", help);
        }
    }

    fn say_lacking(&self, name: &Name, field: &str, help: &str) {
        let message = format!("scenario `{}` needs `{field}`", name.text);
        self.say(
            Diagnostic::new(Code::MissingField, name.span, message)
                .label(format!("`{field}` is missing"))
                .help(help),
        );
    }
}

fn chosen(read: Option<&ReadChoice>) -> Choice {
    read.map_or(Choice { parts: Vec::new() }, |read| read.choice.clone())
}

fn rule_span(rule: &syntax::Rule) -> Span {
    let calls = rule.calls.iter().chain(&rule.unless);
    calls
        .map(|call| call.span)
        .reduce(Span::to)
        .unwrap_or_default()
}
