#include <algorithm>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

constexpr Index kMemberKernel = 0;
constexpr Index kMemberDenseBias = 1;

struct DescribedMemberDense {
  Index members = 2;
  Index units = 1;
  void Describe(Fields& fields) {
    fields("members", members, "of the ensemble", Between(1, kMostMembers));
    fields("units", units, "columns of the output", Between(1, 1 << 28));
  }
};

// Member m of N has the rows m, N + m, 2 N + m ... of x and y, and the rows
// from m times the inputs on of the kernel.
class MemberDenseLayer : public Layer {
 public:
  MemberDenseLayer(Index members, Index units)
      : members_(members), units_(units) {}

  std::string_view kind() const override { return "member-dense"; }
  LayerTraits traits() const override {
    return {.splits_columns = true, .by_group = true};
  }
  void Describe(Fields& fields) const override {
    DescribedMemberDense{members_, units_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index>) const override { return units_; }
  Space OutputSpace(std::span<const Space> spaces) const override {
    const Space own = {SpaceKind::kMembers, 1, members_, -1};
    Require(spaces[0] == own, ErrorKind::kUsage,
            Str("reads ", SpaceText(own), ", but gets ", SpaceText(spaces[0])));
    return own;
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    return {{.name = "kernel",
             .rows = members_ * cols[0],
             .cols = units_,
             .init = {InitKind::kTorchLinear, 0},
             .fan_in = cols[0],
             .fan_out = units_,
             .decay = true},
            {.name = "bias",
             .rows = members_,
             .cols = units_,
             .fan_in = cols[0],
             .fan_out = units_}};
  }
  Index WorkPerRow(std::span<const Index> cols) const override {
    return cols[0] * units_;
  }

  // The kernels packed, then all of them transposed.
  Index PreparedSize(std::span<const Index> cols,
                     bool backward) const override {
    return members_ * (PackedSize(cols[0], units_) +
                       (backward ? PackedSize(units_, cols[0]) : 0));
  }
  void Prepare(const Pass& pass, std::span<const ConstMatView> w, bool backward,
               Real* prepared) const override {
    const Kernels& kernels = *pass.kernels;
    const Index inputs = w[kMemberKernel].rows / members_;
    for (Index m = 0; m < members_; ++m) {
      const Real* kernel = w[kMemberKernel].Row(m * inputs);
      kernels.pack(kernel, units_, inputs, units_,
                   prepared + m * PackedSize(inputs, units_));
      if (!backward) continue;
      kernels.pack_transposed(kernel, units_, units_, inputs,
                              Transposed(prepared, inputs, m));
    }
  }
  Index ScratchSize(std::span<const Index> cols, Index) const override {
    return std::max(kWeightGradientScratch, PackedSize(units_, cols[0]));
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const ConstMatView x = args.x[0].values;
    for (Index m = 0; m < members_; ++m) {
      pass.kernels->product(
          {.a = x.Row(args.first * members_ + m),
           .a_stride = members_ * x.cols,
           .b = args.prepared + m * PackedSize(x.cols, units_),
           .c = args.y.Row(args.first * members_ + m),
           .c_stride = members_ * units_,
           .rows = args.count,
           .depth = x.cols,
           .cols = units_,
           .bias = args.w[kMemberDenseBias].Row(m)});
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    if (args.dx[0].empty()) return;
    const Index inputs = args.dx[0].cols;
    for (Index m = 0; m < members_; ++m) {
      if (args.lane_columns.empty()) {
        const Real* packed = Transposed(args.prepared, inputs, m);
        for (Index lane = 0; lane < args.dy.count; ++lane) {
          InputGradient(pass, args, m, args.dy.Lane(lane), {0, units_}, packed,
                        args.dx[0].Lane(lane));
        }
        continue;
      }
      const Real* kernel = args.w[kMemberKernel].Row(m * inputs);
      for (Index lane = 0; lane < std::ssize(args.lane_columns); ++lane) {
        const ColumnRange columns = args.lane_columns[At(lane)];
        pass.kernels->pack_transposed(kernel + columns.first, units_,
                                      columns.count, inputs, args.scratch);
        InputGradient(pass, args, m, args.dy.Lane(0), columns, args.scratch,
                      args.dx[0].Lane(lane));
      }
    }
  }

  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    if (args.param == kMemberDenseBias) {
      pass.kernels->column_sums(
          args.dy.Row(args.first * members_ + args.first_row),
          members_ * units_, args.count, args.row_count * units_, args.dw.data);
      return;
    }
    const ConstMatView x = args.x[0].values;
    const Index end = args.first_row + args.row_count;
    for (Index row = args.first_row; row < end;) {
      const Index m = row / x.cols;
      const Index input = row % x.cols;
      const Index count = std::min(x.cols - input, end - row);
      pass.kernels->weight_gradient(
          {.x = x.Row(args.first * members_ + m) + input,
           .x_stride = members_ * x.cols,
           .dy = args.dy.Row(args.first * members_ + m),
           .dy_stride = members_ * units_,
           .dw = args.dw.Row(row - args.first_row),
           .dw_stride = units_,
           .rows = args.count,
           .inputs = count,
           .outputs = units_,
           .scratch = args.scratch});
      row += count;
    }
  }

 private:
  template <class T>
  T* Transposed(T* prepared, Index inputs, Index member) const {
    return prepared + members_ * PackedSize(inputs, units_) +
           member * PackedSize(units_, inputs);
  }

  // dx = dy[:, columns] kernel[:, columns]^T of one member; `packed` holds the
  // latter.
  void InputGradient(const Pass& pass, const BackwardArgs& args, Index member,
                     ConstMatView dy, ColumnRange columns, const Real* packed,
                     MatView dx) const {
    const Index first = args.first * members_ + member;
    pass.kernels->product({.a = dy.Row(first) + columns.first,
                           .a_stride = members_ * units_,
                           .b = packed,
                           .c = dx.Row(first),
                           .c_stride = members_ * dx.cols,
                           .rows = args.count,
                           .depth = columns.count,
                           .cols = dx.cols});
  }

  Index members_;
  Index units_;
};

LayerPtr MemberDenseFrom(const DescribedMemberDense& options) {
  return MakeMemberDense(options.members, options.units);
}

std::vector<LayerSample> MemberDenseSamples() {
  const auto sample = [](const char* name, Index members, Index units,
                         Index inputs) {
    return LayerSample{.name = name,
                       .layer = MakeMemberDense(members, units),
                       .input_cols = {inputs},
                       .spaces = {{SpaceKind::kMembers, 1, members, -1}}};
  };
  return {sample("three members", 3, 2, 5), sample("one member", 1, 4, 3),
          sample("one output", 4, 1, 7)};
}

}  // namespace

LayerPtr MakeMemberDense(Index members, Index units) {
  Require(members > 0 && units > 0, ErrorKind::kUsage,
          Str(members, " members of ", units, " units"));
  return std::make_shared<MemberDenseLayer>(members, units);
}

extern const LayerEntry kMemberDenseLayer;
const LayerEntry kMemberDenseLayer =
    MakeLayerEntry<MemberDenseFrom, DescribedMemberDense>(
        "member-dense", "x kernel + bias, with those of each member's own",
        MemberDenseSamples);

}  // namespace mtlkit
