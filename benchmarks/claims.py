"""What the papers say of systems beside one another, and what one run says of it.

Knows figures of systems; knows nothing of how they were measured. The papers' figures are from Yadav, Sen, Hill,
Mazumdar, Dhillon: Session-Aware Query Auto-completion using Extreme Multi-label Ranking (KDD 2021), figure 3 and
section 5, on another log: only the directions and the ratios can be compared.
"""

from collections.abc import Mapping
from typing import Any

from xmr_engine.evaluation.systems import MODEL

PAPER_OVER_MFQ = {"len1": 0.71, "len2": 0.38, "len3": 0.17, "len5": 0.043}
LOOK_UP, LINEAR, NEURAL = "the look-up", "the linear model", "the neural model"


def over_mfq(systems: Mapping[str, Any]) -> dict[str, Any]:
    """Return the share by which the model's MRR on seen rows is above that of the most frequent query."""
    if "mfq" not in systems:
        return {}
    ours, theirs = systems[MODEL]["seen"], systems["mfq"]["seen"]
    return {
        setting: {"ours": round(cell["mrr"] / theirs[setting]["mrr"] - 1, 4), "paper": PAPER_OVER_MFQ.get(setting)}
        for setting, cell in ours.items()
    }


def claims(systems: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the papers' claims with both figures: ahead of others on seen queries; slower or faster than they."""
    found = []
    for name, kind in rivals(systems).items():
        for measure in ("mrr", "bleu_rr"):
            pair = tuple(systems[one]["seen"]["sampled"].get(measure) for one in (MODEL, name))
            if None not in pair:
                found.append(claim(f"{measure} on seen queries above {kind}", name, pair, pair[0] > pair[1]))
        pair = tuple(systems[one]["latency_ms"]["p50"] for one in (MODEL, name))
        if kind == NEURAL:
            found.append(claim(f"faster than {kind}, ms at p50", name, pair, pair[0] < pair[1]))
        else:
            found.append(claim(f"slower than {kind}, ms at p50", name, pair, pair[0] > pair[1]))
        if of := systems[name].get("latency_of"):
            found[-1]["their_time"] = of
    if "gru" in systems:
        pair = tuple(systems[one]["all"]["sampled"]["mrr"] for one in (MODEL, "gru"))
        found.append(
            claim(f"mrr on all queries below {NEURAL}, which can spell new ones", "gru", pair, pair[0] < pair[1])
        )
    return found


def rivals(systems: Mapping[str, Any]) -> dict[str, str]:
    """Return the systems that the papers compare with, and what each is to them."""
    kinds = {name: LINEAR for name in systems if name.startswith("libpecos")}
    kinds |= {"mfq": LOOK_UP, "gru": NEURAL, "mfq+gru": NEURAL}
    return {name: kind for name, kind in kinds.items() if name in systems}


def claim(text: str, name: str, pair: tuple[float, ...], holds: bool) -> dict[str, Any]:
    """Return one claim with both figures."""
    return {"claim": text, "beside": name, "ours": pair[0], "theirs": pair[1], "holds": bool(holds)}
