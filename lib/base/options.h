#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/view.h"

namespace mtlkit {

using Json = nlohmann::json;

// The values that a number may take.
struct Range {
  std::optional<double> low;
  std::optional<double> high;
  bool low_open = false;   // `low` itself is not allowed
  bool high_open = false;  // `high` itself is not allowed
  // "at least 0", "in (0, 1]", "" where anything goes.
  std::string Describe() const;
  bool Holds(double value) const;
};

Range AtLeast(double low);
Range MoreThan(double low);
Range Between(double low, double high);    // both ends allowed
Range BelowFrom(double low, double high);  // [low, high)

// What is said of a field once, for flags, JSON, defaults and the reference.
struct FieldInfo {
  std::string name = {};  // as on the command line, without dashes: "batch"
  std::string help = {};  // a phrase without a full stop
  Range range = {};       // numbers only
  std::vector<std::string> choices = {};  // strings only; empty: any
  std::string value_name = {};            // shown in help: "EPOCHS"
  // Whether a change can change the result. Such fields go into provenance and
  // into the digest of a run's settings; threads and progress do not.
  bool in_settings = true;
  // Lists of texts only: whether "a,b" on the command line is two texts.
  bool splits_commas = true;
};

// A field of an option struct: one of the types that an option may have.
using FieldPointer =
    std::variant<bool*, Index*, double*, std::string*, std::vector<Index>*,
                 std::vector<double>*, std::vector<std::string>*>;

// Visits the fields of an option struct. Every struct of options has one
// `void Describe(Fields& fields)` that names its members once; what a visitor
// does with them (flags, JSON, docs) is its own business.
class Fields {
 public:
  virtual ~Fields() = default;

  template <class T>
  void Field(const FieldInfo& info, T& value) {
    Visit(info, &value);
  }

  // Short forms.
  template <class T>
  void operator()(const std::string& name, T& value, const std::string& help,
                  const Range& range = {}) {
    Field({.name = name, .help = help, .range = range}, value);
  }
  void operator()(const std::string& name, std::string& value,
                  const std::string& help,
                  const std::vector<std::string>& choices) {
    Field({.name = name, .help = help, .choices = choices}, value);
  }

  // `value_name` says in help what may stand there: "NAME[:option=value,...]".
  template <class T>
  void Named(const std::string& name, T& value, const std::string& value_name,
             const std::string& help) {
    Field({.name = name, .help = help, .value_name = value_name}, value);
  }

  virtual void Visit(const FieldInfo& info, FieldPointer field) = 0;
};

// Writes every field into a JSON object; `all` = false leaves out the fields
// that cannot change a result.
class JsonWriter : public Fields {
 public:
  JsonWriter(Json* json, bool all);
  void Visit(const FieldInfo& info, FieldPointer field) override;

 private:
  Json* json_;
  bool all_;
};

// Sets fields from a JSON object and keeps the value of those that are absent.
// A value of another type or outside its range is an error (kUsage); call
// Finish after the last field: a key that no field took is an error that
// names the nearest field.
class JsonReader : public Fields {
 public:
  // `where` is put in front of messages: "run.json: training". `json` must
  // outlive the reader.
  JsonReader(const Json& json, std::string where);
  void Visit(const FieldInfo& info, FieldPointer field) override;
  void Finish() const;

 private:
  const Json& json_;
  std::string where_;
  std::vector<std::string> known_;
};

// The settings of an option struct that can change a result, as JSON.
template <class Options>
void WriteOptions(const Options& options, Json* json) {
  Options copy = options;
  JsonWriter writer(json, false);
  copy.Describe(writer);
}

template <class Options>
void ReadOptions(const Json& json, const std::string& where, Options* options) {
  JsonReader reader(json, where);
  options->Describe(reader);
  reader.Finish();
}

// Checks a value against its field; throws ErrorKind::kUsage with the allowed
// values in the message. `where` is the flag or key as the user wrote it.
void CheckField(const FieldInfo& info, std::string_view where, double value);
void CheckField(const FieldInfo& info, std::string_view where,
                const std::string& value);

// "auto, yes, no"; in quotes what is no word: "'.', ','".
std::string ListChoices(const std::vector<std::string>& choices);

bool IsList(FieldPointer field);

// Sets a list from the texts of its elements, any other field from the last of
// `texts`; one that is not a value of the field's type, or not allowed, is an
// error like those of CheckField.
void ReadField(const FieldInfo& info, std::string_view where,
               const std::vector<std::string>& texts, FieldPointer field);

// The entry of `candidates` that `word` was most likely meant to be, or "".
std::string Nearest(std::string_view word,
                    const std::vector<std::string>& candidates);

}  // namespace mtlkit
