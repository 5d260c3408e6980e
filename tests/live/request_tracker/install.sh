#!/bin/sh
# Installs Request Tracker 5 from Debian's packages, with SQLite and a server of its own. Needs root.
# Nothing listens afterwards; the test starts the server itself, on loopback only.
set -eu
here=$(dirname "$0")
debconf-set-selections <<'ANSWERS'
request-tracker5 request-tracker5/rtname string live.example.test
request-tracker5 request-tracker5/organization string live.example.test
request-tracker5 request-tracker5/correspondaddress string rt@live.example.test
request-tracker5 request-tracker5/commentaddress string rt-comment@live.example.test
request-tracker5 request-tracker5/webbaseurl string http://127.0.0.1:8090
request-tracker5 request-tracker5/initial-root-password password engagewatch-root
request-tracker5 request-tracker5/initial-root-password-confirm password engagewatch-root
request-tracker5 request-tracker5/install-cronjobs boolean false
request-tracker5 request-tracker5/handle-siteconfig-permissions boolean false
request-tracker5 request-tracker5/webserver select standalone
request-tracker5 request-tracker5/dbconfig-install boolean true
request-tracker5 request-tracker5/database-type select sqlite3
ANSWERS
# msmtp stands in for a mail server: no mail is ever sent.
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    request-tracker5 rt5-standalone rt5-db-sqlite msmtp-mta libfaketime
cp "$here/site.pm" /etc/request-tracker5/RT_SiteConfig.d/90-engagewatch-local.pm
