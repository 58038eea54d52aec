"""`python -m app.judging PAIRS --out FILE`: a query set sampled from held-out pairs.

Knows files; sampling lives in the engine's evaluation.
"""

import sys
from pathlib import Path

import click

import xmr_engine
from app.judging.exchange import render
from app.judging.sets import MOST_SCENARIOS
from xmr_engine.data.pairs import read_pairs
from xmr_engine.errors import XmrError
from xmr_engine.evaluation.scenarios import sample_scenarios


@click.command()
@click.argument("pairs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The set: a file .jsonl or .csv.")
@click.option("-n", "n_scenarios", default=100, type=click.IntRange(1, MOST_SCENARIOS), show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--model", type=click.Path(path_type=Path), help="Tag what this model does not know as unseen.")
def main(pairs: tuple[Path, ...], out: Path, n_scenarios: int, seed: int, model: Path | None) -> None:
    """Sample scenarios from pairs or logs that no model was trained on: every kind of moment, none twice."""
    try:
        known = None if model is None else set(xmr_engine.open_completer(model).model.labels.texts())
        scenarios = sample_scenarios(read_pairs(list(pairs)), n_scenarios, seed, known)
        out.write_text(render(scenarios, "csv" if out.suffix == ".csv" else "jsonl"), "utf-8", newline="")
    except (XmrError, OSError) as error:
        sys.exit(f"error: {error}")
    click.echo(f"{out}: {len(scenarios)} scenarios; import it at /judge, or put it into sets/ of the models", err=True)


if __name__ == "__main__":
    main()
