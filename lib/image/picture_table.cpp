#include "image/picture_table.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/blocks.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

constexpr const char* kClassColumn = "class";

template <class T>
Array<T> Longer(const Array<T>& values, Index count, T value) {
  std::vector<T> longer(values.begin(), values.end());
  longer.insert(longer.end(), At(count), value);
  return Array<T>(std::move(longer));
}

// A block with one row more, in which all is missing.
InputBlock WithMissingRow(InputBlock block) {
  if (!block.dense.empty()) {
    block.dense = Longer(block.dense, block.cols,
                         std::numeric_limits<float>::quiet_NaN());
  }
  if (!block.wide.empty()) {
    block.wide = Longer(block.wide, block.cols,
                        std::numeric_limits<double>::quiet_NaN());
  }
  if (!block.codes.empty()) {
    block.codes = Longer(block.codes, block.cols, std::int32_t{-1});
  }
  if (!block.row_starts.empty()) {
    block.row_starts = Longer(block.row_starts, 1,
                              block.row_starts[block.row_starts.size() - 1]);
  }
  return block;
}

void RequireTable(const Dataset& table, bool has_ids, const std::string& what) {
  std::vector<std::string> columns;
  for (const InputBlock& block : table.inputs) {
    columns.insert(columns.end(), block.columns.begin(), block.columns.end());
  }
  Require(has_ids, ErrorKind::kBadInput,
          Str(what, ": no column names the pictures"),
          Str("--type COLUMN=id says which it is, of ", Join(columns, ", ")));
  Require(table.tasks.empty() && table.transforms.empty(), ErrorKind::kBadInput,
          Str(what, ": is prepared already"),
          "give the table that it was made of; mtl-prep makes tasks of its "
          "columns once the pictures are beside them");
}

// Rows of a table by what pictures may be called.
class RowFinder {
 public:
  explicit RowFinder(const Dataset& table) {
    for (Index row = 0; row < table.rows; ++row) {
      rows_.emplace(IdText(table.ids, row), row);
    }
  }
  // -1: none.
  Index RowOf(const PictureFile& file) const {
    for (const std::string& name :
         {file.place, file.id(), file.name(), file.stem()}) {
      const auto found = rows_.find(name);
      if (found != rows_.end()) return found->second;
    }
    return -1;
  }

 private:
  std::map<std::string, Index> rows_;
};

void RequireOne(std::span<const Index> rows, std::span<const PictureFile> files,
                const Dataset& table, const std::string& what) {
  std::map<Index, std::size_t> seen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] < 0) continue;
    const auto [other, is_new] = seen.emplace(rows[i], i);
    if (is_new) continue;
    Fail(ErrorKind::kBadInput,
         Str(what, ": its row '", IdText(table.ids, rows[i]),
             "' is of two pictures, ", files[other->second].path, " and ",
             files[i].path),
         "ids that are places below the folder (a/1.png) tell them apart");
  }
}

void WarnOfRest(std::span<const Index> rows, std::span<const PictureFile> files,
                const Dataset& table, const std::string& what,
                Reporter* reporter) {
  std::vector<bool> is_used(At(table.rows), false);
  Index without = 0;
  std::string first;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] >= 0) {
      is_used[At(rows[i])] = true;
    } else if (without++ == 0) {
      first = files[i].place;
    }
  }
  Require(without < std::ssize(rows), ErrorKind::kBadInput,
          Str(what, ": no row is called like a picture: not '",
              IdText(table.ids, 0), "', and they are called '",
              files.front().id(), "' ..."),
          "ids are places below the folder or names, with or without the "
          "ending");
  if (without > 0) {
    reporter->Warn(Str(Counted(without, "picture has", "pictures have"),
                       " no row in ", what, ", and missing cells: '", first,
                       "' is the first"));
  }
  const auto spare = std::ranges::find(is_used, false);
  if (spare == is_used.end()) return;
  reporter->Warn(Str(Counted(std::ranges::count(is_used, false), "row", "rows"),
                     " of ", what, " without a picture left out: '",
                     IdText(table.ids, spare - is_used.begin()),
                     "' is the first"));
}

}  // namespace

Dataset TableOfPictures(const Dataset& table, bool has_ids,
                        std::span<const PictureFile> files,
                        const std::string& what, Reporter* reporter) {
  RequireTable(table, has_ids, what);
  const RowFinder finder(table);
  std::vector<Index> rows;
  for (const PictureFile& file : files) rows.push_back(finder.RowOf(file));
  RequireOne(rows, files, table, what);
  WarnOfRest(rows, files, table, what, reporter);
  Dataset found;
  found.rows = std::ssize(files);
  std::vector<Index> pictures(At(table.rows), -1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] >= 0) pictures[At(rows[i])] = static_cast<Index>(i);
    if (rows[i] < 0) rows[i] = table.rows;
  }
  for (const InputBlock& block : table.inputs) {
    found.inputs.push_back(GatherRows(WithMissingRow(block), rows));
  }
  for (const auto& [name, members] : table.splits) {
    std::vector<Index> split;
    for (const Index row : members) {
      if (pictures[At(row)] >= 0) split.push_back(pictures[At(row)]);
    }
    std::ranges::sort(split);
    if (!split.empty()) found.splits[name] = std::move(split);
  }
  return found;
}

std::vector<InputBlock> FoldersAsClasses(std::span<const PictureFile> files) {
  std::vector<std::string> names;
  for (const PictureFile& file : files) {
    if (!file.folder().empty()) names.push_back(file.folder());
  }
  if (names.empty()) return {};
  std::ranges::sort(names, NaturalLess);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<std::int32_t> codes;
  for (const PictureFile& file : files) {
    const auto at = std::ranges::find(names, file.folder());
    codes.push_back(
        at == names.end() ? -1 : static_cast<std::int32_t>(at - names.begin()));
  }
  InputBlock block;
  block.name = TableBlockName("", InputKind::kCategorical);
  block.kind = InputKind::kCategorical;
  block.cols = 1;
  block.columns = {kClassColumn};
  block.categories = {std::move(names)};
  block.codes = Array<std::int32_t>(std::move(codes));
  return {std::move(block)};
}

}  // namespace mtlkit
