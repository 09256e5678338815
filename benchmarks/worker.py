"""One of the processes of a measurement: ``python -m benchmarks.worker update|once FOLDER ...``."""

import json
import sys
from pathlib import Path

from benchmarks import once, updates
from benchmarks.homes import Home

kind, folder, *rest = sys.argv[1:]
home = Home(Path(folder))
if kind == "update":
    print(updates.work(home, rest[0], float(rest[1])))
else:
    print(json.dumps(once.work(home, rest[0], int(rest[1]))))
