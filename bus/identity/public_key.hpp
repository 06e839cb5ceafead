#pragma once

// Why: a key decides who gets in. The CLI checks it where the person is who can still correct it,
// and the runtime checks it again, since a client is hostile until shown otherwise. Only plain
// public keys pass: no options, no certificates, nothing that a backend might read as something
// else.

#include <string>
#include <string_view>
#include <vector>

namespace termlease::bus {

struct public_key {
  std::string line;        ///< as OpenSSH writes it: type, base64, comment
  std::string type;        ///< "ssh-ed25519"
  std::string fingerprint; ///< "SHA256:…"
  std::string comment;
};

/// True for a text that holds a private key, in any of the usual forms.
bool is_private_key(std::string_view text);

/// Reads one line; `from` says in complaints where it stands. Throws `failed` (`bad_key`).
public_key parse_public_key(std::string_view line, const std::string& from);

/// All keys of a text with one a line; blank lines and "#" comments are skipped.
/// Throws `failed`: `bad_key`, `no_keys`.
std::vector<public_key> parse_public_keys(std::string_view text, const std::string& from);

} // namespace termlease::bus
