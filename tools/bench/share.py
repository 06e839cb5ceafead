"""The numbers of a share: ours beside the raw program, measured in turns, each with its bar.

./bench share [--tries N] [--only link,revoke,…] [--json]; exits 1 when a bar is missed or a figure
could not be measured. Everything happens in folders of its own, which are gone afterwards.
"""

import sys

from measuring import flood, idle, keys, kick, link, memory, program, revocation, switch, tmate, zellij

ROWS = (link, revocation, kick, memory, keys, flood, idle, tmate, switch, zellij)

if __name__ == "__main__":
    sys.exit(program.main("share", __doc__, ROWS, as_root=True))
