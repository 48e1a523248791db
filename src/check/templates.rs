//! Templates: their parameters, their arguments, and where their problems are shown.

use std::collections::{BTreeMap, BTreeSet};

use super::arguments::parameter_name;
use super::checker::Checker;
use super::entities::Value;
use super::expressions::either;
use super::lookup::Reference;
use super::parts::{Layer, Shape};
use super::relocation::Relocation;
use super::values::{Binding, Evaluated, Kind, Parameters};
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::{DeclarationId, DeclarationKind, ModuleId};
use crate::source::Span;
use crate::syntax::{
    Call, Docs, Entry, EntryKind, Expr, ExprKind, Item, ItemKind, Name, Parameter, Template,
    TypeExpr, TypeKind,
};

/// Most values that a range may stand for.
pub(super) const MOST_VALUES: i64 = 10_000;

const PARAMETER_TYPES: [&str; 9] = [
    "string", "int", "float", "bool", "toolkit", "tool", "outcome", "persona", "model",
];

impl<'w> Checker<'w> {
    /// Checks a template by itself, its parameters without values.
    pub fn check_template(&mut self, id: DeclarationId, item: &'w Item, template: &'w Template) {
        let (before, told) = (self.error_count(), self.diagnostic_count());
        let parameters = self.read_template_parameters(id.module, &template.parameters);
        let layer = Layer {
            module: id.module,
            entries: &template.body.entries,
        };
        self.check_shape(Shape {
            name: &template.name,
            docs: item.docs.as_ref(),
            template_docs: None,
            layers: vec![layer],
            parameters,
            is_whole: false,
        });
        if self.error_count() > before {
            let missed = self.names_missed_after(told);
            self.broken_templates.entry(id).or_default().extend(missed);
        }
    }

    fn read_template_parameters(&self, module: ModuleId, written: &[Parameter]) -> Parameters {
        let mut parameters = Parameters::new();
        for (index, parameter) in written.iter().enumerate() {
            let name = &parameter.name;
            let kind = self.read_parameter_kind(&parameter.kind, true);
            let earlier = &written[..index];
            if let Some(first) = earlier.iter().find(|other| other.name.text == name.text) {
                self.say_duplicate_name(&name.text, first.name.span, name.span);
            }
            if let Some(default) = &parameter.default {
                self.read_argument(module, name, &kind, default, Code::WrongType);
            }
            parameters.insert(name.text.clone(), Binding { kind, value: None });
        }
        parameters
    }

    /// The kind that a parameter's type stands for; told where `is_told`, once for the template.
    fn read_parameter_kind(&self, written: &TypeExpr, is_told: bool) -> Kind {
        match &written.kind {
            TypeKind::Named(name) => named_kind(name).unwrap_or_else(|| {
                if is_told {
                    self.say_unknown_type(name, &PARAMETER_TYPES);
                }
                Kind::Unknown
            }),
            TypeKind::List(item) => Kind::List(Box::new(self.read_parameter_kind(item, is_told))),
            TypeKind::Error => Kind::Unknown,
            TypeKind::Enum(_) | TypeKind::Record(_) | TypeKind::Optional(_) => {
                if is_told {
                    let message = "a template's parameter cannot have this type";
                    self.say(
                        Diagnostic::new(Code::WrongType, written.span, message).label(format!(
                            "expected {}, or `list<…>` of one",
                            either(&PARAMETER_TYPES)
                        )),
                    );
                }
                Kind::Unknown
            }
        }
    }

    /// Checks the scenario that a call makes of a template, with what its own body adds.
    pub fn expand(
        &self,
        module: ModuleId,
        call: &'w Call,
    ) -> Option<(Layer<'w>, Option<&'w Docs>, Parameters, Relocation)> {
        let id = self.find_declared(module, &call.callee, &[DeclarationKind::Template])?;
        let item = self.workspace.item(id);
        let ItemKind::Template(template) = &item.kind else {
            return None;
        };
        let missed = self.broken_templates.get(&id);
        let (parameters, arguments) = self.bind(module, id.module, call, template, missed);
        let layer = Layer {
            module: id.module,
            entries: &template.body.entries,
        };
        let relocation = Relocation {
            template: item.span,
            name: template.name.text.clone(),
            callee: call.callee.span,
            arguments,
            is_broken: missed.is_some(),
        };
        Some((layer, item.docs.as_ref(), parameters, relocation))
    }

