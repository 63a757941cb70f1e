import asyncio
async def main():
    lock, event, sem, cond = asyncio.Lock(), asyncio.Event(), asyncio.Semaphore(2), asyncio.Condition()
    order = []
    async def user(n):
        await event.wait()
        async with sem, lock:
            order.append(n)
            await asyncio.sleep(0)
    tasks = [asyncio.create_task(user(n)) for n in range(4)]
    await asyncio.sleep(0)
    event.set()
    await asyncio.gather(*tasks)
    print(order, lock.locked())
    barrier = asyncio.Barrier(2)
    print(sorted(await asyncio.gather(barrier.wait(), barrier.wait())))
asyncio.run(main())
