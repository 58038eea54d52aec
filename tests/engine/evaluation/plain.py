"""The figures of an evaluation, in plain Python and one row at a time."""


def reciprocal_rank(found: list[str], wanted: str) -> float:
    for rank, text in enumerate(found[:10], 1):
        if text == wanted:
            return 1.0 / rank
    return 0.0


def success(found: list[str], wanted: str, n: int) -> float:
    return 1.0 if wanted in found[:n] else 0.0


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def keystrokes_saved(complete, wanted: str, context: tuple[str, ...], shown: int) -> float:
    for n_typed in range(len(wanted)):
        if wanted in complete(wanted[:n_typed], context, 10)[:shown]:
            return 1.0 - n_typed / len(wanted)
    return 0.0
