//! The names under which models are given tools.

use std::collections::{BTreeMap, BTreeSet};

use super::scene::WireTool;
use crate::check::{Key, ToolKey, Toolkit};

/// Longest name that every provider takes.
const MAX_LENGTH: usize = 64;

/// Every tool of the toolkits, in their order, each under a name of its own.
pub(super) fn wire_tools<'a>(
    toolkits: impl Iterator<Item = (&'a Key, &'a Toolkit)> + Clone,
) -> Vec<WireTool> {
    let mut holders: BTreeMap<String, BTreeSet<&Key>> = BTreeMap::new();
    for (key, toolkit) in toolkits.clone() {
        for tool in &toolkit.tools {
            holders
                .entry(sanitised(&tool.name))
                .or_default()
                .insert(key);
        }
    }
    let mut taken = BTreeSet::new();
    let mut tools = Vec::new();
    for (key, toolkit) in toolkits {
        for tool in &toolkit.tools {
            let alone = sanitised(&tool.name);
            let name = match holders[&alone].len() {
                1 => alone,
                _ => sanitised(&format!("{}_{}", toolkit.name, tool.name)),
            };
            tools.push(WireTool {
                wire_name: unique(name, &mut taken),
                key: ToolKey {
                    toolkit: key.clone(),
                    tool: tool.name.clone(),
                },
                toolkit: toolkit.name.clone(),
                tool: tool.clone(),
            });
        }
    }
    tools
}

/// The name in letters that every provider takes.
fn sanitised(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '_' | '-' => c,
            _ => '_',
        })
        .take(MAX_LENGTH)
        .collect();
    if name.is_empty() {
        "_".to_owned()
    } else {
        name
    }
}

/// The name, with a number behind it where it is taken.
fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    let mut candidate = name.clone();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        let suffix = format!("_{number}");
        let kept = name.len().min(MAX_LENGTH - suffix.len());
        candidate = format!("{}{suffix}", &name[..kept]);
        number += 1;
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Annotations, Tool};

    fn names(toolkits: &[(&str, &[&str])]) -> Vec<String> {
        let toolkits: Vec<(Key, Toolkit)> = toolkits
            .iter()
            .map(|(name, tools)| (Key((*name).to_owned()), toolkit(name, tools)))
            .collect();
        wire_tools(toolkits.iter().map(|(key, toolkit)| (key, toolkit)))
            .into_iter()
            .map(|tool| tool.wire_name)
            .collect()
    }

    fn toolkit(name: &str, tools: &[&str]) -> Toolkit {
        Toolkit {
            name: name.to_owned(),
            describe: String::new(),
            tools: tools
                .iter()
                .map(|name| Tool {
                    name: (*name).to_owned(),
                    describe: String::new(),
                    parameters: serde_json::json!({}),
                    result: serde_json::json!({}),
                    raises: Vec::new(),
                    annotations: Annotations::default(),
                })
                .collect(),
        }
    }

    #[test]
    fn a_name_that_two_toolkits_have_is_led_by_theirs() {
        assert_eq!(
            names(&[("Mail", &["send", "read"]), ("Chat", &["send"])]),
            ["Mail_send", "read", "Chat_send"]
        );
    }

    #[test]
    fn names_are_sanitised_shortened_and_different() {
        let long = "x".repeat(70);
        let shown = names(&[("Mail", &["send mail", "send.mail", &long, &long])]);
        assert_eq!(shown[..2], ["send_mail", "send_mail_2"]);
        assert_eq!(shown[2].len(), 64);
        assert_eq!(shown[3], format!("{}_2", "x".repeat(62)));
    }
}
