import ssl

import websocket
from network import UNKNOWN_HOST, Network
from outcomes import digest, pattern
from suite import Suite
from timed import failure

suite = Suite()


def opened(network: Network, path="/echo", server="ws", host="localhost", **options) -> websocket.WebSocket:
    return websocket.create_connection(network.url(path, server, host), **{"timeout": 10, **options})


def echoed(socket: websocket.WebSocket, text="hi") -> str:
    socket.send(text)
    answer = socket.recv()
    socket.close()
    return answer


def trusted(network: Network) -> dict:
    return {"sslopt": {"ca_certs": network.authority}}


@suite("a text is sent and comes back")
def _(network):
    return echoed(opened(network))


@suite("a server is reached by its address too")
def _(network):
    return echoed(opened(network, host="127.0.0.1"))


@suite("bytes are sent and come back as such")
def _(network):
    socket = opened(network)
    socket.send_binary(b"\x00\xff")
    opcode, data = socket.recv_data()
    socket.close()
    return [opcode == websocket.ABNF.OPCODE_BINARY, data.hex()]


@suite("text in any script, and none at all")
def _(network):
    return [echoed(opened(network), text) for text in ("naïve 日本語 😀", "", "\x00")]


@suite("a big message comes back whole")
def _(network):
    socket = opened(network)
    socket.send_binary(pattern(2_000_000))
    data = socket.recv()
    socket.close()
    return digest(data)


@suite("a message is sent in parts")
def _(network):
    socket = opened(network)
    socket.send_frame(websocket.ABNF.create_frame("one, ", websocket.ABNF.OPCODE_TEXT, 0))
    socket.send_frame(websocket.ABNF.create_frame("two, ", websocket.ABNF.OPCODE_CONT, 0))
    socket.send_frame(websocket.ABNF.create_frame("three", websocket.ABNF.OPCODE_CONT, 1))
    return [socket.recv(), socket.close()]


@suite("many messages come in order, and then the end")
def _(network):
    socket = opened(network, "/many")
    messages = [socket.recv() for _ in range(100)]
    opcode, data = socket.recv_data()
    return [messages, opcode, int.from_bytes(data[:2], "big"), data[2:].decode()]


@suite("a hundred messages are sent before any is read")
def _(network):
    socket = opened(network)
    for number in range(100):
        socket.send(str(number))
    answers = [socket.recv() for _ in range(100)]
    socket.close()
    return answers


@suite("a ping is answered")
def _(network):
    socket = opened(network)
    socket.ping("here")
    opcode, data = socket.recv_data(control_frame=True)
    socket.close()
    return [opcode == websocket.ABNF.OPCODE_PONG, data.decode()]


@suite("a ping from the server is answered unseen")
def _(network):
    socket = opened(network, "/ping")
    return [socket.recv(), socket.close()]


@suite("the server closes with a code and a reason")
def _(network):
    socket = opened(network, "/close")
    messages = [socket.recv(), socket.recv()]
    opcode, data = socket.recv_data()
    return [messages, opcode, int.from_bytes(data[:2], "big"), data[2:].decode(), failure(socket.recv)]


@suite("the client closes with a code and a reason")
def _(network):
    socket = opened(network)
    socket.close(4000, "enough ü".encode())
    return [socket.connected, failure(socket.send, "late")]


@suite("a connection that breaks off is an error")
def _(network):
    socket = opened(network, "/drop")
    return [socket.recv(), failure(socket.recv)]


@suite("a subprotocol is agreed upon")
def _(network):
    socket = opened(network, subprotocols=["other", "chat"])
    return [socket.getsubprotocol(), socket.getstatus(), socket.close()]


@suite("headers of the program's own arrive, and the answer's can be seen")
def _(network):
    socket = opened(network, header={"X-Own": "value"}, origin="http://origin.test", cookie="a=1")
    return [socket.getheaders()["x-own"], socket.close()]


@suite("a login is sent as a header")
def _(network):
    import base64

    login = base64.b64encode(b"Ada:secret").decode()
    right = echoed(opened(network, "/login", header=[f"Authorization: Basic {login}"]))
    return [right, failure(opened, network, "/login")["type"]]


@suite("a redirect is followed")
def _(network):
    return echoed(opened(network, "/moved"))


@suite("a server that refuses is an error with its answer")
def _(network):
    try:
        opened(network, "/refuse")
    except websocket.WebSocketBadStatusException as error:
        return [error.status_code, error.resp_headers["x-why"], error.resp_body.decode()]


@suite("a page is no websocket")
def _(network):
    address = network.url("/hello").replace("http:", "ws:")
    return failure(websocket.create_connection, address, timeout=10)


@suite("a connection that is refused is an error")
def _(network):
    return failure(opened, network, "/", "ws-refused", "127.0.0.1")


@suite("a host that nobody knows is an error")
def _(network):
    return failure(websocket.create_connection, f"ws://{UNKNOWN_HOST}/", timeout=10)


@suite("a time limit ends the wait for a server that never says a word")
def _(network):
    return failure(opened, network, "/", "ws-silent", timeout=0.3, within=5)


@suite("a time limit ends the wait for a message, and the connection goes on")
def _(network):
    socket = opened(network)
    socket.settimeout(0.3)
    return [failure(socket.recv, within=5), socket.gettimeout(), echoed(socket)]


@suite("twenty connections at a time")
def _(network):
    sockets = [opened(network) for _ in range(20)]
    return [echoed(socket, str(number)) for number, socket in enumerate(sockets)]


@suite("TLS by name and by address, with a private authority")
def _(network):
    return [echoed(opened(network, server="wss", host=host, **trusted(network))) for host in ("localhost", "127.0.0.1")]


@suite("a big message comes back whole over TLS")
def _(network):
    socket = opened(network, server="wss", **trusted(network))
    socket.send_binary(pattern(2_000_000))
    data = socket.recv()
    socket.close()
    return digest(data)


@suite("an authority that nobody vouches for is an error")
def _(network):
    return failure(opened, network, server="wss")


@suite("any certificate will do when the program says so")
def _(network):
    options = {"sslopt": {"cert_reqs": ssl.CERT_NONE, "check_hostname": False}}
    return echoed(opened(network, server="wss", **options))


@suite("a proxy that the program names is gone through")
def _(network):
    import urllib.request

    urllib.request.urlopen(network.url("/asked", "proxy")).close()
    options = {"http_proxy_host": "localhost", "http_proxy_port": network.port("proxy"), "proxy_type": "http"}
    # By default nothing that is local goes through a proxy.
    options["http_no_proxy"] = ["nothing.test"]
    told = [echoed(opened(network, **options)), echoed(opened(network, server="wss", **options, **trusted(network)))]
    with urllib.request.urlopen(network.url("/asked", "proxy")) as asked:
        return [told, asked.read().decode()]


@suite("an app is called for what happens")
def _(network):
    seen = []
    app = websocket.WebSocketApp(
        network.url("/close", "ws"),
        on_open=lambda _: seen.append("open"),
        on_message=lambda _, message: seen.append(message),
        on_close=lambda _, code, reason: seen.append([code, reason]),
        on_error=lambda _, error: seen.append(repr(error)),
    )
    app.run_forever()
    return seen
