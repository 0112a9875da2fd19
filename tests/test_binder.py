"""What Binder builds from: the files a reader is told of exist, and agree with constraints.txt and with each other."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from test_environment import pins

ROOT = Path(__file__).parent.parent
BINDER = ROOT / "binder"
PAGE = (ROOT / "docs" / "how-to" / "online.qmd").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_file_that_the_page_names_exists() -> None:
    named = re.findall(r"(?:binder|notebooks|tutorials)/[\w.-]*|constraints\.txt", PAGE)
    assert {"binder/postBuild", "binder/requirements.txt", "binder/runtime.txt", "constraints.txt"} <= set(named)
    assert not [name for name in named if not (ROOT / name).exists()]
    assert {path.name for path in BINDER.iterdir()} <= {Path(name).name for name in named}


def test_torch_comes_first_and_alone_as_the_cpu_build_of_the_pinned_version() -> None:
    lines = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "--extra-index-url "))]
    pinned = pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    assert wanted == [f"torch=={pinned['torch']}+cpu"]


def test_leyden_comes_next_with_the_pinned_versions() -> None:
    script = BINDER / "postBuild"
    assert os.access(script, os.X_OK), "repo2docker runs it: chmod +x binder/postBuild"
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    installs = [line for line in script.read_text(encoding="utf-8").splitlines() if "pip install" in line]
    assert len(installs) == 1
    assert "--constraint constraints.txt" in installs[0]
    extra = re.search(r'"\.\[([\w,]+)\]"$', installs[0])
    assert extra
    assert set(extra[1].split(",")) <= set(PROJECT["optional-dependencies"])


def test_the_python_is_one_that_leyden_supports() -> None:
    version = (BINDER / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]


@pytest.mark.parametrize("service", ["binder", "colab"])
def test_a_badge_is_a_picture_of_our_own_that_leads_to_the_page(service: str) -> None:
    badge = f"docs/images/badges/{service}.svg"
    assert f"]({badge})](docs/how-to/online.qmd#{service})" in README
    drawn = (ROOT / badge).read_text(encoding="utf-8")
    assert f"<title>open in {service.capitalize()}</title>" in drawn
    assert "href" not in drawn


def test_addresses_name_no_account_and_a_notebook_that_exists() -> None:
    patterns = re.findall(r"https://\S*OWNER/NAME\S*", PAGE)
    assert len(patterns) == 3
    books = [found for pattern in patterns for found in re.findall(r"notebooks/[\w.-]+", pattern)]
    assert len(books) == 2
    assert all((ROOT / book).is_file() for book in books)
