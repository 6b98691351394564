#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/choice.h"
#include "base/options.h"
#include "base/text.h"

namespace mtlkit {

// Ways to set the options of a registry entry, for contract tests: none, and
// for each field one value other than its default. Names are empty.
class OptionTextCollector : public Fields {
 public:
  std::vector<Choice> choices = {{}};

  void Visit(const FieldInfo& info, FieldPointer field) override {
    std::visit([&](const auto* value) { AddOthers(info, *value); }, field);
  }

 private:
  void AddOthers(const FieldInfo& info, bool value) {
    Add(info, value ? "no" : "yes");
  }
  void AddOthers(const FieldInfo& info, Index value) {
    const Index next = value + 1;
    Add(info, std::to_string(info.range.Holds(static_cast<double>(next))
                                 ? next
                                 : value - 1));
  }
  void AddOthers(const FieldInfo& info, double value) {
    for (const double other : {0.3, 0.7, 2.0, value / 2}) {
      if (other == value || !info.range.Holds(other)) continue;
      Add(info, FormatNumber(other));
      return;
    }
  }
  void AddOthers(const FieldInfo& info, const std::string& value) {
    for (const std::string& choice : info.choices) {
      if (choice != value) Add(info, choice);
    }
  }
  void AddOthers(const FieldInfo& info, const std::vector<Index>&) {
    Add(info, "2");
  }
  void AddOthers(const FieldInfo& info, const std::vector<double>&) {
    Add(info, info.range.Holds(2) ? "0.5/2" : "0.25/0.75");
  }
  void AddOthers(const FieldInfo&, const std::vector<std::string>&) {}

  void Add(const FieldInfo& info, std::string text) {
    Choice choice;
    choice.options.emplace_back(info.name, std::move(text));
    choices.push_back(std::move(choice));
  }
};

inline std::vector<Choice> OptionTexts(void (*describe)(Fields&)) {
  OptionTextCollector collector;
  describe(collector);
  return collector.choices;
}

}  // namespace mtlkit
