#include "text/number_loss.h"

#include <cmath>

#include "base/error.h"
#include "text/number_text.h"

namespace mtlkit {
namespace {

constexpr double kWholeInSingle = 16777216;            // 2^24
constexpr double kWholeInDouble = 9007199254740992.0;  // 2^53

void NoteChange(const LinePlace& place, std::string_view text, Index* count,
                CellPlace* first) {
  if ((*count)++ == 0) *first = MakePlace(place, text);
}

// "01067": digits alone, the first a 0 that says nothing of the number.
bool IsPadded(std::string_view text) {
  return text.size() > 1 && text[0] == '0' &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string LinePlace::Where() const {
  return Str(*file, ":", line);
}

CellPlace MakePlace(const LinePlace& place, std::string_view text) {
  return {place.Where(), std::string(text)};
}

void NumberLoss::Note(const LinePlace& place, std::string_view text,
                      double value) {
  if (first_padded.where.empty() && IsPadded(text)) {
    first_padded = MakePlace(place, text);
  }
  const double magnitude = std::abs(value);
  const auto single = static_cast<float>(value);
  if (magnitude <= kWholeInSingle && (single != 0.0F || value == 0)) return;
  if (std::isinf(single)) {
    if (first_beyond.where.empty()) first_beyond = MakePlace(place, text);
  } else if (single == 0.0F || (static_cast<double>(single) != value &&
                                value == std::floor(value))) {
    NoteChange(place, text, &changed, &first_changed);
  }
  if (magnitude >= kWholeInDouble && LosesDigits(text, value)) {
    NoteChange(place, text, &rounded, &first_rounded);
  }
}

void NumberLoss::NoteDecimal(const LinePlace& place, std::string_view text,
                             double value) {
  if (!CutsFraction(text, value)) return;
  if (std::abs(value) < kWholeInDouble) return NoteCut(place, text);
  if (!LosesDigits(text, value)) {
    NoteChange(place, text, &rounded, &first_rounded);
  }
}

void NumberLoss::NoteCut(const LinePlace& place, std::string_view text) {
  NoteChange(place, text, &cut, &first_cut);
}

}  // namespace mtlkit
