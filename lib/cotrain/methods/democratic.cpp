#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "cotrain/committee.h"
#include "data/label_view.h"

namespace mtlkit {
namespace {

constexpr const char* kDemocraticErrors = "democratic-errors";

// How often a peer is right, with the ends of the 95 % interval.
struct DemocraticConfidence {
  double low = 0;
  double high = 0;
  double middle() const { return (low + high) / 2; }
};

// Zhou and Goldman, "Democratic co-learning", 2004: a peer learns the label
// that most peers give to a row, if it says otherwise, and if these weigh more
// than those of any other label. A peer weighs the middle of the 95 % interval
// of its accuracy. The rows L' that it would learn are added to its L if
//   |L + L'| (1 - 2 (e + e') / |L + L'|)^2 > |L| (1 - 2 e / |L|)^2
// where e' = (1 - sum_j l_j |L_j| / sum_j |L_j|) |L'|, with l_j the lower ends,
// is what would be wrong among them, and e what is among those added so far.
// Accuracy is that on the validation rows, or without any on the training rows
// (the paper cross-validates on these).
class Democratic : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override {
    plan->starts_afresh = true;
    std::vector<double> errors = Remembered(args, kDemocraticErrors, 0);
    const Publication* own = OwnPublication(args);
    if (own != nullptr) plan->selections = own->selections;
    const std::vector<LabelCell> cells = CellsOf(args.data);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!CanBeLabelled(args.data.tasks[At(cells[i].task)])) continue;
      const Committee committee(args, cells[i]);
      if (own != nullptr && FindTask(*own, cells[i].task) != nullptr &&
          committee.others().size() >= 2) {
        Add(args, committee, cells[i], &errors[i], plan);
      }
    }
    AddLabels(args, plan);
    Remember(kDemocraticErrors, std::move(errors), &plan->arrays);
  }

 private:
  static DemocraticConfidence ConfidenceOf(const RoundArgs& args,
                                           const Committee& committee,
                                           LabelCell cell,
                                           const Publication& publication) {
    const LabelView labels(args.data, cell.task);
    const auto right_of = [&](const std::vector<Index>& rows) {
      std::pair<double, double> right = {0, 0};
      for (const Index row : rows) {
        const Index place = labels.PlaceOf(row);
        const auto vote = committee.VoteFor(publication, row);
        if (place < 0 || !vote) continue;
        if (std::isnan(labels.Value(place, cell.col))) continue;
        if (labels.Weight(place) <= 0) continue;
        right.first += vote->label == committee.Truth(row);
        right.second += 1;
      }
      return right;
    };
    auto [right, count] =
        right_of(InputsOf(args.data, args.spec.train).valid_rows);
    if (count == 0) std::tie(right, count) = right_of(committee.labelled());
    if (count == 0) return {};
    const double p = right / count;
    const double half = 1.96 * std::sqrt(p * (1 - p) / count);
    return {std::max(0.0, p - half), std::min(1.0, p + half)};
  }

  // The rows of which a peer has learned the cell's label, ascending.
  static std::vector<Index> RowsFor(const std::vector<Selection>& selections,
                                    LabelCell cell, Index peer) {
    std::vector<Index> rows;
    for (const Selection& selection : SelectionsOf(selections, cell)) {
      if (selection.receiver < 0 || selection.receiver == peer) {
        rows.push_back(selection.row);
      }
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
  }

  static double Worth(double rows, double wrong) {
    const double share = 1 - 2 * wrong / rows;
    return rows * share * share;
  }

  static void Add(const RoundArgs& args, const Committee& committee,
                  LabelCell cell, double* errors, RoundPlan* plan) {
    std::vector<const Publication*> all = committee.others();
    all.push_back(committee.own());
    std::vector<double> weights;
    double sum = 0;
    double right = 0;
    for (const Publication* peer : all) {
      const auto confidence = ConfidenceOf(args, committee, cell, *peer);
      weights.push_back(confidence.middle());
      const auto rows = static_cast<double>(
          committee.labelled().size() +
          RowsFor(peer->selections, cell, peer->peer).size());
      sum += rows;
      right += rows * confidence.low;
    }
    const std::vector<Index> before =
        RowsFor(plan->selections, cell, args.peer);
    const std::vector<Selection> added =
        Proposed(committee, all, weights, before);
    const double known =
        static_cast<double>(committee.labelled().size() + before.size());
    const double whole = known + static_cast<double>(added.size());
    const double wrong = (1 - right / sum) * static_cast<double>(added.size());
    if (added.empty() ||
        !(Worth(whole, *errors + wrong) > Worth(known, *errors))) {
      plan->notes.push_back(
          Str("task '", committee.task().name, "': ",
              added.empty() ? "it agrees with most peers on all rows"
                            : "what it would learn of most peers is too "
                              "uncertain"));
      return;
    }
    *errors += wrong;
    plan->selections.insert(plan->selections.end(), added.begin(), added.end());
  }

  // The rows on which the peer, the last of `all`, is outvoted.
  static std::vector<Selection> Proposed(
      const Committee& committee, const std::vector<const Publication*>& all,
      const std::vector<double>& weights, const std::vector<Index>& known) {
    std::vector<Selection> proposed;
    for (const Index row : committee.unlabelled()) {
      if (std::binary_search(known.begin(), known.end(), row)) continue;
      std::map<Index, std::pair<Index, double>> votes;  // number, weight
      std::optional<Vote> last;
      for (std::size_t i = 0; i < all.size(); ++i) {
        last = committee.VoteFor(*all[i], row);
        if (!last) break;
        votes[last->label].first += 1;
        votes[last->label].second += weights[i];
      }
      if (!last) continue;
      const auto most = std::max_element(
          votes.begin(), votes.end(),
          [](auto& a, auto& b) { return a.second < b.second; });
      const bool outweighed =
          std::any_of(votes.begin(), votes.end(), [&](const auto& other) {
            return other.first != most->first &&
                   other.second.second >= most->second.second;
          });
      if (outweighed || last->label == most->first) continue;
      proposed.push_back(committee.Labelled(row, most->first));
    }
    return proposed;
  }
};

}  // namespace

extern const RoundMethodEntry kDemocratic;
const RoundMethodEntry kDemocratic = {
    MakeEntry<Democratic>(
        "democratic",
        "each peer learns what most others say, if they are sure enough (Zhou "
        "and Goldman 2004)"),
    {.least_peers = 3,
     .default_epochs = 300,
     .published_rows = PublishedRows::kAll,
     .learns_anew = true,
     .labels_rows = true}};

}  // namespace mtlkit
