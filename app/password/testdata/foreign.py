"""Writes foreign.json: stored passwords as other systems make them. Salts are random, so each run differs.

    apt-get install python3-passlib python3-bcrypt python3-argon2 python3-flask-security python3-django
    /usr/bin/python3 foreign.py > foreign.json
"""

import crypt
import hashlib
import hmac
import json
import sys
import warnings
from base64 import b64encode
from importlib.metadata import version

warnings.simplefilter("ignore")

import django
import flask
import flask_security
from django.conf import settings
from django.contrib.auth.hashers import make_password
from flask_security import hash_password
from passlib import hash as passlib
from passlib.context import CryptContext

WORDS = "correct horse battery staple"
UNICODE = "Zoë’s 密码 ☃ ﬁn 😀"
LONG = "0123456789abcdef" * 6 + "é"
SALT = "146585145368132386173505678016728509634"
UNICODE_SALT = "Salz und Pfeffer für alle ☃"

rows = []


def row(by, name, plain, stored, salt=""):
    rows.append({"by": by, "name": name, "plain": plain, "hash": stored, "salt": salt})


CHEAP = {
    "bcrypt": passlib.bcrypt.using(rounds=4),
    "argon2id": passlib.argon2.using(type="ID", memory_cost=64, time_cost=1, parallelism=1),
    "argon2i": passlib.argon2.using(type="I", memory_cost=64, time_cost=2, parallelism=2),
    "argon2d": passlib.argon2.using(type="D", memory_cost=64, time_cost=1, parallelism=1),
    "pbkdf2_sha256": passlib.pbkdf2_sha256.using(rounds=100),
    "pbkdf2_sha512": passlib.pbkdf2_sha512.using(rounds=100),
    "sha256_crypt": passlib.sha256_crypt.using(rounds=1000),
    "sha512_crypt": passlib.sha512_crypt.using(rounds=1000),
}
for name, scheme in CHEAP.items():
    for kind, plain in (("words", WORDS), ("unicode", UNICODE), ("empty", ""), ("long", LONG)):
        row("passlib", name + ", " + kind, plain, scheme.hash(plain))
for scheme in (passlib.bcrypt, passlib.argon2, passlib.pbkdf2_sha256, passlib.pbkdf2_sha512, passlib.sha256_crypt, passlib.sha512_crypt):
    row("passlib", scheme.name + ", as it comes", WORDS, scheme.hash(WORDS))
for ident in ("2a", "2b", "2y"):
    row("passlib", "bcrypt, ident " + ident, UNICODE, passlib.bcrypt.using(rounds=4, ident=ident).hash(UNICODE))
for size in (71, 72, 73):
    row("passlib", "bcrypt, %d bytes" % size, LONG[:size], passlib.bcrypt.using(rounds=4).hash(LONG[:size]))
for scheme in (passlib.sha256_crypt, passlib.sha512_crypt):
    row("passlib", scheme.name + ", 5000 rounds", WORDS, scheme.using(rounds=5000).hash(WORDS))
    row("passlib", scheme.name + ", short salt", WORDS, scheme.using(rounds=1000, salt="ab./").hash(WORDS))
for name, start in (("sha256_crypt", "$5$"), ("sha512_crypt", "$6$")):
    row("crypt(3)", name + ", 5000 rounds written out", WORDS, crypt.crypt(WORDS, start + "rounds=5000$saltstring$"))
    row("crypt(3)", name + ", unicode", UNICODE, crypt.crypt(UNICODE, start + "rounds=1400$anotherlongsalts$"))


class User(flask_security.UserMixin):
    """What Flask-Security asks of a user, none of whom is stored here."""

    id = email = password = active = fs_uniquifier = roles = None


def flask_security_row(name, plain, salt, single, scheme, options):
    app = flask.Flask("rows")
    app.config.update(
        SECRET_KEY="secret", SECURITY_PASSWORD_SALT=salt, SECURITY_PASSWORD_HASH=scheme, SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=options,
        SECURITY_PASSWORD_SCHEMES=["bcrypt", "argon2", "pbkdf2_sha256", "pbkdf2_sha512", "sha256_crypt", "sha512_crypt", "django_pbkdf2_sha256", "plaintext"],
    )
    if single:
        app.config["SECURITY_PASSWORD_SINGLE_HASH"] = True
    security = flask_security.Security(app, flask_security.SQLAlchemyUserDatastore(None, User, None))
    with app.app_context():
        normal = security._password_util.normalize(plain)  # as its forms do before hashing
        row("Flask-Security", name, plain, hash_password(normal), "" if single or scheme.startswith("django") else salt)


for scheme, options in (
    ("bcrypt", {"bcrypt__rounds": 4}),
    ("argon2", {"argon2__memory_cost": 64, "argon2__time_cost": 1, "argon2__parallelism": 1}),
    ("pbkdf2_sha256", {"pbkdf2_sha256__rounds": 100}),
    ("pbkdf2_sha512", {"pbkdf2_sha512__rounds": 100}),
    ("sha256_crypt", {"sha256_crypt__rounds": 1000}),
    ("sha512_crypt", {"sha512_crypt__rounds": 1000}),
    ("django_pbkdf2_sha256", {"django_pbkdf2_sha256__rounds": 100}),
):
    flask_security_row(scheme + ", words", WORDS, SALT, False, scheme, options)
    flask_security_row(scheme + ", unicode", UNICODE, SALT, False, scheme, options)
    flask_security_row(scheme + ", unicode salt, long", LONG, UNICODE_SALT, False, scheme, options)
    flask_security_row(scheme + ", single, unicode", UNICODE, None, True, scheme, options)
flask_security_row("argon2, as it comes", WORDS, SALT, False, "argon2", {})

# Flask-User is no Debian package. Its Flask-Security mode is this, by its documentation.
signed = b64encode(hmac.new(SALT.encode(), UNICODE.encode(), hashlib.sha512).digest()).decode()
row("Flask-User", "bcrypt, unicode", UNICODE, CryptContext(["bcrypt"], bcrypt__rounds=4).hash(signed), SALT)

settings.configure(PASSWORD_HASHERS=["django.contrib.auth.hashers." + h for h in (
    "PBKDF2PasswordHasher", "Argon2PasswordHasher", "BCryptSHA256PasswordHasher", "BCryptPasswordHasher")])
django.setup()
row("Django", "pbkdf2_sha256, as it comes", WORDS, make_password(WORDS))
from django.contrib.auth.hashers import get_hasher

for name, change in (("pbkdf2_sha256", {"iterations": 100}), ("argon2", {"memory_cost": 64, "parallelism": 1}), ("bcrypt_sha256", {"rounds": 4}), ("bcrypt", {"rounds": 4})):
    hasher = get_hasher(name)
    for key, value in change.items():
        setattr(hasher, key, value)
    for kind, plain in (("words", WORDS), ("unicode", UNICODE), ("empty", ""), ("long", LONG)):
        row("Django", name + ", " + kind, plain, hasher.encode(plain, hasher.salt()))

packages = ("passlib", "bcrypt", "argon2-cffi", "Flask-Security-Too", "Django")
made = {"Python": sys.version.split()[0], **{p: version(p) for p in packages}}
json.dump({"command": "/usr/bin/python3 foreign.py", "versions": made, "rows": rows}, sys.stdout, indent=1, ensure_ascii=False)
print()
