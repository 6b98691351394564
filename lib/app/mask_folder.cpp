#include "app/mask_folder.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "eval/predicted_map.h"
#include "h5/atomic_folder.h"
#include "image/write_png.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

// The task as in an id.
std::string FileOf(const std::string& id) {
  const std::vector<std::string> parts = Split(id, '/');
  const bool is_file = id.find('\0') == std::string::npos &&
                       std::ranges::none_of(parts, [](const std::string& part) {
                         return part.empty() || part == "." || part == "..";
                       });
  Require(is_file, ErrorKind::kBadInput,
          Str("--masks: row '", id, "' cannot be the name of a file"),
          "give the rows other ids");
  return id + ".png";
}

}  // namespace

struct MaskFolder::State {
  State(const std::string& path, PredictionSink* sink)
      : folder(path), next(sink) {}

  AtomicFolder folder;
  PredictionSink* next;
  RowIds ids;
  std::vector<Task> tasks;
  std::vector<std::vector<Index>> rows;  // one a task; empty: all
  std::vector<Index> done;               // places, one a task
  Index maps = 0;
};

MaskFolder::MaskFolder(const std::string& folder, PredictionSink* next)
    : state_(std::make_unique<State>(folder, next)) {}
MaskFolder::~MaskFolder() = default;

void MaskFolder::Begin(Predictions head, std::span<const TaskArrays> arrays) {
  State& s = *state_;
  s.ids = head.ids;
  for (const TaskPredictions& task : head.tasks) {
    s.tasks.push_back(task.task);
    s.rows.push_back(task.on_all_rows ? std::vector<Index>{} : task.rows);
    s.done.push_back(0);
    if (task.task.traits().is_map) ++s.maps;
  }
  Require(s.maps > 0, ErrorKind::kUsage,
          "--masks: no task of the model is a map of pixels",
          "leave it out, or train on a dataset of mtl-convert --masks");
  s.next->Begin(std::move(head), arrays);
}

void MaskFolder::Add(std::size_t task, const PredictionBlock& block) {
  State& s = *state_;
  const Task& map = s.tasks[task];
  const auto cols = At(map.prediction_cols());
  for (Index i = 0; i < block.places && map.traits().is_map; ++i) {
    const Index place = s.done[task]++;
    const Index row = s.rows[task].empty() ? place : s.rows[task][At(place)];
    Picture picture = {
        map.map_height, map.map_width, 1,
        PredictedMap(map, block.predictions.subspan(At(i) * cols, cols))};
    if (map.classes.size() == 2) {
      for (std::uint8_t& pixel : picture.bytes) pixel = pixel > 0 ? 255 : 0;
    }
    std::string file = FileOf(IdText(s.ids, row));
    if (s.maps > 1) file = Str(map.name, '/', file);
    const std::string path = s.folder.PathOf(file);
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    s.folder.Write(file, PngOf(picture));
  }
  s.next->Add(task, block);
}

void MaskFolder::Commit() {
  state_->folder.Commit();
}

}  // namespace mtlkit
