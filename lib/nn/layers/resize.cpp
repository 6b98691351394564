// A grid at another size.
#include <algorithm>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct ResizeOptions {
  Sides grid;
  Sides size;
  bool bilinear = false;
  void Describe(Fields& fields) {
    const Range side = Between(1, 65536);
    fields("height", grid.height, "of the grid", side);
    fields("width", grid.width, "of the grid", side);
    fields("new-height", size.height, "of what it becomes", side);
    fields("new-width", size.width, "of what it becomes", side);
    fields("bilinear", bilinear, "between pixels, not the nearest");
  }
};

// Between which two places along a side a new one lies.
struct Blend {
  Index low = 0;
  Index high = 0;
  double share = 0;  // of `high`
};

Blend PlaceOf(Index i, Index from, Index to) {
  const double at =
      std::max(0.0, (static_cast<double>(i) + 0.5) * static_cast<double>(from) /
                            static_cast<double>(to) -
                        0.5);
  const Index low = std::min(static_cast<Index>(at), from - 1);
  return {low, std::min(low + 1, from - 1), at - static_cast<double>(low)};
}

class ResizeLayer : public Layer {
 public:
  explicit ResizeLayer(const ResizeOptions& options) : options_(options) {}

  std::string_view kind() const override { return "resize"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .by_group = true};
  }
  void Describe(Fields& fields) const override {
    ResizeOptions(options_).Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return cols[0];
  }
  Space OutputSpace(std::span<const Space> spaces) const override {
    RequireGrid(spaces[0], options_.grid);
    return SpaceOf(options_.size);
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const Index cols = args.y.cols;
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Real* in = args.x[0].values.Row(row * options_.grid.area());
      Real* out = args.y.Row(row * options_.size.area());
      std::fill_n(out, options_.size.area() * cols, Real(0));
      ForShares([&](Index to, Index from, Real share) {
        pass.kernels->axpy(share, in + from * cols, out + to * cols, cols);
      });
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    const Index cols = args.dy.cols;
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      for (Index row = args.first; row < args.first + args.count; ++row) {
        const Real* dy = args.dy.Lane(lane).Row(row * options_.size.area());
        Real* to = dx.Lane(lane).Row(row * options_.grid.area());
        std::fill_n(to, options_.grid.area() * cols, Real(0));
        ForShares([&](Index of, Index from, Real share) {
          pass.kernels->axpy(share, dy + of * cols, to + from * cols, cols);
        });
      }
    }
  }

 private:
  // Calls visit(new pixel, old pixel, share), new pixel by new pixel.
  template <class Visit>
  void ForShares(Visit visit) const {
    const Sides grid = options_.grid;
    const Sides size = options_.size;
    for (Index l = 0; l < size.height; ++l) {
      for (Index q = 0; q < size.width; ++q) {
        const Index to = l * size.width + q;
        if (!options_.bilinear) {
          visit(to,
                l * grid.height / size.height * grid.width +
                    q * grid.width / size.width,
                Real(1));
          continue;
        }
        const Blend y = PlaceOf(l, grid.height, size.height);
        const Blend x = PlaceOf(q, grid.width, size.width);
        for (const bool below : {false, true}) {
          const Index line = (below ? y.high : y.low) * grid.width;
          const double part = below ? y.share : 1 - y.share;
          visit(to, line + x.low, static_cast<Real>(part * (1 - x.share)));
          visit(to, line + x.high, static_cast<Real>(part * x.share));
        }
      }
    }
  }

  ResizeOptions options_;
};

LayerPtr ResizeFrom(const ResizeOptions& options) {
  return MakeResize(options.grid, options.size, options.bilinear);
}

std::vector<LayerSample> ResizeSamples() {
  const auto sample = [](std::string name, Sides grid, Sides size,
                         bool bilinear, Index channels) -> LayerSample {
    return {.name = std::move(name),
            .layer = MakeResize(grid, size, bilinear),
            .input_cols = {channels},
            .spaces = {SpaceOf(grid)}};
  };
  return {sample("doubled", {3, 2}, {6, 4}, false, 17),
          sample("uneven", {2, 3}, {4, 5}, false, 1),
          sample("bilinear", {3, 2}, {6, 4}, true, 3),
          sample("bilinear, smaller", {5, 4}, {3, 2}, true, 1)};
}

}  // namespace

LayerPtr MakeResize(Sides grid, Sides size, bool bilinear) {
  Require(
      grid.height > 0 && grid.width > 0 && size.height > 0 && size.width > 0,
      ErrorKind::kUsage,
      Str("a grid of ", grid.height, " x ", grid.width, " as ", size.height,
          " x ", size.width));
  return std::make_shared<ResizeLayer>(ResizeOptions{grid, size, bilinear});
}

extern const LayerEntry kResizeLayer;
const LayerEntry kResizeLayer = MakeLayerEntry<ResizeFrom, ResizeOptions>(
    "resize", "a grid at another size", ResizeSamples);

}  // namespace mtlkit
