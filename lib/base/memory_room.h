#pragma once

#include <string_view>

namespace mtlkit {

// Demands (kIo) that this process may have so many bytes more than it has, by
// the limits that are set for it and what the machine grants; takes none of
// them. Called before work whose end would find out. `what` is the cause, as in
// "a network of 2400 parameters"; `way_out` says what else can be done.
void RequireRoomFor(double bytes, std::string_view what,
                    std::string_view way_out);

}  // namespace mtlkit
