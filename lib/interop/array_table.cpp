#include "interop/array_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "interop/array_columns.h"
#include "interop/array_numbers.h"
#include "interop/array_rows.h"

namespace mtlkit {
namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

// Builds a dataset from arrays that each say something of all rows.
class Builder {
 public:
  Builder(Index rows, const ArrayReading& reading) : reading_(reading) {
    table_.rows = rows;
  }

  void Add(const DataArray& array) {
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
    if (NamesRows(array)) return AddIds(array);
    if (IsOfRows(array)) {
      return array.name == "weights" ? AddWeights(array) : AddGroups(array);
    }
    if (array.is_text()) return AddCategories(array);
    if (array.shape.size() == 1) return AddList(array);
    if (array.shape.size() == 2) {
      return array.is_dates ? AddDates(array) : AddMatrix(array);
    }
    AddImages(array);
  }

  Dataset Finish() && {
    if (!numbers_.empty()) {
      AddBlock(
          numbers_.Block(TableBlockName("", InputKind::kDense), table_.rows));
    }
    if (!texts_.empty()) {
      AddBlock(texts_.Block(TableBlockName("", InputKind::kCategorical),
                            table_.rows));
    }
    Require(!table_.inputs.empty(), ErrorKind::kBadInput,
            "there is nothing in it but names of rows",
            "arrays of numbers or texts are read");
    return std::move(table_);
  }

 private:
  void AddIds(const DataArray& array) {
    if (!ids_.empty()) {
      FailArray(array, Str("names the rows, as '", ids_, "' does"),
                Str("leave one out, or say which: --array ids=", array.name,
                    ", and once for each other array that is wanted"));
    }
    ids_ = array.name;
    if (array.shape.size() != 1)
      FailArray(array, "is no list", "names are one a row");
    if (const CodedTexts* texts = array.values.texts()) {
      std::vector<std::string> names;
      names.reserve(At(texts->size()));
      for (Index i = 0; i < texts->size(); ++i) names.push_back((*texts)[i]);
      table_.ids = TextIds(std::move(names));
      return;
    }
    table_.ids =
        NumberIds(WholesOf(array, "rows are named by whole numbers or texts"));
  }

  void AddWeights(const DataArray& array) {
    VisitNumbers(array, [&](std::span<const double> numbers) {
      for (const double number : numbers) {
        table_.weights.push_back(static_cast<float>(number));
        if (!(number >= 0) || std::isinf(table_.weights.back())) {
          FailArray(array, Str("holds ", number),
                    "weights of rows are numbers from 0 on");
        }
      }
    });
  }

  void AddGroups(const DataArray& array) {
    const CodedTexts* texts = array.values.texts();
    if (texts == nullptr) {
      table_.groups =
          WholesOf(array, "groups of rows are whole numbers or texts");
      return;
    }
    // Numbered as they come, as codes are.
    table_.groups.assign(texts->codes.begin(), texts->codes.end());
  }

  // A row occurs once, so as many zeros and ones as there are rows are marks.
  bool AreMarks(const std::vector<double>& numbers) const {
    return table_.rows > 2 && std::ssize(numbers) == table_.rows &&
           std::ranges::all_of(numbers, [](double number) {
             return number == 0 || number == 1;
           });
  }

  void AddSplit(const DataArray& array) {
    const std::vector<double> numbers =
        NumbersOf(array, 0, array.values.size());
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
    SpilledArray<float> values;
    std::vector<float> piece;
    VisitNumbers(array, [&](std::span<const double> numbers) {
      piece.clear();
      for (const double number : numbers) {
        piece.push_back(static_cast<float>(number));
        if (!std::isfinite(piece.back())) {
          FailArray(array,
                    "holds a number that is not finite in single precision",
                    "entries of sparse matrices are numbers");
        }
      }
      values.Append(piece);
    });
    SpilledArray<std::int32_t> indices;
    for (const std::int64_t index : array.indices) {
      const auto column = static_cast<std::int32_t>(index);
      indices.Append({&column, 1});
    }
    InputBlock block;
    block.name = array.name;
    block.kind = InputKind::kSparse;
    block.cols = array.shape[1];
    block.columns = ColumnsOf(array);
    if (block.columns.empty()) block.index_base = 0;
    block.row_starts = array.row_starts;
    block.indices = indices.Finish();
    block.values = values.Finish();
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
    std::vector<double> markers;
    if (!array.is_dates) markers = MarkersAsNumbers(reading_, array.name);
    AddNumbers({array.name}, array.is_dates,
               [array, markers](Index first, Index count) {
                 std::vector<double> numbers = NumbersOf(array, first, count);
                 for (double& number : numbers) {
                   if (std::ranges::count(markers, number) > 0) {
                     number = kNoNumber;
                   }
                 }
                 return numbers;
               });
  }

