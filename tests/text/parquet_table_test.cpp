// Parquet in the hands of mtl-convert: its types, and the flags of all tables.

#include <doctest/doctest.h>

#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "text/format_fixture.h"
#include "text/parquet_file.h"

namespace mtlkit {
namespace {

std::vector<NamedText> Pandas() {
  return {{"t.parquet", GoldenParquet("pandas.parquet")}};
}

ConvertOptions Types(const std::vector<std::string>& types) {
  ConvertOptions options;
  options.type = types;
  return options;
}

TEST_CASE("columns are what the schema says, without a guess") {
  const Converted table = Convert(Pandas(), {}, true);
  CHECK(table.notes ==
        "t.parquet (Parquet): 4 rows, 2 numbers (double precision), 1 date, 3 "
        "categories\n"
        "  age: number, 1 missing\n"
        "  zip: category, 3 values, 1 missing\n"
        "  city: category, 2 values, 1 missing\n"
        "  sold: category, 2 values\n"
        "  n: number, 1 missing\n"
        "  when: date, 2 missing\n"
        "  __index_level_0__: ignore\n");
  CHECK(table.warnings ==
        "column '__index_level_0__' is an index of rows without a name: it is "
        "left out; --type __index_level_0__=id names the rows by it\n");
  CHECK(Csv(table.dataset) ==
        "id,age,n,when,zip,city,sold\n"
        "0,31,1,2024-03-01T08:00:00,00123,Bern,true\n"
        "1,25,,,94110,Basel,false\n"
        "2,,3,2024-03-02T17:30:00,,Bern,true\n"
        "3,47,4,,10115,,false\n");
}

TEST_CASE("what a model knows of columns is not warned of, nor an id") {
  ConvertOptions options;
  options.model_ids = {"__index_level_0__"};
  const Converted table = Convert(Pandas(), options);
  CHECK(table.warnings == "");
  CHECK(IdText(table.dataset.ids, 0) == "12");
  const NamedText guessed = {"t.csv",
                             "zip,x,v,when\n01,,$5,2020-01-31\n"
                             "02,,$7,2020-02-01\n"};
  CHECK(Convert({guessed}).warnings.find("--type") != std::string::npos);
  options = {};
  options.for_model = true;
  CHECK(Convert({guessed}, options).warnings == "column 'x' has no value\n");
}

TEST_CASE("--type and --missing say otherwise") {
  ConvertOptions options = Types(
      {"__index_level_0__=id", "zip=number", "when=ignore", "n=category"});
  options.missing = {"Bern", "25"};
  const Converted table = Convert(Pandas(), options);
  CHECK(table.warnings == "");
  CHECK(Csv(table.dataset) ==
        "id,age,zip,city,sold,n\n"
        "12,31,123,,true,1\n"
        "3,,94110,Basel,false,\n"
        "44,,,,true,3\n"
        "7,47,10115,,false,4\n");
  CHECK(ErrorOf([] {
          Convert(Pandas(), Types({"plz=number"}));
        }).find("--type: there is no column 'plz'") != std::string::npos);
}

TEST_CASE("usual markers of text are values, which is said") {
  OneColumn file;
  file.type = 6;
  file.rows = 3;
  file.Add(0, 3, 0,
           PlainInts({1}) + "a" + PlainInts({2}) + "NA" + PlainInts({1}) + "b");
  const Converted table = Convert({{"t.parquet", file.File()}});
  CHECK(table.dataset.inputs[0].categories[0] ==
        std::vector<std::string>{"NA", "a", "b"});
  CHECK(table.warnings ==
        "column 'x': 'NA' is a value, since Parquet has nulls; --missing=NA "
        "takes it for missing, --type x=category keeps it\n");
  CHECK(Convert({{"t.parquet", file.File()}}, Types({"x=category"})).warnings ==
        "");
}

TEST_CASE(
    "whole numbers that double precision does not hold are kept or "
    "refused") {
  const std::vector<NamedText> types = {
      {"t.parquet", GoldenParquet("types-v2-plain.parquet")}};
  CHECK(ErrorOf([&] {
          Convert(types, Types({"f16=ignore", "u64=ignore"}));
        })
            .find("t.parquet:3: column 'i64': '9223372036854775807' has more "
                  "digits than double precision holds") != std::string::npos);
  const Dataset kept =
      Convert(types, Types({"*=ignore", "i64=category", "f64=number"})).dataset;
  CHECK(Join(kept.inputs[1].categories[0], " ") ==
        "-9223372036854775808 1 5 9007199254740993 9223372036854775807");
  CHECK(kept.inputs[0].wide[0] == 1.0 / 3);
  CHECK(kept.inputs[0].wide[2] == 1.7976931348623157e308);
  CHECK(kept.inputs[0].wide[3] == 5e-324);
}

TEST_CASE(
    "rows of several files are one table, and a split may lack its "
    "target") {
  OneColumn numbers;
  numbers.rows = 2;
  numbers.Add(0, 2, 0, PlainInts({5, 6}));
  const Converted both =
      Convert({{"train=a.parquet", numbers.File()}, {"test=b.csv", "x\n7\n"}});
  CHECK(Csv(both.dataset) == "id,x,split\n0,5,train\n1,6,train\n2,7,test\n");
  const Converted lacking = Convert(
      {{"train=a.csv", "y,x\n1,2\n3,4\n"}, {"test=b.parquet", numbers.File()}});
  CHECK(lacking.warnings ==
        "b.parquet has no column 'y': its cells are missing there\n");
  CHECK(Csv(lacking.dataset) ==
        "id,y,x,split\n0,1,2,train\n1,3,4,train\n2,,5,test\n3,,6,test\n");
  OneColumn words;
  words.type = 6;
  words.rows = 1;
  words.Add(0, 1, 0, PlainInts({1}) + "7");
  OneColumn truths;
  truths.type = 0;
  truths.rows = 1;
  truths.Add(0, 1, 0, std::string(1, '\1'));
  // Words beside numbers are words.
  CHECK(Convert({{"a.parquet", numbers.File()}, {"b.parquet", words.File()}})
            .dataset.inputs[0]
            .categories[0] == std::vector<std::string>{"5", "6", "7"});
  CHECK(Convert({{"a.parquet", truths.File()}, {"b.parquet", words.File()}})
            .dataset.inputs[0]
            .categories[0] == std::vector<std::string>{"7", "true"});
}

TEST_CASE("a column of dates in one file and words in another is refused") {
  OneColumn dates;
  dates.converted = 6;
  dates.rows = 1;
  dates.Add(0, 1, 0, PlainInts({7}));
  CHECK(Csv(Convert({{"a.parquet", dates.File()}}).dataset) ==
        "id,x\n0,1970-01-08\n");
  OneColumn words;
  words.type = 6;
  words.rows = 1;
  words.Add(0, 1, 0, PlainInts({1}) + "7");
  CHECK(ErrorOf([&] {
          Convert({{"a.parquet", dates.File()}, {"b.parquet", words.File()}});
        }) ==
        "65: b.parquet and a.parquet: column 'x' is a category in one and a "
        "date in the other (write it as the same type in both)");
}

TEST_CASE("flags of text have no effect, which is said") {
  ConvertOptions options;
  options.delimiter = ";";
  CHECK(ErrorOf([&] { Convert(Pandas(), options); }) ==
        "2: --delimiter has no effect on parquet (it is for csv only: leave it "
        "out)");
  ConvertOptions csv;
  csv.format = "csv";
  CHECK(ErrorOf([&] { Convert(Pandas(), csv); }) ==
        "2: --format csv: t.parquet is Parquet (leave it out)");
  ConvertOptions parquet;
  parquet.format = "parquet";
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "x\n1\n"}}, parquet);
        }) == "2: --format parquet: t.csv is text (leave it out)");
  // But not where they say how the texts of a model were read.
  options.remembered = {"delimiter"};
  CHECK(Convert(Pandas(), options).dataset.rows == 4);
  // What a file is called does not make it Parquet.
  CHECK(Csv(Convert({{"t.parquet", "x\n1\n"}}).dataset) == "id,x\n0,1\n");
}

