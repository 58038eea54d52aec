"""Train the same model on one process and on a Dask cluster of processes of this machine, and compare time and bytes.

python -m benchmarks.cluster
python -m benchmarks.cluster --sessions 20000
"""

import argparse
import hashlib
import tempfile
import time
from pathlib import Path

import xmr_engine
from benchmarks.record import record
from sample_models.shop.generate import Plan, generate

CREWS: dict[str, tuple[int, str | None]] = {
    "one process, 1 thread": (1, None),
    "one process, 2 threads": (2, None),
    "cluster, 1 worker": (1, "local"),
    "cluster, 2 workers": (2, "local"),
}


def main() -> None:
    """Measure what the command line names and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=61_000)
    options = parser.parse_args()
    figures: dict[str, dict[str, float]] = {}
    sums = set()
    with tempfile.TemporaryDirectory() as folder:
        tally = generate(Path(folder), Plan(sessions=options.sessions))
        for name, (threads, cluster) in CREWS.items():
            out = Path(folder) / "model"
            begun = time.perf_counter()
            stages: dict[str, float] = {}

            def tell(stage: str, share: float, begun: float = begun, stages: dict[str, float] = stages) -> None:
                stages[stage] = round(time.perf_counter() - begun, 1)

            xmr_engine.train(
                Path(folder) / "log.tsv", out=out, index="hybrid", threads=threads, cluster=cluster, progress=tell
            )
            figures[name] = {
                "seconds": round(time.perf_counter() - begun, 1),
                **{f"until {k}": v for k, v in stages.items()},
            }
            sums.add(hashlib.sha256((out / "model.json").read_bytes()).hexdigest())
    record("cluster", {"log": tally_of(tally), "trained": figures, "same_bytes": len(sums) == 1})


def tally_of(tally: object) -> dict[str, int]:
    """Return how much was generated, by name."""
    counted = {name: getattr(tally, name) for name in tally.__dataclass_fields__}  # type: ignore[attr-defined]
    return {name: value for name, value in counted.items() if isinstance(value, int)}


if __name__ == "__main__":
    main()
