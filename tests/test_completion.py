"""What tab offers in a notebook: every public name of a room, before anything of it is loaded."""

import json
import subprocess
import sys

CODE = """
import json
from IPython.core.completer import IPCompleter, provisionalcompleter
import leyden as ly
completer = IPCompleter(namespace={"ly": ly}, use_jedi=False)
lacking = {}
for room in ly.__all__:
    line = f"ly.{room}."
    with provisionalcompleter():
        offered = {each.text.rpartition(".")[2] for each in completer.completions(line, len(line))}
    lacking[room] = sorted(set(getattr(ly, room).__all__) - offered)
print(json.dumps(lacking))
"""


def test_every_public_name_is_offered():
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", CODE], capture_output=True, text=True, check=True)
    assert {room: names for room, names in json.loads(done.stdout).items() if names} == {}