TEST_CASE("how texts beside it, or of a model, are written does not matter") {
  ConvertOptions options;
  options.decimal = ",";
  options.delimiter = ";";
  OneColumn file;
  file.type = 4;
  file.rows = 1;
  file.Add(0, 1, 0, std::string_view("\0\0\xc0\x3f", 4));
  const std::vector<NamedText> both = {{"a.csv", "x\n2,5\n"},
                                       {"b.parquet", file.File()}};
  CHECK(Csv(Convert(both, options).dataset) == "id,x\n0,2.5\n1,1.5\n");
  options.for_model = true;
  options.remembered = {"decimal", "delimiter"};
  options.model_dates = {"when=date:%d.%m.%Y"};
  const Dataset rows = Convert(Pandas(), options).dataset;
  CHECK(Csv(rows).find("31,1,2024-03-01T08:00:00,") != std::string::npos);
}

TEST_CASE("a format of dates is for the files of text, not for Parquet") {
  OneColumn file;
  file.converted = 6;
  file.rows = 1;
  file.Add(0, 1, 0, PlainInts({19783}));
  const NamedText parquet = {"test=b.parquet", file.File()};
  for (const bool is_first : {true, false}) {
    const NamedText csv = {"train=a.csv", "x\n31.12.2023\n"};
    const Converted both = Convert(
        is_first ? std::vector{parquet, csv} : std::vector{csv, parquet},
        Types({"x=date:%d.%m.%Y"}));
    const std::string table = Csv(both.dataset);
    CHECK(table.find("2023-12-31,train") != std::string::npos);
    CHECK(table.find("2024-03-01,test") != std::string::npos);
  }
  CHECK(
      ErrorOf([&] {
        Convert({parquet, {"train=a.csv", "x\n2023-12-31\n"}},
                Types({"x=date:%d.%m.%Y"}));
      })
          .starts_with("65: a.csv:2: column 'x': '2023-12-31' is no date "
                       "written as 'date:%d.%m.%Y' (--type x=date reads it)"));
}

