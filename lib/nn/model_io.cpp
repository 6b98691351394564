#include "nn/model_io.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include "base/error.h"
#include "data/dataset_io.h"
#include "data/head.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"
#include "nn/model_spec.h"
#include "prep/transform.h"

namespace mtlkit {
namespace {

// "head.a/b/kernel" is the parameter "kernel" of the layer "head.a/b".
struct SliceName {
  explicit SliceName(const std::string& name)
      : layer(name.substr(0, name.rfind('/'))),
        parameter(name.substr(name.rfind('/') + 1)) {}
  std::string layer;
  std::string parameter;
};

std::string LayerPath(const std::string& group, const SliceName& name) {
  return Str(group, "/", EscapeName(name.layer));
}

std::string SlicePath(const std::string& group, const SliceName& name) {
  return Str(LayerPath(group, name), "/", EscapeName(name.parameter));
}

// Beside a log: "networks/2/diagnostics" for "networks/2/log".
std::string DiagnosticsOf(const std::string& log) {
  const std::size_t slash = log.rfind('/');
  const std::size_t folder = slash == std::string::npos ? 0 : slash + 1;
  return log.substr(0, folder) + "diagnostics";
}

// Vectors (biases, scales) have one size, everything else two.
Shape SliceShape(const Slice& slice) {
  if (slice.spec.rows == 1 && !slice.spec.decay) return {slice.spec.cols};
  return {slice.spec.rows, slice.spec.cols};
}

void ReadSlice(const FileReader& file, const std::string& path,
               MatView values) {
  const auto array = file.ReadArray<Real>(path);
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    Require(std::isfinite(array.values[i]), ErrorKind::kBadInput,
            Str(file.name(), ": ", path, " holds a number that is not finite"));
    values.data[i] = array.values[i];
  }
}

// Before room is made for them: a spec may ask for more than any file has.
void RequireShapes(const FileReader& file, const std::string& group,
                   const Layout& layout) {
  for (const Slice& slice : layout.slices()) {
    const std::string path = SlicePath(group, SliceName(slice.name));
    Require(file.Has(path), ErrorKind::kBadInput,
            Str(file.name(), ": ", path, " is missing"));
    const Shape shape = file.Info(path).shape;
    Require(shape == SliceShape(slice), ErrorKind::kBadInput,
            Str(file.name(), ": ", path, " has shape ", ShapeText(shape),
                ", but the network needs ", ShapeText(SliceShape(slice))));
  }
}

// Refuses arrays that the layout does not have.
void RequireNothingElse(const FileReader& file, const std::string& group,
                        const Layout& layout) {
  std::set<std::string> known;
  for (const Slice& slice : layout.slices()) {
    known.insert(SlicePath(group, SliceName(slice.name)));
  }
  for (const std::string& layer : file.Children(group)) {
    for (const std::string& name : file.Children(Str(group, "/", layer))) {
      const std::string path = Str(group, "/", layer, "/", name);
      Require(known.count(path) > 0, ErrorKind::kBadInput,
              Str(file.name(), ": ", path, " is not part of the network"));
    }
  }
}

void WriteConstants(FileWriter& file, const Model& model) {
  for (std::size_t i = 0; i < model.constants.size(); ++i) {
    if (model.constants[i].empty()) continue;
    const std::string& task = model.schema.tasks[i].name;
    const std::string path = "constants/" + EscapeName(task);
    file.WriteList<double>(path, model.constants[i]);
    if (model.constants_are_agreed) {
      file.SetAttribute(path, "agreed", std::int64_t{1});
    }
    if (EscapeName(task) != task) file.SetAttribute(path, "name", task);
  }
}

void ReadConstants(const FileReader& file, Model* model) {
  auto& constants = model->constants;
  for (const Task& task : model->schema.tasks) {
    const std::string path = "constants/" + EscapeName(task.name);
    constants.emplace_back();
    if (!file.Has(path)) continue;
    constants.back() = file.ReadList<double>(path);
    if (file.HasAttribute(path, "agreed")) model->constants_are_agreed = true;
    bool good = static_cast<Index>(constants.back().size()) ==
                task.head().constant_count(task);
    for (const double value : constants.back()) {
      good = good && std::isfinite(value) &&
             (!task.is_classification() || (value >= 0 && value <= 1));
    }
    Require(good, ErrorKind::kBadInput,
            Str(file.name(), ": ", path, " is not what task '", task.name,
                "' has"));
  }
}

void WriteSeenRows(FileWriter& file, const SeenRows& seen) {
  if (!seen.trained.empty()) file.WriteList("rows/trained", seen.trained);
  if (!seen.chosen.empty()) file.WriteList("rows/chosen", seen.chosen);
}

RowKeySet ReadRowKeys(const FileReader& file, const std::string& path) {
  if (!file.Has(path)) return {};
  RowKeySet keys = file.ReadList<std::uint64_t>(path);
  Require(std::adjacent_find(keys.begin(), keys.end(),
                             std::greater_equal<>()) == keys.end(),
          ErrorKind::kBadInput,
          Str(file.name(), ": ", path, ": its keys are not ascending"));
  return keys;
}

// Networks of an ensemble are numbered from 1; the first is the file's own.
std::string NetworkGroup(std::size_t other) {
  return Str("networks/", other + 2);
}

void WriteOthers(FileWriter& file, const Model& model) {
  for (std::size_t i = 0; i < model.others.size(); ++i) {
    const std::string group = NetworkGroup(i);
    WriteBlock(file, group + "/params", model.others[i].params.weights);
    WriteBlock(file, group + "/buffers", model.others[i].params.buffers);
    WriteHistory(file, model.others[i].log, group + "/log");
  }
}

void ReadOthers(const FileReader& file, Model* model) {
  if (!file.Has("networks")) return;
  const std::size_t count = file.Children("networks").size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string group = NetworkGroup(i);
    Require(file.Has(group), ErrorKind::kBadInput,
            Str(file.name(), ": ", group, " is missing"));
    RequireShapes(file, group + "/params", *model->network->weights());
    RequireShapes(file, group + "/buffers", *model->network->buffers());
    TrainedNetwork other;
    other.params = {Block(model->network->weights()),
                    Block(model->network->buffers())};
    ReadBlock(file, group + "/params", &other.params.weights);
    ReadBlock(file, group + "/buffers", &other.params.buffers);
    other.log = ReadHistory(file, group + "/log");
    model->others.push_back(std::move(other));
  }
}

}  // namespace

