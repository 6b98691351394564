// Several files that are rows of one table.
#include <doctest/doctest.h>

#include <string>

#include "base/error.h"
#include "base/text.h"
#include "text/format_fixture.h"

namespace mtlkit {
namespace {

TEST_CASE("files of one table may lack one column, and order them otherwise") {
  const Converted made = Convert({{"train=a.csv", "pid,a,y\n1,2,0\n2,3,1\n"},
                                  {"test=b.csv", "a,pid\n4,3\n5,4\n"}});
  CHECK(Csv(made.dataset) ==
        "id,pid,a,y,split\n0,1,2,0,train\n1,2,3,1,train\n2,3,4,,test\n"
        "3,4,5,,test\n");
  CHECK(made.warnings.find(
            "b.csv has no column 'y': its cells are missing there") !=
        std::string::npos);
}

TEST_CASE("a split may lack the targets of several tasks, and is named") {
  const Converted made =
      Convert({{"train=a.csv", "pid,a,y,b,z\n1,2,0,5,u\n2,3,1,6,v\n"},
               {"test=b.csv", "b,a,pid\n7,4,3\n8,5,4\n"},
               {"valid=c.csv", "pid,a,z,b\n5,6,u,9\n"}});
  CHECK(Csv(made.dataset) ==
        "id,pid,a,y,b,z,split\n0,1,2,0,5,u,train\n1,2,3,1,6,v,train\n"
        "2,3,4,,7,,test\n3,4,5,,8,,test\n4,5,6,,9,u,valid\n");
  CHECK(made.warnings.find("b.csv has no columns 'y', 'z': their cells are "
                           "missing") == 0);
  CHECK(made.warnings.find("c.csv has no column 'y': its cells are missing") !=
        std::string::npos);
  // Of many a few are named; the narrow file may come first.
  std::string names = "x";
  std::string cells = "1";
  for (int i = 0; i < 12; ++i) {
    names += Str(",t", i);
    cells += ",2";
  }
  CHECK(Convert({{"test=b.csv", "x\n3\n4\n"},
                 {"train=a.csv", names + "\n" + cells + "\n"}})
            .warnings.find("b.csv has no columns 't0', 't1', 't2', 't3', 't4', "
                           "'t5', 't6', 't7' and 4 more: their cells") == 0);
  // A table with a column of its own is another one.
  CHECK(ErrorOf([] {
          Convert({{"train=a.csv", "x,y,z\n1,2,3\n"},
                   {"test=b.csv", "x,w\n1,2\n"}});
        })
            .starts_with("65: b.csv and a.csv have 2 and 3 columns, 'y' in one "
                         "only (files that are rows of one table"));
}

TEST_CASE("files of one table must have the same columns") {
  CHECK(ErrorOf([] {
          Convert({{"a.csv", "x,y\n1,2\n"}, {"b.csv", "x,z\n1,2\n"}});
        }) ==
        "65: b.csv and a.csv: column 2 is 'z' in one and 'y' in the other "
        "(files that are rows of one table have the same columns; --beside "
        "joins different ones)");
  CHECK(ErrorOf([] {
          Convert({{"a.arff", "@relation r\n@attribute x {u,v}\n@data\nu\n"},
                   {"b.csv", "x\nu\n"}});
        })
            .find("' differently (declare it alike in both, or write both as "
                  "CSV, which declares nothing)") != std::string::npos);
  CHECK(ErrorOf([] {
          Convert({{"a.csv", "x,y\n1,2\n"}, {"b.csv", "x\n1\n"}});
        }) ==
        "65: b.csv and a.csv have 1 and 2 columns, 'y' in one only (files "
        "that are rows of one table have the same columns; --beside joins "
        "different ones)");
}

}  // namespace
}  // namespace mtlkit
