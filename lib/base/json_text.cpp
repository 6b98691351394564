#include "base/json_text.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/error.h"
#include "base/terminal_text.h"

namespace mtlkit {

nlohmann::json ParseJson(std::string_view text) {
  return nlohmann::json::parse(text, nullptr, false);
}

std::string DumpJson(const nlohmann::json& json) {
  return json.dump();
}

std::string JsonText(const nlohmann::json& json, int indent) {
  const std::string text =
      json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
  // The document escapes C0 itself. A line that is clean, nearly all are, is
  // kept; of another everything beyond ASCII is escaped as JSON does.
  if (TerminalText(text) == text) return text;
  std::string ascii =
      json.dump(indent, ' ', true, nlohmann::json::error_handler_t::replace);
  std::string clean;
  clean.reserve(ascii.size());
  for (const char c : ascii) {
    if (c == '\x7f') {
      clean += "\\u007f";
    } else {
      clean += c;
    }
  }
  return clean;
}

std::optional<Index> JsonInteger(const nlohmann::json& json) {
  if (!json.is_number_integer()) return std::nullopt;
  if (json.is_number_unsigned() &&
      json.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
    return std::nullopt;
  }
  return json.get<Index>();
}

std::string ReadTextFile(const std::string& path, std::string_view hint,
                         Index most) {
  std::error_code none;
  Require(!std::filesystem::is_directory(path, none), ErrorKind::kMissingInput,
          Str(path, ": is a folder, not a file"), hint);
  std::ifstream file(path, std::ios::binary);
  Require(file.is_open(), ErrorKind::kMissingInput,
          Str(path, ": cannot be read"), hint);
  constexpr Index kPiece = Index{64} << 10;
  std::string text;
  while (file && static_cast<Index>(text.size()) <= most) {
    const std::size_t size = text.size();
    text.resize(size + static_cast<std::size_t>(kPiece));
    file.read(text.data() + size, kPiece);
    text.resize(size + static_cast<std::size_t>(file.gcount()));
  }
  Require(static_cast<Index>(text.size()) <= most, ErrorKind::kBadInput,
          Str(path, ": has more than ", most, " bytes"), hint);
  return text;
}

}  // namespace mtlkit
