#include "base/options.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"

namespace mtlkit {

std::string Range::Describe() const {
  if (low && high) {
    return Str("in ", low_open ? "(" : "[", FormatNumber(*low), ", ",
               FormatNumber(*high), high_open ? ")" : "]");
  }
  if (low)
    return Str(low_open ? "more than " : "at least ", FormatNumber(*low));
  if (high) {
    return Str(high_open ? "less than " : "at most ", FormatNumber(*high));
  }
  return "";
}

bool Range::Holds(double value) const {
  if (!std::isfinite(value)) return false;
  if (low && (value < *low || (low_open && value == *low))) return false;
  return !(high && (value > *high || (high_open && value == *high)));
}

Range AtLeast(double low) {
  return {.low = low, .high = {}};
}
Range MoreThan(double low) {
  return {.low = low, .high = {}, .low_open = true};
}
Range Between(double low, double high) {
  return {.low = low, .high = high};
}
Range BelowFrom(double low, double high) {
  return {.low = low, .high = high, .high_open = true};
}

void CheckField(const FieldInfo& info, std::string_view where, double value) {
  if (info.range.Holds(value)) return;
  std::string allowed = info.range.Describe();
  if (!std::isfinite(value)) {
    allowed = Str("a finite number", allowed.empty() ? "" : ", ", allowed);
  }
  Fail(ErrorKind::kUsage,
       Str(where, " is ", FormatNumber(value), " but must be ", allowed));
}

std::string ListChoices(const std::vector<std::string>& choices) {
  std::vector<std::string> shown;
  for (const std::string& choice : choices) {
    const bool is_word =
        !choice.empty() && std::isalnum(static_cast<unsigned char>(choice[0]));
    shown.push_back(is_word ? choice : Str("'", choice, "'"));
  }
  return Join(shown, ", ");
}

void CheckField(const FieldInfo& info, std::string_view where,
                const std::string& value) {
  const std::vector<std::string>& choices = info.choices;
  if (choices.empty()) return;
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return;
  const std::string nearest = Nearest(value, choices);
  Fail(
      ErrorKind::kUsage,
      Str(where, " is '", value, "' but must be one of ", ListChoices(choices)),
      nearest.empty() ? "" : Str("did you mean '", nearest, "'?"));
}

JsonWriter::JsonWriter(Json* json, bool all) : json_(json), all_(all) {
  if (json_->is_null()) *json_ = Json::object();
}

void JsonWriter::Visit(const FieldInfo& info, FieldPointer field) {
  if (!all_ && !info.in_settings) return;
  std::visit([&](const auto* value) { (*json_)[info.name] = *value; }, field);
}

namespace {

// Readers of one JSON value; `key` is how messages call it.
[[noreturn]] void FailType(std::string_view key, const Json& json,
                           std::string_view expected) {
  Fail(ErrorKind::kUsage,
       Str(key, " must be ", expected, " but is ", JsonText(json)));
}

void Read(const FieldInfo&, std::string_view key, const Json& json,
          bool* value) {
  if (!json.is_boolean()) FailType(key, json, "true or false");
  *value = json.get<bool>();
}

void Read(const FieldInfo& info, std::string_view key, const Json& json,
          Index* value) {
  const std::optional<Index> number = JsonInteger(json);
  if (!number) FailType(key, json, "a whole number");
  *value = *number;
  CheckField(info, key, static_cast<double>(*value));
}

void Read(const FieldInfo& info, std::string_view key, const Json& json,
          double* value) {
  if (!json.is_number()) FailType(key, json, "a number");
  *value = json.get<double>();
  CheckField(info, key, *value);
}

void Read(const FieldInfo& info, std::string_view key, const Json& json,
          std::string* value) {
  if (!json.is_string()) FailType(key, json, "a text");
  *value = json.get<std::string>();
  CheckField(info, key, *value);
}

template <class T>
void Read(const FieldInfo& info, std::string_view key, const Json& json,
          std::vector<T>* value) {
  if (!json.is_array()) FailType(key, json, "a list");
  std::vector<T> list(json.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    Read(info, Str(key, "[", i, "]"), json[i], &list[i]);
  }
  *value = std::move(list);
}

}  // namespace

JsonReader::JsonReader(const Json& json, std::string where)
    : json_(json), where_(std::move(where)) {
  if (!json_.is_object()) FailType(where_, json_, "an object");
}

void JsonReader::Visit(const FieldInfo& info, FieldPointer field) {
  known_.push_back(info.name);
  const auto found = json_.find(info.name);
  if (found == json_.end()) return;
  const std::string key = Str(where_, ": '", info.name, "'");
  std::visit([&](auto* value) { Read(info, key, *found, value); }, field);
}

void JsonReader::Finish() const {
  for (const auto& [key, value] : json_.items()) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const std::string nearest = Nearest(key, known_);
    Fail(ErrorKind::kUsage, Str(where_, ": there is no setting '", key, "'"),
         nearest.empty() ? Str("known: ", Join(known_, ", "))
                         : Str("did you mean '", nearest, "'?"));
  }
}

namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return lower;
}

// Insertions, deletions, replacements and swaps of neighbours that turn one
// word into the other.
std::size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min(
          {above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0u : 1u)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

constexpr std::size_t kShortestPrefix = 3;

// The only candidate that begins with `word` as a whole: "CO(GT)" for "CO", but
// neither "COLUMN" nor one of "CO(GT)" and "CO(PT)".
std::string OnlyBeginning(std::string_view word,
                          const std::vector<std::string>& candidates) {
  const std::string wanted = Lower(word);
  std::string only;
  for (const std::string& candidate : candidates) {
    const bool begins = !wanted.empty() && candidate.size() > wanted.size() &&
                        Lower(candidate).starts_with(wanted);
    if (!begins) continue;
    const auto next = static_cast<unsigned char>(candidate[wanted.size()]);
    if (std::isalnum(next) != 0 || next >= 0x80) continue;
    if (!only.empty()) return "";
    only = candidate;
  }
  return only;
}

}  // namespace

std::string Nearest(std::string_view word,
                    const std::vector<std::string>& candidates) {
  const std::string wanted = Lower(word);
  // A third of the letters may be wrong, and at least one.
  std::size_t best_distance = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  std::string best;
  for (const std::string& candidate : candidates) {
    const std::string known = Lower(candidate);
    std::size_t distance = EditDistance(wanted, known);
    if (wanted.size() >= kShortestPrefix && known.rfind(wanted, 0) == 0) {
      distance = std::min<std::size_t>(distance, 1);
    }
    // Of a name of one letter, another letter is nothing alike.
    if (distance < best_distance && distance < wanted.size()) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best.empty() ? OnlyBeginning(word, candidates) : best;
}

}  // namespace mtlkit
