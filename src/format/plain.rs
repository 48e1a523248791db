//! A tree as text, from the tree alone and without regard to looks.
//!
//! It is how a tree that was never written becomes source, and how two trees are compared: trees
//! that differ in nothing but places have the same text. Invariant: parsed again, the text gives a
//! tree of the same meaning.

use std::fmt::Write;

use crate::syntax::{
    Annotations, Argument, Block, Body, Call, CallPattern, Docs, Entry, EntryKind, ExampleVerdict,
    Expr, ExprKind, FieldType, Item, ItemKind, Name, Parameter, Path, Rule, Scenario, Text, Tool,
    Toolkit, Tree, TypeExpr, TypeKind, Use, UseSource, UseWhat, quoted,
};

/// Gives source text of a tree's meaning: its declarations and documentation, and as comments
/// what servers say of their tools; no other comments.
///
/// [`format`](super::format()) makes it readable.
pub fn write_plain(tree: &Tree) -> String {
    let mut plain = Plain::default();
    if let Some(version) = &tree.version {
        plain.line(format!("ots {}", version.value));
    }
    for item in &tree.items {
        plain.line("");
        plain.item(item);
    }
    plain.text
}

#[derive(Default)]
struct Plain {
    text: String,
}

impl Plain {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn docs(&mut self, docs: Option<&Docs>) {
        self.text.push_str(&doc_lines(docs));
    }

    fn item(&mut self, item: &Item) {
        self.docs(item.docs.as_ref());
        match &item.kind {
            ItemKind::Use(used) => self.line(use_line(used)),
            ItemKind::Import(import) => {
                let (what, file) = (name(&import.what), quoted(&import.path.value));
                self.line(format!("import {what} {file} as {}", name(&import.alias)));
            }
            ItemKind::Toolkit(toolkit) => self.toolkit(toolkit),
            ItemKind::Outcome(block) => self.block("outcome ", block),
            ItemKind::Persona(block) => self.block("persona ", block),
            ItemKind::Model(block) => self.block("model ", block),
            ItemKind::Campaign(block) => self.block("campaign ", block),
            ItemKind::Scenario(scenario) => self.scenario(scenario),
            ItemKind::Template(template) => {
                let parameters = parameters(&template.parameters);
                self.line(format!("template {}{parameters} {{", name(&template.name)));
                self.entries(&template.body.entries);
                self.line("}");
            }
            ItemKind::Prompt(prompt) => {
                let (text, role) = (prose(&prompt.text), name(&prompt.role));
                self.line(format!("prompt {} for {role} = {text}", name(&prompt.name)));
            }
            ItemKind::Error { declares } => self.error(declares.as_ref()),
        }
    }

    /// What could not be read has no text of its own.
    fn error(&mut self, declares: Option<&Name>) {
        self.line(format!("?{}", declares.map(name).unwrap_or_default()));
    }

    fn toolkit(&mut self, toolkit: &Toolkit) {
        self.line(format!("toolkit {} {{", name(&toolkit.name)));
        toolkit.tools.iter().for_each(|it| self.tool(it));
        self.entries(&toolkit.others);
        self.line("}");
    }

    fn block(&mut self, word: &str, block: &Block) {
        self.line(format!("{word}{} {{", name(&block.name)));
        self.entries(&block.body.entries);
        self.line("}");
    }

    fn scenario(&mut self, scenario: &Scenario) {
        let base = scenario
            .base
            .as_ref()
            .map(|base| format!(" = {}", call(base)));
        let head = format!(
            "scenario {}{}",
            name(&scenario.name),
            base.unwrap_or_default()
        );
        match &scenario.body {
            None => self.line(head),
            Some(body) => {
                self.line(format!("{head} {{"));
                self.entries(&body.entries);
                self.line("}");
            }
        }
    }

    fn entries(&mut self, entries: &[Entry]) {
        entries.iter().for_each(|entry| self.entry(entry));
    }

