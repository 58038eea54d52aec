"""Command line of the generator: `python -m sample_models.shop --out DIR`."""

import argparse
import json
import sys
from pathlib import Path

from sample_models.shop.generate import Plan, generate


def main(arguments: list[str] | None = None) -> int:
    """Generate a shop; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sample_models.shop", description="Generate a synthetic shop log.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the log, the catalogue and the purchases")
    parser.add_argument("--sessions", type=_positive, default=Plan().sessions)
    parser.add_argument("--products", type=_positive, default=Plan().products)
    parser.add_argument("--seed", type=int, default=Plan().seed)
    parser.add_argument("--stats", action="store_true", help="print what was generated as one JSON document")
    chosen = parser.parse_args(arguments)
    try:
        tally = generate(chosen.out, Plan(sessions=chosen.sessions, products=chosen.products, seed=chosen.seed))
    except OSError as error:
        sys.stderr.write(f"error: cannot write to {chosen.out}: {error.strerror}\n")
        return 1
    if chosen.stats:
        sys.stdout.write(json.dumps(tally.report(), indent=2) + "\n")
    return 0


def _positive(text: str) -> int:
    """Return the number, refusing anything below one."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {number}")
    return number


if __name__ == "__main__":
    sys.exit(main())
