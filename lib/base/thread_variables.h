#pragma once

#include <string>

namespace mtlkit {

// The number of threads that the environment asks for: SLURM_CPUS_PER_TASK,
// else OMP_NUM_THREADS; 0 if neither says one.
int ThreadsOfEnvironment();

// What is to be said of a variable that is passed over since it holds no
// number of threads; "" if there is none.
std::string ThreadVariableProblem();

}  // namespace mtlkit
