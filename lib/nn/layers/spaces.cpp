// Layers that go from one space of rows to another.
#include <algorithm>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"
#include "nn/layers/stack.h"

namespace mtlkit {
namespace {

struct FlattenOptions {
  Index height = 1;
  Index width = 1;
  void Describe(Fields& fields) {
    fields("height", height, "of the grid", Between(1, 65536));
    fields("width", width, "of the grid", Between(1, 65536));
  }
};

class FlattenLayer : public Layer {
 public:
  FlattenLayer(Index height, Index width) : height_(height), width_(width) {}

  std::string_view kind() const override { return "flatten"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .in_place = true, .by_group = true};
  }
  void Describe(Fields& fields) const override {
    FlattenOptions{height_, width_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return height_ * width_ * cols[0];
  }
  Space OutputSpace(std::span<const Space> spaces) const override {
    const Space grid = {SpaceKind::kGrid, height_, width_, -1};
    Require(
        spaces[0] == grid, ErrorKind::kUsage,
        Str("flattens ", SpaceText(grid), ", but gets ", SpaceText(spaces[0])));
    return {};
  }

  // The same numbers in the same order.
  void Forward(const Pass&, const ForwardArgs& args) const override {
    Copy(args.x[0].values.data, args, args.y);
  }
  void Backward(const Pass&, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      const MatView rows = {dx.Lane(lane).data, args.dy.rows, args.dy.cols};
      Copy(args.dy.Lane(lane).data, args, rows);
    }
  }

 private:
  static void Copy(const Real* from, const LayerArgs& args, MatView to) {
    if (from == to.data) return;
    std::copy_n(from + args.first * to.cols, args.count * to.cols,
                to.Row(args.first));
  }

  Index height_;
  Index width_;
};

struct SpreadOptions {
  Index members = 2;
  void Describe(Fields& fields) {
    fields("members", members, "copies of each row", Between(1, 65536));
  }
};

class SpreadLayer : public Layer {
 public:
  explicit SpreadLayer(Index members) : members_(members) {}

  std::string_view kind() const override { return "spread"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .by_group = true};
  }
  void Describe(Fields& fields) const override {
    SpreadOptions{members_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return cols[0];
  }
  Space OutputSpace(std::span<const Space> spaces) const override {
    Require(spaces[0] == Space{}, ErrorKind::kUsage,
            Str("spreads rows of the batch, but gets ", SpaceText(spaces[0])));
    return {SpaceKind::kMembers, 1, members_, -1};
  }

  void Forward(const Pass&, const ForwardArgs& args) const override {
    for (Index row = args.first; row < args.first + args.count; ++row) {
      const Real* x = args.x[0].values.Row(row);
      for (Index i = 0; i < members_; ++i) {
        std::copy_n(x, args.y.cols, args.y.Row(row * members_ + i));
      }
    }
  }

  // The sum over members, in their order.
  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      const MatView dy = args.dy.Lane(lane);
      for (Index row = args.first; row < args.first + args.count; ++row) {
        pass.kernels->column_sums(dy.Row(row * members_), dy.cols, members_,
                                  dy.cols, dx.Lane(lane).Row(row));
      }
    }
  }

 private:
  Index members_;
};

// What several networks say, as the members of one ensemble.
class StackLayer : public Layer {
 public:
  std::string_view kind() const override { return "stack"; }
  LayerTraits traits() const override {
    return {.reads_input = false, .by_group = true};
  }
  Index OutputCols(std::span<const Index> cols) const override {
    for (const Index other : cols) {
      Require(other == cols[0], ErrorKind::kUsage,
              Str("stacks values of ", cols[0], " and of ", other, " columns"));
    }
    return cols[0];
  }
  Space OutputSpace(std::span<const Space> spaces) const override {
    Index members = 0;
    for (const Space& space : spaces) {
      Require(space == Space{} || space.kind == SpaceKind::kMembers,
              ErrorKind::kUsage,
              Str("stacks rows of the batch and members, but gets ",
                  SpaceText(space)));
      members += space.per_row();
    }
    return {SpaceKind::kMembers, 1, members, -1};
  }

