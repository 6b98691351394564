#include "image/contact_sheet.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "data/label_view.h"
#include "image/map_drawing.h"
#include "image/read_masks.h"

namespace mtlkit {
namespace {

constexpr Index kAcross = 10;
constexpr std::size_t kMostClasses = 20;
constexpr Index kGap = 2;
constexpr std::uint8_t kGround = 128;

// Rows that are shown in one line, and what they are.
struct Kind {
  std::string name;
  std::vector<Index> rows;
};

std::vector<Kind> KindsOfNames(const std::vector<std::string>& names,
                               const std::string& what) {
  std::vector<Kind> kinds;
  for (const std::string& name : names) {
    kinds.push_back({Str(what, ' ', name), {}});
  }
  return kinds;
}

// By class, by category, or all.
std::vector<Kind> KindsOf(const Dataset& dataset) {
  for (std::size_t t = 0; t < dataset.tasks.size(); ++t) {
    const Task& task = dataset.tasks[t];
    if (!task.is_classification() || task.target_cols() != 1) continue;
    std::vector<Kind> kinds = KindsOfNames(task.classes, task.name);
    const LabelView labels(dataset, static_cast<Index>(t));
    for (Index place = 0; place < labels.places(); ++place) {
      if (!labels.HasLabel(place)) continue;
      kinds[static_cast<std::size_t>(labels.Value(place, 0))].rows.push_back(
          labels.RowOf(place));
    }
    return kinds;
  }
  for (const InputBlock& block : dataset.inputs) {
    if (block.kind != InputKind::kCategorical || block.categories.empty()) {
      continue;
    }
    std::vector<Kind> kinds =
        KindsOfNames(block.categories[0], block.columns[0]);
    for (Index row = 0; row < dataset.rows; ++row) {
      const std::int32_t code = block.codes[row * block.cols];
      if (code >= 0 && At(code) < kinds.size()) {
        kinds[At(code)].rows.push_back(row);
      }
    }
    return kinds;
  }
  Kind all = {"pictures", {}};
  for (Index row = 0; row < dataset.rows; ++row) all.rows.push_back(row);
  return {std::move(all)};
}

std::vector<Index> Spread(const std::vector<Index>& rows) {
  const Index count = std::min(kAcross, std::ssize(rows));
  std::vector<Index> chosen;
  for (Index i = 0; i < count; ++i) {
    chosen.push_back(rows[At(i * std::ssize(rows) / count)]);
  }
  return chosen;
}

// The first task that is a map of these images, or -1.
Index MapOf(const Dataset& dataset, const InputBlock& block) {
  for (std::size_t t = 0; t < dataset.tasks.size(); ++t) {
    const Task& task = dataset.tasks[t];
    if (task.traits().is_map && task.map_height == block.height &&
        task.map_width == block.width) {
      return static_cast<Index>(t);
    }
  }
  return -1;
}

void DrawMap(const LabelView& labels, Index row, Picture* picture) {
  const Index place = labels.PlaceOf(row);
  if (place < 0) return;
  std::vector<std::uint8_t> map;
  for (Index col = 0; col < labels.cols(); ++col) {
    const float label = labels.Value(place, col);
    map.push_back(std::isnan(label) ? kVoidPixel
                                    : static_cast<std::uint8_t>(label));
  }
  DrawOutline(map, kTrueColour, picture);
}

void Put(const Picture& picture, Index top, Index left, Picture* sheet) {
  const Index line = picture.width * 3;
  for (Index y = 0; y < picture.height; ++y) {
    const std::uint8_t* from = picture.bytes.data() + y * line;
    std::uint8_t* to = sheet->bytes.data() +
                       ((top + y) * sheet->width + left) * sheet->channels;
    for (Index x = 0; x < picture.width; ++x, from += 3) {
      to = std::copy_n(from, sheet->channels, to);
    }
  }
}

}  // namespace

ContactSheet MakeContactSheet(const Dataset& dataset) {
  const auto block =
      std::ranges::find(dataset.inputs, InputKind::kImage, &InputBlock::kind);
  Require(
      block != dataset.inputs.end() && (block->cols == 1 || block->cols == 3),
      ErrorKind::kUsage,
      "there are no pictures in it, grey or colours, to show");
  std::vector<Kind> kinds = KindsOf(dataset);
  std::erase_if(kinds, [](const Kind& kind) { return kind.rows.empty(); });
  ContactSheet sheet;
  if (kinds.size() > kMostClasses) kinds.resize(kMostClasses);
  const Index map = MapOf(dataset, *block);
  sheet.picture.channels = map >= 0 ? 3 : block->cols;
  sheet.picture.height = std::ssize(kinds) * (block->height + kGap) + kGap;
  sheet.picture.width = kAcross * (block->width + kGap) + kGap;
  sheet.picture.bytes.assign(
      At(sheet.picture.height * sheet.picture.width * sheet.picture.channels),
      kGround);
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    const std::vector<Index> rows = Spread(kinds[k].rows);
    std::vector<std::string> ids;
    const Index top = kGap + static_cast<Index>(k) * (block->height + kGap);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Picture picture = PictureOfRow(*block, rows[i]);
      if (map >= 0) DrawMap(LabelView(dataset, map), rows[i], &picture);
      Put(picture, top, kGap + static_cast<Index>(i) * (block->width + kGap),
          &sheet.picture);
      ids.push_back(IdText(dataset.ids, rows[i]));
    }
    sheet.lines.push_back(Str(kinds[k].name, ": ", Join(ids, ", ")));
  }
  return sheet;
}

}  // namespace mtlkit
