# shellcheck shell=bash
# Why: ThreadSanitizer reports races where it can't see both sides, so the distribution's libcaf
# gives dozens of false ones, and every suppression for them hides real races as well. The same
# version built with ThreadSanitizer gives none. It is built once, into the user's cache, from the
# distribution's own source, with a private list of sources: the machine's own stay as they are.

# caf_source FOLDER: fetches and unpacks Debian's source of the installed libcaf into FOLDER.
caf_source() {
  local folder=$1 suite
  suite=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-stable}")
  mkdir -p "$folder/parts" "$folder/lists/partial"
  find /etc/apt/sources.list /etc/apt/sources.list.d -type f \
    \( -name '*.sources' -o -name '*.list' \) -exec cat {} + 2>/dev/null |
    grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' ' >"$folder/mirror"
  [[ -s $folder/mirror ]] || printf 'http://deb.debian.org/debian' >"$folder/mirror"
  printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
    "$(<"$folder/mirror")" "$suite" >"$folder/parts/source.list"
  local apt=(apt-get -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$folder/parts"
    -o "Dir::State::lists=$folder/lists" -o "Dir::Cache=$folder" -o APT::Sandbox::User=root)
  (cd "$folder" && "${apt[@]}" update && "${apt[@]}" source --tar-only actor-framework) || return 1
  mkdir -p "$folder/source"
  tar -xf "$folder"/actor-framework_*.orig.tar.* -C "$folder/source" --strip-components=1
}

# caf_with_tsan: prints the folder of the library; builds it (about 90 s) where it isn't there yet.
caf_with_tsan() {
  local version home log
  version=$(dpkg-query -W -f '${Version}' libcaf-dev 2>/dev/null) || return 1
  home=$CACHE/caf-tsan-${version//[^0-9.]/_}
  log=$home/build.log
  if [[ ! -e $home/library/libcaf_core.so ]]; then
    step "building libcaf with ThreadSanitizer, once (about 90 s)"
    mkdir -p "$home"
    if ! caf_built "$home" >"$log" 2>&1; then
      tail -n 20 "$log" >&2
      return 1
    fi
  fi
  printf '%s\n' "$home/library"
}

caf_built() {
  local home=$1 off=()
  local part
  for part in IO TOOLS EXAMPLES UNIT_TESTS OPENSSL PYTHON OPENCL; do off+=("-DCAF_NO_$part=ON"); done
  [[ -d $home/source ]] || caf_source "$home" || return 1
  cmake -S "$home/source" -B "$home/build" -G Ninja -DCMAKE_BUILD_TYPE=None "${off[@]}" \
    -DCMAKE_CXX_FLAGS='-fsanitize=thread -g -O1 -w -include cstdint -include limits' &&
    ninja -C "$home/build" &&
    mkdir -p "$home/library" &&
    find "$home/build" -name 'libcaf_core.so*' -exec cp -a {} "$home/library/" \;
}
