#include "nn/archs/images.h"

#include <vector>

#include "nn/image_form.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

// He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016,
// as for small images: a convolution of three by three, then levels of blocks
// relu(shortcut(x) + conv(relu(conv(x)))) with a norm behind each convolution,
// the first block of each level but the first of half the side.
class ResidualEncoder {
 public:
  ResidualEncoder(const ImageForm& form, std::string name,
                  NetworkBuilder* builder)
      : form_(form), name_(std::move(name)), builder_(*builder) {}

  Value Add(Value x) {
    x = AddRelu(name_ + ".first",
                AddConv(name_ + ".first", x, form_.widths[0], 3, 1));
    for (std::size_t level = 0; level < form_.widths.size(); ++level) {
      for (Index block = 0; block < form_.blocks; ++block) {
        const Index stride = level > 0 && block == 0 ? 2 : 1;
        x = AddBlock(Str(name_, ".", level, ".", block), x, form_.widths[level],
                     stride);
      }
    }
    return AddPool(x);
  }

 private:
  Value AddConv(const std::string& name, Value x, Index width, Index kernel,
                Index stride) {
    const Space& space = builder_.SpaceOf(x);
    const Index around = (kernel - 1) / 2;
    ConvOptions conv;
    conv.grid = {space.height, space.width};
    conv.units = width;
    conv.window = {.kernel = {kernel, kernel},
                   .stride = {stride, stride},
                   .padding = {around, around}};
    conv.bias = form_.norm == "none";
    const Value value = builder_.Add(name, MakeConv(conv), {x});
    if (form_.norm == "none") return value;
    return builder_.Add(name + ".norm",
                        form_.norm == "batch"
                            ? MakeBatchNorm()
                            : MakeGroupNorm(width / form_.group),
                        {value});
  }

  Value AddRelu(const std::string& name, Value x) {
    return builder_.Add(name + ".activation", MakeActivation(Activation::kRelu),
                        {x});
  }

  Value AddBlock(const std::string& name, Value x, Index width, Index stride) {
    const Value first =
        AddRelu(name + ".a", AddConv(name + ".a", x, width, 3, stride));
    const Value second = AddConv(name + ".b", first, width, 3, 1);
    const bool is_same = stride == 1 && builder_.Cols(x) == width;
    const Value shortcut =
        is_same ? x : AddConv(name + ".shortcut", x, width, 1, stride);
    return AddRelu(name,
                   builder_.Add(name + ".sum", MakeSum(), {shortcut, second}));
  }

  Value AddPool(Value x) {
    std::vector<Value> pooled;
    if (form_.pool != "max") {
      pooled.push_back(builder_.Add(name_ + ".mean", MakePool(), {x}));
    }
    if (form_.pool != "mean") {
      pooled.push_back(builder_.Add(name_ + ".max", MakeMaxPool(), {x}));
    }
    if (pooled.size() == 1) return pooled[0];
    return builder_.Add(name_ + ".pooled", MakeConcat(), pooled);
  }

  const ImageForm& form_;
  std::string name_;
  NetworkBuilder& builder_;
};

}  // namespace

Value AddImages(const InputPlace& place, const InputSpec& input, Value value,
                NetworkBuilder* builder) {
  const ImageForm form = ParseImages(place.options.images, "--images");
  if (form.kind == ImageForm::Kind::kFlatten) {
    return builder->Add(place.prefix + "flatten" + place.number,
                        MakeFlatten(input.height, input.width), {value});
  }
  return ResidualEncoder(form, place.prefix + "cnn" + place.number, builder)
      .Add(value);
}

}  // namespace mtlkit
