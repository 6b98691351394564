#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// A value of a pickle, as data.
struct PickleValue {
  enum class Kind {
    kNone,
    kBool,      // `integer`
    kInteger,   // `integer`
    kFloat,     // `number`
    kText,      // `text`; bytes as well
    kList,      // `items`; tuples and sets as well
    kDict,      // `items`: key, value, key, value
    kGlobal,    // `text`: "module.name"
    kCall,      // `items`: the callable and its arguments; never called
    kReference  // `items`: a persistent id, what is stored beside the pickle
  };
  Kind kind = Kind::kNone;
  Index integer = 0;
  double number = 0;
  std::string text = {};
  std::vector<const PickleValue*> items = {};
};

// All of them in one place, since a pickle names values again, may be as deep
// as it is long, and may go round in circles.
struct Pickle {
  std::deque<PickleValue> values;
  const PickleValue* root = nullptr;
};

// Reads a pickle (protocols 0 to 5 of Python's pickletools, of these what
// containers of arrays need) as data: callables are recorded, not looked up,
// and nothing is ever executed. kBadInput for what is damaged or uses anything
// else. `what` is how messages call it.
Pickle ReadPickle(std::string_view bytes, std::string_view what);

}  // namespace mtlkit
