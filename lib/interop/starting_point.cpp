#include "interop/starting_point.h"

#include <algorithm>
#include <fstream>

#include "base/error.h"
#include "base/json_text.h"
#include "data/seen_rows.h"
#include "h5/digest.h"
#include "h5/sniff.h"
#include "interop/take_arrays.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

// What is empty or missing gets the message of files of ours.
bool IsForeign(const std::string& path) {
  if (path == "-") return false;
  std::ifstream file(path, std::ios::binary);
  std::string head(512, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  const Content content = SniffContent(head);
  return content != Content::kMtlkit && content != Content::kEmpty;
}

std::variant<Model, ForeignWeights> ReadContent(const std::string& path) {
  if (IsForeign(path)) return ReadForeignWeights(path);
  Model model = ReadModel(path);
  Require(model.others.empty(), ErrorKind::kUsage,
          Str(path, " holds ", model.networks(),
              " networks: training begins from one"),
          "begin from a model that was trained without --ensemble");
  return model;
}

void AddArrays(const Block& block, std::vector<ForeignArray>* arrays) {
  const Layout& layout = block.layout();
  for (Index i = 0; i < static_cast<Index>(layout.slices().size()); ++i) {
    const Slice& slice = layout.slice(i);
    const auto values = block.At(i).flat();
    arrays->push_back({slice.name,
                       {slice.spec.rows, slice.spec.cols},
                       {values.begin(), values.end()}});
  }
}

// A model of ours as arrays with names, for a map.
ForeignWeights ArraysOf(const Model& model, const std::string& name) {
  ForeignWeights weights;
  weights.name = name;
  AddArrays(model.params.weights, &weights.arrays);
  AddArrays(model.params.buffers, &weights.arrays);
  std::sort(weights.arrays.begin(), weights.arrays.end(),
            [](const ForeignArray& a, const ForeignArray& b) {
              return a.name < b.name;
            });
  return weights;
}

}  // namespace

StartingPoint::StartingPoint(const std::string& path,
                             const std::string& map_path)
    : path_(path), content_(ReadContent(path)) {
  if (map_path.empty()) return;
  const std::string text = ReadTextFile(
      map_path, "give a text file with a line OURS THEIRS for each parameter");
  map_ = ParseNameMap(text, map_path);
  map_sha256_ = Sha256Of(text);
}

WarmStart StartingPoint::Begin(Model* model) const {
  if (const auto* foreign = std::get_if<ForeignWeights>(&content_)) {
    return TakeArrays(*foreign, map_, model);
  }
  const Model& source = std::get<Model>(content_);
  if (map_.empty()) return TakeParameters(source, path_, model);
  WarmStart start = TakeArrays(ArraysOf(source, path_), map_, model);
  AddSeenRows(source.seen, &model->seen);
  return start;
}

std::string StartingPoint::sha256() const {
  if (map_sha256_.empty()) return content_sha256();
  return Sha256Of(content_sha256() + " " + map_sha256_);
}

const std::string& StartingPoint::content_sha256() const {
  if (const auto* foreign = std::get_if<ForeignWeights>(&content_)) {
    return foreign->sha256;
  }
  return std::get<Model>(content_).content_sha256;
}

std::vector<ProvenanceSource> StartingPoint::Sources() const {
  std::vector<ProvenanceSource> sources = {{"from", content_sha256()}};
  if (const auto* model = std::get_if<Model>(&content_)) {
    sources[0].provenance = model->provenance;
  }
  if (!map_sha256_.empty()) sources.push_back({"map", map_sha256_});
  return sources;
}

}  // namespace mtlkit