TEST_CASE("times finer than dates are kept are refused, or rounded as told") {
  OneColumn far;  // microseconds of the year 2500
  far.type = 2;
  far.converted = 10;
  far.rows = 2;
  far.Add(0, 2, 0, PlainLongs({1709280000000001, 16725225600000001}));
  const std::vector<NamedText> files = {{"t.parquet", far.File()}};
  CHECK(
      ErrorOf([&] { Convert(files); }) ==
      "65: t.parquet:2: column 'x': '2500-01-01T00:00:00.000001Z' is finer "
      "than dates are kept, it would become 2500-01-01T00:00:00.000002 (--type "
      "x=date rounds it, --type x=category keeps dates as words)");
  const Converted rounded = Convert(files, Types({"x=date"}));
  CHECK(Csv(rounded.dataset) ==
        "id,x\n0,2024-03-01T08:00:00.000001\n1,2500-01-01T00:00:00.000002\n");
  CHECK(rounded.warnings ==
        "column 'x': 1 time is finer than dates are kept, such as "
        "'2500-01-01T00:00:00.000001Z' in t.parquet:2, and rounded\n");
  ConvertOptions model;
  model.for_model = true;
  CHECK(Convert(files, model).warnings == rounded.warnings);
  OneColumn nanoseconds;  // INT96
  nanoseconds.type = 3;
  nanoseconds.rows = 2;
  nanoseconds.Add(0, 2, 0,
                  PlainLongs({5000}) + PlainInts({2460371}) +
                      PlainLongs({5001}) + PlainInts({2460371}));
  CHECK(ErrorOf([&] {
          Convert({{"t.parquet", nanoseconds.File()}});
        })
            .find("t.parquet:2: column 'x': '2024-03-01T00:00:00.000005001' is "
                  "finer than dates are kept, it would become "
                  "2024-03-01T00:00:00.000005") != std::string::npos);
}

TEST_CASE("years beyond 9999 are refused with what is possible") {
  OneColumn file;
  file.converted = 6;
  file.rows = 1;
  for (const std::int32_t day : {2932897, 40000000, -800000}) {
    OneColumn one = file;
    one.Add(0, 1, 0, PlainInts({day}));
    const std::string error = ErrorOf([&] {
      Convert({{"t.parquet", one.File()}});
    });
    CHECK(error.starts_with("65: t.parquet:1: column 'x': '"));
    CHECK(error.find("' is no date written as 'date' (years are 0000 to 9999: "
                     "list it under --missing where it stands for no value, "
                     "--type x=category keeps dates as words)") !=
          std::string::npos);
    CHECK(Convert({{"t.parquet", one.File()}}, Types({"x=category"}))
              .dataset.inputs[0]
              .categories[0]
              .size() == 1);
  }
}

TEST_CASE("decimals of more digits than double precision holds") {
  OneColumn file;
  file.type = 2;
  file.converted = 5;
  file.rows = 2;
  OneColumn large = file;
  large.scale = 2;
  large.Add(0, 2, 0, PlainLongs({150, 900719925474099350}));
  const std::vector<NamedText> files = {{"t.parquet", large.File()}};
  CHECK(ErrorOf([&] { Convert(files); })
            .starts_with("65: t.parquet:2: column 'x': '9007199254740993.50' "
                         "has more digits than double precision holds, it "
                         "would become 9007199254740994 ("));
  CHECK(Convert(files, Types({"x=category"}))
            .dataset.inputs[0]
            .categories[0][1] == "9007199254740993.50");
  // Fractions are rounded as those of text are, which is said.
  OneColumn fine = file;
  fine.scale = 18;
  fine.Add(0, 2, 0, PlainLongs({500000000000000000, 123456789012345678}));
  const Converted rounded = Convert({{"t.parquet", fine.File()}});
  CHECK(Csv(rounded.dataset) == "id,x\n0,0.5\n1,0.12345678901234568\n");
  CHECK(rounded.warnings ==
        "column 'x': 1 number has more digits than double precision holds, "
        "such as '0.123456789012345678' in t.parquet:2; they are rounded\n");
}

TEST_CASE("Parquet inside another compression, and as a list, is refused") {
  CHECK(ErrorOf([] {
          Convert({{"t.parquet.gz", Gzip(GoldenParquet("pandas.parquet"))}});
        }) ==
        "65: t.parquet.gz: this is a Parquet file inside gzip, not a text "
        "table (unpack it first; lists are of text)");
}

}  // namespace
}  // namespace mtlkit
