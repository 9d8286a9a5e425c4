"""Any other program: every variable that any client reads is set."""

from collections.abc import Mapping, Sequence

from bytespike_cli.launch.client import Client, Shape, Source, Target
from bytespike_cli.launch.clients import curl


def everything(clients: Sequence[Client]) -> Client:
    """Return a client that reads all that any of `clients` reads.

    No key variable is blanked: a program that reads only that one must find the key there. A client
    whose address is fixed gets no key at all, for it would send that to Google.
    """
    clients = [client for client in clients if client.address_from is not Source.FIXED]
    keys = tuple(dict.fromkeys(name for client in clients for name in client.keys))
    addresses: dict[str, Shape] = {}
    extra: dict[str, str] = {}
    for client in clients:
        addresses.update(client.addresses)
        extra.update(client.extra)

    def configure(target: Target, variables: Mapping[str, str]) -> Mapping[str, str]:
        made: dict[str, str] = {}
        for client in clients:
            if client.configure is not None:
                made.update(client.configure(target, variables))
        return made

    return Client(
        name="generic",
        title="any program",
        keys=keys,
        addresses=addresses,
        off=tuple(dict.fromkeys(n for client in clients for n in client.off if n not in keys)),
        extra=extra,
        configure=configure,
        needs=("done", "framing", "ids", "paths"),
        snippet=curl.CLIENT.snippet,
    )
