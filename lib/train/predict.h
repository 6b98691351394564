#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "base/reporter.h"
#include "data/dataset.h"
#include "eval/prediction_sink.h"
#include "eval/predictions.h"
#include "nn/model.h"
#include "train/network_outputs.h"
#include "train/predict_options.h"

namespace mtlkit {

// The outputs of `model` for rows of a dataset that DatasetFor made. The same
// bits for any number of threads; `pool` may be null. Throws kBadInput where
// an input is not finite.
NetworkOutputs ComputeOutputs(const Model& model, const Dataset& dataset,
                              std::span<const Index> rows, ThreadPool* pool);

// What models say of the rows of a dataset: probabilities and regression
// values in original units; averaged (weighted) over the members where there
// are several, and then without logits. Each member gets the rows as DatasetFor
// makes them, so members may read different inputs, and raw tables are
// transformed as each model was trained. Labels come along where the dataset
// has them. Provenance is the caller's. Throws kBadInput where the members
// have different tasks, or the data does not fit one of them.
Predictions Predict(std::span<const EnsembleMember> members,
                    const Dataset& dataset, const PredictOptions& options,
                    ThreadPool* pool);
// The same by blocks of rows, in memory that does not grow with what is
// predicted.
void Predict(std::span<const EnsembleMember> members, const Dataset& dataset,
             const PredictOptions& options, ThreadPool* pool,
             PredictionSink* sink);

// The name of a layer as `said`, where "\\," may stand for a comma. Throws
// kUsage with the names that there are unless the model has it.
std::string LayerSaid(const Model& model, const std::string& said);

// A dataset whose only input is a value inside the network (Network::Find,
// "trunk" for the last shared one), for all rows of `dataset`, whose ids,
// tasks, labels, splits, weights and groups it carries along. A raw table has
// the labels that the model's tasks find in its columns; `reporter` is told of
// those that they do not know. Of an ensemble it is the first network's.
Dataset ComputeFeatures(const Model& model, const Dataset& dataset,
                        const std::string& name, ThreadPool* pool,
                        Reporter* reporter);
// Where features go.
struct FeatureFile {
  std::string path;  // may be "-"
  std::string provenance;
};
// The same into a file of features as they are made, in memory that does not
// grow with them. Of an ensemble there is an input for each network, called as
// in AsOneNetwork: "network1.trunk", "network2.trunk".
void WriteFeatures(const Model& model, const Dataset& dataset,
                   const std::string& name, const FeatureFile& file,
                   ThreadPool* pool, Reporter* reporter);

}  // namespace mtlkit
