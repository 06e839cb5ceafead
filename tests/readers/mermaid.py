"""Mermaid's own parser."""

from . import fetching

# The build that brings everything along: of its 17.8 MB, 3.7 are kept.
PACKAGE = fetching.Package("mermaid@11.17.2",
                           "6ad2f42c3fc26bbf9e45cbb6d11898972573ea52b33a5f4ff51952899f950ffd",
                           ("LICENSE", "dist/mermaid.esm.min.mjs", "dist/chunks/mermaid.esm.min/"))


def prepare():
    fetching.node()
    PACKAGE.folder()


def read(file):
    """`participants`, id -> text; and `lines`, each a list of kind, from, to and text."""
    parser = PACKAGE.folder() / "dist" / "mermaid.esm.min.mjs"
    return fetching.said_by([fetching.node(), fetching.HERE / "mermaid_diagram.mjs", parser, file])
