#include <algorithm>
#include <bit>
#include <utility>

#include "base/error.h"
#include "nn/layers/gate_shares.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

struct SelectionOptions {
  double gamma = 1;
  double entropy = 0;
  void Describe(Fields& fields) {
    fields("gamma", gamma, "width of the smooth step", MoreThan(0));
    fields("entropy", entropy, "factor of the penalty for undecided selectors",
           AtLeast(0));
  }
};

// With E experts, K selectors and B bits: z has K B columns, a has K.
struct Shape {
  Index experts = 0;
  Index selectors = 0;
  Index bits = 0;
  Index codes() const { return selectors * experts; }
};

Shape ShapeOf(std::span<const Index> cols) {
  const Index experts = std::ssize(cols) - 2;
  return {experts, cols[1], SelectionBits(experts)};
}

// What a forward pass leaves: row after row of each of these.
struct Saved {
  Saved(const LayerArgs& args)
      : shape{std::ssize(args.x) - 2, args.x[1].values.cols,
              SelectionBits(std::ssize(args.x) - 2)},
        rows(args.x[0].values.rows),
        start(args.saved) {}

  // Shares of the selectors: softmax of a.
  Real* Shares(Index row) const { return start + row * shape.selectors; }
  // By how much selector j takes expert e: number j E + e.
  Real* Codes(Index row) const { return Shares(rows) + row * shape.codes(); }
  Real* Gates(Index row) const { return Codes(rows) + row * shape.experts; }
  Real* Logs(Index row) const { return Gates(rows) + row * shape.codes(); }

  Shape shape;
  Index rows;
  Real* start;
};

class SelectionLayer : public Layer {
 public:
  explicit SelectionLayer(const SelectionOptions& options)
      : options_(options) {}

  std::string_view kind() const override { return "selection"; }
  LayerTraits traits() const override {
    return {.has_penalty = options_.entropy > 0, .has_gates = true};
  }
  void Describe(Fields& fields) const override {
    SelectionOptions(options_).Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    const Shape shape = ShapeOf(cols);
    Require(shape.experts >= 2, ErrorKind::kUsage,
            "selects among two experts at least");
    Require(cols[0] == shape.selectors * shape.bits, ErrorKind::kUsage,
            Str(shape.selectors, " selectors of ", shape.bits,
                " bits, but there are ", cols[0], " columns"));
    for (const Index other : cols.subspan(2)) {
      Require(other == cols[2], ErrorKind::kUsage,
              Str("experts of ", cols[2], " and ", other, " columns"));
    }
    return cols[2];
  }
  Index SavedSize(Index rows, std::span<const Index> cols) const override {
    const Shape shape = ShapeOf(cols);
    return rows * (shape.selectors + shape.experts +
                   (options_.entropy > 0 ? 2 : 1) * shape.codes());
  }
  // Gradients of the codes.
  Index ScratchSize(std::span<const Index> cols, Index) const override {
    return ShapeOf(cols).codes();
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    const Kernels& kernels = *pass.kernels;
    const Saved saved(args);
    const ConstMatView a = args.x[1].values;
    kernels.softmax(a.Row(args.first), a.cols, saved.Shares(args.first), a.cols,
                    args.count, a.cols);
    for (Index row = args.first; row < args.first + args.count; ++row) {
      SetCodes(args.x[0].values.Row(row), saved.shape, saved.Codes(row));
      Real* gates = saved.Gates(row);
      std::fill_n(gates, saved.shape.experts, Real(0));
      for (Index j = 0; j < saved.shape.selectors; ++j) {
        kernels.axpy(saved.Shares(row)[j],
                     saved.Codes(row) + j * saved.shape.experts, gates,
                     saved.shape.experts);
      }
      Real* y = args.y.Row(row);
      kernels.scale(gates[0], Expert(args, 0).Row(row), y, args.y.cols);
      for (Index e = 1; e < saved.shape.experts; ++e) {
        kernels.axpy(gates[e], Expert(args, e).Row(row), y, args.y.cols);
      }
    }
  }

  Index GateCount(std::span<const Index> cols) const override {
    return ShapeOf(cols).experts;
  }
  void GateShares(const LayerArgs& args,
                  std::span<double> shares) const override {
    const Saved saved(args);
    MeanOfRows(saved.Gates(0), saved.rows, shares);
  }

  // entropy times the mean over rows of - sum of r ln r over all codes r.
  double Penalty(const Pass& pass, const LayerArgs& args) const override {
    const Saved saved(args);
    const Index size = saved.rows * saved.shape.codes();
    const Real* codes = saved.Codes(0);
    Real* logs = saved.Logs(0);
    pass.kernels->map(MathFunction::kLog, codes, logs, size);
    for (Index i = 0; i < size; ++i) {
      if (codes[i] <= 0) logs[i] = 0;
    }
    return -options_.entropy * pass.kernels->dot(codes, logs, size) /
           static_cast<double>(saved.rows);
  }

