#include "h5/types.h"

#include <array>

#include "base/error.h"
#include "base/text.h"
#include "h5/digest.h"

namespace mtlkit {
namespace {

// As in FileKind.
constexpr std::array<std::string_view, 6> kKinds = {
    "dataset", "features", "predictions", "model", "checkpoint", "round"};

// As in ElementType.
constexpr std::array<std::string_view, 10> kTypes = {
    "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"};

constexpr std::string_view kHexDigits = "0123456789ABCDEF";
constexpr std::size_t kLongestComponent = 255;
// Of a longer one: bytes at its beginning, and digits of its digest.
constexpr std::size_t kKeptOfLong = 200;
constexpr std::size_t kDigestDigits = 32;

bool IsPlainCharacter(char c, bool first) {
  const bool is_word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       (c >= '0' && c <= '9') || c == '_';
  return is_word || (!first && (c == '.' || c == '-'));
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The beginning of what is too long for a path, and a digest in place of the
// rest. No other name is escaped so: two digits follow a '%' of theirs.
std::string Shortened(std::string component, std::string_view name) {
  std::size_t kept = kKeptOfLong;
  const std::size_t mark = component.rfind('%', kept - 1);
  if (mark != std::string::npos && mark + 3 > kept) kept = mark;
  component.resize(kept);
  return Str(component, "%-", Sha256Of(name).substr(0, kDigestDigits));
}

}  // namespace

std::string_view FileKindName(FileKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

Index ElementCount(const Shape& shape) {
  Index count = 1;
  for (const Index size : shape) count *= size;
  return count;
}

std::string ShapeText(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

Index ElementSize(ElementType type) {
  return ElementTypeName(type)[1] - '0';
}

std::string_view ElementTypeName(ElementType type) {
  return kTypes[static_cast<std::size_t>(type)];
}

std::string EscapeName(std::string_view name) {
  Require(!name.empty(), ErrorKind::kBadInput, "a name is empty");
  std::string component;
  for (const char c : name) {
    if (IsPlainCharacter(c, component.empty())) {
      component += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      component += '%';
      component += kHexDigits[byte >> 4];
      component += kHexDigits[byte & 15];
    }
  }
  return component.size() <= kLongestComponent ? component
                                               : Shortened(component, name);
}

std::string UnescapeName(std::string_view component) {
  std::string name;
  for (std::size_t i = 0; i < component.size(); ++i) {
    if (component[i] == '%' && i + 2 < component.size()) {
      const int high = HexValue(component[i + 1]);
      const int low = HexValue(component[i + 2]);
      if (high >= 0 && low >= 0) {
        name += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    name += component[i];
  }
  return name;
}

}  // namespace mtlkit
