#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// A message in protobuf's wire format (protobuf.dev, "Encoding"), field by
// field in the order of the calls. Large bytes are kept apart and moved, so
// that a message of messages never copies them.
class ProtoMessage {
 public:
  void Int(int field, std::int64_t value);
  void Float(int field, float value);
  void Bytes(int field, std::string bytes);
  void Message(int field, ProtoMessage message);

  // Bytes of the whole.
  Index size() const { return size_; }
  // Calls `write` with its bytes, piece by piece.
  void WriteTo(const std::function<void(std::string_view)>& write) const;

 private:
  void Varint(std::uint64_t value);
  void Key(int field, int wire_type);
  void Append(std::string bytes);

  std::vector<std::string> pieces_;
  Index size_ = 0;
};

}  // namespace mtlkit
