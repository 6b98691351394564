// Texts that a decoder writes: the steps are those of a whole pass, beams find
// what is known to be best, and sentences are learned by heart.
#include "nn/decode.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/rng.h"
#include "nn/archs/texts.h"
#include "nn/layers/layers.h"
#include "nn/plan.h"

namespace mtlkit {
namespace {

using Words = std::vector<std::int32_t>;

constexpr Index kWords = 8;
constexpr std::int32_t kBegin = 8;
constexpr std::int32_t kEnd = 9;

InputSpec TokenSpec(std::string name, Index words) {
  InputSpec spec;
  spec.name = std::move(name);
  spec.kind = InputKind::kTokens;
  spec.cols = 1;
  spec.categories = {{}};
  for (Index i = 0; i < words; ++i) {
    spec.categories[0].push_back(std::to_string(i));
  }
  return spec;
}

// A transformer from words to words, whose outputs are made of the table of
// what it writes.
Network Translator(double dropout = 0) {
  const std::vector<InputSpec> inputs = {TokenSpec("source", kWords - 1),
                                         TokenSpec("target", kWords + 1)};
  const TextForm form = {.kind = TextForm::Kind::kTransformer,
                         .embedding = 16,
                         .width = 16,
                         .layers = 2,
                         .heads = 2,
                         .ff = 32,
                         .dropout = dropout};
  NetworkBuilder b(inputs, 1);
  const Schema schema;
  const ArchOptions options;
  const Value source =
      AddTokens({schema, options, "", ""}, inputs[0], form, b.Input(0), &b);
  const Value written =
      b.Add("written", MakeEmbedding({kWords + 2}, {16}), {b.Input(1)});
  const Value known = AddTextDecoder(form, "decoder", written, source, &b);
  b.Output(0, b.Add("next", MakeTied(kWords + 2), {known}, "written"));
  return std::move(b).Build();
}

// Texts of both sides, and what comes next behind each token of the second.
struct Pairs {
  explicit Pairs(const std::vector<std::pair<Words, Words>>& pairs) {
    for (const auto& [from, to] : pairs) {
      source.insert(source.end(), from.begin(), from.end());
      target.push_back(kBegin);
      target.insert(target.end(), to.begin(), to.end());
      for (const std::int32_t word : to) next.push_back(Real(word));
      next.push_back(kEnd);
      starts[0].push_back(std::ssize(source));
      starts[1].push_back(std::ssize(target));
    }
    batch.rows = std::ssize(pairs);
    batch.inputs.resize(2);
    const Words* codes[] = {&source, &target};
    for (std::size_t i = 0; i < 2; ++i) {
      batch.inputs[i].kind = InputKind::kTokens;
      batch.inputs[i].row_starts = starts[i];
      batch.inputs[i].codes = {codes[i]->data(), std::ssize(*codes[i]), 1};
    }
  }
  Pairs(const Pairs&) = delete;
  Pairs& operator=(const Pairs&) = delete;

  std::vector<Index> MostTokens() const {
    return {std::ssize(source), std::ssize(target)};
  }

