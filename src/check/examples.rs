//! Examples: calls whose arguments fit their tool, and which the rules do not contradict.

use serde_json::{Map, Value as Json};

use super::arguments::lacking;
use super::bindings::{Binding, bindings};
use super::called_tools::FoundTool;
use super::checker::Checker;
use super::entities::{Evaluate, Value};
use super::expressions::{name_of, single_name};
use super::program::Example;
use super::rule::{Rule, ToolCall};
use super::scope::{Scope, Variable};
use super::types::{Misfit, RecordField, fit, fit_enum};
use super::values::Kind;
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::ModuleId;
use crate::source::Span;
use crate::syntax::{self, Argument, ExampleVerdict, Expr, ExprKind, Text};

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
        let fit_word = |words: &[String], text: &str, span| fit_rendered(words, text, span, scope);
        match fit(&field.kind, &filled, &fit_word) {
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
            ExprKind::Record(fields) => ExprKind::Record(
                fields
                    .iter()
                    .map(|field| {
                        Some(syntax::RecordField {
                            name: field.name.clone(),
                            value: self.fill_variables(&field.value, scope)?,
                        })
                    })
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
            .map(|binding| binding.render_call(&example.call))
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
                        .all(|(binding, call)| rule.bind(&binding.plain).matches(&[], call))
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
                let rule = rule.bind(&binding.plain);
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

/// A text for a word of an enum: with every value of the variables in it, it must be one.
fn fit_rendered(
    words: &[String],
    text: &str,
    span: Span,
    scope: &Scope,
) -> Result<Json, Option<Misfit>> {
    if !text.contains("{{") && !text.contains("{%") {
        return fit_enum(words, text, span);
    }
    for binding in bindings(scope, text) {
        // What cannot be rendered has been told, or is not known yet.
        if let Some(word) = binding.render_text(text) {
            fit_enum(words, &word, span)?;
        }
    }
    Ok(Json::from(text))
}
