#include "train/input_changes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/error.h"
#include "data/block_kind.h"
#include "data/head.h"

namespace mtlkit {
namespace {

// Rows of random numbers: two for each Gamma number, since a normal and a
// uniform number of one row may come from the same bits.
constexpr Index kUniformRow = 1;
constexpr Index kSecondRow = 2;
constexpr Index kShuffleRow = 4;

// The log of a number from Gamma(shape, 1): of Gamma(shape + 1, 1) times
// uniform^(1 / shape), which is found in logs, since it may be tiny.
double LogGammaNumber(const Rng& rng, Index row, double shape) {
  const double d = shape + 1 - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  // 1 - uniform is above 0.
  const double boost = std::log(1 - rng.Uniform(row + kUniformRow, 0)) / shape;
  for (Index i = 1;; ++i) {
    const double x = rng.Normal(row, i);
    const double cube = std::pow(1 + c * x, 3);
    if (cube <= 0) continue;
    const double log_u = std::log(1 - rng.Uniform(row + kUniformRow, i));
    const double log_cube = std::log(cube);
    if (log_u < x * x / 2 + d - d * cube + d * log_cube) {
      return std::log(d) + log_cube + boost;
    }
  }
}

// Four normal numbers, by Box and Muller, of one block of random bits.
std::array<double, 4> NormalNumbers(const std::array<std::uint32_t, 4>& bits) {
  constexpr double kWord = 1 / 4294967296.0;
  std::array<double, 4> normal{};
  for (std::size_t i = 0; i < 4; i += 2) {
    const double up = (static_cast<double>(bits[i]) + 1) * kWord;  // (0, 1]
    const double radius = std::sqrt(-2 * std::log(up));
    const double angle =
        2 * std::numbers::pi * kWord * static_cast<double>(bits[i + 1]);
    normal[i] = radius * std::cos(angle);
    normal[i + 1] = radius * std::sin(angle);
  }
  return normal;
}

}  // namespace

double BetaNumber(const Rng& rng, Index row, double alpha) {
  const double a = LogGammaNumber(rng, row, alpha);
  const double b = LogGammaNumber(rng, row + kSecondRow, alpha);
  return 1 / (1 + std::exp(b - a));
}

InputChanges::InputChanges(const Dataset& data,
                           const InputChangeOptions& options, Seed seed,
                           Index capacity)
    : options_(options),
      alpha_(options.mixup),
      noise_(options.noise),
      seed_(seed),
      capacity_(capacity) {
  bool any = false;
  for (const InputBlock& block : data.inputs) {
    const BlockTraits& traits = TraitsOf(block.kind);
    Require(
        alpha_ == 0 || traits.is_numbers, ErrorKind::kUsage,
        Str(options.mixup_flag, ": the input '", block.name, "' (",
            EntryOf(block.kind).name, ") is not of numbers that can be mixed"),
        "leave it out with --inputs, or prepare it as numbers (mtl-prep "
        "--encode onehot)");
    any = any || traits.is_numbers;
    shapes_.push_back(static_cast<const InputSpec&>(block));
    numbers_.emplace_back();
  }
  MakeChangers(data, options);
  Require(any, ErrorKind::kUsage,
          options.noise_flag + " has no effect: no input is of numbers",
          "leave it out");
  if (alpha_ == 0) return;
  partners_.places.resize(At(capacity));
  partners_.targets.resize(data.tasks.size());
  for (const Task& task : data.tasks) {
    targets_.emplace_back(At(capacity * task.target_cols()));
    weights_.emplace_back(At(capacity));
  }
}

void InputChanges::MakeChangers(const Dataset& data,
                                const InputChangeOptions& options) {
  changers_.resize(data.inputs.size());
  images_.resize(data.inputs.size());
  if (options.augment.empty()) return;
  const ImageChange change = ParseAugment(options.augment, "--augment");
  bool any = false;
  for (std::size_t i = 0; i < data.inputs.size(); ++i) {
    const InputBlock& block = data.inputs[i];
    if (TraitsOf(block.kind).rows != BlockRows::kPixels) continue;
    changers_[i].emplace(change, block);
    images_[i].resize(At(capacity_ * block.row_cells()));
    any = true;
  }
  Require(any, ErrorKind::kUsage,
          "--augment has no effect: no input is of images", "leave it out");
  maps_.resize(data.tasks.size());
  images_of_maps_.resize(data.tasks.size());
  for (std::size_t t = 0; t < data.tasks.size(); ++t) {
    const Task& task = data.tasks[t];
    if (!task.traits().is_map || !change.moves()) continue;
    const auto image = std::ranges::find_if(changers_, [&](const auto& at) {
      return at && at->IsOf(task.map_height, task.map_width);
    });
    Require(image != changers_.end(), ErrorKind::kUsage,
            Str("--augment: no image has the size of the map '", task.name,
                "', to be moved with it"),
            "leave it out");
    images_of_maps_[t] = static_cast<std::size_t>(image - changers_.begin());
    maps_[t].resize(At(capacity_ * task.target_cols()));
  }
}

void InputChanges::MoveMaps(const Batch& loaded, Index step) {
  const Rng rng(seed_, RandomPurpose::kAugment,
                static_cast<std::uint64_t>(step));
  for (std::size_t t = 0; t < maps_.size() && t < loaded.targets.size(); ++t) {
    if (maps_[t].empty()) continue;
    const std::size_t image = images_of_maps_[t];
    ConstMatView& labels = changed_.targets[t].target;
    for (Index row = 0; row < loaded.rows; ++row) {
      changers_[image]->MoveMap(rng, loaded.row_numbers[At(row)],
                                static_cast<Index>(image), labels.Row(row),
                                maps_[t].data() + row * labels.cols);
    }
    labels.data = maps_[t].data();
  }
}

void InputChanges::Augment(const Batch& loaded, Index step, std::size_t input) {
  const Rng rng(seed_, RandomPurpose::kAugment,
                static_cast<std::uint64_t>(step));
  ConstMatView& images = changed_.inputs[input].dense;
  const Index cells = images.size() / loaded.rows;
  for (Index row = 0; row < loaded.rows; ++row) {
    changers_[input]->Apply(
        rng, loaded.row_numbers[At(row)], static_cast<Index>(input),
        images.data + row * cells, images_[input].data() + row * cells);
  }
  images.data = images_[input].data();
}

const Batch& InputChanges::Apply(const Batch& loaded, Index step) {
  const auto of_step = static_cast<std::uint64_t>(step);
  const Rng rng(seed_, RandomPurpose::kInputNoise, of_step);
  const Rng mask(seed_, RandomPurpose::kDropout, of_step);
  changed_ = loaded;
  for (std::size_t i = 0; i < loaded.inputs.size(); ++i) {
    if (changers_[i]) Augment(loaded, step, i);
  }
  MoveMaps(loaded, step);
  if (alpha_ > 0) ChoosePartners(changed_, step);
  for (std::size_t i = 0; i < loaded.inputs.size(); ++i) {
    if (alpha_ == 0 && noise_ == 0 && options_.mask == 0) continue;
    const ConstMatView from = changed_.inputs[i].dense;
    if (from.data == nullptr || from.size() == 0) continue;
    const Index per_row = from.size() / loaded.rows;
    if (numbers_[i].empty()) numbers_[i].resize(At(capacity_ * per_row));
    const std::span<Real> into = {numbers_[i].data(), At(from.size())};
    if (alpha_ > 0) {
      Mix(from, loaded.rows, into);
    } else {
      std::copy_n(from.data, from.size(), into.data());
    }
    const auto input = static_cast<Index>(i);
    if (noise_ > 0) AddNoise(rng, input, into);
    for (Index row = 0; row < loaded.rows && options_.mask > 0; ++row) {
      Mask(mask, input, row, into.subspan(At(row * per_row), At(per_row)));
    }
    if (options_.spares_labelled) Spare(loaded, from, into);
    changed_.inputs[i].dense = {into.data(), from.rows, from.cols};
  }
  return changed_;
}

void InputChanges::ChoosePartners(const Batch& loaded, Index step) {
  const Rng rng(seed_, RandomPurpose::kMixup, static_cast<std::uint64_t>(step));
  const double share = BetaNumber(rng, 0, alpha_);
  partners_.share = options_.mostly_own ? std::max(share, 1 - share) : share;
  const std::span<Index> places =
      std::span(partners_.places).first(At(loaded.rows));
  std::iota(places.begin(), places.end(), Index{0});
  rng.Shuffle(places, kShuffleRow);
  TakeTargets(loaded);
}

void InputChanges::TakeTargets(const Batch& loaded) {
  for (std::size_t t = 0; t < targets_.size(); ++t) {
    const TargetBatch& own = loaded.targets[t];
    const Index cols = own.target.cols;
    for (Index row = 0; row < loaded.rows; ++row) {
      const Index place = partners_.places[At(row)];
      weights_[t][At(row)] = own.weight[At(place)];
      std::copy_n(own.target.Row(place), cols, targets_[t].data() + row * cols);
    }
    TargetBatch& theirs = partners_.targets[t];
    theirs = own;
    theirs.target = {targets_[t].data(), loaded.rows, cols};
    theirs.weight = {weights_[t].data(), At(loaded.rows)};
  }
}

void RequireMixable(bool is_taught, Index batch,
                    std::span<const std::unique_ptr<Loss>> losses) {
  Require(!is_taught, ErrorKind::kUsage,
          "--mixup with peers that teach or choose rows: what they say is of a "
          "row, not of two",
          "leave it out");
  Require(batch > 1, ErrorKind::kUsage,
          "--mixup has no effect: batches of one row hold no other to mix it "
          "with",
          "give a larger --batch, or leave it out");
  const auto couples = [](const auto& loss) {
    return loss->coupling() != RowCoupling::kNone;
  };
  Require(std::ranges::none_of(losses, couples), ErrorKind::kUsage,
          "--mixup with a loss that compares rows: a mixed row has no place "
          "among the others",
          "leave it out, or choose another --loss");
}

void InputChanges::Mix(ConstMatView from, Index rows,
                       std::span<Real> into) const {
  const Index per_row = from.size() / rows;
  const Real share = static_cast<Real>(partners_.share);
  const Real rest = static_cast<Real>(1 - partners_.share);
  for (Index row = 0; row < rows; ++row) {
    const Real* own = from.data + row * per_row;
    const Real* theirs = from.data + partners_.places[At(row)] * per_row;
    Real* out = into.data() + row * per_row;
    for (Index i = 0; i < per_row; ++i) {
      out[i] = share * own[i] + rest * theirs[i];
    }
  }
}

void InputChanges::AddNoise(const Rng& rng, Index input,
                            std::span<Real> numbers) const {
  for (std::size_t first = 0; first < numbers.size(); first += 4) {
    const auto noise =
        NormalNumbers(rng.Block(static_cast<std::uint64_t>(input),
                                static_cast<std::uint32_t>(first / 4)));
    const std::size_t count = std::min<std::size_t>(4, numbers.size() - first);
    for (std::size_t i = 0; i < count; ++i) {
      numbers[first + i] += static_cast<Real>(noise_ * noise[i]);
    }
  }
}

// Places of the square or, of other rows, each number.
void InputChanges::Mask(const Rng& rng, Index input, Index row,
                        std::span<Real> numbers) const {
  constexpr Index kRowsOfInput = 1'000'000'000;
  const Index place = input * kRowsOfInput + row;
  const InputSpec& shape = shapes_[At(input)];
  if (shape.height == 0) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto col = static_cast<Index>(i);
      if (rng.Uniform(place, col) < options_.mask) numbers[i] = 0;
    }
    return;
  }
  // Begin and end of the square along one side, cut off at the edges.
  const auto cut = [&](Index side, Index col) {
    const double half =
        std::sqrt(options_.mask) * static_cast<double>(side) / 2;
    const double middle = rng.Uniform(place, col) * static_cast<double>(side);
    return std::pair(
        std::max<Index>(0, static_cast<Index>(std::lround(middle - half))),
        std::min(side, static_cast<Index>(std::lround(middle + half))));
  };
  const auto [top, bottom] = cut(shape.height, 0);
  const auto [left, right] = cut(shape.width, 1);
  for (Index y = top; y < bottom && left < right; ++y) {
    const Index first = (y * shape.width + left) * shape.cols;
    std::fill_n(numbers.begin() + first, (right - left) * shape.cols, Real{0});
  }
}

void InputChanges::Spare(const Batch& loaded, ConstMatView from,
                         std::span<Real> into) const {
  const Index per_row = from.size() / loaded.rows;
  for (Index row = 0; row < loaded.rows; ++row) {
    const bool spared = std::ranges::all_of(
        loaded.targets,
        [&](const TargetBatch& labels) { return labels.weight[At(row)] > 0; });
    if (!spared) continue;
    std::copy_n(from.data + row * per_row, per_row,
                into.begin() + row * per_row);
  }
}

}  // namespace mtlkit
