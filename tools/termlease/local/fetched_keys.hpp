#pragma once

// Why: the keys of somebody's account are a file away on the net, and a share makes no call there
// that nobody sees: what is used was fetched before, by a command that can be read.

#include <filesystem>
#include <string>

namespace termlease::cli {

/// The file with the keys of "github:NAME" below the cache folder. Throws `failed`:
/// `unknown_account` for what is no account, `keys_not_fetched` with the command that fetches them.
std::string fetched_keys(const std::string& account, const std::filesystem::path& cache);

} // namespace termlease::cli
