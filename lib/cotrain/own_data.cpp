#include "cotrain/own_data.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "base/text.h"
#include "cotrain/record.h"
#include "h5/file_reader.h"

namespace mtlkit {
namespace {

constexpr const char* kTrainedRows = "trained-rows";
constexpr const char* kChosenRows = "chosen-rows";

RowKeySet KeysOf(const Publication& publication, std::string_view name) {
  const auto* keys = FindNamed<std::uint64_t>(publication.arrays, name);
  if (keys == nullptr) return {};
  RowKeySet set = *keys;
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
  return set;
}

void PublishKeys(const char* name, RowKeySet keys, Publication* publication) {
  if (keys.empty()) return;
  const Shape shape = {static_cast<Index>(keys.size())};
  publication->arrays[name] = {shape, std::move(keys)};
}

RowKeySet OwnKeys(const Collaboration& run) {
  RowKeySet keys;
  AddRowKeys(run.data, run.train_rows, &keys);
  return keys;
}

}  // namespace

std::vector<std::string> CheckOwnData(const Collaboration& run, Index peer,
                                      Index round) {
  std::vector<std::string> notes;
  if (!run.spec.has_own_data()) return notes;
  for (Index other = 0; other < run.spec.peers; ++other) {
    const Index newest =
        run.folder.NewestRound(other, other == peer ? round - 1 : -1);
    if (newest < 1) continue;
    const auto done = PeekDone(run.folder, other, newest);
    const bool same = done->data_sha256 == run.data.content_sha256;
    if (other == peer && !same) {
      notes.push_back(Str("its round ", newest,
                          " learned from other data than ", run.data_name));
    }
    if (other == peer || !same) continue;
    Fail(ErrorKind::kBadInput,
         Str(run.data_name, ": peer ", other,
             " has learned from this file in round ", newest),
         Str("give the data of peer ", peer, " with --data, or say --peer ",
             other));
  }
  return notes;
}

std::vector<std::string> SharedRows(const Collaboration& run, Index peer,
                                    std::span<const Publication> inputs,
                                    const SeenRows& before) {
  std::vector<std::string> notes;
  if (!run.spec.has_own_data()) return notes;
  const RowKeySet all = OwnKeys(run);
  RowKeySet own;
  std::set_difference(all.begin(), all.end(), before.trained.begin(),
                      before.trained.end(), std::back_inserter(own));
  for (const Publication& input : inputs) {
    if (input.peer == peer) continue;
    const RowKeySet theirs = KeysOf(input, kTrainedRows);
    RowKeySet both;
    std::set_intersection(own.begin(), own.end(), theirs.begin(), theirs.end(),
                          std::back_inserter(both));
    if (both.empty()) continue;
    notes.push_back(
        Str(both.size(), " of ",
            Counted(std::ssize(all), "training row", "training rows"),
            both.size() == 1 ? " is" : " are", " also ",
            both.size() == 1 ? "one" : "those", " of peer ", input.peer));
  }
  return notes;
}

void PublishSeenRows(const Collaboration& run, const SeenRows& before,
                     Publication* publication) {
  SeenRows seen = before;
  if (run.spec.has_own_data()) {
    AddRowKeys(run.data, run.train_rows, &seen.trained);
  }
  PublishKeys(kTrainedRows, std::move(seen.trained), publication);
  PublishKeys(kChosenRows, std::move(seen.chosen), publication);
}

void AddPublishedRows(const Publication& publication, SeenRows* seen) {
  AddSeenRows(
      {KeysOf(publication, kTrainedRows), KeysOf(publication, kChosenRows)},
      seen);
}

}  // namespace mtlkit