    fn bind(
        &self,
        caller: ModuleId,
        home: ModuleId,
        call: &Call,
        template: &Template,
        missed: Option<&BTreeSet<String>>,
    ) -> (Parameters, Vec<(String, Span)>) {
        let names: Vec<_> = template.parameters.iter().map(parameter_name).collect();
        // The template says of its own that it lacks this name.
        let is_told = |name: &str| missed.is_some_and(|missed| missed.contains(name));
        let given = self.assign(call, &template.name.text, &names, &is_told);
        self.say_missing_arguments(call, template, &names, &given);
        let mut bound = Parameters::new();
        let mut places = Vec::new();
        for parameter in &template.parameters {
            let name = &parameter.name;
            let kind = self.read_parameter_kind(&parameter.kind, false);
            let value = match (given.get(name.text.as_str()), &parameter.default) {
                (Some(argument), _) => {
                    places.push((name.text.clone(), argument.value.span));
                    self.read_argument(caller, name, &kind, &argument.value, Code::BadArguments)
                }
                // The template tells about its own default.
                (None, Some(default)) => self.silently(|checker| {
                    checker.read_argument(home, name, &kind, default, Code::WrongType)
                }),
                (None, None) => None,
            };
            bound.insert(name.text.clone(), Binding { kind, value });
        }
        (bound, places)
    }

    /// The value of an argument or default that fits its parameter.
    fn read_argument(
        &self,
        module: ModuleId,
        name: &Name,
        kind: &Kind,
        expr: &Expr,
        code: Code,
    ) -> Option<Value> {
        let evaluated = match &expr.kind {
            ExprKind::Range { start, end } => self.read_range_argument(expr, start, end),
            _ => self.evaluate(module, &Parameters::new(), expr),
        };
        let value = evaluated.known()?;
        if fits(kind, &value) {
            return Some(value);
        }
        let wanted = kind_text(kind);
        let (span, found, verb) = match misfit(kind, &value, expr) {
            Some((element, found)) => (element.span, found, "but holds"),
            None => (expr.span, Kind::of(&value), "not"),
        };
        let message = format!("`{}` takes {wanted}, {verb} {found}", name.text);
        self.say(Diagnostic::new(code, span, message).label(format!("this is {found}")));
        None
    }

    fn read_range_argument(&self, range: &Expr, start: &Expr, end: &Expr) -> Evaluated {
        match self.range_values(&Parameters::new(), range, start, end) {
            Some(values) => Evaluated::Known(Value::List(values.map(Value::Int).collect())),
            None => Evaluated::Broken,
        }
    }

    /// What `work` gives, with its problems untold.
    fn silently<T>(&self, work: impl FnOnce(&Self) -> T) -> T {
        let mark = self.diagnostic_count();
        let result = work(self);
        self.forget_after(mark);
        result
    }

    /// Says which templates call themselves.
    pub fn check_recursion(&mut self) {
        let templates: Vec<_> = self
            .items()
            .filter_map(|(id, item)| match &item.kind {
                ItemKind::Template(template) => Some((id, template)),
                _ => None,
            })
            .collect();
        let calls: BTreeMap<_, _> = templates
            .iter()
            .map(|(id, template)| (*id, self.template_calls(*id, template)))
            .collect();
        for (id, template) in templates {
            let cycle = calls[&id]
                .iter()
                .find(|(callee, _)| reaches(&calls, *callee, id));
            if let Some((_, place)) = cycle {
                let message = format!("template `{}` calls itself", template.name.text);
                self.say(
                    Diagnostic::new(Code::RecursiveTemplate, *place, message)
                        .label("called here, inside itself")
                        .other(template.name.span, "declared here")
                        .help("a template's body is fields; only a scenario can be made from a template"),
                );
                self.broken_templates.entry(id).or_default();
            }
        }
    }

