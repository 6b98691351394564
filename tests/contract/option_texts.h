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

  using Fields::Field;
  void Field(const FieldInfo& info, bool& value) override {
    Add(info, value ? "no" : "yes");
  }
  void Field(const FieldInfo& info, Index& value) override {
    const Index next = value + 1;
    Add(info, std::to_string(info.range.Holds(static_cast<double>(next))
                                 ? next
                                 : value - 1));
  }
  void Field(const FieldInfo& info, double& value) override {
    for (const double other : {0.3, 0.7, 2.0, value / 2}) {
      if (other == value || !info.range.Holds(other)) continue;
      Add(info, FormatNumber(other));
      return;
    }
  }
  void Field(const FieldInfo& info, std::string& value) override {
    for (const std::string& choice : info.choices) {
      if (choice != value) Add(info, choice);
    }
  }
  void Field(const FieldInfo& info, std::vector<Index>&) override {
    Add(info, "2/3");
  }
  void Field(const FieldInfo& info, std::vector<double>&) override {
    Add(info, "0.5/2");
  }
  void Field(const FieldInfo&, std::vector<std::string>&) override {}

 private:
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
