#pragma once

// Why: upterm calls a guest gone when its session ends, also while its connection stays open for
// more. Where the relay is on this machine, the kernel knows better.

#include <string>

namespace termlease::worker {

/// Whether any process here has an established TCP connection whose other end is `address`
/// ("127.0.0.1:4100", "[::1]:4100"). True for what can't be read: nobody is taken for gone then.
bool is_tcp_peer(const std::string& address);

} // namespace termlease::worker
