//! What the servers of imported tools say of them, as a person reads it.

use std::fmt::{self, Write};

use super::document::Work;
use super::show_line::line;
use crate::check::{Annotations, Tool};

/// How many tools are named for each hint; the document has them all.
const NAMED: usize = 8;

/// The tools by what is said of them, the gravest first; nothing where nothing is said.
pub(super) fn write_hints(out: &mut String, work: &Work) -> fmt::Result {
    let mut is_first = true;
    for hint in Annotations::HINTS {
        let tools = tools_with(work, hint);
        if tools.is_empty() {
            continue;
        }
        if std::mem::take(&mut is_first) {
            writeln!(out, "\nTools, as their servers describe them")?;
        }
        line(out, hint, &named(&tools))?;
    }
    Ok(())
}

fn tools_with(work: &Work, hint: &str) -> Vec<String> {
    let toolkits = work.toolkits.values();
    let tools = toolkits.flat_map(|toolkit| toolkit.tools.iter().map(move |it| (toolkit, it)));
    tools
        .filter(|(_, tool)| tool.annotations.hints().contains(&hint))
        .map(|(toolkit, tool)| format!("{}.{}", toolkit.name, titled(tool)))
        .collect()
}

/// The tool's name, and its title where people call it something else.
fn titled(tool: &Tool) -> String {
    match &tool.annotations.title {
        Some(title) if *title != tool.name => format!("{} ({title:?})", tool.name),
        _ => tool.name.clone(),
    }
}

fn named(tools: &[String]) -> String {
    let named = tools[..tools.len().min(NAMED)].join(", ");
    match tools.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named}, … {more} more"),
    }
}
