#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "interop/foreign_weights.h"

namespace mtlkit {

// A line of a map. Both sides may hold `*`; each stands for the same text on
// both sides, in order.
struct MapRule {
  enum class Turn { kByConvention, kTranspose, kAsIs };

  std::string ours;    // "trunk.0/kernel", "head.*/bias"
  Index first = 0;     // columns of ours that it fills ...
  Index end = -1;      // ... up to this one; -1: all
  std::string theirs;  // "backbone.0.weight"; "" if the parameter stays fresh
  Turn turn = Turn::kByConvention;
  Index line = 0;  // in its file

  // What `theirs` says for a parameter of this name; nothing where the rule is
  // not for it.
  std::optional<std::string> TheirsFor(std::string_view name) const;
};

// Which arrays of another framework become which parameters, as text:
//
//   # ours              theirs
//   trunk.0/kernel      backbone.0.weight
//   head.*/kernel       heads.*.weight
//   trunk.1/kernel      enc.kernel  transpose    (or: as-is)
//   heads./kernel[0:1]  out_a.weight             (some of the columns)
//   *                   fresh
//
// The first line that is for a parameter counts; of lines with columns all
// do. kUsage for anything else, with the file's name and the line in front.
std::vector<MapRule> ParseNameMap(std::string_view text,
                                  const std::string& name);

// The names that a parameter may have where no map says otherwise: ours, what
// PyTorch calls such a parameter of a module of the layer's name, and the same
// of a module `module`, as an export calls it ("trunk.0/kernel",
// "trunk.0.weight", "trunk_0.weight").
std::vector<std::string> UsualNames(std::string_view name,
                                    std::string_view module);

}  // namespace mtlkit
