#include "eval/join.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "eval/joined_rows.h"
#include "eval/task_joiner.h"

namespace mtlkit {
namespace {

// Labels of other tasks only would leave nothing to measure.
void RequireSharedTask(const std::vector<NamedSource>& models,
                       const Dataset& truth) {
  std::string names;
  for (const NamedSource& model : models) {
    for (const SourceTask& one : model.source->tasks()) {
      if (FindTask(truth.tasks, one.task.name) >= 0) return;
      names += (names.empty() ? "" : ", ") + one.task.name;
    }
  }
  Fail(ErrorKind::kBadInput,
       Str("--data has none of the predicted tasks: ", names),
       "give a dataset that mtl-prep made with these tasks");
}

// Rows of the models that `truth` has, where each of its rows is.
Index FoundRows(const Dataset& truth, const std::vector<std::int32_t>& places) {
  if (places.empty()) return IdCount(truth.ids);  // they are the same
  return std::ranges::count_if(places, [](Index place) { return place >= 0; });
}

// Nothing would be measured, and nothing said of why.
void RequireFoundRows(const JoinedRows& rows, const Dataset& truth,
                      Index found) {
  if (found > 0 || rows.count() == 0) return;
  std::string ids;
  if (IdCount(truth.ids) > 0) {
    ids = Str(": its ids are like '", IdText(truth.ids, 0),
              "', the predicted ones like '", rows.Text(0), "'");
  }
  Fail(ErrorKind::kBadInput,
       Str("--data has none of the ",
           Counted(rows.count(), "predicted row", "predicted rows"), ids),
       "give a file with the ids of the rows that were predicted (mtl-convert "
       "--type COLUMN=id)");
}

// "income, age"
std::string TaskNames(const PredictionSource& source) {
  std::string names;
  for (const SourceTask& task : source.tasks()) {
    names += (names.empty() ? "" : ", ") + task.task.name;
  }
  return names;
}

JoinedHead HeadOf(const std::vector<NamedSource>& models) {
  JoinedHead head;
  head.split = models.front().source->split();
  for (const NamedSource& model : models) {
    head.models.push_back(model.name);
    head.selected_on.push_back(model.source->selected_on());
    head.has_model.push_back(model.source->has_model());
    head.seen.push_back(model.source->seen());
    if (model.source->split() != head.split) head.split.clear();
  }
  return head;
}

// Tasks in the order in which they are met, with the number of models.
std::vector<std::pair<std::string, int>> TasksOf(
    const std::vector<NamedSource>& models) {
  std::vector<std::pair<std::string, int>> tasks;
  std::unordered_map<std::string, std::size_t> places;
  for (const NamedSource& model : models) {
    for (const SourceTask& task : model.source->tasks()) {
      const auto [place, is_new] = places.emplace(task.task.name, tasks.size());
      if (is_new) tasks.emplace_back(task.task.name, 0);
      ++tasks[place->second].second;
    }
  }
  return tasks;
}

void RequireCommonTasks(const std::vector<NamedSource>& models,
                        const std::vector<std::pair<std::string, int>>& tasks) {
  std::set<std::string> common;
  for (const auto& [name, count] : tasks) {
    if (count > 1) common.insert(name);
  }
  for (std::size_t i = 0; i < models.size() && models.size() > 1; ++i) {
    const auto& own = models[i].source->tasks();
    if (std::any_of(own.begin(), own.end(), [&](const auto& task) {
          return common.contains(task.task.name);
        })) {
      continue;
    }
    const NamedSource& other = models[i == 0 ? 1 : 0];
    Fail(
        ErrorKind::kBadInput,
        Str("'", models[i].Label(), "' has no task in common with the others: ",
            TaskNames(*models[i].source), "; '", other.Label(), "' has ",
            TaskNames(*other.source)),
        "compare models of the same tasks");
  }
}

// Groups of rows as they become known.
class JoinedGroups {
 public:
  explicit JoinedGroups(const JoinedRows& rows) : rows_(rows) {}

