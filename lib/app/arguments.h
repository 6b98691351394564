#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mtlkit {

// What a flag looks like, without what it means.
struct FlagSyntax {
  std::string name;          // "batch", for --batch
  std::string short_name;    // "o", for -o; or ""
  int values = 1;            // how many it takes each time; 0: a switch
  std::string allowed = {};  // values, for a hint: "one of a, b"; or ""
};

// Arguments sorted out: for each flag the values of all its occurrences one
// after another, and how often it occurred.
struct Arguments {
  std::vector<std::vector<std::string>> values;
  std::vector<std::size_t> counts;
  std::vector<std::string> operands;
  std::vector<std::string> unknown;  // flags that are not known, as written
};

// Understands --name value, --name=value, -o value, -ovalue, -vv and "--". A
// flag without its value is an error (kUsage).
Arguments SplitArguments(std::span<const std::string> arguments,
                         std::span<const FlagSyntax> flags);

}  // namespace mtlkit
