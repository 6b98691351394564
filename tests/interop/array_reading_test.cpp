// Arrays that are read as columns of a table before.
#include "interop/array_reading.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/text.h"
#include "interop/array_files.h"

namespace mtlkit {
namespace {

// A list of texts of one byte a letter under a name.
std::pair<std::string, std::string> TextsOf(
    const std::string& name, const std::vector<std::string>& texts) {
  std::size_t longest = 1;
  for (const std::string& text : texts)
    longest = std::max(longest, text.size());
  std::string bytes;
  for (std::string text : texts) {
    text.resize(longest);
    bytes += text;
  }
  return {name + ".npy", NpyOf(Str("{'descr': '|S", longest,
                                   "', 'fortran_order': False, 'shape': (",
                                   texts.size(), ",), }\n"),
                               bytes)};
}

std::pair<std::string, std::string> DoublesOf(
    const std::string& name, const std::vector<double>& values) {
  std::string bytes;
  for (const double value : values) bytes += Raw(value);
  return {name + ".npy",
          NpyOf(Str("{'descr': '<f8', 'fortran_order': False, 'shape': (",
                    values.size(), ",), }\n"),
                bytes)};
}

using Members = std::vector<std::pair<std::string, std::string>>;

Dataset Read(const Members& members, const ConvertOptions& options,
             std::string* said = nullptr) {
  const TempFolder folder;
  PutFile(folder / "a.npz", ZipOf(members));
  return Convert({{"", folder / "a.npz"}}, options, said);
}

TEST_CASE("what marked missing values in texts before marks them in arrays") {
  ConvertOptions options;
  options.known[""].categories = {{"sort", {"NA", "b"}}};
  options.had_markers = true;
  options.remembered_of = "of old.h5";
  std::string said;
  const Members arrays = {TextsOf("sort", {"NA", "b", "?"}),
                          TextsOf("town", {"NA", "Ulm", "Bonn"})};
  const Dataset table = Read(arrays, options, &said);
  const InputBlock& words = *table.FindInput("categorical");
  CHECK(Join(words.categories[0], " ") == "NA b");
  CHECK(Join(words.categories[1], " ") == "Bonn Ulm");
  CHECK(All(words.codes) == std::vector<std::int32_t>{0, -1, 1, 1, -1, 0});
  CHECK(said.find("read as the texts of old.h5: '?', 'NA', 'N/A', ") !=
        std::string::npos);
  // Without such a table texts are what they are.
  const Dataset plain = Read(arrays, {}, &said);
  CHECK(All(plain.FindInput("categorical")->codes) ==
        std::vector<std::int32_t>{1, 1, 2, 2, 0, 0});
  CHECK(said.find("read as") == std::string::npos);
}

TEST_CASE("numbers that marked missing values do so in lists of numbers") {
  ConvertOptions options;
  options.missing = {"-9", "x"};
  const Dataset table =
      Read({ListOf("age", {-9, 30}), TextsOf("town", {"x", "-9"})}, options);
  const InputBlock& numbers = *table.FindInput("numeric");
  CHECK(std::isnan(numbers.dense[0]));
  CHECK(numbers.dense[1] == 30);
  CHECK(All(table.FindInput("categorical")->codes) ==
        std::vector<std::int32_t>{-1, -1});
}

TEST_CASE("texts in a column of dates are dates") {
  ConvertOptions options;
  options.known[""].dates = {"when", "then"};
  options.model_dates = {"day=date:%d.%m.%Y"};
  const Dataset table = Read({TextsOf("when", {"1970-01-02", ""}),
                              TextsOf("day", {"03.01.1970", "02.01.1970"})},
                             options);
  const InputBlock& numbers = *table.FindInput("numeric");
  CHECK(numbers.columns == std::vector<std::string>{"when", "day"});
  CHECK(numbers.dates == numbers.columns);
  CHECK(numbers.dense[0] == 86400);
  CHECK(numbers.dense[1] == 172800);
  CHECK(std::isnan(numbers.dense[2]));
  CHECK_THROWS_WITH_AS(
      Read({TextsOf("then", {"1970-01-02", "soon"})}, options),
      doctest::Contains("array 'then' holds 'soon', which is no date written "
                        "as 'date'"),
      Error);
}

TEST_CASE("numbers that are categories elsewhere are kept exactly") {
  ConvertOptions options;
  options.known[""].categories = {{"part", {"0.3333333333"}}};
  const Members arrays = {DoublesOf("part", {0.3333333333, .5})};
  CHECK(All(Read(arrays, options).FindInput("numeric")->wide) ==
        std::vector<double>{0.3333333333, .5});
  CHECK(Read(arrays, {}).FindInput("numeric")->wide.empty());
}

}  // namespace
}  // namespace mtlkit
