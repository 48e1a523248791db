"""LLaMA-Factory itself: `convert DATASET`, or `recipe FOLDER`. Prints JSON lists."""

import importlib.machinery
import json
import os
import sys
import types
from importlib.metadata import version
from pathlib import Path

# Sound and video are imported, and not used for text: large packages that need not be there.
for name in ("torchaudio", "av"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__spec__ = importlib.machinery.ModuleSpec(name, None)

import yaml
from datasets import load_dataset
from llamafactory.data.converter import get_dataset_converter
from llamafactory.data.parser import get_dataset_list
from llamafactory.hparams import DataArguments

from .same import lines

READER = f"llamafactory {version('llamafactory')}, converter"


def convert(folder: Path) -> None:
    """Every set that `dataset_info.json` names, through the converter that a training run uses."""
    names = list(json.loads((folder / "dataset_info.json").read_text("utf-8")))
    for name, attributes in zip(names, get_dataset_list(names, str(folder))):
        path = folder / attributes.dataset_name
        written = lines(path)
        loaded = load_dataset("json", data_files=str(path), split="train")
        converter = get_dataset_converter(attributes.formatting, attributes, DataArguments())
        kept = sum(
            survives(converter(row), source, attributes) for row, source in zip(loaded, written)
        )
        print(json.dumps([name.rsplit("_", 1)[0], READER, len(written), kept]))


def survives(read: dict, written: dict, attributes: object) -> bool:
    """Whether a row was not skipped, and each of its texts is there in its place."""
    turns = read["_prompt"] + [turn for turn in read["_response"] if turn["content"]]
    texts = [turn["content"] for turn in turns]
    if attributes.formatting == "alpaca":
        asked = "\n".join(part for part in [written["instruction"], written["input"]] if part)
        return texts == [asked, written["output"]]
    expected = [turn["value"] for turn in written[attributes.messages]]
    if attributes.ranking:
        expected += [written["chosen"]["value"], written["rejected"]["value"]]
    return bool(turns) and texts == expected and read["_tools"] == written["tools"]


def recipe(folder: Path) -> None:
    """The recipe by the parser of `llamafactory-cli train`, and its data by the converter."""
    from llamafactory.hparams.parser import _TRAIN_ARGS
    from transformers import HfArgumentParser

    os.chdir(folder)
    written = yaml.safe_load(Path("train.yaml").read_text("utf-8"))
    # What a machine without a GPU refuses, whoever asks.
    written |= {"bf16": False, "use_cpu": True}
    model, data, training, tuning, _ = HfArgumentParser(_TRAIN_ARGS).parse_dict(written)
    assert (tuning.lora_rank, tuning.lora_alpha, tuning.lora_target) == (2, 4, ["all"])
    assert (model.quantization_bit, data.mask_history) == (4, True)
    assert (training.learning_rate, training.num_train_epochs) == (5e-5, 5.0)
    assert training.lr_scheduler_type == "cosine"
    print(json.dumps(["recipe", f"llamafactory {version('llamafactory')}, train arguments", 1, 1]))
    convert(Path("data"))


if __name__ == "__main__":
    {"convert": convert, "recipe": recipe}[sys.argv[1]](Path(sys.argv[2]))
