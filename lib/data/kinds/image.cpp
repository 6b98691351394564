// image: bytes, rows x height x width x channels, normalised by channel when
// they are read.
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "data/block_kind.h"
#include "data/check_tools.h"
#include "data/file_parts.h"

namespace mtlkit {
namespace {

// Numbers of one image.
constexpr Index kMostPixels = Index{1} << 26;

// What each byte of each channel stands for: channels x 256.
std::vector<Real> PixelValues(const InputSpec& spec) {
  constexpr Index kBytes = 256;
  std::vector<Real> values;
  for (Index channel = 0; channel < spec.cols; ++channel) {
    const double mean = spec.mean.empty() ? 0 : spec.mean[At(channel)];
    const double scale =
        spec.deviation.empty() ? 1 : spec.deviation[At(channel)];
    for (Index byte = 0; byte < kBytes; ++byte) {
      values.push_back(static_cast<Real>(
          (static_cast<double>(byte) / (kBytes - 1) - mean) / scale));
    }
  }
  return values;
}

class ImageLoader final : public InputLoader {
 public:
  ImageLoader(const InputBlock& block, Index capacity)
      : block_(block),
        dense_(At(capacity * block.row_cells())),
        pixel_values_(PixelValues(block)) {}

  void Load(std::span<const Index> rows, InputBatch* input) override {
    const Index cells = block_.row_cells();
    const Real* values_of = pixel_values_.data();
    Real* out = dense_.data();
    for (const Index row : rows) {
      const std::uint8_t* bytes = block_.pixels.Part(row * cells, cells).data();
      for (Index at = 0; at < cells; at += block_.cols) {
        for (Index channel = 0; channel < block_.cols; ++channel) {
          *out++ = values_of[256 * channel + bytes[at + channel]];
        }
      }
    }
    input->dense = {dense_.data(),
                    std::ssize(rows) * block_.height * block_.width,
                    block_.cols};
  }

 private:
  const InputBlock& block_;
  std::vector<Real> dense_;
  std::vector<Real> pixel_values_;  // channels x 256
};

class ImageBlocks final : public BlockKind {
 public:
  bool IsAt(const FileReader& file, const std::string& path) const override {
    return internal::HasEncoding(file, path, "image");
  }
  void Read(const FileReader& file, const std::string& path, Index rows,
            InputBlock* block) const override {
    const Shape shape = internal::RequireRows(file, path + "/pixels", 4, rows);
    block->height = shape[1];
    block->width = shape[2];
    block->cols = shape[3];
    block->pixels = file.Map<std::uint8_t>(path + "/pixels");
    if (!file.Has(path + "/mean")) return;
    block->mean = file.ReadList<double>(path + "/mean");
    block->deviation = file.ReadList<double>(path + "/deviation");
  }

  void Write(FileWriter& file, const InputBlock& block, const std::string& path,
             Index rows) const override {
    file.WriteArray<std::uint8_t>(
        path + "/pixels", block.pixels.span(),
        {rows, block.height, block.width, block.cols});
    file.SetAttribute(path + "/pixels", "axes",
                      std::vector<std::string>{"row", "y", "x", "channel"});
    if (block.mean.empty()) return;
    file.WriteList(path + "/mean", block.mean);
    file.WriteList(path + "/deviation", block.deviation);
  }
  void WriteEncoding(FileWriter& file, const InputSpec& /*spec*/,
                     const std::string& path) const override {
    file.SetAttribute(path, "encoding-type", "image");
    file.SetAttribute(path, "encoding-version", "0.1.0");
  }

  void Check(const InputBlock& block, Index rows,
             const std::string& what) const override {
    const Index sides[] = {block.height, block.width, block.cols};
    Index cells = 1;
    for (const Index side : sides) {
      if (side < 1 || side > kMostPixels / cells) {
        internal::Bad(Str(what, " has images of ", block.height, " x ",
                          block.width, " x ", block.cols, "; 1 .. ",
                          kMostPixels, " numbers were expected"));
      }
      cells *= side;
    }
    internal::CheckSize(block.pixels.size(), rows, cells, what);
    if (block.mean.size() != block.deviation.size() ||
        (!block.mean.empty() &&
         static_cast<Index>(block.mean.size()) != block.cols)) {
      internal::Bad(Str(what, " has ", block.mean.size(), " means and ",
                        block.deviation.size(), " deviations for ", block.cols,
                        " channels"));
    }
    for (std::size_t i = 0; i < block.mean.size(); ++i) {
      if (!std::isfinite(block.mean[i]) || !std::isfinite(block.deviation[i]) ||
          block.deviation[i] <= 0) {
        internal::Bad(Str(what, ": mean ", block.mean[i], " and deviation ",
                          block.deviation[i], " cannot normalise channel ", i));
      }
    }
  }

  std::unique_ptr<InputLoader> MakeLoader(const Dataset& /*dataset*/,
                                          const InputBlock& block,
                                          Index capacity) const override {
    return std::make_unique<ImageLoader>(block, capacity);
  }
};

constexpr ImageBlocks kImageKind{};

}  // namespace

extern const BlockKindEntry kImageBlocks;
const BlockKindEntry kImageBlocks = {
    InputKind::kImage,
    "image",
    "image",
    "images",
    kImageKind,
    {.has_columns = false, .is_numbers = true, .rows = BlockRows::kPixels}};

}  // namespace mtlkit
