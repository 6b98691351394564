#include "train/batch_samples.h"

#include <algorithm>

#include "kernels/kernels.h"

namespace mtlkit {

BatchSamples::BatchSamples(const Plan& plan) {
  const Network& network = plan.network();
  for (Index task = 0; task < network.task_count(); ++task) {
    const auto capacity = At(network.MostTargets(task, plan.options().capacity,
                                                 plan.options().tokens));
    Pull pull;
    pull.gradient.resize(capacity * At(network.members(task)) *
                         At(network.output(task).columns.count));
    pull.sample.resize(capacity);
    pulls_.push_back(std::move(pull));
  }
  is_in_all_.resize(pulls_.size());
}

void BatchSamples::Deal(Plan* plan) {
  for (std::size_t t = 0; t < pulls_.size(); ++t) {
    Pull& pull = pulls_[t];
    const MatView gradient = plan->OutputGradient(static_cast<Index>(t));
    const std::span<const Real> all = gradient.flat();
    std::ranges::copy(all, pull.gradient.begin());
    std::ranges::fill(pull.counts, std::size_t{0});
    // Those of the members of a row lie together.
    const Index members = plan->network().members(static_cast<Index>(t));
    pull.rows = gradient.rows / members;
    const std::size_t width = At(gradient.cols * members);
    std::size_t next = kCount - 1;
    for (Index row = 0; row < pull.rows; ++row) {
      const auto own = all.subspan(At(row) * width, width);
      const bool pulls =
          std::ranges::any_of(own, [](Real g) { return g != 0; });
      pull.sample[At(row)] = static_cast<std::uint8_t>(pulls ? next : kCount);
      if (!pulls) continue;
      ++pull.counts[next];
      next = (next + 1) % kCount;
    }
    is_in_all_[t] = std::ranges::all_of(
        pull.counts, [](std::size_t count) { return count > 0; });
  }
}

void BatchSamples::Set(std::size_t i, Plan* plan) const {
  for (std::size_t t = 0; t < pulls_.size(); ++t) {
    const Pull& pull = pulls_[t];
    const std::span<Real> out =
        plan->OutputGradient(static_cast<Index>(t)).flat();
    std::ranges::fill(out, Real{0});
    if (pull.counts[i] == 0) continue;
    std::size_t all = 0;
    for (const std::size_t count : pull.counts) all += count;
    const Real times = static_cast<Real>(static_cast<double>(all) /
                                         static_cast<double>(pull.counts[i]));
    const std::size_t width = out.size() / At(pull.rows);
    for (std::size_t row = 0; row < At(pull.rows); ++row) {
      if (pull.sample[row] != i) continue;
      ActiveKernels().scale(times, pull.gradient.data() + row * width,
                            out.data() + row * width,
                            static_cast<Index>(width));
    }
  }
}

}  // namespace mtlkit
