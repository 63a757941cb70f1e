"""driver.py PROGRAM SETTINGS: runs behaviours of a library, and prints what came of each as a line of JSON."""

import asyncio
import importlib
import inspect
import json
import sys
import tempfile
import warnings

from network import Network
from outcomes import described
from sessions import SyncSession, without_a_loop

# Libraries' hints to their callers are not what is compared.
warnings.simplefilter("ignore")


def main() -> None:
    program = importlib.import_module(sys.argv[1])
    settings = json.loads(sys.argv[2])
    with tempfile.TemporaryDirectory() as directory:
        network = Network(settings["network"], directory, getattr(program, "Session", None))
        for name in settings["behaviours"]:
            print(json.dumps({"started": name}), flush=True)
            print(json.dumps({"behaviour": name, **outcome(program, network, name)}, default=repr), flush=True)


def outcome(program, network: Network, name: str) -> dict:
    try:
        return {"result": run(program.suite[name], network)}
    except BaseException as error:
        return {"raised": described(error)}


def run(behave, network: Network):
    if not inspect.iscoroutinefunction(behave):
        return behave(network)
    synchronous = isinstance(network.session, type) and issubclass(network.session, SyncSession)
    return without_a_loop(behave(network)) if synchronous else asyncio.run(behave(network))


main()
