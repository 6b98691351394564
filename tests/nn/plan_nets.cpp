#include "nn/plan_nets.h"

#include "base/error.h"

namespace mtlkit::test {
namespace {

constexpr Index kTasks = 3;
constexpr Index kMostTokens = 4;

std::vector<InputSpec> Inputs() {
  return {{"first", InputKind::kDense, 5, {}, {}},
          {"second", InputKind::kDense, 4, {}, {}},
          {"sparse", InputKind::kSparse, 12, {}, {}},
          {"codes", InputKind::kCategorical, 2, {}, {}},
          {"image", InputKind::kImage, 2, {}, {}, 3, 2},
          {"words", InputKind::kTokens, 1, {}, {}}};
}

LayerPtr Hidden(Index units) {
  return MakeDense({.units = units, .activation = Activation::kTanh});
}
LayerPtr Linear(Index units) {
  return MakeDense({.units = units});
}

// One head for each task, of 1, 2 and 3 columns.
void AddHeads(NetworkBuilder* b, const std::vector<Value>& from) {
  for (Index task = 0; task < kTasks; ++task) {
    const Value value =
        from[from.size() == 1 ? 0 : static_cast<std::size_t>(task)];
    b->Output(task, b->Add(Str("head.", task), Linear(task + 1), {value}));
  }
}

Network WideHead() {
  NetworkBuilder b(Inputs(), kTasks);
  const Value h = b.Add("trunk.0", Hidden(7), {b.Input(0)});
  const Value d = b.Add("trunk.1", MakeDropout(0.3), {h});
  const Value y = b.Add("heads", Linear(7), {d});
  b.Output(0, y, 0, 1);
  b.Output(1, y, 2, 2);  // column 1 is nobody's
  b.Output(2, y, 4, 3);
  return std::move(b).Build();
}

Network Pooled() {
  NetworkBuilder b(Inputs(), kTasks);
  const Value h = b.Add("trunk.0", Hidden(6), {b.Input(1)});
  const Value y = b.Add("head", Linear(3), {h});
  b.Output(0, y, 1, 1);
  b.Output(1, y, 0, 2);
  b.Output(2, y);
  return std::move(b).Build();
}

Network Mmoe(double balance) {
  NetworkBuilder b(Inputs(), kTasks);
  std::vector<Value> experts;
  for (Index e = 0; e < 2; ++e) {
    experts.push_back(b.Add(Str("expert.", e), Hidden(5), {b.Input(0)}));
  }
  std::vector<Value> mixed;
  for (Index task = 0; task < kTasks; ++task) {
    const Value gate = b.Add(Str("gate.", task), Linear(2), {b.Input(0)});
    mixed.push_back(b.Add(Str("mix.", task), MakeMixture(balance),
                          {gate, experts[0], experts[1]}));
  }
  AddHeads(&b, mixed);
  return std::move(b).Build();
}

Network CrossStitch() {
  NetworkBuilder b(Inputs(), kTasks);
  std::vector<Value> columns(kTasks, b.Input(0));
  for (Index level = 0; level < 2; ++level) {
    std::vector<Value> hidden;
    for (std::size_t task = 0; task < kTasks; ++task) {
      hidden.push_back(
          b.Add(Str("net.", task, ".", level), Hidden(4), {columns[task]}));
    }
    for (std::size_t task = 0; task < kTasks; ++task) {
      columns[task] = b.Add(Str("stitch.", task, ".", level),
                            MakeCrossStitch(static_cast<Index>(task)), hidden);
    }
  }
  AddHeads(&b, columns);
  return std::move(b).Build();
}

Network Normalised() {
  NetworkBuilder b(Inputs(), kTasks);
  Value h = b.Add("trunk.0", Linear(6), {b.Input(0)});
  h = b.Add("trunk.0.norm", MakeBatchNorm(), {h});
  h = b.Add("trunk.0.activation", MakeActivation(Activation::kSilu), {h});
  h = b.Add("trunk.1", Linear(6), {h});
  h = b.Add("trunk.1.norm", MakeLayerNorm(), {h});
  h = b.Add("trunk.1.dropout", MakeDropout(0.2), {h});
  AddHeads(&b, {h});
  return std::move(b).Build();
}

Network AllInputs() {
  NetworkBuilder b(Inputs(), kTasks);
  const Value table =
      b.Add("embedding", MakeEmbedding({3, 4}, {2, 3}), {b.Input(3)});
  const Value joined =
      b.Add("inputs", MakeConcat(), {b.Input(0), table, b.Input(1)});
  const Value dense = b.Add("trunk.0", Linear(5), {joined});
  const Value sparse = b.Add("trunk.0.sparse", Linear(5), {b.Input(2)});
  const Value sum = b.Add("trunk.0.sum", MakeSum(), {dense, sparse});
  const Value h =
      b.Add("trunk.0.activation", MakeActivation(Activation::kGelu), {sum});
  AddHeads(&b, {h});
  return std::move(b).Build();
}

// One layer's parameters used three times, a value read twice by one layer,
// and layers of tasks' own that use common parameters.
Network Tied() {
  NetworkBuilder b(Inputs(), kTasks);
  const Value h = b.Add("trunk.0", Hidden(4), {b.Input(1)});
  const Value g = b.Add("trunk.1", Hidden(4), {h}, "trunk.0");
  const Value twice = b.Add("twice", MakeConcat(), {g, g});
  std::vector<Value> towers = {b.Add("tower.0", Hidden(4), {twice}),
                               b.Add("tower.1", Hidden(4), {twice}, "tower.0"),
                               h};
  AddHeads(&b, towers);
  return std::move(b).Build();
}

// Layers of single rows over the pixels of an image.
Network Pixels() {
  NetworkBuilder b(Inputs(), kTasks);
  Value p = b.Add("pixels.0", Hidden(3), {b.Input(4)});
  p = b.Add("pixels.1", Linear(3), {p});
  p = b.Add("pixels.1.norm", MakeBatchNorm(), {p});
  p = b.Add("pixels.1.dropout", MakeDropout(0.2), {p});
  const Value flat = b.Add("flatten", MakeFlatten(3, 2), {p});
  const Value table = b.Add("raw", MakeFlatten(3, 2), {b.Input(4)});
  const Value joined = b.Add("joined", MakeConcat(), {flat, table, b.Input(0)});
  AddHeads(&b, {b.Add("trunk", Hidden(4), {joined})});
  return std::move(b).Build();
}

// Layers over the tokens of a text; tasks part at the tokens.
Network Texts() {
  NetworkBuilder b(Inputs(), kTasks);
  const Value words = b.Add("words", MakeEmbedding({6}, {4}), {b.Input(5)});
  Value t = b.Add("tokens.0", Hidden(5), {words});
  t = b.Add("tokens.0.dropout", MakeDropout(0.2), {t});
  const Value sum = b.Add("tokens.sum", MakeSum(),
                          {t, b.Add("tokens.1", Linear(5), {words})});
  std::vector<Value> pooled;
  for (Index task = 0; task < kTasks; ++task) {
    const Value own = b.Add(Str("tokens.", task, ".own"), Hidden(3), {sum});
    pooled.push_back(b.Add(Str("pool.", task), MakePool(), {own}));
  }
  AddHeads(&b, pooled);
  return std::move(b).Build();
}

// Tokens that know of each other.
Network Sequences() {
  NetworkBuilder b(Inputs(), kTasks);
  Value t = b.Add("words", MakeEmbedding({6}, {4}), {b.Input(5)});
  t = b.Add("lstm", MakeLstm({.both = true}), {b.Add("z", Linear(16), {t})});
  const Value qkv = b.Add("qkv", Linear(12), {t});
  t = b.Add("attention", MakeAttention({.heads = 2, .causal = true}), {qkv});
  t = b.Add("tied", MakeTied(6), {t}, "words");
  AddHeads(&b, {b.Add("pool", MakePool(), {t})});
  return std::move(b).Build();
}

// An ensemble whose members differ by what dropout leaves them.
Network Members() {
  NetworkBuilder b(Inputs(), kTasks);
  const Value h = b.Add("trunk.0", Hidden(5), {b.Input(0)});
  Value m = b.Add("spread", MakeSpread(3), {h});
  m = b.Add("member.dropout", MakeDropout(0.4), {m});
  m = b.Add("member.0", Hidden(4), {m});
  AddHeads(&b, {b.Add("mean", MakePool(), {m})});
  return std::move(b).Build();
}

// One whose members put out, together or for each task.
Network MembersPutOut(bool together) {
  NetworkBuilder b(Inputs(), kTasks);
  Value m = b.Add("members", MakeMemberScale({.members = 3}), {b.Input(0)});
  m = b.Add("trunk.0", Hidden(5), {m});
  m = b.Add("trunk.0.dropout", MakeDropout(0.3), {m});
  m = b.Add("trunk.1.in",
            MakeMemberScale({.members = 3, .init = {InitKind::kConstant, 1}}),
            {m});
  m = b.Add("trunk.1", Hidden(4), {m});
  m = b.Add("trunk.1.out", MakeMemberScale({.members = 3, .bias = true}), {m});
  const Value heads =
      together ? b.Add("heads", MakeMemberDense(3, 6), {m}) : Value{};
  Index first = 0;
  for (Index task = 0; task < kTasks; ++task) {
    const Index cols = task + 1;
    if (together) {
      b.Output(task, heads, first, cols);
    } else {
      b.Output(task, b.Add(Str("head.", task), MakeMemberDense(3, cols), {m}));
    }
    first += cols;
  }
  return std::move(b).Build();
}

Network Single() {
  NetworkBuilder b(Inputs(), kTasks);
  std::vector<Value> towers;
  for (Index task = 0; task < kTasks; ++task) {
    towers.push_back(b.Add(Str("net.", task), Hidden(3), {b.Input(0)}));
  }
  AddHeads(&b, towers);
  return std::move(b).Build();
}

}  // namespace

Network HardSharing() {
  NetworkBuilder b(Inputs(), kTasks);
  Value h =
      b.Add("trunk.0", MakeDense({.units = 8, .activation = Activation::kRelu}),
            {b.Input(0)});
  h = b.Add("trunk.1", Hidden(6), {h});
  const Value y = b.Add("heads", Linear(6), {h});
  b.Output(0, y, 0, 1);
  b.Output(1, y, 1, 2);
  b.Output(2, y, 3, 3);
  return std::move(b).Build();
}

// Task 0 is supervised at the trunk, 1 and 2 at a group of their own.
Network TwoLevels() {
  NetworkBuilder b(Inputs(), kTasks);
  const Value h = b.Add("trunk.0", Hidden(6), {b.Input(0)});
  const Value g = b.Add("group.0", Hidden(5), {h});
  AddHeads(&b, {h, g, g});
  return std::move(b).Build();
}

// One trunk that tasks scale by numbers of their own, with tied layers.
Network Conditioned() {
  NetworkBuilder b(Inputs(), kTasks);
  const Value h = b.Add("trunk.0", Linear(5), {b.Input(0)});
  std::vector<Value> ends;
  for (Index task = 0; task < kTasks; ++task) {
    const Value own =
        b.Add(Str("task.", task), MakeLearned(3, {InitKind::kNormal, 1}), {h});
    const auto tied = [&](const std::string& name, Value x) {
      return b.Add(Str(name, ".", task), Hidden(5), {x},
                   task == 0 ? "" : name + ".0");
    };
    const Value scaled =
        b.Add(Str("scaled.", task), MakeProduct(), {tied("film", own), h});
    ends.push_back(tied("top", scaled));
  }
  AddHeads(&b, ends);
  return std::move(b).Build();
}

// Experts that selectors of a task take.
Network Selected(double entropy) {
  NetworkBuilder b(Inputs(), kTasks);
  std::vector<Value> experts;
  for (Index e = 0; e < 3; ++e) {
    experts.push_back(b.Add(Str("expert.", e), Hidden(5), {b.Input(0)}));
  }
  std::vector<Value> mixed;
  for (Index task = 0; task < kTasks; ++task) {
    const Value z = b.Add(Str("z.", task), Linear(4), {b.Input(0)});
    const Value a = b.Add(Str("a.", task),
                          MakeLearned(2, {InitKind::kNormal, 1}), {experts[0]});
    mixed.push_back(b.Add(Str("mix.", task), MakeSelection(8, entropy),
                          {z, a, experts[0], experts[1], experts[2]}));
  }
  AddHeads(&b, mixed);
  return std::move(b).Build();
}

std::vector<NamedNetwork> Networks() {
  std::vector<NamedNetwork> networks;
  networks.push_back({"hard sharing", HardSharing()});
  networks.push_back({"two levels", TwoLevels()});
  networks.push_back({"wide head", WideHead()});
  networks.push_back({"pooled", Pooled()});
  networks.push_back({"mmoe", Mmoe(0)});
  networks.push_back({"balanced mmoe", Mmoe(5)});
  networks.push_back({"cross-stitch", CrossStitch()});
  networks.push_back({"conditioned", Conditioned()});
  networks.push_back({"selected", Selected(0)});
  networks.push_back({"decided", Selected(0.3)});
  networks.push_back({"normalised", Normalised()});
  networks.push_back({"all inputs", AllInputs()});
  networks.push_back({"tied", Tied()});
  networks.push_back({"single", Single()});
  networks.push_back({"pixels", Pixels()});
  networks.push_back({"texts", Texts()});
  networks.push_back({"sequences", Sequences()});
  networks.push_back({"members", Members()});
  networks.push_back({"members that put out", MembersPutOut(true)});
  networks.push_back({"members by task", MembersPutOut(false)});
  return networks;
}

std::vector<Index> MostTestTokens(Index rows) {
  return {0, 0, 0, 0, 0, kMostTokens * rows};
}

TestBatch::TestBatch(Index rows)
    : TestBatch(rows,
                [](Index row) { return (3 * row + 1) % (kMostTokens + 1); }) {}

TestBatch::TestBatch(Index rows, Index (*tokens_of)(Index row)) {
  const Rng random(3, RandomPurpose::kTest);
  row_starts_.push_back(0);
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < 5; ++col) {
      first_.push_back(static_cast<Real>(random.Normal(row, col)));
    }
    for (Index col = 0; col < 4; ++col) {
      second_.push_back(static_cast<Real>(random.Normal(row, 10 + col)));
    }
    for (Index col = 0; col < 12; ++col) {
      if (random.Uniform(row, 20 + col) > 0.3) continue;
      indices_.push_back(static_cast<std::int32_t>(col));
      values_.push_back(static_cast<Real>(random.Normal(row, 40 + col)));
    }
    row_starts_.push_back(static_cast<Index>(indices_.size()));
    codes_.push_back(static_cast<std::int32_t>(random.Below(row, 60, 3)));
    codes_.push_back(static_cast<std::int32_t>(random.Below(row, 61, 4)));
    for (Index cell = 0; cell < 12; ++cell) {
      pixels_.push_back(static_cast<Real>(random.Normal(row, 100 + cell)));
    }
    for (Index token = 0; token < tokens_of(row); ++token) {
      words_.push_back(
          static_cast<std::int32_t>(random.Below(row, 200 + token, 6)));
    }
    offsets_.push_back(std::ssize(words_));
  }
  batch_.rows = rows;
  batch_.inputs.resize(6);
  batch_.inputs[4].kind = InputKind::kImage;
  batch_.inputs[4].dense = {pixels_.data(), 6 * rows, 2};
  batch_.inputs[5].kind = InputKind::kTokens;
  batch_.inputs[5].row_starts = offsets_;
  batch_.inputs[5].codes = {words_.data(), std::ssize(words_), 1};
  batch_.inputs[0].dense = {first_.data(), rows, 5};
  batch_.inputs[1].dense = {second_.data(), rows, 4};
  batch_.inputs[2].kind = InputKind::kSparse;
  batch_.inputs[2].row_starts = row_starts_;
  batch_.inputs[2].indices = indices_;
  batch_.inputs[2].values = values_;
  batch_.inputs[2].sparse_cols = 12;
  batch_.inputs[3].kind = InputKind::kCategorical;
  batch_.inputs[3].codes = {codes_.data(), rows, 2};
}

namespace {
double Number(Index task, Index row, Index col) {
  return Rng(4, RandomPurpose::kTest).Normal(row, 10 * task + col);
}
}  // namespace

void SetOutputGradient(Plan* plan, Index task, double factor) {
  plan->SetPenaltyFactor(task, factor);
  const MatView gradient = plan->OutputGradient(task);
  for (Index row = 0; row < gradient.rows; ++row) {
    for (Index col = 0; col < gradient.cols; ++col) {
      gradient(row, col) = static_cast<Real>(factor * Number(task, row, col));
    }
  }
}

double ProjectOutputs(const Plan& plan) {
  double sum = 0;
  for (Index task = 0; task < plan.network().task_count(); ++task) {
    const ConstMatView output = plan.Output(task);
    sum += plan.Penalty(task);
    for (Index row = 0; row < output.rows; ++row) {
      for (Index col = 0; col < output.cols; ++col) {
        sum += static_cast<double>(output(row, col)) * Number(task, row, col);
      }
    }
  }
  return sum;
}

}  // namespace mtlkit::test
