#include "data/id_index.h"

namespace mtlkit {

IdIndex::IdIndex(const RowIds& ids) {
  if (const auto* numbers = std::get_if<0>(&ids)) {
    numbers_.reserve(numbers->size());
    for (std::size_t i = 0; i < numbers->size(); ++i) {
      numbers_.emplace((*numbers)[i], static_cast<Index>(i));
    }
    return;
  }
  const auto& texts = std::get<1>(ids);
  texts_.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts_.emplace(texts[i], static_cast<Index>(i));
  }
}

Index IdIndex::Find(const RowIds& ids, Index row) const {
  const auto i = At(row);
  if (const auto* numbers = std::get_if<0>(&ids)) {
    const auto found = numbers_.find((*numbers)[i]);
    return found == numbers_.end() ? -1 : found->second;
  }
  const auto found = texts_.find(std::get<1>(ids)[i]);
  return found == texts_.end() ? -1 : found->second;
}

}  // namespace mtlkit
