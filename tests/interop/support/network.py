"""One local network for one test: a process on free ports, ended with the test."""

import json
import os
import subprocess
import urllib.request

LOCALNET = os.environ["SOMA_LOCALNET_BIN"]


class Network:
    """A running local network and what it says of itself."""

    def __init__(self, *flags):
        ports = [
            part
            for name in ("rpc", "faucet", "admin", "scoring")
            for part in (f"--{name}-port", "0")
        ]
        epochs = () if "--epoch-duration-ms" in flags else ("--epoch-duration-ms", "none")
        command = [LOCALNET, "--json", "--small-model", *ports, *epochs, *flags]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line:
            status = self._process.wait()
            self._process.stdout.close()
            raise RuntimeError(f"the local network ended at once ({status}): {command}")
        said = json.loads(line)
        self.rpc_url = said["rpc_url"]
        self.faucet_url = said["faucet_url"]
        self.admin_url = said["admin_url"]
        self.scoring_url = said["scoring_url"]
        self.chain_id = said["chain_id"]
        self.account_balance = int(said["account_balance"])
        self.accounts = said["accounts"]
        self.validators = said["validators"]

    def stop(self):
        """Ends it; what it kept is gone."""
        self._process.terminate()
        self._process.wait(timeout=30)
        self._process.stdout.close()

    def put(self, name, data):
        """Stores bytes in the network's own store for blobs; returns their URL."""
        url = f"{self.rpc_url}/blobs/{name}"
        request = urllib.request.Request(url, data=data, method="PUT")
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 201, answer.status
        return url
