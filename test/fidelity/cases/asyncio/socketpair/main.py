import asyncio, socket
async def main():
    a, b = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=a)
    other_reader, other_writer = await asyncio.open_connection(sock=b)
    writer.write(b"ping\n")
    print(await other_reader.readline())
    other_writer.write(b"pong\n")
    other_writer.close()
    print(await reader.read())
    writer.close()
asyncio.run(main())
