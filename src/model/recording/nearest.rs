//! The recorded call that is most like one that was not recorded.

use std::collections::HashSet;
use std::io::BufRead;

use serde_json::Value as Json;

use super::difference::differences;
use super::line::ReadLine;
use crate::model::conversation::Request;

/// How many differences are told.
const TOLD: usize = 5;

/// A call, and how like it is.
struct Near {
    line: usize,
    at: String,
    request: Json,
    likeness: f64,
}

/// In words: where the nearest call stands, and what differs. Nothing where no call is like it.
pub(super) fn nearest(request: &Request, recording: impl BufRead) -> Option<String> {
    let here = serde_json::to_value(request).expect("requests hold nothing that JSON cannot");
    let wanted = lines_of(&here);
    let mut best: Option<Near> = None;
    for (index, text) in recording.lines().map_while(Result::ok).enumerate() {
        let Ok(read) = serde_json::from_str::<ReadLine>(&text) else {
            continue;
        };
        let likeness = likeness(&here, &wanted, &read.request);
        if likeness > best.as_ref().map_or(0.0, |best| best.likeness) {
            best = Some(Near {
                line: index + 1,
                at: read.at,
                request: read.request,
                likeness,
            });
        }
    }
    best.map(|near| describe(&here, &near))
}

fn describe(here: &Json, near: &Near) -> String {
    let all = differences(here, &near.request);
    let mut words = format!("the nearest one is line {} ({}):", near.line, near.at);
    for difference in all.iter().take(TOLD) {
        words.push_str("\n  - ");
        words.push_str(difference);
    }
    if all.len() > TOLD {
        words.push_str(&format!("\n  - and {} more", all.len() - TOLD));
    }
    words
}

/// A call of the same seed stood at the same place; else what was said decides.
fn likeness(here: &Json, wanted: &HashSet<String>, there: &Json) -> f64 {
    let same = |name: &str| f64::from(u8::from(here.get(name) == there.get(name)));
    let kind = |request: &Json| match &request["answer"] {
        Json::Object(form) => form["json"]["name"].clone(),
        other => other.clone(),
    };
    let same_kind = f64::from(u8::from(kind(here) == kind(there)));
    let lines = lines_of(there);
    let shared = lines.intersection(wanted).count() as f64;
    let all = lines.len().max(wanted.len()).max(1) as f64;
    8.0 * same("seed") + 2.0 * same_kind + same("model") + same("tools") + 4.0 * shared / all
}

/// The lines of everything that was said.
fn lines_of(request: &Json) -> HashSet<String> {
    let messages = request["messages"].as_array();
    let texts = messages
        .into_iter()
        .flatten()
        .filter_map(|message| message["content"].as_str());
    texts.flat_map(str::lines).map(str::to_owned).collect()
}
