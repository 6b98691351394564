// What a U-net says of images and of their pixels.
#include <doctest/doctest.h>

#include <string>

#include "base/error.h"
#include "base/text.h"
#include "nn/arch.h"
#include "nn/network.h"

namespace mtlkit {
namespace {

constexpr Index kHeight = 9;
constexpr Index kWidth = 7;

// Images of odd sides, with a class and a map of three classes.
Schema Scans(bool has_class, Index width = kWidth) {
  Schema schema;
  InputSpec image;
  image.name = "scan";
  image.kind = InputKind::kImage;
  image.cols = 1;
  image.height = kHeight;
  image.width = kWidth;
  schema.inputs = {image};
  Task map;
  map.name = "mask";
  map.type = ParseTaskType("map");
  map.classes = {"none", "cyst", "tumour"};
  map.map_height = kHeight;
  map.map_width = width;
  schema.tasks.push_back(map);
  if (!has_class) return schema;
  Task label;
  label.name = "class";
  label.type = TaskType::kBinary;
  label.classes = {"benign", "malignant"};
  schema.tasks.push_back(label);
  return schema;
}

Network Built(const Schema& schema, const std::string& images = "unet",
              const std::string& arch = "shared") {
  ArchOptions options;
  options.arch = arch;
  options.layers = {"6"};
  options.images = images;
  return BuildNetwork(schema, options);
}

std::string WhyNot(const Schema& schema, const std::string& images,
                   const std::string& arch = "shared") {
  try {
    Built(schema, images, arch);
  } catch (const Error& error) {
    return error.message();
  }
  return "none";
}

TEST_CASE("a U-net goes down and up again to the side that it read") {
  const Network network =
      Built(Scans(true), "unet:widths=4/6/8,norm=none,dropout=0.2");
  const auto space = [&](const char* name) {
    return network.info(network.Find(name)).space;
  };
  CHECK(space("unet.1.b.activation") == Space{SpaceKind::kGrid, 4, 3, -1});
  CHECK(space("unet.2.b.activation") == Space{SpaceKind::kGrid, 2, 1, -1});
  CHECK(space("unet.up.0.b.activation") ==
        Space{SpaceKind::kGrid, kHeight, kWidth, -1});
  CHECK(network.info(network.Find("unet.up.0.beside")).cols == 4 + 6);
  CHECK(network.info(network.Find("unet.dropout")).cols == 8);
  CHECK(network.info(network.output(0).value).cols == kHeight * kWidth * 3);
  CHECK(network.output(1).columns.count == 1);
  // The class learns what leads down, the map all but what pools.
  CHECK(network.info(network.Find("unet.2.b.activation")).tasks.size() == 2);
  CHECK(network.info(network.Find("unet.up.1.b.activation")).tasks ==
        std::vector<Index>{0});
  CHECK(network.info(network.Find("unet.mean")).tasks == std::vector<Index>{1});
}

TEST_CASE("a map alone has no layers of rows, and no parameters of them") {
  const Network network = Built(Scans(false), "unet:widths=4/6");
  for (const ValueInfo& info : network.values()) {
    CHECK((info.input >= 0 || info.tasks.size() == 1));
  }
  const std::string names = Join(network.Names(), " ");
  CHECK(names.find("trunk") == std::string::npos);
  CHECK(names.find("unet.mean") == std::string::npos);
  CHECK(names.ends_with("head.mask head.mask.pixels"));
  for (const Slice& slice : network.weights()->slices()) {
    INFO(slice.name);
    CHECK(slice.tasks == std::vector<Index>{0});
  }
}

TEST_CASE("without a map there is no way up again") {
  Schema schema = Scans(true);
  schema.tasks.erase(schema.tasks.begin());
  const Network network = Built(schema, "unet:widths=4/6");
  const std::string names = Join(network.Names(), " ");
  CHECK(names.find("unet.up") == std::string::npos);
  CHECK(names.find("unet.pooled") != std::string::npos);
}

TEST_CASE("architectures with a decoder for all, or one a task, put out maps") {
  for (const std::string arch : {"shared", "single", "mmoe", "ple", "mtan"}) {
    INFO(arch);
    const Network network = Built(Scans(true), "unet:widths=2/3", arch);
    CHECK(network.info(network.output(0).value).cols == kHeight * kWidth * 3);
  }
}

TEST_CASE("what cannot put out a map says why") {
  CHECK(WhyNot(Scans(true), "cnn") ==
        "task 'mask' is a map of pixels, of which the network says nothing");
  CHECK(WhyNot(Scans(true), "unet:widths=2/3", "cross-stitch") ==
        "task 'mask' is a map of pixels, and this --arch keeps no pixels for "
        "its tasks");
  CHECK(WhyNot(Scans(true), "unet:widths=2/3", "soft-sharing") ==
        "--arch soft-sharing: task 'mask' is a map of pixels, which it cannot "
        "put out");
  CHECK(WhyNot(Scans(true, 8), "unet:widths=2/3") ==
        "task 'mask' is a map of 9 x 8 pixels, and the images are a grid of 9 "
        "x 7");
  CHECK(WhyNot(Scans(true), "unet:widths=2/2/2/2")
            .starts_with("--images unet: 4 levels, of which 'unet.3' would "
                         "have half of a grid "
                         "of 2 x 1"));
}

}  // namespace
}  // namespace mtlkit
