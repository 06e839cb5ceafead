#include "tools/termlease/local/public_key.hpp"

#include "messages/failure.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace termlease::cli {

namespace fs = std::filesystem;
using messages::failed;

namespace {

[[noreturn]] void bad_key(const std::string& from, const std::string& why, std::string hint = {}) {
  if (hint.empty())
    hint = "give a public key as OpenSSH writes it, for example ~/.ssh/id_ed25519.pub";
  throw failed("bad_key", from + ": " + why, std::move(hint));
}

std::string read_all(std::istream& from, const std::string& name) {
  std::string text(largest_key_file + 1, '\0');
  from.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(from.gcount()));
  if (text.size() > largest_key_file) bad_key(name, "is too large for a file of keys");
  return text;
}

std::string read_file(const fs::path& file) {
  std::error_code problem;
  if (fs::is_directory(file, problem))
    bad_key(file.string(), "is a folder", "name the file of the key inside it");
  std::ifstream from(file, std::ios::binary);
  if (!from)
    throw failed("no_key_file",
                 "the key file " + file.string() + " can't be read: " + std::strerror(errno),
                 "check the path; leave --key out to have a key made for this share");
  return read_all(from, file.string());
}

std::vector<public_key> keys_of_file(const fs::path& file) {
  const auto text = read_file(file);
  if (!bus::is_private_key(text)) return parse_public_keys(text, file.string());
  const fs::path beside(file.string() + ".pub");
  if (!fs::exists(beside))
    bad_key(file.string(), "is a private key, and there is no " + beside.string(),
            "make the public half with: ssh-keygen -y -f " + file.string() + " > " +
                beside.string());
  return parse_public_keys(read_file(beside), beside.string());
}

} // namespace

std::vector<public_key> read_public_keys(const std::vector<std::string>& files,
                                         std::istream& standard_input) {
  std::vector<public_key> all;
  for (const auto& file : files) {
    const auto keys = file == "-" ? parse_public_keys(read_all(standard_input, "standard input"),
                                                      "standard input")
                                  : keys_of_file(file);
    for (const auto& key : keys)
      if (std::ranges::find(all, key.fingerprint, &public_key::fingerprint) == all.end())
        all.push_back(key);
  }
  return all;
}

} // namespace termlease::cli
