#include "bench/workload.h"

#include <cmath>
#include <cstdint>
#include <span>

#include "kernels/kernels.h"
#include "nn/layers/layers.h"
#include "nn/loss.h"
#include "nn/network.h"
#include "train/optimizer.h"
#include "train/step.h"
#include "train/weighting.h"

namespace mtlkit {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kInputs = 0;
constexpr std::uint64_t kTargets = 1;
constexpr std::uint64_t kParameters = 16;

// The peers' numbers are splitmix64's, addressed by position.
std::uint64_t Mix(std::uint64_t z) {
  z += kGolden;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

float Uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t i,
              float scale) {
  const std::uint64_t draw = Mix(Mix(Mix(seed) ^ stream) + i * kGolden);
  const auto steps = static_cast<std::int64_t>(draw >> 40) - (1 << 23);
  return static_cast<float>(steps) * 0x1p-23f * scale;
}

std::size_t Size(Index i) {
  return static_cast<std::size_t>(i);
}

struct LayerShape {
  Index inputs;
  Index outputs;
};

std::vector<LayerShape> LayersOf(const Workload& w) {
  return {{w.features, w.hidden}, {w.hidden, w.hidden2}, {w.hidden2, w.tasks}};
}

Network BuildNetwork(const Workload& w) {
  InputSpec input;
  input.name = "x";
  input.cols = w.features;
  NetworkBuilder b(std::vector<InputSpec>{input}, w.tasks);
  const auto hidden = [&](const std::string& name, Index units, Value from) {
    const Activation function =
        w.by_default ? Activation::kSilu : Activation::kRelu;
    const Value value = b.Add(
        name, MakeDense({.units = units, .activation = function}), {from});
    if (!w.by_default) return value;
    return b.Add(name + ".dropout", MakeDropout(0.1), {value});
  };
  const Value first = hidden("trunk.0", w.hidden, b.Input(0));
  const Value second = hidden("trunk.1", w.hidden2, first);
  const Value head = b.Add("head", MakeDense({.units = w.tasks}), {second});
  for (Index task = 0; task < w.tasks; ++task) b.Output(task, head, task, 1);
  return std::move(b).Build();
}

// The peers' initial parameters; theirs are outputs first.
void SetParameters(const Workload& w, const Network& network, Block* weights) {
  std::uint64_t stream = kParameters;
  for (const Node& node : network.nodes()) {
    if (node.params.empty()) continue;
    const MatView kernel = weights->At(node.params[0]);
    const MatView bias = weights->At(node.params[1]);
    const auto scale =
        static_cast<float>(1.0 / std::sqrt(static_cast<double>(kernel.rows)));
    for (Index i = 0; i < kernel.rows; ++i) {
      for (Index o = 0; o < kernel.cols; ++o) {
        const auto at = static_cast<std::uint64_t>(o * kernel.rows + i);
        kernel(i, o) = Uniform(w.seed, stream, at, scale);
      }
    }
    ++stream;
    for (Index o = 0; o < bias.cols; ++o) {
      bias(0, o) =
          Uniform(w.seed, stream, static_cast<std::uint64_t>(o), scale);
    }
    ++stream;
  }
}

// All batches of a workload, one after another.
struct Data {
  explicit Data(const Workload& w)
      : x(Size(w.batches * w.batch * w.features)),
        y(Size(w.tasks), std::vector<Real>(Size(w.batches * w.batch))),
        weight(Size(w.own_rows ? w.tasks : 1),
               std::vector<Real>(Size(w.batch), w.own_rows ? 0 : 1)) {
    for (Index row = 0; w.own_rows && row < w.batch; ++row) {
      weight[Size(row * w.tasks / w.batch)][Size(row)] = 1;
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = Uniform(w.seed, kInputs, i, 1);
    }
    for (Index row = 0; row < w.batches * w.batch; ++row) {
      for (Index k = 0; k < w.tasks; ++k) {
        const Real* own = x.data() + row * w.features;
        const auto at = static_cast<std::uint64_t>(row * w.tasks + k);
        const Real gap = own[k % w.features] - own[(k + 1) % w.features];
        const Real noise = Uniform(w.seed, kTargets, at, 1);
        y[Size(k)][Size(row)] = Real(0.5) * gap + Real(0.25) * noise;
      }
    }
  }

