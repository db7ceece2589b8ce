"""What a model might write with two tools: it holds no key and knows no path, and asks for all at once."""
import asyncio

from cordon import ToolError, tools


async def main():
    articles = ["A-7", "B-2", "C-9"]
    prices = await asyncio.gather(*[tools.aio.price(article=one) for one in articles], return_exceptions=True)
    for article, price in zip(articles, prices):
        print(article, price if isinstance(price, int) else f"unknown ({price})")
    print("sold in May:", tools.sales(article="A-7", month=5))
    try:
        tools.sales(article="A-7", month=13)
    except ToolError as error:
        print(error)


asyncio.run(main())
