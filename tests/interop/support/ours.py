"""Our own side: a process that reads and writes lines of JSON over the project's own code."""

import base64
import json
import os
import subprocess

PROGRAM = os.environ["SOMA_INTEROP_BIN"]


class Refused(Exception):
    """What our side says where it does not do something."""


class Ours:
    """The process. Bytes go in and come out as `bytes`."""

    def __init__(self, network=None):
        self._node = network.rpc_url if network else None
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([PROGRAM], stdin=pipe, stdout=pipe, text=True)

    def stop(self):
        """Ends it."""
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()

    def _ask(self, question):
        self._process.stdin.write(json.dumps(question, default=_text) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["ok"]

    def keys(self, what, **arguments):
        """About keys and signatures."""
        return self._ask({"do": "keys", "what": what, **arguments})

    def multisig(self, what, **arguments):
        """About signing together."""
        return self._ask({"do": "multisig", "what": what, **arguments})

    def weights(self, what, **arguments):
        """About weights and commitments."""
        return self._ask({"do": "weights", "what": what, **arguments})

    def network(self, what, node=None, **arguments):
        """About the network, or the service at `node`."""
        node = node or self._node
        return self._ask({"do": "network", "node": node, "what": what, **arguments})

    def do(self, key, kind, /, **arguments):
        """Builds, signs and executes an operation; returns what became of it."""
        return self.network("do", key=key, operation={"kind": kind, **arguments})


def _text(value):
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    raise TypeError(type(value))


def data(text):
    """The bytes of a Base64 answer."""
    return base64.b64decode(text)
