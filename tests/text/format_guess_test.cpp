#include <doctest/doctest.h>

#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "text/delimited_guess.h"
#include "text/format_fixture.h"

namespace mtlkit {
namespace {

bool IsHeader(std::string_view text) {
  return GuessHeader(SampleRecords({text, "", true}, ','), {"?"}, '.');
}

TEST_CASE("years and numbers in equal steps are names beside words") {
  CHECK(IsHeader("country,1990,1991,1992\nAland,1.5,2,3\nBland,4,5,6\n"));
  CHECK(IsHeader(",1970,1971,1994\nA,7,2,3\nB,,5,6\n"));
  CHECK(IsHeader("team,2022,2021\nx,1,2\ny,1,3\n"));
  CHECK(IsHeader("smiles,400,402,404,406\nC,.1,.2,.3,.1\nCC,0,0,.1,.2\n"));
  // Born and died; a repeated word; a first row of data; steps below, too.
  CHECK_FALSE(IsHeader("ann,1990,1991\nbob,1992,1995\n"));
  CHECK_FALSE(IsHeader("a,1990,1991\na,1,2\n"));
  CHECK_FALSE(IsHeader("A,1,2,3\nB,3,4,9\n"));
  CHECK_FALSE(IsHeader("A,1,2,3,4\nB,2,4,6,8\n"));
  CHECK_FALSE(IsHeader("?,1990,1991\nx,1,2\n"));
  CHECK_FALSE(IsHeader("1990,1991\n1,2\n"));
}

TEST_CASE("a name may be a marker of missing values") {
  CHECK(IsHeader("id,?,x\n0,1,2\n1,2,3\n"));
  CHECK(IsHeader("id,?,city\na,1,Bern\nb,2,Basel\n"));
  CHECK(IsHeader("x,?\n1,a\n2,b\n"));
  CHECK_FALSE(IsHeader("p,?,s\nq,x,t\n"));
  CHECK_FALSE(IsHeader("id,?,s\nid,x,t\n"));
  const Dataset made = Convert({{"t.csv", "id,?,x\n0,1,2\n1,2,3\n"}}).dataset;
  CHECK(made.inputs[0].columns == std::vector<std::string>{"?", "x"});
  const std::string text = Csv(made);
  CHECK(Csv(Convert({{"t.csv", text}}).dataset) == text);
}

TEST_CASE("words above numbers of columns without names may be these") {
  ConvertOptions options;
  options.header = "no";
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "a,b\n1,2\n3,4\n5,6\n"}}, options);
        }) ==
        "65: t.csv:1: words (a, b) stand above the numbers of 2 columns (if "
        "they name the columns: --header yes)");
}

TEST_CASE("one text beside fewer numbers is a missing value, not a class") {
  const auto error = [](const std::string& text) {
    return ErrorOf([&] { Convert({{"t.csv", text}}); });
  };
  CHECK(error("d,p\n1,6.1\n2,None\n3,None\n4,5.7\n5,None\n") ==
        "65: t.csv:3: column 'p': 'None' is in 3 of 5 cells of a column of "
        "numbers (where it stands for no value list it under --missing, where "
        "it is one --type p=category)");
  CHECK(error("d,p\n1,6.1\n2,x\n3,x\n4,x\n5,5.7\n").substr(0, 25) ==
        "65: t.csv:3: column 'p': ");
  CHECK(error("d,p\n1,6.1\n2,-\n3,n/a\n4,.\n") ==
        "65: t.csv:3: column 'p': '-' and its like are in 3 of 4 cells of a "
        "column of numbers (where it stands for no value list it under "
        "--missing, where it is one --type p=category)");
  // Codes of words and numbers are classes.
  CHECK(error("d,p\n1,1\n2,x\n3,y\n4,x\n").empty());
  CHECK(error("d,p\n1,1\n2,x\n3,x\n4,1\n").empty());
  ConvertOptions options;
  options.type = {"p=category"};
  CHECK(Convert({{"t.csv", "p\n6.1\nNone\nNone\n"}}, options)
            .dataset.inputs[0]
            .categories[0]
            .size() == 2);
  options.type.clear();
  options.missing = {"None"};
  CHECK(Csv(Convert({{"t.csv", "d,p\n1,6.1\n2,None\n3,None\n"}}, options)
                .dataset) == "id,d,p\n0,1,6.1\n1,2,\n2,3,\n");
}

