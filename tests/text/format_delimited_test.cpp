#include <doctest/doctest.h>

#include "base/error.h"
#include "text/delimited_guess.h"
#include "text/format_fixture.h"

namespace mtlkit {
namespace {

TEST_CASE("quoted cells hold delimiters, line breaks and doubled quotes") {
  CHECK(Rows("a,b\n\"x,y\",1\n\"say \"\"hi\"\"\",2\n\"two\nlines\",3\n") ==
        "x,y|1\nsay \"hi\"|2\ntwo\nlines|3\n");
}

TEST_CASE("blanks round a cell are trimmed unless quoted") {
  CHECK(Rows("a,b\n  1 ,\t x y \n 2, \" x \" \n") == "1|x y\n2| x \n");
}

TEST_CASE("lines end with LF, CR LF or CR, the last one with nothing") {
  CHECK(Rows("a,b\n1,2\n3,4") == "1|2\n3|4\n");
  CHECK(Rows("a,b\r\n1,2\r\n3,4\r\n") == "1|2\n3|4\n");
  CHECK(Rows("a,b\r1,2\r3,4\r") == "1|2\n3|4\n");
}

TEST_CASE("a byte order mark is no part of the first name") {
  const std::string text =
      "\xef\xbb\xbf"
      "a,b\n1,2\n";
  CHECK(Convert({{"t.csv", text}}).dataset.inputs[0].columns[0] == "a");
}

TEST_CASE("empty lines, comments and skipped lines are no rows") {
  TextOptions options;
  options.comment = "|";
  options.skip = 2;
  CHECK(Rows("title,of,this\n,\n|note\n\na,b\n1,2\n,,\n|x\n\n3,4\n", "csv",
             options) == "1|2\n3|4\n");
}

TEST_CASE("usual markers and empty cells are missing, others if asked for") {
  CHECK(Rows("a,b\n?,1\nNA,2\n,3\n-,4\n") == "~|1\n~|2\n~|3\n-|4\n");
  TextOptions options;
  options.missing = {"-", "none"};
  CHECK(Rows("a,b\n?,1\nnone,2\n,3\n-,4\n", "csv", options) ==
        "?|1\n~|2\n~|3\n~|4\n");
}

TEST_CASE("the delimiter is the one that makes rows of one length") {
  const auto guess = [](std::string_view text) {
    return DelimiterName(GuessDelimiter({text, "", true}));
  };
  CHECK(guess("a,b\n1,2\n") == "','");
  CHECK(guess("a;b\n1,5;2\n3;4,1\n") == "';'");
  CHECK(guess("1,5;2,5\n3,1;4,1\n") == "';'");
  CHECK(guess("a\tb\n1, 2\t3\nx\ty\n") == "tab");
  CHECK(guess("a|b|c\n1|2|3\n") == "'|'");
  CHECK(guess("1 2  3\n 4 5 6\n") == "blanks");
  CHECK(guess("39, State-gov, 7\n50, Private, 8\n") == "','");
  CHECK(guess("single\n1\n2\n") == "','");
  CHECK(guess("\"a;b;c\",1\n\"d;e;f\",2\n") == "','");
}

TEST_CASE("a sample of rows that are too long or many cells is short") {
  CHECK(SampleRecords({"1,2,3\n4,5,6\n", "", true, 2}, ',').empty());
  std::string row(std::size_t{1} << 20, ',');
  row += '\n';
  std::string text;
  for (int i = 0; i < 4; ++i) text += row;
  text[0] = text[row.size()] = text[2 * row.size()] = 'x';
  CHECK(SampleRecords({text, "", true, Index{1} << 21}, ',').size() == 2);
}

TEST_CASE("a first row of words above numbers is the header") {
  const auto guess = [](std::string_view text) {
    return GuessHeader(SampleRecords({text, "", true}, ','), {"?"}, '.');
  };
  CHECK(guess("age,name\n39,ann\n40,bob\n"));
  CHECK_FALSE(guess("39,ann\n40,bob\n"));
  CHECK(guess("city,name\nrome,ann\noslo,bob\n"));
  CHECK_FALSE(guess("rome,ann\noslo,bob\nrome,eve\n"));
  CHECK(guess("0,1,2,3,4,5,6,0\n.5,.1,.2,7,1,1,1,1\n"));
  CHECK_FALSE(guess("0,1,2,3,4,5,0,0\n.5,.1,.2,7,1,1,1,1\n"));
  CHECK_FALSE(guess("0,1,2,9\n.5,.1,.2,7\n"));
  CHECK_FALSE(guess("?,1\n2,3\n"));
  CHECK_FALSE(guess("age,name\n"));
}

TEST_CASE("a header can be insisted on or denied") {
  TextOptions options;
  options.header = "no";
  CHECK(Rows("a,b\n1,2\n", "csv", options) == "a|b\n1|2\n");
  options.header = "yes";
  CHECK(Rows("1,2\n3,4\n", "csv", options) == "3|4\n");
}

TEST_CASE("delimiters have names") {
  CHECK(ParseDelimiter("tab") == '\t');
  CHECK(ParseDelimiter(";") == ';');
  CHECK(ErrorOf([] { ParseDelimiter("::"); }) ==
        "2: --delimiter: '::' is no delimiter (one ASCII character, or comma, "
        "semicolon, tab, pipe, space)");
}

TEST_CASE("runs of blanks are one delimiter") {
  TextOptions options;
  options.delimiter = "space";
  CHECK(Rows("  1   2 \"x y\"\n3 \t 4 z  \n", "csv", options) ==
        "1|2|x y\n3|4|z\n");
}

TEST_CASE("a ragged row is refused with its line") {
  CHECK(ErrorOf([] { Rows("a,b\n1,2\n\"x\ny\",2\n3\n"); }) ==
        "65: table:5: 1 cell, but the table has 2 columns (read with delimiter "
        "','; quote cells that hold it, or choose --delimiter)");
}

TEST_CASE("a quote that is never closed is refused where it opens") {
  CHECK(ErrorOf([] { Rows("a,b\n1,2\n\"x,3\n4,5\n"); }) ==
        "65: table:3: a quote that is never closed (a quote inside a quoted "
        "cell is written twice)");
  CHECK(ErrorOf([] { Rows("a,b\n1,2\n\"x\"y,3\n"); }) ==
        "65: table:3: column 1: text after the closing quote (a quote inside a "
        "quoted cell is written twice)");
}

TEST_CASE("a row larger than the window is read whole") {
  const std::string big(std::size_t{3} << 20, 'x');
  TextOptions options;
  options.header = "yes";
  const std::string rows =
      Rows("a,b\n1,\"" + big + "\"\n2,y\n", "csv", options);
  CHECK((rows == "1|" + big + "\n2|y\n"));
}

TEST_CASE("rows across the border of the window are read once") {
  std::string text = "a,b\n";
  std::string expected;
  for (int i = 0; i < 200000; ++i) {
    text += std::to_string(i) + ",\"q\"\"" + std::to_string(i % 7) + "\"\n";
    expected += std::to_string(i) + "|q\"" + std::to_string(i % 7) + "\n";
  }
  CHECK((Rows(text) == expected));
}

TEST_CASE("more columns than memory is meant for are refused") {
  ConvertOptions options;
  options.max_size = "24k";  // three columns
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "a,b,c\n1,2,3\n"}}, options);
        }) == "");
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "a,b,c,d\n1,2,3,4\n"}}, options);
        }) ==
        "65: t.csv:1: more than 3 cells in a row, which a table of --max-size "
        "may not have (is it a matrix that lies on its side? Otherwise raise "
        "--max-size)");
}

