import os
import subprocess
import sys

COUNT = """
import resource, torch
from leyden.data.run.memory import keep_freed_memory
def pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    held = [torch.ones(2_000_000) for _ in range(4)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
pages(), pages()
fetched = pages()
told = keep_freed_memory()
pages(), pages()
print(told, fetched, pages())
"""


def counted(**environment):
    told = {name: word for name, word in os.environ.items() if not name.startswith(("MALLOC", "GLIBC"))}
    command = [sys.executable, "-c", COUNT]
    done = subprocess.run(command, env=told | environment, capture_output=True, text=True, check=True)
    told, fetched, kept = done.stdout.split()
    return told, int(fetched), int(kept)


def test_freed_memory_is_used_again_instead_of_fetched_anew():
    told, fetched, kept = counted()
    assert told == "True"
    assert kept < fetched / 10


def test_what_the_environment_says_of_malloc_stands():
    told, fetched, kept = counted(MALLOC_TOP_PAD_="131072")
    assert told == "False"
    assert kept > fetched / 2
