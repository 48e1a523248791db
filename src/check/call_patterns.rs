//! Rules: which calls they speak of, and when those calls trigger.

use super::checker::Checker;
use super::rule::{CallPattern, Rule};
use super::scope::Scope;
use crate::resolve::ModuleId;
use crate::syntax;

impl Checker<'_> {
    /// The rule, if all of it is right and known.
    pub fn read_rule(
        &self,
        module: ModuleId,
        written: &syntax::Rule,
        scope: &Scope,
    ) -> Option<Rule> {
        let read = |patterns: &[syntax::CallPattern]| -> Option<Vec<CallPattern>> {
            let read: Vec<_> = patterns
                .iter()
                .map(|pattern| self.read_pattern(module, pattern, scope))
                .collect();
            read.into_iter().collect()
        };
        let (calls, unless) = (read(&written.calls), read(&written.unless));
        Some(Rule {
            calls: calls?,
            unless: unless?,
        })
    }

    fn read_pattern(
        &self,
        module: ModuleId,
        pattern: &syntax::CallPattern,
        scope: &Scope,
    ) -> Option<CallPattern> {
        let tool = self.find_called_tool(module, &pattern.tool, scope);
        let types = tool.as_ref().map(|tool| tool.types);
        let conditions: Vec<_> = pattern
            .conditions
            .iter()
            .map(|condition| self.read_condition(condition, types, scope))
            .collect();
        Some(CallPattern {
            tool: tool?.key,
            conditions: conditions.into_iter().collect::<Option<_>>()?,
        })
    }
}
