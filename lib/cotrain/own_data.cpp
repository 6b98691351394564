#include "cotrain/own_data.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "cotrain/record.h"
#include "h5/file_reader.h"

namespace mtlkit {
namespace {

constexpr const char* kTrainedRows = "trained-rows";

// Of the rows that a publication says its peer learned from.
RowKeySet KeysOf(const Publication& publication) {
  const auto* keys = FindNamed<std::uint64_t>(publication.arrays, kTrainedRows);
  if (keys == nullptr) return {};
  RowKeySet set = *keys;
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
  return set;
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
                                    std::span<const Publication> inputs) {
  std::vector<std::string> notes;
  if (!run.spec.has_own_data()) return notes;
  const RowKeySet own = OwnKeys(run);
  for (const Publication& input : inputs) {
    if (input.peer == peer) continue;
    const RowKeySet theirs = KeysOf(input);
    RowKeySet both;
    std::set_intersection(own.begin(), own.end(), theirs.begin(), theirs.end(),
                          std::back_inserter(both));
    if (both.empty()) continue;
    notes.push_back(Str(both.size(), " of ", own.size(),
                        " training rows are also those of peer ", input.peer));
  }
  return notes;
}

void PublishOwnRows(const Collaboration& run, Publication* publication) {
  RowKeySet keys = OwnKeys(run);
  const Shape shape = {static_cast<Index>(keys.size())};
  publication->arrays[kTrainedRows] = {shape, std::move(keys)};
}

void AddOwnRows(const Publication& publication, SeenRows* seen) {
  AddSeenRows({KeysOf(publication), {}}, seen);
}

}  // namespace mtlkit
