#include "text/rename_labels.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "text/number_text.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

// Numbers are classes by value: +1 is 1.
std::string ClassName(const std::string& text) {
  return IsCellNumber(text, '.') ? CanonicalNumber(text) : text;
}

// Labels of one file of several, by what stands in it.
class Renaming {
 public:
  explicit Renaming(RowLabelScan* labels) : labels_(*labels) {
    for (const auto& entry : labels_.classes) names_[entry.first] = entry.first;
  }

  // False where no label is called so in the file. The first rename holds.
  bool Rename(const std::string& from, const std::string& to) {
    bool found = false;
    for (auto& [text, name] : names_) {
      if (ClassName(text) != ClassName(from)) continue;
      if (renamed_.insert(text).second) name = ClassName(to);
      found = true;
    }
    return found;
  }

  std::vector<std::string> Known() const {
    std::vector<std::string> known;
    for (const auto& [text, name] : names_) known.push_back(name);
    std::ranges::sort(known);
    known.erase(std::ranges::unique(known).begin(), known.end());
    return known;
  }

  // Labels keep their texts, by which they are found, and get the numbers of
  // their classes.
  void Finish() {
    CategoryMap classes;
    for (const auto& [text, name] : names_) classes.try_emplace(name);
    labels_.sorted = SortTexts(&classes);
    for (const auto& [text, name] : names_) {
      labels_.classes[text].code = classes[name].code;
    }
  }

 private:
  RowLabelScan& labels_;
  std::map<std::string, std::string> names_;
  std::set<std::string> renamed_;
};

[[noreturn]] void FailName(const std::string& name, const TableScan& scan) {
  const std::string& task = scan.row_labels.back().task;
  Fail(ErrorKind::kUsage,
       Str("--rename-class: there is no column '", ShowText(name), "'"),
       Str("labels in front of rows are called ",
           task.empty() ? "label" : Str("label and as their tasks, ", task)));
}

using Renames = std::vector<std::vector<std::string>>;

Renames RenamesOf(const RowLabelScan& labels, const Renames& renames) {
  Renames own;
  std::ranges::copy_if(renames, std::back_inserter(own), [&](const auto& one) {
    return IsNameOfLabels(one[0], labels);
  });
  return own;
}

void RenameClasses(const ScanOptions& options, RowLabelScan* labels) {
  const Renames asked = RenamesOf(*labels, options.renames);
  const Renames known = RenamesOf(*labels, options.model_renames);
  if (asked.empty() && known.empty()) return;
  Renaming renaming(labels);
  for (const std::vector<std::string>& rename : asked) {
    Require(renaming.Rename(rename[1], rename[2]), ErrorKind::kUsage,
            Str("--rename-class: '", rename[0], "' has no class '",
                ShowText(rename[1]), "'"),
            Str("known: ", ShowNames(renaming.Known())));
  }
  for (const std::vector<std::string>& rename : known) {
    renaming.Rename(rename[1], rename[2]);
  }
  renaming.Finish();
}

}  // namespace

bool IsNameOfLabels(std::string_view name, const RowLabelScan& labels) {
  return labels.task.empty() ? name == "label" || name == "labels"
                             : name == labels.task;
}

TableScan ScanRows(std::vector<TableFile>* files, const ScanOptions& options) {
  if (!files->front().reader->has_row_labels()) {
    return ScanTable(files, options);
  }
  // They are no columns.
  ScanOptions of_columns = options;
  of_columns.renames.clear();
  TableScan scan = ScanTable(files, of_columns);
  for (const std::vector<std::string>& rename : options.renames) {
    const auto is_named = [&](const RowLabelScan& labels) {
      return IsNameOfLabels(rename[0], labels);
    };
    if (std::ranges::none_of(scan.row_labels, is_named)) {
      FailName(rename[0], scan);
    }
  }
  for (RowLabelScan& labels : scan.row_labels) RenameClasses(options, &labels);
  return scan;
}

}  // namespace mtlkit
