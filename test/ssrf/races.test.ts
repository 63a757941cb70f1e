/** The attacker does many things at once, and hopes that what was checked is not what is used. */
import { PORT, PUBLIC } from "./support/addresses.ts";
import { gets, refusedAddress, refusedName } from "./support/expected.ts";
import { networkForFile } from "./support/private-network.ts";
import { GET } from "./support/python.ts";
import { ways } from "./support/way.ts";

const network = networkForFile();

/** get(host, port) again, for tasks; and gathered(tasks), which is "SECRET" if any task got it, else the last refusal. */
const TASKS = `
import asyncio
async def get(host, port=8000):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
    answer = await reader.read()
    writer.close()
    return answer.decode().rpartition("\\r\\n")[2]
async def gathered(tasks):
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    strange = [each for each in outcomes if not isinstance(each, PermissionError) and each not in ("PUBLIC", "SECRET")]
    assert not strange, strange
    if "SECRET" in outcomes: return "SECRET"
    raise [each for each in outcomes if isinstance(each, PermissionError)][-1]`;

const alternating = {
  "race.test": {
    turns: [{ addresses: [PUBLIC.first] }, { addresses: ["127.0.0.1"] }],
    afterwards: "the first again",
  },
} as const;
const refused = refusedName("race.test", "127.0.0.1");
const allowed = gets(["--allow-net=race.test"]);
const toPublic = [`${PUBLIC.first}:8000`];

ways(network, "a race between a lookup and a connection:", [
  {
    sentence: "tasks connect to a name whose answer alternates",
    python: `${TASKS}
asyncio.run(gathered([get("race.test") for _ in range(50)]))`,
    names: alternating,
    attacked: { prints: refused, reaches: toPublic },
    allowed,
  },
  {
    sentence: "a thousand lookups, and connections to whatever they said",
    python: `${GET}
got, refusal = set(), None
for _ in range(1000):
    try:
        found = socket.getaddrinfo("race.test", 8000, socket.AF_INET, socket.SOCK_STREAM)
        assert len(found) == 1
    except PermissionError as error: refusal = error
    try: got.add(get(found[0][4][0]))
    except PermissionError as error: refusal = error
if "SECRET" not in got: raise refusal
"SECRET"`,
    names: alternating,
    attacked: { prints: refused, reaches: toPublic },
    allowed,
  },
  {
    sentence: "the name is looked up by others while its connection is made",
    python: `${TASKS}
async def main():
    loop = asyncio.get_running_loop()
    outcomes = []
    for _ in range(5):
        lookups = [loop.getaddrinfo("race.test", 8000) for _ in range(10)]
        outcomes += await asyncio.gather(*lookups, *(get("race.test") for _ in range(5)), return_exceptions=True)
    if "SECRET" in outcomes: return "SECRET"
    raise [each for each in outcomes if isinstance(each, PermissionError)][-1]
asyncio.run(main())`,
    names: alternating,
    attacked: { prints: refused, reaches: toPublic },
    allowed,
  },
  {
    sentence: "the answer comes while another connection is under way",
    python: `${TASKS}
asyncio.run(gathered([get("slow.test"), get("${PUBLIC.first}"), get("${PUBLIC.second}"), get("slow.test")]))`,
    names: {
      "slow.test": {
        turns: [{ addresses: ["127.0.0.1"], afterMs: 300 }],
        afterwards: "the last again",
      },
    },
    attacked: { prints: refusedName("slow.test", "127.0.0.1"), reaches: [...toPublic, `${PUBLIC.second}:8000`] },
    allowed: gets(["--allow-net=slow.test"]),
  },
  {
    sentence: "a connection that was given up is followed by the other address",
    python: `${TASKS}
async def main():
    first = asyncio.ensure_future(get("race.test"))
    await asyncio.sleep(0)
    first.cancel()
    outcomes = []
    for _ in range(4): outcomes += await asyncio.gather(get("race.test"), return_exceptions=True)
    if "SECRET" in outcomes: return "SECRET"
    raise [each for each in outcomes if isinstance(each, PermissionError)][-1]
asyncio.run(main())`,
    names: alternating,
    attacked: { prints: refused, reaches: toPublic },
    allowed,
  },
  {
    sentence: "a name that is allowed, and one that is not, with the same address at the same time",
    python: `${TASKS}
asyncio.run(gathered([get(name, 8001) for name in ["good.test", "other.test"] * 10]))`,
    names: { "good.test": ["10.0.0.5"], "other.test": ["10.0.0.5"] },
    attacked: {
      flags: ["--allow-net=good.test:8000,other.test:8000"],
      prints: refusedName("other.test", "10.0.0.5", 8001),
    },
    allowed: gets(["--allow-net=other.test:8001"]),
  },
  {
    sentence: "IPv6 and IPv4 are raced, and one of them is inside",
    python: `
import asyncio
async def main():
    _, writer = await asyncio.open_connection("eyeballs.test", ${PORT.insideWeb}, happy_eyeballs_delay=0.01)
    return "SECRET" if writer.get_extra_info("peername")[0] == "::1" else writer.get_extra_info("peername")
asyncio.run(main())`,
    names: { "eyeballs.test": [PUBLIC.first, "::1"] },
    attacked: { prints: "raised: ConnectionRefusedError: [Errno 111] Connect call failed ('93.184.216.34', 9000)" },
    allowed: gets(["--allow-net=eyeballs.test"]),
  },
  {
    sentence: "IPv6 and IPv4 are raced, and each is typed",
    python: `${TASKS}
asyncio.run(gathered([get(host) for host in ["::1", "${PUBLIC.overIpv6}", "127.0.0.1", "${PUBLIC.first}"] * 5]))`,
    attacked: { prints: refusedAddress("127.0.0.1"), reaches: [`[${PUBLIC.overIpv6}]:8000`, ...toPublic] },
    allowed: gets(["--allow-net=127.0.0.1"]),
  },
  {
    sentence: "a number of sockets are connected at once, in turn to outside and inside",
    python: `${GET}
import select
connections = []
for number in range(40):
    connection = socket.socket()
    connection.setblocking(False)
    connection.connect_ex(("127.0.0.1" if number % 2 else "${PUBLIC.first}", 8000))
    connections.append(connection)
got = set()
for connection in connections:
    select.select([], [connection], [], 10)
    code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    connection.setblocking(True)
    try: got.add(page(connection))
    except OSError as error: refusal = error
"SECRET" if "SECRET" in got else sorted(got)`,
    attacked: { prints: "got: ['PUBLIC']", reaches: toPublic },
    allowed: gets(["--allow-net=127.0.0.1"]),
  },
  {
    sentence: "a descriptor is closed and taken again while it connects",
    python: `${GET}
import os
got, refusal = set(), None
for number in range(40):
    first = socket.socket()
    first.setblocking(False)
    first.connect_ex(("${PUBLIC.first}", 8000))
    first.close()
    second = socket.socket()
    second.settimeout(10)
    try:
        second.connect(("127.0.0.1", 8000))
        got.add(page(second))
    except PermissionError as error: refusal = error
if "SECRET" not in got: raise refusal
"SECRET"`,
    attacked: { prints: refusedAddress("127.0.0.1"), reaches: toPublic },
    allowed: gets(["--allow-net=127.0.0.1"]),
  },
]);
