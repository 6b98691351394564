#include "base/error.h"
#include "base/reporter.h"

namespace mtlkit {

void NamedReporter::Begin(std::string_view phase, Index total) {
  reporter_.Begin(phase, total);
}

void NamedReporter::Advance(Index done) {
  reporter_.Advance(done);
}

void NamedReporter::Measure(std::string_view name, double value, bool decides) {
  reporter_.Measure(name, value, decides);
}

void NamedReporter::Show(std::string_view name, double value,
                         std::string_view text) {
  reporter_.Show(name, value, text);
}

void NamedReporter::Commit() {
  reporter_.Commit();
}

void NamedReporter::Note(std::string_view text) {
  reporter_.Note(Str(name_, ": ", text));
}

void NamedReporter::Warn(std::string_view text) {
  reporter_.Warn(Str(name_, ": ", text));
}

}  // namespace mtlkit
