#include <utility>

#include "base/error.h"
#include "nn/model.h"

namespace mtlkit {

std::vector<Model> SingleModels(Model model) {
  std::vector<TrainedNetwork> others = std::move(model.others);
  model.others.clear();
  std::vector<Model> models;
  models.reserve(others.size() + 1);
  models.push_back(std::move(model));
  for (TrainedNetwork& other : others) {
    const Model& first = models.front();
    Model single;
    single.schema = first.schema;
    single.transforms = first.transforms;
    single.arch = first.arch;
    single.network = first.network;
    single.params = std::move(other.params);
    single.constants = first.constants;
    single.constants_are_agreed = first.constants_are_agreed;
    single.log = std::move(other.log);
    single.seen = first.seen;
    single.content_sha256 = first.content_sha256;
    single.provenance = first.provenance;
    models.push_back(std::move(single));
  }
  return models;
}

Model EnsembleOf(std::vector<Model> models) {
  Model ensemble = std::move(models.front());
  for (std::size_t i = 1; i < models.size(); ++i) {
    Require(models[i].params.weights.layout().count() ==
                ensemble.params.weights.layout().count(),
            ErrorKind::kBug, "networks of an ensemble have one graph");
    ensemble.others.push_back(
        {std::move(models[i].params), std::move(models[i].log)});
  }
  return ensemble;
}

}  // namespace mtlkit
