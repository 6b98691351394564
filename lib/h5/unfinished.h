#pragma once

#include <string>

namespace mtlkit {

// Removes the temporary files of all outputs that this process has begun and
// not put in place, for a signal that ends it: calls only what a handler may
// call. A fork removes nothing of what its parent writes.
void RemoveUnfinishedOutputs() noexcept;

// That a file with this name is an output's temporary one, as long as this
// lives. Of more than a few dozens at a time some are not remembered.
class UnfinishedOutput {
 public:
  explicit UnfinishedOutput(const std::string& path);
  ~UnfinishedOutput();
  UnfinishedOutput(const UnfinishedOutput&) = delete;
  UnfinishedOutput& operator=(const UnfinishedOutput&) = delete;

 private:
  int slot_ = -1;
};

}  // namespace mtlkit
