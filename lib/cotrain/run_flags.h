#pragma once

#include <string>
#include <string_view>

#include "base/options.h"
#include "base/rng.h"
#include "cotrain/peer_spec.h"
#include "cotrain/run.h"

namespace mtlkit {

// `--select-on` where the method of a run in one process is to choose.
inline constexpr std::string_view kByMethod = "by-method";

// What the command line says of a run that begins.
struct RunFlags {
  RunSpec spec;
  PeerFlags peers;

  // A run by rounds trains as many epochs in each as its method wants, unless
  // told otherwise.
  RunFlags(std::string method, bool in_rounds);
  void DescribeRun(Fields& fields);
  void DescribeTraining(Fields& fields);

  // The run that was asked for, on the data at `data`. kUsage for what
  // contradicts itself.
  RunSpec Finish(Seed seed, std::string data) const;

 private:
  bool in_rounds_;
};

}  // namespace mtlkit
