"""Runs the steps of a script: prints one line of JSON for each, its name, and what went wrong if anything did."""

import json
import sys
import traceback

port, database, mode, size = sys.argv[1:5]
servers = int(size)
# In session mode each client has a server of its own, so there can be no more of them.
crowd = servers * 4 if mode == "transaction" else servers
opened = []


def step(title):
    def run(work):
        try:
            work()
            print(json.dumps({"step": title}), flush=True)
        except BaseException:
            print(json.dumps({"step": title, "error": traceback.format_exc()}), flush=True)
        finally:
            while opened:
                opened.pop().close()

    return run


class fails:
    """The block fails with this SQLSTATE."""

    def __init__(self, sqlstate):
        self.sqlstate = sqlstate

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        assert error is not None, f"no {self.sqlstate}"
        found = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
        assert found == self.sqlstate, f"{found} {error!r} instead of {self.sqlstate}"
        return True
