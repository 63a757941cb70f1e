/** The attacker's server, which is public, sends the program's own client to the inside. */
import { PUBLIC } from "./support/addresses.ts";
import { denied, gets, refusedAddress, refusedName } from "./support/expected.ts";
import { networkForFile } from "./support/private-network.ts";
import { byUrllib } from "./support/python.ts";
import { type Way, ways } from "./support/way.ts";

const network = networkForFile();

/** The URL of a public page that redirects. */
function redirecting(to: string, status = 302, from = `http://${PUBLIC.first}`): string {
  return `${from}/to/${status}?${encodeURIComponent(to)}`;
}

const cameFromOutside = [`${PUBLIC.first}:80`];

const redirect: Way = {
  sentence: "",
  python: byUrllib(redirecting("http://127.0.0.1:8000/")),
  attacked: { prints: refusedAddress("127.0.0.1"), reaches: cameFromOutside },
  allowed: gets(["--allow-net=127.0.0.1:8000"]),
};

ways(network, "a redirect", [
  ...[301, 302, 303, 307, 308].map(
    (status): Way => ({
      ...redirect,
      sentence: `with status ${status}`,
      python: byUrllib(redirecting("http://127.0.0.1:8000/", status)),
    }),
  ),
  {
    ...redirect,
    sentence: "after which a form is sent",
    python: `
import urllib.request
urllib.request.urlopen(${JSON.stringify(redirecting("http://127.0.0.1:8000/", 303))}, b"form").read().decode()`,
  },
  {
    ...redirect,
    sentence: "without a scheme",
    python: byUrllib(redirecting("//127.0.0.1:8000/")),
  },
  {
    ...redirect,
    sentence: "to an odd spelling",
    python: byUrllib(redirecting("http://0x7f.1:8000/")),
  },
  {
    ...redirect,
    sentence: "to IPv6",
    python: byUrllib(redirecting("http://[::1]:8000/")),
    attacked: { prints: refusedAddress("::1"), reaches: cameFromOutside },
    allowed: gets(["--allow-net=[::1]:8000"]),
  },
  {
    ...redirect,
    sentence: "to a cloud's metadata",
    python: byUrllib(redirecting("http://169.254.169.254/latest/meta-data/")),
    attacked: { prints: refusedAddress("169.254.169.254", 80), reaches: cameFromOutside },
    allowed: gets(["--allow-net=169.254.169.254:80"]),
  },
  {
    ...redirect,
    sentence: "to a name of the inside",
    python: byUrllib(redirecting("http://inside.test:8000/")),
    names: { "inside.test": ["10.0.0.5"] },
    attacked: { prints: refusedName("inside.test", "10.0.0.5"), reaches: cameFromOutside },
    allowed: gets(["--allow-net=inside.test:8000"]),
  },
  {
    ...redirect,
    sentence: "to a name that is denied, which is not looked up",
    python: byUrllib(redirecting("http://inside.test:8000/")),
    names: { "inside.test": ["10.0.0.5"] },
    attacked: {
      flags: ["--deny-net=inside.test"],
      prints: denied("--deny-net=inside.test"),
      reaches: cameFromOutside,
      asks: [],
    },
    allowed: gets(["--allow-net=inside.test:8000"]),
  },
  {
    ...redirect,
    sentence: "to the same name, whose address has changed",
    python: byUrllib(redirecting("http://rebind.test:8000/", 302, "http://rebind.test")),
    names: {
      "rebind.test": {
        turns: [{ addresses: [PUBLIC.first] }, { addresses: ["127.0.0.1"] }],
        afterwards: "the last again",
      },
    },
    attacked: { prints: refusedName("rebind.test", "127.0.0.1"), reaches: cameFromOutside },
    allowed: gets(["--allow-net=rebind.test:8000"]),
  },
  {
    ...redirect,
    sentence: "at the end of a chain of redirects",
    python: byUrllib(
      redirecting(redirecting(redirecting("http://127.0.0.1:8000/"), 301, `http://${PUBLIC.second}`), 307),
    ),
    attacked: {
      prints: refusedAddress("127.0.0.1"),
      reaches: [...cameFromOutside, `${PUBLIC.second}:80`],
    },
  },
  {
    ...redirect,
    sentence: "from what is allowed on the inside to what is not",
    python: byUrllib(redirecting("http://127.0.0.1:8001/", 302, "http://127.0.0.1:8000")),
    attacked: {
      flags: ["--allow-net=127.0.0.1:8000"],
      prints: refusedAddress("127.0.0.1", 8001),
      reaches: ["127.0.0.1:8000"],
    },
    allowed: gets(["--allow-net=127.0.0.1:8000-8001"]),
  },
  {
    ...redirect,
    sentence: "to another protocol",
    python: byUrllib(redirecting("ftp://127.0.0.1:2525/file")),
    attacked: { prints: refusedAddress("127.0.0.1", 2525), reaches: cameFromOutside },
    allowed: gets(["--allow-net=127.0.0.1"]),
  },
  {
    ...redirect,
    sentence: "from HTTPS to HTTP",
    python: `
import ssl, urllib.request
unverified = ssl._create_unverified_context()
urllib.request.urlopen(${JSON.stringify(redirecting("http://127.0.0.1:8000/", 302, `https://${PUBLIC.first}`))}, context=unverified).read().decode()`,
    attacked: { prints: refusedAddress("127.0.0.1"), reaches: [`${PUBLIC.first}:443`] },
  },
  {
    ...redirect,
    sentence: "that the program follows by itself",
    python: `
import http.client
outside = http.client.HTTPConnection("${PUBLIC.first}", timeout=10)
outside.request("GET", "/to/302?http%3A%2F%2F127.0.0.1%3A8000%2F")
to = outside.getresponse().headers["location"]
inside = http.client.HTTPConnection(to.split("/")[2], timeout=10)
inside.request("GET", "/")
inside.getresponse().read().decode()`,
  },
]);
