#pragma once

#include <map>
#include <string>
#include <vector>

#include "h5/types.h"

namespace mtlkit {

// An attribute in a file of another program, as numbers or as texts.
struct ForeignAttribute {
  bool is_text = false;
  Shape shape;  // empty for a single one
  std::vector<double> numbers = {};
  std::vector<std::string> texts = {};
};

// What is at a path of an HDF5 file that another program made.
struct ForeignObject {
  enum class Kind {
    kGroup,
    kNumbers,  // of any width and byte order; truth values are 0 and 1
    kTexts,    // of fixed or variable length
    kUnread,   // something else; `why_unread` says what
  };

  Kind kind = Kind::kGroup;
  ElementType type = ElementType::kF32;  // what numbers are read as, exactly
  Shape shape = {};
  // "is a virtual dataset, ...": why its values are not read.
  std::string why_unread = {};
  // Those that are numbers or texts.
  std::map<std::string, ForeignAttribute, std::less<>> attributes = {};

  bool is_array() const { return kind != Kind::kGroup; }
};

// By path without a slash in front, in the order of bytes; the root is "".
using ForeignObjects = std::map<std::string, ForeignObject, std::less<>>;

}  // namespace mtlkit
