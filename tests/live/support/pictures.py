"""Both ends of a share as pictures: the terminal that is lent, and a guest's whole screen."""

import shlex

from .processes import wait_until
from .screen import PrivateTmux


class LentTerminal(PrivateTmux):
    """A terminal of the runtime's own; this is only a look at it, so there is nothing to end."""

    def __init__(self, system, name):
        self.socket, self.folder, self.name = str(system.home / "run" / "tmux.sock"), system.home, name

    def cells(self):
        return super().cells(self.name)

    def cursor(self):
        return super().cursor(self.name)


class GuestWindow(PrivateTmux):
    """A guest's ssh in a terminal of the given size."""

    def __init__(self, system, share, rows=25, columns=80):
        super().__init__(rows, columns, shlex.join(map(str, system.ssh(share))))

    def pane_cells(self):
        return self.cells()[:-1]

    def status_line(self):
        return self.text().splitlines()[-1]

    def wait_status(self, words):
        wait_until(lambda: words in self.status_line(), f"the guest's status line says '{words}'")
