import datetime
import decimal
import io
import ssl
import uuid

import pg8000.dbapi
import pg8000.native
from network import UNKNOWN_HOST, Network
from outcomes import digest, pattern
from suite import Suite
from timed import failure

suite = Suite()


def connection(network: Network, **options) -> pg8000.native.Connection:
    given = {
        "user": "ada", "password": "secret", "host": "localhost", "database": "postgres",
        "port": network.port("postgresql"), "timeout": 10,
    }  # fmt: skip
    return pg8000.native.Connection(**{**given, **options})


def dbapi(network: Network, **options):
    given = {"user": "ada", "password": "secret", "host": "localhost", "database": "postgres"}
    return pg8000.dbapi.connect(**{**given, "port": network.port("postgresql"), **options})


def context(network: Network) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=network.authority)


def encrypted(session) -> list:
    return session.run("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")


@suite("a login by password, and a query")
def _(network):
    with connection(network) as session:
        return session.run("SELECT 1 + 1, current_user, current_database()")


@suite("a server is reached by its address too")
def _(network):
    with connection(network, host="127.0.0.1") as session:
        return session.run("SELECT host(inet_server_addr())")


@suite("a wrong password is refused")
def _(network):
    return failure(connection, network, password="wrong")


@suite("an unknown user is refused")
def _(network):
    return failure(connection, network, user="nobody")


@suite("an unknown database is refused")
def _(network):
    return failure(connection, network, database="nowhere")


@suite("a connection that is refused is an error")
def _(network):
    return failure(connection, network, host="127.0.0.1", port=network.port("refused"))


@suite("a host that nobody knows is an error")
def _(network):
    return failure(connection, network, host=UNKNOWN_HOST)


@suite("a time limit ends the wait for a silent server")
def _(network):
    return failure(connection, network, port=network.port("silent"), timeout=0.3, within=5)


@suite("a time limit ends the wait for a slow query")
def _(network):
    session = connection(network, timeout=0.5)
    return failure(session.run, "SELECT pg_sleep(8)", within=5)


@suite("values of many types come and go unchanged")
def _(network):
    values = {
        "number": 2**40, "real": 0.1, "exact": decimal.Decimal("1.10"), "text": "naïve 日本語 😀", "yes": True,
        "none": None, "bytes": b"\x00\xff", "day": datetime.date(2026, 2, 28),
        "moment": datetime.datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=datetime.UTC),
        "span": datetime.timedelta(days=3, seconds=7), "id": uuid.UUID(int=7), "list": [1, 2, None],
        "nested": [["a", "b"], ["c", 'd"']],
    }  # fmt: skip
    with connection(network) as session:
        columns = ", ".join(f":{name} AS {name}" for name in ("text", "real", "yes", "bytes"))
        first = session.run(f"SELECT {columns}", **{name: values[name] for name in ("text", "real", "yes", "bytes")})
        kinds = {
            "number": "bigint", "exact": "numeric", "none": "text", "day": "date", "moment": "timestamptz",
            "span": "interval", "id": "uuid", "list": "int[]", "nested": "text[]",
        }  # fmt: skip
        cast = ", ".join(f"CAST(:{name} AS {kind})" for name, kind in kinds.items())
        second = session.run(f"SELECT {cast}", **{name: values[name] for name in kinds})
        return [repr(first), repr(second), [values[name] for name in kinds] == second[0]]


@suite("JSON comes as Python's objects")
def _(network):
    with connection(network) as session:
        return session.run("SELECT CAST(:value AS jsonb), CAST(:value AS json) -> 'a'", value='{"a": [1, "ü", null]}')


@suite("columns are described")
def _(network):
    with connection(network) as session:
        session.run("SELECT 1 AS one, 'b'::text AS two")
        return [[column["name"], column["type_oid"]] for column in session.columns]


@suite("an error of the server's has its code, and the session goes on")
def _(network):
    with connection(network) as session:
        return [failure(session.run, "SELEC 1"), failure(session.run, "SELECT 1/0"), session.run("SELECT 7")]


