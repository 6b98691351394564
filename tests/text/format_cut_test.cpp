#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "campaign.h"
#include "temp_folder.h"
#include "text/format_fixture.h"
#include "text/text_lists.h"

// Small samples cut at every byte. What a cut may give: an error, or the rows
// before it exactly as they are, and at the end at most one more row that has
// all its cells. That the text of its last cell is cut cannot be seen: a file
// whose last line has no line break is a legal table. Where a format tells
// where a row ends (sparse ARFF, SVMlight, JSON lines), even that does not
// happen.

namespace mtlkit {
namespace {

constexpr const char* kDelimited =
    "name,\"a \"\"quoted\"\" one\",score\r\n"
    "ann,\"x,y\",1.5\n"
    "\n"
    "bob,\"two\nlines\",-2e3\n"
    "eve, z ,?\n";

constexpr const char* kDense =
    "% made for this test\n@relation 'a b'\n"
    "@attribute 'x y' numeric\n@attribute c {red,'dark blue'}\n@data\n"
    "1.5,red\n-2,'dark blue'\n% end\n?,red\n";

constexpr const char* kSparse =
    "@relation r\n@attribute x numeric\n@attribute y numeric\n@data\n"
    "{0 1.5,1 22}\n{1 3}\n{}\n";

constexpr const char* kSvmlight =
    "# made for this test\n1,3 1:0.5 7:12\n2 2:-1e3 # end\n3 1:1\n";

constexpr const char* kJsonLines =
    "{\"x\": 1.5, \"c\": \"r\\u00e9d\", \"l\": [\"a\"]}\n"
    "{\"x\": null, \"c\": \"\\ud83d\\ude00\", \"l\": []}\n";

// The rows of a cut text, and whether it was refused.
struct Cut {
  bool refused = false;
  std::string rows;
};

Cut Read(const std::string& text, std::string_view format, std::size_t size,
         const TextOptions& options) {
  Cut cut;
  cut.refused = !ErrorOf([&] {
                   cut.rows = Rows(text.substr(0, size), format, options);
                 }).empty();
  return cut;
}

// Whether `rows` are the first of `all`, but for the text of the last cell of
// the last row if `may_cut_last`.
bool AreFirst(const std::string& rows, const std::string& all,
              bool may_cut_last) {
  if (all.compare(0, rows.size(), rows) == 0) return true;
  if (!may_cut_last || rows.empty()) return false;
  const std::string open = rows.substr(0, rows.size() - 1);
  const std::size_t last_row = open.rfind('\n') + 1;
  const std::size_t last_cell = open.rfind('|');
  // All that stands before the last cell is as it was.
  return last_cell != std::string::npos && last_cell >= last_row &&
         all.compare(0, last_cell + 1, open, 0, last_cell + 1) == 0;
}

void CheckCuts(const std::string& text, std::string_view format,
               bool may_cut_last, const TextOptions& options = {}) {
  const std::string all = Rows(text, format, options);
  std::size_t read = 0;
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const Cut cut = Read(text, format, size, options);
    CAPTURE(size);
    CAPTURE(cut.rows);
    read += !cut.refused;
    CHECK((cut.refused || AreFirst(cut.rows, all, may_cut_last)));
  }
  CHECK(read > 0);
}

TEST_CASE("delimited text cut at every byte gives rows or an error") {
  TextOptions options;
  options.delimiter = ",";
  options.header = "yes";
  CheckCuts(kDelimited, "csv", true, options);
}

TEST_CASE("a last line without its end is a row only with all its cells") {
  CHECK(Rows("a,b\n1,2\n3,4", "csv") == "1|2\n3|4\n");
  CHECK(ErrorOf([] { Rows("a,b\n1,2\n3", "csv"); }) != "");
  CHECK(ErrorOf([] { Rows("a,b\n1,2\n3,\"4", "csv"); }) != "");
}

TEST_CASE("dense ARFF cut at every byte gives rows or an error") {
  CheckCuts(kDense, "arff", true);
}

TEST_CASE("sparse ARFF cut at every byte gives whole rows or an error") {
  CheckCuts(kSparse, "arff", false);
}

TEST_CASE("SVMlight cut at every byte gives whole rows or an error") {
  CheckCuts(kSvmlight, "svmlight", false);
}

TEST_CASE("JSON lines cut at every byte give whole rows or an error") {
  CheckCuts(kJsonLines, "jsonl", false);
}

TEST_CASE("a list of labels that is cut is refused") {
  const TempFolder folder;
  const std::string list =
      "<labels><label name=\"a\"></label><label name=\"b\"/></labels>";
  for (std::size_t size = 0; size < list.size(); ++size) {
    std::ofstream(folder / "cut.xml") << list.substr(0, size);
    CAPTURE(size);
    CHECK(ErrorOf([&] { ReadLabelList(folder / "cut.xml"); }) != "");
  }
  std::ofstream(folder / "whole.xml") << list;
  CHECK(ReadLabelList(folder / "whole.xml") ==
        std::vector<std::string>{"a", "b"});
}

TEST_CASE("damaged small samples never crash and never give half a row") {
  for (const std::string text :
       {kDelimited, kDense, kSparse, kSvmlight, kJsonLines}) {
    // Of eight bytes a place, a sample has two, always others.
    const auto step = static_cast<std::size_t>(Campaign(4, 1));
    const std::string_view bytes("\"',\n{\\:\x01");
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (std::size_t i = at % step; i < bytes.size(); i += step) {
        std::string damaged = text;
        damaged[at] = bytes[i];
        ErrorOf([&] { Encode(damaged); });
      }
    }
  }
}

}  // namespace
}  // namespace mtlkit
