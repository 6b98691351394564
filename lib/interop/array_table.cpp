#include "interop/array_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "interop/array_numbers.h"
#include "interop/array_rows.h"

namespace mtlkit {
namespace {

InputBlock DenseBlock(std::string name, std::vector<std::string> columns,
                      Index cols, std::vector<double> numbers, bool is_wide) {
  InputBlock block;
  block.name = std::move(name);
  block.cols = cols;
  block.columns = std::move(columns);
  if (is_wide || !FitSingle(numbers)) {
    block.wide = Array<double>(std::move(numbers));
  } else {
    block.dense =
        Array<float>(std::vector<float>(numbers.begin(), numbers.end()));
  }
  return block;
}

// Builds a dataset from arrays that each say something of all rows.
class Builder {
 public:
  Builder(Index rows, const ArrayReading& reading) : reading_(reading) {
    table_.rows = rows;
  }

  void Add(DataArray array) {
    RequireRows(array, table_.rows);
    if (array.is_dates && IsOfRows(array)) {
      FailArray(array, "holds dates", "write texts: array.astype(str)");
    }
    if (IsSplit(array)) return AddSplit(array);
    if (std::ranges::count(array.shape, 0) > 0) {
      FailArray(array, Str("is ", ShapeOf(array), ": there are no columns"),
                "--array NAME=PATH, once for each, reads those that are wanted "
                "only");
    }
    if (!array.row_starts.empty()) return AddSparse(array);
    if (NamesRows(array)) return AddIds(std::move(array));
    if (IsOfRows(array)) {
      return array.name == "weights" ? AddWeights(array) : AddGroups(array);
    }
    if (array.is_text()) return AddCategories(array);
    if (array.shape.size() == 1) return AddList(array);
    if (array.shape.size() == 2) {
      return array.is_dates ? AddDates(array) : AddMatrix(std::move(array));
    }
    AddImages(std::move(array));
  }

  Dataset Finish() && {
    AddLists();
    AddCategoryBlock();
    Require(!table_.inputs.empty(), ErrorKind::kBadInput,
            "there is nothing in it but names of rows",
            "arrays of numbers or texts are read");
    return std::move(table_);
  }

 private:
  void AddIds(DataArray array) {
    if (!ids_.empty()) {
      FailArray(array, Str("names the rows, as '", ids_, "' does"),
                Str("leave one out, or say which: --array ids=", array.name,
                    ", and once for each other array that is wanted"));
    }
    ids_ = array.name;
    if (array.shape.size() != 1)
      FailArray(array, "is no list", "names are one a row");
    if (auto* texts = std::get_if<std::vector<std::string>>(&array.values)) {
      table_.ids = TextIds(std::move(*texts));
      return;
    }
    table_.ids =
        NumberIds(WholesOf(array, "rows are named by whole numbers or texts"));
  }

  void AddWeights(const DataArray& array) {
    for (const double number : NumbersOf(array)) {
      table_.weights.push_back(static_cast<float>(number));
      if (!(number >= 0) || std::isinf(table_.weights.back())) {
        FailArray(array, Str("holds ", number),
                  "weights of rows are numbers from 0 on");
      }
    }
  }

  void AddGroups(const DataArray& array) {
    const auto* texts = std::get_if<std::vector<std::string>>(&array.values);
    if (texts == nullptr) {
      table_.groups =
          WholesOf(array, "groups of rows are whole numbers or texts");
      return;
    }
    std::map<std::string_view, std::int64_t> numbers;
    for (const std::string& text : *texts) {
      table_.groups.push_back(
          numbers.emplace(text, std::ssize(numbers)).first->second);
    }
  }

  // A row occurs once, so as many zeros and ones as there are rows are marks.
  bool AreMarks(const std::vector<double>& numbers) const {
    return table_.rows > 2 && std::ssize(numbers) == table_.rows &&
           std::ranges::all_of(numbers, [](double number) {
             return number == 0 || number == 1;
           });
  }

