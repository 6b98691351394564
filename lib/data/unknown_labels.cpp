#include "data/unknown_labels.h"

namespace mtlkit {

std::int32_t UnknownLabelList::Add(const std::string& name) {
  ++unknown_.cells;
  return AddToCell(name);
}

std::int32_t UnknownLabelList::AddToCell(const std::string& name) {
  const auto [at, is_new] =
      numbers_.emplace(name, static_cast<std::int32_t>(unknown_.names.size()));
  if (is_new) unknown_.names.push_back(name);
  return at->second;
}

void SetUnknown(Index place, Index places, std::int32_t name,
                std::vector<std::int32_t>* unknown) {
  if (unknown->empty()) unknown->assign(At(places), -1);
  (*unknown)[At(place)] = name;
}

}  // namespace mtlkit
