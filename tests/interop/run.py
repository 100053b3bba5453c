"""Runs the interoperability tests, and fails where a method of the client is left out.

    python run.py [NAME …]     with names only those tests, and no look at what is left out

`SOMA_LOCALNET_BIN` and `SOMA_INTEROP_BIN` name the local network and our own side, both compiled.
"""

import os
import sys
import time
import unittest
from pathlib import Path

from support import recorder
from support.exceptions import EXCEPTIONS


def left_out():
    """What is neither tested nor an exception, and what is an exception without need."""
    there = recorder.public_methods()
    tested = recorder.DONE & there
    lines = [f"{name} is tested by nothing" for name in sorted(there - tested - set(EXCEPTIONS))]
    lines += [f"{name} is an exception, and works" for name in sorted(tested & set(EXCEPTIONS))]
    lines += [
        f"{name} is an exception, and is not there" for name in sorted(set(EXCEPTIONS) - there)
    ]
    count = len(there)
    print(f"\n{len(tested)} of {count} methods of the client tested, {len(EXCEPTIONS)} exceptions")
    return lines


class Timed(unittest.TextTestResult):
    """Says how long each test took."""

    def startTest(self, test):
        self._start = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        unittest.TestResult.addSuccess(self, test)
        self.stream.writeln(f"ok, {time.monotonic() - self._start:.1f} s")


def main(names):
    here = Path(__file__).parent
    os.chdir(here)
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{name}*" for name in names] or None
    tests = loader.discover(str(here), top_level_dir=str(here))
    result = unittest.TextTestRunner(verbosity=2, resultclass=Timed).run(tests)
    failed = not result.wasSuccessful() or result.testsRun == 0
    if not names and not failed:
        missing = left_out()
        print("\n".join(missing))
        failed = bool(missing)
    return 1 if failed else 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # The package's own threads outlive the interpreter and abort where it winds down under them.
    os._exit(status)