  void AddSplit(const DataArray& array) {
    const std::vector<double> numbers = NumbersOf(array);
    const bool are_marks = AreMarks(numbers);
    std::vector<Index> rows;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (are_marks && numbers[i] == 0) continue;
      const double row = are_marks ? static_cast<double>(i) : numbers[i];
      if (!(row >= 0 && row < static_cast<double>(table_.rows)) ||
          row != std::floor(row)) {
        FailArray(array, Str("holds ", row, ", which is no row"),
                  "row numbers begin at 0; or give a truth value a row");
      }
      rows.push_back(static_cast<Index>(row));
    }
    std::ranges::sort(rows);
    table_.splits[SplitName(array)] = std::move(rows);
  }

  void AddSparse(const DataArray& array) {
    std::vector<float> values;
    for (const double number : NumbersOf(array)) {
      values.push_back(static_cast<float>(number));
      if (!std::isfinite(values.back())) {
        FailArray(array,
                  "holds a number that is not finite in single precision",
                  "entries of sparse matrices are numbers");
      }
    }
    InputBlock block;
    block.name = array.name;
    block.kind = InputKind::kSparse;
    block.cols = array.shape[1];
    block.columns = ColumnsOf(array);
    if (block.columns.empty()) block.index_base = 0;
    block.row_starts = Array<std::int64_t>(array.row_starts);
    block.indices = Array<std::int32_t>(
        std::vector<std::int32_t>(array.indices.begin(), array.indices.end()));
    block.values = Array<float>(std::move(values));
    AddBlock(std::move(block));
  }

  static std::vector<std::string> ColumnsOf(const DataArray& array) {
    if (!array.columns.empty() &&
        std::ssize(array.columns) != array.shape.back()) {
      FailArray(array,
                Str("has ", array.shape.back(), " columns and ",
                    array.columns.size(), " names of columns"),
                "give each column its name");
    }
    return array.columns;
  }

  void AddList(const DataArray& array) {
    std::vector<double> numbers = NumbersOf(array);
    if (!array.is_dates) ForgetMarkers(reading_, array.name, &numbers);
    AddColumn(array.name, std::move(numbers), array.is_dates);
  }

  void AddColumn(std::string name, std::vector<double> numbers, bool is_date) {
    if (is_date) dates_.push_back(name);
    // A date in single precision may be minutes off, a category another one.
    const bool is_exact = is_date || reading_.known.categories.contains(name);
    lists_are_wide_ |= is_exact && !AreSingle(numbers);
    names_.push_back(std::move(name));
    lists_.push_back(std::move(numbers));
  }

  void AddDates(const DataArray& array) {
    const std::vector<double> numbers = NumbersOf(array);
    const Index cols = array.shape[1];
    for (Index col = 0; col < cols; ++col) {
      std::vector<double> column;
      for (Index row = 0; row < table_.rows; ++row) {
        column.push_back(numbers[At(row * cols + col)]);
      }
      AddColumn(Str(array.name, ".", col), std::move(column), true);
    }
  }

  void AddMatrix(DataArray array) {
    auto* singles = std::get_if<std::vector<float>>(&array.values);
    if (singles != nullptr) {
      // Large ones are not held in double as well.
      RequireFinite(array, *singles);
      InputBlock block;
      block.name = array.name;
      block.cols = array.shape[1];
      block.columns = ColumnsOf(array);
      block.dense = Array<float>(std::move(*singles));
      return AddBlock(std::move(block));
    }
    AddBlock(DenseBlock(array.name, ColumnsOf(array), array.shape[1],
                        NumbersOf(array), false));
  }

  void AddImages(DataArray array) {
    auto* pixels = std::get_if<std::vector<std::uint8_t>>(&array.values);
    const std::size_t rank = array.shape.size();
    if (pixels == nullptr || rank > 4) {
      FailArray(array, Str("is ", ShapeOf(array)),
                "lists, matrices, and images of bytes are read: rows x height "
                "x width (x channels)");
    }
    InputBlock block;
    block.name = array.name;
    block.kind = InputKind::kImage;
    block.height = array.shape[1];
    block.width = array.shape[2];
    block.cols = rank == 4 ? array.shape[3] : 1;
    block.pixels = Array<std::uint8_t>(std::move(*pixels));
    AddBlock(std::move(block));
  }

