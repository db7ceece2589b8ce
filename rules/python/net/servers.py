import asyncio
import http.server

# ruleid: python.net.listen
http.server.HTTPServer(("", 80), http.server.SimpleHTTPRequestHandler)
# ruleid: python.net.listen
server = asyncio.start_server(handle, "0.0.0.0", 80)
# ruleid: python.net.listen
app.run(host="0.0.0.0")
# ok: python.net.listen
app.run(debug=True)
# ok: python.net.listen
asyncio.run(main())
