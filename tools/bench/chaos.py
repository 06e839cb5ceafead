"""What is left when anything dies: kill storms, restarts, and many shares at once, each with its bar.

./bench chaos [--rounds N] [--seed S] [--only storm,…] [--json]; exits 1 when a bar is missed, and prints the
seed of what failed. Everything happens in folders of its own, which are gone afterwards.
"""

import sys

from measuring import crashes, crowd, program, restart, storm

ROWS = (storm, restart, crashes, crowd)


def more(parser):
    parser.add_argument("--rounds", type=int, dest="tries", metavar="N", help="the same as --tries")
    parser.add_argument("--seed", type=int, metavar="S", help="of the storm (default: by chance; it is printed)")


if __name__ == "__main__":
    sys.exit(program.main("chaos", __doc__, ROWS, more))