  Words source;
  Words target;
  std::vector<Real> next;
  std::vector<Index> starts[2] = {{0}, {0}};
  Batch batch;
};

// The words the other way round, of 1 to 6 of them.
std::vector<std::pair<Words, Words>> Reversed(Index count) {
  const Rng random(4, RandomPurpose::kTest);
  std::vector<std::pair<Words, Words>> pairs;
  for (Index row = 0; row < count; ++row) {
    Words words;
    for (Index i = 0; i <= row % 6; ++i) {
      words.push_back(
          static_cast<std::int32_t>(random.Below(row, i, kWords - 1)));
    }
    pairs.push_back({words, Words(words.rbegin(), words.rend())});
  }
  return pairs;
}

// Adam on the mean loss of all tokens, the whole batch at every step.
double Train(const Pairs& pairs, const Network& network, Index steps,
             Params* params) {
  Plan plan(network, {.capacity = pairs.batch.rows,
                      .tokens = pairs.MostTokens(),
                      .route = Route::kPlain});
  const std::size_t size = params->weights.all().size();
  AlignedVector first(size);
  AlignedVector second(size);
  std::vector<Real> losses(pairs.next.size());
  double loss = 0;
  for (Index step = 1; step <= steps; ++step) {
    Pass pass;
    pass.weights = &params->weights;
    pass.buffers = &params->buffers;
    pass.mode = Mode::kTraining;
    pass.dropout = Rng(1, RandomPurpose::kDropout, step);
    plan.Forward(pass, pairs.batch);
    const ConstMatView logits = plan.Output(0);
    const auto rows = static_cast<Index>(pairs.next.size());
    REQUIRE(logits.rows == rows);
    const MatView gradient = plan.OutputGradient(0);
    ActiveKernels().cross_entropy({.logits = logits.data,
                                   .stride = logits.cols,
                                   .rows = rows,
                                   .classes = logits.cols,
                                   .target = pairs.next.data(),
                                   .row_loss = losses.data(),
                                   .gradient = gradient.data,
                                   .gradient_stride = gradient.cols});
    plan.Backward(pass);
    loss = 0;
    for (const Real row : losses) loss += static_cast<double>(row);
    ActiveKernels().adam(
        {.parameters = params->weights.all().data(),
         .gradient = plan.gradient().data(),
         .first_moment = first.data(),
         .second_moment = second.data(),
         .size = static_cast<Index>(size),
         .rate = 0.004,
         .beta1 = 0.9,
         .beta2 = 0.98,
         .epsilon = 1e-9,
         .correction1 = 1 - std::pow(0.9, static_cast<double>(step)),
         .correction2 = 1 - std::pow(0.98, static_cast<double>(step)),
         .gradient_scale = 1 / static_cast<double>(rows)});
  }
  return loss / static_cast<double>(pairs.next.size());
}

Pass Inference(Params* params) {
  Pass pass;
  pass.weights = &params->weights;
  pass.buffers = &params->buffers;
  return pass;
}

TEST_CASE("steps are those of a pass over whole texts, to the bit") {
  const Network network = Translator();
  Params params = network.Initialized(3);
  const Pairs pairs(Reversed(9));
  Plan plan(network,
            {.capacity = pairs.batch.rows, .tokens = pairs.MostTokens()});
  const Pass pass = Inference(&params);
  plan.Forward(pass, pairs.batch);
  const ConstMatView whole = plan.Output(0);
  StepRunner runner(network, pass, 1, 0);
  runner.Encode(pairs.batch);
  std::vector<Index> before(9);
  for (Index time = 0;; ++time) {
    std::vector<Index> starts = {0};
    std::vector<Index> parents;
    std::vector<Index> places;
    Words tokens;
    for (Index row = 0; row < 9; ++row) {
      const Index first = pairs.starts[1][At(row)];
      if (first + time < pairs.starts[1][At(row) + 1]) {
        parents.push_back(before[At(row)]);
        before[At(row)] = std::ssize(tokens);
        places.push_back(first + time);
        tokens.push_back(pairs.target[At(first + time)]);
      }
      starts.push_back(std::ssize(tokens));
    }
    if (tokens.empty()) break;
    const ConstMatView said = runner.Step(starts, parents, tokens);
    for (std::size_t i = 0; i < places.size(); ++i) {
      for (Index col = 0; col < said.cols; ++col) {
        CHECK(said(static_cast<Index>(i), col) == whole(places[i], col));
      }
    }
  }
}

TEST_CASE("sentences are learned by heart and written again") {
  const Network network = Translator(0.05);
  Params params = network.Initialized(1);
  const auto sentences = Reversed(10);
  const Pairs pairs(sentences);
  CHECK(Train(pairs, network, 200, &params) < 0.2);
  StepRunner runner(network, Inference(&params), 1, 0);
  const DecodeTokens tokens = {kBegin, kEnd};
  for (const Index beam : {1, 4}) {
    DecodeOptions options;
    options.beam = beam;
    options.best = 3;
    const auto together = DecodeTexts(&runner, pairs.batch, 0, tokens, options);
    for (std::size_t row = 0; row < sentences.size(); ++row) {
      INFO("row ", row, ", beam ", beam);
      CHECK(together[row][0].tokens == sentences[row].second);
      CHECK(together[row].size() == At(std::min<Index>(beam, 3)));
      const Pairs one({sentences[row]});
      const auto alone = DecodeTexts(&runner, one.batch, 0, tokens, options);
      CHECK(alone[0][0].tokens == together[row][0].tokens);
      CHECK(alone[0][0].log_probability == together[row][0].log_probability);
    }
  }
}

// How probable a token is behind another.
struct ChainStep {
  std::int32_t from;
  std::int32_t to;
  double share;
};
const std::vector<ChainStep> kGarden = {
    {kBegin, 0, 0.6}, {kBegin, 1, 0.4}, {0, 2, 0.4},  {0, 3, 0.35},
    {0, kEnd, 0.25},  {1, 4, 1},        {2, kEnd, 1}, {3, kEnd, 1},
    {4, kEnd, 0.9},   {4, 5, 0.1},      {5, 5, 1}};  // it never ends

// Each token follows from the one before it alone, with known probabilities.
class Chain {
 public:
  explicit Chain(const std::vector<ChainStep>& all = kGarden)
      : network_(Make()), params_(network_.Initialized(1)) {
    MatView table = params_.weights.At(0);
    std::ranges::fill(table.flat(), Real(-30));
    for (const ChainStep& one : all) {
      table(one.from, one.to) = static_cast<Real>(std::log(one.share));
    }
  }

  StepRunner Runner() { return {network_, Inference(&params_), 1, 0}; }

