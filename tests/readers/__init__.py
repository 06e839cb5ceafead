"""Programs of others that read what `termlease trace export` writes.

Why: an export is right when the program that it is for reads it as it was meant, and only that
program can say so. What runs here is the reader of each program itself: Perfetto's trace processor,
the OpenTelemetry Collector's unmarshaler, Mermaid's parser. ShiViz is in no registry; its rules are
written down here again, and were compared with it.

Each module has `prepare()`, which fetches its reader once, and raises `Missing` where that can't be
done; and `read(file)`, which says what the reader found, and fails when it found a fault.
"""