  void AddNumbers(std::vector<std::string> names, bool are_dates,
                  ArrayNumberColumns::Read read) {
    // A date in single precision may be minutes off, a category another one.
    const bool is_exact =
        are_dates || reading_.known.categories.contains(names.front());
    numbers_.Add(std::move(names), table_.rows, are_dates, is_exact,
                 std::move(read));
  }

  void AddDates(const DataArray& array) {
    const Index cols = array.shape[1];
    std::vector<std::string> names;
    for (Index col = 0; col < cols; ++col) {
      names.push_back(Str(array.name, ".", col));
    }
    AddNumbers(std::move(names), true, [array, cols](Index first, Index count) {
      return NumbersOf(array, first * cols, count * cols);
    });
  }

  void AddMatrix(const DataArray& array) {
    bool is_wide = false;
    VisitNumbers(array, [&](std::span<const double> numbers) {
      is_wide |= !FitSingle(numbers);
    });
    InputBlock block;
    block.name = array.name;
    block.cols = array.shape[1];
    block.columns = ColumnsOf(array);
    if (const Array<float>* singles = array.values.If<float>()) {
      block.dense = *singles;
    } else if (is_wide) {
      block.wide = Copied<double>(array);
    } else {
      block.dense = Copied<float>(array);
    }
    AddBlock(std::move(block));
  }

  template <class T>
  static Array<T> Copied(const DataArray& array) {
    if (const Array<T>* own = array.values.If<T>()) return *own;
    SpilledArray<T> copied;
    VisitNumbers(array, [&](std::span<const double> numbers) {
      copied.Append(std::vector<T>(numbers.begin(), numbers.end()));
    });
    return copied.Finish();
  }

  void AddImages(const DataArray& array) {
    const auto* pixels = array.values.If<std::uint8_t>();
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
    block.pixels = *pixels;
    AddBlock(std::move(block));
  }

  // Lists are columns, a matrix as many.
  void AddCategories(const DataArray& array) {
    if (array.shape.size() > 2) {
      FailArray(array, Str("is ", ShapeOf(array)), "texts are lists");
    }
    const Index cols = array.shape.size() == 2 ? array.shape[1] : 1;
    for (Index col = 0; col < cols; ++col) {
      AddTexts(array.shape.size() == 2 ? Str(array.name, ".", col) : array.name,
               *array.values.texts(), col, cols);
    }
  }

  // The different texts of a column; those of others alone are empty.
  static std::vector<std::string> WordsOf(const CodedTexts& texts, Index col,
                                          Index cols) {
    std::vector<std::string> words(texts.words.size());
    for (Index at = col; at < texts.size(); at += cols) {
      const auto code = static_cast<std::size_t>(texts.codes[at]);
      if (words[code].empty()) words[code] = texts.words[code];
    }
    return words;
  }

  void AddTexts(const std::string& name, const CodedTexts& texts, Index col,
                Index cols) {
    std::vector<std::string> words = WordsOf(texts, col, cols);
    ForgetMarkers(reading_, name, &words);
    const Array<std::int32_t> codes = texts.codes;
    auto seconds = SecondsOfTexts(reading_, name, words);
    if (!seconds) return texts_.Add(name, codes, col, cols, words);
    AddNumbers(
        {name}, true,
        [codes, col, cols, seconds = *std::move(seconds)](Index first,
                                                          Index count) {
          std::vector<double> numbers;
          for (Index row = first; row < first + count; ++row) {
            numbers.push_back(
                seconds[static_cast<std::size_t>(codes[row * cols + col])]);
          }
          return numbers;
        });
  }

  void AddBlock(InputBlock block) {
    Require(table_.FindInput(block.name) == nullptr, ErrorKind::kBadInput,
            Str("two arrays make a view '", block.name, "'"),
            "give one of them another name");
    table_.inputs.push_back(std::move(block));
  }

  const ArrayReading& reading_;
  Dataset table_;
  ArrayNumberColumns numbers_;
  ArrayTextColumns texts_;
  std::string ids_;  // what the array is called that names the rows
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
    InFile(file, [&] { builder.Add(array); });
  }
  return InFile(files, [&] { return std::move(builder).Finish(); });
}

}  // namespace mtlkit
