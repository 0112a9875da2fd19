"""A data panel in words and in pictures: a batch as one part, an element and a page for pages on which nothing runs."""

from collections.abc import Sequence

from leyden.data.pipe.view import Element
from leyden.widget.base.gallery import still
from leyden.widget.base.picture import encode
from leyden.widget.data.canvas import card
from leyden.widget.data.element import Look, Part
from leyden.widget.data.thumb import Thumb, grid_of_thumbs, message, thumb_of, told_page

__all__ = ["batch_part", "pictures_of"]

_TOLD = 300  # signs in which an element without a picture is told


def batch_part(samples: Sequence[Element], index: int, look: Look) -> Part:
    """The first elements of a batch as thumbnails.

    Args:
        samples: the elements.
        index: of the batch.
        look: how they are shown.
    """
    thumbs = [thumb_of(number, each, look) for number, each in enumerate(samples)]
    words = f"the first {len(samples)} elements of batch {index}"
    told = told_page(thumbs).partition(": ")[2]
    drawn = ((f"{words}: {told}" if told else words, encode(grid_of_thumbs(thumbs, columns=4))),)
    return Part("batch", words, drawn, html=still([message(thumb) for thumb in thumbs]), instead=True)


def pictures_of(parts: Sequence[Part], thumbs: Sequence[Thumb], index: int) -> list[tuple[str, bytes]]:
    """An element and a page of thumbnails: (what it shows, PNG) each.

    Args:
        parts: what is shown of the element; words where it has no picture.
        thumbs: of the page.
        index: of the element.
    """
    drawn = [picture for part in parts for picture in part.pictures]
    lines = [line for part in parts for line in part.lines()]
    drawn = drawn or [(f"element {index}: {'; '.join(lines)[:_TOLD]}", encode(card(lines)))]
    page = told_page(thumbs)
    return [*drawn, (f"{page[:1].upper()}{page[1:]}", encode(grid_of_thumbs(thumbs)))]
