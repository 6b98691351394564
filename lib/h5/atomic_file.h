#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace mtlkit {

// Whether an output can appear at `destination`, before work starts: makes and
// removes a temporary file in its folder. Throws kCannotCreate with the path
// and the reason; a terminal as "-" is kUsage unless `text`. "-" otherwise
// always passes.
void ProbeOutput(const std::string& destination, bool text = false);

// Makes a folder, and those above it, unless it is there, and sees to it that
// they survive a loss of power. Throws kCannotCreate, or kIo where the disk is
// full or fails.
void CreateFolders(const std::string& path);

// Removes a file that is not needed any more, a checkpoint, and what processes
// that were killed while they wrote it have left. Failing to is no error.
void RemoveOutput(const std::string& destination);

// A file that appears whole or not at all: written under a temporary name in
// the same folder, synced, renamed. For "-": written to an unlinked temporary
// file and sent to the standard output by Commit. Without Commit nothing is
// left behind and a file that was there before is untouched.
class AtomicFile {
 public:
  // Removes leftovers of dead processes for the same destination. Throws
  // kCannotCreate.
  explicit AtomicFile(const std::string& destination);
  ~AtomicFile();
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) noexcept;

  // What messages call it: the path, or "stdout".
  const std::string& name() const;
  // Where its bytes are until Commit, for messages: what is sent to a stream is
  // in the folder of temporary files.
  std::string place() const;
  // For writing at places of one's own; owned by this object.
  int descriptor() const;
  // Appends; throws kIo.
  void Write(std::string_view bytes);
  // Puts the file in place. Throws kIo or kCannotCreate; the destination is
  // then as it was before.
  void Commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mtlkit
