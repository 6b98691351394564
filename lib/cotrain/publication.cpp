#include "cotrain/publication.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/error.h"
#include "base/text.h"
#include "data/blocks.h"
#include "data/dataset_io.h"
#include "data/head.h"
#include "data/id_index.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

constexpr StoreOptions kPacked = {Compress::kAuto};

// Ids of some rows; texts or numbers, as the dataset has them.
void WriteIdsOf(FileWriter& file, const std::string& path,
                const Dataset& dataset, const std::vector<Index>& rows) {
  WriteIds(file, path, TakeIds(dataset.ids, rows));
}

std::vector<Index> ReadRowsById(const FileReader& file, const std::string& path,
                                const Dataset& dataset, const IdIndex& index) {
  RowIds ids;
  if (file.Info(path).is_text) {
    ids = file.ReadTexts(path);
  } else {
    ids = file.ReadList<std::int64_t>(path);
  }
  std::vector<Index> rows;
  for (Index i = 0; i < IdCount(ids); ++i) {
    rows.push_back(index.Find(ids, i));
    if (rows.back() < 0) {
      Fail(ErrorKind::kBadInput,
           Str(file.name(), ": ", path, ": the row '", IdText(ids, i),
               "' is not in the run's data (",
               Counted(dataset.rows, "row", "rows"), ")"),
           "it was published for other data");
    }
  }
  return rows;
}

template <class T, class Get>
std::vector<T> Column(const std::vector<Selection>& selections,
                      const Get& get) {
  std::vector<T> values;
  values.reserve(selections.size());
  for (const Selection& selection : selections) {
    values.push_back(static_cast<T>(get(selection)));
  }
  return values;
}

void WriteSelections(FileWriter& file, const std::vector<Selection>& selections,
                     const Dataset& dataset) {
  WriteIdsOf(file, "select/id", dataset,
             Column<Index>(selections, [](auto& s) { return s.row; }));
  const auto list = [&]<class T>(const char* name, T, auto get) {
    file.WriteList(std::string("select/") + name, Column<T>(selections, get),
                   kPacked);
  };
  list("task", std::int32_t{}, [](auto& s) { return s.task; });
  list("label", float{}, [](auto& s) { return s.label; });
  list("weight", float{}, [](auto& s) { return s.weight; });
  list("proposer", std::int32_t{}, [](auto& s) { return s.proposer; });
  list("receiver", std::int32_t{}, [](auto& s) { return s.receiver; });
  list("round", std::int32_t{}, [](auto& s) { return s.round; });
  if (std::ranges::any_of(selections, [](auto& s) { return s.col > 0; })) {
    list("col", std::int32_t{}, [](auto& s) { return s.col; });
  }
}

// Whether a task of the run can have this label.
bool IsLabelOf(const Dataset& dataset, const Selection& selection) {
  if (selection.task < 0 || selection.task >= std::ssize(dataset.tasks)) {
    return false;
  }
  const Task& task = dataset.tasks[At(selection.task)];
  const Index count = task.head().label_count(task);
  return selection.col >= 0 && selection.col < task.target_cols() &&
         std::isfinite(selection.label) && selection.weight >= 0 &&
         std::isfinite(selection.weight) &&
         (count == 0 || (selection.label >= 0 &&
                         selection.label < static_cast<float>(count)));
}

std::vector<Selection> ReadSelections(const FileReader& file,
                                      const Dataset& dataset,
                                      const IdIndex& index) {
  std::vector<Selection> selections;
  if (!file.Has("select/id")) return selections;
  const auto rows = ReadRowsById(file, "select/id", dataset, index);
  const auto task = file.ReadList<std::int32_t>("select/task");
  const auto label = file.ReadList<float>("select/label");
  const auto weight = file.ReadList<float>("select/weight");
  const auto proposer = file.ReadList<std::int32_t>("select/proposer");
  const auto receiver = file.ReadList<std::int32_t>("select/receiver");
  const auto round = file.ReadList<std::int32_t>("select/round");
  std::vector<std::int32_t> col(rows.size(), 0);
  if (file.Has("select/col")) {
    col = file.ReadList<std::int32_t>("select/col");
  }
  for (const std::size_t size :
       {task.size(), label.size(), weight.size(), proposer.size(),
        receiver.size(), round.size(), col.size()}) {
    Require(size == rows.size(), ErrorKind::kBadInput,
            Str(file.name(), ": select: its lists differ in length"));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    selections.push_back({task[i], rows[i], label[i], weight[i], proposer[i],
                          receiver[i], round[i], col[i]});
    Require(IsLabelOf(dataset, selections.back()), ErrorKind::kBadInput,
            Str(file.name(), ": select: entry ", i,
                " has no task, class or weight of this run"));
  }
  return selections;
}

