#include "prep/stratify.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/name_said.h"
#include "base/options.h"
#include "base/text.h"
#include "data/head.h"
#include "data/label_view.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

constexpr Index kMostBins = 10;

// The least part that rows are dealt out to.
double LeastFraction(const PrepareOptions& options) {
  double least = 1;
  for (const std::string& text : options.split) {
    least = std::min(least, ParseSplitPart(text).fraction);
  }
  if (options.folds > 0) {
    least = std::min(least, 1.0 / static_cast<double>(options.folds));
  }
  return least;
}

// Values of fewer rows than there are parts cannot be dealt out by share.
void RequireUsefulStrata(const CodedColumn& coded, const std::string& name,
                         double least) {
  std::vector<Index> rows(coded.names.size());
  for (const std::int32_t code : coded.codes) {
    if (code >= 0) ++rows[At(code)];
  }
  Index all = 0;
  Index small = 0;
  for (const Index count : rows) {
    all += count;
    if (static_cast<double>(count) * least < 1) small += count;
  }
  Require(2 * small <= all, ErrorKind::kUsage,
          Str("--stratify ", name, " has no effect: the column has ",
              coded.names.size(), " different values in ", all,
              " rows, most of them too rare to have a share in every part"),
          "name a task, or a column of few values");
}

using VisitLabel = std::function<void(Index row, Index label)>;

// What each row has of the tasks and columns named.
class LabelLister {
 public:
  LabelLister(const Dataset& data, const std::vector<TableColumn>& columns,
              double least)
      : data_(data), columns_(columns), least_(least) {}

  // Calls visit(row, label) for all that rows have of `name`; labels are
  // numbered from 0 on, and their count is returned.
  Index ForLabels(const std::string& name, const VisitLabel& visit) const {
    const Index task = TaskOf(name);
    if (task < 0) {
      const CodedColumn coded =
          CodeColumns(data_, FindOneColumn(columns_, name, "--stratify"));
      RequireUsefulStrata(coded, name, least_);
      for (std::size_t row = 0; row < coded.codes.size(); ++row) {
        if (coded.codes[row] >= 0) {
          visit(static_cast<Index>(row), coded.codes[row]);
        }
      }
      return std::ssize(coded.names);
    }
    const LabelView labels(data_, task);
    if (labels.task().traits().is_map) return ForMaps(labels, visit);
    return labels.task().is_classification() ? ForClasses(labels, visit)
                                             : ForBins(labels, visit);
  }

  // Whether the labels of a task can be dealt out.
  bool CanDeal(const Task& task) const {
    if (task.is_classification()) return true;
    const LabelView labels(data_, TaskOf(task.name));
    for (Index col = 0; col < labels.cols(); ++col) {
      Index known = 0;
      for (Index place = 0; place < labels.places(); ++place) {
        known += !std::isnan(labels.Value(place, col));
      }
      if (MostBins(static_cast<double>(known)) <= 1) return false;
    }
    return true;
  }

  // Whether a row has at most one label of `name`.
  bool IsOneEach(const std::string& name) const {
    const Index task = TaskOf(name);
    if (task < 0) return true;
    const Task& known = data_.tasks[At(task)];
    if (known.traits().is_map) return true;
    return known.is_classification() ? known.traits().one_class
                                     : known.target_cols() == 1;
  }

 private:
  Index TaskOf(const std::string& name) const {
    return FindTask(data_.tasks, name);
  }

  // Whether there is a lesion: the largest class of an image's pixels.
  static Index ForMaps(const LabelView& labels, const VisitLabel& visit) {
    for (Index place = 0; place < labels.places(); ++place) {
      float most = -1;
      for (Index col = 0; col < labels.cols(); ++col) {
        most = std::fmax(most, labels.Value(place, col));
      }
      if (most >= 0) visit(labels.RowOf(place), static_cast<Index>(most));
    }
    return std::ssize(labels.task().classes);
  }

  static Index ForClasses(const LabelView& labels, const VisitLabel& visit) {
    const bool several = !labels.task().traits().one_class;
    for (Index place = 0; place < labels.places(); ++place) {
      for (Index col = 0; col < labels.cols(); ++col) {
        const float value = labels.Value(place, col);
        if (several && value > 0) {
          visit(labels.RowOf(place), col);
        } else if (!several && value >= 0) {
          visit(labels.RowOf(place), static_cast<Index>(value));
        }
      }
    }
    return several ? labels.cols() : std::ssize(labels.task().classes);
  }

  // A bin of fewer rows could not be in every part.
  Index MostBins(double known) const {
    return std::min(kMostBins, static_cast<Index>(known * least_));
  }

