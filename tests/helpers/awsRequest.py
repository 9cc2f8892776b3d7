"""Sends a request signed by botocore, as another process of this machine would. Reads the request as JSON from standard input, and prints the
response as JSON. With `sentBody`, sends another body than the signed one."""

import http.client
import json
import sys
import urllib.parse

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

given = json.load(sys.stdin)
url = urllib.parse.urlsplit(given["url"])
request = AWSRequest(given.get("method", "POST"), given["url"], dict(given.get("headers", {})), given.get("body", ""))
if "key" in given:
    credentials = Credentials(given["key"], given["secret"], given.get("token"))
    SigV4Auth(credentials, given["service"], given["region"]).add_auth(request)
connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
target = url.path + (f"?{url.query}" if url.query else "")
connection.request(request.method, target, given.get("sentBody", given.get("body", "")), dict(request.headers))
answer = connection.getresponse()
headers = {name.lower(): value for name, value in answer.getheaders()}
print(json.dumps({"status": answer.status, "headers": headers, "text": answer.read().decode("utf-8", "replace")}))
