import { expect, test } from "bun:test";
import { auditLine, type ConnectionRecord } from "../../../src/broker/network/audit-line.ts";

test.each<[ConnectionRecord, string]>([
  [
    {
      result: "ok",
      address: "93.184.216.34:443",
      names: ["example.com", "www.example.com"],
      proxy: "proxy.example:3128",
      sentBytes: 120,
      receivedBytes: 4096,
      durationMs: 12.6,
    },
    "net result=ok address=93.184.216.34:443 name=example.com,www.example.com proxy=proxy.example:3128 sent=120 received=4096 duration_ms=13",
  ],
  [
    { result: "ok", address: "[::1]:80", names: [], proxy: undefined, sentBytes: 0, receivedBytes: 0, durationMs: 0.2 },
    "net result=ok address=[::1]:80 sent=0 received=0 duration_ms=0",
  ],
  [
    { result: "ECONNREFUSED", address: "127.0.0.1:9", names: [], durationMs: 3 },
    "net result=ECONNREFUSED address=127.0.0.1:9 duration_ms=3",
  ],
  [
    { result: "refused", address: "a.example:443", names: [], reason: "denied by --deny-net='*.example'" },
    `net result=refused address=a.example:443 reason="denied by --deny-net='*.example'"`,
  ],
  [
    {
      result: "ECONNREFUSED",
      address: "1.2.3.4:443",
      names: [],
      reason: 'the proxy said "no"\r\n\u001b[2J\u009b2J\u202egnp\u{1f600}',
    },
    'net result=ECONNREFUSED address=1.2.3.4:443 reason="the proxy said \\"no\\"\\r\\n\\u001b[2J\\u009b2J\\u202egnp\\ud83d\\ude00"',
  ],
])("a line has a pair for all that is known, and nothing that a terminal acts on: %j", (record, expected) => {
  expect(auditLine(record)).toBe(expected);
});
