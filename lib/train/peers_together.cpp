#include "train/peers_together.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include "base/error.h"

namespace mtlkit {

std::vector<Index> RowsOfAll(const std::vector<Trainee>& peers) {
  std::vector<Index> all = peers.front().train_rows();
  for (const Trainee& peer : peers) {
    const std::vector<Index>& rows = peer.train_rows();
    if (rows == all) continue;
    std::vector<Index> both;
    std::set_union(all.begin(), all.end(), rows.begin(), rows.end(),
                   std::back_inserter(both));
    all = std::move(both);
  }
  return all;
}

bool AnyRanksGroups(const std::vector<Trainee>& peers) {
  return std::ranges::any_of(
      peers, [](const Trainee& peer) { return peer.ranks_groups(); });
}

bool AnyHasValidation(const std::vector<Trainee>& peers) {
  return std::ranges::any_of(peers, &Trainee::has_validation);
}

std::optional<Dataset> LabelsOfAll(const std::vector<Trainee>& peers) {
  std::map<std::string, std::pair<const Dataset*, std::size_t>> tasks;
  for (const Trainee& peer : peers) {
    for (std::size_t t = 0; t < peer.tasks().size(); ++t) {
      tasks.emplace(peer.tasks()[t].name, std::pair(&peer.data(), t));
    }
  }
  const bool same = std::ranges::all_of(peers, [&](const Trainee& peer) {
    return peer.tasks().size() == tasks.size();
  });
  if (same) return std::nullopt;
  Dataset all;
  all.rows = peers[0].data().rows;
  all.weights = peers[0].data().weights;
  for (const auto& [name, place] : tasks) {
    all.tasks.push_back(place.first->tasks[place.second]);
    all.labels.push_back(place.first->labels[place.second]);
  }
  return all;
}

std::vector<double> LeftToLearn(const std::vector<Task>& tasks,
                                const std::vector<Trainee>& peers) {
  std::vector<double> left;
  for (const Task& task : tasks) {
    double sum = 0;
    double count = 0;
    for (const Trainee& peer : peers) {
      for (std::size_t t = 0; t < peer.tasks().size(); ++t) {
        const double own = peer.LeftToLearn(t);
        if (peer.tasks()[t].name != task.name || std::isnan(own)) continue;
        sum += own;
        ++count;
      }
    }
    left.push_back(count > 0 ? sum / count : std::nan(""));
  }
  return left;
}

std::string WhereDiverged(Trainee& peer, Index task, Index step) {
  const PeerTask seen = peer.learner().Seen(task);
  const std::string at = Str(" in step ", step + 1);
  for (std::size_t row = 0; row < seen.row_loss.size(); ++row) {
    if (std::isfinite(seen.row_loss[row])) continue;
    const std::string id =
        IdText(peer.data().ids, peer.batch().row_numbers[row]);
    const Real* said = seen.output.Row(static_cast<Index>(row));
    // Large numbers are on their way to infinity.
    const bool is_sound =
        std::all_of(said, said + seen.output.cols,
                    [](Real value) { return std::abs(value) < Real{1e4}; });
    Require(!is_sound, ErrorKind::kBadInput,
            Str("task '", peer.tasks()[At(task)].name, "', row '", id,
                "': the loss", at,
                " is not finite, though the prediction is: the label is out of "
                "all proportion"),
            "look at this label, or prepare the task with --target-transform "
            "or another --loss");
    return Str(at, ", first of row '", id, "'");
  }
  return at;
}

}  // namespace mtlkit
