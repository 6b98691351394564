#include "text/parquet/page_memory.h"

#include "base/error.h"
#include "base/size_budget.h"

namespace mtlkit {

void PageMemory::Take(Index bytes, std::string_view what) {
  if (bytes > left_) {
    Fail(ErrorKind::kBadInput,
         Str(what, ": ", SizeText(static_cast<double>(bytes)),
             " more do not fit in the ", SizeText(static_cast<double>(most_)),
             " that are granted"),
         "raise --max-size, or write smaller pages and row groups");
  }
  left_ -= bytes;
}

}  // namespace mtlkit
