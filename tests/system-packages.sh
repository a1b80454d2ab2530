#!/usr/bin/env bash
# Installs the servers that the integration tests run against, where that may be done without asking;
# else says in one line what is missing, and the tests that need it are skipped.
set -u
PATH=$PATH:/usr/sbin:/usr/local/sbin

missing=()
command -v dovecot >/dev/null && [ -e /usr/lib/dovecot/imap -o -e /usr/libexec/dovecot/imap ] || missing+=(dovecot-imapd)
[ -e /usr/lib/dovecot/lmtp -o -e /usr/libexec/dovecot/lmtp ] || missing+=(dovecot-lmtpd)
command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
command -v openssl >/dev/null || missing+=(openssl)
[ ${#missing[@]} = 0 ] && exit 0

as_root=
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
    # The tests start private servers of their own: what is installed must not start by itself.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null && $as_root chmod +x $policy
        trap '$as_root rm -f $policy' EXIT
    fi
    {
        $as_root apt-get update -q
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
    } >/dev/null 2>&1 && exit 0
fi
echo "Not installed, so the tests that need them are skipped: ${missing[*]}"
