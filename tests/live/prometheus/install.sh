#!/bin/sh
# Installs Prometheus and its blackbox exporter from Debian's packages. Needs root.
# Where services are started on installation, they are left alone: the test runs its own.
set -eu
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    prometheus prometheus-blackbox-exporter
