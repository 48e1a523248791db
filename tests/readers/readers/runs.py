"""The runs that are read: both of the simulated model, one small, one with several toolkits."""

import subprocess
from pathlib import Path

SOURCES = ["scenarios/quickstart.ots", "scenarios/workplace.ots"]

EXPORTS = (
    "sft,alpaca,sharegpt,dpo,kto,judge,trajectories,stepwise,atif,agentdog,inspect"
)


def make(autosafe: Path, repository: Path, folder: Path, parquet: bool) -> list[Path]:
    """Runs each source and writes all exports, and gives the datasets' folders.

    With `parquet` there are two datasets of each run, as a card names files of one kind only.
    """
    datasets = []
    for source in SOURCES:
        run = folder / Path(source).stem
        _call(autosafe, "run", repository / source, "--out", run)
        _call(autosafe, "export", run, "--format", EXPORTS)
        datasets.append(run / "dataset")
        if parquet:
            _call(autosafe, "export", run, "--format", EXPORTS, "--parquet", "--out", run / "parquet")
            datasets.append(run / "parquet")
        for trainer in ["llamafactory", "trl", "axolotl"]:
            _call(autosafe, "export", run, "--recipe", trainer)
    return datasets


def _call(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)
