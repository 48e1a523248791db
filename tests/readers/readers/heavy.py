"""Readers that bring torch and much else."""

import json
import logging
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import datasets

from .same import count, lines, same
from .table import Table
from .tokenizer import model, tokenizer

STRIPPED = ("prompt", "chosen", "rejected", "completion", "messages")


def read(dataset: Path, table: Table) -> None:
    """Reads everything in a dataset's folder with every heavy reader."""
    for reader in [transformers, trl, stepwise, croissant, inspect, openai, atif]:
        reader(dataset, table)
    llama_factory(dataset, table)


def parts(dataset: Path, export: str) -> list[Path]:
    return sorted((dataset / export).glob("*.jsonl"))


def as_chat(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages with the arguments of calls parsed, as the card tells users of TRL to."""
    messages = json.loads(json.dumps(messages))
    for message in messages:
        for call in message.get("tool_calls") or []:
            call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    return messages


def transformers(dataset: Path, table: Table) -> None:
    """A chat template gets all of a chat: each text, call and tool is in what it renders."""
    made = tokenizer()
    for path in parts(dataset, "sft"):
        rows = lines(path)
        kept = 0
        for row in rows:
            tools = json.loads(row["tools"])
            messages = as_chat(row["messages"])
            text = made.apply_chat_template(messages, tools=tools, tokenize=False)
            ids = made.apply_chat_template(
                messages, tools=tools, return_dict=True, return_assistant_tokens_mask=True
            )
            learnt = [id for id, mask in zip(ids["input_ids"], ids["assistant_masks"]) if mask]
            learnt_text = made.decode(learnt)
            calls = [call for message in messages for call in message.get("tool_calls", [])]
            kept += (
                made.decode(ids["input_ids"]) == text
                and all(message["content"] in text for message in messages)
                and all(call["function"]["name"] in learnt_text for call in calls)
                and all(tool["function"]["name"] in text for tool in tools)
                and messages[-1]["content"] in learnt_text
            )
        table.add("sft", f"transformers {version('transformers')}, chat template", len(rows), kept)


def trl(dataset: Path, table: Table) -> None:
    """TRL's trainers prepare every row, and take a step on a model of a few thousand weights."""
    from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, SFTConfig, SFTTrainer
    from trl.data_utils import is_conversational

    trainers = {
        "sft": (SFTTrainer, SFTConfig, {}),
        "dpo": (DPOTrainer, DPOConfig, {}),
        "kto": (KTOTrainer, KTOConfig, {}),
    }
    made = tokenizer()
    for export, (trainer, config, more) in trainers.items():
        path = dataset / export / "train.jsonl"
        rows = []
        for row in lines(path):
            row = {key: as_chat(value) if key in STRIPPED else value for key, value in row.items()}
            assert is_conversational(row), row
            rows.append(row)
        # Objects of many shapes in one column: JSON, as `datasets` now has it.
        loaded = datasets.Dataset.from_list(rows, on_mixed_types="use_json")
        with tempfile.TemporaryDirectory() as out, tempfile.TemporaryDirectory() as start:
            # From a folder, as the reference model of preference tuning is read from there too.
            model(len(made)).save_pretrained(start)
            settings = config(
                output_dir=out, max_length=None, max_steps=1, per_device_train_batch_size=2,
                report_to="none", use_cpu=True, bf16=False, gradient_checkpointing=False,
                save_strategy="no", logging_strategy="no", disable_tqdm=True, **more,
            )
            prepared = trainer(
                model=start, args=settings, train_dataset=loaded, processing_class=made
            )
            prepared.train()
        table.add(export, f"trl {version('trl')}, {trainer.__name__}", len(rows),
                  len(prepared.train_dataset))


def stepwise(dataset: Path, table: Table) -> None:
    """The process reward trainer of TRL 0.28, the last with one: each step gets its label."""
    overlay = Path(os.environ["READERS_WORK"]) / "prm"
    code = (overlay / "trl/experimental/prm/prm_trainer.py").read_text("utf-8")
    # That release does not start beside a current transformers, but the function needs none of it.
    start = code.index("    def tokenize_row(")
    end = code.index("\n    def ", start + 1) if "\n    def " in code[start + 1:] else len(code)
    body = code[start:end].rsplit("\n    @", 1)[0]
    scope: dict[str, Any] = {"chain": chain}
    exec("class PRM:\n" + body.replace("    def tokenize_row", "    @staticmethod\n    def tokenize_row"), scope)
    made = tokenizer()
    for path in parts(dataset, "stepwise"):
        rows = lines(path)
        kept = 0
        for row in rows:
            tokens = scope["PRM"].tokenize_row(row, made, "\n", None, None, False, False)
            labels = [bool(label) for label in tokens["labels"] if label != -100]
            text = made.decode(tokens["input_ids"])
            kept += labels == row["labels"] and all(step in text for step in row["completions"])
        table.add("stepwise", "trl 0.28.0, PRMTrainer.tokenize_row", len(rows), kept)


def croissant(dataset: Path, table: Table) -> None:
    """mlcroissant finds no error, and reads every record of every record set."""
    import mlcroissant

    logging.disable(logging.WARNING)
    about = mlcroissant.Dataset(jsonld=str(dataset / "croissant.json"))
    assert not about.metadata.ctx.issues.errors, about.metadata.ctx.issues.report()
    described = json.loads((dataset / "croissant.json").read_text("utf-8"))
    for record_set in described["recordSet"]:
        name = record_set["@id"]
        path = record_set["field"][0]
        path = (path.get("subField") or [path])[0]["source"]["fileObject"]["@id"]
        written = lines(dataset / path)
        read = list(about.records(name))
        same_rows = sum(
            all(field_same(name, field, got, row) for field in record_set["field"])
            for got, row in zip(read, written)
        )
        export = "records" if name == "records" else "/".join(path.split("/")[:-1])
        table.add(export, f"mlcroissant {version('mlcroissant')}", len(written),
                  same_rows if len(read) == len(written) else 0)
    logging.disable(logging.NOTSET)


def field_same(set_name: str, field: dict[str, Any], got: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether the plain values of a field are those of the row's line."""
    column = field["name"]
    value = got[f"{set_name}/{column}"]
    if "subField" not in field:
        return plain(value) == row[column]
    written = row[column]
    if isinstance(written, list):
        items = value or []
        return len(items) == len(written) and all(
            leaf_same(set_name, column, field, item, one) for item, one in zip(items, written)
        )
    return leaf_same(set_name, column, field, value, written)


def leaf_same(set_name: str, column: str, field: dict[str, Any], got: Any, written: Any) -> bool:
    for leaf in field["subField"]:
        value: Any = written
        for step in leaf["name"].split("."):
            value = value[0] if isinstance(value, list) and value else value
            value = value.get(step) if isinstance(value, dict) else None
        read = plain((got or {}).get(f"{set_name}/{column}/{leaf['name']}"))
        if read != value and not (read in (None, "") and value in (None, "")):
            return False
    return True


def plain(value: Any) -> Any:
    """Croissant's text comes as bytes."""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.item() if hasattr(value, "item") else value


def inspect(dataset: Path, table: Table) -> None:
    from inspect_ai.dataset import json_dataset

    for path in parts(dataset, "inspect"):
        rows = lines(path)
        kept = 0
        for sample, row in zip(json_dataset(str(path)), rows, strict=True):
            messages = [message.model_dump(exclude_none=True) for message in sample.input]
            kept += (
                sample.id == row["id"]
                and sample.target == row["target"]
                and sample.metadata == row["metadata"]
                and len(messages) == len(row["input"])
                and all(
                    same({key: got.get(key) for key in one}, one)
                    for got, one in zip(messages, row["input"])
                )
            )
        table.add("inspect", f"inspect_ai {version('inspect_ai')}, json_dataset", len(rows), kept)


def openai(dataset: Path, table: Table) -> None:
    """The SDK's own types of a chat's messages and tools."""
    from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
    from pydantic import TypeAdapter, ValidationError

    messages = TypeAdapter(list[ChatCompletionMessageParam])
    tools = TypeAdapter(list[ChatCompletionToolParam])
    for path in parts(dataset, "sft"):
        rows = lines(path)
        kept = 0
        for row in rows:
            try:
                read = messages.validate_python(row["messages"], strict=False)
                tools.validate_python(json.loads(row["tools"]))
            except ValidationError as error:
                print(error, file=sys.stderr)
                continue
            asked = [call["id"] for message in row["messages"] for call in message.get("tool_calls", [])]
            answered = [m["tool_call_id"] for m in row["messages"] if m["role"] == "tool"]
            kept += len(list(read)) == len(row["messages"]) and asked[: len(answered)] == answered
        table.add("sft", f"openai {version('openai')}, types", len(rows), kept)


def atif(dataset: Path, table: Table) -> None:
    """The reference reader of ATIF: its model of a trajectory, nothing added and nothing lost."""
    from harbor.models.trajectories import Trajectory

    for path in parts(dataset, "atif"):
        rows = lines(path)
        read = [Trajectory.model_validate(row).to_json_dict() for row in rows]
        table.add("atif", f"harbor {version('harbor')}, Trajectory", len(rows), count(read, rows))


def llama_factory(dataset: Path, table: Table) -> None:
    """LLaMA-Factory's own converters, in a process with the older libraries that it wants."""
    for export, reader, written, kept in in_llama_factory("convert", dataset):
        table.add(export, reader, written, kept)


def in_llama_factory(*arguments: object) -> list[list[Any]]:
    """What `in_llamafactory.py` prints, a JSON list a line."""
    work = Path(os.environ["READERS_WORK"])
    paths = [str(work / "llamafactory"), os.environ["PYTHONPATH"]]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(paths), "DISABLE_VERSION_CHECK": "1", "USE_MODELSCOPE_HUB": "0",
    }
    command = [sys.executable, "-m", "readers.in_llamafactory", *map(str, arguments)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    if ended.returncode != 0:
        raise RuntimeError(ended.stderr[-4000:])
    found = [line for line in ended.stdout.splitlines() if line.startswith('["')]
    return [json.loads(line) for line in found]
