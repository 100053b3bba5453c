"""Methods of the client that the local network cannot serve, each with the reason.

A test still calls each and expects the exact error; the run fails once one of them works.
"""

EXCEPTIONS = {}
