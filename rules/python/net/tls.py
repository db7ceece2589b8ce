import ssl
import requests
import httpx
import paramiko
# ruleid: python.net.no-verification
requests.get(url, timeout=9, verify=False)
# ruleid: python.net.no-verification
session.verify = False
# ok: python.net.no-verification
requests.get(url, timeout=9, verify="ca.pem")
# ok: python.net.no-verification
check(verify=False)

# ruleid: python.net.unverified-context
ssl._create_unverified_context()
# ruleid: python.net.unverified-context
context.check_hostname = False
# ruleid: python.net.unverified-context
ssl._create_default_https_context = ssl._create_unverified_context
# ok: python.net.unverified-context
ssl.create_default_context()
# ok: python.net.unverified-context
context.check_hostname = True

# ruleid: python.net.old-tls
ssl.SSLContext(ssl.PROTOCOL_TLSv1)
# ok: python.net.old-tls
ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

# ruleid: python.net.ssh-host-key
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
# ok: python.net.ssh-host-key
client.set_missing_host_key_policy(paramiko.RejectPolicy())

import ftplib

# ruleid: python.net.clear-text
ftplib.FTP("example.com")
from pysnmp.hlapi import CommunityData

# ruleid: python.net.clear-text
CommunityData("public", mpModel=0)
# ok: python.net.clear-text
ftplib.FTP_TLS("example.com")

# ruleid: python.net.no-timeout
requests.get(url)
# ok: python.net.no-timeout
requests.get(url, timeout=10)
# ok: python.net.no-timeout
cache.get(url)
