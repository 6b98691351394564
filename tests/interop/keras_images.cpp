// Layers of Keras on images x height x width x channels, by the operators of
// ONNX on images x channels x height x width.
#include "interop/keras_images.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "interop/onnx_operations.h"

namespace mtlkit {
namespace {

OnnxArray Exchanged(const OnnxArray& x, const std::vector<Index>& axes) {
  OnnxNodeRead node;
  node.lists["perm"] = axes;
  return OnnxShapeOperations().at("Transpose")(node, {&x});
}

OnnxArray ChannelsFirst(const OnnxArray& x) {
  return Exchanged(x, {0, 3, 1, 2});
}
OnnxArray ChannelsLast(const OnnxArray& x) {
  return Exchanged(x, {0, 2, 3, 1});
}

OnnxArray Apply(const char* operation, const OnnxNodeRead& node,
                const OnnxInputs& in) {
  return ChannelsLast(OnnxImageOperations().at(operation)(node, in));
}

OnnxNodeRead WindowNode(const Json& config, const char* size) {
  Demand(config.at("padding") == "valid", "no padding");
  OnnxNodeRead node;
  node.lists["kernel_shape"] = config.at(size).get<std::vector<Index>>();
  node.lists["strides"] = config.at("strides").get<std::vector<Index>>();
  if (config.contains("dilation_rate")) {
    node.lists["dilations"] =
        config.at("dilation_rate").get<std::vector<Index>>();
  }
  return node;
}

// With a kernel height x width x inputs x outputs.
OnnxArray Convolve(const char* operation, const Json& config, OnnxNodeRead node,
                   const OnnxArray& x, const KerasArrays& w) {
  Demand(config.at("activation") == "linear", "no activation");
  Demand(w.size() == (config.at("use_bias").get<bool>() ? 2U : 1U), "a bias");
  const OnnxArray images = ChannelsFirst(x);
  const OnnxArray kernel = Exchanged(w[0], {3, 2, 0, 1});
  OnnxInputs in = {&images, &kernel};
  if (w.size() > 1) in.push_back(&w[1]);
  return Apply(operation, node, in);
}

OnnxArray Conv2D(const Json& config, const KerasArrays& x,
                 const KerasArrays& w) {
  OnnxNodeRead node = WindowNode(config, "kernel_size");
  node.integers["group"] = config.at("groups").get<Index>();
  Demand(config.at("filters") == w[0].shape[3], "as many filters");
  return Convolve("Conv", config, node, x[0], w);
}

// A kernel height x width x channels x 1.
OnnxArray DepthwiseConv2D(const Json& config, const KerasArrays& x,
                          const KerasArrays& w) {
  Demand(config.at("depth_multiplier") == 1 && w[0].shape[3] == 1, "one each");
  OnnxNodeRead node = WindowNode(config, "kernel_size");
  node.integers["group"] = x[0].shape[3];
  KerasArrays arrays = w;
  std::swap(arrays[0].shape[2], arrays[0].shape[3]);
  return Convolve("Conv", config, node, x[0], arrays);
}

// A kernel height x width x outputs x inputs.
OnnxArray Conv2DTranspose(const Json& config, const KerasArrays& x,
                          const KerasArrays& w) {
  Demand(config.at("filters") == w[0].shape[2], "as many filters");
  return Convolve("ConvTranspose", config, WindowNode(config, "kernel_size"),
                  x[0], w);
}

OnnxArray MaxPooling2D(const Json& config, const KerasArrays& x,
                       const KerasArrays&) {
  const OnnxArray images = ChannelsFirst(x[0]);
  return Apply("MaxPool", WindowNode(config, "pool_size"), {&images});
}

OnnxArray AveragePooling2D(const Json& config, const KerasArrays& x,
                           const KerasArrays&) {
  const OnnxArray images = ChannelsFirst(x[0]);
  return Apply("AveragePool", WindowNode(config, "pool_size"), {&images});
}

// Calls place(n, y, x) for each new pixel: the old one's number, or -1.
template <class Place>
OnnxArray Placed(const OnnxArray& x, Index height, Index width, Place place) {
  OnnxArray y;
  y.shape = {x.shape[0], height, width, x.shape[3]};
  for (Index n = 0; n < x.shape[0]; ++n) {
    for (Index pixel = 0; pixel < height * width; ++pixel) {
      const Index from = place(pixel / width, pixel % width);
      for (Index c = 0; c < x.shape[3]; ++c) {
        const Index at =
            ((n * x.shape[1] * x.shape[2]) + from) * x.shape[3] + c;
        y.numbers.push_back(from < 0 ? 0 : x.numbers[At(at)]);
      }
    }
  }
  return y;
}

// `sign`: 1 puts lines and columns around, -1 takes them away.
OnnxArray Framed(const Json& sides, Index sign, const OnnxArray& x) {
  const auto side = [&](std::size_t axis, std::size_t end) {
    return sign * sides.at(axis).at(end).get<Index>();
  };
  return Placed(x, x.shape[1] + side(0, 0) + side(0, 1),
                x.shape[2] + side(1, 0) + side(1, 1), [&](Index l, Index q) {
                  const Index y = l - side(0, 0);
                  const Index p = q - side(1, 0);
                  const bool inside =
                      y >= 0 && p >= 0 && y < x.shape[1] && p < x.shape[2];
                  return inside ? y * x.shape[2] + p : Index{-1};
                });
}

OnnxArray ZeroPadding2D(const Json& config, const KerasArrays& x,
                        const KerasArrays&) {
  return Framed(config.at("padding"), 1, x[0]);
}

OnnxArray Cropping2D(const Json& config, const KerasArrays& x,
                     const KerasArrays&) {
  return Framed(config.at("cropping"), -1, x[0]);
}

OnnxArray UpSampling2D(const Json& config, const KerasArrays& x,
                       const KerasArrays&) {
  const OnnxArray& from = x[0];
  const auto high = config.at("size").at(0).get<Index>();
  const auto wide = config.at("size").at(1).get<Index>();
  const Index height = from.shape[1] * high;
  const Index width = from.shape[2] * wide;
  if (config.at("interpolation") == "nearest") {
    return Placed(from, height, width, [&](Index l, Index q) {
      return l / high * from.shape[2] + q / wide;
    });
  }
  Demand(config.at("interpolation") == "bilinear", "a way of up-sampling");
  // Half of a pixel is the distance of the first middle from the edge.
  const auto blend = [](Index i, Index factor, Index side, Index* low,
                        Index* high_place) {
    const double at = std::clamp(
        (static_cast<double>(i) + 0.5) / static_cast<double>(factor) - 0.5, 0.0,
        static_cast<double>(side - 1));
    *low = static_cast<Index>(at);
    *high_place = std::min(*low + 1, side - 1);
    return at - static_cast<double>(*low);
  };
  OnnxArray y;
  y.shape = {from.shape[0], height, width, from.shape[3]};
  y.numbers.resize(At(y.size()));
  for (Index at = 0; at < y.size(); ++at) {
    const Index c = at % from.shape[3];
    const Index q = at / from.shape[3] % width;
    const Index l = at / from.shape[3] / width % height;
    const Index n = at / from.shape[3] / width / height;
    Index rows[2];
    Index cols[2];
    const double down = blend(l, high, from.shape[1], &rows[0], &rows[1]);
    const double right = blend(q, wide, from.shape[2], &cols[0], &cols[1]);
    for (const int i : {0, 1}) {
      for (const int j : {0, 1}) {
        y.numbers[At(at)] +=
            (i == 1 ? down : 1 - down) * (j == 1 ? right : 1 - right) *
            from.numbers[At(
                ((n * from.shape[1] + rows[i]) * from.shape[2] + cols[j]) *
                    from.shape[3] +
                c)];
      }
    }
  }
  return y;
}

OnnxArray GroupNormalization(const Json& config, const KerasArrays& x,
                             const KerasArrays& w) {
  Demand(config.at("axis") == -1 && w.size() == 2, "scale and shift");
  const OnnxArray images = ChannelsFirst(x[0]);
  const auto groups = config.at("groups").get<Index>();
  OnnxArray rows = images;
  rows.shape = {images.shape[0], groups,
                images.size() / (images.shape[0] * groups)};
  OnnxNodeRead node;
  node.reals["epsilon"] = config.at("epsilon").get<double>();
  const OnnxArray ones = {
      1, {groups}, std::vector<double>(At(groups), 1.0), {}};
  const OnnxArray zeros = {
      1, {groups}, std::vector<double>(At(groups), 0.0), {}};
  OnnxArray normal = OnnxImageOperations().at("InstanceNormalization")(
      node, {&rows, &ones, &zeros});
  normal.shape = images.shape;
  OnnxArray y = ChannelsLast(normal);
  for (Index at = 0; at < y.size(); ++at) {
    const std::size_t c = At(at % y.shape[3]);
    y.numbers[At(at)] = y.numbers[At(at)] * w[0].numbers[c] + w[1].numbers[c];
  }
  return y;
}

OnnxArray GlobalMaxPooling1D(const Json&, const KerasArrays& x,
                             const KerasArrays&) {
  OnnxNodeRead node;
  node.integers["keepdims"] = 0;
  node.lists["axes"] = {1};
  return OnnxImageOperations().at("ReduceMax")(node, {&x[0]});
}

}  // namespace

const std::map<std::string, KerasOperation>& KerasImageOperations() {
  static const std::map<std::string, KerasOperation> operations = {
      {"Conv2D", Conv2D},
      {"DepthwiseConv2D", DepthwiseConv2D},
      {"Conv2DTranspose", Conv2DTranspose},
      {"MaxPooling2D", MaxPooling2D},
      {"AveragePooling2D", AveragePooling2D},
      {"ZeroPadding2D", ZeroPadding2D},
      {"Cropping2D", Cropping2D},
      {"UpSampling2D", UpSampling2D},
      {"GroupNormalization", GroupNormalization},
      {"GlobalMaxPooling1D", GlobalMaxPooling1D},
  };
  return operations;
}

}  // namespace mtlkit
