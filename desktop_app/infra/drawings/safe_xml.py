"""XML from strangers as a plain tree: no entities, no depth, no flood."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from desktop_app.domain.errors import UserFacingError

MOST_ELEMENTS = 100_000
DEEPEST = 100


@dataclass(slots=True, eq=False)
class Element:
    """``tag`` without its namespace; attributes keep only theirs that have none, and href."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)


class Unsafe(UserFacingError):
    """The file is built to do harm, or is far too large to be a drawing."""


def read_xml(data: bytes) -> Element:
    """The tree of an XML file, texts left out. Raises Unsafe where it defines entities, or is
    too deep or too large; ValueError where it is not XML."""
    parser = expat.ParserCreate(namespace_separator=" ")
    root: list[Element] = []
    stack: list[Element] = []
    count = 0

    def refuse(*_arguments: object) -> int:
        raise Unsafe(
            "This drawing defines abbreviations of its own, which can hide harm.",
            remedy="Save it as a plain SVG and try again.",
        )

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MOST_ELEMENTS or len(stack) >= DEEPEST:
            raise Unsafe(
                "This drawing has far more parts than an outline needs.",
                remedy="Keep only the outline of the container in it.",
            )
        plain = {_local(key): value for key, value in attributes.items()}
        element = Element(_local(name), plain)
        (stack[-1].children if stack else root).append(element)
        stack.append(element)

    def end(_name: str) -> None:
        stack.pop()

    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error
    if not root:
        raise ValueError("no element")
    return root[0]


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
