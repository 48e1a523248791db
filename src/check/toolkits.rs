//! Toolkits and their tools.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::checker::Checker;
use super::entities::{Raise, Tool, Toolkit};
use super::tool_types::{ToolParameter, ToolTypes, ToolkitTypes};
use super::types::{RecordField, Type, described, docs_text, fit_literal, object_schema};
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::DeclarationId;
use crate::source::Span;
use crate::syntax::{self, Entry, EntryKind, Item, Parameter};

impl Checker<'_> {
    /// Checks a toolkit and keeps it.
    pub fn check_toolkit(&mut self, id: DeclarationId, item: &Item, written: &syntax::Toolkit) {
        let mut read = ToolkitTypes {
            toolkit: Toolkit {
                name: written.name.text.clone(),
                describe: docs_text(item.docs.as_ref()),
                tools: Vec::new(),
            },
            tools: BTreeMap::new(),
            is_partial: false,
        };
        let mut places = BTreeMap::new();
        for tool in &written.tools {
            self.check_tool(tool, &mut read, &mut places);
        }
        self.check_toolkit_fields(&written.others, &mut read);
        self.say_toolless(written, &read);
        self.toolkits.insert(id, read);
    }

    fn check_tool<'t>(
        &self,
        tool: &'t syntax::Tool,
        read: &mut ToolkitTypes,
        places: &mut BTreeMap<&'t str, Span>,
    ) {
        let parameters = self.read_parameters(&tool.parameters);
        let result = tool.result.as_ref().map(|result| self.read_type(result));
        let raises = self.read_raises(&tool.raises);
        if let Some(first) = places.insert(&tool.name.text, tool.name.span) {
            return self.say_duplicate_name(&tool.name.text, first, tool.name.span);
        }
        read.toolkit.tools.push(Tool {
            name: tool.name.text.clone(),
            describe: docs_text(tool.docs.as_ref()),
            parameters: parameters_schema(&parameters),
            result: result.map_or_else(|| json!({}), |result| result.schema()),
            raises,
            annotations: tool.annotations.clone(),
        });
        read.tools
            .insert(tool.name.text.clone(), ToolTypes { parameters });
    }

    fn read_parameters(&self, written: &[Parameter]) -> Vec<ToolParameter> {
        let mut read: Vec<ToolParameter> = Vec::new();
        for (index, parameter) in written.iter().enumerate() {
            let kind = self.read_type(&parameter.kind);
            let default = parameter
                .default
                .as_ref()
                .and_then(|default| self.read_default(&parameter.name.text, &kind, default));
            let earlier = &written[..index];
            if let Some(first) = earlier
                .iter()
                .find(|other| other.name.text == parameter.name.text)
            {
                let name = &parameter.name;
                self.say_duplicate_name(&name.text, first.name.span, name.span);
                continue;
            }
            read.push(ToolParameter {
                is_optional: kind.is_optional() || parameter.default.is_some(),
                field: RecordField {
                    name: parameter.name.text.clone(),
                    kind,
                    describe: docs_text(parameter.docs.as_ref()),
                },
                default,
            });
        }
        read
    }

    fn read_default(&self, name: &str, kind: &Type, default: &syntax::Expr) -> Option<Json> {
        match fit_literal(kind, default) {
            Ok(json) => Some(json),
            Err(misfit) => {
                if let Some(misfit) = misfit {
                    let message = format!("the default of `{name}` does not fit its type");
                    self.say(
                        Diagnostic::new(Code::WrongType, misfit.span, message)
                            .label(misfit.message)
                            .did_you_mean(misfit.near.as_deref()),
                    );
                }
                None
            }
        }
    }

    fn read_raises(&self, written: &[syntax::Raise]) -> Vec<Raise> {
        for (index, raise) in written.iter().enumerate() {
            let mut earlier = written[..index].iter();
            if let Some(first) = earlier.find(|other| other.name.text == raise.name.text) {
                self.say_duplicate_name(&raise.name.text, first.name.span, raise.name.span);
            }
        }
        written
            .iter()
            .map(|raise| Raise {
                name: raise.name.text.clone(),
                describe: raise
                    .text
                    .as_ref()
                    .map_or_else(String::new, |text| text.value.clone()),
            })
            .collect()
    }

    /// A toolkit has one field beside its tools: `describe`.
    fn check_toolkit_fields(&self, others: &[Entry], read: &mut ToolkitTypes) {
        let mut first: Option<Span> = None;
        for entry in others {
            match &entry.kind {
                EntryKind::Error { .. } => read.is_partial = true,
                EntryKind::Field(field) if field.name.text == "describe" => {
                    if let Some(first) = first {
                        self.say_duplicate_field("`describe`", first, field.name.span);
                        continue;
                    }
                    first = Some(field.name.span);
                    if let Some(text) = self.read_text("`describe`", &field.value) {
                        read.toolkit.describe = text.value.clone();
                    }
                }
                EntryKind::Field(field) => {
                    self.say_unknown_field("a toolkit", &field.name, &["describe", "tool"]);
                }
                EntryKind::Block(block) => {
                    self.say_unknown_field("a toolkit", &block.name, &["describe", "tool"]);
                }
                _ => self.say_misplaced("a toolkit", entry),
            }
        }
    }

    fn say_toolless(&self, written: &syntax::Toolkit, read: &ToolkitTypes) {
        if read.toolkit.tools.is_empty() && !read.is_partial {
            let name = &written.name;
            let message = format!("toolkit `{}` has no tools", name.text);
            self.say(
                Diagnostic::new(Code::MissingField, name.span, message)
                    .help("an agent needs at least one: `tool name(argument: string)`"),
            );
        }
    }
}

fn parameters_schema(parameters: &[ToolParameter]) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for parameter in parameters {
        let field = &parameter.field;
        let mut schema = described(field.kind.required().schema(), &field.describe);
        if let (Some(default), Json::Object(map)) = (&parameter.default, &mut schema) {
            map.insert("default".to_owned(), default.clone());
        }
        if !parameter.is_optional {
            required.push(Json::from(field.name.as_str()));
        }
        properties.insert(field.name.clone(), schema);
    }
    object_schema(properties, required)
}
