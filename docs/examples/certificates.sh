#!/bin/sh
# A fleet's certificates: sh certificates.sh NAME... makes NAME.pem and NAME.key. The
# first time it makes the authority, the broker's pair and an empty revoked.pem, too.
set -eu
umask 077

cat > fleet.cnf <<'END'
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
# The name by which devices call the broker; an address is IP:192.0.2.1.
subjectAltName = DNS:broker.example.org
extendedKeyUsage = serverAuth
authorityKeyIdentifier = keyid
[client]
extendedKeyUsage = clientAuth
authorityKeyIdentifier = keyid
[ca]
default_ca = fleet
[fleet]
database = index.txt
default_md = sha256
# When a list has run out, the broker lets nobody in.
default_crl_days = 3650
END

ask() { # NAME
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -config fleet.cnf -subj "/CN=$1" -keyout "$1.key" -out "$1.csr"
}

issue() { # NAME server|client
  ask "$1"
  openssl x509 -req -in "$1.csr" -CA authority.pem -CAkey authority.key \
    -CAcreateserial -extfile fleet.cnf -extensions "$2" -days 825 -out "$1.pem"
}

if [ ! -e authority.pem ]; then
  ask authority
  openssl x509 -req -in authority.csr -signkey authority.key \
    -extfile fleet.cnf -extensions authority -days 3650 -out authority.pem
  issue server server
  touch index.txt
  openssl ca -config fleet.cnf -cert authority.pem -keyfile authority.key \
    -gencrl -out revoked.pem
fi
for name; do
  issue "$name" client
done
