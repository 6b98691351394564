#include "prep/known_columns.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/options.h"
#include "base/text.h"
#include "data/head.h"
#include "prep/date_columns.h"

namespace mtlkit {
namespace {

// Whether a column of numbers would name its classes so.
bool IsPlainNumber(const std::string& text) {
  double value = 0;
  return ParseNumber(text, &value) &&
         (FormatNumber(value) == text ||
          FormatNumber(static_cast<float>(value)) == text);
}

// What one view says of a column.
struct Saying {
  bool is_date = false;
  bool has_categories = false;
  std::vector<std::string> categories;
};

class Collector {
 public:
  void AddInputs(const std::vector<InputSpec>& blocks) {
    for (const InputSpec& spec : blocks) {
      for (std::size_t col = 0; col < spec.columns.size(); ++col) {
        const std::string& name = spec.columns[col];
        Saying saying;
        saying.is_date = std::ranges::count(spec.dates, name) > 0;
        saying.has_categories = spec.kind == InputKind::kCategorical;
        if (saying.has_categories) saying.categories = spec.categories[col];
        Add(name, std::move(saying));
      }
    }
  }

  // Classes that are plain numbers may be of a column of numbers, which are
  // compared by value.
  void AddTask(const Task& task) {
    if (!task.is_classification() || !task.traits().one_class) return;
    Saying saying{false, true, task.classes};
    saying.categories.insert(saying.categories.end(),
                             task.source.dropped.begin(),
                             task.source.dropped.end());
    if (std::ranges::all_of(saying.categories, IsPlainNumber)) return;
    const auto& columns = task.source.columns;
    const std::string& name = columns.empty() ? task.name : columns.front();
    if (said_.count(name) == 0) Add(name, std::move(saying));
  }

  KnownColumns Take() && {
    KnownColumns known;
    for (auto& [name, saying] : said_) {
      if (disputed_.count(name) > 0) continue;
      if (saying.is_date) known.dates.push_back(name);
      if (!saying.has_categories) continue;
      known.categories.emplace(name, std::move(saying.categories));
    }
    return known;
  }

 private:
  void Add(const std::string& name, Saying saying) {
    const auto at = said_.find(name);
    if (at == said_.end()) {
      said_.emplace(name, std::move(saying));
      return;
    }
    Saying& known = at->second;
    if (known.is_date != saying.is_date ||
        known.has_categories != saying.has_categories) {
      disputed_.insert(name);
    }
    known.categories.insert(known.categories.end(), saying.categories.begin(),
                            saying.categories.end());
  }

  std::map<std::string, Saying> said_;
  std::set<std::string> disputed_;
};

}  // namespace

KnownColumns ColumnsKnown(const TransformRecords& transforms,
                          const Schema& schema) {
  Collector collector;
  if (transforms.empty()) {
    collector.AddInputs(schema.inputs);
  } else if (const std::optional<Selection> table = TableBehind(transforms)) {
    collector.AddInputs(table->blocks);
  }
  for (const Task& task : schema.tasks) collector.AddTask(task);
  return std::move(collector).Take();
}

}  // namespace mtlkit
