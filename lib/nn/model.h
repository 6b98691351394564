#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/rng.h"
#include "base/view.h"
#include "data/dataset.h"
#include "data/seen_rows.h"
#include "data/transform_record.h"
#include "nn/arch.h"
#include "nn/history.h"
#include "nn/network.h"
#include "nn/params.h"

namespace mtlkit {

// A further network of an ensemble: what differs from the first one's.
struct TrainedNetwork {
  Params params;
  History log;
};

// A network with everything that is needed to use it: what it reads and
// predicts, how raw tables become its inputs, and where it comes from. A value
// type; the network is shared by copies.
struct Model {
  // The inputs that it reads, in the order of the network's, and its tasks.
  Schema schema;
  // Fitted on its training rows; applied to raw tables. Empty: it was trained
  // on data without preparation.
  TransformRecords transforms;
  // Resolved. What the network was built from; a file keeps its graph, and this
  // as provenance.
  ArchOptions arch;
  std::shared_ptr<const Network> network;
  Params params;
  // The best constant predictions of each task (link.h, BestConstants).
  std::vector<std::vector<double>> constants;
  // Whether these are of rows that others agreed on, so that a frequency of 0
  // does not mean that it has seen no such row.
  bool constants_are_agreed = false;
  // Of the training that made it; says which split chose the weights.
  History log;
  // The rows it learned from and those that chose its weights; empty if they
  // are not known.
  SeenRows seen;
  // Content digest of the file it was read from; "" if made in memory.
  std::string content_sha256;
  // JSON array as text, or "".
  std::string provenance;
  // Of an ensemble: the networks beside the first, of the same graph, trained
  // from other seeds; what predicts is the mean of all.
  std::vector<TrainedNetwork> others = {};

  Index networks() const { return 1 + static_cast<Index>(others.size()); }
};

// Each network of an ensemble as a model of its own, in order. They share all
// that takes memory but their parameters.
std::vector<Model> SingleModels(Model model);
// The other way round: models of one graph, the first of which says the rest.
Model EnsembleOf(std::vector<Model> models);

// A model with fresh parameters for the tasks and the selected inputs of a
// dataset, whose transforms it takes over; constants are those of the labels
// in `train_rows` (ascending), and edges of pieces are quantiles of its numbers
// in these rows (fit_buffers.h). `losses` are texts as of --loss: a loss may
// want other outputs than its task's type. Throws kUsage where options do not
// fit the data, and kIo, before it makes parameters, where there is no memory
// for `held` blocks as long as these: they, their gradient and what else the
// caller will hold.
Model BuildModel(const Dataset& dataset, const ArchOptions& options, Seed seed,
                 std::span<const Index> train_rows,
                 const std::vector<std::string>& losses = {}, Index held = 2);

// Demands that every task can be learned from these rows (ascending): it has a
// label there, a binary or multi-class one labels of two classes. kBadInput
// otherwise, naming the task. For training on one's own; peers of a
// collaborative run may lack what others have.
void RequireTrainable(const Dataset& dataset, std::span<const Index> rows);

// What is to be said of classes that these rows lack, one text a class: a model
// learns that they never occur.
std::vector<std::string> AbsentClasses(const Dataset& dataset,
                                       std::span<const Index> rows);

// The rows as this model reads them: only its inputs, in its order, and only
// its tasks, in its order (a task that the dataset lacks has no labels). Array
// contents are shared, not copied. A raw table goes through the model's
// transforms; a dataset that was prepared otherwise, an input that is missing
// or has other columns or categories, and a task of another type or other
// classes are kBadInput. Class numbers are mapped by name, or value; labels
// that the model does not know are refused, unless they are kept as such
// (Labels::unknown) for rows that are to be predicted; then so are classes of
// which it has learned from no row.
enum class UnknownLabelRule { kRefuse, kKeep };
Dataset DatasetFor(const Model& model, const Dataset& dataset,
                   UnknownLabelRule unknown = UnknownLabelRule::kRefuse);
// Its two halves, for who makes the inputs of some rows at a time: the rows
// with the model's inputs and without labels, and the labels of all rows.
Dataset InputRowsFor(const Model& model, Dataset rows);
std::vector<Labels> LabelsFor(
    const Model& model, const Dataset& dataset,
    UnknownLabelRule unknown = UnknownLabelRule::kRefuse);

}  // namespace mtlkit
