"""What machines read of the project agrees: codemeta.json, CITATION.cff, pyproject.toml and the package itself."""

import json
import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
META = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
CITED = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TERMS = {  # of CodeMeta 3.0, those this project uses
    "@context", "@type", "name", "description", "version", "license", "author", "keywords", "programmingLanguage",
    "runtimePlatform", "developmentStatus",
}  # fmt: skip


def test_the_terms_are_those_of_codemeta() -> None:
    assert META["@context"] == "https://w3id.org/codemeta/3.0"
    assert META["@type"] == "SoftwareSourceCode"
    assert set(META) == TERMS


def test_it_is_what_is_installed() -> None:
    assert [META["name"], META["description"]] == [PROJECT["name"], PROJECT["description"]]
    assert META["runtimePlatform"] == f"Python {PROJECT['requires-python']}"
    assert META["license"] == f"https://spdx.org/licenses/{PROJECT['license']}"
    assert [one.lower() for one in META["keywords"]] == PROJECT["keywords"]


def test_it_is_what_is_cited() -> None:
    assert META["version"] == CITED["version"]
    assert META["keywords"] == CITED["keywords"]
    assert META["license"].endswith(f"/{CITED['license']}")
    assert CITED["title"].startswith(f"{META['name']}: ")
    people = [{"@type": "Organization", **person} for person in CITED["authors"]]
    assert META["author"] == people
    assert [person["name"] for person in people] == [person["name"] for person in PROJECT["authors"]]


def test_the_version_is_that_of_the_package() -> None:
    code = (ROOT / "package/leyden/__init__.py").read_text(encoding="utf-8")
    assert re.findall(r'^__version__ = "(.+)"$', code, re.MULTILINE) == [META["version"]]
