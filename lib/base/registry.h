#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/options.h"

namespace mtlkit {

// A registry is an explicit list of entries, one line each in a `.def` file:
//
//   // losses.def
//   MTLKIT_ENTRY(kSquaredLoss)
//
// expanded once in losses.cpp into `extern const LossEntry kSquaredLoss;` and
// into an array of pointers. An entry has at least `name` and `help`. There
// are no self-registering statics: linkers drop them from static libraries.

// The entry called `name`; otherwise an error that lists all names and the
// nearest one. `what` is the kind of thing ("loss").
template <class Entry>
const Entry& FindEntry(std::span<const Entry* const> entries,
                       std::string_view what, std::string_view name) {
  std::vector<std::string> names;
  for (const Entry* entry : entries) {
    if (entry->name == name) return *entry;
    names.emplace_back(entry->name);
  }
  std::string list;
  for (const std::string& known : names) {
    list += (list.empty() ? "" : ", ") + known;
  }
  const std::string nearest = Nearest(name, names);
  Fail(ErrorKind::kUsage,
       Str("there is no ", what, " '", name, "'",
           nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
       Str("known: ", list));
}

}  // namespace mtlkit
