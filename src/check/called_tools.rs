//! Tools that rules and examples call: that they exist, and that the scenario is given them.

use super::checker::Checker;
use super::entities::{ToolKey, Value};
use super::expressions::single_name;
use super::lookup::Reference;
use super::scope::{Scope, Variable};
use super::tool_types::ToolTypes;
use super::values::{Kind, path_text};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::resolve::{DeclarationId, DeclarationKind, ModuleId};
use crate::syntax::{Name, Path};

/// A tool that a path names.
pub(super) struct FoundTool<'c> {
    pub key: ToolKey,
    pub types: &'c ToolTypes,
}

impl<'w> Checker<'w> {
    /// The tool that a rule or example names, if the scenario is given it.
    pub fn find_called_tool(
        &self,
        module: ModuleId,
        path: &Path,
        scope: &Scope,
    ) -> Option<FoundTool<'_>> {
        let (id, tool) = self.find_toolkit_part(module, path, scope)?;
        self.find_tool(id, &tool)?;
        self.check_given(id, path, scope)?;
        Some(FoundTool {
            key: ToolKey {
                toolkit: self.key(id),
                tool: tool.text.clone(),
            },
            types: self.toolkits.get(&id)?.tools.get(&tool.text)?,
        })
    }

    /// The toolkit, and the tool's name in it.
    fn find_toolkit_part(
        &self,
        module: ModuleId,
        path: &Path,
        scope: &Scope,
    ) -> Option<(DeclarationId, Name)> {
        let (first, rest) = path.segments.split_first()?;
        if let Some(variable) = scope.find(&first.text) {
            return self.find_in_variable(path, first, rest, &variable);
        }
        match self.find(module, path) {
            Reference::Declaration(id, DeclarationKind::Toolkit, [tool]) => {
                Some((id, tool.clone()))
            }
            Reference::Declaration(id, DeclarationKind::Toolkit, []) => {
                self.say_no_tool_named(id, path);
                None
            }
            Reference::Broken => None,
            Reference::Unknown(problem) => {
                self.say_unknown_tool(path, problem, scope);
                None
            }
            Reference::Declaration(..) | Reference::Module | Reference::Sim => {
                let message = format!("`{}` is no tool", path_text(path));
                self.say(
                    Diagnostic::new(Code::UnknownTool, path.span, message)
                        .help("write the toolkit, a dot and the tool: `Mail.send_email`"),
                );
                None
            }
        }
    }

    fn find_in_variable(
        &self,
        path: &Path,
        first: &Name,
        rest: &[Name],
        variable: &Variable,
    ) -> Option<(DeclarationId, Name)> {
        let Variable::Parameter(binding) = variable else {
            let message = format!(
                "`{}` changes from row to row, and cannot name a tool",
                first.text
            );
            self.say(
                Diagnostic::new(Code::UnknownTool, path.span, message)
                    .help("write the toolkit itself, in a rule for each"),
            );
            return None;
        };
        match (&binding.kind, &binding.value, rest) {
            (Kind::Toolkit, Some(Value::Toolkit(key)), [tool]) => {
                let id = self.id_of(DeclarationKind::Toolkit, key)?;
                Some((id, tool.clone()))
            }
            (Kind::Tool, Some(Value::Tool(tool)), []) => {
                let id = self.id_of(DeclarationKind::Toolkit, &tool.toolkit)?;
                let name = Name {
                    text: tool.tool.clone(),
                    ..first.clone()
                };
                Some((id, name))
            }
            (Kind::Toolkit, None, [_]) | (Kind::Tool, None, []) | (Kind::Unknown, ..) => None,
            _ => {
                let message = format!("`{}` is no tool", path_text(path));
                self.say(
                    Diagnostic::new(Code::UnknownTool, path.span, message).label(format!(
                        "the parameter `{}` is {}",
                        first.text, binding.kind
                    )),
                );
                None
            }
        }
    }

    fn say_unknown_tool(&self, path: &Path, mut problem: Diagnostic, scope: &Scope) {
        if scope.is_partial && path.segments.len() == 1 {
            return;
        }
        if problem.code == Code::UnknownName {
            problem.code = Code::UnknownTool;
        }
        if let (Some(name), None) = (single_name(path), &problem.help) {
            problem = match self.toolkit_with(&name.text, scope) {
                Some(near) => problem.did_you_mean(Some(&near)),
                None => problem,
            };
        }
        self.say(problem);
    }

    /// A tool of this name in a toolkit that the scenario is given.
    fn toolkit_with(&self, tool: &str, scope: &Scope) -> Option<String> {
        let given = scope.toolkits.iter().flatten();
        given
            .filter_map(|id| self.toolkits.get(id))
            .find(|types| types.tools.contains_key(tool))
            .map(|types| format!("{}.{tool}", types.toolkit.name))
    }

    fn say_no_tool_named(&self, id: DeclarationId, path: &Path) {
        let tools = self.tool_names(id);
        let first = tools.first().copied().unwrap_or("tool");
        let name = path_text(path);
        let message = format!("`{name}` is a toolkit, not a tool");
        self.say(
            Diagnostic::new(Code::UnknownTool, path.span, message)
                .help(format!("name one of its tools, such as `{name}.{first}`")),
        );
    }

    fn tool_names(&self, id: DeclarationId) -> Vec<&str> {
        let tools = self.toolkits.get(&id).map(|types| &types.toolkit.tools);
        let tools = tools.into_iter().flatten();
        tools.map(|tool| tool.name.as_str()).collect()
    }

    /// Whether a toolkit has this tool; says so where not.
    pub fn find_tool(&self, id: DeclarationId, tool: &Name) -> Option<()> {
        let types = self.toolkits.get(&id)?;
        if types.tools.contains_key(&tool.text) {
            return Some(());
        }
        if !types.is_partial {
            let message = format!(
                "toolkit `{}` has no tool `{}`",
                types.toolkit.name, tool.text
            );
            let near = nearest(&tool.text, self.tool_names(id));
            self.say(Diagnostic::new(Code::UnknownTool, tool.span, message).did_you_mean(near));
        }
        None
    }

    fn check_given(&self, id: DeclarationId, path: &Path, scope: &Scope) -> Option<()> {
        let is_given = scope
            .toolkits
            .as_ref()
            .is_none_or(|given| given.contains(&id));
        if is_given {
            return Some(());
        }
        let name = self.workspace.name(id);
        let message = format!("the scenario is not given the toolkit `{name}`");
        self.say(
            Diagnostic::new(Code::UnknownTool, path.span, message)
                .help(format!("add `{name}` to `toolkits`")),
        );
        None
    }
}