  Batch At(const Workload& w, Index number) const {
    Batch batch;
    batch.rows = w.batch;
    const Index first = number % w.batches * w.batch;
    InputBatch input;
    input.dense = {x.data() + first * w.features, w.batch, w.features};
    batch.inputs.push_back(input);
    for (std::size_t k = 0; k < y.size(); ++k) {
      TargetBatch target;
      target.target = {y[k].data() + first, w.batch, 1};
      target.weight = weight[w.own_rows ? k : 0];
      target.labelled = w.batch;
      target.weight_sum = static_cast<double>(w.batch);
      batch.targets.push_back(target);
    }
    return batch;
  }

  std::vector<Real> x;
  std::vector<std::vector<Real>> y;       // one a task
  std::vector<std::vector<Real>> weight;  // one a task, or one for all
};

// Rows of each task of a batch, where they have one each.
std::vector<RowRange> OwnRowsOf(const Workload& w) {
  std::vector<RowRange> ranges(Size(w.tasks));
  for (Index row = w.batch - 1; row >= 0; --row) {
    RowRange& own = ranges[Size(row * w.tasks / w.batch)];
    own.first = row;
    ++own.count;
  }
  return ranges;
}

std::vector<Task> MakeTasks(Index count) {
  std::vector<Task> tasks(Size(count));
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    tasks[i].name = "task" + std::to_string(i);
  }
  return tasks;
}

std::unique_ptr<Weighting> WeightingOf(const Workload& w,
                                       const std::vector<Task>& tasks) {
  if (w.method == "sum") return MakeWeighting({"equal", {}}, tasks);
  return MakeWeighting({w.method, {{"order", w.order}}}, tasks);
}

}  // namespace

double Workload::operations() const {
  const Index inner =
      2 * features * hidden + 3 * hidden * hidden2 + 3 * hidden2 * tasks;
  return 2.0 * static_cast<double>(batch * inner);
}

struct Training::State {
  explicit State(const Workload& given)
      : workload(given),
        tasks(MakeTasks(given.tasks)),
        network(BuildNetwork(given)),
        losses(MakeLosses(tasks, {})),
        optimizer(MakeOptimizer({"adam", {}})),
        weighting(WeightingOf(given, tasks)),
        data(given),
        lane_rows(given.own_rows && !given.in_lanes && given.method != "sum"),
        pool(given.threads),
        learner(Setup()),
        own_rows(OwnRowsOf(given)) {
    for (Index i = 0; i < given.batches; ++i) {
      batches.push_back(data.At(given, i));
    }
  }

  LearnerSetup Setup() {
    options.rate = workload.rate;
    LearnerSetup setup;
    setup.network = &network;
    setup.tasks = tasks;
    setup.losses = losses;
    setup.optimizer = optimizer.get();
    setup.optimizer_options = &options;
    setup.weighting = weighting.get();
    setup.task_weight.assign(tasks.size(), 1.0);
    setup.capacity = workload.batch;
    setup.lane_rows = lane_rows;
    if (workload.threads > 1) setup.pool = &pool;
    if (workload.at_representation) setup.at = GradientsAt::kRepresentation;
    return setup;
  }

  const Batch& BatchOf(Index number) const {
    return batches[Size(number % workload.batches)];
  }

  Workload workload;
  std::vector<Task> tasks;
  Network network;
  std::vector<std::unique_ptr<Loss>> losses;
  OptimizerOptions options;
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<Weighting> weighting;
  Data data;
  std::vector<Batch> batches;
  bool lane_rows;
  ThreadPool pool;
  Learner learner;
  LearnerState learned;
  std::vector<RowRange> own_rows;
  Index step = 0;
};

Training::Training(const Workload& workload)
    : state_(std::make_unique<State>(workload)) {
  Restart();
}
Training::~Training() = default;

