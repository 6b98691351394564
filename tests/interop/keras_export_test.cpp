// Files for Keras: what is in them. What Keras makes of them,
// tests/interop/check_keras.py compares.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/registry.h"
#include "data/space_blocks.h"
#include "data/target_curve.h"
#include "interop/export_format.h"
#include "interop/export_samples.h"
#include "interop/keras_graph.h"
#include "interop/zip_archive.h"
#include "nn/sample_data.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

const ExportFormat& Keras() {
  return FindEntry(ExportFormats(), "target", "keras");
}

std::string ArchiveBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

std::string MemberOf(const ZipArchive& archive, std::string_view name) {
  const ZipMember* member = archive.Find(name);
  REQUIRE(member != nullptr);
  return archive.Read(*member, Index{1} << 30);
}

ArchOptions KerasNetworkOf(const std::string& arch) {
  ArchOptions options;
  options.arch = arch;
  options.layers = {"6", "4"};
  return options;
}

std::string KerasRefusal(const Model& model, const std::string& path) {
  try {
    ExportModel(model, Keras(), path);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    return error.message();
  }
  return "taken";
}

TEST_CASE(
    "Keras finds weights by the order of its layers, of two equal heads") {
  KerasGraph graph;
  const auto dense = [&](const std::string& name, const std::string& input) {
    return graph.Add({.type = "Dense",
                      .name = name,
                      .inputs = {input},
                      .shape = {2},
                      .weights = {{{2, 2}, {1, 2, 3, 4}}}},
                     {{"units", 2}, {"use_bias", false}});
  };
  const std::string x = graph.Input("x", {2}, "float32");
  const std::string trunk = dense("trunk", x);
  graph.Output("zebra", dense("head.zebra", trunk));
  const std::string leaky = graph.Add(
      {.type = "LeakyReLU", .name = "leaky", .inputs = {trunk}, .shape = {2}},
      Json::object());
  graph.Output("apple", dense("head.apple", leaky));
  // Falling distance from the outputs, then "apple" before "zebra".
  using Places = std::vector<std::pair<std::string, std::string>>;
  CHECK(graph.Places() == Places{{"layers/input_layer", "x"},
                                 {"layers/dense", "trunk"},
                                 {"layers/leaky_re_lu", "leaky"},
                                 {"layers/dense_1", "head_apple"},
                                 {"layers/dense_2", "head_zebra"}});
}

TEST_CASE("a Keras file is an archive that is the same every time") {
  Dataset data = SampleDataset(20);
  const Model model = RandomModel(data, KerasNetworkOf("mmoe"));
  const TempFolder folder;
  ExportModel(model, Keras(), folder / "a.keras");
  ExportModel(model, Keras(), folder / "b.keras");
  const std::string bytes = ArchiveBytes(folder / "a.keras");
  CHECK(bytes == ArchiveBytes(folder / "b.keras"));
  const ZipArchive archive(bytes);
  const Json known =
      Json::parse(MemberOf(archive, "metadata.json")).at("mtlkit");
  CHECK(known["tasks"][1]["classes"] == Json({"no", "yes"}));
  CHECK(known["inputs"][2]["column"] == "place");
  CHECK(MemberOf(archive, "model.weights.h5").starts_with("\x89HDF"));
}

TEST_CASE("what Keras cannot hold is refused with the reason") {
  const TempFolder folder;
  const std::string path = folder / "m.keras";
  const Model texts = RandomModel(PhotosAndTexts(9), KerasNetworkOf("shared"));
  CHECK(KerasRefusal(texts, path) ==
        "--to keras: input 'text' is texts, which cannot go in: Keras has no "
        "rows of different lengths");
  const Model quantiles =
      RandomModel(SampleDataset(20), KerasNetworkOf("shared"),
                  {"score=quantile:levels=0.1/0.5/0.9"});
  CHECK(KerasRefusal(quantiles, path) ==
        "--to keras: task 'score' cannot go in: Keras has no layer that puts "
        "quantiles in order");
  ArchOptions members = KerasNetworkOf("mmoe");
  members.members = "3";
  CHECK(KerasRefusal(RandomModel(SampleDataset(20), members), path)
            .find("(mixture) cannot go in: Keras has no layer that mixes "
                  "experts for each member of an ensemble") !=
        std::string::npos);
  members = KerasNetworkOf("shared");
  members.members = "3";
  Model curved = RandomModel(SampleDataset(20), members);
  for (Task& task : curved.schema.tasks) {
    if (task.name == "score") {
      task.curves.assign(At(task.width), FitTargetCurve("log1p", {1, 2, 3}));
    }
  }
  CHECK(KerasRefusal(curved, path) ==
        "--to keras: task 'score': Keras has no layer that undoes the target "
        "transform 'log1p'");
  ArchOptions waves = KerasNetworkOf("shared");
  waves.numbers = "periodic";
  CHECK(KerasRefusal(RandomModel(SampleDataset(20), waves), path) ==
        "--to keras: layer 'periodic' (periodic) cannot go in: Keras has no "
        "layer that takes a sine");
  CHECK(!std::filesystem::exists(path));
}

}  // namespace
}  // namespace mtlkit
