// keras: a model of Keras 3, a ZIP archive of its config and its weights. The
// config is read as data: names of layers, and which weights they have.
#include "base/error.h"
#include "base/text.h"
#include "interop/foreign_weights.h"
#include "interop/keras_weights.h"
#include "interop/zip_archive.h"

namespace mtlkit {
namespace {

constexpr std::string_view kConfig = "config.json";
constexpr std::string_view kWeights = "model.weights.h5";
constexpr Index kMostConfig = Index{256} << 20;

bool MatchesKeras(std::string_view bytes) {
  if (!bytes.starts_with("PK")) return false;
  const ZipArchive archive(bytes);
  return archive.Find(kWeights) != nullptr ||
         (archive.Find(kConfig) != nullptr &&
          archive.Find("metadata.json") != nullptr);
}

ForeignContent ReadKeras(std::string_view bytes) {
  const ZipArchive archive(bytes);
  const ZipMember* weights = archive.Find(kWeights);
  Require(weights != nullptr, ErrorKind::kBadInput,
          Str("the Keras file has no ", kWeights,
              archive.Find("model.weights.json") != nullptr
                  ? ": its weights are in several files"
                  : ""),
          "write them as one: model.save_weights(\"x.weights.h5\")");
  const ZipMember* member = archive.Find(kConfig);
  Require(member != nullptr, ErrorKind::kBadInput,
          Str("the Keras file has no ", kConfig, ", which names its layers"),
          "save the model again, as .keras");
  const KerasConfig config =
      ReadKerasConfig(archive.Read(*member, kMostConfig));
  ForeignContent content;
  content.order = MatrixOrder::kInputsFirst;
  InContext(kWeights, [&] {
    const std::string image = archive.Read(*weights, kMostArrayBytes);
    const ForeignFile file = OpenKerasWeights(image);
    content.arrays = ReadKerasArrays(file, KerasPlaces(file, config));
  });
  if (!config.code.empty()) {
    content.note = Str("code was not run, only arrays are read; it has ",
                       Join(config.code, ", "));
  }
  return content;
}

}  // namespace

extern const WeightFormat kKerasWeightsFormat;
const WeightFormat kKerasWeightsFormat = {
    "keras", "a model of Keras 3 (.keras), dense matrices inputs x outputs",
    MatchesKeras, ReadKeras};

}  // namespace mtlkit
