"""
What a web client should do, written once for all of them: `network.session(…)` is the library's own, see the programs.
A synchronous library's methods are coroutines that never wait.
"""

import http_connections
import http_journeys
import http_messages
import http_trust

suite = http_messages.suite | http_journeys.suite | http_connections.suite | http_trust.suite