@suite("a transaction is committed, and another one rolled back")
def _(network):
    with connection(network) as session:
        session.run("CREATE TEMPORARY TABLE t (n int)")
        session.run("START TRANSACTION")
        session.run("INSERT INTO t VALUES (1)")
        session.run("COMMIT")
        session.run("START TRANSACTION")
        session.run("INSERT INTO t VALUES (2)")
        session.run("ROLLBACK")
        return [session.run("SELECT n FROM t"), session.row_count]


@suite("after an error a transaction takes nothing until it is rolled back")
def _(network):
    with connection(network) as session:
        session.run("START TRANSACTION")
        outcomes = [failure(session.run, "SELECT 1/0"), failure(session.run, "SELECT 1")]
        session.run("ROLLBACK")
        return [outcomes, session.run("SELECT 1")]


@suite("two sessions see what the other has committed, no more")
def _(network):
    with connection(network) as one, connection(network) as other:
        one.run("DROP TABLE IF EXISTS seen")
        one.run("CREATE TABLE seen (n int)")
        one.run("START TRANSACTION")
        one.run("INSERT INTO seen VALUES (1)")
        before = other.run("SELECT count(*) FROM seen")
        one.run("COMMIT")
        after = other.run("SELECT count(*) FROM seen")
        one.run("DROP TABLE seen")
        return [before, after]


@suite("the DB API: cursors, descriptions, fetches")
def _(network):
    session = dbapi(network)
    cursor = session.cursor()
    cursor.execute("SELECT n, n * n FROM generate_series(1, 10) AS n WHERE n > %s", (3,))
    result = [cursor.rowcount, [column[0] for column in cursor.description], cursor.fetchone(), cursor.fetchmany(2)]
    result += [cursor.fetchall(), cursor.fetchone()]
    session.close()
    return result


@suite("the DB API: many rows in, a constraint that is violated, and what is left after rollback")
def _(network):
    session = dbapi(network)
    cursor = session.cursor()
    cursor.execute("DROP TABLE IF EXISTS many")
    cursor.execute("CREATE TABLE many (n int PRIMARY KEY, s text)")
    session.commit()
    cursor.executemany("INSERT INTO many VALUES (%s, %s)", [(n, f"row {n}") for n in range(50)])
    session.commit()
    outcome = failure(cursor.execute, "INSERT INTO many VALUES (%s, %s)", (7, "again"))
    session.rollback()
    cursor.execute("SELECT count(*), max(s) FROM many")
    rows = cursor.fetchall()
    session.close()
    return [outcome, rows]


@suite("the DB API: every style of parameters")
def _(network):
    session = dbapi(network)
    cursor = session.cursor()
    results = []
    styles = {"qmark": ("?", (5,)), "numeric": (":1", (5,)), "named": (":a", {"a": 5}), "pyformat": ("%(a)s", {"a": 5})}
    for style, (mark, values) in styles.items():
        pg8000.dbapi.paramstyle = style
        cursor.execute(f"SELECT CAST({mark} AS int) + 1", values)
        results.append([style, cursor.fetchone()])
    pg8000.dbapi.paramstyle = "format"
    session.close()
    return results


@suite("a big value is sent and comes back whole")
def _(network):
    data = pattern(2_000_000)
    with connection(network) as session:
        [[back, length]] = session.run("SELECT CAST(:data AS bytea), length(CAST(:data AS bytea))", data=data)
        return [digest(back), length, back == data]


@suite("ten thousand rows arrive")
def _(network):
    with connection(network) as session:
        rows = session.run("SELECT n, repeat('x', 50) FROM generate_series(1, 10000) AS n")
        return [len(rows), sum(n for n, _ in rows), rows[-1]]


@suite("a prepared statement is run again and again")
def _(network):
    with connection(network) as session:
        statement = session.prepare("SELECT CAST(:a AS int) + CAST(:b AS int)")
        results = [statement.run(a=n, b=1) for n in range(3)]
        statement.close()
        return results


@suite("rows are copied in and out")
def _(network):
    with connection(network) as session:
        session.run("CREATE TEMPORARY TABLE t (n int, s text)")
        session.run("COPY t FROM STDIN WITH (FORMAT CSV)", stream=io.BytesIO("1,eins\n2,zwei ü\n".encode()))
        session.run("COPY t FROM STDIN WITH (FORMAT CSV)", stream=(f"{n},row\n" for n in range(3, 5000)))
        out = io.BytesIO()
        session.run("COPY t TO STDOUT WITH (FORMAT CSV)", stream=out)
        return [out.getvalue()[:20].decode(), len(out.getvalue())]


