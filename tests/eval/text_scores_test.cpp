// BLEU, chrF and ROUGE against tests/golden/text_scores.json: sacrebleu and
// rouge_score on texts with what breaks tokenisers.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/utf8.h"
#include "eval/bleu.h"
#include "eval/chrf.h"
#include "eval/porter_stem.h"
#include "eval/rouge.h"
#include "paths.h"

namespace mtlkit {
namespace {

using nlohmann::json;
using Texts = std::vector<std::string>;

const json& Golden() {
  static const json golden = [] {
    std::ifstream file(SourceDir() + "/tests/golden/text_scores.json");
    REQUIRE(file.good());
    return json::parse(file);
  }();
  return golden;
}

Texts References(std::size_t line, const json& count) {
  Texts references = {Golden().at("first")[line].get<std::string>()};
  if (count.get<int>() == 2) {
    references.push_back(Golden().at("second")[line].get<std::string>());
  }
  return references;
}

std::string Joined(const std::vector<std::u32string>& words) {
  std::string text;
  for (const std::u32string& word : words) {
    if (!text.empty()) text += ' ';
    for (const char32_t c : word) {
      AppendUtf8(static_cast<std::uint32_t>(c), &text);
    }
  }
  return text;
}

doctest::Approx Near(const json& value) {
  return doctest::Approx(value.get<double>()).epsilon(1e-9);
}

TEST_CASE("texts are cut as sacrebleu does") {
  const json& said = Golden().at("said");
  REQUIRE(said.size() >= 300);
  for (std::size_t i = 0; i < said.size(); ++i) {
    const std::string line = said[i];
    INFO(line);
    CHECK(Joined(BleuWords(line, BleuTokens::k13a)) ==
          Golden().at("words_13a")[i].get<std::string>());
    CHECK(Joined(BleuWords(line, BleuTokens::kZh)) ==
          Golden().at("words_zh")[i].get<std::string>());
  }
  CHECK_THROWS_AS(ParseBleuTokens("intl"), Error);
}

TEST_CASE("BLEU is that of sacrebleu") {
  const json& said = Golden().at("said");
  for (const json& expected : Golden().at("bleu")) {
    const std::string name = expected.at("tokens");
    const BleuTokens tokens = ParseBleuTokens(name);
    BleuCounts counts;
    const auto words = expected.at("words").get<double>();
    const json& references = expected.at("references");
    for (std::size_t i = 0; i < expected.at("lines").get<std::size_t>(); ++i) {
      counts.Add(1, CountBleu(said[i].get<std::string>(),
                              References(i, references), tokens));
    }
    INFO(expected.dump());
    CHECK(counts.words == words);
    CHECK(counts.reference == expected.at("reference_words"));
    for (std::size_t n = 0; n < kBleuOrders; ++n) {
      CHECK(counts.correct[n] == expected.at("correct")[n]);
      CHECK(counts.total[n] == expected.at("total")[n]);
    }
    const Bleu bleu = BleuOf(counts);
    CHECK(bleu.score == Near(expected.at("score")));
    CHECK(bleu.brevity == Near(expected.at("brevity")));
    for (std::size_t n = 0; n < kBleuOrders; ++n) {
      CHECK(bleu.precisions[n] == Near(expected.at("precisions")[n]));
    }
    CHECK(BleuSignature(references, tokens) == expected.at("signature"));
  }
}

TEST_CASE("chrF is that of sacrebleu") {
  const json& said = Golden().at("said");
  for (const json& expected : Golden().at("chrf")) {
    ChrfCounts counts;
    for (std::size_t i = 0; i < said.size(); ++i) {
      const ChrfCounts own = CountChrf(
          said[i].get<std::string>(), References(i, expected.at("references")));
      CHECK(ChrfOf(own) == Near(expected.at("lines")[i]));
      counts.Add(1, own);
    }
    CHECK(ChrfOf(counts) == Near(expected.at("score")));
    CHECK(ChrfSignature(expected.at("references")) == expected.at("signature"));
  }
}

void CheckRouge(const char* name, int references, RougeUnits units) {
  const json& said = Golden().at("said");
  for (std::size_t i = 0; i < said.size(); ++i) {
    const std::string line = said[i];
    INFO(name, ": ", line);
    const Rouge rouge = RougeOf(line, References(i, references), units);
    const json& expected = Golden().at(name)[i];
    CHECK(rouge.one == Near(expected[0]));
    CHECK(rouge.two == Near(expected[1]));
    CHECK(rouge.longest == Near(expected[2]));
  }
}

TEST_CASE("ROUGE is that of rouge_score") {
  CheckRouge("rouge", 1, RougeUnits::kWords);
  CheckRouge("rouge_both", 2, RougeUnits::kWords);
  CheckRouge("rouge_stems", 1, RougeUnits::kStems);
}

TEST_CASE("stems are those of NLTK") {
  for (const json& pair : Golden().at("stems")) {
    const std::string word = pair[0];
    INFO(word);
    CHECK(PorterStem(word) == pair[1].get<std::string>());
  }
}

TEST_CASE("scores by hand") {
  const Texts reference = {"the cat sat on the mat"};
  BleuCounts counts = CountBleu("the the the", reference, BleuTokens::k13a);
  CHECK(counts.correct[0] == 2);  // clipped
  CHECK(counts.total[0] == 3);
  CHECK(BleuOf({}).score == 0);
  const Texts chinese = {"我是人"};
  CHECK(RougeOf("我 人", chinese, RougeUnits::kCharacters).longest ==
        doctest::Approx(0.8));
  CHECK(RougeOf("我人", chinese, RougeUnits::kWords).one == 0);
  CHECK(RougeOf("", reference, RougeUnits::kWords).one == 0);
}

}  // namespace
}  // namespace mtlkit