  ConstMatView Gates(const LayerArgs& args) const override {
    const Saved saved(args);
    return {saved.Gates(0), saved.rows, saved.shape.experts};
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const Saved saved(args);
    const bool wants_gates = !args.dx[0].empty() || !args.dx[1].empty();
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      const MatView dy = args.dy.Lane(lane);
      for (Index e = 0; e < saved.shape.experts; ++e) {
        const Lanes& dx = args.dx[At(e + 2)];
        for (Index row = args.first;
             row < args.first + args.count && !dx.empty(); ++row) {
          pass.kernels->scale(saved.Gates(row)[e], dy.Row(row),
                              dx.Lane(lane).Row(row), dy.cols);
        }
      }
      for (Index row = args.first; row < args.first + args.count && wants_gates;
           ++row) {
        GateGradient(pass, args, lane, row);
      }
    }
  }

 private:
  static ConstMatView Expert(const LayerArgs& args, Index expert) {
    return args.x[At(expert + 2)].values;
  }

  // The smooth step, and its slope.
  Real Step(Real z) const {
    const double t = static_cast<double>(z) / options_.gamma;
    if (t <= -0.5) return 0;
    if (t >= 0.5) return 1;
    return static_cast<Real>(t * (1.5 - 2 * t * t) + 0.5);
  }
  double Slope(Real z) const {
    const double t = static_cast<double>(z) / options_.gamma;
    if (t <= -0.5 || t >= 0.5) return 0;
    return (1.5 - 6 * t * t) / options_.gamma;
  }

  // Bit b of an expert's number, the lowest first, times what the others say.
  void SetCodes(const Real* z, const Shape& shape, Real* codes) const {
    for (Index j = 0; j < shape.selectors; ++j, z += shape.bits) {
      Real* code = codes + j * shape.experts;
      std::fill_n(code, shape.experts, Real(1));
      for (Index b = 0; b < shape.bits; ++b) {
        const Real step = Step(z[b]);
        for (Index e = 0; e < shape.experts; ++e) {
          code[e] *= (e >> b & 1) != 0 ? step : 1 - step;
        }
      }
    }
  }

  void GateGradient(const Pass& pass, const BackwardArgs& args, Index lane,
                    Index row) const {
    const Kernels& kernels = *pass.kernels;
    const Saved saved(args);
    const Index experts = saved.shape.experts;
    const Index selectors = saved.shape.selectors;
    Real* gradients = args.scratch;  // of the gates, then of the codes
    const MatView dy = args.dy.Lane(lane);
    for (Index e = 0; e < experts; ++e) {
      gradients[e] = static_cast<Real>(
          kernels.dot(dy.Row(row), Expert(args, e).Row(row), dy.cols));
    }
    if (!args.dx[1].empty()) {
      Real* da = args.dx[1].Lane(lane).Row(row);
      for (Index j = 0; j < selectors; ++j) {
        da[j] = static_cast<Real>(
            kernels.dot(gradients, saved.Codes(row) + j * experts, experts));
      }
      kernels.softmax_gradient(saved.Shares(row), selectors, da, selectors, da,
                               selectors, 1, selectors);
    }
    if (args.dx[0].empty()) return;
    for (Index j = selectors - 1; j >= 0; --j) {
      kernels.scale(saved.Shares(row)[j], gradients, gradients + j * experts,
                    experts);
    }
    if (!args.penalty.empty() && options_.entropy > 0) {
      AddEntropy(saved, row, args.penalty[At(lane)], gradients);
    }
    StepGradients(args.x[0].values.Row(row), saved.shape, gradients,
                  args.dx[0].Lane(lane).Row(row));
  }

  // Of - r ln r: - 1 - ln r, and nothing where r is 0, as then so is the slope
  // of a step that it follows from.
  void AddEntropy(const Saved& saved, Index row, double factor,
                  Real* gradients) const {
    const auto scale = static_cast<Real>(factor * options_.entropy /
                                         static_cast<double>(saved.rows));
    for (Index i = 0; i < saved.shape.codes(); ++i) {
      if (saved.Codes(row)[i] <= 0) continue;
      gradients[i] -= scale * (1 + saved.Logs(row)[i]);
    }
  }

  void StepGradients(const Real* z, const Shape& shape, const Real* gradients,
                     Real* dz) const {
    for (Index j = 0; j < shape.selectors; ++j) {
      for (Index b = 0; b < shape.bits; ++b) {
        const Real* bits = z + j * shape.bits;
        double sum = 0;
        const double slope = Slope(bits[b]);
        for (Index e = 0; e < shape.experts && slope != 0; ++e) {
          double others = (e >> b & 1) != 0 ? 1 : -1;
          for (Index c = 0; c < shape.bits; ++c) {
            if (c == b) continue;
            const double step = static_cast<double>(Step(bits[c]));
            others *= (e >> c & 1) != 0 ? step : 1 - step;
          }
          sum += others * static_cast<double>(gradients[j * shape.experts + e]);
        }
        dz[j * shape.bits + b] = static_cast<Real>(slope * sum);
      }
    }
  }

  SelectionOptions options_;
};

LayerPtr SelectionFrom(const SelectionOptions& options) {
  return MakeSelection(options.gamma, options.entropy);
}

std::vector<LayerSample> SelectionSamples() {
  return {{"two of four experts", MakeSelection(3), {4, 2, 5, 5, 5, 5}},
          {"one of three experts", MakeSelection(), {2, 1, 4, 4, 4}},
          {"undecided", MakeSelection(4, 0.7), {6, 3, 2, 2, 2}}};
}

}  // namespace

Index SelectionBits(Index experts) {
  return static_cast<Index>(
      std::bit_width(static_cast<std::uint64_t>(experts - 1)));
}

LayerPtr MakeSelection(double gamma, double entropy) {
  return std::make_shared<SelectionLayer>(SelectionOptions{gamma, entropy});
}

extern const LayerEntry kSelectionLayer;
const LayerEntry kSelectionLayer =
    MakeLayerEntry<SelectionFrom, SelectionOptions>(
        "selection", "experts weighted by a few selectors of one each",
        SelectionSamples, 4, 0);

}  // namespace mtlkit
