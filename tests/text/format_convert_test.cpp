#include <doctest/doctest.h>

#include <fstream>

#include "base/error.h"
#include "temp_folder.h"
#include "text/format_fixture.h"

namespace mtlkit {
namespace {

ConvertOptions WithType(std::vector<std::string> types) {
  ConvertOptions options;
  options.type = std::move(types);
  return options;
}

TEST_CASE("columns become numbers and sorted categories") {
  const Dataset made =
      Convert({{"t.csv", "age,city,score\n39,Rome,1.5\n?,Oslo,\n41,?,2\n"}})
          .dataset;
  REQUIRE(made.inputs.size() == 2);
  CHECK(made.inputs[0].name == "numeric");
  CHECK(made.inputs[0].columns == std::vector<std::string>{"age", "score"});
  CHECK(made.inputs[1].name == "categorical");
  CHECK(made.inputs[1].categories ==
        std::vector<std::vector<std::string>>{{"Oslo", "Rome"}});
  CHECK(Csv(made) == "id,age,score,city\n0,39,1.5,Rome\n1,,,Oslo\n2,41,2,\n");
}

TEST_CASE("numbers are stored in double precision only where they change") {
  CHECK(Convert({{"t.csv", "x\n0.1\n7\n"}}).dataset.inputs[0].wide.empty());
  const Dataset wide =
      Convert({{"t.csv", "x,t\n0.1,1380000000123\n7,5\n"}}).dataset;
  CHECK(wide.inputs[0].wide[1] == 1380000000123.0);
  ConvertOptions options;
  options.precision = "single";
  CHECK(Convert({{"t.csv", "t\n1380000000123\n7\n"}}, options)
            .dataset.inputs[0]
            .wide.empty());
}

TEST_CASE("a column whose first values look like numbers can hold words") {
  CHECK(Csv(Convert({{"t.csv", "a,b\n1,x\n2,y\nu,z\nv,w\n3,q\nw,q\n"}})
                .dataset) ==
        "id,a,b\n0,1,x\n1,2,y\n2,u,z\n3,v,w\n4,3,q\n5,w,q\n");
}

TEST_CASE("a word among numbers is refused with what to do") {
  CHECK(ErrorOf([] {
          Convert({{"adult.csv", "age,b\n39,1\n40,2\nthirty,3\n"}});
        }) ==
        "65: adult.csv:4: column 'age': 'thirty' is not a number "
        "(declare --type age=category, or list it under --missing)");
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "a b\nx\n"}}, WithType({"a b=number"}));
        }) ==
        "65: t.csv:2: column 'a b': 'x' is not a number (declare --type "
        "'a b=category', or list it under --missing)");
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "a;b\n1,5;2\n"}}, WithType({"a=number"}));
        }) ==
        "65: t.csv:2: column 'a': '1,5' is not a number (if the comma is "
        "its decimal sign: --decimal ,)");
}

TEST_CASE("infinity is refused") {
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "a\n1\n-inf\n"}});
        }) ==
        "65: t.csv:3: column 'a': '-inf' is infinite (list it under --missing, "
        "or declare --type a=category)");
}

TEST_CASE("types can be declared by name and pattern") {
  CHECK(Csv(Convert({{"t.csv", "a1,a2,b\n1,2,3\n4,5,6\n"}},
                    WithType({"a*=category", "b=ignore"}))
                .dataset) == "id,a1,a2\n0,1,2\n1,4,5\n");
}

TEST_CASE("a type for a column that is not there is refused") {
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "age,b\n1,2\n"}}, WithType({"aeg=id"}));
        }) ==
        "2: --type: there is no column 'aeg'; did you mean 'age'? (known: age, "
        "b)");
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "a\n1\n"}}, WithType({"a=word"}));
        }) ==
        "2: there is no column type 'word' (known: number, category, id, "
        "ignore, date)");
}

