#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
Web server and browser over Multipath TCP, for captures whose contents other programs understand.

    web.py server PORT SEED [CERTIFICATE]
    web.py client ADDRESS PORT SEED [KEYLOG]

Both speak HTTP/1.1 on one connection, over TLS 1.3 where a file is named. What they exchange is
pseudo-random from the seed: the client asks for objects (with lengths told, in chunks, and over HTTP
until the connection ends) and posts some. A line "ready" says that the server listens, or that the client has
its first answer; the client goes on with a line on its standard input. Its last line is JSON: names
and SHA-256 of all bodies.
"""

import hashlib
import http.client
import http.server
import json
import random
import socket
import ssl
import sys

IPPROTO_MPTCP = 262
SIZES = (90_000, 1, 40_000, 2_500)
CHUNK = 3_000


def body(seed, name):
    size = SIZES[int(name[-1]) % len(SIZES)]
    return random.Random(f"{seed} {name}").randbytes(size)


# ---- Server ----------------------------------------------------------------------------------


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with the body that the name and the seed make."""

    protocol_version = "HTTP/1.1"
    seed = ""

    def do_GET(self):
        kind, name = self.path.strip("/").split("/")
        octets = body(self.seed, name)
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        if kind == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for at in range(0, len(octets), CHUNK):
                part = octets[at:at + CHUNK]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
            return
        if kind == "last":  # its end is that of the connection
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.HTTPServer):
    """One connection at a time, over Multipath TCP."""

    def __init__(self, port):
        super().__init__(("0.0.0.0", port), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
        self.allow_reuse_address = True
        self.server_bind()
        self.server_activate()


def serve(port, seed, certificate=None):
    Handler.seed = seed
    server = Server(int(port))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print("ready", flush=True)
    server.handle_request()
    sys.stdin.read()
    print("{}", flush=True)


# ---- Client ----------------------------------------------------------------------------------


class Connection(http.client.HTTPConnection):
    """HTTP over a socket that is there."""

    def __init__(self, address, port, context):
        super().__init__(address, port)
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
        plain.connect((address, port))
        self.sock = context.wrap_socket(plain) if context else plain


def context_with(keylog):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.keylog_filename = keylog
    return context


def browse(address, port, seed, keylog=None):
    connection = Connection(address, int(port), context_with(keylog) if keylog else None)
    digests = {}

    def take(name, octets):
        assert octets == body(seed, name), f"{name} arrived changed"
        digests[name] = hashlib.sha256(octets).hexdigest()

    def get(kind, name):
        connection.request("GET", f"/{kind}/{name}")
        take(name, connection.getresponse().read())

    def post(name):
        octets = body(seed, name)
        connection.request("POST", f"/sent/{name}", octets,
                           {"Content-Type": "application/octet-stream"})
        assert connection.getresponse().read() == b""
        take(name, octets)

    get("whole", "hello-1")
    print("ready", flush=True)
    sys.stdin.readline()
    get("whole", "object-0")
    post("upload-4")
    get("chunked", "object-2")
    post("upload-7")
    get("whole", "object-3")
    get("whole" if keylog else "last", "object-4") # Wireshark knows no end of a TLS connection
    connection.close()
    print("done", flush=True)
    sys.stdin.read()
    print(json.dumps(digests), flush=True)


if __name__ == "__main__":
    {"server": serve, "client": browse}[sys.argv[1]](*sys.argv[2:])
