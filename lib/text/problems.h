#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"

namespace mtlkit {

// What is wrong with several columns, said at once: nobody has to run a command
// again for each.
class Problems {
 public:
  // Keeps a kBadInput that `work` throws.
  template <class Work>
  void Try(Work work) {
    try {
      work();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kBadInput) throw;
      found_.push_back(error);
    }
  }

  // Throws one that says the first few, each with its remedy, where there are
  // any.
  void Throw() const {
    constexpr std::size_t kMost = 8;
    if (found_.empty()) return;
    std::string text;
    const std::size_t last = std::min(found_.size(), kMost) - 1;
    for (std::size_t i = 0; i < last; ++i) {
      text += Str(found_[i].what(), "; ");
    }
    text += found_[last].message();
    Fail(ErrorKind::kBadInput,
         found_.size() > kMost
             ? Str(text, "; and ", found_.size() - kMost, " more")
             : text,
         found_[last].hint());
  }

 private:
  std::vector<Error> found_;
};

}  // namespace mtlkit
