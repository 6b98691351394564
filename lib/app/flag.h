#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"

namespace mtlkit {

// One flag of a command line. `set` puts the texts that the user gave into the
// variable; `where` is what messages call the flag.
struct Flag {
  std::string name;        // "batch"
  std::string short_name;  // "o", or ""
  std::string help;
  std::string section;
  std::vector<std::string> value_names;  // one a value; none: a switch
  std::string allowed;                   // "at least 1", or ""
  std::string default_text;              // "" where there is none to show
  bool is_repeatable = false;
  bool is_required = false;
  bool is_hidden = false;
  bool in_environment = true;
  bool has_negation = false;  // `--no-NAME` too
  std::function<void(std::string_view where,
                     const std::vector<std::string>& values)>
      set;
  // Writes the value under the name; empty if it is no setting.
  std::function<void(Json*)> write;

  bool is_switch() const { return value_names.empty(); }
  // "MTLKIT_BATCH".
  std::string EnvironmentName() const;
};

// Makes a flag of every field that it visits.
class FlagMaker : public Fields {
 public:
  // Appends to `flags`, which must outlive it.
  explicit FlagMaker(std::vector<Flag>* flags) : flags_(flags) {}
  void set_section(std::string section) { section_ = std::move(section); }
  const std::string& section() const { return section_; }
  // Appends a flag that no field describes, in the current section.
  void Append(Flag flag);
  void Visit(const FieldInfo& info, FieldPointer field) override;

 private:
  std::vector<Flag>* flags_;
  std::string section_;
};

}  // namespace mtlkit
