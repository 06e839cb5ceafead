"""A raw client of the bus: bytes and lines over its socket, nothing of our own library."""

import json
import socket

from .processes import GENEROUS


class Bus:
    """One connection. `events` keeps what arrived while a response was waited for."""

    def __init__(self, path, limit=GENEROUS):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(limit)
        self.socket.connect(str(path))
        self.received = b""
        self.events = []
        self.sent = 0

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        """The next envelope; None once the runtime has closed the connection."""
        while b"\n" not in self.received:
            try:
                part = self.socket.recv(65536)
            except ConnectionResetError:
                part = b""
            if not part:
                return None
            self.received += part
        line, _, self.received = self.received.partition(b"\n")
        return json.loads(line)

    def begin(self, method, correlation_id="", **payload):
        self.sent += 1
        envelope = {"id": f"t{self.sent}", "type": "command", "method": method, "payload": payload}
        if correlation_id:
            envelope["correlation_id"] = correlation_id
        self.send(json.dumps(envelope).encode() + b"\n")

    def response(self):
        while (said := self.line()) is not None and said["type"] != "response":
            self.events.append(said)
        return said

    def ask(self, method, correlation_id="", **payload):
        """The whole response."""
        self.begin(method, correlation_id, **payload)
        return self.response()

    def event(self, topic):
        """The next event with that topic, which is then forgotten with all before it."""
        while True:
            said = self.events.pop(0) if self.events else self.line()
            assert said is not None, f"the connection closed before {topic}"
            if said["topic"] == topic:
                return said

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
