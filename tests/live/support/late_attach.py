"""A socket before a tmux server's, on which clients attach only when they are let."""

import array
import os
import socket
import struct
import threading

MSG_COMMAND = 200  # tmux-protocol.h
HEADER = struct.Struct("=IHHII")  # struct imsg_hdr: type, length, flags, peer, process
MOST_DESCRIPTORS = 4


class LateAttach:
    """Hands each message on, with its descriptors, but a client's order to attach, once `let` is set."""

    def __init__(self, tmux):
        self.server = tmux.socket
        self.socket = str(tmux.folder / "late")
        self.let = threading.Event()
        self.held = threading.Event()
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(self.socket)
        self.door.listen()
        self.ends = []
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.let.set()
        for end in (self.door, *self.ends):
            end.close()

    def accept(self):
        while True:
            try:
                client, _ = self.door.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.server)
            self.ends += client, server
            for way in ((client, server), (server, client)):
                threading.Thread(target=self.carry, args=way, daemon=True).start()

    def carry(self, source, target):
        try:
            while message := self.one_message(source):
                if HEADER.unpack_from(message[0])[0] == MSG_COMMAND and b"attach-session" in message[0]:
                    self.held.set()
                    self.let.wait()
                self.pass_on(target, *message)
            target.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # either side may go at any time

    @staticmethod
    def one_message(source):
        """The next message and its descriptors; None at the end."""
        part, descriptors, _, _ = socket.recv_fds(source, HEADER.size, MOST_DESCRIPTORS)
        if len(part) < HEADER.size:
            return None
        rest = HEADER.unpack(part)[1] - HEADER.size
        while rest > 0:
            more = source.recv(rest)
            if not more:
                return None
            part += more
            rest -= len(more)
        return part, descriptors

    @staticmethod
    def pass_on(target, message, descriptors):
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        sent = target.sendmsg([message], rights)
        target.sendall(message[sent:])
        for each in descriptors:
            os.close(each)