    fn template_calls(&self, id: DeclarationId, template: &Template) -> Vec<(DeclarationId, Span)> {
        let mut calls = Vec::new();
        template
            .body
            .entries
            .iter()
            .for_each(|entry| calls_in_entry(entry, &mut calls));
        calls
            .into_iter()
            .filter_map(|call| match self.find(id.module, &call.callee) {
                Reference::Declaration(callee, DeclarationKind::Template, []) => {
                    Some((callee, call.callee.span))
                }
                _ => None,
            })
            .collect()
    }
}

type Calls = BTreeMap<DeclarationId, Vec<(DeclarationId, Span)>>;

fn reaches(calls: &Calls, from: DeclarationId, to: DeclarationId) -> bool {
    let mut open = vec![from];
    let mut seen = BTreeSet::new();
    while let Some(next) = open.pop() {
        if next == to {
            return true;
        }
        if seen.insert(next) {
            let callees = calls.get(&next).into_iter().flatten();
            open.extend(callees.map(|(callee, _)| *callee));
        }
    }
    false
}

fn calls_in_entry<'e>(entry: &'e Entry, calls: &mut Vec<&'e Call>) {
    match &entry.kind {
        EntryKind::Field(field) | EntryKind::Plant(field) => calls_in(&field.value, calls),
        EntryKind::Vary(vary) => vary
            .axes
            .iter()
            .for_each(|axis| calls_in(&axis.values, calls)),
        EntryKind::Block(block) => block
            .body
            .entries
            .iter()
            .for_each(|entry| calls_in_entry(entry, calls)),
        _ => {}
    }
}

fn calls_in<'e>(expr: &'e Expr, calls: &mut Vec<&'e Call>) {
    match &expr.kind {
        ExprKind::Call(call) => calls.push(call),
        ExprKind::List(items) => items.iter().for_each(|item| calls_in(item, calls)),
        ExprKind::Weighted { value, .. } => calls_in(value, calls),
        ExprKind::With { base, .. } | ExprKind::Over { base, .. } => calls_in(base, calls),
        _ => {}
    }
}

fn named_kind(name: &Name) -> Option<Kind> {
    Some(match name.text.as_str() {
        "string" => Kind::Text,
        "int" => Kind::Int,
        "float" => Kind::Float,
        "bool" => Kind::Bool,
        "toolkit" => Kind::Toolkit,
        "tool" => Kind::Tool,
        "outcome" => Kind::Outcome,
        "persona" => Kind::Persona,
        "model" => Kind::Model,
        _ => return None,
    })
}

fn fits(kind: &Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Unknown, _) | (Kind::Float, Value::Int(_)) => true,
        (Kind::List(item), Value::List(values)) => values.iter().all(|value| fits(item, value)),
        (Kind::List(_), _) | (_, Value::List(_)) => false,
        _ => *kind == Kind::of(value),
    }
}

/// The element of a written list that keeps the list from being of this kind, and what it is.
fn misfit<'e>(kind: &Kind, value: &Value, expr: &'e Expr) -> Option<(&'e Expr, Kind)> {
    let (Kind::List(item), Value::List(values), ExprKind::List(written)) =
        (kind, value, &expr.kind)
    else {
        return None;
    };
    let mut elements = values.iter().zip(written);
    let (value, element) = elements.find(|(value, _)| !fits(item, value))?;
    misfit(item, value, element).or_else(|| Some((element, Kind::of(value))))
}

fn kind_text(kind: &Kind) -> String {
    match kind {
        Kind::List(item) => match kind_text(item).split_once(' ') {
            Some((_, noun)) => format!("a list of {noun}s"),
            None => "a list".to_owned(),
        },
        other => other.to_string(),
    }
}
