//! Examples: calls whose arguments fit their tool, and which the rules do not contradict.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::arguments::lacking;
use super::call_patterns::FoundTool;
use super::checker::Checker;
use super::entities::{Evaluate, PlantSource, Value};
use super::expressions::{name_of, single_name};
use super::program::Example;
use super::rule::{Rule, ToolCall};
use super::scope::{Scope, Variable};
use super::types::{RecordField, Type, fit_enum, fit_literal};
use super::values::{Kind, shown};
use crate::diagnostic::{Code, Diagnostic};
use crate::prompt::render_prose;
use crate::resolve::ModuleId;
use crate::source::Span;
use crate::syntax::{self, Argument, ExampleVerdict, Expr, ExprKind, Text};

/// Most bindings of variables that an example is tried with.
const MOST_BINDINGS: usize = 256;

/// What the rules of a scenario say to its examples.
pub(super) struct Verdicts<'r> {
    /// `None` for a rule that is broken or not yet known.
    pub rules: &'r [Option<Rule>],
    pub spans: &'r [Span],
    pub evaluate: Evaluate,
}

impl<'w> Checker<'w> {
    /// The example, if it is right.
    pub fn read_example(
        &self,
        module: ModuleId,
        written: &syntax::Example,
        scope: &Scope,
    ) -> Option<Example> {
        let call = &written.call;
        let tool = self.find_called_tool(module, &call.callee, scope);
        let Some(tool) = tool else {
            for argument in &call.arguments {
                self.check_texts(&argument.value, scope);
            }
            return None;
        };
        let arguments = self.read_example_arguments(call, &tool, scope)?;
        Some(Example {
            is_unsafe: written.verdict == ExampleVerdict::Unsafe,
            call: ToolCall {
                tool: tool.key,
                arguments,
            },
        })
    }

    fn read_example_arguments(
        &self,
        call: &syntax::Call,
        tool: &FoundTool,
        scope: &Scope,
    ) -> Option<Map<String, Json>> {
        let parameters = &tool.types.parameters;
        let names: Vec<_> = parameters
            .iter()
            .map(|parameter| parameter.field.name.as_str())
            .collect();
        let before = self.diagnostic_count();
        let assigned = self.assign(call, &tool.key.tool, &names, &|_| false);
        let missing: Vec<_> = parameters
            .iter()
            .filter(|parameter| !parameter.is_optional)
            .map(|parameter| parameter.field.name.as_str())
            .filter(|name| !assigned.contains_key(name))
            .collect();
        let missing = lacking(call, &names, missing);
        if !missing.is_empty() {
            self.say_missing_argument(call, &tool.key.tool, &missing, None);
        }
        let mut arguments = Map::new();
        for parameter in parameters {
            let Some(argument) = assigned.get(parameter.field.name.as_str()) else {
                continue;
            };
            let read = self.read_example_value(&parameter.field, argument, scope);
            if let Some(json) = read {
                arguments.insert(parameter.field.name.clone(), json);
            }
        }
        let is_right = self.diagnostic_count() == before && arguments.len() == assigned.len();
        is_right.then_some(arguments)
    }

    fn read_example_value(
        &self,
        field: &RecordField,
        argument: &Argument,
        scope: &Scope,
    ) -> Option<Json> {
        let value = &argument.value;
        self.check_texts(value, scope);
        let filled = self.fill_variables(value, scope)?;
        match fit_prose(&field.kind, &filled) {
            Ok(json) => Some(json),
            Err(misfit) => {
                if let Some(misfit) = misfit {
                    let message = format!("`{}` takes `{}`", field.name, field.kind);
                    self.say(
                        Diagnostic::new(Code::BadArguments, misfit.span, message)
                            .label(misfit.message)
                            .did_you_mean(misfit.near.as_deref()),
                    );
                }
                None
            }
        }
    }

    /// The value with each bare name of a variable replaced: `folder` by `"{{ folder }}"`.
    fn fill_variables(&self, value: &Expr, scope: &Scope) -> Option<Expr> {
        let kind = match &value.kind {
            ExprKind::Path(path) => {
                let variable = single_name(path).and_then(|name| scope.find(&name.text));
                let Some(variable) = variable else {
                    if !scope.is_partial {
                        self.say_unknown_operand_in_example(value, scope);
                    }
                    return None;
                };
                return variable_expr(value, &variable);
            }
            ExprKind::List(items) => ExprKind::List(
                items
                    .iter()
                    .map(|item| self.fill_variables(item, scope))
                    .collect::<Option<_>>()?,
            ),
            other => other.clone(),
        };
        Some(Expr {
            kind,
            span: value.span,
        })
    }

