"""Rebuild the sample models from the synthetic shop, always to the same bytes.

    python -m sample_models.build [--neural]

The log and the purchases are made up: see `sample_models.shop`. Queries of fewer than three shoppers stay out of the
completions, as for a real log. The products are of a shop with half as many, so that their model stays small. The
arrays of the neural baseline are kept in `neural/`; `--neural` trains them anew first, which needs torch.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import xmr_engine
from sample_models.shop.generate import Plan, generate

HERE = Path(__file__).parent
MODEL = HERE / "shop-model"
PRODUCTS = HERE / "shop-products"
NETWORK = HERE / "neural" / "two-tower"
N_PRODUCTS = 12_000
CONFIG = {
    "corpus": "a synthetic online shop",
    "synthetic": True,
    "data": {"min_people": 3},
    "indexes": {"hybrid": {"trie_depth": 1}, "tree": {}, "trie": {}},
}
PRODUCT_CONFIG = {
    "corpus": "a synthetic online shop",
    "synthetic": True,
    "features": {"pairs": 20_000},
}
NEURAL_OPTIONS = ("--rounds", "14", "--buckets", "8192", "--size", "48")


def main(arguments: list[str]) -> None:
    """Generate the shop and train the models on it."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), Plan())
        xmr_engine.train(Path(folder) / "log.tsv", out=MODEL, config=CONFIG, threads=2, progress=_tell)
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), Plan(products=N_PRODUCTS))
        build_products(Path(folder), neural="--neural" in arguments)


def build_products(shop: Path, *, neural: bool) -> None:
    """Train the model of products on a generated shop."""
    purchases, catalogue = shop / "purchases-train.tsv", shop / "catalogue.tsv"
    if neural:
        command = [sys.executable, "-m", "benchmarks.train_two_tower", str(purchases), str(catalogue)]
        subprocess.run([*command, "--out", str(NETWORK), *NEURAL_OPTIONS], check=True)
    xmr_engine.train_products(
        purchases,
        catalogue,
        PRODUCTS,
        held_out=shop / "purchases-test.tsv",
        neural=NETWORK,
        config=PRODUCT_CONFIG,
        threads=2,
        progress=_tell,
    )


def _tell(stage: str, share: float) -> None:
    if share == 1.0:
        sys.stderr.write(f"{stage}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
