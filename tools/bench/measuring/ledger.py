"""The journal's file, read by a program of its own.

Why: whether records are lost can't be asked of the program that may have lost them. The file is read as
docs/operations.md says it may be, and the chain is computed anew.
"""

import hashlib
import json
import sqlite3


def _hash(text):
    return hashlib.blake2b(text, digest_size=32).digest()


class Ledger:
    """The records of one journal; `problem` is what is wrong with the chain."""

    def __init__(self, file):
        self.records = []
        self.hashes = []
        self.problem = ""
        head = _hash(b"termlease.journal.genesis.v1")
        database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        try:
            rows = database.execute("SELECT sequence, body, hash FROM record ORDER BY sequence").fetchall()
        finally:
            database.close()
        for count, (sequence, body, stored) in enumerate(rows, 1):
            place = count.to_bytes(8, "little")
            head = _hash(b"termlease.journal.record.v1" + head + place + body.encode())
            if (sequence != count or stored != head) and not self.problem:
                self.problem = f"record {count} is not what was recorded"
            self.records.append(json.loads(body))
            self.hashes.append(stored)

    def continues(self, earlier):
        """Whether everything that was there is there still."""
        return self.hashes[:len(earlier.hashes)] == earlier.hashes

    def has(self, event, share):
        return any(each["eventType"] == event and each["shareId"] == share for each in self.records)
