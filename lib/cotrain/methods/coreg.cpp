#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "cotrain/labelling.h"
#include "cotrain/peer_rows.h"
#include "cotrain/row_distances.h"
#include "cotrain/selection.h"
#include "data/head.h"
#include "data/label_view.h"

namespace mtlkit {
namespace {

struct CoregOptions {
  Index neighbours = 3;
  Index picks = 1;
  std::string orders = "2+5";

  void Describe(Fields& field) {
    field("neighbours", neighbours, "rows near one that its label must suit",
          AtLeast(1));
    field("picks", picks, "rows that a peer labels in a round, of each task",
          AtLeast(1));
    field.Named("orders", orders, "P+P...",
                "Minkowski's order of distances between rows, of the peers in "
                "turn");
  }
};

std::vector<double> OrdersOf(const std::string& text) {
  std::vector<double> orders;
  for (const std::string& part : Split(text, '+')) {
    double order = 0;
    Require(ParseNumber(part, &order) && order >= 1 && std::isfinite(order),
            ErrorKind::kUsage,
            Str("coreg: orders=", text, ": '", part, "' is no order"),
            "give numbers of at least 1: 2+5");
    orders.push_back(order);
  }
  return orders;
}

// Zhou and Li, "Semi-supervised regression with co-training" (COREG), 2005: a
// peer labels, for the others, the row of the pool whose label lowers most the
// squared error on the labelled rows nearest to it, if any does. There that
// error is a k-nearest-neighbour regressor's, which the peer is; here peers are
// any networks, the label is what a network says, and the error remains that of
// nearest neighbours in its inputs, with its own order of distances: a network
// that learns its own word learns nothing.
class Coreg : public RoundMethod {
 public:
  explicit Coreg(const CoregOptions& options)
      : options_(options), orders_(OrdersOf(options.orders)) {}

  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    plan->starts_afresh = true;
    if (const Publication* own = OwnPublication(args)) {
      plan->selections = own->selections;
    }
    const std::vector<Selection> before = plan->selections;
    for (Index task = 0; task < std::ssize(args.data.tasks); ++task) {
      const Task& of_task = args.data.tasks[At(task)];
      if (!IsNumbers(of_task)) continue;
      for (Index col = 0; col < of_task.target_cols(); ++col) {
        Propose(args, {task, col}, before, plan);
      }
    }
    AddLabels(args, plan);
  }

 private:
  void Propose(const RoundArgs& args, LabelCell cell,
               const std::vector<Selection>& before, RoundPlan* plan) const {
    const auto unlabelled = UnlabelledRows(args.data, cell, args.train_rows);
    const auto pool =
        PoolOf(unlabelled,
               RowsDrawn(args.spec.cotrain.pool,
                         args.spec.peers * options_.picks, args.round),
               args.spec.seed, before, cell.task, cell.col);
    bool any = false;
    for (const Publication& publication : args.publications) {
      for (const auto& [row, label] :
           PicksOf(args, cell, publication, pool, before)) {
        any = true;
        for (Index peer = 0; peer < args.spec.peers; ++peer) {
          if (peer == publication.peer) continue;
          plan->selections.push_back({cell.task, row, label, 1,
                                      publication.peer, peer, args.round,
                                      cell.col});
        }
      }
    }
    if (any || args.round < 2 || unlabelled.empty()) return;
    plan->notes.push_back(
        Str("nothing was proposed for task '",
            args.data.tasks[At(cell.task)].name, "': ",
            pool.empty() ? "every unlabelled row has been labelled"
                         : "no label would lower the error near its row"));
  }

  // The rows that a peer labels, with what it says of them.
  std::vector<std::pair<Index, float>> PicksOf(
      const RoundArgs& args, LabelCell cell, const Publication& publication,
      const std::vector<Index>& pool,
      const std::vector<Selection>& before) const {
    const PublishedTask* said = FindTask(publication, cell.task);
    if (said == nullptr) return {};
    const Index peer = publication.peer;
    const RowDistances distances(args.data, args.spec.ArchOf(peer).inputs,
                                 orders_[At(peer) % orders_.size()]);
    auto [rows, labels] = KnownTo(args, cell, peer, before);
    if (rows.empty()) return {};
    const NearestMeans nearest(distances, std::move(rows), std::move(labels),
                               options_.neighbours);
    const Task& task = args.data.tasks[At(cell.task)];
    std::vector<std::pair<double, std::pair<Index, float>>> drops;
    for (const Index row : pool) {
      const auto values = PredictionOf(*said, task.prediction_cols(), row);
      if (values.empty()) continue;
      const float label = values[At(cell.col)];
      const double drop = nearest.Drop(row, static_cast<double>(label));
      if (drop > 0) drops.push_back({drop, {row, label}});
    }
    // Ties go to the earlier row.
    std::ranges::stable_sort(
        drops, [](const auto& a, const auto& b) { return a.first > b.first; });
    drops.resize(std::min(drops.size(), At(options_.picks)));
    std::vector<std::pair<Index, float>> picks;
    for (const auto& drop : drops) picks.push_back(drop.second);
    return picks;
  }

  // The labelled rows of a peer: its own, and those that others have labelled
  // for it.
  static std::pair<std::vector<Index>, std::vector<double>> KnownTo(
      const RoundArgs& args, LabelCell cell, Index peer,
      const std::vector<Selection>& before) {
    std::vector<Index> rows;
    std::vector<double> values;
    const LabelView labels(args.data, cell.task);
    for (const Index row :
         PeerRows(args.spec, args.data, args.train_rows, peer)) {
      const Index place = labels.PlaceOf(row);
      if (place < 0 || labels.Weight(place) <= 0) continue;
      const float value = labels.Value(place, cell.col);
      if (std::isnan(value)) continue;
      rows.push_back(row);
      values.push_back(static_cast<double>(value));
    }
    for (const Selection& selection : before) {
      if (selection.task != cell.task || selection.col != cell.col ||
          selection.receiver != peer) {
        continue;
      }
      rows.push_back(selection.row);
      values.push_back(static_cast<double>(selection.label));
    }
    return {std::move(rows), std::move(values)};
  }

  CoregOptions options_;
  std::vector<double> orders_;
};

}  // namespace

extern const RoundMethodEntry kCoreg;
const RoundMethodEntry kCoreg = {
    MakeEntry<Coreg, CoregOptions>(
        "coreg",
        "peers label numbers for each other where that suits the rows nearby "
        "(Zhou and Li 2005)"),
    {.least_peers = 2,
     .fields = {"pool"},
     .default_epochs = 300,
     .published_rows = PublishedRows::kUnlabelled,
     .learns_anew = true,
     .labels_rows = true,
     .labels_numbers = true}};

}  // namespace mtlkit
