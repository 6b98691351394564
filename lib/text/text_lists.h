#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mtlkit {

// Names of columns, one a line; or a UCI ".names" file, whose lines
// "age: continuous." name all columns but the last, which is called `class`.
std::vector<std::string> ReadColumnNames(const std::string& path);

// The names in Mulan's list of labels: <labels><label name="..."/></labels>,
// in order; entities are decoded, nested labels come after their parents.
std::vector<std::string> ReadLabelList(const std::string& path);

// Text of a file as a message shows it: one line, at most 40 bytes.
std::string ShowText(std::string_view text);
// A word as a shell takes it: quoted where it must be.
std::string ShellWord(std::string_view text);

}  // namespace mtlkit
