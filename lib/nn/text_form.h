#pragma once

#include <string>
#include <string_view>

#include "base/view.h"

namespace mtlkit {

// What becomes of the tokens of a text before anything else reads them.
struct TextForm {
  enum class Kind { kBag, kBiLstm, kGru, kTransformer };
  Kind kind = Kind::kBag;
  Index embedding = 0;  // columns of the table
  Index width = 0;      // of a recurrent network each way; of a transformer
  Index layers = 1;
  Index heads = 1;
  Index ff = 0;         // width inside of a transformer's blocks
  bool causal = false;  // a token of a transformer sees none behind it
  double dropout = 0;
  double unknown = 0;  // share of tokens that are read as unknown ones
  std::string pool =
      "both";  // of what is said of tokens: "mean", "max", "last"
};
// kUsage with `where` in front for a text that is none:
// "bilstm:width=100,unknown=0.05".
TextForm ParseTexts(std::string_view text, const std::string& where);

}  // namespace mtlkit
