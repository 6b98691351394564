#pragma once

#include <string_view>

#include "base/view.h"

namespace mtlkit {

// Tells sentences from names of categories: different texts that have 4 words
// (between blanks) or 40 bytes on average are sentences.
class FreeTextCount {
 public:
  void Add(std::string_view text);
  bool AreSentences() const;
  Index texts() const { return texts_; }

 private:
  Index texts_ = 0;
  Index words_ = 0;
  Index bytes_ = 0;
};

}  // namespace mtlkit
