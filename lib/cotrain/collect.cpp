#include "cotrain/collect.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cotrain/json_record.h"
#include "cotrain/participants.h"
#include "cotrain/record.h"
#include "cotrain/round_inputs.h"
#include "cotrain/run.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHintToGone = "remove it, and collect again";

class Collector {
 public:
  Collector(const std::string& path, Index keep)
      : folder_(path), spec_(ReadSpec(folder_)), keep_(keep) {
    Require(!spec_.local, ErrorKind::kUsage,
            Str(path,
                ": this run was trained in one process: it has one round "
                "of each peer"),
            "there is nothing to collect");
    // The oldest that a round to come of any peer may read, or has committed
    // to.
    for (Index peer = 0; peer < spec_.peers; ++peer) {
      const Index newest = std::max<Index>(0, folder_.NewestRound(peer));
      const Index next = NextRoundOf(spec_, peer, newest);
      oldest_read_ = std::min(oldest_read_, OldestRead(spec_, next));
      const auto committed = ReadRoundInputs(folder_, peer, next);
      if (!committed) continue;
      for (const RoundInput& input : *committed) {
        oldest_read_ = std::min(oldest_read_, input.round);
      }
    }
  }

  CollectReport Collect() {
    for (Index peer = 0; peer < spec_.peers; ++peer) {
      Index last = folder_.NewestRound(peer);
      for (Index kept = 1; kept < keep_ && last > 0; ++kept) {
        last = RoundBefore(spec_, peer, last);
      }
      for (Index round = 1; round < last; ++round) {
        if (PeekDone(folder_, peer, round)) CollectRound(peer, round);
      }
    }
    return report_;
  }

 private:
  void CollectRound(Index peer, Index round) {
    // A peer reads its own last one whatever its age.
    const bool unread = round < oldest_read_;
    WriteRecord({{"model", true}, {"publication", unread}},
                folder_.GonePath(peer, round));
    if (Remove(folder_.ModelPath(peer, round))) ++report_.models;
    if (unread && Remove(folder_.PublicationPath(peer, round))) {
      ++report_.publications;
    }
  }

  bool Remove(const std::string& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error || !fs::remove(path, error)) return false;
    report_.bytes += static_cast<Index>(size);
    return true;
  }

  RunFolder folder_;
  RunSpec spec_;
  Index keep_;
  Index oldest_read_ = std::numeric_limits<Index>::max();
  CollectReport report_;
};

}  // namespace

CollectReport CollectRun(const std::string& path, Index keep) {
  return Collector(path, keep).Collect();
}

std::string RenderText(const CollectReport& report) {
  return Str("removed ", Counted(report.models, "model", "models"), " and ",
             Counted(report.publications, "publication", "publications"), ", ",
             report.bytes, " bytes");
}

bool IsCollected(const RunFolder& folder, Index peer, Index round,
                 const std::string& what) {
  const std::string path = folder.GonePath(peer, round);
  if (!fs::exists(path)) return false;
  try {
    return ReadRecord(path, kHintToGone).at(what).get<bool>();
  } catch (const nlohmann::json::exception&) {
    Fail(ErrorKind::kBadInput, Str(path, ": it is damaged"), kHintToGone);
  }
}

}  // namespace mtlkit