  // Each column of a regression in bins of its own.
  Index ForBins(const LabelView& labels, const VisitLabel& visit) const {
    Index count = 0;
    for (Index col = 0; col < labels.cols(); ++col) {
      std::vector<float> numbers;
      for (Index place = 0; place < labels.places(); ++place) {
        numbers.push_back(labels.Value(place, col));
      }
      const auto known = static_cast<double>(std::ranges::count_if(
          numbers, [](float number) { return !std::isnan(number); }));
      const Index most = MostBins(known);
      Require(most > 1, ErrorKind::kUsage,
              Str("--stratify ", labels.task().name, " has no effect: of ",
                  known, " labels no two bins have a share in every part"),
              "leave it out, or make larger parts");
      const std::vector<std::int64_t> bins = QuantileBins(numbers, most);
      for (Index place = 0; place < labels.places(); ++place) {
        if (bins[At(place)] < 0) continue;
        visit(labels.RowOf(place), count + bins[At(place)]);
      }
      count += most;
    }
    return count;
  }

  const Dataset& data_;
  const std::vector<TableColumn>& columns_;
  double least_;
};

// Tasks and columns that --stratify names: one, whose name may have commas, or
// several between commas; patterns are of tasks.
std::vector<std::string> StratifyNames(const Dataset& data,
                                       const std::vector<TableColumn>& columns,
                                       const std::string& said) {
  const std::vector<std::string> tasks = NamesOf(data.tasks);
  const auto is_name = [&](const std::string& name) {
    return std::ranges::count(tasks, name) > 0 ||
           std::ranges::any_of(columns, [&](const TableColumn& column) {
             return column.name() == name;
           });
  };
  for (const std::string& whole :
       {NameSaid(said, tasks), ColumnSaid(columns, said)}) {
    if (is_name(whole)) return {whole};
  }
  std::vector<std::string> names;
  for (const std::string& part : SplitNames(said)) {
    const std::size_t before = names.size();
    for (const std::string& task : tasks) {
      if (!is_name(part) && MatchesPattern(part, task)) names.push_back(task);
    }
    if (names.size() == before) names.push_back(part);
  }
  return names;
}

// Sets the strata of `method` to the labels that rows have of these names.
void StratifyBy(const LabelLister& lister,
                const std::vector<std::string>& names, Index rows,
                SplitMethod* method) {
  const bool is_grouped = method->kind == SplitMethod::kGrouped;
  if (names.size() == 1 && !is_grouped && lister.IsOneEach(names[0])) {
    method->kind = SplitMethod::kStratified;
    method->numbers.assign(At(rows), -1);
    lister.ForLabels(names[0], [&](Index row, Index label) {
      method->numbers[At(row)] = label;
    });
    return;
  }
  if (!is_grouped) method->kind = SplitMethod::kMultilabel;
  method->labels.resize(At(rows));
  for (const std::string& name : names) {
    const Index first = method->label_count;
    method->label_count += lister.ForLabels(name, [&](Index row, Index label) {
      method->labels[At(row)].push_back(first + label);
    });
  }
}

}  // namespace

std::vector<std::int64_t> QuantileBins(const std::vector<float>& numbers,
                                       Index most) {
  std::vector<float> sorted;
  for (const float number : numbers) {
    if (!std::isnan(number)) sorted.push_back(number);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<float> edges;  // the least number of each bin but the first
  for (Index bin = 1; bin < most && !sorted.empty(); ++bin) {
    edges.push_back(sorted[sorted.size() * At(bin) / At(most)]);
  }
  std::vector<std::int64_t> bins;
  bins.reserve(numbers.size());
  for (const float number : numbers) {
    const auto above = std::upper_bound(edges.begin(), edges.end(), number);
    bins.push_back(std::isnan(number) ? -1 : above - edges.begin());
  }
  return bins;
}

void Stratify(const Dataset& data, const std::vector<TableColumn>& columns,
              const PrepareOptions& options, SplitMethod* method) {
  StratifyBy(LabelLister(data, columns, LeastFraction(options)),
             StratifyNames(data, columns, options.stratify), data.rows, method);
}

void StratifyByTasks(const Dataset& data, double least, SplitMethod* method) {
  const std::vector<TableColumn> no_columns;
  const LabelLister lister(data, no_columns, least);
  std::vector<std::string> names;
  for (const Task& task : data.tasks) {
    if (lister.CanDeal(task)) names.push_back(task.name);
  }
  if (!names.empty()) StratifyBy(lister, names, data.rows, method);
}

}  // namespace mtlkit