TEST_CASE("a column without a name that counts the rows is warned of") {
  const auto warnings = [](std::vector<NamedText> files) {
    return Convert(files).warnings;
  };
  const std::string warning =
      "column 'column1' only counts the rows; --type column1=ignore leaves it "
      "out of the inputs, --type column1=id names the rows by it\n";
  CHECK(warnings({{"t.csv", ",a\n0,5\n1,6\n2,5\n3,9\n"}}) == warning);
  CHECK(warnings({{"t.csv", ",a\n1,5\n2,6\n3,5\n4,9\n"}}) == warning);
  CHECK(warnings({{"train=a.csv", ",a\n0,5\n1,6\n2,7\n"},
                  {"test=b.csv", ",a\n0,5\n1,6\n"}}) == warning);
  CHECK(warnings({{"t.csv", "num,a\n0,5\n1,6\n2,5\n3,9\n"}}).find("'num'") !=
        std::string::npos);
  CHECK(warnings({{"t.csv", ",a\n0,5\n1,6\n2,5\n4,9\n"}}).empty());
  CHECK(warnings({{"t.csv", ",a\n0,5\n1,6\n0,5\n1,9\n"}}).empty());
  CHECK(warnings({{"t.csv", "n,a\n0,5\n1,6\n2,5\n3,9\n"}}).empty());
}

TEST_CASE("bytes of Windows are letters of cp1252 only") {
  const std::string text = "a,b\nit\x92s \x80,1\ncaf\xe9,2\n";
  ConvertOptions options;
  options.encoding = "cp1252";
  CHECK(
      Convert({{"t.csv", text}}, options).dataset.inputs[1].categories[0] ==
      std::vector<std::string>{"caf\xc3\xa9", "it\xe2\x80\x99s \xe2\x82\xac"});
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "a,b\n\x8d,1\n"}}, options);
        }) ==
        "65: t.csv: line 2: byte 0x8d is no letter of cp1252 (convert it to "
        "UTF-8 first, such as with iconv)");
  options.encoding = "latin1";
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", text}}, options);
        }) ==
        "65: t.csv: line 2: byte 0x92 is no letter of latin1 (--encoding "
        "cp1252 is that of Windows)");
}

TEST_CASE("a line of counts holds, and says which labels there are") {
  const auto error = [](const std::string& text) {
    return ErrorOf([&] { Convert({{"t.txt", text}}); });
  };
  CHECK(error("4 5 4\n1,3 0:1\n 1:1\n2 3:4\n") ==
        "65: t.txt: the line of counts says 4 rows, but there are 3 (the file "
        "is cut, or its first line is wrong: correct it, or leave it out)");
  CHECK(error("1 5 4\n1,3 0:1\n1 1:1\n").substr(0, 40) ==
        "65: t.txt: the line of counts says 1 row");
  CHECK(error("2 5 3\n1,3 0:1\n1 1:1\n") ==
        "65: t.txt:2: label '3' is none of 0 to 2, which the line of counts "
        "says");
  CHECK(error("2 5 3000000000\n1,3 0:1\n1 1:1\n").find("--max-size") !=
        std::string::npos);
  const auto made = Convert({{"t.txt", "2 5 4\n1 0:1\n3 1:1\n"}});
  REQUIRE(made.dataset.tasks.size() == 1);
  CHECK(made.dataset.tasks[0].name == "labels");
  CHECK(made.dataset.tasks[0].classes ==
        std::vector<std::string>{"0", "1", "2", "3"});
}

TEST_CASE("ARFF types may have a range, a weight or a comment behind them") {
  const std::string text =
      "@relation r\n@attribute legs integer [0,9]\n"
      "@attribute w numeric {2.5}\n@attribute v real % as it is\n"
      "@attribute c {p,q}   % two kinds\n@data\n4,1.5,7,p\n2,2.5,8,q\n";
  CHECK(Csv(Convert({{"t.arff", text}}).dataset) ==
        "id,legs,w,v,c\n0,4,1.5,7,p\n1,2,2.5,8,q\n");
}

TEST_CASE("KEEL's lists of inputs and outputs are passed over") {
  CHECK(Csv(Convert({{"t.dat",
                      "@relation iris\n@attribute w real [4.3, 7.9]\n"
                      "@attribute c {p, q}\n@inputs w\n@outputs c\n@data\n"
                      "5.1, p\n4.9, q\n"}})
                .dataset) == "id,w,c\n0,5.1,p\n1,4.9,q\n");
}

TEST_CASE("weights of rows in ARFF are refused by name") {
  const auto error = [](const std::string& row) {
    return ErrorOf([&] {
      Convert({{"t.arff",
                "@relation r\n@attribute a real\n@attribute c {p,q}\n@data\n" +
                    row}});
    });
  };
  const std::string expected =
      "65: t.arff:5: '{2}' is a weight of the row, which is not read (leave "
      "weights out of the file)";
  CHECK(error("1,p,{2}\n") == expected);
  CHECK(error("{0 1}, {2}\n") == expected);
}

