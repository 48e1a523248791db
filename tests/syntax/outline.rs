//! A tree as indented lines, one a node, so that a test shows what was understood.

use autosafe::syntax::*;

/// The outline of a tree.
pub fn outline(tree: &Tree) -> String {
    let mut outline = Outline::default();
    if let Some(version) = &tree.version {
        outline.line(format!("version {}", version.value));
    }
    tree.items.iter().for_each(|item| outline.item(item));
    outline.text
}

#[derive(Default)]
struct Outline {
    text: String,
    depth: usize,
}

impl Outline {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn within(&mut self, inner: impl FnOnce(&mut Self)) {
        self.depth += 1;
        inner(self);
        self.depth -= 1;
    }

    fn docs(&mut self, docs: &Option<Docs>) {
        if let Some(docs) = docs {
            self.line(format!("/// {}", docs.text.replace('\n', " / ")));
        }
    }

    fn item(&mut self, item: &Item) {
        self.docs(&item.docs);
        match &item.kind {
            ItemKind::Use(used) => self.line(use_line(used)),
            ItemKind::Import(import) => self.line(format!(
                "import {} {} as {}",
                import.what.text,
                text(&import.path),
                import.alias.text
            )),
            ItemKind::Toolkit(toolkit) => {
                self.line(format!("toolkit {}", toolkit.name.text));
                self.within(|outline| {
                    toolkit.tools.iter().for_each(|tool| outline.tool(tool));
                    outline.entries(&toolkit.others);
                });
            }
            ItemKind::Outcome(block) => self.block("outcome ", block),
            ItemKind::Persona(block) => self.block("persona ", block),
            ItemKind::Model(block) => self.block("model ", block),
            ItemKind::Campaign(block) => self.block("campaign ", block),
            ItemKind::Scenario(scenario) => self.scenario(scenario),
            ItemKind::Template(template) => {
                let parameters = parameters(&template.parameters);
                self.line(format!("template {}({parameters})", template.name.text));
                self.within(|outline| outline.entries(&template.body.entries));
            }
            ItemKind::Prompt(prompt) => self.line(format!(
                "prompt {} for {} {}",
                prompt.name.text,
                prompt.role.text,
                text(&prompt.text)
            )),
            ItemKind::Error { declares } => self.line(error_line("item", declares)),
        }
    }

    fn scenario(&mut self, scenario: &Scenario) {
        let base = scenario
            .base
            .as_ref()
            .map(|base| format!(" = {}", call(base)));
        self.line(format!(
            "scenario {}{}",
            scenario.name.text,
            base.unwrap_or_default()
        ));
        if let Some(body) = &scenario.body {
            self.within(|outline| outline.entries(&body.entries));
        }
    }

    fn block(&mut self, word: &str, block: &Block) {
        self.line(format!("{word}{}", block.name.text));
        self.within(|outline| outline.entries(&block.body.entries));
    }

    fn entries(&mut self, entries: &[Entry]) {
        entries.iter().for_each(|entry| self.entry(entry));
    }

    fn entry(&mut self, entry: &Entry) {
        self.docs(&entry.docs);
        match &entry.kind {
            EntryKind::Field(field) => self.field("", field),
            EntryKind::Plant(field) => self.field("plant ", field),
            EntryKind::Block(block) => self.block("block ", block),
            EntryKind::Vary(vary) => {
                self.line("vary");
                self.within(|outline| {
                    for axis in &vary.axes {
                        outline.docs(&axis.docs);
                        outline.line(format!("{} in {}", axis.name.text, expr(&axis.values)));
                    }
                });
            }
            EntryKind::Constraint(constraint) => self.line(format!(
                "{:?} {}",
                constraint.kind,
                expr(&constraint.condition)
            )),
            EntryKind::Rule(rule) => self.line(rule_line(rule)),
            EntryKind::Example(example) => {
                self.line(format!("{:?} {}", example.verdict, call(&example.call)));
            }
            EntryKind::Tool(tool) => self.tool(tool),
            EntryKind::Error { declares } => self.line(error_line("entry", declares)),
        }
    }

    fn field(&mut self, word: &str, field: &Field) {
        self.line(format!(
            "{word}{} = {}",
            field.name.text,
            expr(&field.value)
        ));
    }

    fn tool(&mut self, tool: &Tool) {
        self.docs(&tool.docs);
        let result = tool
            .result
            .as_ref()
            .map(|result| format!(" -> {}", kind(result)));
        self.line(format!(
            "tool {}({}){}",
            tool.name.text,
            parameters(&tool.parameters),
            result.unwrap_or_default()
        ));
        self.within(|outline| {
            for raise in &tool.raises {
                let text = raise.text.as_ref().map_or(String::new(), text);
                outline.line(format!("raises {} {text}", raise.name.text).trim_end());
            }
        });
    }
}

fn error_line(what: &str, declares: &Option<Name>) -> String {
    match declares {
        Some(name) => format!("error {what} {}", name.text),
        None => format!("error {what}"),
    }
}

