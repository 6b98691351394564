#include "interop/starting_point.h"

#include <algorithm>
#include <fstream>

#include "base/error.h"
#include "base/json_text.h"
#include "data/seen_rows.h"
#include "h5/digest.h"
#include "h5/sniff.h"
#include "interop/take_arrays.h"
#include "nn/ensemble.h"
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

std::variant<std::vector<Model>, ForeignWeights> ReadContent(
    const std::string& path) {
  if (IsForeign(path)) return ReadForeignWeights(path);
  return SingleModels(ReadModel(path));
}

// Networks that names of arrays tell apart, as AsOneNetwork has them, whose
// dots may have become lines elsewhere; 1 where they tell of none.
Index NetworksIn(const ForeignWeights& weights) {
  Index count = 0;
  const auto is_of_next = [&](const ForeignArray& array) {
    std::string prefix = PrefixOfNetwork(count);
    if (array.name.starts_with(prefix)) return true;
    prefix.back() = '_';
    return array.name.starts_with(prefix);
  };
  while (std::ranges::any_of(weights.arrays, is_of_next)) ++count;
  return std::max<Index>(count, 1);
}

// Takes one of the networks that arrays hold side by side.
WarmStart TakeOneOf(const ForeignWeights& weights, Index networks, Index number,
                    Model* model) {
  Model joined = *model;
  for (Index i = 1; i < networks; ++i) {
    joined.others.push_back({model->params, {}});
  }
  joined = AsOneNetwork(std::move(joined));
  const WarmStart all = TakeArrays(weights, {}, &joined);
  TakeNetwork(joined, number, model);
  const std::string prefix = PrefixOfNetwork(number);
  const auto own = [&](const std::vector<std::string>& names) {
    std::vector<std::string> result;
    for (const std::string& name : names) {
      if (!name.starts_with(prefix)) continue;
      result.push_back(name.substr(prefix.size()));
    }
    return result;
  };
  return {own(all.taken), own(all.fresh), all.unused, all.note};
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

WarmStart StartingPoint::Begin(Model* model, Index number) const {
  const Index count = networks();
  if (const auto* foreign = std::get_if<ForeignWeights>(&content_)) {
    if (count > 1) return TakeOneOf(*foreign, count, number % count, model);
    return TakeArrays(*foreign, map_, model);
  }
  const Model& source =
      std::get<std::vector<Model>>(content_)[At(number % count)];
  if (map_.empty()) return TakeParameters(source, path_, model);
  WarmStart start = TakeArrays(ArraysOf(source, path_), map_, model);
  AddSeenRows(source.seen, &model->seen);
  return start;
}

std::string StartingPoint::numbers() const {
  const auto* models = std::get_if<std::vector<Model>>(&content_);
  return models == nullptr ? "" : models->front().arch.numbers;
}

Index StartingPoint::networks() const {
  if (const auto* foreign = std::get_if<ForeignWeights>(&content_)) {
    // A map says by itself which array is which parameter.
    return map_.empty() ? NetworksIn(*foreign) : 1;
  }
  return std::ssize(std::get<std::vector<Model>>(content_));
}

std::string StartingPoint::NetworksText(Index beginning) const {
  const Index count = networks();
  if (count == 1) return "";
  if (beginning == 1) return Str("; of its ", count, " networks the first");
  return Str("; each network from that of its number, of ", count,
             beginning > count ? ", and then from the first again" : "");
}

std::string StartingPoint::sha256() const {
  if (map_sha256_.empty()) return content_sha256();
  return Sha256Of(content_sha256() + " " + map_sha256_);
}

const std::string& StartingPoint::content_sha256() const {
  if (const auto* foreign = std::get_if<ForeignWeights>(&content_)) {
    return foreign->sha256;
  }
  return std::get<std::vector<Model>>(content_).front().content_sha256;
}

std::vector<ProvenanceSource> StartingPoint::Sources() const {
  std::vector<ProvenanceSource> sources = {{"from", content_sha256()}};
  if (const auto* models = std::get_if<std::vector<Model>>(&content_)) {
    sources[0].provenance = models->front().provenance;
  }
  if (!map_sha256_.empty()) sources.push_back({"map", map_sha256_});
  return sources;
}

}  // namespace mtlkit
