// What images become first: their pixels side by side, or a residual network.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "nn/arch.h"
#include "nn/image_form.h"
#include "nn/network.h"
#include "nn/sample_data.h"

namespace mtlkit {
namespace {

Schema ImageSchema(Index height, Index width, Index channels) {
  Schema schema;
  schema.tasks = SampleDataset(12).tasks;
  InputSpec image;
  image.name = "photo";
  image.kind = InputKind::kImage;
  image.cols = channels;
  image.height = height;
  image.width = width;
  schema.inputs = {image};
  return schema;
}

Network ImageNetwork(const std::string& images,
                     const std::string& arch = "shared") {
  ArchOptions options;
  options.arch = arch;
  options.layers = {"6"};
  options.images = images;
  return BuildNetwork(ImageSchema(9, 7, 3), options);
}

TEST_CASE("images are flattened unless a network is asked for") {
  const Network network = ImageNetwork("flatten");
  CHECK(network.info(network.Find("flatten")).cols == 9 * 7 * 3);
}

TEST_CASE("a residual network halves sides and pools what is left") {
  const Network network =
      ImageNetwork("cnn:widths=4/6,blocks=2,norm=none,pool=both");
  const std::string names = Join(network.Names(), " ");
  CHECK(names.starts_with(
      "cnn.first cnn.first.activation "
      "cnn.0.0.a cnn.0.0.a.activation cnn.0.0.b cnn.0.0.sum "
      "cnn.0.0.activation "
      "cnn.0.1.a cnn.0.1.a.activation cnn.0.1.b cnn.0.1.sum "
      "cnn.0.1.activation "
      "cnn.1.0.a cnn.1.0.a.activation cnn.1.0.b cnn.1.0.shortcut cnn.1.0.sum "
      "cnn.1.0.activation "));
  const ValueInfo& last = network.info(network.Find("cnn.1.1.activation"));
  CHECK(last.space == Space{SpaceKind::kGrid, 5, 4, -1});
  CHECK(last.cols == 6);
  const ValueInfo& pooled = network.info(network.Find("cnn.pooled"));
  CHECK(pooled.space == Space{});
  CHECK(pooled.cols == 12);
}

// Of the sizes in He et al. 2016: with widths 16, 32, 64 and a block each,
// convolutions of 3 channels have these numbers and no bias.
TEST_CASE("a residual network has the parameters of the paper") {
  const Network network = ImageNetwork("cnn");
  const Index convolutions = 9 * 3 * 16 + 2 * 9 * 16 * 16 + 9 * 16 * 32 +
                             9 * 32 * 32 + 16 * 32 + 9 * 32 * 64 + 9 * 64 * 64 +
                             32 * 64;
  // Scale and shift of nine norms.
  const Index norms = 2 * (3 * 16 + 3 * 32 + 3 * 64);
  Index count = 0;
  for (const Slice& slice : network.weights()->slices()) {
    if (slice.name.starts_with("cnn.")) {
      count += slice.spec.rows * slice.spec.cols;
    }
  }
  CHECK(count == convolutions + norms);
}

TEST_CASE("every architecture that reads images reads what a network says") {
  Index built = 0;
  for (const ArchEntry* entry : ArchEntries()) {
    const std::string arch(entry->name);
    INFO(arch);
    try {
      ImageNetwork("flatten", arch);
    } catch (const Error&) {
      CHECK_THROWS_AS(ImageNetwork("cnn:widths=2/3", arch), Error);
      continue;
    }
    const Network network = ImageNetwork("cnn:widths=2/3", arch);
    CHECK(Join(network.Names(), " ").find("cnn.1.0.sum") != std::string::npos);
    ++built;
  }
  CHECK(built > 10);
}

TEST_CASE("forms of images that are none are refused") {
  for (const std::string text :
       {"cmm", "flatten:widths=3", "cnn:widths=0", "cnn:norm=layer",
        "cnn:widths=12/16,norm=group", "cnn:pool=sum", "cnn:blocks=0"}) {
    INFO(text);
    CHECK_THROWS_AS(ParseImages(text, "--images"), Error);
  }
  const ImageForm form = ParseImages("cnn:widths=8/24,norm=group", "--images");
  CHECK(form.widths == std::vector<Index>{8, 24});
  CHECK(form.group == 8);
}

}  // namespace
}  // namespace mtlkit
