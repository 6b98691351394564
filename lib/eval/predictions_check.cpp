#include "eval/predictions_check.h"

#include <cmath>

#include "base/error.h"
#include "data/head.h"
#include "data/seen_rows.h"
#include "eval/predictions.h"

namespace mtlkit {
namespace {

[[noreturn]] void BadPredictions(const std::string& where,
                                 const std::string& message) {
  Fail(ErrorKind::kBadInput, Str(where, ": ", message),
       "write it again with mtl-predict");
}

}  // namespace

OutputArray FindOutputs(const FileReader& file, const TaskOnFile& task) {
  const char* name = task.task.is_classification() ? "prob" : "pred";
  OutputArray outputs{task.path + "/" + name, task.task.prediction_cols()};
  if (!file.Has(outputs.path)) {
    if (task.places == 0) return outputs;
    BadPredictions(Str(file.name(), ": ", task.path),
                   Str("it has no `", name, "`"));
  }
  RequireOutputShape(file, outputs.path,
                     OutputShape(task.task, task.places, outputs.cols));
  return outputs;
}

void ReadOutputs(const FileReader& file, const Task& task,
                 const OutputArray& array, Index first, Index count,
                 float* outputs) {
  if (!task.traits().is_map) {
    return file.ReadRows<float>(array.path, first, count, outputs);
  }
  std::vector<std::uint8_t> bytes(At(count * array.cols));
  file.ReadRows<std::uint8_t>(array.path, first, count, bytes.data());
  for (const std::uint8_t byte : bytes) {
    *outputs++ = static_cast<float>(byte) / 255.0F;
  }
}

std::uint8_t ByteOfProbability(float probability) {
  return static_cast<std::uint8_t>(
      std::floor(255.0 * static_cast<double>(probability) + 0.5));
}

// One number a place is a list, several are rows; of maps each pixel has one
// or, of more than two classes, one a class.
Shape OutputShape(const Task& task, Index places, Index cols) {
  if (task.traits().is_map) {
    Shape shape = {places, task.map_height, task.map_width};
    if (cols > task.target_cols()) shape.push_back(cols / task.target_cols());
    return shape;
  }
  return IsListOfPredictions(task) && cols == 1 ? Shape{places}
                                                : Shape{places, cols};
}

void RequireOutputShape(const FileReader& file, const std::string& path,
                        const Shape& wanted) {
  const Shape shape = file.Info(path).shape;
  if (shape == wanted) return;
  BadPredictions(Str(file.name(), ": ", path),
                 Str("its shape is ", ShapeText(shape), "; ", ShapeText(wanted),
                     " was expected"));
}

Index FindBadOutput(const Task& task, std::span<const float> values) {
  const bool probabilities = task.is_classification();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool is_good = probabilities ? values[i] >= 0 && values[i] <= 1
                                       : std::isfinite(values[i]);
    if (!is_good) return static_cast<Index>(i);
  }
  return -1;
}

void FailOutput(const std::string& where, const Task& task,
                const std::string& id, float value) {
  BadPredictions(where, Str("row '", id, "': ", value,
                            task.is_classification() ? " is no probability"
                                                     : " is not finite"));
}

namespace {

// A class of the task is unknown where it had no training row.
void RequireUnknown(const UnknownLabels& unknown, const FileReader& file,
                    const Task& task, const std::string& where) {
  TaskPredictions known;
  known.task = task;
  known.constants = ReadConstants(file, task);
  known.constants_are_agreed = AreConstantsAgreed(file, task);
  const std::vector<double> learned = known.LearnedShares();
  for (const std::string& name : unknown.names) {
    const Index number = FindClass(task, name);
    if (number < 0 || (!learned.empty() && learned[At(number)] <= 0)) continue;
    BadPredictions(where, Str("'", name, "' is a class of the task"));
  }
}

}  // namespace

UnknownLabels ReadUnknown(const FileReader& file, const TaskOnFile& task,
                          const LabelCells& y) {
  UnknownLabels unknown;
  const std::string path = task.path + "/unknown";
  if (!file.Has(path)) return unknown;
  const std::string where = Str(file.name(), ": ", path);
  unknown.places = file.ReadList<std::int32_t>(path);
  unknown.names = file.ReadTexts(path + "_classes");
  bool good = task.task.type.traits().one_class &&
              std::ssize(unknown.places) == task.places;
  for (std::size_t i = 0; good && i < unknown.places.size(); ++i) {
    const std::int32_t name = unknown.places[i];
    good = name >= -1 && name < std::ssize(unknown.names) &&
           (name < 0 || std::isnan(y[i]));
  }
  if (!good) {
    BadPredictions(where, "it is not one class of `unknown_classes` a row");
  }
  RequireUnknown(unknown, file, task.task, where);
  return unknown;
}

std::vector<double> ReadConstants(const FileReader& file, const Task& task) {
  const std::string path = TaskPath(task) + "/constants";
  if (!file.Has(path)) return {};
  auto constants = file.ReadList<double>(path);
  const Index wanted = task.head().constant_count(task);
  if (static_cast<Index>(constants.size()) != wanted) {
    BadPredictions(Str(file.name(), ": ", path),
                   Str("it has ", constants.size(), " numbers; ", wanted,
                       " were expected"));
  }
  return constants;
}

bool AreConstantsAgreed(const FileReader& file, const Task& task) {
  const std::string path = TaskPath(task) + "/constants";
  return file.Has(path) && file.HasAttribute(path, "agreed");
}

std::vector<std::uint8_t> ReadSeen(const FileReader& file, Index rows) {
  if (!file.Has("seen")) return {};
  auto seen = file.ReadList<std::uint8_t>("seen");
  bool good = static_cast<Index>(seen.size()) == rows;
  for (const std::uint8_t bits : seen) {
    good = good && bits <= (kTrainedOn | kChosenOn);
  }
  if (!good) {
    BadPredictions(Str(file.name(), ": seen"), "it is not one mark a row");
  }
  return seen;
}

std::vector<std::int64_t> ReadGroups(const FileReader& file, Index rows) {
  if (!file.Has("groups")) return {};
  auto groups = file.ReadList<std::int64_t>("groups");
  if (static_cast<Index>(groups.size()) != rows) {
    BadPredictions(Str(file.name(), ": groups"), "it is not one number a row");
  }
  return groups;
}

WrittenTexts ReadWrittenTexts(const FileReader& file, const Task& task,
                              Index places) {
  WrittenTexts texts;
  if (!task.traits().is_written) return texts;
  const auto read = [&](const char* name) {
    const std::string path = Str(TaskPath(task), "/", name);
    std::vector<std::string> all = file.ReadTexts(path);
    Require(std::ssize(all) == places, ErrorKind::kBadInput,
            Str(file.name(), ": ", path, ": ", all.size(), " texts for ",
                places, " rows"),
            "write it again with mtl-predict");
    return all;
  };
  texts.said = read("text");
  texts.truth = read("true_text");
  return texts;
}

}  // namespace mtlkit
