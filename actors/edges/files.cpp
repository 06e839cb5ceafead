#include "actors/edges/files.hpp"

#include "actors/edges/whole_file.hpp"
#include "bus/identity/sodium.hpp"
#include "messages/edges.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

namespace termlease::actors {

namespace fs = std::filesystem;
using namespace messages;

namespace {

file_done file_failed(const std::string& what, const std::string& path, int problem) {
  return {{}, file_failure(what, path, problem)};
}

file_done make(const std::string& path) {
  const auto mask = ::umask(0077);
  std::error_code problem;
  fs::create_directories(path, problem);
  ::umask(mask);
  return problem ? file_failed("make", path, problem.value()) : file_done{};
}

file_done read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return {text.str(), {}};
}

/// In pieces: a recording may be larger than what anybody wants in memory.
file_done digest(const std::string& path) {
  bus::require_sodium();
  std::ifstream file(path, std::ios::binary);
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::array<char, 65536> part; // NOLINT: filled by read
  while (file.read(part.data(), part.size()) || file.gcount() > 0)
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                              static_cast<unsigned long long>(file.gcount()));
  if (!file.eof()) return file_failed("read", path, errno);
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256_final(&state, hash.data());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> text{};
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  return {text.data(), {}};
}

} // namespace

caf::behavior file_edge(caf::event_based_actor*) {
  return {
      [](const make_folder& what) { return make(what.path); },
      [](const write_file& what) {
        return file_done{{}, write_whole_file(what.path, what.text)};
      },
      [](const read_file& what) { return read(what.path); },
      [](const digest_file& what) { return digest(what.path); },
      [](const remove_path& what) {
        std::error_code ignored;
        fs::remove_all(what.path, ignored);
        return file_done{};
      },
  };
}

} // namespace termlease::actors