  // `place(i)`: where row i of `groups` is among the joined ones, -1: nowhere.
  template <class Place>
  void Add(const std::vector<std::int64_t>& groups, const std::string& name,
           Place place) {
    if (groups.empty()) return;
    group_.resize(At(rows_.count()));
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const Index row = place(static_cast<Index>(i));
      if (row < 0) continue;
      std::optional<std::int64_t>& known = group_[At(row)];
      Require(!known || *known == groups[i], ErrorKind::kBadInput,
              Str(name, ": row '", rows_.Text(row), "' is of group ", groups[i],
                  ", and of ", known.value_or(0), " elsewhere"),
              "compare predictions of one dataset");
      known = groups[i];
    }
  }

  std::vector<std::int64_t> Take() const {
    std::vector<std::int64_t> all;
    std::int64_t alone = std::numeric_limits<std::int64_t>::min();
    for (const auto& known : group_) all.push_back(known ? *known : alone++);
    return all;
  }

 private:
  const JoinedRows& rows_;
  std::vector<std::optional<std::int64_t>> group_;
};

}  // namespace

struct JoinedModels::State {
  State(std::vector<NamedSource> given, const Dataset* given_truth)
      : models(std::move(given)),
        truth(given_truth),
        head(HeadOf(models)),
        tasks(TasksOf(models)) {
    RequireCommonTasks(models, tasks);
    if (truth != nullptr) RequireSharedTask(models, *truth);
    rows.emplace(models);
    head.rows = rows->count();
    if (truth != nullptr) {
      truth_rows = rows->Find(truth->ids);
      const Index found = FoundRows(*truth, truth_rows);
      RequireFoundRows(*rows, *truth, found);
      head.not_in_truth = head.rows - found;
    }
    FindGroups();
  }

  // Those of files are of the dataset that was predicted, which may number
  // them otherwise than `truth`.
  void FindGroups() {
    JoinedGroups groups(*rows);
    const bool from_truth = truth != nullptr && !truth->groups.empty();
    if (from_truth) {
      groups.Add(truth->groups, "--data", [&](Index row) {
        return truth_rows.empty() ? row : truth_rows[At(row)];
      });
    }
    for (std::size_t i = 0; i < models.size() && !from_truth; ++i) {
      groups.Add(models[i].source->Groups(), models[i].Label(),
                 [&](Index row) { return rows->Of(i, row); });
    }
    head.groups = groups.Take();
  }

  std::vector<NamedSource> models;
  const Dataset* truth;
  JoinedHead head;
  std::vector<std::pair<std::string, int>> tasks;
  std::optional<JoinedRows> rows;
  std::vector<std::int32_t> truth_rows;
};

JoinedModels::JoinedModels(std::vector<NamedSource> models,
                           const Dataset* truth)
    : state_(std::make_unique<State>(std::move(models), truth)) {}
JoinedModels::~JoinedModels() = default;
JoinedModels::JoinedModels(JoinedModels&&) noexcept = default;

const JoinedHead& JoinedModels::head() const {
  return state_->head;
}

Index JoinedModels::task_count() const {
  return static_cast<Index>(state_->tasks.size());
}

const std::string& JoinedModels::TaskName(Index task) const {
  return state_->tasks[At(task)].first;
}

bool JoinedModels::Predicts(std::size_t model, Index task) const {
  return state_->models[model].source->FindTask(TaskName(task)) >= 0;
}

JoinedTask JoinedModels::Take(Index task) const {
  TaskJoiner joiner(state_->models, *state_->rows, TaskName(task));
  for (std::size_t i = 0; i < state_->models.size(); ++i) {
    joiner.AddModel(i, state_->truth == nullptr);
  }
  if (state_->truth != nullptr) {
    joiner.TakeTruth(*state_->truth, state_->truth_rows);
  }
  return joiner.Finish();
}

}  // namespace mtlkit