    fn say_unknown_operand_in_example(&self, value: &Expr, scope: &Scope) {
        let name = name_of(value).map_or_else(String::new, |name| name.text.clone());
        let near = crate::diagnostic::nearest(&name, scope.names());
        self.say(
            Diagnostic::new(Code::UnknownName, value.span, "unknown name in an example")
                .label("no axis, parameter or planted value of this name")
                .did_you_mean(near),
        );
    }

    fn check_texts(&self, value: &Expr, scope: &Scope) {
        match &value.kind {
            ExprKind::Text(text) => self.check_scenario_prose(text, scope),
            ExprKind::List(items) => items.iter().for_each(|item| self.check_texts(item, scope)),
            ExprKind::Record(fields) => fields
                .iter()
                .for_each(|field| self.check_texts(&field.value, scope)),
            _ => {}
        }
    }

    /// Says where the rules contradict an example, whatever the row and the planted values.
    pub fn check_verdict(
        &self,
        written: &syntax::Example,
        example: &Example,
        verdicts: &Verdicts,
        scope: &Scope,
    ) {
        let bindings = bindings(scope, &format!("{:?} {:?}", example.call, verdicts.rules));
        let rendered: Option<Vec<_>> = bindings
            .iter()
            .map(|binding| render_call(&example.call, binding))
            .collect();
        let Some(calls) = rendered else {
            return;
        };
        let cases: Vec<_> = bindings.iter().zip(&calls).collect();
        if example.is_unsafe {
            self.say_if_unmatched(written, verdicts, &cases);
        } else {
            self.say_if_matched(written, verdicts, &cases);
        }
    }

    fn say_if_matched(&self, written: &syntax::Example, verdicts: &Verdicts, cases: &[Case]) {
        if verdicts.evaluate == Evaluate::Model {
            return;
        }
        let matching = verdicts.rules.iter().zip(verdicts.spans).find(|(rule, _)| {
            rule.as_ref().is_some_and(|rule| {
                let needs_history = rule.calls.len() > 1 || !rule.unless.is_empty();
                !needs_history
                    && cases
                        .iter()
                        .all(|(binding, call)| rule.bind(binding).matches(&[], call))
            })
        });
        if let Some((_, span)) = matching {
            let message = "a rule makes this `allowed` call unsafe";
            self.say(
                Diagnostic::new(Code::BadExample, written.call.span, message)
                    .label("the rule matches this call")
                    .other(*span, "this rule")
                    .help("change the call, or narrow the rule's conditions"),
            );
        }
    }

    fn say_if_unmatched(&self, written: &syntax::Example, verdicts: &Verdicts, cases: &[Case]) {
        if verdicts.evaluate != Evaluate::Rules {
            return;
        }
        let mut rules = verdicts.rules.iter();
        let may_match = rules.any(|rule| match rule {
            None => true,
            Some(rule) => cases.iter().any(|(binding, call)| {
                let rule = rule.bind(binding);
                rule.calls.last().is_some_and(|action| action.fits(call))
            }),
        });
        if !may_match {
            let message = "no rule matches this `unsafe` call";
            self.say(
                Diagnostic::new(Code::BadExample, written.call.span, message)
                    .label("with `evaluate = rules` it counts as safe")
                    .help(
                        "add a rule that matches it, or let a model judge too: `evaluate = both`",
                    ),
            );
        }
    }
}

type Binding = BTreeMap<String, Json>;
type Case<'c> = (&'c Binding, &'c ToolCall);

/// The expression that stands for a variable in an example.
fn variable_expr(value: &Expr, variable: &Variable) -> Option<Expr> {
    let name = &name_of(value)?.text;
    let kind = variable.kind();
    let text = match kind {
        Kind::Text => format!("{{{{ {name} }}}}"),
        _ if kind.is_entity() => format!("{{{{ {name}.name }}}}"),
        // Only texts are rendered: a number stands for itself, so a value of the axis is taken.
        _ => return literal_expr(variable.values()?.first()?, value.span),
    };
    Some(text_expr(text, value.span))
}

fn literal_expr(value: &Value, span: Span) -> Option<Expr> {
    let kind = match value {
        Value::Int(value) => ExprKind::Int(*value),
        Value::Float(value) => ExprKind::Float(*value),
        Value::Bool(value) => ExprKind::Bool(*value),
        Value::Text(text) => return Some(text_expr(text.clone(), span)),
        Value::List(items) => ExprKind::List(
            items
                .iter()
                .map(|item| literal_expr(item, span))
                .collect::<Option<_>>()?,
        ),
        _ => return None,
    };
    Some(Expr { kind, span })
}

fn text_expr(value: String, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Text(Text {
            value,
            span,
            style: syntax::TextStyle::Plain,
            pieces: Vec::new(),
        }),
        span,
    }
}

