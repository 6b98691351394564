#include "text/parquet/damage.h"

#include "base/error.h"

namespace mtlkit {

void FailDamagedPage(std::string_view why) {
  Fail(ErrorKind::kBadInput, Str("a page is damaged: ", why),
       "copy or download the file again");
}

}  // namespace mtlkit
