#include "app/example_pictures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "eval/map_overlap.h"
#include "eval/predicted_map.h"
#include "image/map_drawing.h"
#include "image/write_png.h"

namespace mtlkit {
namespace {

constexpr Index kMost = 12;
constexpr Index kLeastWidth = 192;

// Each pixel as a square of so many.
Picture Enlarged(const Picture& picture, Index factor) {
  Picture made = {
      picture.height * factor, picture.width * factor, picture.channels, {}};
  made.bytes.reserve(At(made.height * made.width * made.channels));
  for (Index y = 0; y < made.height; ++y) {
    for (Index x = 0; x < made.width; ++x) {
      const auto pixel =
          picture.bytes.begin() +
          (y / factor * picture.width + x / factor) * picture.channels;
      made.bytes.insert(made.bytes.end(), pixel, pixel + picture.channels);
    }
  }
  return made;
}

std::vector<std::uint8_t> Enlarged(const std::vector<std::uint8_t>& map,
                                   const Task& task, Index factor) {
  return Enlarged(Picture{task.map_height, task.map_width, 1, map}, factor)
      .bytes;
}

// What the overlap is called in a caption.
std::string OverlapText(const Task& task, const std::vector<float>& y,
                        const std::vector<float>& said) {
  MetricRows rows = EmptyRows(task);
  rows.rows = 1;
  rows.y.assign(y.begin(), y.end());
  rows.output.assign(said.begin(), said.end());
  const MapCounts counts(rows, 0);
  if (counts.known() == 0) return "no mask";
  if (!counts.HasLesion()) {
    return counts.IsEmpty() ? "none, left empty" : "none, some predicted";
  }
  const double dice = MeanOverlap(counts, [](const MapCounts& c, Index k) {
    return 2 * c.Both(k) / (c.True(k) + c.Predicted(k));
  });
  return Str("Dice ", FormatNumber(std::round(dice * 100) / 100));
}

class Examples {
 public:
  explicit Examples(const Dataset* pictures) : data_(pictures) {
    if (data_ == nullptr) return;
    const auto block =
        std::ranges::find(data_->inputs, InputKind::kImage, &InputBlock::kind);
    if (block == data_->inputs.end() ||
        (block->cols != 1 && block->cols != 3)) {
      return;
    }
    block_ = &*block;
    for (Index row = 0; row < data_->rows; ++row) {
      rows_.emplace(IdText(data_->ids, row), row);
    }
  }

  ExamplePictures Of(const NamedSource& model, Index number) const {
    const PredictionSource& source = *model.source;
    const SourceTask& at = source.tasks()[At(number)];
    const Labels labels = source.ReadLabels(number);
    ExamplePictures examples = {Str(at.task.name, ": ", model.name), {}};
    const Index count = std::min(kMost, at.places);
    for (Index i = 0; i < count; ++i) {
      const Index place = i * at.places / count;
      const Index row = labels.RowOf(place);
      const std::string id = IdText(source.Ids(row, 1), 0);
      std::vector<float> said(At(at.task.prediction_cols()));
      source.ReadOutputs(number, place, 1, said.data());
      const auto cols = At(at.task.target_cols());
      std::vector<float> y(cols, std::numeric_limits<float>::quiet_NaN());
      if (!labels.values.empty()) {
        labels.values.CopyTo(At(place) * cols, cols, y.data());
      }
      examples.pictures.push_back(
          {Str(id, ": ", OverlapText(at.task, y, said)),
           PngOf(Draw(at.task, id, LabelMap(y), PredictedMap(at.task, said)))});
    }
    return examples;
  }

 private:
  Picture Draw(const Task& task, const std::string& id,
               const std::vector<std::uint8_t>& truth,
               const std::vector<std::uint8_t>& said) const {
    Picture picture = {task.map_height, task.map_width, 3, {}};
    picture.bytes.resize(At(3 * task.target_cols()));
    const auto row = rows_.find(id);
    if (row != rows_.end() && block_->height == task.map_height &&
        block_->width == task.map_width) {
      picture = PictureOfRow(*block_, row->second);
    }
    const Index factor =
        std::max<Index>(1, (kLeastWidth + task.map_width - 1) / task.map_width);
    Picture made = Enlarged(picture, factor);
    DrawOutline(Enlarged(truth, task, factor), kTrueColour, &made);
    DrawOutline(Enlarged(said, task, factor), kPredictedColour, &made);
    return made;
  }

  const Dataset* data_;
  const InputBlock* block_ = nullptr;
  std::map<std::string, Index> rows_;
};

}  // namespace

std::vector<ExamplePictures> ExamplesOf(const std::vector<NamedSource>& models,
                                        const Dataset* pictures) {
  const Examples examples(pictures);
  std::vector<ExamplePictures> all;
  for (const NamedSource& model : models) {
    const auto& tasks = model.source->tasks();
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      if (!tasks[t].task.traits().is_map || tasks[t].places == 0) continue;
      all.push_back(examples.Of(model, static_cast<Index>(t)));
    }
  }
  return all;
}

}  // namespace mtlkit
