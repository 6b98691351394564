// Operators on images x channels x height x width.
#include <algorithm>
#include <cmath>
#include <limits>

#include "interop/onnx_operations.h"

namespace mtlkit {
namespace {

// The two sides of a window, and how it goes over a grid.
struct OnnxWindowRead {
  Index kernel[2];
  Index stride[2];
  Index before[2];
  Index after[2];
  Index dilation[2];

  explicit OnnxWindowRead(const OnnxNodeRead& node) {
    const auto list = [&](const char* name, std::size_t i, Index otherwise) {
      const auto found = node.lists.find(name);
      return found == node.lists.end() ? otherwise : found->second.at(i);
    };
    for (const std::size_t i : {0U, 1U}) {
      kernel[i] = node.lists.at("kernel_shape").at(i);
      stride[i] = list("strides", i, 1);
      before[i] = list("pads", i, 0);
      after[i] = list("pads", i + 2, 0);
      dilation[i] = list("dilations", i, 1);
    }
  }
  Index Small(Index large, int i) const {
    return (large + before[i] + after[i] - dilation[i] * (kernel[i] - 1) - 1) /
               stride[i] +
           1;
  }
  Index Large(Index small, int i, Index more) const {
    return stride[i] * (small - 1) + more + dilation[i] * (kernel[i] - 1) + 1 -
           before[i] - after[i];
  }
  // Calls visit(l, q, tap, y, x) for the pixels of all windows of a small grid;
  // those beyond the large one, too.
  template <class Visit>
  void For(Index height, Index width, Visit visit) const {
    for (Index l = 0; l < height; ++l) {
      for (Index q = 0; q < width; ++q) {
        for (Index tap = 0; tap < kernel[0] * kernel[1]; ++tap) {
          visit(l, q, tap,
                l * stride[0] - before[0] + tap / kernel[1] * dilation[0],
                q * stride[1] - before[1] + tap % kernel[1] * dilation[1]);
        }
      }
    }
  }
};

bool IsInside(const OnnxArray& images, Index y, Index x) {
  return y >= 0 && x >= 0 && y < images.shape[2] && x < images.shape[3];
}

std::size_t Place(const OnnxArray& images, Index n, Index c, Index y, Index x) {
  return At(
      ((n * images.shape[1] + c) * images.shape[2] + y) * images.shape[3] + x);
}

OnnxArray Images(Index n, Index c, Index height, Index width) {
  OnnxArray y;
  y.shape = {n, c, height, width};
  y.numbers.resize(At(y.size()));
  return y;
}

// Calls meet(unit, channel, weight place before the tap) for each pair that a
// kernel of outputs x inputs of a group joins.
template <class Meet>
void ForPairs(const OnnxArray& w, Index groups, Meet meet) {
  const Index units = w.shape[0] / groups;
  for (Index first = 0; first < w.shape[0]; ++first) {
    for (Index second = 0; second < w.shape[1]; ++second) {
      meet(first, first / units * w.shape[1] + second,
           (first * w.shape[1] + second) * w.shape[2] * w.shape[3]);
    }
  }
}

void AddBias(const OnnxInputs& in, OnnxArray* y) {
  if (in.size() < 3) return;
  const Index area = y->shape[2] * y->shape[3];
  for (Index at = 0; at < y->size(); ++at) {
    y->numbers[At(at)] += in[2]->numbers[At(at / area % y->shape[1])];
  }
}

OnnxArray Conv(const OnnxNodeRead& node, const OnnxInputs& in) {
  const OnnxArray& x = *in[0];
  const OnnxArray& w = *in[1];
  const OnnxWindowRead window(node);
  const Index groups = node.Integer("group", 1);
  Demand(x.shape.size() == 4 && w.shape.size() == 4 &&
             x.shape[1] == groups * w.shape[1] && w.shape[0] % groups == 0 &&
             w.shape[2] == window.kernel[0] && w.shape[3] == window.kernel[1],
         "a convolution of shapes that fit");
  OnnxArray y = Images(x.shape[0], w.shape[0], window.Small(x.shape[2], 0),
                       window.Small(x.shape[3], 1));
  for (Index n = 0; n < x.shape[0]; ++n) {
    ForPairs(w, groups, [&](Index unit, Index channel, Index weight) {
      window.For(y.shape[2], y.shape[3],
                 [&](Index l, Index q, Index tap, Index py, Index px) {
                   if (!IsInside(x, py, px)) return;
                   y.numbers[Place(y, n, unit, l, q)] +=
                       x.numbers[Place(x, n, channel, py, px)] *
                       w.numbers[At(weight + tap)];
                 });
    });
  }
  AddBias(in, &y);
  return y;
}

// The kernel is inputs x outputs of a group.
OnnxArray ConvTranspose(const OnnxNodeRead& node, const OnnxInputs& in) {
  const OnnxArray& x = *in[0];
  const OnnxArray& w = *in[1];
  const OnnxWindowRead window(node);
  const Index groups = node.Integer("group", 1);
  const auto found = node.lists.find("output_padding");
  const auto more = [&](std::size_t i) {
    return found == node.lists.end() ? 0 : found->second.at(i);
  };
  Demand(x.shape.size() == 4 && w.shape.size() == 4 &&
             x.shape[1] == w.shape[0] && w.shape[0] % groups == 0,
         "a transposed convolution of shapes that fit");
  OnnxArray y = Images(x.shape[0], w.shape[1] * groups,
                       window.Large(x.shape[2], 0, more(0)),
                       window.Large(x.shape[3], 1, more(1)));
  for (Index n = 0; n < x.shape[0]; ++n) {
    ForPairs(w, groups, [&](Index channel, Index unit, Index weight) {
      window.For(x.shape[2], x.shape[3],
                 [&](Index l, Index q, Index tap, Index py, Index px) {
                   if (!IsInside(y, py, px)) return;
                   y.numbers[Place(y, n, unit, py, px)] +=
                       x.numbers[Place(x, n, channel, l, q)] *
                       w.numbers[At(weight + tap)];
                 });
    });
  }
  AddBias(in, &y);
  return y;
}

template <class Start, class Take, class Finish>
OnnxArray Pool(const OnnxNodeRead& node, const OnnxArray& x, Start start,
               Take take, Finish finish) {
  const OnnxWindowRead window(node);
  OnnxArray y = Images(x.shape[0], x.shape[1], window.Small(x.shape[2], 0),
                       window.Small(x.shape[3], 1));
  std::vector<double> counts(y.numbers.size());
  std::fill(y.numbers.begin(), y.numbers.end(), start);
  for (Index n = 0; n < x.shape[0]; ++n) {
    for (Index c = 0; c < x.shape[1]; ++c) {
      window.For(y.shape[2], y.shape[3],
                 [&](Index l, Index q, Index, Index py, Index px) {
                   if (!IsInside(x, py, px)) return;
                   const std::size_t at = Place(y, n, c, l, q);
                   y.numbers[at] =
                       take(y.numbers[at], x.numbers[Place(x, n, c, py, px)]);
                   ++counts[at];
                 });
    }
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    y.numbers[i] =
        finish(y.numbers[i], counts[i],
               static_cast<double>(window.kernel[0] * window.kernel[1]));
  }
  return y;
}

OnnxArray MaxPool(const OnnxNodeRead& node, const OnnxInputs& in) {
  return Pool(
      node, *in[0], -std::numeric_limits<double>::infinity(),
      [](double a, double b) { return std::max(a, b); },
      [](double y, double, double) { return y; });
}

OnnxArray AveragePool(const OnnxNodeRead& node, const OnnxInputs& in) {
  const bool all = node.Integer("count_include_pad", 0) == 1;
  return Pool(
      node, *in[0], 0.0, [](double a, double b) { return a + b; },
      [&](double y, double inside, double area) {
        return y / (all ? area : inside);
      });
}

OnnxArray InstanceNormalization(const OnnxNodeRead& node,
                                const OnnxInputs& in) {
  OnnxArray y = *in[0];
  const double epsilon = node.reals.at("epsilon");
  const Index groups = y.shape[1];
  const Index length = y.size() / (y.shape[0] * groups);
  Demand(in[1]->size() == groups && in[2]->size() == groups, "a scale each");
  for (Index row = 0; row < y.shape[0] * groups; ++row) {
    double* begin = y.numbers.data() + row * length;
    double mean = 0;
    double variance = 0;
    const double count = static_cast<double>(length);
    for (Index i = 0; i < length; ++i) mean += begin[i] / count;
    for (Index i = 0; i < length; ++i) {
      variance += (begin[i] - mean) * (begin[i] - mean) / count;
    }
    for (Index i = 0; i < length; ++i) {
      begin[i] = (begin[i] - mean) / std::sqrt(variance + epsilon) *
                     in[1]->numbers[At(row % groups)] +
                 in[2]->numbers[At(row % groups)];
    }
  }
  return y;
}

OnnxArray ReduceMax(const OnnxNodeRead& node, const OnnxInputs& in) {
  Demand(node.Integer("keepdims", 1) == 0, "the axis goes");
  const OnnxArray& x = *in[0];
  const Index axis = AxisOf(node.lists.at("axes").at(0), x);
  const OnnxStrides s = Around(x, axis);
  OnnxArray y;
  y.shape = x.shape;
  y.shape.erase(y.shape.begin() + axis);
  y.numbers.assign(At(y.size()), -std::numeric_limits<double>::infinity());
  for (Index at = 0; at < x.size(); ++at) {
    double& most =
        y.numbers[At(at / (s.length * s.inner) * s.inner + at % s.inner)];
    most = std::max(most, x.numbers[At(at)]);
  }
  return y;
}

}  // namespace

const OnnxOperations& OnnxImageOperations() {
  static const OnnxOperations operations = {
      {"Conv", Conv},
      {"ConvTranspose", ConvTranspose},
      {"MaxPool", MaxPool},
      {"AveragePool", AveragePool},
      {"InstanceNormalization", InstanceNormalization},
      {"ReduceMax", ReduceMax},
  };
  return operations;
}

}  // namespace mtlkit