PublishedTask ReadTask(const FileReader& file, const std::string& path,
                       const Dataset& dataset, const IdIndex& index) {
  PublishedTask published;
  published.task = FindTask(dataset.tasks, file.TrueName(path));
  Require(published.task >= 0, ErrorKind::kBadInput,
          Str(file.name(), ": ", path, ": the run has no such task"));
  const Task& task = dataset.tasks[At(published.task)];
  const bool numbers = !task.is_classification();
  published.rows = ReadRowsById(file, path + "/id", dataset, index);
  const std::string values = path + (numbers ? "/pred" : "/prob");
  const Shape wanted{static_cast<Index>(published.rows.size()),
                     task.prediction_cols()};
  Require(
      file.Info(values).shape == wanted, ErrorKind::kBadInput,
      Str(file.name(), ": ", values, ": its shape is not ", ShapeText(wanted)));
  published.values = file.ReadArray<float>(values).values;
  for (const float value : published.values) {
    if (std::isfinite(value) && (numbers || (value >= 0 && value <= 1))) {
      continue;
    }
    Fail(ErrorKind::kBadInput,
         Str(file.name(), ": ", values, ": it holds ", value,
             numbers ? ", which is not finite" : ", which is no probability"));
  }
  for (std::size_t i = 1; i < published.rows.size(); ++i) {
    Require(published.rows[i] > published.rows[i - 1], ErrorKind::kBadInput,
            Str(file.name(), ": ", path, ": its rows are not in order"));
  }
  return published;
}

// In the order of the run's tasks.
std::vector<PublishedTask> ReadTasks(const FileReader& file,
                                     const Dataset& dataset,
                                     const IdIndex& index) {
  std::vector<PublishedTask> tasks;
  for (const std::string& member : file.Children("tasks")) {
    tasks.push_back(ReadTask(file, "tasks/" + member, dataset, index));
  }
  // A file lists them by name.
  std::sort(tasks.begin(), tasks.end(),
            [](const PublishedTask& a, const PublishedTask& b) {
              return a.task < b.task;
            });
  return tasks;
}

// Those that are wanted, or none: what is exchanged is the method's affair.
void RequireTasks(const std::vector<PublishedTask>& tasks,
                  const Dataset& dataset, const PublicationOf& wanted,
                  const std::string& path) {
  if (tasks.empty()) return;
  const std::size_t all =
      wanted.tasks.empty() ? dataset.tasks.size() : wanted.tasks.size();
  bool same = tasks.size() == all;
  for (std::size_t i = 0; same && i < wanted.tasks.size(); ++i) {
    same = tasks[i].task == wanted.tasks[i];
  }
  Require(same, ErrorKind::kBadInput,
          Str(path, ": it lacks some of the run's tasks"));
}

}  // namespace

const PublishedTask* FindTask(const Publication& publication, Index task) {
  for (const PublishedTask& published : publication.tasks) {
    if (published.task == task) return &published;
  }
  return nullptr;
}

std::span<const float> PredictionOf(const PublishedTask& published, Index cols,
                                    Index row) {
  const auto found =
      std::lower_bound(published.rows.begin(), published.rows.end(), row);
  if (found == published.rows.end() || *found != row) return {};
  return std::span(published.values)
      .subspan(At(found - published.rows.begin()) * At(cols), At(cols));
}

std::string WritePublication(const Publication& publication,
                             const Dataset& dataset,
                             const std::string& provenance,
                             const std::string& path) {
  FileWriter file(path, FileKind::kRound);
  file.SetAttribute("", "peer", publication.peer);
  file.SetAttribute("", "round", publication.round);
  file.SetAttribute("", "rows", publication.rows);
  file.SetAttribute("", "dataset",
                    publication.made_for.empty() ? dataset.content_sha256
                                                 : publication.made_for);
  for (const PublishedTask& published : publication.tasks) {
    const Task& task = dataset.tasks[At(published.task)];
    const std::string group = TaskPath(task);
    WriteIdsOf(file, group + "/id", dataset, published.rows);
    file.WriteArray<float>(
        group + (task.is_classification() ? "/prob" : "/pred"),
        published.values,
        {static_cast<Index>(published.rows.size()), task.prediction_cols()});
    if (EscapeName(task.name) != task.name) {
      file.SetAttribute(group, "name", task.name);
    }
  }
  if (publication.has_params) {
    WriteBlock(file, "params", publication.params.weights);
    WriteBlock(file, "buffers", publication.params.buffers);
  }
  if (!publication.selections.empty()) {
    WriteSelections(file, publication.selections, dataset);
  }
  WriteNamedArrays(file, "arrays", publication.arrays);
  file.SetProvenance(provenance);
  return file.Commit();
}

Publication ReadPublication(const std::string& path, const Dataset& dataset,
                            const Params& network_params,
                            const PublicationOf& wanted) {
  const FileReader file = FileReader::Open(path, {FileKind::kRound});
  Require(
      file.FindAttribute<std::string>("", "dataset").value_or("") ==
          (wanted.made_for.empty() ? dataset.content_sha256 : wanted.made_for),
      ErrorKind::kBadInput,
      Str(path, ": it was published for other data than the run's"));
  const IdIndex index(dataset.ids);
  Publication publication;
  publication.peer = file.Attribute<std::int64_t>("", "peer");
  publication.round = file.Attribute<std::int64_t>("", "round");
  publication.rows = file.Attribute<std::int64_t>("", "rows");
  publication.tasks = ReadTasks(file, dataset, index);
  RequireTasks(publication.tasks, dataset, wanted, path);
  publication.has_params = file.Has("params");
  if (publication.has_params) {
    publication.params = network_params;
    ReadBlock(file, "params", &publication.params.weights);
    ReadBlock(file, "buffers", &publication.params.buffers);
  }
  publication.selections = ReadSelections(file, dataset, index);
  publication.arrays = ReadNamedArrays(file, "arrays");
  return publication;
}

}  // namespace mtlkit
