"""SQLAlchemy on pg8000."""

import datetime
import decimal
import ssl

import sqlalchemy as sa
import timed
from network import UNKNOWN_HOST, Network
from outcomes import digest, pattern
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql
from suite import Suite

suite = Suite()


def address(network: Network, **parts) -> sa.URL:
    given = {
        "drivername": "postgresql+pg8000", "username": "ada", "password": "secret", "host": "localhost",
        "port": network.port("postgresql"), "database": "postgres",
    }  # fmt: skip
    return sa.URL.create(**{**given, **parts})


def engine(network: Network, parts=None, **options) -> sa.Engine:
    return sa.create_engine(address(network, **(parts or {})), **options)


def rows(result) -> list:
    return [list(row) for row in result]


def failure(call, *arguments, **named) -> dict:
    """The first line of the text: the others are the statement, and a link to a page about it."""
    outcome = timed.failure(call, *arguments, **named)
    return {**outcome, "text": outcome.get("text", "").split("\n")[0]}


class Base(orm.DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(80), unique=True)
    born: orm.Mapped[datetime.date | None]
    books: orm.Mapped[list["Book"]] = orm.relationship(back_populates="author", cascade="all, delete-orphan")


class Book(Base):
    __tablename__ = "book"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    title: orm.Mapped[str]
    price: orm.Mapped[decimal.Decimal] = orm.mapped_column(sa.Numeric(8, 2))
    author_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("author.id"))
    author: orm.Mapped[Author] = orm.relationship(back_populates="books")


class Tables:
    """A fresh set of tables, in a place of their own."""

    def __init__(self, network: Network, **options) -> None:
        self.engine = engine(network, **options)

    def __enter__(self) -> sa.Engine:
        Base.metadata.drop_all(self.engine)
        Base.metadata.create_all(self.engine)
        with orm.Session(self.engine) as session:
            ada = Author(name="Ada", born=datetime.date(1815, 12, 10))
            ada.books = [Book(title="Notes ü", price=decimal.Decimal("9.90")), Book(title="Letters", price=5)]
            session.add(ada)
            session.flush()
            session.add(Author(name="Grace"))
            session.commit()
        return self.engine

    def __exit__(self, *_) -> None:
        Base.metadata.drop_all(self.engine)
        self.engine.dispose()


@suite("an engine connects, and a query is answered")
def _(network):
    with engine(network).connect() as connection:
        return connection.execute(sa.text("SELECT 1 + :n, current_user"), {"n": 1}).one()._asdict()


@suite("an address is a URL in text, with characters that must be escaped")
def _(network):
    url = address(network, query={"application_name": "mätrix &"})
    written = url.render_as_string(hide_password=True)
    with sa.create_engine(url.render_as_string(hide_password=False)).connect() as connection:
        return [written, rows(connection.execute(sa.text("SHOW application_name")))]


@suite("a wrong password is an error of the library's")
def _(network):
    return failure(engine(network, {"password": "wrong"}).connect)


@suite("an unknown database is an error of the library's")
def _(network):
    return failure(engine(network, {"database": "nowhere"}).connect)


@suite("a connection that is refused is an error of the library's")
def _(network):
    return failure(engine(network, {"host": "127.0.0.1", "port": network.port("refused")}).connect)


@suite("a host that nobody knows is an error of the library's")
def _(network):
    return failure(engine(network, {"host": UNKNOWN_HOST}).connect)


@suite("a time limit ends the wait for a silent server")
def _(network):
    silent = engine(network, {"port": network.port("silent")}, connect_args={"timeout": 0.3})
    return failure(silent.connect, within=5)


@suite("the server's version and the dialect are known")
def _(network):
    database = engine(network)
    with database.connect():
        return [database.dialect.name, database.driver, database.dialect.server_version_info > (9,)]


