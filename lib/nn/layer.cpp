#include "nn/layer.h"

#include "base/error.h"

namespace mtlkit {

#define MTLKIT_REGISTRY LayerEntries
#define MTLKIT_REGISTRY_ENTRY LayerEntry
#define MTLKIT_REGISTRY_LIST "nn/layers.def"
#include "base/registry_list.inc"

Space Layer::OutputSpace(std::span<const Space> spaces) const {
  for (const Space& other : spaces) {
    Require(
        other == spaces[0], ErrorKind::kUsage,
        Str("inputs of ", SpaceText(spaces[0]), " and of ", SpaceText(other)),
        "bring them into one space first: flatten, pool");
  }
  return spaces[0];
}

std::string SpaceText(const Space& space) {
  switch (space.kind) {
    case SpaceKind::kRows:
      return "rows";
    case SpaceKind::kGrid:
      return Str("a grid of ", space.height, " x ", space.width);
    case SpaceKind::kTokens:
      return "tokens";
    case SpaceKind::kMembers:
      return Str(space.width, " members");
  }
  return "";
}

}  // namespace mtlkit