fn use_line(used: &Use) -> String {
    let source = match &used.source {
        UseSource::Path(module) => path(module),
        UseSource::File(file) => text(file),
    };
    let alias = |alias: &Option<Name>| {
        alias
            .as_ref()
            .map_or(String::new(), |alias| format!(" as {}", alias.text))
    };
    match &used.what {
        UseWhat::Whole { alias: name } => format!("use {source}{}", alias(name)),
        UseWhat::All(_) => format!("use {source}.*"),
        UseWhat::Names(names) => {
            let names = names
                .iter()
                .map(|used| format!("{}{}", used.name.text, alias(&used.alias)));
            format!("use {source}.{{{}}}", names.collect::<Vec<_>>().join(", "))
        }
    }
}

fn rule_line(rule: &Rule) -> String {
    let calls: Vec<String> = rule.calls.iter().map(pattern).collect();
    let unless = rule
        .unless
        .iter()
        .map(|call| format!(" unless {}", pattern(call)));
    format!(
        "when {}{}",
        calls.join(" then "),
        unless.collect::<String>()
    )
}

fn pattern(call: &CallPattern) -> String {
    let conditions = call.conditions.iter().map(|condition| {
        format!(
            "{} {:?} {}",
            path(&condition.argument),
            condition.operator.value,
            expr(&condition.value)
        )
    });
    format!("{}({})", path(&call.tool), join(conditions))
}

fn parameters(parameters: &[Parameter]) -> String {
    join(parameters.iter().map(|parameter| {
        let default = parameter
            .default
            .as_ref()
            .map(|value| format!(" = {}", expr(value)));
        let docs = parameter
            .docs
            .as_ref()
            .map(|docs| format!("/// {} / ", docs.text));
        format!(
            "{}{}: {}{}",
            docs.unwrap_or_default(),
            parameter.name.text,
            kind(&parameter.kind),
            default.unwrap_or_default()
        )
    }))
}

fn kind(kind_of: &TypeExpr) -> String {
    match &kind_of.kind {
        TypeKind::Named(name) => name.text.clone(),
        TypeKind::List(element) => format!("list<{}>", kind(element)),
        TypeKind::Enum(values) => format!("enum({})", join(values.iter().map(text))),
        TypeKind::Record(fields) => {
            let fields = fields
                .iter()
                .map(|field| format!("{}: {}", field.name.text, kind(&field.kind)));
            format!("{{ {} }}", join(fields))
        }
        TypeKind::Optional(inner) => format!("{}?", kind(inner)),
        TypeKind::Error => "error".to_owned(),
    }
}

fn call(call: &Call) -> String {
    let arguments = call.arguments.iter().map(|argument| match &argument.name {
        Some(name) => format!("{} = {}", name.text, expr(&argument.value)),
        None => expr(&argument.value),
    });
    format!("{}({})", path(&call.callee), join(arguments))
}

fn path(path: &Path) -> String {
    let names: Vec<&str> = path
        .segments
        .iter()
        .map(|name| name.text.as_str())
        .collect();
    names.join(".")
}

fn text(text: &Text) -> String {
    format!("{:?}", text.value)
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// An expression with every operator's operands in parentheses.
fn expr(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Text(written) => text(written),
        ExprKind::Int(number) => number.to_string(),
        ExprKind::Float(number) => format!("{number:?}"),
        ExprKind::Percent(number) => format!("{number}%"),
        ExprKind::Duration(seconds) => format!("{seconds}s"),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Path(name) => path(name),
        ExprKind::List(values) => format!("[{}]", join(values.iter().map(expr))),
        ExprKind::Record(fields) => {
            let fields = fields
                .iter()
                .map(|field| format!("{}: {}", field.name.text, expr(&field.value)));
            format!("{{ {} }}", join(fields))
        }
        ExprKind::Range { start, end } => format!("{}..{}", expr(start), expr(end)),
        ExprKind::Call(called) => call(called),
        ExprKind::With { base, body } => {
            let mut outline = Outline::default();
            outline.entries(&body.entries);
            let entries = outline.text.trim_end().replace('\n', ", ");
            format!("{} with {{ {entries} }}", expr(base))
        }
        ExprKind::Prose {
            modifiers,
            text: prose,
        } => {
            let words: Vec<&str> = modifiers.iter().map(|word| word.text.as_str()).collect();
            format!("{} {}", words.join(" "), text(prose))
        }
        ExprKind::Weighted { value, weight } => {
            format!("{} weight {}", expr(value), expr(weight))
        }
        ExprKind::Over { base, elements } => {
            let elements: Vec<String> = elements.iter().map(expr).collect();
            format!("{} over [{}]", expr(base), elements.join(", "))
        }
        ExprKind::Not(inner) => format!("(not {})", expr(inner)),
        ExprKind::Binary {
            left,
            operator,
            right,
        } => format!("({} {:?} {})", expr(left), operator.value, expr(right)),
        ExprKind::Error => "error".to_owned(),
    }
}
