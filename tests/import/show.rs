//! A tool file as the toolkits that it becomes.

use autosafe::import::{ImportShape, read};
use autosafe::source::SourceMap;
use autosafe::syntax::{
    Annotations, Docs, ExprKind, FieldType, ItemKind, Parameter, Tool, Toolkit, TypeExpr, TypeKind,
};

/// What a file becomes, in the words of the language, then what is wrong with it.
pub fn import(text: &str) -> String {
    import_as("tools.json", text)
}

/// The same for a file of this name.
pub fn import_as(name: &str, text: &str) -> String {
    let mut sources = SourceMap::new();
    // Another file first: places must not be confused.
    sources.add("main.ots", "ots 1\n");
    let file = sources.add(name, text);
    let (tree, shape, diagnostics) = read(file, &sources);
    let mut shown = match shape {
        ImportShape::Many => String::from("many\n"),
        ImportShape::One => String::from("one\n"),
    };
    for item in &tree.items {
        match &item.kind {
            ItemKind::Toolkit(toolkit) => shown += &show_toolkit(toolkit, &item.docs),
            ItemKind::Error { declares } => {
                let name = declares.as_ref().map_or("?", |name| &name.text);
                shown += &format!("broken {name}\n");
            }
            other => panic!("no toolkit: {other:?}"),
        }
    }
    for problem in &diagnostics {
        let file = sources.file_at(problem.span.start).expect("a file");
        shown += &format!(
            "{} {} {}: {} `{}`\n",
            file.name(),
            file.line_column(problem.span.start),
            problem.code,
            problem.message,
            sources.text(problem.span)
        );
    }
    shown
}

fn show_toolkit(toolkit: &Toolkit, docs: &Option<Docs>) -> String {
    let mut shown = format!("toolkit {}{}\n", show_name(&toolkit.name), show_docs(docs));
    for tool in &toolkit.tools {
        shown += &show_tool(tool);
    }
    shown
}

fn show_tool(tool: &Tool) -> String {
    let parameters: Vec<_> = tool.parameters.iter().map(show_parameter).collect();
    let result = tool
        .result
        .as_ref()
        .map_or(String::new(), |result| format!(" -> {}", show_type(result)));
    let mut shown = format!(
        "  {}({}){result}{}\n",
        show_name(&tool.name),
        parameters.join(", "),
        show_docs(&tool.docs)
    );
    shown += &show_annotations(&tool.annotations);
    for raise in &tool.raises {
        let text = raise.text.as_ref().map_or("", |text| &text.value);
        shown += &format!("    raises {} {text:?}\n", show_name(&raise.name));
    }
    shown
}

fn show_annotations(annotations: &Annotations) -> String {
    let title = annotations.title.iter().map(String::as_str);
    let said: Vec<_> = title.chain(annotations.hints()).collect();
    match said.as_slice() {
        [] => String::new(),
        said => format!("    says {}\n", said.join(", ")),
    }
}

fn show_parameter(parameter: &Parameter) -> String {
    let default = parameter.default.as_ref().map_or(String::new(), |default| {
        let shown = match &default.kind {
            ExprKind::Text(text) => format!("{:?}", text.value),
            ExprKind::Int(int) => int.to_string(),
            ExprKind::Float(float) => float.to_string(),
            ExprKind::Bool(bool) => bool.to_string(),
            ExprKind::List(values) => format!("list of {}", values.len()),
            ExprKind::Record(fields) => format!("record of {}", fields.len()),
            other => panic!("no default: {other:?}"),
        };
        format!(" = {shown}")
    });
    format!(
        "{}: {}{default}{}",
        show_name(&parameter.name),
        show_type(&parameter.kind),
        show_docs(&parameter.docs)
    )
}

fn show_type(kind: &TypeExpr) -> String {
    match &kind.kind {
        TypeKind::Named(name) => name.text.clone(),
        TypeKind::List(items) => format!("list<{}>", show_type(items)),
        TypeKind::Enum(words) => {
            let words: Vec<_> = words
                .iter()
                .map(|word| format!("{:?}", word.value))
                .collect();
            format!("enum({})", words.join(", "))
        }
        TypeKind::Record(fields) => {
            let fields: Vec<_> = fields.iter().map(show_field).collect();
            format!("{{{}}}", fields.join(", "))
        }
        TypeKind::Optional(inner) => format!("{}?", show_type(inner)),
        TypeKind::Error => "error".to_owned(),
    }
}

fn show_field(field: &FieldType) -> String {
    format!(
        "{}: {}{}",
        show_name(&field.name),
        show_type(&field.kind),
        show_docs(&field.docs)
    )
}

fn show_name(name: &autosafe::syntax::Name) -> String {
    if name.quoted {
        format!("`{}`", name.text)
    } else {
        name.text.clone()
    }
}

fn show_docs(docs: &Option<Docs>) -> String {
    docs.as_ref()
        .map_or(String::new(), |docs| format!(" ({})", docs.text))
}

#[track_caller]
pub fn expect(text: &str, wanted: &str) {
    expect_as("tools.json", text, wanted);
}

#[track_caller]
pub fn expect_as(name: &str, text: &str, wanted: &str) {
    let shown = import_as(name, text);
    let shown: Vec<_> = shown.lines().map(str::trim).collect();
    let wanted: Vec<_> = wanted.trim().lines().map(str::trim).collect();
    assert_eq!(shown, wanted, "\n{}", shown.join("\n"));
}