void WriteBlock(FileWriter& file, const std::string& group,
                const Block& block) {
  if (block.all().empty()) return;
  const Layout& layout = block.layout();
  std::set<std::string> named;
  for (std::size_t i = 0; i < layout.slices().size(); ++i) {
    const Slice& slice = layout.slices()[i];
    const SliceName name(slice.name);
    const std::string path = SlicePath(group, name);
    file.WriteArray<Real>(path, block.At(static_cast<Index>(i)).flat(),
                          SliceShape(slice));
    if (SliceShape(slice).size() == 2) {
      file.SetAttribute(path, "axes", std::vector<std::string>{"in", "out"});
    }
    if (EscapeName(name.layer) != name.layer &&
        named.insert(name.layer).second) {
      file.SetAttribute(LayerPath(group, name), "name", name.layer);
    }
  }
}

void ReadBlock(const FileReader& file, const std::string& group, Block* block) {
  const Layout& layout = block->layout();
  RequireShapes(file, group, layout);
  for (std::size_t i = 0; i < layout.slices().size(); ++i) {
    const Slice& slice = layout.slices()[i];
    ReadSlice(file, SlicePath(group, SliceName(slice.name)),
              block->At(static_cast<Index>(i)));
  }
  RequireNothingElse(file, group, layout);
}

