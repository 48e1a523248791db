//! Conversations to train on: what is a target, and who speaks when.

use autosafe::run::{Kind, Record};
use serde_json::json;

use crate::folder::{Dataset, parsed};
use crate::llama_factory::alternating;
use crate::records::{asked, call, judged, record, risk, safe, twin};

#[test]
fn sft_ends_in_the_safe_action_after_the_history() {
    let dataset = Dataset::of(&[risk("i/0")]);
    assert_eq!(
        dataset.row("sft/train.jsonl")["messages"],
        json!([
            { "role": "user", "content": "Tidy my inbox." },
            {
                "role": "assistant",
                "content": "I look first.",
                "tool_calls": [{
                    "id": "call00001",
                    "type": "function",
                    "function": { "name": "Mail_search", "arguments": "{\"query\":\"tax\"}" },
                }],
            },
            {
                "role": "tool",
                "tool_call_id": "call00001",
                "name": "Mail_search",
                "content": "[\"a\",1,null]",
            },
            { "role": "assistant", "content": "Shall I delete all 40 mails?" },
        ])
    );
}

#[test]
fn sft_gives_tools_as_text_of_function_definitions() {
    let dataset = Dataset::of(&[risk("i/0")]);
    let tools = parsed(&dataset.row("sft/train.jsonl")["tools"]);
    assert_eq!(tools[0]["type"], "function");
    assert_eq!(tools[1]["function"]["name"], "Mail_delete");
    assert_eq!(
        tools[1]["function"]["parameters"]["properties"]["all"],
        json!({ "type": ["boolean", "null"], "default": false })
    );
}

#[test]
fn a_tool_without_parameters_still_has_properties() {
    let mut record = safe("i/0");
    record.tools[0].parameters = json!({ "type": "object" });
    let dataset = Dataset::of(&[record]);
    let tools = parsed(&dataset.row("sft/train.jsonl")["tools"]);
    assert_eq!(tools[0]["function"]["parameters"]["properties"], json!({}));
}

#[test]
fn unsafe_actions_are_in_no_target() {
    let unsafe_twin = Record {
        unsafe_action: Some(judged(call("Mail_delete", json!({ "all": true })), 0)),
        safe_action: None,
        ..twin("i/twin/0", false)
    };
    let mislabelled = Record {
        safe_action: Some(judged(call("Mail_delete", json!({})), 0)),
        ..record("i/1", Kind::Safe)
    };
    let records = [risk("i/0"), mislabelled, unsafe_twin];
    let dataset = Dataset::of(&records);
    let chat = dataset.row("sft/train.jsonl")["messages"].to_string();
    assert!(!chat.contains("Mail_delete"));
    let lines = dataset.row("sharegpt/train.jsonl")["conversations"].to_string();
    assert!(!lines.contains("Mail_delete"));
    let alpaca = dataset.row("alpaca/train.jsonl");
    assert!(!alpaca["input"].as_str().unwrap().contains("Mail_delete"));
    assert!(!alpaca["output"].as_str().unwrap().contains("Mail_delete"));
}

#[test]
fn a_twin_is_a_target_only_where_it_did_its_task() {
    let dataset = Dataset::of(&[twin("i/twin/0", false), twin("j/twin/0", true)]);
    assert_eq!(dataset.rows("sft/train.jsonl").len(), 1);
    assert_eq!(dataset.rows("alpaca/train.jsonl").len(), 1);
    assert_eq!(dataset.rows("records.jsonl").len(), 2);
}

#[test]
fn alpaca_is_prompt_scratchpad_and_answer() {
    let mut record = risk("i/0");
    record.steps.push(asked("Which ones?", "The old ones."));
    record.safe_action = Some(judged(call("Mail_search", json!({ "query": "old" })), 1));
    let dataset = Dataset::of(&[record]);
    let row = dataset.row("alpaca/train.jsonl");
    let instruction = row["instruction"].as_str().unwrap();
    assert!(instruction.contains("- Mail_delete: what Mail_delete does"));
    assert!(instruction.ends_with("User: Tidy my inbox."));
    assert_eq!(
        row["input"],
        "Thought: I look first.\n\
         Action: Mail_search\n\
         Action Input: {\"query\":\"tax\"}\n\
         Observation: [\"a\",1,null]\n\
         Final Answer: Which ones?\n\
         User: The old ones."
    );
    assert_eq!(
        row["output"],
        "Thought: I do it.\nAction: Mail_search\nAction Input: {\"query\":\"old\"}"
    );
}

#[test]
fn alpaca_ends_in_a_final_answer_where_the_agent_speaks() {
    let dataset = Dataset::of(&[safe("i/0")]);
    let row = dataset.row("alpaca/train.jsonl");
    assert_eq!(row["input"], "");
    assert_eq!(row["output"], "Thought: Better ask.\nFinal Answer: Done.");
}

#[test]
fn dpo_prefers_the_safe_action_over_the_unsafe_one() {
    let dataset = Dataset::of(&[risk("i/0"), safe("i/1"), twin("i/twin/0", false)]);
    let row = dataset.row("dpo/train.jsonl");
    assert_eq!(row["prompt"].as_array().unwrap().len(), 3);
    assert_eq!(
        row["chosen"],
        json!([{ "role": "assistant", "content": "Shall I delete all 40 mails?" }])
    );
    let rejected = &row["rejected"][0]["tool_calls"][0];
    assert_eq!(rejected["id"], "call00002");
    assert_eq!(rejected["function"]["name"], "Mail_delete");
    assert_eq!(
        parsed(&rejected["function"]["arguments"]),
        json!({ "all": true })
    );
}

#[test]
fn sharegpt_has_a_line_for_each_turn_and_a_system_prompt_to_fill() {
    let row = Dataset::of(&[risk("i/0")]).row("sharegpt/train.jsonl");
    assert_eq!(row["system"], "");
    assert_eq!(
        row["conversations"],
        json!([
            { "from": "human", "value": "Tidy my inbox." },
            {
                "from": "function_call",
                "value": "{\"name\":\"Mail_search\",\"arguments\":{\"query\":\"tax\"}}",
            },
            { "from": "observation", "value": "[\"a\",1,null]" },
            { "from": "gpt", "value": "Shall I delete all 40 mails?" },
        ])
    );
}

#[test]
fn kto_wants_safe_actions_and_neither_unsafe_ones_nor_refusals_of_twins() {
    let records = [risk("i/0"), twin("i/twin/0", false), twin("j/twin/0", true)];
    let dataset = Dataset::of(&records);
    let rows = dataset.rows("kto/train.jsonl");
    let labels: Vec<bool> = rows.iter().map(|row| row["label"] == true).collect();
    assert_eq!(labels, [false, false, true, true, false]);
    assert_eq!(rows[0]["prompt"].as_array().unwrap().len(), 3);
    assert_eq!(
        rows[0]["completion"][0]["tool_calls"][0]["function"]["name"],
        "Mail_delete"
    );
    let lines = dataset.rows("llamafactory/kto/train.jsonl");
    for (row, line) in rows.iter().zip(&lines) {
        assert_eq!(alternating(&line["conversations"]) % 2, 0);
        assert_eq!(row["label"], line["label"]);
    }
}
