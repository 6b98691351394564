#include "data/task_families.h"

#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace mtlkit {

std::vector<std::vector<Index>> MembersOfFamilies(std::span<const Task> tasks) {
  // What curves do to labels: tasks that learn something else have no scale in
  // common.
  using Curves = std::vector<std::pair<std::string, std::vector<double>>>;
  using Key = std::tuple<std::vector<std::string>, std::string,
                         std::string_view, Index, Curves>;
  std::map<Key, std::size_t> numbers;
  std::vector<std::vector<Index>> families;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const LabelSource& source = tasks[i].source;
    if (source.per_column.empty()) continue;
    Curves curves;
    for (const TargetCurve& curve : tasks[i].curves) {
      curves.emplace_back(curve.name, curve.numbers);
    }
    const Key key{source.columns, source.per_column, tasks[i].type.name(),
                  tasks[i].width, std::move(curves)};
    const auto [at, is_new] = numbers.try_emplace(key, families.size());
    if (is_new) families.emplace_back();
    families[at->second].push_back(static_cast<Index>(i));
  }
  std::erase_if(families, [](const auto& family) { return family.size() < 2; });
  return families;
}

std::vector<Index> TaskFamilies(std::span<const Task> tasks) {
  std::vector<Index> family_of(tasks.size(), -1);
  Index number = 0;
  for (const auto& family : MembersOfFamilies(tasks)) {
    for (const Index task : family) family_of[At(task)] = number;
    ++number;
  }
  return family_of;
}

}  // namespace mtlkit
