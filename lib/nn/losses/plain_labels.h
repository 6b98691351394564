#pragma once

#include <string>

#include "base/choice.h"
#include "base/error.h"
#include "base/text.h"
#include "data/task.h"

namespace mtlkit {

// Of losses whose distribution is one of labels as they are: kUsage where
// preparation has changed them.
inline void RequirePlainLabels(const Choice& choice, const std::string& where,
                               const Task& task) {
  if (task.curves.empty()) return;
  Fail(ErrorKind::kUsage,
       Str(where, ": ", choice.name, " needs labels as they are, and --target-",
           "transform ", task.curves[0].name, " changes them"),
       "choose another loss, or prepare without --target-transform");
}

}  // namespace mtlkit
