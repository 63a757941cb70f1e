/** Python that tries to get a page, as the rows have it. */
import { PORT } from "./addresses.ts";

/** Over a socket of its own. Quotes fit both languages. */
export function overSocket(host: string, port: number = PORT.web): string {
  return `
import socket
with socket.create_connection((${JSON.stringify(host)}, ${port}), 10) as connection:
    connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    answer = b"".join(iter(lambda: connection.recv(999), b""))
answer.decode().rpartition("\\r\\n")[2]`;
}

/** Over a socket that is connected by the given statements. */
export function overOwnSocket(connecting: string, family = "socket.AF_INET"): string {
  return `
import socket
with socket.socket(${family}) as connection:
    connection.settimeout(10)
    ${connecting}
    connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    answer = b"".join(iter(lambda: connection.recv(999), b""))
answer.decode().rpartition("\\r\\n")[2]`;
}

export function byUrllib(url: string): string {
  return `
import urllib.request
urllib.request.urlopen(${JSON.stringify(url)}, timeout=10).read().decode()`;
}

/** get(host, port) and page(connection), for programs of several steps. */
export const GET = `
import socket
def page(connection):
    with connection:
        connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
        answer = b"".join(iter(lambda: connection.recv(999), b""))
    return answer.decode().rpartition("\\r\\n")[2]
def get(host, port=8000):
    return page(socket.create_connection((host, port), 10))`;