TEST_CASE("an id column names the rows") {
  const Dataset numbers = Convert({{"t.csv", "id,x\n7,1\n-3,2\n"}}).dataset;
  CHECK(std::get<NumberIds>(numbers.ids).All() ==
        std::vector<std::int64_t>{7, -3});
  const Dataset texts =
      Convert({{"t.csv", "name,x\n7,1\n07,2\n"}}, WithType({"name=id"}))
          .dataset;
  CHECK(std::get<TextIds>(texts.ids).get() ==
        std::vector<std::string>{"7", "07"});
}

TEST_CASE("an id that occurs twice or is missing is refused") {
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "id,x\na,1\nb,2\na,3\n"}});
        }) ==
        "65: t.csv:4: id 'a' occurs twice, first at t.csv:2 (--type "
        "id=ignore numbers the rows instead, --type id=category keeps it, to "
        "group by)");
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "id,x\na,1\n,2\n"}});
        }) ==
        "65: t.csv:3: column 'id': is no id: every row needs one (--type "
        "id=ignore numbers the rows instead)");
}

TEST_CASE("named files become splits, and missing markers count by value") {
  ConvertOptions options;
  options.missing = {"-200"};
  options.decimal = ",";
  const Dataset made = Convert({{"train=a.csv", "x;y\n1,5;-200\n-200,0;2\n"},
                                {"test=b.csv", "x;y\n3;4\n"},
                                {"train=c.csv", "x;y\n5;6\n"}},
                               options)
                           .dataset;
  CHECK(Csv(made) ==
        "id,x,y,split\n0,1.5,,train\n1,,2,train\n2,3,4,test\n3,5,6,train\n");
}

TEST_CASE("spellings that differ between splits are reported and joined") {
  const std::vector<NamedText> files = {
      {"train=a.csv", "x,income\n1,<=50K\n2,>50K\n"},
      {"test=b.csv", "x,income\n1,<=50K.\n2,>50K.\n"}};
  const Converted apart = Convert(files);
  CHECK(apart.warnings ==
        "column 'income': '<=50K' (train) and '<=50K.' (test) differ only by a "
        "trailing dot or case; --rename-class income '<=50K.' '<=50K' joins "
        "them\n"
        "column 'income': '>50K' (train) and '>50K.' (test) differ only by a "
        "trailing dot or case; --rename-class income '>50K.' '>50K' joins "
        "them\n");
  ConvertOptions options;
  options.rename_class = {{"income", "<=50K.", "<=50K"},
                          {"income", ">50K.", ">50K"}};
  const Converted joined = Convert(files, options);
  CHECK(joined.warnings == "");
  CHECK(joined.dataset.inputs[1].categories[0] ==
        std::vector<std::string>{"<=50K", ">50K"});
}

TEST_CASE("a header without rows is taken for a row, and said") {
  const Converted made = Convert({{"t.csv", "a,b\n"}});
  CHECK(Csv(made.dataset) == "id,column1,column2\n0,a,b\n");
  CHECK(made.warnings.starts_with("one row, without a number: if it is the "));
  CHECK(Convert({{"t.csv", "a,1\n"}}).warnings == "");
}

TEST_CASE("a file that is given twice is said") {
  const std::string text = "a,b\n1,2\n3,4\n";
  const Converted made = Convert({{"x=t.csv", text}, {"y=t.csv", text}});
  CHECK(made.warnings == "t.csv is given twice: its rows come in twice\n");
}

TEST_CASE("a usual marker that --missing made a value is said") {
  ConvertOptions options;
  options.missing = {"-200"};
  const std::string text = "a,b\nNA,1\n-200,2\n3,4\n";
  CHECK(Convert({{"t.csv", text}}, options).warnings ==
        "column 'a': 'NA' is a value, since --missing replaces the usual "
        "markers; --missing=-200,NA takes both for missing, --type a=category "
        "keeps it\n");
  options.type = {"a=category"};
  CHECK(Convert({{"t.csv", text}}, options).warnings == "");
  CHECK(Convert({{"t.csv", text}}).warnings == "");
}

