"""What stands between a client and the gateway, and answers in its place: portals and proxies."""

from __future__ import annotations

from aiohttp import web

LOGIN_URL = "http://login.hotel.invalid/welcome"
_PAGE = """<!DOCTYPE html>
<html><head><title>Welcome to the hotel's network</title></head>
<body><form action="{url}"><input name="room"><button>Connect</button></form></body></html>
"""


def intercept(name: str) -> web.Response:
    """Return the answer of a stranger: the fault `captive-portal`, `redirect` or `proxy-login`."""
    if name == "redirect":
        return web.Response(status=302, headers={"Location": LOGIN_URL})
    if name == "proxy-login":
        headers = {"Proxy-Authenticate": 'Basic realm="proxy"'}
        return web.Response(status=407, headers=headers, text="Proxy Authentication Required")
    return web.Response(text=_PAGE.format(url=LOGIN_URL), content_type="text/html")
