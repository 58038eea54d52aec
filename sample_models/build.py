"""Rebuild the sample models from the synthetic shop's log, always to the same bytes.

    python -m sample_models.build

The log is made up: see `sample_models.shop`. Queries of fewer than three shoppers stay out, as for a real log.
"""

import sys
import tempfile
from pathlib import Path

import xmr_engine
from sample_models.shop.generate import Plan, generate

HERE = Path(__file__).parent
MODEL = HERE / "shop-model"
CONFIG = {
    "corpus": "a synthetic online shop",
    "synthetic": True,
    "data": {"min_people": 3},
    "indexes": {"hybrid": {"trie_depth": 1}, "tree": {}, "trie": {}},
}


def main() -> None:
    """Generate the log and train the model on it."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), Plan())
        xmr_engine.train(Path(folder) / "log.tsv", out=MODEL, config=CONFIG, threads=2, progress=_tell)


def _tell(stage: str, share: float) -> None:
    if share == 1.0:
        sys.stderr.write(f"{stage}\n")


if __name__ == "__main__":
    main()
