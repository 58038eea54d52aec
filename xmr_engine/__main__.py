"""The command line: ``python -m xmr_engine COMMAND``."""

import sys

from xmr_engine.cli import main

if __name__ == "__main__":
    sys.exit(main())
