#include "text/reading_history.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "h5/provenance.h"
#include "text/format_fixture.h"

namespace mtlkit {
namespace {

std::string ConvertedWith(const Json& settings) {
  const std::vector<ProvenanceSource> texts = {
      {"data", "sha256:" + settings.dump(), {}}};
  return ExtendProvenance("mtl-convert", 1, settings, texts);
}

std::string Prepared(const std::vector<std::string>& converted) {
  std::vector<ProvenanceSource> sources;
  for (const std::string& history : converted) {
    sources.push_back({"data", history, history});
  }
  return ExtendProvenance("mtl-prep", 1, {{"scale", "none"}}, sources);
}

// What is taken over, for people.
std::string TakenOver(const std::string& history, ConvertOptions* options) {
  ReadAsBefore(history, options);
  return FlagsTakenOver(*options);
}

TEST_CASE("texts are read as those were that a model learned from") {
  ConvertOptions options;
  CHECK(
      TakenOver(Prepared({ConvertedWith(
                    {{"missing", {"-200", "x"}},
                     {"decimal", ","},
                     {"thousands", "'"},
                     {"comment", "#"},
                     {"encoding", "latin1"},
                     {"type", {"zip=category", "rid=id", "when=date:%d %b %Y"}},
                     {"delimiter", ";"},
                     {"header", "yes"},
                     {"skip-after-header", 1},
                     {"skip", 2}})}),
                &options) ==
      "--missing='-200,x' --decimal ',' --thousands ''\\''' --comment '#' "
      "--encoding latin1 --delimiter ';' --header yes --skip 2 "
      "--skip-after-header 1 --type rid=id --type 'when=date:%d %b %Y'");
  CHECK(options.model_ids == std::vector<std::string>{"rid"});
  CHECK(options.model_dates == std::vector<std::string>{"when=date:%d %b %Y"});
  CHECK(options.missing == std::vector<std::string>{"-200", "x"});
  CHECK(options.decimal == ",");
  CHECK(options.thousands == "'");
  CHECK(options.comment == "#");
  CHECK(options.encoding == "latin1");
  CHECK(options.delimiter == ";");
  CHECK(options.header == "yes");
  CHECK(options.skip == 2);
  CHECK(options.skip_after_header == 1);
}

TEST_CASE("what the user says holds, and what was taken over is recorded") {
  ConvertOptions options;
  options.missing = {"none"};
  options.type = {"zip=category"};
  options.given = {"missing", "type", "decimal"};  // as it usually is
  CHECK(TakenOver(Prepared({ConvertedWith({{"missing", {"-1"}},
                                           {"decimal", ","},
                                           {"skip", 1},
                                           {"type", {"rid=id"}}})}),
                  &options) == "--skip 1 --type rid=id");
  CHECK(options.decimal == ".");
  CHECK(options.missing == std::vector<std::string>{"none"});
  CHECK(options.remembered == std::vector<std::string>{"skip"});
  const Json settings = SettingsWith(options, {{"missing", {"none"}}});
  CHECK(settings == Json({{"missing", {"none"}},
                          {"skip", 1},
                          {"type", {"zip=category", "rid=id"}}}));
}

TEST_CASE("how text was delimited says nothing of other formats") {
  ConvertOptions options;
  options.decimal = ",";
  options.encoding = "latin1";
  options.missing = {"x"};
  options.remembered = {"decimal", "encoding", "missing"};
  const std::vector<NamedText> arff = {
      {"t.arff",
       "@relation r\n@attribute n numeric\n@attribute c {\u00e9,x}\n"
       "@data\n1.5,\u00e9\n2,x\n"}};
  CHECK(Csv(Convert(arff, options).dataset) == "id,n,c\n0,1.5,\u00e9\n1,2,x\n");
  CHECK(Csv(Convert({{"t.jsonl",
                      "{\"n\":1.5,\"c\":\"\u00e9\"}\n"
                      "{\"n\":2,\"c\":\"x\"}\n"}},
                    options)
                .dataset) == "id,n,c\n0,1.5,\u00e9\n1,2,\n");
  CHECK(Csv(Convert({{"t.csv", "n;c\n1,5;a\n2;x\n"}}, options).dataset) ==
        "id,n,c\n0,1.5,a\n1,2,\n");
}

TEST_CASE("the usual markers go along to formats that have none") {
  const Dataset old = Convert({{"t.csv", "n,c\n1,a\n2,NA\n"}}).dataset;
  const std::string lines =
      "{\"n\":1,\"c\":\"NA\"}\n{\"n\":\"NA\",\"c\":\"b\"}\n";
  ConvertOptions options;
  ReadAsBefore(Prepared({old.provenance}), &options);
  CHECK(options.had_markers);
  CHECK(Csv(Convert({{"t.jsonl", lines}}, options).dataset) ==
        "id,n,c\n0,1,\n1,,b\n");
  // Those that have some keep them, and nothing is to be said.
  options.remembered_of = "before";
  CHECK(Convert({{"t.csv", "n,c\n1,a\n"}}, options).notes.find("before") ==
        std::string::npos);
  CHECK(Convert({{"t.jsonl", lines}}, options)
            .notes.find("read as the texts before: --missing='?,NA,") !=
        std::string::npos);
  ConvertOptions given;
  given.given = {"missing"};
  ReadAsBefore(Prepared({old.provenance}), &given);
  CHECK_FALSE(given.had_markers);
  // Of lines there were none.
  ConvertOptions none;
  ReadAsBefore(
      Prepared({Convert({{"t.jsonl", "{\"n\":1}\n"}}).dataset.provenance}),
      &none);
  CHECK_FALSE(none.had_markers);
}

TEST_CASE("text in a column of known categories is read as it stands") {
  ConvertOptions options;
  options.for_model = true;
  options.known[""].categories = {{"c", {"01", "1", "NA", "0.10"}}};
  // Whether other rows have words changes nothing.
  CHECK(Csv(Convert({{"t.csv", "c,n\n1,1\n01,2\n0.1,3\n"}}, options).dataset) ==
        "id,n,c\n0,1,1\n1,2,01\n2,3,0.1\n");
  // What is known is no marker, and what is empty no value.
  CHECK(Csv(Convert({{"t.csv", "c,n\nNA,NA\n?,2\n,3\n"}}, options).dataset) ==
        "id,n,c\n0,,NA\n1,2,\n2,3,\n");
  // Numbers of JSON have no spelling.
  CHECK(Csv(Convert({{"t.jsonl", "{\"c\":1.0}\n{\"c\":0.10}\n"}}, options)
                .dataset) == "id,c\n0,1\n1,0.1\n");
  options.missing = {"NA"};
  options.given = {"missing"};
  CHECK(Csv(Convert({{"t.csv", "c,n\nNA,1\n01,2\n"}}, options).dataset) ==
        "id,n,c\n0,1,\n1,2,01\n");
}

TEST_CASE("each view has its own columns") {
  ConvertOptions options;
  options.beside = true;
  options.for_model = true;
  options.known["u"].categories = {{"k", {"01", "1"}}};
  options.known["v"].numbers = {"k"};
  options.type = {"when=date", "v.n=category"};
  const std::vector<NamedText> files = {
      {"u=u.csv", "id,k,n\na,01,1\nb,1,2\n"},
      {"v=v.csv", "id,k,n,when\na,01,1,2024-01-02\nb,1,2,2024-01-03\n"}};
  CHECK(Csv(Convert(files, options).dataset) ==
        "id,u.n,u.k,v.k,v.when,v.n\n"
        "a,1,01,1,2024-01-02,1\nb,2,1,1,2024-01-03,2\n");
  options.type = {"v.wen=date"};
  CHECK(ErrorOf([&] { Convert(files, options); }) ==
        "2: --type: there is no column 'v.wen'; did you mean 'v.when'? (known: "
        "u.id, u.k, u.n, v.id, v.k, v.n, v.when)");
}

TEST_CASE("numbers of a model are read with the signs of their file") {
  ConvertOptions options;
  options.for_model = true;
  options.decimal = ",";
  options.thousands = ".";
  options.known[""].numbers = {"p"};
  CHECK(ErrorOf([&] {
          Convert({{"t.csv", "p;c\n1.234;x\n12.5;x\n1,5;x\n"}}, options);
        }).starts_with("65: t.csv:3: column 'p': '12.5' is not a number"));
}

TEST_CASE("a text means the same in all files of a table") {
  const std::vector<NamedText> files = {
      {"train=a.csv", "n,c\n1,x\n2,NA\n"},
      {"test=b.jsonl", "{\"n\":3,\"c\":\"NA\"}\n"}};
  const auto made = Convert(files);
  CHECK(Csv(made.dataset) ==
        "id,n,c,split\n0,1,x,train\n1,2,,train\n2,3,,test\n");
  CHECK(made.notes.find("those of CSV in all files: --missing='?,NA,") !=
        std::string::npos);
}

TEST_CASE("arrays on the way are no other way to read texts") {
  const auto arrays = [](const std::string& history) {
    const std::vector<ProvenanceSource> sources = {{"input", "x", history}};
    return ExtendProvenance("mtl-convert", 1, {{"format", "arrays"}}, sources);
  };
  ConvertOptions options;
  CHECK(TakenOver(arrays(ConvertedWith({{"skip", 1}})), &options) ==
        "--skip 1");
}

TEST_CASE("spellings of all texts are joined again where they occur") {
  ConvertOptions options;
  CHECK(TakenOver(
            Prepared(
                {ConvertedWith({{"rename-class", {{"y", "no.", "no"}}}}),
                 ConvertedWith({{"rename-class",
                                 {{"y", "a b", "yes"}, {"y", "no.", "no"}}}})}),
            &options) == "--rename-class y no. no --rename-class y 'a b' yes");
  const Json settings = SettingsWith(options, Json::object());
  CHECK(settings ==
        Json({{"rename-class", {{"y", "no.", "no"}, {"y", "a b", "yes"}}}}));
  options.for_model = true;
  CHECK(Csv(Convert({{"t", "x,y\n1,no.\n2,no\n"}}, options).dataset) ==
        "id,x,y\n0,1,no\n1,2,no\n");
  CHECK(Csv(Convert({{"t", "x\n1\n"}}, options).dataset) == "id,x\n0,1\n");
  CHECK_THROWS_AS(
      ReadAsBefore(Prepared({ConvertedWith({{"rename-class", {{"y"}}}})}),
                   &options),
      Error);
}

TEST_CASE("of texts of several layouts none is taken over") {
  ConvertOptions options;
  CHECK(TakenOver(Prepared({ConvertedWith({{"skip", 1}, {"decimal", ","}}),
                            ConvertedWith({{"skip", 2}, {"decimal", ","}})}),
                  &options) == "--decimal ','");
  CHECK(options.skip == 0);
}

TEST_CASE("without such a history texts are read as usual") {
  for (const std::string& history :
       {std::string(), std::string("[]"),
        Prepared({ConvertedWith(Json::object())}), Prepared({})}) {
    CAPTURE(history);
    ConvertOptions options;
    CHECK(TakenOver(history, &options).empty());
    CHECK(options.missing.empty());
    CHECK(options.decimal == ".");
  }
}

TEST_CASE("texts that were read in two ways say nothing of a third") {
  const std::string history = Prepared({ConvertedWith({{"missing", {"-1"}}}),
                                        ConvertedWith({{"missing", {"-2"}}})});
  ConvertOptions options;
  CHECK_THROWS_WITH_AS(ReadAsBefore(history, &options),
                       doctest::Contains("were read in different ways"), Error);
  CHECK_THROWS_AS(
      ReadAsBefore(Prepared({ConvertedWith({{"missing", 3}})}), &options),
      Error);
}

}  // namespace
}  // namespace mtlkit