  std::vector<DecodedText> Decode(const DecodeOptions& options,
                                  const Words& never = {}) {
    const Pairs pairs({{{0, 0}, {}}});
    StepRunner runner = Runner();
    return DecodeTexts(&runner, pairs.batch, 0, {kBegin, kEnd, never},
                       options)[0];
  }

 private:
  static Network Make() {
    const std::vector<InputSpec> inputs = {TokenSpec("source", 3),
                                           TokenSpec("target", kWords + 1)};
    NetworkBuilder b(inputs, 1);
    b.Output(0, b.Add("next", MakeEmbedding({kWords + 2}, {kWords + 2}),
                      {b.Input(1)}));
    return std::move(b).Build();
  }

  Network network_;
  Params params_;
};

TEST_CASE("a beam finds what greedy steps miss") {
  Chain chain;
  DecodeOptions options;
  options.penalty = 0;
  const DecodedText greedy = chain.Decode(options)[0];
  CHECK(greedy.tokens == Words{0, 2});
  CHECK(std::exp(greedy.log_probability) == doctest::Approx(0.24));
  CHECK(greedy.score == greedy.log_probability);
  options.beam = 3;
  options.best = 3;
  const auto best = chain.Decode(options);
  REQUIRE(best.size() == 3);
  CHECK(best[0].tokens == Words{1, 4});
  CHECK(std::exp(best[0].log_probability) == doctest::Approx(0.36));
  CHECK(best[1].tokens == Words{0, 2});
  CHECK(best[2].tokens == Words{0, 3});
  options.penalty = 1;
  CHECK(chain.Decode(options)[0].score ==
        doctest::Approx(std::log(0.36) / (8.0 / 6)));
}

TEST_CASE("several networks write by the mean of their probabilities") {
  Chain one({{kBegin, 0, 0.6},
             {kBegin, 1, 0.4},
             {0, kEnd, 1},
             {1, 2, 0.5},
             {1, kEnd, 0.5},
             {2, kEnd, 1}});
  Chain two({{kBegin, 0, 0.3}, {kBegin, 1, 0.7}, {0, kEnd, 1}, {1, kEnd, 1}});
  const Pairs pairs({{{0, 0}, {}}});
  const auto decode = [&](double share, Index beam) {
    StepRunner runners[] = {one.Runner(), two.Runner()};
    std::vector<DecodeMember> members;
    for (StepRunner& runner : runners) {
      runner.Encode(pairs.batch);
      members.push_back({&runner, members.empty() ? share : 1 - share});
    }
    const std::vector<Index> lengths = {2};
    DecodeOptions options;
    options.beam = beam;
    options.penalty = 0;
    return DecodeTexts(members, lengths, {kBegin, kEnd}, options)[0][0];
  };
  CHECK(decode(0.5, 1).tokens == Words{1});
  CHECK(std::exp(decode(0.5, 1).log_probability) ==
        doctest::Approx(0.55 * 0.75));
  CHECK(decode(0.5, 2).tokens == Words{0});
  CHECK(std::exp(decode(0.5, 2).log_probability) == doctest::Approx(0.45));
  CHECK(decode(0.9, 1).tokens == Words{0});
  CHECK(std::exp(decode(0.9, 1).log_probability) == doctest::Approx(0.57));
}

TEST_CASE("texts have a longest length, and tokens that never come") {
  Chain chain;
  DecodeOptions options;
  options.most_ratio = 2;
  options.most_more = 3;
  const DecodedText cut = chain.Decode(options, {0, kEnd})[0];
  CHECK(cut.tokens == Words{1, 4, 5, 5, 5, 5, 5});  // 2 x 2 + 3
  CHECK(cut.is_cut);
  options.no_repeat = 2;
  const DecodedText varied = chain.Decode(options, {0, kEnd})[0];
  CHECK(std::vector(varied.tokens.begin(), varied.tokens.begin() + 4) ==
        Words{1, 4, 5, 5});
  CHECK(varied.tokens[4] != 5);
}

TEST_CASE("networks that need all tokens at once cannot go step by step") {
  const std::vector<InputSpec> inputs = {TokenSpec("source", 3),
                                         TokenSpec("target", kWords + 1)};
  NetworkBuilder b(inputs, 2);
  const Value words = b.Add("words", MakeEmbedding({4}, {4}), {b.Input(0)});
  const Value target =
      b.Add("target", MakeEmbedding({kWords + 2}, {8}), {b.Input(1)});
  b.Output(0, b.Add("back", MakeLstm(), {target}));
  b.Output(1, words);
  const Network network = std::move(b).Build();
  Params params = network.Initialized(1);
  CHECK_THROWS_WITH_AS(StepRunner(network, Inference(&params), 1, 0),
                       "layer 'back' cannot go a token at a time", Error);
  CHECK_THROWS_AS(StepRunner(network, Inference(&params), 1, 1), Error);
}

}  // namespace
}  // namespace mtlkit