void Training::Restart() {
  State& s = *state_;
  Params params = s.network.Initialized(1);
  SetParameters(s.workload, s.network, &params.weights);
  s.learner.Start(std::move(params), &s.learned);
  s.step = 0;
}

void Training::Step() {
  State& s = *state_;
  const Batch& batch = s.BatchOf(s.step);
  if (s.lane_rows) s.learner.SetLaneRows(s.own_rows);
  s.learner.Forward(batch, s.step, &s.learned);
  s.learner.Learn(batch, s.step, s.workload.rate, &s.learned);
  ++s.step;
}

std::vector<double> Training::Losses() {
  State& s = *state_;
  const Batch& batch = s.BatchOf(0);
  s.learner.Forward(batch, s.step, &s.learned);
  std::vector<double> losses;
  for (Index task = 0; task < s.workload.tasks; ++task) {
    const ConstMatView output = s.learner.Seen(task).output;
    const ConstMatView target = batch.targets[Size(task)].target;
    double sum = 0;
    for (Index row = 0; row < batch.rows; ++row) {
      const double gap = static_cast<double>(output(row, 0)) -
                         static_cast<double>(target(row, 0));
      sum += gap * gap;
    }
    losses.push_back(sum / static_cast<double>(batch.rows));
  }
  return losses;
}

struct ProductsAlone::State {
  // One layer: its input, weights, output, and their gradients.
  struct Layer {
    Layer(const LayerShape& s, Index rows)
        : shape(s),
          x(Size(rows * s.inputs), Real(0.5)),
          w(Size(s.inputs * s.outputs), Real(0.01)),
          y(Size(rows * s.outputs)),
          dx(x.size()),
          dw(w.size()),
          packed(Size(PackedSize(s.inputs, s.outputs))),
          turned(Size(PackedSize(s.outputs, s.inputs))) {
      const Kernels& k = ActiveKernels();
      k.pack(w.data(), s.outputs, s.inputs, s.outputs, packed.data());
      k.pack_transposed(w.data(), s.outputs, s.outputs, s.inputs,
                        turned.data());
    }

    LayerShape shape;
    AlignedVector x, w, y, dx, dw, packed, turned;
  };

  void Run(Layer* layer, bool input_gradient) {
    const LayerShape& s = layer->shape;
    const Kernels& k = ActiveKernels();
    k.product({.a = layer->x.data(),
               .a_stride = s.inputs,
               .b = layer->packed.data(),
               .c = layer->y.data(),
               .c_stride = s.outputs,
               .rows = rows,
               .depth = s.inputs,
               .cols = s.outputs});
    if (input_gradient) {
      k.product({.a = layer->y.data(),
                 .a_stride = s.outputs,
                 .b = layer->turned.data(),
                 .c = layer->dx.data(),
                 .c_stride = s.inputs,
                 .rows = rows,
                 .depth = s.outputs,
                 .cols = s.inputs});
    }
    k.weight_gradient({.x = layer->x.data(),
                       .x_stride = s.inputs,
                       .dy = layer->y.data(),
                       .dy_stride = s.outputs,
                       .dw = layer->dw.data(),
                       .dw_stride = s.outputs,
                       .rows = rows,
                       .inputs = s.inputs,
                       .outputs = s.outputs,
                       .scratch = scratch.data()});
  }

  Index rows = 0;
  std::vector<Layer> layers;
  AlignedVector scratch;
};

ProductsAlone::ProductsAlone(const Workload& workload)
    : state_(std::make_unique<State>()) {
  state_->rows = workload.batch;
  state_->scratch.resize(Size(kWeightGradientScratch));
  for (const LayerShape& shape : LayersOf(workload)) {
    state_->layers.emplace_back(shape, workload.batch);
  }
}
ProductsAlone::~ProductsAlone() = default;

void ProductsAlone::Run() {
  bool first = true;
  for (State::Layer& layer : state_->layers) {
    state_->Run(&layer, !first);
    first = false;
  }
}

}  // namespace mtlkit