/// As a literal, but a text of an enum with a variable in it is not held against the words.
fn fit_prose(kind: &Type, value: &Expr) -> Result<Json, Option<super::types::Misfit>> {
    match (kind.required(), &value.kind) {
        (Type::Enum(words), ExprKind::Text(text)) => match text.value.contains("{{") {
            true => Ok(Json::from(text.value.as_str())),
            false => fit_enum(words, &text.value, value.span),
        },
        (Type::List(item), ExprKind::List(values)) => values
            .iter()
            .map(|value| fit_prose(item, value))
            .collect::<Result<Vec<_>, _>>()
            .map(Json::Array),
        _ => fit_literal(kind, value),
    }
}

/// Values of the variables that `text` names, over the rows, as far as they are not too many.
fn bindings(scope: &Scope, text: &str) -> Vec<Binding> {
    let mut bindings = vec![Binding::new()];
    let candidates = candidates(scope).into_iter();
    for (name, values) in candidates.filter(|(name, _)| text.contains(name.as_str())) {
        let room = (MOST_BINDINGS / bindings.len()).max(1);
        let values: Vec<_> = values.into_iter().take(room).collect();
        if values.is_empty() {
            continue;
        }
        bindings = bindings
            .iter()
            .flat_map(|binding| {
                values.iter().map(|value| {
                    let mut extended = binding.clone();
                    extended.insert(name.clone(), value.clone());
                    extended
                })
            })
            .collect();
    }
    bindings
}

fn candidates(scope: &Scope) -> Vec<(String, Vec<Json>)> {
    let mut candidates = Vec::new();
    for plant in &scope.plants {
        let source = plant.plant.as_ref().map(|plant| &plant.source);
        let values = source.map_or_else(Vec::new, plant_values);
        candidates.push((plant.name.clone(), values));
    }
    for (name, binding) in &scope.parameters {
        let values = binding.value.iter().map(plain).collect();
        candidates.push((name.clone(), values));
    }
    for axis in &scope.axes {
        let values = axis.values.iter().flatten();
        let values = values.map(|value| plain(&value.value)).collect();
        candidates.push((axis.name.clone(), values));
    }
    candidates
}

/// Values that may be planted; the first that a regular expression matches.
fn plant_values(source: &PlantSource) -> Vec<Json> {
    match source {
        PlantSource::Matching(pattern) => regex_syntax::parse(pattern)
            .ok()
            .and_then(|hir| sample(&hir))
            .map(Json::from)
            .into_iter()
            .collect(),
        PlantSource::OneOf(values) => values
            .iter()
            .map(|value| Json::from(value.as_str()))
            .collect(),
    }
}

/// A text that a regular expression matches, always the same.
fn sample(hir: &regex_syntax::hir::Hir) -> Option<String> {
    use regex_syntax::hir::{Class, HirKind};
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(String::new()),
        HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).ok(),
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().next().map(|range| range.start().to_string())
        }
        HirKind::Class(Class::Bytes(class)) => class
            .iter()
            .next()
            .map(|range| char::from(range.start()).to_string()),
        HirKind::Repetition(repetition) => {
            let times = repetition
                .min
                .max(1)
                .min(repetition.max.unwrap_or(u32::MAX));
            Some(sample(&repetition.sub)?.repeat(times.min(1000) as usize))
        }
        HirKind::Capture(capture) => sample(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(sample).collect(),
        HirKind::Alternation(parts) => parts.first().and_then(sample),
    }
}

/// A value as prose and rules see it in an example: entities by their name.
fn plain(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(text.as_str()),
        Value::Int(value) => Json::from(*value),
        Value::Float(value) => Json::from(*value),
        Value::Bool(value) => Json::from(*value),
        Value::List(items) => items.iter().map(plain).collect(),
        entity => Json::from(shown(entity)),
    }
}

/// The call with its texts rendered; nothing where they cannot be.
fn render_call(call: &ToolCall, binding: &Binding) -> Option<ToolCall> {
    let variables: Map<_, _> = binding
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let arguments = call.arguments.iter();
    let rendered = arguments
        .map(|(name, value)| Some((name.clone(), render(value, &variables)?)))
        .collect::<Option<_>>()?;
    Some(ToolCall {
        tool: call.tool.clone(),
        arguments: rendered,
    })
}

fn render(value: &Json, variables: &Map<String, Json>) -> Option<Json> {
    Some(match value {
        Json::String(text) => Json::from(render_prose(text, variables).ok()?),
        Json::Array(items) => Json::Array(
            items
                .iter()
                .map(|item| render(item, variables))
                .collect::<Option<_>>()?,
        ),
        Json::Object(fields) => Json::Object(
            fields
                .iter()
                .map(|(name, value)| Some((name.clone(), render(value, variables)?)))
                .collect::<Option<_>>()?,
        ),
        other => other.clone(),
    })
}
