# Sourced by the other scripts: finds a Python, makes an environment once, installs what the lock files pin.
# shellcheck shell=sh

say() { printf '%s\n' "tallypost: $*" >&2; }
fail() { say "$*"; exit 1; }

# The operating system's own Python first: picamera2 and PyGObject are installed there and nowhere else.
find_python() {
  for candidate in "${TALLYPOST_PYTHON:-}" /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v "$candidate"; return 0; }
  done
  fail "no Python of 3.11 or later was found; install one (apt install python3 python3-venv) or name it in TALLYPOST_PYTHON"
}

as_root() { # as_root COMMAND...: run it as root where we may, without asking for a password
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 1; fi
}

may_apt() { command -v apt-get >/dev/null 2>&1 && as_root true; }

apt_install() { # apt_install PACKAGE...: install those that are missing; fails where it may not
  missing=""
  for package in "$@"; do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  [ -z "$missing" ] && return 0
  may_apt || return 1
  say "installing$missing"
  # shellcheck disable=SC2086  # a list of words
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 && return 0
  as_root apt-get update -qq >/dev/null
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

make_environment() { # make_environment FOLDER LOCK...: an environment with what LOCK pins and the project itself
  folder=$1; shift
  python=$(find_python)
  stamp=$(cat "$@" pyproject.toml | sha256sum | cut -d' ' -f1)-$("$python" -V | tr ' ' -)
  [ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ] && return 0
  say "making $folder with $("$python" -V) (once; a minute or two)"
  rm -rf "$folder"
  if ! "$python" -m venv --system-site-packages "$folder" >/dev/null 2>&1; then
    rm -rf "$folder"
    version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    apt_install "$version-venv" || fail "$python cannot make environments; install $version-venv and come again"
    "$python" -m venv --system-site-packages "$folder"
  fi
  for lock in "$@"; do
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --ignore-installed -r "$lock"
  done
  # An environment for somebody else's program holds no tools to build ours, and does not need it.
  if [ -x "$folder/bin/hatchling" ]; then
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
  fi
  printf '%s\n' "$stamp" > "$folder/stamp"
}
