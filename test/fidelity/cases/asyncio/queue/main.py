import asyncio
async def producer(q):
    for i in range(5):
        await q.put(i)
    await q.put(None)
async def main():
    q = asyncio.Queue(maxsize=2)
    task = asyncio.create_task(producer(q))
    got = []
    while (x := await q.get()) is not None:
        got.append(x)
    await task
    print(got, q.empty())
    q.shutdown()
    try:
        await q.get()
    except asyncio.QueueShutDown as e:
        print(type(e).__name__)
asyncio.run(main())