TEST_CASE("classes are renamed at once, and what the user says is final") {
  const std::vector<NamedText> file = {{"t.csv", "c,n\na,1\nb,2\nx,3\n"}};
  ConvertOptions options;
  options.rename_class = {{"c", "a", "b"}, {"c", "b", "a"}};
  CHECK(Csv(Convert(file, options).dataset) == "id,n,c\n0,1,b\n1,2,a\n2,3,x\n");
  options.rename_class = {{"c", "x", "b"}};
  options.model_renames = {{"c", "b", "d"}, {"c", "a", "b"}};
  CHECK(Csv(Convert(file, options).dataset) == "id,n,c\n0,1,b\n1,2,d\n2,3,b\n");
}

TEST_CASE("a class or column to rename that is not there is refused") {
  const auto error = [](std::vector<std::string> rename) {
    ConvertOptions options;
    options.rename_class = {std::move(rename)};
    return ErrorOf([&] { Convert({{"t.csv", "a,b\nx,1\ny,2\n"}}, options); });
  };
  CHECK(error({"a", "z", "x"}) ==
        "2: --rename-class: column 'a' has no class 'z' (known: x, y)");
  CHECK(error({"c", "z", "x"}) ==
        "2: --rename-class: there is no column 'c' (known: a, b)");
  CHECK(error({"b", "1", "2"}) ==
        "2: --rename-class: column 'b' holds numbers, not classes (declare it "
        "first: --type b=category)");
}

TEST_CASE("unnamed columns have numbers, empty ones go, doubles get a suffix") {
  const Converted made = Convert({{"t.csv", "x,,x,\n1,2,3,\n4,5,6,\n"}});
  CHECK(Csv(made.dataset) == "id,x,column2,x-2\n0,1,2,3\n1,4,5,6\n");
  CHECK(made.warnings ==
        "a column has a name that was taken and is called 'x-2'; --names FILE "
        "gives others\n");
}

TEST_CASE("names come from a file, one a line or as UCI declares them") {
  const TempFolder folder;
  std::ofstream(folder / "plain") << "first\n\nsecond one\n";
  std::ofstream(folder / "uci")
      << "| comment: not this.\nyes, no.\nfirst: continuous.\n";
  ConvertOptions options;
  options.names = {folder / "plain"};
  CHECK(Csv(Convert({{"t.csv", "1,2\n3,4\n"}}, options).dataset) ==
        "id,first,second one\n0,1,2\n1,3,4\n");
  options.names = {folder / "uci"};
  CHECK(Csv(Convert({{"t.csv", "1,2\n3,4\n"}}, options).dataset) ==
        "id,first,class\n0,1,2\n1,3,4\n");
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "1,2,3\n"}}, options);
        }) ==
        "65: t.csv:1: 3 cells, but --names lists 2 (read with delimiter ','; "
        "--delimiter chooses another)");
}

TEST_CASE("views stand beside each other, joined by row") {
  ConvertOptions options;
  options.beside = true;
  const Dataset made =
      Convert({{"one=a.csv", "x,c\n1,u\n2,v\n"}, {"two=b.csv", "x\n3\n4\n"}},
              options)
          .dataset;
  CHECK(made.inputs.size() == 3);
  CHECK(made.inputs[0].name == "one.numeric");
  CHECK(Csv(made) == "id,one.x,one.c,two.x\n0,1,u,3\n1,2,v,4\n");
}

TEST_CASE("views with ids are joined by id") {
  ConvertOptions options;
  options.beside = true;
  CHECK(Csv(Convert({{"one=a.csv", "id,x\na,1\nb,2\nc,3\n"},
                     {"two=b.csv", "y,id\n30,c\n10,a\n20,b\n"}},
                    options)
                .dataset) == "id,one.x,two.y\na,1,10\nb,2,20\nc,3,30\n");
  CHECK(ErrorOf([&] {
          Convert({{"one=a.csv", "id,x\na,1\nb,2\n"},
                   {"two=b.csv", "id,y\na,1\nc,2\n"}},
                  options);
        }) ==
        "65: view 'two' has no row of id 'b', view 'one' has (views have "
        "the same rows)");
  CHECK(
      ErrorOf([&] {
        Convert({{"one=a.csv", "x\n1\n2\n"}, {"two=b.csv", "y\n1\n"}}, options);
      }) ==
      "65: view 'two' has 1 row, view 'one' has 2 (views have the same "
      "rows)");
  CHECK(ErrorOf([&] {
          Convert({{"a.csv", "x\n1\n2\n"}}, options);
        }).substr(0, 12) == "2: --beside:");
}

