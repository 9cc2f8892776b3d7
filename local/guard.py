"""Runs MiniStack behind a guard, in one process: every open port is guarded.

MiniStack accepts the access key `test`, or any twelve digits, as an administrator without a signature. It lets every web page read its answers.
Anybody who reaches it can create a function, and so run a program as its user. The guard serves a request only if it is
  - for the webhooks' public path, with this server's own address as its Host and without an AWS signature, or
  - signed (AWS Signature Version 4) with the keys of this run, of a function that it started, or of an IAM user or session that it made.

It takes MiniStack's own environment variables: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are the keys of the run, GATEWAY_PORT is the port.
It ends with all that it started when its standard input is closed, which happens when its parent is gone. Then it removes the folder that it
runs in, unless KEEP_FOLDER is 1: then MiniStack stores its state there first.

See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html and, for the headers that browsers send,
https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
"""

import collections
import hashlib
import hmac
import json
import os
import re
import secrets
import subprocess
import sys
import threading
import time
import types
from urllib.parse import parse_qs, quote

from ministack import app as ministack
from ministack.core import iam_evaluator, lambda_runtime, sigv4
from ministack.core.responses import get_account_id
from ministack.services import pipes

ROOT_KEY = os.environ["AWS_ACCESS_KEY_ID"]
ROOT_SECRET = os.environ["AWS_SECRET_ACCESS_KEY"]
PORT = os.environ["GATEWAY_PORT"]
HOSTS = (f"127.0.0.1:{PORT}", f"localhost:{PORT}")

# The path that sources post to. An API's other addresses, such as @connections, are not public.
WEBHOOKS = re.compile(r"/_aws/execute-api/[A-Za-z0-9]+/[A-Za-z0-9_-]+/(?!@)")
# MiniStack's own addresses, where it checks no policy. Only the run's keys may use them.
INTERNAL = re.compile(r"/_(?:ministack|localstack|aws)(?:/|\Z)")

# Where the run reads which requests API Gateway answered itself, because no source has their path: the receiver's log does not have them.
UNROUTED_PATH = "/_aws/unrouted-webhooks"
UNROUTED = collections.deque(maxlen=200)


class Refused(Exception):
    """Says why a request is not served."""


def check_host(headers):
    """Refuses a web page whose name was made to resolve to this machine (DNS rebinding): it cannot choose its Host."""
    if headers.get("host") not in HOSTS:
        raise Refused(f"The Host must be {HOSTS[0]}.")


def check_not_a_page(headers):
    """Refuses browsers: pages of other sites can make them send requests to this machine."""
    for name in ("origin", "sec-fetch-site"):
        if name in headers:
            raise Refused(f"A request with the header {name} comes from a web page, which may only send webhooks.")


def has_signature(headers, query):
    """Tells whether a request carries anything that MiniStack could take for a signature."""
    names = ("x-amz-algorithm", "x-amz-credential", "x-amz-signature", "awsaccesskeyid")
    return headers.get("authorization", "").startswith("AWS") or any(name.lower() in names for name in query)


def secret_of(key, token):
    """Finds the secret of an access key. MiniStack's other administrators (`test`, account IDs, no key at all) are refused."""
    if hmac.compare_digest(key.encode(), ROOT_KEY.encode()):
        return ROOT_SECRET
    if iam_evaluator.is_root_access_key(key):
        raise Refused("The access key is not one of this run.")
    account = iam_evaluator.find_iam_access_key_account(key) or get_account_id()
    credential = iam_evaluator.resolve_credential(key, account, token)
    if isinstance(credential, iam_evaluator.CredentialResolutionError):
        raise Refused(f"The access key is not one of this run: {credential.message}")
    return credential.secret_access_key


def parse_signature(headers):
    """Parses a header's signature. Signatures in a query (presigned) are refused: logs and histories hold them."""
    if not headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
        raise Refused("Only requests with an AWS signature in the Authorization header are served.")
    signature = sigv4.parse_header_signature(headers)
    if isinstance(signature, tuple):
        raise Refused(signature[1])
    if not re.fullmatch(r"[0-9a-f]{64}", signature.signature):
        raise Refused("The signature is not one of AWS's Signature Version 4.")
    if "host" not in signature.signed_headers.split(";"):
        raise Refused("The signature does not cover the Host.")
    if late := sigv4.request_time_failure(signature):
        raise Refused(late[1])
    return signature


def check_body(headers, body):
    """Compares the body with its signed digest."""
    digest = headers.get("x-amz-content-sha256", "")
    if re.fullmatch(r"[0-9a-f]{64}", digest) and not hmac.compare_digest(digest, hashlib.sha256(body).hexdigest()):
        raise Refused("The body is not the one that was signed.")


async def check_signature(scope, headers, query, read_body):
    """Refuses a request that no key of this run has signed. The key is checked first, so that a stranger's body is not read."""
    signature = parse_signature(headers)
    secret = secret_of(signature.access_key_id, headers.get("x-amz-security-token", ""))
    if INTERNAL.match(scope["path"]) and signature.access_key_id != ROOT_KEY:
        raise Refused("This address is for the keys of the run alone.")
    body = await read_body()
    check_body(headers, body)
    raw_path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
    if failure := sigv4.header_signature_failure(signature, secret, scope["method"], raw_path, query, headers, body):
        raise Refused(failure[1])