    fn entry(&mut self, entry: &Entry) {
        // A tool carries its documentation itself.
        if !matches!(entry.kind, EntryKind::Tool(_)) {
            self.docs(entry.docs.as_ref());
        }
        match &entry.kind {
            EntryKind::Field(field) => {
                self.line(format!("{} = {}", name(&field.name), value(&field.value)));
            }
            EntryKind::Plant(field) => {
                self.line(format!(
                    "plant {} = {}",
                    name(&field.name),
                    value(&field.value)
                ));
            }
            EntryKind::Block(block) => self.block("", block),
            EntryKind::Vary(vary) => {
                self.line("vary {");
                for axis in &vary.axes {
                    self.docs(axis.docs.as_ref());
                    self.line(format!("{} in {}", name(&axis.name), value(&axis.values)));
                }
                self.line("}");
            }
            EntryKind::Constraint(constraint) => {
                let word = match constraint.kind {
                    crate::syntax::ConstraintKind::Forbid => "forbid",
                    crate::syntax::ConstraintKind::Require => "require",
                };
                self.line(format!("{word} {}", value(&constraint.condition)));
            }
            EntryKind::Rule(written) => self.line(rule(written)),
            EntryKind::Example(example) => {
                let word = match example.verdict {
                    ExampleVerdict::Unsafe => "unsafe",
                    ExampleVerdict::Allowed => "allowed",
                };
                self.line(format!("{word} {}", call(&example.call)));
            }
            EntryKind::Tool(tool) => self.tool(tool),
            EntryKind::Error { declares } => self.error(declares.as_ref()),
        }
    }

    /// The language has no words for what a server says of its tools: a comment keeps it for people.
    fn annotations(&mut self, annotations: &Annotations) {
        if let Some(title) = &annotations.title {
            self.line(format!("// title: {}", one_line(title)));
        }
        let hints = annotations.hints();
        if !hints.is_empty() {
            self.line(format!("// hints: {}", hints.join(", ")));
        }
    }

    fn tool(&mut self, tool: &Tool) {
        self.annotations(&tool.annotations);
        self.docs(tool.docs.as_ref());
        let mut line = format!("tool {}{}", name(&tool.name), parameters(&tool.parameters));
        if let Some(result) = &tool.result {
            let _ = write!(line, " -> {}", type_of(result));
        }
        self.line(line);
        for raise in &tool.raises {
            let why = raise
                .text
                .as_ref()
                .map(|why| format!(" {}", quoted(&why.value)));
            self.line(format!(
                "raises {}{}",
                name(&raise.name),
                why.unwrap_or_default()
            ));
        }
    }
}

/// `text` on one line, so that a comment ends where its line does.
fn one_line(text: &str) -> String {
    let words = text.split(|it: char| it.is_whitespace() || it.is_control());
    let words = words.filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn doc_lines(docs: Option<&Docs>) -> String {
    let lines = docs.iter().flat_map(|docs| docs.text.split('\n'));
    lines.fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "/// {}", line.trim());
        text
    })
}

fn name(name: &Name) -> String {
    match name.quoted {
        true => format!("`{}`", name.text),
        false => name.text.clone(),
    }
}

fn path(path: &Path) -> String {
    path.segments.iter().map(name).collect::<Vec<_>>().join(".")
}

fn use_line(used: &Use) -> String {
    let source = match &used.source {
        UseSource::Path(module) => path(module),
        UseSource::File(file) => quoted(&file.value),
    };
    let alias = |alias: &Option<Name>| match alias {
        Some(alias) => format!(" as {}", name(alias)),
        None => String::new(),
    };
    match &used.what {
        UseWhat::Whole { alias: given } => format!("use {source}{}", alias(given)),
        UseWhat::All(_) => format!("use {source}.*"),
        UseWhat::Names(names) => {
            let names = names
                .iter()
                .map(|used| name(&used.name) + &alias(&used.alias));
            format!("use {source}.{{{}}}", joined(names))
        }
    }
}

fn parameters(parameters: &[Parameter]) -> String {
    let parameters = parameters.iter().map(|parameter| {
        let default = parameter
            .default
            .as_ref()
            .map(|it| format!(" = {}", value(it)));
        format!(
            "{}{}: {}{}",
            documented(parameter.docs.as_ref()),
            name(&parameter.name),
            type_of(&parameter.kind),
            default.unwrap_or_default()
        )
    });
    format!("({})", joined(parameters))
}

/// Documentation within a list: on lines of its own.
fn documented(docs: Option<&Docs>) -> String {
    match docs {
        Some(_) => format!("\n{}", doc_lines(docs)),
        None => String::new(),
    }
}

fn type_of(kind: &TypeExpr) -> String {
    match &kind.kind {
        TypeKind::Named(word) => name(word),
        TypeKind::List(element) => format!("list<{}>", type_of(element)),
        TypeKind::Enum(words) => {
            format!(
                "enum({})",
                joined(words.iter().map(|word| quoted(&word.value)))
            )
        }
        TypeKind::Record(fields) => format!("{{{}}}", joined(fields.iter().map(field_type))),
        TypeKind::Optional(base) => format!("{}?", type_of(base)),
        TypeKind::Error => "?".to_owned(),
    }
}