TEST_CASE("inputs called as the columns that text adds go back to text") {
  CHECK(Csv(Convert({{"t.arff",
                      "@relation r\n@attribute id real\n@attribute a real\n"
                      "@data\n7,1\n7,2\n"}})
                .dataset) == "id,numeric.id,a\n0,7,1\n1,7,2\n");
}

TEST_CASE("blanks divide where only they give numbers") {
  const auto guess = [](std::string_view text) {
    return DelimiterName(GuessDelimiter({text, "", true}));
  };
  CHECK(
      guess("18.0   8  70  1\t\"chev malibu\"\n15.0  8  70  1\t\"buick\"\n") ==
      "blanks");
  CHECK(guess("a b\tc d\ne f\tg h\n") == "tab");
  CHECK(guess("2020-01-01 10:00;x 1\n2020-01-01 11:00;y 2\n") == "';'");
  CHECK(guess("\"a\" \"b\"\n\"1\" 1.5 2\n\"2\" 3 4\n") == "blanks");
  CHECK(guess("Station A\n1 2 3\n4 5 6\n") == "','");
  CHECK(guess("Name City\nAnn New York\nBob San Jose\n") == "','");
}

TEST_CASE("one column of texts with other marks is doubted") {
  const auto warnings = [](const std::string& text) {
    return Convert({{"t.csv", text}}).warnings;
  };
  CHECK(warnings("1::122::5\n1::185::4.5\n1::231::4\n") ==
        "t.csv: one column of texts: is --delimiter another (':' reads '::', "
        "too: what is between is left out)?\n");
  CHECK(warnings("# A\n# year mm avg\n1958 3 315\n1958 4 317\n") ==
        "t.csv: one column of texts: is --delimiter another, are lines "
        "comments (--comment '#')?\n");
  CHECK(warnings("word\nyes\nno\nyes\n").empty());
  CHECK(warnings("x\n1\n2\n").empty());
  ConvertOptions options;
  options.delimiter = ":";
  CHECK(Csv(Convert({{"t.dat", "1::122::5\n1::185::4.5\n2::122::3\n"}}, options)
                .dataset) ==
        "id,column1,column3,column5\n0,1,122,5\n1,1,185,4.5\n2,2,122,3\n");
  CHECK(ErrorOf([] {
          std::string text = "# A b c d\n";
          for (int i = 0; i < 30; ++i) text += "1958 3 315\n";
          Convert({{"t.csv", text}});
        }).find("or --comment '#'") != std::string::npos);
}

TEST_CASE("a header without a name for names of rows is R's") {
  const std::string expected = "id,a,b\n1,1.5,2\n2,3,4\n";
  const auto csv = [](const std::string& text) {
    return Csv(Convert({{"t.csv", text}}).dataset);
  };
  CHECK(csv("\"a\",\"b\"\n\"1\",1.5,2\n\"2\",3,4\n") == expected);
  CHECK(csv("\"a\" \"b\"\n\"1\" 1.5 2\n\"2\" 3 4\n") == expected);
  CHECK(csv("a,b\nx,1.5,2\ny,3,4\n") == "id,a,b\nx,1.5,2\ny,3,4\n");
  CHECK(Convert({{"t.csv", "a,b\nx,1.5,2\ny,3,4\n"}}).notes ==
        "t.csv (delimiter ',', header, names of rows): 2 rows, 2 numbers, "
        "ids\n");
  // A row of the usual length, repeated names, values in front.
  for (const char* rows : {"x,1,2\n3,4\n", "x,1,2\nx,3,4\n", "7,1,2\n5,3,4\n",
                           "x,1,2\n", "x,y,z\nu,v,w\n"}) {
    CAPTURE(rows);
    CHECK(ErrorOf([&] { csv(Str("a,b\n", rows)); }).substr(0, 3) == "65:");
  }
}

TEST_CASE("a delimiter at the end of the header or of all rows is dropped") {
  const std::string expected = "id,x,y\n1,7,8\n2,5,6\n";
  const auto csv = [](const std::string& text) {
    return Csv(Convert({{"t.csv", text}}).dataset);
  };
  CHECK(csv("id,x,y,\n1,7,8\n2,5,6\n") == expected);
  CHECK(csv("id,x,y\n1,7,8,\n2,5,6,\n") == expected);
  CHECK(csv("id,x,y,\n1,7,8,\n2,5,6,\n") == expected);
  CHECK(ErrorOf([&] { csv("k,x,y\n7,7,8,\n5,5,6,9\n"); }).substr(0, 3) ==
        "65:");
}

