"""The tools are programs, not parts of the package; they are imported from where they lie."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
