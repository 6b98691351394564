#include "interop/keras_eval.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "interop/keras_images.h"
#include "interop/onnx_operations.h"

namespace mtlkit {
namespace {

using Arrays = KerasArrays;
using WorkOnRow = std::function<void(double*, Index)>;

// Applies `work` to the last axis.
OnnxArray LastAxis(OnnxArray x, const WorkOnRow& work) {
  const Index cols = x.shape.back();
  for (Index at = 0; at < x.size(); at += cols) {
    work(x.numbers.data() + at, cols);
  }
  return x;
}

OnnxArray Dense(const Json& config, const Arrays& x, const Arrays& w) {
  Demand(config.at("activation") == "linear", "a linear product");
  const Index cols = x[0].shape.back();
  const Index units = w[0].shape[1];
  Demand(w[0].shape[0] == cols && config.at("units") == units,
         "a product of shapes that fit");
  Demand(w.size() == (config.at("use_bias").get<bool>() ? 2U : 1U), "a bias");
  OnnxArray y;
  y.shape = x[0].shape;
  y.shape.back() = units;
  for (Index at = 0; at < x[0].size(); at += cols) {
    for (Index unit = 0; unit < units; ++unit) {
      double sum = w.size() > 1 ? w[1].numbers[At(unit)] : 0;
      for (Index i = 0; i < cols; ++i) {
        sum += x[0].numbers[At(at + i)] * w[0].numbers[At(i * units + unit)];
      }
      y.numbers.push_back(sum);
    }
  }
  return y;
}

// Rows of members times kernels of their own, or number by number.
OnnxArray Einsum(const Json& config, const Arrays& x, const Arrays& w) {
  Demand(config.at("activation") == "linear", "a linear product");
  const bool is_scale = config.at("equation") == "abc,bc->abc";
  Demand(is_scale || config.at("equation") == "abc,bcd->abd", "an equation");
  const Index members = x[0].shape[1];
  const Index cols = x[0].shape[2];
  const Index units = w[0].shape.back();
  Demand(w[0].shape == (is_scale ? std::vector<Index>{members, cols}
                                 : std::vector<Index>{members, cols, units}) &&
             config.at("output_shape") == Json({members, units}),
         "members that fit");
  const Json& bias_axes = config.at("bias_axes");
  Demand(w.size() == (bias_axes.is_null() ? 1U : 2U), "a bias");
  Demand(w.size() == 1 || (bias_axes == (is_scale ? "bc" : "bd") &&
                           w[1].shape == std::vector<Index>{members, units}),
         "the axes of a bias");
  OnnxArray y;
  y.shape = {x[0].shape[0], members, units};
  for (Index row = 0; row < x[0].shape[0] * members; ++row) {
    const Index m = row % members;
    const double* from = x[0].numbers.data() + row * cols;
    for (Index unit = 0; unit < units; ++unit) {
      double sum = w.size() > 1 ? w[1].numbers[At(m * units + unit)] : 0;
      for (Index i = 0; i < cols && !is_scale; ++i) {
        sum += from[i] * w[0].numbers[At((m * cols + i) * units + unit)];
      }
      if (is_scale) sum += from[unit] * w[0].numbers[At(m * units + unit)];
      y.numbers.push_back(sum);
    }
  }
  return y;
}

void SoftmaxRow(double* row, Index cols) {
  double sum = 0;
  for (Index i = 0; i < cols; ++i) sum += row[i] = std::exp(row[i]);
  for (Index i = 0; i < cols; ++i) row[i] /= sum;
}

OnnxArray Activate(const Json& config, const Arrays& x, const Arrays&) {
  const auto name = config.at("activation").get<std::string>();
  if (name == "softmax") return LastAxis(x[0], SoftmaxRow);
  return MapNumbers(x[0], [&](double v) {
    const double sigmoid = 1 / (1 + std::exp(-v));
    if (name == "linear") return v;
    if (name == "relu") return std::max(v, 0.0);
    if (name == "tanh") return std::tanh(v);
    if (name == "sigmoid") return sigmoid;
    if (name == "silu") return v * sigmoid;
    if (name == "softplus") return std::log1p(std::exp(v));
    if (name == "exponential") return std::exp(v);
    if (name == "gelu") return v / 2 * (1 + std::erf(v / std::sqrt(2.0)));
    throw std::runtime_error("the activation " + name);
  });
}

OnnxArray Leaky(const Json& config, const Arrays& x, const Arrays&) {
  const double slope = config.at("negative_slope").get<double>();
  return MapNumbers(x[0], [&](double v) { return v < 0 ? slope * v : v; });
}

OnnxArray BatchNorm(const Json& config, const Arrays& x, const Arrays& w) {
  const double epsilon = config.at("epsilon").get<double>();
  Demand(config.at("axis") == -1 && w.size() == 4, "four arrays");
  return LastAxis(x[0], [&](double* row, Index cols) {
    for (Index i = 0; i < cols; ++i) {
      const std::size_t at = At(i);
      row[i] = (row[i] - w[2].numbers[at]) /
                   std::sqrt(w[3].numbers[at] + epsilon) * w[0].numbers[at] +
               w[1].numbers[at];
    }
  });
}

OnnxArray LayerNorm(const Json& config, const Arrays& x, const Arrays& w) {
  OnnxNodeRead node;
  node.reals["epsilon"] = config.at("epsilon").get<double>();
  Demand(config.at("axis") == -1, "the last axis");
  return OnnxNumberOperations().at("LayerNormalization")(node,
                                                         {&x[0], &w[0], &w[1]});
}

OnnxArray RmsNorm(const Json& config, const Arrays& x, const Arrays& w) {
  const double epsilon = config.at("epsilon").get<double>();
  Demand(config.at("axis") == -1 && w.size() == 1, "one array");
  return LastAxis(x[0], [&](double* row, Index cols) {
    double square = 0;
    for (Index i = 0; i < cols; ++i) {
      square += row[i] * row[i] / static_cast<double>(cols);
    }
    for (Index i = 0; i < cols; ++i) {
      row[i] *= w[0].numbers[At(i)] / std::sqrt(square + epsilon);
    }
  });
}

OnnxArray Elu(const Json& config, const Arrays& x, const Arrays&) {
  const double alpha = config.at("alpha").get<double>();
  return MapNumbers(
      x[0], [&](double v) { return v < 0 ? alpha * std::expm1(v) : v; });
}

OnnxArray Embedding(const Json& config, const Arrays& x, const Arrays& w) {
  Demand(config.at("input_dim") == w[0].shape[0] &&
             config.at("output_dim") == w[0].shape[1],
         "a table of that size");
  return OnnxShapeOperations().at("Gather")({}, {&w[0], &x[0]});
}

OnnxArray Concatenate(const Json& config, const Arrays& x, const Arrays&) {
  OnnxNodeRead node;
  node.integers["axis"] = config.at("axis").get<Index>();
  OnnxInputs inputs;
  for (const OnnxArray& each : x) inputs.push_back(&each);
  return OnnxShapeOperations().at("Concat")(node, inputs);
}

OnnxArray AddAll(const Json&, const Arrays& x, const Arrays&) {
  OnnxInputs inputs;
  for (const OnnxArray& each : x) inputs.push_back(&each);
  return OnnxNumberOperations().at("Sum")({}, inputs);
}

OnnxArray Multiply(const Json&, const Arrays& x, const Arrays&) {
  Demand(x.size() == 2, "two factors");
  return Broadcast(x[0], x[1], [](double a, double b) { return a * b; });
}

OnnxArray Subtract(const Json&, const Arrays& x, const Arrays&) {
  Demand(x.size() == 2, "two values");
  return Broadcast(x[0], x[1], [](double a, double b) { return a - b; });
}

OnnxArray Clipped(const Json& config, const Arrays& x, const Arrays&) {
  const double most = config.at("max_value").get<double>();
  Demand(config.at("negative_slope") == 0 && config.at("threshold") == 0,
         "a ReLU that is only cut off");
  return MapNumbers(x[0], [&](double v) { return std::clamp(v, 0.0, most); });
}

OnnxArray Reshaped(const Json& config, const Arrays& x, const Arrays&) {
  OnnxArray y = x[0];
  const Index size = y.size();
  y.shape = {x[0].shape[0]};
  for (const Json& length : config.at("target_shape")) {
    y.shape.push_back(length.get<Index>());
  }
  Demand(y.size() == size, "a shape of the same size");
  return y;
}

// Of rows x A x B.
OnnxArray Exchange(const Json& config, const Arrays& x, const Arrays&) {
  Demand(config.at("dims") == Json({2, 1}), "two axes to exchange");
  const Index a = x[0].shape[1];
  const Index b = x[0].shape[2];
  OnnxArray y;
  y.shape = {x[0].shape[0], b, a};
  for (Index at = 0; at < x[0].size(); ++at) {
    const Index row = at / (a * b);
    const Index to = at % (a * b);
    y.numbers.push_back(x[0].numbers[At(row * a * b + to % a * b + to / a)]);
  }
  return y;
}

OnnxArray Crop(const Json& config, const Arrays& x, const Arrays&) {
  const auto front = config.at("cropping").at(0).get<Index>();
  const auto back = config.at("cropping").at(1).get<Index>();
  const Index length = x[0].shape[1];
  const Index inner = x[0].shape[2];
  Demand(front >= 0 && back >= 0 && front + back < length, "a part of an axis");
  OnnxArray y;
  y.shape = {x[0].shape[0], length - front - back, inner};
  for (Index at = 0; at < x[0].size(); at += length * inner) {
    y.numbers.insert(y.numbers.end(), x[0].numbers.begin() + at + front * inner,
                     x[0].numbers.begin() + at + (length - back) * inner);
  }
  return y;
}

OnnxArray Repeat(const Json& config, const Arrays& x, const Arrays&) {
  const auto times = config.at("n").get<Index>();
  const Index cols = x[0].shape[1];
  OnnxArray y;
  y.shape = {x[0].shape[0], times, cols};
  for (Index at = 0; at < x[0].size(); at += cols) {
    for (Index i = 0; i < times; ++i) {
      y.numbers.insert(y.numbers.end(), x[0].numbers.begin() + at,
                       x[0].numbers.begin() + at + cols);
    }
  }
  return y;
}

OnnxArray Average(const Json&, const Arrays& x, const Arrays&) {
  OnnxNodeRead node;
  node.integers["keepdims"] = 0;
  node.lists["axes"] = {1};
  return OnnxNumberOperations().at("ReduceMean")(node, {&x[0]});
}

// Of rows x E and rows x width x E.
OnnxArray Dot(const Json& config, const Arrays& x, const Arrays&) {
  Demand(config.at("axes") == Json({1, 2}), "the axes of experts");
  const Index experts = x[0].shape[1];
  OnnxArray y;
  y.shape = {x[1].shape[0], x[1].shape[1]};
  for (Index at = 0; at < y.size(); ++at) {
    double sum = 0;
    for (Index e = 0; e < experts; ++e) {
      sum += x[0].numbers[At(at / y.shape[1] * experts + e)] *
             x[1].numbers[At(at * experts + e)];
    }
    y.numbers.push_back(sum);
  }
  return y;
}

OnnxArray Rescaling(const Json& config, const Arrays& x, const Arrays&) {
  const auto of = [&](const char* key, Index i) {
    const Json& value = config.at(key);
    return value.is_array() ? value.at(At(i)).get<double>()
                            : value.get<double>();
  };
  return LastAxis(x[0], [&](double* row, Index cols) {
    for (Index i = 0; i < cols; ++i) {
      row[i] = row[i] * of("scale", i) + of("offset", i);
    }
  });
}

OnnxArray Same(const Json&, const Arrays& x, const Arrays&) {
  return x[0];
}

const std::map<std::string, KerasOperation> kKerasOperations = {
    {"Dense", Dense},
    {"EinsumDense", Einsum},
    {"Activation", Activate},
    {"LeakyReLU", Leaky},
    {"BatchNormalization", BatchNorm},
    {"LayerNormalization", LayerNorm},
    {"RMSNormalization", RmsNorm},
    {"ELU", Elu},
    {"Embedding", Embedding},
    {"Concatenate", Concatenate},
    {"Add", AddAll},
    {"Multiply", Multiply},
    {"Subtract", Subtract},
    {"ReLU", Clipped},
    {"Reshape", Reshaped},
    {"Permute", Exchange},
    {"Cropping1D", Crop},
    {"RepeatVector", Repeat},
    {"GlobalAveragePooling1D", Average},
    {"Dot", Dot},
    {"Rescaling", Rescaling},
    {"Dropout", Same},
};

KerasOperation OperationOf(const std::string& type) {
  for (const auto* group : {&kKerasOperations, &KerasImageOperations()}) {
    const auto found = group->find(type);
    if (found != group->end()) return found->second;
  }
  throw std::runtime_error("the layer " + type);
}

// What a layer reads: the names in its only call.
std::vector<std::string> InputsOf(const Json& layer) {
  const Json& args = layer.at("inbound_nodes").at(0).at("args");
  std::vector<std::string> names;
  for (const Json& each : args.at(0).is_array() ? args.at(0) : args) {
    names.push_back(each.at("config").at("keras_history").at(0));
  }
  return names;
}

}  // namespace

std::map<std::string, OnnxArray> EvaluateKeras(
    const KerasGraph& graph, const std::map<std::string, OnnxArray>& inputs) {
  const Json config = Json::parse(graph.Config()).at("config");
  std::map<std::string, OnnxArray> values = inputs;
  for (const Json& layer : config.at("layers")) {
    const auto name = layer.at("name").get<std::string>();
    const auto type = layer.at("class_name").get<std::string>();
    if (type == "InputLayer") {
      Demand(inputs.count(name) == 1, "an input");
      continue;
    }
    Arrays x;
    for (const std::string& input : InputsOf(layer)) {
      x.push_back(values.at(input));
    }
    Arrays w;
    for (const KerasArray& array : graph.SpecOf(name).weights) {
      w.push_back({1, array.shape, {}, {}});
      w.back().numbers.assign(array.values.begin(), array.values.end());
      Demand(w.back().size() == std::ssize(array.values), "a weight's size");
    }
    values[name] = OperationOf(type)(layer.at("config"), x, w);
    const std::vector<Index>& shape = values[name].shape;
    Demand(std::vector<Index>(shape.begin() + 1, shape.end()) ==
               graph.ShapeOf(name),
           "the shape that the file says");
  }
  std::map<std::string, OnnxArray> outputs;
  for (const auto& [name, place] : config.at("output_layers").items()) {
    outputs[name] = values.at(place.at(0).get<std::string>());
  }
  return outputs;
}

}  // namespace mtlkit
