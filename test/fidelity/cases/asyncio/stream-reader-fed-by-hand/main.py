import asyncio
async def main():
    reader = asyncio.StreamReader()
    reader.feed_data(b"line one\nline two\nrest")
    reader.feed_eof()
    print(await reader.readline(), await reader.readuntil(b"two\n"))
    try:
        await reader.readexactly(10)
    except asyncio.IncompleteReadError as e:
        print(e, e.partial)
    print(reader.at_eof())
asyncio.run(main())
