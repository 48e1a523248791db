//! Which argument of a call goes to which parameter, and what is told of those that go to none.

use std::collections::BTreeMap;

use super::checker::Checker;
use super::expressions::both;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::{Argument, Call, Parameter, Template};

impl Checker<'_> {
    /// Gives arguments to parameters, by place and by name; what fits none is told.
    pub fn assign<'c, 'n>(
        &self,
        call: &'c Call,
        callee: &str,
        names: &[&'n str],
        is_told: &dyn Fn(&str) -> bool,
    ) -> BTreeMap<&'n str, &'c Argument> {
        let mut given: BTreeMap<&str, &Argument> = BTreeMap::new();
        for (index, argument) in call.arguments.iter().enumerate() {
            let found = match &argument.name {
                Some(name) => names.iter().find(|known| **known == name.text),
                None => names.get(index),
            };
            let Some(name) = found else {
                let name = argument.name.as_ref();
                if !name.is_some_and(|name| is_told(&name.text)) {
                    self.say_unknown_argument(call, callee, argument, names);
                }
                continue;
            };
            match given.get(name) {
                Some(first) => self.say_argument_twice(name, first, argument),
                None => {
                    given.insert(name, argument);
                }
            }
        }
        given
    }

    fn say_unknown_argument(&self, call: &Call, callee: &str, argument: &Argument, names: &[&str]) {
        let is_given = |name: &str| {
            let mut named = call.arguments.iter().flat_map(|given| &given.name);
            named.any(|given| given.text == name)
        };
        let (span, message, near) = match &argument.name {
            Some(name) => (
                name.span,
                format!("`{callee}` has no parameter `{}`", name.text),
                nearest(
                    &name.text,
                    names.iter().copied().filter(|name| !is_given(name)),
                ),
            ),
            None => (
                argument.span,
                format!("`{callee}` takes {} arguments at most", names.len()),
                None,
            ),
        };
        let problem = Diagnostic::new(Code::BadArguments, span, message);
        self.say(match near {
            Some(_) => problem.did_you_mean(near),
            None if names.is_empty() => problem,
            None => problem.help(format!("its parameters are {}", both(names))),
        });
    }

    fn say_argument_twice(&self, name: &str, first: &Argument, second: &Argument) {
        let message = format!("the argument `{name}` is given twice");
        self.say(
            Diagnostic::new(Code::BadArguments, second.span, message)
                .label("given again here")
                .other(first.span, "given first here"),
        );
    }

    /// Says which arguments a call of a template lacks.
    pub fn say_missing_arguments(
        &self,
        call: &Call,
        template: &Template,
        names: &[&str],
        given: &BTreeMap<&str, &Argument>,
    ) {
        let parameters = &template.parameters;
        let needed = parameters
            .iter()
            .filter(|parameter| parameter.default.is_none())
            .map(parameter_name)
            .filter(|name| !given.contains_key(name));
        let lacking = lacking(call, names, needed.collect());
        let first = parameters
            .iter()
            .find(|parameter| lacking.contains(&parameter_name(parameter)));
        if let Some(first) = first {
            self.say_missing_argument(call, &template.name.text, &lacking, Some(first.span));
        }
    }

    /// Says which arguments a call lacks.
    pub fn say_missing_argument(
        &self,
        call: &Call,
        callee: &str,
        names: &[&str],
        declared: Option<Span>,
    ) {
        let (these, are) = match names {
            [_] => ("argument", "is"),
            _ => ("arguments", "are"),
        };
        let list = both(names);
        let message = format!("the {these} {list} of `{callee}` {are} missing");
        let problem = Diagnostic::new(Code::BadArguments, call.span, message);
        self.say(match declared {
            Some(span) => problem.other(span, "declared here, without a default"),
            None => problem,
        });
    }
}

pub(super) fn parameter_name(parameter: &Parameter) -> &str {
    &parameter.name.text
}

/// What a call lacks of the `missing` parameters. Each argument of a name that none of `names` has stands
/// for one of them, misspelt: for the nearest, or else for the first.
pub(super) fn lacking<'n>(call: &Call, names: &[&str], missing: Vec<&'n str>) -> Vec<&'n str> {
    let mut lacking = missing;
    for name in call.arguments.iter().flat_map(|argument| &argument.name) {
        if lacking.is_empty() || names.contains(&name.text.as_str()) {
            continue;
        }
        let meant = nearest(&name.text, lacking.iter().copied());
        let place = lacking.iter().position(|one| Some(*one) == meant);
        lacking.remove(place.unwrap_or(0));
    }
    lacking
}
