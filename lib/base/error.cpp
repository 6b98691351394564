#include "base/error.h"

namespace mtlkit {

Error::Error(ErrorKind kind, std::string message, std::string hint)
    : kind_(kind), message_(std::move(message)), hint_(std::move(hint)) {
  Render();
}

void Error::AddContext(std::string_view where) {
  // Whoever knows the file may have said so already.
  if (message_.starts_with(Str(where, ": "))) return;
  message_.insert(0, ": ");
  message_.insert(0, where);
  Render();
}

void Error::Render() {
  what_ = hint_.empty() ? message_ : Str(message_, " (", hint_, ")");
}

void Fail(ErrorKind kind, std::string message, std::string hint) {
  throw Error(kind, std::move(message), std::move(hint));
}

void Require(bool holds, ErrorKind kind, std::string_view message,
             std::string_view hint) {
  if (!holds) Fail(kind, std::string(message), std::string(hint));
}

}  // namespace mtlkit
