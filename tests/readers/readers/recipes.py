"""Recipes, read by the trainers' own parsers; and TRL's run for a step on a small model."""

import json
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

import datasets
import yaml

from .heavy import in_llama_factory
from .same import count, lines
from .table import Table
from .tokenizer import model, tokenizer


def read(recipes: Path, table: Table) -> None:
    llama_factory(recipes / "llamafactory", table)
    trl(recipes / "trl", table)
    axolotl(recipes / "axolotl", table)


def llama_factory(folder: Path, table: Table) -> None:
    for export, reader, written, kept in in_llama_factory("recipe", folder):
        table.add("recipe llamafactory", reader, written, kept)


def trl(folder: Path, table: Table) -> None:
    """`trl sft --config train.yaml`, but for the model and the GPU."""
    from trl import DatasetMixtureConfig, ModelConfig, ScriptArguments, SFTConfig, SFTTrainer, TrlParser

    reader = f"trl {version('trl')}, trl sft"
    here = Path.cwd()
    os.chdir(folder)
    try:
        config = yaml.safe_load(Path("train.yaml").read_text("utf-8"))
        config |= {"bf16": False, "use_cpu": True}
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(yaml.dump(config))
            file.flush()
            parser = TrlParser((ScriptArguments, SFTConfig, ModelConfig, DatasetMixtureConfig))
            script, training, tuned, _ = parser.parse_args_and_config(
                ["--config", file.name], fail_with_unknown_args=True
            )
        assert (tuned.lora_r, tuned.lora_alpha, tuned.load_in_4bit) == (2, 4, True)
        assert training.learning_rate == 5e-5 and training.lr_scheduler_type == "cosine"
        assert training.get_warmup_steps(1000) == 100
        loaded = datasets.load_dataset(script.dataset_name, name=script.dataset_config)
        for split, rows in loaded.items():
            written = lines(Path("data") / f"{split}.jsonl")
            table.add("recipe trl", f"datasets {version('datasets')}", len(written),
                      count(rows.to_list(), written))
        made = tokenizer()
        training.max_length, training.eval_strategy = None, "no"
        prepared = SFTTrainer(model=model(len(made)), args=training, processing_class=made,
                              train_dataset=loaded["train"])
        learnt = [made.decode([id for id, label in zip(row["input_ids"], row["labels"]) if label != -100])
                  for row in prepared.train_dataset]
        kept = sum(row["completion"][0]["content"] in text and text.count("<|im_end|>") == 1
                   for row, text in zip(loaded["train"], learnt))
        table.add("recipe trl", reader, len(loaded["train"]), kept)
    finally:
        os.chdir(here)


def axolotl(folder: Path, table: Table) -> None:
    """axolotl's schema of a configuration, and its rules for a row."""
    from axolotl.utils.schemas.config import AxolotlInputConfig

    config = yaml.safe_load((folder / "train.yaml").read_text("utf-8"))
    read = AxolotlInputConfig.model_validate(config)
    assert (read.adapter, read.lora_r, read.lora_alpha, read.load_in_4bit) == ("qlora", 2, 4, True)
    unknown = config.keys() - AxolotlInputConfig.model_fields.keys()
    assert not unknown, unknown
    table.add("recipe axolotl", f"axolotl {version('axolotl')}, configuration", 1, 1)
    for path in sorted((folder / "data").glob("*.jsonl")):
        rows = lines(path)
        kept = sum(
            [message["train"] for message in row["messages"]] == [False] * (len(row["messages"]) - 1) + [True]
            and row["messages"][-1]["role"] == "assistant"
            and isinstance(json.loads(row["tools"]), list)
            for row in rows
        )
        table.add("recipe axolotl", "only the last message is learnt", len(rows), kept)
