"""One page of the site as the checker sees it: its prose, its code, its anchors and its labels."""

import doctest
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

__all__ = ["MARKUP", "Code", "Fault", "Page", "Prose", "read_page"]

MARKUP = (".qmd", ".md", ".ipynb")
FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})\s*(.*)$")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
IDENTIFIER = re.compile(r"\{[^{}]*?#([\w.:-]+)[^{}]*\}")
HTML_IDENTIFIER = re.compile(r"<\w[^>]*?\b(?:id|name)=[\"']([^\"']+)[\"']")
CELL_LABEL = re.compile(r"^#\|\s*label:\s*[\"']?([\w-]+)", re.MULTILINE)
INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`)((?:(?!\n\s*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
CROSS = ("fig-", "tbl-", "sec-", "eq-", "lst-")


class Fault(NamedTuple):
    """One thing to mend, told in one line."""

    place: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.rule}: {self.message}"


def blank(match: re.Match[str]) -> str:
    """Spaces in place of a text, line breaks kept, so that places stay right."""
    return re.sub(r"[^\n]", " ", match[0])


@dataclass(frozen=True)
class Prose:
    """A stretch of text between code: in a notebook one cell."""

    text: str
    line: int
    cell: int | None = None

    @cached_property
    def masked(self) -> str:
        """The text with inline code and comments blanked out."""
        return INLINE_CODE.sub(blank, COMMENT.sub(blank, self.text))

    def where(self, place: int) -> str:
        """The line or cell of a character of the text."""
        return f" cell {self.cell}" if self.cell else str(self.line + self.text.count("\n", 0, place))


@dataclass(frozen=True)
class Code:
    """One block of Python, with what it showed when it was run; `shown` marks one that only its reader can run."""

    source: str
    line: int
    outputs: dict[str, str]
    cell: int | None = None
    shown: bool = False

    @property
    def pictures(self) -> bool:
        """Whether it showed a picture."""
        return any(kind in self.outputs for kind in PICTURES)

    def where(self) -> str:
        """The line or cell it begins in."""
        return self.line_of(1)

    def line_of(self, line: int) -> str:
        """The page's line, or the cell, of a line of the source."""
        return f" cell {self.cell}" if self.cell else str(self.line + line - 1)

    def statements(self) -> list[str]:
        """What must parse: the source without magics, or the examples of a session with prompts."""
        if self.source.lstrip().startswith(">>>"):
            return [example.source for example in doctest.DocTestParser().get_examples(self.source)]
        if self.source.lstrip().startswith("%%"):
            return []
        return [re.sub(r"^(\s*)[%!].*$", r"\1pass", self.source, flags=re.MULTILINE)]


@dataclass(frozen=True)
class Page:
    """One source file of the site."""

    path: Path
    prose: list[Prose]
    code: list[Code]
    anchors: set[str]
    labels: list[str]

    def fault(self, where: str, rule: str, message: str) -> Fault:
        """A fault of this page at a line or cell, or of the page as a whole."""
        return Fault(f"{self.path.as_posix()}:{where}" if where else self.path.as_posix(), rule, message)


def slug(heading: str, taken: set[str], dotted: bool) -> str:
    """The anchor that Pandoc (`dotted`) or a forge's Markdown gives a heading."""
    text = re.sub(r"\s*\{[^{}]*\}\s*$", "", heading)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("...", "").lower()
    text = re.sub(r"[^\w\s.-]" if dotted else r"[^\w\s-]", "", re.sub(r"[*`]", "", text))
    text = re.sub(r"\s+" if dotted else r"\s", "-", text.strip())
    if dotted:
        text = re.sub(r"^[\W\d_]+", "", text) or "section"
    anchor, count = text, 0
    while anchor in taken:
        count += 1
        anchor = f"{text}-{count}"
    return anchor


def anchors_of(prose: list[Prose], dotted: bool) -> set[str]:
    """Every identifier a link may point at within a page."""
    found: set[str] = set()
    for part in prose:
        text = COMMENT.sub(blank, part.text)
        for match in HEADING.finditer(text):
            own = IDENTIFIER.search(match[1])
            found.add(own[1] if own else slug(match[1], found, dotted))
        found.update(HTML_IDENTIFIER.findall(part.masked))
        found.update(IDENTIFIER.findall(part.masked))
    return found


def split_markdown(text: str) -> tuple[list[Prose], list[Code], list[str]]:
    """The prose, the Python blocks and all code labels of a Markdown text."""
    lines = text.split("\n")
    start = 0
    if lines[0].strip() == "---" and "---" in lines[1:]:
        start = lines.index("---", 1) + 1
    prose, code, labels, open_at, held = [], [], [], None, start
    fence = indent = info = ""
    for number in range(start, len(lines)):
        match = FENCE.match(lines[number])
        if open_at is None and match:
            prose.append(Prose("\n".join(lines[held:number]), held + 1))
            indent, fence, info = match[1], match[2], match[3]
            open_at = number + 1
        elif open_at is not None and match and match[2].startswith(fence) and not match[3]:
            body = "\n".join(line.removeprefix(indent) for line in lines[open_at:number])
            labels += CELL_LABEL.findall(body) + IDENTIFIER.findall(info)
            if re.match(r"\{?\.?(?:python|py)\b", info):
                code.append(Code(body, open_at + 1, {}, shown=".shown" in info))
            open_at, held = None, number + 1
    if open_at is None:
        prose.append(Prose("\n".join(lines[held:]), held + 1))
    return prose, code, labels


def stored(cell: NotebookNode) -> dict[str, str]:
    """What a cell showed: one text a media type, all outputs together."""
    found: dict[str, str] = {}
    for output in cell.get("outputs", []):
        for kind, value in output.get("data", {}).items():
            found[kind] = found.get(kind, "") + (value if isinstance(value, str) else str(value))
    return found


def split_notebook(path: Path) -> tuple[list[Prose], list[Code], list[str]]:
    """The prose, the code cells and their labels of a notebook; cells count from 1."""
    prose, code, labels = [], [], []
    try:
        cells = nbformat.v4.reads(path.read_text(encoding="utf-8")).cells
    except (ValueError, AttributeError) as error:
        raise SystemExit(f"{path.name}: is no notebook of format 4: {error}") from error
    for number, cell in enumerate(cells, start=1):
        if cell.cell_type == "code":
            code.append(Code(cell.source, 1, stored(cell), number))
            labels += CELL_LABEL.findall(cell.source)
        elif cell.cell_type == "markdown":
            parts, blocks, given = split_markdown(cell.source)
            prose += [Prose(part.text, part.line, number) for part in parts]
            code += [Code(block.source, block.line, {}, number) for block in blocks]
            labels += given
    return prose, code, labels


def read_page(root: Path, path: Path) -> Page:
    """Read one page.

    Args:
        root: The folder that holds _quarto.yml.
        path: The page, relative to it: Quarto or plain Markdown, or a notebook.

    Returns:
        What the rules look at.
    """
    full = root / path
    split = split_notebook(full) if full.suffix == ".ipynb" else split_markdown(full.read_text(encoding="utf-8"))
    prose, code, labels = split
    anchors = anchors_of(prose, dotted=not (full.suffix == ".md" and len(path.parts) == 1)) | set(labels)
    cross = [name for part in prose for name in IDENTIFIER.findall(part.masked) if name.startswith(CROSS)]
    return Page(path, prose, code, anchors, labels + cross)
