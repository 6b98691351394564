#include "nn/archs/images.h"

#include <vector>

#include "base/error.h"
#include "nn/image_form.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

// Convolutions with a norm and an activation behind them.
class GridLayers {
 protected:
  GridLayers(const ImageForm& form, std::string name, NetworkBuilder* builder)
      : form_(form), name_(std::move(name)), builder_(*builder) {}

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

  const ImageForm& form_;
  std::string name_;
  NetworkBuilder& builder_;
};

// He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016,
// as for small images: a convolution of three by three, then levels of blocks
// relu(shortcut(x) + conv(relu(conv(x)))) with a norm behind each convolution,
// the first block of each level but the first of half the side.
class ResidualEncoder : private GridLayers {
 public:
  ResidualEncoder(const ImageForm& form, std::string name,
                  NetworkBuilder* builder)
      : GridLayers(form, std::move(name), builder) {}

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
};

// Ronneberger, Fischer and Brox, "U-Net: convolutional networks for biomedical
// image segmentation", 2015, with a norm behind each convolution and zeros
// around each grid, so that sides are kept: levels of two convolutions of three
// by three, each of the largest of two by two pixels of the one above; then up
// again, the nearest pixels beside what the level had said before. Of the
// deepest pixels half the mean and half the largest say what the image is.
class Unet : private GridLayers {
 public:
  Unet(const ImageForm& form, std::string name, NetworkBuilder* builder)
      : GridLayers(form, std::move(name), builder) {}

  // Of the image; of its pixels to `pixels`.
  Value Add(Value x, std::vector<Value>* pixels) {
    std::vector<Value> levels;
    for (std::size_t level = 0; level < form_.widths.size(); ++level) {
      const std::string name = Str(name_, ".", level);
      if (level > 0) x = AddHalf(name, x);
      x = AddPair(name, x, form_.widths[level]);
      levels.push_back(x);
    }
    const Value image = AddPool(x);
    for (std::size_t level = levels.size() - 1; level-- > 0;) {
      const std::string name = Str(name_, ".up.", level);
      const Value up = AddResized(name, x, builder_.SpaceOf(levels[level]));
      x = AddPair(
          name,
          builder_.Add(name + ".beside", MakeConcat(), {levels[level], up}),
          form_.widths[level]);
    }
    pixels->push_back(x);
    return image;
  }

 private:
  Value AddPair(const std::string& name, Value x, Index width) {
    for (const char* part : {".a", ".b"}) {
      x = AddRelu(name + part, AddConv(name + part, x, width, 3, 1));
    }
    return x;
  }

  Value AddHalf(const std::string& name, Value x) {
    const Space& space = builder_.SpaceOf(x);
    Require(space.height > 1 && space.width > 1, ErrorKind::kUsage,
            Str("--images unet: ", form_.widths.size(), " levels, of which '",
                name, "' would have half of ", SpaceText(space)),
            "give fewer widths, or larger images");
    return builder_.Add(name + ".half",
                        MakeMaxWindow({space.height, space.width},
                                      {.kernel = {2, 2}, .stride = {2, 2}}),
                        {x});
  }

  Value AddResized(const std::string& name, Value x, const Space& to) {
    const Space& from = builder_.SpaceOf(x);
    return builder_.Add(
        name + ".resized",
        MakeResize({from.height, from.width}, {to.height, to.width}, false),
        {x});
  }

  Value AddPool(Value x) {
    const Value mean = builder_.Add(name_ + ".mean", MakePool(), {x});
    const Value most = builder_.Add(name_ + ".max", MakeMaxPool(), {x});
    const Value sum = builder_.Add(name_ + ".sum", MakeSum(), {mean, most});
    const Value half = builder_.Add(name_ + ".pooled", MakeScale(0.5), {sum});
    if (form_.dropout == 0) return half;
    return builder_.Add(name_ + ".dropout", MakeDropout(form_.dropout), {half});
  }
};

}  // namespace

Value AddImages(const InputPlace& place, const InputSpec& input, Value value,
                NetworkBuilder* builder) {
  const ImageForm form = ParseImages(place.options.images, "--images");
  if (form.kind == ImageForm::Kind::kFlatten) {
    return builder->Add(place.prefix + "flatten" + place.number,
                        MakeFlatten(input.height, input.width), {value});
  }
  if (form.kind == ImageForm::Kind::kUnet) {
    return Unet(form, place.prefix + "unet" + place.number, builder)
        .Add(value, place.pixels);
  }
  return ResidualEncoder(form, place.prefix + "cnn" + place.number, builder)
      .Add(value);
}

}  // namespace mtlkit