  // The rows of a value for a row of the batch lie together in both.
  void Forward(const Pass&, const ForwardArgs& args) const override {
    for (Index row = args.first; row < args.first + args.count; ++row) {
      Real* y = args.y.Row(row * MembersOf(args));
      for (const Operand& x : args.x) {
        const Index rows = x.extent.space.per_row();
        y = std::copy_n(x.values.Row(row * rows), rows * args.y.cols, y);
      }
    }
  }

  void Backward(const Pass&, const BackwardArgs& args) const override {
    const Index members = MembersOf(args);
    Index before = 0;
    for (std::size_t i = 0; i < args.x.size(); ++i) {
      const Index rows = args.x[i].extent.space.per_row();
      const Lanes& dx = args.dx[i];
      for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
        const MatView from = args.dy.Lane(lane);
        for (Index row = args.first; row < args.first + args.count; ++row) {
          std::copy_n(from.Row(row * members + before), rows * from.cols,
                      dx.Lane(lane).Row(row * rows));
        }
      }
      before += rows;
    }
  }

 private:
  static Index MembersOf(const LayerArgs& args) {
    Index members = 0;
    for (const Operand& x : args.x) members += x.extent.space.per_row();
    return members;
  }
};

LayerPtr SpacesFrom(const FlattenOptions& options) {
  return MakeFlatten(options.height, options.width);
}

std::vector<LayerSample> FlattenSamples() {
  const Space grid = {SpaceKind::kGrid, 3, 2, -1};
  const Space pixel = {SpaceKind::kGrid, 1, 1, -1};
  return {{.name = "3 x 2",
           .layer = MakeFlatten(3, 2),
           .input_cols = {4},
           .spaces = {grid}},
          {.name = "one pixel",
           .layer = MakeFlatten(1, 1),
           .input_cols = {2},
           .spaces = {pixel}}};
}

LayerPtr MakeSpreadOf(const SpreadOptions& options) {
  return MakeSpread(options.members);
}

std::vector<LayerSample> SpreadSamples() {
  return {{"three members", MakeSpread(3), {4}},
          {"one member", MakeSpread(1), {2}}};
}

std::vector<LayerSample> StackSamples() {
  const Space pair = {SpaceKind::kMembers, 1, 2, -1};
  return {{"three networks", MakeStack(), {4, 4, 4}},
          {.name = "members and rows",
           .layer = MakeStack(),
           .input_cols = {3, 3},
           .spaces = {pair, {}}}};
}

}  // namespace

LayerPtr MakeFlatten(Index height, Index width) {
  Require(height > 0 && width > 0, ErrorKind::kUsage,
          Str("a grid of ", height, " x ", width));
  return std::make_shared<FlattenLayer>(height, width);
}

LayerPtr MakeSpread(Index members) {
  Require(members > 0, ErrorKind::kUsage,
          Str("an ensemble of ", members, " members"));
  return std::make_shared<SpreadLayer>(members);
}

LayerPtr MakeStack() {
  return std::make_shared<StackLayer>();
}

extern const LayerEntry kFlattenLayer;
const LayerEntry kFlattenLayer = MakeLayerEntry<SpacesFrom, FlattenOptions>(
    "flatten", "the pixels of an image side by side", FlattenSamples);

extern const LayerEntry kSpreadLayer;
const LayerEntry kSpreadLayer = MakeLayerEntry<MakeSpreadOf, SpreadOptions>(
    "spread", "each row of the batch for every member of an ensemble",
    SpreadSamples);

extern const LayerEntry kStackLayer;
const LayerEntry kStackLayer = MakeLayerEntry<MakeStack>(
    "stack", "what several networks say, as members of one ensemble",
    StackSamples, 2, 0);

}  // namespace mtlkit
