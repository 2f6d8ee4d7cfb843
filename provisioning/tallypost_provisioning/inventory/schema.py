"""The tables of the inventory, version 1."""

from dataclasses import fields

from tallypost_provisioning.inventory.words import Known

APPLICATION = 0x54507076
"""`TPpv`: what tells an inventory from every other file of SQLite."""
VERSION = 1
COLUMNS = tuple(each.name for each in fields(Known))
"""What may be read without the passphrase."""
SCHEMA = f"""
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
CREATE TABLE city (
    lock TEXT NOT NULL,
    revocation_lists INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE devices (
    device TEXT PRIMARY KEY,
    serial TEXT,
    site_name TEXT NOT NULL,
    place TEXT NOT NULL,
    dev_eui TEXT NOT NULL UNIQUE,
    join_eui TEXT NOT NULL,
    mqtt_username TEXT NOT NULL UNIQUE,
    region TEXT NOT NULL,
    batch TEXT NOT NULL,
    state TEXT NOT NULL,
    made_utc_s REAL NOT NULL,
    counter INTEGER NOT NULL,
    site TEXT,
    signing_key TEXT,
    certificate_sha256 TEXT,
    panel_certificate_sha256 TEXT,
    sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX serials ON devices (serial) WHERE state <> 'revoked';
CREATE TABLE certificates (
    number TEXT PRIMARY KEY,
    device TEXT NOT NULL REFERENCES devices (device),
    pem TEXT NOT NULL,
    issued_utc_s REAL NOT NULL,
    expires_utc_s REAL NOT NULL,
    revoked_utc_s REAL
) STRICT;
"""
