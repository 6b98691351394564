#pragma once

#include <string>
#include <string_view>

namespace mtlkit {

// A folder of files that appears whole or not at all: made under a temporary
// name beside its destination, synced, renamed. Without Commit nothing is left
// behind.
class AtomicFolder {
 public:
  // Throws kCannotCreate, also where something is there already, unless it is
  // an empty folder: what others put beside the files is never lost. Removes
  // leftovers of dead processes for the same destination.
  explicit AtomicFolder(const std::string& destination);
  ~AtomicFolder();
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;

  // Where a file of it is to be written, before Commit.
  std::string PathOf(std::string_view file) const;
  // A whole file; throws kIo.
  void Write(std::string_view file, std::string_view bytes) const;
  // Puts the folder in place. Throws kIo or kCannotCreate.
  void Commit();

 private:
  std::string name_;       // as messages call it
  std::string path_;       // without '/' at its end
  std::string temporary_;  // "" once it is in place
};

}  // namespace mtlkit
