#include "text/id_list.h"

#include <algorithm>

#include "base/text.h"

namespace mtlkit {

void IdList::Add(std::string_view text) {
  long long number = 0;
  if (texts_.empty() && ParseInteger(text, &number) &&
      std::to_string(number) == text) {
    numbers_.push_back(number);
    return;
  }
  for (const std::int64_t earlier : numbers_) {
    texts_.push_back(std::to_string(earlier));
  }
  numbers_ = {};
  texts_.emplace_back(text);
}

RowIds IdList::Take() && {
  if (texts_.empty()) return std::move(numbers_);
  return std::move(texts_);
}

std::pair<Index, Index> FindTwice(const RowIds& ids) {
  return std::visit(
      [](const auto& values) -> std::pair<Index, Index> {
        std::vector<Index> order(values.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
          order[i] = static_cast<Index>(i);
        }
        const auto value = [&](Index row) -> decltype(auto) {
          return values[At(row)];
        };
        std::sort(order.begin(), order.end(), [&](Index a, Index b) {
          if (value(a) != value(b)) return value(a) < value(b);
          return a < b;
        });
        for (std::size_t i = 1; i < order.size(); ++i) {
          if (value(order[i - 1]) == value(order[i])) {
            return {order[i - 1], order[i]};
          }
        }
        return {-1, -1};
      },
      ids);
}

}  // namespace mtlkit