TEST_CASE("blanks that nobody sees are no part of a cell either") {
  CHECK(Rows("a,b\n\u00a01\u00a0,\u2003x\u00a0y\u200b \n"
             "\ufeff2 \u202f,\u3000\u00a0\n") == "1|x\u00a0y\n2|~\n");
  CHECK(Rows("a,b\n1,\u00a0\"x\"\u00a0\n\"\u00a02\",y\n") ==
        "1|x\n\u00a02|y\n");
  const Dataset made =
      Convert({{"t.csv", "n\u00a0,c\n1\u00a0,u\n\u00a02,u\u00a0\n"}}).dataset;
  CHECK(made.inputs[0].columns[0] == "n");
  CHECK(made.inputs[0].kind == InputKind::kDense);
  CHECK(made.inputs[1].categories[0] == std::vector<std::string>{"u"});
  CHECK(Rows("@relation r\n@attribute a numeric\n@attribute c {x}\n@data\n"
             "\u00a01 ,\u00a0x\u00a0\n",
             "arff") == "1|x\n");
  // Letters that end in the same bytes stay.
  CHECK(Rows("a,b\n\u00e0,\u0420\u00a0\n1,2\n") == "\u00e0|\u0420\n1|2\n");
}

TEST_CASE("a delimiter that leaves one column of several is doubted") {
  ConvertOptions options;
  options.delimiter = ";";
  CHECK(Convert({{"t.csv", "a,b\n1,2\n3,4\n"}}, options)
            .warnings.find("t.csv: with --delimiter ; there is one column, "
                           "with ',' 2") != std::string::npos);
  CHECK(Convert({{"t.csv", "a\n1\n3\n"}}, options).warnings == "");
  CHECK(Convert({{"t.csv", "a b\nc d\ne f\n"}}, options).warnings == "");
  options.delimiter = "";
  CHECK(Convert({{"t.csv", "a,b\n1,2\n3,4\n"}}, options).warnings == "");
}

TEST_CASE("a table that may have no column of a size says what it may have") {
  ConvertOptions options;
  options.max_size = "1k";
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "a,b\n1,2\n"}}, options);
        }).find("more than 1 cell in a row") != std::string::npos);
}

TEST_CASE("any number of columns may have one name") {
  constexpr int kColumns = 50'000;
  std::string header = "c";
  std::string row = "1";
  for (int col = 1; col < kColumns; ++col) {
    header += ",c";
    row += ",1";
  }
  const Converted made =
      Convert({{"t.csv", Str(header, '\n', row, '\n', row, '\n')}}, {});
  const std::vector<std::string>& names = made.dataset.inputs[0].columns;
  CHECK(names.front() == "c");
  CHECK(names.back() == "c-50000");
}

TEST_CASE("a table of attributes has a bound, too") {
  ConvertOptions options;
  options.max_size = "16k";  // two columns
  const std::string two = "@relation r\n@attribute a real\n@attribute b real\n";
  CHECK(Convert({{"t.arff", two + "@data\n1,2\n"}}, options).dataset.rows == 1);
  CHECK(ErrorOf([&] {
          Convert({{"t.arff", two + "@attribute c real\n@data\n1,2,3\n"}},
                  options);
        }).find("more than 2 columns") != std::string::npos);
}

}  // namespace
}  // namespace mtlkit