  // Lists are columns, a matrix as many.
  void AddCategories(const DataArray& array) {
    if (array.shape.size() > 2) {
      FailArray(array, Str("is ", ShapeOf(array)), "texts are lists");
    }
    const auto& texts = std::get<std::vector<std::string>>(array.values);
    const Index cols = array.shape.size() == 2 ? array.shape[1] : 1;
    for (Index col = 0; col < cols; ++col) {
      std::vector<std::string> column;
      for (Index row = 0; row < table_.rows; ++row) {
        column.push_back(texts[At(row * cols + col)]);
      }
      AddTexts(array.shape.size() == 2 ? Str(array.name, ".", col) : array.name,
               std::move(column));
    }
  }

  void AddTexts(std::string name, std::vector<std::string> texts) {
    ForgetMarkers(reading_, name, &texts);
    if (auto seconds = SecondsOfTexts(reading_, name, texts)) {
      return AddColumn(std::move(name), *std::move(seconds), true);
    }
    std::map<std::string, std::int32_t> codes;
    for (const std::string& text : texts) {
      if (!text.empty()) codes[text] = 0;
    }
    std::vector<std::string> names;
    for (const auto& [text, code] : codes) names.push_back(text);
    std::ranges::sort(names, NaturalLess);
    for (std::size_t i = 0; i < names.size(); ++i) {
      codes[names[i]] = static_cast<std::int32_t>(i);
    }
    std::vector<std::int32_t>& column = codes_.emplace_back();
    for (const std::string& text : texts) {
      column.push_back(text.empty() ? -1 : codes[text]);
    }
    categories_.push_back(std::move(names));
    category_names_.push_back(std::move(name));
  }

  void AddLists() {
    const auto cols = std::ssize(lists_);
    if (cols == 0) return;
    std::vector<double> numbers(At(table_.rows * cols));
    for (Index col = 0; col < cols; ++col) {
      for (Index row = 0; row < table_.rows; ++row) {
        numbers[At(row * cols + col)] = lists_[At(col)][At(row)];
      }
    }
    InputBlock block =
        DenseBlock(TableBlockName("", InputKind::kDense), std::move(names_),
                   cols, std::move(numbers), lists_are_wide_);
    block.dates = std::move(dates_);
    AddBlock(std::move(block));
  }

  void AddCategoryBlock() {
    const auto cols = std::ssize(codes_);
    if (cols == 0) return;
    std::vector<std::int32_t> codes(At(table_.rows * cols));
    for (Index col = 0; col < cols; ++col) {
      for (Index row = 0; row < table_.rows; ++row) {
        codes[At(row * cols + col)] = codes_[At(col)][At(row)];
      }
    }
    InputBlock block;
    block.name = TableBlockName("", InputKind::kCategorical);
    block.kind = InputKind::kCategorical;
    block.cols = cols;
    block.columns = std::move(category_names_);
    block.categories = std::move(categories_);
    block.codes = Array<std::int32_t>(std::move(codes));
    AddBlock(std::move(block));
  }

  void AddBlock(InputBlock block) {
    Require(table_.FindInput(block.name) == nullptr, ErrorKind::kBadInput,
            Str("two arrays make a view '", block.name, "'"),
            "give one of them another name");
    table_.inputs.push_back(std::move(block));
  }

  const ArrayReading& reading_;
  Dataset table_;
  std::vector<std::string> names_;
  std::vector<std::vector<double>> lists_;
  std::vector<std::string> dates_;
  bool lists_are_wide_ = false;
  std::string ids_;  // what the array is called that names the rows
  std::vector<std::string> category_names_;
  std::vector<std::vector<std::string>> categories_;
  std::vector<std::vector<std::int32_t>> codes_;
};

// The files of arrays, each once.
std::string FilesOf(std::span<const DataArray> arrays) {
  std::vector<std::string> files;
  for (const DataArray& array : arrays) {
    if (std::ranges::count(files, array.file) == 0) files.push_back(array.file);
  }
  return Join(files, ", ");
}

template <class Work>
auto InFile(const std::string& file, Work work) {
  return file.empty() ? work() : InContext(file, work);
}

}  // namespace

Dataset TableOfArrays(std::vector<DataArray> arrays,
                      const ArrayReading& reading) {
  const std::string files = FilesOf(arrays);
  Builder builder(InFile(files, [&] { return RowsOf(arrays); }), reading);
  for (DataArray& array : arrays) {
    const std::string file = array.file;
    InFile(file, [&] { builder.Add(std::move(array)); });
  }
  return InFile(files, [&] { return std::move(builder).Finish(); });
}

}  // namespace mtlkit