void WriteHistory(FileWriter& file, const History& history,
                  const std::string& group) {
  if (history.columns.empty()) return;
  for (std::size_t i = 0; i < history.columns.size(); ++i) {
    file.WriteList<double>(Str(group, "/", EscapeName(history.columns[i])),
                           history.values[i]);
  }
  file.WriteTexts(group + "_columns", history.columns);
  file.SetAttribute(group, "best_epoch",
                    static_cast<std::int64_t>(history.best_epoch));
  file.SetAttribute(group, "best", history.best);
  file.SetAttribute(group, "selected_on", history.selected_on);
  file.SetAttribute(group, "selected_split", history.selected_split);
  if (!history.tried.empty()) file.WriteTexts(group + "_tried", history.tried);
  WriteDiagnostics(file, history.diagnostics, DiagnosticsOf(group));
}

History ReadHistory(const FileReader& file, const std::string& group) {
  History history;
  if (!file.Has(group)) return history;
  history.columns = file.ReadTexts(group + "_columns");
  for (const std::string& column : history.columns) {
    history.values.push_back(
        file.ReadList<double>(Str(group, "/", EscapeName(column))));
    Require(history.values.back().size() == history.values.front().size(),
            ErrorKind::kBadInput,
            Str(file.name(), ": ", group, ": column '", column,
                "' is shorter or longer than the first"));
  }
  history.best_epoch = file.Attribute<std::int64_t>(group, "best_epoch");
  history.best = file.Attribute<double>(group, "best");
  history.selected_on = file.Attribute<std::string>(group, "selected_on");
  history.selected_split = file.Attribute<std::string>(group, "selected_split");
  if (file.Has(group + "_tried")) {
    history.tried = file.ReadTexts(group + "_tried");
  }
  history.diagnostics = ReadDiagnostics(file, DiagnosticsOf(group));
  return history;
}

void WriteModelParts(FileWriter& file, const Model& model) {
  file.WriteText("spec", ModelSpec(model));
  WriteBlock(file, "params", model.params.weights);
  WriteBlock(file, "buffers", model.params.buffers);
  WriteTransforms(file, model.transforms);
  WriteConstants(file, model);
  WriteHistory(file, model.log);
  WriteSeenRows(file, model.seen);
  WriteOthers(file, model);
}

Model ReadModelParts(const FileReader& file) {
  Model model;
  InContext(file.name(), [&] {
    Require(file.Has("spec"), ErrorKind::kBadInput, "spec is missing");
    ReadModelSpec(file.ReadText("spec"), &model);
  });
  RequireShapes(file, "params", *model.network->weights());
  RequireShapes(file, "buffers", *model.network->buffers());
  model.params = {Block(model.network->weights()),
                  Block(model.network->buffers())};
  ReadBlock(file, "params", &model.params.weights);
  ReadBlock(file, "buffers", &model.params.buffers);
  model.transforms = ReadTransforms(file);
  InContext(file.name(), [&] { MakeTransforms(model.transforms); });
  ReadConstants(file, &model);
  model.log = ReadHistory(file);
  model.seen = {ReadRowKeys(file, "rows/trained"),
                ReadRowKeys(file, "rows/chosen")};
  ReadOthers(file, &model);
  model.content_sha256 = file.content_sha256();
  model.provenance = file.provenance();
  return model;
}

Model ReadModel(const FileReader& file) {
  return ReadModelParts(file);
}

Model ReadModel(const std::string& path) {
  return ReadModelParts(FileReader::Open(path, {FileKind::kModel}));
}

std::string WriteModel(const Model& model, const std::string& path) {
  FileWriter file(path, FileKind::kModel);
  WriteModelParts(file, model);
  if (!model.provenance.empty()) file.SetProvenance(model.provenance);
  return file.Commit();
}

}  // namespace mtlkit