TEST_CASE("names of any length and script are kept") {
  std::string name;
  for (int i = 0; i < 66; ++i) name += "\u044f";
  const std::string other = name + "?";
  const Dataset made =
      Convert({{"t.csv", name + "," + other + "\n1,x\n2,y\n"}}).dataset;
  CHECK(made.inputs[0].columns == std::vector<std::string>{name});
  CHECK(made.inputs[1].columns == std::vector<std::string>{other});
  CHECK(Csv(made) == "id," + name + "," + other + "\n0,1,x\n1,2,y\n");
}

TEST_CASE("units between header and rows are said, and left out on demand") {
  const std::string text =
      "time,speed,name\ns,m/s,word\n1,2.5,a\n2,3.5,b\n3,4.5,c\n";
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", text}});
        }) ==
        "65: t.csv:2: words (s, m/s) stand above the numbers of 2 columns (if "
        "they are units or a second header: --skip-after-header 1)");
  ConvertOptions options;
  options.skip_after_header = 1;
  const Converted made = Convert({{"t.csv", text}}, options);
  CHECK(made.notes ==
        "t.csv (delimiter ',', header, 1 row behind it left out): 3 rows, 2 "
        "numbers, 1 category\n");
  CHECK(Csv(made.dataset) ==
        "id,time,speed,name\n0,1,2.5,a\n1,2,3.5,b\n2,3,4.5,c\n");
  // Of each file, and a header of words alone stays one.
  CHECK(Convert({{"a.csv", text}, {"b.csv", text}}, options).dataset.rows == 6);
  CHECK(ErrorOf([&] {
          Convert({{"a.csv", text}, {"b.csv", text}});
        }).starts_with("65: a.csv:2: words (s, m/s)"));
  // One word among numbers is no row of units.
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "a,b\nx,1\n2,2\n3,3\n"}});
        }).starts_with("65: t.csv:2: column 'a': 'x' is not a number"));
  options.header = "no";
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", text}}, options);
        }).starts_with("2: --skip-after-header: with --header no"));
}

TEST_CASE("a first line that may be a comment, or a header, is said") {
  const auto warnings = [](const std::string& text) {
    return Convert({{"t.txt", text}}).warnings;
  };
  CHECK(warnings("# A b\n1 2 3\n4 5 6\n") ==
        "t.txt: the first line, '# A b', is taken for the names of columns; if "
        "it is a comment: --comment '#'\n");
  CHECK(warnings("#,Name,Type\n1,2,3\n4,5,6\n").empty());
  CHECK(
      warnings("site,10,20,30\na,2,3,7\nb,5,7,1\n") ==
      "t.txt: the first row, 'site,10,20,30', is taken for a row; if it names "
      "the columns: --header yes\n");
  CHECK(warnings("a,10,20,35\na,2,3,9\nb,5,7,1\n").empty());
  // Words that would be names, but for two that are equal or mark no value.
  const std::string may_be =
      "', is taken for a row; if it names the columns: "
      "--header yes\n";
  CHECK(warnings("c,d,d\na,b,e\nx,y,z\n") ==
        "t.txt: the first row, 'c,d,d" + may_be);
  CHECK(warnings("a,NA\nu,v\nw,NA\n") ==
        "t.txt: the first row, 'a,NA" + may_be);
  CHECK(warnings("c,d,d\na,b,e\nx,d,z\n").empty());
  CHECK(warnings("a,NA\nu,v\na,x\n").empty());
}

TEST_CASE("a table of one row as R writes it has names of rows") {
  CHECK(Csv(Convert({{"t.txt", "\"a\" \"b\"\n\"1\" 2 3\n"}}).dataset) ==
        "id,a,b\n1,2,3\n");
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "a,b\n5,2,3\n"}});
        }).starts_with("65: t.csv:2: 3 cells"));
}

TEST_CASE("a row of numbers that is left out behind the header is said") {
  ConvertOptions options;
  options.skip_after_header = 1;
  CHECK(Convert({{"t.csv", "v,w\n1,x\n2,y\n"}}, options)
            .warnings.starts_with(
                "t.csv: a row behind the header is left out that holds numbers "
                "('1'): --skip-after-header 1"));
  CHECK(Convert({{"t.csv", "v,w\nm,\n2,y\n"}}, options).warnings.empty());
}

TEST_CASE("words and numbers above numbers may be names, which is said") {
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "click,101,121\n0,1,1\n1,2,3\n0,5,2\n"}});
        }) ==
        "65: t.csv:1: column 'column1': 'click' is not a number (if the first "
        "line names the columns: --header yes; else declare --type "
        "column1=category)");
}

}  // namespace
}  // namespace mtlkit
