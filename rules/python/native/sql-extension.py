import sqlite3

connection = sqlite3.connect(":memory:")
# ruleid: python.native.sql-extension
connection.enable_load_extension(True)
# ruleid: python.native.sql-extension
connection.load_extension("./x.so")
# ruleid: python.native.sql-extension
connection.execute("SELECT load_extension('x')")
# ok: python.native.sql-extension
connection.execute("SELECT extension FROM files")
