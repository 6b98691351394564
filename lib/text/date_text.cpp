#include "text/date_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "base/calendar.h"
#include "base/error.h"

namespace mtlkit {
namespace {

constexpr std::string_view kConversions = "YymdjbBaAHMSIpfzZsFTR%";
constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> kDays = {
    "monday", "tuesday",  "wednesday", "thursday",
    "friday", "saturday", "sunday"};

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsBlank(char c) {
  return c == ' ' || c == '\t';
}
char Lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// The parts of a date as they are read, from left to right.
class DateParser {
 public:
  explicit DateParser(std::string_view text) : rest_(text) {}

  bool Conversion(char c) {
    switch (c) {
      case 'Y':
        return Number(4, 4, 0, 9999, &year_);
      case 'y':
        if (!Number(2, 2, 0, 99, &year_)) return false;
        year_ += year_ < 69 ? 2000 : 1900;
        return true;
      case 'm':
        return Number(1, 2, 1, 12, &month_);
      case 'd':
        return Number(1, 2, 1, 31, &day_);
      case 'j':
        return Number(1, 3, 1, 366, &day_of_year_);
      case 'b':
      case 'B':
        return Name(kMonths, &month_);
      case 'a':
      case 'A':
        return Name(kDays, &ignored_);
      case 'H':
        return Number(1, 2, 0, 23, &hour_);
      case 'I':
        return Number(1, 2, 1, 12, &hour_of_twelve_);
      case 'M':
        return Number(1, 2, 0, 59, &minute_);
      case 'S':
        return Number(1, 2, 0, 60, &second_);
      case 'p':
        return Half();
      case 'f':
        return Fraction();
      case 'z':
        return Offset();
      case 'Z':
        return Word("UTC") || Word("GMT") || Word("Z");
      case 's':
        return Seconds();
      default:
        return Take(c);
    }
  }

  bool Format(std::string_view format) {
    for (std::size_t i = 0; i < format.size(); ++i) {
      if (format[i] == '%' && i + 1 < format.size()) {
        if (!Conversion(format[++i])) return false;
      } else if (IsBlank(format[i])) {
        if (!Blanks()) return false;
      } else if (!Take(format[i])) {
        return false;
      }
    }
    return rest_.empty();
  }

  bool Iso() {
    if (!Conversion('Y')) return false;
    const bool is_basic = !Take('-');
    if (!Number(2, 2, 1, 12, &month_)) return false;
    if (!is_basic && rest_.empty()) return true;  // YYYY-MM
    if (!is_basic && !Take('-')) return false;
    if (!Number(2, 2, 1, 31, &day_)) return false;
    if (rest_.empty()) return true;
    if (!Take('T') && !Take('t') && !Blanks()) return false;
    return IsoTime();
  }

  bool Finish(double* seconds) {
    std::int64_t days = 0;
    if (is_since_1970_) {
      *seconds = since_1970_;
      return true;
    }
    if (day_of_year_ > 0) {
      days = DaysOf(year_, 1, 1) + day_of_year_ - 1;
      if (DateOf(days).year != year_) return false;
    } else {
      if (!IsDate(year_, month_, day_)) return false;
      days = DaysOf(year_, month_, day_);
    }
    const int hour = hour_of_twelve_ < 0
                         ? hour_
                         : hour_of_twelve_ % 12 + (is_afternoon_ ? 12 : 0);
    const std::int64_t whole =
        days * kSecondsOfDay + hour * 3600 + (minute_ - offset_) * 60 + second_;
    *seconds = static_cast<double>(whole) + fraction_;
    const double kept = *seconds - static_cast<double>(whole);
    is_exact_ =
        std::llround(fraction_ * 1e9) == std::llround(kept * 1e6) * 1000;
    return true;
  }
  bool is_exact() const { return is_exact_; }

 private:
  bool Take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool Blanks() {
    const std::size_t before = rest_.size();
    while (!rest_.empty() && IsBlank(rest_[0])) rest_.remove_prefix(1);
    return rest_.size() < before;
  }

  bool Word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  // Takes as many digits as there are, up to `most`.
  bool Number(int fewest, int most, int least, int greatest, int* value) {
    int number = 0;
    int digits = 0;
    while (digits < most && !rest_.empty() && IsDigit(rest_[0])) {
      number = number * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
      ++digits;
    }
    *value = number;
    return digits >= fewest && number >= least && number <= greatest;
  }

  template <std::size_t size>
  bool Name(const std::array<std::string_view, size>& names, int* number) {
    std::size_t letters = 0;
    while (letters < rest_.size() &&
           std::isalpha(static_cast<unsigned char>(rest_[letters])) != 0) {
      ++letters;
    }
    std::string word(rest_.substr(0, letters));
    std::transform(word.begin(), word.end(), word.begin(), Lower);
    for (std::size_t i = 0; i < size; ++i) {
      if (word != names[i] && word != names[i].substr(0, 3)) continue;
      *number = static_cast<int>(i) + 1;
      rest_.remove_prefix(letters);
      return true;
    }
    return false;
  }