TEST_CASE("text that is not UTF-8 is refused or converted") {
  const std::string text = "a,b\ncaf\xe9,1\nx,2\n";
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", text}});
        }) ==
        "65: t.csv:2: column 'a': 'caf?' is not UTF-8 (--encoding cp1252 "
        "converts text of Windows, latin1 that of ISO 8859-1)");
  ConvertOptions options;
  options.encoding = "latin1";
  CHECK(
      Convert({{"t.csv", text}}, options).dataset.inputs[1].categories[0][0] ==
      "caf\xc3\xa9");
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "caf\xe9,b\n1,2\n"}});
        }) ==
        "65: t.csv: the name of column 1, 'caf?', is not UTF-8 (--encoding "
        "cp1252 (of Windows) or latin1 converts it)");
}

TEST_CASE("a text too long for a category is refused") {
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "a\nx\n" + std::string(5000, 'y') + "\n"}});
        }) ==
        "65: t.csv:3: column 'a': '" + std::string(40, 'y') +
            "...' has 5000 bytes: too long for a category (--type a=ignore "
            "leaves the column out)");
}

TEST_CASE("a table without rows is refused") {
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "\n\n,\n"}});
        }) == "65: t.csv: no rows (every line is empty, skipped or a comment)");
  ConvertOptions options;
  options.header = "yes";
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "a,b\n"}}, options);
        }) == "65: t.csv: no rows (there is nothing after the header)");
}

TEST_CASE("what was guessed is said in one line, and one a column") {
  const Converted made =
      Convert({{"t.csv", "age;city\n39;Rome\n;Oslo\n"}}, {}, true);
  CHECK(made.notes ==
        "t.csv (delimiter ';', header): 2 rows, 1 number, 1 category\n"
        "  age: number, 1 missing\n  city: category, 2 values\n");
}

TEST_CASE("texts that could name the rows are offered as their names") {
  std::string text = "image,x\n";
  for (int i = 0; i <= 1000; ++i) text += Str("i", i, ",1\n");
  CHECK(
      Convert({{"t.csv", text}}).warnings ==
      "column 'image' has 1001 different values in 1001 rows; --type image=id "
      "names the rows by it, --type image=ignore leaves it out\n");
  CHECK(Convert({{"t.csv", text + "i0,1\n"}}).warnings ==
        "column 'image' has 1001 different values in 1002 rows; "
        "--type image=ignore leaves it out\n");
}

TEST_CASE("of sentences, which are all different, nothing is said") {
  std::string train = "say,n\n";
  for (int i = 0; i <= 1000; ++i) train += Str("wake us up at ", i, ",1\n");
  CHECK(Convert({{"train=a.csv", train},
                 {"test=b.csv", "say,n\nWake us up at 7.,1\n"}})
            .warnings == "");
}

TEST_CASE("decimal commas that were read as words are pointed out") {
  CHECK(Convert({{"t.csv", "a;b\n1,5;x\n2,5;y\n"}}).warnings ==
        "column 'a': values like '2,5' are taken for words; if the comma is "
        "their decimal sign: --decimal ,\n");
}

TEST_CASE("provenance names what was read by content, not by name") {
  const std::string text = "a,b\n1,x\n2,y\n";
  const Converted one = Convert({{"one.csv", text}});
  const Converted two = Convert({{"two.csv", text}});
  CHECK(one.dataset.provenance == two.dataset.provenance);
  CHECK(one.dataset.provenance.find("one.csv") == std::string::npos);
  CHECK(one.dataset.content_sha256 == two.dataset.content_sha256);
}

TEST_CASE("a number beyond double precision is told from infinity") {
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "a\n1\n1e400\n"}});
        })
            .starts_with("65: t.csv:3: column 'a': '1e400' is beyond the range "
                         "of double precision, 1.8e308 (list it under"));
}

}  // namespace
}  // namespace mtlkit
