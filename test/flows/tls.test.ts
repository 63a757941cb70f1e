import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { echo, TlsServers } from "../support/tls-servers.ts";

let servers: TlsServers;

beforeAll(async () => {
  servers = await TlsServers.open();
  const { authority } = servers;
  authority.issue("elsewhere", { extensions: ["subjectAltName=DNS:elsewhere.test"] });
  authority.issue("expired", { expired: true });
  authority.issue("nameless", { extensions: ["keyUsage=digitalSignature"] });
  authority.issue("middle", {
    subject: "/CN=Middle",
    extensions: ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"],
  });
  authority.issue("below", {}, "middle");
  authority.issue("client", { subject: "/CN=a client", extensions: ["extendedKeyUsage=clientAuth"] });
  authority.encryptKey("client", "secret");
  authority.selfSigned("self");
  await servers.add("good", echo);
  for (const name of ["elsewhere", "expired", "nameless", "self", "below"]) await servers.add(name, echo, {}, name);
  await servers.add("tls12", echo, { maxVersion: "TLSv1.2" });
  await servers.add("tls13", echo, { minVersion: "TLSv1.3" });
  await servers.add("old", echo, { minVersion: "TLSv1", maxVersion: "TLSv1.1" });
  await servers.add("protocols", echo, { ALPNProtocols: ["h2", "http/1.1"] });
  await servers.add("sni", (socket) => socket.end(String(socket.servername)), {
    SNICallback: (_name, done) => done(null),
  });
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const)
    await servers.add(
      `clients ${maxVersion}`,
      (socket) => socket.end(`hello ${socket.getPeerCertificate().subject?.CN}`),
      { requestCert: true, ca: authority.certificate, rejectUnauthorized: true, maxVersion },
    );
  await servers.addPlain("http", (socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
  await servers.addPlain("closing", (socket) => socket.once("data", () => socket.end()));
  await servers.addPlain("resetting", (socket) => socket.once("data", () => socket.resetAndDestroy()));
});
afterAll(() => servers[Symbol.asyncDispose]());

/** What the program prints; nothing may be on standard error. */
async function output(program: string): Promise<string> {
  const { stdout, stderr, exitCode } = await servers.run(program);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return stdout;
}

const FAILED = "SSLCertVerificationError [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed:";

describe("a server's certificate", () => {
  test("is told of as by OpenSSL", async () => {
    const printed = await output(`
with wrapped("good") as tls:
    certificate = tls.getpeercert()
    print(sorted(certificate))
    print(certificate["subject"], certificate["issuer"], certificate["version"], certificate["subjectAltName"])
    der = tls.getpeercert(True)
    print(ssl.DER_cert_to_PEM_cert(der) == open(at("good.pem")).read())
    print(len(tls.get_unverified_chain()), len(tls.get_verified_chain()), tls.get_verified_chain()[0] == der)
    print(ssl.cert_time_to_seconds(certificate["notAfter"]) - ssl.cert_time_to_seconds(certificate["notBefore"]))
`);
    expect(printed).toBe(
      [
        "['issuer', 'notAfter', 'notBefore', 'serialNumber', 'subject', 'subjectAltName', 'version']",
        "((('countryName', 'DE'),), (('organizationName', 'woma test'),), (('commonName', 'localhost'),)) " +
          "((('commonName', 'Test CA'),),) 3 " +
          "(('DNS', 'localhost'), ('DNS', '*.example.test'), ('IP Address', '127.0.0.1'))",
        "True",
        "1 2 True",
        `${365 * 24 * 3600}`,
        "",
      ].join("\n"),
    );
  });

  test("is refused for what is wrong with it, with OpenSSL's number and words", async () => {
    const printed = await output(`
for name in ("elsewhere", "expired", "self", "below"): attempt(lambda: wrapped(name).version())
attempt(lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(connection("good"), server_hostname="localhost"))
attempt(lambda: wrapped("good", host="127.0.0.2"))
attempt(lambda: wrapped("good", host="a.b.example.test"))
try: wrapped("expired")
except ssl.SSLCertVerificationError as error:
    print(error.verify_code, error.verify_message, error.library, error.reason, error.errno, isinstance(error, ValueError))
context = default()
context.hostname_checks_common_name = False
attempt(lambda: wrapped("nameless", context))
`);
    expect(printed.split("\n")).toEqual([
      `${FAILED} Hostname mismatch, certificate is not valid for 'localhost'. (_ssl.c)`,
      `${FAILED} certificate has expired (_ssl.c)`,
      `${FAILED} self-signed certificate (_ssl.c)`,
      `${FAILED} unable to get local issuer certificate (_ssl.c)`,
      `${FAILED} unable to get local issuer certificate (_ssl.c)`,
      `${FAILED} IP address mismatch, certificate is not valid for '127.0.0.2'. (_ssl.c)`,
      `${FAILED} Hostname mismatch, certificate is not valid for 'a.b.example.test'. (_ssl.c)`,
      "10 certificate has expired SSL CERTIFICATE_VERIFY_FAILED 1 True",
      `${FAILED} Hostname mismatch, certificate is not valid for 'localhost'. (_ssl.c)`,
      "",
    ]);
  });

  test("is taken where the program says so", async () => {
    const printed = await output(`
for host in ("localhost", "127.0.0.1", "a.example.test", "LOCALHOST"): print(wrapped("good", host=host).version())
context = default()
context.check_hostname = False
print(wrapped("elsewhere", context, None).version())
context.verify_mode = ssl.CERT_NONE
for name in ("self", "expired", "below"): print(wrapped(name, context).getpeercert())
print(wrapped("below", ssl.create_default_context(cafile=at("middle.pem"))).version())
print(wrapped("good", ssl.create_default_context(cadata=open(CA).read())).version())
print(wrapped("nameless").version())
`);
    expect(printed).toBe(`${"TLSv1.3\n".repeat(5)}{}\n{}\n{}\n${"TLSv1.3\n".repeat(3)}`);
  });

  test("of the user's own choice stands for the roots", async () => {
    const program = `import socket, ssl
with socket.create_connection(("127.0.0.1", ${servers.ports["good"]})) as plain:
    with ssl.create_default_context().wrap_socket(plain, server_hostname="localhost") as tls: print(tls.version())`;
    const outcome = await servers.runAs(program, {
      SSL_CERT_FILE: servers.authority.certificatePath,
      PIP_CONFIG_FILE: "/dev/null",
    });
    expect(outcome).toMatchObject({ stdout: "TLSv1.3\n", stderr: "", exitCode: 0 });
  });

  test("of the program's choice stands for the roots", async () => {
    expect(
      await output(`
import os
attempt(lambda: ssl.create_default_context().wrap_socket(connection("good"), server_hostname="localhost"))
os.environ["SSL_CERT_FILE"] = CA
print(ssl.create_default_context().wrap_socket(connection("good"), server_hostname="localhost").version())
`),
    ).toBe(`${FAILED} unable to get local issuer certificate (_ssl.c)\nTLSv1.3\n`);
  });
});

describe("a handshake", () => {
  test("agrees on a version within both sides' bounds", async () => {
    const printed = await output(`
def between(lowest, highest):
    context = default()
    context.minimum_version, context.maximum_version = lowest, highest
    return context
two, three = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
print(wrapped("tls12").version(), wrapped("tls13").version(), wrapped("good", between(two, two)).version())
attempt(lambda: wrapped("tls12", between(three, three)))
attempt(lambda: wrapped("tls13", between(two, two)))
attempt(lambda: wrapped("old"))
attempt(lambda: wrapped("good", between(three, two)))
context = between(two, two)
context.set_ciphers("ECDHE+AES256+AESGCM")
print(wrapped("good", context).cipher())
print(len(wrapped("tls12").get_channel_binding()))
`);
    const tooOld = "SSLError [SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version (_ssl.c)";
    expect(printed.split("\n")).toEqual([
      "TLSv1.2 TLSv1.3 TLSv1.2",
      ...[tooOld, tooOld, tooOld],
      "SSLError [SSL: NO_PROTOCOLS_AVAILABLE] no protocols available (_ssl.c)",
      "('ECDHE-ECDSA-AES256-GCM-SHA384', 'TLSv1.2', 256)",
      "12",
      "",
    ]);
  });

  test("agrees on a protocol, and names the host", async () => {
    const printed = await output(`
def offering(*protocols):
    context = default()
    context.set_alpn_protocols(protocols)
    return context
print(wrapped("protocols", offering("http/1.1", "h2")).selected_alpn_protocol())
print(wrapped("good", offering("h2")).selected_alpn_protocol(), wrapped("good").selected_alpn_protocol())
attempt(lambda: wrapped("protocols", offering("smtp")))
print(wrapped("sni").recv(100), wrapped("sni", host="127.0.0.1").recv(100))
`);
    expect(printed.split("\n")).toEqual([
      "h2",
      "None None",
      "SSLError [SSL: TLSV1_ALERT_NO_APPLICATION_PROTOCOL] tlsv1 alert no application protocol (_ssl.c)",
      "b'localhost' b'false'",
      "",
    ]);
  });

  test("gives the program's own certificate", async () => {
    const printed = await output(`
for name in ("clients TLSv1.2", "clients TLSv1.3"):
    attempt(lambda: wrapped(name).recv(100))
    for key, password in (("client.key", None), ("client-encrypted.key", "secret"), ("client-encrypted.key", lambda: b"secret")):
        context = default()
        context.load_cert_chain(at("client.pem"), at(key), password)
        print(wrapped(name, context).recv(100))
attempt(lambda: default().load_cert_chain(at("client.pem"), at("client-encrypted.key"), "wrong"))
attempt(lambda: default().load_cert_chain(at("client.pem"), at("good.key")))
attempt(lambda: default().load_cert_chain(at("client.pem"), at("none.key")))
`);
    const hello = Array(3).fill("b'hello a client'");
    expect(printed.split("\n")).toEqual([
      "SSLError [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure (_ssl.c)",
      ...hello,
      "SSLError [SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required (_ssl.c)",
      ...hello,
      "SSLError [SSL] PEM lib (_ssl.c)",
      "SSLError [X509: KEY_VALUES_MISMATCH] key values mismatch (_ssl.c)",
      "FileNotFoundError [Errno 2] No such file or directory",
      "",
    ]);
  });

  test("fails with a peer that speaks no TLS, or goes", async () => {
    const printed = await output(`for name in ("http", "closing", "resetting"): attempt(lambda: wrapped(name))`);
    expect(printed.split("\n")).toEqual([
      "SSLError [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c)",
      "SSLEOFError [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c)",
      "ConnectionResetError [Errno 104] Connection reset by peer",
      "",
    ]);
  });

  test("is shorter with a session from before", async () => {
    const printed = await output(`
for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
    context = default()
    context.minimum_version = context.maximum_version = version
    first = wrapped("good", context)
    first.sendall(b"x")
    first.recv(1)
    session = first.session
    print(first.session_reused, wrapped("good", context, session=session).session_reused, len(session.id), session.has_ticket)
    attempt(lambda: wrapped("good", session=session))
`);
    const pair = ["False True 32 True", "ValueError Session refers to a different SSLContext."];
    expect(printed.split("\n")).toEqual([...pair, ...pair, ""]);
  });
});
