#include "base/registry.h"
#include "nn/archs/parts.h"
#include "nn/archs/task_order.h"

namespace mtlkit {
namespace {

struct ProgressiveOptions {
  std::vector<std::string> order;
  double scale = 0.1;
  Index adapter = 0;
  void Describe(Fields& fields) {
    fields("order", order,
           "the tasks, each of which reads the layers of those before it; as "
           "the data has them unless given");
    fields("scale", scale, "what earlier columns are multiplied by at first",
           MoreThan(0));
    fields("adapter", adapter,
           "width of what a layer makes of earlier columns; 0: that of the "
           "layer that it joins",
           Between(0, 65536));
  }
};

// The hidden layers of earlier columns, held constant.
class EarlierColumns {
 public:
  explicit EarlierColumns(NetworkParts* parts) : parts_(*parts) {}

  bool empty() const { return columns_.empty(); }
  void Add(const std::string& task, std::vector<Value> layers) {
    std::vector<Value>& held = columns_.emplace_back();
    for (std::size_t l = 0; l < layers.size(); ++l) {
      held.push_back(parts_.builder().Add(Str("held.", task, ".", l),
                                          MakeStopGradient(), {layers[l]}));
    }
  }
  // alpha times layer `l` of all of them, through a hidden layer.
  Value AddAdapter(const std::string& name, Index l, double scale,
                   Index width) {
    std::vector<Value> side;
    for (const std::vector<Value>& column : columns_) {
      side.push_back(column[At(l)]);
    }
    NetworkBuilder& builder = parts_.builder();
    Value x = side[0];
    if (side.size() > 1) x = builder.Add(name + ".inputs", MakeConcat(), side);
    x = builder.Add(name + ".alpha", MakeCrossStitch(0, scale), {x});
    return parts_.AddHidden(name, NetworkParts::From(x), width);
  }

 private:
  NetworkParts& parts_;
  std::vector<std::vector<Value>> columns_;
};

// Rusu, Rabinowitz, Desjardins, Soyer, Kirkpatrick, Kavukcuoglu, Pascanu and
// Hadsell, "Progressive neural networks", 2016, with the adapters of equation
// 2: a column of --layers for each task, in order; each layer behind the first,
// the output included, reads beside its own column what an adapter makes of the
// same layer of all columns before it, U f(V alpha h). No gradient goes back
// into these: a column learns from its own task alone, so that later tasks take
// nothing from earlier ones. Here all columns learn at the same time.
Network BuildProgressive(const ArchArgs& args,
                         const ProgressiveOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("progressive", "for its columns", "single");
  NetworkBuilder& builder = parts.builder();
  EarlierColumns earlier(&parts);
  Index left = parts.tasks();
  for (const Index i : OrderOfTasks("progressive", options.order, parts)) {
    const std::string& task = parts.task(i).name;
    NetworkParts::Source source = parts.Inputs("column." + task + ".");
    std::vector<Value> layers;
    for (Index l = 0; l < std::ssize(parts.layers()); ++l) {
      const Value hidden = parts.AddHidden(Str("column.", task, ".", l), source,
                                           parts.layers()[At(l)]);
      layers.push_back(hidden);
      source = NetworkParts::From(hidden);
      if (earlier.empty()) continue;
      // W h + U a is one product with both side by side.
      const Index width =
          options.adapter > 0 ? options.adapter : builder.Cols(hidden);
      const Value side = earlier.AddAdapter(Str("adapter.", task, ".", l), l,
                                            options.scale, width);
      source = NetworkParts::From(builder.Add(Str("joined.", task, ".", l),
                                              MakeConcat(), {hidden, side}));
    }
    parts.AddHead(i, source);
    if (--left > 0) earlier.Add(task, std::move(layers));
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kProgressiveArch;
const ArchEntry kProgressiveArch =
    MakeEntry<BuildProgressive, ProgressiveOptions>(
        "progressive",
        "a column for every task, which reads the layers of those before it "
        "and changes nothing there (Rusu et al. 2016)");

}  // namespace mtlkit
