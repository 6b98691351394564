#include "text/spelling_warnings.h"

#include <cctype>
#include <map>
#include <string>

#include "base/text.h"
#include "base/text_part.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

// A category as it is when a trailing dot and case do not count.
std::string Plain(std::string_view text) {
  while (text.ends_with('.')) text.remove_suffix(1);
  std::string plain(Trim(text));
  for (char& c : plain) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return plain;
}

std::string SplitOf(const std::vector<TableFile>& files, std::uint64_t mask) {
  for (std::size_t i = 0; i < files.size() && i < 64; ++i) {
    if ((mask >> i & 1) == 0) continue;
    return files[i].split.empty() ? files[i].source->name() : files[i].split;
  }
  return "?";
}

}  // namespace

void WarnOfSpellings(const std::vector<TableFile>& files,
                     const ColumnScan& column, std::size_t most,
                     std::size_t* warnings, Reporter* reporter) {
  std::map<std::string, std::vector<std::string>> spellings;
  for (const std::string& text : column.sorted) {
    spellings[Plain(text)].push_back(text);
  }
  const auto files_of = [&](const std::string& text) {
    return column.categories.find(text)->second.files;
  };
  for (const auto& [plain, texts] : spellings) {
    for (std::size_t i = 1; i < texts.size(); ++i) {
      const std::uint64_t first = files_of(texts[0]);
      const std::uint64_t other = files_of(texts[i]);
      if ((first & other) != 0 || first == 0 || other == 0) continue;
      // The file that comes first has the spelling to keep.
      const bool keep_first = (first & -first) < (other & -other);
      const std::string& keep = keep_first ? texts[0] : texts[i];
      const std::string& change = keep_first ? texts[i] : texts[0];
      if (++*warnings > most) return;
      reporter->Warn(
          Str("column '", column.column.name, "': '", ShowText(keep), "' (",
              SplitOf(files, files_of(keep)), ") and '", ShowText(change),
              "' (", SplitOf(files, files_of(change)),
              ") differ only by a trailing dot or case; --rename-class ",
              ShellWord(column.column.name), " ", ShellWord(change), " ",
              ShellWord(keep), " joins them"));
    }
  }
}

}  // namespace mtlkit
