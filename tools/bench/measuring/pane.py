"""What runs in the pane that is flooded: prints on command, and knows when tmux has taken it all.

Why: asking tmux again and again would slow down what is measured. A terminal answers a question for
its cursor only after everything before it, so the answer's arrival is the end of the flood.

Usage: pane.py ORDERS ANSWERS, two named pipes. Orders: `flood LINES END`, `fill SECONDS`.
"""

import os
import random
import subprocess
import sys
import termios
import time
import tty

COLUMNS, ROWS = 80, 23


def now():
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def wait_for_terminal():
    """Returns once the terminal has answered, and so has taken everything before the question."""
    os.write(1, b"\x1b[6n")
    while os.read(0, 1) != b"R":
        pass


def flood(lines, end):
    subprocess.run(f"yes | head -{lines}", shell=True, check=True)
    os.write(1, f"{end}\r\n".encode())
    wait_for_terminal()


def fill(seconds):
    """Pictures without a like: every cell with colours of its own."""
    source = random.Random(1)
    until = now() + seconds
    while now() < until:
        cells = "".join(f"\x1b[38;2;{source.randrange(256)};{source.randrange(256)};{source.randrange(256)}mx"
                        for _ in range(COLUMNS * ROWS))
        os.write(1, f"\x1b[H{cells}".encode())
        wait_for_terminal()
    os.write(1, b"\x1b[m\x1b[H\x1b[2J")
    wait_for_terminal()


def main():
    mode = termios.tcgetattr(0)
    tty.setcbreak(0)
    os.write(1, b"ready-to-flood\r\n")
    with open(sys.argv[1], encoding="utf-8") as orders, open(sys.argv[2], "w", encoding="ascii") as answers:
        for order in orders:
            name, *words = order.split()
            began = now()
            if name == "flood":
                flood(int(words[0]), words[1])
            else:
                fill(float(words[0]))
            answers.write(f"{began} {now()}\n")
            answers.flush()
    termios.tcsetattr(0, termios.TCSADRAIN, mode)


if __name__ == "__main__":
    main()
