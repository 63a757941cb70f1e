"""pyodide.http.open_url, which is synchronous. What should come of it is written in javascript-libraries.ts."""

import json

from network import UNKNOWN_HOST
from pyodide.http import open_url
from suite import Suite

suite = Suite()


def failed(url: str) -> bool:
    try:
        open_url(url)
    except Exception as error:
        return str(error) != ""
    return False


@suite("a text is opened like a file")
def _(network):
    file = open_url(network.url("/hello"))
    return [type(file).__name__, file.read(), file.read()]


@suite("a server is reached by its address too")
def _(network):
    return open_url(network.url("/hello", host="127.0.0.1")).getvalue()


@suite("text in any script")
def _(network):
    return open_url(network.url("/utf8")).read()


@suite("Latin-1 is read as what the server says it is")
def _(network):
    return open_url(network.url("/latin")).read()


@suite("lines are read one by one")
def _(network):
    return list(open_url(network.url("/chunked")))


@suite("a query is sent as it is")
def _(network):
    echo = json.load(open_url(network.url("/echo?a=1&b=%20two")))
    return [echo["method"], echo["target"], echo["body"]]


@suite("a page that is not there is a text like others")
def _(network):
    return [open_url(network.url(path)).read() for path in ("/no-such-route", "/status/500", "/status/204")]


@suite("redirects are followed")
def _(network):
    return [open_url(network.url(path)).read() for path in ("/redirect/3", "/redirect-relative/deep")]


@suite("gzip, deflate, br and zstd are undone")
def _(network):
    return [
        json.load(open_url(network.url(f"/encoded/{coding}")))["coding"] for coding in ("gzip", "deflate", "br", "zstd")
    ]


@suite("a big text arrives whole")
def _(network):
    echo = json.load(open_url(network.url(f"/echo?{'x' * 50_000}")))
    return len(echo["target"])


@suite("a body that ends with its connection is whole")
def _(network):
    return open_url(network.url("/old")).read()


@suite("a slow text is waited for")
def _(network):
    return [open_url(network.url(path)).read() for path in ("/slow-start?ms=300", "/slow-body?ms=300")]


@suite("twenty texts, one after the other")
def _(network):
    return {open_url(network.url("/hello")).read() for _ in range(20)} == {"Hello, world!\n"}


@suite("a coroutine may open too")
async def _(network):
    return open_url(network.url("/hello")).read()


@suite("a connection that is refused is an error")
def _(network):
    return failed(network.url("/", "refused", "127.0.0.1"))


@suite("a host that nobody knows is an error")
def _(network):
    return failed(f"http://{UNKNOWN_HOST}/")


@suite("a connection that closes without an answer is an error")
def _(network):
    return failed(network.url("/broken/nothing"))


@suite("an answer that is no HTTP is an error")
def _(network):
    return failed(network.url("/broken/garbage"))


@suite("redirects without end are an error")
def _(network):
    return failed(network.url("/redirect-loop"))


@suite("a certificate that nobody vouches for is an error")
def _(network):
    return [
        failed(network.url("/hello", server)) for server in ("https-self-signed", "https-expired", "https-wrong-host")
    ]


@suite("an address that is none is an error")
def _(network):
    return failed("http://")
