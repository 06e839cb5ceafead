#include "bus/identity/public_key.hpp"

#include "bus/identity/sodium.hpp"
#include "messages/failure.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace termlease::bus {

using messages::failed;

namespace {

constexpr std::array<std::string_view, 7> known_types{"ssh-ed25519",
                                                      "ssh-rsa",
                                                      "ecdsa-sha2-nistp256",
                                                      "ecdsa-sha2-nistp384",
                                                      "ecdsa-sha2-nistp521",
                                                      "sk-ssh-ed25519@openssh.com",
                                                      "sk-ecdsa-sha2-nistp256@openssh.com"};
constexpr std::string_view blanks = " \t\r";

[[noreturn]] void bad_key(const std::string& from, const std::string& why, std::string hint = {}) {
  if (hint.empty())
    hint = "give a public key as OpenSSH writes it, for example ~/.ssh/id_ed25519.pub";
  throw failed("bad_key", from + ": " + why, std::move(hint));
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Takes the first word off `rest`.
std::string_view next_word(std::string_view& rest) {
  const auto end = std::min(rest.find_first_of(blanks), rest.size());
  const auto word = rest.substr(0, end);
  rest = trimmed(rest.substr(end));
  return word;
}

std::optional<std::string> decoded_base64(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t length = 0;
  const char* end = nullptr;
  const int problem =
      ::sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                          text.size(), nullptr, &length, &end, sodium_base64_VARIANT_ORIGINAL);
  if (problem != 0 || end != text.data() + text.size()) return std::nullopt;
  bytes.resize(length);
  return bytes;
}

/// One field of OpenSSH's binary form: four bytes of length, then as many bytes.
std::optional<std::string_view> next_field(std::string_view& rest) {
  if (rest.size() < 4) return std::nullopt;
  std::size_t length = 0;
  for (int i = 0; i < 4; ++i) length = (length << 8U) | static_cast<unsigned char>(rest[i]);
  if (length > rest.size() - 4) return std::nullopt;
  const auto field = rest.substr(4, length);
  rest.remove_prefix(4 + length);
  return field;
}

/// Whether the binary form says the same type and consists of whole fields.
bool is_whole_key(std::string_view blob, std::string_view type) {
  const auto inner = next_field(blob);
  if (!inner || *inner != type) return false;
  std::size_t fields = 0;
  for (; !blob.empty(); ++fields)
    if (const auto field = next_field(blob); !field || field->empty()) return false;
  return fields > 0;
}

} // namespace

bool is_private_key(std::string_view text) {
  return text.find("PRIVATE KEY-----") != std::string_view::npos;
}

public_key parse_public_key(std::string_view line, const std::string& from) {
  require_sodium();
  auto rest = trimmed(line);
  const auto type = next_word(rest);
  if (is_private_key(line)) bad_key(from, "is a private key", "give its .pub file instead");
  if (std::ranges::find(known_types, type) == known_types.end()) {
    const bool has_options = std::ranges::any_of(known_types, [&](std::string_view known) {
      return rest.find(std::string(known) + " ") != std::string_view::npos;
    });
    bad_key(from,
            has_options ? "has options before the key, which would mean nothing here"
                        : "is not a public key of a type that guests may use",
            has_options ? "remove everything before the key's type" : "");
  }
  const auto body = next_word(rest);
  const auto blob = decoded_base64(body);
  if (!blob || !is_whole_key(*blob, type))
    bad_key(from, "holds a broken " + std::string(type) + " key");
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  ::crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(blob->data()),
                       blob->size());
  std::array<char, 64> text{};
  ::sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(),
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  public_key key{std::string(type) + " " + std::string(body), std::string(type),
                 "SHA256:" + std::string(text.data()), std::string(rest)};
  if (std::ranges::any_of(key.line, [](unsigned char each) { return each < ' ' && each != '\t'; }))
    bad_key(from, "holds control characters");
  if (!key.comment.empty()) key.line += " " + key.comment;
  return key;
}

std::vector<public_key> parse_public_keys(std::string_view text, const std::string& from) {
  std::vector<public_key> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    keys.push_back(parse_public_key(line, from + ":" + std::to_string(number)));
  }
  if (keys.empty())
    throw failed("no_keys", from + " holds no key",
                 "give a file with at least one public key, or leave --key out to have one made");
  return keys;
}

} // namespace termlease::bus