@suite("objects are stored, found, changed and deleted")
def _(network):
    with Tables(network) as database, orm.Session(database) as session:
        ada = session.scalars(sa.select(Author).where(Author.name == "Ada")).one()
        before = [ada.born.isoformat(), [[book.title, str(book.price)] for book in ada.books]]
        ada.name = "Ada Lovelace"
        ada.books.pop(0)
        session.commit()
        session.delete(session.get(Author, 2))
        session.commit()
        return [before, rows(session.execute(sa.select(Author.name))), rows(session.execute(sa.select(Book.title)))]


@suite("related objects come with one query or with several")
def _(network):
    with Tables(network) as database, orm.Session(database) as session:
        joined = sa.select(Author).options(orm.joinedload(Author.books)).order_by(Author.id)
        selected = sa.select(Author).options(orm.selectinload(Author.books)).order_by(Author.id)
        one = [[author.name, len(author.books)] for author in session.scalars(joined).unique()]
        session.expunge_all()
        several = [[author.name, len(author.books)] for author in session.scalars(selected)]
        return [one, several]


@suite("joins, groups and aggregates")
def _(network):
    query = (
        sa.select(Author.name, sa.func.count(Book.id), sa.func.sum(Book.price))
        .outerjoin(Book).group_by(Author.name).order_by(Author.name)
    )  # fmt: skip
    with Tables(network) as database, database.connect() as connection:
        return [[name, count, str(total)] for name, count, total in connection.execute(query)]


@suite("a constraint that is violated is an error, and the session goes on after rollback")
def _(network):
    with Tables(network) as database, orm.Session(database) as session:
        session.add(Author(name="Ada"))
        outcome = failure(session.commit)
        session.rollback()
        return [outcome["type"], session.scalar(sa.select(sa.func.count()).select_from(Author))]


@suite("a block that fails rolls back, and one that does not commits")
def _(network):
    with Tables(network) as database:
        try:
            with database.begin() as connection:
                connection.execute(sa.insert(Author).values(name="Lost"))
                raise ValueError("no")
        except ValueError:
            pass
        with database.begin() as connection:
            connection.execute(sa.insert(Author).values(name="Kept"))
        with database.connect() as connection:
            return rows(connection.execute(sa.select(Author.name).order_by(Author.id)))


@suite("a savepoint is rolled back alone")
def _(network):
    with Tables(network) as database, orm.Session(database) as session:
        session.add(Author(name="Outer"))
        try:
            with session.begin_nested():
                session.add(Author(name="Ada"))
                session.flush()
        except sa.exc.IntegrityError:
            pass
        session.commit()
        return rows(session.execute(sa.select(Author.name).order_by(Author.name)))


@suite("rows are inserted in bulk and return their keys")
def _(network):
    with Tables(network) as database, database.begin() as connection:
        values = [{"name": f"author {number}"} for number in range(500)]
        keys = connection.execute(sa.insert(Author).returning(Author.id), values).scalars().all()
        return [len(keys), len(set(keys)), connection.scalar(sa.select(sa.func.count()).select_from(Author))]


@suite("a row that is there already is updated")
def _(network):
    with Tables(network) as database, database.begin() as connection:
        insert = postgresql.insert(Author).values(name="Ada", born=datetime.date(2000, 1, 1))
        update = insert.on_conflict_do_update(index_elements=["name"], set_={"born": insert.excluded.born})
        born = connection.execute(update.returning(Author.born)).scalar_one()
        return [born.isoformat(), connection.execute(sa.delete(Author).where(Author.id == 2)).rowcount]


@suite("JSON, arrays and moments in time are Python's objects")
def _(network):
    table = sa.Table(
        "kinds", sa.MetaData(), sa.Column("data", postgresql.JSONB), sa.Column("tags", postgresql.ARRAY(sa.Text)),
        sa.Column("at", sa.DateTime(timezone=True)), sa.Column("raw", sa.LargeBinary), sa.Column("yes", sa.Boolean),
    )  # fmt: skip
    at = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    with engine(network).connect() as connection:
        table.create(connection)
        values = {"data": {"a": [1, "ü"]}, "tags": ["x", "y z"], "at": at, "raw": b"\x00\xff", "yes": True}
        connection.execute(table.insert(), values)
        found = connection.execute(sa.select(table).where(table.c.data["a"][0].as_integer() == 1)).one()
        connection.rollback()
        return repr(found)


