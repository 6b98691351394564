#include "interop/proto_message.h"

#include <bit>
#include <utility>

namespace mtlkit {
namespace {

constexpr int kVarintType = 0;
constexpr int kBytesType = 2;
constexpr int kFixed32Type = 5;
// Pieces above this many bytes stay pieces of their own.
constexpr std::size_t kLargePiece = 4096;

}  // namespace

void ProtoMessage::Append(std::string bytes) {
  size_ += std::ssize(bytes);
  if (bytes.size() > kLargePiece || pieces_.empty() ||
      pieces_.back().size() > kLargePiece) {
    pieces_.push_back(std::move(bytes));
  } else {
    pieces_.back() += bytes;
  }
}

void ProtoMessage::Varint(std::uint64_t value) {
  std::string bytes;
  for (; value > 0x7F; value >>= 7) {
    bytes += static_cast<char>((value & 0x7F) | 0x80);
  }
  bytes += static_cast<char>(value);
  Append(std::move(bytes));
}

void ProtoMessage::Key(int field, int wire_type) {
  Varint(static_cast<std::uint64_t>(field) << 3 |
         static_cast<std::uint64_t>(wire_type));
}

void ProtoMessage::Int(int field, std::int64_t value) {
  Key(field, kVarintType);
  Varint(static_cast<std::uint64_t>(value));
}

void ProtoMessage::Float(int field, float value) {
  Key(field, kFixed32Type);
  const auto bits = std::bit_cast<std::uint32_t>(value);
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) {
    bytes += static_cast<char>(bits >> shift);
  }
  Append(std::move(bytes));
}

void ProtoMessage::Bytes(int field, std::string bytes) {
  Key(field, kBytesType);
  Varint(bytes.size());
  Append(std::move(bytes));
}

void ProtoMessage::Message(int field, ProtoMessage message) {
  Key(field, kBytesType);
  Varint(static_cast<std::uint64_t>(message.size_));
  for (std::string& piece : message.pieces_) Append(std::move(piece));
}

void ProtoMessage::WriteTo(
    const std::function<void(std::string_view)>& write) const {
  for (const std::string& piece : pieces_) write(piece);
}

}  // namespace mtlkit
