#include "data/id_index.h"

namespace mtlkit {

IdIndex::IdIndex(const RowIds& ids) {
  if (const auto* numbers = std::get_if<NumberIds>(&ids)) {
    if (numbers->is_running()) {
      running_ = *numbers;
      return;
    }
    numbers_.reserve(numbers->size());
    for (std::size_t i = 0; i < numbers->size(); ++i) {
      numbers_.emplace((*numbers)[i], static_cast<Index>(i));
    }
    return;
  }
  const auto& texts = std::get<TextIds>(ids);
  texts_.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts_.emplace(texts[i], static_cast<Index>(i));
  }
}

Index IdIndex::Find(const RowIds& ids, Index row) const {
  const auto i = At(row);
  if (const auto* numbers = std::get_if<NumberIds>(&ids)) {
    const std::int64_t number = (*numbers)[i];
    if (!running_.empty()) {
      const bool is_there =
          number >= running_[0] && number <= running_[running_.size() - 1];
      return is_there ? number - running_[0] : -1;
    }
    const auto found = numbers_.find(number);
    return found == numbers_.end() ? -1 : found->second;
  }
  const auto found = texts_.find(std::get<TextIds>(ids)[i]);
  return found == texts_.end() ? -1 : found->second;
}

}  // namespace mtlkit
