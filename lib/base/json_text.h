#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/view.h"

namespace mtlkit {

// The one door from and to JSON, whose templates compile slowly. A value that
// is_discarded(), of no kind and equal to none, where the text is not JSON.
nlohmann::json ParseJson(std::string_view text);

// The shortest text, from which ParseJson gets the same value. Throws
// nlohmann::json::type_error for strings that are not UTF-8.
std::string DumpJson(const nlohmann::json& json);

// A document for programs as text, `indent` blanks a level; on one line if
// negative. Never fails: what is not UTF-8 becomes U+FFFD. What TerminalText
// would change is escaped, so that a terminal can show it and nothing is lost.
std::string JsonText(const nlohmann::json& json, int indent = -1);

// A number of a document as an integer; nothing where it is none, has a
// fraction, or is beyond what an Index holds.
std::optional<Index> JsonInteger(const nlohmann::json& json);

// The text of a small file: JSON, a list of names. Throws kMissingInput where
// it cannot be read, kBadInput where it is longer than `most` bytes (a device
// never ends). `hint` says what is meant to be given.
std::string ReadTextFile(const std::string& path, std::string_view hint,
                         Index most = Index{16} << 20);

}  // namespace mtlkit
