#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/options.h"

namespace mtlkit {

// A registry entry chosen on the command line with its options:
// "huber:delta=0.5" or "cross-entropy:label-smoothing=0.1,class-weight=1/3".
// Options are separated by commas, the values of a list by slashes.
struct Choice {
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;
};

// Throws kUsage, with `where` (the flag) in front, where the text has no name,
// an option without '=', or an option twice.
Choice ParseChoice(std::string_view text, std::string_view where);
// The same within an option of another choice, where options are separated by
// slashes: "sgd:momentum=0.5/nesterov=yes".
Choice ParseInnerChoice(std::string_view text, std::string_view where);
std::string ChoiceText(const Choice& choice);

// Sets fields from the options of a choice; a text that is not a value of the
// field, a value out of range or an option that no field took is an error
// (kUsage) with `where` in front. Call Finish after the last field.
class ChoiceReader : public Fields {
 public:
  // `choice` must outlive the reader.
  ChoiceReader(const Choice& choice, std::string where);
  void Visit(const FieldInfo& info, FieldPointer field) override;
  void Finish() const;

 private:
  const Choice& choice_;
  std::string where_;
  std::vector<std::string> known_;
};

template <class Options>
void ReadOptions(const Choice& choice, const std::string& where,
                 Options* options) {
  ChoiceReader reader(choice, where);
  options->Describe(reader);
  reader.Finish();
}

}  // namespace mtlkit
