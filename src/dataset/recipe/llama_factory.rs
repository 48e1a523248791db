//! The recipe for LLaMA-Factory, the paper's own trainer.

use serde_json::{Value as Json, json};

use crate::dataset::form::to_line;
use crate::dataset::sharegpt::row_of_turns;
use crate::dataset::tools::tools_text;
use crate::dataset::tree::Turn;
use crate::run::Record;

/// A row in ShareGPT's form.
pub(super) fn row(turns: &[Turn<'_>], record: Option<&Record>) -> String {
    to_line(&row_of_turns(
        turns,
        record.map_or_else(String::new, tools_text),
    ))
}

/// `dataset_info.json` of the recipe's data.
pub(super) fn dataset_info(has_validation: bool) -> Json {
    let set = |file: &str| {
        json!({
            "file_name": file,
            "formatting": "sharegpt",
            "columns": { "messages": "conversations", "system": "system", "tools": "tools" },
        })
    };
    let mut info = json!({ "autosafe_train": set("train.jsonl") });
    if has_validation {
        info["autosafe_validation"] = set("validation.jsonl");
    }
    info
}

/// `train.yaml`.
pub(super) fn config(model: &str, has_validation: bool) -> String {
    let template = match template(model) {
        Some(template) => format!("template: {template}\n"),
        None => "# No template is known for this model: LLaMA-Factory takes the tokenizer's own.\n\
                 # template: …\n"
            .to_owned(),
    };
    let validation = if has_validation {
        "eval_dataset: autosafe_validation\neval_strategy: epoch\nper_device_eval_batch_size: 1\n"
    } else {
        ""
    };
    format!(
        "# The model\n\
         model_name_or_path: {model}\n\
         {template}\
         quantization_bit: 4\n\
         quantization_method: bnb\n\
         \n\
         # What is tuned\n\
         stage: sft\n\
         do_train: true\n\
         finetuning_type: lora\n\
         lora_rank: 2\n\
         lora_alpha: 4\n\
         lora_target: all\n\
         \n\
         # The data; only the last turn of a row is learnt\n\
         dataset_dir: data\n\
         dataset: autosafe_train\n\
         {validation}\
         mask_history: true\n\
         cutoff_len: 8192\n\
         \n\
         # The training\n\
         learning_rate: 5.0e-5\n\
         lr_scheduler_type: cosine\n\
         warmup_ratio: 0.1\n\
         num_train_epochs: 5.0\n\
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

/// What LLaMA-Factory calls the chat template of a model, by the model's name.
fn template(model: &str) -> Option<&'static str> {
    const FAMILIES: [(&str, &str); 9] = [
        ("qwen3", "qwen3_nothink"),
        ("qwen2", "qwen"),
        ("qwen1.5", "qwen"),
        ("llama-3", "llama3"),
        ("llama3", "llama3"),
        ("glm-4", "glm4"),
        ("glm4", "glm4"),
        ("mistral", "mistral"),
        ("gemma-3", "gemma3"),
    ];
    let name = model.to_ascii_lowercase();
    let found = FAMILIES.iter().find(|(family, _)| name.contains(family));
    found.map(|(_, template)| *template)
}
