// Operators that move numbers and texts.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "interop/onnx_operations.h"

namespace mtlkit {
namespace {

Index ProductOf(const std::vector<Index>& shape, Index first, Index end) {
  Index product = 1;
  for (Index i = first; i < end; ++i) product *= shape[At(i)];
  return product;
}

OnnxArray Gather(const OnnxNodeRead& node, const OnnxInputs& in) {
  const OnnxArray& x = *in[0];
  const Index axis = AxisOf(node.Integer("axis", 0), x);
  const OnnxStrides s = Around(x, axis);
  OnnxArray y;
  y.type = x.type;
  y.shape.assign(x.shape.begin(), x.shape.begin() + axis);
  y.shape.insert(y.shape.end(), in[1]->shape.begin(), in[1]->shape.end());
  y.shape.insert(y.shape.end(), x.shape.begin() + axis + 1, x.shape.end());
  for (Index o = 0; o < s.outer; ++o) {
    for (const double number : in[1]->numbers) {
      Index i = static_cast<Index>(number);
      if (i < 0) i += s.length;
      Demand(i >= 0 && i < s.length, "gathers what is not there");
      const auto at = (o * s.length + i) * s.inner;
      for (Index k = 0; k < s.inner; ++k) {
        if (x.type == 8) {
          y.texts.push_back(x.texts[At(at + k)]);
        } else {
          y.numbers.push_back(x.numbers[At(at + k)]);
        }
      }
    }
  }
  return y;
}

OnnxArray Concat(const OnnxNodeRead& node, const OnnxInputs& in) {
  const Index axis = AxisOf(node.Integer("axis", 0), *in[0]);
  OnnxArray y = *in[0];
  y.numbers.clear();
  y.shape[At(axis)] = 0;
  for (const OnnxArray* x : in) {
    Demand(x->shape.size() == y.shape.size(), "ranks that differ");
    for (std::size_t i = 0; i < y.shape.size(); ++i) {
      Demand(i == At(axis) || x->shape[i] == y.shape[i], "lengths that differ");
    }
    y.shape[At(axis)] += x->shape[At(axis)];
  }
  const Index outer = ProductOf(y.shape, 0, axis);
  for (Index o = 0; o < outer; ++o) {
    for (const OnnxArray* x : in) {
      const Index size = outer == 0 ? 0 : x->size() / outer;
      y.numbers.insert(y.numbers.end(), x->numbers.begin() + o * size,
                       x->numbers.begin() + (o + 1) * size);
    }
  }
  return y;
}

OnnxArray SliceAxis(const OnnxNodeRead&, const OnnxInputs& in) {
  const OnnxArray& x = *in[0];
  Demand(in.size() == 4, "a slice of one axis");
  const Index axis = AxisOf(static_cast<Index>(in[3]->numbers[0]), x);
  const OnnxStrides s = Around(x, axis);
  const auto place = [&](const OnnxArray* of) {
    auto at = static_cast<Index>(of->numbers[0]);
    if (at < 0) at += s.length;
    return std::clamp<Index>(at, 0, s.length);
  };
  const Index first = place(in[1]);
  const Index end = place(in[2]);
  OnnxArray y;
  y.type = x.type;
  y.shape = x.shape;
  y.shape[At(axis)] = std::max<Index>(0, end - first);
  const auto cut = [&](const auto& from, auto* to) {
    for (Index o = 0; o < s.outer && first < end && !from.empty(); ++o) {
      const auto begin = from.begin() + o * s.length * s.inner;
      to->insert(to->end(), begin + first * s.inner, begin + end * s.inner);
    }
  };
  cut(x.numbers, &y.numbers);
  cut(x.texts, &y.texts);
  return y;
}

OnnxArray Reshape(const OnnxNodeRead&, const OnnxInputs& in) {
  OnnxArray y = *in[0];
  std::vector<Index> shape;
  Index known = 1;
  for (const double length : in[1]->numbers) {
    shape.push_back(static_cast<Index>(length));
    if (shape.back() >= 0) known *= shape.back();
  }
  for (Index& length : shape) {
    if (length == -1) length = y.size() / known;
  }
  const Index size = y.size();
  y.shape = shape;
  Demand(y.size() == size, "a shape of another size");
  return y;
}

OnnxArray Squeeze(const OnnxNodeRead&, const OnnxInputs& in) {
  OnnxArray y = *in[0];
  const Index axis = AxisOf(static_cast<Index>(in[1]->numbers[0]), y);
  Demand(y.shape[At(axis)] == 1, "squeezes an axis that is not 1");
  y.shape.erase(y.shape.begin() + axis);
  return y;
}

OnnxArray Unsqueeze(const OnnxNodeRead&, const OnnxInputs& in) {
  OnnxArray y = *in[0];
  y.shape.insert(y.shape.begin() + static_cast<Index>(in[1]->numbers[0]), 1);
  return y;
}

OnnxArray Transpose(const OnnxNodeRead& node, const OnnxInputs& in) {
  const OnnxArray& x = *in[0];
  const std::vector<Index>& axes = node.lists.at("perm");
  Demand(axes.size() == x.shape.size(), "an order of all axes");
  OnnxArray y;
  y.type = x.type;
  for (const Index axis : axes) y.shape.push_back(x.shape[At(axis)]);
  for (Index at = 0; at < x.size(); ++at) {
    // Where each axis stands in the new order, from the last on.
    std::vector<Index> place(axes.size());
    Index rest = at;
    for (std::size_t i = axes.size(); i-- > 0;) {
      place[At(axes[i])] = rest % y.shape[i];
      rest /= y.shape[i];
    }
    Index from = 0;
    for (std::size_t i = 0; i < place.size(); ++i) {
      from = from * x.shape[i] + place[i];
    }
    y.numbers.push_back(x.numbers[At(from)]);
  }
  return y;
}

OnnxArray Tile(const OnnxNodeRead&, const OnnxInputs& in) {
  const OnnxArray& x = *in[0];
  Demand(x.shape.size() == 2 && in[1]->numbers[0] == 1, "tiles columns");
  const auto times = static_cast<Index>(in[1]->numbers[1]);
  OnnxArray y;
  y.shape = {x.shape[0], x.shape[1] * times};
  for (Index row = 0; row < x.shape[0]; ++row) {
    const auto begin = x.numbers.begin() + row * x.shape[1];
    for (Index i = 0; i < times; ++i) {
      y.numbers.insert(y.numbers.end(), begin, begin + x.shape[1]);
    }
  }
  return y;
}

OnnxArray Cast(const OnnxNodeRead& node, const OnnxInputs& in) {
  OnnxArray y = *in[0];
  y.type = static_cast<int>(node.Integer("to", 0));
  if (y.type == 7) y = MapNumbers(y, [](double v) { return std::trunc(v); });
  return y;
}

OnnxArray Expand(const OnnxArray& x, const std::vector<Index>& shape) {
  OnnxArray zeros;
  zeros.shape = shape;
  zeros.numbers.resize(At(zeros.size()));
  return Broadcast(x, zeros, [](double a, double) { return a; });
}

OnnxArray Where(const OnnxNodeRead&, const OnnxInputs& in) {
  const auto first = [](double a, double) { return a; };
  const OnnxArray all =
      Broadcast(Broadcast(*in[0], *in[1], first), *in[2], first);
  const OnnxArray chosen = Expand(*in[0], all.shape);
  const OnnxArray no = Expand(*in[2], all.shape);
  OnnxArray y = Expand(*in[1], all.shape);
  Demand(in[0]->type == 9 && in[1]->type == in[2]->type, "types of a choice");
  for (std::size_t i = 0; i < y.numbers.size(); ++i) {
    if (chosen.numbers[i] == 0) y.numbers[i] = no.numbers[i];
  }
  return y;
}

OnnxArray ShapeNode(const OnnxNodeRead&, const OnnxInputs& in) {
  return {7,
          {std::ssize(in[0]->shape)},
          {in[0]->shape.begin(), in[0]->shape.end()},
          {}};
}

OnnxArray ExpandTo(const OnnxNodeRead&, const OnnxInputs& in) {
  return Expand(*in[0], {in[1]->numbers.begin(), in[1]->numbers.end()});
}

OnnxArray LabelEncoder(const OnnxNodeRead& node, const OnnxInputs& in) {
  Demand(node.domain == "ai.onnx.ml" && in[0]->type == 8, "texts as labels");
  const std::vector<std::string>& keys = node.texts.at("keys_strings");
  const std::vector<Index>& values = node.lists.at("values_int64s");
  Demand(keys.size() == values.size(), "a value for each key");
  OnnxArray y;
  y.type = 7;
  y.shape = in[0]->shape;
  for (const std::string& text : in[0]->texts) {
    const auto at = std::find(keys.begin(), keys.end(), text);
    y.numbers.push_back(
        static_cast<double>(at == keys.end() ? node.integers.at("default_int64")
                                             : values[At(at - keys.begin())]));
  }
  return y;
}

}  // namespace

void Demand(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

Index AxisOf(Index axis, const OnnxArray& x) {
  return axis < 0 ? axis + std::ssize(x.shape) : axis;
}

OnnxStrides Around(const OnnxArray& x, Index axis) {
  return {ProductOf(x.shape, 0, axis), x.shape[At(axis)],
          ProductOf(x.shape, axis + 1, std::ssize(x.shape))};
}

OnnxArray MapNumbers(const OnnxArray& x,
                     const std::function<double(double)>& f) {
  OnnxArray y = x;
  for (double& value : y.numbers) value = f(value);
  return y;
}

// Numpy's broadcasting.
OnnxArray Broadcast(const OnnxArray& a, const OnnxArray& b,
                    const std::function<double(double, double)>& f) {
  const std::size_t rank = std::max(a.shape.size(), b.shape.size());
  const auto length = [&](const OnnxArray& x, std::size_t axis) {
    const std::size_t missing = rank - x.shape.size();
    return axis < missing ? 1 : x.shape[axis - missing];
  };
  OnnxArray y;
  y.type = a.type;
  for (std::size_t i = 0; i < rank; ++i) {
    const Index la = length(a, i);
    const Index lb = length(b, i);
    Demand(la == lb || la == 1 || lb == 1, "shapes that do not broadcast");
    y.shape.push_back(la == 1 ? lb : la);
  }
  y.numbers.resize(At(y.size()));
  for (Index at = 0; at < y.size(); ++at) {
    Index rest = at;
    Index ia = 0;
    Index ib = 0;
    Index step_a = 1;
    Index step_b = 1;
    for (std::size_t i = rank; i-- > 0;) {
      const Index place = rest % y.shape[i];
      rest /= y.shape[i];
      if (length(a, i) > 1) ia += place * step_a;
      if (length(b, i) > 1) ib += place * step_b;
      step_a *= length(a, i);
      step_b *= length(b, i);
    }
    y.numbers[At(at)] = f(a.numbers[At(ia)], b.numbers[At(ib)]);
  }
  return y;
}

const OnnxOperations& OnnxShapeOperations() {
  static const OnnxOperations operations = {
      {"Gather", Gather},
      {"Concat", Concat},
      {"Slice", SliceAxis},
      {"Reshape", Reshape},
      {"Squeeze", Squeeze},
      {"Unsqueeze", Unsqueeze},
      {"Tile", Tile},
      {"Cast", Cast},
      {"Transpose", Transpose},
      {"Where", Where},
      {"LabelEncoder", LabelEncoder},
      {"Shape", ShapeNode},
      {"Expand", ExpandTo},
  };
  return operations;
}

}  // namespace mtlkit