def headers_of(scope):
    """Joins a header's lines by commas, as a signature does. Two lines of Host never equal ours."""
    headers = {}
    for raw_name, value in scope.get("headers", []):
        name, text = raw_name.decode("latin-1").lower(), sigv4.decode_header_value(value)
        headers[name] = f"{headers[name]},{text}" if name in headers else text
    return headers


def rereadable(receive):
    """Returns a function that reads a whole body, and a `receive` that hands it over again."""
    messages = []

    async def read_body():
        while not messages or messages[-1].get("more_body"):
            messages.append(await receive())
        return b"".join(message.get("body", b"") for message in messages)

    async def receive_again():
        return messages.pop(0) if messages else await receive()

    return read_body, receive_again


def without_cors(send):
    """Removes the headers that let web pages read an answer."""

    async def send_without(message):
        if message["type"].endswith("response.start"):
            kept = [(name, value) for name, value in message.get("headers", []) if not name.lower().startswith(b"access-control-")]
            message = {**message, "headers": kept}
        await send(message)

    return send_without


def noting_unrouted(scope, send):
    """Notes a request to a path that no source has, as API Gateway's answer tells."""

    async def send_noted(message):
        headers = {name.lower(): value for name, value in message.get("headers", [])}
        if headers.get(b"x-amzn-errortype") == b"MissingAuthenticationTokenException":
            number = UNROUTED[-1]["number"] + 1 if UNROUTED else 1
            UNROUTED.append({"number": number, "at": int(time.time() * 1000), "path": scope["path"][:500], "sourceIp": scope["client"][0]})
        await send(message)

    return send_noted


async def answer(send, status, value):
    """Answers with JSON."""
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def refuse(send, reason):
    """Answers as AWS denies."""
    await answer(send, 403, {"__type": "AccessDeniedException", "message": reason})


def guarded(app):
    """Puts the guard before an ASGI application."""

    async def guard(scope, receive, send):
        if scope["type"] == "lifespan":
            return await app(scope, receive, send)
        if scope["type"] != "http":
            await receive()
            return await send({"type": "websocket.close", "code": 1008})
        headers = headers_of(scope)
        query = parse_qs(scope.get("query_string", b"").decode("utf-8", "replace"), keep_blank_values=True)
        read_body, receive_again = rereadable(receive)
        try:
            check_host(headers)
            if has_signature(headers, query) or not WEBHOOKS.match(scope["path"]):
                check_not_a_page(headers)
                await check_signature(scope, headers, query, read_body)
        except Refused as refused:
            return await refuse(send, str(refused))
        if scope["path"] == UNROUTED_PATH:
            return await answer(send, 200, list(UNROUTED))
        noted = noting_unrouted(scope, send) if WEBHOOKS.match(scope["path"]) else send
        await app(scope, receive_again, without_cors(noted))

    return guard


def make_function_keys_unguessable():
    """Adds a random number to a function's keys, which MiniStack derives from the names of function and role alone."""
    salt = secrets.token_bytes(32)
    lambda_runtime.hashlib = types.SimpleNamespace(sha256=lambda data: hmac.new(salt, data, hashlib.sha256))


def poll_pipes_every(seconds):
    """Sets how often MiniStack reads a pipe's stream, for tests: its own second is most of their time."""
    pipes.time = types.SimpleNamespace(time=time.time, sleep=lambda _: time.sleep(seconds))


# Runs in a process outside the group, so that it can remove the files that the group writes last.
CLEAN_UP = """
import os, shutil, signal, sys, time
group, kept = int(sys.argv[1]), sys.argv[3] == "1"
def runs():
    try:
        os.kill(group, 0)
        return True
    except ProcessLookupError:
        return False
if kept:
    os.kill(group, signal.SIGTERM)
    deadline = time.monotonic() + 60
    while runs() and time.monotonic() < deadline:
        time.sleep(0.1)
try:
    os.killpg(group, signal.SIGKILL)
except ProcessLookupError:
    pass
if kept:
    sys.exit()
for _ in range(20):
    shutil.rmtree(sys.argv[2], ignore_errors=True)
    if not os.path.exists(sys.argv[2]):
        break
    time.sleep(0.1)
"""


def end_with_parent():
    """Ends the process group, and removes or keeps its folder, when nobody holds the other end of standard input any more."""
    while os.read(0, 1024):
        pass
    if os.getpgrp() != os.getpid():
        os._exit(1)
    arguments = [str(os.getpid()), os.getcwd(), os.environ.get("KEEP_FOLDER", "0")]
    subprocess.Popen([sys.executable, "-I", "-c", CLEAN_UP, *arguments], cwd="/", start_new_session=True)


def main():
    threading.Thread(target=end_with_parent, daemon=True).start()
    make_function_keys_unguessable()
    if interval := os.environ.get("PIPE_POLL_SECONDS"):
        poll_pipes_every(float(interval))
    ministack.app = guarded(ministack.app)
    ministack.main()


main()