@suite("text in any script is stored and compared")
def _(network):
    with Tables(network) as database, orm.Session(database) as session:
        session.add(Author(name="日本語 😀 ñ"))
        session.commit()
        return session.scalars(sa.select(Author.name).where(Author.name.like("%語%"))).all()


@suite("a big value is sent and comes back whole")
def _(network):
    data = pattern(1_000_000)
    with engine(network).connect() as connection:
        back = connection.scalar(sa.select(sa.cast(sa.bindparam("data", data, sa.LargeBinary), sa.LargeBinary)))
        return digest(bytes(back))


@suite("a long result is read in pieces")
def _(network):
    query = sa.text("SELECT n FROM generate_series(1, 5000) AS n")
    with engine(network).connect() as connection:
        result = connection.execute(query)
        return [[len(part), part[-1][0]] for part in result.partitions(700)]


@suite("tables are read from the database")
def _(network):
    with Tables(network) as database:
        inspector = sa.inspect(database)
        columns = [
            [column["name"], str(column["type"]), column["nullable"]] for column in inspector.get_columns("book")
        ]
        reflected = sa.Table("author", sa.MetaData(), autoload_with=database)
        keys = [key["referred_table"] for key in inspector.get_foreign_keys("book")]
        return [columns, keys, sorted(reflected.columns.keys())]


@suite("a pool hands the same connection out again")
def _(network):
    database = engine(network, pool_size=1, max_overflow=0, pool_timeout=0.2)
    numbers = []
    for _ in range(3):
        with database.connect() as connection:
            numbers.append(connection.scalar(sa.text("SELECT pg_backend_pid()")))
            outcome = failure(database.connect)["type"]
    database.dispose()
    return [len(set(numbers)), outcome, database.pool.status().replace("  ", " ")]


@suite("a connection that died in the pool is an error, or replaced when it is tried before")
def _(network):
    results = []
    for before in (False, True):
        database = engine(network, pool_size=1, pool_pre_ping=before)
        with database.connect() as connection:
            process = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        with engine(network).connect() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
        with database.connect() as connection:
            results.append(failure(connection.scalar, sa.text("SELECT 7")))
        database.dispose()
    return results


@suite("isolation is chosen, and a conflict of two transactions is an error")
def _(network):
    with Tables(network, isolation_level="SERIALIZABLE") as database:
        with database.connect() as one, database.connect() as other:
            total = sa.select(sa.func.count()).select_from(Author)
            counts = [one.scalar(total), other.scalar(total)]
            one.execute(sa.insert(Author).values(name="one"))
            other.execute(sa.insert(Author).values(name="other"))
            one.commit()
            return [counts, failure(other.commit)["type"]]


@suite("TLS with a private authority")
def _(network):
    context = ssl.create_default_context(cafile=network.authority)
    with engine(network, connect_args={"ssl_context": context}).connect() as connection:
        return rows(connection.execute(sa.text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")))


@suite("an authority that nobody vouches for is an error of the library's")
def _(network):
    return failure(engine(network, connect_args={"ssl_context": ssl.create_default_context()}).connect)


@suite("events see what is sent")
def _(network):
    seen = []
    database = engine(network)
    sa.event.listen(database, "before_cursor_execute", lambda _c, _k, statement, *_: seen.append(statement))
    with database.connect() as connection:
        connection.execute(sa.select(sa.literal(1)))
    return seen[-1:]


@suite("twenty connections at a time")
def _(network):
    database = engine(network, pool_size=20)
    connections = [database.connect() for _ in range(20)]
    processes = {connection.scalar(sa.text("SELECT pg_backend_pid()")) for connection in connections}
    for connection in connections:
        connection.close()
    return [len(processes), database.pool.checkedin()]
