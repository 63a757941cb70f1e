"""js.XMLHttpRequest, synchronous. What should come of it is written in javascript-libraries.ts."""

import json

from js import XMLHttpRequest
from network import UNKNOWN_HOST, Network
from outcomes import digest, pattern
from pyodide.http import pyxhr
from suite import Suite

suite = Suite()


def answered(url: str, method="GET", body=None, headers=None):
    request = XMLHttpRequest.new()
    request.open(method, url, False)
    for name, value in (headers or {}).items():
        request.setRequestHeader(name, value)
    request.send(body)
    return request


def echo(network: Network, *arguments, **options) -> dict:
    return json.loads(answered(network.url("/echo"), *arguments, **options).responseText)


def failed(url: str) -> bool:
    try:
        answered(url)
    except Exception as error:
        return str(error) != ""
    return False


@suite("a text comes with its status and address")
def _(network):
    request = answered(network.url("/hello"))
    return [request.status, request.statusText, request.responseText, request.response, request.responseURL]


@suite("a server is reached by its address too")
def _(network):
    return answered(network.url("/hello", host="127.0.0.1")).responseText


@suite("a request goes through its states")
def _(network):
    request = XMLHttpRequest.new()
    states = [request.readyState]
    request.open("GET", network.url("/hello"), False)
    states.append(request.readyState)
    request.send()
    return [*states, request.readyState]


@suite("a header is asked for by its name in any case, or all at once")
def _(network):
    request = answered(network.url("/repeated"))
    lines = request.getAllResponseHeaders().split("\r\n")
    known = [line for line in lines if line.lower().startswith(("x-repeated", "content-length"))]
    return [request.getResponseHeader("CONTENT-TYPE"), request.getResponseHeader("X-None"), sorted(known)]


@suite("text in any script")
def _(network):
    return answered(network.url("/utf8")).responseText


@suite("Latin-1 is read as what the server says it is")
def _(network):
    return answered(network.url("/latin")).responseText


@suite("an error's status is an answer")
def _(network):
    found = [answered(network.url(f"/status/{status}")) for status in (404, 500, 204)]
    return [[request.status, request.responseText] for request in found]


@suite("a text is posted with headers of the program's own")
def _(network):
    found = echo(network, "POST", "grüße", {"X-Own": "value", "Content-Type": "text/plain"})
    given = {name.lower(): value for name, value in found["headers"]}
    return [found["method"], found["body"], given["x-own"], given["content-type"].startswith("text/plain")]


@suite("PUT, PATCH, DELETE and OPTIONS arrive as such")
def _(network):
    return [echo(network, method)["method"] for method in ("PUT", "PATCH", "DELETE", "OPTIONS")]


@suite("HEAD has headers and no body")
def _(network):
    request = answered(network.url("/big?bytes=1234"), "HEAD")
    return [request.status, request.getResponseHeader("content-length"), request.responseText]


@suite("a big text is sent whole")
def _(network):
    text = "0123456789abcdef" * 100_000
    request = answered(network.url("/digest"), "POST", text)
    return json.loads(request.responseText)["sha256"] == digest(text.encode())["sha256"]


@suite("bytes come as bytes by the charset that keeps them")
def _(network):
    request = XMLHttpRequest.new()
    request.open("GET", network.url("/big?bytes=1000"), False)
    request.overrideMimeType("text/plain; charset=x-user-defined")
    request.send()
    return bytes(ord(character) & 0xFF for character in request.responseText) == pattern(1000)


@suite("redirects are followed")
def _(network):
    request = answered(network.url("/redirect/3"))
    return [request.status, request.responseURL, request.responseText]


@suite("gzip, deflate, br and zstd are undone")
def _(network):
    texts = [answered(network.url(f"/encoded/{coding}")).responseText for coding in ("gzip", "deflate", "br", "zstd")]
    return [json.loads(text)["coding"] for text in texts]


@suite("twenty requests, one after the other")
def _(network):
    return {answered(network.url("/hello")).responseText for _ in range(20)} == {"Hello, world!\n"}


@suite("a slow answer is waited for")
def _(network):
    return answered(network.url("/slow-body?ms=300")).responseText


@suite("an object is used again")
def _(network):
    request = XMLHttpRequest.new()
    found = []
    for path in ("/hello", "/status/404"):
        request.open("GET", network.url(path), False)
        request.send()
        found.append([request.status, request.responseText])
    return found


@suite("sending before opening is an error")
def _(network):
    try:
        XMLHttpRequest.new().send()
    except Exception as error:
        return str(error) != ""


@suite("a connection that is refused is an error")
def _(network):
    return failed(network.url("/", "refused", "127.0.0.1"))


@suite("a host that nobody knows is an error")
def _(network):
    return failed(f"http://{UNKNOWN_HOST}/")


@suite("a connection that closes without an answer is an error")
def _(network):
    return failed(network.url("/broken/nothing"))


@suite("a certificate that nobody vouches for is an error")
def _(network):
    return failed(network.url("/hello", "https-self-signed"))


@suite("pyodide's pyxhr asks by it")
def _(network):
    response = pyxhr.get(network.url("/echo"), params={"a": "b c"}, headers={"X-Own": "value"})
    posted = pyxhr.post(network.url("/echo"), json={"a": 1}, auth=("Ada", "secret"))
    given = {name.lower(): value for name, value in posted.json()["headers"]}
    return [response.status_code, response.ok, response.json()["target"], posted.json()["body"], given["authorization"]]


@suite("pyodide's pyxhr raises for what failed")
def _(network):
    outcomes = []
    for call in (
        pyxhr.get(network.url("/status/404")).raise_for_status,
        lambda: pyxhr.get(network.url("/broken/nothing")),
    ):
        try:
            outcomes.append(call())
        except OSError as error:
            # A woma that says why says it after this.
            outcomes.append([type(error).__name__, str(error).split(": Failed")[0]])
    return outcomes
