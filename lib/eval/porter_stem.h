#pragma once

#include <string>
#include <string_view>

namespace mtlkit {

// An English word, in lower case, without its ending (Porter, "An algorithm for
// suffix stripping", 1980), with the changes that NLTK makes by default, since
// the program rouge_score uses that.
std::string PorterStem(std::string_view word);

}  // namespace mtlkit