  bool Half() {
    if (rest_.size() < 2 || Lower(rest_[1]) != 'm') return false;
    const char half = Lower(rest_[0]);
    is_afternoon_ = half == 'p';
    rest_.remove_prefix(2);
    return half == 'a' || half == 'p';
  }

  bool Fraction() {
    double unit = 1;
    int digits = 0;
    double value = 0;
    while (!rest_.empty() && IsDigit(rest_[0])) {
      if (++digits > 9) return false;
      value = value * 10 + (rest_[0] - '0');
      unit *= 10;
      rest_.remove_prefix(1);
    }
    fraction_ = value / unit;
    return digits > 0;
  }

  bool Offset() {
    if (Take('Z') || Take('z')) return true;
    const bool is_west = !rest_.empty() && rest_[0] == '-';
    if (!is_west && (rest_.empty() || rest_[0] != '+')) return false;
    rest_.remove_prefix(1);
    int hours = 0;
    int minutes = 0;
    if (!Number(2, 2, 0, 23, &hours)) return false;
    const bool has_colon = Take(':');
    const bool has_minutes = has_colon || (!rest_.empty() && IsDigit(rest_[0]));
    if (has_minutes && !Number(2, 2, 0, 59, &minutes)) return false;
    offset_ = (is_west ? -1 : 1) * (hours * 60 + minutes);
    return true;
  }

  bool Seconds() {
    const bool is_before = Take('-');
    double value = 0;
    int digits = 0;
    while (!rest_.empty() && IsDigit(rest_[0]) && ++digits <= 12) {
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    since_1970_ = is_before ? -value : value;
    is_since_1970_ = true;
    return digits > 0 && digits <= 12 && CanBeSeconds(since_1970_);
  }

  bool IsoTime() {
    if (!Number(2, 2, 0, 23, &hour_)) return false;
    const bool has_colons = Take(':');
    if (!Number(2, 2, 0, 59, &minute_)) return false;
    const bool has_seconds =
        has_colons ? Take(':') : !rest_.empty() && IsDigit(rest_[0]);
    if (has_seconds) {
      if (!Number(2, 2, 0, 60, &second_)) return false;
      if ((Take('.') || Take(',')) && !Fraction()) return false;
    }
    if (rest_.empty()) return true;
    Blanks();
    return (Word("UTC") || Offset()) && rest_.empty();
  }

  std::string_view rest_;
  int year_ = 1970;
  int month_ = 1;
  int day_ = 1;
  int day_of_year_ = 0;
  int hour_ = 0;
  int hour_of_twelve_ = -1;
  bool is_afternoon_ = false;
  int minute_ = 0;
  int second_ = 0;
  double fraction_ = 0;
  int offset_ = 0;  // minutes east
  bool is_since_1970_ = false;
  double since_1970_ = 0;
  int ignored_ = 0;
  bool is_exact_ = true;
};

std::string Expanded(std::string_view format) {
  std::string expanded;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const std::string_view two = format.substr(i, 2);
    const std::string_view plain = two == "%F"   ? "%Y-%m-%d"
                                   : two == "%T" ? "%H:%M:%S"
                                   : two == "%R" ? "%H:%M"
                                                 : "";
    if (!plain.empty()) {
      expanded += plain;
    } else {
      expanded += format[i] == '%' ? two : format.substr(i, 1);
    }
    i += format[i] == '%' ? 1 : 0;
  }
  return expanded;
}

void CheckFormat(std::string_view format) {
  std::string used;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    const char c = ++i < format.size() ? format[i] : '\0';
    if (c == '\0' || kConversions.find(c) == std::string_view::npos) {
      Fail(ErrorKind::kUsage,
           Str("--type: date:", format, ": there is no '%",
               format.substr(std::min(i, format.size()), 1), "'"),
           Str("known after %: ", kConversions));
    }
    used += c;
  }
  const auto has = [&used](std::string_view any) {
    return used.find_first_of(any) != std::string::npos;
  };
  Require(has("YyFs"), ErrorKind::kUsage,
          Str("--type: date:", format, " has no year"),
          "%Y is one of four digits, %y of two");
  Require(has("I") == has("p"), ErrorKind::kUsage,
          Str("--type: date:", format, " has one of %I and %p"),
          "an hour of twelve needs AM or PM: %I:%M %p; one of a day is %H");
}

}  // namespace

DateFormat::DateFormat(std::string_view format)
    : format_(format), expanded_(Expanded(format)) {
  if (!format.empty()) CheckFormat(format);
}

bool DateFormat::Parse(std::string_view text, double* seconds,
                       bool* is_exact) const {
  DateParser parser(text);
  const bool is_read =
      expanded_.empty() ? parser.Iso() : parser.Format(expanded_);
  if (!is_read || !parser.Finish(seconds)) return false;
  if (is_exact != nullptr) *is_exact = parser.is_exact();
  return true;
}

std::string DateFormat::TypeName() const {
  return format_.empty() ? "date" : "date:" + format_;
}

}  // namespace mtlkit
