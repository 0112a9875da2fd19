"""The checker lies beside the pages it checks; it is imported from there, as `python docs/check.py` would."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
