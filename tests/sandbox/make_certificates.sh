#!/bin/sh
# Makes the certificates of the sandbox (bytespike_cli/sandbox/certificates/) with OpenSSL 3.
#
# They are committed, so that TLS faults need neither a library nor a program. The authority's own
# key is thrown away: nothing else can ever be signed by it, and what it has signed is for loopback.
set -eu
here=$(cd "$(dirname "$0")/../../bytespike_cli/sandbox/certificates" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > ca.cnf <<CNF
[ca]
default_ca=all
[all]
database=index
serial=serial
new_certs_dir=.
default_md=sha256
policy=any
unique_subject=no
[any]
commonName=supplied
CNF
: > index
echo 1001 > serial

sign() { # name, first day, day after the last, extensions; then how it is signed
  name=$1 from=$2 to=$3 extensions=$4
  shift 4
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$name.key" 2>/dev/null
  openssl req -new -key "$name.key" -subj "/CN=bytespike sandbox, $name" -out "$name.csr"
  printf '%b' "subjectKeyIdentifier=hash\n$extensions" > "$name.ext"
  openssl ca -batch -notext -config ca.cnf -in "$name.csr" -extfile "$name.ext" "$@" \
    -startdate "${from}000000Z" -enddate "${to}000000Z" -out "$name.crt" 2>/dev/null
}

names="subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost\n"
server="basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n"
by="authorityKeyIdentifier=keyid\n"

sign authority 20250101 21250101 \
  "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n" \
  -selfsign -keyfile authority.key
for row in "right 20250101 21250101 $names" "expired 20240101 20240201 $names" \
  "wrong-host 20250101 21250101 subjectAltName=DNS:gateway.invalid\n"; do
  set -- $row
  sign "$1" "$2" "$3" "$server$by$4" -cert authority.crt -keyfile authority.key
done
sign self-signed 20250101 21250101 "$server$names" -selfsign -keyfile self-signed.key

cp authority.crt "$here/authority.pem"
for name in right expired wrong-host self-signed; do
  cat "$name.key" "$name.crt" > "$here/$name.pem"
done