fn field_type(field: &FieldType) -> String {
    let docs = documented(field.docs.as_ref());
    format!("{docs}{}: {}", name(&field.name), type_of(&field.kind))
}

fn rule(rule: &Rule) -> String {
    let calls: Vec<String> = rule.calls.iter().map(call_pattern).collect();
    let unless = rule
        .unless
        .iter()
        .map(|call| format!(" unless {}", call_pattern(call)));
    format!(
        "trigger when {}{}",
        calls.join(" then "),
        unless.collect::<String>()
    )
}

fn call_pattern(call: &CallPattern) -> String {
    let conditions = call.conditions.iter().map(|condition| {
        let sign = condition.operator.value.sign();
        format!(
            "{} {sign} {}",
            path(&condition.argument),
            value(&condition.value)
        )
    });
    format!("{}({})", path(&call.tool), joined(conditions))
}

fn call(call: &Call) -> String {
    format!(
        "{}({})",
        path(&call.callee),
        joined(call.arguments.iter().map(argument))
    )
}

fn argument(argument: &Argument) -> String {
    match &argument.name {
        Some(given) => format!("{} = {}", name(given), value(&argument.value)),
        None => value(&argument.value),
    }
}

fn value(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Text(text) => prose(text),
        ExprKind::Int(number) => number.to_string(),
        ExprKind::Float(number) => float(*number),
        ExprKind::Percent(share) => format!("{share}%"),
        ExprKind::Duration(seconds) => format!("{seconds}s"),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Path(names) => path(names),
        ExprKind::List(values) => format!("[{}]", joined(values.iter().map(value))),
        ExprKind::Record(fields) => {
            let fields = fields
                .iter()
                .map(|it| format!("{}: {}", name(&it.name), value(&it.value)));
            format!("{{{}}}", joined(fields))
        }
        ExprKind::Range { start, end } => format!("{}..{}", value(start), value(end)),
        ExprKind::Call(written) => call(written),
        ExprKind::With { base, body } => format!("{} with {}", value(base), braced(body)),
        ExprKind::Prose { modifiers, text } => {
            let words: Vec<String> = modifiers.iter().map(name).collect();
            format!("{} {}", words.join(" "), prose(text))
        }
        ExprKind::Weighted {
            value: inner,
            weight,
        } => {
            format!("{} weight {}", value(inner), value(weight))
        }
        ExprKind::Over { base, elements } => {
            let elements = joined(elements.iter().map(value));
            format!("{} over [{elements}]", value(base))
        }
        ExprKind::Not(inner) => format!("not {}", operand(inner)),
        ExprKind::Binary {
            left,
            operator,
            right,
        } => format!(
            "{} {} {}",
            operand(left),
            operator.value.sign(),
            operand(right)
        ),
        ExprKind::Error => "?".to_owned(),
    }
}

/// An operand, in parentheses where it has an operator itself.
fn operand(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Not(_) | ExprKind::Binary { .. } => format!("({})", value(expr)),
        _ => value(expr),
    }
}

fn braced(body: &Body) -> String {
    let mut inside = Plain::default();
    inside.entries(&body.entries);
    format!("{{\n{}}}", inside.text)
}

/// A number that is read as one with a fraction again.
fn float(number: f64) -> String {
    let written = number.to_string();
    match written.contains('.') {
        true => written,
        false => format!("{written}.0"),
    }
}

/// A text, as a block where it has several lines and a block can hold them.
fn prose(text: &Text) -> String {
    match fits_block(&text.value) {
        true => format!("\"\"\"\n{}\n\"\"\"", text.value),
        false => quoted(&text.value),
    }
}

/// Whether a text block stands for exactly this: it has no escapes, and drops common indentation.
fn fits_block(text: &str) -> bool {
    let is_blank = |line: &str| line.trim().is_empty();
    let has_edge = text
        .split('\n')
        .any(|line| line.starts_with(|first: char| !first.is_whitespace()));
    let fits = |line: &str| {
        (line.is_empty() || !is_blank(line)) && !line.trim_start().starts_with("\"\"\"")
    };
    let is_plain =
        |character: char| character == '\n' || character == '\t' || !character.is_control();
    text.contains('\n') && has_edge && text.split('\n').all(fits) && text.chars().all(is_plain)
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}
