//! The recipe for TRL's supervised fine-tuning.
//!
//! Rows are a prompt and its completion, which is all that TRL learns from. `arguments` and `tools` are
//! objects here: most chat templates write them out as JSON themselves, and would write a text twice.

use serde_json::{Value as Json, json};

use crate::dataset::messages::{ChatMessage, messages};
use crate::dataset::tools::tool_definitions;
use crate::dataset::tree::Turn;
use crate::dataset::yaml::to_yaml;
use crate::run::Record;

/// A row with `prompt`, `completion` and `tools`.
pub(super) fn row(turns: &[Turn<'_>], record: Option<&Record>) -> String {
    let mut messages: Vec<Json> = messages(turns).iter().map(with_objects).collect();
    let completion = messages.pop();
    json!({
        "prompt": messages,
        "completion": [completion],
        "tools": record.map_or_else(Vec::new, tool_definitions),
    })
    .to_string()
}

/// The message with the arguments of its calls as objects.
fn with_objects(message: &ChatMessage<'_>) -> Json {
    let mut message = json!(message);
    let calls = message.get_mut("tool_calls").and_then(Json::as_array_mut);
    for call in calls.into_iter().flatten() {
        let arguments = &mut call["function"]["arguments"];
        let parsed = arguments.as_str().map(serde_json::from_str);
        *arguments = parsed
            .expect("arguments are a text")
            .expect("arguments are JSON");
    }
    message
}

/// The card of the data: where the parts are, and that arguments and tools are JSON of any shape.
///
/// `datasets` keeps what it has read under the folder's name and the configuration's, as they are
/// written: of two recipes read as `data` it would take the first for the second. So the configuration
/// is named after what is in it, as `name` gives.
pub(super) fn card(name: &str, has_validation: bool) -> String {
    let file = |split: &str| json!({ "split": split, "path": format!("{split}.jsonl") });
    let mut files = vec![file("train")];
    if has_validation {
        files.push(file("validation"));
    }
    let text = |name: &str| json!({ "name": name, "dtype": "string" });
    let arguments = json!({ "name": "arguments", "dtype": "json" });
    let function = json!({ "name": "function", "struct": [text("name"), arguments] });
    let calls = json!({ "name": "tool_calls", "list": [text("id"), text("type"), function] });
    let chat = |name: &str| {
        let [role, id, tool, content] = ["role", "tool_call_id", "name", "content"].map(text);
        json!({ "name": name, "list": [role, id, tool, content, calls] })
    };
    let head = json!({
        "configs": [{ "config_name": name, "data_files": files }],
        "dataset_info": {
            "config_name": name,
            "features": [
                chat("prompt"),
                chat("completion"),
                { "name": "tools", "dtype": "json" },
            ],
        },
    });
    format!("---\n{}\n---\n", to_yaml(&head))
}

/// `train.yaml`.
pub(super) fn config(model: &str, name: &str, has_validation: bool) -> String {
    let validation = if has_validation {
        "dataset_test_split: validation\neval_strategy: epoch\nper_device_eval_batch_size: 1\n"
    } else {
        ""
    };
    format!(
        "# The model\n\
         model_name_or_path: {model}\n\
         dtype: bfloat16\n\
         load_in_4bit: true\n\
         \n\
         # What is tuned\n\
         use_peft: true\n\
         lora_r: 2\n\
         lora_alpha: 4\n\
         lora_target_modules: all-linear\n\
         \n\
         # The data; only the completion is learnt\n\
         dataset_name: data\n\
         dataset_config: {name}\n\
         {validation}\
         completion_only_loss: true\n\
         max_length: 8192\n\
         \n\
         # The training\n\
         learning_rate: 5.0e-5\n\
         lr_scheduler_type: cosine\n\
         warmup_steps: 0.1\n\
         num_train_epochs: 5\n\
         per_device_train_batch_size: 1\n\
         gradient_accumulation_steps: 8\n\
         bf16: true\n\
         seed: 42\n\
         \n\
         # What comes out\n\
         output_dir: out\n\
         save_strategy: epoch\n\
         logging_steps: 10\n\
         report_to: none\n",
        model = json!(model),
    )
}