@suite("notices and notifications are heard")
def _(network):
    with connection(network) as session, connection(network) as other:
        session.run("LISTEN news")
        other.run("NOTIFY news, 'payload'")
        session.run("DO $$ BEGIN RAISE NOTICE 'careful'; END $$")
        heard = [[channel, payload] for _, channel, payload in session.notifications]
        return [heard, [notice[b"M"].decode() for notice in session.notices]]


@suite("a login by password over TLS, with a private authority")
def _(network):
    with connection(network, ssl_context=context(network)) as session:
        return encrypted(session)


@suite("TLS by address, with a private authority")
def _(network):
    with connection(network, host="127.0.0.1", ssl_context=context(network)) as session:
        return encrypted(session)


@suite("TLS without looking at the certificate, when the program says so")
def _(network):
    with connection(network, ssl_context=True) as session:
        return encrypted(session)


@suite("an authority that nobody vouches for is an error")
def _(network):
    return failure(connection, network, ssl_context=ssl.create_default_context())


@suite("a user who must come by TLS is refused without, and let in with it")
def _(network):
    with connection(network) as session:
        session.run("DROP ROLE IF EXISTS secure")
        session.run("CREATE ROLE secure LOGIN PASSWORD 'secret'")
    refused = failure(connection, network, user="secure", ssl_context=False)
    with connection(network, user="secure", ssl_context=context(network)) as session:
        return [refused, session.run("SELECT current_user")]


@suite("a client's certificate is a login")
def _(network):
    with connection(network) as session:
        session.run('DROP ROLE IF EXISTS "Ada"')
        session.run('CREATE ROLE "Ada" LOGIN')
    known = context(network)
    known.load_cert_chain(network.client_certificate)
    without = failure(connection, network, user="Ada", ssl_context=context(network))
    with connection(network, user="Ada", ssl_context=known) as session:
        return [without, session.run("SELECT current_user")]


@suite("big values over TLS")
def _(network):
    data = pattern(2_000_000)
    with connection(network, ssl_context=context(network)) as session:
        [[back]] = session.run("SELECT CAST(:data AS bytea)", data=data)
        return digest(back)


@suite("a session that the server ends is an error, and a new one works")
def _(network):
    doomed = connection(network)
    [[process]] = doomed.run("SELECT pg_backend_pid()")
    with connection(network) as session:
        ended = session.run("SELECT pg_terminate_backend(:process, 5000)", process=process)
    outcomes = [failure(doomed.run, "SELECT 1") for _ in range(2)]
    with connection(network) as session:
        return [ended, outcomes, session.run("SELECT 1")]


@suite("a closed session is an error")
def _(network):
    session = connection(network)
    session.close()
    return [failure(session.run, "SELECT 1"), failure(session.close)]


@suite("the server's own time limit is an error, and the session goes on")
def _(network):
    with connection(network) as session:
        session.run("SET statement_timeout = 200")
        return [failure(session.run, "SELECT pg_sleep(8)", within=5), session.run("SELECT 1")]


@suite("a session that waits for another's lock gives up as told")
def _(network):
    with connection(network) as one, connection(network) as other:
        one.run("SELECT pg_advisory_lock(42)")
        other.run("SET lock_timeout = 200")
        outcome = failure(other.run, "SELECT pg_advisory_lock(42)", within=5)
        one.run("SELECT pg_advisory_unlock(42)")
        return [outcome, other.run("SELECT pg_try_advisory_lock(42)")]


@suite("thirty sessions at a time")
def _(network):
    sessions = [connection(network) for _ in range(30)]
    answers = [session.run("SELECT :n::int", n=n)[0][0] for n, session in enumerate(sessions)]
    processes = {session.run("SELECT pg_backend_pid()")[0][0] for session in sessions}
    for session in sessions:
        session.close()
    return [answers, len(processes)]


@suite("settings are told by the server")
def _(network):
    with connection(network, application_name="matrix") as session:
        told = [session.parameter_statuses[name] for name in ("client_encoding", "TimeZone", "application_name")]
        return [told, session.run("SHOW application_name")]
