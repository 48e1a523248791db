"""Readers that install in seconds: datasets, pyarrow, and LLaMA-Factory's rules in their own words."""

import json
import tempfile
from pathlib import Path
from typing import Any

import datasets
import pyarrow
import pyarrow.parquet
import yaml

from .same import count, lines
from .table import Table

DATASETS = f"datasets {datasets.__version__}"
PYARROW = f"pyarrow {pyarrow.__version__}"

datasets.disable_progress_bars()


def read(dataset: Path, table: Table) -> None:
    """Reads everything in a dataset's folder with every light reader."""
    with tempfile.TemporaryDirectory() as cache:
        by_card(dataset, table, cache)
        by_path(dataset, table, cache)
    if (dataset / "records.parquet").exists():
        by_pyarrow(dataset, table)
    manifest(dataset, table)
    llama_factory(dataset, table)


def tables(dataset: Path) -> list[tuple[str, Path]]:
    """Every file of JSON lines, with the name of its export."""
    found = sorted(dataset.rglob("*.jsonl"))
    return [(name_of(path.relative_to(dataset)), path) for path in found]


def name_of(path: Path) -> str:
    return "records" if path.name == "records.jsonl" else "/".join(path.parts[:-1])


def by_card(dataset: Path, table: Table, cache: str) -> None:
    """Each configuration of the card, with the sizes that the card promises checked by the reader."""
    head = yaml.safe_load((dataset / "README.md").read_text("utf-8").split("---\n")[1])
    for config in head["configs"]:
        name = config["config_name"]
        loaded = datasets.load_dataset(str(dataset), name, cache_dir=cache)
        for file in config["data_files"]:
            written = lines((dataset / file["path"]).with_suffix(".jsonl"))
            same = count(loaded[file["split"]].to_list(), written)
            kind = "Parquet" if file["path"].endswith(".parquet") else "JSON lines"
            table.add(name, f"{DATASETS}, {kind} by the card", len(written), same)


def by_path(dataset: Path, table: Table, cache: str) -> None:
    """Each file alone, its types guessed."""
    for name, path in tables(dataset):
        loaded = datasets.load_dataset("json", data_files=str(path), cache_dir=cache)
        written = lines(path)
        same = count(loaded["train"].to_list(), written)
        table.add(name, f"{DATASETS}, types guessed", len(written), same)


def by_pyarrow(dataset: Path, table: Table) -> None:
    for name, path in tables(dataset):
        read = pyarrow.parquet.read_table(path.with_suffix(".parquet")).to_pylist()
        written = lines(path)
        table.add(name, f"{PYARROW}, Parquet", len(written), count(read, written))


def manifest(dataset: Path, table: Table) -> None:
    """The rows that the manifest promises are the lines that are there."""
    for file in json.loads((dataset / "manifest.json").read_text("utf-8"))["files"]:
        if file["path"].endswith(".jsonl"):
            there = len(lines(dataset / file["path"]))
            table.add("manifest", "the lines of each file", file["rows"], min(there, file["rows"]))


def llama_factory(dataset: Path, table: Table) -> None:
    """The rules by which LLaMA-Factory's converters skip a row with no more than a warning."""
    info = json.loads((dataset / "dataset_info.json").read_text("utf-8"))
    for name, about in info.items():
        rows = lines(dataset / about["file_name"])
        kept = sum(is_kept(row, about) for row in rows)
        table.add(name.rsplit("_", 1)[0], "LLaMA-Factory's rules", len(rows), kept)


def is_kept(row: dict[str, Any], about: dict[str, Any]) -> bool:
    columns = about["columns"]
    if about["formatting"] == "alpaca":
        return all(isinstance(row[column], str) for column in columns.values()) and bool(
            row[columns["prompt"]] and row[columns["response"]]
        )
    turns = [turn["from"] for turn in row[columns["messages"]]]
    roles = [("human", "observation"), ("gpt", "function_call")]
    in_order = all(turn in roles[index % 2] for index, turn in enumerate(turns))
    calls = [turn["value"] for turn in row[columns["messages"]] if turn["from"] == "function_call"]
    ranking = about.get("ranking", False)
    endings = [row[columns[key]] for key in ("chosen", "rejected")] if ranking else []
    return (
        in_order
        and len(turns) % 2 == (1 if ranking else 0)
        and all({"name", "arguments"} == json.loads(call).keys() for call in calls)
        and all(ending["from"] in roles[1] for ending in endings)
        and isinstance(json.loads(row[columns["tools"]]), list)
        and ("kto_tag" not in columns or isinstance(row[columns["kto_tag"]], bool))
    )
