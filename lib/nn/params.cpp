#include "nn/params.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"

namespace mtlkit {
namespace {

struct NamedInit {
  std::string_view name;
  InitKind kind;
};
constexpr NamedInit kInitializers[] = {
    {"constant", InitKind::kConstant},
    {"he-normal", InitKind::kHeNormal},
    {"he-uniform", InitKind::kHeUniform},
    {"glorot-normal", InitKind::kGlorotNormal},
    {"glorot-uniform", InitKind::kGlorotUniform},
    {"torch-linear", InitKind::kTorchLinear},
    {"normal", InitKind::kNormal},
    {"signs", InitKind::kSigns},
    {"stitch", InitKind::kStitch},
};

// FNV-1a: tells the random numbers of two slices apart by their names.
std::uint32_t HashName(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (const char letter : name) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 16777619u;
  }
  return hash;
}

// Half the width of a uniform distribution, or the deviation of a normal one.
double Spread(const ParamSpec& spec) {
  const double in = static_cast<double>(std::max<Index>(spec.fan_in, 1));
  const double both =
      static_cast<double>(std::max<Index>(spec.fan_in + spec.fan_out, 1));
  switch (spec.init.kind) {
    case InitKind::kConstant:
    case InitKind::kStitch:
      return 0;
    case InitKind::kHeNormal:
      return std::sqrt(2 / in);
    case InitKind::kHeUniform:
      return std::sqrt(6 / in);
    case InitKind::kGlorotNormal:
      return std::sqrt(2 / both);
    case InitKind::kGlorotUniform:
      return std::sqrt(6 / both);
    case InitKind::kTorchLinear:
      return std::sqrt(1 / in);
    case InitKind::kNormal:
      return spec.init.value;
    case InitKind::kSigns:
      return 1;
  }
  return 0;
}

bool IsNormal(InitKind kind) {
  return kind == InitKind::kHeNormal || kind == InitKind::kGlorotNormal ||
         kind == InitKind::kNormal;
}

void FillStitch(const ParamSpec& spec, MatView values) {
  const double others = static_cast<double>(std::max<Index>(spec.cols - 1, 1));
  std::ranges::fill(values.flat(),
                    static_cast<Real>((1 - spec.init.value) / others));
  values(0, spec.fan_out) = static_cast<Real>(spec.init.value);
}

void Fill(Seed seed, const Slice& slice, MatView values) {
  const ParamSpec& spec = slice.spec;
  if (spec.init.kind == InitKind::kConstant) {
    std::ranges::fill(values.flat(), static_cast<Real>(spec.init.value));
    return;
  }
  if (spec.init.kind == InitKind::kStitch) {
    FillStitch(spec, values);
    return;
  }
  const Rng random(seed, RandomPurpose::kInitialWeights, HashName(slice.name));
  const double spread = Spread(spec);
  const bool normal = IsNormal(spec.init.kind);
  for (Index row = 0; row < values.rows; ++row) {
    for (Index col = 0; col < values.cols; ++col) {
      double draw =
          normal ? random.Normal(row, col) : 2 * random.Uniform(row, col) - 1;
      if (spec.init.kind == InitKind::kSigns) draw = draw < 0 ? -1 : 1;
      values(row, col) = static_cast<Real>(spread * draw);
    }
  }
}

}  // namespace

Initializer ParseInitializer(std::string_view name, double value) {
  for (const NamedInit& known : kInitializers) {
    if (known.name == name) return {known.kind, value};
  }
  const std::vector<std::string> names = InitializerNames();
  Fail(ErrorKind::kUsage, Str("there is no initializer '", name, "'"),
       Str("known: ", Join(names, ", ")));
}

std::string_view InitializerName(const Initializer& init) {
  const auto* known =
      std::ranges::find(kInitializers, init.kind, &NamedInit::kind);
  return known->name;
}

std::vector<std::string> InitializerNames() {
  std::vector<std::string> names;
  for (const NamedInit& known : kInitializers) names.emplace_back(known.name);
  return names;
}

Layout::Layout(std::vector<Slice> slices) : slices_(std::move(slices)) {
  std::stable_partition(slices_.begin(), slices_.end(),
                        [](const Slice& slice) { return slice.shared; });
  std::set<std::string_view> names;
  for (Slice& slice : slices_) {
    Require(names.insert(slice.name).second, ErrorKind::kUsage,
            Str("two parameters are called '", slice.name, "'"));
    slice.offset = size_;
    size_ += PaddedSize(slice.size());
    if (slice.shared) shared_size_ = size_;
  }
}

Index Layout::Find(std::string_view name) const {
  const auto found = std::ranges::find(slices_, name, &Slice::name);
  return found == slices_.end() ? -1 : found - slices_.begin();
}

Index Layout::count() const {
  Index total = 0;
  for (const Slice& slice : slices_) total += slice.size();
  return total;
}

Block::Block(std::shared_ptr<const Layout> layout)
    : layout_(std::move(layout)),
      values_(static_cast<std::size_t>(layout_->size())) {}

MatView Block::At(Index i) {
  const Slice& slice = layout_->slice(i);
  return {values_.data() + slice.offset, slice.spec.rows, slice.spec.cols};
}

ConstMatView Block::At(Index i) const {
  const Slice& slice = layout_->slice(i);
  return {values_.data() + slice.offset, slice.spec.rows, slice.spec.cols};
}

void Initialize(Seed seed, Block* block) {
  const Layout& layout = block->layout();
  for (Index i = 0; i < std::ssize(layout.slices()); ++i) {
    Fill(seed, layout.slice(i), block->At(i));
  }
}

}  // namespace mtlkit
