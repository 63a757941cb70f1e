import asyncio, os
async def main():
    r, w = os.pipe()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(r, "rb"))
    loop.call_later(0.01, os.write, w, b"first\nsecond\n")
    loop.call_later(0.02, os.close, w)
    async for line in reader:
        print(line)
    transport.close()
asyncio.run(main())
