import cordon
import cordon as host
from cordon import tools
from cordon import tools as t

# ruleid: python.tool.use
tools.query(sql="select 1")
# ruleid: python.tool.use
cordon.tools.query(sql="select 1")
# ruleid: python.tool.use
host.tools.query(sql="select 1")
# ruleid: python.tool.use
t.query("select 1")
# ruleid: python.tool.use
run = tools.query
# ruleid: python.tool.by-name
getattr(tools, "query")(sql="select 1")
# ruleid: python.tool.by-name
getattr(t.aio, "query")
# ruleid: python.tool.use
found = list(map(tools.query, statements))
name = input()
# ruleid: python.tool.by-name
getattr(tools, name)()


async def main():
    # ruleid: python.tool.use
    await tools.aio.query(sql="select 1")
    # ruleid: python.tool.use
    await t.aio.query(sql="select 1")


# ruleid: python.tool.by-name
vars(tools)["query"]
a = tools.aio
# ruleid: python.tool.use
a.query()
# ok: python.tool.use
toolbox.query(sql="select 1")
# ok: python.tool.use
help(tools.__doc__)
# ok: python.tool.use
host.ToolError("x")
# ok: python.tool.by-name
getattr(toolbox, "query")
