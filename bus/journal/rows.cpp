#include "bus/journal/rows.hpp"

#include <cstring>

namespace termlease::bus {

chain_hash hash_in(const SQLite::Column& column) {
  chain_hash hash{};
  if (column.getBytes() == static_cast<int>(hash.size()))
    std::memcpy(hash.data(), column.getBlob(), hash.size());
  return hash;
}

journal_entry entry_in(SQLite::Statement& row) {
  return {static_cast<std::uint64_t>(row.getColumn(0).getInt64()), row.getColumn(1).getString(),
          hash_in(row.getColumn(2)), hash_in(row.getColumn(3))};
}

} // namespace termlease::bus
