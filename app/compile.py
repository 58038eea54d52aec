"""`python -m app.compile`: compile every kernel that serving needs, so that a later start only loads them.

Knows models and the drawings; knows nothing of requests. `NUMBA_CACHE_DIR` says where the compiled code goes.
"""

import logging
import os
import sys
from pathlib import Path

from app.catalog import warm
from app.intake import take_up
from app.settings import SettingsError
from xmr_engine import drawing
from xmr_engine.compilation import record_compiled_kernels
from xmr_engine.errors import XmrError

logger = logging.getLogger(__name__)


def main() -> None:
    """Run every kernel on the models of the settings' folder."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder = Path(os.environ.get("NEXTQUERY_MODELS") or Path(__file__).resolve().parent.parent / "sample_models")
    try:
        warm(take_up(folder))
    except (SettingsError, XmrError) as error:
        sys.exit(f"error: {error}")
    drawing.warm()
    record_compiled_kernels()
    logger.info("compiled into %s", os.environ["NUMBA_CACHE_DIR"])


if __name__ == "__main__":
    main()
