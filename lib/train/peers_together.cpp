#include "train/peers_together.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

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

}  // namespace mtlkit
