#include "tools/termlease/local/fetched_keys.hpp"

#include "messages/failure.hpp"

#include <algorithm>
#include <cctype>

namespace termlease::cli {

using messages::failed;

namespace {

constexpr std::string_view github = "github:";
constexpr std::size_t longest_name = 39;

/// As GitHub allows them; so a name is never a path.
bool is_account_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_name && name.front() != '-' &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char each) { return std::isalnum(each) || each == '-'; });
}

} // namespace

std::string fetched_keys(const std::string& account, const std::filesystem::path& cache) {
  const auto name = account.substr(std::min(github.size(), account.size()));
  if (!account.starts_with(github) || !is_account_name(name))
    throw failed("unknown_account", "'" + account + "' is no account whose keys are known here",
                 "write it as github:NAME, or give the keys with --key");
  const auto file = cache / "keys" / "github" / (name + ".keys");
  std::error_code none;
  if (std::filesystem::exists(file, none)) return file;
  throw failed("keys_not_fetched", "the keys of " + account + " were not fetched yet",
               "curl -fsS --create-dirs -o " + file.string() + " https://github.com/" + name +
                   ".keys");
}

} // namespace termlease::cli
