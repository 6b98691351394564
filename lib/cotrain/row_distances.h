#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// How far rows are apart in some inputs of a prepared dataset: Minkowski's
// distance of an order p over all numbers (of images over their pixels, from 0
// to 1), without its p-th root, which changes no comparison; categories that
// differ are 1 apart. The dataset must outlive it.
class RowDistances {
 public:
  // `inputs` are names or patterns, as of a network; empty: all. Inputs of
  // tokens are kUsage.
  RowDistances(const Dataset& dataset, const std::vector<std::string>& inputs,
               double order);
  double Between(Index a, Index b) const;

 private:
  double Term(double difference) const;
  double InBlock(const InputBlock& block, Index a, Index b) const;
  double Sparse(const InputBlock& block, Index a, Index b) const;

  std::vector<const InputBlock*> blocks_;
  double order_;
};

// A regressor by the mean of the k nearest rows among some with labels.
class NearestMeans {
 public:
  // `labels`: one a row.
  NearestMeans(const RowDistances& distances, std::vector<Index> rows,
               std::vector<double> labels, Index k);
  // Places of the k nearest rows of all, the nearest first; ties go to the
  // earlier place.
  std::vector<Index> Nearest(Index row) const;
  // By how much the summed squared error on the k nearest rows of `row` falls
  // if that row is learned with `label` (Zhou and Li 2005, equation 2).
  double Drop(Index row, double label) const;

 private:
  const RowDistances& distances_;
  std::vector<Index> rows_;
  std::vector<double> labels_;
  std::size_t k_;
};

}  // namespace mtlkit
