#include "prep/hide_labels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "data/head.h"
#include "data/label_view.h"

namespace mtlkit {
namespace {

// FNV-1a: the draws for a task depend on its name, not on its position.
std::uint64_t HashName(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return hash;
}

// The task and the rest of "TASK=REST".
std::pair<Index, std::string> ReadRequest(std::string_view flag,
                                          std::string_view request,
                                          const Dataset& dataset) {
  const std::size_t equals = request.rfind('=');
  Require(equals != std::string_view::npos, ErrorKind::kUsage,
          Str(flag, " ", request, " is not TASK=AMOUNT"));
  const std::string name(request.substr(0, equals));
  const Index task = FindTask(dataset.tasks, name);
  if (task < 0) {
    const std::vector<std::string> names = NamesOf(dataset.tasks);
    const std::string near = Nearest(name, names);
    Fail(ErrorKind::kUsage,
         Str(flag, ": there is no task '", name, "'",
             near.empty() ? "" : Str("; did you mean '", near, "'?")),
         Str("the tasks are: ", Join(names, ", ")));
  }
  return {task, std::string(request.substr(equals + 1))};
}

// Places of labels in `rows` (ascending).
std::vector<Index> LabelledPlaces(const LabelView& labels,
                                  const std::vector<Index>& rows) {
  std::vector<Index> places;
  for (Index place = 0; place < labels.places(); ++place) {
    if (std::binary_search(rows.begin(), rows.end(), labels.RowOf(place)) &&
        labels.HasLabel(place)) {
      places.push_back(place);
    }
  }
  return places;
}

void Hide(const std::vector<Index>& places, Index cols, Labels* labels) {
  for (const Index place : places) {
    for (Index col = 0; col < cols; ++col) {
      labels->values[At(place * cols + col)] =
          std::numeric_limits<float>::quiet_NaN();
    }
  }
}

struct Kept {
  Index count = 0;
  bool by_class = false;
};

Kept ReadKept(std::string_view request, std::string_view amount,
              const Task& task) {
  Kept kept;
  constexpr std::string_view kPerClass = "/class";
  if (amount.ends_with(kPerClass)) {
    kept.by_class = true;
    amount.remove_suffix(kPerClass.size());
  }
  long long count = 0;
  Require(ParseInteger(amount, &count) && count > 0, ErrorKind::kUsage,
          Str("--keep-labels ", request, " is not TASK=N or TASK=N/class"));
  Require(!kept.by_class || task.traits().one_class, ErrorKind::kUsage,
          Str("--keep-labels ", request, ": a ", TaskTypeName(task.type),
              " task does not have one class a row"),
          Str("--keep-labels ", task.name, "=N keeps N labels"));
  kept.count = count;
  return kept;
}

}  // namespace

void HideLabels(std::string_view request, const std::vector<Index>& rows,
                Seed seed, Dataset* dataset) {
  const auto [task, amount] = ReadRequest("--hide-labels", request, *dataset);
  double fraction = 0;
  Require(ParseNumber(amount, &fraction) && fraction >= 0 && fraction < 1,
          ErrorKind::kUsage,
          Str("--hide-labels ", request, ": ", amount,
              " is not a fraction in [0, 1)"));
  const Task& known = dataset->tasks[static_cast<std::size_t>(task)];
  Labels& labels = dataset->labels[static_cast<std::size_t>(task)];
  std::vector<Index> places = LabelledPlaces(LabelView(*dataset, task), rows);
  Rng(seed, RandomPurpose::kHideLabels, HashName(known.name)).Shuffle(places);
  const double hidden = fraction * static_cast<double>(places.size());
  places.resize(static_cast<std::size_t>(std::llround(hidden)));
  Hide(places, known.target_cols(), &labels);
}

void KeepLabels(std::string_view request, const std::vector<Index>& rows,
                Seed seed, Dataset* dataset, Reporter* reporter) {
  const auto [number, amount] = ReadRequest("--keep-labels", request, *dataset);
  const Task& task = dataset->tasks[static_cast<std::size_t>(number)];
  Labels& labels = dataset->labels[static_cast<std::size_t>(number)];
  const Kept kept = ReadKept(request, amount, task);
  std::vector<Index> places = LabelledPlaces(LabelView(*dataset, number), rows);
  Rng(seed, RandomPurpose::kKeepLabels, HashName(task.name)).Shuffle(places);
  std::vector<Index> hidden;
  std::map<Index, Index> seen;  // kept so far, a class
  if (kept.by_class) {
    for (std::size_t i = 0; i < task.classes.size(); ++i) {
      seen[static_cast<Index>(i)] = 0;
    }
  }
  for (const Index place : places) {
    const Index own =
        kept.by_class
            ? static_cast<Index>(labels.values[static_cast<std::size_t>(place)])
            : 0;
    if (++seen[own] > kept.count) hidden.push_back(place);
  }
  for (const auto& [own, count] : seen) {
    if (count >= kept.count) continue;
    const std::string what =
        kept.by_class
            ? Str("class '", task.classes[static_cast<std::size_t>(own)],
                  "' of task '", task.name, "'")
            : Str("task '", task.name, "'");
    reporter->Warn(Str("--keep-labels: ", what, " has only ",
                       Counted(count, "label", "labels"),
                       " in the training rows"));
  }
  Hide(hidden, task.target_cols(), &labels);
}

}  // namespace mtlkit
