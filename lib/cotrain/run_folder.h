#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/view.h"

namespace mtlkit {

// The folder of a run and the places in it. A round of a peer exists if and
// only if its DONE.json does and what that says of sizes and digests holds.
//
// A run's files are its own: where one of them, or a folder on the way to it,
// is a symbolic link, a device or a pipe, asking for its path is kBadInput, so
// that nothing outside is read or overwritten through it. (The folder itself
// may be reached by a link.)
class RunFolder {
 public:
  explicit RunFolder(std::string path);

  const std::string& path() const { return path_; }
  std::string SpecPath() const;
  std::string EventsPath() const;
  // peers/003/r0007, and files in it.
  std::string RoundPath(Index peer, Index round) const;
  std::string ModelPath(Index peer, Index round) const;
  std::string PublicationPath(Index peer, Index round) const;
  std::string DonePath(Index peer, Index round) const;
  std::string InputsPath(Index peer, Index round) const;
  std::string CheckpointPath(Index peer, Index round) const;
  // Who is at work on the round (lease.h), and what of it was collected.
  std::string LeasePath(Index peer, Index round) const;
  std::string GonePath(Index peer, Index round) const;
  // Refuses links and the like in the places of a round, as asking for each
  // does.
  void RequireOwnRound(Index peer, Index round) const;
  // merged, and merged/r0007.h5
  std::string MergedFolder() const;
  std::string MergedPath(Index round) const;
  // merged/NAME, of whatever name.
  std::string MergedFile(const std::string& name) const;
  // Of a run in one process.
  std::string LocalCheckpointPath() const;

  // Whether this is the folder of a run: run.json is there.
  bool Exists() const;

  // The newest round of a peer that is done, at most `limit` if that is not
  // negative; -1 if there is none.
  Index NewestRound(Index peer, Index limit = -1) const;

  // What lies among the folders of `peers` peers and is none of theirs, sorted:
  // "peers/009". Hidden files are left out: tools that copy make them.
  std::vector<std::string> Strays(Index peers) const;

  // `path`, as the caller sees it, as it is seen from this folder: so a run
  // and its data can be moved together. "" for what can be read only once.
  std::string PathOfData(const std::string& path) const;
  // The reverse: such a path as the caller sees it.
  std::string PathInRun(const std::string& path) const;

  // Appends one line to events.jsonl: what happened, when and where. A hint
  // for people; nothing is ever decided by it.
  void Log(const Json& event) const;

 private:
  std::string Inside(const std::string& relative) const;
  std::string PeerPath(Index peer) const;

  std::string path_;
};

}  // namespace mtlkit
