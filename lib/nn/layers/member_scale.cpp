#include <algorithm>

#include "base/error.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

constexpr Index kMemberScale = 0;
constexpr Index kMemberBias = 1;

struct DescribedMemberScale {
  Index members = 2;
  bool bias = false;
  std::string init = "signs";
  double value = 1;
  void Describe(Fields& fields) {
    fields("members", members, "of the ensemble", Between(1, kMostMembers));
    fields("bias", bias, "whether each member has one");
    fields("init", init, "how the factors begin", InitializerNames());
    fields("init-value", value, "a number of it");
  }
};

// Rows of the batch are what ranges count: row r has the rows r N to r N + N -
// 1 of members, beside each other in memory.
class MemberScaleLayer : public Layer {
 public:
  explicit MemberScaleLayer(const MemberScaleOptions& options)
      : options_(options) {}

  std::string_view kind() const override { return "member-scale"; }
  LayerTraits traits() const override { return {.by_group = true}; }
  void Describe(Fields& fields) const override {
    DescribedMemberScale{options_.members, options_.bias,
                         std::string(InitializerName(options_.init)),
                         options_.init.value}
        .Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    return cols[0];
  }
  Space OutputSpace(std::span<const Space> spaces) const override {
    const Space own = {SpaceKind::kMembers, 1, options_.members, -1};
    Require(spaces[0] == own || spaces[0] == Space{}, ErrorKind::kUsage,
            Str("reads rows of the batch or ", SpaceText(own), ", but gets ",
                SpaceText(spaces[0])));
    return own;
  }
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override {
    const auto spec = [&](const char* name, Initializer init) {
      return ParamSpec{.name = name,
                       .rows = options_.members,
                       .cols = cols[0],
                       .init = init,
                       .fan_in = 1,
                       .fan_out = 1};
    };
    std::vector<ParamSpec> specs = {spec("scale", options_.init)};
    if (options_.bias) specs.push_back(spec("bias", {}));
    return specs;
  }
  // One row of numbers for each member.
  Index ScratchSize(std::span<const Index> cols, Index) const override {
    return options_.members * cols[0];
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const ConstMatView scale = args.w[kMemberScale];
    for (Index row = args.first; row < args.first + args.count; ++row) {
      Real* y = args.y.Row(row * options_.members);
      Multiply(pass, args, row, scale.data, {0, options_.members}, y);
      if (!options_.bias) continue;
      pass.kernels->add(y, args.w[kMemberBias].data, y, scale.size());
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const Lanes& dx = args.dx[0];
    const ConstMatView scale = args.w[kMemberScale];
    for (Index lane = 0; lane < dx.count && !dx.empty(); ++lane) {
      const MatView into = dx.Lane(lane);
      for (Index row = args.first; row < args.first + args.count; ++row) {
        const Real* dy = args.dy.Lane(lane).Row(row * options_.members);
        if (IsSpread(args)) {
          pass.kernels->multiply(dy, scale.data, args.scratch, scale.size());
          pass.kernels->column_sums(args.scratch, scale.cols, scale.rows,
                                    scale.cols, into.Row(row));
        } else {
          pass.kernels->multiply(
              dy, scale.data, into.Row(row * options_.members), scale.size());
        }
      }
    }
  }

  void BackwardParams(const Pass& pass, const ParamArgs& args) const override {
    const RowRange members = {args.first_row, args.row_count};
    const Index size = args.dw.size();
    if (args.param == kMemberBias) {
      const Index width = options_.members * args.dy.cols;
      pass.kernels->column_sums(
          args.dy.Row(args.first * options_.members + members.first), width,
          args.count, size, args.dw.data);
      return;
    }
    std::ranges::fill(args.dw.flat(), Real(0));
    for (Index row = args.first; row < args.first + args.count; ++row) {
      Multiply(pass, args, row,
               args.dy.Row(row * options_.members + members.first), members,
               args.scratch);
      pass.kernels->add(args.scratch, args.dw.data, args.dw.data, size);
    }
  }

 private:
  // Whether rows of the batch come in, the same for each member.
  static bool IsSpread(const LayerArgs& args) {
    return args.x[0].extent.space == Space{};
  }

  // What some members read of a row of the batch, times `by`.
  void Multiply(const Pass& pass, const LayerArgs& args, Index row,
                const Real* by, RowRange members, Real* into) const {
    const ConstMatView x = args.x[0].values;
    if (!IsSpread(args)) {
      pass.kernels->multiply(x.Row(row * options_.members + members.first), by,
                             into, members.count * x.cols);
      return;
    }
    for (Index i = 0; i < members.count; ++i) {
      pass.kernels->multiply(x.Row(row), by + i * x.cols, into + i * x.cols,
                             x.cols);
    }
  }

  MemberScaleOptions options_;
};

LayerPtr MemberScaleFrom(const DescribedMemberScale& options) {
  return MakeMemberScale({options.members, options.bias,
                          ParseInitializer(options.init, options.value)});
}

std::vector<LayerSample> MemberScaleSamples() {
  const Space members = {SpaceKind::kMembers, 1, 3, -1};
  return {{"of rows", MakeMemberScale({.members = 4}), {5}},
          {"of rows, with a bias",
           MakeMemberScale({.members = 3, .bias = true}),
           {4}},
          {.name = "of members",
           .layer = MakeMemberScale({.members = 3, .bias = true}),
           .input_cols = {5},
           .spaces = {members}},
          {.name = "that begin equal",
           .layer = MakeMemberScale(
               {.members = 3, .init = {InitKind::kConstant, 1}}),
           .input_cols = {2},
           .spaces = {members}}};
}

}  // namespace

LayerPtr MakeMemberScale(const MemberScaleOptions& options) {
  Require(options.members > 0, ErrorKind::kUsage,
          Str("an ensemble of ", options.members, " members"));
  return std::make_shared<MemberScaleLayer>(options);
}

extern const LayerEntry kMemberScaleLayer;
const LayerEntry kMemberScaleLayer =
    MakeLayerEntry<MemberScaleFrom, DescribedMemberScale>(
        "member-scale",
        "rows times numbers of each member's own (Wen et al. 2020)",
        MemberScaleSamples);

}  // namespace mtlkit
