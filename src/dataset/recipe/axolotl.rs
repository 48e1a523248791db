//! The recipe for axolotl.
//!
//! Each message says with `train` whether it is learnt: the last one alone.

use serde_json::{Value as Json, json};

use crate::dataset::messages::messages;
use crate::dataset::tools::tools_text;
use crate::dataset::tree::Turn;
use crate::run::Record;

/// A row with `messages` and `tools`.
pub(super) fn row(turns: &[Turn<'_>], record: Option<&Record>) -> String {
    let mut messages: Vec<Json> = messages(turns)
        .iter()
        .map(|message| json!(message))
        .collect();
    let last = messages.len().saturating_sub(1);
    for (index, message) in messages.iter_mut().enumerate() {
        message["train"] = json!(index == last);
    }
    let mut row = json!({ "messages": messages });
    if let Some(record) = record {
        row["tools"] = Json::String(tools_text(record));
    }
    row.to_string()
}

/// `train.yaml`.
pub(super) fn config(model: &str, has_validation: bool) -> String {
    let validation = if has_validation {
        format!(
            "test_datasets:\n{}evals_per_epoch: 1\n",
            dataset("validation")
        )
    } else {
        "val_set_size: 0\n".to_owned()
    };
    format!(
        "# The model\n\
         base_model: {model}\n\
         load_in_4bit: true\n\
         \n\
         # What is tuned\n\
         adapter: qlora\n\
         lora_r: 2\n\
         lora_alpha: 4\n\
         lora_target_linear: true\n\
         \n\
         # The data; only messages with `train: true` are learnt\n\
         chat_template: tokenizer_default\n\
         datasets:\n\
         {train}\
         {validation}\
         sequence_len: 8192\n\
         \n\
         # The training\n\
         learning_rate: 5.0e-5\n\
         lr_scheduler: cosine\n\
         optimizer: adamw_torch\n\
         warmup_ratio: 0.1\n\
         num_epochs: 5\n\
         micro_batch_size: 1\n\
         gradient_accumulation_steps: 8\n\
         bf16: true\n\
         seed: 42\n\
         \n\
         # What comes out\n\
         output_dir: out\n\
         saves_per_epoch: 1\n\
         logging_steps: 10\n",
        model = json!(model),
        train = dataset("train"),
    )
}

/// An entry of `datasets`.
fn dataset(split: &str) -> String {
    format!(
        "  - path: data/{split}.jsonl\n    \
             ds_type: json\n    \
             split: train\n    \
             type: chat_template\n    \
             field_messages: messages\n    \
             field_tools: tools\n    \
             message_field_training: train\n    \
             roles_to_train: []\n    \
             train_on_eos: turn\n"
    )
}
