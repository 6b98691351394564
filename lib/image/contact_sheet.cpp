#include "image/contact_sheet.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/label_view.h"

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

void Put(const InputBlock& block, Index row, Index top, Index left,
         Picture* sheet) {
  const auto pixels =
      block.pixels.Part(row * block.row_cells(), block.row_cells());
  const Index line = block.width * block.cols;
  for (Index y = 0; y < block.height; ++y) {
    std::copy_n(pixels.data() + y * line, line,
                sheet->bytes.data() +
                    ((top + y) * sheet->width + left) * sheet->channels);
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
  sheet.picture.channels = block->cols;
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
      Put(*block, rows[i], top,
          kGap + static_cast<Index>(i) * (block->width + kGap), &sheet.picture);
      ids.push_back(IdText(dataset.ids, rows[i]));
    }
    sheet.lines.push_back(Str(kinds[k].name, ": ", Join(ids, ", ")));
  }
  return sheet;
}

}  // namespace mtlkit
