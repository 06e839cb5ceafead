"""What it costs to record what actors do, with it on beside it off, each figure with its bar.

./bench trace [--only messages,router,ring,top] [--json]; exits 1 when a bar is missed. Everything happens in folders of
its own, which are gone afterwards.
"""

import sys

from measuring import cost, program, recorded, reading, watching

ROWS = (cost, recorded, reading, watching)

if __name__ == "__main__":
    sys.exit(program.main("trace", __doc__, ROWS))
