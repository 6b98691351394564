#include "base/free_texts.h"

namespace mtlkit {

void FreeTextCount::Add(std::string_view text) {
  ++texts_;
  bytes_ += std::ssize(text);
  bool in_word = false;
  for (const char c : text) {
    const bool is_blank = c == ' ' || (c >= '\t' && c <= '\r');
    words_ += !is_blank && !in_word;
    in_word = !is_blank;
  }
}

bool FreeTextCount::AreSentences() const {
  return words_ >= 4 * texts_ || bytes_ >= 40 * texts_;
}

}  // namespace mtlkit
