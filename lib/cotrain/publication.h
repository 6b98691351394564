#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/view.h"
#include "cotrain/named_arrays.h"
#include "data/dataset.h"
#include "nn/params.h"

namespace mtlkit {

// A row that got a label from a peer.
struct Selection {
  Index task = 0;
  Index row = 0;    // in the run's dataset
  float label = 0;  // class number, 0 or 1 (multi-label), or a number
  float weight = 1;
  Index proposer = 0;   // peer
  Index receiver = -1;  // peer that learns from it; -1: all
  Index round = 0;      // in which it was first learned from
  Index col = 0;        // of the task's labels

  friend bool operator==(const Selection&, const Selection&) = default;
};

// What a peer predicts of one task: outputs of rows in original units
// (regression), or probabilities.
struct PublishedTask {
  Index task = 0;
  std::vector<Index> rows;    // ascending, in the run's dataset
  std::vector<float> values;  // rows x output_cols
};

// publish.h5 (kind = round): what others may read of a peer's round. Only what
// the method exchanges is filled.
struct Publication {
  Index peer = 0;
  Index round = 0;
  Index rows = 0;  // that the peer learned from
  // What it is made for (RunSpec::Identity); "": the dataset.
  std::string made_for;
  std::vector<PublishedTask> tasks;  // those of the peer, in the run's order
  bool has_params = false;
  Params params;
  // All selections so far, in the order in which they were made.
  std::vector<Selection> selections;
  NamedArrays arrays;  // what else the method exchanges
};

// What a publication that is read must be of.
struct PublicationOf {
  std::string made_for = {};      // Publication::made_for; "": the dataset
  std::vector<Index> tasks = {};  // of the peer, ascending; empty: all
};

// Null where the publication says nothing of the task.
const PublishedTask* FindTask(const Publication& publication, Index task);

// What it says of a row, `cols` values; empty if nothing.
std::span<const float> PredictionOf(const PublishedTask& published, Index cols,
                                    Index row);

// Rows are written by id. `dataset` is the run's; `provenance` a JSON array.
// Returns the content digest.
std::string WritePublication(const Publication& publication,
                             const Dataset& dataset,
                             const std::string& provenance,
                             const std::string& path);

// `network_params` gives the layout that parameters must have. An unknown id,
// another task or shape is kBadInput, and so is one that is not of what
// `wanted` says, or has some of its tasks only.
Publication ReadPublication(const std::string& path, const Dataset& dataset,
                            const Params& network_params,
                            const PublicationOf& wanted = {});

}  // namespace mtlkit
