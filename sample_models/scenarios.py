"""Rebuild the shipped query set from sessions of the synthetic shop that the sample model never saw.

    python -m sample_models.scenarios

The shop is the same, its shoppers are others: the log is generated from a seed of its own. Tags say what kind of
moment each scenario is, and which queries the sample model does not know.
"""

import json
import tempfile
from collections.abc import Container
from pathlib import Path

import xmr_engine
from sample_models.shop.generate import Plan, generate
from xmr_engine.data.pairs import read_pairs
from xmr_engine.evaluation.scenarios import Scenario, sample_scenarios

HERE = Path(__file__).parent
MODEL = HERE / "shop-model"
SET = HERE / "sets" / "shop.jsonl"
SHOPPERS = Plan(sessions=4000, seed=2026)
N_SCENARIOS = 100


def main() -> None:
    """Generate the sessions, sample them, and write the set."""
    SET.parent.mkdir(exist_ok=True)
    labels = xmr_engine.open_completer(MODEL).model.labels
    SET.write_text(render(sample(set(labels.texts()))), "utf-8")


def sample(known: Container[str] | None) -> list[Scenario]:
    """Return the set's scenarios; those are tagged that want what is not among the known queries."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), SHOPPERS)
        pairs = read_pairs(Path(folder) / "log.tsv")
    return sample_scenarios(pairs, N_SCENARIOS, known=known)


def render(scenarios: list[Scenario]) -> str:
    """Return scenarios as JSON lines."""
    return "".join(json.dumps(one._asdict(), ensure_ascii=False) + "\n" for one in scenarios)


if __name__ == "__main__":
    main()
