#pragma once

#include "base/view.h"

namespace mtlkit {

// How a file of ours is opened for reading.
struct OpenOptions {
  // Refuses arrays of more bytes than this when they are read whole.
  Index max_array_bytes = Index{1} << 40;
  // Refuses a stream that declares more bytes than this.
  Index max_stream_bytes = Index{64} << 30;
  // Checks every byte and the content digest at once, however large the file
  // is: for who only wants to know whether it is whole.
  bool check_whole = false;
  // Files of up to so many bytes are checked whole in any case.
  Index small_bytes = Index{64} << 20;
};

}  // namespace mtlkit
