// A journal's files as a crash, a full disk or somebody else may have left them. It is opened, read
// and written, or refused with a reason; what is read verifies, or says where it doesn't.
#include "bus/journal/reader.hpp"
#include "bus/journal/store.hpp"
#include "messages/failure.hpp"
#include "tests/support/temporary_folder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

using namespace termlease;
namespace fs = std::filesystem;

namespace {

messages::record numbered(int number) {
  messages::record made;
  made.id = "00000000-0000-7000-8000-00000000000" + std::to_string(number);
  made.event_type = "share.session.started";
  made.timestamp = {1'700'000'000'000 + number};
  made.metadata.text = "{}";
  return made;
}

/// A sound journal of some records, made once.
const fs::path& sound() {
  static const tests::temporary_folder folder;
  static const fs::path file = [] {
    auto made = folder.path() / "journal.db";
    bus::journal_settings small;
    small.reserve_bytes = 0;
    bus::journal_store store(made, small);
    for (int number = 1; number <= 3; ++number) {
      std::array batch{numbered(number)};
      store.append(batch);
    }
    return made;
  }();
  return file;
}

/// Each five bytes are a place and what is there now; the last two are where the file is cut.
void spoil(const fs::path& file, const std::uint8_t* data, std::size_t size) {
  std::error_code none;
  const auto length = fs::file_size(file, none);
  if (none || length == 0) return;
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  for (; size >= 5; data += 5, size -= 5) {
    std::uint32_t place = 0;
    std::memcpy(&place, data, sizeof place);
    bytes.seekp(static_cast<std::streamoff>(place % length));
    bytes.put(static_cast<char>(data[4]));
  }
  bytes.close();
  if (size >= 2) fs::resize_file(file, (length * (data[0] + 1U)) / 256U, none);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tests::temporary_folder folder;
  const auto file = folder.path() / "journal.db";
  for (const char* end : {"", "-wal", "-shm"}) {
    fs::remove(file.string() + end);
    std::error_code none;
    fs::copy_file(sound().string() + end, file.string() + end, none);
  }
  if (size > 0) spoil(file.string() + (data[0] % 2 == 0 ? "" : "-wal"), data + 1, size - 1);
  bus::journal_settings small;
  small.reserve_bytes = 0;
  try {
    bus::journal_store store(file, small);
    std::array batch{numbered(4)};
    store.append(batch);
    bus::journal_reader reader(file);
    reader.read({}, [](const bus::journal_entry& each) { (void)each.record(); });
  } catch (const messages::failed&) {
    // Refused, with a reason.
  }
  return 0;
}
