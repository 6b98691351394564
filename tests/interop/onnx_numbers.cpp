// Operators that compute.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "interop/onnx_operations.h"

namespace mtlkit {
namespace {

OnnxArray Fold(const OnnxInputs& x,
               const std::function<double(double, double)>& f) {
  OnnxArray y = *x[0];
  for (std::size_t i = 1; i < x.size(); ++i) y = Broadcast(y, *x[i], f);
  return y;
}

OnnxArray Gemm(const OnnxNodeRead&, const OnnxInputs& in) {
  const OnnxArray& x = *in[0];
  const OnnxArray& w = *in[1];
  Demand(x.shape.size() == 2 && w.shape.size() == 2 && x.shape[1] == w.shape[0],
         "a product of shapes that do not fit");
  OnnxArray y;
  y.type = x.type;
  y.shape = {x.shape[0], w.shape[1]};
  y.numbers.resize(At(y.size()));
  for (Index r = 0; r < y.shape[0]; ++r) {
    for (Index c = 0; c < y.shape[1]; ++c) {
      double sum = in.size() > 2 ? in[2]->numbers[At(c)] : 0;
      for (Index k = 0; k < w.shape[0]; ++k) {
        sum += x.numbers[At(r * w.shape[0] + k)] *
               w.numbers[At(k * y.shape[1] + c)];
      }
      y.numbers[At(r * y.shape[1] + c)] = sum;
    }
  }
  return y;
}

// Of stacks of matrices, one times the other of the same number; a matrix
// alone is the same for all. Of two matrices, their product.
OnnxArray MatMul(const OnnxNodeRead& node, const OnnxInputs& in) {
  const OnnxArray& a = *in[0];
  const OnnxArray& b = *in[1];
  const bool is_one = a.shape.size() == 2;
  if (is_one && b.shape.size() == 2) return Gemm(node, in);
  Demand((is_one || a.shape.size() == 3) && b.shape.size() == 3,
         "stacks of matrices");
  OnnxArray y;
  y.shape = {b.shape[0], a.shape[is_one ? 0 : 1], b.shape[2]};
  for (Index i = 0; i < b.shape[0]; ++i) {
    const auto part = [&](const OnnxArray& x) {
      if (x.shape.size() == 2) return x;
      OnnxArray matrix;
      matrix.shape = {x.shape[1], x.shape[2]};
      const Index size = matrix.size();
      matrix.numbers.assign(x.numbers.begin() + i * size,
                            x.numbers.begin() + (i + 1) * size);
      return matrix;
    };
    const OnnxArray left = part(a);
    const OnnxArray right = part(b);
    const OnnxArray product = Gemm(node, {&left, &right});
    y.numbers.insert(y.numbers.end(), product.numbers.begin(),
                     product.numbers.end());
  }
  return y;
}

// Applies `work` to every row of the last axis.
OnnxArray ByRow(const OnnxArray& x,
                const std::function<void(double*, Index)>& work) {
  OnnxArray y = x;
  const Index cols = y.shape.back();
  for (Index at = 0; at < y.size(); at += cols) {
    work(y.numbers.data() + at, cols);
  }
  return y;
}

OnnxArray Softmax(const OnnxNodeRead& node, const OnnxInputs& in) {
  Demand(
      AxisOf(node.Integer("axis", -1), *in[0]) == std::ssize(in[0]->shape) - 1,
      "a softmax of the last axis");
  return ByRow(*in[0], [](double* row, Index cols) {
    const double most = *std::max_element(row, row + cols);
    double sum = 0;
    for (Index i = 0; i < cols; ++i) sum += row[i] = std::exp(row[i] - most);
    for (Index i = 0; i < cols; ++i) row[i] /= sum;
  });
}

OnnxArray BatchNormalization(const OnnxNodeRead& node, const OnnxInputs& in) {
  const double epsilon = node.reals.at("epsilon");
  Demand(in.size() == 5 && in[0]->shape.size() == 2, "a batch norm of rows");
  return ByRow(*in[0], [&](double* row, Index cols) {
    for (Index i = 0; i < cols; ++i) {
      const auto of = [&](std::size_t input) {
        return in[input]->numbers[At(i)];
      };
      row[i] = (row[i] - of(3)) / std::sqrt(of(4) + epsilon) * of(1) + of(2);
    }
  });
}

OnnxArray LayerNormalization(const OnnxNodeRead& node, const OnnxInputs& in) {
  const double epsilon = node.reals.at("epsilon");
  return ByRow(*in[0], [&](double* row, Index cols) {
    const auto count = static_cast<double>(cols);
    const double mean = std::accumulate(row, row + cols, 0.0) / count;
    double variance = 0;
    for (Index i = 0; i < cols; ++i) {
      variance += (row[i] - mean) * (row[i] - mean) / count;
    }
    for (Index i = 0; i < cols; ++i) {
      row[i] = (row[i] - mean) / std::sqrt(variance + epsilon) *
                   in[1]->numbers[At(i)] +
               in[2]->numbers[At(i)];
    }
  });
}

// Takes an axis away by summing over it.
OnnxArray SumOver(const OnnxArray& x, Index axis, double factor) {
  const OnnxStrides s = Around(x, axis);
  OnnxArray y;
  y.type = x.type;
  y.shape = x.shape;
  y.shape.erase(y.shape.begin() + axis);
  y.numbers.resize(At(y.size()));
  for (Index at = 0; at < x.size(); ++at) {
    const Index outer = at / (s.length * s.inner);
    y.numbers[At(outer * s.inner + at % s.inner)] += x.numbers[At(at)] * factor;
  }
  return y;
}

OnnxArray ReduceMean(const OnnxNodeRead& node, const OnnxInputs& in) {
  const Index axis = AxisOf(node.lists.at("axes").at(0), *in[0]);
  OnnxArray mean =
      SumOver(*in[0], axis, 1 / static_cast<double>(in[0]->shape[At(axis)]));
  if (node.Integer("keepdims", 1) != 0) {
    mean.shape.insert(mean.shape.begin() + axis, 1);
  }
  return mean;
}

OnnxArray ReduceSum(const OnnxNodeRead& node, const OnnxInputs& in) {
  const Index axis = AxisOf(static_cast<Index>(in[1]->numbers[0]), *in[0]);
  OnnxArray sum = SumOver(*in[0], axis, 1);
  if (node.Integer("keepdims", 1) != 0) {
    sum.shape.insert(sum.shape.begin() + axis, 1);
  }
  return sum;
}

OnnxArray CumSum(const OnnxNodeRead& node, const OnnxInputs& in) {
  const OnnxArray& x = *in[0];
  const Index axis = AxisOf(static_cast<Index>(in[1]->numbers[0]), x);
  const OnnxStrides s = Around(x, axis);
  const bool exclusive = node.Integer("exclusive", 0) == 1;
  const bool reverse = node.Integer("reverse", 0) == 1;
  OnnxArray y = x;
  for (Index o = 0; o < s.outer; ++o) {
    for (Index k = 0; k < s.inner; ++k) {
      double sum = 0;
      for (Index i = 0; i < s.length; ++i) {
        const Index place = reverse ? s.length - 1 - i : i;
        const auto at = At((o * s.length + place) * s.inner + k);
        y.numbers[at] = exclusive ? sum : sum + x.numbers[at];
        sum += x.numbers[at];
      }
    }
  }
  return y;
}

OnnxArray RangeOf(const OnnxNodeRead&, const OnnxInputs& in) {
  OnnxArray y;
  y.type = in[0]->type;
  for (double v = in[0]->numbers[0]; v < in[1]->numbers[0];
       v += in[2]->numbers[0]) {
    y.numbers.push_back(v);
  }
  y.shape = {std::ssize(y.numbers)};
  return y;
}

OnnxArray ArgMax(const OnnxNodeRead& node, const OnnxInputs& in) {
  const OnnxArray& x = *in[0];
  Demand(x.shape.size() == 2 && node.Integer("axis", 0) == 1 &&
             node.Integer("keepdims", 1) == 0,
         "the largest of each row");
  OnnxArray y;
  y.type = 7;
  y.shape = {x.shape[0]};
  for (Index row = 0; row < x.shape[0]; ++row) {
    const auto begin = x.numbers.begin() + row * x.shape[1];
    y.numbers.push_back(static_cast<double>(
        std::max_element(begin, begin + x.shape[1]) - begin));
  }
  return y;
}

OnnxArray TopK(const OnnxNodeRead& node, const OnnxInputs& in) {
  Demand(node.Integer("largest", 1) == 0 &&
             static_cast<Index>(in[1]->numbers[0]) == in[0]->shape.back(),
         "all of a row, the smallest first");
  return ByRow(*in[0],
               [](double* row, Index cols) { std::sort(row, row + cols); });
}

OnnxOperation Compare(double (*f)(double, double)) {
  return [f](const OnnxNodeRead&, const OnnxInputs& in) {
    OnnxArray y = Broadcast(*in[0], *in[1], f);
    Demand(in[0]->type == in[1]->type, "types that are compared");
    y.type = 9;
    return y;
  };
}

OnnxArray IsNaN(const OnnxNodeRead&, const OnnxInputs& in) {
  OnnxArray y =
      MapNumbers(*in[0], [](double v) { return std::isnan(v) ? 1.0 : 0.0; });
  y.type = 9;
  return y;
}

OnnxArray Clip(const OnnxNodeRead&, const OnnxInputs& in) {
  const double low = in[1]->numbers[0];
  const double high = in[2]->numbers[0];
  return MapNumbers(*in[0], [&](double v) { return std::clamp(v, low, high); });
}

OnnxOperation Unary(double (*f)(double)) {
  return [f](const OnnxNodeRead&, const OnnxInputs& in) {
    return MapNumbers(*in[0], f);
  };
}

OnnxOperation Binary(double (*f)(double, double)) {
  return [f](const OnnxNodeRead&, const OnnxInputs& in) { return Fold(in, f); };
}

OnnxArray LeakyRelu(const OnnxNodeRead& node, const OnnxInputs& in) {
  const double alpha = node.reals.at("alpha");
  return MapNumbers(*in[0], [&](double v) { return v < 0 ? alpha * v : v; });
}

OnnxArray Elu(const OnnxNodeRead& node, const OnnxInputs& in) {
  const double alpha = node.reals.at("alpha");
  return MapNumbers(
      *in[0], [&](double v) { return v < 0 ? alpha * std::expm1(v) : v; });
}

}  // namespace

const OnnxOperations& OnnxNumberOperations() {
  static const OnnxOperations operations = {
      {"Identity", Unary([](double v) { return v; })},
      {"Neg", Unary([](double v) { return -v; })},
      {"Relu", Unary([](double v) { return std::max(v, 0.0); })},
      {"Erf", Unary([](double v) { return std::erf(v); })},
      {"Tanh", Unary([](double v) { return std::tanh(v); })},
      {"Exp", Unary([](double v) { return std::exp(v); })},
      {"Sigmoid", Unary([](double v) { return 1 / (1 + std::exp(-v)); })},
      {"Softplus", Unary([](double v) {
         return std::max(v, 0.0) + std::log1p(std::exp(-std::abs(v)));
       })},
      {"Add", Binary([](double a, double b) { return a + b; })},
      {"Sum", Binary([](double a, double b) { return a + b; })},
      {"Sub", Binary([](double a, double b) { return a - b; })},
      {"Mul", Binary([](double a, double b) { return a * b; })},
      {"Div", Binary([](double a, double b) { return a / b; })},
      {"Max", Binary([](double a, double b) { return std::max(a, b); })},
      {"Min", Binary([](double a, double b) { return std::min(a, b); })},
      {"Greater",
       Compare([](double a, double b) { return a > b ? 1.0 : 0.0; })},
      {"Less", Compare([](double a, double b) { return a < b ? 1.0 : 0.0; })},
      {"Equal", Compare([](double a, double b) { return a == b ? 1.0 : 0.0; })},
      {"Abs", Unary([](double v) { return std::abs(v); })},
      {"Sqrt", Unary([](double v) { return std::sqrt(v); })},
      {"Floor", Unary([](double v) { return std::floor(v); })},
      {"Round", Unary([](double v) { return std::nearbyint(v); })},
      {"Sin", Unary([](double v) { return std::sin(v); })},
      {"Cos", Unary([](double v) { return std::cos(v); })},
      {"Log", Unary([](double v) { return std::log(v); })},
      {"Sign", Unary([](double v) { return double((v > 0) - (v < 0)); })},
      {"IsNaN", IsNaN},
      {"Clip", Clip},
      {"LeakyRelu", LeakyRelu},
      {"Elu", Elu},
      {"Gemm", Gemm},
      {"MatMul", MatMul},
      {"Softmax", Softmax},
      {"BatchNormalization", BatchNormalization},
      {"LayerNormalization", LayerNormalization},
      {"ReduceMean", ReduceMean},
      {"ReduceSum", ReduceSum},
      {"CumSum", CumSum},
      {"Range", RangeOf},
      {"ArgMax", ArgMax},
      {"TopK", TopK},
  };
  return operations;
}

}  // namespace mtlkit
